// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the reference's kernels
 *
 * Outputs worked out by hand: scales are powers of two, so that the arithmetic is exact but where a
 * row says otherwise.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/bits.h>
#include <base/diag.h>
#include <fuzz/alloc_fail.h>
#include <ref/ref.h>

#include "ref_rows.h"

#define CONV(pad, sh, sw, dw, ...)                                                                 \
	.op = { .kind = OP_CONV_2D,                                                                \
		.u.conv = { .padding = PADDING_##pad,                                              \
			    .stride_h = sh,                                                        \
			    .stride_w = sw,                                                        \
			    .dilation_h = 1,                                                       \
			    .dilation_w = dw,                                                      \
			    .depth_multiplier = 1,                                                 \
			    __VA_ARGS__ } }
#define DEPTHWISE(pad, multiplier)                                                                 \
	.op = { .kind = OP_DEPTHWISE_CONV_2D,                                                      \
		.u.conv = { .padding = PADDING_##pad,                                              \
			    .stride_h = 1,                                                         \
			    .stride_w = 1,                                                         \
			    .dilation_h = 1,                                                       \
			    .dilation_w = 1,                                                       \
			    .depth_multiplier = multiplier } }
#define POOL(what, pad, fh, fw, stride, ...)                                                       \
	.op = { .kind = OP_##what,                                                                 \
		.u.pool = { .padding = PADDING_##pad,                                              \
			    .filter_h = fh,                                                        \
			    .filter_w = fw,                                                        \
			    .stride_h = stride,                                                    \
			    .stride_w = stride,                                                    \
			    __VA_ARGS__ } }

static const struct ref_row convolutions[] = {
	{ "zero points are taken off, bias added: ((10-5)(3-1) + (20-5)(4-1) + 5) / 4 + 7",
	  { CONV(VALID, 1, 1, 1), .n_in = 3,
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 1, 2), 0.5, 5, .data = U8(10, 20) },
		    { DTYPE_UINT8, SHAPE(1, 1, 1, 2), 0.5, 1, .data = U8(3, 4), .constant = true },
		    { DTYPE_INT32, SHAPE(1), 0.25, 0, .data = I32(5), .constant = true } },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 1, 1), 1, 7 } },
	  U8(22) },
	{ "padding counts as real zero, one row on each side",
	  { CONV(SAME, 2, 2, 1), .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(1, 3, 3, 1), 1, 3,
		      .data = U8(4, 5, 6, 7, 8, 9, 10, 11, 12) },
		    { DTYPE_UINT8, SHAPE(1, 3, 3, 1), 1, 0,
		      .data = U8(1, 1, 1, 1, 1, 1, 1, 1, 1) } },
	    .out = { DTYPE_UINT8, SHAPE(1, 2, 2, 1), 1, 1 } },
	  U8(13, 17, 25, 29) },
	{ "an odd column of padding goes behind",
	  { CONV(SAME, 1, 2, 1), .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 4, 1), 1, 0, .data = U8(1, 2, 3, 4) },
		    { DTYPE_UINT8, SHAPE(1, 1, 3, 1), 1, 0, .data = U8(1, 1, 1) } },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 2, 1), 1, 0 } },
	  U8(6, 7) },
	{ "dilated taps lie two apart",
	  { CONV(VALID, 1, 1, 2), .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 5, 1), 1, 0, .data = U8(1, 2, 3, 4, 5) },
		    { DTYPE_UINT8, SHAPE(1, 1, 2, 1), 1, 0, .data = U8(1, 1) } },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 3, 1), 1, 0 } },
	  U8(4, 6, 8) },
	{ "relu6 cuts at the zero point and at 6 / scale above it",
	  { CONV(VALID, 1, 1, 1, .activation = ACTIVATION_RELU6), .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 3, 1), 1, 0, .data = I8(-1, 2, 50) },
		    { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1, 0, .data = I8(1) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 3, 1), 0.5, -2 } },
	  I8(-2, 2, 10) },
	{ "each output channel has its scale",
	  { CONV(VALID, 1, 1, 1), .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1, 0, .data = I8(4) },
		    { DTYPE_INT8, SHAPE(2, 1, 1, 1), .channel_scales = (const float[]){ 0.5, 2 },
		      .data = I8(1, 1) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 1, 2), 1, -1 } },
	  I8(1, 7) },
	{ "kernels of one channel on two make two groups",
	  { CONV(VALID, 1, 1, 1), .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 2, 2), 1, 0, .data = U8(2, 3, 4, 5) },
		    { DTYPE_UINT8, SHAPE(2, 1, 1, 1), 1, 0, .data = U8(10, 20) } },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 2, 2), 1, 0 } },
	  U8(20, 60, 40, 100) },
	{ "a batch of two",
	  { CONV(VALID, 1, 1, 1), .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(2, 1, 1, 2), 1, 0, .data = U8(1, 2, 3, 4) },
		    { DTYPE_UINT8, SHAPE(1, 1, 1, 2), 1, 0, .data = U8(1, 10) } },
	    .out = { DTYPE_UINT8, SHAPE(2, 1, 1, 1), 1, 0 } },
	  U8(21, 43) },
	{ "depthwise: an input channel feeds neighbouring outputs, the last saturates",
	  { DEPTHWISE(VALID, 2), .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 1, 2), 1, 0, .data = U8(2, 3) },
		    { DTYPE_UINT8, SHAPE(1, 1, 1, 4), 1, 0, .data = U8(1, 10, 40, 100) } },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 1, 4), 1, 0 } },
	  U8(2, 20, 120, 255) },
	{ "depthwise: scales along the last dimension, padding is nothing",
	  { DEPTHWISE(SAME, 1), .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 2, 2), 1, 1, .data = I8(2, 3, 4, 5) },
		    { DTYPE_INT8, SHAPE(1, 1, 3, 2), .channel_scales = (const float[]){ 1, 2 },
		      .axis = 3, .data = I8(1, 1, 1, 1, 1, 1) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 2, 2), 1, 0 } },
	  I8(4, 12, 4, 12) },
	{ "fully connected: rows of the weights' length, whatever the shape",
	  { .op = { .kind = OP_FULLY_CONNECTED },
	    .n_in = 3,
	    .in = { { DTYPE_UINT8, SHAPE(1, 2, 2), 1, 0, .data = U8(1, 2, 3, 4) },
		    { DTYPE_UINT8, SHAPE(2, 2), 1, 1, .data = U8(2, 1, 1, 11) },
		    { DTYPE_INT32, SHAPE(2), 1, 0, .data = I32(100, -5), .constant = true } },
	    .out = { DTYPE_UINT8, SHAPE(2, 2), 1, 0 } },
	  U8(101, 15, 103, 35) },
};

