// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU, order of the stages
 *
 * Reads the task's numbers and passes beats through CPEND, BS, BN, EW, OUT_CVT and the writer
 * (guide 7.1). Tasks without convolution take their beats from MRDMA (guide 8).
 */
#include <string.h>

#include "numeric.h"
#include "private.h"

static const struct {
	unsigned int bits;
	bool floating;
} types[] = {
	[ROCKET_PRECISION_INT8]  = { 8, false },
	[ROCKET_PRECISION_INT16] = { 16, false },
	[ROCKET_PRECISION_FP16]  = { 16, true },
	[ROCKET_PRECISION_BF16]  = { 16, true },
	[ROCKET_PRECISION_INT32] = { 32, false },
	[ROCKET_PRECISION_FP32]  = { 32, true },
	[ROCKET_PRECISION_INT4]  = { 4, false },
	[ROCKET_PRECISION_TF32]  = { 32, true },
};

unsigned int dpu_bits(unsigned int precision)
{
	return types[precision].bits;
}

void dpu_reset(struct dpu *dpu)
{
	memset(&dpu->lut, 0, sizeof(dpu->lut));
}

static void read_bs(struct npu *npu, const uint32_t *r, struct dpu_stage *s)
{
	bool on = !FIELD(r, DPU_BS_CFG, BS_BYPASS);
	unsigned int algo = FIELD(r, DPU_BS_CFG, BS_ALU_ALGO);

	s->alu_on = on && !FIELD(r, DPU_BS_CFG, BS_ALU_BYPASS);
	s->mul_on = on && !FIELD(r, DPU_BS_CFG, BS_MUL_BYPASS);
	s->relu_on = on && !FIELD(r, DPU_BS_CFG, BS_RELU_BYPASS);
	s->relux_on = FIELD(r, DPU_BS_CFG, BS_RELUX_EN);
	s->subtract = algo == ROCKET_BS_ALGO_SUB;
	s->prelu = FIELD(r, DPU_BS_CFG, BS_MUL_PRELU);
	s->alu_table = FIELD(r, DPU_BS_CFG, BS_ALU_SRC);
	s->mul_table = FIELD(r, DPU_BS_MUL_CFG, BS_MUL_SRC);
	s->alu_operand = WORD(r, DPU_BS_ALU_CFG);
	s->mul_operand = (uint16_t)FIELD(r, DPU_BS_MUL_CFG, BS_MUL_OPERAND);
	s->shift = FIELD(r, DPU_BS_MUL_CFG, BS_MUL_SHIFT_VALUE);
	s->shift_negative = FIELD(r, DPU_DATA_FORMAT, BS_MUL_SHIFT_VALUE_NEG);
	s->limit = WORD(r, DPU_BS_RELUX_CMP_VALUE);
	if (s->alu_on && algo != ROCKET_BS_ALGO_ADD && algo != ROCKET_BS_ALGO_SUB)
		npu_unimp(npu, "DPU_BS_CFG.BS_ALU_ALGO %u", algo);
	if (s->mul_on && FIELD(r, DPU_BS_MUL_CFG, BS_TRUNCATE_SRC))
		npu_unimp(npu, "DPU_BS_MUL_CFG.BS_TRUNCATE_SRC: shift from memory");
}

