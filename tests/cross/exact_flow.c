// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The exact reading of operators without a sum of products
 *
 * Element-wise arithmetic as in the guide's chapter 8, pooling, and what only moves elements.
 * Lookup tables, and what else must be TensorFlow Lite's to the bit, is what the reference
 * computes; test_cross_table reads tables independently.
 */
#include <math.h>
#include <string.h>

#include <ref/ref.h>

#include "exact.h"
#include "exact_numbers.h"

struct binary {
	const struct tensor *a, *b, *out;
	const uint8_t *x, *y;
	enum activation activation;
};

static const uint8_t *bytes_of(const struct graph *g, uint32_t tensor, void *const *values)
{
	const struct tensor *t = &g->tensors[tensor];

	return t->data ? t->data : values[tensor];
}

/* Element of @in that meets element @i of @out. */
static size_t broadcast(const struct tensor *in, const struct tensor *out, size_t i)
{
	size_t at = 0, step = 1;

	for (unsigned int d = 0; d < out->shape.rank; d++) {
		size_t extent = out->shape.dim[out->shape.rank - 1 - d], k = i % extent;

		i /= extent;
		if (d >= in->shape.rank)
			continue;
		extent = in->shape.dim[in->shape.rank - 1 - d];
		at += extent == 1 ? 0 : k * step;
		step *= extent;
	}
	return at;
}

static int from(const struct tensor *t, const uint8_t *data, size_t i)
{
	return exact_code(t, data, i) - t->quant.zero_point[0];
}

static double real(const struct tensor *t, const uint8_t *data, size_t i)
{
	return (double)t->quant.scale[0] * from(t, data, i);
}

static uint8_t quantise(const struct tensor *out, double v, enum activation a)
{
	struct rescale r = exact_rescale(1, out, a);
	double y = round(v / out->quant.scale[0]) + r.zero;

	y = y < r.low ? r.low : y;
	return (int)(y > r.high ? r.high : y);
}

/* 15 bits and a shift. */
static int64_t scaled(int64_t v, double by)
{
	int shift = 0;
	double factor;

	while (by * pow(2, shift) < 16384 && shift < 31)
		shift++;
	factor = rint(by * pow(2, shift));
	if (factor > 32767) {
		factor = 16384;
		shift--;
	}
	return exact_nearest(v * (int64_t)factor, shift);
}

/* Both in units of 2^-14 of the larger scale. */
static void sum(const struct binary *p, int sign, uint8_t *out)
{
	double a = p->a->quant.scale[0], b = p->b->quant.scale[0], most = a > b ? a : b;
	struct rescale r = exact_rescale(most / 16384 / p->out->quant.scale[0], p->out,
					 p->activation);

	for (size_t i = 0; i < p->out->bytes; i++) {
		int64_t x = from(p->a, p->x, i), y = from(p->b, p->y, i);

		x = a == most ? x * 16384 : scaled(x, a / most * 16384);
		y = a == most ? scaled(y, b / most * 16384) : y * 16384;
		out[i] = exact_apply(&r, x + sign * y);
	}
}

/*
 * One number per channel: the other input by 127 (-127 when it is subtracted), and the number as a
 * bias of that.
 */
static void sum_per_channel(const struct binary *p, int sign, uint8_t *out)
{
	int first = p->a->data != NULL;	/* the constant */
	const struct tensor *t = first ? p->b : p->a, *c = first ? p->a : p->b;
	const uint8_t *x = first ? p->y : p->x, *constant = first ? p->x : p->y;
	size_t channels = t->shape.dim[t->shape.rank - 1];
	struct rescale r = exact_rescale((double)t->quant.scale[0] / p->out->quant.scale[0] / 127,
					 p->out, p->activation);

	for (size_t i = 0; i < p->out->bytes; i++) {
		double bias = rint(real(c, constant, i % channels) * 127 / t->quant.scale[0]);
		int64_t v = 127 * from(t, x, i) * (first ? sign : 1);

		out[i] = exact_apply(&r, v + (int64_t)bias * (first ? 1 : sign));
	}
}

static void product(const struct binary *p, uint8_t *out)
{
	struct rescale r = exact_rescale((double)p->a->quant.scale[0] * p->b->quant.scale[0] /
					 p->out->quant.scale[0], p->out, p->activation);

	for (size_t i = 0; i < p->out->bytes; i++)
		out[i] = exact_apply(&r, from(p->a, p->x, broadcast(p->a, p->out, i)) *
					 from(p->b, p->y, broadcast(p->b, p->out, i)));
}

