// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Registers of a task of the DPU alone
 *
 * The main input comes from memory (flying mode), meets an operand or a lookup table, and leaves
 * through the output converter. The load of a table is such a task too, a copy of one atom. Values
 * follow the vendor's streams in the guide's chapters 7.8 and 8.
 */
#include <npu/limits.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "emit.h"
#include "flow.h"
#include "layout.h"
#include "work.h"

#define BURST_16	15	/* all bursts as long as the field allows */
#define TO_MEMORY	2	/* OUTPUT_MODE */
#define USE_MULTIPLIER	4	/* NRDMA_DATA_USE: a multiplier for each channel */
#define EW_OFF \
	(set(ROCKET_DPU_EW_CFG_EW_RELU_BYPASS, 1) | set(ROCKET_DPU_EW_CFG_EW_OP_CVT_BYPASS, 1) | \
	 set(ROCKET_DPU_EW_CFG_EW_LUT_BYPASS, 1) | set(ROCKET_DPU_EW_CFG_EW_OP_BYPASS, 1) | \
	 set(ROCKET_DPU_EW_CFG_EW_BYPASS, 1))

/* The lookup of every stream that is known to work; guide 7.8. */
#define TABLE_MUX	2
#define TABLE_STEP	5		/* entries 32 apart */
#define TABLE_REACH	16384		/* input of the last entry */

static const struct {
	bool multiply;
	unsigned int algo;
} operations[FLOW_OPS] = {
	[FLOW_ADD] = { false, ROCKET_EW_ALGO_ADD },
	[FLOW_MULTIPLY] = { true, 0 },
	[FLOW_MAXIMUM] = { false, ROCKET_EW_ALGO_MAX },
	[FLOW_MINIMUM] = { false, ROCKET_EW_ALGO_MIN },
};

/* One atom, whose value does not matter: it is where the flow itself writes next. */
static const struct flow_tile one_atom = { .channels = NPU_ATOM_BYTES, .width = 1, .height = 1 };

static const struct flow_tile *tile_of(const struct flow_task *t)
{
	return t->tile ? t->tile : &one_atom;
}

static uint32_t address(const struct feature *f, uint32_t surface, uint32_t pixel)
{
	return f->offset + (surface * f->pitch + pixel) * NPU_ATOM_BYTES;
}

/* Pixels from the first of the flow to that of a task, where lines are @line apart. */
static uint32_t distance(const struct flow_task *t, uint32_t line)
{
	uint32_t pixel = tile_of(t)->pixel;

	return line ? pixel / t->flow->width * line : pixel;
}

static uint32_t notch(const struct flow_task *t, uint32_t line)
{
	return line ? line - tile_of(t)->width : 0;
}

