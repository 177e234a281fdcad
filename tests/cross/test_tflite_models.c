// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The .tflite reader on real files
 *
 * Every model of the shared folder is read, the networks have the operators its README counts, and
 * damaged copies of a real file give a graph or a named error.
 */
#include <dirent.h>
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
#include <cross/golden.h>
#include <tflite/tflite.h>

#define PATH_BYTES 1024

static const char *models;

/* Each case that skips has to say why. */
static void need_models(void)
{
	models = golden_models();
	if (models)
		return;
	printf("# no shared folder: set ROCKET_SHARED to the folder that holds models\n");
	skip();
}

static struct graph *read_file(const char *path, struct blob *b)
{
	struct diag d = { .print = diag_stderr, .opaque = (void *)path };
	struct graph *g = NULL;

	assert_int_equal(blob_read(b, path, &d), 0);
	if (tflite_read(b->data, b->size, &d, &g))
		fail_msg("%s was not read", path);

	return g;
}

/* Returns how many files were read; operators without a name in the graph are added to @unknown. */
static unsigned int read_folder(const char *folder, unsigned int *unknown)
{
	unsigned int count = 0;
	struct dirent *e;
	DIR *dir = opendir(folder);

	assert_non_null(dir);
	while ((e = readdir(dir))) {
		size_t length = strlen(e->d_name);
		char path[2 * PATH_BYTES];
		struct blob b = { 0 };
		struct graph *g;

		if (length < 7 || strcmp(e->d_name + length - 7, ".tflite"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		g = read_file(path, &b);
		assert_true(g->n_ops > 0 && g->n_inputs > 0 && g->n_outputs > 0);
		for (uint32_t i = 0; i < g->n_ops; i++)
			*unknown += g->ops[i].refused != NULL;
		graph_destroy(g);
		blob_fini(&b);
		count++;
	}
	closedir(dir);

	return count;
}

static void every_model_is_read(void **state)
{
	static const char *const folders[] = { "", "/layers", "/edge" };
	unsigned int count = 0, unknown = 0;

	need_models();
	for (unsigned int i = 0; i < ARRAY_SIZE(folders); i++) {
		char path[PATH_BYTES];

		snprintf(path, sizeof(path), "%s%s", models, folders[i]);
		count += read_folder(path, &unknown);
	}
	printf("# %u models read, %u operators refused\n", count, unknown);
	assert_true(count > 0);
	assert_int_equal(unknown, 0);
}

static void networks_have_the_operators_that_were_counted(void **state)
{
	/* Source: models/README.md of the shared folder */
	static const struct {
		const char *name;
		unsigned int ops[OP_KINDS];
	} rows[] = {
		{ "ad01_int8", { [OP_FULLY_CONNECTED] = 10 } },
		{ "kws_ref_model",
		  { [OP_CONV_2D] = 5,
		    [OP_DEPTHWISE_CONV_2D] = 4,
		    [OP_AVERAGE_POOL_2D] = 1,
		    [OP_FULLY_CONNECTED] = 1,
		    [OP_RESHAPE] = 1,
		    [OP_SOFTMAX] = 1 } },
		{ "mobilenet_v1_1.0_224_quant",
		  { [OP_CONV_2D] = 15,
		    [OP_DEPTHWISE_CONV_2D] = 13,
		    [OP_AVERAGE_POOL_2D] = 1,
		    [OP_RESHAPE] = 1,
		    [OP_SOFTMAX] = 1 } },
		{ "mobilenet_v2_1.0_224_quant",
		  { [OP_CONV_2D] = 36,
		    [OP_DEPTHWISE_CONV_2D] = 17,
		    [OP_ADD] = 10,
		    [OP_AVERAGE_POOL_2D] = 1,
		    [OP_RESHAPE] = 1,
		    [OP_SOFTMAX] = 1 } },
		{ "pretrainedResnet_quant",
		  { [OP_CONV_2D] = 9,
		    [OP_ADD] = 3,
		    [OP_AVERAGE_POOL_2D] = 1,
		    [OP_FULLY_CONNECTED] = 1,
		    [OP_RESHAPE] = 1,
		    [OP_SOFTMAX] = 1 } },
		{ "ssdlite_mobiledet_coco_qat_postprocess",
		  { [OP_CONV_2D] = 66,
		    [OP_DEPTHWISE_CONV_2D] = 27,
		    [OP_ADD] = 15,
		    [OP_RESHAPE] = 13,
		    [OP_CONCATENATION] = 2,
		    [OP_LOGISTIC] = 1,
		    [OP_DETECTION_POSTPROCESS] = 1 } },
		{ "tf2_mobilenet_v2_1.0_224_ptq",
		  { [OP_CONV_2D] = 36,
		    [OP_DEPTHWISE_CONV_2D] = 17,
		    [OP_ADD] = 10,
		    [OP_QUANTIZE] = 2,
		    [OP_MEAN] = 1,
		    [OP_RESHAPE] = 1,
		    [OP_SOFTMAX] = 1 } },
	};

	need_models();
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned int ops[OP_KINDS] = { 0 };
		char path[PATH_BYTES];
		struct blob b = { 0 };
		struct graph *g;

		snprintf(path, sizeof(path), "%s/%s.tflite", models, rows[i].name);
		g = read_file(path, &b);
		for (uint32_t k = 0; k < g->n_ops; k++)
			ops[g->ops[k].kind]++;
		for (int k = 0; k < OP_KINDS; k++)
			if (ops[k] != rows[i].ops[k])
				fail_msg("%s: %u %s, not %u", rows[i].name, ops[k], op_kind_name(k),
					 rows[i].ops[k]);
		graph_destroy(g);
		blob_fini(&b);
	}
}

/*
 * Changes up to four bytes. An own copy of exactly @size bytes, so that a sanitizer sees reads
 * beyond the end.
 */
static int read_damaged(const struct blob *b, size_t size, uint32_t seed)
{
	uint8_t *copy = malloc(size + 1), noise[4 * 5];
	struct diag d = { 0 };
	struct graph *g = NULL;
	int ret;

	assert_non_null(copy);
	memcpy(copy, b->data, size);
	golden_lcg(seed, noise, sizeof(noise));
	for (unsigned int i = 0; i < sizeof(noise) && size; i += 5)
		copy[((uint32_t)noise[i] << 24 | noise[i + 1] << 16 | noise[i + 2] << 8 |
		      noise[i + 3]) %
		     size] = noise[i + 4];
	ret = tflite_read(copy, size, &d, &g);
	assert_true(ret == 0 || ret == -EINVAL);
	assert_int_equal(ret != 0, d.errors != 0);
	graph_destroy(g);
	free(copy);

	return ret;
}

static void a_damaged_file_gives_a_graph_or_an_error(void **state)
{
	unsigned int refused = 0, rounds = getenv("QUICK") ? 500 : 5000;
	struct blob b = { 0 };
	char path[PATH_BYTES];

	need_models();
	snprintf(path, sizeof(path), "%s/kws_ref_model.tflite", models);
	assert_int_equal(blob_read(&b, path, NULL), 0);
	for (unsigned int seed = 1; seed <= rounds; seed++)
		refused += read_damaged(&b, seed % 2 ? b.size : b.size * seed / rounds, seed) != 0;
	printf("# %u of %u damaged copies refused\n", refused, rounds);
	assert_true(refused >= rounds / 2 - 1);	/* the truncated half at least */
	blob_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_model_is_read),
		cmocka_unit_test(networks_have_the_operators_that_were_counted),
		cmocka_unit_test(a_damaged_file_gives_a_graph_or_an_error),
	};

	return cmocka_run_group_tests_name("tflite_models", tests, NULL, NULL);
}
