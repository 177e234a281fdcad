/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU, from accumulators to bytes in memory
 *
 * CPEND, BS, BN, EW with LUT, OUT_CVT and the writer, applied beat by beat: some output pixels of
 * one channel group at a time. A beat's values stand pixel by pixel, channels together. One file
 * per stage; dpu.c has the order.
 */
#ifndef MODEL_DPU_H
#define MODEL_DPU_H

#include <stdbool.h>
#include <stdint.h>

#include <npu/limits.h>

struct npu;

#define DPU_PIXELS	256	/* of a beat; a choice of the model, not of the silicon */
#define DPU_CHANNELS	64	/* of the widest group */
#define DPU_VALUES	(DPU_PIXELS * DPU_CHANNELS)

/**
 * struct dpu_beat - pixels and channels that pass the stages together
 * @first_channel: a multiple of the group size
 * @channels: at most DPU_CHANNELS
 * @first_pixel: counted along the lines
 * @pixels: at most DPU_PIXELS
 */
struct dpu_beat {
	unsigned int first_channel;
	unsigned int channels;
	unsigned int first_pixel;
	unsigned int pixels;
};

union dpu_values {
	int32_t i[DPU_VALUES];
	float f[DPU_VALUES];
};

/**
 * struct dpu_stage - BS or BN
 * @alu_on: the adder works
 * @mul_on: the multiplier works
 * @relu_on: clamp below at 0
 * @relux_on: and above at @limit
 * @subtract: the adder subtracts
 * @prelu: the multiplier acts on negative values only
 * @alu_table: adder operand per channel
 * @mul_table: multiplier operand per channel
 * @alu_operand: from the register, raw bits
 * @mul_operand: from the register, raw bits
 * @shift: right shift of positive values
 * @shift_negative: right shift of negative values
 * @limit: raw bits
 * @alu: operand per channel of the current group, raw bits
 * @mul: operand per channel of the current group, raw bits
 */
struct dpu_stage {
	bool alu_on;
	bool mul_on;
	bool relu_on;
	bool relux_on;
	bool subtract;
	bool prelu;
	bool alu_table;
	bool mul_table;
	uint32_t alu_operand;
	uint16_t mul_operand;
	unsigned int shift;
	unsigned int shift_negative;
	uint32_t limit;
	uint32_t alu[DPU_CHANNELS];
	uint16_t mul[DPU_CHANNELS];
};

/**
 * struct dpu_ew - element-wise stage
 * @on: the operation works
 * @memory: its operand comes from ERDMA
 * @multiply: else the ALU
 * @prelu: multiply negative values only
 * @algo: ROCKET_EW_ALGO_*
 * @convert: operand converter works
 * @add_first: its order
 * @away: its rounding
 * @offset: of the converter
 * @scale: of the converter
 * @shift: of the converter
 * @truncate: right shift of a product
 * @truncate_negative: the same for negative products
 * @lut_on: table lookup
 * @relu_on: clamp below at 0
 * @relux_on: and above at @limit
 * @limit: raw bits
 * @operand: register operand, raw bits
 */
struct dpu_ew {
	bool on;
	bool memory;
	bool multiply;
	bool prelu;
	unsigned int algo;
	bool convert;
	bool add_first;
	bool away;
	int32_t offset;
	int32_t scale;
	unsigned int shift;
	unsigned int truncate;
	unsigned int truncate_negative;
	bool lut_on;
	bool relu_on;
	bool relux_on;
	uint32_t limit;
	uint32_t operand;
};

/**
 * struct dpu_out - output converter
 * @offset: added
 * @scale: multiplier
 * @shift: right shift
 * @add_first: order
 * @away: rounding
 * @minus_exp: subtracted from the exponent of floats
 * @to_half: FP32TOFP16_EN
 */
struct dpu_out {
	int32_t offset;
	int32_t scale;
	unsigned int shift;
	bool add_first;
	bool away;
	unsigned int minus_exp;
	bool to_half;
};

/**
 * struct dpu_writer - where bytes go
 * @iova: first atom
 * @surface_step: bytes between surfaces of a group
 * @group_step: bytes between groups
 * @group_channels: channels of a group
 * @surfaces: surfaces written per group
 * @line_notch: atoms skipped after each line
 */
struct dpu_writer {
	uint32_t iova;
	uint32_t surface_step;
	uint32_t group_step;
	unsigned int group_channels;
	unsigned int surfaces;
	uint32_t line_notch;
};

#define DPU_LUT_TABLES	2	/* 0 LE, 1 LO */

/**
 * struct dpu_lut - tables, and how they are looked up
 * @entry: contents; kept over tasks
 * @table: table that LUT_ACCESS_DATA goes to
 * @address: entry that LUT_ACCESS_DATA goes to
 * @writing: LUT_ACCESS_DATA writes
 * @start: first input
 * @end: last input
 * @index_select: input distance of entries, as a power of two
 * @below_scale: slope below @start
 * @below_shift: its right shift
 * @above_scale: slope above @end
 * @above_shift: its right shift
 * @both: table when both or none hit
 * @above: table when the input is above both
 * @below: table when the input is below both
 */