static void read_bn(struct npu *npu, const uint32_t *r, struct dpu_stage *s)
{
	bool on = !FIELD(r, DPU_BN_CFG, BN_BYPASS);
	unsigned int algo = FIELD(r, DPU_BN_CFG, BN_ALU_ALGO);

	s->alu_on = on && !FIELD(r, DPU_BN_CFG, BN_ALU_BYPASS);
	s->mul_on = on && !FIELD(r, DPU_BN_CFG, BN_MUL_BYPASS);
	s->relu_on = on && !FIELD(r, DPU_BN_CFG, BN_RELU_BYPASS);
	s->relux_on = FIELD(r, DPU_BN_CFG, BN_RELUX_EN);
	s->subtract = algo == ROCKET_BS_ALGO_SUB;
	s->prelu = FIELD(r, DPU_BN_CFG, BN_MUL_PRELU);
	s->alu_table = FIELD(r, DPU_BN_CFG, BN_ALU_SRC);
	s->mul_table = FIELD(r, DPU_BN_MUL_CFG, BN_MUL_SRC);
	s->alu_operand = WORD(r, DPU_BN_ALU_CFG);
	s->mul_operand = (uint16_t)FIELD(r, DPU_BN_MUL_CFG, BN_MUL_OPERAND);
	s->shift = FIELD(r, DPU_BN_MUL_CFG, BN_MUL_SHIFT_VALUE);
	s->shift_negative = FIELD(r, DPU_DATA_FORMAT, BN_MUL_SHIFT_VALUE_NEG);
	s->limit = WORD(r, DPU_BN_RELUX_CMP_VALUE);
	if (s->alu_on && algo != ROCKET_BS_ALGO_ADD && algo != ROCKET_BS_ALGO_SUB)
		npu_unimp(npu, "DPU_BN_CFG.BN_ALU_ALGO %u", algo);
	if (s->mul_on && FIELD(r, DPU_BN_MUL_CFG, BN_TRUNCATE_SRC))
		npu_unimp(npu, "DPU_BN_MUL_CFG.BN_TRUNCATE_SRC: shift from memory");
}

static void read_ew(const uint32_t *r, struct dpu_ew *ew)
{
	bool on = !FIELD(r, DPU_EW_CFG, EW_BYPASS);

	*ew = (struct dpu_ew){
		.on = on && !FIELD(r, DPU_EW_CFG, EW_OP_BYPASS),
		.memory = FIELD(r, DPU_EW_CFG, EW_OP_SRC),
		.multiply = FIELD(r, DPU_EW_CFG, EW_OP_TYPE),
		.prelu = FIELD(r, DPU_EW_CFG, EW_MUL_PRELU),
		.algo = FIELD(r, DPU_EW_CFG, EW_ALU_ALGO),
		.convert = !FIELD(r, DPU_EW_CFG, EW_OP_CVT_BYPASS),
		.add_first = FIELD(r, DPU_EW_CFG, EW_CVT_TYPE),
		.away = FIELD(r, DPU_EW_CFG, EW_CVT_ROUND),
		.offset = (int32_t)WORD(r, DPU_EW_CVT_OFFSET_VALUE),
		.scale = sign_extend(FIELD(r, DPU_EW_CVT_SCALE_VALUE, EW_OP_CVT_SCALE), 16),
		.shift = FIELD(r, DPU_EW_CVT_SCALE_VALUE, EW_OP_CVT_SHIFT),
		.truncate = FIELD(r, DPU_EW_CVT_SCALE_VALUE, EW_TRUNCATE),
		.truncate_negative = FIELD(r, DPU_DATA_FORMAT, EW_TRUNCATE_NEG),
		.lut_on = on && !FIELD(r, DPU_EW_CFG, EW_LUT_BYPASS),
		.relu_on = on && !FIELD(r, DPU_EW_CFG, EW_RELU_BYPASS),
		.relux_on = FIELD(r, DPU_EW_CFG, EW_RELUX_EN),
		.limit = WORD(r, DPU_EW_RELUX_CMP_VALUE),
		.operand = WORD(r, DPU_EW_OP_VALUE_0),
	};
}

static void read_out(const uint32_t *r, struct dpu_out *out)
{
	*out = (struct dpu_out){
		.offset = (int32_t)WORD(r, DPU_OUT_CVT_OFFSET),
		.scale = sign_extend(FIELD(r, DPU_OUT_CVT_SCALE, OUT_CVT_SCALE), 16),
		.shift = FIELD(r, DPU_OUT_CVT_SHIFT, OUT_CVT_SHIFT),
		.add_first = FIELD(r, DPU_OUT_CVT_SHIFT, CVT_TYPE),
		.away = FIELD(r, DPU_OUT_CVT_SHIFT, CVT_ROUND),
		.minus_exp = FIELD(r, DPU_OUT_CVT_SHIFT, MINUS_EXP),
		.to_half = FIELD(r, DPU_OUT_CVT_SCALE, FP32TOFP16_EN),
	};
}