static void extremum(const struct binary *p, int larger, uint8_t *out)
{
	for (size_t i = 0; i < p->out->bytes; i++) {
		int x = exact_code(p->a, p->x, i), y = exact_code(p->b, p->y, i);

		out[i] = (x > y) == larger ? x : y;
	}
}

/* With one number a function of one code: to the nearest. */
static void by_number(const struct binary *p, enum op_kind kind, uint8_t *out)
{
	for (size_t i = 0; i < p->out->bytes; i++) {
		double x = real(p->a, p->x, broadcast(p->a, p->out, i));
		double y = real(p->b, p->y, broadcast(p->b, p->out, i));
		double v = kind == OP_ADD ? x + y : kind == OP_SUB ? x - y :
			   kind == OP_MUL ? x * y : kind == OP_MAXIMUM ? fmax(x, y) : fmin(x, y);

		out[i] = quantise(p->out, v, p->activation);
	}
}

static int eval_binary(const struct graph *g, const struct op *op, void *const *values)
{
	struct binary p = {
		.a = &g->tensors[op->inputs[0]],
		.b = &g->tensors[op->inputs[1]],
		.out = &g->tensors[op->outputs[0]],
		.x = bytes_of(g, op->inputs[0], values),
		.y = bytes_of(g, op->inputs[1], values),
	};
	uint8_t *out = values[op->outputs[0]];
	const struct tensor *constant = p.a->data ? p.a : p.b->data ? p.b : NULL;

	if (op->kind != OP_MAXIMUM && op->kind != OP_MINIMUM)
		p.activation = op->u.eltwise.activation;
	if (constant && shape_elements(&constant->shape) == 1)
		by_number(&p, op->kind, out);
	else if (op->kind == OP_MUL)
		product(&p, out);
	else if (op->kind == OP_MAXIMUM || op->kind == OP_MINIMUM)
		extremum(&p, op->kind == OP_MAXIMUM, out);
	else if (constant)
		sum_per_channel(&p, op->kind == OP_SUB ? -1 : 1, out);
	else
		sum(&p, op->kind == OP_SUB ? -1 : 1, out);

	return 0;
}

static void requantise(const struct tensor *in, const uint8_t *x, const struct tensor *out,
		       uint8_t *y, size_t bytes)
{
	struct rescale r = exact_rescale((double)in->quant.scale[0] / out->quant.scale[0], out,
					 ACTIVATION_NONE);

	for (size_t i = 0; i < bytes; i++)
		y[i] = exact_apply(&r, from(in, x, i));
}

static void concatenate(const struct graph *g, const struct op *op, void *const *values)
{
	const struct tensor *out = &g->tensors[op->outputs[0]];
	size_t outer = 1, inner = 1;
	uint8_t *y = values[op->outputs[0]];

	for (int d = 0; d < (int)out->shape.rank; d++)
		if (d < op->u.concat.axis)
			outer *= out->shape.dim[d];
		else if (d > op->u.concat.axis)
			inner *= out->shape.dim[d];
	for (size_t o = 0; o < outer; o++)
		for (uint32_t i = 0; i < op->n_inputs; i++) {
			const struct tensor *in = &g->tensors[op->inputs[i]];
			size_t part = in->shape.dim[op->u.concat.axis] * inner;

			requantise(in, bytes_of(g, op->inputs[i], values) + o * part, out, y, part);
			y += part;
		}
}

static void pad(const struct graph *g, const struct op *op, void *const *values)
{
	const struct tensor *in = &g->tensors[op->inputs[0]], *out = &g->tensors[op->outputs[0]];
	const struct tensor *by = &g->tensors[op->inputs[1]];
	const uint8_t *x = bytes_of(g, op->inputs[0], values);
	uint8_t *y = values[op->outputs[0]];

	for (size_t i = 0; i < out->bytes; i++) {
		size_t rest = i, at = 0, step = 1;
		int inside = 1;

		for (unsigned int d = out->shape.rank; d-- > 0;) {
			int64_t k = (int64_t)(rest % out->shape.dim[d]) - tensor_int(by, 2 * d);

			rest /= out->shape.dim[d];
			inside &= k >= 0 && k < in->shape.dim[d];
			at += k * step;
			step *= in->shape.dim[d];
		}
		y[i] = inside ? x[at] : out->quant.zero_point[0];
	}
}

