// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the reference's activation functions
 *
 * Operators that stand alone in a model; fused ones are in test_ref_kernels.c.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <base/bits.h>
#include <base/diag.h>
#include <ref/ref.h>

#include "ref_rows.h"

#define LEAKY(slope) .op = { .kind = OP_LEAKY_RELU, .u.leaky_relu.alpha = slope }

static const struct ref_row rows[] = {
	{ "tanh: 128 steps of 0, 0.7616 and -0.9640, and what does not fit",
	  { .op = { .kind = OP_TANH }, .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(4), 1, 0, .data = I8(0, 1, -2, 127) } },
	    .out = { DTYPE_INT8, SHAPE(4), 1.0f / 128, 0 } }, I8(0, 97, -123, 127) },
	{ "relu cuts at the zero point and goes to a finer scale",
	  { .op = { .kind = OP_RELU }, .n_in = 1,
	    .in = { { DTYPE_UINT8, SHAPE(4), 1, 10, .data = U8(5, 10, 15, 255) } },
	    .out = { DTYPE_UINT8, SHAPE(4), 0.5, 20 } }, U8(20, 20, 30, 255) },
	{ "relu6 cuts at 12 steps of a half",
	  { .op = { .kind = OP_RELU6 }, .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(4), 0.5, 0, .data = I8(-4, 5, 12, 13) } },
	    .out = { DTYPE_INT8, SHAPE(4), 0.5, 0 } }, I8(0, 5, 12, 12) },
	{ "relu_n1_to_1 cuts four quarters on both sides of zero",
	  { .op = { .kind = OP_RELU_N1_TO_1 }, .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(4), 0.25, 1, .data = I8(1, -10, 3, 100) } },
	    .out = { DTYPE_INT8, SHAPE(4), 0.25, 1 } }, I8(1, -3, 3, 5) },
	{ "leaky: a quarter below zero, -1.5 becomes -2",
	  { LEAKY(0.25), .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(4), 1, 3, .data = I8(11, -5, -3, 3) } },
	    .out = { DTYPE_INT8, SHAPE(4), 1, 0 } }, I8(8, -2, -2, 0) },
	{ "leaky: a negative slope folds back",
	  { LEAKY(-0.5), .n_in = 1,
	    .in = { { DTYPE_UINT8, SHAPE(3), 1, 100, .data = U8(92, 100, 104) } },
	    .out = { DTYPE_UINT8, SHAPE(3), 1, 1 } }, U8(5, 1, 5) },
	{ "leaky: no slope is relu",
	  { LEAKY(0), .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(3), 1, 0, .data = I8(-128, 0, 7) } },
	    .out = { DTYPE_INT8, SHAPE(3), 1, 0 } }, I8(0, 0, 7) },
	{ "prelu: each channel has a slope, 1 and a half",
	  { .op = { .kind = OP_PRELU }, .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2, 1, 2), 1, 0, .data = I8(-4, -4, 6, 6) },
		    { DTYPE_INT8, SHAPE(2), 0.5, 1, .data = I8(3, 2), .constant = true } },
	    .out = { DTYPE_INT8, SHAPE(2, 1, 2), 1, 0 } }, I8(-4, -2, 6, 6) },
	{ "prelu: both zero points come off, the output's goes on",
	  { .op = { .kind = OP_PRELU }, .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(2), 1, 10, .data = U8(6, 14) },
		    { DTYPE_UINT8, SHAPE(1), 0.25, 100, .data = U8(98), .constant = true } },
	    .out = { DTYPE_UINT8, SHAPE(2), 0.5, 50 } }, U8(54, 58) },
	{ "hard swish: x (x + 3) / 6 between -3 and 3: 1 gives 2/3, -1 gives -1/3",
	  { .op = { .kind = OP_HARD_SWISH }, .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(6), 0.0625, 0, .data = I8(48, -48, 0, 16, -16, 127) } },
	    .out = { DTYPE_INT8, SHAPE(6), 0.0625, 0 } }, I8(48, 0, 0, 11, -5, 127) },
	{ "hard swish: coarse steps saturate its inner numbers",
	  { .op = { .kind = OP_HARD_SWISH }, .n_in = 1,
	    .in = { { DTYPE_UINT8, SHAPE(4), 1, 10, .data = U8(0, 9, 14, 254) } },
	    .out = { DTYPE_UINT8, SHAPE(4), 2, 1 } }, U8(1, 1, 3, 123) },
};

static void functions_match_numbers_worked_out_by_hand(void **state)
{
	ref_rows_check(rows, ARRAY_SIZE(rows));
}

static const struct {
	const char *reason;
	struct one_op op;
} refusals[] = {
	{ "differ in type",
	  { .op = { .kind = OP_TANH }, .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1), 1 } }, .out = { DTYPE_UINT8, SHAPE(1), 1 } } },
	{ "beyond what a multiplier expresses",
	  { LEAKY(-1e30), .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1), 1 } }, .out = { DTYPE_INT8, SHAPE(1), 1 } } },
	{ "more than 128 times",
	  { .op = { .kind = OP_HARD_SWISH }, .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1), 200 } }, .out = { DTYPE_INT8, SHAPE(1), 1 } } },
	{ "16 bits",
	  { .op = { .kind = OP_HARD_SWISH }, .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1), 1e-3 } }, .out = { DTYPE_INT8, SHAPE(1), 1 } } },
	{ "differ in type",
	  { .op = { .kind = OP_PRELU }, .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1), 1 }, { DTYPE_UINT8, SHAPE(1), 1 } },
	    .out = { DTYPE_INT8, SHAPE(1), 1 } } },
};

static void what_has_no_exact_arithmetic_is_refused(void **state)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct graph *g = one_op_graph(&refusals[i].op);
		const char *reason;

		assert_int_equal(graph_verify(g, &(struct diag){ .print = diag_stderr }), 0);
		reason = ref_refuses(g, &g->ops[0]);
		if (!reason || !strstr(reason, refusals[i].reason))
			fail_msg("row %u: refused because %s, not %s", i,
				 reason ? reason : "of nothing", refusals[i].reason);
		assert_int_equal(ref_eval(g, &g->ops[0], (void *[3]){ NULL }, NULL), -ENOTSUP);
		graph_destroy(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_match_numbers_worked_out_by_hand),
		cmocka_unit_test(what_has_no_exact_arithmetic_is_refused),
	};

	return cmocka_run_group_tests_name("ref_functions", tests, NULL, NULL);
}