static const struct ref_row pools[] = {
	{ "an average divides by the elements inside, and rounds up",
	  { POOL(AVERAGE_POOL_2D, SAME, 1, 2, 1), .n_in = 1,
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 3, 1), 1, 9, .data = U8(1, 2, 4) } },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 3, 1), 1, 9 } },
	  U8(2, 3, 4) },
	{ "negative ties go away from zero",
	  { POOL(AVERAGE_POOL_2D, VALID, 1, 2, 1), .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 2, 2), 1, 0, .data = I8(-1, 4, -2, -3) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 1, 2), 1, 0 } },
	  I8(-2, 1) },
	{ "a maximum ignores padding, below zero too",
	  { POOL(MAX_POOL_2D, SAME, 2, 2, 2), .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1, 3, 3, 1), 1, 0,
		      .data = I8(-9, -8, -7, -6, -5, -4, -3, -2, -1) } },
	    .out = { DTYPE_INT8, SHAPE(1, 2, 2, 1), 1, 0 } },
	  I8(-5, -4, -2, -1) },
	{ "relu after a maximum",
	  { POOL(MAX_POOL_2D, SAME, 1, 1, 1, .activation = ACTIVATION_RELU), .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 2, 1), 1, 3, .data = I8(-9, 8) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 2, 1), 1, 3 } },
	  I8(3, 8) },
	{ "a mean over rows and columns, with a scale of its own",
	  { .op = { .kind = OP_MEAN },
	    .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(1, 2, 2, 2), 1, 1, .data = U8(2, 3, 4, 5, 6, 7, 8, 9) },
		    { DTYPE_INT32, SHAPE(2), .data = I32(1, -2), .constant = true } },
	    .out = { DTYPE_UINT8, SHAPE(1, 2), 0.5, 10 } },
	  U8(18, 20) },
};

