// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU, element-wise stage
 *
 * Fetches and converts the operand, applies ALU or multiplier, then the lookup table and ReLU.
 * Guide 7.3, 7.7, 8.
 */
#include "numeric.h"
#include "private.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#else
#pragma STDC FP_CONTRACT OFF
#endif

static int32_t convert(const struct dpu_ew *ew, int64_t q)
{
	if (!ew->convert)
		return sat32(q);
	if (ew->add_first)
		return sat32(shift_round((q + ew->offset) * ew->scale, ew->shift, ew->away));
	return sat32(shift_round(q * ew->scale, ew->shift, ew->away) + ew->offset);
}

static void load_operand(struct npu *npu, const uint8_t *p, unsigned int to)
{
	uint32_t raw16 = (uint32_t)(p[0] | p[1] << 8);
	struct dpu *dpu = &npu->dpu;

	switch (npu->rdma.operand_bits) {
	case 8:
		if (dpu->floating)
			dpu->operand.f[to] = (int8_t)p[0];
		else
			dpu->operand.i[to] = convert(&dpu->ew, (int8_t)p[0]);
		break;
	case 16:
		if (dpu->floating)
			dpu->operand.f[to] = dpu->in_precision == ROCKET_PRECISION_BF16 ?
				bfloat_to_float((uint16_t)raw16) : half_to_float((uint16_t)raw16);
		else
			dpu->operand.i[to] = convert(&dpu->ew, (int16_t)raw16);
		break;
	default:
		if (dpu->floating)
			dpu->operand.f[to] =
				float_from_bits(raw16 | (uint32_t)(p[2] | p[3] << 8) << 16);
		else
			dpu->operand.i[to] = (int32_t)(raw16 | (uint32_t)(p[2] | p[3] << 8) << 16);
		break;
	}
}

static int read_operand(struct npu *npu, const struct dpu_beat *beat)
{
	struct dpu *dpu = &npu->dpu;
	unsigned int bits = npu->rdma.operand_bits < 8 ? 8 : npu->rdma.operand_bits;
	unsigned int atom = NPU_ATOM_BYTES * 8 / bits, c, p, i;

	for (c = 0; c < beat->channels; c += atom) {
		if (rdma_operand_surface(npu, beat, (beat->first_channel + c) / atom, dpu->bytes))
			return -1;
		for (p = 0; p < beat->pixels; p++) {
			for (i = 0; i < atom && c + i < beat->channels; i++)
				load_operand(npu, dpu->bytes + p * NPU_ATOM_BYTES + i * bits / 8,
					     p * beat->channels + c + i);
		}
	}
	return 0;
}

static void register_operand(struct npu *npu, unsigned int values)
{
	struct dpu *dpu = &npu->dpu;
	unsigned int i;

	for (i = 0; i < values; i++) {
		if (dpu->floating)
			dpu->operand.f[i] = float_from_bits(dpu->ew.operand);
		else
			dpu->operand.i[i] = convert(&dpu->ew, (int32_t)dpu->ew.operand);
	}
}

static int64_t int_alu(unsigned int algo, int64_t x, int64_t e)
{
	switch (algo) {
	case ROCKET_EW_ALGO_MAX:
		return x > e ? x : e;
	case ROCKET_EW_ALGO_MIN:
		return x < e ? x : e;
	case ROCKET_EW_ALGO_ADD:
		return x + e;
	case ROCKET_EW_ALGO_SUB:
		return x - e;
	case ROCKET_EW_ALGO_ABS:
		return x < 0 ? -x : x;
	case ROCKET_EW_ALGO_NEG:
		return -x;
	default:
		return x;
	}
}

static int64_t int_multiply(const struct dpu_ew *ew, int64_t x, int64_t e)
{
	int64_t product = x * e;

	if (ew->prelu && x >= 0)
		return x;
	return shift_even(product, product < 0 ? ew->truncate_negative : ew->truncate);
}

static void int_operation(struct dpu *dpu, unsigned int values)
{
	const struct dpu_ew *ew = &dpu->ew;
	unsigned int i;

	for (i = 0; i < values; i++)
		dpu->x.i[i] =
			sat32(ew->multiply ? int_multiply(ew, dpu->x.i[i], dpu->operand.i[i])
					   : int_alu(ew->algo, dpu->x.i[i], dpu->operand.i[i]));
}

static float whole_below(float x)
{
	float whole = (float)round_to_int(x);

	if (!(x > -8388608.0f && x < 8388608.0f))
		return x;	/* no fraction left */
	return whole > x ? whole - 1 : whole;
}

static float float_alu(unsigned int algo, float x, float e)
{
	switch (algo) {
	case ROCKET_EW_ALGO_MAX:
		return x > e ? x : e;
	case ROCKET_EW_ALGO_MIN:
		return x < e ? x : e;
	case ROCKET_EW_ALGO_ADD:
		return x + e;
	case ROCKET_EW_ALGO_DIV:
		return x / e;
	case ROCKET_EW_ALGO_SUB:
		return x - e;
	case ROCKET_EW_ALGO_ABS:
		return x < 0 ? -x : x;
	case ROCKET_EW_ALGO_NEG:
		return -x;
	case ROCKET_EW_ALGO_FLOOR:
		return whole_below(x);
	case ROCKET_EW_ALGO_CEIL:
		return -whole_below(-x);
	default:
		return x;
	}
}

static void float_operation(struct dpu *dpu, unsigned int values)
{
	const struct dpu_ew *ew = &dpu->ew;
	unsigned int i;

	for (i = 0; i < values; i++) {
		float x = dpu->x.f[i], e = dpu->operand.f[i];

		if (!ew->multiply)
			dpu->x.f[i] = float_alu(ew->algo, x, e);
		else if (!ew->prelu || x < 0)
			dpu->x.f[i] = x * e;
	}
}

static void relu(struct dpu *dpu, unsigned int values)
{
	int32_t int_limit = dpu->ew.relux_on ? (int32_t)dpu->ew.limit : INT32_MAX;
	float limit = float_from_bits(dpu->ew.limit);
	unsigned int i;

	for (i = 0; i < values; i++) {
		if (!dpu->floating) {
			dpu->x.i[i] = (int32_t)clamp64(dpu->x.i[i], 0, int_limit);
			continue;
		}
		if (dpu->x.f[i] < 0)
			dpu->x.f[i] = 0;
		if (dpu->ew.relux_on && dpu->x.f[i] > limit)
			dpu->x.f[i] = limit;
	}
}

int dpu_element_wise(struct npu *npu, const struct dpu_beat *beat)
{
	struct dpu *dpu = &npu->dpu;
	unsigned int values = beat->pixels * beat->channels;

	if (dpu->ew.on) {
		if (!dpu->ew.memory)
			register_operand(npu, values);
		else if (read_operand(npu, beat))
			return -1;
		if (dpu->floating)
			float_operation(dpu, values);
		else
			int_operation(dpu, values);
	}
	if (dpu->ew.lut_on)
		dpu_lookup(npu, beat);
	if (dpu->ew.relu_on)
		relu(dpu, values);
	return 0;
}
