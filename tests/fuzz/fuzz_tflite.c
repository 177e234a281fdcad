// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Fuzz target: .tflite files
 *
 * Whatever the file says: the reader gives a graph or at least one message, the graph can be
 * printed, the reference computes or refuses each operator, and the compiler gives a program or
 * gives up. Only small operators are computed, since the target looks for errors, not for time.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <base/diag.h>
#include <compiler/compile.h>
#include <graph/graph.h>
#include <program/program.h>
#include <ref/ref.h>
#include <tflite/tflite.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TENSOR_BYTES_MAX (1 << 16)
#define PRODUCTS_MAX (1 << 22)

/* Products of a convolution, or an upper bound for others; too large a number for operators with large tensors. */
static int64_t products(const struct graph *g, const struct op *op)
{
	int64_t n = 1;

	for (uint32_t i = 0; i < op->n_inputs + op->n_outputs; i++) {
		uint32_t t = i < op->n_inputs ? op->inputs[i] : op->outputs[i - op->n_inputs];

		if (t != GRAPH_NONE && g->tensors[t].bytes > TENSOR_BYTES_MAX)
			return INT64_MAX;
	}
	for (unsigned int i = 0; i < 2 && i < op->n_inputs; i++)
		if (op->inputs[i] != GRAPH_NONE)
			n *= g->tensors[op->inputs[i]].bytes;

	return n;
}

static void compute(const struct graph *g, const struct op *op)
{
	void **values;

	if (ref_refuses(g, op) || products(g, op) > PRODUCTS_MAX)
		return;
	values = calloc(g->n_tensors, sizeof(*values));
	for (uint32_t i = 0; values && i < g->n_tensors; i++)
		if (!g->tensors[i].data && g->tensors[i].bytes <= TENSOR_BYTES_MAX)
			values[i] = calloc(g->tensors[i].bytes + 1, 1);
	if (values && ref_eval(g, op, values, NULL))
		abort();
	for (uint32_t i = 0; values && i < g->n_tensors; i++)
		free(values[i]);
	free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *sink;
	struct diag d = { 0 };
	struct program *p = NULL;
	struct graph *g = NULL;
	int ret = tflite_read(data, size, &d, &g);

	if (!sink)
		sink = fopen("/dev/null", "w");
	if (!ret != !d.errors || !ret != (g != NULL))
		abort();
	if (!g)
		return 0;
	if (sink)
		graph_print(g, sink);
	for (uint32_t i = 0; i < g->n_ops; i++)
		compute(g, &g->ops[i]);
	if (!compile_graph(g, NULL, NULL, &p) != (p != NULL))
		abort();
	program_destroy(p);
	graph_destroy(g);

	return 0;
}
