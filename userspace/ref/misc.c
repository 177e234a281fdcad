// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operators that move elements or rescale them one by one
 *
 * Source:
 * tensorflow/lite/kernels/internal/reference/{concatenation,pad,reduce,requantize,quantize,dequantize}.h
 * (2.14).
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>

#include "kernel.h"

bool same_quant(const struct tensor *a, const struct tensor *b)
{
	if (!a->quant.count || !b->quant.count)
		return a->quant.count == b->quant.count;
	return a->quant.scale[0] == b->quant.scale[0] &&
	       a->quant.zero_point[0] == b->quant.zero_point[0];
}

static uint8_t store(struct range range, double steps)
{
	return (int32_t)fmin(fmax(steps, range.low), range.high);
}

const char *reshape_refuses(const struct graph *g, const struct op *op)
{
	return op_in(g, op, 0)->type == DTYPE_OTHER ? "elements of an unknown type" : NULL;
}

int reshape_eval(const struct eval *e)
{
	memmove(eval_out(e, 0), eval_in(e, 0), op_out(e->g, e->op, 0)->bytes);

	return 0;
}

const char *concat_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *y = op_out(g, op, 0);

	if (y->type == DTYPE_OTHER)
		return "elements of an unknown type";
	if (op->u.concat.activation != ACTIVATION_NONE)
		return "a fused activation";
	for (uint32_t i = 0; i < op->n_inputs; i++) {
		const struct tensor *x = op_in(g, op, i);

		if (x->type != y->type)
			return "inputs and output differ in type";
		if (!same_quant(x, y) &&
		    (x->type != DTYPE_UINT8 || x->quant.count != 1 || y->quant.count != 1))
			return "an input's scale differs from the output's, and the type is not "
			       "uint8";
	}

	return NULL;
}

/* Only uint8 inputs may have a scale of their own. */
static void concat_part(uint8_t *out, const struct tensor *y, const uint8_t *in,
			const struct tensor *x, size_t bytes)
{
	float scale, bias;

	if (same_quant(x, y)) {
		memcpy(out, in, bytes);
		return;
	}
	scale = x->quant.scale[0] * (1.0f / y->quant.scale[0]);
	bias = (float)-x->quant.zero_point[0] * scale;
	for (size_t i = 0; i < bytes; i++)
		out[i] = store(type_range(y->type), (double)roundf((float)in[i] * scale + bias) +
						    y->quant.zero_point[0]);
}

int concat_eval(const struct eval *e)
{
	const struct tensor *y = op_out(e->g, e->op, 0);
	size_t outer = 1, inner = dtype_bytes(y->type);
	int32_t axis = e->op->u.concat.axis;
	uint8_t *out = eval_out(e, 0);

	for (int32_t i = 0; i < axis; i++)
		outer *= y->shape.dim[i];
	for (unsigned int i = axis + 1; i < y->shape.rank; i++)
		inner *= y->shape.dim[i];
	for (size_t o = 0; o < outer; o++)
		for (uint32_t i = 0; i < e->op->n_inputs; i++) {
			const struct tensor *x = op_in(e->g, e->op, i);
			size_t bytes = x->shape.dim[axis] * inner;

			concat_part(out, y, (const uint8_t *)eval_in(e, i) + o * bytes, x, bytes);
			out += bytes;
		}

	return 0;
}

const char *pad_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *x = op_in(g, op, 0), *paddings = op_in(g, op, 1),
			    *y = op_out(g, op, 0);
	const char *reason = refuse_unless_8bit(x);

	if (!reason)
		reason = refuse_unless_8bit(y);
	if (reason)
		return reason;
	if (x->type != y->type || !same_quant(x, y))
		return "input and output differ in type, scale or zero point";
	if (!paddings->data || (paddings->type != DTYPE_INT32 && paddings->type != DTYPE_INT64))
		return "the paddings are not known before the model runs";

	return NULL;
}

const char *padv2_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *value = op_in(g, op, 2), *y = op_out(g, op, 0);
	const char *reason = pad_refuses(g, op);

	if (reason)
		return reason;
	return value->type == y->type && same_quant(value, y) ? NULL :
	       "padding value and output differ in type, scale or zero point";
}

/*
 * Copy dimension @axis and those inside it; @out points to the output element with 0 in all of
 * these.
 */
static void pad_copy(uint8_t *out, const uint8_t **in, const struct tensor *x,
		     const struct tensor *y, const struct tensor *paddings, unsigned int axis)
{
	size_t inner = 1;

	for (unsigned int i = axis + 1; i < y->shape.rank; i++)
		inner *= y->shape.dim[i];
	out += tensor_int(paddings, 2 * axis) * inner;
	if (axis + 1 == y->shape.rank) {
		memcpy(out, *in, x->shape.dim[axis]);
		*in += x->shape.dim[axis];
		return;
	}
	for (int32_t i = 0; i < x->shape.dim[axis]; i++)
		pad_copy(out + i * inner, in, x, y, paddings, axis + 1);
}

static void pad(const struct eval *e, uint8_t value)
{
	const struct tensor *x = op_in(e->g, e->op, 0), *y = op_out(e->g, e->op, 0);
	const uint8_t *in = eval_in(e, 0);
	uint8_t *out = eval_out(e, 0);

	memset(out, value, y->bytes);
	if (y->shape.rank)
		pad_copy(out, &in, x, y, op_in(e->g, e->op, 1), 0);
	else
		*out = *in;
}

int pad_eval(const struct eval *e)
{
	pad(e, op_out(e->g, e->op, 0)->quant.zero_point[0]);

	return 0;
}

