// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED
 *
 * Source: tensorflow/lite/kernels/internal/reference/{conv,depthwiseconv_uint8,fully_connected}.h
 * and reference/integer_ops/{conv,depthwise_conv,fully_connected}.h (2.14).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dot.h"
#include "kernel.h"

/* Where the taps of a window fall. */
struct window {
	int32_t in_h, in_w, in_c;
	int32_t out_n, out_h, out_w, out_c;
	int32_t taps_h, taps_w;
	int32_t stride_h, stride_w;
	int32_t dilation_h, dilation_w;
	int32_t pad_h, pad_w;	/* before the first row and column */
};

static struct window window_of(const struct graph *g, const struct op *op)
{
	const struct shape *x = &op_in(g, op, 0)->shape, *w = &op_in(g, op, 1)->shape,
			   *y = &op_out(g, op, 0)->shape;
	const struct conv_params *p = &op->u.conv;

	return (struct window){
		.in_h = x->dim[1],
		.in_w = x->dim[2],
		.in_c = x->dim[3],
		.out_n = y->dim[0],
		.out_h = y->dim[1],
		.out_w = y->dim[2],
		.out_c = y->dim[3],
		.taps_h = w->dim[1],
		.taps_w = w->dim[2],
		.stride_h = p->stride_h,
		.stride_w = p->stride_w,
		.dilation_h = p->dilation_h,
		.dilation_w = p->dilation_w,
		.pad_h = padding_total(p->padding, x->dim[1], y->dim[1],
				       window_extent(w->dim[1], p->dilation_h), p->stride_h) /
			 2,
		.pad_w = padding_total(p->padding, x->dim[2], y->dim[2],
				       window_extent(w->dim[2], p->dilation_w), p->stride_w) /
			 2,
	};
}

/* First input element under a tap of the window at (n, y, x); -1 in the padding. */
static int64_t tap_at(const struct window *w, int32_t n, int32_t y, int32_t x, int32_t tap_h,
		      int32_t tap_w)
{
	int64_t in_y = (int64_t)y * w->stride_h + (int64_t)tap_h * w->dilation_h - w->pad_h;
	int64_t in_x = (int64_t)x * w->stride_w + (int64_t)tap_w * w->dilation_w - w->pad_w;

	if (in_y < 0 || in_y >= w->in_h || in_x < 0 || in_x >= w->in_w)
		return -1;
	return (((int64_t)n * w->in_h + in_y) * w->in_w + in_x) * w->in_c;
}

/* Padding is 0 in the sum, which is what the rows hold where nothing is copied to. */
static void gather(int16_t *row, const struct window *w, const struct view *x, int32_t n,
		   int32_t out_y, int32_t out_x, int32_t first_channel, int32_t channels)
{
	int32_t zero = x->t->quant.zero_point[0];

	for (int32_t tap_h = 0; tap_h < w->taps_h; tap_h++) {
		for (int32_t tap_w = 0; tap_w < w->taps_w; tap_w++, row += channels) {
			int64_t at = tap_at(w, n, out_y, out_x, tap_h, tap_w);

			if (at < 0)
				memset(row, 0, channels * sizeof(*row));
			else
				dot_spread(row, x, at + first_channel, channels, zero);
		}
	}
}

const char *conv_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *w = op_in(g, op, 1);
	const char *reason = refuse_weights(g, op, op->kind == OP_DEPTHWISE_CONV_2D ? 3 : 0);

	if (reason)
		return reason;
	for (uint32_t i = 0; w->type == DTYPE_INT8 && i < w->quant.count; i++)
		if (w->quant.zero_point[i])
			return "int8 weights with a zero point";

	return NULL;
}

static void conv_run(const struct window *w, const struct view *x, const int16_t *kernels,
		     int16_t *row, size_t length, int32_t channels, const struct scaler *scaler,
		     uint8_t *out)
{
	int32_t groups = w->in_c / channels, group_kernels = w->out_c / groups;

	for (int32_t n = 0; n < w->out_n; n++)
		for (int32_t y = 0; y < w->out_h; y++)
			for (int32_t xx = 0; xx < w->out_w; xx++)
				for (int32_t group = 0; group < groups; group++) {
					int32_t first = group * group_kernels;

					gather(row, w, x, n, y, xx, group * channels, channels);
					for (int32_t o = first; o < first + group_kernels; o++)
						*out++ = scaler_apply(
							scaler, o,
							dot(row, kernels + o * length, length));
				}
}

