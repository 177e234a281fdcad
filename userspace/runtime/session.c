// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Sessions
 *
 * Owns the buffers of a loaded program, the host form of its tensors and the order of steps.
 * Buffers change owner as seldom as possible: the CPU takes the activations only for a step that
 * touches them. What a device is lies behind backend.h.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <base/diag.h>
#include <program/program.h>

#include "backend.h"
#include "device.h"
#include "hostop.h"
#include "session.h"

#define WORD_VALUE_SHIFT	16	/* the 32-bit value inside a command word; npu/regcmd.h */

struct session {
	struct device *device;
	const struct program *p;
	struct bo *bos; /* one per buffer of the program; map is NULL until created */
	bool *cpu_owns;			/* per buffer */
	void **values;			/* host form per tensor; NULL where there is none */
	bool *bound;			/* per tensor: its host form is the caller's */
	struct backend_task *tasks;	/* all tasks of the program, addresses filled in */
	uint32_t *in, *out;		/* handles that jobs name */
	uint32_t n_in, n_out;
	struct session_times times;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int own(struct session *s, uint32_t buffer, bool cpu, struct diag *d)
{
	const struct backend *b = s->device->backend;
	int ret;

	if (s->cpu_owns[buffer] == cpu)
		return 0;
	ret = cpu ? b->bo_prep(s->device->handle, &s->bos[buffer], d) :
		    b->bo_fini(s->device->handle, &s->bos[buffer], d);
	if (!ret)
		s->cpu_owns[buffer] = cpu;
	return ret;
}

/* Adds the device address of the target to the value field of a command word. */
static void relocate(uint8_t *word, uint32_t iova)
{
	uint64_t bits;
	uint32_t value;

	memcpy(&bits, word, sizeof(bits));
	value = (uint32_t)(bits >> WORD_VALUE_SHIFT) + iova;
	bits &= ~((uint64_t)UINT32_MAX << WORD_VALUE_SHIFT);
	bits |= (uint64_t)value << WORD_VALUE_SHIFT;
	memcpy(word, &bits, sizeof(bits));
}

static int load_buffers(struct session *s, struct diag *d)
{
	const struct program *p = s->p;
	int ret = 0;

	for (uint32_t i = 0; i < p->n_buffers && !ret; i++) {
		const struct program_buffer *b = &p->buffers[i];

		ret = s->device->backend->bo_create(s->device->handle, b->bytes, d, &s->bos[i]);
		if (ret)
			return ret;
		s->cpu_owns[i] = true;
		if (b->data)
			memcpy(s->bos[i].map, b->data, b->bytes);
		if (b->use == PROGRAM_ACTIVATIONS)
			s->out[s->n_out++] = s->bos[i].handle;
		else
			s->in[s->n_in++] = s->bos[i].handle;
	}
	for (uint32_t i = 0; i < p->n_relocs; i++) {
		const struct program_reloc *r = &p->relocs[i];

		relocate((uint8_t *)s->bos[r->buffer].map + sizeof(uint64_t) * (size_t)r->word,
			 s->bos[r->target].iova);
	}
	for (uint32_t i = 0; i < p->n_tasks; i++) {
		s->tasks[i].iova = s->bos[p->tasks[i].buffer].iova + p->tasks[i].offset;
		s->tasks[i].words = p->tasks[i].words;
	}
	for (uint32_t i = 0; i < p->n_buffers && !ret; i++)
		if (p->buffers[i].use != PROGRAM_ACTIVATIONS)
			ret = own(s, i, false, d);
	return ret;
}

/*
 * Host memory for the tensors that a step or the user touches in host form. Constants stay where
 * the graph has them, unless the user may ask for them as outputs.
 */
static int make_values(struct session *s, struct diag *d)
{
	enum { STEP = 1, OUTPUT };
	const struct program *p = s->p;
	unsigned char *needed = calloc(p->graph->n_tensors + 1, 1);
	int ret = 0;

	if (!needed)
		goto no_memory;
	for (uint32_t i = 0; i < p->n_steps; i++) {
		const struct program_step *step = &p->steps[i];

		if (step->kind == PROGRAM_STEP_HOST)
			hostop_needs(p, step->first, needed);
		else if (step->kind != PROGRAM_STEP_JOB)
			needed[p->features[step->first].tensor] = STEP;
	}
	for (uint32_t i = 0; i < p->graph->n_inputs; i++)
		needed[p->graph->inputs[i]] = STEP;
	for (uint32_t i = 0; i < p->graph->n_outputs; i++)
		needed[p->graph->outputs[i]] = OUTPUT;
	for (uint32_t i = 0; i < p->graph->n_tensors; i++) {
		const struct tensor *t = &p->graph->tensors[i];

		if (!needed[i] || (t->data && needed[i] != OUTPUT))
			continue;
		s->values[i] = calloc(1, t->bytes ? t->bytes : 1);
		if (!s->values[i])
			goto no_memory;
		if (t->data)
			memcpy(s->values[i], t->data, t->bytes);
	}
	goto out;
no_memory:
	ret = diag_error(d, -ENOMEM, "out of memory for the tensors of the program");
out:
	free(needed);
	return ret;
}

int session_create(struct device *device, const struct program *p, struct diag *d,
		   struct session **out)
{
	struct session *s = calloc(1, sizeof(*s));
	int ret = -ENOMEM;

