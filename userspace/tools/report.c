// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What rocket-run prints
 *
 * The same facts as text for people and as JSON for scripts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <base/bits.h>
#include <graph/graph.h>
#include <program/program.h>
#include <runtime/device.h>

#include "run.h"

/* How people call the operators; the first sentence of the report counts them by these words. */
static const struct {
	const char *one, *many;
	const char *names[3];
} groups[] = {
	{ "convolution", "convolutions", { "CONV_2D", "DEPTHWISE_CONV_2D" } },
	{ "pooling", "poolings", { "AVERAGE_POOL_2D", "MAX_POOL_2D", "MEAN" } },
	{ "fully connected layer", "fully connected layers", { "FULLY_CONNECTED" } },
	{ "addition", "additions", { "ADD" } },
};

static bool in_group(size_t group, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups[0].names); i++)
		if (groups[group].names[i] && !strcmp(groups[group].names[i], name))
			return true;
	return false;
}

/* "28 of 28 convolutions and the pooling ran on the NPU" */
static void print_where(const struct program *p)
{
	const char *joint = "";

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		uint32_t all = 0, npu = 0;

		for (uint32_t j = 0; j < p->n_ops; j++) {
			if (!in_group(i, p->ops[j].name))
				continue;
			all++;
			npu += !p->ops[j].reason;
		}
		if (!all || (all == 1 && !npu))
			continue;
		if (all == 1)
			printf("%sthe %s", joint, groups[i].one);
		else
			printf("%s%" PRIu32 " of %" PRIu32 " %s", joint, npu, all, groups[i].many);
		joint = " and ";
	}
	puts(*joint ? " ran on the NPU" : "nothing ran on the NPU");
	for (uint32_t j = 0; j < p->n_ops; j++)
		if (p->ops[j].reason)
			printf("on the CPU: operator %" PRIu32 " %s: %s\n", p->ops[j].index,
			       p->ops[j].name, p->ops[j].reason);
}

static void print_best(const struct run *r)
{
	const struct graph *g = r->model.program->graph;
	struct score *best = calloc(r->options.top, sizeof(*best));
	uint32_t n = 0;

	if (best)
		n = run_best(&g->tensors[g->outputs[0]], session_tensor(r->session, g->outputs[0]),
			     best, r->options.top);
	for (uint32_t i = 0; i < n; i++)
		printf("%8.3f  %s%s%" PRIu32 "%s\n", best[i].value,
		       r->labels.n ? r->labels.line[best[i].index] : "class",
		       r->labels.n ? " (" : " ", best[i].index, r->labels.n ? ")" : "");
	free(best);
}

/* What the single steps add up to. */
static void print_outcomes(const struct run *r)
{
	const struct graph *g = r->model.program->graph;

	for (uint32_t i = 0; i < g->n_outputs; i++) {
		const struct tensor *t = &g->tensors[g->outputs[i]];
		const struct outcome *o = &r->outcomes[i];

		printf("verify: output %" PRIu32 " against the reference alone: %" PRIu64
		       " of %" PRIu64 " elements differ", i, o->differ, o->elements);
		if (o->differ)
			printf(" by at most %.6g", o->largest);
		puts(!r->options.top || t->type == DTYPE_FLOAT32 ? "" :
		     o->same_best ? "; the same class is best" : "; another class is best");
	}
}

static void print_verdicts(const struct run *r)
{
	const struct verdict *off = NULL;
	const struct program *p = r->model.program;
	uint64_t elements = 0, differ = 0;
	uint32_t exact = 0;

	for (uint32_t i = 0; i < r->n_verdicts; i++) {
		const struct verdict *v = &r->verdicts[i];

		elements += v->elements;
		differ += v->differ;
		exact += !v->differ;
		off = off ? off : v->differ ? v : NULL;
		printf("verify: %3" PRIu32 " %-20s %8" PRIu64 " elements, %6" PRIu64
		       " differ by at most %" PRIu32,
		       p->ops[v->op].index, p->ops[v->op].name, v->elements, v->differ, v->largest);
		if (v->differ)
			printf(", first %" PRIu64 ": %" PRId32 " not %" PRId32, v->first, v->got,
			       v->want);
		puts(v->largest > VERIFY_TOLERANCE ? "  WRONG" : "");
	}
	printf("verify: %" PRIu32 " of %" PRIu32 " outputs equal the reference; %" PRIu64
	       " of %" PRIu64 " elements differ\n",
	       exact, r->n_verdicts, differ, elements);
	if (off)
		printf("verify: the first that differs is operator %" PRIu32 " %s\n",
		       p->ops[off->op].index, p->ops[off->op].name);
	print_outcomes(r);
}

