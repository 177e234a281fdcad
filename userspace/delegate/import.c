// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: From TensorFlow Lite's interpreter to a graph
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tensorflow/lite/builtin_ops.h>
#include <tensorflow/lite/c/common.h>

#include <base/arena.h>
#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>

#include "import.h"
#include "params.h"

static enum dtype dtype_of(TfLiteType type)
{
	static const struct {
		TfLiteType from;
		enum dtype to;
	} types[] = {
		{ kTfLiteUInt8, DTYPE_UINT8 }, { kTfLiteInt8, DTYPE_INT8 },
		{ kTfLiteInt16, DTYPE_INT16 }, { kTfLiteInt32, DTYPE_INT32 },
		{ kTfLiteInt64, DTYPE_INT64 }, { kTfLiteFloat32, DTYPE_FLOAT32 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].from == type)
			return types[i].to;
	return DTYPE_OTHER;
}

static const char *tensor_refuses(const TfLiteTensor *t)
{
	if (!t->dims || t->dims->size > GRAPH_RANK_MAX)
		return "a tensor without shape, or with more than six dimensions";
	if (t->allocation_type == kTfLiteDynamic)
		return "a tensor of dynamic size";
	if (t->sparsity)
		return "a sparse tensor";
	if (t->is_variable)
		return "a tensor that keeps its contents from run to run";
	if (t->allocation_type == kTfLitePersistentRo ||
	    (t->allocation_type == kTfLiteMmapRo && !t->data.raw))
		return "a constant whose contents are not in the model";
	return NULL;
}

bool import_open_shape(const TfLiteContext *context, int tensor)
{
	const TfLiteIntArray *signature;

	if (tensor < 0 || (size_t)tensor >= context->tensors_size)
		return false;
	signature = context->tensors[tensor].dims_signature;
	for (int i = 0; signature && i < signature->size; i++)
		if (signature->data[i] < 0)
			return true;
	return false;
}

static const char *tensors_refuse(const TfLiteContext *context, const TfLiteIntArray *numbers)
{
	const char *reason = NULL;

	for (int i = 0; i < numbers->size && !reason; i++) {
		int n = numbers->data[i];

		if (n >= 0 && (size_t)n < context->tensors_size)
			reason = tensor_refuses(&context->tensors[n]);
		else if (n != kTfLiteOptionalTensor)
			reason = "a tensor that does not exist";
	}
	return reason;
}

const char *import_refuses(TfLiteContext *context, int node, const char **name)
{
	TfLiteRegistration *registration;
	struct op op = { 0 };
	const char *reason;
	TfLiteNode *n;

	*name = "operator";
	if (context->GetNodeAndRegistration(context, node, &n, &registration) != kTfLiteOk)
		return "TensorFlow Lite does not show it";
	*name = registration->builtin_code == kTfLiteBuiltinCustom && registration->custom_name ?
		registration->custom_name : params_name(registration->builtin_code);
	if (!params_kind(registration->builtin_code, &op.kind))
		return "no part of this stack implements this operator";
	reason = tensors_refuse(context, n->inputs);
	if (!reason)
		reason = tensors_refuse(context, n->outputs);
	return reason ? reason : params_read(context, n, registration->version, &op);
}

static int take_shape(const TfLiteTensor *from, struct tensor *to)
{
	struct shape shape = { 0 };
	int64_t elements;

	if (!from->dims || from->dims->size > GRAPH_RANK_MAX)
		return -EINVAL;
	shape.rank = (unsigned int)from->dims->size;
	for (unsigned int i = 0; i < shape.rank; i++)
		shape.dim[i] = from->dims->data[i];
	elements = shape_elements(&shape);
	to->shape = shape;
	to->bytes = elements > 0 && to->type != DTYPE_OTHER
		? (size_t)elements * dtype_bytes(to->type)
		: from->bytes;
	return 0;
}

