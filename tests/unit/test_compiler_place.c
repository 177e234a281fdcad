// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of what runs where, in which order, and in which memory
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>
#include <compiler/compile.h>
#include <cross/build.h>
#include <fuzz/alloc_fail.h>
#include <graph/graph.h>
#include <program/program.h>

static const struct build_quant q = { 0.05f, 128 };

static struct graph *start(int32_t h, int32_t w, int32_t c)
{
	return build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, h, w, c } }, q);
}

static uint32_t conv(struct graph *g, uint32_t in, int32_t kernels, int32_t window)
{
	return build_add_conv(g, in, &(struct build_conv){
		.kind = OP_CONV_2D,
		.kernels = kernels,
		.kernel_h = window,
		.kernel_w = window,
		.weight = q,
		.out = q,
	});
}

static struct program *compile(struct graph *g, const struct compile_options *o)
{
	struct program *p = NULL;

	assert_int_equal(graph_verify(g, NULL), 0);
	assert_int_equal(compile_graph(g, o, NULL, &p), 0);
	return p;
}

/* Steps as text: "pack 0, job 2, unpack 3, host 1". Numbers: tensors, tasks, operators. */
static const char *steps(const struct program *p)
{
	static const char *const kinds[] = { "pack", "job", "unpack", "host" };
	static char text[256];
	size_t n = 0;

	text[0] = 0;
	for (uint32_t i = 0; i < p->n_steps; i++) {
		const struct program_step *s = &p->steps[i];
		uint32_t number = s->kind == PROGRAM_STEP_JOB ? s->count :
				  s->kind == PROGRAM_STEP_HOST ? p->graph->ops[s->first].index :
				  p->features[s->first].tensor;

		n += snprintf(text + n, sizeof(text) - n, "%s%s %u", i ? ", " : "", kinds[s->kind],
			      number);
	}
	return text;
}

static void check_steps(struct graph *g, const char *want)
{
	struct program *p = compile(g, NULL);

	assert_string_equal(steps(p), want);
	program_destroy(p);
	graph_destroy(g);
}

static void npu_operators_in_a_row_are_one_job(void **state)
{
	struct graph *g = start(8, 8, 16);

	build_output(g, conv(g, conv(g, conv(g, 0, 16, 3), 20, 1), 8, 3));
	check_steps(g, "pack 0, job 3, unpack 6");
}

static void a_cpu_operator_between_ends_the_job(void **state)
{
	struct graph *g = start(8, 8, 16);
	uint32_t a = conv(g, 0, 16, 1);
	uint32_t b = build_add_unary(g, OP_SOFTMAX, a, &g->tensors[a].shape, q);

	build_output(g, conv(g, b, 16, 1));
	check_steps(g, "pack 0, job 1, unpack 2, host 1, pack 3, job 1, unpack 5");
}

static void a_cpu_operator_apart_does_not(void **state)
{
	struct graph *g = start(8, 8, 16);
	uint32_t a = conv(g, 0, 16, 1);
	uint32_t b = build_add_unary(g, OP_SOFTMAX, 0, &g->tensors[0].shape, q);

	build_output(g, b);
	build_output(g, conv(g, a, 16, 1));
	check_steps(g, "pack 0, host 1, job 2, unpack 5");
}

static void a_tensor_read_by_both_sides_is_unpacked_and_stays(void **state)
{
	struct graph *g = start(8, 8, 16);
	uint32_t a = conv(g, 0, 16, 1);
	uint32_t b = build_add_unary(g, OP_SOFTMAX, a, &g->tensors[a].shape, q);

	build_output(g, b);
	build_output(g, conv(g, a, 16, 1));
	check_steps(g, "pack 0, job 2, unpack 2, unpack 5, host 1");
}

