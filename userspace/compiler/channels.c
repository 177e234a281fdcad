// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: A weight scale for each channel
 *
 * The output converter has one multiplier for all channels of a task. Where weight scales differ it
 * takes care of the largest, and the BS stage multiplies each channel by its share of that, an
 * integer of few bits, which also makes up for the rounding of the converter's. The smaller a
 * share, the coarser it is: this file bounds what that may do to an output, and finds how many
 * channels may share a converter without harm.
 *
 * The bias is no part of the error: the bias pass writes it in the units of the rounded multiplier.
 */
#include <math.h>
#include <stddef.h>

#include <base/bits.h>
#include <npu/limits.h>

#include "channels.h"
#include "weights.h"
#include "work.h"

/*
 * Codes that an output may move by a rounded multiplier. With half a code for the rounding of the
 * output, and at most three quarters for the two roundings of TensorFlow Lite, results stay less
 * than two codes, so one, apart.
 */
#define CHANNELS_TOLERANCE	0.75
#define CODES			255	/* an in-range sum is at most so many codes from the bias */

/*
 * The BS multiplier leaves the largest channel with so fine a unit, in codes, that its rounding
 * does not count; 32 bits of them still reach far beyond an output.
 */
#define UNIT			(1.0 / 2048)

/* Channels that may share a converter; the least are what one task can have. */
static const uint32_t direct_groups[] = { UINT32_MAX, NPU_KERNEL_GROUP_INT8, NPU_ATOM_BYTES };
static const uint32_t depthwise_groups[] = { UINT32_MAX, NPU_DW_GROUP_BYTES };

float channels_largest(const struct conv *c, uint32_t first, uint32_t count)
{
	float most = 0;

	for (uint32_t k = first; k < first + count; k++)
		most = fmaxf(most, c->scales[k]);
	return most;
}

const char *channels_scaling(const struct npu_limits *l, const struct conv *c, uint32_t first,
			     uint32_t count, struct scaling *s)
{
	double multiplier = c->in_scale * channels_largest(c, first, count) / c->out_scale;

	s->shift = l->channel_bits;
	while (s->shift > 0 && multiplier > UNIT) {
		multiplier /= 2;
		s->shift--;
	}
	return requant_choose(multiplier, c->out_zero, c->out_low, c->out_high, &s->requant);
}

static double exact_multiplier(const struct conv *c, uint32_t channel)
{
	return c->in_scale * c->scales[channel] / c->out_scale;
}

/* What the output converter makes of one unit of the BS multiplier. */
static double unit(const struct scaling *s)
{
	return ldexp(s->requant.scale, -(int)(s->requant.shift + s->shift));
}

int16_t channels_multiplier(const struct conv *c, const struct scaling *s, uint32_t channel)
{
	return fmin(fmax(rint(exact_multiplier(c, channel) / unit(s)), 1), INT16_MAX);
}

double channels_share(const struct conv *c, const struct scaling *s, uint32_t channel)
{
	return exact_multiplier(c, channel) / (channels_multiplier(c, s, channel) * unit(s));
}

static bool channel_fits(const struct conv *c, const struct scaling *s, uint32_t channel)
{
	double exact = exact_multiplier(c, channel);
	double off = fabs(channels_multiplier(c, s, channel) * unit(s) - exact);
	double bias = fabs(weights_bias(c, channel) * exact);

	/* Outputs beyond the type saturate, whatever the multiplier. */
	if (off / exact * (CODES + bias) <= CHANNELS_TOLERANCE)
		return true;
	return off * CODES * weights_magnitude(c, channel) <= CHANNELS_TOLERANCE;
}

static bool fits(const struct npu_limits *l, const struct conv *c, uint32_t group)
{
	uint32_t channels = c->out.channels, count;

	for (uint32_t first = 0; first < channels; first += count) {
		struct scaling s;

		count = min_i64(group, channels - first);
		if (channels_scaling(l, c, first, count, &s))
			return true;	/* another reason, for the requant pass to tell */
		for (uint32_t k = first; k < first + count; k++)
			if (!channel_fits(c, &s, k))
				return false;
	}
	return true;
}

uint32_t channels_group(const struct npu_limits *l, const struct conv *c)
{
	const uint32_t *groups = c->depthwise ? depthwise_groups : direct_groups;
	size_t n = c->depthwise ? ARRAY_SIZE(depthwise_groups) : ARRAY_SIZE(direct_groups);

	for (size_t i = 0; i < n; i++)
		if (fits(l, c, groups[i]))
			return min_i64(groups[i], c->out.channels);
	return 0;
}
