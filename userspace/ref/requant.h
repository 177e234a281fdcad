/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Scaling by a fixed-point number
 *
 * TensorFlow Lite's reference kernels rescale with a 31-bit multiplier and a shift, and round
 * twice: once when they take the high half of the product, once when they shift. All of it is
 * defined for any argument: where TensorFlow Lite's C++ would overflow, the numbers wrap as they do
 * on the machines it runs on.
 *
 * Source: tensorflow/lite/kernels/internal/common.h and quantization_util.cc (2.14), built with
 * double rounding.
 */
#ifndef REF_REQUANT_H
#define REF_REQUANT_H

#include <stdint.h>

#include <graph/graph.h>

/**
 * struct requant - a positive real number: multiplier / 2^31 * 2^shift
 * @multiplier: 0, or at least 2^30
 * @shift: -31 to 31
 */
struct requant {
	int32_t multiplier;
	int shift;
};

/**
 * requant_make() - the fixed-point number nearest to a real one
 * @real: positive; what is below 2^-32 becomes 0, what is above 2^31 the largest number
 *
 * Return: the number.
 */
struct requant requant_make(double real);

/**
 * ref_requant() - x times a fixed-point number, rounded
 * @x: integer
 * @r: the number
 *
 * Return: the product.
 */
int32_t ref_requant(int32_t x, struct requant r);

/**
 * high_mul() - high half of twice the product, rounded to nearest, ties up
 * @a: factor
 * @b: factor
 *
 * Return: a * b / 2^31; INT32_MAX for the one case that does not fit.
 */
int32_t high_mul(int32_t a, int32_t b);

/**
 * shift_right() - x / 2^bits, rounded to nearest, ties away from zero
 * @x: integer
 * @bits: 0 to 31
 *
 * Return: the quotient.
 */
int32_t shift_right(int32_t x, int bits);

/**
 * shift_left() - x * 2^bits, wrapping
 * @x: integer
 * @bits: 0 to 31
 *
 * Return: the product.
 */
int32_t shift_left(int32_t x, int bits);

/**
 * struct range - least and greatest stored number
 * @low: least
 * @high: greatest
 */
struct range {
	int32_t low;
	int32_t high;
};

/**
 * type_range() - what an 8-bit type holds
 * @t: DTYPE_UINT8 or DTYPE_INT8
 *
 * Return: the range.
 */
struct range type_range(enum dtype t);

/**
 * activation_range() - what a fused activation lets through
 * @out: output, 8 bits, quantised per tensor
 * @a: activation
 *
 * Return: the range, in stored numbers.
 */
struct range activation_range(const struct tensor *out, enum activation a);

#endif /* REF_REQUANT_H */
