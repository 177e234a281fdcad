// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU, lookup table
 *
 * Two tables of 513 entries with linear interpolation, slopes outside, and their load through
 * LUT_ACCESS. The tables are one memory for both register groups and stay until reset. Guide 7.8,
 * silicon notes 2.5.
 */
#include "numeric.h"
#include "private.h"

#define LE	0
#define LO	1
#define LAST	(NPU_LUT_ENTRIES - 1)

/* LUT_LO_LE_MUX of every stream that is known to work */
#define MUX_WORKING	2

void dpu_lut_configure(struct npu *npu)
{
	const uint32_t *r = npu_running(npu, BLOCK_DPU);
	struct dpu_lut *lut = &npu->dpu.lut;

	if (!npu->dpu.ew.lut_on)
		return;
	lut->start[LE] = (int32_t)WORD(r, DPU_LUT_LE_START);
	lut->end[LE] = (int32_t)WORD(r, DPU_LUT_LE_END);
	lut->start[LO] = (int32_t)WORD(r, DPU_LUT_LO_START);
	lut->end[LO] = (int32_t)WORD(r, DPU_LUT_LO_END);
	lut->index_select[LE] = FIELD(r, DPU_LUT_INFO, LUT_LE_INDEX_SELECT);
	lut->index_select[LO] = FIELD(r, DPU_LUT_INFO, LUT_LO_INDEX_SELECT);
	lut->below_scale[LE] =
		sign_extend(FIELD(r, DPU_LUT_LE_SLOPE_SCALE, LUT_LE_SLOPE_UFLOW_SCALE), 16);
	lut->above_scale[LE] =
		sign_extend(FIELD(r, DPU_LUT_LE_SLOPE_SCALE, LUT_LE_SLOPE_OFLOW_SCALE), 16);
	lut->below_scale[LO] =
		sign_extend(FIELD(r, DPU_LUT_LO_SLOPE_SCALE, LUT_LO_SLOPE_UFLOW_SCALE), 16);
	lut->above_scale[LO] =
		sign_extend(FIELD(r, DPU_LUT_LO_SLOPE_SCALE, LUT_LO_SLOPE_OFLOW_SCALE), 16);
	lut->below_shift[LE] = FIELD(r, DPU_LUT_LE_SLOPE_SHIFT, LUT_LE_SLOPE_UFLOW_SHIFT);
	lut->above_shift[LE] = FIELD(r, DPU_LUT_LE_SLOPE_SHIFT, LUT_LE_SLOPE_OFLOW_SHIFT);
	lut->below_shift[LO] = FIELD(r, DPU_LUT_LO_SLOPE_SHIFT, LUT_LO_SLOPE_UFLOW_SHIFT);
	lut->above_shift[LO] = FIELD(r, DPU_LUT_LO_SLOPE_SHIFT, LUT_LO_SLOPE_OFLOW_SHIFT);
	lut->both = FIELD(r, DPU_LUT_CFG, LUT_HYBRID_PRIORITY);
	lut->above = FIELD(r, DPU_LUT_CFG, LUT_OFLOW_PRIORITY);
	lut->below = FIELD(r, DPU_LUT_CFG, LUT_UFLOW_PRIORITY);
	if (FIELD(r, DPU_LUT_CFG, LUT_LO_LE_MUX) != MUX_WORKING ||
	    FIELD(r, DPU_LUT_CFG, LUT_EXPAND_EN) || FIELD(r, DPU_LUT_CFG, LUT_ROAD_SEL))
		npu_unimp(npu, "DPU_LUT_CFG = 0x%08x", WORD(r, DPU_LUT_CFG));
	if (lut->index_select[LE] > 31 || lut->index_select[LO] > 31) {
		npu_unimp(npu, "LUT index select above 31");
		lut->index_select[LE] %= 32;
		lut->index_select[LO] %= 32;
	}
}