enum tool_exit run_report(const struct run *r)
{
	printf("device: %s\n", r->device->title);
	print_where(r->model.program);
	printf("compile %.1f ms, run %.1f ms (NPU %.1f, CPU %.1f, layout %.1f)\n",
	       r->model.compile_ms, r->run_ms, (double)r->times.npu_ns / 1e6,
	       (double)r->times.host_ns / 1e6, (double)r->times.layout_ns / 1e6);
	if (r->options.top)
		print_best(r);
	if (r->options.verify)
		print_verdicts(r);
	return fflush(stdout) || ferror(stdout) ? TOOL_FAILED : TOOL_DONE;
}

/* Names and labels come from files in any encoding; JSON is UTF-8. */
static json_t *json_text(const char *text)
{
	json_t *o = json_string(text);
	char *plain;

	if (o)
		return o;
	plain = strdup(text);
	for (char *c = plain; c && *c; c++)
		if ((unsigned char)*c > 0x7f)
			*c = '?';
	o = plain ? json_string(plain) : NULL;
	free(plain);
	return o;
}

static json_t *json_operators(const struct program *p)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < p->n_ops; i++) {
		const struct program_op *op = &p->ops[i];
		json_t *o = json_pack("{s:I, s:o, s:s, s:I}", "index", (json_int_t)op->index,
				      "name", json_text(op->name),
				      "where", op->reason ? "cpu" : "npu",
				      "macs", (json_int_t)op->macs);

		if (op->reason)
			json_object_set_new(o, "reason", json_text(op->reason));
		if (op->folded)
			json_object_set_new(o, "folded", json_true());
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_best(const struct run *r, uint32_t output)
{
	const struct graph *g = r->model.program->graph;
	struct score *best = calloc(r->options.top, sizeof(*best));
	json_t *list = json_array();
	uint32_t n = 0;

	if (best)
		n = run_best(&g->tensors[g->outputs[output]],
			     session_tensor(r->session, g->outputs[output]), best, r->options.top);
	for (uint32_t i = 0; i < n; i++) {
		json_t *o = json_pack("{s:I, s:f}", "index", (json_int_t)best[i].index, "score",
				      best[i].value);

		if (r->labels.n && !output)
			json_object_set_new(o, "label", json_text(r->labels.line[best[i].index]));
		json_array_append_new(list, o);
	}
	free(best);
	return list;
}

static json_t *json_outputs(const struct run *r)
{
	const struct graph *g = r->model.program->graph;
	json_t *list = json_array();

	for (uint32_t i = 0; i < g->n_outputs; i++) {
		const struct tensor *t = &g->tensors[g->outputs[i]];
		json_t *o = json_pack("{s:o, s:s, s:I}", "name", json_text(t->name), "type",
				      dtype_name(t->type), "bytes", (json_int_t)t->bytes);
		json_t *shape = json_array();

		for (unsigned int j = 0; j < t->shape.rank; j++)
			json_array_append_new(shape, json_integer(t->shape.dim[j]));
		json_object_set_new(o, "shape", shape);
		if (r->options.top)
			json_object_set_new(o, "top", json_best(r, i));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_verdicts(const struct run *r)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < r->n_verdicts; i++) {
		const struct verdict *v = &r->verdicts[i];
		const struct program_op *op = &r->model.program->ops[v->op];
		json_t *o = json_pack("{s:I, s:o, s:I, s:I, s:I}", "index", (json_int_t)op->index,
				      "name", json_text(op->name),
				      "elements", (json_int_t)v->elements,
				      "differ", (json_int_t)v->differ,
				      "largest", (json_int_t)v->largest);

		if (v->differ)
			json_object_set_new(o, "first",
					    json_pack("{s:I, s:i, s:i}",
						      "element", (json_int_t)v->first,
						      "got", v->got, "want", v->want));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_outcomes(const struct run *r)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < r->model.program->graph->n_outputs; i++) {
		const struct outcome *o = &r->outcomes[i];

		json_array_append_new(list,
				      json_pack("{s:I, s:I, s:f, s:b}",
						"elements", (json_int_t)o->elements,
						"differ", (json_int_t)o->differ,
						"largest", o->largest,
						"same_best", o->same_best));
	}
	return list;
}

enum tool_exit run_report_json(const struct run *r)
{
	json_t *o = json_pack("{s:s, s:f, s:f, s:f, s:f, s:f, s:o, s:o}",
			      "device", r->device->title, "compile_ms", r->model.compile_ms,
			      "run_ms", r->run_ms, "npu_ms", (double)r->times.npu_ns / 1e6,
			      "cpu_ms", (double)r->times.host_ns / 1e6,
			      "layout_ms", (double)r->times.layout_ns / 1e6,
			      "operators", json_operators(r->model.program),
			      "outputs", json_outputs(r));
	enum tool_exit code = TOOL_FAILED;

	if (o && r->options.verify) {
		json_object_set_new(o, "verify", json_verdicts(r));
		json_object_set_new(o, "verify_outputs", json_outcomes(r));
	}
	if (o && !json_dumpf(o, stdout, JSON_INDENT(2)) && putchar('\n') == '\n' && !fflush(stdout))
		code = TOOL_DONE;
	json_decref(o);
	return code;
}
