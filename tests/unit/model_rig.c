// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: A bench for the NPU model
 *
 * Formulas: guide 3.5 (start), 4.2 (strides), 5 (entries), 7.2 (sizes), 8 (element-wise), 13 (order
 * of registers).
 */
#include <errno.h>
#include <stdio.h>

#include "model_rig.h"

#define BANKS		NPU_CBUF_BANKS

static int dma_read(void *opaque, uint32_t iova, void *buf, size_t bytes)
{
	struct rig *rig = opaque;

	if (iova < RIG_BASE || iova + bytes > RIG_BASE + RIG_BYTES)
		return -EFAULT;
	memcpy(buf, rig_at(rig, iova), bytes);
	return 0;
}

static int dma_write(void *opaque, uint32_t iova, const void *buf, size_t bytes)
{
	struct rig *rig = opaque;

	if (iova < RIG_BASE || iova + bytes > RIG_BASE + RIG_BYTES)
		return -EFAULT;
	memcpy(rig_at(rig, iova), buf, bytes);
	return 0;
}

static void irq(void *opaque, bool level)
{
	struct rig *rig = opaque;

	assert_int_not_equal(rig->irq, level);
	rig->irq = level;
	rig->irqs += level;
}

static void report(void *opaque, enum npu_report kind, const char *text)
{
	struct rig *rig = opaque;

	assert_int_not_equal(strlen(text), 0);
	snprintf(rig->text, sizeof(rig->text), "%s", text);
	if (kind == NPU_GUEST_ERROR)
		rig->guest_errors++;
	else
		rig->unimps++;
}

static const struct npu_ops ops = { dma_read, dma_write, irq, report };

void rig_open(struct rig *rig, const struct npu_switches *switches)
{
	*rig = (struct rig){ 0 };
	rig->memory = calloc(1, RIG_BYTES);
	assert_non_null(rig->memory);
	rig->npu = npu_create(&ops, rig, switches);
	assert_non_null(rig->npu);
}

void rig_close(struct rig *rig)
{
	npu_destroy(rig->npu);
	free(rig->memory);
}

uint8_t *rig_at(struct rig *rig, uint32_t iova)
{
	return rig->memory + (iova - RIG_BASE);
}

void rig_put32(struct rig *rig, uint32_t iova, uint32_t value)
{
	rig_put16(rig, iova, (uint16_t)value);
	rig_put16(rig, iova + 2, (uint16_t)(value >> 16));
}

void rig_put16(struct rig *rig, uint32_t iova, uint16_t value)
{
	rig_at(rig, iova)[0] = (uint8_t)value;
	rig_at(rig, iova)[1] = (uint8_t)(value >> 8);
}

uint16_t rig_get16(struct rig *rig, uint32_t iova)
{
	return (uint16_t)(rig_at(rig, iova)[0] | rig_at(rig, iova)[1] << 8);
}

int32_t rig_get32(struct rig *rig, uint32_t iova)
{
	return (int32_t)(rig_get16(rig, iova) | (uint32_t)rig_get16(rig, iova + 2) << 16);
}

void rig_begin(struct rig *rig, unsigned int stream)
{
	rig->stream = stream;
	rig->words = 0;
}

void rig_word(struct rig *rig, uint64_t word)
{
	uint32_t iova = RIG_STREAM + rig->stream * RIG_STREAM_BYTES + rig->words * REGCMD_BYTES;

	rig_put32(rig, iova, (uint32_t)word);
	rig_put32(rig, iova + 4, (uint32_t)(word >> 32));
	rig->words++;
}

void rig_reg(struct rig *rig, uint32_t offset, uint32_t value)
{
	uint32_t base = offset & ~0xfffu;

#define NPU_TARGET(block, code, start) \
	if (base == (start)) \
		rig_word(rig, regcmd(code, value, offset));
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
}

void rig_chain(struct rig *rig, uint32_t mask, unsigned int next, unsigned int words)
{
	if (rig->words % REGCMD_BEAT_WORDS)
		rig_word(rig, 0);
	rig_reg(rig, ROCKET_PC_BASE_ADDRESS, RIG_STREAM + next * RIG_STREAM_BYTES);
	rig_reg(rig, ROCKET_PC_REGISTER_AMOUNTS, regcmd_amount(words));
	rig_word(rig, regcmd(NPU_TARGET_MARKER, 0, 0));
	rig_word(rig, regcmd(NPU_TARGET_OP_ENABLE, mask, ROCKET_PC_OPERATION_ENABLE));
}

