// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the verifier: what operators that cut, turn and resize ask of their tensors
 *
 * Each row is wrong in one way; the message says in which. The first rows of test_graph.c are about
 * the operators that compute.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>

#include "one_op.h"

#define TEXT_BYTES 512
#define SHAPE(...)                                                                                 \
	{                                                                                          \
		.rank = sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t),                      \
		.dim = { __VA_ARGS__ }                                                             \
	}
#define IN8(...) { DTYPE_INT8, SHAPE(__VA_ARGS__) }
/* An int32 constant of one dimension. */
#define CONSTANT(count, ...)                                                                       \
	{                                                                                          \
		DTYPE_INT32, SHAPE(count), .data = (const int32_t[]){ __VA_ARGS__ },               \
					   .constant = true                                        \
	}
#define SLICE .op = { .kind = OP_STRIDED_SLICE }, .n_in = 4
#define DECONV(s)                                                                                  \
	.op = { .kind = OP_TRANSPOSE_CONV,                                                         \
		.u.conv = { PADDING_SAME, ACTIVATION_NONE, s, 1, 1, 1, 1 } },                      \
	.n_in = 3

static const struct {
	const char *message;
	struct one_op op;
} wrong[] = {
	{ "alpha is inf",
	  { .op = { .kind = OP_LEAKY_RELU, .u.leaky_relu.alpha = INFINITY },
	    .n_in = 1,
	    .in = { IN8(1) },
	    .out = IN8(1) } },
	{ "'out' has extent 2 in dimension 0, must be 1",
	  { .op = { .kind = OP_PRELU }, .n_in = 2, .in = { IN8(1), IN8(2) }, .out = IN8(2) } },
	{ "extents 3 and 2 of 'in0' and 'in1' do not broadcast",
	  { .op = { .kind = OP_PRELU }, .n_in = 2, .in = { IN8(3), IN8(2) }, .out = IN8(3) } },
	{ "axis 'in0' has 2 elements, must have 1",
	  { .op = { .kind = OP_SPLIT },
	    .n_in = 2,
	    .in = { CONSTANT(2, 0, 1), IN8(4) },
	    .out = IN8(4) } },
	{ "axis is 1, but 'in1' has 1 dimensions",
	  { .op = { .kind = OP_SPLIT },
	    .n_in = 2,
	    .in = { CONSTANT(1, 1), IN8(4) },
	    .out = IN8(4) } },
	{ "extent 3 of 'in1' is no multiple of 2 outputs",
	  { .op = { .kind = OP_SPLIT },
	    .n_in = 2,
	    .in = { CONSTANT(1, 0), IN8(3) },
	    .out = IN8(1),
	    .n_more = 1,
	    .more = { IN8(2) } } },
	{ "'out1' has extent 1 in dimension 0, must be 2",
	  { .op = { .kind = OP_SPLIT },
	    .n_in = 2,
	    .in = { CONSTANT(1, -1), IN8(4) },
	    .out = IN8(2),
	    .n_more = 1,
	    .more = { IN8(1) } } },
	{ "'in2' has extent 1 in dimension 0, must be 2",
	  { SLICE, .in = { IN8(3, 3), CONSTANT(2, 0, 0), CONSTANT(1, 1), CONSTANT(2, 1, 1) },
	    .out = IN8(1, 1) } },
	{ "'in1' has 2 elements, more than 'in0' has dimensions",
	  { SLICE, .in = { IN8(3), CONSTANT(2, 0, 0), CONSTANT(2, 1, 1), CONSTANT(2, 1, 1) },
	    .out = IN8(1) } },
	{ "stride of dimension 0 is 0",
	  { SLICE, .in = { IN8(3), CONSTANT(1, 0), CONSTANT(1, 1), CONSTANT(1, 0) },
	    .out = IN8(1) } },
	{ "nothing of dimension 0 of 'in0' is taken",
	  { SLICE, .in = { IN8(3), CONSTANT(1, 2), CONSTANT(1, 2), CONSTANT(1, 1) },
	    .out = IN8(1) } },
	{ "nothing of dimension 0 of 'in0' is taken",
	  { .op = { .kind = OP_STRIDED_SLICE, .u.slice.shrink_axis_mask = 1 },
	    .n_in = 4,
	    .in = { IN8(3), CONSTANT(1, 3), CONSTANT(1, 4), CONSTANT(1, 1) },
	    .out = { .type = DTYPE_INT8 } } },
	{ "'out' has extent 3 in dimension 0, must be 2",
	  { SLICE, .in = { IN8(3), CONSTANT(1, 0), CONSTANT(1, INT32_MAX), CONSTANT(1, 2) },
	    .out = IN8(3) } },
	{ "'in1' has 1 elements, but 'in0' has 2 dimensions",
	  { .op = { .kind = OP_TRANSPOSE },
	    .n_in = 2,
	    .in = { IN8(1, 2), CONSTANT(1, 0) },
	    .out = IN8(1, 2) } },
	{ "'in1' puts dimension 1 at 1",
	  { .op = { .kind = OP_TRANSPOSE },
	    .n_in = 2,
	    .in = { IN8(1, 2), CONSTANT(2, 1, 1) },
	    .out = IN8(2, 2) } },
	{ "'in1' puts dimension -1 at 0",
	  { .op = { .kind = OP_TRANSPOSE },
	    .n_in = 2,
	    .in = { IN8(1, 2), CONSTANT(2, -1, 0) },
	    .out = IN8(2, 1) } },
	{ "'out' has extent 1 in dimension 0, must be 2",
	  { .op = { .kind = OP_TRANSPOSE },
	    .n_in = 2,
	    .in = { IN8(1, 2), CONSTANT(2, 1, 0) },
	    .out = IN8(1, 2) } },
	{ "stride_h is 0",
	  { DECONV(0), .in = { CONSTANT(4, 1, 1, 1, 1), IN8(1, 1, 1, 1), IN8(1, 1, 1, 1) },
	    .out = IN8(1, 1, 1, 1) } },
	{ "'in2' has extent 3 in dimension 3, must be 2",
	  { DECONV(1), .in = { CONSTANT(4, 1, 1, 1, 1), IN8(1, 1, 1, 2), IN8(1, 1, 1, 3) },
	    .out = IN8(1, 1, 1, 1) } },
	{ "'out' has extent 2 in dimension 1, must be 3",
	  { DECONV(2), .in = { CONSTANT(4, 1, 3, 1, 1), IN8(1, 1, 1, 1), IN8(1, 1, 1, 1) },
	    .out = IN8(1, 2, 1, 1) } },
	{ "exclude each other",
	  { .op = { .kind = OP_RESIZE_BILINEAR, .u.resize = { true, true } },
	    .n_in = 2,
	    .in = { IN8(1, 1, 1, 1), CONSTANT(2, 1, 1) },
	    .out = IN8(1, 1, 1, 1) } },
	{ "'out' has extent 3 in dimension 2, must be 2",
	  { .op = { .kind = OP_RESIZE_NEAREST_NEIGHBOR },
	    .n_in = 2,
	    .in = { IN8(1, 1, 1, 1), CONSTANT(2, 1, 2) },
	    .out = IN8(1, 1, 3, 1) } },
	{ "'in2' has 2 elements, must have 1",
	  { .op = { .kind = OP_PADV2 },
	    .n_in = 3,
	    .in = { IN8(1),
		    { DTYPE_INT32, SHAPE(1, 2), .data = (const int32_t[]){ 0, 0 },
		      .constant = true },
		    IN8(2) },
	    .out = IN8(1) } },
	{ "padding of dimension 0 is 2, but there are 1 elements to mirror",
	  { .op = { .kind = OP_MIRROR_PAD },
	    .n_in = 2,
	    .in = { IN8(2),
		    { DTYPE_INT32, SHAPE(1, 2), .data = (const int32_t[]){ 0, 2 },
		      .constant = true } },
	    .out = IN8(4) } },
};

