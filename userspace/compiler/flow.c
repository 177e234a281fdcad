// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tasks of the DPU alone
 *
 * Values that pass the DPU without a convolution move by whole atoms, so rows and columns matter
 * only where a field is too narrow for them.
 */
#include <math.h>
#include <stddef.h>

#include <base/arena.h>
#include <base/bits.h>
#include <npu/limits.h>

#include "flow.h"
#include "lower.h"

#define WIDTH_MAX	4096	/* 8191 atoms corrupt some positions; silicon notes 2.5 */
#define NOTCH_MAX	8191	/* pixels between lines; 13 bits */
#define FACTOR_BITS	15	/* of a positive int16 */

/*
 * The lookup: codes lie two entries apart, so that nothing is interpolated; an entry is 128 times
 * the output less its zero point, so that nothing is rounded. Guide 7.8.
 */
#define CODE_STEP	64	/* input units from code to code */
#define ENTRY_STEP	32	/* input units from entry to entry */
#define TABLE_SHIFT	21	/* OUT_CVT by 2^14 / 2^21 */
#define TABLE_SCALE	(1 << 14)
#define TABLE_UNIT	(1 << (TABLE_SHIFT - 14))

/* Count the tasks; write them if @tiles is not NULL. */
static uint32_t split(const struct flow *f, struct flow_tile *tiles)
{
	const struct npu_limits *l = &npu_limits_rk3588;
	uint32_t width = min_i64(f->width, WIDTH_MAX), n = 0;
	uint32_t surfaces = layout_surfaces(f->channels), step = l->out_channels / NPU_ATOM_BYTES;

	for (uint32_t s = 0; s < surfaces; s += step) {
		uint32_t height;

		for (uint32_t pixel = 0; pixel < f->pixels; pixel += width * height, n++) {
			uint32_t rest = f->pixels - pixel;

			height = min_i64(max_i64(rest / width, 1), l->out_size);
			if (rest < width)
				width = rest;
			if (tiles)
				tiles[n] = (struct flow_tile){
					.surface = s,
					.channels = min_i64(step, surfaces - s) * NPU_ATOM_BYTES,
					.pixel = pixel,
					.width = width,
					.height = height,
				};
		}
		width = min_i64(f->width, WIDTH_MAX);
	}

	return n;
}

uint32_t flow_slopes_bytes(const struct flow *f)
{
	return f->slopes ? layout_surfaces(f->channels) * NPU_ATOM_BYTES * sizeof(*f->slopes) : 0;
}

void flow_slopes_pack(const struct flow *f, uint8_t *out)
{
	for (uint32_t c = 0; c < f->channels; c++) {
		out[2 * c] = (uint16_t)f->slopes[c] & 0xff;
		out[2 * c + 1] = (uint16_t)f->slopes[c] >> 8;
	}
}

bool flow_has_gaps(const struct flow *f)
{
	return f->in_line || f->out_line;
}

const char *flow_tile(struct flow *f, struct arena *a)
{
	if (flow_has_gaps(f) && (f->width > WIDTH_MAX || f->in_line > f->width + NOTCH_MAX ||
				 f->out_line > f->width + NOTCH_MAX))
		return "rows too long for the gaps that a task leaves between them";
	f->n_tiles = split(f, NULL);
	f->tiles = arena_alloc(a, f->n_tiles, sizeof(*f->tiles));
	if (!f->tiles)
		return lower_no_memory;
	split(f, f->tiles);

	return NULL;
}

void flow_factor(double real, int32_t *factor, unsigned int *shift)
{
	int exponent;

	frexp(real, &exponent);
	*shift = clamp_i64(FACTOR_BITS - exponent, 0, NPU_OUT_CVT_SHIFT_MAX);
	*factor = rint(ldexp(real, *shift));
	if (*factor > INT16_MAX) {
		*factor /= 2;
		--*shift;
	}
}

const char *flow_table(int32_t in_zero, const int8_t codes[256], struct flow *f, struct arena *a)
{
	int32_t offset = f->requant.offset;
	int16_t *table = arena_alloc(a, FLOW_TABLE_WORDS, sizeof(*table));

	if (!table)
		return lower_no_memory;
	/* Entry 0 of the second table is input 0, as is the last of the first. */
	for (int32_t side = 0; side < 2; side++)
		for (int32_t i = 0; i < NPU_LUT_ENTRIES; i++) {
			int32_t at = i - (side ? 0 : NPU_LUT_ENTRIES - 1);
			int32_t code = at / (CODE_STEP / ENTRY_STEP) + in_zero;

			code = clamp_i64(code, INT8_MIN, INT8_MAX);
			table[side * NPU_LUT_ENTRIES + i] =
				(codes[code - INT8_MIN] - offset) * TABLE_UNIT;
		}
	f->table = table;
	f->in_zero = in_zero;
	f->in_factor = CODE_STEP;
	f->requant.scale = TABLE_SCALE;
	f->requant.shift = TABLE_SHIFT;

	return NULL;
}
