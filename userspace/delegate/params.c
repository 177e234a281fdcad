// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Parameters of operators
 *
 * A table says which builtin becomes which operator and who reads its options. What the shapes must
 * be like is checked by graph_verify().
 */
#include <stddef.h>

#include <tensorflow/lite/builtin_ops.h>
#include <tensorflow/lite/c/builtin_op_data.h>
#include <tensorflow/lite/c/common.h>

#include <base/bits.h>
#include <graph/graph.h>

#include "params.h"

/* Source: TensorFlow Lite, tools/versioning/op_version.cc. */
#define SLICE_WITHOUT_OFFSET			7
#define TRANSPOSE_CONV_WITHOUT_ACTIVATION	3

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

static const char *read_depthwise(const TfLiteContext *context, const TfLiteNode *node,
				  struct op *op)
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

static const char *read_fully_connected(const TfLiteContext *context, const TfLiteNode *node,
					struct op *op)
{
	const TfLiteFullyConnectedParams *from = node->builtin_data;

	if (from->weights_format != kTfLiteFullyConnectedWeightsFormatDefault)
		return "shuffled weights";
	op->u.fc.keep_num_dims = from->keep_num_dims;
	return read_activation(from->activation, &op->u.fc.activation);
}

static const char *read_add(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	return read_activation(((const TfLiteAddParams *)node->builtin_data)->activation,
			       &op->u.eltwise.activation);
}

static const char *read_sub(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	return read_activation(((const TfLiteSubParams *)node->builtin_data)->activation,
			       &op->u.eltwise.activation);
}

static const char *read_mul(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	return read_activation(((const TfLiteMulParams *)node->builtin_data)->activation,
			       &op->u.eltwise.activation);
}

static const char *read_softmax(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	op->u.softmax.beta = ((const TfLiteSoftmaxParams *)node->builtin_data)->beta;
	return NULL;
}

