// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Fuzz target: dumps of the kernel
 *
 * Whatever the text is: a dump that is accepted has each word that it promises, in order, on a line of its own, and is
 * refused when its last byte is missing.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <decode/dump.h>

#define LINE_BYTES 19	/* of a word: 0x, 16 digits, newline */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *what)
{
	fprintf(stderr, "fuzz_dump: %s\n", what);
	abort();
}

static void check_words(const char *text, size_t size, const struct dump *dump)
{
	char line[LINE_BYTES + 1];

	if (dump->head_bytes + dump->count * LINE_BYTES != size)
		fail("parts do not make the whole");
	for (size_t i = 0; i < dump->count; i++) {
		snprintf(line, sizeof(line), "0x%016" PRIx64 "\n", dump->words[i]);
		if (memcmp(text + dump->head_bytes + i * LINE_BYTES, line, LINE_BYTES))
			fail("a word is not that of its line");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct dump dump, part;

	if (dump_read(text, size, NULL, &dump))
		return 0;
	if (!dump_is(text, size))
		fail("accepted, but no dump");
	check_words(text, size, &dump);
	free(dump.words);
	if (!dump_read(text, size - 1, NULL, &part))
		fail("accepted without its last byte");

	return 0;
}
