/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the kernels of the reference share
 *
 * A kernel computes one operator kind. It may rely on a verified graph and on its own refusal
 * function having found nothing. 8-bit elements are read through a view, which makes uint8 and int8
 * the same to the kernel.
 */
#ifndef REF_KERNEL_H
#define REF_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include <graph/graph.h>

#include "requant.h"

struct diag;

/**
 * struct eval - one call of ref_eval()
 * @g: graph
 * @op: operator
 * @values: contents of tensors
 * @d: receives reasons
 */
struct eval {
	const struct graph *g;
	const struct op *op;
	void *const *values;
	struct diag *d;
};

/**
 * struct view - an 8-bit tensor
 * @t: the tensor
 * @data: its contents
 * @flip: 0x80 for int8, 0 for uint8; see view_get()
 */
struct view {
	const struct tensor *t;
	const uint8_t *data;
	int32_t flip;
};

/* Inputs and outputs of an operator; NULL for an optional input that is absent. */
static inline const struct tensor *op_in(const struct graph *g, const struct op *op, unsigned int i)
{
	return i < op->n_inputs && op->inputs[i] != GRAPH_NONE ? &g->tensors[op->inputs[i]] : NULL;
}

static inline const struct tensor *op_out(const struct graph *g, const struct op *op,
					  unsigned int i)
{
	return &g->tensors[op->outputs[i]];
}

static inline const void *eval_in(const struct eval *e, unsigned int i)
{
	const void *value = e->values[e->op->inputs[i]];

	return value ? value : e->g->tensors[e->op->inputs[i]].data;
}

static inline void *eval_out(const struct eval *e, unsigned int i)
{
	return e->values[e->op->outputs[i]];
}

static inline struct view view_in(const struct eval *e, unsigned int i)
{
	const struct tensor *t = op_in(e->g, e->op, i);

	return (struct view){ .t = t,
			      .data = eval_in(e, i),
			      .flip = t->type == DTYPE_INT8 ? 0x80 : 0 };
}

/* Element @i as stored: sign extension of an int8 is (b ^ 0x80) - 0x80. */
static inline int32_t view_get(const struct view *v, size_t i)
{
	return (v->data[i] ^ v->flip) - v->flip;
}

/* Kernels: refuses() gives a reason or NULL, eval() 0 or -ENOMEM. */
const char *conv_refuses(const struct graph *g, const struct op *op);
int conv_eval(const struct eval *e);
int depthwise_eval(const struct eval *e);
const char *fc_refuses(const struct graph *g, const struct op *op);
int fc_eval(const struct eval *e);
const char *pool_refuses(const struct graph *g, const struct op *op);
int pool_average_eval(const struct eval *e);
int pool_max_eval(const struct eval *e);
const char *softmax_refuses(const struct graph *g, const struct op *op);
int softmax_eval(const struct eval *e);
const char *sum_refuses(const struct graph *g, const struct op *op);
int add_eval(const struct eval *e);
int sub_eval(const struct eval *e);
const char *mul_refuses(const struct graph *g, const struct op *op);
int mul_eval(const struct eval *e);
const char *extremum_refuses(const struct graph *g, const struct op *op);
int maximum_eval(const struct eval *e);
int minimum_eval(const struct eval *e);
const char *lut_refuses(const struct graph *g, const struct op *op);
int logistic_eval(const struct eval *e);
const char *reshape_refuses(const struct graph *g, const struct op *op);
int reshape_eval(const struct eval *e);
const char *concat_refuses(const struct graph *g, const struct op *op);
int concat_eval(const struct eval *e);
const char *pad_refuses(const struct graph *g, const struct op *op);
int pad_eval(const struct eval *e);
const char *mean_refuses(const struct graph *g, const struct op *op);
int mean_eval(const struct eval *e);
const char *quantize_refuses(const struct graph *g, const struct op *op);
int quantize_eval(const struct eval *e);
int tanh_eval(const struct eval *e);
int relu_eval(const struct eval *e);
int relu6_eval(const struct eval *e);
int relu_n1_to_1_eval(const struct eval *e);
const char *leaky_relu_refuses(const struct graph *g, const struct op *op);
int leaky_relu_eval(const struct eval *e);
const char *hard_swish_refuses(const struct graph *g, const struct op *op);
int hard_swish_eval(const struct eval *e);
const char *prelu_refuses(const struct graph *g, const struct op *op);
int prelu_eval(const struct eval *e);
const char *split_refuses(const struct graph *g, const struct op *op);
int split_eval(const struct eval *e);
const char *strided_slice_refuses(const struct graph *g, const struct op *op);
int strided_slice_eval(const struct eval *e);
const char *transpose_refuses(const struct graph *g, const struct op *op);
int transpose_eval(const struct eval *e);
const char *mirror_pad_refuses(const struct graph *g, const struct op *op);
int mirror_pad_eval(const struct eval *e);
const char *padv2_refuses(const struct graph *g, const struct op *op);
int padv2_eval(const struct eval *e);
const char *transpose_conv_refuses(const struct graph *g, const struct op *op);
int transpose_conv_eval(const struct eval *e);
const char *resize_refuses(const struct graph *g, const struct op *op);
int resize_nearest_eval(const struct eval *e);
const char *bilinear_refuses(const struct graph *g, const struct op *op);
int resize_bilinear_eval(const struct eval *e);
const char *dequantize_refuses(const struct graph *g, const struct op *op);
int dequantize_eval(const struct eval *e);
const char *detection_refuses(const struct graph *g, const struct op *op);
int detection_eval(const struct eval *e);

/* Refusals that several kernels share. */
const char *refuse_unless_8bit(const struct tensor *t);
const char *refuse_weights(const struct graph *g, const struct op *op, unsigned int axis);
const char *refuse_move(const struct tensor *x, const struct tensor *y);
const char *refuse_unknown_ints(const struct tensor *t);
bool same_quant(const struct tensor *a, const struct tensor *b);

/* Numbers of an operator's inputs: image and bias beside the weights, which are input 1. */
static inline unsigned int image_input(const struct op *op)
{
	return op->kind == OP_TRANSPOSE_CONV ? 2 : 0;
}

static inline unsigned int bias_input(const struct op *op)
{
	return op->kind == OP_TRANSPOSE_CONV ? 3 : 2;
}

/**
 * weights_requant() - multiplier of each output channel: input scale times weight scale by output
 * scale
 * @g: graph
 * @op: CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV or FULLY_CONNECTED that is not refused
 * @channels: output channels
 *
 * Return: @channels numbers, freed by the caller; NULL when memory is out.
 */
struct requant *weights_requant(const struct graph *g, const struct op *op, int32_t channels);

#endif /* REF_KERNEL_H */
