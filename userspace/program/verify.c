// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Verifier of programs
 *
 * A program may come from a file that anybody wrote. What passes here makes the runtime and the
 * reference touch only memory of their own: indices, offsets and sizes lie inside what they point
 * into. What the NPU itself may touch is bounded by its IOMMU; that address words are relocated and
 * point into their buffers is checked so that a damaged file is found here and not by a fault.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include <base/bits.h>
#include <base/diag.h>
#include <npu/limits.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "program.h"

static const uint16_t address_registers[] = {
	ROCKET_PC_BASE_ADDRESS,
	ROCKET_CNA_FEATURE_DATA_ADDR,
	ROCKET_CNA_DCOMP_ADDR0,
	ROCKET_DPU_DST_BASE_ADDR,
	ROCKET_DPU_RDMA_SRC_BASE_ADDR,
	ROCKET_DPU_RDMA_BS_BASE_ADDR,
	ROCKET_DPU_RDMA_BN_BASE_ADDR,
	ROCKET_DPU_RDMA_EW_BASE_ADDR,
	ROCKET_PPU_DST_BASE_ADDR,
	ROCKET_PPU_RDMA_SRC_BASE_ADDR,
};

static bool is_address(uint64_t word)
{
	for (size_t i = 0; i < ARRAY_SIZE(address_registers); i++)
		if (regcmd_offset(word) == address_registers[i])
			return true;
	return false;
}

