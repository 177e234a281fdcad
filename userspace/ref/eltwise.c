// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: ADD, SUB, MUL, MAXIMUM, MINIMUM and PRELU
 *
 * Two inputs, broadcast against each other. Sums bring both inputs to half of a common scale with
 * SUM_SHIFT more bits first.
 *
 * Source: tensorflow/lite/kernels/{add,sub,mul,activations}.cc and
 * internal/reference/{add,sub,mul,maximum_minimum,prelu}.h (2.14).
 */
#include <math.h>

#include <base/bits.h>

#include "kernel.h"

#define SUM_SHIFT 20

/* Walks two inputs in the order of the output; a broadcast dimension has step 0. */
struct walk {
	const struct shape *out;
	size_t step_a[GRAPH_RANK_MAX], step_b[GRAPH_RANK_MAX];
	int32_t at[GRAPH_RANK_MAX];
	size_t a, b;
};

static void walk_steps(size_t *steps, const struct shape *in, unsigned int rank)
{
	size_t step = 1;

	for (unsigned int i = 0; i < rank; i++) {
		int32_t extent = i < in->rank ? in->dim[in->rank - 1 - i] : 1;

		steps[rank - 1 - i] = extent == 1 ? 0 : step;
		step *= extent;
	}
}

static void walk_init(struct walk *w, const struct shape *a, const struct shape *b,
		      const struct shape *out)
{
	*w = (struct walk){ .out = out };
	walk_steps(w->step_a, a, out->rank);
	walk_steps(w->step_b, b, out->rank);
}

static void walk_next(struct walk *w)
{
	for (unsigned int i = w->out->rank; i-- > 0;) {
		w->a += w->step_a[i];
		w->b += w->step_b[i];
		if (++w->at[i] < w->out->dim[i])
			return;
		w->a -= w->step_a[i] * w->out->dim[i];
		w->b -= w->step_b[i] * w->out->dim[i];
		w->at[i] = 0;
	}
}

struct eltwise {
	int32_t zero_a, zero_b, zero_out;
	struct requant a, b, out;
	struct range range;
	int sign;	/* of the second term of a sum */
};

static double sum_out_scale(const struct graph *g, const struct op *op)
{
	float widest = fmaxf(op_in(g, op, 0)->quant.scale[0], op_in(g, op, 1)->quant.scale[0]);

	return 2.0 * widest / ((double)(1 << SUM_SHIFT) * op_out(g, op, 0)->quant.scale[0]);
}

static const char *refuses(const struct graph *g, const struct op *op)
{
	const struct tensor *t[] = { op_in(g, op, 0), op_in(g, op, 1), op_out(g, op, 0) };

	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
		const char *reason = refuse_unless_8bit(t[i]);

		if (reason)
			return reason;
		if (t[i]->type != t[0]->type)
			return "inputs and output differ in type";
	}

	return NULL;
}

const char *sum_refuses(const struct graph *g, const struct op *op)
{
	const char *reason = refuses(g, op);

	if (reason)
		return reason;
	return sum_out_scale(g, op) < 1 ? NULL
					: "an input's scale is more than 2^19 times the output's";
}

const char *mul_refuses(const struct graph *g, const struct op *op)
{
	return refuses(g, op);
}

const char *extremum_refuses(const struct graph *g, const struct op *op)
{
	const char *reason = refuses(g, op);
	const struct quant *a, *b, *y;

	if (reason)
		return reason;
	a = &op_in(g, op, 0)->quant;
	b = &op_in(g, op, 1)->quant;
	y = &op_out(g, op, 0)->quant;
	if (a->scale[0] != y->scale[0] || b->scale[0] != y->scale[0] ||
	    a->zero_point[0] != y->zero_point[0] || b->zero_point[0] != y->zero_point[0])
		return "inputs and output differ in scale or zero point";

	return NULL;
}

static int64_t sum(const struct eltwise *p, int32_t a, int32_t b)
{
	int32_t scaled_a = ref_requant(shift_left(a - p->zero_a, SUM_SHIFT), p->a);
	int32_t scaled_b = ref_requant(shift_left(b - p->zero_b, SUM_SHIFT), p->b);

	return ref_requant(scaled_a + p->sign * scaled_b, p->out) + (int64_t)p->zero_out;
}

