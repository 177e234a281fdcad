// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the reference's slices, paddings, resizes and transposed convolutions
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
#include <fuzz/alloc_fail.h>
#include <ref/ref.h>

#include "ref_rows.h"

#define SLICE(begin, end, shrink)                                                                  \
	.op = { .kind = OP_STRIDED_SLICE, .u.slice = { begin, end, shrink } }, .n_in = 4
#define RESIZE(what, ...) .op = { .kind = OP_RESIZE_##what, .u.resize = { __VA_ARGS__ } }, .n_in = 2
#define DECONV(pad, sh, sw)                                                                        \
	.op = { .kind = OP_TRANSPOSE_CONV,                                                         \
		.u.conv = { .padding = PADDING_##pad,                                              \
			    .stride_h = sh,                                                        \
			    .stride_w = sw,                                                        \
			    .dilation_h = 1,                                                       \
			    .dilation_w = 1,                                                       \
			    .depth_multiplier = 1 } }
/* An int32 constant of one dimension. */
#define CONSTANT(count, ...)                                                                       \
	{                                                                                          \
		DTYPE_INT32, SHAPE(count), .data = I32(__VA_ARGS__), .constant = true              \
	}

static const struct ref_row picks[] = {
	{ "split along the last dimension, counted from the end",
	  { .op = { .kind = OP_SPLIT },
	    .n_in = 2,
	    .in = { CONSTANT(1, -1),
		    { DTYPE_UINT8, SHAPE(2, 4), 1, 0, .data = U8(1, 2, 3, 4, 5, 6, 7, 8) } },
	    .out = { DTYPE_UINT8, SHAPE(2, 2), 1, 0 },
	    .n_more = 1,
	    .more = { { DTYPE_UINT8, SHAPE(2, 2), 1, 0, .data = U8(3, 4, 7, 8) } } },
	  U8(1, 2, 5, 6) },
	{ "split whole rows of larger elements in three",
	  { .op = { .kind = OP_SPLIT },
	    .n_in = 2,
	    .in = { CONSTANT(1, 0), { DTYPE_INT32, SHAPE(3, 2), .data = I32(1, 2, 3, 4, 5, 6) } },
	    .out = { DTYPE_INT32, SHAPE(1, 2) },
	    .n_more = 2,
	    .more = { { DTYPE_INT32, SHAPE(1, 2), .data = I32(3, 4) },
		      { DTYPE_INT32, SHAPE(1, 2), .data = I32(5, 6) } } },
	  I32(1, 2) },
	{ "every second element",
	  { SLICE(0, 0, 0),
	    .in = { { DTYPE_INT8, SHAPE(6), 1, 0, .data = I8(0, 1, 2, 3, 4, 5) },
		    CONSTANT(1, 1),
		    CONSTANT(1, 9),
		    CONSTANT(1, 2) },
	    .out = { DTYPE_INT8, SHAPE(3), 1, 0 } },
	  I8(1, 3, 5) },
	{ "backwards from the last to before the first",
	  { SLICE(0, 0, 0),
	    .in = { { DTYPE_INT8, SHAPE(6), 1, 0, .data = I8(0, 1, 2, 3, 4, 5) },
		    CONSTANT(1, -1),
		    CONSTANT(1, -7),
		    CONSTANT(1, -2) },
	    .out = { DTYPE_INT8, SHAPE(3), 1, 0 } },
	  I8(5, 3, 1) },
	{ "masks take all of it, backwards",
	  { SLICE(1, 1, 0),
	    .in = { { DTYPE_INT8, SHAPE(4), 1, 0, .data = I8(0, 1, 2, 3) },
		    CONSTANT(1, 2),
		    CONSTANT(1, 2),
		    CONSTANT(1, -1) },
	    .out = { DTYPE_INT8, SHAPE(4), 1, 0 } },
	  I8(3, 2, 1, 0) },
	{ "one row, whose dimension goes; its end does not count",
	  { SLICE(0, 2, 1),
	    .in = { { DTYPE_FLOAT32, SHAPE(2, 3), .data = (const float[]){ 0, 1, 2, 3, 4, 5 } },
		    CONSTANT(2, -1, 1),
		    CONSTANT(2, 0, 0),
		    CONSTANT(2, 1, 1) },
	    .out = { DTYPE_FLOAT32, SHAPE(2) } },
	  (const float[]){ 4, 5 } },
	{ "dimensions that are not named are taken whole",
	  { SLICE(0, 0, 0),
	    .in = { { DTYPE_INT8, SHAPE(3, 2), 1, 0, .data = I8(0, 1, 2, 3, 4, 5) },
		    CONSTANT(1, 1),
		    CONSTANT(1, 2),
		    CONSTANT(1, 1) },
	    .out = { DTYPE_INT8, SHAPE(1, 2), 1, 0 } },
	  I8(2, 3) },
	{ "a matrix on its side",
	  { .op = { .kind = OP_TRANSPOSE },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2, 3), 1, 0, .data = I8(1, 2, 3, 4, 5, 6) },
		    CONSTANT(2, 1, 0) },
	    .out = { DTYPE_INT8, SHAPE(3, 2), 1, 0 } },
	  I8(1, 4, 2, 5, 3, 6) },
	{ "the last dimension comes first",
	  { .op = { .kind = OP_TRANSPOSE },
	    .n_in = 2,
	    .in = { { DTYPE_INT32, SHAPE(1, 2, 2), .data = I32(1, 2, 3, 4) },
		    CONSTANT(3, 2, 0, 1) },
	    .out = { DTYPE_INT32, SHAPE(2, 1, 2) } },
	  I32(1, 3, 2, 4) },
	{ "padding with a number that is not zero",
	  { .op = { .kind = OP_PADV2 },
	    .n_in = 3,
	    .in = { { DTYPE_UINT8, SHAPE(1, 2), 1, 7, .data = U8(1, 2) },
		    { DTYPE_INT32, SHAPE(2, 2), .data = I32(1, 0, 0, 1), .constant = true },
		    { DTYPE_UINT8, SHAPE(1), 1, 7, .data = U8(9), .constant = true } },
	    .out = { DTYPE_UINT8, SHAPE(2, 3), 1, 7 } },
	  U8(9, 9, 9, 1, 2, 9) },
	{ "a mirror at the last element does not repeat it",
	  { .op = { .kind = OP_MIRROR_PAD },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(3), 1, 0, .data = I8(1, 2, 3) },
		    { DTYPE_INT32, SHAPE(1, 2), .data = I32(2, 1), .constant = true } },
	    .out = { DTYPE_INT8, SHAPE(6), 1, 0 } },
	  I8(3, 2, 1, 2, 3, 2) },
	{ "a mirror behind the last element does",
	  { .op = { .kind = OP_MIRROR_PAD, .u.mirror_pad.symmetric = true },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2, 2), 1, 0, .data = I8(1, 2, 3, 4) },
		    { DTYPE_INT32, SHAPE(2, 2), .data = I32(0, 1, 2, 0), .constant = true } },
	    .out = { DTYPE_INT8, SHAPE(3, 4), 1, 0 } },
	  I8(2, 1, 1, 2, 4, 3, 3, 4, 4, 3, 3, 4) },
};

