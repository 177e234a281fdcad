// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the .tflite reader
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
#include <tflite/tflite.h>

#include "make_tflite.h"

#define TEXT_BYTES 1024

static void collect(void *opaque, enum diag_level level, const char *text)
{
	char *all = opaque;
	size_t used = strlen(all);

	snprintf(all + used, TEXT_BYTES - used, "%s\n", text);
}

/*
 * Read a copy of exactly @size bytes, so that a sanitizer sees reads beyond the end. The message
 * goes to @text.
 */
static int read_copy(const uint8_t *data, size_t size, char *text, struct graph **out,
		     uint8_t **copy)
{
	struct diag d = { .print = collect, .opaque = text };

	text[0] = 0;
	*copy = malloc(size ? size : 1);
	assert_non_null(*copy);
	memcpy(*copy, data, size);
	*out = NULL;

	return tflite_read(*copy, size, &d, out);
}

/* Returns the code; the text is left for the caller. */
static int try_read(const uint8_t *data, size_t size, char *text)
{
	struct graph *g;
	uint8_t *copy;
	int ret = read_copy(data, size, text, &g, &copy);

	assert_true(ret == 0 || ret == -EINVAL);
	assert_int_equal(ret != 0, text[0] != 0);
	assert_int_equal(ret == 0, g != NULL);
	graph_destroy(g);
	free(copy);

	return ret;
}

static void a_model_becomes_a_graph(void **state)
{
	struct made_tflite m;
	struct graph *g = NULL;
	const struct op *op;

	make_tflite(&m);
	assert_int_equal(tflite_read(m.data, m.size, &(struct diag){ .print = diag_stderr }, &g),
			 0);
	assert_string_equal(g->name, "made by hand");
	assert_int_equal(g->n_tensors, 5);
	assert_int_equal(g->n_ops, 2);
	assert_int_equal(g->n_inputs, 1);
	assert_int_equal(g->inputs[0], 0);
	assert_int_equal(g->n_outputs, 1);
	assert_int_equal(g->outputs[0], 3);

	assert_string_equal(g->tensors[0].name, "in");
	assert_int_equal(g->tensors[0].type, DTYPE_UINT8);
	assert_int_equal(g->tensors[0].shape.rank, 4);
	assert_int_equal(g->tensors[0].shape.dim[3], 2);
	assert_int_equal(g->tensors[0].bytes, 8);
	assert_null(g->tensors[0].data);
	assert_int_equal(g->tensors[0].quant.count, 1);
	assert_true(g->tensors[0].quant.scale[0] == 0.5f);
	assert_int_equal(g->tensors[0].quant.zero_point[0], 128);
	assert_ptr_equal(g->tensors[1].data, m.data + m.at[MADE_DATA] + 4);
	assert_int_equal(g->tensors[1].bytes, 6);

	op = &g->ops[0];
	assert_int_equal(op->kind, OP_CONV_2D);
	assert_string_equal(op->name, "CONV_2D");
	assert_null(op->refused);
	assert_int_equal(op->n_inputs, 3);
	assert_int_equal(op->inputs[2], 4);
	assert_int_equal(op->u.conv.padding, PADDING_VALID);
	assert_int_equal(op->u.conv.activation, ACTIVATION_RELU6);
	assert_int_equal(op->u.conv.stride_h, 1);
	assert_int_equal(op->u.conv.dilation_w, 1);

	op = &g->ops[1];
	assert_int_equal(op->kind, OP_UNKNOWN);
	assert_int_equal(op->index, 1);
	assert_string_equal(op->name, "CUSTOM:Frobnicate");
	assert_int_equal(op->inputs[1], GRAPH_NONE);
	assert_non_null(op->refused);
	graph_destroy(g);
}

