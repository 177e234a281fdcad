// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Figures
 *
 * One row per network: time to compile it, bytes of the program against the model file, tasks, command words, and how fast the
 * model of the NPU runs it. Times are the best of several rounds on one thread. Nothing here passes or fails.
 *
 *	bench MODEL.tflite...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <base/blob.h>
#include <base/diag.h>
#include <compiler/compile.h>
#include <graph/graph.h>
#include <program/program.h>
#include <runtime/device.h>
#include <runtime/session.h>
#include <tflite/tflite.h>

#define COMPILE_ROUNDS	20
#define RUN_ROUNDS	3

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

struct row {
	double compile_ms, npu_ms, run_ms;
	uint64_t macs;		/* of the operators on the NPU */
	uint32_t words, on_npu;
	size_t program_bytes;
};

static int measure_compiler(const struct graph *g, struct row *row, struct diag *d, struct program **out)
{
	struct program *p = NULL;
	int ret = 0;

	row->compile_ms = 1e9;
	for (int i = 0; i < COMPILE_ROUNDS && !ret; i++) {
		double begin = now_ms(), ms;

		program_destroy(p);
		p = NULL;
		ret = compile_graph(g, NULL, d, &p);
		ms = now_ms() - begin;
		if (ms < row->compile_ms)
			row->compile_ms = ms;
	}
	*out = p;
	return ret;
}

static int measure_program(const struct program *p, struct row *row, struct diag *d)
{
	void *data = NULL;
	int ret = program_write(p, d, &data, &row->program_bytes);

	free(data);
	for (uint32_t i = 0; i < p->n_tasks; i++)
		row->words += p->tasks[i].words;
	for (uint32_t i = 0; i < p->n_ops; i++) {
		row->on_npu += !p->ops[i].reason;
		row->macs += p->ops[i].reason ? 0 : p->ops[i].macs;
	}
	return ret;
}

static int measure_run(const struct program *p, struct row *row, struct diag *d)
{
	struct session *s = NULL;
	struct device *device = NULL;
	int ret = device_open("sim", d, &device);

	if (!ret)
		ret = session_create(device, p, d, &s);
	row->npu_ms = row->run_ms = 1e9;
	for (int i = 0; i < RUN_ROUNDS && !ret; i++) {
		struct session_times t;
		double begin = now_ms(), ms;

		ret = session_run(s, d);
		ms = now_ms() - begin;
		session_get_times(s, &t);
		if (ms < row->run_ms) {
			row->run_ms = ms;
			row->npu_ms = (double)t.npu_ns / 1e6;
		}
	}
	session_destroy(s);
	device_close(device);
	return ret;
}

static int bench(const char *path, struct diag *d)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct program *p = NULL;
	struct graph *g = NULL;
	struct blob file = { 0 };
	struct row row = { 0 };
	int ret = blob_read(&file, path, d);

	if (!ret)
		ret = tflite_read(file.data, file.size, d, &g);
	if (!ret)
		ret = measure_compiler(g, &row, d, &p);
	if (!ret)
		ret = measure_program(p, &row, d);
	if (!ret)
		ret = measure_run(p, &row, d);
	if (ret)
		printf("%-36.36s cannot be run\n", name);
	else
		printf("%-36.36s %4u/%-4u %7.2f %8.2f %6u %7u %9.1f %9.1f %8.2f\n", name, row.on_npu, p->n_ops,
		       row.compile_ms, (double)row.program_bytes / (double)file.size, p->n_tasks, row.words, row.run_ms,
		       row.npu_ms, row.npu_ms > 0 ? (double)row.macs / row.npu_ms / 1e6 : 0);
	fflush(stdout);
	program_destroy(p);
	graph_destroy(g);
	blob_fini(&file);
	return ret;
}

static void quiet(void *opaque, enum diag_level level, const char *text)
{
	if (level == DIAG_ERROR)
		diag_stderr(opaque, level, text);
}

int main(int argc, char **argv)
{
	struct diag d = { .print = quiet, .opaque = "bench" };

	printf("%-36s %9s %7s %8s %6s %7s %9s %9s %8s\n", "network", "on NPU", "compile", "program/", "tasks", "command",
	       "run", "NPU part", "model");
	printf("%-36s %9s %7s %8s %6s %7s %9s %9s %8s\n", "", "operators", "ms", "file", "", "words", "ms", "ms", "GMAC/s");
	for (int i = 1; i < argc; i++)
		bench(argv[i], &d);
	return 0;
}
