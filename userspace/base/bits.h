/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Integer helpers
 *
 * Alignment, division and register fields. Nothing here knows what the numbers mean.
 */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline uint64_t div_round_up(uint64_t a, uint64_t b)
{
	return (a + b - 1) / b;
}

static inline uint64_t align_up(uint64_t a, uint64_t step)
{
	return div_round_up(a, step) * step;
}

static inline int64_t min_i64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t max_i64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static inline int64_t clamp_i64(int64_t v, int64_t low, int64_t high)
{
	return min_i64(max_i64(v, low), high);
}

/* The field of @reg that @mask selects, shifted down. */
static inline uint32_t field_get(uint32_t reg, uint32_t mask)
{
	return (reg & mask) / (mask & -mask);
}

/* True if @value fits the field that @mask selects. */
static inline int field_fits(uint64_t value, uint32_t mask)
{
	return value <= mask / (mask & -mask);
}

/* @value shifted into the field that @mask selects; the caller checked that it fits. */
static inline uint32_t field_put(uint32_t value, uint32_t mask)
{
	return (value * (mask & -mask)) & mask;
}

#endif /* BASE_BITS_H */
