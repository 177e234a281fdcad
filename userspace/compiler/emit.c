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

#include <graph/graph.h>
#include <npu/limits.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "emit.h"
#include "work.h"

#define STREAM_WORDS	128	/* room for the longest stream; checked by emit() */
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
	assert(s->n < STREAM_WORDS);
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

static void emit_tail(struct stream *s, uint32_t next, uint32_t enable)
{
	if (next) {
		emit_address(s, ROCKET_PC_BASE_ADDRESS, PROGRAM_REGCMD, next);
		/*
		 * All streams of a job have the length of this one: tasks of one kind, every
		 * register each.
		 */
		emit(s, ROCKET_PC_REGISTER_AMOUNTS, regcmd_amount(s->n + REGCMD_TAIL_WORDS - 1));
	} else {
		s->words[s->n++] = 0;
		emit(s, ROCKET_PC_REGISTER_AMOUNTS, 0);
	}
	s->words[s->n++] = regcmd(NPU_TARGET_MARKER, 0, 0);
	s->words[s->n++] = regcmd(NPU_TARGET_OP_ENABLE, enable, ROCKET_PC_OPERATION_ENABLE);
}

static uint32_t pointer_ping_pong(void)
{
	return set(ROCKET_DPU_S_POINTER_POINTER_PP_MODE, 1) |
		set(ROCKET_DPU_S_POINTER_EXECUTER_PP_EN, 1) |
		set(ROCKET_DPU_S_POINTER_POINTER_PP_EN, 1);
}

/*
 * @next is the offset of the next stream of the job; 0, where none can follow, when this is the
 * last.
 */
static void emit_task(struct stream *s, const struct task *t, uint32_t next)
{
	emit(s, ROCKET_DPU_S_POINTER, pointer_ping_pong());
	emit(s, ROCKET_DPU_RDMA_S_POINTER, pointer_ping_pong());
	emit_cna(s, t);
	emit_core(s, t);
	emit_dpu(s, t);
	emit_dpu_rdma(s, t);
	emit_tail(s, next, NPU_ENABLE_CNA | NPU_ENABLE_CORE | NPU_ENABLE_DPU | NPU_ENABLE_DPU_RDMA);
}

static void store_words(uint8_t *out, const uint64_t *words, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (unsigned int byte = 0; byte < REGCMD_BYTES; byte++)
			out[REGCMD_BYTES * i + byte] = words[i] >> 8 * byte;
}

struct emitter {
	struct work *w;
	uint8_t *data;		/* of the regcmd buffer */
	uint32_t tasks_left;	/* of the job */
};

static void emit_tile(struct emitter *e, uint32_t node, const struct tile *tile)
{
	const struct node *n = &e->w->nodes[node];
	struct program *p = e->w->program;
	uint32_t offset = p->n_tasks * STREAM_WORDS * REGCMD_BYTES;
	uint64_t words[STREAM_WORDS];
	struct stream s = { .words = words, .relocs = p->relocs + p->n_relocs };
	const struct task task = {
		.conv = &n->conv,
		.tile = tile,
		.in = &e->w->features[n->in],
		.out = &e->w->features[n->out],
	};

	e->tasks_left--;
	emit_task(&s, &task, e->tasks_left ? offset + STREAM_WORDS * REGCMD_BYTES : 0);
	for (uint32_t i = 0; i < s.n_relocs; i++)
		s.relocs[i].word += offset / REGCMD_BYTES;
	store_words(e->data + offset, words, s.n);
	p->n_relocs += s.n_relocs;
	p->tasks[p->n_tasks++] = (struct program_task){
		.buffer = PROGRAM_REGCMD,
		.offset = offset,
		.words = s.n,
		.op = node,
	};
}

static uint32_t tasks_between(const struct work *w, uint32_t first, uint32_t last)
{
	uint32_t n = 0;

	for (uint32_t i = first; i <= last; i++)
		if (w->nodes[i].kind == NODE_CONV)
			n += w->nodes[i].conv.n_tiles;
	return n;
}

static void emit_job(struct emitter *e, struct work_step *job)
{
	job->first_task = e->w->program->n_tasks;
	job->n_tasks = e->tasks_left = tasks_between(e->w, job->index, job->last);
	for (uint32_t i = job->index; i <= job->last; i++)
		for (uint32_t k = 0;
		     e->w->nodes[i].kind == NODE_CONV && k < e->w->nodes[i].conv.n_tiles; k++)
			emit_tile(e, i, &e->w->nodes[i].conv.tiles[k]);
}

int emit_streams(struct work *w)
{
	struct program *p = w->program;
	uint32_t tasks = tasks_between(w, 0, w->graph->n_ops - 1);
	uint32_t bytes = tasks * STREAM_WORDS * REGCMD_BYTES;
	struct emitter e = { .w = w };

	if (tasks == 0)
		return 0;
	e.data = arena_alloc(&p->arena, bytes, 1);
	p->buffers = arena_alloc(&p->arena, PROGRAM_BUFFER_USES, sizeof(*p->buffers));
	p->tasks = arena_alloc(&p->arena, tasks, sizeof(*p->tasks));
	p->relocs = arena_alloc(&p->arena, (size_t)tasks * STREAM_RELOCS, sizeof(*p->relocs));
	if (!e.data || !p->buffers || !p->tasks || !p->relocs)
		return -ENOMEM;
	p->n_buffers = PROGRAM_BUFFER_USES;
	p->buffers[PROGRAM_REGCMD] = (struct program_buffer){ PROGRAM_REGCMD, bytes, e.data };

	for (uint32_t i = 0; i < w->n_steps; i++)
		if (w->steps[i].kind == WORK_JOB)
			emit_job(&e, &w->steps[i]);

	return 0;
}
