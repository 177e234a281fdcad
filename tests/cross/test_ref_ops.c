// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The reference against TensorFlow Lite, one operator at a time
 *
 * Each model of tests/data/ops must give the bytes that were recorded beside it. The rows say which
 * operators the folder covers, so that a file that is lost shows.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/bits.h>
#include <base/blob.h>
#include <base/diag.h>
#include <cross/golden.h>
#include <ref/ref.h>
#include <tflite/tflite.h>

#define PATH_BYTES 1024

static const struct {
	enum op_kind kind;
	unsigned int models;
} rows[] = {
	{ OP_DEQUANTIZE, 2 },
	{ OP_DETECTION_POSTPROCESS, 2 },
	{ OP_TANH, 2 },
	{ OP_RELU, 2 },
	{ OP_RELU6, 2 },
	{ OP_RELU_N1_TO_1, 2 },
	{ OP_LEAKY_RELU, 2 },
	{ OP_PRELU, 2 },
	{ OP_HARD_SWISH, 2 },
	{ OP_SPLIT, 2 },
	{ OP_STRIDED_SLICE, 2 },
	{ OP_TRANSPOSE, 2 },
	{ OP_TRANSPOSE_CONV, 6 },
	{ OP_RESIZE_NEAREST_NEIGHBOR, 6 },
	{ OP_RESIZE_BILINEAR, 6 },
	{ OP_PADV2, 1 },
	{ OP_MIRROR_PAD, 2 },
};

static void load(struct blob *b, const char *name, const char *suffix)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), OPS_DATA "/%s.%s", name, suffix);
	assert_int_equal(
		blob_read(b, path, &(struct diag){ .print = diag_stderr, .opaque = (void *)name }),
		0);
}

static void **make_values(const struct graph *g)
{
	void **values = calloc(g->n_tensors, sizeof(*values));

	assert_non_null(values);
	for (uint32_t i = 0; i < g->n_tensors; i++) {
		values[i] = g->tensors[i].data ? NULL : calloc(1, g->tensors[i].bytes);
		assert_true(g->tensors[i].data || values[i]);
	}
	for (uint32_t i = 0; i < g->n_inputs; i++)
		golden_lcg(1 + i, values[g->inputs[i]], g->tensors[g->inputs[i]].bytes);

	return values;
}

/* Compare all outputs with @want, which must hold exactly these. */
static void judge(const char *name, const struct graph *g, void **values, const struct blob *want)
{
	size_t at = 0;

	for (uint32_t i = 0; i < g->n_outputs; i++) {
		const struct tensor *t = &g->tensors[g->outputs[i]];
		struct golden_distance d;

		assert_true(t->bytes <= want->size - at);
		d = golden_compare(t->type, (const uint8_t *)want->data + at, values[g->outputs[i]],
				   t->bytes);
		if (d.exact != d.elements)
			fail_msg("%s: output %u: %zu of %zu differ, at most by %ld, first %zu",
				 name, i, d.elements - d.exact, d.elements, (long)d.worst, d.first);
		at += t->bytes;
	}
	assert_int_equal(at, want->size);
}

static enum op_kind run_model(const char *name)
{
	struct diag d = { .print = diag_stderr, .opaque = (void *)name };
	struct blob model = { 0 }, want = { 0 };
	struct graph *g = NULL;
	enum op_kind kind;
	void **values;

	load(&model, name, "tflite");
	load(&want, name, "out");
	assert_int_equal(tflite_read(model.data, model.size, &d, &g), 0);
	assert_int_equal(g->n_ops, 1);
	kind = g->ops[0].kind;
	values = make_values(g);
	assert_int_equal(ref_eval(g, &g->ops[0], values, &d), 0);
	judge(name, g, values, &want);
	for (uint32_t i = 0; i < g->n_tensors; i++)
		free(values[i]);
	free(values);
	graph_destroy(g);
	blob_fini(&want);
	blob_fini(&model);

	return kind;
}

static void recorded_outputs_are_met_to_the_bit(void **state)
{
	unsigned int models[OP_KINDS] = { 0 };
	DIR *dir = opendir(OPS_DATA);
	struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir))) {
		char *dot = strrchr(e->d_name, '.');

		if (!dot || strcmp(dot, ".tflite"))
			continue;
		*dot = 0;
		models[run_model(e->d_name)]++;
	}
	closedir(dir);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		if (models[rows[i].kind] != rows[i].models)
			fail_msg("%u models of %s, not %u", models[rows[i].kind],
				 op_kind_name(rows[i].kind), rows[i].models);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_outputs_are_met_to_the_bit),
	};

	return cmocka_run_group_tests_name("ref_ops", tests, NULL, NULL);
}
