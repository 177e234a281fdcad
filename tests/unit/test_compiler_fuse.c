// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of operators that vanish into their neighbours
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <base/bits.h>
#include <compiler/compile.h>
#include <cross/build.h>
#include <program/program.h>

#define PIXELS	(6 * 6)

static const struct build_quant q = { 0.05f, 0 };

static struct graph *start(int32_t channels)
{
	return build_start(DTYPE_INT8, &(struct shape){ 4, { 1, 6, 6, channels } }, q);
}

static uint32_t conv(struct graph *g, uint32_t in, int32_t kernels)
{
	return build_add_conv(g, in, &(struct build_conv){
					     .kind = OP_CONV_2D,
					     .kernels = kernels,
					     .weight = { 0.01f, 0 },
					     .out = q,
				     });
}

static uint32_t concat(struct graph *g, const uint32_t *in, uint32_t n, int axis)
{
	struct shape out = g->tensors[in[0]].shape;
	struct op *op;

	for (uint32_t i = 1; i < n; i++)
		out.dim[axis] += g->tensors[in[i]].shape.dim[axis];
	op = build_add_op(g, OP_CONCATENATION, in, n, &out, q);
	op->u.concat.axis = axis;
	return op->outputs[0];
}

static struct program *compile(const struct graph *g)
{
	const struct compile_options keep = { .keep_features = true };
	struct program *p = NULL;

	assert_int_equal(graph_verify(g, NULL), 0);
	assert_int_equal(compile_graph(g, &keep, NULL, &p), 0);
	return p;
}

static uint32_t offset_of(const struct program *p, uint32_t tensor)
{
	assert_non_null(program_feature_of(p, tensor));
	return program_feature_of(p, tensor)->offset;
}

static uint32_t tasks_of(const struct program *p, uint32_t op)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_tasks; i++)
		n += p->tasks[i].op == op;
	return n;
}

static void inputs_of_a_join_are_written_to_their_places(void **state)
{
	struct graph *g = start(16);
	uint32_t in[3];
	uint32_t out;
	struct program *p;

	in[0] = conv(g, 0, 32);
	in[1] = conv(g, 0, 48);
	in[2] = conv(g, 0, 20);
	out = concat(g, in, 3, 3);
	build_output(g, conv(g, out, 16));
	p = compile(g);
	assert_true(p->ops[3].folded);
	assert_int_equal(offset_of(p, in[0]), offset_of(p, out));
	assert_int_equal(offset_of(p, in[1]), offset_of(p, out) + 2 * PIXELS * 16);
	assert_int_equal(offset_of(p, in[2]), offset_of(p, out) + 5 * PIXELS * 16);
	program_destroy(p);
	graph_destroy(g);
}

