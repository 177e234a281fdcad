// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the graph: extents, verifier, text
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/bits.h>
#include <base/diag.h>
#include <fuzz/alloc_fail.h>
#include <graph/graph.h>

#include "one_op.h"

#define TEXT_BYTES 2048
#define SHAPE(...)                                                                                 \
	{                                                                                          \
		.rank = sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t),                      \
		.dim = { __VA_ARGS__ }                                                             \
	}

static void elements_are_counted_without_overflow(void **state)
{
	static const struct {
		const char *why;
		struct shape shape;
		int64_t want;
	} rows[] = {
		{ "a scalar is one element", { 0 }, 1 },
		{ "extents multiply", SHAPE(2, 3, 4), 24 },
		{ "beyond 32 bits", SHAPE(INT32_MAX, 2), 2ll * INT32_MAX },
		{ "beyond 63 bits", SHAPE(INT32_MAX, INT32_MAX, 4), -1 },
		{ "an extent of nothing", SHAPE(2, 0), -1 },
		{ "a negative extent", SHAPE(-1, 2), -1 },
		{ "more dimensions than there is room for", { .rank = GRAPH_RANK_MAX + 1 }, -1 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		if (shape_elements(&rows[i].shape) != rows[i].want)
			fail_msg("%s: %lld", rows[i].why,
				 (long long)shape_elements(&rows[i].shape));
}

static void windows_are_counted_and_padded_as_in_tensorflow_lite(void **state)
{
	static const struct {
		const char *why;
		enum padding padding;
		int32_t in, taps, dilation, stride;
		int64_t count;
		int32_t pad;
	} rows[] = {
		{ "VALID: only whole windows", PADDING_VALID, 5, 3, 1, 1, 3, 0 },
		{ "VALID: a stride leaves a rest", PADDING_VALID, 6, 3, 1, 2, 2, 0 },
		{ "VALID: the window is larger than the input", PADDING_VALID, 2, 3, 1, 1, 0, 0 },
		{ "VALID: dilation widens the window", PADDING_VALID, 5, 2, 3, 1, 2, 0 },
		{ "SAME: as many as inputs", PADDING_SAME, 5, 3, 1, 1, 5, 2 },
		{ "SAME: a stride divides, rounding up", PADDING_SAME, 5, 3, 1, 2, 3, 2 },
		{ "SAME: an even input needs less", PADDING_SAME, 4, 3, 1, 2, 2, 1 },
		{ "SAME: a stride beyond the window needs none", PADDING_SAME, 7, 1, 1, 3, 3, 0 },
		{ "SAME: dilation", PADDING_SAME, 4, 3, 2, 1, 4, 4 },
		{ "SAME: on one element", PADDING_SAME, 1, 7, 1, 1, 1, 6 },
		{ "the largest of everything", PADDING_SAME, INT32_MAX, INT32_MAX, 1, 1, INT32_MAX,
		  INT32_MAX - 1 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t extent = window_extent(rows[i].taps, rows[i].dilation);
		int64_t count = window_count(rows[i].padding, rows[i].in, extent, rows[i].stride);
		int32_t pad = count ? padding_total(rows[i].padding, rows[i].in, count, extent,
						    rows[i].stride)
				    : 0;

		if (count != rows[i].count || pad != rows[i].pad)
			fail_msg("%s: %d windows, %d padding", rows[i].why, (int)count, pad);
	}
}

static void collect(void *opaque, enum diag_level level, const char *text)
{
	char *all = opaque;
	size_t used = strlen(all);

	snprintf(all + used, TEXT_BYTES - used, "%s\n", text);
}

/* A convolution that is right: 3 kernels of 2x2 over 4x4x2, stride 2. */
static struct graph *good_conv(void)
{
	static const struct one_op row = {
		.op = { .kind = OP_CONV_2D,
			.u.conv = { .padding = PADDING_VALID,
				    .stride_h = 2,
				    .stride_w = 2,
				    .dilation_h = 1,
				    .dilation_w = 1,
				    .depth_multiplier = 1 } },
		.n_in = 3,
		.in = { { DTYPE_UINT8, SHAPE(1, 4, 4, 2), 1, 0 },
			{ DTYPE_UINT8, SHAPE(3, 2, 2, 2), 1, 0 },
			{ DTYPE_INT32, SHAPE(3), 1, 0 } },
		.out = { DTYPE_UINT8, SHAPE(1, 2, 2, 3), 1, 0 },
	};

	return one_op_graph(&row);
}

enum what {
	KIND, IN_RANK, IN_C, OUT_N, OUT_H, OUT_W, OUT_C, WEIGHT_C, KERNELS, BIAS, BYTES,
	STRIDE_H, STRIDE_W, DILATION_H, DILATION_W, SCALES, AXIS, ZERO, INPUTS, INPUT, OUTPUTS,
	OUTPUT, MODEL_INPUT, MODEL_OUTPUT, MODEL_OUTPUTS, TYPE,
};

static void spoil(struct graph *g, enum what what, int64_t v)
{
	struct tensor *t = g->tensors;
	struct op *op = &g->ops[0];

	switch (what) {
	case KIND: op->kind = v; break;
	case IN_RANK: t[0].shape.rank = v; break;
	case IN_C: t[0].shape.dim[3] = v; t[0].bytes = 16 * v; break;
	case OUT_N: t[3].shape.dim[0] = v; t[3].bytes = 12 * v; break;
	case OUT_H: t[3].shape.dim[1] = v; t[3].bytes = 6 * v; break;
	case OUT_W: t[3].shape.dim[2] = v; t[3].bytes = 6 * v; break;
	case OUT_C: t[3].shape.dim[3] = v; t[3].bytes = 4 * v; break;
	case WEIGHT_C: t[1].shape.dim[3] = v; t[1].bytes = 12 * v; break;
	case KERNELS: t[1].shape.dim[0] = v; t[1].bytes = 8 * v; break;
	case BIAS: t[2].shape.dim[0] = v; t[2].bytes = 4 * v; break;
	case BYTES: t[0].bytes = v; break;
	case STRIDE_H: op->u.conv.stride_h = v; break;
	case STRIDE_W: op->u.conv.stride_w = v; break;
	case DILATION_H: op->u.conv.dilation_h = v; break;
	case DILATION_W: op->u.conv.dilation_w = v; break;
	case SCALES: t[1].quant.count = v; break;
	case AXIS: t[1].quant.count = 3; t[1].quant.axis = v; break;
	case ZERO: *(int32_t *)t[0].quant.zero_point = v; break;
	case INPUTS: op->n_inputs = v; break;
	case INPUT: op->inputs[1] = v; break;
	case OUTPUTS: op->n_outputs = v; break;
	case OUTPUT: op->outputs[0] = v; break;
	case MODEL_INPUT: g->inputs[0] = v; break;
	case MODEL_OUTPUT: g->outputs[0] = v; break;
	case MODEL_OUTPUTS: g->n_outputs = v; break;
	case TYPE: t[0].type = v; break;
	}
}

static void the_verifier_names_what_is_wrong(void **state)
{
	static const struct {
		enum what what;
		int64_t value;
		const char *message;
	} rows[] = {
		{ KIND, OP_KINDS, "operator 0 (CONV_2D): kind" },
		{ IN_RANK, 3, "tensor 0 'in0': 32 bytes, but its shape and type need 16" },
		{ IN_RANK, 7, "tensor 0 'in0': its shape" },
		{ IN_C, 0, "tensor 0 'in0': its shape has an extent below 1" },
		{ IN_C, 3, "3 input and 3 output channels do not fit kernels of 2 channels" },
		{ IN_C, 4, "4 input and 3 output channels do not fit" },
		{ OUT_N, 2, "'out' has extent 2 in dimension 0, must be 1" },
		{ OUT_H, 1, "'out' has extent 1 in dimension 1, must be 2" },
		{ OUT_W, 3, "'out' has extent 3 in dimension 2, must be 2" },
		{ OUT_C, 4, "'out' has extent 4 in dimension 3, must be 3" },
		{ WEIGHT_C, 3, "do not fit kernels of 3 channels" },
		{ KERNELS, 2, "'out' has extent 3 in dimension 3, must be 2" },
		{ BIAS, 4, "bias 'in2' has 4 elements, must have 3" },
		{ BYTES, 31, "tensor 0 'in0': 31 bytes" },
		{ STRIDE_H, 0, "stride_h is 0" },
		{ STRIDE_W, -1, "stride_w is -1" },
		{ STRIDE_W, 1, "'out' has extent 2 in dimension 2, must be 3" },
		{ DILATION_H, 0, "dilation_h is 0" },
		{ DILATION_W, 4, "must be 0" },
		{ DILATION_W, INT32_MAX, "filter covers 2147483648 elements" },
		{ SCALES, 2, "tensor 1 'in1': 2 scales do not fit its dimension 0" },
		{ AXIS, 4, "tensor 1 'in1': 3 scales do not fit its dimension 4" },
		{ AXIS, 1, "tensor 1 'in1': 3 scales do not fit its dimension 1" },
		{ ZERO, 256, "zero point 0 is 256, out of the range of uint8" },
		{ ZERO, -1, "zero point 0 is -1, out of the range of uint8" },
		{ INPUTS, 1, "1 inputs, must be 2 to 3" },
		{ INPUT, 4, "input 1 is tensor 4, but there are 4" },
		{ INPUT, GRAPH_NONE, "input 1 is missing" },
		{ INPUT, 3, "input 1 ('out') is read before anything writes it" },
		{ OUTPUTS, 0, "0 outputs, must be 1" },
		{ OUTPUTS, 2, "2 outputs, must be 1" },
		{ OUTPUT, GRAPH_NONE, "output 0 is tensor 4294967295" },
		{ OUTPUT, 0, "output 0 ('in0') is written twice" },
		{ MODEL_INPUT, 9, "model input 0 is tensor 9, but there are 4" },
		{ MODEL_INPUT, 1, "model input 1 ('in1') is a constant or listed twice" },
		{ MODEL_OUTPUT, GRAPH_NONE, "model output 0 is tensor 4294967295" },
		{ MODEL_OUTPUTS, 0, "the model has no output" },
		{ TYPE, 99, "type 99 does not exist" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[TEXT_BYTES] = "";
		struct diag d = { .print = collect, .opaque = text };
		struct graph *g = good_conv();

		assert_int_equal(graph_verify(g, &d), 0);
		spoil(g, rows[i].what, rows[i].value);
		assert_int_equal(graph_verify(g, &d), -EINVAL);
		if (!strstr(text, rows[i].message))
			fail_msg("wanted '%s', got '%s'", rows[i].message, text);
		graph_destroy(g);
	}
}

/* Each row is wrong in one way; the message says in which. */
static const struct {
	const char *message;
	struct one_op op;
} wrong[] = {
	{ "channels times multiplier 2 are not 3",
	  { .op = { .kind = OP_DEPTHWISE_CONV_2D,
		    .u.conv = { PADDING_SAME, ACTIVATION_NONE, 1, 1, 1, 1,
				.depth_multiplier = 2 } },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 1, 2) }, { DTYPE_INT8, SHAPE(1, 1, 1, 3) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 1, 3) } } },
	{ "'in1' has extent 2 in dimension 0, must be 1",
	  { .op = { .kind = OP_DEPTHWISE_CONV_2D,
		    .u.conv = { PADDING_SAME, ACTIVATION_NONE, 1, 1, 1, 1,
				.depth_multiplier = 1 } },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 1, 2) }, { DTYPE_INT8, SHAPE(2, 1, 1, 2) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 1, 2) } } },
	{ "filter height is 0",
	  { .op = { .kind = OP_MAX_POOL_2D,
		    .u.pool = { PADDING_SAME, ACTIVATION_NONE, 1, 1, 0, 1 } },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1, 1, 1, 2) } },
	    .out = { DTYPE_INT8, SHAPE(1, 1, 1, 2) } } },
	{ "no multiple of 3",
	  { .op = { .kind = OP_FULLY_CONNECTED },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 4) }, { DTYPE_INT8, SHAPE(2, 3) } },
	    .out = { DTYPE_INT8, SHAPE(1, 2) } } },
	{ "output 'out' is a scalar",
	  { .op = { .kind = OP_FULLY_CONNECTED },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 3) }, { DTYPE_INT8, SHAPE(2, 3) } },
	    .out = { .type = DTYPE_INT8 } } },
	{ "has 3 rows, must have 2",
	  { .op = { .kind = OP_FULLY_CONNECTED },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2, 3) }, { DTYPE_INT8, SHAPE(2, 3) } },
	    .out = { DTYPE_INT8, SHAPE(3, 2) } } },
	{ "extents 2 and 3 of 'in0' and 'in1' do not broadcast",
	  { .op = { .kind = OP_ADD },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 2) }, { DTYPE_INT8, SHAPE(3) } },
	    .out = { DTYPE_INT8, SHAPE(1, 3) } } },
	{ "'out' has extent 1 in dimension 0, must be 2",
	  { .op = { .kind = OP_MUL },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2, 1) }, { DTYPE_INT8, SHAPE(1, 3) } },
	    .out = { DTYPE_INT8, SHAPE(1, 3) } } },
	{ "'in0' has 4 elements, but 'out' has 5",
	  { .op = { .kind = OP_RESHAPE },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(4) } },
	    .out = { DTYPE_INT8, SHAPE(5) } } },
	{ "'in0' is int8, but 'out' is uint8",
	  { .op = { .kind = OP_RESHAPE },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(4) } },
	    .out = { DTYPE_UINT8, SHAPE(4) } } },
	{ "beta is 0",
	  { .op = { .kind = OP_SOFTMAX },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(4) } },
	    .out = { DTYPE_INT8, SHAPE(4) } } },
	{ "axis is 2, but 'in0' has 2 dimensions",
	  { .op = { .kind = OP_CONCATENATION, .u.concat.axis = 2 },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(1, 2) } },
	    .out = { DTYPE_INT8, SHAPE(1, 2) } } },
	{ "'out' has extent 4 in dimension 1, must be 5",
	  { .op = { .kind = OP_CONCATENATION, .u.concat.axis = 1 },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 2) }, { DTYPE_INT8, SHAPE(1, 3) } },
	    .out = { DTYPE_INT8, SHAPE(1, 4) } } },
	{ "'in1' has extent 2 in dimension 0, must be 1",
	  { .op = { .kind = OP_CONCATENATION, .u.concat.axis = 1 },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(1, 2) }, { DTYPE_INT8, SHAPE(2, 2) } },
	    .out = { DTYPE_INT8, SHAPE(1, 4) } } },
	{ "'out' has extent 3 in dimension 0, must be 4",
	  { .op = { .kind = OP_PAD },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2) },
		    { DTYPE_INT32, SHAPE(1, 2), .data = (int32_t[]){ 1, 1 }, .constant = true } },
	    .out = { DTYPE_INT8, SHAPE(3) } } },
	{ "paddings of dimension 0 are -1 and 1",
	  { .op = { .kind = OP_PAD },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2) },
		    { DTYPE_INT32, SHAPE(1, 2), .data = (int32_t[]){ -1, 1 }, .constant = true } },
	    .out = { DTYPE_INT8, SHAPE(2) } } },
	{ "axis is -3, but 'in0' has 2 dimensions",
	  { .op = { .kind = OP_MEAN },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2, 2) },
		    { DTYPE_INT32, SHAPE(1), .data = (int32_t[]){ -3 }, .constant = true } },
	    .out = { DTYPE_INT8, SHAPE(2) } } },
	{ "'out' has 1 dimensions, must have 2",
	  { .op = { .kind = OP_MEAN, .u.reduce.keep_dims = true },
	    .n_in = 2,
	    .in = { { DTYPE_INT8, SHAPE(2, 2) },
		    { DTYPE_INT32, SHAPE(1), .data = (int32_t[]){ 0 }, .constant = true } },
	    .out = { DTYPE_INT8, SHAPE(2) } } },
	{ "'out' has extent 3 in dimension 0, must be 2",
	  { .op = { .kind = OP_LOGISTIC },
	    .n_in = 1,
	    .in = { { DTYPE_INT8, SHAPE(2) } },
	    .out = { DTYPE_INT8, SHAPE(3) } } },
};

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

