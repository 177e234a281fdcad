// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What recorded streams compute
 *
 * The departures are applied to a copy of the operator: one VALID convolution over an image that
 * has been padded by hand, so that any mixture of extents, strides and paddings can be expressed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>
#include <npu/limits.h>
#include <ref/ref.h>

#include "mesa.h"

#define FLIP 0x80		/* Mesa takes every tensor for uint8 and stores code - 128 */
#define PACKED_PITCH 16		/* pixels per line of packed input: lines are whole atoms */

/* Extents as the stream has them. */
struct view {
	int32_t in_h, in_w, in_c;
	int32_t out_h, out_w, out_c;
	int32_t kernel_h, kernel_w;
	int32_t top, left;
	int32_t stride;
};

const struct op *mesa_op(const struct golden *g, size_t job)
{
	for (uint32_t i = 0; i < g->graph->n_ops; i++) {
		const struct op *op = &g->graph->ops[i];

		if (op->kind != OP_CONV_2D && op->kind != OP_DEPTHWISE_CONV_2D)
			continue;
		if (!job--)
			return op;
	}

	return NULL;
}

static size_t atom_at(size_t pixel, size_t pixels, size_t channel)
{
	return (channel / NPU_ATOM_BYTES * pixels + pixel) * NPU_ATOM_BYTES +
	       channel % NPU_ATOM_BYTES;
}

void mesa_unpack(const uint8_t *from, size_t pixels, size_t channels, uint8_t flip, uint8_t *to)
{
	for (size_t p = 0; p < pixels; p++)
		for (size_t ch = 0; ch < channels; ch++)
			to[p * channels + ch] = from[atom_at(p, pixels, ch)] ^ flip;
}

void mesa_pack(const uint8_t *from, size_t pixels, size_t channels, uint8_t flip, uint8_t *to)
{
	for (size_t p = 0; p < pixels; p++)
		for (size_t ch = 0; ch < channels; ch++)
			to[atom_at(p, pixels, ch)] = from[p * channels + ch] ^ flip;
}

uint8_t *mesa_output(struct capture *c, size_t job, const struct golden *g)
{
	const struct op *op = mesa_op(g, job);
	const struct tensor *t = &g->graph->tensors[op->outputs[0]];
	uint8_t *out = malloc(t->bytes);

	if (out)
		mesa_unpack(c->buffers[c->jobs[job].out].data,
			    (size_t)t->shape.dim[1] * t->shape.dim[2], t->shape.dim[3], FLIP, out);

	return out;
}

static void exchange(int32_t *a, int32_t *b)
{
	int32_t swap = *a;

	*a = *b;
	*b = swap;
}

static struct view view_of(const struct graph *graph, const struct op *op, unsigned int departures)
{
	const struct conv_params *p = &op->u.conv;
	const struct shape *in = &graph->tensors[op->inputs[0]].shape,
			   *out = &graph->tensors[op->outputs[0]].shape;
	const struct shape *kernel = &graph->tensors[op->inputs[1]].shape;
	int32_t dilation_h = departures & MESA_UNDILATED ? 1 : p->dilation_h;
	int32_t dilation_w = departures & MESA_UNDILATED ? 1 : p->dilation_w;
	struct view v = {
		.in_h = in->dim[1], .in_w = in->dim[2], .in_c = in->dim[3],
		.out_h = out->dim[1], .out_w = out->dim[2], .out_c = out->dim[3],
		.kernel_h = kernel->dim[1], .kernel_w = kernel->dim[2],
		.stride = p->stride_w,
	};

	v.top = padding_total(p->padding, v.in_h, v.out_h, (v.kernel_h - 1) * dilation_h + 1,
			      p->stride_h) /
		2;
	v.left = padding_total(p->padding, v.in_w, v.out_w, (v.kernel_w - 1) * dilation_w + 1,
			       p->stride_w) /
		 2;
	if (departures & MESA_SWAPPED) {
		exchange(&v.in_h, &v.in_w);
		exchange(&v.out_h, &v.out_w);
		exchange(&v.kernel_h, &v.kernel_w);
	}

	return v;
}

/* The input image from device memory, inside its padding. */
static uint8_t *padded_input(struct capture *c, size_t job, const struct view *v,
			     unsigned int departures, uint8_t zero, struct shape *shape)
{
	const uint8_t *memory = c->buffers[c->jobs[job].in].data;
	int32_t height = (v->out_h - 1) * v->stride + v->kernel_h,
		width = (v->out_w - 1) * v->stride + v->kernel_w;
	uint8_t *image = malloc((size_t)height * width * v->in_c);

	if (!image)
		return NULL;
	memset(image, zero, (size_t)height * width * v->in_c);
	for (int32_t y = 0; y < v->in_h && y + v->top < height; y++) {
		for (int32_t x = 0; x < v->in_w && x + v->left < width; x++) {
			uint8_t *to =
				&image[((size_t)(y + v->top) * width + x + v->left) * v->in_c];

			for (int32_t ch = 0; ch < v->in_c; ch++)
				to[ch] = departures & MESA_PACKED
						 ? memory[y * PACKED_PITCH + x]
						 : memory[atom_at((size_t)y * v->in_w + x,
								  (size_t)v->in_h * v->in_w, ch)] ^
							   FLIP;
		}
	}
	*shape = (struct shape){ 4, { 1, height, width, v->in_c } };

	return image;
}

