// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The program object
 *
 * Packs the constants and translates what the passes decided into a struct program. The program
 * keeps the model's tensor and operator numbers; of the constants it keeps only those that CPU
 * operators read.
 */
#include <errno.h>
#include <string.h>

#include <base/arena.h>
#include <graph/graph.h>
#include <npu/limits.h>
#include <program/program.h>

#include "compile.h"
#include "flow.h"
#include "weights.h"
#include "work.h"

static int fill_buffers(struct work *w)
{
	struct program *p = w->program;
	uint8_t *data;

	if (p->n_buffers == 0)
		return 0;
	data = arena_alloc(&p->arena, w->const_bytes, 1);
	if (!data)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->graph->n_ops; i++) {
		const struct conv *c = &w->nodes[i].conv;
		const struct node *n = &w->nodes[i];

		for (uint32_t k = 0; n->kind == NODE_FLOW && k < n->n_flows; k++)
			if (n->flows[k].slopes)
				flow_slopes_pack(&n->flows[k], data + n->flows[k].slopes_at);
		if (n->kind != NODE_CONV)
			continue;
		weights_pack(c, data + c->weights_at);
		bias_pack(c, data + c->table_at);
	}
	p->buffers[PROGRAM_CONST] = (struct program_buffer){ PROGRAM_CONST, w->const_bytes, data };
	p->buffers[PROGRAM_ACTIVATIONS] =
		(struct program_buffer){ PROGRAM_ACTIVATIONS, w->activation_bytes, NULL };

	return 0;
}

/* @feature_of: the feature of each tensor, filled in. */
static int fill_features(struct work *w, uint32_t *feature_of)
{
	struct program *p = w->program;

	p->kept = w->options->keep_features;
	p->features = arena_alloc(&p->arena, w->graph->n_tensors, sizeof(*p->features));
	if (!p->features)
		return -ENOMEM;
	for (uint32_t t = 0; t < w->graph->n_tensors; t++) {
		const struct feature *f = &w->features[t];
		uint32_t line = f->size.width * NPU_ATOM_BYTES;

		if (!f->present)
			continue;
		feature_of[t] = p->n_features;
		p->features[p->n_features++] = (struct program_feature){
			.tensor = t,
			.buffer = PROGRAM_ACTIVATIONS,
			.offset = f->offset,
			.height = f->size.height,
			.width = f->size.width,
			.channels = f->size.channels,
			.line_bytes = line,
			.surface_bytes = f->pitch * NPU_ATOM_BYTES,
			.surfaces = layout_surfaces(f->size.channels),
			.flip = f->flip,
			.pad = f->zero,
		};
	}

	return 0;
}

/* @host_op: number of each host operator in the program's graph. */
static int fill_steps(struct work *w, const uint32_t *feature_of, const uint32_t *host_op)
{
	struct program *p = w->program;

	p->steps = arena_alloc(&p->arena, w->n_steps, sizeof(*p->steps));
	if (!p->steps)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->n_steps; i++) {
		const struct work_step *s = &w->steps[i];
		struct program_step *out = &p->steps[p->n_steps++];

		switch (s->kind) {
		case WORK_PACK:
			*out = (struct program_step){ PROGRAM_STEP_PACK, feature_of[s->index], 0 };
			break;
		case WORK_JOB:
			*out = (struct program_step){ PROGRAM_STEP_JOB, s->first_task, s->n_tasks };
			break;
		case WORK_UNPACK:
			*out = (struct program_step){ PROGRAM_STEP_UNPACK, feature_of[s->index],
						      0 };
			break;
		case WORK_HOST:
			*out = (struct program_step){ PROGRAM_STEP_HOST, host_op[s->index], 0 };
			break;
		}
	}

	return 0;
}

static int fill_ops(struct work *w)
{
	struct program *p = w->program;

	p->ops = arena_alloc(&p->arena, w->graph->n_ops, sizeof(*p->ops));
	if (!p->ops)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->graph->n_ops; i++) {
		const struct op *op = &w->graph->ops[i];
		const struct node *n = &w->nodes[i];
		const char *name = arena_strndup(&p->arena, op->name, strlen(op->name));

		if (!name)
			return -ENOMEM;
		p->ops[p->n_ops++] = (struct program_op){
			.index = op->index,
			.name = name,
			.reason = n->reason,
			.folded = n->kind == NODE_FOLDED || n->kind == NODE_ABSORBED,
			.macs = n->macs,
		};
	}

	return 0;
}