static int take_quant(struct arena *a, const TfLiteTensor *from, struct quant *q)
{
	const TfLiteAffineQuantization *affine = from->quantization.params;
	int32_t *zero_point;
	float *scale;
	int n;

	if (from->quantization.type != kTfLiteAffineQuantization || !affine || !affine->scale ||
	    !affine->scale->size || (affine->scale->size == 1 && affine->scale->data[0] == 0))
		return 0;
	n = affine->scale->size;
	scale = arena_memdup(a, affine->scale->data, (size_t)n * sizeof(*scale));
	zero_point = arena_alloc(a, (size_t)n, sizeof(*zero_point));
	if (!scale || !zero_point)
		return -ENOMEM;
	for (int i = 0; i < n && affine->zero_point && affine->zero_point->size; i++)
		zero_point[i] = affine->zero_point->data[affine->zero_point->size == n ? i : 0];
	*q = (struct quant){ (uint32_t)n, (uint32_t)affine->quantized_dimension, scale,
			     zero_point };
	return 0;
}

static int take_tensor(struct arena *a, const TfLiteTensor *from, struct tensor *to)
{
	size_t element;

	to->type = dtype_of(from->type);
	element = dtype_bytes(to->type);
	to->name = arena_strndup(a, from->name ? from->name : "", SIZE_MAX);
	if (!to->name || take_quant(a, from, &to->quant))
		return -ENOMEM;
	if (take_shape(from, to))
		return -EINVAL;
	if (from->allocation_type != kTfLiteMmapRo)
		return 0;
	to->data = from->data.raw;
	if (to->bytes != from->bytes)
		to->bytes = from->bytes;	/* for graph_verify() to complain about */
	else if (element > 1 && (uintptr_t)to->data % element)
		to->data = arena_memdup(a, from->data.raw, to->bytes);
	return to->data ? 0 : -ENOMEM;
}

/* Where each of the interpreter's tensors is in the graph, while it is made. */
struct numbering {
	TfLiteContext *context;
	struct graph *graph;
	int *tensor;		/* graph -> interpreter */
	uint32_t *number;	/* interpreter -> graph */
	bool *written;		/* by a node, by number in the graph */
	bool *read;
};

static int number_tensors(struct numbering *n, const TfLiteIntArray *from, bool *mark,
			  uint32_t **out, uint32_t *count)
{
	struct graph *g = n->graph;
	uint32_t *numbers = arena_alloc(&g->arena, (size_t)from->size, sizeof(*numbers));

	if (!numbers)
		return -ENOMEM;
	for (int i = 0; i < from->size; i++) {
		int t = from->data[i];

		if (t < 0) {
			numbers[i] = GRAPH_NONE;
			continue;
		}
		if (n->number[t] == GRAPH_NONE) {
			int ret = take_tensor(&g->arena, &n->context->tensors[t],
					      &g->tensors[g->n_tensors]);

			if (ret)
				return ret;
			n->tensor[g->n_tensors] = t;
			n->number[t] = g->n_tensors++;
		}
		numbers[i] = n->number[t];
		mark[numbers[i]] = true;
	}
	*out = numbers;
	*count = (uint32_t)from->size;
	return 0;
}

static int take_node(struct numbering *n, int node, struct op *op)
{
	TfLiteRegistration *registration;
	TfLiteNode *from;
	int ret;

	if (n->context->GetNodeAndRegistration(n->context, node, &from, &registration) !=
		    kTfLiteOk ||
	    !params_kind(registration->builtin_code, &op->kind))
		return -EINVAL;
	op->index = (uint32_t)node;
	op->name = op_kind_name(op->kind);
	if (params_read(n->context, from, registration->version, op))
		return -EINVAL;
	ret = number_tensors(n, from->inputs, n->read, &op->inputs, &op->n_inputs);
	return ret ? ret
		   : number_tensors(n, from->outputs, n->written, &op->outputs, &op->n_outputs);
}

