// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What operators with weights share
 *
 * Which types and scales they take, and the multipliers that bring a sum of products to the
 * output's scale.
 */
#include <stdlib.h>

#include "kernel.h"

const char *refuse_unless_8bit(const struct tensor *t)
{
	if (t->type != DTYPE_UINT8 && t->type != DTYPE_INT8)
		return "an input or output is neither uint8 nor int8";
	if (t->quant.count != 1)
		return "an input or output is not quantised per tensor";

	return NULL;
}

const char *refuse_weights(const struct graph *g, const struct op *op, unsigned int axis)
{
	const struct tensor *x = op_in(g, op, image_input(op)), *w = op_in(g, op, 1);
	const struct tensor *bias = op_in(g, op, bias_input(op)), *y = op_out(g, op, 0);
	const char *reason = refuse_unless_8bit(x);

	if (!reason)
		reason = refuse_unless_8bit(y);
	if (reason)
		return reason;
	if (x->type != y->type || x->type != w->type)
		return "input, weights and output differ in type";
	if (!w->quant.count)
		return "the weights are not quantised";
	if (w->quant.count > 1 && (w->type != DTYPE_INT8 || w->quant.axis != axis))
		return "the weights have scales along a dimension other than output channels, or "
		       "are uint8";
	if (bias && bias->type != DTYPE_INT32)
		return "the bias is not int32";

	return NULL;
}

/*
 * TensorFlow Lite multiplies input and weight scale in single precision where it works per tensor
 * (all of uint8, and int8 FULLY_CONNECTED), and in double precision otherwise.
 */
static double product_scale(const struct op *op, const struct tensor *x, const struct tensor *w,
			    int32_t channel)
{
	float input = x->quant.scale[0], weight = w->quant.scale[w->quant.count > 1 ? channel : 0];

	if (w->type == DTYPE_UINT8 || (op->kind == OP_FULLY_CONNECTED && w->quant.count == 1))
		return input * weight;
	return (double)input * weight;
}

struct requant *weights_requant(const struct graph *g, const struct op *op, int32_t channels)
{
	const struct tensor *x = op_in(g, op, image_input(op)), *w = op_in(g, op, 1),
			    *y = op_out(g, op, 0);
	struct requant *r = calloc(channels, sizeof(*r));

	for (int32_t i = 0; r && i < channels; i++)
		r[i] = requant_make(product_scale(op, x, w, i) / y->quant.scale[0]);

	return r;
}
