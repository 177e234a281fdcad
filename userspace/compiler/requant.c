// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Requantisation
 *
 * The output converter multiplies by a 15-bit integer and shifts right with rounding half to even.
 * Scale and shift are the closest such pair to the real multiplier. An activation whose bounds are
 * those of the type is free: the converter saturates. Another one is a clamp of the accumulator in
 * the BN stage, placed so that exactly the outputs beyond the bound change.
 */
#include <errno.h>
#include <math.h>
#include <stddef.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "channels.h"
#include "requant.h"
#include "work.h"

#define SCALE_BITS	15	/* of a positive int16; guide 7.3 */
#define SCALE_TOP	(1 << SCALE_BITS)

int64_t requant_apply(const struct requant *r, int32_t x)
{
	int64_t v = (int64_t)x * r->scale + ((int64_t)r->offset * ((int64_t)1 << r->shift));

	if (r->shift == 0)
		return v;

	return (v + ((int64_t)1 << (r->shift - 1)) - 1 + (v >> r->shift & 1)) >> r->shift;
}

/* The largest x with requant_apply(x) <= @high; INT32_MAX when no x exceeds it. */
static int32_t largest_below(const struct requant *r, int32_t high)
{
	int64_t low_x = INT32_MIN, high_x = INT32_MAX;

	while (low_x < high_x) {
		int64_t x = low_x + (high_x - low_x + 1) / 2;

		if (requant_apply(r, x) <= high)
			low_x = x;
		else
			high_x = x - 1;
	}

	return low_x;
}

const char *requant_choose(double multiplier, int32_t offset, int32_t low, int32_t high,
			   struct requant *out)
{
	struct requant r = { .offset = offset };
	int exponent;
	double scaled;

	if (!(multiplier > 0) || isinf(multiplier))
		return "the output multiplier is no positive number";

	/*
	 * multiplier = fraction * 2^exponent, fraction in [1/2, 1): the largest shift that leaves
	 * 15 bits
	 */
	frexp(multiplier, &exponent);
	if (exponent > SCALE_BITS)
		return "the output multiplier exceeds what the output converter can express";
	r.shift = min_i64(SCALE_BITS - exponent, NPU_OUT_CVT_SHIFT_MAX);
	scaled = round(ldexp(multiplier, r.shift));
	if (scaled >= SCALE_TOP && r.shift == 0)
		return "the output multiplier exceeds what the output converter can express";
	if (scaled >= SCALE_TOP) {
		scaled = SCALE_TOP / 2;
		r.shift--;
	}
	if (scaled < 1)
		return "the output multiplier is too small for the output converter";
	r.scale = scaled;

	if (low > INT8_MIN && low != offset)
		return "an activation with a lower bound other than 0 has no form in the DPU";
	r.relu = low > INT8_MIN;
	if (high < INT8_MAX) {
		r.top = largest_below(&r, high);
		r.relux = r.top < INT32_MAX;
		if (r.relux && low != offset)
			return "an activation with an upper bound but no lower bound at 0 has no "
			       "form in the DPU";
		if (r.relux && requant_apply(&r, r.top) != high)
			return "the output multiplier steps over the upper bound of the activation";
	}

	*out = r;
	return NULL;
}

static const char *choose_group(const struct npu_limits *l, struct conv *c, uint32_t group)
{
	uint32_t first = group * c->scale_group;
	uint32_t count = min_i64(c->scale_group, c->out.channels - first);
	struct scaling *s = &c->scalings[group];
	const char *reason;

	if (!c->scales)
		return requant_choose(c->scale, c->out_zero, c->out_low, c->out_high, &s->requant);
	reason = channels_scaling(l, c, first, count, s);
	for (uint32_t k = first; k < first + count && !reason; k++)
		c->multipliers[k] = channels_multiplier(c, s, k);

	return reason;
}

static int choose(struct work *w, struct conv *c, const char **reason)
{
	uint32_t groups = div_round_up(c->out.channels, c->scale_group);

	c->scalings = arena_alloc(&w->scratch, groups, sizeof(*c->scalings));
	if (c->scales)
		c->multipliers = arena_alloc(&w->scratch, c->out.channels, sizeof(*c->multipliers));
	if (!c->scalings || (c->scales && !c->multipliers))
		return -ENOMEM;
	for (uint32_t i = 0; i < groups; i++) {
		*reason = choose_group(w->limits, c, i);
		if (*reason)
			return -ENOTSUP;
	}

	return 0;
}

int requant(struct work *w)
{
	return work_each_conv(w, choose);
}
