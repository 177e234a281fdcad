// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The NPU's results against the reference
 *
 * Walks the model's operators with the reference. Where the device holds an operator's output, that
 * output is compared and then taken as input of the next operators: so each operator is judged
 * alone, and a difference does not spread. Operators whose output never is in memory (folded ones)
 * are judged through the next one that has an output. A program numbers its tensors as the model
 * does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <graph/graph.h>
#include <program/program.h>
#include <ref/ref.h>

#include "run.h"

static bool bytes_are_elements(const struct tensor *t)
{
	return t->type == DTYPE_UINT8 || t->type == DTYPE_INT8;
}

static void compare(const struct tensor *t, const uint8_t *got, const uint8_t *want,
		    struct verdict *v)
{
	v->elements = t->bytes;
	for (size_t i = 0; i < t->bytes; i++) {
		int32_t a = t->type == DTYPE_INT8 ? (int8_t)got[i] : got[i];
		int32_t b = t->type == DTYPE_INT8 ? (int8_t)want[i] : want[i];
		uint32_t distance = (uint32_t)abs(a - b);

		if (!distance)
			continue;
		if (!v->differ++) {
			v->first = i;
			v->got = a;
			v->want = b;
		}
		if (distance > v->largest)
			v->largest = distance;
	}
}

static int judge(struct run *r, const struct op *op, uint32_t number, void **values, struct diag *d)
{
	const struct graph *g = r->model.graph;
	const struct program *p = r->model.program;
	int ret = ref_eval(g, op, values, d);

	for (uint32_t i = 0; i < op->n_outputs && !ret; i++) {
		const struct tensor *t = &g->tensors[op->outputs[i]];
		const struct program_feature *f = program_feature_of(p, op->outputs[i]);
		void *got;

		if (!f || p->ops[number].reason || !bytes_are_elements(t))
			continue;
		got = malloc(t->bytes);
		if (!got)
			return diag_error(d, -ENOMEM, "out of memory for tensor '%s'", t->name);
		ret = session_feature(r->session, f, d, got);
		if (!ret) {
			struct verdict *v = &r->verdicts[r->n_verdicts++];

			v->op = number;
			compare(t, got, values[op->outputs[i]], v);
			memcpy(values[op->outputs[i]], got, t->bytes);
		}
		free(got);
	}
	return ret;
}

static int walk(struct run *r, void **values, struct diag *d)
{
	const struct graph *g = r->model.graph;
	uint32_t outputs = 0;

	for (uint32_t i = 0; i < g->n_tensors; i++) {
		if (g->tensors[i].data)
			continue;
		values[i] = calloc(1, g->tensors[i].bytes ? g->tensors[i].bytes : 1);
		if (!values[i])
			return diag_error(d, -ENOMEM, "out of memory for tensor '%s'",
					  g->tensors[i].name);
	}
	for (uint32_t i = 0; i < g->n_inputs; i++)
		memcpy(values[g->inputs[i]],
		       session_tensor(r->session, r->model.program->graph->inputs[i]),
		       g->tensors[g->inputs[i]].bytes);
	for (uint32_t i = 0; i < g->n_ops; i++)
		outputs += g->ops[i].n_outputs;
	r->verdicts = calloc(outputs + 1, sizeof(*r->verdicts));
	if (!r->verdicts)
		return diag_error(d, -ENOMEM, "out of memory for the comparison");
	for (uint32_t i = 0; i < g->n_ops; i++) {
		int ret = judge(r, &g->ops[i], i, values, d);

		if (ret)
			return ret;
	}
	return 0;
}

enum tool_exit run_verify(struct run *r, struct diag *d)
{
	const struct graph *g = r->model.graph;
	void **values = calloc(g->n_tensors + 1, sizeof(*values));
	enum tool_exit code = TOOL_DONE;

	if (!values) {
		diag_error(d, -ENOMEM, "out of memory for the reference");
		return TOOL_FAILED;
	}
	if (walk(r, values, d))
		code = TOOL_FAILED;
	for (uint32_t i = 0; i < r->n_verdicts; i++)
		if (r->verdicts[i].largest > VERIFY_TOLERANCE)
			code = TOOL_FAILED;
	for (uint32_t i = 0; i < g->n_tensors; i++)
		free(values[i]);
	free(values);
	return code;
}
