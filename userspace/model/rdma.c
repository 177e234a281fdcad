// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU_RDMA, operand reads of the DPU
 *
 * Guide 4.7 (tables), 7.7 (fused operand), 8 (flying mode). A reader that nobody feeds or nobody
 * reads from makes the core hang; the checks that need both sides are in dpu_check.c.
 */
#include <string.h>

#include <npu/limits.h>
#include <npu/regcmd.h>

#include "private.h"

/* COMB_USE: both readers on one cube, fed to the element-wise stage; guide 7.7 */
#define COMB_OPERAND	5

int rdma_configure(struct npu *npu)
{
	const uint32_t *r = npu_running(npu, BLOCK_DPU_RDMA);
	struct rdma *rdma = &npu->rdma;
	uint32_t area;

	*rdma = (struct rdma){ 0 };
	if (!(npu->pc.mask & NPU_ENABLE_DPU_RDMA))
		return 0;
	rdma->started = true;
	rdma->width = FIELD(r, DPU_RDMA_DATA_CUBE_WIDTH, WIDTH) + 1;
	rdma->height = FIELD(r, DPU_RDMA_DATA_CUBE_HEIGHT, HEIGHT) + 1;
	rdma->channels = FIELD(r, DPU_RDMA_DATA_CUBE_CHANNEL, CHANNEL) + 1;
	rdma->main_on = !FIELD(r, DPU_RDMA_FEATURE_MODE_CFG, MRDMA_DISABLE);
	rdma->flying = FIELD(r, DPU_RDMA_FEATURE_MODE_CFG, FLYING_MODE);
	rdma->in_precision = FIELD(r, DPU_RDMA_FEATURE_MODE_CFG, IN_PRECISION);
	rdma->bs_use = FIELD(r, DPU_RDMA_BRDMA_CFG, BRDMA_DATA_USE);
	rdma->bn_use = FIELD(r, DPU_RDMA_NRDMA_CFG, NRDMA_DATA_USE);
	rdma->operand_on = !FIELD(r, DPU_RDMA_ERDMA_CFG, ERDMA_DISABLE);
	rdma->operand_mode = FIELD(r, DPU_RDMA_ERDMA_CFG, ERDMA_DATA_MODE);
	rdma->operand_bits = 4u << FIELD(r, DPU_RDMA_ERDMA_CFG, ERDMA_DATA_SIZE);
	rdma->combined = FIELD(r, DPU_RDMA_FEATURE_MODE_CFG, COMB_USE) == COMB_OPERAND;
	if (FIELD(r, DPU_RDMA_FEATURE_MODE_CFG, COMB_USE) && !rdma->combined)
		npu_unimp(npu, "DPU_RDMA_FEATURE_MODE_CFG.COMB_USE %u",
			  FIELD(r, DPU_RDMA_FEATURE_MODE_CFG, COMB_USE));
	if (FIELD(r, DPU_RDMA_SRC_DMA_CFG, UNPOOLING_EN))
		npu_unimp(npu, "un-pooling in DPU_RDMA");
	if (rdma->operand_on && (FIELD(r, DPU_RDMA_ERDMA_CFG, ERDMA_SURF_MODE) ||
				 FIELD(r, DPU_RDMA_ERDMA_CFG, ERDMA_NONALIGN)))
		npu_unimp(npu, "DPU_RDMA_ERDMA_CFG = 0x%08x", WORD(r, DPU_RDMA_ERDMA_CFG));

	area = rdma->width * rdma->height * NPU_ATOM_BYTES;
	rdma->main.iova = WORD(r, DPU_RDMA_SRC_BASE_ADDR);
	rdma->main.line_notch = FIELD(r, DPU_RDMA_SRC_DMA_CFG, LINE_NOTCH_ADDR);
	rdma->main.step = area + rdma->main.line_notch * rdma->height * NPU_ATOM_BYTES +
			  WORD(r, DPU_RDMA_SURF_NOTCH);
	rdma->operand.iova = WORD(r, DPU_RDMA_EW_BASE_ADDR);
	rdma->operand.line_notch = FIELD(r, DPU_RDMA_DATA_CUBE_HEIGHT, EW_LINE_NOTCH_ADDR);
	rdma->operand.step = WORD(r, DPU_RDMA_EW_SURF_STRIDE);
	rdma->broadcast = rdma->operand_on && rdma->operand_mode == ROCKET_ERDMA_MODE_PER_PIXEL &&
			  !rdma->operand.step;
	/*
	 * Unknown: what EW_SURF_STRIDE adds when both readers share a cube. Mesa's values for row
	 * splits only fit when the step is the area and the notch, as for MRDMA.
	 */
	if (rdma->combined && !npu->switches.ew_step)
		rdma->operand.step = area + WORD(r, DPU_RDMA_EW_SURF_NOTCH);
	else if (rdma->combined)
		rdma->operand.step *= 2;
	return 0;
}

static uint32_t load(const uint8_t *p, unsigned int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | p[bytes];
	return value;
}

/**
 * struct layout - where the operands of a channel stand
 * @block: channels that stand together
 * @bytes: of a block
 * @cpend: offset of the CPEND array in a block
 * @mul: offset of the MUL array in a block
 */
struct layout {
	unsigned int block;
	unsigned int bytes;
	unsigned int cpend;
	unsigned int mul;
};

/*
 * Unknown: the block size on RK3588 (open question 1 of the guide). With one operand all readings
 * are the same.
 */
static struct layout table_layout(const struct npu *npu, uint32_t use)
{
	unsigned int block = npu->switches.brdma_block == 0   ? 4
			     : npu->switches.brdma_block == 1 ? 8
							      : npu->rdma.channels;
	struct layout l = { .block = block };