int padv2_eval(const struct eval *e)
{
	pad(e, *(const uint8_t *)eval_in(e, 2));

	return 0;
}

const char *mean_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *x = op_in(g, op, 0), *axes = op_in(g, op, 1), *y = op_out(g, op, 0);
	const char *reason = refuse_unless_8bit(x);

	if (!reason)
		reason = refuse_unless_8bit(y);
	if (reason)
		return reason;
	if (x->type != y->type)
		return "input and output differ in type";
	if (!axes->data || axes->type != DTYPE_INT32)
		return "the axes are not known before the model runs";

	return NULL;
}

/*
 * Step of each input dimension in the output; 0 for those that are summed. Returns the elements of
 * one sum.
 */
static int64_t mean_steps(const struct tensor *x, const struct tensor *axes, size_t *steps)
{
	bool summed[GRAPH_RANK_MAX] = { false };
	int64_t count = 1;
	size_t step = 1;

	for (int64_t i = 0; i < shape_elements(&axes->shape); i++) {
		int64_t axis = tensor_int(axes, i);

		summed[axis < 0 ? axis + x->shape.rank : axis] = true;
	}
	for (unsigned int i = x->shape.rank; i-- > 0;) {
		steps[i] = summed[i] ? 0 : step;
		if (summed[i])
			count *= x->shape.dim[i];
		else
			step *= x->shape.dim[i];
	}

	return count;
}

/* The scale divided by the count, with as many bits of the multiplier kept as fit. */
static struct requant mean_requant(const struct tensor *x, const struct tensor *y, int64_t count)
{
	struct requant r = requant_make((double)x->quant.scale[0] / y->quant.scale[0]);
	int shift = min_i64(63 - __builtin_clzll(count), min_i64(32, 31 + r.shift));

	return (struct requant){
		.multiplier = ((int64_t)r.multiplier << shift) / count,
		.shift = r.shift - shift,
	};
}

int mean_eval(const struct eval *e)
{
	const struct tensor *y = op_out(e->g, e->op, 0);
	struct view x = view_in(e, 0);
	size_t steps[GRAPH_RANK_MAX], elements = shape_elements(&x.t->shape),
				      outs = shape_elements(&y->shape);
	int64_t count = mean_steps(x.t, op_in(e->g, e->op, 1), steps);
	struct requant scale = mean_requant(x.t, y, count);
	int32_t at[GRAPH_RANK_MAX] = { 0 };
	struct range range = type_range(y->type);
	uint8_t *out = eval_out(e, 0);
	int64_t *sums = calloc(outs, sizeof(*sums));
	size_t to = 0;

	if (!sums)
		return -ENOMEM;
	for (size_t i = 0; i < elements; i++) {
		sums[to] += view_get(&x, i) - x.t->quant.zero_point[0];
		for (unsigned int k = x.t->shape.rank; k-- > 0;) {
			to += steps[k];
			if (++at[k] < x.t->shape.dim[k])
				break;
			to -= steps[k] * x.t->shape.dim[k];
			at[k] = 0;
		}
	}
	for (size_t i = 0; i < outs; i++)
		out[i] = clamp_i64((int64_t)ref_requant(sums[i], scale) + y->quant.zero_point[0],
				   range.low, range.high);
	free(sums);

	return 0;
}

const char *quantize_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *x = op_in(g, op, 0);
	const char *reason = refuse_unless_8bit(op_out(g, op, 0));

	if (!reason && x->type != DTYPE_FLOAT32)
		reason = refuse_unless_8bit(x);

	return reason;
}

static void quantize_float(const struct eval *e, const float *in, const struct tensor *y,
			   uint8_t *out, size_t elements)
{
	for (size_t i = 0; i < elements; i++)
		out[i] = store(type_range(y->type),
			       (double)roundf(in[i] / y->quant.scale[0]) + y->quant.zero_point[0]);
}

int quantize_eval(const struct eval *e)
{
	const struct tensor *x = op_in(e->g, e->op, 0), *y = op_out(e->g, e->op, 0);
	size_t elements = shape_elements(&y->shape);
	struct range range = type_range(y->type);
	uint8_t *out = eval_out(e, 0);
	struct requant scale;
	struct view v;

	if (x->type == DTYPE_FLOAT32) {
		quantize_float(e, eval_in(e, 0), y, out, elements);
		return 0;
	}
	v = view_in(e, 0);
	scale = requant_make((double)x->quant.scale[0] / y->quant.scale[0]);
	for (size_t i = 0; i < elements; i++)
		out[i] = clamp_i64(
			(int64_t)ref_requant(view_get(&v, i) - x->quant.zero_point[0], scale) +
				y->quant.zero_point[0],
			range.low, range.high);

	return 0;
}

const char *dequantize_refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *x = op_in(g, op, 0);

	if (x->type != DTYPE_UINT8 && x->type != DTYPE_INT8 && x->type != DTYPE_INT16)
		return "the input is neither uint8, int8 nor int16";
	if (x->quant.count != 1)
		return "the input is not quantised per tensor";
	if (op_out(g, op, 0)->type != DTYPE_FLOAT32)
		return "the output is not float32";

	return NULL;
}

int dequantize_eval(const struct eval *e)
{
	struct tensor x = *op_in(e->g, e->op, 0);
	size_t elements = shape_elements(&x.shape);
	float *out = eval_out(e, 0);

	x.data = eval_in(e, 0);
	for (size_t i = 0; i < elements; i++)
		out[i] = x.quant.scale[0] * (float)(tensor_int(&x, i) - x.quant.zero_point[0]);

	return 0;
}