static void a_refused_operator_is_not_looked_into(void **state)
{
	struct graph *g = good_conv();

	spoil(g, STRIDE_H, 0);
	spoil(g, INPUTS, 1);
	g->ops[0].refused = "for this test";
	assert_int_equal(graph_verify(g, NULL), 0);
	spoil(g, INPUTS, 2);
	spoil(g, INPUT, 99);
	assert_int_equal(graph_verify(g, NULL), -EINVAL);
	graph_destroy(g);
}

static void readers_of_a_tensor_are_counted(void **state)
{
	struct graph *g = good_conv();

	assert_int_equal(graph_consumers(g, 0), 1);
	assert_int_equal(graph_consumers(g, 3), 1);
	g->ops[0].inputs[1] = 0;
	assert_int_equal(graph_consumers(g, 0), 2);
	assert_int_equal(graph_consumers(g, 1), 0);
	graph_destroy(g);
}

static void a_graph_has_a_text_form(void **state)
{
	static const char want[] =
		"graph ''\n"
		"inputs %0 %1 %2\n"
		"outputs %3\n"
		"%0 uint8 1x4x4x2 scale 1 zero_point 0 'in0'\n"
		"%1 uint8 3x2x2x2 scale 1 zero_point 0 'in1'\n"
		"%2 int32 3 scale 1 zero_point 0 'in2'\n"
		"%3 uint8 1x2x2x3 scale 1 zero_point 0 'out'\n"
		"op 0 CONV_2D %0 %1 %2 -> %3 valid stride 2x2 relu6\n";
	struct graph *g = good_conv();
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	g->ops[0].u.conv.activation = ACTIVATION_RELU6;
	graph_print(g, f);
	fclose(f);
	assert_string_equal(text, want);
	free(text);
	graph_destroy(g);
}