static const char *read_concat(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	const TfLiteConcatenationParams *from = node->builtin_data;
	const TfLiteIntArray *out =
		node->outputs->size ? context->tensors[node->outputs->data[0]].dims : NULL;

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

static const char *read_leaky_relu(const TfLiteContext *context, const TfLiteNode *node,
				   struct op *op)
{
	op->u.leaky_relu.alpha = ((const TfLiteLeakyReluParams *)node->builtin_data)->alpha;
	return NULL;
}

static const char *read_strided_slice(const TfLiteContext *context, const TfLiteNode *node,
				      struct op *op)
{
	const TfLiteStridedSliceParams *from = node->builtin_data;

	if (from->ellipsis_mask || from->new_axis_mask)
		return "a slice with an ellipsis or a new axis";
	op->u.slice.begin_mask = from->begin_mask;
	op->u.slice.end_mask = from->end_mask;
	op->u.slice.shrink_axis_mask = from->shrink_axis_mask;
	return NULL;
}

static const char *read_transpose_conv(const TfLiteContext *context, const TfLiteNode *node,
				       struct op *op)
{
	const TfLiteTransposeConvParams *from = node->builtin_data;
	struct conv_params *p = &op->u.conv;

	p->stride_h = from->stride_height;
	p->stride_w = from->stride_width;
	p->dilation_h = p->dilation_w = p->depth_multiplier = 1;
	p->activation = ACTIVATION_NONE;
	return read_padding(from->padding, &p->padding);
}

static const char *read_bilinear(const TfLiteContext *context, const TfLiteNode *node,
				 struct op *op)
{
	const TfLiteResizeBilinearParams *from = node->builtin_data;

	op->u.resize.align_corners = from->align_corners;
	op->u.resize.half_pixel_centers = from->half_pixel_centers;
	return NULL;
}

static const char *read_nearest(const TfLiteContext *context, const TfLiteNode *node, struct op *op)
{
	const TfLiteResizeNearestNeighborParams *from = node->builtin_data;

	op->u.resize.align_corners = from->align_corners;
	op->u.resize.half_pixel_centers = from->half_pixel_centers;
	return NULL;
}

static const char *read_mirror_pad(const TfLiteContext *context, const TfLiteNode *node,
				   struct op *op)
{
	op->u.mirror_pad.symmetric =
		((const TfLiteMirrorPaddingParams *)node->builtin_data)->mode ==
		kTfLiteMirrorPaddingSymmetric;
	return NULL;
}

static const struct op_reader {
	int32_t builtin;
	enum op_kind kind;
	const char *(*read)(const TfLiteContext *context, const TfLiteNode *node, struct op *op);
	bool options;	/* it has some */
	int newest;	/* version whose options are understood; 0 for any */
} readers[] = {
	{ kTfLiteBuiltinConv2d, OP_CONV_2D, read_conv, true, 0 },
	{ kTfLiteBuiltinDepthwiseConv2d, OP_DEPTHWISE_CONV_2D, read_depthwise, true, 0 },
	{ kTfLiteBuiltinFullyConnected, OP_FULLY_CONNECTED, read_fully_connected, true, 0 },
	{ kTfLiteBuiltinAveragePool2d, OP_AVERAGE_POOL_2D, read_pool, true, 0 },
	{ kTfLiteBuiltinMaxPool2d, OP_MAX_POOL_2D, read_pool, true, 0 },
	{ kTfLiteBuiltinAdd, OP_ADD, read_add, true, 0 },
	{ kTfLiteBuiltinSub, OP_SUB, read_sub, true, 0 },
	{ kTfLiteBuiltinMul, OP_MUL, read_mul, true, 0 },
	{ kTfLiteBuiltinMaximum, OP_MAXIMUM, NULL, false, 0 },
	{ kTfLiteBuiltinMinimum, OP_MINIMUM, NULL, false, 0 },
	{ kTfLiteBuiltinReshape, OP_RESHAPE, read_reshape, false, 0 },
	{ kTfLiteBuiltinSoftmax, OP_SOFTMAX, read_softmax, true, 0 },
	{ kTfLiteBuiltinConcatenation, OP_CONCATENATION, read_concat, true, 0 },
	{ kTfLiteBuiltinPad, OP_PAD, NULL, false, 0 },
	{ kTfLiteBuiltinMean, OP_MEAN, read_reducer, true, 0 },
	{ kTfLiteBuiltinQuantize, OP_QUANTIZE, NULL, false, 0 },
	{ kTfLiteBuiltinLogistic, OP_LOGISTIC, NULL, false, 0 },
	{ kTfLiteBuiltinDequantize, OP_DEQUANTIZE, NULL, false, 0 },
	{ kTfLiteBuiltinTanh, OP_TANH, NULL, false, 0 },
	{ kTfLiteBuiltinRelu, OP_RELU, NULL, false, 0 },
	{ kTfLiteBuiltinRelu6, OP_RELU6, NULL, false, 0 },
	{ kTfLiteBuiltinReluN1To1, OP_RELU_N1_TO_1, NULL, false, 0 },
	{ kTfLiteBuiltinLeakyRelu, OP_LEAKY_RELU, read_leaky_relu, true, 0 },
	{ kTfLiteBuiltinPrelu, OP_PRELU, NULL, false, 0 },
	{ kTfLiteBuiltinHardSwish, OP_HARD_SWISH, NULL, false, 0 },
	{ kTfLiteBuiltinSplit, OP_SPLIT, NULL, false, 0 },	/* the outputs say how many */
	{ kTfLiteBuiltinStridedSlice, OP_STRIDED_SLICE, read_strided_slice, true,
	  SLICE_WITHOUT_OFFSET },
	{ kTfLiteBuiltinTranspose, OP_TRANSPOSE, NULL, false, 0 },
	{ kTfLiteBuiltinTransposeConv, OP_TRANSPOSE_CONV, read_transpose_conv, true,
	  TRANSPOSE_CONV_WITHOUT_ACTIVATION },
	{ kTfLiteBuiltinResizeNearestNeighbor, OP_RESIZE_NEAREST_NEIGHBOR, read_nearest, true, 0 },
	{ kTfLiteBuiltinResizeBilinear, OP_RESIZE_BILINEAR, read_bilinear, true, 0 },
	{ kTfLiteBuiltinPadv2, OP_PADV2, NULL, false, 0 },
	{ kTfLiteBuiltinMirrorPad, OP_MIRROR_PAD, read_mirror_pad, true, 0 },
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
	return builtin >= 0 && builtin < (int32_t)ARRAY_SIZE(names) && names[builtin]
		? names[builtin]
		: "an operator newer than this delegate";
}

const char *params_read(const TfLiteContext *context, const TfLiteNode *node, int version,
			struct op *op)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		if (readers[i].kind != op->kind)
			continue;
		if (readers[i].options && !node->builtin_data)
			return "it comes without its options";
		if (readers[i].newest && version > readers[i].newest)
			return "it has an option that this delegate does not know";
		return readers[i].read ? readers[i].read(context, node, op) : NULL;
	}
	return "no part of this stack implements this operator";
}