/* Depthwise weights read from device memory in rows of whole atoms, as the stream says. */
static uint8_t *loose_rows(struct capture *c, const struct view *v)
{
	const struct capture_buffer *b = capture_find(c, "bo1");
	size_t taps = (size_t)v->kernel_h * v->kernel_w, channels = v->in_c;
	uint8_t *w = malloc(taps * channels);

	for (size_t t = 0; w && b && t < taps; t++) {
		for (size_t ch = 0; ch < channels; ch++) {
			size_t group = ch / NPU_DW_GROUP_BYTES,
			       left = channels - group * NPU_DW_GROUP_BYTES;
			size_t row = left < NPU_DW_GROUP_BYTES ? align_up(left, NPU_ATOM_BYTES)
							       : NPU_DW_GROUP_BYTES;

			w[t * channels + ch] = b->data[taps * NPU_DW_GROUP_BYTES * group + t * row +
						       ch % NPU_DW_GROUP_BYTES] ^ FLIP;
		}
	}

	return w;
}

/*
 * The constant that the input's zero point contributes was folded into the bias from the true
 * weights (guide 4.4), so the reference, which folds it from the loose ones, needs the difference
 * in its bias.
 */
static int32_t *loose_bias(const struct graph *graph, const struct op *op, const struct view *v,
			   const uint8_t *loose)
{
	const uint8_t *weights = graph->tensors[op->inputs[1]].data;
	const int32_t *bias = graph->tensors[op->inputs[2]].data;
	int32_t centred = *graph->tensors[op->inputs[0]].quant.zero_point - FLIP;
	size_t taps = (size_t)v->kernel_h * v->kernel_w, channels = v->in_c;
	int32_t *out = malloc(channels * sizeof(*out));

	for (size_t ch = 0; out && ch < channels; ch++) {
		int32_t difference = 0;

		for (size_t t = 0; t < taps; t++)
			difference += weights[t * channels + ch] - loose[t * channels + ch];
		out[ch] = bias[ch] - centred * difference;
	}

	return out;
}

enum { IN, WEIGHTS, BIAS, OUT, TENSORS };

/* int8 tensors as uint8: the same bytes, also of the zero point. */
static void make_unsigned(struct tensor *t, int32_t *zero_point)
{
	*zero_point = *t->quant.zero_point & 0xff;
	t->quant.zero_point = zero_point;
	t->type = DTYPE_UINT8;
}

static int compute(const struct graph *graph, const struct op *op, const struct view *v,
		   unsigned int departures, const struct shape *in_shape,
		   void *const values[TENSORS])
{
	uint32_t inputs[] = { IN, WEIGHTS, BIAS }, output = OUT;
	struct diag d = { .print = diag_stderr, .opaque = "reference" };
	struct tensor tensors[TENSORS];
	int32_t zero_points[TENSORS];
	struct op conv = *op;
	struct graph small = {
		.name = "", .tensors = tensors, .n_tensors = TENSORS, .ops = &conv, .n_ops = 1,
		.inputs = inputs, .n_inputs = 1, .outputs = &output, .n_outputs = 1,
	};

	for (int i = 0; i < TENSORS; i++) {
		tensors[i] = graph->tensors[i == OUT ? op->outputs[0] : op->inputs[i]];
		if (departures & MESA_UNSIGNED && i != BIAS)
			make_unsigned(&tensors[i], &zero_points[i]);
	}
	tensors[IN].shape = *in_shape;
	tensors[IN].bytes = (size_t)shape_elements(in_shape);
	tensors[WEIGHTS].shape.dim[1] = v->kernel_h;
	tensors[WEIGHTS].shape.dim[2] = v->kernel_w;
	for (int i = WEIGHTS; i <= BIAS; i++)
		if (values[i])
			tensors[i].data = values[i];
	tensors[OUT].shape.dim[1] = v->out_h;
	tensors[OUT].shape.dim[2] = v->out_w;
	conv.inputs = inputs;
	conv.outputs = &output;
	conv.u.conv.padding = PADDING_VALID;
	conv.u.conv.stride_h = v->stride;
	conv.u.conv.stride_w = v->stride;
	if (departures & MESA_UNDILATED) {
		conv.u.conv.dilation_h = 1;
		conv.u.conv.dilation_w = 1;
	}

	return ref_eval(&small, &conv, values, &d);
}

int mesa_explain(struct capture *c, size_t job, const struct golden *g, unsigned int departures,
		 struct golden_distance *out)
{
	const struct op *op = mesa_op(g, job);
	const struct tensor *in = &g->graph->tensors[op->inputs[0]],
			    *result = &g->graph->tensors[op->outputs[0]];
	struct view v = view_of(g->graph, op, departures);
	void *values[TENSORS] = { NULL };
	uint8_t *got = mesa_output(c, job, g);
	struct shape in_shape;
	int ret = -ENOMEM;

	values[IN] = padded_input(c, job, &v, departures, (uint8_t)*in->quant.zero_point,
				  &in_shape);
	values[OUT] = malloc(result->bytes);
	if (!got || !values[IN] || !values[OUT])
		goto out;
	if (departures & MESA_LOOSE_ROWS) {
		values[WEIGHTS] = loose_rows(c, &v);
		if (values[WEIGHTS])
			values[BIAS] = loose_bias(g->graph, op, &v, values[WEIGHTS]);
		if (!values[BIAS])
			goto out;
	}
	ret = compute(g->graph, op, &v, departures, &in_shape, values);
	if (ret)
		goto out;
	*out = golden_compare(DTYPE_UINT8, values[OUT], got, result->bytes);
out:
	for (int i = 0; i < TENSORS; i++)
		free(values[i]);
	free(got);

	return ret;
}
