// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Command streams
 *
 * Writes one stream per task, 64-byte aligned in one buffer. Within a job each tail names the next
 * stream, so that the PC can run the job as a chain; the last names none. A driver that starts the
 * tasks one by one is not disturbed.
 */
#include <errno.h>

#include <base/arena.h>
#include <graph/graph.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "emit.h"
#include "flow.h"
#include "work.h"

#define STREAM_WORDS	128	/* room for all but the load of tables; checked by emit() */
#define TABLE_WORDS	(STREAM_WORDS + 1032)	/* FLOW_TABLE_WORDS, the stream aligned */
#define STREAM_RELOCS	8

static unsigned int target_of(uint32_t reg)
{
	switch (reg & 0xf000) {
#define NPU_TARGET(block, code, base) case base: return code;
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
	}
	assert(!"register of a known block");
	return 0;
}

void emit(struct stream *s, uint32_t reg, uint32_t value)
{
	assert(s->n < s->room);
	s->words[s->n++] = regcmd(target_of(reg), value, reg);
}

void emit_many(struct stream *s, uint32_t first, uint32_t last, uint32_t value)
{
	for (uint32_t reg = first; reg <= last; reg += sizeof(uint32_t))
		emit(s, reg, value);
}

void emit_address(struct stream *s, uint32_t reg, enum program_buffer_use target, uint32_t offset)
{
	assert(s->n_relocs < STREAM_RELOCS);
	s->relocs[s->n_relocs++] = (struct program_reloc){ .word = s->n, .target = target };
	emit(s, reg, offset);
}

void emit_pointers(struct stream *s, uint32_t reg)
{
	emit(s, reg,
	     set(ROCKET_DPU_S_POINTER_POINTER_PP_MODE, 1) |
	     set(ROCKET_DPU_S_POINTER_EXECUTER_PP_EN, 1) |
	     set(ROCKET_DPU_S_POINTER_POINTER_PP_EN, 1));
}

/* Names no next stream; link() may. */
static void emit_tail(struct stream *s, uint32_t enable)
{
	/* A stream is fetched by whole beats. */
	if (s->n % REGCMD_BEAT_WORDS)
		s->words[s->n++] = 0;
	s->words[s->n++] = 0;
	emit(s, ROCKET_PC_REGISTER_AMOUNTS, 0);
	s->words[s->n++] = regcmd(NPU_TARGET_MARKER, 0, 0);
	s->words[s->n++] = regcmd(NPU_TARGET_OP_ENABLE, enable, ROCKET_PC_OPERATION_ENABLE);
}

static uint32_t emit_conv(struct stream *s, const struct task *t)
{
	emit_pointers(s, ROCKET_DPU_S_POINTER);
	emit_pointers(s, ROCKET_DPU_RDMA_S_POINTER);
	emit_cna(s, t);
	emit_core(s, t);
	emit_dpu(s, t);
	emit_dpu_rdma(s, t);

	return NPU_ENABLE_CNA | NPU_ENABLE_CORE | NPU_ENABLE_DPU | NPU_ENABLE_DPU_RDMA;
}

static void store_word(uint8_t *out, uint64_t word)
{
	for (unsigned int byte = 0; byte < REGCMD_BYTES; byte++)
		out[byte] = word >> 8 * byte;
}

struct emitter {
	struct work *w;
	uint8_t *data;		/* of the regcmd buffer */
	uint32_t bytes;		/* of it, so far */
	bool linked;		/* the next task follows another of its job */
	uint64_t words[TABLE_WORDS];
	struct program_reloc relocs[STREAM_RELOCS];
};

static struct stream start(struct emitter *e, uint32_t room)
{
	return (struct stream){ .words = e->words, .room = room, .relocs = e->relocs };
}

/* Let the last task's tail name the stream of @words words that is about to follow. */
static void link_last(struct emitter *e, uint32_t words)
{
	struct program *p = e->w->program;
	const struct program_task *last = &p->tasks[p->n_tasks - 1];
	uint32_t at = last->offset / REGCMD_BYTES + last->words - REGCMD_TAIL_WORDS;

	store_word(e->data + at * REGCMD_BYTES,
		   regcmd(NPU_TARGET_PC, e->bytes, ROCKET_PC_BASE_ADDRESS));
	store_word(e->data + (at + 1) * REGCMD_BYTES,
		   regcmd(NPU_TARGET_PC, regcmd_amount(words), ROCKET_PC_REGISTER_AMOUNTS));
	p->relocs[p->n_relocs++] = (struct program_reloc){
		.buffer = PROGRAM_REGCMD,
		.word = at,
		.target = PROGRAM_REGCMD,
	};
}

static void finish(struct emitter *e, struct stream *s, uint32_t node, uint32_t enable)
{
	struct program *p = e->w->program;

	emit_tail(s, enable);
	if (e->linked)
		link_last(e, s->n);
	e->linked = true;
	for (uint32_t i = 0; i < s->n; i++)
		store_word(e->data + e->bytes + i * REGCMD_BYTES, s->words[i]);
	for (uint32_t i = 0; i < s->n_relocs; i++) {
		p->relocs[p->n_relocs] = s->relocs[i];
		p->relocs[p->n_relocs++].word += e->bytes / REGCMD_BYTES;
	}
	p->tasks[p->n_tasks++] = (struct program_task){
		.buffer = PROGRAM_REGCMD,
		.offset = e->bytes,
		.words = s->n,
		.op = node,
	};
	e->bytes += s->room * REGCMD_BYTES;
}

