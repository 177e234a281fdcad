// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operators that vanish into their neighbours
 *
 * A reshape that keeps the channels innermost is the same memory under other extents. Next to an
 * NPU operator it costs nothing; elsewhere the CPU copies.
 */
#include <errno.h>

#include <base/arena.h>
#include <graph/graph.h>

#include "work.h"

static bool quantised_alike(const struct tensor *a, const struct tensor *b)
{
	return a->quant.count == 1 && b->quant.count == 1 &&
		a->quant.scale[0] == b->quant.scale[0] &&
		a->quant.zero_point[0] == b->quant.zero_point[0];
}

/*
 * Channels and pixels of one image in NC1HWC2; surfaces are dense, so rows and columns do not
 * matter.
 */
static bool pure(const struct graph *g, const struct op *op)
{
	const struct tensor *in = &g->tensors[op->inputs[0]], *out = &g->tensors[op->outputs[0]];
	const struct shape *a = &in->shape, *b = &out->shape;

	return op->kind == OP_RESHAPE && a->rank >= 1 && b->rank >= 1 && a->rank <= 4 &&
		b->rank <= 4 && (a->rank < 4 || a->dim[0] == 1) &&
		(b->rank < 4 || b->dim[0] == 1) && in->type == out->type &&
		(in->type == DTYPE_UINT8 || in->type == DTYPE_INT8) && !in->data &&
		quantised_alike(in, out) && a->dim[a->rank - 1] == b->dim[b->rank - 1];
}

static bool on_npu(const struct node *n)
{
	return n->kind != NODE_HOST;
}

static void fold(struct node *n)
{
	n->kind = NODE_FOLDED;
	n->reason = NULL;
}

/* Behind an NPU operator. */
static void fold_forward(struct work *w, bool *written)
{
	const struct graph *g = w->graph;

	for (uint32_t i = 0; i < g->n_ops; i++) {
		struct node *n = &w->nodes[i];

		if (pure(g, &g->ops[i]) && written[n->in])
			fold(n);
		if (on_npu(n))
			written[n->out] = true;
	}
}

/*
 * In front of NPU operators, when nothing else reads the result. @readers counts those not on the
 * NPU.
 */
static void fold_backward(struct work *w, uint32_t *readers, bool *read_by_npu)
{
	const struct graph *g = w->graph;

	for (uint32_t i = 0; i < g->n_outputs; i++)
		readers[g->outputs[i]]++;
	for (uint32_t i = g->n_ops; i-- > 0;) {
		const struct op *op = &g->ops[i];
		struct node *n = &w->nodes[i];

		if (pure(g, op) && read_by_npu[n->out] && !readers[n->out])
			fold(n);
		if (on_npu(n))
			read_by_npu[n->in] = true;
		for (uint32_t k = 0; k < op->n_inputs && !on_npu(n); k++)
			if (op->inputs[k] != GRAPH_NONE)
				readers[op->inputs[k]]++;
	}
}

int fuse(struct work *w)
{
	uint32_t tensors = w->graph->n_tensors;
	bool *written = arena_alloc(&w->scratch, tensors, sizeof(*written));
	bool *read_by_npu = arena_alloc(&w->scratch, tensors, sizeof(*read_by_npu));
	uint32_t *readers = arena_alloc(&w->scratch, tensors, sizeof(*readers));

	if (!written || !read_by_npu || !readers)
		return -ENOMEM;
	fold_forward(w, written);
	fold_backward(w, readers, read_by_npu);

	return 0;
}