static void emit_cube(struct stream *s, const struct flow_task *t)
{
	const struct flow_tile *tile = tile_of(t);
	uint32_t channels = set(ROCKET_DPU_DATA_CUBE_CHANNEL_CHANNEL, tile->channels - 1);

	emit(s, ROCKET_DPU_FEATURE_MODE_CFG,
	     set(ROCKET_DPU_FEATURE_MODE_CFG_BURST_LEN, BURST_16) |
	     set(ROCKET_DPU_FEATURE_MODE_CFG_OUTPUT_MODE, TO_MEMORY) |
	     set(ROCKET_DPU_FEATURE_MODE_CFG_FLYING_MODE, 1));
	emit(s, ROCKET_DPU_DATA_FORMAT,
	     set(ROCKET_DPU_DATA_FORMAT_BN_MUL_SHIFT_VALUE_NEG,
		 t->flow->slopes ? FLOW_SLOPE_BITS : 0) |
	     set(ROCKET_DPU_DATA_FORMAT_BS_MUL_SHIFT_VALUE_NEG, t->flow->in_shift) |
	     set(ROCKET_DPU_DATA_FORMAT_OUT_PRECISION, ROCKET_PRECISION_INT8) |
	     set(ROCKET_DPU_DATA_FORMAT_IN_PRECISION, ROCKET_PRECISION_INT8) |
	     set(ROCKET_DPU_DATA_FORMAT_PROC_PRECISION, ROCKET_PRECISION_INT8));
	emit(s, ROCKET_DPU_OFFSET_PEND, 0);
	emit_address(s, ROCKET_DPU_DST_BASE_ADDR, PROGRAM_ACTIVATIONS,
		     address(t->out, t->flow->out_surface + tile->surface,
			     t->flow->out_pixel + distance(t, t->flow->out_line)));
	emit(s, ROCKET_DPU_DST_SURF_STRIDE,
	     set(ROCKET_DPU_DST_SURF_STRIDE_DST_SURF_STRIDE, t->out->pitch));
	emit(s, ROCKET_DPU_DATA_CUBE_WIDTH, set(ROCKET_DPU_DATA_CUBE_WIDTH_WIDTH, tile->width - 1));
	emit(s, ROCKET_DPU_DATA_CUBE_HEIGHT,
	     set(ROCKET_DPU_DATA_CUBE_HEIGHT_HEIGHT, tile->height - 1));
	emit(s, ROCKET_DPU_DATA_CUBE_NOTCH_ADDR,
	     set(ROCKET_DPU_DATA_CUBE_NOTCH_ADDR_NOTCH_ADDR_1, notch(t, t->flow->out_line)) |
	     set(ROCKET_DPU_DATA_CUBE_NOTCH_ADDR_NOTCH_ADDR_0, notch(t, t->flow->out_line)));
	emit(s, ROCKET_DPU_DATA_CUBE_CHANNEL,
	     set(ROCKET_DPU_DATA_CUBE_CHANNEL_ORIG_CHANNEL, tile->channels - 1) | channels);
}

/* Negative values times a slope for each channel; else off. */
static void emit_bn(struct stream *s, const struct flow_task *t)
{
	bool on = t->tile && t->flow->slopes;

	emit(s, ROCKET_DPU_BN_CFG,
	     set(ROCKET_DPU_BN_CFG_BN_RELU_BYPASS, 1) | set(ROCKET_DPU_BN_CFG_BN_MUL_PRELU, on) |
	     set(ROCKET_DPU_BN_CFG_BN_MUL_BYPASS, !on) |
	     set(ROCKET_DPU_BN_CFG_BN_ALU_BYPASS, 1) | set(ROCKET_DPU_BN_CFG_BN_BYPASS, !on));
	emit(s, ROCKET_DPU_BN_ALU_CFG, 0);
	emit(s, ROCKET_DPU_BN_MUL_CFG, set(ROCKET_DPU_BN_MUL_CFG_BN_MUL_SRC, on));
	emit(s, ROCKET_DPU_BN_RELUX_CMP_VALUE, 0);
}

/* BS moves the main input to its zero point and into the units of the operation. */
static void emit_stages(struct stream *s, const struct flow_task *t)
{
	const struct flow_tile *tile = tile_of(t);
	const struct flow *f = t->flow;

	emit(s, ROCKET_DPU_BS_CFG,
	     set(ROCKET_DPU_BS_CFG_BS_ALU_ALGO, ROCKET_BS_ALGO_ADD) |
	     set(ROCKET_DPU_BS_CFG_BS_RELU_BYPASS, 1) |
	     set(ROCKET_DPU_BS_CFG_BS_MUL_BYPASS, f->in_factor == 1 && f->in_shift == 0));
	emit(s, ROCKET_DPU_BS_ALU_CFG, (uint32_t)-f->in_zero);
	emit(s, ROCKET_DPU_BS_MUL_CFG,
	     set_signed(ROCKET_DPU_BS_MUL_CFG_BS_MUL_OPERAND, f->in_factor) |
	     set(ROCKET_DPU_BS_MUL_CFG_BS_MUL_SHIFT_VALUE, f->in_shift));
	emit(s, ROCKET_DPU_BS_RELUX_CMP_VALUE, 0);
	/* No feature sum; each channel block is a group of its own. */
	emit(s, ROCKET_DPU_BS_OW_CFG, set(ROCKET_DPU_BS_OW_CFG_OD_BYPASS, 1));
	emit(s, ROCKET_DPU_BS_OW_OP, 0);
	emit(s, ROCKET_DPU_WDMA_SIZE_0,
	     set(ROCKET_DPU_WDMA_SIZE_0_CHANNEL_WDMA, tile->channels - 1));
	emit(s, ROCKET_DPU_WDMA_SIZE_1,
	     set(ROCKET_DPU_WDMA_SIZE_1_HEIGHT_WDMA, tile->height - 1) |
	     set(ROCKET_DPU_WDMA_SIZE_1_WIDTH_WDMA, tile->width - 1));
	emit_bn(s, t);
}