static void damage_is_reported_with_the_name_of_the_field(void **state)
{
	static const struct {
		enum made_field field;
		uint32_t value;
		const char *message;	/* NULL: still readable */
	} rows[] = {
		{ MADE_ROOT, 0x10000, "model: table at 65536 is outside" },
		{ MADE_ROOT, UINT32_MAX, "model: table at 4294967295 is outside" },
		{ MADE_IDENTIFIER, 0x334c4655, "model: the file has no identifier TFL3" },
		{ MADE_VERSION, 2, "model.version: is 2" },
		{ MADE_SUBGRAPHS, 0, "model.subgraphs: 0 of them" },
		{ MADE_SUBGRAPHS, 2, "model.subgraphs: 2 of them" },
		{ MADE_SUBGRAPHS, UINT32_MAX,
		  "model.subgraphs: 4294967295 elements of 4 bytes run past" },
		{ MADE_CODES, 1,
		  "model.subgraphs[0].operators[1].opcode_index: operator code 1 does not exist" },
		{ MADE_BUFFERS, 1,
		  "model.subgraphs[0].tensors[1].buffer: buffer 1 does not exist" },
		{ MADE_TENSORS, 0x40000000, "model.subgraphs[0].tensors: 1073741824 elements" },
		{ MADE_INPUTS, UINT32_MAX, "model.subgraphs[0].inputs: 4294967295 elements" },
		{ MADE_INPUT, 5, "model.subgraphs[0].inputs[0]: tensor 5 does not exist" },
		{ MADE_INPUT, -1, "model.subgraphs[0].inputs[0]: tensor -1 does not exist" },
		{ MADE_INPUT, 1, "model input 0 ('weights') is a constant" },
		{ MADE_OPERATORS, UINT32_MAX, "model.subgraphs[0].operators: 4294967295 elements" },
		{ MADE_SHAPE, 7, "model.subgraphs[0].tensors[0].shape: 7 dimensions" },
		{ MADE_SHAPE, 3, "operator 0 (CONV_2D): 'in' has 3 dimensions, must have 4" },
		{ MADE_EXTENT, 0, "model.subgraphs[0].tensors[0].shape[2]: extent 0" },
		{ MADE_EXTENT, -1, "model.subgraphs[0].tensors[0].shape[2]: extent -1" },
		{ MADE_EXTENT, 3,
		  "operator 0 (CONV_2D): 'middle' has extent 2 in dimension 2, must be 3" },
		{ MADE_BUFFER, UINT32_MAX,
		  "model.subgraphs[0].tensors[1].buffer: buffer 4294967295 does not exist" },
		{ MADE_BUFFER, 0, "input 1 ('weights') is read before" },
		{ MADE_DATA, 5,
		  "model.buffers[1].data: 5 bytes, but the shape and type of tensor 'weights' need "
		  "6" },
		{ MADE_DATA, 7, "model.buffers[1].data: 7 elements" },
		{ MADE_SCALES, 2,
		  "model.subgraphs[0].tensors[0].quantization.zero_point: 1 numbers for 2 scales" },
		{ MADE_SCALES, 0, NULL },
		{ MADE_SCALE, 0, "tensor 0 'in': scale 0 is 0" },
		{ MADE_SCALE, 0xbf800000, "tensor 0 'in': scale 0 is -1" },
		{ MADE_SCALE, 0x7f800000, "tensor 0 'in': scale 0 is inf" },
		{ MADE_SCALE, 0x7fc00000, "tensor 0 'in': scale 0 is nan" },
		{ MADE_ZERO_POINTS, 0, NULL },
		{ MADE_ZERO_POINT, 256, "tensor 0 'in': zero point 0 is 256" },
		{ MADE_ZERO_POINT_HIGH, 1,
		  "tensors[0].quantization.zero_point[0]: 4294967424 is out of range" },
		{ MADE_OPCODE, 2, "model.subgraphs[0].operators[0].opcode_index: operator code 2" },
		{ MADE_OPCODE, 1, NULL },
		{ MADE_OP_INPUTS, 1, "operator 0 (CONV_2D): 1 inputs, must be 2 to 3" },
		{ MADE_OP_INPUTS, UINT32_MAX,
		  "model.subgraphs[0].operators[0].inputs: 4294967295 elements" },
		{ MADE_OP_INPUT, -1, "operator 0 (CONV_2D): input 0 is missing" },
		{ MADE_OP_INPUT, 9,
		  "model.subgraphs[0].operators[0].inputs[0]: tensor 9 does not exist" },
		{ MADE_OP_OUTPUT, -1, "model.subgraphs[0].operators[0].outputs[0]: tensor -1" },
		{ MADE_OP_OUTPUT, 0, "operator 0 (CONV_2D): output 0 ('in') is written twice" },
		{ MADE_OPTIONS_TYPE, 2,
		  "model.subgraphs[0].operators[0].builtin_options_type: type 2 does not belong to "
		  "CONV_2D" },
		{ MADE_OPTIONS, 0x10000,
		  "model.subgraphs[0].operators[0].builtin_options: table at" },
		{ MADE_STRIDE, 0, "operator 0 (CONV_2D): stride_h is 0" },
		{ MADE_STRIDE, INT32_MIN, "operator 0 (CONV_2D): stride_h is -2147483648" },
		{ MADE_PADDING, 2,
		  "model.subgraphs[0].operators[0].builtin_options.padding: padding 2" },
		{ MADE_ACTIVATION, 6, "builtin_options.fused_activation_function: activation 6" },
		{ MADE_ACTIVATION, 4, NULL },
		{ MADE_NAME, 0x00010a1b, NULL },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[TEXT_BYTES];
		struct made_tflite m;
		int ret;

		make_tflite(&m);
		made_put(&m, rows[i].field, rows[i].value);
		ret = try_read(m.data, m.size, text);
		if (!rows[i].message != !ret || (ret && !strstr(text, rows[i].message)))
			fail_msg("row %u: wanted '%s', got '%s'", i,
				 rows[i].message ? rows[i].message : "", text);
	}
}

