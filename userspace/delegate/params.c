// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Parameters of operators
 *
 * A table says which builtin becomes which operator and who reads its options. What the shapes must be like is checked by
 * graph_verify().
 */
#include <stddef.h>

#include <tensorflow/lite/builtin_ops.h>
#include <tensorflow/lite/c/builtin_op_data.h>
#include <tensorflow/lite/c/common.h>

#include <base/bits.h>
#include <graph/graph.h>

#include "params.h"

static const char *const names[] = {
#define TFL_BUILTIN(number, name) [number] = #name,
#include <tflite/builtins.def>
#undef TFL_BUILTIN
};

static const char *read_activation(TfLiteFusedActivation a, enum activation *out)
{
	static const enum activation activations[] = {
		[kTfLiteActNone] = ACTIVATION_NONE,
		[kTfLiteActRelu] = ACTIVATION_RELU,
		[kTfLiteActReluN1To1] = ACTIVATION_RELU_N1_TO_1,
		[kTfLiteActRelu6] = ACTIVATION_RELU6,
	};

	if (a < 0 || a >= (int)ARRAY_SIZE(activations))
		return "a fused activation other than RELU, RELU6 and RELU_N1_TO_1";
	*out = activations[a];
	return NULL;
}

static const char *read_padding(TfLitePadding p, enum padding *out)
{
	if (p != kTfLitePaddingSame && p != kTfLitePaddingValid)
		return "a padding other than SAME and VALID";
	*out = p == kTfLitePaddingSame ? PADDING_SAME : PADDING_VALID;
	return NULL;
}

static const char *read_conv(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	const TfLiteConvParams *from = node->builtin_data;
	struct conv_params *p = &op->u.conv;
	const char *reason = read_padding(from->padding, &p->padding);

	p->stride_h = from->stride_height;
	p->stride_w = from->stride_width;
	p->dilation_h = from->dilation_height_factor;
	p->dilation_w = from->dilation_width_factor;
	p->depth_multiplier = 1;
	return reason ? reason : read_activation(from->activation, &p->activation);
}

/* The shapes say the multiplier; the option is a relic that new converters leave 0. */
static int32_t depth_multiplier(const TfLiteContext *context, const TfLiteNode *node)
{
	const TfLiteIntArray *in, *weights;

	if (node->inputs->size < 2 || node->inputs->data[0] < 0 || node->inputs->data[1] < 0)
		return 0;
	in = context->tensors[node->inputs->data[0]].dims;
	weights = context->tensors[node->inputs->data[1]].dims;
	if (!in || !weights || in->size != 4 || weights->size != 4 || in->data[3] < 1)
		return 0;
	return weights->data[3] / in->data[3];
}

static const char *read_depthwise(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	const TfLiteDepthwiseConvParams *from = node->builtin_data;
	struct conv_params *p = &op->u.conv;
	const char *reason = read_padding(from->padding, &p->padding);

	p->stride_h = from->stride_height;
	p->stride_w = from->stride_width;
	p->dilation_h = from->dilation_height_factor;
	p->dilation_w = from->dilation_width_factor;
	p->depth_multiplier = depth_multiplier(context, node);
	return reason ? reason : read_activation(from->activation, &p->activation);
}

static const char *read_pool(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	const TfLitePoolParams *from = node->builtin_data;
	struct pool_params *p = &op->u.pool;
	const char *reason = read_padding(from->padding, &p->padding);

	p->stride_h = from->stride_height;
	p->stride_w = from->stride_width;
	p->filter_h = from->filter_height;
	p->filter_w = from->filter_width;
	return reason ? reason : read_activation(from->activation, &p->activation);
}

static const char *read_fully_connected(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	const TfLiteFullyConnectedParams *from = node->builtin_data;

	if (from->weights_format != kTfLiteFullyConnectedWeightsFormatDefault)
		return "shuffled weights";
	op->u.fc.keep_num_dims = from->keep_num_dims;
	return read_activation(from->activation, &op->u.fc.activation);
}

