/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Text to command words
 *
 * Reads what decode.h writes, and what people make of it. One word per line:
 *
 *	[OFFSET] BLOCK.REGISTER [VALUE] [FIELD=NUMBER|NAME]... [UNNAMED=NUMBER]
 *	[OFFSET] op-enable [VALUE] [BLOCK]...
 *	[OFFSET] nop | marker | word VALUE
 *
 * OFFSET (hexadecimal digits) is for the reader and not looked at; a semicolon starts a comment;
 * empty lines do not count. A value can be given as a whole, by its fields, or both: then they must
 * agree.
 */
#ifndef DECODE_ASM_H
#define DECODE_ASM_H

#include <stddef.h>
#include <stdint.h>

struct diag;

/**
 * asm_listing() - turn a listing into words
 * @text: listing; need not end in NUL
 * @bytes: length of @text
 * @d: receives the first error with its line number, or NULL
 * @words: the words, to be freed by the caller with free(); NULL for a listing without words
 * @count: how many
 *
 * Return: 0, -EINVAL after an error, -ENOMEM.
 */
int asm_listing(const char *text, size_t bytes, struct diag *d, uint64_t **words, size_t *count);

#endif /* DECODE_ASM_H */