/* What nothing on the NPU waits for is computed at the end, in the order of the model. */
static void a_cpu_operator_at_the_side_waits_for_the_job(void **state)
{
	struct graph *g = start(8, 8, 16);
	uint32_t a = conv(g, 0, 16, 1);
	uint32_t b = build_add_unary(g, OP_SOFTMAX, a, &g->tensors[a].shape, q);
	uint32_t c = build_add_unary(g, OP_SOFTMAX, b, &g->tensors[b].shape, q);
	uint32_t d = conv(g, a, 16, 1);

	build_output(g, c);
	build_output(g, conv(g, d, 16, 1));
	check_steps(g, "pack 0, job 3, unpack 2, unpack 8, host 1, host 2");
}

static void collect(void *opaque, enum diag_level level, const char *text);

/* NPU, CPU, NPU does not pass in silence. */
static void going_back_and_forth_is_a_warning(void **state)
{
	char text[512] = "";
	struct diag d = { .print = collect, .opaque = text };
	struct graph *g = start(8, 8, 16);
	uint32_t a = conv(g, 0, 16, 1);
	uint32_t b = build_add_unary(g, OP_SOFTMAX, a, &g->tensors[a].shape, q);
	struct program *p = NULL;

	build_output(g, conv(g, b, 16, 1));
	assert_int_equal(compile_graph(g, NULL, &d, &p), 0);
	assert_non_null(strstr(text, "operator 1 SOFTMAX runs on the CPU between operators on the "
				     "NPU, which wait for it"));
	program_destroy(p);
	graph_destroy(g);
}

static void a_pure_reshape_costs_nothing_next_to_the_npu(void **state)
{
	struct graph *g = start(1, 1, 40);
	uint32_t a = conv(g, 0, 24, 1);

	/* Behind an NPU operator. */
	build_output(g, build_add_unary(g, OP_RESHAPE, a, &(struct shape){ 2, { 1, 24 } }, q));
	check_steps(g, "pack 0, job 1, unpack 3");

	/* In front of one. */
	g = build_start(DTYPE_UINT8, &(struct shape){ 2, { 1, 40 } }, q);
	a = build_add_unary(g, OP_RESHAPE, 0, &(struct shape){ 4, { 1, 1, 1, 40 } }, q);
	build_output(g, conv(g, a, 24, 1));
	check_steps(g, "pack 0, job 1, unpack 3");

	/* Two behind each other. */
	g = start(2, 2, 16);
	a = build_add_unary(g, OP_RESHAPE, conv(g, 0, 8, 1), &(struct shape){ 3, { 1, 4, 8 } }, q);
	build_output(g, build_add_unary(g, OP_RESHAPE, a, &(struct shape){ 4, { 1, 4, 1, 8 } }, q));
	check_steps(g, "pack 0, job 1, unpack 4");
}

static void another_reshape_is_a_copy_on_the_cpu(void **state)
{
	struct graph *g = start(2, 2, 16);

	/* Channels mix with pixels. */
	build_output(g,
		     build_add_unary(g, OP_RESHAPE, conv(g, 0, 8, 1),
				     &(struct shape){ 2, { 1, 32 } }, q));
	check_steps(g, "pack 0, job 1, unpack 2, host 1");

	/* No NPU operator near. */
	g = start(1, 1, 16);
	build_output(g, build_add_unary(g, OP_RESHAPE, 0, &(struct shape){ 2, { 1, 16 } }, q));
	check_steps(g, "host 0");

	/* The CPU reads the result as well. */
	g = build_start(DTYPE_UINT8, &(struct shape){ 2, { 1, 16 } }, q);
	build_output(g,
		     build_add_unary(g, OP_RESHAPE, 0, &(struct shape){ 4, { 1, 1, 1, 16 } }, q));
	build_output(g, conv(g, 1, 8, 1));
	check_steps(g, "host 0, pack 1, job 1, unpack 3");
}

