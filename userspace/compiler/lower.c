// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: From TensorFlow Lite's operators to what the NPU does: what all share
 */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "flow.h"
#include "lower.h"

const char lower_no_memory[] = "out of memory";

int32_t lower_stored_zero(const struct tensor *t)
{
	return t->quant.zero_point[0] - (t->type == DTYPE_UINT8 ? UINT8_FLIP : 0);
}

bool lower_same_quant(const struct tensor *a, const struct tensor *b)
{
	return lower_per_tensor(a) && lower_per_tensor(b) &&
		a->quant.scale[0] == b->quant.scale[0] &&
		lower_stored_zero(a) == lower_stored_zero(b);
}

bool lower_known_ints(const struct tensor *t)
{
	return t->data && (t->type == DTYPE_INT32 || t->type == DTYPE_INT64);
}

bool lower_per_tensor(const struct tensor *t)
{
	if (t->quant.count == 0)
		return false;
	for (uint32_t i = 1; i < t->quant.count; i++)
		if (t->quant.scale[i] != t->quant.scale[0] ||
		    t->quant.zero_point[i] != t->quant.zero_point[0])
			return false;
	return true;
}

bool lower_extent(const struct tensor *t, struct extent *e)
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

static bool is_byte(const struct tensor *t)
{
	return t->type == DTYPE_UINT8 || t->type == DTYPE_INT8;
}

const char *lower_check(const struct tensor *in, const struct tensor *out)
{
	if (!is_byte(in) || !is_byte(out))
		return "only uint8 and int8 tensors fit the integer pipeline";
	if (in->data)
		return "the input is a constant";
	if (!lower_per_tensor(in) || !lower_per_tensor(out))
		return "input or output has no single scale";
	return NULL;
}

const char *lower_activation(const struct tensor *out, enum activation a, struct bounds *b)
{
	double scale = out->quant.scale[0];
	double low = INT8_MIN, high = INT8_MAX;
	int32_t zero = lower_stored_zero(out);

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
	*b = (struct bounds){ zero, fmax(low, INT8_MIN), fmin(high, INT8_MAX) };

	return NULL;
}

const char *lower_conv_bounds(const struct tensor *out, enum activation a, struct conv *c)
{
	struct bounds b = { 0 };
	const char *reason = lower_activation(out, a, &b);

	c->out_zero = b.zero;
	c->out_low = b.low;
	c->out_high = b.high;

	return reason;
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

const char *lower_windows(const struct conv_params *p, int32_t kernel_h, int32_t kernel_w,
			  struct conv *c)
{
	int64_t window_h = window_extent(kernel_h, p->dilation_h);
	int64_t window_w = window_extent(kernel_w, p->dilation_w);

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

struct flow *lower_flows(struct work *w, struct node *n, uint32_t count)
{
	n->kind = NODE_FLOW;
	n->flows = arena_alloc(&w->scratch, count, sizeof(*n->flows));
	n->n_flows = count;

	return n->flows;
}

const char *lower_flow_all(struct work *w, const struct node *n, struct flow *f, uint32_t in)
{
	struct extent e;

	if (!lower_extent(&w->graph->tensors[in], &e))
		return "a batch of more than one image";
	f->in = in;
	f->out = n->out;
	f->pixels = e.height * e.width;
	f->width = e.width;
	f->channels = e.channels;
	if (f->in_factor == 0)
		f->in_factor = 1;

	return flow_tile(f, &w->scratch);
}

const char *lower_copy(struct work *w, struct flow *f)
{
	f->in_factor = 1;
	f->requant = (struct requant){ .scale = 1 << 14, .shift = 14 };

	return flow_tile(f, &w->scratch);
}

int lower_axis(const struct tensor *t, int32_t dimension)
{
	static const int first[] = { 0, 2, 0, 0, -1 };	/* extent of dimension 0, by rank */

	if (t->shape.rank == 2)
		return dimension ? 2 : 0;
	if (t->shape.rank < 1 || t->shape.rank > 4)
		return -1;
	return dimension + first[t->shape.rank];
}

/* Windows of which one element is taken, with a weight of 1. */
static void take_elements(struct node *n, int32_t rows, int32_t columns, const uint8_t *weights)
{
	struct conv *c = &n->conv;

	n->kind = NODE_CONV;
	c->weights = weights;
	c->kernel_h = rows;
	c->kernel_w = columns;
	c->dilation_h = c->dilation_w = 1;
	c->scale = 1;
	c->out_zero = c->in_zero;
	c->out_low = INT8_MIN;
	c->out_high = INT8_MAX;
}

const char *lower_pick(struct work *w, struct node *n, int32_t rows, int32_t columns, int32_t row,
		       int32_t column)
{
	struct conv *c = &n->conv;
	size_t taps = (size_t)rows * columns, tap = (size_t)row * columns + column;
	uint8_t *weights;

	if (max_i64(rows, columns) > w->limits->kernel_size)
		return "a window larger than the kernel fields";
	weights = arena_alloc(&w->scratch, taps, c->in.channels);
	if (!weights)
		return lower_no_memory;
	memset(weights + tap * c->in.channels, 1, c->in.channels);
	take_elements(n, rows, columns, weights);
	c->depthwise = c->in.channels > 1;
	c->form = c->depthwise ? WEIGHTS_DEPTHWISE : WEIGHTS_EXPANDED;
	c->multiplier = 1;

	return NULL;
}

const char *lower_select(struct work *w, struct node *n, int32_t rows, int32_t columns, int32_t row,
			 int32_t column, const uint32_t *from)
{
	struct conv *c = &n->conv;
	size_t taps = (size_t)rows * columns, tap = (size_t)row * columns + column;
	uint8_t *weights;

	if (max_i64(rows, columns) > w->limits->kernel_size)
		return "a window larger than the kernel fields";
	if ((uint64_t)taps * c->in.channels * c->out.channels > LOWER_EXPANDED_MAX)
		return "a choice among so many channels would be mostly zeros";
	weights = arena_alloc(&w->scratch, taps * c->in.channels, c->out.channels);
	if (!weights)
		return lower_no_memory;
	for (int32_t k = 0; k < c->out.channels; k++)
		weights[(k * taps + tap) * c->in.channels + from[k]] = 1;
	take_elements(n, rows, columns, weights);
	c->form = WEIGHTS_DENSE;
	c->depth = c->in.channels;

	return NULL;
}
