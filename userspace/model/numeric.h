/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Numbers as the NPU handles them
 *
 * Rounding shifts, saturation and the 16-bit float formats, in portable C so that every host
 * computes the same bits. Which block uses which rounding is decided by the blocks.
 */
#ifndef MODEL_NUMERIC_H
#define MODEL_NUMERIC_H

#include <stdint.h>
#include <string.h>

/**
 * shift_even() - arithmetic right shift, ties to even
 * @p: value, at most 62 bits
 * @n: 0..62
 *
 * Source: guide 7.3, rhe(); bit-exact on RK3588.
 */
static inline int64_t shift_even(int64_t p, unsigned int n)
{
	if (!n)
		return p;
	return (p + ((int64_t)1 << (n - 1)) - 1 + ((p >> n) & 1)) >> n;
}

/* shift_away() - the same with ties away from zero; what round bits of value 1 select */
static inline int64_t shift_away(int64_t p, unsigned int n)
{
	int64_t half;

	if (!n)
		return p;
	half = (int64_t)1 << (n - 1);
	return p >= 0 ? (p + half) >> n : -((half - p) >> n);
}

static inline int64_t shift_round(int64_t p, unsigned int n, int away)
{
	return away ? shift_away(p, n) : shift_even(p, n);
}

static inline int64_t clamp64(int64_t x, int64_t low, int64_t high)
{
	return x < low ? low : x > high ? high : x;
}

static inline int32_t sat32(int64_t x)
{
	return (int32_t)clamp64(x, INT32_MIN, INT32_MAX);
}

/* sat_add32(), sat_sub32() - saturated sums that compilers can do on vectors */
static inline int32_t sat_add32(int32_t a, int32_t b)
{
	int32_t sum = (int32_t)((uint32_t)a + (uint32_t)b), overflow = (a ^ sum) & (b ^ sum);

	return overflow < 0 ? (a >> 31) ^ INT32_MAX : sum;
}

static inline int32_t sat_sub32(int32_t a, int32_t b)
{
	int32_t difference = (int32_t)((uint32_t)a - (uint32_t)b);
	int32_t overflow = (a ^ b) & (a ^ difference);

	return overflow < 0 ? (a >> 31) ^ INT32_MAX : difference;
}

/* sign_extend() - the low @bits of @x as a signed number */
static inline int32_t sign_extend(uint32_t x, unsigned int bits)
{
	uint32_t sign = (uint32_t)1 << (bits - 1);

	x &= sign | (sign - 1);
	return (int32_t)((int64_t)(x ^ sign) - (int64_t)sign);
}

static inline float float_from_bits(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

static inline uint32_t float_to_bits(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

#define HALF_EXPONENT	0x7c00u
#define HALF_SIGN	0x8000u
#define HALF_FRACTION	0x03ffu

static inline float half_to_float(uint16_t half)
{
	uint32_t sign = (uint32_t)(half & HALF_SIGN) << 16;
	uint32_t exponent = (half & HALF_EXPONENT) >> 10, fraction = half & HALF_FRACTION;
	float magnitude;

	if (exponent == 31)
		return float_from_bits(sign | 0x7f800000u | fraction << 13);
	if (exponent)
		return float_from_bits(sign | (exponent + 112) << 23 | fraction << 13);
	magnitude = (float)fraction * (1.0f / (1 << 24));	/* zero and denormals */
	return sign ? -magnitude : magnitude;
}

/* float_to_half() - ties to even, overflow to infinity, denormals kept */
static inline uint16_t float_to_half(float f)
{
	uint32_t bits = float_to_bits(f), sign = bits >> 16 & HALF_SIGN,
		 magnitude = bits & 0x7fffffffu;
	uint32_t fraction, shift;

	if (magnitude > 0x7f800000u)
		return (uint16_t)(sign | HALF_EXPONENT | 0x200u |
				  (magnitude >> 13 & HALF_FRACTION));
	if (magnitude >= 0x477ff000u)	/* rounds to 65536 or more */
		return (uint16_t)(sign | HALF_EXPONENT);
	if (magnitude < 0x38800000u) {	/* below 2^-14: denormal */
		shift = 126 - (magnitude >> 23);
		if (shift > 24)
			return (uint16_t)sign;
		fraction = (magnitude & 0x7fffffu) | 0x800000u;
		return (uint16_t)(sign | (uint32_t)shift_even(fraction, shift));
	}
	return (uint16_t)(sign | (uint32_t)shift_even((int64_t)magnitude - (112 << 23), 13));
}

/* half_flushed() - an operand read: denormals count as zero */
static inline float half_flushed(uint16_t half)
{
	return half & HALF_EXPONENT ? half_to_float(half) : half_to_float(half & HALF_SIGN);
}

static inline float bfloat_to_float(uint16_t bfloat)
{
	return float_from_bits((uint32_t)bfloat << 16);
}

/* float_to_bfloat() - ties to even */
static inline uint16_t float_to_bfloat(float f)
{
	uint32_t bits = float_to_bits(f);

	if ((bits & 0x7fffffffu) > 0x7f800000u)
		return (uint16_t)(bits >> 16 | 0x40u);
	return (uint16_t)shift_even(bits, 16);
}

/* round_to_int() - float to integer, ties to even, saturated; NaN becomes 0 */
static inline int32_t round_to_int(double x)
{
	int64_t whole;
	double rest;

	if (!(x == x))
		return 0;
	if (x >= 2147483647.0)
		return INT32_MAX;
	if (x <= -2147483648.0)
		return INT32_MIN;
	whole = (int64_t)x;
	rest = x - (double)whole;
	if (rest > 0.5 || (rest == 0.5 && (whole & 1)))
		whole++;
	else if (rest < -0.5 || (rest == -0.5 && (whole & 1)))
		whole--;
	return sat32(whole);
}

#endif /* MODEL_NUMERIC_H */