void rig_end(struct rig *rig, uint32_t mask)
{
	if (rig->words % REGCMD_BEAT_WORDS)
		rig_word(rig, 0);
	rig_word(rig, 0);
	rig_reg(rig, ROCKET_PC_REGISTER_AMOUNTS, 0);
	rig_word(rig, regcmd(NPU_TARGET_MARKER, 0, 0));
	rig_word(rig, regcmd(NPU_TARGET_OP_ENABLE, mask, ROCKET_PC_OPERATION_ENABLE));
}

void rig_start(struct rig *rig, unsigned int words, unsigned int tasks)
{
	static const struct { uint32_t offset, value; } before[] = {
		{ ROCKET_PC_BASE_ADDRESS, ROCKET_PC_BASE_ADDRESS_PC_SEL },
		{ ROCKET_CNA_S_POINTER, PINGPONG },
		{ ROCKET_CORE_S_POINTER, PINGPONG },
		{ ROCKET_PC_BASE_ADDRESS, RIG_STREAM },
		{ ROCKET_PC_INTERRUPT_MASK, 0x3f00 },
		{ ROCKET_PC_INTERRUPT_CLEAR, 0x1ffff },
	};
	unsigned int i;

	for (i = 0; i < COUNT(before); i++)
		npu_write(rig->npu, before[i].offset, before[i].value);
	npu_write(rig->npu, ROCKET_PC_REGISTER_AMOUNTS, regcmd_amount(words));
	npu_write(rig->npu, ROCKET_PC_TASK_CON, 0x7000 + tasks);
	npu_write(rig->npu, ROCKET_PC_OPERATION_ENABLE, 1);
}

enum npu_state rig_run(struct rig *rig)
{
	rig_start(rig, rig->words, 1);
	npu_step(rig->npu);
	npu_write(rig->npu, ROCKET_PC_OPERATION_ENABLE, 0);
	npu_write(rig->npu, ROCKET_PC_INTERRUPT_CLEAR, 0x1ffff);
	return npu_state(rig->npu);
}

void rig_clean(struct rig *rig)
{
	if (rig->guest_errors || rig->unimps)
		fail_msg("reported: %s", rig->text);
	assert_int_equal(npu_state(rig->npu), NPU_IDLE);
	assert_null(npu_hang_reason(rig->npu));
}

static unsigned int elem_bits(unsigned int precision)
{
	static const unsigned char bits[] = { 8, 16, 16, 16, 32, 32, 4, 32 };

	return bits[precision];
}

static unsigned int align_up(unsigned int x, unsigned int n)
{
	return (x + n - 1) / n * n;
}

unsigned int rig_padded(const struct rig_conv *c)
{
	return align_up(c->c, NPU_ATOM_BYTES * 8 / elem_bits(c->precision));
}

static unsigned int group(const struct rig_conv *c)
{
	if (c->depthwise)
		return NPU_DW_GROUP_BYTES * 8 / elem_bits(c->precision);
	return c->precision == ROCKET_PRECISION_INT4   ? 64
	       : c->precision == ROCKET_PRECISION_INT8 ? 32
						       : 16;
}

unsigned int rig_out_channels(const struct rig_conv *c)
{
	return align_up(c->depthwise ? rig_padded(c) : c->k, group(c));
}

static unsigned int entries(const struct rig_conv *c)
{
	unsigned int atoms = rig_padded(c) * elem_bits(c->precision) / 8 / NPU_ATOM_BYTES,
		     rest = atoms % 4;

	return atoms / 4 * c->w + (rest == 3 ? c->w : (rest * c->w + 3) / 4);
}

