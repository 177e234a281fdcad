// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: TRANSPOSE_CONV
 *
 * TensorFlow Lite spreads each input over the outputs it reaches. Here each output collects the
 * inputs that reach it, which gives the same sums and needs no memory for them.
 *
 * Source: tensorflow/lite/kernels/transpose_conv.cc, internal/reference/transpose_conv.h and
 * reference/integer_ops/transpose_conv.h (2.14).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dot.h"
#include "kernel.h"

const char *transpose_conv_refuses(const struct graph *g, const struct op *op)
{
	return conv_refuses(g, op);
}

/* Along one dimension. */
struct reach {
	int32_t in, out;
	int32_t taps, stride, pad;
};

/* The input element that reaches output element @at through @tap; -1 for none. */
static int64_t source(const struct reach *r, int32_t at, int32_t tap)
{
	int64_t from = (int64_t)at + r->pad - tap;

	if (from < 0 || from % r->stride || from / r->stride >= r->in)
		return -1;
	return from / r->stride;
}

static struct reach reach_of(const struct eval *e, unsigned int axis)
{
	const struct conv_params *p = &e->op->u.conv;
	struct reach r = {
		.in = op_in(e->g, e->op, 2)->shape.dim[axis],
		.out = op_out(e->g, e->op, 0)->shape.dim[axis],
		.taps = op_in(e->g, e->op, 1)->shape.dim[axis],
		.stride = axis == 1 ? p->stride_h : p->stride_w,
	};

	/* As if the output were the input of a convolution. */
	r.pad = padding_total(p->padding, r.out, window_count(p->padding, r.out, r.taps, r.stride),
			      r.taps, r.stride) /
		2;

	return r;
}

struct run {
	struct view x;
	struct reach rows, columns;
	const int16_t *kernels; /* [output channel][tap row][tap column], each a padded row of input
				   channels */
	int16_t *pixel;
	int64_t *sums;			/* one per output channel */
	int32_t channels, in_channels;
};

static void add_tap(struct run *r, size_t from, int32_t tap)
{
	size_t padded = dot_padded(r->in_channels), taps = (size_t)r->rows.taps * r->columns.taps;

	dot_spread(r->pixel, &r->x, from * r->in_channels, r->in_channels,
		   r->x.t->quant.zero_point[0]);
	for (int32_t o = 0; o < r->channels; o++)
		r->sums[o] += dot(r->pixel, r->kernels + (o * taps + tap) * padded, padded);
}

static void add_taps(struct run *r, int32_t n, int32_t y, int32_t x)
{
	memset(r->sums, 0, r->channels * sizeof(*r->sums));
	for (int32_t tap_h = 0; tap_h < r->rows.taps; tap_h++) {
		int64_t row = source(&r->rows, y, tap_h);

		for (int32_t tap_w = 0; tap_w < r->columns.taps && row >= 0; tap_w++) {
			int64_t column = source(&r->columns, x, tap_w);

			if (column >= 0)
				add_tap(r, ((size_t)n * r->rows.in + row) * r->columns.in + column,
					tap_h * r->columns.taps + tap_w);
		}
	}
}

static void compute(struct run *r, const struct shape *out, const struct scaler *scaler,
		    uint8_t *to)
{
	for (int32_t n = 0; n < out->dim[0]; n++)
		for (int32_t y = 0; y < out->dim[1]; y++)
			for (int32_t x = 0; x < out->dim[2]; x++) {
				add_taps(r, n, y, x);
				for (int32_t o = 0; o < r->channels; o++)
					*to++ = scaler_apply(scaler, o, r->sums[o]);
			}
}

int transpose_conv_eval(const struct eval *e)
{
	struct view w = view_in(e, 1);
	struct run r = {
		.x = view_in(e, 2),
		.rows = reach_of(e, 1),
		.columns = reach_of(e, 2),
		.channels = w.t->shape.dim[0],
		.in_channels = w.t->shape.dim[3],
	};
	struct scaler scaler = { 0 };
	int16_t *kernels;
	int ret;

	kernels = dot_rows(&w, (size_t)r.channels * r.rows.taps * r.columns.taps, r.in_channels,
			   w.t->type == DTYPE_UINT8 ? w.t->quant.zero_point[0] : 0);
	r.kernels = kernels;
	r.pixel = calloc(dot_padded(r.in_channels), sizeof(*r.pixel));
	r.sums = calloc(r.channels, sizeof(*r.sums));
	ret = kernels && r.pixel && r.sums
		      ? scaler_init(&scaler, e, r.channels, e->op->u.conv.activation)
		      : -ENOMEM;
	if (!ret)
		compute(&r, &op_out(e->g, e->op, 0)->shape, &scaler, eval_out(e, 0));
	free(scaler.requant);
	free(r.sums);
	free(r.pixel);
	free(kernels);

	return ret;
}
