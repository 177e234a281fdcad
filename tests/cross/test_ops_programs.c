// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Single operators, from a .rkt file
 *
 * Each model of tests/data/ops is compiled for the CPU and once more for the NPU, written as a
 * program and read again; a session of that program must give the recorded bytes, so no parameter
 * and no constant may get lost on the way.
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
#include <compiler/compile.h>
#include <cross/golden.h>
#include <cross/page.h>
#include <graph/graph.h>
#include <program/program.h>
#include <runtime/device.h>
#include <runtime/session.h>
#include <tflite/tflite.h>

#define PATH_BYTES 1024
#define ON_NPU 22

static void load(struct blob *b, const char *name, const char *suffix, struct diag *d)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), OPS_DATA "/%s.%s", name, suffix);
	assert_int_equal(blob_read(b, path, d), 0);
}

static struct program *compile(const char *name, bool cpu_only, struct diag *d)
{
	const struct compile_options options = { .cpu_only = cpu_only };
	struct blob model = { 0 };
	struct program *p = NULL;
	struct graph *g = NULL;

	load(&model, name, "tflite", d);
	assert_int_equal(tflite_read(model.data, model.size, d, &g), 0);
	assert_int_equal(compile_graph(g, &options, NULL, &p), 0);
	graph_destroy(g);
	blob_fini(&model);

	return p;
}

static struct program *write_and_read(struct program *p, struct diag *d)
{
	struct program *again = NULL;
	void *data = NULL;
	size_t size = 0;

	assert_int_equal(program_write(p, d, &data, &size), 0);
	program_destroy(p);
	assert_int_equal(program_read(data, size, d, &again), 0);
	free(data);

	return again;
}

static bool within(const struct tensor *t, const uint8_t *a, const uint8_t *b, int codes)
{
	bool near = true;

	for (size_t i = 0; i < t->bytes; i++)
		near &= abs(t->type == DTYPE_INT8 ? (int8_t)a[i] - (int8_t)b[i] : a[i] - b[i]) <=
			codes;
	return near;
}

static void run(const char *name, struct device *device, const struct program *p, int codes,
		struct diag *d)
{
	const struct graph *g = p->graph;
	struct session *s = NULL;
	struct blob want = { 0 };
	size_t at = 0;

	load(&want, name, "out", d);
	assert_int_equal(session_create(device, p, d, &s), 0);
	for (uint32_t i = 0; i < g->n_inputs; i++)
		golden_lcg(1 + i, session_tensor(s, g->inputs[i]), g->tensors[g->inputs[i]].bytes);
	assert_int_equal(session_run(s, d), 0);
	for (uint32_t i = 0; i < g->n_outputs; i++) {
		size_t bytes = g->tensors[g->outputs[i]].bytes;

		assert_true(bytes <= want.size - at);
		if (!within(&g->tensors[g->outputs[i]], session_tensor(s, g->outputs[i]),
			    (const uint8_t *)want.data + at, codes))
			fail_msg("%s: output %u is not what was recorded", name, i);
		at += bytes;
	}
	assert_int_equal(at, want.size);
	session_destroy(s);
	blob_fini(&want);
}

/* What is no table is rounded once here, and twice by TensorFlow Lite. */
static int tolerance(const char *name, bool cpu_only)
{
	static const char *const rounded[] = { "transpose_conv", "prelu" };

	for (size_t i = 0; i < ARRAY_SIZE(rounded) && !cpu_only; i++)
		if (!strncmp(name, rounded[i], strlen(rounded[i])))
			return 1;
	return 0;
}

/* Return: models that are all on the NPU. */
static unsigned int run_all(bool cpu_only)
{
	struct diag d = { .print = diag_stderr };
	struct device *device = NULL;
	DIR *dir = opendir(OPS_DATA);
	unsigned int models = 0, on_npu = 0;
	struct dirent *e;

	assert_non_null(dir);
	assert_int_equal(device_open("sim", &d, &device), 0);
	while ((e = readdir(dir))) {
		char *dot = strrchr(e->d_name, '.');
		struct program *p;

		if (!dot || strcmp(dot, ".tflite"))
			continue;
		*dot = 0;
		d.opaque = e->d_name;
		p = write_and_read(compile(e->d_name, cpu_only, &d), &d);
		run(e->d_name, device, p, tolerance(e->d_name, cpu_only), &d);
		on_npu += !page_first_reason(p);
		program_destroy(p);
		models++;
	}
	device_close(device);
	closedir(dir);
	assert_true(models > 0);
	print_message("## %u of %u models of tests/data/ops are on the NPU\n", on_npu, models);

	return on_npu;
}

static void programs_keep_all_that_operators_need(void **state)
{
	assert_int_equal(run_all(true), 0);
}

/* The least is raised by each operator that the compiler learns. */
static void so_do_programs_for_the_npu(void **state)
{
	assert_true(run_all(false) >= ON_NPU);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_keep_all_that_operators_need),
		cmocka_unit_test(so_do_programs_for_the_npu),
	};

	return cmocka_run_group_tests_name("ops_programs", tests, NULL, NULL);
}