static uint64_t load_word(const struct program_buffer *b, uint64_t word)
{
	const uint8_t *p = b->data + word * REGCMD_BYTES;
	uint64_t v = 0;

	for (unsigned int i = 0; i < REGCMD_BYTES; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static int verify_buffers(const struct program *p, struct diag *d)
{
	unsigned int seen = 0;
	uint64_t total = 0;

	for (uint32_t i = 0; i < p->n_buffers; i++) {
		const struct program_buffer *b = &p->buffers[i];

		if (b->use >= PROGRAM_BUFFER_USES || seen & 1u << b->use)
			return diag_error(d, -EINVAL,
					  "buffer %" PRIu32 ": use %d is unknown or taken", i,
					  b->use);
		seen |= 1u << b->use;
		if (!b->bytes || (b->data == NULL) != (b->use == PROGRAM_ACTIVATIONS))
			return diag_error(d, -EINVAL,
					  "buffer %" PRIu32 ": contents do not fit its use", i);
		total += b->bytes;
	}
	if (total > UINT32_MAX)
		return diag_error(d, -EINVAL,
				  "buffers take %" PRIu64 " bytes, more than the NPU can address",
				  total);

	return 0;
}

static int verify_relocs(const struct program *p, struct diag *d)
{
	for (uint32_t i = 0; i < p->n_relocs; i++) {
		const struct program_reloc *r = &p->relocs[i];
		const struct program_buffer *b;
		uint64_t word;

		if (r->buffer >= p->n_buffers || r->target >= p->n_buffers)
			return diag_error(d, -EINVAL, "relocation %" PRIu32 ": no such buffer", i);
		b = &p->buffers[r->buffer];
		if (b->use != PROGRAM_REGCMD || r->word >= b->bytes / REGCMD_BYTES)
			return diag_error(d, -EINVAL, "relocation %" PRIu32 ": no such word", i);
		if (i &&
		    (r[-1].buffer > r->buffer ||
		     (r[-1].buffer == r->buffer && r[-1].word >= r->word)))
			return diag_error(d, -EINVAL, "relocation %" PRIu32 ": not in rising order",
					  i);
		word = load_word(b, r->word);
		if (!is_address(word) || regcmd_value(word) >= p->buffers[r->target].bytes)
			return diag_error(d, -EINVAL,
					  "relocation %" PRIu32
					  ": the word is no address in its target", i);
	}

	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct program_reloc *x = a, *y = b;

	if (x->buffer != y->buffer)
		return x->buffer < y->buffer ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

static bool is_relocated(const struct program *p, uint32_t buffer, uint32_t word)
{
	const struct program_reloc key = { .buffer = buffer, .word = word };

	return p->n_relocs && bsearch(&key, p->relocs, p->n_relocs, sizeof(key), by_place);
}

static int verify_stream(const struct program *p, const struct program_task *t, uint32_t number,
			 struct diag *d)
{
	const struct program_buffer *b = &p->buffers[t->buffer];
	uint32_t first = t->offset / REGCMD_BYTES;

	for (uint32_t i = 0; i < t->words; i++) {
		uint64_t word = load_word(b, first + i);

		if (is_address(word) && regcmd_value(word) &&
		    !is_relocated(p, t->buffer, first + i))
			return diag_error(d, -EINVAL,
					  "task %" PRIu32 ": word %" PRIu32
					  " is an address without relocation", number, i);
	}
	if (regcmd_target(load_word(b, first + t->words - 2)) != NPU_TARGET_MARKER ||
	    regcmd_target(load_word(b, first + t->words - 1)) != NPU_TARGET_OP_ENABLE)
		return diag_error(d, -EINVAL, "task %" PRIu32 ": the stream does not end in a tail",
				  number);

	return 0;
}

static int verify_tasks(const struct program *p, struct diag *d)
{
	for (uint32_t i = 0; i < p->n_tasks; i++) {
		const struct program_task *t = &p->tasks[i];
		int ret;

		if (t->buffer >= p->n_buffers || p->buffers[t->buffer].use != PROGRAM_REGCMD)
			return diag_error(d, -EINVAL,
					  "task %" PRIu32 ": no such buffer of commands", i);
		if (t->op >= p->n_ops)
			return diag_error(d, -EINVAL, "task %" PRIu32 ": no such operator", i);
		if (t->offset % REGCMD_ALIGN || t->words < REGCMD_TAIL_WORDS ||
		    t->words % REGCMD_BEAT_WORDS || t->words > npu_limits_rk3588.stream_words ||
		    (uint64_t)t->offset + (uint64_t)t->words * REGCMD_BYTES >
			    p->buffers[t->buffer].bytes)
			return diag_error(d, -EINVAL,
					  "task %" PRIu32 ": stream askew or outside its buffer",
					  i);
		ret = verify_stream(p, t, i, d);
		if (ret)
			return ret;
	}

	return 0;
}

static bool feature_inside(const struct program *p, const struct program_feature *f)
{
	uint64_t line = (uint64_t)f->width * NPU_ATOM_BYTES;
	uint64_t surface, end;

	if (!f->height || !f->width || !f->channels || f->offset % NPU_ATOM_BYTES ||
	    f->line_bytes % NPU_ATOM_BYTES || f->surface_bytes % NPU_ATOM_BYTES ||
	    f->line_bytes < line || f->surfaces < div_round_up(f->channels, NPU_ATOM_BYTES))
		return false;
	surface = (uint64_t)f->line_bytes * (f->height - 1) + line;
	end = f->offset + (uint64_t)f->surface_bytes * (f->surfaces - 1) + surface;

	return f->surface_bytes >= surface && end <= p->buffers[f->buffer].bytes;
}

static int verify_features(const struct program *p, struct diag *d)
{
	for (uint32_t i = 0; i < p->n_features; i++) {
		const struct program_feature *f = &p->features[i];
		uint64_t pixels = (uint64_t)f->height * f->width, elements;
		const struct tensor *t;

		if (f->tensor >= p->graph->n_tensors)
			return diag_error(d, -EINVAL, "feature %" PRIu32 ": no such tensor", i);
		if (f->buffer >= p->n_buffers || p->buffers[f->buffer].use != PROGRAM_ACTIVATIONS)
			return diag_error(d, -EINVAL,
					  "feature %" PRIu32 ": no such buffer of activations", i);
		if (!feature_inside(p, f))
			return diag_error(d, -EINVAL,
					  "feature %" PRIu32 ": lies askew or outside its buffer",
					  i);
		t = &p->graph->tensors[f->tensor];
		if (__builtin_mul_overflow(pixels, (uint64_t)f->channels, &elements) ||
		    t->bytes != elements || dtype_bytes(t->type) != 1)
			return diag_error(d, -EINVAL,
					  "feature %" PRIu32
					  ": extents differ from those of tensor '%s'", i, t->name);
	}

	return 0;
}

/* The host operators alone form a graph whose inputs are all tensors that none of them writes. */
static int verify_graph(const struct program *p, struct diag *d)
{
	struct graph view = *p->graph;
	uint32_t *inputs = calloc((size_t)view.n_tensors + 1, sizeof(*inputs));
	bool *written = calloc((size_t)view.n_tensors + 1, sizeof(*written));
	int ret = -ENOMEM;

	if (!inputs || !written) {
		diag_error(d, ret, "out of memory while checking a program");
		goto out;
	}
	for (uint32_t i = 0; i < view.n_ops; i++)
		for (uint32_t k = 0; k < view.ops[i].n_outputs; k++)
			if (view.ops[i].outputs[k] < view.n_tensors)
				written[view.ops[i].outputs[k]] = true;
	view.inputs = inputs;
	view.n_inputs = 0;
	for (uint32_t t = 0; t < view.n_tensors; t++)
		if (!written[t] && !view.tensors[t].data)
			view.inputs[view.n_inputs++] = t;
	ret = graph_verify(&view, d);
out:
	free(inputs);
	free(written);
	return ret;
}

/* @ready: tensors with contents in host memory. */
static int verify_step(const struct program *p, uint32_t number, bool *ready, struct diag *d)
{
	const struct program_step *s = &p->steps[number];
	const struct op *op;

	switch (s->kind) {
	case PROGRAM_STEP_JOB:
		if (!s->count || s->first > p->n_tasks || s->count > p->n_tasks - s->first)
			return diag_error(d, -EINVAL, "step %" PRIu32 ": no such tasks", number);
		return 0;
	case PROGRAM_STEP_PACK:
	case PROGRAM_STEP_UNPACK:
		if (s->first >= p->n_features)
			return diag_error(d, -EINVAL, "step %" PRIu32 ": no such feature", number);
		if (s->kind == PROGRAM_STEP_PACK && !ready[p->features[s->first].tensor])
			return diag_error(d, -EINVAL,
					  "step %" PRIu32 ": packs a tensor before it is written",
					  number);
		if (s->kind == PROGRAM_STEP_UNPACK &&
		    p->graph->tensors[p->features[s->first].tensor].data)
			return diag_error(d, -EINVAL, "step %" PRIu32 ": unpacks into a constant",
					  number);
		ready[p->features[s->first].tensor] = true;
		return 0;
	case PROGRAM_STEP_HOST:
		if (s->first >= p->graph->n_ops)
			return diag_error(d, -EINVAL, "step %" PRIu32 ": no such operator", number);
		op = &p->graph->ops[s->first];
		for (uint32_t i = 0; i < op->n_inputs; i++)
			if (op->inputs[i] != GRAPH_NONE && !ready[op->inputs[i]])
				return diag_error(d, -EINVAL,
						  "step %" PRIu32
						  ": reads a tensor before it is written", number);
		for (uint32_t i = 0; i < op->n_outputs; i++)
			ready[op->outputs[i]] = true;
		return 0;
	}

	return diag_error(d, -EINVAL, "step %" PRIu32 ": unknown kind %d", number, s->kind);
}

static int verify_steps(const struct program *p, struct diag *d)
{
	const struct graph *g = p->graph;
	bool *ready = calloc((size_t)g->n_tensors + 1, sizeof(*ready));
	int ret = 0;

	if (!ready)
		return diag_error(d, -ENOMEM, "out of memory while checking a program");
	for (uint32_t t = 0; t < g->n_tensors; t++)
		ready[t] = g->tensors[t].data;
	for (uint32_t i = 0; i < g->n_inputs && !ret; i++) {
		if (g->inputs[i] >= g->n_tensors)
			ret = diag_error(d, -EINVAL, "model input %" PRIu32 ": no such tensor", i);
		else if (ready[g->inputs[i]])
			ret = diag_error(d, -EINVAL,
					 "model input %" PRIu32 ": a constant, or listed twice", i);
		else
			ready[g->inputs[i]] = true;
	}
	for (uint32_t i = 0; i < p->n_steps && !ret; i++)
		ret = verify_step(p, i, ready, d);
	for (uint32_t i = 0; i < g->n_outputs && !ret; i++)
		if (g->outputs[i] >= g->n_tensors || !ready[g->outputs[i]])
			ret = diag_error(d, -EINVAL, "model output %" PRIu32 ": never written", i);
	free(ready);

	return ret;
}

int program_verify(const struct program *p, struct diag *d)
{
	static int (*const checks[])(const struct program *p, struct diag *d) = {
		verify_buffers, verify_relocs,	 verify_tasks,
		verify_graph,	verify_features, verify_steps,
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		int ret = checks[i](p, d);

		if (ret)
			return ret;
	}

	return 0;
}
