// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Registers of CNA and CORE
 *
 * What is fetched, how it lies in memory and in the CBUF, and how the windows move. Register order
 * and values follow the worked examples of the guide's chapter 13.
 */
#include <npu/limits.h>
#include <npu/rocket_regs.h>

#include "emit.h"
#include "layout.h"
#include "work.h"

#define BURST_16	15	/* all bursts as long as the field allows */
#define GROUP_ROWS	4	/* rows the CNA fetches together; guide 4.2 */

/*
 * Rows in the CBUF before the MACs start, beyond the stride. Without effect on results.
 * Source: guide 6; smaller values start before the weights are there on narrow outputs.
 */
#define GRAINS		51

static void emit_convolution(struct stream *s, const struct task *t)
{
	const struct conv *c = t->conv;

	emit(s, ROCKET_CNA_CONV_CON1,
	     set(ROCKET_CNA_CONV_CON1_PROC_PRECISION, ROCKET_PRECISION_INT8) |
	     set(ROCKET_CNA_CONV_CON1_IN_PRECISION, ROCKET_PRECISION_INT8) |
	     set(ROCKET_CNA_CONV_CON1_CONV_MODE,
		 c->depthwise ? ROCKET_CONV_MODE_DEPTHWISE : ROCKET_CONV_MODE_DIRECT));
	emit(s, ROCKET_CNA_CONV_CON2,
	     set(ROCKET_CNA_CONV_CON2_FEATURE_GRAINS, GRAINS + c->stride_h));
	emit(s, ROCKET_CNA_CONV_CON3,
	     set(ROCKET_CNA_CONV_CON3_ATROUS_Y_DILATION, c->dilation_h - 1) |
	     set(ROCKET_CNA_CONV_CON3_ATROUS_X_DILATION, c->dilation_w - 1) |
	     set(ROCKET_CNA_CONV_CON3_CONV_Y_STRIDE, c->stride_h) |
	     set(ROCKET_CNA_CONV_CON3_CONV_X_STRIDE, c->stride_w));
}

static void emit_sizes(struct stream *s, const struct task *t)
{
	const struct conv *c = t->conv;
	const struct tile *tile = t->tile;
	uint32_t channels = c->depthwise ? tile->kernels : (uint32_t)c->in.channels;
	uint32_t weights = c->packed.taps * tile->in_channels;	/* per kernel */
	uint32_t kernels = c->depthwise ? 1 : align_up(tile->kernels, 2);

	emit(s, ROCKET_CNA_DATA_SIZE0,
	     set(ROCKET_CNA_DATA_SIZE0_DATAIN_WIDTH, c->in.width) |
	     set(ROCKET_CNA_DATA_SIZE0_DATAIN_HEIGHT, tile->in_rows));
	emit(s, ROCKET_CNA_DATA_SIZE1,
	     set(ROCKET_CNA_DATA_SIZE1_DATAIN_CHANNEL_REAL, channels - 1) |
	     set(ROCKET_CNA_DATA_SIZE1_DATAIN_CHANNEL, tile->in_channels));
	emit(s, ROCKET_CNA_DATA_SIZE2, set(ROCKET_CNA_DATA_SIZE2_DATAOUT_WIDTH, c->out.width));
	emit(s, ROCKET_CNA_DATA_SIZE3,
	     set(ROCKET_CNA_DATA_SIZE3_DATAOUT_ATOMICS, c->out.width * tile->out_rows));
	emit(s, ROCKET_CNA_WEIGHT_SIZE0, weights * kernels);
	emit(s, ROCKET_CNA_WEIGHT_SIZE1,
	     set(ROCKET_CNA_WEIGHT_SIZE1_WEIGHT_BYTES_PER_KERNEL, weights));
	emit(s, ROCKET_CNA_WEIGHT_SIZE2,
	     set(ROCKET_CNA_WEIGHT_SIZE2_WEIGHT_WIDTH, c->kernel_w) |
	     set(ROCKET_CNA_WEIGHT_SIZE2_WEIGHT_HEIGHT, c->kernel_h) |
	     set(ROCKET_CNA_WEIGHT_SIZE2_WEIGHT_KERNELS, kernels));
	emit(s, ROCKET_CNA_CBUF_CON0,
	     set(ROCKET_CNA_CBUF_CON0_WEIGHT_REUSE, tile->reuse_weights) |
	     set(ROCKET_CNA_CBUF_CON0_WEIGHT_BANK, tile->weight_banks) |
	     set(ROCKET_CNA_CBUF_CON0_DATA_BANK, tile->data_banks));
	emit(s, ROCKET_CNA_CBUF_CON1, set(ROCKET_CNA_CBUF_CON1_DATA_ENTRIES, tile->entries));
}