/*
 * SIZE_E counts the surfaces of a kernel group; in flying mode one atom of output is a group. Guide
 * 7.2
 */
static void read_writer(struct npu *npu, const uint32_t *r)
{
	struct dpu *dpu = &npu->dpu;
	unsigned int atom = NPU_ATOM_BYTES * 8 / dpu_bits(dpu->out_precision);

	dpu->writer = (struct dpu_writer){
		.iova = WORD(r, DPU_DST_BASE_ADDR) & ~(uint32_t)(NPU_ATOM_BYTES - 1),
		.surface_step = WORD(r, DPU_DST_SURF_STRIDE),
		.group_step = WORD(r, DPU_SURFACE_ADD),
		.surfaces = FIELD(r, DPU_BS_OW_CFG, SIZE_E_0) + 1,
		.line_notch = FIELD(r, DPU_DATA_CUBE_NOTCH_ADDR, NOTCH_ADDR_0),
	};
	dpu->writer.group_channels = dpu->flying ? dpu->writer.surfaces * atom : npu->conv.group;
}

int dpu_configure(struct npu *npu)
{
	const uint32_t *r = npu_running(npu, BLOCK_DPU);
	struct dpu *dpu = &npu->dpu;

	dpu->flying = FIELD(r, DPU_FEATURE_MODE_CFG, FLYING_MODE);
	dpu->depthwise = FIELD(r, DPU_FEATURE_MODE_CFG, CONV_MODE) == ROCKET_CONV_MODE_DEPTHWISE;
	dpu->floating = types[FIELD(r, DPU_DATA_FORMAT, PROC_PRECISION)].floating;
	dpu->in_precision = FIELD(r, DPU_DATA_FORMAT, IN_PRECISION);
	dpu->out_precision = FIELD(r, DPU_DATA_FORMAT, OUT_PRECISION);
	dpu->width = FIELD(r, DPU_DATA_CUBE_WIDTH, WIDTH) + 1;
	dpu->height = FIELD(r, DPU_DATA_CUBE_HEIGHT, HEIGHT) + 1;
	dpu->channels = FIELD(r, DPU_DATA_CUBE_CHANNEL, CHANNEL) + 1;
	dpu->real_channels = FIELD(r, DPU_DATA_CUBE_CHANNEL, ORIG_CHANNEL) + 1;
	dpu->pend = (uint16_t)FIELD(r, DPU_OFFSET_PEND, OFFSET_PEND);
	dpu->cpend_on = !dpu->flying && !FIELD(r, DPU_BS_OW_CFG, OD_BYPASS);
	dpu->cpend_table = FIELD(r, DPU_BS_OW_CFG, OW_SRC);
	dpu->cpend_operand = sign_extend(FIELD(r, DPU_BS_OW_OP, OW_OP), 16);
	read_bs(npu, r, &dpu->bs);
	read_bn(npu, r, &dpu->bn);
	read_ew(r, &dpu->ew);
	read_out(r, &dpu->out);
	read_writer(npu, r);
	dpu_lut_configure(npu);
	return dpu_check(npu);
}

static void spread(struct dpu_stage *stage, const struct rdma_table *table,
		   unsigned int channels)
{
	unsigned int c;

	for (c = 0; c < channels; c++) {
		stage->alu[c] = stage->alu_table ? table->alu[c] : stage->alu_operand;
		stage->mul[c] = stage->mul_table ? table->mul[c] : stage->mul_operand;
	}
}

int dpu_begin_group(struct npu *npu, const struct dpu_beat *beat)
{
	struct rdma_table table = { 0 };
	struct dpu *dpu = &npu->dpu;
	unsigned int c;

	if (npu->rdma.bs_use && rdma_bs_table(npu, beat, &table))
		return -1;
	spread(&dpu->bs, &table, beat->channels);
	for (c = 0; c < beat->channels; c++)
		dpu->cpend[c] =
			dpu->cpend_table ? sign_extend(table.cpend[c], 16) : dpu->cpend_operand;
	if (npu->rdma.bn_use && rdma_bn_table(npu, beat, &table))
		return -1;
	spread(&dpu->bn, &table, beat->channels);
	return 0;
}

