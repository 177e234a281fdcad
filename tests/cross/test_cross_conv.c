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
#include <cross/exact.h>
#include <cross/random_conv.h>
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

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

static int code(enum dtype type, uint8_t byte)
{
	return type == DTYPE_UINT8 ? byte : (int8_t)byte;
}

/* Largest difference; where it is first reached goes to @first. */
static int distance(const struct tensor *t, const uint8_t *a, const uint8_t *b, size_t *first,
		    size_t *ones)
{
	int most = 0;

	for (size_t i = 0; i < t->bytes; i++) {
		int difference = abs(code(t->type, a[i]) - code(t->type, b[i]));

		*ones += difference == 1;
		if (difference > most) {
			most = difference;
			*first = i;
		}
	}

	return most;
}

static void **allocate(const struct graph *g)
{
	void **values = calloc(g->n_tensors, sizeof(*values));

	for (uint32_t t = 0; values && t < g->n_tensors; t++)
		if (!g->tensors[t].data)
			values[t] = calloc(1, g->tensors[t].bytes);
	return values;
}

static void release(const struct graph *g, void **values)
{
	for (uint32_t t = 0; t < g->n_tensors; t++)
		free(values[t]);
	free(values);
}

/*
 * Where outputs are finer than products, TensorFlow Lite shifts the 32-bit sum left before it
 * multiplies, and large sums wrap around. The NPU does not, so there is nothing to compare with.
 */
static bool reference_may_wrap(const struct graph *g, const struct op *op)
{
	const struct tensor *in = &g->tensors[op->inputs[0]], *out = &g->tensors[op->outputs[0]];
	const struct quant *w = op->n_inputs > 1 ? &g->tensors[op->inputs[1]].quant : NULL;

	for (uint32_t i = 0; w && i < w->count; i++)
		if ((double)in->quant.scale[0] * w->scale[i] > out->quant.scale[0])
			return true;
	return false;
}

/* Each operator on the exact results of those before it, once exactly and once by the reference. */
static int compute_expected(uint32_t seed, const struct random_model *m, void **exact, void **ref,
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
		if (reference_may_wrap(m->graph, op))
			sum->wraps++;
		else if (distance(out, exact[op->outputs[0]], ref[op->outputs[0]], &first,
				  &sum->off_by_one) > REF_DISTANCE) {
			print_message("# seed %u: %s\n#   operator %u element %zu: exact %d, "
				      "reference %d\n",
				      seed, m->what, i, first,
				      code(out->type, ((uint8_t *)exact[op->outputs[0]])[first]),
				      code(out->type, ((uint8_t *)ref[op->outputs[0]])[first]));
			return -ERANGE;
		}
		memcpy(ref[op->outputs[0]], exact[op->outputs[0]], out->bytes);
		sum->elements += out->bytes;
	}

	return 0;
}

static int compare(uint32_t seed, const struct random_model *m, void **exact, void **got)
{
	uint32_t t = m->graph->outputs[0];
	const struct tensor *out = &m->graph->tensors[t];
	size_t first = 0, ones = 0;

	if (distance(out, exact[t], got[t], &first, &ones) <= EXACT_DISTANCE)
		return 0;
	print_message("# seed %u: %s\n#   element %zu: exact %d, NPU %d\n", seed, m->what, first,
		      code(out->type, ((uint8_t *)exact[t])[first]),
		      code(out->type, ((uint8_t *)got[t])[first]));
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

static void explain(uint32_t seed, const struct random_model *m, const struct program *p)
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
	struct random_model m;
	struct program *p = NULL;
	struct run_report report = { "" };
	void **exact, **ref, **got;
	unsigned int on_cpu = sum->on_cpu;
	int ret;

	random_model_make(seed, &m);
	if (one_scale && m.per_channel) {
		random_model_free(&m);
		return 0;
	}
	exact = allocate(m.graph);
	ref = allocate(m.graph);
	got = allocate(m.graph);
	memcpy(exact[0], m.input, m.graph->tensors[0].bytes);
	memcpy(ref[0], m.input, m.graph->tensors[0].bytes);
	memcpy(got[0], m.input, m.graph->tensors[0].bytes);

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
	release(m.graph, exact);
	release(m.graph, ref);
	release(m.graph, got);
	random_model_free(&m);

	return ret;
}

static void random_convolutions_agree_with_the_exact_reading(void **state)
{
	bool one = getenv("SEED") != NULL;
	unsigned long first = setting("SEED", FIRST_SEED);
	unsigned long rounds = one ? 1 : setting("ROUNDS", getenv("QUICK") ? ROUNDS_QUICK : ROUNDS);
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

/*
 * Points that nobody has measured. All but two must make no difference to our programs, whichever
 * way the silicon decides them. The exact reading puts the output offset before the rounding, and
 * what comes of the other order is not compared. Tables of adders and multipliers are written in
 * the default order of brdma_block; see layout_operand_offset().
 */
static const struct {
	const char *name;
	size_t offset;
	unsigned char values;
} switches[] = {
#define NPU_SWITCH(name, values, def, question) \
	{ #name, offsetof(struct npu_switches, name), values },
	NPU_SWITCHES(NPU_SWITCH)
#undef NPU_SWITCH
};

static void results_do_not_hang_on_open_questions(void **state)
{
	unsigned int rounds = getenv("QUICK") ? 4 : 20, failed = 0, compared = 0;

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		bool tables = !strcmp(switches[i].name, "brdma_block");

		if (!strcmp(switches[i].name, "out_offset_after_round"))
			continue;
		for (unsigned char value = 0; value < switches[i].values; value++) {
			struct npu_switches set = npu_switches_default;
			struct totals sum = { 0 };

			memcpy((char *)&set + switches[i].offset, &value, 1);
			for (unsigned int k = 0; k < rounds; k++)
				failed += run_seed(1000 * i + k, &set, &sum, tables, false) != 0;
			if (failed)
				fail_msg("%s = %u", switches[i].name, value);
			compared += sum.models - sum.on_cpu;
		}
	}
	print_message("# %u models\n", compared);
	assert_true(compared > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_convolutions_agree_with_the_exact_reading),
		cmocka_unit_test(results_do_not_hang_on_open_questions),
	};

	return cmocka_run_group_tests_name("cross_conv", tests, NULL, NULL);
}
