/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Graphs made by hand
 *
 * For tests that need a model without a file: an input, operators one behind the other, outputs.
 * Running out of memory or room ends the test program.
 */
#ifndef CROSS_BUILD_H
#define CROSS_BUILD_H

#include <stdint.h>

#include <graph/graph.h>

/**
 * struct build_quant - scale and zero point of a tensor
 * @scale: positive
 * @zero_point: in the range of the type
 */
struct build_quant {
	float scale;
	int32_t zero_point;
};

/**
 * struct build_conv - a convolution, depthwise convolution or fully connected layer
 * @kind: OP_CONV_2D, OP_DEPTHWISE_CONV_2D or OP_FULLY_CONNECTED
 * @kernels: output channels; a multiple of the input channels for depthwise
 * @kernel_h: rows of a filter; 0 counts as 1, here and in all that follow
 * @stride_h: vertical stride
 * @dilation_h: vertical dilation
 * @padding: SAME or VALID
 * @activation: fused activation
 * @weight: quantisation of the weights
 * @weight_scales: scale of each output channel, copied, in place of the scale of @weight; NULL when
 *	all are alike
 * @out: quantisation of the output
 * @weights: contents in TensorFlow Lite's order, copied; NULL for zeros
 * @bias: one per kernel, copied; NULL for none
 */
struct build_conv {
	enum op_kind kind;
	int32_t kernels;
	int32_t kernel_h, kernel_w;
	int32_t stride_h, stride_w;
	int32_t dilation_h, dilation_w;
	enum padding padding;
	enum activation activation;
	struct build_quant weight, out;
	const float *weight_scales;
	const uint8_t *weights;
	const int32_t *bias;
};

/**
 * build_start() - a graph with one input
 * @type: DTYPE_UINT8 or DTYPE_INT8, of all tensors
 * @shape: of the input
 * @quant: of the input
 *
 * Return: the graph, owned by the caller; its input is tensor 0.
 */
struct graph *build_start(enum dtype type, const struct shape *shape, struct build_quant quant);

/**
 * build_add_conv() - append a convolution
 * @g: from build_start()
 * @in: tensor number of its input, rank 4 (fully connected: any)
 * @conv: what to append
 *
 * Return: tensor number of its output.
 */
uint32_t build_add_conv(struct graph *g, uint32_t in, const struct build_conv *conv);

/**
 * build_add_pool() - append an average or maximum pooling that keeps the quantisation
 * @g: from build_start()
 * @kind: OP_AVERAGE_POOL_2D or OP_MAX_POOL_2D
 * @in: tensor number of its input
 * @pool: parameters
 *
 * Return: tensor number of its output.
 */
uint32_t build_add_pool(struct graph *g, enum op_kind kind, uint32_t in,
			const struct pool_params *pool);

/**
 * build_add_unary() - append a RESHAPE or SOFTMAX
 * @g: from build_start()
 * @kind: operator
 * @in: tensor number of its input
 * @shape: of the output
 * @quant: of the output
 *
 * Return: tensor number of its output.
 */
uint32_t build_add_unary(struct graph *g, enum op_kind kind, uint32_t in, const struct shape *shape,
			 struct build_quant quant);

/**
 * build_add_op() - append any operator
 * @g: from build_start()
 * @kind: operator
 * @inputs: tensor numbers
 * @n_inputs: how many
 * @out: shape of its output, which has the type of the graph
 * @quant: of the output
 *
 * Return: the operator, whose parameters are the caller's to fill in; outputs[0] is its output.
 */
struct op *build_add_op(struct graph *g, enum op_kind kind, const uint32_t *inputs,
			uint32_t n_inputs, const struct shape *out, struct build_quant quant);

/**
 * build_more_outputs() - give an operator further outputs like the first
 * @g: from build_start()
 * @op: from build_add_op()
 * @count: outputs in all
 */
void build_more_outputs(struct graph *g, struct op *op, uint32_t count);

/**
 * build_constant() - a constant of the graph's type
 * @g: from build_start()
 * @shape: its shape
 * @quant: its quantisation
 * @data: contents, copied
 *
 * Return: its tensor number.
 */
uint32_t build_constant(struct graph *g, const struct shape *shape, struct build_quant quant,
			const void *data);

/**
 * build_channel_scales() - give each channel of a constant a scale of its own
 * @g: from build_start()
 * @tensor: its number
 * @axis: of the channels
 * @scales: one per channel, copied
 */
void build_channel_scales(struct graph *g, uint32_t tensor, uint32_t axis, const float *scales);

/**
 * build_ints() - a constant of int32
 * @g: from build_start()
 * @shape: its shape
 * @data: contents, copied
 *
 * Return: its tensor number.
 */
uint32_t build_ints(struct graph *g, const struct shape *shape, const int32_t *data);

/**
 * build_output() - make a tensor an output of the model
 * @g: from build_start()
 * @tensor: its number
 */
void build_output(struct graph *g, uint32_t tensor);

#endif /* CROSS_BUILD_H */
