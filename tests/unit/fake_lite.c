// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: A fake interpreter
 *
 * Nodes that follow each other in the plan and are both taken form a partition; TensorFlow Lite's
 * own rule joins more.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tensorflow/lite/builtin_ops.h>
#include <tensorflow/lite/c/builtin_op_data.h>

#include <graph/graph.h>

#include "fake_lite.h"

#define ALIGNMENT 64	/* of tensors, as in TensorFlow Lite */

static void *need(void *p)
{
	if (!p) {
		fprintf(stderr, "out of memory or room in the fake interpreter\n");
		exit(1);
	}
	return p;
}

/* Not by calloc(), which tests let fail in the delegate. */
static void *zeros(size_t bytes)
{
	size_t whole = (bytes + ALIGNMENT) / ALIGNMENT * ALIGNMENT;

	return memset(need(aligned_alloc(ALIGNMENT, whole)), 0, whole);
}

TfLiteIntArray *fake_numbers(int n)
{
	TfLiteIntArray *a = zeros(sizeof(*a) + (size_t)n * sizeof(int));

	a->size = n;
	return a;
}

static TfLiteIntArray *copy_numbers(const uint32_t *from, uint32_t n)
{
	TfLiteIntArray *a = fake_numbers((int)n);

	for (uint32_t i = 0; i < n; i++)
		a->data[i] = from[i] == GRAPH_NONE ? kTfLiteOptionalTensor : (int)from[i];
	return a;
}

static TfLiteStatus get_plan(TfLiteContext *context, TfLiteIntArray **plan)
{
	struct fake_lite *f = (struct fake_lite *)context;

	*plan = f->plan;
	return f->busy ? kTfLiteOk : kTfLiteError;
}

static TfLiteStatus get_node(TfLiteContext *context, int node, TfLiteNode **out,
			     TfLiteRegistration **registration)
{
	struct fake_lite *f = (struct fake_lite *)context;

	if (!f->busy || node < 0 || node >= f->plan->size)
		return kTfLiteError;
	*out = &f->nodes[node];
	*registration = &f->registrations[node];
	return kTfLiteOk;
}

static void report(TfLiteContext *context, const char *format, ...)
{
	struct fake_lite *f = (struct fake_lite *)context;
	size_t at = strlen(f->said);
	va_list args;

	va_start(args, format);
	vsnprintf(f->said + at, sizeof(f->said) - at, format, args);
	va_end(args);
}

static bool contains(const TfLiteIntArray *a, int number)
{
	for (int i = 0; i < a->size; i++)
		if (a->data[i] == number)
			return true;
	return false;
}

/* Is the tensor read outside the partition, or an output of the model? */
static bool leaves(const struct fake_lite *f, const TfLiteIntArray *nodes, int tensor)
{
	for (uint32_t i = 0; i < f->graph->n_outputs; i++)
		if ((int)f->graph->outputs[i] == tensor)
			return true;
	for (int i = 0; i < f->plan->size; i++)
		if (!contains(nodes, i) && contains(f->nodes[i].inputs, tensor))
			return true;
	return false;
}

static void add_kernel(struct fake_lite *f, TfLiteRegistration registration, TfLiteIntArray *nodes,
		       TfLiteDelegate *delegate)
{
	struct fake_kernel *k =
		need(f->n_kernels < FAKE_KERNELS_MAX ? &f->kernels[f->n_kernels] : NULL);
	TfLiteIntArray *outputs = fake_numbers(f->graph->n_tensors);

	f->n_kernels++;
	f->delegated += (uint32_t)nodes->size;
	outputs->size = 0;
	for (int i = 0; i < nodes->size; i++)
		for (int j = 0; j < f->nodes[nodes->data[i]].outputs->size; j++)
			if (leaves(f, nodes, f->nodes[nodes->data[i]].outputs->data[j]))
				outputs->data[outputs->size++] =
					f->nodes[nodes->data[i]].outputs->data[j];
	k->registration = registration;
	k->params = (TfLiteDelegateParams){ delegate, nodes, fake_numbers(0), outputs };
	k->node.user_data = registration.init(&f->context, (const char *)&k->params, 0);
}