static uint32_t ew_cfg(const struct flow_task *t)
{
	const struct flow *f = t->flow;
	const struct requant *r = &f->requant;
	bool clamp = r->relu || r->relux;
	uint32_t cfg = set(ROCKET_DPU_EW_CFG_EW_RELUX_EN, r->relux) |
		set(ROCKET_DPU_EW_CFG_EW_RELU_BYPASS, !clamp) |
		set(ROCKET_DPU_EW_CFG_EW_LUT_BYPASS, f->table == NULL);

	if (!t->tile || (f->op == FLOW_COPY && !f->table && !clamp))
		return EW_OFF;
	if (f->op == FLOW_COPY)
		return cfg | set(ROCKET_DPU_EW_CFG_EW_OP_CVT_BYPASS, 1) |
			set(ROCKET_DPU_EW_CFG_EW_OP_BYPASS, 1);
	return cfg | set(ROCKET_DPU_EW_CFG_EW_CVT_TYPE, 1) |
		set(ROCKET_DPU_EW_CFG_EW_DATA_MODE, f->per_channel ? ROCKET_ERDMA_MODE_PER_CHANNEL
								   : ROCKET_ERDMA_MODE_PER_PIXEL) |
		set(ROCKET_DPU_EW_CFG_EDATA_SIZE, ROCKET_EDATA_SIZE_8BIT) |
		set(ROCKET_DPU_EW_CFG_EW_OP_SRC, 1) |
		set(ROCKET_DPU_EW_CFG_EW_OP_TYPE, operations[f->op].multiply) |
		set(ROCKET_DPU_EW_CFG_EW_ALU_ALGO, operations[f->op].algo);
}

static void emit_ew(struct stream *s, const struct flow_task *t)
{
	const struct flow *f = t->flow;
	bool operand = t->tile && f->op != FLOW_COPY;

	emit(s, ROCKET_DPU_EW_CFG, ew_cfg(t));
	emit(s, ROCKET_DPU_EW_CVT_OFFSET_VALUE, operand ? (uint32_t)-f->operand_zero : 0);
	emit(s, ROCKET_DPU_EW_CVT_SCALE_VALUE,
	     set(ROCKET_DPU_EW_CVT_SCALE_VALUE_EW_OP_CVT_SHIFT, operand ? f->operand_shift : 0) |
	     set_signed(ROCKET_DPU_EW_CVT_SCALE_VALUE_EW_OP_CVT_SCALE,
			operand ? f->operand_factor : 1));
	emit(s, ROCKET_DPU_EW_RELUX_CMP_VALUE, f->requant.relux ? f->requant.top : 0);
}

static void emit_out(struct stream *s, const struct flow_task *t)
{
	const struct requant *r = &t->flow->requant;

	emit(s, ROCKET_DPU_OUT_CVT_OFFSET, r->offset);
	emit(s, ROCKET_DPU_OUT_CVT_SCALE,
	     set_signed(ROCKET_DPU_OUT_CVT_SCALE_OUT_CVT_SCALE, r->scale));
	emit(s, ROCKET_DPU_OUT_CVT_SHIFT, set(ROCKET_DPU_OUT_CVT_SHIFT_OUT_CVT_SHIFT, r->shift));
	emit_many(s, ROCKET_DPU_EW_OP_VALUE_0, ROCKET_DPU_EW_OP_VALUE_7, 0);
	emit(s, ROCKET_DPU_SURFACE_ADD, set(ROCKET_DPU_SURFACE_ADD_SURF_ADD, t->out->pitch));
	emit(s, ROCKET_DPU_UNK_40C4, 0);
}

