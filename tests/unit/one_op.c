// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Graphs of one operator
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "one_op.h"

static void *take(struct graph *g, size_t count, size_t size)
{
	void *p = arena_alloc(&g->arena, count, size);

	assert_non_null(p);
	return p;
}

void one_op_tensor(struct graph *g, uint32_t tensor, const struct one_tensor *from, const char *name)
{
	struct tensor *t = &g->tensors[tensor];
	uint32_t count = from->channel_scales ? (uint32_t)from->shape.dim[from->axis] : from->scale != 0;
	float *scale = take(g, count, sizeof(*scale));
	int32_t *zero_point = take(g, count, sizeof(*zero_point));

	for (uint32_t i = 0; i < count; i++) {
		scale[i] = from->channel_scales ? from->channel_scales[i] : from->scale;
		zero_point[i] = from->channel_scales ? 0 : from->zero_point;
	}
	*t = (struct tensor){
		.name = name,
		.type = from->type,
		.shape = from->shape,
		.quant = { .count = count, .axis = from->axis, .scale = scale, .zero_point = zero_point },
		.data = from->constant ? from->data : NULL,
		.bytes = shape_elements(&from->shape) * dtype_bytes(from->type),
	};
}

struct graph *one_op_graph(const struct one_op *row)
{
	static const char *const names[ONE_OP_INPUTS_MAX] = { "in0", "in1", "in2" };
	struct graph *g = graph_create();
	struct op *op;

	assert_non_null(g);
	g->n_tensors = row->n_in + 1;
	g->tensors = take(g, g->n_tensors, sizeof(*g->tensors));
	g->inputs = take(g, row->n_in, sizeof(*g->inputs));
	g->outputs = take(g, 1, sizeof(*g->outputs));
	g->ops = op = take(g, 1, sizeof(*g->ops));
	g->n_ops = 1;
	*op = row->op;
	op->name = op_kind_name(op->kind);
	op->inputs = take(g, row->n_in, sizeof(*op->inputs));
	op->n_inputs = row->n_in;
	op->outputs = take(g, 1, sizeof(*op->outputs));
	op->n_outputs = 1;
	for (uint32_t i = 0; i < row->n_in; i++) {
		one_op_tensor(g, i, &row->in[i], names[i]);
		op->inputs[i] = i;
		if (!row->in[i].constant)
			g->inputs[g->n_inputs++] = i;
	}
	one_op_tensor(g, row->n_in, &row->out, "out");
	op->outputs[0] = g->outputs[0] = row->n_in;
	g->n_outputs = 1;

	return g;
}
