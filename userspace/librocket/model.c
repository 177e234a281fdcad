// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Models
 *
 * From a file to a program that never changes afterwards, and what it looks like from outside.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <base/blob.h>
#include <compiler/compile.h>
#include <graph/graph.h>
#include <program/program.h>
#include <ref/ref.h>
#include <tflite/tflite.h>

#include "private.h"

/* Numbers of the public enum are those of the graph's. */
_Static_assert((int)RKT_UINT8 == DTYPE_UINT8 && (int)RKT_FLOAT32 == DTYPE_FLOAT32,
	       "types have the same numbers");
_Static_assert(RKT_RANK_MAX >= GRAPH_RANK_MAX, "shapes fit");

static int compile(const void *data, size_t bytes, struct diag *d, struct program **out)
{
	struct graph *graph = NULL;
	int ret = tflite_read(data, bytes, d, &graph);

	if (!ret)
		ret = compile_graph(graph, NULL, d, out);
	graph_destroy(graph);
	return ret;
}

static int load(const void *data, size_t bytes, struct diag *d, struct rkt_model **out)
{
	struct rkt_model *m = calloc(1, sizeof(*m));
	int ret;

	if (!m)
		return diag_error(d, -ENOMEM, "out of memory for the model");
	atomic_init(&m->references, 1);
	ret = tflite_is(data, bytes) ? compile(data, bytes, d, &m->program)
				     : program_read(data, bytes, d, &m->program);
	if (!ret)
		ret = ref_check(m->program->graph, d);
	if (ret) {
		rkt_model_destroy(m);
		return ret;
	}

	*out = m;
	return 0;
}

int rkt_model_load_memory(const void *data, size_t bytes, struct rkt_model **out)
{
	struct failure f;

	failure_init(&f);
	return failure_tell(&f, load(data, bytes, &f.diag, out));
}

int rkt_model_load(const char *path, struct rkt_model **out)
{
	struct blob file = { 0 };
	struct failure f;
	int ret;

	failure_init(&f);
	ret = blob_read(&file, path, &f.diag);
	if (!ret) {
		ret = load(file.data, file.size, &f.diag, out);
		if (ret)
			diag_error(&f.diag, ret, "%s is refused", path);
	}
	blob_fini(&file);
	return failure_tell(&f, ret);
}

struct rkt_model *model_get(struct rkt_model *m)
{
	atomic_fetch_add(&m->references, 1);
	return m;
}

void rkt_model_destroy(struct rkt_model *m)
{
	if (!m || atomic_fetch_sub(&m->references, 1) != 1)
		return;
	program_destroy(m->program);
	free(m);
}

unsigned int rkt_model_inputs(const struct rkt_model *m)
{
	return m->program->graph->n_inputs;
}

unsigned int rkt_model_outputs(const struct rkt_model *m)
{
	return m->program->graph->n_outputs;
}

static int describe(const struct graph *g, const uint32_t *numbers, uint32_t n, unsigned int index,
		    const char *what, struct rkt_tensor *out)
{
	const struct tensor *t;
	struct failure f;

	failure_init(&f);
	if (index >= n)
		return failure_tell(&f,
				    diag_error(&f.diag, -EINVAL,
					       "the model has %u %ss, no number %u", n, what,
					       index));
	t = &g->tensors[numbers[index]];
	*out = (struct rkt_tensor){
		.name = t->name,
		.type = t->type,
		.rank = t->shape.rank,
		.bytes = t->bytes,
		.scale = t->quant.count ? t->quant.scale[0] : 0,
		.zero_point = t->quant.count ? t->quant.zero_point[0] : 0,
	};
	memcpy(out->dim, t->shape.dim, sizeof(t->shape.dim));
	return 0;
}

int rkt_model_input(const struct rkt_model *m, unsigned int index, struct rkt_tensor *out)
{
	const struct graph *g = m->program->graph;

	return describe(g, g->inputs, g->n_inputs, index, "input", out);
}

int rkt_model_output(const struct rkt_model *m, unsigned int index, struct rkt_tensor *out)
{
	const struct graph *g = m->program->graph;

	return describe(g, g->outputs, g->n_outputs, index, "output", out);
}

unsigned int rkt_model_operators(const struct rkt_model *m, unsigned int *npu)
{
	unsigned int on_npu = 0;

	for (uint32_t i = 0; i < m->program->n_ops; i++)
		on_npu += !m->program->ops[i].reason;
	if (npu)
		*npu = on_npu;
	return m->program->n_ops;
}