static void integers_of_all_widths_are_read(void **state)
{
	static const uint8_t bytes[] = { 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1 };
	static const struct {
		enum dtype type;
		size_t at;
		int64_t want;
	} rows[] = {
		{ DTYPE_UINT8, 1, 0xfe },
		{ DTYPE_INT8, 1, -2 },
		{ DTYPE_INT16, 0, -257 },
		{ DTYPE_INT32, 0, -257 },
		{ DTYPE_INT64, 0, 0x7ffffffffffffeff },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tensor t = { .type = rows[i].type, .data = bytes };

		assert_int_equal(tensor_int(&t, rows[i].at), rows[i].want);
	}
}

static int verify_good(void *arg)
{
	return graph_verify(arg, NULL);
}

static void out_of_memory_is_not_a_wrong_graph(void **state)
{
	struct graph *g = good_conv();

	assert_int_equal(alloc_fail_sweep(verify_good, g), 1);
	graph_destroy(g);
	alloc_fail_arm(1);
	assert_null(graph_create());
	alloc_fail_arm(0);
	graph_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_counted_without_overflow),
		cmocka_unit_test(windows_are_counted_and_padded_as_in_tensorflow_lite),
		cmocka_unit_test(the_verifier_names_what_is_wrong),
		cmocka_unit_test(each_kind_of_operator_has_its_own_rules),
		cmocka_unit_test(a_refused_operator_is_not_looked_into),
		cmocka_unit_test(readers_of_a_tensor_are_counted),
		cmocka_unit_test(a_graph_has_a_text_form),
		cmocka_unit_test(integers_of_all_widths_are_read),
		cmocka_unit_test(out_of_memory_is_not_a_wrong_graph),
	};

	return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
