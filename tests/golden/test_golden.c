// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Compiled programs against their kept listings
 *
 * A difference is either a mistake or an improvement: `make golden` writes the listings again, the
 * diff is reviewed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/blob.h>
#include <base/diag.h>
#include <program/program.h>

#include "listings.h"

/* The first line in which two texts differ. */
static void show_difference(const char *name, const char *want, const char *got)
{
	unsigned int line = 1;

	for (; *want && *want == *got; want++, got++)
		line += *want == '\n';
	while (line > 1 && want[-1] != '\n') {
		want--;
		got--;
	}
	print_message("# %s.lst line %u\n#   kept: %.*s\n#   now:  %.*s\n", name, line,
		      (int)strcspn(want, "\n"), want, (int)strcspn(got, "\n"), got);
}

static void listings_are_as_kept(void **state)
{
	unsigned int differing = 0;

	for (size_t i = 0; i < listing_count(); i++) {
		struct diag d = { .print = diag_stderr };
		struct program *p = listing_compile(i);
		struct blob kept = { 0 };
		char path[512], *text = NULL;
		size_t size = 0;
		FILE *f = open_memstream(&text, &size);

		assert_non_null(p);
		listing_print(p, f);
		fclose(f);
		snprintf(path, sizeof(path), "%s/%s.lst", GOLDEN_LISTINGS, listing_name(i));
		assert_int_equal(blob_read(&kept, path, &d), 0);
		if (kept.size != size || memcmp(kept.data, text, size)) {
			char *want = calloc(1, kept.size + 1);

			memcpy(want, kept.data, kept.size);
			show_difference(listing_name(i), want, text);
			free(want);
			differing++;
		}
		free(text);
		blob_fini(&kept);
		program_destroy(p);
	}
	assert_int_equal(differing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listings_are_as_kept),
	};

	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
