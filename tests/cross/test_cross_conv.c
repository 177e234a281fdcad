// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random convolutions: compiler and model against the exact reading and the reference
 *
 * SEED=N repeats one model and prints the first difference; ROUNDS=N runs so many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>
#include <compiler/compile.h>
#include <cross/agree.h>
#include <cross/exact.h>
#include <cross/random_graph.h>
#include <cross/run_program.h>
#include <graph/graph.h>
#include <npu/limits.h>
#include <program/program.h>
#include <ref/ref.h>

#define ROUNDS		1200
#define ROUNDS_QUICK	120	/* under sanitizers */
#define FIRST_SEED	1

/* Tolerances, in codes. */
#define EXACT_DISTANCE	0	/* model of the NPU against the exact reading of the guide */
#define REF_DISTANCE                                                                        \
	1 /* exact reading against TensorFlow Lite: 15-bit factor, other ties, one rounding \
	     instead of two */

struct totals {
	unsigned int models, on_cpu, split, operators, tasks;
	unsigned int wraps;	/* operators not compared with the reference */
	size_t elements, off_by_one;
};

static void print_diag(void *opaque, enum diag_level level, const char *text)
{
	print_message("# %s\n", text);
}

/* Each operator on the exact results of those before it, once exactly and once by the reference. */
static int compute_expected(uint32_t seed, const struct random_graph *m, void **exact, void **ref,
			    struct totals *sum)
{
	for (uint32_t i = 0; i < m->graph->n_ops; i++) {
		const struct op *op = &m->graph->ops[i];
		const struct tensor *out = &m->graph->tensors[op->outputs[0]];
		size_t first = 0;

		if (exact_eval(m->graph, op, exact) ||
		    ref_eval(m->graph, op, ref, &(struct diag){ .print = print_diag })) {
			print_message("# seed %u: operator %u cannot be computed\n", seed, i);
			return -EINVAL;
		}
		if (agree_reference_may_wrap(m->graph, op))
			sum->wraps++;
		else if (agree_distance(out, exact[op->outputs[0]], ref[op->outputs[0]], &first,
				  &sum->off_by_one) > REF_DISTANCE) {
			print_message("# seed %u: %s\n#   operator %u element %zu: exact %d, "
				      "reference %d\n",
				      seed, m->what, i, first,
				      agree_code(out->type,
						 ((uint8_t *)exact[op->outputs[0]])[first]),
				      agree_code(out->type,
						 ((uint8_t *)ref[op->outputs[0]])[first]));
			return -ERANGE;
		}
		memcpy(ref[op->outputs[0]], exact[op->outputs[0]], out->bytes);
		sum->elements += out->bytes;
	}

	return 0;
}

static int compare(uint32_t seed, const struct random_graph *m, void **exact, void **got)
{
	uint32_t t = m->graph->outputs[0];
	const struct tensor *out = &m->graph->tensors[t];
	size_t first = 0, ones = 0;

	if (agree_distance(out, exact[t], got[t], &first, &ones) <= EXACT_DISTANCE)
		return 0;
	print_message("# seed %u: %s\n#   element %zu: exact %d, NPU %d\n", seed, m->what, first,
		      agree_code(out->type, ((uint8_t *)exact[t])[first]),
		      agree_code(out->type, ((uint8_t *)got[t])[first]));
	return -ERANGE;
}

static void count(const struct program *p, struct totals *sum)
{
	bool cpu = false;

	sum->models++;
	sum->tasks += p->n_tasks;
	for (uint32_t i = 0; i < p->n_ops; i++) {
		cpu |= p->ops[i].reason != NULL;
		sum->operators += !p->ops[i].reason && !p->ops[i].folded;
	}
	sum->on_cpu += cpu;
	sum->split += p->n_tasks > p->n_ops;
}

