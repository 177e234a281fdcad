// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Functions of one 8-bit number
 *
 * LOGISTIC and TANH are a table of 256 outputs in TensorFlow Lite's reference kernels, computed in
 * single precision. The others are integer arithmetic there, of which a table is made here.
 *
 * Source: tensorflow/lite/kernels/activations.cc, PopulateLookupTable(), QuantizedReluX();
 * internal/reference/{leaky_relu, hard_swish}.h (2.14).
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

/*
 * @f: stored output of a stored input less its zero point, before the type limits it; @p: its
 * parameters
 */
static int look_up(const struct eval *e, int64_t (*f)(const void *p, int32_t input), const void *p)
{
	const struct tensor *y = op_out(e->g, e->op, 0);
	struct view x = view_in(e, 0);
	size_t elements = shape_elements(&y->shape);
	struct range range = type_range(y->type);
	uint8_t *out = eval_out(e, 0), table[UINT8_MAX + 1];

	for (int32_t v = range.low; v <= range.high; v++)
		table[(uint8_t)v] = clamp_i64(f(p, v - x.t->quant.zero_point[0]), range.low,
					      range.high);
	for (size_t i = 0; i < elements; i++)
		out[i] = table[x.data[i]];

	return 0;
}

struct curve {
	float (*f)(float);
	float in_scale, out_inverse, out_zero;
};

static int64_t on_curve(const void *opaque, int32_t input)
{
	const struct curve *c = opaque;
	float steps = roundf(c->f(c->in_scale * (float)input) * c->out_inverse) + c->out_zero;

	return fminf(fmaxf(steps, INT16_MIN), INT16_MAX);
}

static int curve_eval(const struct eval *e, float (*f)(float))
{
	const struct tensor *y = op_out(e->g, e->op, 0);
	struct curve c = {
		.f = f,
		.in_scale = op_in(e->g, e->op, 0)->quant.scale[0],
		.out_inverse = 1 / y->quant.scale[0],
		.out_zero = y->quant.zero_point[0],
	};

	return look_up(e, on_curve, &c);
}

static float logistic(float x)
{
	return 1.0f / (1.0f + expf(-x));
}

int logistic_eval(const struct eval *e)
{
	return curve_eval(e, logistic);
}

int tanh_eval(const struct eval *e)
{
	return curve_eval(e, tanhf);
}

/* Two straight lines that meet in zero, and limits. */
struct ramp {
	struct requant below, above;
	int32_t zero;
	struct range range;
};

static int64_t on_ramp(const void *opaque, int32_t input)
{
	const struct ramp *r = opaque;
	int64_t steps = ref_requant(input, input < 0 ? r->below : r->above);

	return clamp_i64(steps + r->zero, r->range.low, r->range.high);
}

/* Ratios of scales are in single precision, as in TensorFlow Lite. */
static float in_by_out(const struct graph *g, const struct op *op)
{
	return op_in(g, op, 0)->quant.scale[0] / op_out(g, op, 0)->quant.scale[0];
}

static float slope_below(const struct graph *g, const struct op *op)
{
	return op_in(g, op, 0)->quant.scale[0] * op->u.leaky_relu.alpha /
	       op_out(g, op, 0)->quant.scale[0];
}

static int ramp_eval(const struct eval *e, float below, enum activation limits)
{
	const struct tensor *y = op_out(e->g, e->op, 0);
	struct ramp r = {
		.below = requant_make(below),
		.above = requant_make(in_by_out(e->g, e->op)),
		.zero = y->quant.zero_point[0],
		.range = activation_range(y, limits),
	};

	return look_up(e, on_ramp, &r);
}

int relu_eval(const struct eval *e)
{
	return ramp_eval(e, in_by_out(e->g, e->op), ACTIVATION_RELU);
}

int relu6_eval(const struct eval *e)
{
	return ramp_eval(e, in_by_out(e->g, e->op), ACTIVATION_RELU6);
}

