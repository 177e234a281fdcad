// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Registers of DPU and DPU_RDMA
 *
 * Bias, activation, requantisation, and where the output goes. Register order and values follow the
 * worked examples of the guide's chapter 13.
 */
#include <npu/limits.h>
#include <npu/rocket_regs.h>

#include "emit.h"
#include "layout.h"
#include "work.h"

#define BURST_16	15	/* all bursts as long as the field allows */
#define TO_MEMORY	2	/* OUTPUT_MODE */
#define EW_OFF \
	(set(ROCKET_DPU_EW_CFG_EW_RELU_BYPASS, 1) | set(ROCKET_DPU_EW_CFG_EW_OP_CVT_BYPASS, 1) | \
	 set(ROCKET_DPU_EW_CFG_EW_LUT_BYPASS, 1) | set(ROCKET_DPU_EW_CFG_EW_OP_BYPASS, 1) | \
	 set(ROCKET_DPU_EW_CFG_EW_BYPASS, 1))
#define BRDMA_ALU	(1 << 0)	/* BRDMA_DATA_USE: adder operands */
#define BRDMA_MUL	(1 << 2)	/* BRDMA_DATA_USE: multipliers */

static uint32_t conv_mode(const struct conv *c)
{
	return c->depthwise ? ROCKET_CONV_MODE_DEPTHWISE : ROCKET_CONV_MODE_DIRECT;
}

/* Surfaces that one kernel group makes, less one; guide 7.2. */
static uint32_t size_e(const struct conv *c)
{
	return (c->depthwise ? NPU_DW_GROUP_BYTES : NPU_KERNEL_GROUP_INT8) / NPU_ATOM_BYTES - 1;
}

static uint32_t surface_bytes(const struct feature *f)
{
	return f->pitch * NPU_ATOM_BYTES;
}

static const struct scaling *scaling_of(const struct task *t)
{
	return &t->conv->scalings[t->tile->scaling];
}

static void emit_cube(struct stream *s, const struct task *t)
{
	const struct conv *c = t->conv;
	const struct tile *tile = t->tile;
	uint32_t written = layout_out_channels(c->depthwise, tile->kernels);
	uint32_t offset = layout_surfaces(tile->kernel) * surface_bytes(t->out) +
			  tile->out_row * c->out.width * NPU_ATOM_BYTES;

	emit(s, ROCKET_DPU_FEATURE_MODE_CFG,
	     set(ROCKET_DPU_FEATURE_MODE_CFG_BURST_LEN, BURST_16) |
	     set(ROCKET_DPU_FEATURE_MODE_CFG_CONV_MODE, conv_mode(c)) |
	     set(ROCKET_DPU_FEATURE_MODE_CFG_OUTPUT_MODE, TO_MEMORY));
	emit(s, ROCKET_DPU_DATA_FORMAT,
	     set(ROCKET_DPU_DATA_FORMAT_BS_MUL_SHIFT_VALUE_NEG, scaling_of(t)->shift) |
	     set(ROCKET_DPU_DATA_FORMAT_OUT_PRECISION, ROCKET_PRECISION_INT8) |
	     set(ROCKET_DPU_DATA_FORMAT_IN_PRECISION, ROCKET_PRECISION_INT8) |
	     set(ROCKET_DPU_DATA_FORMAT_PROC_PRECISION, ROCKET_PRECISION_INT8));
	emit(s, ROCKET_DPU_OFFSET_PEND, 0);
	emit_address(s, ROCKET_DPU_DST_BASE_ADDR, PROGRAM_ACTIVATIONS, t->out->offset + offset);
	emit(s, ROCKET_DPU_DST_SURF_STRIDE,
	     set(ROCKET_DPU_DST_SURF_STRIDE_DST_SURF_STRIDE, t->out->pitch));
	emit(s, ROCKET_DPU_DATA_CUBE_WIDTH,
	     set(ROCKET_DPU_DATA_CUBE_WIDTH_WIDTH, c->out.width - 1));
	emit(s, ROCKET_DPU_DATA_CUBE_HEIGHT,
	     set(ROCKET_DPU_DATA_CUBE_HEIGHT_HEIGHT, tile->out_rows - 1));
	emit(s, ROCKET_DPU_DATA_CUBE_NOTCH_ADDR, 0);
	emit(s, ROCKET_DPU_DATA_CUBE_CHANNEL,
	     set(ROCKET_DPU_DATA_CUBE_CHANNEL_ORIG_CHANNEL, tile->kernels - 1) |
	     set(ROCKET_DPU_DATA_CUBE_CHANNEL_CHANNEL, written - 1));
}