static void max_pool(const struct graph *g, const struct op *op, void *const *values)
{
	const struct tensor *in = &g->tensors[op->inputs[0]], *out = &g->tensors[op->outputs[0]];
	const struct pool_params *p = &op->u.pool;
	const int *from_dim = in->shape.dim, *to_dim = out->shape.dim;
	int top = exact_padding(p->padding, from_dim[1], to_dim[1], p->filter_h, 1, p->stride_h);
	int left = exact_padding(p->padding, from_dim[2], to_dim[2], p->filter_w, 1, p->stride_w);
	const uint8_t *x = bytes_of(g, op->inputs[0], values);
	uint8_t *y = values[op->outputs[0]];

	for (int i = 0; i < to_dim[1] * to_dim[2] * to_dim[3]; i++) {
		int c = i % to_dim[3], column = i / to_dim[3] % to_dim[2];
		int row = i / to_dim[3] / to_dim[2], most = -1000;

		for (int k = 0; k < p->filter_h * p->filter_w; k++) {
			int r = row * p->stride_h - top + k / p->filter_w;
			int s = column * p->stride_w - left + k % p->filter_w;
			int v;

			if (r < 0 || r >= from_dim[1] || s < 0 || s >= from_dim[2])
				continue;
			v = exact_code(in, x, ((size_t)r * from_dim[2] + s) * from_dim[3] + c);
			most = v > most ? v : most;
		}
		y[i] = most;
	}
}

/* A slope for each channel, guide 7.6: negative values in units of 1/128 by 14 bits. */
static int prelu(const struct graph *g, const struct op *op, void *const *values)
{
	const struct tensor *in = &g->tensors[op->inputs[0]], *out = &g->tensors[op->outputs[0]];
	const struct tensor *slopes = &g->tensors[op->inputs[1]];
	const uint8_t *x = bytes_of(g, op->inputs[0], values);
	uint8_t *y = values[op->outputs[0]];
	size_t channels = in->shape.dim[in->shape.rank - 1];
	struct rescale r = exact_rescale((double)in->quant.scale[0] / out->quant.scale[0] / 128, out,
					 ACTIVATION_NONE);

	for (size_t i = 0; i < out->bytes; i++) {
		double slope = real(slopes, slopes->data, i % channels);
		int64_t v = 128 * from(in, x, i);

		if (v < 0)
			v = exact_nearest(v * (int64_t)rint(slope * 16384), 14);
		y[i] = exact_apply(&r, v);
	}
	return 0;
}

static int differ(const struct tensor *t)
{
	for (size_t i = 1; i < t->bytes; i++)
		if (((const uint8_t *)t->data)[i] != *(const uint8_t *)t->data)
			return 1;
	return 0;
}

/* Whole factors: each pixel as often as it fits. */
static void repeat(const struct graph *g, const struct op *op, void *const *values)
{
	const struct tensor *in = &g->tensors[op->inputs[0]], *out = &g->tensors[op->outputs[0]];
	const int *from_dim = in->shape.dim, *to_dim = out->shape.dim;
	const uint8_t *x = bytes_of(g, op->inputs[0], values);
	uint8_t *y = values[op->outputs[0]];

	for (size_t i = 0; i < out->bytes; i++) {
		int column = i / to_dim[3] % to_dim[2] / (to_dim[2] / from_dim[2]);
		int row = i / to_dim[3] / to_dim[2] / (to_dim[1] / from_dim[1]);

		y[i] = x[((size_t)row * from_dim[2] + column) * from_dim[3] + i % to_dim[3]];
	}
}

int exact_flow(const struct graph *g, const struct op *op, void *const *values)
{
	const struct tensor *in = &g->tensors[op->inputs[0]], *out = &g->tensors[op->outputs[0]];
	const uint8_t *x = bytes_of(g, op->inputs[0], values);

	switch (op->kind) {
	case OP_RESHAPE:
		memcpy(values[op->outputs[0]], x, in->bytes);
		return 0;
	case OP_QUANTIZE:
		requantise(in, x, out, values[op->outputs[0]], out->bytes);
		return 0;
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_MAXIMUM:
	case OP_MINIMUM:
		return eval_binary(g, op, values);
	case OP_CONCATENATION:
		concatenate(g, op, values);
		return 0;
	case OP_PAD:
		pad(g, op, values);
		return 0;
	case OP_MAX_POOL_2D:
		max_pool(g, op, values);
		return 0;
	case OP_PRELU:
		return differ(&g->tensors[op->inputs[1]]) ? prelu(g, op, values)
							   : ref_eval(g, op, values, NULL);
	case OP_RESIZE_NEAREST_NEIGHBOR:
		if (out->shape.dim[1] % in->shape.dim[1] || out->shape.dim[2] % in->shape.dim[2])
			return ref_eval(g, op, values, NULL);
		repeat(g, op, values);
		return 0;
	default:
		return ref_eval(g, op, values, NULL);
	}
}