static const struct ref_row elementwise[] = {
	{ "a sum of two scales: (3 + 4/2) * 2 + 1",
	  { .op = { .kind = OP_ADD },
	    .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(1), 1, 10, .data = U8(13) },
		    { DTYPE_UINT8, SHAPE(1), 0.5, 0, .data = U8(4) } },
	    .out = { DTYPE_UINT8, SHAPE(1), 0.5, 1 } },
	  U8(11) },
	{ "a channel vector meets every row",
	  { .op = { .kind = OP_ADD, .u.eltwise.activation = ACTIVATION_RELU },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2, 1, 2), 1, 0, .data = I8(1, 2, 3, -40) },
		    { DTYPE_INT8, SHAPE(2), 1, 0, .data = I8(10, 20) } },
	    .out = { DTYPE_INT8, SHAPE(2, 1, 2), 1, 0 } },
	  I8(11, 22, 13, 0) },
	{ "column meets row",
	  { .op = { .kind = OP_ADD },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2, 1), 1, 0, .data = I8(1, 2) },
		    { DTYPE_INT8, SHAPE(1, 3), 1, 0, .data = I8(10, 20, 30) } },
	    .out = { DTYPE_INT8, SHAPE(2, 3), 1, 0 } },
	  I8(11, 21, 31, 12, 22, 32) },
	{ "a difference may be negative",
	  { .op = { .kind = OP_SUB },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2), 1, 0, .data = I8(1, 50) },
		    { DTYPE_INT8, SHAPE(2), 2, 0, .data = I8(10, 5) } },
	    .out = { DTYPE_INT8, SHAPE(2), 1, 0 } },
	  I8(-19, 40) },
	{ "a product takes off both zero points: (7-2)(9-1)/4 - 3",
	  { .op = { .kind = OP_MUL },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1), 0.5, 2, .data = I8(7) },
		    { DTYPE_INT8, SHAPE(1), 0.5, 1, .data = I8(9) } },
	    .out = { DTYPE_INT8, SHAPE(1), 1, -3 } },
	  I8(7) },
	{ "maximum against one number",
	  { .op = { .kind = OP_MAXIMUM },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(3), 1, 0, .data = I8(-5, 0, 5) },
		    { DTYPE_INT8, SHAPE(1), 1, 0, .data = I8(-1) } },
	    .out = { DTYPE_INT8, SHAPE(3), 1, 0 } },
	  I8(-1, 0, 5) },
	{ "minimum of unsigned numbers",
	  { .op = { .kind = OP_MINIMUM },
	    .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(2), 1, 0, .data = U8(200, 3) },
		    { DTYPE_UINT8, SHAPE(2), 1, 0, .data = U8(100, 4) } },
	    .out = { DTYPE_UINT8, SHAPE(2), 1, 0 } },
	  U8(100, 3) },
	{ "softmax: two equal ones share, 256 does not fit",
	  { .op = { .kind = OP_SOFTMAX, .u.softmax.beta = 1 },
	    .n_in = 1,
	    .in = { { DTYPE_UINT8, SHAPE(2, 2), 1, 0, .data = U8(7, 7, 0, 100) } },
	    .out = { DTYPE_UINT8, SHAPE(2, 2), 1.0f / 256, 0 } },
	  U8(128, 128, 0, 255) },
	{ "softmax: three share, below -128 there is nothing",
	  { .op = { .kind = OP_SOFTMAX, .u.softmax.beta = 1 },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1, 4), 1, 5, .data = I8(9, 9, 9, -120) } },
	    .out = { DTYPE_INT8, SHAPE(1, 4), 1.0f / 256, -128 } },
	  I8(-43, -43, -43, -128) },
	{ "logistic: a half at zero, saturated far out, 1 / (1 + exp(-2)) = 0.8808 between",
	  { .op = { .kind = OP_LOGISTIC },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(4), 1, 0, .data = I8(0, 127, -128, 2) } },
	    .out = { DTYPE_INT8, SHAPE(4), 1.0f / 256, -128 } },
	  I8(0, 127, -128, 97) },
};

