// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Weights in NPU memory
 *
 * Copies a model's weights into the blocks in which the CNA reads them: kernel groups, slices of 32
 * channels, taps. Works on runs of up to 32 channels, eight bytes at a time; layout_weight_offset()
 * says the same for a single byte.
 */
#include <string.h>

#include <base/bits.h>
#include <npu/limits.h>

#include "weights.h"
#include "work.h"

#define LANES	0x0101010101010101ull	/* one in each byte of a word */

/* Copy @bytes, XORing each with @flip. */
static void copy_flipped(uint8_t *out, const uint8_t *in, size_t bytes, uint8_t flip)
{
	uint64_t mask = flip * LANES, v;
	size_t i = 0;

	for (; i + sizeof(v) <= bytes; i += sizeof(v)) {
		memcpy(&v, in + i, sizeof(v));
		v ^= mask;
		memcpy(out + i, &v, sizeof(v));
	}
	for (; i < bytes; i++)
		out[i] = in[i] ^ flip;
}

/* Sum of @bytes signed bytes after XOR with @flip. */
static int64_t sum_flipped(const uint8_t *in, size_t bytes, uint8_t flip)
{
	/*
	 * Moved to 0..255 the bytes add up as unsigned 16-bit lanes, 257 of them without overflow.
	 */
	uint64_t mask = (flip ^ 0x80) * LANES, even = 0xff * (LANES & 0x00ff00ff00ff00ffull), v;
	int64_t sum = -128 * (int64_t)bytes;
	size_t i = 0;

	while (i + sizeof(v) <= bytes) {
		size_t end = min_i64(bytes, i + 128 * sizeof(v));
		uint64_t lanes = 0;

		for (; i + sizeof(v) <= end; i += sizeof(v)) {
			memcpy(&v, in + i, sizeof(v));
			v ^= mask;
			lanes += (v & even) + (v >> 8 & even);
		}
		for (unsigned int bit = 0; bit < 64; bit += 16)
			sum += lanes >> bit & 0xffff;
	}
	for (; i < bytes; i++)
		sum += in[i] ^ flip ^ 0x80;

	return sum;
}

/* Channels that one filter of the model reads. */
static uint32_t depth_of(const struct conv *c)
{
	switch (c->form) {
	case WEIGHTS_DENSE:
		return c->in.channels;
	case WEIGHTS_GROUPED:
		return c->depth;
	default:
		return 1;
	}
}

static const uint8_t *source(const struct conv *c, uint32_t kernel, uint32_t tap, uint32_t channel)
{
	uint64_t taps = (uint64_t)c->kernel_h * c->kernel_w;

	if (c->form == WEIGHTS_DENSE || c->form == WEIGHTS_GROUPED)
		return c->weights + (kernel * taps + tap) * depth_of(c) + channel;

	return c->weights + (uint64_t)tap * c->out.channels +
		kernel; /* HWC: kernel and channel are one */
}

/* The part of [@channel, @channel + @count) that belongs to the group of @kernel. */
static void copy_part(const struct conv *c, uint8_t *out, uint32_t kernel, uint32_t tap,
		      uint32_t channel, uint32_t count)
{
	uint32_t groups = c->in.channels / c->depth;
	uint32_t first = kernel / (c->out.channels / groups) * c->depth;
	int64_t from = max_i64(first, channel), to = min_i64(first + c->depth, channel + count);

	if (from < to)
		copy_flipped(out + from - channel, source(c, kernel, tap, from - first), to - from,
			     c->flip);
}

/* @count weights of one kernel and tap from @channel on, @row of them in memory. */
static void pack_run(const struct conv *c, uint8_t *out, uint32_t kernel, uint32_t tap,
		     uint32_t channel, uint32_t count, uint32_t row)
{
	switch (c->form) {
	case WEIGHTS_DENSE:
		copy_flipped(out, source(c, kernel, tap, channel), count, c->flip);
		memset(out + count, c->weight_zero, row - count);
		break;
	case WEIGHTS_EXPANDED:
		memset(out, c->weight_zero, row);
		if (kernel / c->multiplier - channel < count)
			out[kernel / c->multiplier - channel] =
				*source(c, kernel, tap, 0) ^ c->flip;
		break;
	case WEIGHTS_GROUPED:
		memset(out, c->weight_zero, row);
		copy_part(c, out, kernel, tap, channel, count);
		break;
	case WEIGHTS_DEPTHWISE:
		copy_flipped(out, source(c, channel, tap, 0), count, c->flip);
		memset(out + count, c->weight_zero, row - count);
		break;
	case WEIGHTS_FILL:
		memset(out, c->fill, count);
		break;
	}
}

