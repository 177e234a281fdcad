// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Numbers of the exact reading
 */
#include <math.h>

#include "exact_numbers.h"

int exact_code(const struct tensor *t, const uint8_t *data, size_t i)
{
	return t->type == DTYPE_UINT8 ? data[i] : (int8_t)data[i];
}

struct rescale exact_rescale(double m, const struct tensor *out, enum activation a)
{
	struct rescale r = {
		.zero = out->quant.zero_point[0],
		.low = out->type == DTYPE_UINT8 ? 0 : -128,
		.high = out->type == DTYPE_UINT8 ? 255 : 127,
		.shift = 31,
	};
	float six = roundf(6.0f / out->quant.scale[0]);	/* single precision in TensorFlow Lite */

	while (r.shift > 0 && m * pow(2, r.shift) >= 32767.5)
		r.shift--;
	r.factor = floor(m * pow(2, r.shift) + 0.5);
	if (a == ACTIVATION_RELU || a == ACTIVATION_RELU6)
		r.low = r.zero > r.low ? r.zero : r.low;
	if (a == ACTIVATION_RELU6 && r.zero + six < r.high)
		r.high = r.zero + six;

	return r;
}

/* @v by 2^@shift, the nearest; of two nearest the even one */
int64_t exact_nearest(int64_t v, int shift)
{
	int64_t one = (int64_t)1 << shift, y = v / one, rest = v % one;

	if (rest < 0) {		/* round down first */
		y--;
		rest += one;
	}
	return 2 * rest > one || (2 * rest == one && y % 2) ? y + 1 : y;
}

uint8_t exact_apply(const struct rescale *r, int64_t x)
{
	int64_t y = exact_nearest(x * r->factor + r->zero * ((int64_t)1 << r->shift), r->shift);

	y = y < r->low ? r->low : y;
	y = y > r->high ? r->high : y;

	return y;
}

int exact_padding(enum padding padding, int in, int out, int kernel, int dilation, int stride)
{
	int64_t total = (int64_t)(out - 1) * stride + (int64_t)(kernel - 1) * dilation + 1 - in;

	return padding == PADDING_SAME && total > 0 ? total / 2 : 0;
}
