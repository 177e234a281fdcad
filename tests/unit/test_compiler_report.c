// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the report on a compilation
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include <base/bits.h>
#include <compiler/compile.h>
#include <compiler/report.h>
#include <cross/build.h>
#include <fuzz/alloc_fail.h>
#include <program/program.h>

static const struct build_quant q = { 0.05f, 0 };

static struct graph *start(int32_t height, int32_t width, int32_t channels)
{
	return build_start(DTYPE_INT8, &(struct shape){ 4, { 1, height, width, channels } }, q);
}

static uint32_t conv(struct graph *g, enum op_kind kind, uint32_t in, int32_t kernels, int32_t size)
{
	return build_add_conv(g, in, &(struct build_conv){
					     .kind = kind,
					     .kernels = kernels,
					     .kernel_h = size,
					     .kernel_w = size,
					     .weight = { 0.01f, 0 },
					     .out = q,
				     });
}

static void check(struct graph *g, struct compile_report *r)
{
	const struct compile_options o = { .report = r };
	struct program *p = NULL;

	assert_int_equal(compile_graph(g, &o, NULL, &p), 0);
	program_destroy(p);
	graph_destroy(g);
}

/* Perf notes, section 2: published layers whose cycles the vendor's compiler printed. */
static void cycles_are_the_vendors_formula(void **state)
{
	static const struct {
		const char *why;
		enum op_kind kind;
		int32_t size, channels, kernels, window;
		uint64_t cycles;
	} cases[] = {
		{ "6x6 stem at 320x320, here with the stride left out", OP_CONV_2D, 320, 3, 32, 6,
		  102400 * 36 },
		{ "a pointwise layer waits for the MACs", OP_CONV_2D, 14, 512, 512, 1,
		  208 * 16 * 16 },
		{ "few channels wait for the DPU", OP_CONV_2D, 16, 16, 32, 1, 256 * 32 / 8 },
		{ "depthwise", OP_DEPTHWISE_CONV_2D, 16, 128, 128, 3, 256 * 2 * 9 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct graph *g = start(cases[i].size, cases[i].size, cases[i].channels);
		struct compile_report r = { 0 };

		build_output(g, conv(g, cases[i].kind, 0, cases[i].kernels, cases[i].window));
		check(g, &r);
		if (r.ops[0].cycles != cases[i].cycles)
			fail_msg("%s: %llu", cases[i].why, (unsigned long long)r.ops[0].cycles);
		report_fini(&r);
	}
}

static void each_operator_has_its_place_and_a_remedy(void **state)
{
	struct compile_report r = { 0 };
	struct graph *g = start(4, 4, 32);
	uint32_t a = conv(g, OP_CONV_2D, 0, 20, 1);
	uint32_t b = build_add_unary(g, OP_RESHAPE, a, &(struct shape){ 4, { 1, 16, 1, 20 } }, q);

	build_output(g, build_add_unary(g, OP_SOFTMAX, b, &g->tensors[b].shape, q));
	check(g, &r);
	assert_int_equal(r.n_ops, 3);
	assert_int_equal(r.ops[0].where, REPORT_NPU);
	assert_int_equal(r.ops[0].tasks, 1);
	assert_int_equal(r.ops[0].macs, 16 * 32 * 20);
	assert_int_equal(r.ops[0].in_bytes, 16 * 32);
	assert_int_equal(r.ops[0].out_bytes, 16 * 32);
	assert_null(r.ops[0].remedy);
	assert_int_equal(r.ops[1].where, REPORT_FOLDED);
	assert_int_equal(r.ops[1].tasks, 0);
	assert_int_equal(r.ops[2].where, REPORT_CPU);
	assert_non_null(r.ops[2].reason);
	assert_null(r.ops[2].remedy);
	assert_int_equal(r.jobs, 1);
	assert_true(report_share(&r) == 100);
	report_fini(&r);
}

/* 512 of 1536 products are the NPU's: the other layer has two images. */
static void the_share_counts_products(void **state)
{
	struct compile_report r = { 0 };
	struct graph *g = start(1, 1, 16);
	uint32_t a = conv(g, OP_CONV_2D, 0, 32, 1), b = conv(g, OP_CONV_2D, a, 32, 1);

	g->ops[1].u.conv.activation = ACTIVATION_OTHER;
	build_output(g, b);
	check(g, &r);
	assert_int_equal(r.ops[1].where, REPORT_CPU);
	assert_true(report_share(&r) > 33.3 && report_share(&r) < 33.4);
	report_fini(&r);
}

/* Four maps of 4096 bytes in a row: two are needed together. */
static void the_least_memory_is_that_of_the_worst_moment(void **state)
{
	struct compile_report r = { 0 };
	struct graph *g = start(8, 8, 64);
	uint32_t t = 0;

	for (int i = 0; i < 3; i++)
		t = conv(g, OP_CONV_2D, t, 64, 1);
	build_output(g, t);
	check(g, &r);
	assert_int_equal(r.least_bytes, 2 * 4096);
	assert_int_equal(r.activation_bytes, 2 * 4096);
	report_fini(&r);
}

static int report_once(void *arg)
{
	struct compile_report r = { 0 };
	const struct compile_options o = { .report = &r };
	struct program *p = NULL;
	int ret = compile_graph(arg, &o, NULL, &p);

	if (!ret)
		program_destroy(p);
	report_fini(&r);
	return ret;
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
	struct graph *g = start(8, 8, 16);

	build_output(g, conv(g, OP_CONV_2D, 0, 16, 1));
	assert_true(alloc_fail_sweep(report_once, g) > 5);
	graph_destroy(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cycles_are_the_vendors_formula),
		cmocka_unit_test(each_operator_has_its_place_and_a_remedy),
		cmocka_unit_test(the_share_counts_products),
		cmocka_unit_test(the_least_memory_is_that_of_the_worst_moment),
		cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
	};

	return cmocka_run_group_tests_name("compiler_report", tests, NULL, NULL);
}