static TfLiteStatus replace(TfLiteContext *context, TfLiteRegistration registration,
			    const TfLiteIntArray *nodes, TfLiteDelegate *delegate)
{
	struct fake_lite *f = (struct fake_lite *)context;
	int i = 0;

	while (i < nodes->size) {
		TfLiteIntArray *run = fake_numbers(nodes->size);

		run->size = 0;
		do
			run->data[run->size++] = nodes->data[i++];
		while (i < nodes->size && nodes->data[i] == nodes->data[i - 1] + 1);
		add_kernel(f, registration, run, delegate);
	}
	return kTfLiteOk;
}

static TfLiteFusedActivation activation(enum activation a)
{
	static const TfLiteFusedActivation back[] = {
		[ACTIVATION_NONE] = kTfLiteActNone,
		[ACTIVATION_RELU] = kTfLiteActRelu,
		[ACTIVATION_RELU_N1_TO_1] = kTfLiteActReluN1To1,
		[ACTIVATION_RELU6] = kTfLiteActRelu6,
		[ACTIVATION_OTHER] = kTfLiteActTanh,
	};

	return back[a];
}

static TfLitePadding padding(enum padding p)
{
	return p == PADDING_SAME ? kTfLitePaddingSame : kTfLitePaddingValid;
}

static int32_t make_options(const struct op *op, void **data)
{
	union {
		TfLiteConvParams conv;
		TfLiteDepthwiseConvParams depthwise;
		TfLiteFullyConnectedParams fc;
		TfLitePoolParams pool;
		TfLiteSoftmaxParams softmax;
	} *u = zeros(sizeof(*u));
	const struct conv_params *c = &op->u.conv;
	const struct pool_params *p = &op->u.pool;

	*data = u;
	switch (op->kind) {
	case OP_CONV_2D:
		u->conv = (TfLiteConvParams){ padding(c->padding), c->stride_w,
					      c->stride_h,	   activation(c->activation),
					      c->dilation_w,	   c->dilation_h };
		return kTfLiteBuiltinConv2d;
	case OP_DEPTHWISE_CONV_2D:
		u->depthwise = (TfLiteDepthwiseConvParams){
			padding(c->padding),	   c->stride_w,	  c->stride_h,	0,
			activation(c->activation), c->dilation_w, c->dilation_h
		};
		return kTfLiteBuiltinDepthwiseConv2d;
	case OP_FULLY_CONNECTED:
		u->fc.activation = activation(op->u.fc.activation);
		u->fc.keep_num_dims = op->u.fc.keep_num_dims;
		return kTfLiteBuiltinFullyConnected;
	case OP_AVERAGE_POOL_2D:
	case OP_MAX_POOL_2D:
		u->pool = (TfLitePoolParams){ .padding = padding(p->padding),
					      .stride_width = p->stride_w,
					      .stride_height = p->stride_h,
					      .filter_width = p->filter_w,
					      .filter_height = p->filter_h,
					      .activation = activation(p->activation) };
		return op->kind == OP_MAX_POOL_2D ? kTfLiteBuiltinMaxPool2d
						  : kTfLiteBuiltinAveragePool2d;
	case OP_SOFTMAX:
		u->softmax.beta = op->u.softmax.beta;
		return kTfLiteBuiltinSoftmax;
	case OP_RESHAPE:
		return kTfLiteBuiltinReshape;
	default:
		return kTfLiteBuiltinCustom;
	}
}

static void make_tensor(const struct tensor *from, TfLiteTensor *to)
{
	static const TfLiteType types[] = {
		[DTYPE_UINT8] = kTfLiteUInt8,  [DTYPE_INT8] = kTfLiteInt8,
		[DTYPE_INT16] = kTfLiteInt16,  [DTYPE_INT32] = kTfLiteInt32,
		[DTYPE_INT64] = kTfLiteInt64,  [DTYPE_FLOAT32] = kTfLiteFloat32,
		[DTYPE_OTHER] = kTfLiteString,
	};
	int n = (int)from->quant.count;

	to->type = types[from->type];
	to->name = from->name;
	to->bytes = from->bytes;
	to->dims = fake_numbers((int)from->shape.rank);
	memcpy(to->dims->data, from->shape.dim, from->shape.rank * sizeof(int));
	to->allocation_type = from->data ? kTfLiteMmapRo : kTfLiteArenaRw;
	to->data.data = (void *)from->data;
	if (n) {
		TfLiteAffineQuantization *q = zeros(sizeof(*q));

		q->scale = zeros(sizeof(*q->scale) + (size_t)n * sizeof(float));
		q->scale->size = n;
		memcpy(q->scale->data, from->quant.scale, (size_t)n * sizeof(float));
		q->zero_point = fake_numbers(n);
		memcpy(q->zero_point->data, from->quant.zero_point, (size_t)n * sizeof(int));
		q->quantized_dimension = (int32_t)from->quant.axis;
		to->quantization = (TfLiteQuantization){ kTfLiteAffineQuantization, q };
	}
}

