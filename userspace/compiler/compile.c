// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The compiler
 *
 * The list of passes, and nothing else worth knowing. A pass reads and refines struct work.
 */
#include <errno.h>

#include <base/arena.h>
#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>
#include <npu/limits.h>
#include <program/program.h>

#include "compile.h"
#include "work.h"

static const struct pass {
	char letter;
	const char *name;
	int (*run)(struct work *w);
	const char *what;
} passes[] = {
	{ 'l', "legalize", legalize,
	  "operators become convolutions, or stay on the CPU with a reason" },
	{ 'q', "requant", requant,
	  "multipliers become scale and shift, activations become clamps" },
	{ 'b', "bias", bias, "zero points go into the biases" },
	{ 't', "tile", tile, "convolutions are split into tasks that fit the convolution buffer" },
	{ 'f', "fuse", fuse, "operators that only rename memory vanish" },
	{ 's', "schedule", schedule,
	  "tasks become jobs, tensors are packed and unpacked at the edges" },
	{ 'p', "place", place, "feature maps and constants get their offsets" },
	{ 'e', "emit", emit_streams, "tasks become command streams" },
	{ 'a', "assemble", assemble, "all of it becomes a program" },
};

void compile_passes(FILE *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(passes); i++)
		fprintf(f, "%c  %-9s %s\n", passes[i].letter, passes[i].name, passes[i].what);
}

static int check_options(const struct compile_options *o, struct diag *d)
{
	if (!o->dump_pass)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(passes); i++)
		if (passes[i].letter == o->dump_pass)
			return 0;
	return diag_error(d, -EINVAL, "no pass has the letter '%c'", o->dump_pass);
}

static void note_host_operators(const struct work *w)
{
	for (uint32_t i = 0; i < w->graph->n_ops; i++)
		if (w->nodes[i].reason)
			diag_add(w->diag, DIAG_NOTE, "operator %u %s stays on the CPU: %s",
				 w->graph->ops[i].index, w->graph->ops[i].name, w->nodes[i].reason);
}

static int run_passes(struct work *w)
{
	for (size_t i = 0; i < ARRAY_SIZE(passes); i++) {
		int ret = passes[i].run(w);

		if (ret)
			return ret;
		if (passes[i].letter == w->options->dump_pass && w->options->dump)
			work_print(w, w->options->dump);
	}
	note_host_operators(w);

	return program_verify(w->program, w->diag);
}

int compile_graph(const struct graph *g, const struct compile_options *options, struct diag *d,
		  struct program **out)
{
	static const struct compile_options defaults;
	struct work w = {
		.graph = g,
		.options = options ? options : &defaults,
		.limits = &npu_limits_rk3588,
		.diag = d,
	};
	int ret = check_options(w.options, d);

	if (ret)
		return ret;
	w.program = program_create();
	w.nodes = arena_alloc(&w.scratch, g->n_ops, sizeof(*w.nodes));
	w.features = arena_alloc(&w.scratch, g->n_tensors, sizeof(*w.features));
	ret = w.program && w.nodes && w.features ? run_passes(&w) : -ENOMEM;
	if (ret == -ENOMEM)
		diag_error(d, ret, "out of memory while compiling");
	if (!ret) {
		*out = w.program;
		w.program = NULL;	/* the caller owns it now */
	}
	program_destroy(w.program);
	arena_fini(&w.scratch);

	return ret;
}