int relu_n1_to_1_eval(const struct eval *e)
{
	return ramp_eval(e, in_by_out(e->g, e->op), ACTIVATION_RELU_N1_TO_1);
}

const char *leaky_relu_refuses(const struct graph *g, const struct op *op)
{
	const char *reason = lut_refuses(g, op);

	if (reason)
		return reason;
	return fabsf(slope_below(g, op)) < 0x1p31f
		       ? NULL
		       : "the slope is beyond what a multiplier expresses";
}

int leaky_relu_eval(const struct eval *e)
{
	return ramp_eval(e, slope_below(e->g, e->op), ACTIVATION_NONE);
}

#define SWISH_INPUT_BITS 7	/* inputs are shifted so far, to fill 16 bits */

/* Multipliers of 16 bits, shifts to the left. */
struct swish {
	int16_t out_multiplier, gate_multiplier;
	int out_shift, gate_shift;
	int32_t zero;
};

/* An input step in units of the gate, which is 1 at an input of 3. */
static struct requant swish_gate(const struct graph *g, const struct op *op)
{
	float hires = (1.0f / (1 << SWISH_INPUT_BITS)) * op_in(g, op, 0)->quant.scale[0];

	return requant_make(hires / (3.0f / 32768.0f));
}

static struct requant swish_out(const struct graph *g, const struct op *op)
{
	float hires = (1.0f / (1 << SWISH_INPUT_BITS)) * op_in(g, op, 0)->quant.scale[0];

	return requant_make(hires / op_out(g, op, 0)->quant.scale[0]);
}

const char *hard_swish_refuses(const struct graph *g, const struct op *op)
{
	const char *reason = lut_refuses(g, op);
	int out;

	if (reason)
		return reason;
	out = swish_out(g, op).shift;
	if (out > 0)
		return "the input's scale is more than 128 times the output's";
	return out >= -15 && swish_gate(g, op).shift >= -15
		       ? NULL
		       : "the scales are beyond what 16 bits express";
}

static int16_t half_multiplier(int32_t multiplier)
{
	const int32_t half = 1 << 15;

	return multiplier >= INT32_MAX - half ? INT16_MAX : (multiplier + half) >> 16;
}

static int16_t shift_left16(int32_t x, int bits)
{
	return clamp_i64((int64_t)x * (1ll << bits), INT16_MIN, INT16_MAX);
}

/* High half of twice the product, rounded to nearest or towards zero. */
static int16_t high_mul16(int16_t a, int16_t b, bool nearest)
{
	int32_t product = a * b, nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);

	if (a == INT16_MIN && b == INT16_MIN)
		return INT16_MAX;
	return (product + (nearest ? nudge : 0)) / (1 << 15);
}

static int64_t on_swish(const void *opaque, int32_t input)
{
	const struct swish *s = opaque;
	int16_t hires = input * (1 << SWISH_INPUT_BITS);
	int16_t linear = high_mul16(hires, s->out_multiplier, true), gate = hires;

	if (s->gate_shift > 0)
		gate = shift_left16(gate, s->gate_shift - 1);
	gate = high_mul16(gate, s->gate_multiplier, true);
	if (s->gate_shift > 0)
		gate = shift_left16(gate, 1);
	else
		gate = shift_right(gate, -s->gate_shift);
	gate = (gate + (1 << 15)) >> 1;		/* from [-1, 1] to [0, 1] */

	/* The sum wraps in 16 bits there, too. */
	return (int16_t)(shift_right(high_mul16(gate, linear, false), -s->out_shift) + s->zero);
}

int hard_swish_eval(const struct eval *e)
{
	struct requant gate = swish_gate(e->g, e->op), out = swish_out(e->g, e->op);
	struct swish s = {
		.out_multiplier = half_multiplier(out.multiplier),
		.out_shift = out.shift,
		.gate_multiplier = half_multiplier(gate.multiplier),
		.gate_shift = gate.shift,
		.zero = op_out(e->g, e->op, 0)->quant.zero_point[0],
	};

	return look_up(e, on_swish, &s);
}
