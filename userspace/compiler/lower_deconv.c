// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: TRANSPOSE_CONV
 *
 * With a stride of 2, the outputs of even rows meet other taps than those of odd rows, and so do
 * columns: four convolutions of stride 1, whose outputs lie between each other. Here they are one
 * convolution with the kernels of all four, each phase from a multiple of 16 channels on; copies
 * then bring the phases to their columns, and rows of columns to their rows.
 *
 * The chip has a mode of its own for this (CNA_CONV_CON3.DECONV), which nobody has shown to work on
 * an RK3588; guide 12.14. Unknown: whether tasks of the DPU alone leave gaps; see
 * Documentation/npu/open-questions.rst.
 */
#include <stddef.h>
#include <string.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "channels.h"
#include "flow.h"
#include "lower.h"

/**
 * struct axis - rows or columns
 * @in: extent of the input
 * @out: extent of the output
 * @taps: of the model's kernel
 * @stride: phases
 * @pad: of the convolution that this is the reverse of
 * @count: outputs of each phase, the last ones perhaps beyond @out
 * @before: inputs before the place of an output that some phase meets
 * @window: inputs that a phase meets, with taps of zero where it meets fewer than another
 */
struct axis {
	int32_t in, out, taps, stride, pad;
	int32_t count, before, window;
};

/*
 * Output stride * q + phase meets input q + (phase + pad) / stride - j with tap
 * (phase + pad) % stride + j * stride, for each j that is a tap.
 */
static int32_t first_input(const struct axis *a, int32_t phase)
{
	return (phase + a->pad) / a->stride;
}

/* The tap that meets input q - before + @at; -1 for none. */
static int32_t tap_of(const struct axis *a, int32_t phase, int32_t at)
{
	int32_t j = first_input(a, phase) + a->before - at;
	int32_t tap = (phase + a->pad) % a->stride + j * a->stride;

	return j >= 0 && tap < a->taps ? tap : -1;
}

static struct axis axis_of(const struct op *op, int32_t in, int32_t out, int32_t taps,
			   int32_t stride)
{
	struct axis a = { .in = in, .out = out, .taps = taps, .stride = stride };
	int32_t after = 0;

	a.pad = padding_total(op->u.conv.padding, out,
			      window_count(op->u.conv.padding, out, taps, stride), taps, stride) /
		2;
	a.count = div_round_up(out, stride);
	for (int32_t phase = 0; phase < stride; phase++) {
		int32_t first = first_input(&a, phase);
		int32_t rest = a.taps - 1 - (phase + a.pad) % stride;	/* of the first tap */

		after = max_i64(after, first);
		if (rest >= 0)
			a.before = max_i64(a.before, rest / stride - first);
	}
	a.window = a.before + after + 1;

	return a;
}

static const char too_many_phases[] = "more phases than a task has kernels";

/* The kernels of all phases, each phase padded to @depth kernels of zeros. */
struct phases {
	struct axis rows, columns;
	int32_t kernels, depth, channels;
};

static uint32_t phase_kernels(const struct phases *p)
{
	return p->rows.stride * p->columns.stride * p->depth;
}

static void fill_kernel(const struct phases *p, const uint8_t *kernel, int32_t row, int32_t column,
			uint8_t *to)
{
	for (int32_t y = 0; y < p->rows.window; y++)
		for (int32_t x = 0; x < p->columns.window; x++, to += p->channels) {
			int32_t tap_y = tap_of(&p->rows, row, y);
			int32_t tap_x = tap_of(&p->columns, column, x);

			if (tap_y >= 0 && tap_x >= 0)
				memcpy(to,
				       kernel + ((size_t)tap_y * p->columns.taps + tap_x) *
							p->channels,
				       p->channels);
		}
}

static const uint8_t *spread_weights(struct work *w, const struct phases *p, const uint8_t *weights,
				     int32_t zero)
{
	size_t taps = (size_t)p->rows.taps * p->columns.taps * p->channels;
	size_t bytes = (size_t)p->rows.window * p->columns.window * p->channels;
	uint8_t *all = arena_alloc(&w->scratch, phase_kernels(p), bytes), *to = all;

	if (!all)
		return NULL;
	memset(all, zero, phase_kernels(p) * bytes);
	for (int32_t row = 0; row < p->rows.stride; row++)
		for (int32_t column = 0; column < p->columns.stride; column++)
			for (int32_t k = 0; k < p->depth; k++, to += bytes)
				if (k < p->kernels)
					fill_kernel(p, weights + k * taps, row, column, to);

	return all;
}

/* @data: @bytes per kernel; those of padding take the first kernel's. */
static const void *spread_values(struct work *w, const struct phases *p, const void *data,
				 size_t bytes)
{
	uint8_t *all = arena_alloc(&w->scratch, phase_kernels(p), bytes);

	for (uint32_t i = 0; all && i < phase_kernels(p); i++) {
		uint32_t k = i % p->depth < (uint32_t)p->kernels ? i % p->depth : 0;

		memcpy(all + i * bytes, (const uint8_t *)data + k * bytes, bytes);
	}

	return all;
}