/* @wanted: quantisation matters; @contents: so do a constant's contents. */
static int copy_tensor(struct arena *a, struct tensor *out, const struct tensor *in, bool wanted,
		       bool contents)
{
	out->name = arena_strndup(a, in->name, strlen(in->name));
	out->type = in->type;
	out->shape = in->shape;
	out->bytes = in->bytes;
	if (!out->name)
		return -ENOMEM;
	if (wanted && in->quant.count) {
		out->quant.count = in->quant.count;
		out->quant.axis = in->quant.axis;
		out->quant.scale =
			arena_memdup(a, in->quant.scale, in->quant.count * sizeof(float));
		out->quant.zero_point =
			arena_memdup(a, in->quant.zero_point, in->quant.count * sizeof(int32_t));
		if (!out->quant.scale || !out->quant.zero_point)
			return -ENOMEM;
	}
	if (contents && in->data) {
		out->data = arena_memdup(a, in->data, in->bytes);
		if (!out->data)
			return -ENOMEM;
	}

	return 0;
}

static int copy_op(struct arena *a, struct op *out, const struct op *in)
{
	*out = *in;
	out->name = arena_strndup(a, in->name, strlen(in->name));
	out->inputs = arena_memdup(a, in->inputs, in->n_inputs * sizeof(*in->inputs));
	out->outputs = arena_memdup(a, in->outputs, in->n_outputs * sizeof(*in->outputs));

	return out->name && out->inputs && out->outputs ? 0 : -ENOMEM;
}

static int copy_numbers(struct arena *a, uint32_t **out, uint32_t *n_out, const uint32_t *in,
			uint32_t n)
{
	*out = arena_memdup(a, in, n * sizeof(*in));
	*n_out = n;

	return *out ? 0 : -ENOMEM;
}

static int copy_tensors(struct work *w, struct graph *g)
{
	const struct graph *from = w->graph;
	bool *by_host = arena_alloc(&w->scratch, from->n_tensors, sizeof(*by_host));
	int ret = by_host ? 0 : -ENOMEM;

	for (uint32_t i = 0; !ret && i < from->n_ops; i++) {
		const struct op *op = &from->ops[i];

		for (uint32_t k = 0; w->nodes[i].kind == NODE_HOST && k < op->n_inputs; k++)
			if (op->inputs[k] != GRAPH_NONE)
				by_host[op->inputs[k]] = true;
		for (uint32_t k = 0; w->nodes[i].kind == NODE_HOST && k < op->n_outputs; k++)
			by_host[op->outputs[k]] = true;
	}
	for (uint32_t i = 0; !ret && i < from->n_outputs; i++)
		by_host[from->outputs[i]] = true;
	for (uint32_t i = 0; !ret && i < from->n_inputs; i++)
		by_host[from->inputs[i]] = true;
	for (uint32_t i = 0; !ret && i < from->n_tensors; i++)
		ret = copy_tensor(&g->arena, &g->tensors[i], &from->tensors[i],
				  by_host[i] || w->features[i].present, by_host[i]);

	return ret;
}

static int fill_graph(struct work *w, uint32_t *host_op)
{
	const struct graph *from = w->graph;
	struct graph *g = graph_create();
	int ret = -ENOMEM;

	w->program->graph = g;
	if (!g)
		return ret;
	g->name = arena_strndup(&g->arena, from->name, strlen(from->name));
	g->tensors = arena_alloc(&g->arena, from->n_tensors, sizeof(*g->tensors));
	g->ops = arena_alloc(&g->arena, from->n_ops, sizeof(*g->ops));
	if (!g->name || !g->tensors || !g->ops)
		return ret;
	g->n_tensors = from->n_tensors;
	ret = copy_tensors(w, g);
	for (uint32_t i = 0; !ret && i < from->n_ops; i++) {
		if (w->nodes[i].kind != NODE_HOST)
			continue;
		host_op[i] = g->n_ops;
		ret = copy_op(&g->arena, &g->ops[g->n_ops++], &from->ops[i]);
	}
	if (!ret)
		ret = copy_numbers(&g->arena, &g->inputs, &g->n_inputs, from->inputs,
				   from->n_inputs);
	if (!ret)
		ret = copy_numbers(&g->arena, &g->outputs, &g->n_outputs, from->outputs,
				   from->n_outputs);

	return ret;
}

int assemble(struct work *w)
{
	uint32_t *feature_of = arena_alloc(&w->scratch, w->graph->n_tensors, sizeof(*feature_of));
	uint32_t *host_op = arena_alloc(&w->scratch, w->graph->n_ops, sizeof(*host_op));
	int ret = feature_of && host_op ? 0 : -ENOMEM;

	if (!ret)
		ret = fill_graph(w, host_op);
	if (!ret)
		ret = fill_buffers(w);
	if (!ret)
		ret = fill_features(w, feature_of);
	if (!ret)
		ret = fill_steps(w, feature_of, host_op);
	if (!ret)
		ret = fill_ops(w);

	return ret;
}
