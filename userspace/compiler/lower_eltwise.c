// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: ADD, SUB, MUL, MAXIMUM, MINIMUM and QUANTIZE
 *
 * Two tensors meet in the EW stage: the main input passes the BS stage, the operand a converter of
 * its own, so that both come in units of the larger scale. With one number for all, the operator is
 * a function of one code and becomes a table; with one number per channel it is a depthwise
 * convolution of one tap.
 */
#include <math.h>
#include <stddef.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "flow.h"
#include "lower.h"

/*
 * Units of a sum: the larger scale by 2^14, so that the smaller keeps 14 bits; 511 of them fit 23
 * bits. Source: guide 8.
 */
#define SUM_BITS	14
#define CHANNEL_WEIGHT	INT8_MAX	/* of a sum with one number per channel: a finer bias */
#define CHANNEL_RATIO	(CHANNEL_WEIGHT / 2)	/* of scales, where the bias is off by 1/4 code */

struct pair {
	const struct tensor *a, *b, *out;
	uint32_t a_at, b_at;
	const struct tensor *constant;	/* @a or @b, when it is known; NULL */
	uint32_t variable;		/* tensor number of the other one */
};

static const char *take_pair(const struct work *w, const struct op *op, struct node *n,
			     struct pair *p)
{
	const struct graph *g = w->graph;
	const char *reason;

	*p = (struct pair){
		.a = &g->tensors[op->inputs[0]],
		.b = &g->tensors[op->inputs[1]],
		.out = &g->tensors[n->out],
		.a_at = op->inputs[0],
		.b_at = op->inputs[1],
	};
	p->constant = p->a->data ? p->a : p->b->data ? p->b : NULL;
	p->variable = p->a->data ? p->b_at : p->a_at;
	n->in = p->variable;
	reason = lower_check(&g->tensors[p->variable], p->out);
	if (!reason && !p->constant)
		reason = lower_check(p->b, p->out);
	if (!reason && (p->a->type != p->out->type || p->b->type != p->out->type))
		reason = "inputs and output have different types";
	if (!reason && p->constant && !lower_per_tensor(p->constant))
		reason = "input or output has no single scale";

	return reason;
}

static bool one_per_channel(const struct tensor *t, int32_t channels)
{
	return t->shape.rank && t->shape.dim[t->shape.rank - 1] == channels &&
		shape_elements(&t->shape) == channels;
}

static int32_t last_extent(const struct tensor *t)
{
	return t->shape.rank ? t->shape.dim[t->shape.rank - 1] : 1;
}

static double real(const struct tensor *t, int32_t code)
{
	return (double)t->quant.scale[0] * (code - t->quant.zero_point[0]);
}

static int32_t constant_code(const struct tensor *t, size_t i)
{
	const uint8_t *data = t->data;

	return t->type == DTYPE_UINT8 ? data[i] : (int8_t)data[i];
}

/* One number for all: @f of each code in turn, in the order of the operator's inputs. */
static const char *by_table(struct work *w, const struct pair *p, struct node *n,
			    const struct bounds *b, double (*f)(double x, double y))
{
	const struct tensor *x = &w->graph->tensors[p->variable];
	int32_t flip = x->type == DTYPE_UINT8 ? UINT8_FLIP : 0;
	double number = real(p->constant, constant_code(p->constant, 0));
	struct flow *flow = lower_flows(w, n, 1);
	int8_t codes[256];
	const char *reason;

	if (!flow)
		return lower_no_memory;
	for (int32_t i = INT8_MIN; i <= INT8_MAX; i++) {
		double v = real(x, i + flip);
		double y = p->constant == p->b ? f(v, number) : f(number, v);

		y = round(y / p->out->quant.scale[0]) + b->zero;
		codes[i - INT8_MIN] = fmin(fmax(y, b->low), b->high);
	}
	flow->requant.offset = b->zero;
	reason = flow_table(lower_stored_zero(x), codes, flow, &w->scratch);

	return reason ? reason : lower_flow_all(w, n, flow, p->variable);
}

/* A convolution of one tap per channel, but for its weights. */
static const char *by_channel(struct work *w, const struct pair *p, struct node *n,
			      const struct bounds *b)
{
	const struct tensor *x = &w->graph->tensors[p->variable];
	struct conv *c = &n->conv;

	if (!lower_extent(x, &c->in))
		return "a batch of more than one image";
	n->kind = NODE_CONV;
	c->out = c->in;
	c->depthwise = c->in.channels > 1;
	c->kernel_h = c->kernel_w = 1;
	c->stride_h = c->stride_w = 1;
	c->dilation_h = c->dilation_w = 1;
	c->in_zero = lower_stored_zero(x);
	c->out_zero = b->zero;
	c->out_low = b->low;
	c->out_high = b->high;

	return NULL;
}

