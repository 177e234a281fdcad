// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: From TensorFlow Lite's operators to convolutions
 *
 * Decides for each operator whether the NPU has a form for it, and writes that form down: extents,
 * windows and stored zero points. What has none becomes a host node with the reason. Numbers that
 * may still not fit (multipliers, sums, CBUF) are the business of the passes after this one.
 */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "channels.h"
#include "compile.h"
#include "work.h"

#define UINT8_FLIP	0x80 /* the MAC array is signed: uint8 is stored less 128; guide 4.4 */
#define FEATURE_MAX	0x7fffffff /* bytes; strides are 28-bit signed atom counts; guide 4.2 */
#define EXPANDED_MAX	(16 << 20)	/* bytes of weights; beyond, their zeros cost too much */

static int32_t stored_zero(const struct tensor *t)
{
	return t->quant.zero_point[0] - (t->type == DTYPE_UINT8 ? UINT8_FLIP : 0);
}

/* One scale and zero point for all of a tensor, be it given once or repeated. */
static bool per_tensor(const struct tensor *t)
{
	if (t->quant.count == 0)
		return false;
	for (uint32_t i = 1; i < t->quant.count; i++)
		if (t->quant.scale[i] != t->quant.scale[0] ||
		    t->quant.zero_point[i] != t->quant.zero_point[0])
			return false;
	return true;
}

static bool any_zero_point(const struct tensor *t)
{
	for (uint32_t i = 0; i < t->quant.count; i++)
		if (t->quant.zero_point[i])
			return true;
	return false;
}

/* Rank 4 is 1HWC; below, the first extents count as rows and columns. */
static bool extent_of(const struct tensor *t, struct extent *e)
{
	const int32_t *dim = t->shape.dim;

	switch (t->shape.rank) {
	case 1:
		*e = (struct extent){ 1, 1, dim[0] };
		return true;
	case 2:
		*e = (struct extent){ dim[0], 1, dim[1] };
		return true;
	case 3:
		*e = (struct extent){ dim[0], dim[1], dim[2] };
		return true;
	case 4:
		*e = (struct extent){ dim[1], dim[2], dim[3] };
		return dim[0] == 1;
	default:
		return false;
	}
}

static bool fits_memory(const struct extent *e, uint32_t channels)
{
	return (uint64_t)e->height * e->width <=
		FEATURE_MAX / NPU_ATOM_BYTES / layout_surfaces(channels);
}

static const char *check_activation_tensors(const struct tensor *in, const struct tensor *out)
{
	if (in->type != DTYPE_UINT8 && in->type != DTYPE_INT8)
		return "only uint8 and int8 tensors fit the integer pipeline";
	if (out->type != in->type)
		return "input and output have different types";
	if (in->data)
		return "the input is a constant";
	if (!per_tensor(in) || !per_tensor(out))
		return "input or output has no single scale";
	return NULL;
}

/*
 * The bounds that TensorFlow Lite gives the output; kernels/kernel_util.cc
 * CalculateActivationRangeQuantized.
 */
static const char *activation_range(const struct tensor *out, enum activation a, struct conv *c)
{
	double scale = out->quant.scale[0];
	double low = INT8_MIN, high = INT8_MAX;
	int32_t zero = stored_zero(out);

	switch (a) {
	case ACTIVATION_NONE:
		break;
	case ACTIVATION_RELU:
		low = zero;
		break;
	case ACTIVATION_RELU6:
		low = zero;
		high = zero + round((float)(6 / scale));
		break;
	case ACTIVATION_RELU_N1_TO_1:
		low = zero + round((float)(-1 / scale));
		high = zero + round((float)(1 / scale));
		break;
	default:
		return "the fused activation has no form in the DPU";
	}
	c->out_low = fmax(low, INT8_MIN);
	c->out_high = fmin(high, INT8_MAX);
	c->out_zero = zero;

	return NULL;
}

/* Weights and bias of @op; their extents were checked by graph_verify(). */
static const char *take_constants(const struct graph *g, const struct op *op, struct conv *c)
{
	const struct tensor *in = &g->tensors[op->inputs[0]];
	const struct tensor *weights = &g->tensors[op->inputs[1]];
	const struct tensor *out = &g->tensors[op->outputs[0]];

	if (weights->type != in->type)
		return "input and weights have different types";
	if (!weights->data)
		return "the weights are no constant";
	if (weights->quant.count == 0)
		return "the weights are not quantised";
	if (weights->type == DTYPE_INT8 && any_zero_point(weights))
		return "int8 weights with a zero point";
	if (!per_tensor(weights)) {
		if (weights->type != DTYPE_INT8)
			return "uint8 weights with a scale for each channel";
		if (weights->quant.count != c->out.channels)
			return "weight scales that are not one per output channel";
		c->scales = weights->quant.scale;
	}
	if (op->n_inputs > 2 && op->inputs[2] != GRAPH_NONE) {
		const struct tensor *bias = &g->tensors[op->inputs[2]];

		if (bias->type != DTYPE_INT32 || !bias->data)
			return "the bias is no int32 constant";
		if (shape_elements(&bias->shape) != c->out.channels)
			return "the bias has not one value per output channel";
		c->bias = bias->data;
	}

	c->weights = weights->data;
	c->flip = weights->type == DTYPE_UINT8 ? UINT8_FLIP : 0;
	c->weight_zero = stored_zero(weights);
	c->in_zero = stored_zero(in);
	c->in_scale = in->quant.scale[0];
	c->out_scale = out->quant.scale[0];
	c->scale = c->in_scale *
		   (c->scales ? channels_largest(c, 0, c->out.channels) : weights->quant.scale[0]) /
		   c->out_scale;

	return NULL;
}

