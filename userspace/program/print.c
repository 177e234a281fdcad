// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Programs as text
 */
#include <inttypes.h>

#include <base/bits.h>

#include "program.h"

static void print_ops(const struct program *p, FILE *f)
{
	for (uint32_t i = 0; i < p->n_ops; i++) {
		const struct program_op *op = &p->ops[i];
		uint32_t tasks = 0;

		for (uint32_t t = 0; t < p->n_tasks; t++)
			tasks += p->tasks[t].op == i;
		fprintf(f, "operator %" PRIu32 " %s: ", op->index, op->name);
		if (op->reason)
			fprintf(f, "CPU, %s\n", op->reason);
		else if (op->folded)
			fprintf(f, "NPU, folded\n");
		else
			fprintf(f, "NPU, %" PRIu32 " task%s, %" PRIu64 " multiply-accumulates\n",
				tasks, tasks == 1 ? "" : "s", op->macs);
	}
}

static void print_buffers(const struct program *p, FILE *f)
{
	static const char *const uses[] = {
		[PROGRAM_REGCMD] = "commands",
		[PROGRAM_CONST] = "constants",
		[PROGRAM_ACTIVATIONS] = "activations",
	};

	for (uint32_t i = 0; i < p->n_buffers; i++)
		fprintf(f, "buffer %" PRIu32 " %s: %" PRIu32 " bytes\n", i, uses[p->buffers[i].use],
			p->buffers[i].bytes);
	for (uint32_t i = 0; i < p->n_features; i++) {
		const struct program_feature *m = &p->features[i];

		fprintf(f,
			"feature %" PRIu32 " %s: tensor %" PRIu32 ", %" PRIu32 "x%" PRIu32
			"x%" PRIu32 " at 0x%" PRIx32 ", line 0x%" PRIx32 ", surface 0x%" PRIx32
			"\n",
			i, p->graph->tensors[m->tensor].name, m->tensor, m->height, m->width,
			m->channels, m->offset, m->line_bytes, m->surface_bytes);
	}
}

static void print_steps(const struct program *p, FILE *f)
{
	for (uint32_t i = 0; i < p->n_steps; i++) {
		const struct program_step *s = &p->steps[i];

		fprintf(f, "step %" PRIu32 " ", i);
		switch (s->kind) {
		case PROGRAM_STEP_PACK:
			fprintf(f, "pack feature %" PRIu32 "\n", s->first);
			break;
		case PROGRAM_STEP_JOB:
			fprintf(f, "job of tasks %" PRIu32 "..%" PRIu32 "\n", s->first,
				s->first + s->count - 1);
			break;
		case PROGRAM_STEP_UNPACK:
			fprintf(f, "unpack feature %" PRIu32 "\n", s->first);
			break;
		case PROGRAM_STEP_HOST:
			fprintf(f, "CPU operator %" PRIu32 " %s\n", p->graph->ops[s->first].index,
				p->graph->ops[s->first].name);
			break;
		}
	}
}

void program_print(const struct program *p, FILE *f)
{
	uint64_t words = 0;

	for (uint32_t i = 0; i < p->n_tasks; i++)
		words += p->tasks[i].words;
	fprintf(f,
		"program \"%s\": %" PRIu32 " tasks, %" PRIu64 " command words, %" PRIu32
		" relocations\n",
		p->graph->name, p->n_tasks, words, p->n_relocs);
	print_ops(p, f);
	print_buffers(p, f);
	print_steps(p, f);
}
