// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Real models of one operator on the model of the NPU
 *
 * Each single-operator model and edge case whose operators the compiler places, fed with its golden
 * input: every output must equal the exact reading of the guide, and be within 1 of what TensorFlow
 * Lite's reference kernels make of it (they rescale by 31 bits and round twice). Prints a table;
 * models that stay on the CPU are listed with the reason, which must be in the operators page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <base/diag.h>
#include <compiler/compile.h>
#include <cross/exact.h>
#include <cross/golden.h>
#include <cross/page.h>
#include <cross/run_program.h>
#include <program/program.h>

struct totals {
	unsigned int models, refused, failed;
	size_t exact, off_by_one, more;
	size_t wrong;	/* elements that differ from the exact reading */
};

/* Host memory for every tensor; inputs from the case. */
static void **make_values(const struct golden *g)
{
	void **values = calloc(g->graph->n_tensors, sizeof(*values));

	for (uint32_t t = 0; values && t < g->graph->n_tensors; t++) {
		values[t] = calloc(1, g->graph->tensors[t].bytes + 1);
		assert_non_null(values[t]);
	}
	for (uint32_t i = 0; i < g->graph->n_inputs; i++) {
		uint32_t t = g->graph->inputs[i];

		assert_int_equal(g->values[t].bytes, g->graph->tensors[t].bytes);
		memcpy(values[t], g->values[t].data, g->values[t].bytes);
	}

	return values;
}

static void free_values(const struct golden *g, void **values)
{
	for (uint32_t t = 0; t < g->graph->n_tensors; t++)
		free(values[t]);
	free(values);
}

/* Operators in order, each on the exact result of the ones before. */
static void run_exact(const struct golden *g, void **values)
{
	for (uint32_t i = 0; i < g->graph->n_ops; i++) {
		assert_int_equal(exact_eval(g->graph, &g->graph->ops[i], values), 0);
	}
}

static size_t differing(const uint8_t *a, const uint8_t *b, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += a[i] != b[i];
	return n;
}

static void compare(const struct golden *g, void **got, void **exact, uint32_t tasks,
		    struct totals *sum)
{
	for (uint32_t i = 0; i < g->graph->n_outputs; i++) {
		uint32_t t = g->graph->outputs[i];
		const struct tensor *out = &g->graph->tensors[t];
		struct golden_distance d =
			golden_compare(out->type, g->values[t].data, got[t], out->bytes);
		size_t wrong = differing(got[t], exact[t], out->bytes);

		print_message("## %-28s %8zu exact %6zu off by one %3zu more; %zu differ from "
			      "exact; %u tasks\n",
			      g->name, d.exact, d.off_by_one, d.more, wrong, tasks);
		sum->exact += d.exact;
		sum->off_by_one += d.off_by_one;
		sum->more += d.more;
		sum->wrong += wrong;
		sum->failed += d.more || wrong;
	}
}

static void run_case(const char *name, struct totals *sum)
{
	struct diag d = { .print = diag_stderr };
	struct golden *g = NULL;
	struct program *p = NULL;
	struct run_report report;
	const char *reason;
	void **got, **exact;

	assert_int_equal(golden_load(name, &d, &g), 0);
	d.print = NULL;
	if (compile_graph(g->graph, NULL, &d, &p)) {
		print_message("## %-28s refused by the compiler\n", name);
		sum->refused++;
		golden_free(g);
		return;
	}
	reason = page_first_reason(p);
	if (reason) {
		print_message("## %-28s CPU: %s\n", name, reason);
		sum->refused++;
		sum->failed += !page_names_all(p);
	} else {
		got = make_values(g);
		exact = make_values(g);
		sum->models++;
		if (run_program(p, got, NULL, &report)) {
			print_message("## %-28s %s\n", name, report.text);
			sum->failed++;
		} else {
			run_exact(g, exact);
			compare(g, got, exact, p->n_tasks, sum);
		}
		free_values(g, got);
		free_values(g, exact);
	}
	program_destroy(p);
	golden_free(g);
}

/* @least: models that must run on the NPU; each operator that the compiler learns raises it. */
static void run_cases(const char *prefix, unsigned int least)
{
	struct totals sum = { 0 };
	char **names = NULL;
	size_t count = 0;

	if (!golden_models()) {
		print_message("# no ../shared/models: nothing to compare with\n");
		skip();
	}
	assert_int_equal(golden_list(prefix, &names, &count), 0);
	for (size_t i = 0; i < count; i++)
		run_case(names[i], &sum);
	golden_list_free(names, count);
	print_message("## %s: %u on the NPU, %u on the CPU; %zu exact, %zu off by one, %zu more, "
		      "%zu not as the guide\n",
		      prefix, sum.models, sum.refused, sum.exact, sum.off_by_one, sum.more,
		      sum.wrong);
	assert_true(sum.models >= least);
	assert_int_equal(sum.failed, 0);
}

static void layers_are_exact_and_within_one_of_tflite(void **state)
{
	run_cases("layers/", 63);
}

static void edge_cases_are_exact_and_within_one_of_tflite(void **state)
{
	run_cases("edge/", 66);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers_are_exact_and_within_one_of_tflite),
		cmocka_unit_test(edge_cases_are_exact_and_within_one_of_tflite),
	};

	return cmocka_run_group_tests_name("models", tests, NULL, NULL);
}
