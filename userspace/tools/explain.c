// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What rocket-cc --explain prints
 *
 * The compiler's report as text for people and as JSON for scripts.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include <base/bits.h>
#include <compiler/report.h>

#include "explain.h"

static const char name_title[] = "operator";

static const char *const places[] = {
	[REPORT_CPU] = "CPU",
	[REPORT_NPU] = "NPU",
	[REPORT_FOLDED] = "folded",
};

/* What a task waits for: computing and moving overlap. */
static uint64_t op_cycles(const struct report_op *o)
{
	return max_i64(o->cycles, o->memory_cycles);
}

static uint64_t total_cycles(const struct compile_report *r)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < r->n_ops; i++)
		sum += op_cycles(&r->ops[i]);
	return sum;
}

static uint32_t count_npu(const struct compile_report *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_ops; i++)
		n += r->ops[i].where != REPORT_CPU;
	return n;
}

static uint64_t total_macs(const struct compile_report *r)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < r->n_ops; i++)
		sum += r->ops[i].macs;
	return sum;
}

static int widest_name(const struct compile_report *r)
{
	size_t most = strlen(name_title);

	for (uint32_t i = 0; i < r->n_ops; i++)
		most = max_i64(most, strlen(r->ops[i].name));
	return most;
}

static void print_op(const struct report_op *o, int width)
{
	printf("%4" PRIu32 "  %-6s  %-*s %12" PRIu64, o->index, places[o->where], width, o->name,
	       o->macs);
	if (o->where == REPORT_NPU)
		printf(" %6" PRIu32 " %12" PRIu64 " %10" PRIu64, o->tasks,
		       o->in_bytes + o->out_bytes + o->weight_bytes, op_cycles(o));
	if (o->reason)
		printf("  %s", o->reason);
	putchar('\n');
}

static bool told_before(const struct compile_report *r, uint32_t index)
{
	for (uint32_t k = 0; k < index; k++)
		if (r->ops[k].where == REPORT_CPU && r->ops[k].remedy == r->ops[index].remedy &&
		    !strcmp(r->ops[k].name, r->ops[index].name))
			return true;
	return false;
}

/* Each once, although several operators may ask for it. */
static void print_remedies(const struct compile_report *r)
{
	for (uint32_t i = 0; i < r->n_ops; i++) {
		const struct report_op *o = &r->ops[i];

		if (o->where != REPORT_CPU || told_before(r, i))
			continue;
		if (o->remedy)
			printf("%s would run on the NPU with: %s\n", o->name, o->remedy);
		else
			printf("%s runs on the CPU in any form\n", o->name);
	}
}

void explain_text(const struct compile_report *r)
{
	int width = widest_name(r);

	printf("  op  where   %-*s         MACs  tasks  bytes moved     cycles\n", width,
	       name_title);
	for (uint32_t i = 0; i < r->n_ops; i++)
		print_op(&r->ops[i], width);
	print_remedies(r);
	printf("on the NPU: ");
	if (total_macs(r))
		printf("%.1f %% of the MACs, ", report_share(r));
	printf("%" PRIu32 " of %" PRIu32 " operators, in %" PRIu32 " job%s; estimated %.2f ms at "
	       "1 GHz\n", count_npu(r), r->n_ops, r->jobs, r->jobs == 1 ? "" : "s",
	       total_cycles(r) / 1e6);
	printf("memory: activations %" PRIu64 " bytes (at least %" PRIu64 " are needed together), "
	       "constants %" PRIu64 ", streams %" PRIu64 "\n", r->activation_bytes, r->least_bytes,
	       r->const_bytes, r->stream_bytes);
}

static json_t *op_json(const struct report_op *o)
{
	return json_pack("{s:I, s:s, s:s, s:s?, s:s?, s:I, s:I, s:I, s:I, s:I, s:I}", "operator",
			 (json_int_t)o->index, "name", o->name, "where", places[o->where],
			 "reason", o->reason, "remedy", o->remedy, "macs", (json_int_t)o->macs,
			 "tasks", (json_int_t)o->tasks, "in_bytes", (json_int_t)o->in_bytes,
			 "out_bytes", (json_int_t)o->out_bytes, "weight_bytes",
			 (json_int_t)o->weight_bytes, "cycles", (json_int_t)op_cycles(o));
}

int explain_json(const struct compile_report *r)
{
	json_t *ops = json_array(), *all;

	for (uint32_t i = 0; i < r->n_ops; i++)
		json_array_append_new(ops, op_json(&r->ops[i]));
	all = json_pack("{s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "npu_percent_of_macs",
			report_share(r), "npu_operators", (json_int_t)count_npu(r), "jobs",
			(json_int_t)r->jobs, "cycles", (json_int_t)total_cycles(r),
			"activation_bytes", (json_int_t)r->activation_bytes, "least_bytes",
			(json_int_t)r->least_bytes, "const_bytes", (json_int_t)r->const_bytes,
			"stream_bytes", (json_int_t)r->stream_bytes, "operators", ops);
	if (!all)
		return -ENOMEM;
	json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(all);

	return 0;
}
