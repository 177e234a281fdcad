// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the delegate tells the user
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>

#include "log.h"

#define LINE_BYTES	512	/* longer lines are cut */

enum log_level log_from_environment(void)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = { { "quiet", LOG_QUIET },
		       { "normal", LOG_NORMAL },
		       { "verbose", LOG_VERBOSE } };
	const char *wanted = getenv("ROCKET_LOG");

	for (size_t i = 0; wanted && i < ARRAY_SIZE(levels); i++)
		if (!strcmp(wanted, levels[i].name))
			return levels[i].level;
	return LOG_NORMAL;
}

void log_line(enum log_level have, enum log_level need, const char *format, ...)
{
	char line[LINE_BYTES];
	va_list args;

	if (have < need)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fprintf(stderr, "rocket: %s\n", line);
}

static void print_tensors(FILE *f, const struct graph *g)
{
	fputs("idx scale     zp   has_data size\n"
	      "==================================================\n", f);
	for (uint32_t i = 0; i < g->n_tensors; i++) {
		const struct tensor *t = &g->tensors[i];

		fprintf(f, "%3u %8.6f %4d %-8s ", i, t->quant.count ? (double)t->quant.scale[0] : 0,
			t->quant.count ? t->quant.zero_point[0] : 0, t->data ? "yes" : "no");
		for (unsigned int k = 0; k < t->shape.rank; k++)
			fprintf(f, "%s%d", k ? "x" : "", t->shape.dim[k]);
		fputc('\n', f);
	}
}

static void print_numbers(FILE *f, const uint32_t *numbers, uint32_t n, int width)
{
	int written = 0;

	for (uint32_t i = 0; i < n; i++)
		if (numbers[i] != GRAPH_NONE)
			written += fprintf(f, "%s%u", written ? "," : "", numbers[i]);
	if (width)
		fprintf(f, "%*s", written < width ? width - written : 1, "");
}

static void print_operators(FILE *f, const struct graph *g)
{
	fputs("idx type                 inputs               outputs\n"
	      "==================================================\n", f);
	for (uint32_t i = 0; i < g->n_ops; i++) {
		fprintf(f, "%3u %-20s ", g->ops[i].index, g->ops[i].name);
		print_numbers(f, g->ops[i].inputs, g->ops[i].n_inputs, 21);
		print_numbers(f, g->ops[i].outputs, g->ops[i].n_outputs, 0);
		fputc('\n', f);
	}
}

void log_graph(enum log_level have, const struct graph *g)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	if (have < LOG_VERBOSE)
		return;
	f = open_memstream(&text, &size);
	if (!f)
		return;
	fprintf(f, "rocket: compiling graph: %u tensors %u operations\n", g->n_tensors, g->n_ops);
	print_tensors(f, g);
	print_operators(f, g);
	if (!fclose(f))
		fputs(text, stderr);
	free(text);
}

static void print(void *opaque, enum diag_level level, const char *text)
{
	static const enum log_level needs[] = {
		[DIAG_ERROR] = LOG_QUIET, [DIAG_WARNING] = LOG_NORMAL, [DIAG_NOTE] = LOG_VERBOSE,
	};
	static const char *const words[] = {
		[DIAG_ERROR] = "error: ", [DIAG_WARNING] = "warning: ", [DIAG_NOTE] = "",
	};

	log_line(*(enum log_level *)opaque, needs[level], "%s%s", words[level], text);
}

void log_diag(enum log_level *have, struct diag *d)
{
	*d = (struct diag){ .print = print, .opaque = have };
}

double log_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
