// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: TensorFlow Lite's fixed-point numbers
 */
#include <math.h>

#include <base/bits.h>

#include "fixed.h"

struct fixed fixed_make(double real)
{
	int exponent;
	int64_t fraction = llround(frexp(real, &exponent) * (1ll << 31));

	if (fraction == 1ll << 31) {
		fraction /= 2;
		exponent++;
	}
	if (exponent < -31)
		return (struct fixed){ 0, 0 };
	return (struct fixed){ fraction, exponent };
}

int32_t fixed_shift_right(int32_t x, int bits)
{
	int64_t half = bits ? 1ll << (bits - 1) : 0;

	return x < 0 ? -((-(int64_t)x + half) >> bits) : (x + half) >> bits;
}

int32_t fixed_multiply(int32_t x, struct fixed f)
{
	int left = f.exponent > 0 ? f.exponent : 0;
	int64_t product = (int64_t)x * (1ll << left) * f.fraction;
	int64_t nudge = product >= 0 ? 1ll << 30 : 1 - (1ll << 30);

	return fixed_shift_right((product + nudge) / (1ll << 31), left - f.exponent);
}

int16_t fixed_half(struct fixed f)
{
	const int32_t half = 1 << 15;

	return f.fraction >= INT32_MAX - half ? INT16_MAX : (f.fraction + half) >> 16;
}

int16_t fixed_multiply16(int16_t a, int16_t b, bool nearest)
{
	int32_t product = a * b, nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);

	if (a == INT16_MIN && b == INT16_MIN)
		return INT16_MAX;
	return (product + (nearest ? nudge : 0)) / (1 << 15);
}
