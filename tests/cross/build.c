// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Graphs made by hand
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>

#include "build.h"

#define TENSORS_MAX	64
#define OPS_MAX		16

static void *need(void *p)
{
	if (!p) {
		fprintf(stderr, "out of memory or room while building a graph\n");
		exit(1);
	}
	return p;
}

static int32_t at_least_1(int32_t v)
{
	return v ? v : 1;
}

static uint32_t add_tensor(struct graph *g, enum dtype type, const struct shape *shape,
			   struct build_quant quant)
{
	struct tensor *t = need(g->n_tensors < TENSORS_MAX ? &g->tensors[g->n_tensors] : NULL);
	float *scale = need(arena_alloc(&g->arena, 1, sizeof(*scale)));
	int32_t *zero_point = need(arena_alloc(&g->arena, 1, sizeof(*zero_point)));
	char name[16];

	snprintf(name, sizeof(name), "t%u", g->n_tensors);
	*scale = quant.scale;
	*zero_point = quant.zero_point;
	*t = (struct tensor){
		.name = need(arena_strndup(&g->arena, name, sizeof(name))),
		.type = type,
		.shape = *shape,
		.quant = { .count = quant.scale > 0, .scale = scale, .zero_point = zero_point },
		.bytes = (size_t)shape_elements(shape) * dtype_bytes(type),
	};

	return g->n_tensors++;
}

static uint32_t add_constant(struct graph *g, enum dtype type, const struct shape *shape,
			     struct build_quant quant, const void *data)
{
	uint32_t number = add_tensor(g, type, shape, quant);
	struct tensor *t = &g->tensors[number];

	t->data = need(data ? arena_memdup(&g->arena, data, t->bytes)
			    : arena_alloc(&g->arena, t->bytes, 1));
	return number;
}

/* One scale for each slice along @axis; no zero points. */
void build_channel_scales(struct graph *g, uint32_t tensor, uint32_t axis, const float *scales)
{
	struct tensor *t = &g->tensors[tensor];
	uint32_t count = t->shape.dim[axis];

	t->quant = (struct quant){
		.count = count,
		.axis = axis,
		.scale = need(arena_memdup(&g->arena, scales, count * sizeof(*scales))),
		.zero_point = need(arena_alloc(&g->arena, count, sizeof(int32_t))),
	};
}

static struct op *add_op(struct graph *g, enum op_kind kind, uint32_t n_inputs)
{
	struct op *op = need(g->n_ops < OPS_MAX ? &g->ops[g->n_ops] : NULL);

	*op = (struct op){
		.kind = kind,
		.index = g->n_ops++,
		.name = op_kind_name(kind),
		.inputs = need(arena_alloc(&g->arena, n_inputs, sizeof(uint32_t))),
		.n_inputs = n_inputs,
		.outputs = need(arena_alloc(&g->arena, 1, sizeof(uint32_t))),
		.n_outputs = 1,
	};
	return op;
}

struct graph *build_start(enum dtype type, const struct shape *shape, struct build_quant quant)
{
	struct graph *g = need(graph_create());

	g->name = "built";
	g->tensors = need(arena_alloc(&g->arena, TENSORS_MAX, sizeof(*g->tensors)));
	g->ops = need(arena_alloc(&g->arena, OPS_MAX, sizeof(*g->ops)));
	g->inputs = need(arena_alloc(&g->arena, 1, sizeof(*g->inputs)));
	g->outputs = need(arena_alloc(&g->arena, TENSORS_MAX, sizeof(*g->outputs)));
	g->inputs[g->n_inputs++] = add_tensor(g, type, shape, quant);

	return g;
}

static int32_t windows(enum padding padding, int32_t in, int32_t taps, int32_t dilation,
		       int32_t stride)
{
	return window_count(padding, in, window_extent(taps, dilation), stride);
}

static struct shape conv_output(const struct graph *g, uint32_t in, const struct conv_params *p,
				const struct build_conv *c)
{
	const struct shape *x = &g->tensors[in].shape;

	if (c->kind == OP_FULLY_CONNECTED)
		return (struct shape){ 2, { x->rank == 2 ? x->dim[0] : 1, c->kernels } };

	return (struct shape){ 4, {
		1,
		windows(c->padding, x->dim[1], at_least_1(c->kernel_h), p->dilation_h, p->stride_h),
		windows(c->padding, x->dim[2], at_least_1(c->kernel_w), p->dilation_w, p->stride_w),
		c->kernels,
	} };
}

static struct shape conv_weights(const struct graph *g, uint32_t in, const struct build_conv *c)
{
	const struct shape *x = &g->tensors[in].shape;
	int32_t channels = x->dim[x->rank - 1], kernel_h = at_least_1(c->kernel_h),
		kernel_w = at_least_1(c->kernel_w);

