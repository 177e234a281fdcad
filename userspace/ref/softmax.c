// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: SOFTMAX
 *
 * Fixed-point exponentials and a Newton-Raphson reciprocal, as the reference kernel has them: every
 * step is an integer and must round as it does there. A number "of Qn" has n integer bits, 31 - n
 * fraction bits and a sign.
 *
 * Source: tensorflow/lite/kernels/internal/reference/softmax.h, quantization_util.cc (2.14);
 * gemmlowp fixedpoint/fixedpoint.h.
 */
#include <math.h>

#include <base/bits.h>

#include "kernel.h"

#define DIFF_BITS	5	/* input differences are Q5 */
#define SUM_BITS	12	/* the sum of exponentials is Q12 */

/* x * 2^bits, saturating */
static int32_t shift_saturating(int32_t x, int bits)
{
	return clamp_i64((int64_t)x * (1 << bits), INT32_MIN, INT32_MAX);
}

/* exp(a) for a Q0 in [-1/4, 0): Taylor series around -1/8 */
static int32_t exp_small(int32_t a)
{
	/* exp(-1/8), 1/3 in Q0 */
	const int32_t exp_minus_eighth = 1895147668, third = 715827883;
	int32_t x = a + (1 << 28);
	int32_t x2 = high_mul(x, x), x3 = high_mul(x2, x), x4 = high_mul(x2, x2);
	int32_t tail = shift_right(high_mul(shift_right(x4, 2) + x3, third) + x2, 1);

	return exp_minus_eighth + high_mul(exp_minus_eighth, x + tail);
}

/* exp(a) in Q0 for a Q5, at most 0 */
static int32_t exp_negative(int32_t a)
{
	static const int32_t factors[] = {	/* exp(-2^(i - 2)) in Q0 */
		1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242,
	};
	const int32_t quarter = 1 << (31 - DIFF_BITS - 2);
	int32_t low = (a & (quarter - 1)) - quarter;	/* a mod 1/4 - 1/4 */
	int32_t rest = low - a;				/* a multiple of 1/4 */
	int32_t result = exp_small(shift_saturating(low, DIFF_BITS));

	for (unsigned int i = 0; i < ARRAY_SIZE(factors); i++)
		if (rest & quarter << i)
			result = high_mul(result, factors[i]);

	return a ? result : INT32_MAX;
}

/* 1 / (1 + a) in Q0 for a Q0 in [0, 1) */
static int32_t reciprocal(int32_t a)
{
	const int32_t c48_17 = 1515870810, c32_17 = 1010580540, one = 1 << 29;	/* Q2 */
	int32_t half = ((int64_t)a + INT32_MAX + 1) / 2;
	int32_t x = c48_17 + high_mul(half, -c32_17);

	for (int i = 0; i < 3; i++)
		x += shift_saturating(high_mul(x, one - high_mul(half, x)), 2);

	return shift_saturating(x, 1);
}

struct softmax {
	struct requant scale;	/* from input steps to Q5 */
	int32_t least;		/* differences below give 0 */
};

/* Input steps times this are Q5. */
static double diff_scale(const struct tensor *x, float beta)
{
	return fmin((double)beta * x->quant.scale[0] * (1 << (31 - DIFF_BITS)), (double)INT32_MAX);
}

static struct softmax prepare(const struct tensor *x, float beta)
{
	struct requant scale = requant_make(diff_scale(x, beta));
	double most = (double)((1 << DIFF_BITS) - 1) * (1 << (31 - DIFF_BITS)) /
		      (double)(1ll << scale.shift);

	return (struct softmax){ .scale = scale, .least = -(int32_t)floor(most) };
}

/* exp((x - most) * scale) in Q0; -1 when it is too small to count */
static int32_t exponential(const struct softmax *s, int32_t difference)
{
	if (difference < s->least)
		return -1;
	return exp_negative(high_mul(shift_left(difference, s->scale.shift), s->scale.multiplier));
}

static void softmax_row(const struct softmax *s, const struct view *x, size_t first, int32_t depth,
			struct range range, uint8_t *out)
{
	int32_t most = range.low, sum = 0, headroom, scale, shift;

	for (int32_t c = 0; c < depth; c++)
		most = max_i64(most, view_get(x, first + c));
	for (int32_t c = 0; c < depth; c++) {
		int32_t e = exponential(s, view_get(x, first + c) - most);

		if (e >= 0)
			sum = (int32_t)((uint32_t)sum + shift_right(e, SUM_BITS));
	}

	/* sum = 2^(SUM_BITS - headroom) * (1 + fraction) */
	headroom = __builtin_clz(sum);
	scale = reciprocal((int32_t)(((uint32_t)sum << headroom) - (1u << 31)));
	shift = SUM_BITS - headroom + 31 - 8;
	for (int32_t c = 0; c < depth; c++) {
		int32_t e = exponential(s, view_get(x, first + c) - most);

		/* Beyond 31 bits nothing is left. TensorFlow Lite leaves that shift to the machine.
		 */
		out[c] = e < 0 || shift > 31
				 ? range.low
				 : clamp_i64((int64_t)shift_right(high_mul(scale, e), shift) +
						     range.low,
					     range.low, range.high);
	}
}

const char *softmax_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *x = op_in(g, op, 0), *y = op_out(g, op, 0);
	const char *reason = refuse_unless_8bit(x);

	if (!reason)
		reason = refuse_unless_8bit(y);
	if (reason)
		return reason;
	if (x->type != y->type)
		return "input and output differ in type";
	if (y->quant.scale[0] != 1.0f / 256 || y->quant.zero_point[0] != type_range(y->type).low)
		return "the output's scale is not 1/256, or its zero point not the least number";
	if (diff_scale(x, op->u.softmax.beta) <= 1)
		return "the input's scale times beta is below 2^-26";
	if (x->shape.dim[x->shape.rank - 1] >= 1 << SUM_BITS)
		return "more than 4095 elements in a row may overflow the sum";

	return NULL;
}

int softmax_eval(const struct eval *e)
{
	struct view x = view_in(e, 0);
	struct softmax s = prepare(x.t, e->op->u.softmax.beta);
	int32_t depth = x.t->shape.dim[x.t->shape.rank - 1];
	size_t elements = shape_elements(&x.t->shape);
	uint8_t *out = eval_out(e, 0);

	for (size_t i = 0; i < elements; i += depth)
		softmax_row(&s, &x, i, depth, type_range(x.t->type), out + i);

	return 0;
}