static void a_folded_tensor_of_an_earlier_job_is_unpacked_where_it_appears(void **state)
{
	struct graph *g = start(1, 1, 16);
	uint32_t a = conv(g, 0, 16, 1);
	uint32_t b = build_add_unary(g, OP_SOFTMAX, a, &g->tensors[a].shape, q);
	uint32_t c = conv(g, b, 16, 1);

	build_output(g, build_add_unary(g, OP_RESHAPE, a, &(struct shape){ 2, { 1, 16 } }, q));
	build_output(g, c);
	check_steps(g, "pack 0, job 1, unpack 2, host 1, pack 3, unpack 6, job 1, unpack 5");
}

struct range {
	uint64_t from, to;
};

static struct range memory_of(const struct program *p, uint32_t tensor)
{
	const struct program_feature *f = program_feature_of(p, tensor);

	assert_non_null(f);
	return (struct range){ f->offset,
			       (uint64_t)f->offset + (uint64_t)f->surfaces * f->surface_bytes };
}

static bool meet(struct range a, struct range b)
{
	return a.from < b.to && b.from < a.to;
}

static void tensors_needed_together_have_memory_apart(void **state)
{
	struct graph *g = start(16, 16, 32);
	uint32_t a = conv(g, 0, 32, 1), b = conv(g, a, 64, 1), c = conv(g, b, 32, 1),
		 d = conv(g, a, 32, 1);
	struct program *p;

	build_output(g, c);
	build_output(g, d);
	p = compile(g, NULL);
	assert_false(meet(memory_of(p, 0), memory_of(p, a)));
	assert_false(meet(memory_of(p, a), memory_of(p, b)));
	assert_false(meet(memory_of(p, a), memory_of(p, c)));
	assert_false(meet(memory_of(p, b), memory_of(p, c)));
	assert_false(meet(memory_of(p, c), memory_of(p, d)));
	assert_false(meet(memory_of(p, a), memory_of(p, d)));
	program_destroy(p);
	graph_destroy(g);
}

static void a_long_chain_needs_no_more_than_its_widest_pair(void **state)
{
	struct graph *g = start(16, 16, 32);
	uint32_t t = 0, surface = 16 * 16 * 16;
	struct program *p;

	for (int i = 0; i < 8; i++)
		t = conv(g, t, i == 3 ? 96 : 32, 1);
	build_output(g, t);
	p = compile(g, NULL);
	assert_int_equal(p->buffers[PROGRAM_ACTIVATIONS].bytes, (6 + 2) * surface);
	program_destroy(p);
	graph_destroy(g);
}

