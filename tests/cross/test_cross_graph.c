// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random graphs: compiler and model against the exact reading and the reference
 *
 * SEED=N repeats one graph and says what became of its operators; ROUNDS=N runs so many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
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
#include <program/program.h>
#include <ref/ref.h>

#define ROUNDS		1500
#define ROUNDS_QUICK	200	/* under sanitizers */

struct totals {
	unsigned int graphs, ops, on_npu;
	unsigned int of_kind[OP_KINDS], npu_of_kind[OP_KINDS];
	size_t elements, off_by_one;
};

/* Most codes that an operator's exact reading may be from TensorFlow Lite. */
static int tolerance(enum op_kind kind)
{
	switch (kind) {
	case OP_CONV_2D:
	case OP_DEPTHWISE_CONV_2D:
	case OP_TRANSPOSE_CONV:
	case OP_AVERAGE_POOL_2D:
	case OP_MEAN:
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_MAXIMUM:	/* by a table, to the nearest, when one is a number */
	case OP_MINIMUM:
	case OP_QUANTIZE:
	case OP_PRELU:		/* with a slope for each channel no table */
	case OP_CONCATENATION:	/* uint8 inputs may have scales of their own */
		return 1;
	default:
		return 0;
	}
}

/*
 * Each operator on the results of those before it: exactly, or by the reference where it runs
 * there. The exact results must be near the reference's.
 */
static int compute_expected(uint32_t seed, const struct random_graph *m, const struct program *p,
			    void **want, struct totals *sum)
{
	void **ref = agree_values(m->graph, m->input);
	int ret = 0;

	for (uint32_t i = 0; i < m->graph->n_ops && !ret; i++) {
		const struct op *op = &m->graph->ops[i];

		for (uint32_t k = 0; k < op->n_inputs; k++)
			if (want[op->inputs[k]])
				memcpy(ref[op->inputs[k]], want[op->inputs[k]],
				       m->graph->tensors[op->inputs[k]].bytes);
		ret = ref_eval(m->graph, op, ref, NULL);
		if (!ret)
			ret = p->ops[i].reason ? ref_eval(m->graph, op, want, NULL)
					       : exact_eval(m->graph, op, want);
		if (ret)
			print_message("# seed %u: operator %u cannot be computed\n", seed, i);
		for (uint32_t k = 0; k < op->n_outputs && !ret; k++) {
			uint32_t t = op->outputs[k];
			const struct tensor *out = &m->graph->tensors[t];
			size_t first = 0;

			sum->elements += out->bytes;
			if (agree_reference_may_wrap(m->graph, op) ||
			    agree_distance(out, want[t], ref[t], &first, &sum->off_by_one) <=
				    tolerance(op->kind))
				continue;
			print_message("# seed %u: %s\n#   operator %u %s element %zu: exact %d, "
				      "reference %d\n", seed, m->what, i, op->name, first,
				      agree_code(out->type, ((uint8_t *)want[t])[first]),
				      agree_code(out->type, ((uint8_t *)ref[t])[first]));
			ret = -ERANGE;
		}
	}
	agree_values_free(m->graph, ref);

	return ret;
}

static int compare(uint32_t seed, const struct random_graph *m, void **want, void **got)
{
	for (uint32_t i = 0; i < m->graph->n_outputs; i++) {
		uint32_t t = m->graph->outputs[i];
		const struct tensor *out = &m->graph->tensors[t];
		size_t first = 0, ones = 0;

		if (!agree_distance(out, want[t], got[t], &first, &ones))
			continue;
		print_message("# seed %u: %s\n#   tensor %u element %zu: exact %d, NPU %d\n", seed,
			      m->what, t, first, agree_code(out->type, ((uint8_t *)want[t])[first]),
			      agree_code(out->type, ((uint8_t *)got[t])[first]));
		return -ERANGE;
	}

	return 0;
}

static void count(const struct random_graph *m, const struct program *p, struct totals *sum,
		  uint32_t seed, bool verbose)
{
	sum->graphs++;
	sum->ops += p->n_ops;
	for (uint32_t i = 0; i < p->n_ops; i++) {
		sum->on_npu += !p->ops[i].reason;
		sum->of_kind[m->graph->ops[i].kind]++;
		sum->npu_of_kind[m->graph->ops[i].kind] += !p->ops[i].reason;
		if (verbose)
			print_message("# seed %u: operator %u %s: %s\n", seed, i,
				      m->graph->ops[i].name,
				      p->ops[i].reason ? p->ops[i].reason
						       : p->ops[i].folded ? "folded" : "NPU");
	}
}

static int run_seed(uint32_t seed, const struct npu_switches *switches, struct totals *sum,
		    bool one_scale, bool verbose)
{
	const struct run_options options = { .chain = seed % 2, .switches = switches };
	struct random_graph m;
	struct program *p = NULL;
	struct run_report report = { "" };
	void **want, **got;
	int ret;

	random_graph_make(seed, &m);
	if (one_scale && m.per_channel) {
		random_graph_free(&m);
		return 0;
	}
	want = agree_values(m.graph, m.input);
	got = agree_values(m.graph, m.input);
	ret = graph_verify(m.graph, NULL);
	if (!ret)
		ret = compile_graph(m.graph, NULL, NULL, &p);
	if (ret) {
		print_message("# seed %u: %s: does not compile\n", seed, m.what);
		goto out;
	}
	count(&m, p, sum, seed, verbose);
	ret = compute_expected(seed, &m, p, want, sum);
	if (ret)
		goto out;
	ret = run_program(p, got, &options, &report);
	if (ret)
		print_message("# seed %u: %s\n#   %s\n", seed, m.what, report.text);
	else
		ret = compare(seed, &m, want, got);
out:
	program_destroy(p);
	agree_values_free(m.graph, want);
	agree_values_free(m.graph, got);
	random_graph_free(&m);

	return ret;
}