static bool hits(const struct dpu_lut *lut, unsigned int table, int32_t x)
{
	return x >= lut->start[table] && (table == LE ? x < lut->end[table] : x <= lut->end[table]);
}

static int32_t interpolate(const struct npu *npu, const struct dpu_lut *lut, unsigned int table,
			   int32_t x)
{
	int64_t distance = (int64_t)x - lut->start[table], i = distance >> lut->index_select[table],
		f, rise;

	if (i >= LAST)
		return lut->entry[table][LAST];
	f = distance - (i << lut->index_select[table]);
	rise = (lut->entry[table][i + 1] - lut->entry[table][i]) * f;
	if (npu->switches.lut_round && lut->index_select[table])
		rise += (int64_t)1 << (lut->index_select[table] - 1);
	return (int32_t)(lut->entry[table][i] + (rise >> lut->index_select[table]));
}

static int32_t extrapolate(const struct dpu_lut *lut, unsigned int table, int32_t x)
{
	int64_t slope;

	if (x < lut->start[table]) {
		slope = ((int64_t)x - lut->start[table]) * lut->below_scale[table] >>
			lut->below_shift[table];
		return sat32(lut->entry[table][0] + slope);
	}
	slope = ((int64_t)x - lut->end[table]) * lut->above_scale[table] >> lut->above_shift[table];
	return sat32(lut->entry[table][LAST] + slope);
}

static int32_t look_up(const struct npu *npu, int32_t x)
{
	const struct dpu_lut *lut = &npu->dpu.lut;
	bool le = hits(lut, LE, x), lo = hits(lut, LO, x);

	if (le != lo)
		return interpolate(npu, lut, lo ? LO : LE, x);
	if (le)
		return interpolate(npu, lut, lut->both, x);
	if (x < lut->start[LE] && x < lut->start[LO])
		return extrapolate(lut, lut->below, x);
	if (x >= lut->end[LE] && x > lut->end[LO])
		return extrapolate(lut, lut->above, x);
	return extrapolate(lut, lut->both, x);
}

void dpu_lookup(struct npu *npu, const struct dpu_beat *beat)
{
	struct dpu *dpu = &npu->dpu;
	unsigned int i;

	for (i = 0; i < beat->pixels * beat->channels; i++) {
		if (dpu->floating)
			dpu->x.f[i] = (float)look_up(npu, round_to_int(dpu->x.f[i]));
		else
			dpu->x.i[i] = look_up(npu, dpu->x.i[i]);
	}
}

/* Unknown: what an entry beyond the table does */
static bool in_table(struct npu *npu)
{
	if (npu->dpu.lut.address < NPU_LUT_ENTRIES)
		return true;
	npu_guest_error(npu, "LUT entry %u; a table has %u", npu->dpu.lut.address, NPU_LUT_ENTRIES);
	return false;
}

void dpu_lut_write(struct npu *npu, uint32_t offset, uint32_t value)
{
	struct dpu_lut *lut = &npu->dpu.lut;

	if (offset == ROCKET_DPU_LUT_ACCESS_CFG) {
		lut->writing = reg_field(value, ROCKET_DPU_LUT_ACCESS_CFG_LUT_ACCESS_TYPE);
		lut->table = reg_field(value, ROCKET_DPU_LUT_ACCESS_CFG_LUT_TABLE_ID);
		lut->address = reg_field(value, ROCKET_DPU_LUT_ACCESS_CFG_LUT_ADDR);
		return;
	}
	if (lut->writing && in_table(npu))
		lut->entry[lut->table][lut->address++] =
			(int16_t)reg_field(value, ROCKET_DPU_LUT_ACCESS_DATA_LUT_ACCESS_DATA);
}

uint32_t dpu_lut_read(struct npu *npu)
{
	struct dpu_lut *lut = &npu->dpu.lut;

	if (lut->writing || !in_table(npu))
		return 0;
	return (uint16_t)lut->entry[lut->table][lut->address++];
}