/* A convolution of 16 channels writes 32: over the next input, which then must come later. */
static void what_would_be_written_over_is_copied(void **state)
{
	static const struct {
		const char *why;
		int first, second;	/* operators, by the order of the inputs */
		uint32_t copies;
	} cases[] = {
		{ "rising order: the second writes over what the first spills", 0, 1, 0 },
		{ "falling order: the first would spill over the second", 1, 0, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct graph *g = start(16);
		uint32_t made[2], in[2];
		struct program *p;

		made[0] = conv(g, 0, 16);
		made[1] = conv(g, 0, 16);
		in[0] = made[cases[i].first];
		in[1] = made[cases[i].second];
		build_output(g, conv(g, concat(g, in, 2, 3), 16));
		p = compile(g);
		if (tasks_of(p, 2) != cases[i].copies)
			fail_msg("%s: %u copies", cases[i].why, tasks_of(p, 2));
		program_destroy(p);
		graph_destroy(g);
	}
}

static void what_cannot_be_written_there_is_copied(void **state)
{
	struct graph *g = start(16);
	uint32_t twice[2], scaled[2], nested[2];
	struct program *p;

	twice[0] = twice[1] = conv(g, 0, 16);
	scaled[0] = concat(g, twice, 2, 3);	/* one tensor in two places */
	scaled[1] = conv(g, 0, 16);
	((float *)g->tensors[scaled[1]].quant.scale)[0] = 0.1f;
	nested[0] = concat(g, scaled, 2, 3);	/* another scale */
	nested[1] = conv(g, 0, 16);
	build_output(g, conv(g, concat(g, nested, 2, 3), 16));
	p = compile(g);
	assert_int_equal(tasks_of(p, 1), 2);
	assert_int_equal(tasks_of(p, 3), 1);
	assert_int_equal(tasks_of(p, 5), 1);	/* parts in it have their places already */
	program_destroy(p);
	graph_destroy(g);
}

static void rows_join_in_any_order(void **state)
{
	struct graph *g = start(16);
	uint32_t in[2];
	uint32_t out;
	struct program *p;

	in[1] = conv(g, 0, 16);
	in[0] = conv(g, 0, 16);
	out = concat(g, in, 2, 1);
	build_output(g, conv(g, out, 16));
	p = compile(g);
	assert_int_equal(tasks_of(p, 2), 0);
	assert_int_equal(offset_of(p, in[0]), offset_of(p, out));
	assert_int_equal(offset_of(p, in[1]), offset_of(p, out) + PIXELS * 16);
	assert_int_equal(program_feature_of(p, in[1])->surface_bytes, 2 * PIXELS * 16);
	program_destroy(p);
	graph_destroy(g);
}

static void parts_are_read_where_they_are(void **state)
{
	static const int32_t axis = 3;
	struct graph *g = start(16);
	uint32_t whole = conv(g, 0, 64), in[2] = { 0, whole };
	const struct shape half = { 4, { 1, 6, 6, 32 } };
	struct program *p;
	struct op *op;

	in[0] = build_ints(g, &(struct shape){ 1, { 1 } }, &axis);
	op = build_add_op(g, OP_SPLIT, in, 2, &half, q);
	build_more_outputs(g, op, 2);
	build_output(g, conv(g, op->outputs[0], 16));
	build_output(g, conv(g, op->outputs[1], 16));
	p = compile(g);
	assert_true(p->ops[1].folded);
	assert_int_equal(offset_of(p, op->outputs[0]), offset_of(p, whole));
	assert_int_equal(offset_of(p, op->outputs[1]), offset_of(p, whole) + 2 * PIXELS * 16);
	program_destroy(p);
	graph_destroy(g);
}

/* A PAD that only a convolution reads is part of it; another is a convolution of its own. */
static void padding_joins_the_convolution_behind_it(void **state)
{
	static const int32_t by[] = { 0, 0, 1, 2, 2, 1, 0, 0 };

	for (int shared = 0; shared < 2; shared++) {
		struct graph *g = start(16);
		uint32_t in[2] = { 0 };
		uint32_t padded;
		struct program *p;

		in[1] = build_ints(g, &(struct shape){ 2, { 4, 2 } }, by);
		padded = build_add_op(g, OP_PAD, in, 2, &(struct shape){ 4, { 1, 9, 9, 16 } },
				      q)->outputs[0];
		build_output(g, build_add_conv(g, padded, &(struct build_conv){
							.kind = OP_CONV_2D,
							.kernels = 8,
							.kernel_h = 3,
							.kernel_w = 3,
							.padding = PADDING_VALID,
							.weight = { 0.01f, 0 },
							.out = q,
						}));
		if (shared)
			build_output(g, padded);
		p = compile(g);
		assert_int_equal(tasks_of(p, 0), shared);
		assert_int_equal(p->ops[0].folded, !shared);
		assert_int_equal(tasks_of(p, 1), 1);
		program_destroy(p);
		graph_destroy(g);
	}
}

static void what_does_no_products_between_cpu_operators_joins_them(void **state)
{
	struct graph *g = start(16);
	uint32_t a = conv(g, 0, 16);
	uint32_t b = build_add_unary(g, OP_SOFTMAX, a, &g->tensors[a].shape,
				     (struct build_quant){ 1 / 256.0f, -128 });
	uint32_t c = build_add_op(g, OP_QUANTIZE, &b, 1, &g->tensors[b].shape, q)->outputs[0];
	uint32_t d = build_add_op(g, OP_LOGISTIC, &c, 1, &g->tensors[c].shape,
				  (struct build_quant){ 1 / 256.0f, -128 })->outputs[0];
	struct program *p;

	build_output(g, d);
	p = compile(g);
	assert_null(p->ops[0].reason);
	assert_non_null(p->ops[2].reason);
	assert_non_null(strstr(p->ops[3].reason, "between CPU operators"));
	program_destroy(p);
	graph_destroy(g);
}

/* Nothing but other names for what the CPU writes and reads: no program could run of it. */
static void a_join_without_any_task_stays_on_the_cpu(void **state)
{
	const struct build_quant out = { 1 / 256.0f, -128 };
	struct graph *g = build_start(DTYPE_INT8, &(struct shape){ 4, { 1, 6, 6, 16 } }, out);
	uint32_t in[2] = { 0 };
	struct program *p;

	in[1] = build_add_unary(g, OP_SOFTMAX, 0, &g->tensors[0].shape, out);
	build_output(g, build_add_op(g, OP_CONCATENATION, in, 2,
				     &(struct shape){ 4, { 1, 6, 6, 32 } }, out)->outputs[0]);
	g->ops[1].u.concat.axis = 3;
	p = compile(g);
	assert_non_null(p->ops[1].reason);
	assert_int_equal(p->n_buffers, 0);
	program_destroy(p);
	graph_destroy(g);
}

/* int8 and uint8 are stored alike, so a conversion between equal scales is none. */
static void a_conversion_between_equal_stored_forms_vanishes(void **state)
{
	struct graph *g = build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, 6, 6, 16 } },
				      (struct build_quant){ 0.05f, 128 });
	uint32_t in = 0, signed_form;
	struct program *p;

	signed_form = build_add_op(g, OP_QUANTIZE, &in, 1, &g->tensors[0].shape, q)->outputs[0];
	g->tensors[signed_form].type = DTYPE_INT8;
	build_output(g, conv(g, signed_form, 16));
	p = compile(g);
	assert_true(p->ops[0].folded);
	assert_int_equal(offset_of(p, 0), offset_of(p, signed_form));
	program_destroy(p);
	graph_destroy(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inputs_of_a_join_are_written_to_their_places),
		cmocka_unit_test(what_would_be_written_over_is_copied),
		cmocka_unit_test(what_cannot_be_written_there_is_copied),
		cmocka_unit_test(rows_join_in_any_order),
		cmocka_unit_test(parts_are_read_where_they_are),
		cmocka_unit_test(padding_joins_the_convolution_behind_it),
		cmocka_unit_test(what_does_no_products_between_cpu_operators_joins_them),
		cmocka_unit_test(a_join_without_any_task_stays_on_the_cpu),
		cmocka_unit_test(a_conversion_between_equal_stored_forms_vanishes),
	};

	return cmocka_run_group_tests_name("compiler_fuse", tests, NULL, NULL);
}
