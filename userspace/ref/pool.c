// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: AVERAGE_POOL_2D and MAX_POOL_2D
 *
 * Elements in the padding do not count: an average divides by the elements that lie in the input.
 *
 * Source: tensorflow/lite/kernels/internal/reference/pooling.h, integer_ops/pooling.h and
 * kernels/pooling.cc (2.14).
 */
#include <math.h>

#include <base/bits.h>

#include "kernel.h"

#define SCALE_TOLERANCE 1e-6	/* TensorFlow Lite takes scales that close for equal */

const char *pool_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *x = op_in(g, op, 0), *y = op_out(g, op, 0);
	const char *reason = refuse_unless_8bit(x);

	if (!reason)
		reason = refuse_unless_8bit(y);
	if (reason)
		return reason;
	if (x->type != y->type || x->quant.zero_point[0] != y->quant.zero_point[0] ||
	    fabsf(x->quant.scale[0] - y->quant.scale[0]) > SCALE_TOLERANCE)
		return "input and output of a pooling differ in type, scale or zero point";

	return NULL;
}

/* The part of a window that lies in the input, along one dimension. */
struct span {
	int32_t first, end;
};

static struct span span_at(int32_t at, int32_t stride, int32_t filter, int32_t pad, int32_t extent)
{
	int64_t first = (int64_t)at * stride - pad;

	return (struct span){ max_i64(first, 0), min_i64(first + filter, extent) };
}

/* @at: element of the channel at row 0, column 0 */
static int32_t average(const struct view *x, size_t at, struct span rows, struct span columns)
{
	int64_t sum = 0, count = (int64_t)(rows.end - rows.first) * (columns.end - columns.first);
	const struct shape *s = &x->t->shape;

	for (int32_t y = rows.first; y < rows.end; y++)
		for (int32_t xx = columns.first; xx < columns.end; xx++)
			sum += view_get(x, at + ((size_t)y * s->dim[2] + xx) * s->dim[3]);

	return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

static int32_t maximum(const struct view *x, size_t at, struct span rows, struct span columns)
{
	const struct shape *s = &x->t->shape;
	int32_t most = INT32_MIN;

	for (int32_t y = rows.first; y < rows.end; y++)
		for (int32_t xx = columns.first; xx < columns.end; xx++)
			most = max_i64(most,
				       view_get(x, at + ((size_t)y * s->dim[2] + xx) * s->dim[3]));

	return most;
}

static int pool_eval(const struct eval *e, int32_t (*reduce)(const struct view *x, size_t at,
							     struct span rows, struct span columns))
{
	const struct pool_params *p = &e->op->u.pool;
	const struct tensor *out = op_out(e->g, e->op, 0);
	struct view x = view_in(e, 0);
	const struct shape *in = &x.t->shape, *y = &out->shape;
	struct range range = activation_range(out, p->activation);
	int32_t pad_h = padding_total(p->padding, in->dim[1], y->dim[1], p->filter_h, p->stride_h) /
			2;
	int32_t pad_w = padding_total(p->padding, in->dim[2], y->dim[2], p->filter_w, p->stride_w) /
			2;
	size_t image = (size_t)in->dim[1] * in->dim[2] * in->dim[3];
	uint8_t *to = eval_out(e, 0);

	for (int32_t n = 0; n < y->dim[0]; n++)
		for (int32_t row = 0; row < y->dim[1]; row++) {
			struct span rows = span_at(row, p->stride_h, p->filter_h, pad_h,
						   in->dim[1]);

			for (int32_t column = 0; column < y->dim[2]; column++) {
				struct span columns = span_at(column, p->stride_w, p->filter_w,
							      pad_w, in->dim[2]);

				for (int32_t c = 0; c < y->dim[3]; c++)
					*to++ = clamp_i64(reduce(&x, n * image + c, rows, columns),
							  range.low, range.high);
			}
		}

	return 0;
}

int pool_average_eval(const struct eval *e)
{
	return pool_eval(e, average);
}

int pool_max_eval(const struct eval *e)
{
	return pool_eval(e, maximum);
}
