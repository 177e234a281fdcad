// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Functions of one 8-bit number
 *
 * TensorFlow Lite's reference kernels compute a table of 256 outputs in single precision and look each element up.
 *
 * Source: tensorflow/lite/kernels/activations.cc, PopulateLookupTable() (2.14).
 */
#include <math.h>

#include <base/bits.h>

#include "kernel.h"

const char *lut_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *x = op_in(g, op, 0), *y = op_out(g, op, 0);
	const char *reason = refuse_unless_8bit(x);

	if (!reason)
		reason = refuse_unless_8bit(y);
	if (!reason && x->type != y->type)
		reason = "input and output differ in type";

	return reason;
}

static int lut_eval(const struct eval *e, float (*f)(float))
{
	const struct tensor *y = op_out(e->g, e->op, 0);
	struct view x = view_in(e, 0);
	size_t elements = shape_elements(&y->shape);
	struct range range = type_range(y->type);
	float inverse = 1 / y->quant.scale[0];
	uint8_t *out = eval_out(e, 0), table[UINT8_MAX + 1];

	for (int32_t v = range.low; v <= range.high; v++) {
		float real = f(x.t->quant.scale[0] * (float)(v - x.t->quant.zero_point[0]));
		float steps = roundf(real * inverse) + (float)y->quant.zero_point[0];

		table[(uint8_t)v] = (int32_t)fminf(fmaxf(steps, (float)range.low), (float)range.high);
	}
	for (size_t i = 0; i < elements; i++)
		out[i] = table[x.data[i]];

	return 0;
}

static float logistic(float x)
{
	return 1.0f / (1.0f + expf(-x));
}

int logistic_eval(const struct eval *e)
{
	return lut_eval(e, logistic);
}
