// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Functions of one code
 *
 * An operator that makes one output of one input is a table of 256 codes, looked up in the LUT
 * without interpolation or rounding: the output is TensorFlow Lite's to the bit, as far as this
 * file computes the codes as TensorFlow Lite's kernels do: curves in single precision, straight
 * lines in fixed point. PRELU with a slope for each channel is no such function, and passes the BN
 * stage instead.
 *
 * Source: tensorflow/lite/kernels/activations.cc, internal/reference/{leaky_relu,hard_swish}.h
 * (2.14).
 */
#include <math.h>
#include <stddef.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>

#include "fixed.h"
#include "flow.h"
#include "lower.h"

/* What a function knows of its operator; inputs are codes less the zero point. */
struct code_map {
	const struct tensor *in, *out;
	struct bounds bounds;
	int32_t out_zero;	/* of the type, not of the stored form */
	float (*curve)(float x);
	struct fixed below, above;
	int32_t slope;		/* further factor below zero */
};

static float logistic(float x)
{
	return 1.0f / (1.0f + expf(-x));
}

/* Single precision all the way. */
static int64_t on_curve(const struct code_map *m, int32_t x)
{
	float inverse = 1 / m->out->quant.scale[0];
	float y = roundf(m->curve(m->in->quant.scale[0] * (float)x) * inverse);

	return fminf(fmaxf(y + (float)m->out_zero, INT16_MIN), INT16_MAX);
}

static int64_t on_ramp(const struct code_map *m, int32_t x)
{
	return (x < 0 ? fixed_multiply(x * m->slope, m->below) : fixed_multiply(x, m->above)) +
	       (int64_t)m->out_zero;
}

#define SLOPE_UNIT	128	/* of a code, with slopes per channel */
#define SWISH_BITS	7	/* inputs are shifted so far, to fill 16 bits */
#define SWISH_EXPONENT	-15	/* the least that 16 bits express */

/* @below is the gate, 1 at an input of 3; @above the input in steps of the output. */
static int64_t on_swish(const struct code_map *m, int32_t x)
{
	int16_t hires = x * (1 << SWISH_BITS), gate = hires;
	int16_t linear = fixed_multiply16(hires, fixed_half(m->above), true);
	int shift = m->below.exponent;

	if (shift > 0)
		gate = clamp_i64((int64_t)gate * (1ll << (shift - 1)), INT16_MIN, INT16_MAX);
	gate = fixed_multiply16(gate, fixed_half(m->below), true);
	if (shift > 0)
		gate = clamp_i64(gate * 2, INT16_MIN, INT16_MAX);
	else
		gate = fixed_shift_right(gate, -shift);
	gate = (gate + (1 << 15)) >> 1;		/* from [-1, 1] to [0, 1] */

	/* The sum wraps in 16 bits there, too. */
	return (int16_t)(fixed_shift_right(fixed_multiply16(gate, linear, false),
					   -m->above.exponent) + m->out_zero);
}

static const char *look_up(struct work *w, struct node *n, const struct code_map *m,
			   int64_t (*f)(const struct code_map *m, int32_t x))
{
	int32_t in_flip = m->in->type == DTYPE_UINT8 ? UINT8_FLIP : 0;
	int32_t out_flip = m->out->type == DTYPE_UINT8 ? UINT8_FLIP : 0;
	struct flow *flow = lower_flows(w, n, 1);
	const char *reason;
	int8_t codes[256];

	if (!flow)
		return lower_no_memory;
	for (int32_t i = INT8_MIN; i <= INT8_MAX; i++) {
		int64_t y = f(m, i + in_flip - m->in->quant.zero_point[0]) - out_flip;

		codes[i - INT8_MIN] = clamp_i64(y, m->bounds.low, m->bounds.high);
	}
	flow->requant.offset = m->bounds.zero;
	reason = flow_table(lower_stored_zero(m->in), codes, flow, &w->scratch);

	return reason ? reason : lower_flow_all(w, n, flow, n->in);
}

static const char *start(const struct work *w, const struct node *n, enum activation limits,
			 struct code_map *m)
{
	const char *reason;

	*m = (struct code_map){ .in = &w->graph->tensors[n->in],
				.out = &w->graph->tensors[n->out] };
	reason = lower_check(m->in, m->out);
	if (reason)
		return reason;
	if (m->in->type != m->out->type)
		return "input and output have different types";
	m->out_zero = m->out->quant.zero_point[0];

	return lower_activation(m->out, limits, &m->bounds);
}

const char *lower_curve(struct work *w, const struct op *op, struct node *n)
{
	struct code_map m;
	const char *reason = start(w, n, ACTIVATION_NONE, &m);

	m.curve = op->kind == OP_TANH ? tanhf : logistic;

	return reason ? reason : look_up(w, n, &m, on_curve);
}

static const char too_steep[] = "the slope is beyond what codes can show";

