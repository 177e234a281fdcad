// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: A program on the model, and nothing between
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/diag.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>
#include <program/program.h>
#include <ref/ref.h>

#include "run_program.h"

#define SPACE		0x10000000u	/* address distance of the buffers */
#define FIRST		0x00010000u	/* 0 is an unset register, not a buffer */
#define NOISE		0x5a
#define PC_MODE_KEEP	0x7000		/* TASK_CON: clear the counters, ping-pong; guide 3.5 */
#define EVENTS_ALL	0x1ffff
#define EVENTS_END	0xf00		/* DPU and PPU of both register groups */

struct machine {
	const struct program *p;
	uint8_t **memory;
	struct npu *npu;
	bool line;
	struct run_report *report;
};

static uint8_t *at(struct machine *m, uint32_t iova, size_t bytes)
{
	uint32_t buffer = iova / SPACE, offset = iova % SPACE - FIRST;

	if (iova % SPACE < FIRST || buffer >= m->p->n_buffers ||
	    offset > m->p->buffers[buffer].bytes || bytes > m->p->buffers[buffer].bytes - offset)
		return NULL;
	return m->memory[buffer] + offset;
}

static int dma_read(void *opaque, uint32_t iova, void *buf, size_t bytes)
{
	uint8_t *p = at(opaque, iova, bytes);

	if (!p)
		return -EFAULT;
	memcpy(buf, p, bytes);
	return 0;
}

static int dma_write(void *opaque, uint32_t iova, const void *buf, size_t bytes)
{
	struct machine *m = opaque;
	uint8_t *p = at(m, iova, bytes);

	if (!p || m->p->buffers[iova / SPACE].data)
		return -EFAULT;
	memcpy(p, buf, bytes);
	return 0;
}

static void irq(void *opaque, bool level)
{
	struct machine *m = opaque;

	m->line = level;
}

static void report(void *opaque, enum npu_report kind, const char *text)
{
	struct machine *m = opaque;

	if (!m->report->text[0])
		snprintf(m->report->text, sizeof(m->report->text), "%s: %s",
			 kind == NPU_UNIMP ? "unimplemented" : "error", text);
}

static void cpu_diag(void *opaque, enum diag_level level, const char *text)
{
	struct machine *m = opaque;

	if (!m->report->text[0])
		snprintf(m->report->text, sizeof(m->report->text), "CPU: %s", text);
}

static uint32_t address_of(uint32_t buffer, uint32_t offset)
{
	return buffer * SPACE + FIRST + offset;
}

static int load(struct machine *m)
{
	const struct program *p = m->p;

	m->memory = calloc(p->n_buffers + 1, sizeof(*m->memory));
	for (uint32_t i = 0; m->memory && i < p->n_buffers; i++) {
		m->memory[i] = malloc(p->buffers[i].bytes);
		if (!m->memory[i] || p->buffers[i].bytes > SPACE - FIRST)
			return -ENOMEM;
		if (p->buffers[i].data)
			memcpy(m->memory[i], p->buffers[i].data, p->buffers[i].bytes);
		else
			memset(m->memory[i], NOISE, p->buffers[i].bytes);
	}
	for (uint32_t i = 0; m->memory && i < p->n_relocs; i++) {
		const struct program_reloc *r = &p->relocs[i];
		uint8_t *at_word = m->memory[r->buffer] + (size_t)r->word * REGCMD_BYTES;
		uint64_t word;

		memcpy(&word, at_word, sizeof(word));
		word = regcmd(regcmd_target(word), address_of(r->target, regcmd_value(word)),
			      regcmd_offset(word));
		memcpy(at_word, &word, sizeof(word));
	}

	return m->memory ? 0 : -ENOMEM;
}

/* Guide 3.5. */
static int start(struct machine *m, const struct program_task *t, uint32_t count)
{
	struct npu *npu = m->npu;

	npu_write(npu, ROCKET_PC_BASE_ADDRESS, 1);
	npu_write(npu, ROCKET_CNA_S_POINTER, 0xe);
	npu_write(npu, ROCKET_CORE_S_POINTER, 0xe);
	npu_write(npu, ROCKET_PC_BASE_ADDRESS, address_of(t->buffer, t->offset));
	npu_write(npu, ROCKET_PC_REGISTER_AMOUNTS, regcmd_amount(t->words));
	npu_write(npu, ROCKET_PC_INTERRUPT_MASK, EVENTS_END);
	npu_write(npu, ROCKET_PC_INTERRUPT_CLEAR, EVENTS_ALL);
	npu_write(npu, ROCKET_PC_TASK_CON, PC_MODE_KEEP + count);
	npu_write(npu, ROCKET_PC_TASK_DMA_BASE_ADDR, 0);
	npu_write(npu, ROCKET_PC_OPERATION_ENABLE, 1);
	while (npu_state(npu) == NPU_RUNNING)
		npu_step(npu);
	if (npu_state(npu) == NPU_HUNG)
		report(m, NPU_GUEST_ERROR, npu_hang_reason(npu));
	else if (!m->line)
		report(m, NPU_GUEST_ERROR, "the list ended without interrupt");
	npu_write(npu, ROCKET_PC_OPERATION_ENABLE, 0);
	npu_write(npu, ROCKET_PC_INTERRUPT_CLEAR, EVENTS_ALL);

	return m->report->text[0] ? -EIO : 0;
}

static int run_job(struct machine *m, const struct program_step *s, bool chain)
{
	if (chain)
		return start(m, &m->p->tasks[s->first], s->count);
	for (uint32_t i = 0; i < s->count; i++) {
		int ret = start(m, &m->p->tasks[s->first + i], 1);

		if (ret)
			return ret;
	}

	return 0;
}

static int run_step(struct machine *m, const struct program_step *s, void *const *values,
		    bool chain)
{
	struct diag d = { .print = cpu_diag, .opaque = m };
	const struct program_feature *f = &m->p->features[s->first];

	switch (s->kind) {
	case PROGRAM_STEP_PACK:
		feature_pack(f, values[f->tensor], m->memory[f->buffer]);
		return 0;
	case PROGRAM_STEP_JOB:
		return run_job(m, s, chain);
	case PROGRAM_STEP_UNPACK:
		feature_unpack(f, m->memory[f->buffer], values[f->tensor]);
		return 0;
	case PROGRAM_STEP_HOST:
		return ref_eval(m->p->graph, &m->p->graph->ops[s->first], values, &d);
	}

	return -EINVAL;
}

int run_program(const struct program *p, void *const *values, const struct run_options *options,
		struct run_report *r)
{
	static const struct npu_ops ops = { dma_read, dma_write, irq, report };
	struct machine m = { .p = p, .report = r };
	int ret = load(&m);

	r->text[0] = 0;
	if (!ret)
		m.npu = npu_create(&ops, &m, options ? options->switches : NULL);
	if (!m.npu)
		ret = -ENOMEM;
	for (uint32_t i = 0; i < p->n_steps && !ret; i++)
		ret = run_step(&m, &p->steps[i], values, options && options->chain);

	npu_destroy(m.npu);
	for (uint32_t i = 0; m.memory && i < p->n_buffers; i++)
		free(m.memory[i]);
	free(m.memory);

	return ret;
}