struct fake_lite *fake_lite_create(const struct graph *g)
{
	struct fake_lite *f = zeros(sizeof(*f));

	f->graph = g;
	f->context = (TfLiteContext){
		.tensors_size = g->n_tensors,
		.tensors = zeros(g->n_tensors * sizeof(TfLiteTensor)),
		.GetExecutionPlan = get_plan,
		.GetNodeAndRegistration = get_node,
		.ReplaceNodeSubsetsWithDelegateKernels = replace,
		.ReportError = report,
	};
	f->nodes = zeros(g->n_ops * sizeof(*f->nodes));
	f->registrations = zeros(g->n_ops * sizeof(*f->registrations));
	f->plan = fake_numbers((int)g->n_ops);
	for (uint32_t i = 0; i < g->n_tensors; i++)
		make_tensor(&g->tensors[i], &f->context.tensors[i]);
	for (uint32_t i = 0; i < g->n_ops; i++) {
		f->plan->data[i] = (int)i;
		f->nodes[i].inputs = copy_numbers(g->ops[i].inputs, g->ops[i].n_inputs);
		f->nodes[i].outputs = copy_numbers(g->ops[i].outputs, g->ops[i].n_outputs);
		f->registrations[i].builtin_code =
			make_options(&g->ops[i], &f->nodes[i].builtin_data);
	}
	return f;
}

static void free_tensor(TfLiteTensor *t)
{
	TfLiteAffineQuantization *q = t->quantization.params;

	if (q) {
		free(q->scale);
		free(q->zero_point);
		free(q);
	}
	if (t->allocation_type != kTfLiteMmapRo)
		free(t->data.data);
	free(t->dims);
	free((void *)t->dims_signature);
}

void fake_lite_destroy(struct fake_lite *f)
{
	if (!f)
		return;
	for (uint32_t i = 0; i < f->n_kernels; i++) {
		struct fake_kernel *k = &f->kernels[i];

		k->registration.free(&f->context, k->node.user_data);
		free(k->params.nodes_to_replace);
		free(k->params.input_tensors);
		free(k->params.output_tensors);
	}
	for (int i = 0; i < f->plan->size; i++) {
		free(f->nodes[i].inputs);
		free(f->nodes[i].outputs);
		free(f->nodes[i].builtin_data);
	}
	for (size_t i = 0; i < f->context.tensors_size; i++)
		free_tensor(&f->context.tensors[i]);
	free(f->context.tensors);
	free(f->nodes);
	free(f->registrations);
	free(f->plan);
	free(f);
}

TfLiteStatus fake_lite_apply(struct fake_lite *f, TfLiteDelegate *delegate)
{
	TfLiteStatus status;

	f->busy = true;
	status = delegate->Prepare(&f->context, delegate);
	f->busy = false;
	return status;
}

TfLiteStatus fake_lite_allocate(struct fake_lite *f)
{
	for (size_t i = 0; i < f->context.tensors_size; i++) {
		TfLiteTensor *t = &f->context.tensors[i];

		if (t->allocation_type == kTfLiteMmapRo)
			continue;
		free(t->data.data);
		t->data.data = zeros(t->bytes);
	}
	for (uint32_t i = 0; i < f->n_kernels; i++)
		if (f->kernels[i].registration.prepare(&f->context, &f->kernels[i].node) !=
		    kTfLiteOk)
			return kTfLiteError;
	return kTfLiteOk;
}

TfLiteStatus fake_lite_invoke(struct fake_lite *f)
{
	for (uint32_t i = 0; i < f->n_kernels; i++)
		if (f->kernels[i].registration.invoke(&f->context, &f->kernels[i].node) !=
		    kTfLiteOk)
			return kTfLiteError;
	return kTfLiteOk;
}

void fake_lite_resize(struct fake_lite *f, int tensor, int axis, int extent)
{
	TfLiteTensor *t = &f->context.tensors[tensor];

	t->bytes = t->bytes / (size_t)t->dims->data[axis] * (size_t)extent;
	t->dims->data[axis] = extent;
}
