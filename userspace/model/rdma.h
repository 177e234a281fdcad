/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU_RDMA, operand reads of the DPU
 *
 * MRDMA (main input), BRDMA and NRDMA (tables of BS and BN), ERDMA (element-wise operand):
 * addresses and layouts. What the values mean is the business of the DPU.
 */
#ifndef MODEL_RDMA_H
#define MODEL_RDMA_H

#include <stdbool.h>
#include <stdint.h>

struct dpu_beat;
struct npu;

/* Bits of BRDMA_DATA_USE and NRDMA_DATA_USE */
enum rdma_use {
	RDMA_USE_ALU = 1 << 0,
	RDMA_USE_CPEND = 1 << 1,
	RDMA_USE_MUL = 1 << 2,
	RDMA_USE_SHIFT = 1 << 3,
};

/**
 * struct rdma_dma - one reader of surfaces
 * @iova: first atom
 * @step: bytes from a surface to the next
 * @line_notch: atoms skipped after each line
 */
struct rdma_dma {
	uint32_t iova;
	uint32_t step;
	uint32_t line_notch;
};

/**
 * struct rdma - what DPU_RDMA does in this task
 * @started: the op-enable mask has it; all else is 0 if not
 * @main_on: MRDMA reads
 * @flying: MRDMA feeds the main input
 * @combined: MRDMA reads even surfaces of the element-wise operand, ERDMA odd ones
 * @in_precision: type that MRDMA reads
 * @bs_use: BRDMA_DATA_USE
 * @bn_use: NRDMA_DATA_USE
 * @operand_on: ERDMA reads
 * @operand_mode: ROCKET_ERDMA_MODE_*
 * @operand_bits: element size
 * @broadcast: stride 0: one atom for all
 * @width: pixels of a line
 * @height: lines
 * @channels: channels
 * @main: MRDMA
 * @operand: ERDMA
 */
struct rdma {
	bool started;
	bool main_on;
	bool flying;
	bool combined;
	unsigned int in_precision;
	uint32_t bs_use;
	uint32_t bn_use;
	bool operand_on;
	unsigned int operand_mode;
	unsigned int operand_bits;
	bool broadcast;
	unsigned int width;
	unsigned int height;
	unsigned int channels;
	struct rdma_dma main;
	struct rdma_dma operand;
};

/**
 * struct rdma_table - operands of some channels, raw
 * @alu: int32 or fp32 bits
 * @cpend: int16
 * @mul: int16 or fp16 bits
 */
struct rdma_table {
	uint32_t alu[64];
	uint16_t cpend[64];
	uint16_t mul[64];
};

/**
 * rdma_configure() - fill npu->rdma from the running group
 * @npu: core
 *
 * Return: 0; -1 when the core hangs.
 */
int rdma_configure(struct npu *npu);

/**
 * rdma_bs_table() - read the BS operands of a beat's channels
 * @npu: core
 * @beat: its channels
 * @table: filled in where BRDMA_DATA_USE says so
 *
 * Return: 0; -1 when the core hangs.
 */
int rdma_bs_table(struct npu *npu, const struct dpu_beat *beat, struct rdma_table *table);

/* rdma_bn_table() - the same for BN */
int rdma_bn_table(struct npu *npu, const struct dpu_beat *beat, struct rdma_table *table);

/**
 * rdma_main_surface() - read one surface of the main input for a beat's pixels
 * @npu: core
 * @beat: its pixels
 * @surface: channel block
 * @atoms: one per pixel
 *
 * Return: 0; -1 when the core hangs.
 */
int rdma_main_surface(struct npu *npu, const struct dpu_beat *beat, unsigned int surface,
		      uint8_t *atoms);

/* rdma_operand_surface() - the same for the element-wise operand, whichever way it is read */
int rdma_operand_surface(struct npu *npu, const struct dpu_beat *beat, unsigned int surface,
			 uint8_t *atoms);

#endif /* MODEL_RDMA_H */
