// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Steps of the program
 *
 * NPU operators are collected into jobs as long as none waits for a CPU operator that waits for one
 * of them. CPU operators that an open job does not feed run before it, the others after it. Tensors
 * are packed before the job that reads them first and unpacked after the job that writes them. The
 * pass also finds from when to when each tensor needs its memory.
 */
#include <errno.h>

#include <base/arena.h>
#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "compile.h"
#include "work.h"

struct scheduler {
	struct work *w;
	bool *in_job;		/* per tensor: written by the open job */
	bool *in_memory;	/* per tensor: written or packed by now */
	bool *for_host;		/* per tensor: read by the CPU or a model output */
	bool *from_npu;		/* per tensor: written by the NPU, or computed of what it wrote */
	bool *waits;		/* per tensor: written by a CPU operator that runs after the job */
	uint32_t *later;	/* those CPU operators */
	uint32_t n_later;
	uint32_t job, last; /* first and last node of the open job; GRAPH_NONE when there is none */
};

static void add_step(struct scheduler *s, enum work_step_kind kind, uint32_t index, uint32_t last)
{
	s->w->steps[s->w->n_steps++] =
		(struct work_step){ .kind = kind, .index = index, .last = last };
}

static struct extent feature_size(const struct tensor *t)
{
	const int32_t *d = t->shape.dim;

	switch (t->shape.rank) {
	case 1:
		return (struct extent){ 1, 1, d[0] };
	case 2:
		return (struct extent){ d[0], 1, d[1] };
	case 3:
		return (struct extent){ d[0], d[1], d[2] };
	default:
		return (struct extent){ d[1], d[2], d[3] };
	}
}

static uint32_t own_surfaces(const struct work *w, uint32_t tensor)
{
	return layout_surfaces(feature_size(&w->graph->tensors[tensor]).channels);
}

/* The feature needs its memory at @node. */
static void touch(struct work *w, uint32_t tensor, uint32_t node)
{
	struct feature *root = &w->features[w->features[tensor].root];

	root->first = min_i64(root->first, node);
	root->last = max_i64(root->last, node);
}

static void describe(struct work *w, uint32_t tensor, uint32_t node)
{
	const struct tensor *t = &w->graph->tensors[tensor];
	struct feature *f = &w->features[tensor];
	bool is_unsigned = t->type == DTYPE_UINT8;

	if (f->present)
		return;
	f->present = true;
	f->size = feature_size(t);
	f->pitch = f->size.height * f->size.width;
	f->zero = t->quant.zero_point[0] - (is_unsigned ? 0x80 : 0);
	f->flip = is_unsigned ? 0x80 : 0;
	f->first = f->last = node;
	f->root = tensor;
}

/* @surfaces: channel blocks that are written. */
static void make_feature(struct work *w, uint32_t tensor, uint32_t surfaces, uint32_t node)
{
	uint32_t root = tensor, surface = 0, pixel = 0;
	struct feature *f = &w->features[tensor], *r;

	for (; w->features[root].of != root; root = w->features[root].of) {
		surface += w->features[root].of_surface;
		pixel += w->features[root].of_pixel;
	}
	describe(w, root, node);
	describe(w, tensor, node);
	r = &w->features[root];
	f->root = root;
	f->pitch = r->pitch;
	f->root_at = (surface * r->pitch + pixel) * NPU_ATOM_BYTES;
	r->surfaces = max_i64(r->surfaces, surface + surfaces);
	touch(w, tensor, node);
}

/* What a node needs between its tasks. */
static void make_scratch(struct work *w, const struct node *n, uint32_t index)
{
	for (uint32_t i = 0; i < n->n_scratch; i++) {
		uint32_t number = work_scratch(w, n, i);
		bool by_conv = n->kind == NODE_CONV && n->conv_out == number;

		w->features[number] = (struct feature){
			.of = number,
			.root = number,
			.present = true,
			.size = n->scratch[i],
			.pitch = n->scratch[i].height * n->scratch[i].width,
			.surfaces = by_conv ? conv_surfaces(&n->conv) :
					      layout_surfaces(n->scratch[i].channels),
			.first = index,
			.last = index,
		};
	}
}

static void find_host_readers(struct scheduler *s)
{
	const struct graph *g = s->w->graph;

	for (uint32_t i = 0; i < g->n_outputs; i++)
		s->for_host[g->outputs[i]] = true;
	for (uint32_t i = 0; i < g->n_ops; i++)
		for (uint32_t k = 0; k < g->ops[i].n_inputs; k++)
			if (s->w->nodes[i].kind == NODE_HOST && g->ops[i].inputs[k] != GRAPH_NONE)
				s->for_host[g->ops[i].inputs[k]] = true;
}

static void unpack(struct scheduler *s, uint32_t tensor, uint32_t node)
{
	touch(s->w, tensor, node);
	add_step(s, WORK_UNPACK, tensor, 0);
}

static void close_job(struct scheduler *s)
{
	struct work *w = s->w;

	if (s->job == GRAPH_NONE)
		return;
	add_step(s, WORK_JOB, s->job, s->last);
	for (uint32_t t = 0; t < w->graph->n_tensors; t++) {
		if (s->in_job[t] && s->for_host[t])
			unpack(s, t, s->last);
		s->in_job[t] = false;
	}
	s->job = GRAPH_NONE;
	for (uint32_t i = 0; i < s->n_later; i++) {
		const struct op *op = &w->graph->ops[s->later[i]];

		add_step(s, WORK_HOST, s->later[i], s->later[i]);
		for (uint32_t k = 0; k < op->n_outputs; k++)
			s->waits[op->outputs[k]] = false;
	}
	s->n_later = 0;
}