int conv_eval(const struct eval *e)
{
	struct window window = window_of(e->g, e->op);
	struct view x = view_in(e, 0), w = view_in(e, 1);
	int32_t channels = w.t->shape.dim[3];
	size_t length = (size_t)window.taps_h * window.taps_w * channels;
	struct scaler scaler = { 0 };
	int16_t *kernels, *row;
	int ret;

	kernels = dot_rows(&w, window.out_c, length,
			   w.t->type == DTYPE_UINT8 ? w.t->quant.zero_point[0] : 0);
	row = calloc(dot_padded(length), sizeof(*row));
	ret = kernels && row ? scaler_init(&scaler, e, window.out_c, e->op->u.conv.activation)
			     : -ENOMEM;
	if (!ret)
		conv_run(&window, &x, kernels, row, dot_padded(length), channels, &scaler,
			 eval_out(e, 0));
	free(scaler.requant);
	free(row);
	free(kernels);

	return ret;
}

/* Add the products under one tap to the sums of all output channels. */
static void depthwise_tap(int64_t *sums, const struct view *x, size_t x_first,
			  const int16_t *kernel, int32_t channels, int32_t multiplier)
{
	int32_t zero = x->t->quant.zero_point[0];

	for (int32_t c = 0; c < channels; c++) {
		int32_t value = view_get(x, x_first + c) - zero;

		for (int32_t m = 0; m < multiplier; m++)
			*sums++ += value * *kernel++;
	}
}

static void depthwise_window(const struct window *w, const struct view *x, const int16_t *kernels,
			     int64_t *sums, int32_t n, int32_t y, int32_t xx)
{
	memset(sums, 0, w->out_c * sizeof(*sums));
	for (int32_t tap_h = 0; tap_h < w->taps_h; tap_h++)
		for (int32_t tap_w = 0; tap_w < w->taps_w;
		     tap_w++, kernels += dot_padded(w->out_c)) {
			int64_t at = tap_at(w, n, y, xx, tap_h, tap_w);

			if (at >= 0)
				depthwise_tap(sums, x, at, kernels, w->in_c, w->out_c / w->in_c);
		}
}

static void depthwise_run(const struct window *w, const struct view *x, const int16_t *kernels,
			  int64_t *sums, const struct scaler *scaler, uint8_t *out)
{
	for (int32_t n = 0; n < w->out_n; n++)
		for (int32_t y = 0; y < w->out_h; y++)
			for (int32_t xx = 0; xx < w->out_w; xx++) {
				depthwise_window(w, x, kernels, sums, n, y, xx);
				for (int32_t c = 0; c < w->out_c; c++)
					*out++ = scaler_apply(scaler, c, sums[c]);
			}
}

int depthwise_eval(const struct eval *e)
{
	struct window window = window_of(e->g, e->op);
	struct view x = view_in(e, 0), w = view_in(e, 1);
	struct scaler scaler = { 0 };
	int16_t *kernels;
	int64_t *sums;
	int ret;

	kernels = dot_rows(&w, (size_t)window.taps_h * window.taps_w, window.out_c,
			   w.t->type == DTYPE_UINT8 ? w.t->quant.zero_point[0] : 0);
	sums = calloc(window.out_c, sizeof(*sums));
	ret = kernels && sums ? scaler_init(&scaler, e, window.out_c, e->op->u.conv.activation)
			      : -ENOMEM;
	if (!ret)
		depthwise_run(&window, &x, kernels, sums, &scaler, eval_out(e, 0));
	free(scaler.requant);
	free(sums);
	free(kernels);

	return ret;
}

const char *fc_refuses(const struct graph *g, const struct op *op)
{
	return refuse_weights(g, op, 0);
}

int fc_eval(const struct eval *e)
{
	struct view x = view_in(e, 0), w = view_in(e, 1);
	int32_t outs = w.t->shape.dim[0], ins = w.t->shape.dim[1];
	size_t batches = shape_elements(&x.t->shape) / ins, padded = dot_padded(ins);
	struct scaler scaler = { 0 };
	uint8_t *out = eval_out(e, 0);
	int16_t *kernels, *row;
	int ret;

	/* Weights with a scale for each channel have no zero point that would count. */
	kernels = dot_rows(&w, outs, ins, w.t->quant.count == 1 ? w.t->quant.zero_point[0] : 0);
	row = calloc(padded, sizeof(*row));
	ret = kernels && row ? scaler_init(&scaler, e, outs, e->op->u.fc.activation) : -ENOMEM;
	for (size_t b = 0; !ret && b < batches; b++) {
		dot_spread(row, &x, b * ins, ins, x.t->quant.zero_point[0]);
		for (int32_t o = 0; o < outs; o++)
			*out++ = scaler_apply(&scaler, o, dot(row, kernels + o * padded, padded));
	}
	free(scaler.requant);
	free(row);
	free(kernels);

	return ret;
}