struct dpu_lut {
	int16_t entry[DPU_LUT_TABLES][NPU_LUT_ENTRIES];
	unsigned int table;
	unsigned int address;
	bool writing;
	int32_t start[DPU_LUT_TABLES];
	int32_t end[DPU_LUT_TABLES];
	unsigned int index_select[DPU_LUT_TABLES];
	int32_t below_scale[DPU_LUT_TABLES];
	unsigned int below_shift[DPU_LUT_TABLES];
	int32_t above_scale[DPU_LUT_TABLES];
	unsigned int above_shift[DPU_LUT_TABLES];
	unsigned int both;
	unsigned int above;
	unsigned int below;
};

/**
 * struct dpu - the block
 * @flying: main input from memory
 * @depthwise: CONV_MODE
 * @floating: the stages work in fp32
 * @in_precision: ROCKET_PRECISION_* of the main input
 * @out_precision: of what is written
 * @width: pixels of a line
 * @height: lines
 * @channels: channels that pass, padding included
 * @real_channels: channels without padding
 * @pend: value of padding channels, if they are not computed
 * @cpend_on: CPEND adds
 * @cpend_table: its operand is per channel
 * @cpend_operand: from the register
 * @cpend: operand per channel of the current group
 * @bs: stage
 * @bn: stage
 * @ew: stage
 * @lut: part of @ew
 * @out: stage
 * @writer: addresses
 * @x: values on their way
 * @sums: feature sums; direct one per pixel, depthwise one per value
 * @operand: element-wise operand
 * @codes: int8 results
 * @bytes: atoms read or written
 */
struct dpu {
	bool flying;
	bool depthwise;
	bool floating;
	unsigned int in_precision;
	unsigned int out_precision;
	unsigned int width;
	unsigned int height;
	unsigned int channels;
	unsigned int real_channels;
	uint16_t pend;
	bool cpend_on;
	bool cpend_table;
	int32_t cpend_operand;
	int32_t cpend[DPU_CHANNELS];
	struct dpu_stage bs;
	struct dpu_stage bn;
	struct dpu_ew ew;
	struct dpu_lut lut;
	struct dpu_out out;
	struct dpu_writer writer;
	union dpu_values x;
	int32_t sums[DPU_VALUES];
	union dpu_values operand;
	int8_t codes[DPU_VALUES];
	uint8_t bytes[DPU_PIXELS * NPU_ATOM_BYTES];
};

/* dpu_reset() - the tables are lost */
void dpu_reset(struct dpu *dpu);

/**
 * dpu_configure() - fill npu->dpu from the running group and check it against its neighbours
 * @npu: core; npu->rdma and, for convolutions, npu->conv are configured
 *
 * Return: 0; -1 when the core hangs.
 */
int dpu_configure(struct npu *npu);

/* dpu_check() - the checks of dpu_configure(), in dpu_check.c */
int dpu_check(struct npu *npu);

/* dpu_run() - a task without convolution: main input from memory */
int dpu_run(struct npu *npu);

/* dpu_begin_group() - read the operands of @beat's channels */
int dpu_begin_group(struct npu *npu, const struct dpu_beat *beat);

/* dpu_take() - pass npu->dpu.x through the stages and write it */
int dpu_take(struct npu *npu, const struct dpu_beat *beat);

/* dpu_bits() - size of a ROCKET_PRECISION_* in memory */
unsigned int dpu_bits(unsigned int precision);

/* Stages; each changes npu->dpu.x */
void dpu_cpend(struct npu *npu, const struct dpu_beat *beat);
void dpu_int_stages(struct npu *npu, const struct dpu_beat *beat);
void dpu_float_stages(struct npu *npu, const struct dpu_beat *beat);
int dpu_element_wise(struct npu *npu, const struct dpu_beat *beat);
void dpu_lookup(struct npu *npu, const struct dpu_beat *beat);

/**
 * dpu_convert() - output converter and writer
 * @npu: core
 * @beat: what npu->dpu.x holds
 *
 * Return: 0; -1 when the core hangs.
 */
int dpu_convert(struct npu *npu, const struct dpu_beat *beat);

/**
 * dpu_write_surface() - write one surface of a beat
 * @npu: core
 * @beat: its pixels and channels
 * @surface: surface within the beat
 * @atoms: one per pixel
 *
 * Return: 0; -1 when the core hangs.
 */
int dpu_write_surface(struct npu *npu, const struct dpu_beat *beat, unsigned int surface,
		      const uint8_t *atoms);

/* dpu_lut_configure() - read the lookup registers */
void dpu_lut_configure(struct npu *npu);

/* dpu_lut_write() - LUT_ACCESS_CFG or LUT_ACCESS_DATA was written */
void dpu_lut_write(struct npu *npu, uint32_t offset, uint32_t value);

/* dpu_lut_read() - LUT_ACCESS_DATA is read: the entry; the address moves on */
uint32_t dpu_lut_read(struct npu *npu);

#endif /* MODEL_DPU_H */