/* Features are stored as they are multiplied: the converter is off. */
static void emit_converter(struct stream *s)
{
	emit(s, ROCKET_CNA_CVT_CON0,
	     set(ROCKET_CNA_CVT_CON0_DATA_SIGN, 1) | set(ROCKET_CNA_CVT_CON0_CVT_TYPE, 1) |
	     set(ROCKET_CNA_CVT_CON0_CVT_BYPASS, 1));
	emit_many(s, ROCKET_CNA_CVT_CON1, ROCKET_CNA_CVT_CON4,
		  set(ROCKET_CNA_CVT_CON1_CVT_SCALE0, 1));
	emit_many(s, ROCKET_CNA_FC_CON0, ROCKET_CNA_FC_CON1, 0);
}

/* The pad byte in both low bytes: odd lanes take the upper one; silicon notes 2.6. */
static uint32_t pad_value(int32_t zero)
{
	return (uint32_t)(int16_t)((zero & 0xff) * 0x0101);
}

void emit_cna(struct stream *s, const struct task *t)
{
	const struct conv *c = t->conv;
	const struct tile *tile = t->tile;
	uint32_t line = c->in.width * NPU_ATOM_BYTES;
	uint32_t skipped = c->depthwise ? layout_surfaces(tile->kernel) : 0;
	uint32_t surface = skipped * t->in->pitch * NPU_ATOM_BYTES;
	int32_t gap = layout_surface_gap(t->in->pitch, c->in.width);

	emit_convolution(s, t);
	emit_sizes(s, t);
	emit_converter(s);
	emit(s, ROCKET_CNA_PAD_CON0,
	     set(ROCKET_CNA_PAD_CON0_PAD_LEFT, c->pad_left) |
	     set(ROCKET_CNA_PAD_CON0_PAD_TOP, tile->pad_top));
	emit_address(s, ROCKET_CNA_FEATURE_DATA_ADDR, PROGRAM_ACTIVATIONS,
		     t->in->offset + surface + tile->in_row * line);
	emit(s, ROCKET_CNA_FC_CON2, 0);
	emit(s, ROCKET_CNA_DMA_CON0,
	     set(ROCKET_CNA_DMA_CON0_WEIGHT_BURST_LEN, BURST_16) |
	     set(ROCKET_CNA_DMA_CON0_DATA_BURST_LEN, BURST_16));
	emit(s, ROCKET_CNA_DMA_CON1,
	     set(ROCKET_CNA_DMA_CON1_LINE_STRIDE, GROUP_ROWS * c->in.width));
	emit(s, ROCKET_CNA_DMA_CON2, set_signed(ROCKET_CNA_DMA_CON2_SURF_STRIDE, gap));
	emit(s, ROCKET_CNA_FC_DATA_SIZE0,
	     set(ROCKET_CNA_FC_DATA_SIZE0_DMA_WIDTH, c->in.width) |
	     set(ROCKET_CNA_FC_DATA_SIZE0_DMA_HEIGHT, tile->in_rows));
	emit(s, ROCKET_CNA_FC_DATA_SIZE1,
	     set(ROCKET_CNA_FC_DATA_SIZE1_DMA_CHANNEL, tile->in_channels));
	emit(s, ROCKET_CNA_DCOMP_CTRL, 0);
	emit(s, ROCKET_CNA_DCOMP_REGNUM, 0);
	emit_address(s, ROCKET_CNA_DCOMP_ADDR0, PROGRAM_CONST,
		     c->weights_at +
			     layout_weight_offset(&c->packed, c->depthwise ? 0 : tile->kernel, 0,
						  c->depthwise ? tile->kernel : 0));
	emit_many(s, ROCKET_CNA_DCOMP_AMOUNT0, ROCKET_CNA_DCOMP_AMOUNT15, 0);
	emit(s, ROCKET_CNA_CVT_CON5, 0);
	emit(s, ROCKET_CNA_PAD_CON1, pad_value(c->in_zero));
}

/*
 * The sum of the inputs is always computed: CPEND takes it even where the weight zero point is 0.
 */
void emit_core(struct stream *s, const struct task *t)
{
	const struct conv *c = t->conv;
	const struct tile *tile = t->tile;

	emit(s, ROCKET_CORE_MISC_CFG,
	     set(ROCKET_CORE_MISC_CFG_PROC_PRECISION, ROCKET_PRECISION_INT8) |
	     set(ROCKET_CORE_MISC_CFG_DW_EN, c->depthwise) | set(ROCKET_CORE_MISC_CFG_QD_EN, 1));
	emit(s, ROCKET_CORE_DATAOUT_SIZE_0,
	     set(ROCKET_CORE_DATAOUT_SIZE_0_DATAOUT_HEIGHT, tile->out_rows - 1) |
	     set(ROCKET_CORE_DATAOUT_SIZE_0_DATAOUT_WIDTH, c->out.width - 1));
	emit(s, ROCKET_CORE_DATAOUT_SIZE_1,
	     set(ROCKET_CORE_DATAOUT_SIZE_1_DATAOUT_CHANNEL,
		 layout_out_channels(c->depthwise, tile->kernels) - 1));
	emit(s, ROCKET_CORE_CLIP_TRUNCATE, 0);
	emit(s, ROCKET_CORE_UNK_3030, 0);
}
