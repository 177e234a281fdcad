/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Sums of products
 *
 * Convolutions and fully connected layers spend their time here, so inputs and weights are laid out
 * for it first: less their zero points, as int16, in rows padded with zeros to a multiple of
 * DOT_BLOCK, which compilers turn into SIMD.
 */
#ifndef REF_DOT_H
#define REF_DOT_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

#define DOT_BLOCK 16

/* Elements of a row of @n once it is padded. */
static inline size_t dot_padded(size_t n)
{
	return (n + DOT_BLOCK - 1) / DOT_BLOCK * DOT_BLOCK;
}

/*
 * @n is a multiple of DOT_BLOCK. A block of products, each below 2^16, fits int32; the sum of all
 * may not.
 */
static inline int64_t dot(const int16_t *a, const int16_t *b, size_t n)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i += DOT_BLOCK) {
		int32_t block = 0;

		for (size_t j = 0; j < DOT_BLOCK; j++)
			block += a[i + j] * b[i + j];
		sum += block;
	}

	return sum;
}

/**
 * dot_spread() - copy elements into a row
 * @row: where to, @n elements
 * @v: 8-bit tensor
 * @first: first element to copy
 * @n: how many
 * @zero: subtracted from each
 */
static inline void dot_spread(int16_t *row, const struct view *v, size_t first, size_t n,
			      int32_t zero)
{
	for (size_t i = 0; i < n; i++)
		row[i] = view_get(v, first + i) - zero;
}

/**
 * dot_rows() - a tensor as padded rows
 * @v: 8-bit tensor
 * @rows: how many it consists of
 * @length: elements of each
 * @zero: subtracted from each element
 *
 * Return: the rows, freed by the caller; NULL when memory is out.
 */
int16_t *dot_rows(const struct view *v, size_t rows, size_t length, int32_t zero);

/**
 * struct scaler - the way from a sum of products to a stored output
 * @requant: one per output channel, owned
 * @bias: int32 numbers at any alignment, one per output channel, or NULL
 * @zero: zero point of the output
 * @range: what the activation lets through
 */
struct scaler {
	struct requant *requant;
	const uint8_t *bias;
	int32_t zero;
	struct range range;
};

/**
 * scaler_init() - prepare for an operator with weights
 * @s: filled in; the caller frees @s->requant
 * @e: operator
 * @channels: output channels
 * @a: activation
 *
 * Return: 0 or -ENOMEM.
 */
int scaler_init(struct scaler *s, const struct eval *e, int32_t channels, enum activation a);

/**
 * scaler_apply() - output of one sum
 * @s: scaler
 * @channel: output channel
 * @sum: sum of products; wraps to int32 as it does in TensorFlow Lite
 *
 * Return: the byte to store.
 */
uint8_t scaler_apply(const struct scaler *s, int32_t channel, int64_t sum);

#endif /* REF_DOT_H */