/* How many tensors the nodes name, counting repetitions: enough room for all of them. */
static size_t count_tensors(TfLiteContext *context, const TfLiteIntArray *nodes)
{
	TfLiteRegistration *registration;
	TfLiteNode *node;
	size_t count = 0;

	for (int i = 0; i < nodes->size; i++)
		if (context->GetNodeAndRegistration(context, nodes->data[i], &node,
						    &registration) == kTfLiteOk)
			count += (size_t)node->inputs->size + (size_t)node->outputs->size;
	return count;
}

static int take_edges(struct numbering *n, const TfLiteIntArray *outputs)
{
	struct graph *g = n->graph;

	g->inputs = arena_alloc(&g->arena, g->n_tensors, sizeof(*g->inputs));
	g->outputs = arena_alloc(&g->arena, g->n_tensors, sizeof(*g->outputs));
	if (!g->inputs || !g->outputs)
		return -ENOMEM;
	for (uint32_t i = 0; i < g->n_tensors; i++) {
		if (!n->written[i] && !g->tensors[i].data)
			g->inputs[g->n_inputs++] = i;
		if (!outputs && n->written[i] && !n->read[i])
			g->outputs[g->n_outputs++] = i;
	}
	for (int i = 0; outputs && i < outputs->size; i++) {
		int t = outputs->data[i];

		if (t < 0 || (size_t)t >= n->context->tensors_size || n->number[t] == GRAPH_NONE ||
		    g->n_outputs == g->n_tensors)
			return -EINVAL;
		g->outputs[g->n_outputs++] = n->number[t];
	}
	return 0;
}

static int take_nodes(struct numbering *n, const TfLiteIntArray *nodes,
		      const TfLiteIntArray *outputs)
{
	size_t most = count_tensors(n->context, nodes);
	struct graph *g = n->graph;
	int ret = 0;

	g->tensors = arena_alloc(&g->arena, most, sizeof(*g->tensors));
	g->ops = arena_alloc(&g->arena, (size_t)nodes->size, sizeof(*g->ops));
	n->tensor = arena_alloc(&g->arena, most, sizeof(*n->tensor));
	n->written = arena_alloc(&g->arena, most, sizeof(*n->written));
	n->read = arena_alloc(&g->arena, most, sizeof(*n->read));
	n->number = malloc((n->context->tensors_size + 1) * sizeof(*n->number));
	if (!g->tensors || !g->ops || !n->tensor || !n->written || !n->read || !n->number)
		return -ENOMEM;
	memset(n->number, 0xff,
	       (n->context->tensors_size + 1) * sizeof(*n->number)); /* GRAPH_NONE */
	for (int i = 0; i < nodes->size && !ret; i++)
		ret = take_node(n, nodes->data[i], &g->ops[g->n_ops++]);
	return ret ? ret : take_edges(n, outputs);
}

int import_nodes(TfLiteContext *context, const TfLiteIntArray *nodes, const TfLiteIntArray *outputs,
		 struct diag *d, struct import *out)
{
	struct numbering n = { .context = context, .graph = graph_create() };
	int ret = n.graph ? take_nodes(&n, nodes, outputs) : -ENOMEM;

	free(n.number);
	if (ret) {
		graph_destroy(n.graph);
		return diag_error(d, ret, ret == -ENOMEM ? "out of memory for the graph" :
				  "TensorFlow Lite's nodes changed while they were read");
	}
	*out = (struct import){ n.graph, n.tensor };
	return 0;
}

int import_shapes(TfLiteContext *context, struct import *import)
{
	int changed = 0;

	for (uint32_t i = 0; i < import->graph->n_tensors; i++) {
		struct tensor *t = &import->graph->tensors[i];
		struct shape before = t->shape;

		if (t->data)
			continue;
		if (take_shape(&context->tensors[import->tensor[i]], t))
			return -EINVAL;
		changed |= !shape_equal(&before, &t->shape);
	}
	return changed;
}

void import_fini(struct import *import)
{
	graph_destroy(import->graph);
	*import = (struct import){ 0 };
}