static void emit_flows(struct emitter *e, uint32_t node);

static void emit_convs(struct emitter *e, uint32_t node)
{
	const struct node *n = &e->w->nodes[node];
	bool after = n->conv_in == n->in;

	if (!after)
		emit_flows(e, node);
	for (uint32_t i = 0; i < n->conv.n_tiles; i++) {
		struct stream s = start(e, STREAM_WORDS);
		const struct task t = {
			.conv = &n->conv,
			.tile = &n->conv.tiles[i],
			.in = &e->w->features[n->conv_in],
			.out = &e->w->features[n->conv_out],
		};

		finish(e, &s, node, emit_conv(&s, &t));
	}
	if (after)
		emit_flows(e, node);
}

static void emit_flows(struct emitter *e, uint32_t node)
{
	const struct node *n = &e->w->nodes[node];
	const struct feature *features = e->w->features;

	for (uint32_t i = 0; i < n->n_flows; i++) {
		const struct flow *f = &n->flows[i];
		struct flow_task t = {
			.flow = f,
			.in = &features[f->in],
			.operand = f->op == FLOW_COPY ? NULL : &features[f->operand],
			.out = &features[f->out],
		};

		if (f->table) {
			struct stream s = start(e, TABLE_WORDS);

			finish(e, &s, node, emit_flow(&s, &t));
		}
		for (uint32_t k = 0; k < f->n_tiles; k++) {
			struct stream s = start(e, STREAM_WORDS);

			t.tile = &f->tiles[k];
			finish(e, &s, node, emit_flow(&s, &t));
		}
	}
}

static void emit_pools(struct emitter *e, uint32_t node)
{
	const struct node *n = &e->w->nodes[node];

	for (uint32_t i = 0; i < n->pool.n_tiles; i++) {
		struct stream s = start(e, STREAM_WORDS);
		const struct pool_task t = {
			.pool = &n->pool,
			.tile = &n->pool.tiles[i],
			.in = &e->w->features[n->in],
			.out = &e->w->features[n->out],
		};

		finish(e, &s, node, emit_pool(&s, &t));
	}
}

/* Tasks of a node, and how many of them load tables. */
static uint32_t count_tasks(const struct node *n, uint32_t *loads)
{
	uint32_t tasks = n->kind == NODE_CONV ? n->conv.n_tiles : 0;

	*loads = 0;
	switch (n->kind) {
	case NODE_POOL:
		return n->pool.n_tiles;
	case NODE_CONV:
	case NODE_FLOW:
		for (uint32_t i = 0; i < n->n_flows; i++) {
			*loads += n->flows[i].table != NULL;
			tasks += n->flows[i].n_tiles;
		}
		return tasks + *loads;
	default:
		return 0;
	}
}

static void emit_job(struct emitter *e, struct work_step *job)
{
	static void (*const emitters[])(struct emitter *e, uint32_t node) = {
		[NODE_CONV] = emit_convs,
		[NODE_FLOW] = emit_flows,
		[NODE_POOL] = emit_pools,
	};
	const struct program *p = e->w->program;

	e->linked = false;
	job->first_task = p->n_tasks;
	for (uint32_t i = job->index; i <= job->last; i++)
		if (emitters[e->w->nodes[i].kind])
			emitters[e->w->nodes[i].kind](e, i);
	job->n_tasks = p->n_tasks - job->first_task;
}

int emit_streams(struct work *w)
{
	uint32_t tasks = 0, loads = 0, bytes;
	struct program *p = w->program;
	struct emitter *e;

	for (uint32_t i = 0; i < w->graph->n_ops; i++) {
		uint32_t of_node;

		tasks += count_tasks(&w->nodes[i], &of_node);
		loads += of_node;
	}
	if (tasks == 0)
		return 0;
	bytes = (tasks * STREAM_WORDS + loads * (TABLE_WORDS - STREAM_WORDS)) * REGCMD_BYTES;
	e = arena_alloc(&w->scratch, 1, sizeof(*e));
	p->buffers = arena_alloc(&p->arena, PROGRAM_BUFFER_USES, sizeof(*p->buffers));
	p->tasks = arena_alloc(&p->arena, tasks, sizeof(*p->tasks));
	p->relocs = arena_alloc(&p->arena, (size_t)tasks * STREAM_RELOCS, sizeof(*p->relocs));
	if (!e || !p->buffers || !p->tasks || !p->relocs)
		return -ENOMEM;
	e->w = w;
	e->data = arena_alloc(&p->arena, bytes, 1);
	if (!e->data)
		return -ENOMEM;
	p->n_buffers = PROGRAM_BUFFER_USES;
	p->buffers[PROGRAM_REGCMD] = (struct program_buffer){ PROGRAM_REGCMD, bytes, e->data };

	for (uint32_t i = 0; i < w->n_steps; i++)
		if (w->steps[i].kind == WORK_JOB)
			emit_job(e, &w->steps[i]);

	return 0;
}
