// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Registers of a pooling task
 *
 * PPU and its reader. Values follow the guide's chapter 9.
 */
#include <npu/limits.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "emit.h"
#include "work.h"

#define BURST_4		3	/* as in the streams that are known to work */

static uint32_t address(const struct feature *f, uint32_t surface, uint32_t pixel)
{
	return f->offset + (surface * f->pitch + pixel) * NPU_ATOM_BYTES;
}

static void emit_ppu(struct stream *s, const struct pool_task *t)
{
	const struct pool *p = t->pool;
	const struct pool_tile *tile = t->tile;

	emit(s, ROCKET_PPU_DATA_CUBE_IN_WIDTH,
	     set(ROCKET_PPU_DATA_CUBE_IN_WIDTH_CUBE_IN_WIDTH, p->in.width - 1));
	emit(s, ROCKET_PPU_DATA_CUBE_IN_HEIGHT,
	     set(ROCKET_PPU_DATA_CUBE_IN_HEIGHT_CUBE_IN_HEIGHT, tile->in_rows - 1));
	emit(s, ROCKET_PPU_DATA_CUBE_IN_CHANNEL,
	     set(ROCKET_PPU_DATA_CUBE_IN_CHANNEL_CUBE_IN_CHANNEL, tile->channels - 1));
	emit(s, ROCKET_PPU_DATA_CUBE_OUT_WIDTH,
	     set(ROCKET_PPU_DATA_CUBE_OUT_WIDTH_CUBE_OUT_WIDTH, p->out.width - 1));
	emit(s, ROCKET_PPU_DATA_CUBE_OUT_HEIGHT,
	     set(ROCKET_PPU_DATA_CUBE_OUT_HEIGHT_CUBE_OUT_HEIGHT, tile->out_rows - 1));
	emit(s, ROCKET_PPU_DATA_CUBE_OUT_CHANNEL,
	     set(ROCKET_PPU_DATA_CUBE_OUT_CHANNEL_CUBE_OUT_CHANNEL, tile->channels - 1));
	emit(s, ROCKET_PPU_OPERATION_MODE_CFG,
	     set(ROCKET_PPU_OPERATION_MODE_CFG_FLYING_MODE, 1) |
	     set(ROCKET_PPU_OPERATION_MODE_CFG_POOLING_METHOD, ROCKET_POOL_METHOD_MAX));
	emit(s, ROCKET_PPU_POOLING_KERNEL_CFG,
	     set(ROCKET_PPU_POOLING_KERNEL_CFG_KERNEL_STRIDE_HEIGHT, p->stride_h - 1) |
	     set(ROCKET_PPU_POOLING_KERNEL_CFG_KERNEL_STRIDE_WIDTH, p->stride_w - 1) |
	     set(ROCKET_PPU_POOLING_KERNEL_CFG_KERNEL_HEIGHT, p->kernel_h - 1) |
	     set(ROCKET_PPU_POOLING_KERNEL_CFG_KERNEL_WIDTH, p->kernel_w - 1));
	emit(s, ROCKET_PPU_RECIP_KERNEL_WIDTH, 0);
	emit(s, ROCKET_PPU_RECIP_KERNEL_HEIGHT, 0);
	emit(s, ROCKET_PPU_POOLING_PADDING_CFG,
	     set(ROCKET_PPU_POOLING_PADDING_CFG_PAD_BOTTOM, tile->pad_bottom) |
	     set(ROCKET_PPU_POOLING_PADDING_CFG_PAD_RIGHT, p->pad_right) |
	     set(ROCKET_PPU_POOLING_PADDING_CFG_PAD_TOP, tile->pad_top) |
	     set(ROCKET_PPU_POOLING_PADDING_CFG_PAD_LEFT, p->pad_left));
	/* Padding never wins: the least value, sign-extended over both registers. */
	emit(s, ROCKET_PPU_PADDING_VALUE_1_CFG, (uint32_t)INT8_MIN);
	emit(s, ROCKET_PPU_PADDING_VALUE_2_CFG, ROCKET_PPU_PADDING_VALUE_2_CFG_PAD_VALUE_1);
	emit_address(s, ROCKET_PPU_DST_BASE_ADDR, PROGRAM_ACTIVATIONS,
		     address(t->out, tile->surface, tile->out_row * p->out.width));
	emit(s, ROCKET_PPU_DST_SURF_STRIDE,
	     set(ROCKET_PPU_DST_SURF_STRIDE_DST_SURF_STRIDE, t->out->pitch));
	emit(s, ROCKET_PPU_DATA_FORMAT,
	     set(ROCKET_PPU_DATA_FORMAT_INDEX_ADD, t->out->pitch) |
	     set(ROCKET_PPU_DATA_FORMAT_PROC_PRECISION, ROCKET_PRECISION_INT8));
	emit(s, ROCKET_PPU_MISC_CTRL, set(ROCKET_PPU_MISC_CTRL_BURST_LEN, BURST_4));
}

static void emit_ppu_rdma(struct stream *s, const struct pool_task *t)
{
	const struct pool *p = t->pool;
	const struct pool_tile *tile = t->tile;

	emit(s, ROCKET_PPU_RDMA_CUBE_IN_WIDTH,
	     set(ROCKET_PPU_RDMA_CUBE_IN_WIDTH_CUBE_IN_WIDTH, p->in.width - 1));
	emit(s, ROCKET_PPU_RDMA_CUBE_IN_HEIGHT,
	     set(ROCKET_PPU_RDMA_CUBE_IN_HEIGHT_CUBE_IN_HEIGHT, tile->in_rows - 1));
	emit(s, ROCKET_PPU_RDMA_CUBE_IN_CHANNEL,
	     set(ROCKET_PPU_RDMA_CUBE_IN_CHANNEL_CUBE_IN_CHANNEL, tile->channels - 1));
	emit_address(s, ROCKET_PPU_RDMA_SRC_BASE_ADDR, PROGRAM_ACTIVATIONS,
		     address(t->in, tile->surface, tile->in_row * p->in.width));
	emit(s, ROCKET_PPU_RDMA_SRC_LINE_STRIDE,
	     set(ROCKET_PPU_RDMA_SRC_LINE_STRIDE_SRC_LINE_STRIDE, p->in.width));
	emit(s, ROCKET_PPU_RDMA_SRC_SURF_STRIDE,
	     set(ROCKET_PPU_RDMA_SRC_SURF_STRIDE_SRC_SURF_STRIDE, t->in->pitch));
	/* Unknown: 8-bit streams of the sibling RK3568 write 0 here; silicon notes C10. */
	emit(s, ROCKET_PPU_RDMA_DATA_FORMAT,
	     set(ROCKET_PPU_RDMA_DATA_FORMAT_IN_PRECISION, ROCKET_EDATA_SIZE_8BIT));
}

uint32_t emit_pool(struct stream *s, const struct pool_task *t)
{
	emit_pointers(s, ROCKET_PPU_S_POINTER);
	emit_pointers(s, ROCKET_PPU_RDMA_S_POINTER);
	emit_ppu(s, t);
	emit_ppu_rdma(s, t);

	return NPU_ENABLE_PPU | NPU_ENABLE_PPU_RDMA;
}
