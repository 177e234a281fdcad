// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Figures
 *
 * One row per network: time to compile it, bytes of the program and of the model's file, tasks,
 * command words, memory for activations against what the worst moment needs, and how fast the model
 * of the NPU runs it. Times are the best of several rounds on one thread. Nothing here passes or
 * fails.
 *
 *	bench MODEL.tflite...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <base/bits.h>
#include <base/blob.h>
#include <base/diag.h>
#include <compiler/compile.h>
#include <compiler/report.h>
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
	uint64_t activation_bytes, least_bytes;
	uint32_t words, on_npu;
	size_t program_bytes;
};

static int measure_compiler(const struct graph *g, struct row *row, struct diag *d,
			    struct program **out)
{
	struct compile_report report = { 0 };
	const struct compile_options options = { .report = &report };
	struct program *p = NULL;
	int ret = 0;

	row->compile_ms = 1e9;
	for (int i = 0; i < COMPILE_ROUNDS && !ret; i++) {
		double begin = now_ms(), ms;

		program_destroy(p);
		p = NULL;
		ret = compile_graph(g, &options, d, &p);
		ms = now_ms() - begin;
		if (ms < row->compile_ms)
			row->compile_ms = ms;
		row->activation_bytes = report.activation_bytes;
		row->least_bytes = report.least_bytes;
		report_fini(&report);
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

static const struct {
	const char *head, *unit;
	int width, digits;
} columns[] = {
	{ "on NPU", "% ops", 6, 0 },
	{ "compile", "ms", 7, 2 },
	{ "program", "KiB", 7, 0 },
	{ "of file", "%", 7, 0 },
	{ "tasks", "", 5, 0 },
	{ "words", "", 6, 0 },
	{ "memory", "KiB", 6, 0 },
	{ "of least", "%", 8, 0 },
	{ "run", "ms", 6, 1 },
	{ "NPU part", "ms", 8, 1 },
	{ "model", "GMAC/s", 6, 1 },
};

static void print_head(void)
{
	printf("%-28s", "network");
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		printf(" %*s", columns[i].width, columns[i].head);
	printf("\n%-28s", "");
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		printf(" %*s", columns[i].width, columns[i].unit);
	putchar('\n');
}

static void print_row(const char *name, const struct program *p, const struct row *r, size_t file)
{
	const double values[ARRAY_SIZE(columns)] = {
		100.0 * r->on_npu / p->n_ops,
		r->compile_ms,
		r->program_bytes / 1024.0,
		100.0 * r->program_bytes / file,
		p->n_tasks,
		r->words,
		r->activation_bytes / 1024.0,
		r->least_bytes ? 100.0 * r->activation_bytes / r->least_bytes : 100,
		r->run_ms,
		r->npu_ms,
		r->npu_ms > 0 ? r->macs / r->npu_ms / 1e6 : 0,
	};

	printf("%-28.28s", name);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		printf(" %*.*f", columns[i].width, columns[i].digits, values[i]);
	putchar('\n');
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
		printf("%-28.28s cannot be run\n", name);
	else
		print_row(name, p, &row, file.size);
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

	print_head();
	for (int i = 1; i < argc; i++)
		bench(argv[i], &d);
	return 0;
}