uint64_t weights_bytes(const struct conv *c)
{
	return layout_weight_bytes(&c->packed, c->packed.kernels);
}

static void pack_depthwise(const struct conv *c, uint8_t *out)
{
	const struct weight_shape *s = &c->packed;
	uint32_t row, count;

	for (uint32_t first = 0; first < s->channels; first += NPU_DW_GROUP_BYTES) {
		row = min_i64(NPU_DW_GROUP_BYTES, s->channels - first);
		count = min_i64(row, c->in.channels - first);
		for (uint32_t tap = 0; tap < s->taps; tap++, out += row)
			pack_run(c, out, 0, tap, first, count, row);
	}
}

/*
 * One slice of a kernel group. The inner loop runs over taps so that a kernel's weights are read in
 * their order.
 */
static void pack_slice(const struct conv *c, uint8_t *out, uint32_t group, uint32_t kernels,
		       uint32_t first)
{
	const struct weight_shape *s = &c->packed;
	uint32_t row = min_i64(NPU_GROUP_CHANNELS, s->channels - first);
	uint32_t count = min_i64(row, c->in.channels - first);
	uint32_t real = min_i64(kernels, s->kernels - group);

	for (uint32_t k = 0; k < real; k++)
		for (uint32_t tap = 0; tap < s->taps; tap++)
			pack_run(c, out + ((size_t)tap * kernels + k) * row, group + k, tap, first,
				 count, row);
}

void weights_pack(const struct conv *c, uint8_t *out)
{
	const struct weight_shape *s = &c->packed;
	uint32_t total = align_up(s->kernels, 2);

	if (s->depthwise) {
		pack_depthwise(c, out);
		return;
	}
	for (uint32_t group = 0; group < total; group += s->group) {
		uint32_t kernels = min_i64(s->group, total - group);

		for (uint32_t first = 0; first < s->channels; first += NPU_GROUP_CHANNELS) {
			pack_slice(c, out, group, kernels, first);
			out += (size_t)s->taps * kernels *
				min_i64(NPU_GROUP_CHANNELS, s->channels - first);
		}
	}
}

void weights_sums(const struct conv *c, int64_t *sums)
{
	uint32_t taps = c->kernel_h * c->kernel_w, kernels = c->out.channels;
	int64_t absent = c->form == WEIGHTS_DEPTHWISE ? 0 : c->in.channels - depth_of(c);

	if (c->form == WEIGHTS_FILL) {
		for (uint32_t k = 0; k < kernels; k++)
			sums[k] = (int64_t)taps * c->fill;
		return;
	}
	/* What a filter does not read holds the zero point. */
	for (uint32_t k = 0; k < kernels; k++)
		sums[k] = taps * absent * c->weight_zero;
	if (c->form == WEIGHTS_DENSE || c->form == WEIGHTS_GROUPED) {
		size_t bytes = (size_t)taps * depth_of(c);

		for (uint32_t k = 0; k < kernels; k++)
			sums[k] += sum_flipped(c->weights + k * bytes, bytes, c->flip);
		return;
	}
	for (uint32_t tap = 0; tap < taps; tap++)
		for (uint32_t k = 0; k < kernels; k++)
			sums[k] += (int8_t)(*source(c, k, tap, 0) ^ c->flip);
}

int64_t weights_magnitude(const struct conv *c, uint32_t channel)
{
	uint32_t taps = c->kernel_h * c->kernel_w;
	uint32_t run = depth_of(c);
	int64_t sum = 0;

	for (uint32_t tap = 0; tap < taps; tap++) {
		const uint8_t *w = source(c, channel, tap, 0);

		for (uint32_t i = 0; i < run; i++) {
			int8_t v = w[i] ^ c->flip;

			sum += v < 0 ? -v : v;
		}
	}
	return sum;
}
