// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the delegate's compiled models on disk
 *
 * Whatever happens to the folder or a file in it, outputs are right; at worst a model is compiled
 * once more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <base/bits.h>
#include <base/blob.h>
#include <cross/build.h>
#include <delegate/delegate.h>
#include <graph/graph.h>
#include <unit/fake_lite.h>

#define EXTENT		8
#define CHANNELS	16
#define KERNELS		16
#define THREADS		8
#define OUT_BYTES	(EXTENT * EXTENT * KERNELS)

static const struct build_quant q = { 0.05f, 128 };
static char dir[] = "/tmp/rocket-cache-XXXXXX";

static struct graph *make(uint8_t step)
{
	struct graph *g =
		build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, EXTENT, EXTENT, CHANNELS } }, q);
	uint8_t weights[CHANNELS * KERNELS];

	for (size_t i = 0; i < sizeof(weights); i++)
		weights[i] = (uint8_t)(i * step);
	build_output(g, build_add_conv(g, 0, &(struct build_conv){
		.kind = OP_CONV_2D, .kernels = KERNELS, .weight = q, .out = q, .weights = weights,
	}));
	return g;
}

/*
 * Run a graph with a folder for compiled models (NULL: without) in a new delegate. No assertions:
 * threads do this.
 */
static bool run(const struct graph *g, const char *folder, uint8_t out[OUT_BYTES])
{
	char *keys[] = { "device", "cache-dir", "verbose" },
	     *values[] = { "sim", (char *)folder, "true" };
	TfLiteDelegate *delegate =
		tflite_plugin_create_delegate(keys, values, folder ? 3 : 1, NULL);
	struct fake_lite *f = fake_lite_create(g);
	bool good = delegate && fake_lite_apply(f, delegate) == kTfLiteOk &&
		fake_lite_allocate(f) == kTfLiteOk;

	if (good) {
		uint8_t *in = f->context.tensors[g->inputs[0]].data.data;

		for (size_t i = 0; i < f->context.tensors[g->inputs[0]].bytes; i++)
			in[i] = (uint8_t)(i * 13 + 5);
		good = f->delegated == 1 && fake_lite_invoke(f) == kTfLiteOk;
		memcpy(out, f->context.tensors[g->outputs[0]].data.data, OUT_BYTES);
	}
	fake_lite_destroy(f);
	tflite_plugin_destroy_delegate(delegate);
	return good;
}

static void assert_run(const struct graph *g, const char *folder, const char *said)
{
	uint8_t want[OUT_BYTES], got[OUT_BYTES];
	FILE *before = stderr;
	char *text = NULL;
	size_t size;
	bool good;

	good = run(g, NULL, want);
	stderr = open_memstream(&text, &size);
	good &= run(g, folder, got);
	fclose(stderr);
	stderr = before;
	if (!good || !strstr(text, said))
		fail_msg("wanted '%s':\n%s", said, text);
	free(text);
	assert_memory_equal(got, want, OUT_BYTES);
}

/* Name of the only file, or of any. Return: how many there are. */
static int files(char path[PATH_MAX])
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, PATH_MAX, "%s/%s", dir, e->d_name);
		n++;
	}
	closedir(d);
	return n;
}

static int set_up(void **state)
{
	strcpy(dir, "/tmp/rocket-cache-XXXXXX");
	return !mkdtemp(dir);
}

static int tear_down(void **state)
{
	char path[PATH_MAX];

	while (files(path))
		unlink(path);
	return rmdir(dir);
}

static void a_model_is_compiled_once(void **state)
{
	struct graph *g = make(37), *other = make(41);
	char path[PATH_MAX];

	assert_run(g, dir, "compiled graph, took");
	assert_int_equal(files(path), 1);
	assert_run(g, dir, "loaded compiled graph from");
	assert_run(other, dir, "compiled graph, took");
	assert_int_equal(files(path), 2);
	assert_run(g, dir, "loaded compiled graph from");
	graph_destroy(other);
	graph_destroy(g);
}