static void options_without_arithmetic_refuse_the_operator(void **state)
{
	struct graph *g = NULL;
	struct made_tflite m;

	make_tflite(&m);
	made_put(&m, MADE_ACTIVATION, 4);
	assert_int_equal(tflite_read(m.data, m.size, NULL, &g), 0);
	assert_int_equal(g->ops[0].kind, OP_CONV_2D);
	assert_string_equal(g->ops[0].refused, "fused activation TANH is not supported");
	graph_destroy(g);
}

static void control_characters_do_not_reach_messages(void **state)
{
	struct graph *g = NULL;
	struct made_tflite m;

	make_tflite(&m);
	m.data[m.at[MADE_NAME]] = '\033';
	assert_int_equal(tflite_read(m.data, m.size, NULL, &g), 0);
	assert_string_equal(g->tensors[0].name, "?n");
	graph_destroy(g);
}

static void every_truncation_is_an_error(void **state)
{
	char text[TEXT_BYTES];
	struct made_tflite m;

	make_tflite(&m);
	for (size_t size = 0; size < m.size; size++) {
		if (!try_read(m.data, size, text))
			fail_msg("%zu of %zu bytes were read without complaint", size, m.size);
		assert_memory_equal(text, "model", 5);
	}
	assert_int_equal(try_read(m.data, m.size, text), 0);
}

static void every_flipped_bit_gives_a_graph_or_an_error(void **state)
{
	size_t good = 0, bad = 0;
	char text[TEXT_BYTES];
	struct made_tflite m;

	make_tflite(&m);
	for (size_t bit = 0; bit < 8 * m.size; bit++) {
		m.data[bit / 8] ^= 1u << bit % 8;
		if (try_read(m.data, m.size, text))
			bad++;
		else
			good++;
		m.data[bit / 8] ^= 1u << bit % 8;
	}
	printf("# %zu flips read, %zu refused\n", good, bad);
	assert_true(good > 0);
	assert_true(bad > good);
}

/* A file may lie anywhere; constants of wide types are copied then. */
static void any_alignment_of_the_file_will_do(void **state)
{
	_Alignas(16) uint8_t room[MADE_BYTES_MAX + 16];
	struct made_tflite m;

	make_tflite(&m);
	for (unsigned int shift = 0; shift < 16; shift++) {
		struct graph *g = NULL;

		memcpy(room + shift, m.data, m.size);
		assert_int_equal(tflite_read(room + shift, m.size, NULL, &g), 0);
		for (uint32_t i = 0; i < g->n_tensors; i++)
			if (g->tensors[i].data)
				assert_int_equal((uintptr_t)g->tensors[i].data %
							 dtype_bytes(g->tensors[i].type),
						 0);
		assert_int_equal(tensor_int(&g->tensors[4], 0), -1);
		assert_int_equal(tensor_int(&g->tensors[4], 2), 1);
		graph_destroy(g);
	}
}

/*
 * Tables and vectors may be shared: a small file may speak of a thousand tensors with two hundred
 * scales each.
 */
static void a_file_that_unfolds_is_refused(void **state)
{
	char text[TEXT_BYTES];
	struct made_tflite m;

	make_unfolding_tflite(&m, 3, 1);
	assert_int_equal(try_read(m.data, m.size, text), 0);
	make_unfolding_tflite(&m, 1000, 200);
	assert_int_equal(try_read(m.data, m.size, text), -EINVAL);
	assert_non_null(strstr(text, "the file unfolds to more than"));
}

static int read_made(void *arg)
{
	const struct made_tflite *m = arg;
	struct graph *g = NULL;
	int ret = tflite_read(m->data, m->size, NULL, &g);

	graph_destroy(g);
	return ret;
}

static void out_of_memory_leaks_nothing(void **state)
{
	struct made_tflite m;

	make_tflite(&m);
	assert_true(alloc_fail_sweep(read_made, &m) >= 3); /* graph, arena, marks of the verifier */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_model_becomes_a_graph),
		cmocka_unit_test(damage_is_reported_with_the_name_of_the_field),
		cmocka_unit_test(options_without_arithmetic_refuse_the_operator),
		cmocka_unit_test(control_characters_do_not_reach_messages),
		cmocka_unit_test(every_truncation_is_an_error),
		cmocka_unit_test(every_flipped_bit_gives_a_graph_or_an_error),
		cmocka_unit_test(any_alignment_of_the_file_will_do),
		cmocka_unit_test(a_file_that_unfolds_is_refused),
		cmocka_unit_test(out_of_memory_leaks_nothing),
	};

	return cmocka_run_group_tests_name("tflite_read", tests, NULL, NULL);
}
