/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Dumps of the kernel
 *
 * Finds the command words in the text that the driver leaves of a job that failed. The format is
 * described in Documentation/accel/rocket/uapi.rst. What the words mean is the business of decode.h.
 */
#ifndef DECODE_DUMP_H
#define DECODE_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;

#define DUMP_VERSION 1

/**
 * struct dump - what a dump says
 * @head_bytes: length of the lines before the words, which are "key: value"
 * @words: commands of the task that failed, to be freed by the caller with free(); NULL without any
 * @count: how many
 */
struct dump {
	size_t head_bytes;
	uint64_t *words;
	size_t count;
};

/**
 * dump_is() - whether a text is a dump, of any version
 * @text: need not end in NUL
 * @bytes: length of @text
 *
 * Return: true for a text that begins like one.
 */
bool dump_is(const char *text, size_t bytes);

/**
 * dump_read() - take a dump apart
 * @text: dump; need not end in NUL
 * @bytes: length of @text
 * @d: receives the first error with its line number, or NULL
 * @dump: filled in on success
 *
 * Return: 0, -EINVAL after an error, -ENOMEM.
 */
int dump_read(const char *text, size_t bytes, struct diag *d, struct dump *dump);

#endif /* DECODE_DUMP_H */
