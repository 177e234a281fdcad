// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Graph objects
 *
 * Life of a graph and the names and sizes of its types and operators. What a graph must satisfy is
 * in verify.c.
 */
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>

#include "graph.h"

static const struct {
	const char *name;
	size_t bytes;
} dtypes[] = {
	[DTYPE_UINT8]	= { "uint8", 1 },
	[DTYPE_INT8]	= { "int8", 1 },
	[DTYPE_INT16]	= { "int16", 2 },
	[DTYPE_INT32]	= { "int32", 4 },
	[DTYPE_INT64]	= { "int64", 8 },
	[DTYPE_FLOAT32]	= { "float32", 4 },
	[DTYPE_OTHER]	= { "other", 0 },
};

static const char *const op_names[] = {
#define OP(kind, name, least, most, outputs) [OP_##kind] = name,
#include <graph/ops.def>
#undef OP
};

struct graph *graph_create(void)
{
	struct graph *g = calloc(1, sizeof(*g));

	if (g)
		g->name = "";
	return g;
}

void graph_destroy(struct graph *g)
{
	if (!g)
		return;
	arena_fini(&g->arena);
	free(g);
}

unsigned int graph_consumers(const struct graph *g, uint32_t tensor)
{
	unsigned int count = 0;

	for (uint32_t i = 0; i < g->n_ops; i++)
		for (uint32_t j = 0; j < g->ops[i].n_inputs; j++)
			count += g->ops[i].inputs[j] == tensor;
	for (uint32_t i = 0; i < g->n_outputs; i++)
		count += g->outputs[i] == tensor;

	return count;
}

int64_t tensor_int(const struct tensor *t, size_t i)
{
	size_t bytes = dtype_bytes(t->type);
	union {
		uint8_t u8;
		int8_t i8;
		int16_t i16;
		int32_t i32;
		int64_t i64;
	} v = { 0 };

	memcpy(&v, (const uint8_t *)t->data + i * bytes, bytes);
	switch (t->type) {
	case DTYPE_UINT8: return v.u8;
	case DTYPE_INT8: return v.i8;
	case DTYPE_INT16: return v.i16;
	case DTYPE_INT32: return v.i32;
	default: return v.i64;
	}
}

size_t dtype_bytes(enum dtype t)
{
	return t < ARRAY_SIZE(dtypes) ? dtypes[t].bytes : 0;
}

const char *dtype_name(enum dtype t)
{
	return t < ARRAY_SIZE(dtypes) ? dtypes[t].name : "other";
}

const char *op_kind_name(enum op_kind k)
{
	return k < ARRAY_SIZE(op_names) ? op_names[k] : "UNKNOWN";
}