/* Ratios of scales are in single precision there. */
static const char *ramp(struct work *w, struct node *n, float alpha, enum activation limits)
{
	struct code_map m;
	const char *reason = start(w, n, limits, &m);
	float ratio, below;

	if (reason)
		return reason;
	ratio = m.in->quant.scale[0] / m.out->quant.scale[0];
	below = alpha == 1 ? ratio : m.in->quant.scale[0] * alpha / m.out->quant.scale[0];
	if (fmaxf(ratio, fabsf(below)) >= FIXED_MAX)
		return too_steep;
	m.slope = 1;
	m.above = fixed_make(ratio);
	m.below = fixed_make(below);

	return look_up(w, n, &m, on_ramp);
}

const char *lower_relu(struct work *w, const struct op *op, struct node *n)
{
	enum activation limits = op->kind == OP_RELU ? ACTIVATION_RELU :
				 op->kind == OP_RELU6 ? ACTIVATION_RELU6 :
							ACTIVATION_RELU_N1_TO_1;

	return ramp(w, n, 1, limits);
}

const char *lower_leaky_relu(struct work *w, const struct op *op, struct node *n)
{
	return ramp(w, n, op->u.leaky_relu.alpha, ACTIVATION_NONE);
}

static int32_t slope_code(const struct tensor *slopes, size_t i)
{
	const uint8_t *code = slopes->data;

	return (slopes->type == DTYPE_UINT8 ? code[i] : (int8_t)code[i]) -
	       slopes->quant.zero_point[0];
}

static bool one_slope(const struct tensor *slopes)
{
	for (size_t i = 1; i < slopes->bytes; i++)
		if (slope_code(slopes, i) != slope_code(slopes, 0))
			return false;
	return true;
}

/*
 * No table: codes in units of 1 / SLOPE_UNIT, so that the rounding behind the slope does not count,
 * through the multiplier of the BN stage that leaves positive values alone. Guide 7.6.
 */
static const char *by_channel(struct work *w, struct node *n, const struct code_map *m,
			      const struct tensor *slopes)
{
	struct flow *f = lower_flows(w, n, 1);
	int16_t *all = arena_alloc(&w->scratch, slopes->bytes, sizeof(*all));
	const char *reason;
	struct extent e;

	if (!f || !all)
		return lower_no_memory;
	if (!lower_extent(m->in, &e) || slopes->bytes != (size_t)e.channels)
		return "slopes that are neither one nor one per channel";
	for (size_t i = 0; i < slopes->bytes; i++) {
		double slope = (double)slopes->quant.scale[0] * slope_code(slopes, i);
		double units = rint(ldexp(slope, FLOW_SLOPE_BITS));

		if (fabs(units) > INT16_MAX)
			return too_steep;
		all[i] = units;
	}
	f->slopes = all;
	f->in_zero = lower_stored_zero(m->in);
	f->in_factor = SLOPE_UNIT;
	reason = requant_choose((double)m->in->quant.scale[0] / m->out->quant.scale[0] / SLOPE_UNIT,
				m->bounds.zero, INT8_MIN, INT8_MAX, &f->requant);

	return reason ? reason : lower_flow_all(w, n, f, n->in);
}

const char *lower_prelu(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *slopes = &w->graph->tensors[op->inputs[1]];
	struct code_map m;
	const char *reason = start(w, n, ACTIVATION_NONE, &m);
	float below, above;

	if (reason)
		return reason;
	if (!slopes->data || slopes->type != m.in->type || !lower_per_tensor(slopes))
		return "the slopes are no constant of the input's type";
	if (!one_slope(slopes))
		return by_channel(w, n, &m, slopes);
	above = m.in->quant.scale[0] / m.out->quant.scale[0];
	below = m.in->quant.scale[0] * slopes->quant.scale[0] / m.out->quant.scale[0];
	if (fmaxf(above, below) >= FIXED_MAX)
		return too_steep;
	m.slope = slope_code(slopes, 0);
	m.above = fixed_make(above);
	m.below = fixed_make(below);

	return look_up(w, n, &m, on_ramp);
}

const char *lower_hard_swish(struct work *w, const struct op *op, struct node *n)
{
	struct code_map m;
	const char *reason = start(w, n, ACTIVATION_NONE, &m);
	float hires;

	if (reason)
		return reason;
	hires = (1.0f / (1 << SWISH_BITS)) * m.in->quant.scale[0];
	m.below = fixed_make(hires / (3.0f / 32768.0f));
	m.above = fixed_make(hires / m.out->quant.scale[0]);
	if (m.above.exponent > 0 || m.above.exponent < SWISH_EXPONENT ||
	    m.below.exponent < SWISH_EXPONENT)
		return "the scales are beyond what TensorFlow Lite's kernel expresses";

	return look_up(w, n, &m, on_swish);
}
