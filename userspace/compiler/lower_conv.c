// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED
 *
 * Extents, windows and stored zero points of a convolution. Numbers that may still not fit
 * (multipliers, sums, CBUF) are the business of the passes after legalize.
 */
#include <stddef.h>

#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "channels.h"
#include "lower.h"

static bool any_zero_point(const struct tensor *t)
{
	for (uint32_t i = 0; i < t->quant.count; i++)
		if (t->quant.zero_point[i])
			return true;
	return false;
}

/* Size of the weights with zeros for all that a filter does not read. */
static uint64_t expanded_bytes(const struct conv *c)
{
	return (uint64_t)c->kernel_h * c->kernel_w * c->in.channels * c->out.channels;
}

const char *lower_constants(const struct graph *g, const struct op *op, uint32_t input,
			    uint32_t bias_at, struct conv *c)
{
	const struct tensor *in = &g->tensors[input];
	const struct tensor *weights = &g->tensors[op->inputs[1]];
	const struct tensor *out = &g->tensors[op->outputs[0]];

	if (weights->type != in->type)
		return "input and weights have different types";
	if (out->type != in->type)
		return "input and output have different types";
	if (!weights->data)
		return "the weights are no constant";
	if (weights->quant.count == 0)
		return "the weights are not quantised";
	if (weights->type == DTYPE_INT8 && any_zero_point(weights))
		return "int8 weights with a zero point";
	if (!lower_per_tensor(weights)) {
		if (weights->type != DTYPE_INT8)
			return "uint8 weights with a scale for each channel";
		if (weights->quant.count != c->out.channels)
			return "weight scales that are not one per output channel";
		c->scales = weights->quant.scale;
	}
	if (op->n_inputs > bias_at && op->inputs[bias_at] != GRAPH_NONE) {
		const struct tensor *bias = &g->tensors[op->inputs[bias_at]];

		if (bias->type != DTYPE_INT32 || !bias->data)
			return "the bias is no int32 constant";
		if (shape_elements(&bias->shape) != c->out.channels)
			return "the bias has not one value per output channel";
		c->bias = bias->data;
	}

	c->weights = weights->data;
	c->flip = weights->type == DTYPE_UINT8 ? UINT8_FLIP : 0;
	c->weight_zero = lower_stored_zero(weights);
	c->in_zero = lower_stored_zero(in);
	c->in_scale = in->quant.scale[0];
	c->out_scale = out->quant.scale[0];
	c->scale = c->in_scale *
		   (c->scales ? channels_largest(c, 0, c->out.channels) : weights->quant.scale[0]) /
		   c->out_scale;

	return NULL;
}

/*
 * A PAD in front, read by nothing else, is more padding of the convolution: as long as each window
 * meets the input, and a task can express it.
 */
static void absorb_padding(struct work *w, const struct op *op, struct node *n)
{
	const struct npu_limits *l = w->limits;
	uint32_t writer = w->writer[n->in];
	struct conv *c = &n->conv, *pad;
	int32_t bottom, right;

	if (writer == GRAPH_NONE || w->graph->ops[writer].kind != OP_PAD ||
	    w->nodes[writer].kind != NODE_CONV || w->readers[n->in] != 1 ||
	    op->u.conv.padding != PADDING_VALID)
		return;
	pad = &w->nodes[writer].conv;
	bottom = pad->kernel_h - 1 - pad->before_h;
	right = pad->kernel_w - 1 - pad->before_w;
	if (max_i64(pad->before_h, bottom) >= window_extent(c->kernel_h, c->dilation_h) ||
	    max_i64(pad->before_w, right) >= window_extent(c->kernel_w, c->dilation_w) ||
	    pad->before_h > (int32_t)l->pad || pad->before_w > (int32_t)l->pad)
		return;
	c->in = pad->in;
	c->pad_top = pad->before_h;
	c->pad_left = pad->before_w;
	n->in = w->nodes[writer].in;
	n->reads[0] = n->in;
	n->absorbed = &w->nodes[writer];
	n->absorbed->kind = NODE_ABSORBED;
}

