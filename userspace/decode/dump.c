// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Dumps of the kernel
 *
 * A dump is read line by line: keys up to "words", then as many words. Of the keys only "rocket-dump"
 * and "words" matter here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <base/diag.h>

#include "dump.h"

#define MAGIC "rocket-dump: "
#define WORD_DIGITS 16

/* A line without its newline, and what comes behind it. */
struct reader {
	const char *line;
	size_t length;
	size_t number;
	const char *rest;
	size_t left;
	struct diag *d;
};

/* Return: false at the end of the text. A last line without newline was cut, and is none. */
static bool next_line(struct reader *r)
{
	const char *end = memchr(r->rest, '\n', r->left);

	if (!end)
		return false;
	r->line = r->rest;
	r->length = (size_t)(end - r->rest);
	r->number++;
	r->rest += r->length + 1;
	r->left -= r->length + 1;

	return true;
}

/* Return: false if the digits, all up to the end of the line from @at on, are no number below 2^64. */
static bool number(const struct reader *r, size_t at, unsigned int base, uint64_t *value)
{
	static const char digits[] = "0123456789abcdef";

	if (at >= r->length)
		return false;
	for (*value = 0; at < r->length; at++) {
		const char *digit = memchr(digits, r->line[at], base);

		if (!digit || *value > (UINT64_MAX - (uint64_t)(digit - digits)) / base)
			return false;
		*value = *value * base + (uint64_t)(digit - digits);
	}

	return true;
}

static bool starts(const struct reader *r, const char *key)
{
	return r->length >= strlen(key) && !memcmp(r->line, key, strlen(key));
}

/* Whether the line is "key: value", and may be shown on a terminal. */
static bool is_pair(const struct reader *r)
{
	const char *colon = memchr(r->line, ':', r->length);

	if (!colon || colon == r->line || colon + 1 == r->line + r->length || colon[1] != ' ')
		return false;
	for (size_t i = 0; i < r->length; i++)
		if ((unsigned char)r->line[i] < ' ' || r->line[i] == 0x7f)
			return false;

	return true;
}

static int cut(const struct reader *r)
{
	return diag_error(r->d, -EINVAL,
			  "the dump ends after line %zu; copy all of it, as 'cat .../data >FILE' does",
			  r->number);
}

static int read_version(struct reader *r)
{
	uint64_t version;

	if (!next_line(r))
		return cut(r);
	if (!starts(r, MAGIC) || !number(r, strlen(MAGIC), 10, &version))
		return diag_error(r->d, -EINVAL, "line 1: no dump, which begins with '" MAGIC "'");
	if (version != DUMP_VERSION)
		return diag_error(r->d, -EINVAL,
				  "dump of version %llu, this is for version %d; take the rocket-dis "
				  "that came with the kernel's driver",
				  (unsigned long long)version, DUMP_VERSION);

	return 0;
}

static int read_keys(struct reader *r, uint64_t *count)
{
	static const char words[] = "words: ";

	do {
		if (!next_line(r))
			return cut(r);
		if (!is_pair(r))
			return diag_error(r->d, -EINVAL, "line %zu: expected 'key: value'",
					  r->number);
	} while (!starts(r, words));
	if (!number(r, strlen(words), 10, count))
		return diag_error(r->d, -EINVAL, "line %zu: expected a number of words", r->number);

	return 0;
}

static int read_words(struct reader *r, uint64_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!next_line(r))
			return cut(r);
		if (r->length != WORD_DIGITS + 2 || !starts(r, "0x") ||
		    !number(r, 2, 16, &words[i]))
			return diag_error(r->d, -EINVAL,
					  "line %zu: expected a word of 16 hex digits", r->number);
	}
	if (r->left)
		return diag_error(r->d, -EINVAL, "line %zu: expected nothing after the last word",
				  r->number + 1);

	return 0;
}

bool dump_is(const char *text, size_t bytes)
{
	return bytes >= strlen(MAGIC) && !memcmp(text, MAGIC, strlen(MAGIC));
}

int dump_read(const char *text, size_t bytes, struct diag *d, struct dump *dump)
{
	struct reader r = { .rest = text, .left = bytes, .d = d };
	uint64_t *words = NULL, count;
	size_t head;
	int ret;

	ret = read_version(&r);
	if (!ret)
		ret = read_keys(&r, &count);
	if (ret)
		return ret;
	head = bytes - r.left;
	/* No more than there can be: a word has its line. */
	if (count > r.left / (WORD_DIGITS + 3))
		count = r.left / (WORD_DIGITS + 3) + 1;
	if (count) {
		words = calloc(count, sizeof(*words));
		if (!words)
			return diag_error(d, -ENOMEM, "out of memory");
	}
	ret = read_words(&r, words, count);
	if (ret) {
		free(words);
		return ret;
	}
	*dump = (struct dump){ .head_bytes = head, .words = words, .count = count };

	return 0;
}
