// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Extents
 *
 * Element counts and window arithmetic, the same as TensorFlow Lite's kernels/padding.h, and
 * slices, the same as its internal/strided_slice_logic.h. All of it is safe for any int32 extents.
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

struct slice slice_of(const struct graph *g, const struct op *op, unsigned int axis)
{
	int64_t extent = g->tensors[op->inputs[0]].shape.dim[axis];
	const struct tensor *begins = &g->tensors[op->inputs[1]];
	struct slice s = { .step = 1, .count = extent };
	int64_t begin, end, least, most;

	if (axis >= shape_elements(&begins->shape))
		return s;
	begin = tensor_int(begins, axis);
	end = tensor_int(&g->tensors[op->inputs[2]], axis);
	s.step = clamp_i64(tensor_int(&g->tensors[op->inputs[3]], axis), INT32_MIN, INT32_MAX);
	s.dropped = op->u.slice.shrink_axis_mask >> axis & 1;

	/*
	 * Positions before the first element, counted from the end; then what lies outside moves to
	 * the edge.
	 */
	least = s.step > 0 ? 0 : -1;
	most = s.step > 0 ? extent : extent - 1;
	s.first = clamp_i64(begin < 0 ? begin + extent : begin, least, most);
	end = clamp_i64(end < 0 ? end + extent : end, least, most);
	if (op->u.slice.begin_mask >> axis & 1)
		s.first = s.step > 0 ? 0 : extent - 1;
	if (op->u.slice.end_mask >> axis & 1)
		end = s.step > 0 ? extent : -1;
	s.count = s.step > 0 ? (end - s.first + s.step - 1) / s.step
			     : (s.first - end - s.step - 1) / -s.step;
	if (s.dropped)
		s.count = s.first >= 0 && s.first < extent;

	return s;
}