	if (!s)
		goto no_memory;
	s->device = device;
	s->p = p;
	s->bos = calloc(p->n_buffers + 1, sizeof(*s->bos));
	s->cpu_owns = calloc(p->n_buffers + 1, sizeof(*s->cpu_owns));
	s->in = calloc(p->n_buffers + 1, sizeof(*s->in));
	s->out = calloc(p->n_buffers + 1, sizeof(*s->out));
	s->tasks = calloc(p->n_tasks + 1, sizeof(*s->tasks));
	s->values = calloc(p->graph->n_tensors + 1, sizeof(*s->values));
	s->bound = calloc(p->graph->n_tensors + 1, sizeof(*s->bound));
	if (!s->bos || !s->cpu_owns || !s->in || !s->out || !s->tasks || !s->values || !s->bound)
		goto no_memory;
	ret = load_buffers(s, d);
	if (!ret)
		ret = make_values(s, d);
	if (ret)
		goto out;

	*out = s;
	return 0;
no_memory:
	diag_error(d, ret, "out of memory for the session");
out:
	session_destroy(s);
	return ret;
}

void session_destroy(struct session *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; s->bos && i < s->p->n_buffers; i++)
		if (s->bos[i].map)
			s->device->backend->bo_destroy(s->device->handle, &s->bos[i]);
	for (uint32_t i = 0; s->values && s->bound && i < s->p->graph->n_tensors; i++)
		if (!s->bound[i])
			free(s->values[i]);
	free(s->bound);
	free(s->values);
	free(s->tasks);
	free(s->out);
	free(s->in);
	free(s->cpu_owns);
	free(s->bos);
	free(s);
}

void *session_tensor(struct session *s, uint32_t tensor)
{
	return tensor < s->p->graph->n_tensors ? s->values[tensor] : NULL;
}

int session_bind(struct session *s, uint32_t tensor, void *memory)
{
	if (!session_tensor(s, tensor))
		return -EINVAL;
	if (!s->bound[tensor])
		free(s->values[tensor]);
	s->values[tensor] = memory;
	s->bound[tensor] = true;
	return 0;
}

static int step_pack(struct session *s, const struct program_step *step, struct diag *d)
{
	const struct program_feature *f = &s->p->features[step->first];
	const void *host = s->values[f->tensor] ? s->values[f->tensor] :
						  s->p->graph->tensors[f->tensor].data;
	int ret = own(s, f->buffer, true, d);

	if (!ret)
		feature_pack(f, host, s->bos[f->buffer].map);
	return ret;
}

static int step_unpack(struct session *s, const struct program_step *step, struct diag *d)
{
	const struct program_feature *f = &s->p->features[step->first];

	return session_feature(s, f, d, s->values[f->tensor]);
}

static int step_job(struct session *s, const struct program_step *step, struct diag *d)
{
	const struct backend_job job = {
		.tasks = s->tasks + step->first, .n_tasks = step->count,
		.in = s->in, .n_in = s->n_in, .out = s->out, .n_out = s->n_out,
	};
	int ret = 0;

	for (uint32_t i = 0; i < s->p->n_buffers && !ret; i++)
		ret = own(s, i, false, d);
	return ret ? ret : s->device->backend->submit(s->device->handle, &job, d);
}

static int step_host(struct session *s, const struct program_step *step, struct diag *d)
{
	return hostop_run(s->p, step->first, s->values, d);
}

int session_run(struct session *s, struct diag *d)
{
	struct session_times *t = &s->times;
	const struct {
		int (*run)(struct session *s, const struct program_step *step, struct diag *d);
		uint64_t *ns;
	} kinds[] = {
		[PROGRAM_STEP_PACK] = { step_pack, &t->layout_ns },
		[PROGRAM_STEP_JOB] = { step_job, &t->npu_ns },
		[PROGRAM_STEP_UNPACK] = { step_unpack, &t->layout_ns },
		[PROGRAM_STEP_HOST] = { step_host, &t->host_ns },
	};
	uint64_t begin = now_ns(), end;
	int ret = 0;

	memset(t, 0, sizeof(*t));
	for (uint32_t i = 0; i < s->p->n_steps && !ret; i++) {
		const struct program_step *step = &s->p->steps[i];
		uint64_t npu_ns = t->npu_ns;

		ret = kinds[step->kind].run(s, step, d);
		end = now_ns();
		/* Without what the step itself counted as waiting for the NPU. */
		*kinds[step->kind].ns += end - begin - (t->npu_ns - npu_ns);
		begin = end;
	}
	return ret;
}

int session_feature(struct session *s, const struct program_feature *feature, struct diag *d,
		    void *host)
{
	uint64_t begin = now_ns();
	int ret = own(s, feature->buffer, true, d);

	s->times.npu_ns += now_ns() - begin;
	if (!ret)
		feature_unpack(feature, s->bos[feature->buffer].map, host);
	return ret;
}

void session_get_times(const struct session *s, struct session_times *out)
{
	*out = s->times;
}
