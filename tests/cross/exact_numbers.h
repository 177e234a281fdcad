/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Numbers of the exact reading
 *
 * What its files share: the guide's output converter, spelled out.
 */
#ifndef CROSS_EXACT_NUMBERS_H
#define CROSS_EXACT_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#include <graph/graph.h>

/**
 * struct rescale - guide 7.3 and 7.4 as they are written there
 * @factor: 15 bits
 * @shift: bits
 * @zero: zero point of the output
 * @low: least output, by type and activation
 * @high: largest output
 */
struct rescale {
	int64_t factor;
	int shift;
	int zero, low, high;
};

/* exact_code() - one element */
int exact_code(const struct tensor *t, const uint8_t *data, size_t i);

/* exact_rescale() - the converter for a multiplier */
struct rescale exact_rescale(double m, const struct tensor *out, enum activation a);

/* exact_nearest() - @v by 2^@shift, the nearest; of two nearest the even one */
int64_t exact_nearest(int64_t v, int shift);

/* exact_apply() - the output for a sum */
uint8_t exact_apply(const struct rescale *r, int64_t x);

/* exact_padding() - rows or columns of padding in front */
int exact_padding(enum padding padding, int in, int out, int kernel, int dilation, int stride);

/* exact_flow() - exact_eval() for operators that are no sums of products */
int exact_flow(const struct graph *g, const struct op *op, void *const *values);

#endif /* CROSS_EXACT_NUMBERS_H */
