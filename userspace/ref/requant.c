// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Scaling by a fixed-point number
 */
#include <math.h>

#include <base/bits.h>

#include "requant.h"

#define MULTIPLIER_BITS	31
#define SHIFT_LEAST	-31
#define SHIFT_MOST	31

struct requant requant_make(double real)
{
	int64_t multiplier;
	int shift;

	if (!(real < ldexp(1, SHIFT_MOST)))
		return (struct requant){ INT32_MAX, SHIFT_MOST };
	multiplier = llround(frexp(real, &shift) * (double)(1ll << MULTIPLIER_BITS));
	if (multiplier == 1ll << MULTIPLIER_BITS) {
		multiplier /= 2;
		shift++;
	}
	if (shift < SHIFT_LEAST)
		return (struct requant){ 0, 0 };

	return (struct requant){ multiplier, shift };
}

int32_t high_mul(int32_t a, int32_t b)
{
	int64_t product = (int64_t)a * b;
	int64_t nudge = product >= 0 ? 1ll << 30 : 1 - (1ll << 30);

	if (a == INT32_MIN && b == INT32_MIN)
		return INT32_MAX;
	return (product + nudge) / (1ll << MULTIPLIER_BITS);
}

int32_t shift_right(int32_t x, int bits)
{
	int32_t mask = (int32_t)((1ll << bits) - 1);
	int32_t threshold = (mask >> 1) + (x < 0);

	return (x >> bits) + ((x & mask) > threshold);
}

int32_t shift_left(int32_t x, int bits)
{
	return (int32_t)((uint32_t)x << bits);
}

int32_t ref_requant(int32_t x, struct requant r)
{
	int left = r.shift > 0 ? r.shift : 0;
	int right = r.shift > 0 ? 0 : -r.shift;

	return shift_right(high_mul(shift_left(x, left), r.multiplier), right);
}

struct range type_range(enum dtype t)
{
	return t == DTYPE_INT8 ? (struct range){ INT8_MIN, INT8_MAX }
			       : (struct range){ 0, UINT8_MAX };
}

/*
 * The stored number nearest to a real one, before it is clamped to the type; single precision as in
 * TensorFlow Lite.
 */
static int64_t quantize(const struct tensor *t, float real)
{
	float steps = roundf(real / t->quant.scale[0]);

	return (int64_t)fminf(fmaxf(steps, INT32_MIN), 1e9f) + t->quant.zero_point[0];
}

struct range activation_range(const struct tensor *out, enum activation a)
{
	static const struct {
		float low, high;	/* real numbers; infinite: the type alone limits */
	} reals[] = {
		[ACTIVATION_NONE]		= { -INFINITY, INFINITY },
		[ACTIVATION_RELU]		= { 0, INFINITY },
		[ACTIVATION_RELU_N1_TO_1]	= { -1, 1 },
		[ACTIVATION_RELU6]		= { 0, 6 },
		[ACTIVATION_OTHER]		= { -INFINITY, INFINITY },
	};
	struct range r = type_range(out->type);

	return (struct range){
		.low = clamp_i64(quantize(out, reals[a].low), r.low, r.high),
		.high = clamp_i64(quantize(out, reals[a].high), r.low, r.high),
	};
}
