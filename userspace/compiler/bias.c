// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The bias table
 *
 * The MAC array multiplies stored values. What the zero points add is constant per output channel
 * and goes into the bias, but for the weight zero point's share, which the CPEND stage adds from
 * the sum of the inputs:
 *
 *	sum (x - zx)(w - zw) = sum x*w - zw * sum x - zx * sum (w - zw)
 *
 * All of it is 32 bits wide in the DPU; a convolution that could leave them is refused.
 */
#include <errno.h>
#include <math.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>

#include "channels.h"
#include "weights.h"
#include "work.h"

#define STORED_MAX	128	/* largest magnitude of a stored int8 */

int32_t weights_bias(const struct conv *c, uint32_t channel)
{
	const uint8_t *b = c->bias ? c->bias + 4 * (size_t)channel : NULL;

	return b ? (int32_t)((uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
			     (uint32_t)b[3] << 24)
		 : 0;
}

/* The bias in units of the rounded multiplier, where there is one; see channels.c. */
static int64_t table_bias(const struct conv *c, uint32_t channel)
{
	if (!c->scales)
		return weights_bias(c, channel);
	return llround(weights_bias(c, channel) *
		       channels_share(c, &c->scalings[channel / c->scale_group], channel));
}

/* What accumulator and CPEND term may reach before the bias, whatever the input and the weights. */
static int64_t bound(const struct conv *c)
{
	int64_t taps = (int64_t)c->kernel_h * c->kernel_w;
	int64_t terms = taps * (c->depthwise ? 1 : layout_in_channels(c->in.channels));
	int32_t weight_zero = c->weight_zero < 0 ? -c->weight_zero : c->weight_zero;

	return terms * STORED_MAX * (STORED_MAX + weight_zero);
}

int bias_table(struct conv *c, struct arena *a, const char **reason)
{
	int64_t taps = (int64_t)c->kernel_h * c->kernel_w;
	int64_t terms = taps * (c->depthwise ? 1 : c->in.channels);
	int64_t *sums = arena_alloc(a, c->out.channels, sizeof(*sums));

	c->table = arena_alloc(a, c->out.channels, sizeof(*c->table));
	if (!sums || !c->table)
		return -ENOMEM;

	weights_sums(c, sums);
	for (int32_t k = 0; k < c->out.channels; k++) {
		int64_t v = table_bias(c, k) - c->in_zero * (sums[k] - terms * c->weight_zero);

		if (max_i64(v, -v) + bound(c) > INT32_MAX) {
			*reason = "a sum may exceed the 32 bits of the accumulator";
			return -ENOTSUP;
		}
		c->table[k] = v;
	}

	return 0;
}

uint32_t bias_bytes(const struct conv *c)
{
	const struct tile *last = &c->tiles[c->n_tiles - 1];

	return layout_operand_offset(c->multipliers != NULL, last->kernel +
				     layout_out_channels(c->depthwise, last->kernels));
}

static void store(uint8_t *out, uint32_t v, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		out[i] = v >> 8 * i;
}

void bias_pack(const struct conv *c, uint8_t *out)
{
	bool multiply = c->multipliers != NULL;

	for (int32_t k = 0; k < c->out.channels; k++) {
		store(out + layout_operand_offset(multiply, k), c->table[k], sizeof(int32_t));
		if (multiply)
			store(out + layout_multiplier_offset(k), c->multipliers[k],
			      sizeof(int16_t));
	}
}

static int bias_one(struct work *w, struct conv *c, const char **reason)
{
	return bias_table(c, &w->scratch, reason);
}

int bias(struct work *w)
{
	return work_each_conv(w, bias_one);
}
