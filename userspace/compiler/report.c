// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What becomes of a model, before it runs
 *
 * Counts what the passes found out. Cycles are an estimate: the vendor's own formula for
 * convolutions, which published measurements bear out, and the DPU's rate for what passes it alone.
 */
#include <errno.h>
#include <string.h>

#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>
#include <program/program.h>

#include "compile.h"
#include "flow.h"
#include "lower.h"
#include "report.h"
#include "weights.h"

/* The vendor's formula; perf notes, section 2, exact for 137 of 137 published rows. */
#define PIXEL_GROUP	16	/* output positions are computed in groups */
#define DPU_RATE	8	/* elements per cycle */

/* Measured: activations through the LUT, fitted to published layers; perf notes, section 3. */
#define TABLE_RATE_TENTHS	17	/* tenths of an element per cycle */

/*
 * Bytes per NPU cycle of 1 GHz: 70 percent of LPDDR4X at 2112 MHz, 64 bits wide. Source: perf
 * notes, section 2.
 */
#define MEMORY_RATE_HUNDREDTHS	2365

static uint64_t tensor_bytes(const struct work *w, uint32_t tensor)
{
	struct extent e;

	if (!lower_extent(&w->graph->tensors[tensor], &e))
		return w->graph->tensors[tensor].bytes;
	return (uint64_t)e.height * e.width * layout_surfaces(e.channels) * NPU_ATOM_BYTES;
}

static uint64_t conv_cycles(const struct conv *c)
{
	uint64_t pixels = align_up((uint64_t)c->out.height * c->out.width, PIXEL_GROUP);
	uint64_t taps = (uint64_t)c->kernel_h * c->kernel_w, array, dpu;

	if (c->depthwise)
		array = pixels * div_round_up(c->out.channels, NPU_DW_GROUP_BYTES) * taps;
	else
		array = pixels * div_round_up(c->out.channels, NPU_KERNEL_GROUP_INT8) *
			div_round_up(c->in.channels, NPU_GROUP_CHANNELS) * taps;
	dpu = pixels * align_up(c->out.channels, NPU_KERNEL_GROUP_INT8) / DPU_RATE;

	return max_i64(array, dpu);
}

static uint64_t flow_cycles(const struct flow *f)
{
	uint64_t elements = (uint64_t)f->pixels * align_up(f->channels, NPU_ATOM_BYTES);

	if (!f->table)
		return elements / DPU_RATE;
	return elements * 10 / TABLE_RATE_TENTHS + FLOW_TABLE_WORDS;	/* a word a cycle to load */
}

static uint64_t node_cycles(const struct node *n)
{
	uint64_t cycles = 0;

	if (n->kind == NODE_CONV)
		cycles += conv_cycles(&n->conv);
	for (uint32_t i = 0; i < n->n_flows; i++)
		cycles += flow_cycles(&n->flows[i]);
	return cycles;
}

static const char neighbour[] = "a neighbour on the NPU";

static void fill_op(struct work *w, uint32_t index, struct report_op *r)
{
	const struct op *op = &w->graph->ops[index];
	const struct node *n = &w->nodes[index];

	r->index = op->index;
	r->where = n->kind == NODE_HOST ? REPORT_CPU
		: n->kind == NODE_FOLDED || n->kind == NODE_ABSORBED ? REPORT_FOLDED : REPORT_NPU;
	r->reason = n->reason;
	if (n->reason)
		r->remedy = fuse_left_alone(n->reason) ? neighbour : legalize_remedy(op->kind);
	r->macs = n->macs;
	if (r->where == REPORT_FOLDED)
		return;
	for (uint32_t i = 0; i < n->n_reads; i++)
		r->in_bytes += tensor_bytes(w, n->reads[i]);
	for (uint32_t i = 0; i < op->n_outputs; i++)
		r->out_bytes += tensor_bytes(w, op->outputs[i]);
	if (r->where == REPORT_CPU)
		return;
	if (n->kind == NODE_CONV)
		r->weight_bytes = weights_bytes(&n->conv) + bias_bytes(&n->conv);
	r->cycles = node_cycles(n);
	r->memory_cycles = (r->in_bytes + r->out_bytes + r->weight_bytes) * 100 /
			   MEMORY_RATE_HUNDREDTHS;
}

int report(struct work *w)
{
	const struct program *p = w->program;
	struct compile_report *r = w->options->report;

	if (!r)
		return 0;
	r->n_ops = w->graph->n_ops;
	r->ops = arena_alloc(&r->arena, r->n_ops, sizeof(*r->ops));
	if (!r->ops)
		return -ENOMEM;
	for (uint32_t i = 0; i < r->n_ops; i++) {
		const char *name = w->graph->ops[i].name;

		fill_op(w, i, &r->ops[i]);
		r->ops[i].name = arena_strndup(&r->arena, name, strlen(name));
		if (!r->ops[i].name)
			return -ENOMEM;
	}
	for (uint32_t i = 0; i < p->n_tasks; i++)
		r->ops[p->tasks[i].op].tasks++;
	for (uint32_t i = 0; i < p->n_steps; i++)
		r->jobs += p->steps[i].kind == PROGRAM_STEP_JOB;
	r->activation_bytes = w->activation_bytes;
	r->least_bytes = w->least_bytes;
	for (uint32_t i = 0; i < p->n_buffers; i++) {
		if (p->buffers[i].use == PROGRAM_CONST)
			r->const_bytes = p->buffers[i].bytes;
		if (p->buffers[i].use == PROGRAM_REGCMD)
			r->stream_bytes = p->buffers[i].bytes;
	}

	return 0;
}

double report_share(const struct compile_report *r)
{
	uint64_t all = 0, npu = 0;

	for (uint32_t i = 0; i < r->n_ops; i++) {
		all += r->ops[i].macs;
		npu += r->ops[i].where == REPORT_CPU ? 0 : r->ops[i].macs;
	}
	return all ? 100.0 * npu / all : 100;
}

void report_fini(struct compile_report *r)
{
	arena_fini(&r->arena);
	*r = (struct compile_report){ 0 };
}