static const struct ref_row resizes[] = {
	{ "nearest: twice as wide",
	  { RESIZE(NEAREST_NEIGHBOR, 0),
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 3, 1), 1, 0, .data = I8(1, 2, 3) },
		    CONSTANT(2, 1, 6) },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 6, 1), 1, 0 } },
	  I8(1, 1, 2, 2, 3, 3) },
	{ "nearest: corners aligned, a half goes up",
	  { RESIZE(NEAREST_NEIGHBOR, .align_corners = true),
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 3, 1), 1, 0, .data = I8(1, 2, 3) },
		    CONSTANT(2, 1, 5) },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 5, 1), 1, 0 } },
	  I8(1, 2, 2, 3, 3) },
	{ "nearest: from the centres of pixels, whole pixels of two channels",
	  { RESIZE(NEAREST_NEIGHBOR, .half_pixel_centers = true),
	    .in = { { DTYPE_INT8, SHAPE(1, 3, 1, 2), 1, 0, .data = I8(1, -1, 2, -2, 3, -3) },
		    CONSTANT(2, 2, 1) },
	    .out = { DTYPE_INT8, SHAPE(1, 2, 1, 2), 1, 0 } },
	  I8(1, -1, 3, -3) },
	{ "bilinear: between two, then the edge",
	  { RESIZE(BILINEAR, 0),
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 2, 1), 1, 0, .data = U8(10, 20) },
		    CONSTANT(2, 1, 4) },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 4, 1), 1, 0 } },
	  U8(10, 15, 20, 20) },
	{ "bilinear: between four",
	  { RESIZE(BILINEAR, .align_corners = true),
	    .in = { { DTYPE_UINT8, SHAPE(1, 2, 2, 1), 1, 0, .data = U8(0, 8, 16, 40) },
		    CONSTANT(2, 3, 3) },
	    .out = { DTYPE_UINT8, SHAPE(1, 3, 3, 1), 1, 0 } },
	  U8(0, 4, 8, 8, 16, 24, 16, 28, 40) },
	{ "bilinear: from the centres of pixels, a half goes up",
	  { RESIZE(BILINEAR, .half_pixel_centers = true),
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 2, 1), 1, 0, .data = U8(10, 20) },
		    CONSTANT(2, 1, 4) },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 4, 1), 1, 0 } },
	  U8(10, 13, 18, 20) },
	{ "bilinear: halves of negative numbers go away from zero",
	  { RESIZE(BILINEAR, 0),
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 2, 1), 1, 0, .data = I8(-10, -21) },
		    CONSTANT(2, 1, 4) },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 4, 1), 1, 0 } },
	  I8(-10, -16, -21, -21) },
};

