// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: AVERAGE_POOL_2D, MEAN and MAX_POOL_2D
 *
 * An average is a depthwise convolution with all weights 1 and the count in the multiplier: it
 * rounds as convolutions do and may change the scale along. The PPU's own average does neither. A
 * maximum is the PPU's.
 */
#include <stddef.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "lower.h"

/*
 * Output pixels of a pooling task.
 * Source: guide 9; what another program for this chip splits at, the field holds more.
 */
#define POOL_PIXELS	8191

/*
 * A smaller map that the PPU wrote was read back wrong in part by its next task.
 * Unknown: why; silicon notes 2.11.
 */
#define CHAIN_SIDE	4

static const char *average(const struct tensor *in, const struct tensor *out, int64_t count,
			   enum activation activation, struct node *n)
{
	struct conv *c = &n->conv;

	n->kind = NODE_CONV;
	c->form = WEIGHTS_FILL;
	c->fill = 1;
	c->depthwise = c->in.channels > 1;
	c->in_zero = lower_stored_zero(in);
	c->scale = (double)in->quant.scale[0] / out->quant.scale[0] / count;

	return lower_conv_bounds(out, activation, c);
}

const char *lower_average_pool_2d(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in], *out = &w->graph->tensors[n->out];
	const struct pool_params *p = &op->u.pool;
	const struct conv_params windows = {
		.padding = p->padding,
		.stride_h = p->stride_h,
		.stride_w = p->stride_w,
		.dilation_h = 1,
		.dilation_w = 1,
	};
	struct conv *c = &n->conv;
	const char *reason = lower_check(in, out);

	if (reason)
		return reason;
	if (!lower_extent(in, &c->in) || !lower_extent(out, &c->out))
		return "a batch of more than one image";
	if (!lower_same_quant(in, out) || in->type != out->type)
		return "input and output are quantised differently";
	if (padding_total(p->padding, c->in.height, c->out.height, p->filter_h, p->stride_h) ||
	    padding_total(p->padding, c->in.width, c->out.width, p->filter_w, p->stride_w))
		return "windows leave the input, where the divisor would change";
	reason = lower_windows(&windows, p->filter_h, p->filter_w, c);
	if (reason)
		return reason;

	return average(in, out, (int64_t)p->filter_h * p->filter_w, p->activation, n);
}

const char *lower_mean(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in], *out = &w->graph->tensors[n->out];
	const struct tensor *axes = &w->graph->tensors[op->inputs[1]];
	const struct conv_params windows = { PADDING_VALID, ACTIVATION_NONE, 1, 1, 1, 1, 0 };
	bool rows = false, columns = false;
	struct conv *c = &n->conv;
	const char *reason = lower_check(in, out);

	if (reason)
		return reason;
	if (in->type != out->type)
		return "input and output have different types";
	if (!lower_known_ints(axes))
		return "the axes are not known before the model runs";
	if (in->shape.rank != 4 || !lower_extent(in, &c->in))
		return "a mean of anything but one image";
	for (int64_t i = 0; i < shape_elements(&axes->shape); i++) {
		int64_t axis = tensor_int(axes, i);

		axis += axis < 0 ? in->shape.rank : 0;
		if (axis == 3)
			return "a mean over channels; the NPU sums within a channel";
		rows |= axis == 1;
		columns |= axis == 2;
	}
	c->out = c->in;
	if (rows)
		c->out.height = 1;
	if (columns)
		c->out.width = 1;
	reason = lower_windows(&windows, rows ? c->in.height : 1, columns ? c->in.width : 1, c);
	if (reason)
		return reason;

	return average(in, out, (int64_t)c->kernel_h * c->kernel_w, ACTIVATION_NONE, n);
}

/* Count the tasks; write them if @tiles is not NULL. */
static uint32_t split(const struct npu_limits *l, const struct pool *p, struct pool_tile *tiles)
{
	uint32_t surfaces = layout_surfaces(p->in.channels);
	uint32_t step = l->out_channels / NPU_ATOM_BYTES;
	int32_t rows = max_i64(POOL_PIXELS / p->out.width, 1);
	uint32_t n = 0;

	for (uint32_t s = 0; s < surfaces; s += step)
		for (int32_t row = 0; row < p->out.height; row += rows, n++) {
			int32_t count = min_i64(rows, p->out.height - row);
			int32_t start = row * p->stride_h - p->pad_top;
			int32_t end = start + (count - 1) * p->stride_h + p->kernel_h;
			struct pool_tile t = {
				.surface = s,
				.channels = min_i64(step, surfaces - s) * NPU_ATOM_BYTES,
				.in_row = max_i64(start, 0),
				.out_row = row,
				.out_rows = count,
				.pad_top = max_i64(-start, 0),
				.pad_bottom = max_i64(end - p->in.height, 0),
			};

			t.in_rows = min_i64(end, p->in.height) - t.in_row;
			if (tiles)
				tiles[n] = t;
		}

	return n;
}

static const char *check_pool(const struct npu_limits *l, const struct pool *p)
{
	if (max_i64(p->kernel_h, p->kernel_w) > l->pool_kernel)
		return "a pooling window larger than what is known to work";
	if (max_i64(p->stride_h, p->stride_w) > l->pool_kernel)
		return "a pooling stride larger than what is known to work";
	if (max_i64(p->in.width, p->in.height) > l->out_size)
		return "a map larger than the PPU's fields";
	return NULL;
}

const char *lower_max_pool_2d(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in], *out = &w->graph->tensors[n->out];
	const struct pool_params *q = &op->u.pool;
	struct pool *p = &n->pool;
	struct bounds b = { 0 };
	uint32_t writer = w->writer[n->in];
	const char *reason = lower_check(in, out);
	int32_t height, width;

	if (!reason)
		reason = lower_activation(out, q->activation, &b);
	if (reason)
		return reason;
	if (!lower_extent(in, &p->in) || !lower_extent(out, &p->out))
		return "a batch of more than one image";
	if (!lower_same_quant(in, out) || in->type != out->type)
		return "input and output are quantised differently";
	if (b.low > INT8_MIN || b.high < INT8_MAX)
		return "a fused activation; the PPU has no clamp";
	if (writer != GRAPH_NONE && w->nodes[writer].kind == NODE_POOL &&
	    (p->in.height < CHAIN_SIDE || p->in.width < CHAIN_SIDE))
		return "a map with a side below 4 that the PPU itself wrote";

	height = padding_total(q->padding, p->in.height, p->out.height, q->filter_h, q->stride_h);
	width = padding_total(q->padding, p->in.width, p->out.width, q->filter_w, q->stride_w);
	p->kernel_h = q->filter_h;
	p->kernel_w = q->filter_w;
	p->stride_h = p->out.height > 1 ? q->stride_h : 1;
	p->stride_w = p->out.width > 1 ? q->stride_w : 1;
	p->pad_top = height / 2;
	p->pad_left = width / 2;
	p->pad_right = width - p->pad_left;
	reason = check_pool(w->limits, p);
	if (reason)
		return reason;

	n->kind = NODE_POOL;
	p->n_tiles = split(w->limits, p, NULL);
	p->tiles = arena_alloc(&w->scratch, p->n_tiles, sizeof(*p->tiles));
	if (!p->tiles)
		return lower_no_memory;
	split(w->limits, p, p->tiles);

	return NULL;
}
