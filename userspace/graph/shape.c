// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Extents
 *
 * Element counts and window arithmetic, the same as TensorFlow Lite's kernels/padding.h. All of it is safe for any
 * int32 extents.
 */
#include <base/bits.h>

#include "graph.h"

int64_t shape_elements(const struct shape *s)
{
	int64_t n = 1;

	if (s->rank > GRAPH_RANK_MAX)
		return -1;
	for (unsigned int i = 0; i < s->rank; i++)
		if (s->dim[i] < 1 || __builtin_mul_overflow(n, (int64_t)s->dim[i], &n))
			return -1;

	return n;
}

bool shape_equal(const struct shape *a, const struct shape *b)
{
	if (a->rank != b->rank)
		return false;
	for (unsigned int i = 0; i < a->rank; i++)
		if (a->dim[i] != b->dim[i])
			return false;

	return true;
}

int64_t window_extent(int32_t taps, int32_t dilation)
{
	return (int64_t)(taps - 1) * dilation + 1;
}

int64_t window_count(enum padding padding, int32_t in, int64_t extent, int32_t stride)
{
	int64_t room = padding == PADDING_SAME ? in : in - extent + 1;

	return room > 0 ? (int64_t)div_round_up(room, stride) : 0;
}

int32_t padding_total(enum padding padding, int32_t in, int32_t out, int32_t filter, int32_t stride)
{
	int64_t total = (int64_t)(out - 1) * stride + filter - in;

	return padding == PADDING_SAME ? clamp_i64(total, 0, INT32_MAX) : 0;
}
