/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random numbers for drawing models
 *
 * The same on every machine: a seed stands for what was drawn.
 */
#ifndef CROSS_RANDOM_H
#define CROSS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* Source: Knuth's MMIX generator; the upper bits are good enough. */
static inline uint32_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* @low and @high may come. */
static inline int32_t between(uint64_t *state, int32_t low, int32_t high)
{
	return low + next(state) % (high - low + 1);
}

static inline bool chance(uint64_t *state, unsigned int percent)
{
	return next(state) % 100 < percent;
}

#endif /* CROSS_RANDOM_H */