static const struct ref_row deconvolutions[] = {
	{ "each input spreads over a window, sums where they meet",
	  { DECONV(VALID, 1, 1), .n_in = 3,
	    .in = { CONSTANT(4, 1, 3, 3, 1),
		    { DTYPE_UINT8, SHAPE(1, 2, 2, 1), 1, 10, .data = U8(11, 12, 13, 14) },
		    { DTYPE_UINT8, SHAPE(1, 2, 2, 1), 1, 5, .data = U8(6, 7, 8, 9) } },
	    .out = { DTYPE_UINT8, SHAPE(1, 3, 3, 1), 1, 0 } },
	  U8(1, 4, 4, 6, 20, 16, 9, 24, 16) },
	{ "a stride of two, what runs over the end is dropped",
	  { DECONV(SAME, 1, 2), .n_in = 3,
	    .in = { CONSTANT(4, 1, 1, 4, 1),
		    { DTYPE_INT8, SHAPE(1, 1, 3, 1), 1, 0, .data = I8(1, 2, 4) },
		    { DTYPE_INT8, SHAPE(1, 1, 2, 1), 1, 0, .data = I8(1, 2) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 4, 1), 1, 0 } },
	  I8(1, 2, 6, 4) },
	{ "padding on both sides cuts the first and the last",
	  { DECONV(SAME, 1, 1), .n_in = 3,
	    .in = { CONSTANT(4, 1, 1, 3, 1),
		    { DTYPE_INT8, SHAPE(1, 1, 3, 1), 1, 0, .data = I8(1, 2, 4) },
		    { DTYPE_INT8, SHAPE(1, 1, 3, 1), 1, 0, .data = I8(1, 10, 3) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 3, 1), 1, 0 } },
	  I8(12, 27, 46) },
	{ "each output channel has its scale and bias",
	  { DECONV(VALID, 1, 1), .n_in = 4,
	    .in = { CONSTANT(4, 1, 1, 1, 2),
		    { DTYPE_INT8, SHAPE(2, 1, 1, 1), .channel_scales = (const float[]){ 1, 2 },
		      .data = I8(3, 3) },
		    { DTYPE_INT8, SHAPE(1, 1, 1, 1), 0.5, 1, .data = I8(3) },
		    { DTYPE_INT32, SHAPE(2), .data = I32(4, 0) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 1, 2), 1, -1 } },
	  I8(4, 5) },
};