static void emit_lookup(struct stream *s, bool on)
{
	emit(s, ROCKET_DPU_LUT_ACCESS_CFG, 0);
	emit(s, ROCKET_DPU_LUT_ACCESS_DATA, 0);
	emit(s, ROCKET_DPU_LUT_CFG,
	     set(ROCKET_DPU_LUT_CFG_LUT_HYBRID_PRIORITY, on) |
	     set(ROCKET_DPU_LUT_CFG_LUT_OFLOW_PRIORITY, on) |
	     set(ROCKET_DPU_LUT_CFG_LUT_LO_LE_MUX, on ? TABLE_MUX : 0));
	emit(s, ROCKET_DPU_LUT_INFO,
	     set(ROCKET_DPU_LUT_INFO_LUT_LO_INDEX_SELECT, on ? TABLE_STEP : 0) |
	     set(ROCKET_DPU_LUT_INFO_LUT_LE_INDEX_SELECT, on ? TABLE_STEP : 0));
	emit(s, ROCKET_DPU_LUT_LE_START, on ? (uint32_t)-TABLE_REACH : 0);
	emit(s, ROCKET_DPU_LUT_LE_END, 0);
	emit(s, ROCKET_DPU_LUT_LO_START, 0);
	emit(s, ROCKET_DPU_LUT_LO_END, on ? TABLE_REACH : 0);
	emit_many(s, ROCKET_DPU_LUT_LE_SLOPE_SCALE, ROCKET_DPU_LUT_LO_SLOPE_SHIFT, 0);
}

static void emit_table(struct stream *s, const int16_t *table)
{
	for (uint32_t side = 0; side < 2; side++) {
		emit(s, ROCKET_DPU_LUT_ACCESS_CFG,
		     set(ROCKET_DPU_LUT_ACCESS_CFG_LUT_ACCESS_TYPE, 1) |
		     set(ROCKET_DPU_LUT_ACCESS_CFG_LUT_TABLE_ID, side));
		for (uint32_t i = 0; i < NPU_LUT_ENTRIES; i++)
			emit(s, ROCKET_DPU_LUT_ACCESS_DATA,
			     set_signed(ROCKET_DPU_LUT_ACCESS_DATA_LUT_ACCESS_DATA,
					table[side * NPU_LUT_ENTRIES + i]));
	}
}

static void emit_operand(struct stream *s, const struct flow_task *t)
{
	const struct flow_tile *tile = tile_of(t);

	if (!t->tile || !t->operand) {
		emit(s, ROCKET_DPU_RDMA_ERDMA_CFG, set(ROCKET_DPU_RDMA_ERDMA_CFG_ERDMA_DISABLE, 1));
		emit(s, ROCKET_DPU_RDMA_EW_BASE_ADDR, 0);
		emit(s, ROCKET_DPU_RDMA_EW_SURF_STRIDE, 0);
		return;
	}
	emit(s, ROCKET_DPU_RDMA_ERDMA_CFG,
	     set(ROCKET_DPU_RDMA_ERDMA_CFG_ERDMA_DATA_MODE,
		 t->flow->per_channel ? ROCKET_ERDMA_MODE_PER_CHANNEL
				      : ROCKET_ERDMA_MODE_PER_PIXEL) |
	     set(ROCKET_DPU_RDMA_ERDMA_CFG_ERDMA_DATA_SIZE, ROCKET_EDATA_SIZE_8BIT));
	emit_address(s, ROCKET_DPU_RDMA_EW_BASE_ADDR, PROGRAM_ACTIVATIONS,
		     address(t->operand, tile->surface, t->flow->per_channel ? 0 : tile->pixel));
	emit(s, ROCKET_DPU_RDMA_EW_SURF_STRIDE,
	     set(ROCKET_DPU_RDMA_EW_SURF_STRIDE_EW_SURF_STRIDE, t->operand->pitch));
}