static void collect(void *opaque, enum diag_level level, const char *text)
{
	char *all = opaque;
	size_t used = strlen(all);

	snprintf(all + used, TEXT_BYTES - used, "%s\n", text);
}

static void each_kind_of_operator_has_its_own_rules(void **state)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		char text[TEXT_BYTES] = "";
		struct diag d = { .print = collect, .opaque = text };
		struct graph *g = one_op_graph(&wrong[i].op);

		assert_int_equal(graph_verify(g, &d), -EINVAL);
		assert_int_equal(d.errors, 1);
		if (!strstr(text, wrong[i].message))
			fail_msg("wanted '%s', got '%s'", wrong[i].message, text);
		graph_destroy(g);
	}
}

/* Unknown before the model runs: the shapes are taken as they are, and the implementations refuse.
 */
static void computed_parameters_are_not_guessed(void **state)
{
	static const struct one_op rows[] = {
		{ SLICE,
		  .in = { IN8(3),
			  { DTYPE_INT32, SHAPE(1) },
			  { DTYPE_INT32, SHAPE(1) },
			  { DTYPE_INT32, SHAPE(1) } },
		  .out = IN8(2) },
		{ .op = { .kind = OP_TRANSPOSE },
		  .n_in = 2,
		  .in = { IN8(1, 2), { DTYPE_INT32, SHAPE(2) } },
		  .out = IN8(2, 1) },
		{ .op = { .kind = OP_SPLIT },
		  .n_in = 2,
		  .in = { { DTYPE_INT32, SHAPE(1) }, IN8(2) },
		  .out = IN8(2) },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct graph *g = one_op_graph(&rows[i]);

		assert_int_equal(graph_verify(g, &(struct diag){ .print = diag_stderr }), 0);
		graph_destroy(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_operator_has_its_own_rules),
		cmocka_unit_test(computed_parameters_are_not_guessed),
	};

	return cmocka_run_group_tests_name("graph_ops", tests, NULL, NULL);
}