/* Two tensors of one shape, or @per_channel, the second of one pixel. */
static const char *by_flow(struct work *w, struct node *n, struct flow *f, uint32_t main,
			   uint32_t operand)
{
	f->operand = operand;

	return lower_flow_all(w, n, f, main);
}

static double add(double x, double y)
{
	return x + y;
}

static double subtract(double x, double y)
{
	return x - y;
}

static double multiply(double x, double y)
{
	return x * y;
}

/* The constants become the bias, so they are rounded to a part of the input's scale. */
static const char *sum_by_channel(struct work *w, const struct pair *p, struct node *n,
				  const struct bounds *b, int32_t sign)
{
	const struct tensor *x = &w->graph->tensors[p->variable];
	int32_t channels = last_extent(x);
	bool second = p->constant == p->b;
	struct conv *c = &n->conv;
	double ratio = (double)x->quant.scale[0] / p->out->quant.scale[0];
	const char *reason = by_channel(w, p, n, b);
	uint8_t *bias = arena_alloc(&w->scratch, channels, sizeof(int32_t));

	if (reason)
		return reason;
	if (!bias)
		return lower_no_memory;
	if (ratio > CHANNEL_RATIO)
		return "an output scale so fine that the rounding of the constants would show";
	c->form = WEIGHTS_FILL;
	c->fill = second || sign > 0 ? CHANNEL_WEIGHT : -CHANNEL_WEIGHT;
	c->scale = ratio / CHANNEL_WEIGHT;
	for (int32_t k = 0; k < channels; k++) {
		double v = real(p->constant, constant_code(p->constant, k)) * CHANNEL_WEIGHT /
			x->quant.scale[0] * (second ? sign : 1);
		int32_t steps = rint(fmin(fmax(v, INT32_MIN), INT32_MAX));

		for (unsigned int byte = 0; byte < sizeof(steps); byte++)
			bias[k * sizeof(steps) + byte] = (uint32_t)steps >> 8 * byte;
	}
	c->bias = bias;

	return NULL;
}

static const char *sum_by_flow(struct work *w, const struct pair *p, struct node *n,
			       const struct bounds *b, int32_t sign)
{
	bool swap = p->b->quant.scale[0] > p->a->quant.scale[0];
	const struct tensor *main = swap ? p->b : p->a, *operand = swap ? p->a : p->b;
	struct flow *f = lower_flows(w, n, 1);
	double unit = ldexp(main->quant.scale[0], -SUM_BITS);
	const char *reason;

	if (!f)
		return lower_no_memory;
	f->op = FLOW_ADD;
	f->in_zero = lower_stored_zero(main);
	f->in_factor = 1 << SUM_BITS;
	f->operand_zero = lower_stored_zero(operand);
	flow_factor(operand->quant.scale[0] / unit, &f->operand_factor, &f->operand_shift);
	if (sign < 0 && swap)
		f->in_factor = -f->in_factor;
	else if (sign < 0)
		f->operand_factor = -f->operand_factor;
	reason = requant_choose(unit / p->out->quant.scale[0], b->zero, b->low, b->high,
				&f->requant);

	return reason ? reason
		      : by_flow(w, n, f, swap ? p->b_at : p->a_at, swap ? p->a_at : p->b_at);
}

const char *lower_sum(struct work *w, const struct op *op, struct node *n)
{
	int32_t sign = op->kind == OP_SUB ? -1 : 1;
	struct bounds b = { 0 };
	struct pair p;
	const char *reason = take_pair(w, op, n, &p);

	if (!reason)
		reason = lower_activation(p.out, op->u.eltwise.activation, &b);
	if (reason)
		return reason;
	if (!p.constant && shape_equal(&p.a->shape, &p.b->shape))
		return sum_by_flow(w, &p, n, &b, sign);
	if (!p.constant)
		return "a tensor broadcast in a sum; the EW adder takes one operand per pixel";
	if (!shape_equal(&w->graph->tensors[p.variable].shape, &p.out->shape))
		return "the output is larger than the input";
	if (shape_elements(&p.constant->shape) == 1)
		return by_table(w, &p, n, &b, sign < 0 ? subtract : add);
	if (one_per_channel(p.constant, last_extent(p.out)))
		return sum_by_channel(w, &p, n, &b, sign);
	return "a constant that is neither one number nor one per channel";
}

