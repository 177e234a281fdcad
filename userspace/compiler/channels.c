// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: A weight scale for each channel
 *
 * The output converter has one multiplier for all channels of a task. Where weight scales differ it
 * takes care of the largest, and the BS stage multiplies each channel by its share of that, an
 * integer of 14 or 15 bits. The smaller a share, the coarser it is: this file bounds what that may
 * do to an output, and finds the coarsest way that does no harm.
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
 * Each next form is used when the one before is too coarse. The vendor's streams have 14 bits; 15
 * is what a positive int16 holds.
 */
static const struct scale_form direct_forms[] = {
	{ 14, UINT32_MAX }, { 15, UINT32_MAX }, { 15, NPU_KERNEL_GROUP_INT8 },
	{ 15, NPU_ATOM_BYTES },
};

static const struct scale_form depthwise_forms[] = {
	{ 14, UINT32_MAX }, { 15, UINT32_MAX }, { 15, NPU_DW_GROUP_BYTES },
};

float channels_largest(const struct conv *c, uint32_t first, uint32_t count)
{
	float most = 0;

	for (uint32_t k = first; k < first + count; k++)
		most = fmaxf(most, c->scales[k]);
	return most;
}

int16_t channels_multiplier(const struct conv *c, uint32_t channel, float largest,
			    unsigned int bits)
{
	double share = c->scales[channel] / (double)largest;

	return fmin(fmax(round(ldexp(share, bits)), 1), INT16_MAX);
}

static bool channel_fits(const struct conv *c, uint32_t channel, float largest, unsigned int bits)
{
	double share = c->scales[channel] / (double)largest;
	int16_t multiplier = channels_multiplier(c, channel, largest, bits);
	double off = fabs(ldexp(multiplier, -(int)bits) - share);
	double step = c->in_scale * largest / c->out_scale;	/* codes per unit of the largest */
	double bias = fabs(weights_bias(c, channel) * share * step);

	/* Outputs beyond the type saturate, whatever the multiplier. */
	if (off / share * (CODES + bias) <= CHANNELS_TOLERANCE)
		return true;
	return off * step * CODES * weights_magnitude(c, channel) <= CHANNELS_TOLERANCE;
}

static bool fits(const struct conv *c, const struct scale_form *f)
{
	uint32_t channels = c->out.channels, count;

	for (uint32_t first = 0; first < channels; first += count) {
		float largest;

		count = min_i64(f->group, channels - first);
		largest = channels_largest(c, first, count);
		for (uint32_t k = first; k < first + count; k++)
			if (!channel_fits(c, k, largest, f->bits))
				return false;
	}
	return true;
}

bool channels_form(const struct conv *c, struct scale_form *out)
{
	const struct scale_form *forms = c->depthwise ? depthwise_forms : direct_forms;
	size_t n = c->depthwise ? ARRAY_SIZE(depthwise_forms) : ARRAY_SIZE(direct_forms);

	for (size_t i = 0; i < n; i++)
		if (fits(c, &forms[i])) {
			out->bits = forms[i].bits;
			out->group = min_i64(forms[i].group, c->out.channels);
			return true;
		}
	return false;
}