static void emit_cna(struct rig *rig, const struct rig_conv *c)
{
	unsigned int h_full = c->h_full ? c->h_full : c->h, stride = c->stride ? c->stride : 1, i;
	unsigned int kernel = c->kw * c->kh * rig_padded(c) * elem_bits(c->precision) / 8;
	unsigned int kernels = c->depthwise ? 1 : c->k, data = c->data_banks ? c->data_banks : 10;
	uint32_t pad = (uint8_t)c->pad * 0x0101u;

	rig_reg(rig, ROCKET_CNA_CONV_CON1,
		c->precision << 7 | c->precision << 4 | (c->depthwise ? 3 : 0));
	rig_reg(rig, ROCKET_CNA_CONV_CON2, (51 + stride) << 4);
	rig_reg(rig, ROCKET_CNA_CONV_CON3, stride << 3 | stride);
	rig_reg(rig, ROCKET_CNA_DATA_SIZE0, c->w << 16 | c->h);
	rig_reg(rig, ROCKET_CNA_DATA_SIZE1, (c->c - 1) << 16 | rig_padded(c));
	rig_reg(rig, ROCKET_CNA_DATA_SIZE2, c->ow);
	rig_reg(rig, ROCKET_CNA_DATA_SIZE3, c->ow * c->oh);
	rig_reg(rig, ROCKET_CNA_WEIGHT_SIZE0, kernel * kernels);
	rig_reg(rig, ROCKET_CNA_WEIGHT_SIZE1, kernel);
	rig_reg(rig, ROCKET_CNA_WEIGHT_SIZE2, c->kw << 24 | c->kh << 16 | kernels);
	rig_reg(rig, ROCKET_CNA_CBUF_CON0, (BANKS - data) << 4 | data);
	rig_reg(rig, ROCKET_CNA_CBUF_CON1, entries(c));
	rig_reg(rig, ROCKET_CNA_CVT_CON0, 0xb);
	for (i = 0; i < 4; i++)
		rig_reg(rig, ROCKET_CNA_CVT_CON1 + 4 * i, 0x10000);
	rig_reg(rig, ROCKET_CNA_FC_CON0, 0);
	rig_reg(rig, ROCKET_CNA_PAD_CON0, c->pad_left << 4 | c->pad_top);
	rig_reg(rig, ROCKET_CNA_FEATURE_DATA_ADDR, RIG_IN);
	rig_reg(rig, ROCKET_CNA_DMA_CON0, 0xf000f);
	rig_reg(rig, ROCKET_CNA_DMA_CON1, 4 * c->w);
	rig_reg(rig, ROCKET_CNA_DMA_CON2, (c->w * h_full - 4 * c->w) & 0x0fffffff);
	rig_reg(rig, ROCKET_CNA_FC_DATA_SIZE0, c->w << 16 | c->h);
	rig_reg(rig, ROCKET_CNA_FC_DATA_SIZE1, rig_padded(c));
	rig_reg(rig, ROCKET_CNA_DCOMP_CTRL, 0);
	rig_reg(rig, ROCKET_CNA_DCOMP_REGNUM, 0);
	rig_reg(rig, ROCKET_CNA_DCOMP_ADDR0, RIG_WEIGHTS);
	rig_reg(rig, ROCKET_CNA_CVT_CON5, 0);
	rig_reg(rig, ROCKET_CNA_PAD_CON1, pad & 0x8000 ? pad | 0xffff0000u : pad);

	rig_reg(rig, ROCKET_CORE_MISC_CFG,
		c->precision << 8 | (c->depthwise ? 2 : 0) | (c->cpend ? 1 : 0));
	rig_reg(rig, ROCKET_CORE_DATAOUT_SIZE_0, (c->oh - 1) << 16 | (c->ow - 1));
	rig_reg(rig, ROCKET_CORE_DATAOUT_SIZE_1, rig_out_channels(c) - 1);
	rig_reg(rig, ROCKET_CORE_CLIP_TRUNCATE, 0);
}