static const char *product_by_channel(struct work *w, const struct pair *p, struct node *n,
				      const struct bounds *b)
{
	const struct tensor *x = &w->graph->tensors[p->variable];
	struct conv *c = &n->conv;
	const char *reason = by_channel(w, p, n, b);

	c->form = c->depthwise ? WEIGHTS_DEPTHWISE : WEIGHTS_EXPANDED;
	c->multiplier = 1;
	c->weights = p->constant->data;
	c->flip = p->constant->type == DTYPE_UINT8 ? UINT8_FLIP : 0;
	c->weight_zero = lower_stored_zero(p->constant);
	c->scale = (double)x->quant.scale[0] * p->constant->quant.scale[0] /
		p->out->quant.scale[0];

	return reason;
}

static const char *product_by_flow(struct work *w, const struct pair *p, struct node *n,
				   const struct bounds *b, bool swap, bool per_channel)
{
	struct flow *f = lower_flows(w, n, 1);
	const char *reason;

	if (!f)
		return lower_no_memory;
	f->op = FLOW_MULTIPLY;
	f->per_channel = per_channel;
	f->in_zero = lower_stored_zero(swap ? p->b : p->a);
	f->operand_zero = lower_stored_zero(swap ? p->a : p->b);
	f->operand_factor = 1;
	reason = requant_choose((double)p->a->quant.scale[0] * p->b->quant.scale[0] /
					p->out->quant.scale[0],
				b->zero, b->low, b->high, &f->requant);

	return reason ? reason
		      : by_flow(w, n, f, swap ? p->b_at : p->a_at, swap ? p->a_at : p->b_at);
}

const char *lower_product(struct work *w, const struct op *op, struct node *n)
{
	struct bounds b = { 0 };
	struct pair p;
	const char *reason = take_pair(w, op, n, &p);
	int32_t channels;

	if (!reason)
		reason = lower_activation(p.out, op->u.eltwise.activation, &b);
	if (reason)
		return reason;
	channels = last_extent(p.out);
	if (!p.constant) {
		bool a = shape_equal(&p.a->shape, &p.out->shape);
		bool second = shape_equal(&p.b->shape, &p.out->shape);

		if (a && second)
			return product_by_flow(w, &p, n, &b, false, false);
		if (a && one_per_channel(p.b, channels))
			return product_by_flow(w, &p, n, &b, false, true);
		if (second && one_per_channel(p.a, channels))
			return product_by_flow(w, &p, n, &b, true, true);
		return "a tensor broadcast otherwise than one value per channel";
	}
	if (!shape_equal(&w->graph->tensors[p.variable].shape, &p.out->shape))
		return "the output is larger than the input";
	if (shape_elements(&p.constant->shape) == 1)
		return by_table(w, &p, n, &b, multiply);
	if (one_per_channel(p.constant, channels))
		return product_by_channel(w, &p, n, &b);
	return "a constant that is neither one number nor one per channel";
}

const char *lower_extremum(struct work *w, const struct op *op, struct node *n)
{
	bool maximum = op->kind == OP_MAXIMUM;
	struct flow *f;
	struct bounds b = { 0 };
	struct pair p;
	const char *reason = take_pair(w, op, n, &p);

	if (!reason)
		reason = lower_activation(p.out, ACTIVATION_NONE, &b);
	if (reason)
		return reason;
	if (!lower_same_quant(p.a, p.out) || !lower_same_quant(p.b, p.out))
		return "inputs and output are quantised differently";
	if (p.constant && shape_elements(&p.constant->shape) == 1 &&
	    shape_equal(&w->graph->tensors[p.variable].shape, &p.out->shape))
		return by_table(w, &p, n, &b, maximum ? fmax : fmin);
	if (p.constant || !shape_equal(&p.a->shape, &p.b->shape))
		return "an operand broadcast; the EW comparison takes one operand per pixel";

	f = lower_flows(w, n, 1);
	if (!f)
		return lower_no_memory;
	f->op = maximum ? FLOW_MAXIMUM : FLOW_MINIMUM;
	f->operand_factor = 1;
	reason = requant_choose(1, 0, INT8_MIN, INT8_MAX, &f->requant);

	return reason ? reason : by_flow(w, n, f, p.a_at, p.b_at);
}

const char *lower_quantize(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in], *out = &w->graph->tensors[n->out];
	struct flow *f = lower_flows(w, n, 1);
	const char *reason = lower_check(in, out);

	if (!f)
		return lower_no_memory;
	if (reason)
		return reason;
	f->in_zero = lower_stored_zero(in);
	reason = requant_choose((double)in->quant.scale[0] / out->quant.scale[0],
				lower_stored_zero(out), INT8_MIN, INT8_MAX, &f->requant);

	return reason ? reason : lower_flow_all(w, n, f, n->in);
}
