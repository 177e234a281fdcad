// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Layouts in NPU memory
 *
 * The index formulas of the guide's chapters 4, 5 and 7.2 for 8-bit elements.
 */
#include <base/bits.h>
#include <npu/limits.h>

#include "layout.h"

#define ENTRY_ATOMS	(NPU_CBUF_ENTRY_BYTES / NPU_ATOM_BYTES)
#define GROUP_ROWS	4	/* rows the CNA fetches together; guide 4.2 */
#define BLOCK_CHANNELS	4	/* of a table of several operands; guide 4.7 */
#define BLOCK_BYTES	(BLOCK_CHANNELS * (sizeof(int32_t) + sizeof(int16_t)))

uint32_t layout_in_channels(uint32_t channels)
{
	return align_up(channels, NPU_ATOM_BYTES);
}

uint32_t layout_out_channels(bool depthwise, uint32_t channels)
{
	return align_up(channels, depthwise ? NPU_DW_GROUP_BYTES : NPU_KERNEL_GROUP_INT8);
}

uint32_t layout_surfaces(uint32_t channels)
{
	return div_round_up(channels, NPU_ATOM_BYTES);
}

uint32_t layout_data_entries(uint32_t channels, uint32_t width)
{
	uint32_t atoms = layout_surfaces(channels);
	uint32_t rest = atoms % ENTRY_ATOMS;

	return atoms / ENTRY_ATOMS * width +
		(rest == ENTRY_ATOMS - 1 ? width
					 : div_round_up((uint64_t)rest * width, ENTRY_ATOMS));
}

int32_t layout_surface_gap(uint32_t pitch, uint32_t width)
{
	return (int32_t)pitch - (int32_t)(width * GROUP_ROWS);
}

uint64_t layout_weight_bytes(const struct weight_shape *s, uint32_t kernels)
{
	if (s->depthwise)
		return (uint64_t)s->taps * layout_in_channels(kernels);

	return (uint64_t)s->taps * s->channels * align_up(kernels, 2);
}

uint64_t layout_weight_offset(const struct weight_shape *s, uint32_t kernel, uint32_t tap,
			      uint32_t channel)
{
	uint64_t taps = s->taps;
	uint32_t first, kernels, slice, row;

	if (s->depthwise) {
		first = channel / NPU_DW_GROUP_BYTES * NPU_DW_GROUP_BYTES;
		row = min_i64(NPU_DW_GROUP_BYTES, s->channels - first);
		return taps * first + (uint64_t)tap * row + channel - first;
	}

	first = kernel / s->group * s->group;
	kernels = min_i64(s->group, align_up(s->kernels, 2) - first);
	slice = channel / NPU_GROUP_CHANNELS * NPU_GROUP_CHANNELS;
	row = min_i64(NPU_GROUP_CHANNELS, s->channels - slice);

	return taps * s->channels * first + taps * kernels * slice + (uint64_t)tap * kernels * row +
	       (uint64_t)(kernel - first) * row + channel - slice;
}

uint32_t layout_operand_offset(bool multiply, uint32_t channel)
{
	if (!multiply)
		return channel * sizeof(int32_t);
	return channel / BLOCK_CHANNELS * BLOCK_BYTES + channel % BLOCK_CHANNELS * sizeof(int32_t);
}

uint32_t layout_multiplier_offset(uint32_t channel)
{
	return channel / BLOCK_CHANNELS * BLOCK_BYTES + BLOCK_CHANNELS * sizeof(int32_t) +
	       channel % BLOCK_CHANNELS * sizeof(int16_t);
}
