// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operators on the CPU
 *
 * Knows where the operators of a program are and which tensors they touch; what they compute is the
 * reference's business.
 */
#include <graph/graph.h>
#include <program/program.h>
#include <ref/ref.h>

#include "hostop.h"

int hostop_run(const struct program *p, uint32_t op, void *const *values, struct diag *d)
{
	return ref_eval(p->graph, &p->graph->ops[op], values, d);
}

void hostop_needs(const struct program *p, uint32_t op, unsigned char *needed)
{
	const struct op *o = &p->graph->ops[op];

	for (uint32_t i = 0; i < o->n_inputs; i++)
		if (o->inputs[i] != GRAPH_NONE)
			needed[o->inputs[i]] = 1;
	for (uint32_t i = 0; i < o->n_outputs; i++)
		needed[o->outputs[i]] = 1;
}