static void random_graphs_agree_with_the_exact_reading(void **state)
{
	bool one = getenv("SEED") != NULL;
	unsigned long first = agree_setting("SEED", 1);
	unsigned long rounds = one ? 1 :
				     agree_setting("ROUNDS",
						   getenv("QUICK") ? ROUNDS_QUICK : ROUNDS);
	struct totals sum = { 0 };
	unsigned int failed = 0;

	print_message("# seeds %lu..%lu\n", first, first + rounds - 1);
	for (unsigned long i = 0; i < rounds; i++)
		failed += run_seed(first + i, NULL, &sum, false, one) != 0;
	print_message("# %u graphs, %u of %u operators on the NPU; %zu elements, %zu off by one "
		      "from the reference\n", sum.graphs, sum.on_npu, sum.ops, sum.elements,
		      sum.off_by_one);
	for (unsigned int k = 0; k < OP_KINDS; k++)
		if (sum.of_kind[k])
			print_message("# %-20s %4u of %4u on the NPU\n", op_kind_name(k),
				      sum.npu_of_kind[k], sum.of_kind[k]);
	assert_int_equal(failed, 0);
	/* The generator is worth its name only if most of what it draws runs there. */
	if (!one)
		assert_true(sum.on_npu * 4 > sum.ops * 3);
}

/* One of the numbers that a model may hold, for one that it may not. */
static void spoil(struct graph *g, uint32_t *s)
{
	static const int32_t odd[] = { 0, 1, -1, 2, 16, 17, 255, INT32_MAX, INT32_MIN };
	uint32_t r = *s = *s * 1664525 + 1013904223;
	struct tensor *t = &g->tensors[(r >> 8) % g->n_tensors];
	struct op *op = &g->ops[(r >> 8) % g->n_ops];
	int32_t value = odd[(r >> 16) % ARRAY_SIZE(odd)];

	switch (r >> 28) {
	case 0:
	case 1:
		t->type = (r >> 4) % (DTYPE_OTHER + 1);
		break;
	case 2:
	case 3:
		t->shape.dim[(r >> 4) % GRAPH_RANK_MAX] = value;
		break;
	case 4:
		t->shape.rank = (r >> 4) % (GRAPH_RANK_MAX + 1);
		break;
	case 5:
		((float *)t->quant.scale)[0] = value / 1e9f;
		break;
	case 6:
		((int32_t *)t->quant.zero_point)[0] = value;
		break;
	case 7:
		t->quant.count = 0;
		break;
	case 8:
	case 9:
		op->inputs[(r >> 4) % op->n_inputs] = (r >> 12) % g->n_tensors;
		break;
	case 10:
		t->data = NULL;
		break;
	case 11:
		op->kind = (r >> 4) % OP_UNKNOWN;
		op->u = (typeof(op->u)){ 0 };
		break;
	default:	/* integers and enumerators only: no reader makes up other booleans */
		if (op->kind <= OP_AVERAGE_POOL_2D && op->kind != OP_FULLY_CONNECTED)
			((int32_t *)&op->u)[(r >> 4) % (sizeof(op->u.pool) / 4)] = value;
	}
}

/* What passes the verifier compiles, or is refused; sanitizers watch. */
static void spoiled_graphs_do_no_harm(void **state)
{
	unsigned int rounds = getenv("QUICK") ? 3000 : 20000, valid = 0, compiled = 0;

	for (unsigned int i = 0; i < rounds; i++) {
		struct random_graph m;
		struct program *p = NULL;
		uint32_t s = i;

		random_graph_make(i, &m);
		for (unsigned int k = 0; k <= i % 3; k++)
			spoil(m.graph, &s);
		if (!graph_verify(m.graph, NULL)) {
			valid++;
			compiled += !compile_graph(m.graph, NULL, NULL, &p);
			program_destroy(p);
		}
		random_graph_free(&m);
	}
	print_message("# %u of %u spoiled graphs are valid, %u compile\n", valid, rounds, compiled);
	assert_true(valid * 10 > rounds);
}

static int run_answer(uint32_t seed, const struct npu_switches *set, bool one_scale, void *opaque)
{
	return run_seed(seed, set, opaque, one_scale, false);
}

static void results_do_not_hang_on_open_questions(void **state)
{
	struct totals sum = { 0 };

	agree_open_questions(getenv("QUICK") ? 10 : 60, run_answer, &sum);
	assert_true(sum.graphs > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_graphs_agree_with_the_exact_reading),
		cmocka_unit_test(spoiled_graphs_do_no_harm),
		cmocka_unit_test(results_do_not_hang_on_open_questions),
	};

	return cmocka_run_group_tests_name("cross_graph", tests, NULL, NULL);
}
