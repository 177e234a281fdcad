// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CNA, weight fetch
 *
 * Plain weights in the order of guide 4.5 (direct) and 4.6 (depthwise). Weights that fit their
 * banks are fetched once and stay; others are streamed, one kernel group at a time.
 */
#include <string.h>

#include "numeric.h"
#include "private.h"

int cna_load_weights(struct npu *npu)
{
	struct conv *conv = &npu->conv;
	size_t bytes = (size_t)conv->kernel_bytes * (conv->depthwise ? 1 : conv->kernels);

	if (cbuf_reuse_weights(npu) && conv->resident)
		return 0;
	npu->cbuf.weights.valid = false;
	if (conv->resident &&
	    npu_dma_read(npu, "CNA", conv->weights_iova, npu->cbuf.weight_bytes, bytes))
		return -1;
	cbuf_loaded_weights(npu);
	return 0;
}

/* @count values that lie next to each other in memory */
static void widen(const struct conv *conv, const uint8_t *from, size_t first, unsigned int count,
		  union cbuf_values *to, size_t index)
{
	const uint8_t *p;
	unsigned int i;

	switch (conv->precision) {
	case ROCKET_PRECISION_INT8:
		for (i = 0; i < count; i++)
			to->i[index + i] = (int8_t)from[first + i];
		return;
	case ROCKET_PRECISION_INT4:
		for (i = 0; i < count; i++)
			to->i[index + i] =
				(int16_t)sign_extend(from[(first + i) / 2] >> (first + i) % 2 * 4,
						     4);
		return;
	}
	for (i = 0; i < count; i++) {
		p = from + 2 * (first + i);
		if (conv->precision == ROCKET_PRECISION_INT16)
			to->i[index + i] = (int16_t)(p[0] | p[1] << 8);
		else if (conv->precision == ROCKET_PRECISION_FP16)
			to->f[index + i] = half_to_float((uint16_t)(p[0] | p[1] << 8));
		else
			to->f[index + i] = bfloat_to_float((uint16_t)(p[0] | p[1] << 8));
	}
}

/* memory: slice of 32 channels, tap, kernel, channel; MAC loops: kernel, tap, lane */
static void widen_direct(struct npu *npu, const uint8_t *from, unsigned int kernels)
{
	const struct conv *conv = &npu->conv;
	unsigned int taps = conv->kernel_w * conv->kernel_h, c, tap, k, row, count;
	size_t value = 0;

	for (c = 0; c < conv->channels; c += NPU_GROUP_CHANNELS) {
		row = conv->channels - c < NPU_GROUP_CHANNELS ? conv->channels - c
							      : NPU_GROUP_CHANNELS;
		count = c >= conv->lanes ? 0 : conv->lanes - c < row ? conv->lanes - c : row;
		for (tap = 0; tap < taps; tap++) {
			for (k = 0; k < kernels; k++, value += row)
				widen(conv, from, value, count, &npu->cbuf.kernels,
				      ((size_t)k * taps + tap) * conv->lanes + c);
		}
	}
}

/* memory and MAC loops: tap, channel */
static void widen_depthwise(struct npu *npu, const uint8_t *from, unsigned int channels)
{
	const struct conv *conv = &npu->conv;
	unsigned int taps = conv->kernel_w * conv->kernel_h, tap;

	for (tap = 0; tap < taps; tap++)
		widen(conv, from, (size_t)tap * channels, channels, &npu->cbuf.kernels,
		      (size_t)tap * channels);
}

int cna_kernel_group(struct npu *npu, unsigned int first)
{
	struct conv *conv = &npu->conv;
	unsigned int kernels =
		conv->kernels - first < conv->group ? conv->kernels - first : conv->group;
	size_t taps = (size_t)conv->kernel_w * conv->kernel_h;
	size_t bits = conv->depthwise ? taps * conv->elem_bits : (size_t)conv->kernel_bytes * 8;
	size_t offset = first * bits / 8;
	const uint8_t *from = npu->cbuf.weight_bytes + offset;

	if (!conv->resident) {
		from = npu->cbuf.weight_bytes;
		if (npu_dma_read(npu, "CNA", conv->weights_iova + (uint32_t)offset,
				 npu->cbuf.weight_bytes, kernels * bits / 8))
			return -1;
	}
	if (conv->depthwise)
		widen_depthwise(npu, from, kernels);
	else
		widen_direct(npu, from, kernels);
	return 0;
}
