/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The compiler
 *
 * From a graph to a program: which operator runs on the NPU, in which layout, split into which
 * tasks, at which offsets, with which register values. It computes no pixels, opens no files and
 * knows no machine addresses.
 */
#ifndef COMPILER_COMPILE_H
#define COMPILER_COMPILE_H

#include <stdbool.h>
#include <stdio.h>

struct compile_report;
struct diag;
struct graph;
struct npu_limits;
struct program;

/**
 * struct compile_options - all zero is the normal compilation
 * @dump_pass: letter of the pass after which the state is printed; 0 for none (compile_passes()
 * names them)
 * @dump: where to print it
 * @keep_features: give each tensor memory of its own, so that all can be looked at after a run
 * @cpu_only: place nothing on the NPU
 * @limits: of the chip; NULL for the RK3588's
 * @report: where to tell what became of each operator; NULL for nowhere. report_fini() frees it.
 */
struct compile_options {
	char dump_pass;
	FILE *dump;
	bool keep_features;
	bool cpu_only;
	const struct npu_limits *limits;
	struct compile_report *report;
};

/**
 * compile_graph() - compile a model
 * @g: verified graph; must outlive nothing: constants that the program needs are copied
 * @options: NULL for the defaults
 * @d: receives notes on operators that stay on the CPU, and the reason of a failure
 * @out: the verified program, owned by the caller
 *
 * Return: 0; -ENOTSUP when an operator can run neither on the NPU nor on the CPU (the message says
 * which and why); -ENOMEM; -EINVAL for an unknown dump letter.
 */
int compile_graph(const struct graph *g, const struct compile_options *options, struct diag *d,
		  struct program **out);

/**
 * compile_query() - ask which operators the NPU would take, without compiling
 * @g: verified graph
 * @d: receives the reason of a failure
 * @reasons: one per operator of @g: why the CPU would compute it, a constant text; NULL when the
 * NPU would, or when the operator would vanish next to one of the NPU
 *
 * Return: 0; -ENOTSUP when an operator can run neither on the NPU nor on the CPU; -ENOMEM.
 */
int compile_query(const struct graph *g, struct diag *d, const char **reasons);

/**
 * compile_passes() - the passes and their letters as text, one per line
 * @f: where to
 */
void compile_passes(FILE *f);

#endif /* COMPILER_COMPILE_H */
