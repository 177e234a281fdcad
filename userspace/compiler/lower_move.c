// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CONCATENATION and PAD
 *
 * A concatenation is a copy of each input to its place; fuse.c lets the inputs be written there in
 * the first place where it can. Padding is a depthwise convolution that moves each pixel: its
 * window reaches far enough that each one meets the input, its only weight is 1.
 */
#include <stddef.h>
#include <string.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "lower.h"

/* The axis as one of the extents of an image; -1 when it is none. */
static int image_axis(const struct tensor *t, int32_t axis)
{
	static const int first[] = { 0, 2, 0, 0, -1 };	/* extent of dimension 0, by rank */

	if (t->shape.rank == 2)
		return axis ? 2 : 0;
	if (t->shape.rank < 1 || t->shape.rank > 4)
		return -1;
	return axis + first[t->shape.rank];
}

static const char *join_one(struct work *w, const struct node *n, struct flow *f, uint32_t in,
			    uint32_t surface, uint32_t pixel)
{
	const struct tensor *x = &w->graph->tensors[in], *y = &w->graph->tensors[n->out];
	const char *reason = lower_check(x, y);

	if (reason)
		return reason;
	if (x->type != y->type)
		return "inputs and output have different types";
	f->in_zero = lower_stored_zero(x);
	f->out_surface = surface;
	f->out_pixel = pixel;
	reason = requant_choose((double)x->quant.scale[0] / y->quant.scale[0],
				lower_stored_zero(y), INT8_MIN, INT8_MAX, &f->requant);

	return reason ? reason : lower_flow_all(w, n, f, in);
}

const char *lower_concatenation(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *out = &w->graph->tensors[n->out];
	struct flow *flows = lower_flows(w, n, op->n_inputs);
	int axis = image_axis(out, op->u.concat.axis);
	uint32_t surface = 0, pixel = 0;
	struct extent whole;

	if (!flows)
		return lower_no_memory;
	if (!lower_extent(out, &whole))
		return "a batch of more than one image";
	if (axis < 0)
		return "images of a batch";
	if (op->u.concat.activation != ACTIVATION_NONE)
		return "a fused activation";
	/* Pixels of a row lie between those of the other inputs, unless there is one row. */
	if (axis == 1 && whole.height > 1)
		return "columns; a task writes rows without gaps";
	for (uint32_t i = 0; i < op->n_inputs; i++) {
		const char *reason = join_one(w, n, &flows[i], op->inputs[i], surface, pixel);
		struct extent e;

		if (reason)
			return reason;
		lower_extent(&w->graph->tensors[op->inputs[i]], &e);
		if (axis == 2 && e.channels % NPU_ATOM_BYTES && i + 1 < op->n_inputs)
			return "channels that begin within an atom of 16";
		if (axis == 2)
			surface += layout_surfaces(e.channels);
		else
			pixel += e.height * e.width;
	}

	return NULL;
}

/* Rows or columns that @paddings put before and after. */
struct margin {
	int32_t before, after;
};

static struct margin margin_of(const struct tensor *paddings, uint32_t axis)
{
	return (struct margin){ tensor_int(paddings, 2 * axis),
				tensor_int(paddings, 2 * axis + 1) };
}

const char *lower_pad(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in], *out = &w->graph->tensors[n->out];
	const struct tensor *paddings = &w->graph->tensors[op->inputs[1]];
	struct margin rows, columns, channels;
	struct conv *c = &n->conv;
	const char *reason = lower_check(in, out);
	uint8_t *weights;
	size_t taps, tap;

	if (reason)
		return reason;
	if (!lower_same_quant(in, out) || in->type != out->type)
		return "input and output are quantised differently";
	if (!paddings->data || (paddings->type != DTYPE_INT32 && paddings->type != DTYPE_INT64))
		return "the paddings are not known before the model runs";
	if (in->shape.rank != 4 || !lower_extent(in, &c->in) || !lower_extent(out, &c->out))
		return "padding of anything but the rows and columns of one image";
	rows = margin_of(paddings, 1);
	columns = margin_of(paddings, 2);
	channels = margin_of(paddings, 3);
	if (channels.before || channels.after)
		return "padding of channels";

	n->kind = NODE_CONV;
	c->before_h = rows.before;
	c->before_w = columns.before;
	c->pad_top = rows.before + rows.after;
	c->pad_left = columns.before + columns.after;
	if (max_i64(c->pad_top, c->pad_left) > w->limits->pad)
		return "more padding than the pad fields";
	c->kernel_h = c->pad_top + 1;
	c->kernel_w = c->pad_left + 1;
	c->stride_h = c->stride_w = 1;
	c->dilation_h = c->dilation_w = 1;
	taps = (size_t)c->kernel_h * c->kernel_w;
	weights = arena_alloc(&w->scratch, taps, c->in.channels);
	if (!weights)
		return lower_no_memory;
	tap = (size_t)rows.after * c->kernel_w + columns.after;
	memset(weights + tap * c->in.channels, 1, c->in.channels);
	c->weights = weights;
	c->depthwise = c->in.channels > 1;
	c->form = c->depthwise ? WEIGHTS_DEPTHWISE : WEIGHTS_EXPANDED;
	c->multiplier = 1;
	c->in_zero = lower_stored_zero(in);
	c->scale = 1;

	return lower_conv_bounds(out, ACTIVATION_NONE, c);
}