static int64_t product(const struct eltwise *p, int32_t a, int32_t b)
{
	return ref_requant((a - p->zero_a) * (b - p->zero_b), p->out) + (int64_t)p->zero_out;
}

static int64_t greater(const struct eltwise *p, int32_t a, int32_t b)
{
	return max_i64(a, b);
}

static int64_t lesser(const struct eltwise *p, int32_t a, int32_t b)
{
	return min_i64(a, b);
}

static int64_t leaky(const struct eltwise *p, int32_t x, int32_t slope)
{
	int32_t input = x - p->zero_a;

	return (input < 0 ? ref_requant(input * (slope - p->zero_b), p->b)
			  : ref_requant(input, p->a)) +
	       (int64_t)p->zero_out;
}

static int run(const struct eval *e, struct eltwise *p,
	       int64_t (*f)(const struct eltwise *p, int32_t a, int32_t b))
{
	struct view a = view_in(e, 0), b = view_in(e, 1);
	const struct tensor *y = op_out(e->g, e->op, 0);
	size_t elements = shape_elements(&y->shape);
	uint8_t *out = eval_out(e, 0);
	struct walk w;

	p->zero_a = a.t->quant.zero_point[0];
	p->zero_b = b.t->quant.zero_point[0];
	p->zero_out = y->quant.zero_point[0];
	walk_init(&w, &a.t->shape, &b.t->shape, &y->shape);
	for (size_t i = 0; i < elements; i++, walk_next(&w))
		out[i] = clamp_i64(f(p, view_get(&a, w.a), view_get(&b, w.b)), p->range.low,
				   p->range.high);

	return 0;
}

static int sum_eval(const struct eval *e, int sign)
{
	double a = op_in(e->g, e->op, 0)->quant.scale[0], b = op_in(e->g, e->op, 1)->quant.scale[0];
	double twice = 2 * fmax(a, b);
	struct eltwise p = {
		.a = requant_make(a / twice),
		.b = requant_make(b / twice),
		.out = requant_make(sum_out_scale(e->g, e->op)),
		.range = activation_range(op_out(e->g, e->op, 0), e->op->u.eltwise.activation),
		.sign = sign,
	};

	return run(e, &p, sum);
}

int add_eval(const struct eval *e)
{
	return sum_eval(e, 1);
}

int sub_eval(const struct eval *e)
{
	return sum_eval(e, -1);
}

int mul_eval(const struct eval *e)
{
	const struct tensor *y = op_out(e->g, e->op, 0);
	/* Single precision all the way, as in TensorFlow Lite. */
	float scale = op_in(e->g, e->op, 0)->quant.scale[0] *
		      op_in(e->g, e->op, 1)->quant.scale[0] / y->quant.scale[0];
	struct eltwise p = {
		.out = requant_make(scale),
		.range = activation_range(y, e->op->u.eltwise.activation),
	};

	return run(e, &p, product);
}

int maximum_eval(const struct eval *e)
{
	struct eltwise p = { .range = type_range(op_out(e->g, e->op, 0)->type) };

	return run(e, &p, greater);
}

int minimum_eval(const struct eval *e)
{
	struct eltwise p = { .range = type_range(op_out(e->g, e->op, 0)->type) };

	return run(e, &p, lesser);
}

const char *prelu_refuses(const struct graph *g, const struct op *op)
{
	return refuses(g, op);
}

int prelu_eval(const struct eval *e)
{
	const struct tensor *x = op_in(e->g, e->op, 0), *y = op_out(e->g, e->op, 0);
	/* Single precision all the way, as in TensorFlow Lite. */
	float above = x->quant.scale[0] / y->quant.scale[0];
	float below = x->quant.scale[0] * op_in(e->g, e->op, 1)->quant.scale[0] / y->quant.scale[0];
	struct eltwise p = {
		.a = requant_make(above),
		.b = requant_make(below),
		.range = type_range(y->type),
	};

	return run(e, &p, leaky);
}