static void picks_match_numbers_worked_out_by_hand(void **state)
{
	ref_rows_check(picks, ARRAY_SIZE(picks));
}

static void resizes_match_numbers_worked_out_by_hand(void **state)
{
	ref_rows_check(resizes, ARRAY_SIZE(resizes));
}

static void transposed_convolutions_match_numbers_worked_out_by_hand(void **state)
{
	ref_rows_check(deconvolutions, ARRAY_SIZE(deconvolutions));
}

static const struct {
	const char *reason;
	struct one_op op;
} refusals[] = {
	{ "differ in type, scale or zero point",
	  { .op = { .kind = OP_TRANSPOSE },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1), 1 }, CONSTANT(1, 0) },
	    .out = { DTYPE_INT8, SHAPE(1), 2 } } },
	{ "before the model runs",
	  { .op = { .kind = OP_SPLIT },
	    .n_in = 2,
	    .in = { { DTYPE_INT32, SHAPE(1) }, { DTYPE_INT8, SHAPE(1), 1 } },
	    .out = { DTYPE_INT8, SHAPE(1), 1 } } },
	{ "before the model runs",
	  { SLICE(0, 0, 0),
	    .in = { { DTYPE_INT8, SHAPE(1), 1 },
		    CONSTANT(1, 0),
		    CONSTANT(1, 1),
		    { DTYPE_INT32, SHAPE(1) } },
	    .out = { DTYPE_INT8, SHAPE(1), 1 } } },
	{ "neither uint8 nor int8",
	  { RESIZE(BILINEAR, 0), .in = { { DTYPE_FLOAT32, SHAPE(1, 1, 1, 1) }, CONSTANT(2, 1, 1) },
	    .out = { DTYPE_FLOAT32, SHAPE(1, 1, 1, 1) } } },
	{ "padding value",
	  { .op = { .kind = OP_PADV2 },
	    .n_in = 3,
	    .in = { { DTYPE_INT8, SHAPE(1), 1 },
		    { DTYPE_INT32, SHAPE(1, 2), .data = I32(0, 0), .constant = true },
		    { DTYPE_INT8, SHAPE(1), 2 } },
	    .out = { DTYPE_INT8, SHAPE(1), 1 } } },
	{ "zero point",
	  { DECONV(VALID, 1, 1), .n_in = 3,
	    .in = { CONSTANT(4, 1, 1, 1, 1),
		    { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1, 3 },
		    { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1 } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1 } } },
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
		graph_destroy(g);
	}
}

/* @want: allocations of the kernel, each of which may fail */
static void starve(const struct one_op *row, unsigned int want)
{
	struct graph *g = one_op_graph(row);
	void *values[ONE_OP_INPUTS_MAX + 1];
	uint8_t out[REF_OUT_BYTES_MAX];
	size_t live = alloc_fail_live();
	unsigned int failures = 0;

	for (unsigned int k = 0; k < row->n_in; k++)
		values[k] = (void *)row->in[k].data;
	values[row->n_in] = out;
	for (;; failures++) {
		int ret;

		alloc_fail_arm(failures + 1);
		ret = ref_eval(g, &g->ops[0], values, NULL);
		assert_int_equal(ret, alloc_fail_hit() ? -ENOMEM : 0);
		assert_int_equal(alloc_fail_live(), live);
		if (!ret)
			break;
	}
	alloc_fail_arm(0);
	assert_int_equal(failures, want);
	graph_destroy(g);
}

static void out_of_memory_leaks_nothing(void **state)
{
	starve(&deconvolutions[3].op, 4);	/* kernels, one pixel, sums, multipliers */
	starve(&resizes[4].op, 1);		/* columns */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks_match_numbers_worked_out_by_hand),
		cmocka_unit_test(resizes_match_numbers_worked_out_by_hand),
		cmocka_unit_test(transposed_convolutions_match_numbers_worked_out_by_hand),
		cmocka_unit_test(what_has_no_exact_arithmetic_is_refused),
		cmocka_unit_test(out_of_memory_leaks_nothing),
	};

	return cmocka_run_group_tests_name("ref_moves", tests, NULL, NULL);
}