static const char *spread_constants(struct work *w, const struct phases *p, struct conv *c)
{
	bool bias = c->bias, scales = c->scales;

	c->weights = spread_weights(w, p, c->weights, (uint8_t)(c->weight_zero ^ c->flip));
	if (bias)
		c->bias = spread_values(w, p, c->bias, sizeof(int32_t));
	if (scales)
		c->scales = spread_values(w, p, c->scales, sizeof(float));

	return c->weights && (c->bias || !bias) && (c->scales || !scales) ? NULL : lower_no_memory;
}

/*
 * From the convolution's output to the columns, to the rows. What has one phase only is left out,
 * unless columns beyond the output's must go.
 */
static const char *interleave(struct work *w, const struct phases *p, struct node *n)
{
	int32_t rows = p->rows.stride, columns = p->columns.stride;
	int32_t wide = columns * p->columns.count, width = p->columns.out;
	int32_t blocks = p->depth / NPU_ATOM_BYTES, count = p->rows.count;
	bool by_row = rows > 1 || wide > width;
	uint32_t from = n->conv_out, between = from;
	const char *reason = NULL;
	struct flow *f;

	if (by_row && columns > 1) {
		between = work_scratch(w, n, n->n_scratch);
		n->scratch[n->n_scratch++] = (struct extent){ count, wide, rows * p->depth };
	}
	f = lower_flows(w, n, (columns > 1 ? rows * columns : 0) + (by_row ? rows : 0));
	n->kind = NODE_CONV;
	if (!f)
		return lower_no_memory;
	for (int32_t i = 0; columns > 1 && i < rows * columns && !reason; i++, f++) {
		*f = (struct flow){ .in = from, .in_surface = i * blocks,
				    .out = by_row ? between : n->out,
				    .out_surface = i / columns * blocks, .out_pixel = i % columns,
				    .pixels = count * p->columns.count, .channels = p->kernels,
				    .width = 1, .out_line = columns };
		reason = lower_copy(w, f);
	}
	for (int32_t i = 0; by_row && i < rows && !reason; i++, f++) {
		int32_t lines = div_round_up(p->rows.out - i, rows);	/* the last may be beyond */

		*f = (struct flow){ .in = between, .in_surface = i * blocks, .out = n->out,
				    .out_pixel = i * width, .pixels = lines * width,
				    .channels = p->kernels, .width = width,
				    .in_line = wide, .out_line = rows * width };
		reason = lower_copy(w, f);
	}

	return reason;
}

static const char *take_phases(struct work *w, const struct op *op, const struct extent *out,
			       struct phases *p, struct conv *c)
{
	const int32_t *window = w->graph->tensors[op->inputs[1]].shape.dim;
	const struct conv_params *params = &op->u.conv;

	/* One phase has a kernel at least. */
	if (max_i64(params->stride_h, params->stride_w) > w->limits->out_channels)
		return too_many_phases;
	p->rows = axis_of(op, c->in.height, out->height, window[1], params->stride_h);
	p->columns = axis_of(op, c->in.width, out->width, window[2], params->stride_w);
	p->kernels = p->depth = out->channels;
	p->channels = window[3];
	if (max_i64(params->stride_h, params->stride_w) > 1) {
		if (!w->limits->flow_gaps)
			return "tasks of the DPU alone leave no gaps between lines";
		p->depth = align_up(out->channels, NPU_ATOM_BYTES);
	}
	if ((int64_t)params->stride_h * params->stride_w * p->depth > w->limits->out_channels)
		return too_many_phases;
	if ((int64_t)p->rows.window * p->columns.window * p->channels * phase_kernels(p) >
	    LOWER_EXPANDED_MAX)
		return "phases of so many channels would be mostly zeros";
	c->kernel_h = p->rows.window;
	c->kernel_w = p->columns.window;
	c->pad_top = p->rows.before;
	c->pad_left = p->columns.before;
	c->stride_h = c->stride_w = c->dilation_h = c->dilation_w = 1;
	c->depth = c->in.channels;

	return NULL;
}

const char *lower_transpose_conv(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *out = &w->graph->tensors[n->out];
	struct conv *c = &n->conv;
	struct phases p = { 0 };
	struct extent to;
	const char *reason;

	n->in = op->inputs[2];
	n->kind = NODE_CONV;
	c->form = WEIGHTS_DENSE;
	if (!lower_known_ints(&w->graph->tensors[op->inputs[0]]))
		return "the size is not known before the model runs";
	reason = lower_check(&w->graph->tensors[n->in], out);
	if (reason)
		return reason;
	if (!lower_extent(&w->graph->tensors[n->in], &c->in) || !lower_extent(out, &to))
		return "a batch of more than one image";
	c->out = to;	/* kernels of the model, for the constants */
	reason = lower_constants(w->graph, op, n->in, 3, c);
	if (!reason)
		reason = lower_conv_bounds(out, op->u.conv.activation, c);
	if (!reason)
		reason = take_phases(w, op, &to, &p, c);
	if (!reason)
		reason = spread_constants(w, &p, c);
	if (reason)
		return reason;
	c->out = (struct extent){ p.rows.count, p.columns.count, phase_kernels(&p) };
	if (p.rows.stride * p.columns.stride == 1)
		return NULL;
	n->conv_out = work_scratch(w, n, 0);
	n->scratch[n->n_scratch++] = c->out;

	return interleave(w, &p, n);
}
