// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CONCATENATION, SPLIT and STRIDED_SLICE of whole blocks
 *
 * A concatenation is a copy of each input to its place; fuse.c lets the inputs be written there in
 * the first place where it can, which it cannot between the columns of others. What SPLIT and
 * STRIDED_SLICE make is a part of their input's memory, if it is whole channel blocks and whole
 * rows.
 */
#include <stddef.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "lower.h"

static const char within_atom[] = "channels that begin within an atom of 16";

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

/* Does an input but the last end within an atom? */
static bool ends_within(const struct graph *g, const struct op *op)
{
	struct extent e;

	for (uint32_t i = 0; i + 1 < op->n_inputs; i++)
		if (lower_extent(&g->tensors[op->inputs[i]], &e) && e.channels % NPU_ATOM_BYTES)
			return true;
	return false;
}

/*
 * The inputs go to a scratch, each from an atom on; a convolution whose kernels take one channel
 * each leaves out what is between.
 */
static const char *close_gaps(struct work *w, const struct op *op, struct node *n,
			      const struct extent *whole, uint32_t surfaces)
{
	uint32_t *from = arena_alloc(&w->scratch, whole->channels, sizeof(*from));
	struct conv *c = &n->conv;
	uint32_t k = 0;

	if (!from)
		return lower_no_memory;
	for (uint32_t i = 0; i < op->n_inputs; i++) {
		struct extent e;

		lower_extent(&w->graph->tensors[op->inputs[i]], &e);
		for (int32_t channel = 0; channel < e.channels; channel++)
			from[k++] = n->flows[i].out_surface * NPU_ATOM_BYTES + channel;
		n->flows[i].out = work_scratch(w, n, 0);
	}
	n->conv_in = work_scratch(w, n, 0);
	n->scratch[n->n_scratch++] = (struct extent){ whole->height, whole->width,
						      surfaces * NPU_ATOM_BYTES };
	c->in = n->scratch[0];
	c->out = *whole;
	c->stride_h = c->stride_w = 1;
	c->in_zero = lower_stored_zero(&w->graph->tensors[n->out]);

	return lower_select(w, n, 1, 1, 0, 0, from);
}

const char *lower_concatenation(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *out = &w->graph->tensors[n->out];
	struct flow *flows = lower_flows(w, n, op->n_inputs);
	int axis = lower_axis(out, op->u.concat.axis);
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
	if (axis == 1 && whole.height > 1 && !w->limits->flow_gaps)
		return "tasks of the DPU alone leave no gaps between lines";
	for (uint32_t i = 0; i < op->n_inputs; i++) {
		const char *reason;
		struct extent e;

		/* Pixels of a row lie between those of the other inputs, unless there is one. */
		if (axis == 1 && whole.height > 1)
			flows[i].out_line = whole.width;
		reason = join_one(w, n, &flows[i], op->inputs[i], surface, pixel);
		if (reason)
			return reason;
		lower_extent(&w->graph->tensors[op->inputs[i]], &e);
		if (axis == 2)
			surface += layout_surfaces(e.channels);
		else
			pixel += axis == 1 ? e.width : e.height * e.width;
	}

	return axis == 2 && ends_within(w->graph, op) ? close_gaps(w, op, n, &whole, surface)
						      : NULL;
}

/* @tensor is @in from a channel block and a pixel on. */
static void make_view(struct work *w, uint32_t tensor, uint32_t in, uint32_t surface,
		      uint32_t pixel)
{
	struct feature *f = &w->features[tensor];

	f->of = in;
	f->of_surface = surface;
	f->of_pixel = pixel;
}

const char *lower_split(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *axes = &w->graph->tensors[op->inputs[0]];
	const struct tensor *in = &w->graph->tensors[op->inputs[1]];
	const struct tensor *part = &w->graph->tensors[n->out];
	const char *reason = lower_check(in, part);
	struct extent e, whole;
	int axis;

	n->in = op->inputs[1];
	if (reason)
		return reason;
	if (!lower_known_ints(axes))
		return "the axis is not known before the model runs";
	axis = lower_axis(in, tensor_int(axes, 0) + (tensor_int(axes, 0) < 0 ? in->shape.rank : 0));
	if (axis < 0 || !lower_extent(in, &whole) || !lower_extent(part, &e))
		return "images of a batch";
	if (axis == 1 && whole.height > 1)
		return "columns; a task reads rows without gaps";
	if (axis == 2 && e.channels % NPU_ATOM_BYTES)
		return within_atom;
	for (uint32_t i = 0; i < op->n_outputs; i++)
		if (!lower_same_quant(in, &w->graph->tensors[op->outputs[i]]) ||
		    in->type != w->graph->tensors[op->outputs[i]].type)
			return "input and output are quantised differently";
	n->kind = NODE_FOLDED;
	for (uint32_t i = 0; i < op->n_outputs; i++)
		make_view(w, op->outputs[i], n->in,
			  axis == 2 ? i * layout_surfaces(e.channels) : 0,
			  axis == 2 ? 0 : i * e.height * e.width);

	return NULL;
}