static const struct ref_row moves[] = {
	{ "concatenation along rows interleaves, uint8 may be rescaled",
	  { .op = { .kind = OP_CONCATENATION, .u.concat.axis = 1 },
	    .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(2, 1), 1, 0, .data = U8(1, 2) },
		    { DTYPE_UINT8, SHAPE(2, 2), 2, 1, .data = U8(1, 2, 3, 200) } },
	    .out = { DTYPE_UINT8, SHAPE(2, 3), 1, 0 } },
	  U8(1, 0, 2, 2, 4, 255) },
	{ "padding is the zero point",
	  { .op = { .kind = OP_PAD },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 2), 1, -7, .data = I8(1, 2) },
		    { DTYPE_INT32, SHAPE(2, 2), .data = I32(1, 0, 0, 2), .constant = true } },
	    .out = { DTYPE_INT8, SHAPE(2, 4), 1, -7 } },
	  I8(-7, -7, -7, -7, 1, 2, -7, -7) },
	{ "a reshape moves nothing",
	  { .op = { .kind = OP_RESHAPE },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1, 2, 2), 1, 0, .data = I8(1, 2, 3, 4) } },
	    .out = { DTYPE_INT8, SHAPE(4), 1, 0 } },
	  I8(1, 2, 3, 4) },
	{ "uint8 to int8 of the same scale flips the top bit",
	  { .op = { .kind = OP_QUANTIZE },
	    .n_in = 1,
	    .in = { { DTYPE_UINT8, SHAPE(3), 0.1, 128, .data = U8(0, 128, 255) } },
	    .out = { DTYPE_INT8, SHAPE(3), 0.1, 0 } },
	  I8(-128, 0, 127) },
	{ "to a coarser scale",
	  { .op = { .kind = OP_QUANTIZE },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(3), 0.25, 0, .data = I8(-100, 3, 127) } },
	    .out = { DTYPE_UINT8, SHAPE(3), 0.5, 20 } },
	  U8(0, 22, 84) },
	{ "back to reals, which are compared by their bits",
	  { .op = { .kind = OP_DEQUANTIZE },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(4), 0.1, -5, .data = I8(-128, -5, -4, 127) } },
	    .out = { DTYPE_FLOAT32, SHAPE(4) } },
	  (const float[]){ 0.1f * -123, 0, 0.1f, 0.1f * 132 } },
	{ "16 bits to reals",
	  { .op = { .kind = OP_DEQUANTIZE },
	    .n_in = 1,
	    .in = { { DTYPE_INT16, SHAPE(2), 0.5, 0, .data = (const int16_t[]){ INT16_MIN, 3 } } },
	    .out = { DTYPE_FLOAT32, SHAPE(2) } },
	  (const float[]){ -16384, 1.5f } },
	{ "floats round away from zero and saturate",
	  { .op = { .kind = OP_QUANTIZE },
	    .n_in = 1,
	    .in = { { DTYPE_FLOAT32, SHAPE(4),
		      .data = (const float[]){ 2.5, -2.5, 1e30, -1e30 } } },
	    .out = { DTYPE_INT8, SHAPE(4), 1, 1 } },
	  I8(4, -2, 127, -128) },
};

static void convolutions_match_numbers_worked_out_by_hand(void **state)
{
	ref_rows_check(convolutions, ARRAY_SIZE(convolutions));
}

static void pools_match_numbers_worked_out_by_hand(void **state)
{
	ref_rows_check(pools, ARRAY_SIZE(pools));
}

static void elementwise_operators_match_numbers_worked_out_by_hand(void **state)
{
	ref_rows_check(elementwise, ARRAY_SIZE(elementwise));
}

static void moves_match_numbers_worked_out_by_hand(void **state)
{
	ref_rows_check(moves, ARRAY_SIZE(moves));
}