/*
 * BS adds the table of biases and zero point corrections, and multiplies by the share of each
 * channel; CPEND adds the weight zero point's share.
 */
static void emit_bs(struct stream *s, const struct task *t)
{
	const struct conv *c = t->conv;
	const struct tile *tile = t->tile;

	emit(s, ROCKET_DPU_BS_CFG,
	     set(ROCKET_DPU_BS_CFG_BS_ALU_ALGO, ROCKET_BS_ALGO_ADD) |
	     set(ROCKET_DPU_BS_CFG_BS_ALU_SRC, 1) |
	     set(ROCKET_DPU_BS_CFG_BS_RELU_BYPASS, 1) |
	     set(ROCKET_DPU_BS_CFG_BS_MUL_BYPASS, !c->multipliers));
	emit(s, ROCKET_DPU_BS_ALU_CFG, 0);
	emit(s, ROCKET_DPU_BS_MUL_CFG,
	     set(ROCKET_DPU_BS_MUL_CFG_BS_MUL_SHIFT_VALUE, scaling_of(t)->shift) |
	     set(ROCKET_DPU_BS_MUL_CFG_BS_MUL_SRC, c->multipliers != NULL));
	emit(s, ROCKET_DPU_BS_RELUX_CMP_VALUE, 0);
	emit(s, ROCKET_DPU_BS_OW_CFG,
	     set(ROCKET_DPU_BS_OW_CFG_SIZE_E_2, size_e(c)) |
	     set(ROCKET_DPU_BS_OW_CFG_SIZE_E_1, size_e(c)) |
	     set(ROCKET_DPU_BS_OW_CFG_SIZE_E_0, size_e(c)));
	emit(s, ROCKET_DPU_BS_OW_OP, set_signed(ROCKET_DPU_BS_OW_OP_OW_OP, -c->weight_zero));
	emit(s, ROCKET_DPU_WDMA_SIZE_0,
	     set(ROCKET_DPU_WDMA_SIZE_0_CHANNEL_WDMA,
		 layout_out_channels(c->depthwise, tile->kernels) - 1));
	emit(s, ROCKET_DPU_WDMA_SIZE_1,
	     set(ROCKET_DPU_WDMA_SIZE_1_HEIGHT_WDMA, tile->out_rows - 1) |
	     set(ROCKET_DPU_WDMA_SIZE_1_WIDTH_WDMA, c->out.width - 1));
}

/* BN clamps where the saturation of the output does not; guide 7.5. */
static void emit_bn(struct stream *s, const struct task *t)
{
	const struct requant *r = &scaling_of(t)->requant;
	bool clamp = r->relu || r->relux;

	emit(s, ROCKET_DPU_BN_CFG,
	     set(ROCKET_DPU_BN_CFG_BN_RELUX_EN, r->relux) |
	     set(ROCKET_DPU_BN_CFG_BN_RELU_BYPASS, !clamp) |
	     set(ROCKET_DPU_BN_CFG_BN_MUL_BYPASS, 1) |
	     set(ROCKET_DPU_BN_CFG_BN_ALU_BYPASS, 1) |
	     set(ROCKET_DPU_BN_CFG_BN_BYPASS, !clamp));
	emit(s, ROCKET_DPU_BN_ALU_CFG, 0);
	emit(s, ROCKET_DPU_BN_MUL_CFG, 0);
	emit(s, ROCKET_DPU_BN_RELUX_CMP_VALUE, r->relux ? r->top : 0);
}

