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
	{ 't', "tile", tile, "convolutions are split into tasks that fit the convolution buffer" },
	{ 'q', "requant", requant,
	  "multipliers become scale and shift, activations become clamps" },
	{ 'b', "bias", bias, "zero points go into the biases" },
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

int work_each_conv(struct work *w,
		   int (*refine)(struct work *w, struct conv *c, const char **reason))
{
	for (uint32_t i = 0; i < w->graph->n_ops; i++) {
		struct node *n = &w->nodes[i];
		const char *reason;
		int ret;

		if (n->kind != NODE_CONV)
			continue;
		ret = refine(w, &n->conv, &reason);
		if (ret == -ENOTSUP)
			node_to_host(n, reason);
		else if (ret)
			return ret;
	}

	return 0;
}

uint32_t work_scratch(const struct work *w, const struct node *n, uint32_t which)
{
	return w->graph->n_tensors + NODE_SCRATCH * (uint32_t)(n - w->nodes) + which;
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

/* From the first pass to @last. */
static int run_passes(struct work *w, int (*last)(struct work *w))
{
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(passes) && !ret; i++) {
		ret = passes[i].run(w);
		if (!ret && passes[i].letter == w->options->dump_pass && w->options->dump)
			work_print(w, w->options->dump);
		if (passes[i].run == last)
			break;
	}

	return ret;
}

static int make_program(struct work *w)
{
	int ret = run_passes(w, assemble);

	if (ret)
		return ret;
	note_host_operators(w);
	ret = report(w);

	return ret ? ret : program_verify(w->program, w->diag);
}

static int init_work(struct work *w)
{
	w->nodes = arena_alloc(&w->scratch, w->graph->n_ops, sizeof(*w->nodes));
	w->n_features = w->graph->n_tensors + NODE_SCRATCH * w->graph->n_ops;
	w->features = arena_alloc(&w->scratch, w->n_features, sizeof(*w->features));

	return w->nodes && w->features ? 0 : -ENOMEM;
}

static int finish_work(struct work *w, int ret)
{
	if (ret == -ENOMEM)
		diag_error(w->diag, ret, "out of memory while compiling");
	arena_fini(&w->scratch);

	return ret;
}

int compile_query(const struct graph *g, struct diag *d, const char **reasons)
{
	static const struct compile_options defaults;
	struct work w = {
		.graph = g,
		.options = &defaults,
		.limits = &npu_limits_rk3588,
		.diag = d,
	};
	int ret = init_work(&w);

	if (!ret)
		ret = run_passes(&w, fuse);	/* what stays on the CPU is settled then; work.h */
	for (uint32_t i = 0; i < g->n_ops && !ret; i++)
		reasons[i] = w.nodes[i].reason;

	return finish_work(&w, ret);
}

int compile_graph(const struct graph *g, const struct compile_options *options, struct diag *d,
		  struct program **out)
{
	static const struct compile_options defaults;
	struct work w = {
		.graph = g,
		.options = options ? options : &defaults,
		.limits = options && options->limits ? options->limits : &npu_limits_rk3588,
		.diag = d,
	};
	int ret = check_options(w.options, d);

	if (ret)
		return ret;
	ret = init_work(&w);
	if (!ret) {
		w.program = program_create();
		ret = w.program ? make_program(&w) : -ENOMEM;
	}
	if (!ret) {
		*out = w.program;
		w.program = NULL;	/* the caller owns it now */
	}
	program_destroy(w.program);

	return finish_work(&w, ret);
}
