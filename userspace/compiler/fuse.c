// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operators that vanish into their neighbours
 *
 * A reshape that keeps the channels innermost is the same memory under other extents, and so is a
 * conversion between types whose stored forms are alike. The inputs of a concatenation are written
 * to their places in the output where the operators that write them can. And what does no work
 * between two CPU operators joins them.
 */
#include <errno.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>

#include "compile.h"
#include "flow.h"
#include "lower.h"
#include "work.h"

static const char no_neighbour[] = "no NPU operator next to it";
static const char too_far[] =
	"between CPU operators the way to the NPU and back costs more than the work";

bool fuse_left_alone(const char *reason)
{
	return reason == no_neighbour || reason == too_far;
}

static bool is_byte(const struct tensor *t)
{
	return t->type == DTYPE_UINT8 || t->type == DTYPE_INT8;
}

/* A TRANSPOSE that moves only extents of one. */
static bool keeps_order(const struct graph *g, const struct op *op)
{
	const struct tensor *order;
	int64_t last = -1;

	if (op->kind != OP_TRANSPOSE)
		return false;
	order = &g->tensors[op->inputs[1]];
	if (!lower_known_ints(order))
		return false;
	for (int64_t i = 0; i < shape_elements(&order->shape); i++) {
		int64_t from = tensor_int(order, i);

		if (g->tensors[op->inputs[0]].shape.dim[from] == 1)
			continue;
		if (from < last)
			return false;
		last = from;
	}
	return true;
}

/*
 * Channels and pixels of one image in NC1HWC2; surfaces are dense, so rows and columns do not
 * matter.
 */
static bool pure(const struct graph *g, const struct op *op)
{
	const struct tensor *in, *out;
	struct extent a, b;

	if (op->kind != OP_RESHAPE && op->kind != OP_QUANTIZE && !keeps_order(g, op))
		return false;
	in = &g->tensors[op->inputs[0]];
	out = &g->tensors[op->outputs[0]];
	return is_byte(in) && is_byte(out) && !in->data && lower_same_quant(in, out) &&
		lower_extent(in, &a) && lower_extent(out, &b) && a.channels == b.channels;
}

static bool on_npu(const struct node *n)
{
	return n->kind != NODE_HOST;
}

static bool has_tasks(const struct node *n)
{
	return n->kind == NODE_CONV || n->kind == NODE_FLOW || n->kind == NODE_POOL;
}

static void fold(struct work *w, struct node *n)
{
	n->kind = NODE_FOLDED;
	n->reason = NULL;
	w->features[n->out].of = n->in;
}

/* Behind an NPU operator. */
static void fold_forward(struct work *w, bool *written)
{
	const struct graph *g = w->graph;

	for (uint32_t i = 0; i < g->n_ops; i++) {
		struct node *n = &w->nodes[i];

		if (pure(g, &g->ops[i]) && written[n->in])
			fold(w, n);
		for (uint32_t k = 0; on_npu(n) && k < g->ops[i].n_outputs; k++)
			written[g->ops[i].outputs[k]] = true;
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

		if (n->kind != NODE_FOLDED && pure(g, op) && read_by_npu[n->out] &&
		    !readers[n->out])
			fold(w, n);
		for (uint32_t k = 0; k < n->n_reads; k++) {
			if (on_npu(n))
				read_by_npu[n->reads[k]] = true;
			else
				readers[n->reads[k]]++;
		}
	}
}

static const char *fold_reason(const struct graph *g, const struct op *op)
{
	return pure(g, op) ? no_neighbour
			   : "the channels do not stay innermost, so bytes move between atoms";
}

/* Could stay in device memory: computed there, or folded if its neighbour is. */
static bool may_stay(const struct work *w, uint32_t op)
{
	return on_npu(&w->nodes[op]) || pure(w->graph, &w->graph->ops[op]);
}

/* Is an operator worth the way to the NPU, by itself or by a tensor it shares with one that is? */
static bool is_worth(const struct work *w, uint32_t index, const bool *worth)
{
	const struct node *n = &w->nodes[index];
	const struct op *op = &w->graph->ops[index];

	if (n->macs)
		return true;
	for (uint32_t k = 0; k < n->n_reads; k++)
		if (worth[n->reads[k]] ||
		    (has_tasks(n) && w->writer[n->reads[k]] == GRAPH_NONE))
			return true;
	for (uint32_t k = 0; k < op->n_outputs; k++)
		if (worth[op->outputs[k]])
			return true;
	return false;
}

static bool mark(bool *worth)
{
	bool news = !*worth;

	*worth = true;
	return news;
}

/*
 * Tensors of NPU operators that are worth the way there: what sums products, or takes a model's
 * input, and all that is connected with it. Return: more of them than before.
 */
static bool spread_worth(struct work *w, bool *worth)
{
	const struct graph *g = w->graph;
	bool grown = false;

	for (uint32_t i = 0; i < g->n_ops; i++) {
		const struct node *n = &w->nodes[i];

		if (!may_stay(w, i) || !is_worth(w, i, worth))
			continue;
		for (uint32_t k = 0; k < g->ops[i].n_outputs; k++)
			grown |= mark(&worth[g->ops[i].outputs[k]]);
		for (uint32_t k = 0; k < n->n_reads; k++) {
			uint32_t writer = w->writer[n->reads[k]];

			if (writer != GRAPH_NONE && may_stay(w, writer))
				grown |= mark(&worth[n->reads[k]]);
		}
	}
	return grown;
}

static void unfold(struct work *w, uint32_t index)
{
	const struct op *op = &w->graph->ops[index];

	for (uint32_t k = 0; k < op->n_outputs; k++)
		w->features[op->outputs[k]].of = op->outputs[k];
}