	l.cpend = use & RDMA_USE_ALU ? block * 4 : 0;
	l.mul = l.cpend + (use & RDMA_USE_CPEND ? block * 2 : 0);
	l.bytes = l.mul + (use & RDMA_USE_MUL ? block * 2 : 0);
	return l;
}

static int read_arrays(struct npu *npu, uint32_t iova, unsigned int channel, unsigned int count,
		       unsigned int size, uint8_t *bytes)
{
	return npu_dma_read(npu, "DPU_RDMA", iova + channel * size, bytes, (size_t)count * size);
}

/* The arrays of one block, or the wanted part of them when a block is the whole table */
static int read_block(struct npu *npu, uint32_t iova, uint32_t use, const struct layout *l,
		      unsigned int first, unsigned int count, struct rdma_table *table,
		      unsigned int at)
{
	uint8_t bytes[64 * 4];
	unsigned int i;

	if (use & RDMA_USE_ALU) {
		if (read_arrays(npu, iova, first, count, 4, bytes))
			return -1;
		for (i = 0; i < count; i++)
			table->alu[at + i] = load(bytes + 4 * i, 4);
	}
	if (use & RDMA_USE_CPEND) {
		if (read_arrays(npu, iova + l->cpend, first, count, 2, bytes))
			return -1;
		for (i = 0; i < count; i++)
			table->cpend[at + i] = (uint16_t)load(bytes + 2 * i, 2);
	}
	if (use & RDMA_USE_MUL) {
		if (read_arrays(npu, iova + l->mul, first, count, 2, bytes))
			return -1;
		for (i = 0; i < count; i++)
			table->mul[at + i] = (uint16_t)load(bytes + 2 * i, 2);
	}
	return 0;
}

static int read_table(struct npu *npu, uint32_t iova, uint32_t use, const struct dpu_beat *beat,
		      struct rdma_table *table)
{
	struct layout l = table_layout(npu, use);
	unsigned int done = 0, channel, first, count;

	if (use & RDMA_USE_SHIFT)
		npu_unimp(npu, "shifts from a table of operands");
	if (use == RDMA_USE_ALU)
		return read_block(npu, iova, use, &l, beat->first_channel, beat->channels, table,
				  0);
	while (done < beat->channels) {
		channel = beat->first_channel + done;
		first = channel % l.block;
		count = l.block - first < beat->channels - done ? l.block - first
								: beat->channels - done;
		if (read_block(npu, iova + channel / l.block * l.bytes, use, &l, first, count,
			       table, done))
			return -1;
		done += count;
	}
	return 0;
}

int rdma_bs_table(struct npu *npu, const struct dpu_beat *beat, struct rdma_table *table)
{
	return read_table(npu, WORD(npu_running(npu, BLOCK_DPU_RDMA), DPU_RDMA_BS_BASE_ADDR),
			  npu->rdma.bs_use, beat, table);
}

int rdma_bn_table(struct npu *npu, const struct dpu_beat *beat, struct rdma_table *table)
{
	return read_table(npu, WORD(npu_running(npu, BLOCK_DPU_RDMA), DPU_RDMA_BN_BASE_ADDR),
			  npu->rdma.bn_use, beat, table);
}

static int read_surface(struct npu *npu, const struct rdma_dma *dma, const struct dpu_beat *beat,
			unsigned int surface, uint8_t *atoms)
{
	unsigned int done = 0, pixel, count;

	while (done < beat->pixels) {
		pixel = beat->first_pixel + done;
		count = beat->pixels - done;
		if (dma->line_notch && count > npu->rdma.width - pixel % npu->rdma.width)
			count = npu->rdma.width - pixel % npu->rdma.width;
		if (npu_dma_read(npu, "DPU_RDMA",
				 dma->iova + surface * dma->step +
					 (pixel + pixel / npu->rdma.width * dma->line_notch) *
						 NPU_ATOM_BYTES,
				 atoms + done * NPU_ATOM_BYTES, (size_t)count * NPU_ATOM_BYTES))
			return -1;
		done += count;
	}
	return 0;
}

static int read_one_atom(struct npu *npu, uint32_t iova, const struct dpu_beat *beat,
			 uint8_t *atoms)
{
	unsigned int p;

	if (npu_dma_read(npu, "DPU_RDMA", iova, atoms, NPU_ATOM_BYTES))
		return -1;
	for (p = 1; p < beat->pixels; p++)
		memcpy(atoms + p * NPU_ATOM_BYTES, atoms, NPU_ATOM_BYTES);
	return 0;
}

int rdma_main_surface(struct npu *npu, const struct dpu_beat *beat, unsigned int surface,
		      uint8_t *atoms)
{
	return read_surface(npu, &npu->rdma.main, beat, surface, atoms);
}

int rdma_operand_surface(struct npu *npu, const struct dpu_beat *beat, unsigned int surface,
			 uint8_t *atoms)
{
	struct rdma *rdma = &npu->rdma;

	if (rdma->broadcast)	/* Measured: silicon notes 2.3, stride 0 */
		return read_one_atom(npu, rdma->combined ? rdma->main.iova : rdma->operand.iova,
				     beat, atoms);
	if (rdma->operand_mode == ROCKET_ERDMA_MODE_PER_CHANNEL)
		return read_one_atom(npu, rdma->operand.iova + surface * rdma->operand.step, beat,
				     atoms);
	if (!rdma->combined)
		return read_surface(npu, &rdma->operand, beat, surface, atoms);
	return read_surface(npu, surface % 2 ? &rdma->operand : &rdma->main, beat, surface / 2,
			    atoms);
}
