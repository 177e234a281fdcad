/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: From TensorFlow Lite's operators to what the NPU does
 *
 * One function per operator of caps.def, and what they share. A function fills in the node but for
 * its kind's passes to come, and says what kind it is.
 */
#ifndef COMPILER_LOWER_H
#define COMPILER_LOWER_H

#include <stdbool.h>
#include <stdint.h>

#include <graph/graph.h>

#include "work.h"

#define UINT8_FLIP	0x80 /* the MAC array is signed: uint8 is stored less 128; guide 4.4 */

#define LOWER_EXPANDED_MAX	(16 << 20)	/* bytes of weights; beyond, zeros cost too much */

/* Reason that stands for a failed allocation. */
extern const char lower_no_memory[];

/**
 * struct bounds - outputs that an activation allows, stored
 * @zero: zero point
 * @low: least
 * @high: largest
 */
struct bounds {
	int32_t zero, low, high;
};

/* lower_stored_zero() - zero point in the stored form */
int32_t lower_stored_zero(const struct tensor *t);

/* lower_known_ints() - an integer constant, so that tensor_int() gives its elements */
bool lower_known_ints(const struct tensor *t);

/* lower_same_quant() - do equal stored bytes mean equal numbers? */
bool lower_same_quant(const struct tensor *a, const struct tensor *b);

/*
 * lower_per_tensor() - one scale and zero point for all of a tensor, be it given once or repeated
 */
bool lower_per_tensor(const struct tensor *t);

/**
 * lower_extent() - a tensor as an image: rank 4 is 1HWC; below, the first extents count as rows and
 * columns
 * @t: tensor
 * @e: filled in
 *
 * Return: false when it is no single image.
 */
bool lower_extent(const struct tensor *t, struct extent *e);

/**
 * lower_check() - what each operator asks of its input and output
 * @in: input
 * @out: output
 *
 * Return: NULL or the reason.
 */
const char *lower_check(const struct tensor *in, const struct tensor *out);

/**
 * lower_activation() - the bounds that TensorFlow Lite gives an output
 * @out: output
 * @a: fused activation
 * @b: filled in
 *
 * Return: NULL or the reason. Source: kernels/kernel_util.cc CalculateActivationRangeQuantized.
 */
const char *lower_activation(const struct tensor *out, enum activation a, struct bounds *b);

/* lower_axis() - a dimension as one of the extents of an image; -1 when it is none */
int lower_axis(const struct tensor *t, int32_t dimension);

/* lower_conv_bounds() - lower_activation() into a convolution */
const char *lower_conv_bounds(const struct tensor *out, enum activation a, struct conv *c);

/**
 * lower_windows() - windows of a convolution whose extents are known
 * @p: strides, dilations, padding
 * @kernel_h: rows of a window
 * @kernel_w: columns of a window
 * @c: convolution
 *
 * Return: NULL or the reason.
 */
const char *lower_windows(const struct conv_params *p, int32_t kernel_h, int32_t kernel_w,
			  struct conv *c);

/**
 * lower_constants() - weights, bias and scales of a convolution
 * @g: model
 * @op: operator, whose weights are input 1; their extents were checked by graph_verify()
 * @input: tensor of the features
 * @bias_at: input that is the bias, if there is one
 * @c: convolution with the extents of its output
 *
 * Return: NULL or the reason.
 */
const char *lower_constants(const struct graph *g, const struct op *op, uint32_t input,
			    uint32_t bias_at, struct conv *c);

/**
 * lower_copy() - a flow that moves what is stored, unchanged
 * @w: compilation
 * @f: flow with its tensors, places and extents
 *
 * Return: NULL or the reason.
 */
const char *lower_copy(struct work *w, struct flow *f);

/**
 * lower_flows() - make a node of the DPU alone
 * @w: compilation
 * @n: node
 * @count: flows
 *
 * Return: the flows, zeroed; NULL when memory is out.
 */
struct flow *lower_flows(struct work *w, struct node *n, uint32_t count);

/**
 * lower_flow_all() - a flow over all of a tensor
 * @w: compilation
 * @n: its node
 * @f: flow; requant, factors and tables are the caller's
 * @in: tensor
 *
 * Return: NULL or the reason.
 */
const char *lower_flow_all(struct work *w, const struct node *n, struct flow *f, uint32_t in);

/**
 * lower_pick() - a depthwise convolution that moves pixels
 * @w: compilation
 * @n: node whose convolution has extents, strides, padding and, where windows leave the input,
 *	in_zero
 * @rows: of the window
 * @columns: of the window
 * @row: of the weight that is 1; the others are 0
 * @column: of the same
 *
 * Values pass as they are stored: both zero points are taken for what is around the input.
 *
 * Return: NULL or the reason.
 */
const char *lower_pick(struct work *w, struct node *n, int32_t rows, int32_t columns, int32_t row,
		       int32_t column);

/**
 * lower_select() - a convolution that moves pixels and channels
 * @w: compilation
 * @n: node whose convolution has extents, strides and in_zero, and whose windows stay in the input
 * @rows: of the window, columns, and the tap that is taken: as for lower_pick()
 * @columns: see @rows
 * @row: see @rows
 * @column: see @rows
 * @from: input channel of each output channel
 *
 * Return: NULL or the reason.
 */
const char *lower_select(struct work *w, struct node *n, int32_t rows, int32_t columns, int32_t row,
			 int32_t column, const uint32_t *from);

/* One per row of caps.def. Return: NULL or the reason. */
const char *lower_conv_2d(struct work *w, const struct op *op, struct node *n);
const char *lower_depthwise_conv_2d(struct work *w, const struct op *op, struct node *n);
const char *lower_fully_connected(struct work *w, const struct op *op, struct node *n);
const char *lower_average_pool_2d(struct work *w, const struct op *op, struct node *n);
const char *lower_max_pool_2d(struct work *w, const struct op *op, struct node *n);
const char *lower_mean(struct work *w, const struct op *op, struct node *n);
const char *lower_sum(struct work *w, const struct op *op, struct node *n);
const char *lower_product(struct work *w, const struct op *op, struct node *n);
const char *lower_extremum(struct work *w, const struct op *op, struct node *n);
const char *lower_quantize(struct work *w, const struct op *op, struct node *n);
const char *lower_curve(struct work *w, const struct op *op, struct node *n);
const char *lower_relu(struct work *w, const struct op *op, struct node *n);
const char *lower_leaky_relu(struct work *w, const struct op *op, struct node *n);
const char *lower_prelu(struct work *w, const struct op *op, struct node *n);
const char *lower_hard_swish(struct work *w, const struct op *op, struct node *n);
const char *lower_concatenation(struct work *w, const struct op *op, struct node *n);
const char *lower_split(struct work *w, const struct op *op, struct node *n);
const char *lower_strided_slice(struct work *w, const struct op *op, struct node *n);
const char *lower_pad(struct work *w, const struct op *op, struct node *n);
const char *lower_resize_nearest(struct work *w, const struct op *op, struct node *n);
const char *lower_transpose_conv(struct work *w, const struct op *op, struct node *n);
const char *lower_padv2(struct work *w, const struct op *op, struct node *n);

#endif /* COMPILER_LOWER_H */