void emit_dpu(struct stream *s, const struct task *t)
{
	const struct conv *c = t->conv;
	const struct requant *r = &scaling_of(t)->requant;

	emit_cube(s, t);
	emit_bs(s, t);
	emit_bn(s, t);
	emit(s, ROCKET_DPU_EW_CFG, EW_OFF);
	emit(s, ROCKET_DPU_EW_CVT_OFFSET_VALUE, 0);
	emit(s, ROCKET_DPU_EW_CVT_SCALE_VALUE,
	     set(ROCKET_DPU_EW_CVT_SCALE_VALUE_EW_OP_CVT_SCALE, 1));
	emit(s, ROCKET_DPU_EW_RELUX_CMP_VALUE, 0);
	emit(s, ROCKET_DPU_OUT_CVT_OFFSET, r->offset);
	emit(s, ROCKET_DPU_OUT_CVT_SCALE,
	     set_signed(ROCKET_DPU_OUT_CVT_SCALE_OUT_CVT_SCALE, r->scale));
	emit(s, ROCKET_DPU_OUT_CVT_SHIFT, set(ROCKET_DPU_OUT_CVT_SHIFT_OUT_CVT_SHIFT, r->shift));
	emit_many(s, ROCKET_DPU_EW_OP_VALUE_0, ROCKET_DPU_EW_OP_VALUE_7, 0);
	emit(s, ROCKET_DPU_SURFACE_ADD,
	     set(ROCKET_DPU_SURFACE_ADD_SURF_ADD,
		 (size_e(c) + 1) * t->out->pitch));
	emit(s, ROCKET_DPU_UNK_40C4, 0);
	emit_many(s, ROCKET_DPU_LUT_ACCESS_CFG, ROCKET_DPU_LUT_LO_SLOPE_SHIFT, 0);
}

void emit_dpu_rdma(struct stream *s, const struct task *t)
{
	const struct conv *c = t->conv;
	const struct tile *tile = t->tile;

	emit(s, ROCKET_DPU_RDMA_DATA_CUBE_WIDTH,
	     set(ROCKET_DPU_RDMA_DATA_CUBE_WIDTH_WIDTH, c->out.width - 1));
	emit(s, ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT,
	     set(ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT_HEIGHT, tile->out_rows - 1));
	emit(s, ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL,
	     set(ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL_CHANNEL,
		 layout_out_channels(c->depthwise, tile->kernels) - 1));
	emit(s, ROCKET_DPU_RDMA_SRC_BASE_ADDR, 0);
	emit(s, ROCKET_DPU_RDMA_BRDMA_CFG,
	     set(ROCKET_DPU_RDMA_BRDMA_CFG_BRDMA_DATA_USE,
		 c->multipliers ? BRDMA_ALU | BRDMA_MUL : BRDMA_ALU));
	emit_address(s, ROCKET_DPU_RDMA_BS_BASE_ADDR, PROGRAM_CONST,
		     c->table_at + layout_operand_offset(c->multipliers != NULL, tile->kernel));
	emit(s, ROCKET_DPU_RDMA_NRDMA_CFG, 0);
	emit(s, ROCKET_DPU_RDMA_BN_BASE_ADDR, 0);
	emit(s, ROCKET_DPU_RDMA_ERDMA_CFG, set(ROCKET_DPU_RDMA_ERDMA_CFG_ERDMA_DISABLE, 1));
	emit(s, ROCKET_DPU_RDMA_EW_BASE_ADDR, 0);
	emit(s, ROCKET_DPU_RDMA_EW_SURF_STRIDE, 0);
	emit(s, ROCKET_DPU_RDMA_FEATURE_MODE_CFG,
	     set(ROCKET_DPU_RDMA_FEATURE_MODE_CFG_BURST_LEN, BURST_16) |
	     set(ROCKET_DPU_RDMA_FEATURE_MODE_CFG_MRDMA_DISABLE, 1) |
	     set(ROCKET_DPU_RDMA_FEATURE_MODE_CFG_CONV_MODE, conv_mode(c)));
	emit(s, ROCKET_DPU_RDMA_SRC_DMA_CFG, 0);
	emit(s, ROCKET_DPU_RDMA_SURF_NOTCH, 0);
	emit(s, ROCKET_DPU_RDMA_PAD_CFG, 0);
	/* One grant each per round of the arbiter. */
	emit(s, ROCKET_DPU_RDMA_WEIGHT,
	     set(ROCKET_DPU_RDMA_WEIGHT_E_WEIGHT, 1) | set(ROCKET_DPU_RDMA_WEIGHT_N_WEIGHT, 1) |
	     set(ROCKET_DPU_RDMA_WEIGHT_B_WEIGHT, 1) | set(ROCKET_DPU_RDMA_WEIGHT_M_WEIGHT, 1));
	emit(s, ROCKET_DPU_RDMA_EW_SURF_NOTCH, 0);
}
