// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Fuzz targets without libFuzzer
 *
 * Gives a target the files named on the command line, and mutated copies of them for a number of seconds. It finds less
 * than libFuzzer, but needs only a C compiler, and a failing input of libFuzzer can be run again with it.
 *
 *	fuzz_NAME [-t SECONDS] [-s SEED] FILE...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define INPUT_MAX	(1 << 20)	/* larger seed files are cut: mutations must hit something */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t seed = 1;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;	/* Knuth's MMIX generator */
	return n ? (uint32_t)(seed >> 33) % n : 0;
}

static size_t mutate(uint8_t *data, size_t size)
{
	static const uint32_t edges[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff };
	uint32_t value = edges[random_below(sizeof(edges) / sizeof(edges[0]))];
	size_t at = random_below(size), bytes = 1u << random_below(3);

	switch (random_below(4)) {
	case 0:
		data[at] ^= 1u << random_below(8);
		break;
	case 1:
		memcpy(data + at, &value, size - at < bytes ? size - at : bytes);
		break;
	case 2:
		memmove(data + at, data + random_below(size), size - at > 16 ? 16 : size - at);
		break;
	default:
		return at;	/* truncated */
	}
	return size;
}

/* An own heap copy of exactly @size bytes, so that a sanitizer sees reads beyond the end. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		return;
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static size_t read_seed(const char *path, uint8_t *data)
{
	FILE *f = fopen(path, "rb");
	size_t size = 0;

	if (f) {
		size = fread(data, 1, INPUT_MAX, f);
		fclose(f);
	} else {
		perror(path);
	}
	return size;
}

int main(int argc, char **argv)
{
	static uint8_t original[INPUT_MAX], data[INPUT_MAX];
	unsigned long runs = 0;
	double seconds = 0;
	time_t end;
	int c;

	while ((c = getopt(argc, argv, "t:s:")) != -1) {
		if (c == 't')
			seconds = atof(optarg);
		else if (c == 's')
			seed = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	for (int i = optind; i < argc; i++) {
		run(original, read_seed(argv[i], original));
		runs++;
	}
	end = time(NULL) + (time_t)seconds;
	while (argc > optind && time(NULL) < end) {
		size_t size = read_seed(argv[optind + random_below(argc - optind)], original);

		for (int i = 0; i < 200 && size; i++, runs++) {
			size_t mutated = size;

			memcpy(data, original, size);
			for (uint32_t n = 1 + random_below(8); n && mutated; n--)
				mutated = mutate(data, mutated);
			run(data, mutated);
		}
	}
	printf("%lu runs\n", runs);
	return 0;
}