static const char *read_add(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	return read_activation(((const TfLiteAddParams *)node->builtin_data)->activation, &op->u.eltwise.activation);
}

static const char *read_sub(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	return read_activation(((const TfLiteSubParams *)node->builtin_data)->activation, &op->u.eltwise.activation);
}

static const char *read_mul(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	return read_activation(((const TfLiteMulParams *)node->builtin_data)->activation, &op->u.eltwise.activation);
}

static const char *read_softmax(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	op->u.softmax.beta = ((const TfLiteSoftmaxParams *)node->builtin_data)->beta;
	return NULL;
}

static const char *read_concat(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	const TfLiteConcatenationParams *from = node->builtin_data;
	const TfLiteIntArray *out = node->outputs->size ? context->tensors[node->outputs->data[0]].dims : NULL;

	op->u.concat.axis = from->axis;
	if (from->axis < 0 && out)
		op->u.concat.axis += out->size;
	return read_activation(from->activation, &op->u.concat.activation);
}

static const char *read_reducer(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	op->u.reduce.keep_dims = ((const TfLiteReducerParams *)node->builtin_data)->keep_dims;
	return NULL;
}

/* The output's shape says it all, as long as it does not depend on what a run computes. */
static const char *read_reshape(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	if (node->inputs->size > 1 && node->inputs->data[1] >= 0 &&
	    context->tensors[node->inputs->data[1]].allocation_type != kTfLiteMmapRo)
		return "a shape that is known only at run time";
	return NULL;
}

static const struct op_reader {
	int32_t builtin;
	enum op_kind kind;
	const char *(*read)(const TfLiteContext *context, const TfLiteNode *node, struct op *op);
	bool options;	/* it has some */
} readers[] = {
	{ kTfLiteBuiltinConv2d, OP_CONV_2D, read_conv, true },
	{ kTfLiteBuiltinDepthwiseConv2d, OP_DEPTHWISE_CONV_2D, read_depthwise, true },
	{ kTfLiteBuiltinFullyConnected, OP_FULLY_CONNECTED, read_fully_connected, true },
	{ kTfLiteBuiltinAveragePool2d, OP_AVERAGE_POOL_2D, read_pool, true },
	{ kTfLiteBuiltinMaxPool2d, OP_MAX_POOL_2D, read_pool, true },
	{ kTfLiteBuiltinAdd, OP_ADD, read_add, true },
	{ kTfLiteBuiltinSub, OP_SUB, read_sub, true },
	{ kTfLiteBuiltinMul, OP_MUL, read_mul, true },
	{ kTfLiteBuiltinMaximum, OP_MAXIMUM, NULL, false },
	{ kTfLiteBuiltinMinimum, OP_MINIMUM, NULL, false },
	{ kTfLiteBuiltinReshape, OP_RESHAPE, read_reshape, false },
	{ kTfLiteBuiltinSoftmax, OP_SOFTMAX, read_softmax, true },
	{ kTfLiteBuiltinConcatenation, OP_CONCATENATION, read_concat, true },
	{ kTfLiteBuiltinPad, OP_PAD, NULL, false },
	{ kTfLiteBuiltinMean, OP_MEAN, read_reducer, true },
	{ kTfLiteBuiltinQuantize, OP_QUANTIZE, NULL, false },
	{ kTfLiteBuiltinLogistic, OP_LOGISTIC, NULL, false },
};

bool params_kind(int32_t builtin, enum op_kind *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		if (readers[i].builtin != builtin)
			continue;
		*kind = readers[i].kind;
		return true;
	}
	return false;
}

const char *params_name(int32_t builtin)
{
	return builtin >= 0 && builtin < (int32_t)ARRAY_SIZE(names) && names[builtin] ? names[builtin] :
	       "an operator newer than this delegate";
}

const char *params_read(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		if (readers[i].kind != op->kind)
			continue;
		if (readers[i].options && !node->builtin_data)
			return "it comes without its options";
		return readers[i].read ? readers[i].read(context, node, op) : NULL;
	}
	return "no part of this stack implements this operator";
}
