// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Writes the golden listings, and the same programs as seeds for the fuzzer
 *
 *	golden-write LISTING_FOLDER SEED_FOLDER
 */
#include <stdio.h>
#include <stdlib.h>

#include <base/blob.h>
#include <base/diag.h>
#include <program/program.h>

#include "listings.h"

#define SEED_BYTES_MAX	16384	/* larger seeds teach a fuzzer little */

static int write_listing(const char *folder, size_t i, const struct program *p)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.lst", folder, listing_name(i));
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		return 1;
	}
	listing_print(p, f);
	return fclose(f) != 0;
}

static int write_seed(const char *folder, size_t i, const struct program *p)
{
	struct diag d = { .print = diag_stderr, .opaque = "golden-write" };
	char path[512];
	void *data;
	size_t size;
	int ret = program_write(p, &d, &data, &size);

	if (ret)
		return 1;
	snprintf(path, sizeof(path), "%s/%s.rkt", folder, listing_name(i));
	if (size <= SEED_BYTES_MAX)
		ret = blob_write(path, data, size, &d);
	free(data);
	return ret != 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: golden-write LISTING_FOLDER SEED_FOLDER\n");
		return 2;
	}
	for (size_t i = 0; i < listing_count(); i++) {
		struct program *p = listing_compile(i);

		if (!p) {
			fprintf(stderr, "%s does not compile\n", listing_name(i));
			return 1;
		}
		failed |= write_listing(argv[1], i, p) | write_seed(argv[2], i, p);
		program_destroy(p);
	}
	return failed;
}