static void emit_slopes(struct stream *s, const struct flow_task *t)
{
	if (!t->tile || !t->flow->slopes) {
		emit(s, ROCKET_DPU_RDMA_NRDMA_CFG, 0);
		emit(s, ROCKET_DPU_RDMA_BN_BASE_ADDR, 0);
		return;
	}
	emit(s, ROCKET_DPU_RDMA_NRDMA_CFG,
	     set(ROCKET_DPU_RDMA_NRDMA_CFG_NRDMA_DATA_USE, USE_MULTIPLIER));
	emit_address(s, ROCKET_DPU_RDMA_BN_BASE_ADDR, PROGRAM_CONST,
		     t->flow->slopes_at +
			     t->tile->surface * NPU_ATOM_BYTES * sizeof(*t->flow->slopes));
}

static void emit_rdma(struct stream *s, const struct flow_task *t)
{
	const struct flow_tile *tile = tile_of(t);

	emit(s, ROCKET_DPU_RDMA_DATA_CUBE_WIDTH,
	     set(ROCKET_DPU_RDMA_DATA_CUBE_WIDTH_WIDTH, tile->width - 1));
	emit(s, ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT,
	     set(ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT_HEIGHT, tile->height - 1));
	emit(s, ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL,
	     set(ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL_CHANNEL, tile->channels - 1));
	emit_address(s, ROCKET_DPU_RDMA_SRC_BASE_ADDR, PROGRAM_ACTIVATIONS,
		     address(t->in, t->flow->in_surface + tile->surface,
			     distance(t, t->flow->in_line)));
	emit(s, ROCKET_DPU_RDMA_BRDMA_CFG, 0);
	emit(s, ROCKET_DPU_RDMA_BS_BASE_ADDR, 0);
	emit_slopes(s, t);
	emit_operand(s, t);
	emit(s, ROCKET_DPU_RDMA_FEATURE_MODE_CFG,
	     set(ROCKET_DPU_RDMA_FEATURE_MODE_CFG_BURST_LEN, BURST_16) |
	     set(ROCKET_DPU_RDMA_FEATURE_MODE_CFG_FLYING_MODE, 1));
	emit(s, ROCKET_DPU_RDMA_SRC_DMA_CFG,
	     set(ROCKET_DPU_RDMA_SRC_DMA_CFG_LINE_NOTCH_ADDR, notch(t, t->flow->in_line)));
	/* From the last pixel of a channel block to the first of the next. */
	emit(s, ROCKET_DPU_RDMA_SURF_NOTCH,
	     set(ROCKET_DPU_RDMA_SURF_NOTCH_SURF_NOTCH_ADDR,
		 t->in->pitch - (tile->width + notch(t, t->flow->in_line)) * tile->height));
	emit(s, ROCKET_DPU_RDMA_PAD_CFG, 0);
	/* One grant each per round of the arbiter. */
	emit(s, ROCKET_DPU_RDMA_WEIGHT,
	     set(ROCKET_DPU_RDMA_WEIGHT_E_WEIGHT, 1) | set(ROCKET_DPU_RDMA_WEIGHT_N_WEIGHT, 1) |
	     set(ROCKET_DPU_RDMA_WEIGHT_B_WEIGHT, 1) | set(ROCKET_DPU_RDMA_WEIGHT_M_WEIGHT, 1));
	emit(s, ROCKET_DPU_RDMA_EW_SURF_NOTCH, 0);
}

/* A load runs by itself, so that the tables change between tasks; guide 7.8. */
static void emit_single_shot(struct stream *s, uint32_t reg)
{
	emit(s, reg,
	     set(ROCKET_DPU_S_POINTER_EXECUTER_PP_CLEAR, 1) |
	     set(ROCKET_DPU_S_POINTER_POINTER_PP_CLEAR, 1));
}

uint32_t emit_flow(struct stream *s, const struct flow_task *t)
{
	void (*const pointers)(struct stream *s, uint32_t reg) =
		t->tile ? emit_pointers : emit_single_shot;

	pointers(s, ROCKET_DPU_S_POINTER);
	pointers(s, ROCKET_DPU_RDMA_S_POINTER);
	emit_cube(s, t);
	emit_stages(s, t);
	emit_ew(s, t);
	emit_out(s, t);
	emit_lookup(s, t->tile && t->flow->table);
	emit_rdma(s, t);
	if (!t->tile)
		emit_table(s, t->flow->table);

	return NPU_ENABLE_DPU | NPU_ENABLE_DPU_RDMA;
}
