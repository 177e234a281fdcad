// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: From TensorFlow Lite's operators to what the NPU does
 *
 * Asks for each operator the function of its row in caps.def whether the NPU has a form for it.
 * What has none becomes a host node with the reason.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <base/arena.h>
#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "compile.h"
#include "lower.h"
#include "work.h"

#define FEATURE_MAX	0x7fffffff /* bytes; strides are 28-bit signed atom counts; guide 4.2 */

struct cap {
	const char *(*lower)(struct work *w, const struct op *op, struct node *n);
	const char *reason;	/* of a host operator */
	const char *remedy;	/* what it asks for; NULL when nothing helps */
};

static const struct cap caps[OP_KINDS] = {
#define NPU_OP(kind, lowering, how, when) \
	[OP_##kind] = { .lower = lower_##lowering, .remedy = when },
#define FOLD_OP(kind, how, when) \
	[OP_##kind] = { .reason = "no NPU operator next to it", .remedy = when },
#define HOST_OP(kind, why)			[OP_##kind] = { .reason = why },
#include "caps.def"
#undef NPU_OP
#undef FOLD_OP
#undef HOST_OP
};

static uint64_t op_macs(const struct graph *g, const struct op *op)
{
	const struct shape *weights, *out;

	if (op->kind == OP_TRANSPOSE_CONV) {	/* each input meets all of the kernel */
		weights = &g->tensors[op->inputs[1]].shape;
		return shape_elements(&g->tensors[op->inputs[2]].shape) *
		       (shape_elements(weights) / weights->dim[3]);
	}
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
	if (n->absorbed)
		node_to_host(n->absorbed, reason);
	n->absorbed = NULL;
}

const char *legalize_remedy(enum op_kind kind)
{
	static const char as[] = "as ";
	const char *remedy = caps[kind].remedy;

	for (unsigned int k = 0; remedy && !strncmp(remedy, as, strlen(as)) && k < OP_KINDS; k++)
		if (!strcmp(remedy + strlen(as), op_kind_name(k)))
			return caps[k].remedy;

	return remedy;
}

/* A convolution may write a whole group of channels beyond the last. */
static bool extent_fits(const struct extent *e)
{
	return (uint64_t)e->height * e->width <=
		FEATURE_MAX / NPU_ATOM_BYTES /
			layout_surfaces(layout_out_channels(true, e->channels) +
					NPU_DW_GROUP_BYTES);
}

static bool fits_memory(const struct tensor *t)
{
	struct extent e;

	return !lower_extent(t, &e) || extent_fits(&e);	/* else never in device memory */
}

/* Tensors of @op that must be in memory when it runs. */
static int find_reads(struct work *w, const struct op *op, struct node *n)
{
	n->reads = arena_alloc(&w->scratch, op->n_inputs, sizeof(*n->reads));
	if (!n->reads)
		return -ENOMEM;
	for (uint32_t i = 0; i < op->n_inputs; i++)
		if (op->inputs[i] != GRAPH_NONE && !w->graph->tensors[op->inputs[i]].data)
			n->reads[n->n_reads++] = op->inputs[i];

	return 0;
}

static int legalize_op(struct work *w, const struct op *op, struct node *n)
{
	const struct graph *g = w->graph;
	const struct cap *cap = &caps[op->kind];
	const char *reason = cap->reason;

	if (find_reads(w, op, n))
		return -ENOMEM;
	n->macs = op_macs(g, op);
	n->in = op->n_inputs ? op->inputs[0] : GRAPH_NONE;
	n->out = op->n_outputs ? op->outputs[0] : GRAPH_NONE;
	n->conv_in = GRAPH_NONE;
	n->conv_out = n->out;
	if (w->options->cpu_only)
		reason = "asked to use the CPU only";
	else if (cap->lower)
		reason = cap->lower(w, op, n);
	else if (!reason)
		reason = "the compiler has no form for this operator yet";
	if (reason == lower_no_memory)
		return -ENOMEM;
	if (n->conv_in == GRAPH_NONE)
		n->conv_in = n->in;
	for (uint32_t i = 0; !reason && i < n->n_reads; i++)
		if (!fits_memory(&g->tensors[n->reads[i]]))
			reason = "a feature map larger than the NPU's strides express";
	for (uint32_t i = 0; !reason && i < op->n_outputs; i++)
		if (!fits_memory(&g->tensors[op->outputs[i]]))
			reason = "a feature map larger than the NPU's strides express";
	for (uint32_t i = 0; !reason && i < n->n_scratch; i++)
		if (!extent_fits(&n->scratch[i]))
			reason = "a feature map larger than the NPU's strides express";
	if (reason)
		node_to_host(n, reason);

	return 0;
}

/* Who writes and reads what; each tensor for itself in memory. */
static int find_neighbours(struct work *w)
{
	const struct graph *g = w->graph;

	w->writer = arena_alloc(&w->scratch, g->n_tensors, sizeof(*w->writer));
	w->readers = arena_alloc(&w->scratch, g->n_tensors, sizeof(*w->readers));
	if (!w->writer || !w->readers)
		return -ENOMEM;
	for (uint32_t t = 0; t < g->n_tensors; t++)
		w->writer[t] = GRAPH_NONE;
	for (uint32_t t = 0; t < w->n_features; t++)
		w->features[t].of = t;
	for (uint32_t i = 0; i < g->n_outputs; i++)
		w->readers[g->outputs[i]]++;
	for (uint32_t i = 0; i < g->n_ops; i++) {
		for (uint32_t k = 0; k < g->ops[i].n_inputs; k++)
			if (g->ops[i].inputs[k] != GRAPH_NONE)
				w->readers[g->ops[i].inputs[k]]++;
		for (uint32_t k = 0; k < g->ops[i].n_outputs; k++)
			w->writer[g->ops[i].outputs[k]] = i;
	}

	return 0;
}

int legalize(struct work *w)
{
	const struct graph *g = w->graph;
	int refused = 0, ret = find_neighbours(w);

	for (uint32_t i = 0; i < g->n_ops && !ret; i++) {
		const struct op *op = &g->ops[i];

		if (op->refused || op->kind == OP_UNKNOWN)
			refused = diag_error(
				w->diag, -ENOTSUP,
				"operator %u %s can run neither on the NPU nor on the CPU: %s",
				op->index, op->name,
				op->refused ? op->refused : "unknown operator");
		else
			ret = legalize_op(w, op, &w->nodes[i]);
	}

	return ret ? ret : refused;
}