	if (c->kind == OP_FULLY_CONNECTED)
		return (struct shape){
			2, { c->kernels, x->rank == 2 ? channels : (int32_t)shape_elements(x) }
		};
	if (c->kind == OP_DEPTHWISE_CONV_2D)
		return (struct shape){ 4, { 1, kernel_h, kernel_w, c->kernels } };

	return (struct shape){ 4, { c->kernels, kernel_h, kernel_w, channels } };
}

uint32_t build_add_conv(struct graph *g, uint32_t in, const struct build_conv *c)
{
	const struct shape *x = &g->tensors[in].shape;
	enum dtype type = g->tensors[in].type;
	struct shape weights = conv_weights(g, in, c), bias = { 1, { c->kernels } }, out;
	struct conv_params p = {
		.padding = c->padding,
		.activation = c->activation,
		.stride_h = at_least_1(c->stride_h),
		.stride_w = at_least_1(c->stride_w),
		.dilation_h = at_least_1(c->dilation_h),
		.dilation_w = at_least_1(c->dilation_w),
		.depth_multiplier =
			c->kind == OP_DEPTHWISE_CONV_2D ? c->kernels / x->dim[x->rank - 1] : 0,
	};
	struct op *op = add_op(g, c->kind, c->bias ? 3 : 2);

	out = conv_output(g, in, &p, c);
	if (c->kind == OP_FULLY_CONNECTED)
		op->u.fc.activation = c->activation;
	else
		op->u.conv = p;
	op->inputs[0] = in;
	op->inputs[1] = add_constant(g, type, &weights, c->weight, c->weights);
	if (c->weight_scales)
		build_channel_scales(g, op->inputs[1], c->kind == OP_DEPTHWISE_CONV_2D ? 3 : 0,
				     c->weight_scales);
	if (c->bias)
		op->inputs[2] =
			add_constant(g, DTYPE_INT32, &bias, (struct build_quant){ 0 }, c->bias);
	op->outputs[0] = add_tensor(g, type, &out, c->out);

	return op->outputs[0];
}

uint32_t build_add_pool(struct graph *g, enum op_kind kind, uint32_t in,
			const struct pool_params *pool)
{
	const struct tensor *x = &g->tensors[in];
	struct shape out = { 4, {
		1,
		windows(pool->padding, x->shape.dim[1], pool->filter_h, 1, pool->stride_h),
		windows(pool->padding, x->shape.dim[2], pool->filter_w, 1, pool->stride_w),
		x->shape.dim[3],
	} };
	struct op *op = add_op(g, kind, 1);

	op->u.pool = *pool;
	op->inputs[0] = in;
	op->outputs[0] =
		add_tensor(g, x->type, &out,
			   (struct build_quant){ x->quant.scale[0], x->quant.zero_point[0] });

	return op->outputs[0];
}

uint32_t build_add_unary(struct graph *g, enum op_kind kind, uint32_t in, const struct shape *shape,
			 struct build_quant quant)
{
	struct op *op = add_op(g, kind, 1);

	if (kind == OP_SOFTMAX)
		op->u.softmax.beta = 1;
	op->inputs[0] = in;
	op->outputs[0] = add_tensor(g, g->tensors[in].type, shape, quant);

	return op->outputs[0];
}

struct op *build_add_op(struct graph *g, enum op_kind kind, const uint32_t *inputs,
			uint32_t n_inputs, const struct shape *out, struct build_quant quant)
{
	struct op *op = add_op(g, kind, n_inputs);

	memcpy(op->inputs, inputs, n_inputs * sizeof(*inputs));
	op->outputs[0] = add_tensor(g, g->tensors[0].type, out, quant);

	return op;
}

void build_more_outputs(struct graph *g, struct op *op, uint32_t count)
{
	const struct tensor *first = &g->tensors[op->outputs[0]];
	struct build_quant quant = { first->quant.scale[0], first->quant.zero_point[0] };
	uint32_t *outputs = need(arena_alloc(&g->arena, count, sizeof(*outputs)));

	outputs[0] = op->outputs[0];
	for (uint32_t i = 1; i < count; i++)
		outputs[i] = add_tensor(g, first->type, &first->shape, quant);
	op->outputs = outputs;
	op->n_outputs = count;
}

uint32_t build_constant(struct graph *g, const struct shape *shape, struct build_quant quant,
			const void *data)
{
	return add_constant(g, g->tensors[0].type, shape, quant, data);
}

uint32_t build_ints(struct graph *g, const struct shape *shape, const int32_t *data)
{
	return add_constant(g, DTYPE_INT32, shape, (struct build_quant){ 0 }, data);
}

void build_output(struct graph *g, uint32_t tensor)
{
	g->outputs[g->n_outputs++] = tensor;
}