static void explain(uint32_t seed, const struct random_graph *m, const struct program *p)
{
	for (uint32_t i = 0; i < p->n_ops; i++)
		if (p->ops[i].reason)
			print_message("# seed %u: %s\n#   operator %u on the CPU: %s\n", seed,
				      m->what, i, p->ops[i].reason);
}

/*
 * Return: 0 when all agree. A model that the compiler leaves to the CPU in part is only counted;
 * @one_scale leaves out those with tables of multipliers.
 */
static int run_seed(uint32_t seed, const struct npu_switches *switches, struct totals *sum,
		    bool one_scale, bool verbose)
{
	const struct run_options options = { .chain = seed % 2, .switches = switches };
	struct random_graph m;
	struct program *p = NULL;
	struct run_report report = { "" };
	void **exact, **ref, **got;
	unsigned int on_cpu = sum->on_cpu;
	int ret;

	random_conv_make(seed, &m);
	if (one_scale && m.per_channel) {
		random_graph_free(&m);
		return 0;
	}
	exact = agree_values(m.graph, m.input);
	ref = agree_values(m.graph, m.input);
	got = agree_values(m.graph, m.input);

	ret = graph_verify(m.graph, NULL);
	if (!ret)
		ret = compile_graph(m.graph, NULL, NULL, &p);
	if (ret) {
		print_message("# seed %u: %s: does not compile\n", seed, m.what);
		goto out;
	}
	count(p, sum);
	if (verbose)
		explain(seed, &m, p);
	if (sum->on_cpu > on_cpu)
		goto out;
	ret = compute_expected(seed, &m, exact, ref, sum);
	if (ret)
		goto out;
	ret = run_program(p, got, &options, &report);
	if (ret)
		print_message("# seed %u: %s\n#   %s\n", seed, m.what, report.text);
	else
		ret = compare(seed, &m, exact, got);
out:
	program_destroy(p);
	agree_values_free(m.graph, exact);
	agree_values_free(m.graph, ref);
	agree_values_free(m.graph, got);
	random_graph_free(&m);

	return ret;
}

static void random_convolutions_agree_with_the_exact_reading(void **state)
{
	bool one = getenv("SEED") != NULL;
	unsigned long first = agree_setting("SEED", FIRST_SEED);
	unsigned long rounds = one ? 1 :
				     agree_setting("ROUNDS",
						   getenv("QUICK") ? ROUNDS_QUICK : ROUNDS);
	struct totals sum = { 0 };
	unsigned int failed = 0;

	print_message("# seeds %lu..%lu\n", first, first + rounds - 1);
	for (unsigned long i = 0; i < rounds; i++)
		failed += run_seed(first + i, NULL, &sum, false, one) != 0;
	print_message(
		"# %u models, %u of them split, %u partly on the CPU; %u operators, %u tasks\n",
		sum.models, sum.split, sum.on_cpu, sum.operators, sum.tasks);
	print_message("# %zu elements, %zu off by one from the reference; %u operators beyond its "
		      "32 bits\n",
		      sum.elements, sum.off_by_one, sum.wraps);
	assert_int_equal(failed, 0);
	if (!one) {
		/*
		 * The generator is worth its name only if most of what it draws runs, and a good
		 * part is split.
		 */
		assert_true(sum.on_cpu * 10 < sum.models);
		assert_true(sum.split * 20 > sum.models);
	}
}

static int run_answer(uint32_t seed, const struct npu_switches *set, bool one_scale, void *opaque)
{
	return run_seed(seed, set, opaque, one_scale, false);
}

static void results_do_not_hang_on_open_questions(void **state)
{
	struct totals sum = { 0 };

	agree_open_questions(getenv("QUICK") ? 4 : 20, run_answer, &sum);
	print_message("# %u models\n", sum.models - sum.on_cpu);
	assert_true(sum.models > sum.on_cpu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_convolutions_agree_with_the_exact_reading),
		cmocka_unit_test(results_do_not_hang_on_open_questions),
	};

	return cmocka_run_group_tests_name("cross_conv", tests, NULL, NULL);
}
