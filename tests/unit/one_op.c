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

void one_op_tensor(struct graph *g, uint32_t tensor, const struct one_tensor *from,
		   const char *name)
{
	struct tensor *t = &g->tensors[tensor];
	uint32_t count = from->channel_scales ? (uint32_t)from->shape.dim[from->axis]
					      : from->scale != 0;
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
		.quant = { .count = count,
			   .axis = from->axis,
			   .scale = scale,
			   .zero_point = zero_point },
		.data = from->constant ? from->data : NULL,
		.bytes = shape_elements(&from->shape) * dtype_bytes(from->type),
	};
}

struct graph *one_op_graph(const struct one_op *row)
{
	static const char *const names[ONE_OP_INPUTS_MAX] = { "in0", "in1", "in2", "in3" };
	static const char *const more[ONE_OP_OUTPUTS_MAX - 1] = { "out1", "out2", "out3" };
	uint32_t n_out = 1 + row->n_more;
	struct graph *g = graph_create();
	struct op *op;

	assert_non_null(g);
	g->n_tensors = row->n_in + n_out;
	g->tensors = take(g, g->n_tensors, sizeof(*g->tensors));
	g->inputs = take(g, row->n_in, sizeof(*g->inputs));
	g->outputs = take(g, n_out, sizeof(*g->outputs));
	g->ops = op = take(g, 1, sizeof(*g->ops));
	g->n_ops = 1;
	*op = row->op;
	op->name = op_kind_name(op->kind);
	op->inputs = take(g, row->n_in, sizeof(*op->inputs));
	op->n_inputs = row->n_in;
	op->outputs = take(g, n_out, sizeof(*op->outputs));
	op->n_outputs = n_out;
	for (uint32_t i = 0; i < row->n_in; i++) {
		one_op_tensor(g, i, &row->in[i], names[i]);
		op->inputs[i] = i;
		if (!row->in[i].constant)
			g->inputs[g->n_inputs++] = i;
	}
	for (uint32_t i = 0; i < n_out; i++) {
		one_op_tensor(g, row->n_in + i, i ? &row->more[i - 1] : &row->out,
			      i ? more[i - 1] : "out");
		op->outputs[i] = g->outputs[i] = row->n_in + i;
	}
	g->n_outputs = n_out;

	return g;
}