static void kept_features_never_share_memory(void **state)
{
	const struct compile_options keep = { .keep_features = true };
	struct graph *g = start(16, 16, 32);
	uint32_t t = 0;
	struct program *p;

	for (int i = 0; i < 6; i++)
		t = conv(g, t, 32, 3);
	build_output(g, t);
	p = compile(g, &keep);
	assert_true(p->kept);
	assert_int_equal(p->n_features, 7);
	for (uint32_t i = 0; i < p->n_features; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_false(meet(memory_of(p, p->features[i].tensor),
					  memory_of(p, p->features[k].tensor)));
	program_destroy(p);
	graph_destroy(g);
}

static void folded_tensors_share_the_memory_of_their_root(void **state)
{
	const struct compile_options keep = { .keep_features = true };
	struct graph *g = start(1, 1, 32);
	uint32_t a = conv(g, 0, 32, 1),
		 b = build_add_unary(g, OP_RESHAPE, a, &(struct shape){ 2, { 1, 32 } }, q);
	struct program *p;

	build_output(g, b);
	p = compile(g, &keep);
	assert_int_equal(program_feature_of(p, a)->offset, program_feature_of(p, b)->offset);
	program_destroy(p);
	graph_destroy(g);
}

/* A program with nothing for the NPU has no buffers and no jobs. */
static void cpu_only_places_nothing(void **state)
{
	const struct compile_options cpu = { .cpu_only = true };
	struct graph *g = start(4, 4, 8);
	struct program *p;

	build_output(g, conv(g, conv(g, 0, 8, 3), 8, 1));
	p = compile(g, &cpu);
	assert_string_equal(steps(p), "host 0, host 1");
	assert_int_equal(p->n_buffers, 0);
	assert_string_equal(p->ops[0].reason, "asked to use the CPU only");
	program_destroy(p);
	graph_destroy(g);
}

static void collect(void *opaque, enum diag_level level, const char *text)
{
	strncat(opaque, text, 511 - strlen(opaque));
	strncat(opaque, "\n", 511 - strlen(opaque));
}

static void what_runs_nowhere_is_named_with_its_reason(void **state)
{
	char text[512] = "";
	struct diag d = { .print = collect, .opaque = text };
	struct graph *g = start(4, 4, 8);
	struct program *p = NULL;

	build_output(g, build_add_unary(g, OP_SOFTMAX, conv(g, 0, 8, 3), &g->tensors[0].shape, q));
	g->ops[1].kind = OP_UNKNOWN;
	g->ops[1].name = "FANCY_OP";
	g->ops[1].refused = "nobody wrote it";
	assert_int_equal(compile_graph(g, NULL, &d, &p), -ENOTSUP);
	assert_null(p);
	assert_string_equal(
		text,
		"operator 1 FANCY_OP can run neither on the NPU nor on the CPU: nobody wrote it\n");
	graph_destroy(g);
}

static void check_reason(struct graph *g, const char *part)
{
	struct program *p;

	build_output(g, g->n_tensors - 1);
	p = compile(g, NULL);
	assert_non_null(p->ops[0].reason);
	if (!strstr(p->ops[0].reason, part))
		fail_msg("\"%s\" lacks \"%s\"", p->ops[0].reason, part);
	program_destroy(p);
	graph_destroy(g);
}

static void what_stays_on_the_cpu_has_a_reason(void **state)
{
	static const float scales[] = { 0.1f, 0.2f };
	static const int32_t zeros[] = { 0, 0 };
	struct graph *g = start(4, 4, 8);
	struct tensor *t;

	conv(g, 0, 2, 1);
	t = &g->tensors[1];
	t->quant = (struct quant){ .count = 2, .axis = 0, .scale = scales, .zero_point = zeros };
	check_reason(g, "uint8 weights with a scale for each channel");

	g = start(4, 4, 8);
	conv(g, 0, 2, 1);
	g->tensors[1].type = DTYPE_INT8;
	((int32_t *)g->tensors[1].quant.zero_point)[0] = 0;
	check_reason(g, "different types");

	g = build_start(DTYPE_UINT8, &(struct shape){ 4, { 2, 4, 4, 8 } }, q);
	conv(g, 0, 2, 1);
	g->tensors[g->n_tensors - 1].shape.dim[0] = 2;
	g->tensors[g->n_tensors - 1].bytes *= 2;
	check_reason(g, "batch");

	g = start(6, 6, 8);
	build_add_pool(g, OP_AVERAGE_POOL_2D, 0,
		       &(struct pool_params){ .padding = PADDING_SAME,
					      .stride_h = 1,
					      .stride_w = 1,
					      .filter_h = 3,
					      .filter_w = 3 });
	check_reason(g, "windows leave the input");

	g = start(3, 2100, 8);
	conv(g, 0, 2, 1);
	check_reason(g, "rows wider");

	g = start(4, 4, 8);
	conv(g, 0, 2, 1);
	g->ops[0].u.conv.activation = ACTIVATION_OTHER;
	check_reason(g, "activation");
}

static int compile_once(void *arg)
{
	struct program *p = NULL;
	int ret = compile_graph(arg, NULL, NULL, &p);

	if (!ret)
		program_destroy(p);
	return ret;
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
	struct graph *g = start(20, 20, 16);
	uint32_t a = conv(g, 0, 40, 3);
	uint32_t b = build_add_unary(g, OP_SOFTMAX, a, &g->tensors[a].shape, q);

	build_output(g, conv(g, b, 3000, 1));
	assert_true(alloc_fail_sweep(compile_once, g) > 5);
	graph_destroy(g);
}

static void dumps_name_what_each_pass_found(void **state)
{
	static const struct {
		char letter;
		const char *text;
	} cases[] = {
		{ 'l', "direct 8x8x16 -> 8x8x24, window 3x3" },
		{ 'q', "scale 26214 shift 19 offset 0" },
		{ 't', "task 0: rows 0..7 from 0..7 pad 1, kernels 0..23, entries 2, banks 10+2" },
		{ 's', "step 1: job of operators 0..0" },
		{ 'p', "activations" },
		{ 'e', "step 1: job of operators 0..0, 1 tasks" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = NULL;
		size_t size = 0;
		struct compile_options o = { .dump_pass = cases[i].letter,
					     .dump = open_memstream(&text, &size) };
		struct graph *g = start(8, 8, 16);
		struct program *p;

		build_output(g, conv(g, 0, 24, 3));
		p = compile(g, &o);
		fclose(o.dump);
		if (!strstr(text, cases[i].text))
			fail_msg("-d %c lacks \"%s\":\n%s", cases[i].letter, cases[i].text, text);
		free(text);
		program_destroy(p);
		graph_destroy(g);
	}
}

static void an_unknown_dump_letter_is_an_error(void **state)
{
	const struct compile_options o = { .dump_pass = '?', .dump = stdout };
	struct graph *g = start(8, 8, 16);
	struct program *p = NULL;

	build_output(g, conv(g, 0, 24, 3));
	assert_int_equal(compile_graph(g, &o, NULL, &p), -EINVAL);
	graph_destroy(g);
}

static void a_query_says_what_a_compilation_would(void **state)
{
	struct graph *g = start(4, 4, 16);
	uint32_t a = conv(g, 0, 24, 1);
	uint32_t b = build_add_unary(g, OP_RESHAPE, a, &(struct shape){ 4, { 1, 16, 1, 24 } }, q);
	const char *reasons[3] = { 0 };
	struct program *p;

	build_output(g, build_add_unary(g, OP_SOFTMAX, b, &g->tensors[b].shape, q));
	p = compile(g, NULL);
	assert_int_equal(compile_query(g, NULL, reasons), 0);
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		assert_ptr_equal(reasons[i], p->ops[i].reason);
	assert_null(reasons[0]);
	assert_null(reasons[1]);
	assert_non_null(reasons[2]);
	program_destroy(p);
	graph_destroy(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(npu_operators_in_a_row_are_one_job),
		cmocka_unit_test(a_cpu_operator_between_ends_the_job),
		cmocka_unit_test(a_cpu_operator_apart_does_not),
		cmocka_unit_test(a_tensor_read_by_both_sides_is_unpacked_and_stays),
		cmocka_unit_test(a_cpu_operator_at_the_side_waits_for_the_job),
		cmocka_unit_test(going_back_and_forth_is_a_warning),
		cmocka_unit_test(a_pure_reshape_costs_nothing_next_to_the_npu),
		cmocka_unit_test(another_reshape_is_a_copy_on_the_cpu),
		cmocka_unit_test(a_folded_tensor_of_an_earlier_job_is_unpacked_where_it_appears),
		cmocka_unit_test(tensors_needed_together_have_memory_apart),
		cmocka_unit_test(a_long_chain_needs_no_more_than_its_widest_pair),
		cmocka_unit_test(kept_features_never_share_memory),
		cmocka_unit_test(folded_tensors_share_the_memory_of_their_root),
		cmocka_unit_test(cpu_only_places_nothing),
		cmocka_unit_test(what_runs_nowhere_is_named_with_its_reason),
		cmocka_unit_test(what_stays_on_the_cpu_has_a_reason),
		cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
		cmocka_unit_test(dumps_name_what_each_pass_found),
		cmocka_unit_test(an_unknown_dump_letter_is_an_error),
		cmocka_unit_test(a_query_says_what_a_compilation_would),
	};

	return cmocka_run_group_tests_name("compiler_place", tests, NULL, NULL);
}