/* Operators without products between operators of the CPU, however many in a row, join them. */
static void host_lonely(struct work *w, bool *worth)
{
	const struct graph *g = w->graph;

	while (spread_worth(w, worth))
		;
	for (uint32_t i = 0; i < g->n_ops; i++) {
		struct node *n = &w->nodes[i];

		if (!on_npu(n) || n->kind == NODE_ABSORBED || worth[n->out])
			continue;
		node_to_host(n, has_tasks(n) ? too_far : no_neighbour);
		unfold(w, i);
	}
}

/* Where all that is left for the NPU is other names for the same memory, nothing is. */
static void host_names(struct work *w)
{
	for (uint32_t i = 0; i < w->graph->n_ops; i++)
		if (has_tasks(&w->nodes[i]))
			return;
	for (uint32_t i = 0; i < w->graph->n_ops; i++)
		if (on_npu(&w->nodes[i]))
			node_to_host(&w->nodes[i], no_neighbour);
	for (uint32_t t = 0; t < w->graph->n_tensors; t++)
		w->features[t].of = t;
}

/* Channel blocks that writing @tensor fills, those beyond its channels included. */
static uint32_t written_surfaces(const struct work *w, uint32_t tensor)
{
	uint32_t writer = w->writer[tensor];
	struct extent e;

	if (writer != GRAPH_NONE && w->nodes[writer].kind == NODE_CONV &&
	    w->nodes[writer].conv_out == tensor)
		return conv_surfaces(&w->nodes[writer].conv);
	lower_extent(&w->graph->tensors[tensor], &e);
	return layout_surfaces(e.channels);
}

/* Order of writing; what the CPU writes may come first. */
static int64_t write_time(const struct work *w, uint32_t tensor)
{
	uint32_t writer = w->writer[tensor];

	return writer == GRAPH_NONE || !on_npu(&w->nodes[writer]) ? -1 : (int64_t)writer;
}

/* Can the input of @f be written where it belongs, but for what it spills over? */
static bool may_join(const struct work *w, const struct node *n, const struct flow *f,
		     const bool *has_parts)
{
	const struct tensor *x = &w->graph->tensors[f->in], *y = &w->graph->tensors[f->out];
	uint32_t times = 0;

	for (uint32_t i = 0; i < n->n_flows; i++)
		times += n->flows[i].in == f->in;
	return times == 1 && !flow_has_gaps(f) && lower_same_quant(x, y) &&
	       w->features[f->in].of == f->in && !has_parts[f->in];
}

/*
 * A convolution writes whole groups of channels: into the next input, which then must come later.
 */
static bool spills(const struct work *w, const struct node *n, uint32_t index, const bool *joined)
{
	const struct flow *f = &n->flows[index];
	uint32_t end = f->out_surface + written_surfaces(w, f->in);

	for (uint32_t i = 0; i < n->n_flows; i++) {
		const struct flow *next = &n->flows[i];

		if (next->out_surface > f->out_surface && next->out_surface < end && joined[i] &&
		    write_time(w, next->in) <= write_time(w, f->in))
			return true;
	}
	return false;
}

static void join(struct work *w, struct node *n, bool *joined, bool *has_parts)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n->n_flows; i++)
		joined[i] = may_join(w, n, &n->flows[i], has_parts);
	for (uint32_t i = 0; i < n->n_flows; i++)
		joined[i] = joined[i] && !spills(w, n, i, joined);
	for (uint32_t i = 0; i < n->n_flows; i++) {
		const struct flow *f = &n->flows[i];
		struct feature *part = &w->features[f->in];

		if (joined[i]) {
			part->of = f->out;
			part->of_surface = f->out_surface;
			part->of_pixel = f->out_pixel;
			has_parts[f->out] = true;
		} else {
			n->flows[kept++] = *f;
		}
	}
	n->n_flows = kept;
	if (!kept)
		n->kind = NODE_FOLDED;
}

static int join_all(struct work *w)
{
	const struct graph *g = w->graph;
	bool *has_parts = arena_alloc(&w->scratch, g->n_tensors, sizeof(*has_parts));
	uint32_t most = 0;
	bool *joined;

	for (uint32_t i = 0; i < g->n_ops; i++)
		most = max_i64(most, w->nodes[i].n_flows);
	joined = arena_alloc(&w->scratch, most, sizeof(*joined));
	if (!has_parts || !joined)
		return -ENOMEM;
	for (uint32_t i = 0; i < g->n_ops; i++)
		if (g->ops[i].kind == OP_CONCATENATION && w->nodes[i].kind == NODE_FLOW)
			join(w, &w->nodes[i], joined, has_parts);

	return 0;
}

int fuse(struct work *w)
{
	uint32_t tensors = w->graph->n_tensors;
	bool *written = arena_alloc(&w->scratch, tensors, sizeof(*written));
	bool *worth = arena_alloc(&w->scratch, tensors, sizeof(*worth));
	bool *read_by_npu = arena_alloc(&w->scratch, tensors, sizeof(*read_by_npu));
	uint32_t *readers = arena_alloc(&w->scratch, tensors, sizeof(*readers));

	if (!written || !worth || !read_by_npu || !readers)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->graph->n_ops; i++)
		if ((w->graph->ops[i].kind == OP_RESHAPE ||
		     w->graph->ops[i].kind == OP_TRANSPOSE) && !w->options->cpu_only)
			w->nodes[i].reason = fold_reason(w->graph, &w->graph->ops[i]);
	host_lonely(w, worth);
	fold_forward(w, written);
	fold_backward(w, readers, read_by_npu);
	if (join_all(w))
		return -ENOMEM;
	host_names(w);

	return 0;
}