/* Parameters that an extent of one makes irrelevant take their plain values. */
static void simplify_windows(struct conv *c)
{
	if (c->kernel_h == 1)
		c->dilation_h = 1;
	if (c->kernel_w == 1)
		c->dilation_w = 1;
	if (c->out.height == 1)
		c->stride_h = 1;
	if (c->out.width == 1)
		c->stride_w = 1;
}

static const char *take_windows(const struct conv_params *p, int32_t kernel_h, int32_t kernel_w,
				struct conv *c)
{
	int64_t window_h = (int64_t)(kernel_h - 1) * p->dilation_h + 1;
	int64_t window_w = (int64_t)(kernel_w - 1) * p->dilation_w + 1;

	if (window_h > INT16_MAX || window_w > INT16_MAX)
		return "a dilation beyond what is known to work";
	c->kernel_h = kernel_h;
	c->kernel_w = kernel_w;
	c->stride_h = p->stride_h;
	c->stride_w = p->stride_w;
	c->dilation_h = p->dilation_h;
	c->dilation_w = p->dilation_w;
	c->pad_top =
		padding_total(p->padding, c->in.height, c->out.height, window_h, p->stride_h) / 2;
	c->pad_left =
		padding_total(p->padding, c->in.width, c->out.width, window_w, p->stride_w) / 2;
	simplify_windows(c);

	return NULL;
}

static const char *lower_conv_2d(const struct graph *g, const struct op *op, struct node *n)
{
	const struct tensor *in = &g->tensors[n->in], *out = &g->tensors[n->out];
	const struct tensor *weights = &g->tensors[op->inputs[1]];
	struct conv *c = &n->conv;
	const char *reason = check_activation_tensors(in, out);

	if (!reason && (!extent_of(in, &c->in) || !extent_of(out, &c->out)))
		reason = "a batch of more than one image";
	if (!reason && weights->shape.dim[3] != c->in.channels)
		reason = "grouped convolutions are not lowered yet";
	if (!reason)
		reason = take_windows(&op->u.conv, weights->shape.dim[1], weights->shape.dim[2], c);
	if (!reason)
		reason = take_constants(g, op, c);
	if (!reason)
		reason = activation_range(out, op->u.conv.activation, c);
	c->form = WEIGHTS_DENSE;

	return reason;
}

static const char *lower_depthwise_conv_2d(const struct graph *g, const struct op *op,
					   struct node *n)
{
	const struct tensor *in = &g->tensors[n->in], *out = &g->tensors[n->out];
	const struct tensor *weights = &g->tensors[op->inputs[1]];
	struct conv *c = &n->conv;
	const char *reason = check_activation_tensors(in, out);

	if (!reason && (!extent_of(in, &c->in) || !extent_of(out, &c->out)))
		reason = "a batch of more than one image";
	if (!reason)
		reason = take_windows(&op->u.conv, weights->shape.dim[1], weights->shape.dim[2], c);
	if (!reason)
		reason = take_constants(g, op, c);
	if (!reason)
		reason = activation_range(out, op->u.conv.activation, c);
	if (reason)
		return reason;

	c->multiplier = c->out.channels / c->in.channels;
	/*
	 * Depthwise mode has one filter per channel, and one channel runs as a convolution; guide
	 * 4.6, 12.6.
	 */
	c->depthwise = c->multiplier == 1 && c->in.channels > 1;
	c->form = c->depthwise ? WEIGHTS_DEPTHWISE : WEIGHTS_EXPANDED;
	if (!c->depthwise &&
	    (uint64_t)c->kernel_h * c->kernel_w * c->in.channels * c->out.channels > EXPANDED_MAX)
		return "a depth multiplier on so many channels would be mostly zeros";

	return NULL;
}