static void emit_stages_off(struct rig *rig)
{
	unsigned int i;

	rig_reg(rig, ROCKET_DPU_BS_CFG, ALL_OFF);
	rig_reg(rig, ROCKET_DPU_BS_ALU_CFG, 0);
	rig_reg(rig, ROCKET_DPU_BS_MUL_CFG, 0);
	rig_reg(rig, ROCKET_DPU_BS_RELUX_CMP_VALUE, 0);
	rig_reg(rig, ROCKET_DPU_BN_CFG, ALL_OFF);
	rig_reg(rig, ROCKET_DPU_BN_ALU_CFG, 0);
	rig_reg(rig, ROCKET_DPU_BN_MUL_CFG, 0);
	rig_reg(rig, ROCKET_DPU_BN_RELUX_CMP_VALUE, 0);
	rig_reg(rig, ROCKET_DPU_EW_CFG, EW_OFF);
	rig_reg(rig, ROCKET_DPU_EW_CVT_OFFSET_VALUE, 0);
	rig_reg(rig, ROCKET_DPU_EW_CVT_SCALE_VALUE, 1);
	rig_reg(rig, ROCKET_DPU_EW_RELUX_CMP_VALUE, 0);
	for (i = 0; i < 8; i++)
		rig_reg(rig, ROCKET_DPU_EW_OP_VALUE_0 + 4 * i, 0);
	rig_reg(rig, ROCKET_DPU_LUT_CFG, 0);
}

static void emit_rdma(struct rig *rig, unsigned int w, unsigned int h, unsigned int c)
{
	rig_reg(rig, ROCKET_DPU_RDMA_DATA_CUBE_WIDTH, w - 1);
	rig_reg(rig, ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT, h - 1);
	rig_reg(rig, ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL, c - 1);
	rig_reg(rig, ROCKET_DPU_RDMA_SRC_BASE_ADDR, RIG_IN);
	rig_reg(rig, ROCKET_DPU_RDMA_NRDMA_CFG, 0);
	rig_reg(rig, ROCKET_DPU_RDMA_ERDMA_CFG, 1);
	rig_reg(rig, ROCKET_DPU_RDMA_EW_SURF_STRIDE, 0);
	rig_reg(rig, ROCKET_DPU_RDMA_SRC_DMA_CFG, 0);
	rig_reg(rig, ROCKET_DPU_RDMA_SURF_NOTCH, 0);
	rig_reg(rig, ROCKET_DPU_RDMA_EW_SURF_NOTCH, 0);
}

static void emit_dpu(struct rig *rig, const struct rig_conv *c)
{
	unsigned int channels = rig_out_channels(c), surface = c->ow * c->oh * NPU_ATOM_BYTES;
	unsigned int size_e = group(c) * elem_bits(c->out) / 8 / NPU_ATOM_BYTES - 1;
	unsigned int proc = c->precision;

	rig_reg(rig, ROCKET_DPU_FEATURE_MODE_CFG, c->depthwise ? 0x1fc : 0x1e4);
	rig_reg(rig, ROCKET_DPU_DATA_FORMAT, c->out << 29 | proc << 26 | proc);
	rig_reg(rig, ROCKET_DPU_OFFSET_PEND, 0);
	rig_reg(rig, ROCKET_DPU_DST_BASE_ADDR, RIG_OUT);
	rig_reg(rig, ROCKET_DPU_DST_SURF_STRIDE, surface);
	rig_reg(rig, ROCKET_DPU_DATA_CUBE_WIDTH, c->ow - 1);
	rig_reg(rig, ROCKET_DPU_DATA_CUBE_HEIGHT, c->oh - 1);
	rig_reg(rig, ROCKET_DPU_DATA_CUBE_NOTCH_ADDR, 0);
	rig_reg(rig, ROCKET_DPU_DATA_CUBE_CHANNEL,
		((c->depthwise ? c->c : c->k) - 1) << 16 | (channels - 1));
	emit_stages_off(rig);
	if (c->bias)
		rig_reg(rig, ROCKET_DPU_BS_CFG, BS_TABLE);
	rig_reg(rig, ROCKET_DPU_BS_OW_CFG,
		size_e << 8 | size_e << 5 | size_e << 2 | (c->cpend ? 0 : 2));
	rig_reg(rig, ROCKET_DPU_BS_OW_OP, (uint16_t)c->cpend);
	rig_reg(rig, ROCKET_DPU_WDMA_SIZE_0, channels - 1);
	rig_reg(rig, ROCKET_DPU_WDMA_SIZE_1, (c->oh - 1) << 16 | (c->ow - 1));
	rig_reg(rig, ROCKET_DPU_OUT_CVT_OFFSET, (uint32_t)c->offset);
	rig_reg(rig, ROCKET_DPU_OUT_CVT_SCALE, c->scale ? c->scale : 1);
	rig_reg(rig, ROCKET_DPU_OUT_CVT_SHIFT, c->shift);
	rig_reg(rig, ROCKET_DPU_SURFACE_ADD, (size_e + 1) * surface);
	emit_rdma(rig, c->ow, c->oh, channels);
	rig_reg(rig, ROCKET_DPU_RDMA_BRDMA_CFG, c->bias ? 2 : 0);
	rig_reg(rig, ROCKET_DPU_RDMA_BS_BASE_ADDR, RIG_TABLE);
	rig_reg(rig, ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7810 | (c->depthwise ? 6 : 0));
}

