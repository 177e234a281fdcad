/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: TensorFlow Lite's fixed-point numbers
 *
 * For tables that must hold what its integer kernels compute. Source: internal/common.h,
 * quantization_util.cc (2.14).
 */
#ifndef COMPILER_FIXED_H
#define COMPILER_FIXED_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct fixed - a real number
 * @fraction: 2^30 to 2^31; 0 for 0
 * @exponent: the number is fraction / 2^31 * 2^exponent
 */
struct fixed {
	int32_t fraction;
	int exponent;
};

#define FIXED_MAX	(1 << 13)	/* with 17 bits and the fraction's 31 it fits 64 */

/* fixed_make() - a number, positive or negative; below 2^-32 it is 0 */
struct fixed fixed_make(double real);

/**
 * fixed_multiply() - an integer by a number, rounded as in MultiplyByQuantizedMultiplier()
 * @x: integer of up to 17 bits
 * @f: number below FIXED_MAX
 *
 * Return: the product.
 */
int32_t fixed_multiply(int32_t x, struct fixed f);

/* fixed_half() - the fraction in 16 bits, as in DownScaleInt32ToInt16Multiplier() */
int16_t fixed_half(struct fixed f);

/**
 * fixed_multiply16() - the high half of twice a product of 16-bit numbers
 * @a: number
 * @b: number
 * @nearest: rounded; else towards zero
 *
 * Return: the half, saturated.
 */
int16_t fixed_multiply16(int16_t a, int16_t b, bool nearest);

/* fixed_shift_right() - @x by 2^@bits, ties away from zero */
int32_t fixed_shift_right(int32_t x, int bits);

#endif /* COMPILER_FIXED_H */