static const struct {
	const char *reason;
	struct one_op op;
} refusals[] = {
	{ "neither uint8 nor int8",
	  { CONV(VALID, 1, 1, 1), .n_in = 2,
	    .in = { { DTYPE_INT16, SHAPE(1, 1, 1, 1), 1 }, { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1 } },
	    .out = { DTYPE_INT16, SHAPE(1, 1, 1, 1), 1 } } },
	{ "differ in type",
	  { CONV(VALID, 1, 1, 1), .n_in = 2,
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 1, 1), 1 }, { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1 } },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 1, 1), 1 } } },
	{ "zero point",
	  { CONV(VALID, 1, 1, 1), .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1 }, { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1, 4 } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1 } } },
	{ "dimension other than output channels",
	  { DEPTHWISE(VALID, 1), .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 2, 1, 1), 1 },
		    { DTYPE_INT8, SHAPE(1, 2, 1, 1), .axis = 1,
		      .channel_scales = (const float[]){ 1, 2 } } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 1, 1), 1 } } },
	{ "not int32",
	  { .op = { .kind = OP_FULLY_CONNECTED },
	    .n_in = 3,
	    .in = { { DTYPE_INT8, SHAPE(1, 1), 1 },
		    { DTYPE_INT8, SHAPE(1, 1), 1 },
		    { DTYPE_INT64, SHAPE(1), 1 } },
	    .out = { DTYPE_INT8, SHAPE(1, 1), 1 } } },
	{ "pooling differ",
	  { POOL(MAX_POOL_2D, SAME, 1, 1, 1), .n_in = 1,
	    .in = { { DTYPE_UINT8, SHAPE(1, 1, 1, 1), 1 } },
	    .out = { DTYPE_UINT8, SHAPE(1, 1, 1, 1), 2 } } },
	{ "1/256",
	  { .op = { .kind = OP_SOFTMAX, .u.softmax.beta = 1 },
	    .n_in = 1,
	    .in = { { DTYPE_UINT8, SHAPE(1, 2), 1 } },
	    .out = { DTYPE_UINT8, SHAPE(1, 2), 1 } } },
	{ "times the output's",
	  { .op = { .kind = OP_ADD },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1), 1e6 }, { DTYPE_INT8, SHAPE(1), 1 } },
	    .out = { DTYPE_INT8, SHAPE(1), 1 } } },
	{ "differ in scale",
	  { .op = { .kind = OP_MAXIMUM },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1), 1 }, { DTYPE_INT8, SHAPE(1), 2 } },
	    .out = { DTYPE_INT8, SHAPE(1), 1 } } },
	{ "differs from the output's",
	  { .op = { .kind = OP_CONCATENATION },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1), 1 }, { DTYPE_INT8, SHAPE(1), 2 } },
	    .out = { DTYPE_INT8, SHAPE(2), 1 } } },
	{ "not float32",
	  { .op = { .kind = OP_DEQUANTIZE },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1), 1 } },
	    .out = { DTYPE_INT8, SHAPE(1), 1 } } },
	{ "before the model runs",
	  { .op = { .kind = OP_MEAN },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1), 1 }, { DTYPE_INT32, SHAPE(1) } },
	    .out = { DTYPE_INT8, SHAPE(1), 1 } } },
};

static void what_has_no_exact_arithmetic_is_refused(void **state)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct graph *g = one_op_graph(&refusals[i].op);
		const char *reason;

		assert_int_equal(graph_verify(g, NULL), 0);
		reason = ref_refuses(g, &g->ops[0]);
		if (!reason || !strstr(reason, refusals[i].reason))
			fail_msg("row %u: refused because %s, not %s", i,
				 reason ? reason : "of nothing", refusals[i].reason);
		assert_int_equal(ref_eval(g, &g->ops[0], (void *[4]){ NULL }, NULL), -ENOTSUP);
		graph_destroy(g);
	}
}

static void out_of_memory_leaks_nothing(void **state)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(convolutions); i++) {
		const struct one_op *row = &convolutions[i].op;
		struct graph *g = one_op_graph(row);
		size_t live = alloc_fail_live();
		void *values[ONE_OP_INPUTS_MAX + 1];
		uint8_t out[REF_OUT_BYTES_MAX];
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
		assert_int_equal(failures, 3);	/* kernels, one row, multipliers */
		graph_destroy(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(convolutions_match_numbers_worked_out_by_hand),
		cmocka_unit_test(pools_match_numbers_worked_out_by_hand),
		cmocka_unit_test(elementwise_operators_match_numbers_worked_out_by_hand),
		cmocka_unit_test(moves_match_numbers_worked_out_by_hand),
		cmocka_unit_test(what_has_no_exact_arithmetic_is_refused),
		cmocka_unit_test(out_of_memory_leaks_nothing),
	};

	return cmocka_run_group_tests_name("ref_kernels", tests, NULL, NULL);
}