void rig_convolution(struct rig *rig, const struct rig_conv *c)
{
	rig_reg(rig, ROCKET_DPU_S_POINTER, PINGPONG);
	rig_reg(rig, ROCKET_DPU_RDMA_S_POINTER, PINGPONG);
	emit_cna(rig, c);
	emit_dpu(rig, c);
}

void rig_element_wise(struct rig *rig, const struct rig_flying *f)
{
	unsigned int surface = f->w * f->h * NPU_ATOM_BYTES;

	rig_reg(rig, ROCKET_DPU_S_POINTER, PINGPONG);
	rig_reg(rig, ROCKET_DPU_RDMA_S_POINTER, PINGPONG);
	rig_reg(rig, ROCKET_DPU_FEATURE_MODE_CFG, 0x1e5);
	rig_reg(rig, ROCKET_DPU_DATA_FORMAT, 0);
	rig_reg(rig, ROCKET_DPU_OFFSET_PEND, 0);
	rig_reg(rig, ROCKET_DPU_DST_BASE_ADDR, RIG_OUT);
	rig_reg(rig, ROCKET_DPU_DST_SURF_STRIDE, surface);
	rig_reg(rig, ROCKET_DPU_DATA_CUBE_WIDTH, f->w - 1);
	rig_reg(rig, ROCKET_DPU_DATA_CUBE_HEIGHT, f->h - 1);
	rig_reg(rig, ROCKET_DPU_DATA_CUBE_NOTCH_ADDR, 0);
	rig_reg(rig, ROCKET_DPU_DATA_CUBE_CHANNEL, (f->c - 1) << 16 | (f->c - 1));
	emit_stages_off(rig);
	rig_reg(rig, ROCKET_DPU_BS_OW_CFG, 2);
	rig_reg(rig, ROCKET_DPU_BS_OW_OP, 0);
	rig_reg(rig, ROCKET_DPU_WDMA_SIZE_0, f->c - 1);
	rig_reg(rig, ROCKET_DPU_WDMA_SIZE_1, (f->h - 1) << 16 | (f->w - 1));
	rig_reg(rig, ROCKET_DPU_OUT_CVT_OFFSET, 0);
	rig_reg(rig, ROCKET_DPU_OUT_CVT_SCALE, 1);
	rig_reg(rig, ROCKET_DPU_OUT_CVT_SHIFT, 0);
	rig_reg(rig, ROCKET_DPU_SURFACE_ADD, surface);
	emit_rdma(rig, f->w, f->h, f->c);
	rig_reg(rig, ROCKET_DPU_RDMA_BRDMA_CFG, 0);
	rig_reg(rig, ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7801);
}

uint32_t rig_feature(uint32_t base, unsigned int w, unsigned int h, unsigned int c, unsigned int y,
		     unsigned int x)
{
	return base + (c / 16 * w * h + y * w + x) * NPU_ATOM_BYTES + c % 16;
}

uint32_t rig_weight(const struct rig_conv *c, unsigned int k, unsigned int ky, unsigned int kx,
		    unsigned int ch)
{
	unsigned int padded = rig_padded(c), taps = c->kw * c->kh, g = k / 32, first = k - g * 32,
		     row;
	unsigned int in_group = align_up(c->k, 2) - g * 32 < 32 ? align_up(c->k, 2) - g * 32 : 32;

	row = ch / 32 < padded / 32 ? 32 : padded % 32;
	return taps * padded * 32 * g + taps * in_group * 32 * (ch / 32) +
	       (ky * c->kw + kx) * in_group * row + first * row + ch % 32;
}
