/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operators with outputs worked out by hand
 *
 * Tests of the reference are tables of these rows. A row whose operator is refused, or gives other
 * numbers, or writes beyond its output, fails the test.
 */
#ifndef UNIT_REF_ROWS_H
#define UNIT_REF_ROWS_H

#include "one_op.h"

#define SHAPE(...)                                                                                 \
	{                                                                                          \
		.rank = sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t),                      \
		.dim = { __VA_ARGS__ }                                                             \
	}
#define U8(...) (const uint8_t[]){ __VA_ARGS__ }
#define I8(...) (const int8_t[]){ __VA_ARGS__ }
#define I32(...) (const int32_t[]){ __VA_ARGS__ }
#define REF_OUT_BYTES_MAX 128

/**
 * struct ref_row - an operator and what it must give
 * @why: what the row shows
 * @op: the operator
 * @want: contents of the output; those of further outputs are their data
 */
struct ref_row {
	const char *why;
	struct one_op op;
	const void *want;
};

/**
 * ref_rows_check() - compute rows and compare
 * @rows: what to check
 * @count: how many
 */
void ref_rows_check(const struct ref_row *rows, unsigned int count);

#endif /* UNIT_REF_ROWS_H */