/* What a STRIDED_SLICE takes of an image. */
struct cut {
	struct slice rows, columns, channels;
};

static struct slice whole_of(int32_t extent)
{
	return (struct slice){ .step = 1, .count = extent };
}

static const char *take_cut(const struct graph *g, const struct op *op, const struct extent *e,
			    struct cut *c)
{
	const struct tensor *in = &g->tensors[op->inputs[0]];
	struct slice *image[] = { &c->rows, &c->columns, &c->channels };

	*c = (struct cut){ whole_of(e->height), whole_of(e->width), whole_of(e->channels) };
	for (unsigned int i = 0; i < in->shape.rank; i++) {
		int axis = lower_axis(in, i);

		if (axis >= 0)
			*image[axis] = slice_of(g, op, i);
	}
	if (c->rows.step < 0 || c->columns.step < 0 || c->channels.step < 0)
		return "a negative stride";

	return NULL;
}

/*
 * A convolution whose window reaches from the first pixel taken to the last that is not, with a
 * weight of 1 for the first; depthwise when all channels are taken.
 */
static const char *cut_pixels(struct work *w, const struct extent *e, const struct cut *cut,
			      struct node *n)
{
	struct conv *c = &n->conv;
	int32_t rows = e->height - (cut->rows.count - 1) * cut->rows.step;
	int32_t columns = e->width - (cut->columns.count - 1) * cut->columns.step;
	uint32_t *from;

	c->in = *e;
	c->out = (struct extent){ cut->rows.count, cut->columns.count, cut->channels.count };
	c->stride_h = cut->rows.count > 1 ? cut->rows.step : 1;
	c->stride_w = cut->columns.count > 1 ? cut->columns.step : 1;
	c->in_zero = lower_stored_zero(&w->graph->tensors[n->in]);
	if (cut->channels.count == e->channels)
		return lower_pick(w, n, rows, columns, cut->rows.first, cut->columns.first);
	from = arena_alloc(&w->scratch, cut->channels.count, sizeof(*from));
	if (!from)
		return lower_no_memory;
	for (int32_t k = 0; k < cut->channels.count; k++)
		from[k] = cut->channels.first + k * cut->channels.step;

	return lower_select(w, n, rows, columns, cut->rows.first, cut->columns.first, from);
}

const char *lower_strided_slice(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in], *out = &w->graph->tensors[n->out];
	const char *reason = lower_check(in, out);
	bool whole_rows, near;
	struct extent e, to;
	struct cut cut;

	if (reason)
		return reason;
	if (!lower_same_quant(in, out) || in->type != out->type)
		return "input and output are quantised differently";
	for (unsigned int i = 1; i <= 3; i++)
		if (!lower_known_ints(&w->graph->tensors[op->inputs[i]]))
			return "begins, ends or strides are not known before the model runs";
	if (!lower_extent(in, &e) || !lower_extent(out, &to))
		return "images of a batch";
	reason = take_cut(w->graph, op, &e, &cut);
	if (reason)
		return reason;

	if (to.channels != cut.channels.count)
		return "an extent that is left out of the shape";
	near = (cut.rows.step == 1 || cut.rows.count == 1) &&
	       (cut.columns.step == 1 || cut.columns.count == 1) &&
	       (cut.channels.step == 1 || cut.channels.count == 1);
	whole_rows = cut.columns.count == e.width || cut.rows.count == 1;
	if (near && whole_rows && cut.channels.first % NPU_ATOM_BYTES == 0) {
		n->kind = NODE_FOLDED;
		make_view(w, n->out, n->in, cut.channels.first / NPU_ATOM_BYTES,
			  cut.rows.first * e.width + cut.columns.first);
		return NULL;
	}

	return cut_pixels(w, &e, &cut, n);
}