const char *lower_conv_2d(struct work *w, const struct op *op, struct node *n)
{
	const struct graph *g = w->graph;
	const struct tensor *in = &g->tensors[n->in], *out = &g->tensors[n->out];
	const int32_t *window = g->tensors[op->inputs[1]].shape.dim;
	struct conv *c = &n->conv;
	const char *reason = lower_check(in, out);

	n->kind = NODE_CONV;
	c->form = WEIGHTS_DENSE;
	if (!reason && (!lower_extent(in, &c->in) || !lower_extent(out, &c->out)))
		reason = "a batch of more than one image";
	if (!reason)
		reason = lower_windows(&op->u.conv, window[1], window[2], c);
	c->depth = window[3];
	if (!reason && c->depth != c->in.channels) {
		c->form = WEIGHTS_GROUPED;
		if (expanded_bytes(c) > LOWER_EXPANDED_MAX)
			reason = "groups of so many channels would be mostly zeros";
	}
	if (!reason)
		reason = lower_constants(g, op, n->in, 2, c);
	if (!reason)
		reason = lower_conv_bounds(out, op->u.conv.activation, c);
	if (!reason)
		absorb_padding(w, op, n);

	return reason;
}

const char *lower_depthwise_conv_2d(struct work *w, const struct op *op, struct node *n)
{
	const struct graph *g = w->graph;
	const struct tensor *in = &g->tensors[n->in], *out = &g->tensors[n->out];
	const int32_t *window = g->tensors[op->inputs[1]].shape.dim;
	struct conv *c = &n->conv;
	const char *reason = lower_check(in, out);

	n->kind = NODE_CONV;
	if (!reason && (!lower_extent(in, &c->in) || !lower_extent(out, &c->out)))
		reason = "a batch of more than one image";
	if (!reason)
		reason = lower_windows(&op->u.conv, window[1], window[2], c);
	if (!reason)
		reason = lower_constants(g, op, n->in, 2, c);
	if (!reason)
		reason = lower_conv_bounds(out, op->u.conv.activation, c);
	if (reason)
		return reason;
	absorb_padding(w, op, n);

	c->multiplier = c->out.channels / c->in.channels;
	/*
	 * Depthwise mode has one filter per channel, and one channel runs as a convolution; guide
	 * 4.6, 12.6.
	 */
	c->depthwise = c->multiplier == 1 && c->in.channels > 1;
	c->form = c->depthwise ? WEIGHTS_DEPTHWISE : WEIGHTS_EXPANDED;
	if (!c->depthwise && expanded_bytes(c) > LOWER_EXPANDED_MAX)
		return "a depth multiplier on so many channels would be mostly zeros";

	return NULL;
}

const char *lower_fully_connected(struct work *w, const struct op *op, struct node *n)
{
	const struct graph *g = w->graph;
	const struct tensor *in = &g->tensors[n->in], *out = &g->tensors[n->out];
	const struct tensor *weights = &g->tensors[op->inputs[1]];
	int32_t kernels = weights->shape.dim[0];
	int64_t depth = weights->shape.dim[1];
	struct conv *c = &n->conv;
	const char *reason = lower_check(in, out);

	n->kind = NODE_CONV;
	if (reason)
		return reason;
	if (!lower_extent(in, &c->in))
		return "a batch of more than one image";

	c->stride_h = c->stride_w = c->dilation_h = c->dilation_w = 1;
	c->kernel_h = c->kernel_w = 1;
	c->out = (struct extent){ c->in.height, c->in.width, kernels };
	if (depth != c->in.channels) {
		/* Weights [kernels][H * W * C] are those of a window as large as the image. */
		if (depth != (int64_t)c->in.height * c->in.width * c->in.channels)
			return "rows that are no whole image and no pixel of it";
		c->kernel_h = c->in.height;
		c->kernel_w = c->in.width;
		c->out = (struct extent){ 1, 1, kernels };
	}
	c->form = WEIGHTS_DENSE;
	reason = lower_constants(g, op, n->in, 2, c);
	if (!reason)
		reason = lower_conv_bounds(out, op->u.fc.activation, c);

	return reason;
}