int dpu_take(struct npu *npu, const struct dpu_beat *beat)
{
	struct dpu *dpu = &npu->dpu;

	if (!dpu->floating) {
		if (!dpu->flying)
			dpu_cpend(npu, beat);
		dpu_int_stages(npu, beat);
	} else {
		dpu_float_stages(npu, beat);
	}
	if (dpu_element_wise(npu, beat))
		return -1;
	return dpu_convert(npu, beat);
}

static int32_t load_int(const uint8_t *p, unsigned int precision)
{
	switch (precision) {
	case ROCKET_PRECISION_INT8:
		return (int8_t)p[0];
	case ROCKET_PRECISION_INT16:
		return (int16_t)(p[0] | p[1] << 8);
	default:
		return (int32_t)(p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24);
	}
}

static float load_float(const uint8_t *p, unsigned int precision)
{
	switch (precision) {
	case ROCKET_PRECISION_FP16:
		return half_to_float((uint16_t)(p[0] | p[1] << 8));
	case ROCKET_PRECISION_BF16:
		return bfloat_to_float((uint16_t)(p[0] | p[1] << 8));
	default:
		return float_from_bits(p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24);
	}
}

/* The main input of a beat: whole atoms, of which the last may hold more channels than pass */
static int read_main(struct npu *npu, const struct dpu_beat *beat)
{
	struct dpu *dpu = &npu->dpu;
	unsigned int bytes = dpu_bits(dpu->in_precision) / 8, atom = NPU_ATOM_BYTES / bytes, c, p,
		     i;

	for (c = 0; c < beat->channels; c += atom) {
		if (rdma_main_surface(npu, beat, (beat->first_channel + c) / atom, dpu->bytes))
			return -1;
		for (p = 0; p < beat->pixels; p++) {
			for (i = 0; i < atom && c + i < beat->channels; i++) {
				const uint8_t *from = dpu->bytes + p * NPU_ATOM_BYTES + i * bytes;
				unsigned int to = p * beat->channels + c + i;

				if (dpu->floating)
					dpu->x.f[to] = load_float(from, dpu->in_precision);
				else
					dpu->x.i[to] = load_int(from, dpu->in_precision);
			}
		}
	}
	return 0;
}

/* Channels per step: whole atoms of input, output and operand */
static unsigned int flying_step(const struct npu *npu)
{
	unsigned int bits = dpu_bits(npu->dpu.in_precision);

	if (bits > dpu_bits(npu->dpu.out_precision))
		bits = dpu_bits(npu->dpu.out_precision);
	if (npu->dpu.ew.on && npu->dpu.ew.memory && bits > npu->rdma.operand_bits)
		bits = npu->rdma.operand_bits;
	return NPU_ATOM_BYTES * 8 / bits;
}

int dpu_run(struct npu *npu)
{
	struct dpu *dpu = &npu->dpu;
	unsigned int pixels = dpu->width * dpu->height, step = flying_step(npu);
	struct dpu_beat beat;

	for (beat.first_channel = 0; beat.first_channel < dpu->channels;
	     beat.first_channel += step) {
		beat.channels = dpu->channels - beat.first_channel;
		if (beat.channels > step)
			beat.channels = step;
		if (dpu_begin_group(npu, &beat))
			return -1;
		for (beat.first_pixel = 0; beat.first_pixel < pixels;
		     beat.first_pixel += beat.pixels) {
			beat.pixels = pixels - beat.first_pixel;
			if (beat.pixels > DPU_PIXELS)
				beat.pixels = DPU_PIXELS;
			if (read_main(npu, &beat) || dpu_take(npu, &beat))
				return -1;
		}
	}
	return 0;
}