static void add_host(struct scheduler *s, uint32_t index)
{
	const struct op *op = &s->w->graph->ops[index];
	bool later = false, from_npu = false;

	for (uint32_t i = 0; i < op->n_inputs; i++) {
		uint32_t t = op->inputs[i];

		later |= t != GRAPH_NONE && (s->in_job[t] || s->waits[t]);
		from_npu |= t != GRAPH_NONE && s->from_npu[t];
	}
	for (uint32_t i = 0; i < op->n_outputs; i++)
		s->from_npu[op->outputs[i]] = from_npu;
	if (!later) {
		add_step(s, WORK_HOST, index, index);
		return;
	}
	s->later[s->n_later++] = index;
	for (uint32_t i = 0; i < op->n_outputs; i++)
		s->waits[op->outputs[i]] = true;
}

/* What the CPU only writes after the job cannot be read within it. */
static void end_wait(struct scheduler *s, const struct node *n)
{
	for (uint32_t i = 0; i < n->n_reads; i++)
		if (s->waits[n->reads[i]])
			close_job(s);
}

/* A tensor that went from the NPU to the CPU goes back. */
static void warn_of_return(struct scheduler *s, uint32_t tensor)
{
	const struct work *w = s->w;
	const struct op *op = &w->graph->ops[w->writer[tensor]];

	diag_add(w->diag, DIAG_WARNING,
		 "operator %u %s runs on the CPU between operators on the NPU, which wait for it: "
		 "%s", op->index, op->name, w->nodes[w->writer[tensor]].reason);
}

/* What a node reads is in memory: as another one wrote it, or packed before the job. */
static void add_reads(struct scheduler *s, const struct node *n, uint32_t index)
{
	struct work *w = s->w;

	for (uint32_t i = 0; i < n->n_reads; i++) {
		uint32_t t = n->reads[i];

		if (!s->in_memory[t]) {
			if (s->from_npu[t])
				warn_of_return(s, t);
			make_feature(w, t, own_surfaces(w, t),
				     s->job == GRAPH_NONE ? index : s->job);
			add_step(s, WORK_PACK, t, 0);
			s->in_memory[t] = true;
		}
		touch(w, t, index);
	}
}

static void add_npu(struct scheduler *s, uint32_t index)
{
	struct work *w = s->w;
	struct node *n = &w->nodes[index];

	end_wait(s, n);
	if (s->job == GRAPH_NONE)
		s->job = index;
	s->last = index;
	add_reads(s, n, index);
	make_scratch(w, n, index);
	make_feature(w, n->out,
		     n->kind == NODE_CONV && n->conv_out == n->out ? conv_surfaces(&n->conv) :
								     own_surfaces(w, n->out),
		     index);
	s->in_memory[n->out] = true;
	s->in_job[n->out] = true;
	s->from_npu[n->out] = true;
}

/* A folded operator's output is memory of its inputs. */
static void add_folded(struct scheduler *s, uint32_t index)
{
	struct work *w = s->w;
	struct node *n = &w->nodes[index];
	bool in_job = false, from_npu = false;

	end_wait(s, n);
	add_reads(s, n, index);
	for (uint32_t i = 0; i < n->n_reads; i++) {
		in_job |= s->in_job[n->reads[i]];
		from_npu |= s->from_npu[n->reads[i]];
	}
	for (uint32_t i = 0; i < w->graph->ops[index].n_outputs; i++) {
		uint32_t t = w->graph->ops[index].outputs[i];

		make_feature(w, t, own_surfaces(w, t), index);
		s->in_memory[t] = true;
		s->in_job[t] = in_job;
		s->from_npu[t] = from_npu;
		if (!in_job && s->for_host[t])
			unpack(s, t, index);
	}
}

int schedule(struct work *w)
{
	const struct graph *g = w->graph;
	/* Each tensor is packed and unpacked once at most; each node is a step or ends a job. */
	size_t steps = 2 * ((size_t)g->n_tensors + g->n_ops);
	struct scheduler s = {
		.w = w,
		.in_job = arena_alloc(&w->scratch, g->n_tensors, sizeof(bool)),
		.in_memory = arena_alloc(&w->scratch, g->n_tensors, sizeof(bool)),
		.for_host = arena_alloc(&w->scratch, g->n_tensors, sizeof(bool)),
		.from_npu = arena_alloc(&w->scratch, g->n_tensors, sizeof(bool)),
		.waits = arena_alloc(&w->scratch, g->n_tensors, sizeof(bool)),
		.later = arena_alloc(&w->scratch, g->n_ops, sizeof(uint32_t)),
		.job = GRAPH_NONE,
	};

	w->steps = arena_alloc(&w->scratch, steps, sizeof(*w->steps));
	if (!s.in_job || !s.in_memory || !s.for_host || !s.from_npu || !s.waits || !s.later ||
	    !w->steps)
		return -ENOMEM;

	find_host_readers(&s);
	for (uint32_t i = 0; i < g->n_ops; i++) {
		switch (w->nodes[i].kind) {
		case NODE_HOST:
			add_host(&s, i);
			break;
		case NODE_FOLDED:
			add_folded(&s, i);
			break;
		case NODE_ABSORBED:
			break;
		default:
			add_npu(&s, i);
		}
	}
	close_job(&s);

	return 0;
}
