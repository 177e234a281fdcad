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
 *
 * Then the reference computes the model alone, and its outputs are put beside those of the device.
 */
#include <errno.h>
#include <math.h>
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

static void free_values(const struct graph *g, void **values)
{
	for (uint32_t i = 0; values && i < g->n_tensors; i++)
		free(values[i]);
	free(values);
}

/* One buffer per tensor that is no constant; inputs are filled in. */
static void **make_values(const struct run *r, struct diag *d)
{
	const struct graph *g = r->model.graph;
	void **values = calloc(g->n_tensors + 1, sizeof(*values));
	bool complete = values;

	for (uint32_t i = 0; complete && i < g->n_tensors; i++) {
		if (g->tensors[i].data)
			continue;
		values[i] = calloc(1, g->tensors[i].bytes ? g->tensors[i].bytes : 1);
		complete = values[i];
	}
	for (uint32_t i = 0; complete && i < g->n_inputs; i++)
		memcpy(values[g->inputs[i]],
		       session_tensor(r->session, r->model.program->graph->inputs[i]),
		       g->tensors[g->inputs[i]].bytes);
	if (complete)
		return values;
	free_values(g, values);
	diag_error(d, -ENOMEM, "out of memory for the reference");
	return NULL;
}

static int judge_all(struct run *r, void **values, struct diag *d)
{
	const struct graph *g = r->model.graph;
	uint32_t outputs = 0;
	int ret = 0;

	for (uint32_t i = 0; i < g->n_ops; i++)
		outputs += g->ops[i].n_outputs;
	r->verdicts = calloc(outputs + 1, sizeof(*r->verdicts));
	if (!r->verdicts)
		return diag_error(d, -ENOMEM, "out of memory for the comparison");
	for (uint32_t i = 0; i < g->n_ops && !ret; i++)
		ret = judge(r, &g->ops[i], i, values, d);
	return ret;
}

static void compare_floats(const float *got, const float *want, struct outcome *o)
{
	for (uint64_t i = 0; i < o->elements; i++) {
		o->differ += got[i] != want[i];
		o->largest = fmax(o->largest, fabs((double)got[i] - want[i]));
	}
}

static void compare_output(const struct tensor *t, const void *got, const void *want,
			   struct outcome *o)
{
	struct score a, b;

	o->elements = shape_elements(&t->shape);
	if (bytes_are_elements(t)) {
		struct verdict v = { 0 };

		compare(t, got, want, &v);
		o->differ = v.differ;
		o->largest = v.largest;
	} else if (t->type == DTYPE_FLOAT32) {
		compare_floats(got, want, o);
	} else {
		o->differ = memcmp(got, want, t->bytes) ? o->elements : 0;
	}
	o->same_best = run_best(t, got, &a, 1) && run_best(t, want, &b, 1) && a.index == b.index;
}

/* The outputs beside those of the reference alone. */
static int compare_whole(struct run *r, void **values, struct diag *d)
{
	const struct graph *g = r->model.graph, *own = r->model.program->graph;
	int ret = 0;

	r->outcomes = calloc(g->n_outputs + 1, sizeof(*r->outcomes));
	if (!r->outcomes)
		return diag_error(d, -ENOMEM, "out of memory for the comparison");
	for (uint32_t i = 0; i < g->n_ops && !ret; i++)
		ret = ref_eval(g, &g->ops[i], values, d);
	for (uint32_t i = 0; i < g->n_outputs && !ret; i++)
		compare_output(&g->tensors[g->outputs[i]],
			       session_tensor(r->session, own->outputs[i]), values[g->outputs[i]],
			       &r->outcomes[i]);
	return ret;
}

static int with_values(struct run *r, struct diag *d,
		       int (*work)(struct run *r, void **values, struct diag *d))
{
	void **values = make_values(r, d);
	int ret = values ? work(r, values, d) : -ENOMEM;

	free_values(r->model.graph, values);
	return ret;
}

enum tool_exit run_verify(struct run *r, struct diag *d)
{
	if (with_values(r, d, judge_all) || with_values(r, d, compare_whole))
		return TOOL_FAILED;
	for (uint32_t i = 0; i < r->n_verdicts; i++)
		if (r->verdicts[i].largest > VERIFY_TOLERANCE)
			return TOOL_FAILED;
	return TOOL_DONE;
}