static void a_folder_is_made(void **state)
{
	struct graph *g = make(37);
	char path[PATH_MAX];

	assert_int_equal(rmdir(dir), 0);
	assert_run(g, dir, "compiled graph, took");
	assert_int_equal(files(path), 1);
	assert_run(g, dir, "loaded compiled graph from");
	graph_destroy(g);
}

static void damage_is_repaired(void **state)
{
	struct graph *g = make(37);
	struct blob whole = { 0 }, now = { 0 };
	char path[PATH_MAX];

	assert_run(g, dir, "compiled graph, took");
	assert_int_equal(files(path), 1);
	assert_int_equal(blob_read(&whole, path, NULL), 0);
	for (int i = 0; i < 12; i++) {
		size_t size = i < 10 ? whole.size : i == 10 ? 0 : whole.size / 2;
		uint8_t *bad = malloc(whole.size);

		memcpy(bad, whole.data, whole.size);
		bad[i < 4 ? (size_t)i * 8 : (whole.size - 1) * (size_t)(i - 3) / 6 % whole.size] ^=
			0x10;
		assert_int_equal(blob_write(path, bad, size, NULL), 0);
		free(bad);
		assert_run(g, dir, "is damaged and will be replaced");
		assert_int_equal(blob_read(&now, path, NULL), 0);
		assert_int_equal(now.size, whole.size);
		assert_memory_equal(now.data, whole.data, whole.size);
		blob_fini(&now);
	}
	blob_fini(&whole);
	graph_destroy(g);
}

static void a_file_of_another_model_is_noticed(void **state)
{
	struct graph *g = make(37), *other = make(41);
	char mine[PATH_MAX], path[PATH_MAX];
	struct blob file = { 0 };

	assert_run(g, dir, "compiled graph, took");
	assert_int_equal(files(mine), 1);
	assert_int_equal(blob_read(&file, mine, NULL), 0);
	unlink(mine);
	assert_run(other, dir, "compiled graph, took");
	assert_int_equal(files(path), 1);
	assert_int_equal(blob_write(path, file.data, file.size, NULL), 0);
	assert_run(other, dir, "is damaged and will be replaced");
	blob_fini(&file);
	graph_destroy(other);
	graph_destroy(g);
}

static void a_folder_that_takes_nothing_is_a_warning(void **state)
{
	struct rlimit limit, none;
	struct graph *g = make(37);
	char path[PATH_MAX];

	assert_run(g, "/dev/null/folder",
		   "warning: the compiled model is not kept in /dev/null/folder: Not a directory");
	/* No byte more, as on a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_run(g, dir, "warning: the compiled model is not kept in");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(files(path), 0);
	graph_destroy(g);
}

struct runner {
	pthread_t thread;
	const struct graph *g;
	bool good;
	uint8_t out[OUT_BYTES];
};

static void *run_apart(void *opaque)
{
	struct runner *r = opaque;

	r->good = true;
	for (int i = 0; i < 10 && r->good; i++) {
		r->good = run(r->g, dir, r->out);
		if (i == 4) {
			char path[PATH_MAX];

			if (files(path))
				unlink(path);	/* so that some write again while others read */
		}
	}
	return NULL;
}

static void many_threads_share_a_folder(void **state)
{
	struct graph *g = make(37);
	uint8_t want[OUT_BYTES];
	struct runner runners[THREADS];
	FILE *before = stderr;
	char path[PATH_MAX];

	stderr = fopen("/dev/null", "w");
	assert_true(run(g, NULL, want));
	for (size_t i = 0; i < THREADS; i++) {
		runners[i].g = g;
		assert_int_equal(pthread_create(&runners[i].thread, NULL, run_apart, &runners[i]),
				 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(runners[i].thread, NULL);
	fclose(stderr);
	stderr = before;
	for (size_t i = 0; i < THREADS; i++) {
		assert_true(runners[i].good);
		assert_memory_equal(runners[i].out, want, OUT_BYTES);
	}
	assert_int_equal(files(path), 1);
	graph_destroy(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_model_is_compiled_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_folder_is_made, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damage_is_repaired, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_of_another_model_is_noticed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_folder_that_takes_nothing_is_a_warning, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(many_threads_share_a_folder, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("delegate_cache", tests, NULL, NULL);
}