static const char *lower_fully_connected(const struct graph *g, const struct op *op, struct node *n)
{
	const struct tensor *in = &g->tensors[n->in], *out = &g->tensors[n->out];
	const struct tensor *weights = &g->tensors[op->inputs[1]];
	int32_t kernels = weights->shape.dim[0];
	int64_t depth = weights->shape.dim[1];
	struct conv *c = &n->conv;
	const char *reason = check_activation_tensors(in, out);

	if (reason)
		return reason;
	if (!extent_of(in, &c->in))
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
	reason = take_constants(g, op, c);
	if (!reason)
		reason = activation_range(out, op->u.fc.activation, c);

	return reason;
}

static const char *lower_average_pool_2d(const struct graph *g, const struct op *op, struct node *n)
{
	const struct tensor *in = &g->tensors[n->in], *out = &g->tensors[n->out];
	const struct pool_params *p = &op->u.pool;
	const struct conv_params windows = {
		.padding = p->padding,
		.stride_h = p->stride_h,
		.stride_w = p->stride_w,
		.dilation_h = 1,
		.dilation_w = 1,
	};
	struct conv *c = &n->conv;
	const char *reason = check_activation_tensors(in, out);

	if (reason)
		return reason;
	if (!extent_of(in, &c->in) || !extent_of(out, &c->out))
		return "a batch of more than one image";
	if (in->quant.scale[0] != out->quant.scale[0] ||
	    in->quant.zero_point[0] != out->quant.zero_point[0])
		return "input and output are quantised differently";
	if (padding_total(p->padding, c->in.height, c->out.height, p->filter_h, p->stride_h) ||
	    padding_total(p->padding, c->in.width, c->out.width, p->filter_w, p->stride_w))
		return "windows leave the input, where the divisor would change";
	reason = take_windows(&windows, p->filter_h, p->filter_w, c);
	if (reason)
		return reason;

	c->form = WEIGHTS_ONES;
	c->depthwise = c->in.channels > 1;
	c->in_zero = stored_zero(in);
	c->scale = 1.0 / ((double)p->filter_h * p->filter_w);

	return activation_range(out, p->activation, c);
}

struct cap {
	const char *(*lower)(const struct graph *g, const struct op *op, struct node *n);
	const char *reason;	/* of a host operator */
	bool fold;
};

static const struct cap caps[OP_KINDS] = {
#define NPU_OP(kind, lowering, how, when)	[OP_##kind] = { .lower = lower_##lowering },
#define FOLD_OP(kind, how, when) \
	[OP_##kind] = { .reason = "no NPU operator next to it", .fold = true },
#define HOST_OP(kind, why)			[OP_##kind] = { .reason = why },
#include "caps.def"
#undef NPU_OP
#undef FOLD_OP
#undef HOST_OP
};

static uint64_t op_macs(const struct graph *g, const struct op *op)
{
	const struct shape *weights, *out;

	if (op->kind != OP_CONV_2D && op->kind != OP_DEPTHWISE_CONV_2D &&
	    op->kind != OP_FULLY_CONNECTED)
		return 0;
	weights = &g->tensors[op->inputs[1]].shape;
	out = &g->tensors[op->outputs[0]].shape;
	if (op->kind == OP_DEPTHWISE_CONV_2D)
		return shape_elements(out) * weights->dim[1] * weights->dim[2];

	return shape_elements(out) * (shape_elements(weights) / weights->dim[0]);
}

void node_to_host(struct node *n, const char *reason)
{
	n->kind = NODE_HOST;
	n->reason = reason;
}

static void legalize_op(struct work *w, const struct op *op, struct node *n)
{
	const struct cap *cap = &caps[op->kind];
	const char *reason = cap->reason;

	n->macs = op_macs(w->graph, op);
	n->in = op->n_inputs ? op->inputs[0] : GRAPH_NONE;
	n->out = op->n_outputs ? op->outputs[0] : GRAPH_NONE;
	if (w->options->cpu_only)
		reason = "asked to use the CPU only";
	else if (cap->lower)
		reason = cap->lower(w->graph, op, n);
	else if (!reason)
		reason = "the compiler has no form for this operator yet";
	if (!reason && cap->lower) {
		struct conv *c = &n->conv;

		if (!fits_memory(&c->in, c->in.channels) ||
		    !fits_memory(&c->out, layout_out_channels(c->depthwise, c->out.channels)))
			reason = "a feature map larger than the NPU's strides express";
	}
	if (reason)
		node_to_host(n, reason);
	else
		n->kind = NODE_CONV;
}

int legalize(struct work *w)
{
	const struct graph *g = w->graph;
	int ret = 0;

	for (uint32_t i = 0; i < g->n_ops; i++) {
		const struct op *op = &g->ops[i];

		if (op->refused || op->kind == OP_UNKNOWN) {
			ret = diag_error(
				w->diag, -ENOTSUP,
				"operator %u %s can run neither on the NPU nor on the CPU: %s",
				op->index, op->name,
				op->refused ? op->refused : "unknown operator");
			continue;
		}
		legalize_op(w, op, &w->nodes[i]);
	}

	return ret;
}
