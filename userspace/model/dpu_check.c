// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU, does the task fit together?
 *
 * The DPU waits for each input it was told to expect. This file knows when one of them will never
 * come (guide 3.9, silicon notes 2.10), and which features the model does not have.
 */
#include <npu/regcmd.h>

#include "private.h"

static void check_unmodelled(struct npu *npu, const uint32_t *r)
{
	static const struct unmodelled fields[] = {
		UNMODELLED(DPU_FEATURE_MODE_CFG, TP_EN),
		UNMODELLED(DPU_FEATURE_MODE_CFG, RGP_TYPE),
		UNMODELLED(DPU_FEATURE_MODE_CFG, NONALIGN),
		UNMODELLED(DPU_DATA_FORMAT, MC_SURF_OUT),
		UNMODELLED(DPU_DATA_CUBE_HEIGHT, MINMAX_CTL),
		UNMODELLED(DPU_BS_OW_CFG, RGP_CNTER),
		UNMODELLED(DPU_BS_OW_CFG, TP_ORG_EN),
		UNMODELLED(DPU_WDMA_SIZE_0, TP_PRECISION),
		UNMODELLED(DPU_WDMA_SIZE_0, SIZE_C_WDMA),
	};

	npu_check_unmodelled(npu, r, fields, sizeof(fields) / sizeof(fields[0]));
	if (FIELD(r, DPU_FEATURE_MODE_CFG, OUTPUT_MODE) != 2)
		npu_unimp(npu, "DPU_FEATURE_MODE_CFG.OUTPUT_MODE %u",
			  FIELD(r, DPU_FEATURE_MODE_CFG, OUTPUT_MODE));
	if (FIELD(r, DPU_DATA_CUBE_NOTCH_ADDR, NOTCH_ADDR_0) !=
	    FIELD(r, DPU_DATA_CUBE_NOTCH_ADDR, NOTCH_ADDR_1))
		npu_unimp(npu, "DPU_DATA_CUBE_NOTCH_ADDR with unequal halves");
	if (FIELD(r, DPU_BS_OW_CFG, SIZE_E_0) != FIELD(r, DPU_BS_OW_CFG, SIZE_E_1) ||
	    FIELD(r, DPU_BS_OW_CFG, SIZE_E_0) != FIELD(r, DPU_BS_OW_CFG, SIZE_E_2))
		npu_unimp(npu, "DPU_BS_OW_CFG with unequal SIZE_E");
}

static int check_types(struct npu *npu)
{
	struct dpu *dpu = &npu->dpu;

	if (dpu->out_precision == ROCKET_PRECISION_INT4 ||
	    dpu->out_precision == ROCKET_PRECISION_TF32) {
		npu_unimp(npu, "DPU output with precision code %u", dpu->out_precision);
		return npu_hang(npu, "DPU: output precision code %u is not modelled",
				dpu->out_precision);
	}
	if (dpu->flying && (dpu->in_precision == ROCKET_PRECISION_INT4 ||
			    dpu->in_precision == ROCKET_PRECISION_TF32)) {
		npu_unimp(npu, "DPU input with precision code %u", dpu->in_precision);
		return npu_hang(npu, "DPU: input precision code %u is not modelled",
				dpu->in_precision);
	}
	if (dpu->floating && (dpu->out_precision == ROCKET_PRECISION_INT8 ||
			      dpu->out_precision == ROCKET_PRECISION_INT16 ||
			      dpu->out_precision == ROCKET_PRECISION_INT32))
		npu_unimp(npu, "DPU conversion from float to integer");
	if (!dpu->flying && dpu->floating != npu->conv.floating)
		return npu_hang(npu, "DPU: processes %s, CORE sends %s",
				dpu->floating ? "floats" : "integers",
				npu->conv.floating ? "floats" : "integers");
	return 0;
}

static int check_sizes(struct npu *npu, const uint32_t *r)
{
	struct dpu *dpu = &npu->dpu;
	struct rdma *rdma = &npu->rdma;
	unsigned int channels =
		FIELD(npu_running(npu, BLOCK_CORE), CORE_DATAOUT_SIZE_1, DATAOUT_CHANNEL) + 1;

	if (!dpu->flying && (dpu->width != npu->conv.out_w || dpu->height != npu->conv.out_h ||
			     dpu->channels != channels))
		return npu_hang(npu, "DPU: waits for %u x %u x %u, CORE sends %u x %u x %u",
				dpu->width, dpu->height, dpu->channels, npu->conv.out_w,
				npu->conv.out_h, channels);
	if (dpu->width != FIELD(r, DPU_WDMA_SIZE_1, WIDTH_WDMA) + 1 ||
	    dpu->height != FIELD(r, DPU_WDMA_SIZE_1, HEIGHT_WDMA) + 1 ||
	    dpu->channels != FIELD(r, DPU_WDMA_SIZE_0, CHANNEL_WDMA) + 1)
		return npu_hang(npu, "DPU: makes %u x %u x %u, its writer waits for %u x %u x %u",
				dpu->width, dpu->height, dpu->channels,
				FIELD(r, DPU_WDMA_SIZE_1, WIDTH_WDMA) + 1,
				FIELD(r, DPU_WDMA_SIZE_1, HEIGHT_WDMA) + 1,
				FIELD(r, DPU_WDMA_SIZE_0, CHANNEL_WDMA) + 1);
	if (rdma->started && (dpu->width != rdma->width || dpu->height != rdma->height ||
			      dpu->channels != rdma->channels))
		return npu_hang(npu, "DPU: works on %u x %u x %u, DPU_RDMA reads %u x %u x %u",
				dpu->width, dpu->height, dpu->channels, rdma->width, rdma->height,
				rdma->channels);
	return 0;
}

static int check_main_input(struct npu *npu)
{
	struct dpu *dpu = &npu->dpu;
	struct rdma *rdma = &npu->rdma;
	bool convolution = npu->pc.mask & NPU_ENABLE_CNA;

	if (convolution && dpu->flying)
		return npu_hang(npu, "CORE: its results are not read, the DPU is in flying mode");
	if (!convolution && !dpu->flying)
		return npu_hang(npu, "DPU: waits for CORE, which was not started");
	if (dpu->flying && (!rdma->main_on || !rdma->flying))
		return npu_hang(npu, "DPU: in flying mode, but MRDMA does not feed it");
	if (convolution && rdma->main_on && rdma->flying)
		return npu_hang(npu, "DPU_RDMA: MRDMA is in flying mode, but CORE feeds the DPU");
	if (convolution && rdma->main_on && !rdma->combined)
		return npu_hang(npu, "DPU_RDMA: MRDMA is on, but nothing reads from it");
	if (dpu->flying && dpu->in_precision != rdma->in_precision)
		npu_guest_error(npu, "DPU_RDMA reads precision code %u, the DPU expects %u",
				rdma->in_precision, dpu->in_precision);
	if (convolution && dpu->depthwise != npu->conv.depthwise)
		npu_guest_error(npu, "DPU: CONV_MODE is not that of CNA");
	return 0;
}

static int check_tables(struct npu *npu)
{
	struct dpu *dpu = &npu->dpu;
	const struct {
		bool needed;
		bool read;
		const char *what;
	} tables[] = {
		{ dpu->bs.alu_on && dpu->bs.alu_table, npu->rdma.bs_use & RDMA_USE_ALU,
		  "BS adder" },
		{ dpu->bs.mul_on && dpu->bs.mul_table, npu->rdma.bs_use & RDMA_USE_MUL,
		  "BS multiplier" },
		{ dpu->cpend_on && dpu->cpend_table, npu->rdma.bs_use & RDMA_USE_CPEND, "CPEND" },
		{ dpu->bn.alu_on && dpu->bn.alu_table, npu->rdma.bn_use & RDMA_USE_ALU,
		  "BN adder" },
		{ dpu->bn.mul_on && dpu->bn.mul_table, npu->rdma.bn_use & RDMA_USE_MUL,
		  "BN multiplier" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (tables[i].needed && !tables[i].read)
			return npu_hang(npu,
					"DPU: the %s waits for operands that no RDMA reads",
					tables[i].what);
	}
	return 0;
}

static int check_operand(struct npu *npu, const uint32_t *r)
{
	struct rdma *rdma = &npu->rdma;
	struct dpu_ew *ew = &npu->dpu.ew;

	if (rdma->operand_on && rdma->operand_mode == ROCKET_ERDMA_MODE_PER_CHANNEL_PIXEL)
		return npu_hang(npu, "DPU_RDMA: ERDMA_DATA_MODE 2");
	if (!ew->on || !ew->memory) {
		if (rdma->combined && rdma->main_on && !npu->dpu.flying)
			return npu_hang(npu,
					"DPU_RDMA: reads an EW operand that the DPU does not use");
		return 0;
	}
	if (!rdma->operand_on)
		return npu_hang(npu,
				"DPU: the EW stage waits for an operand that ERDMA does not read");
	if (rdma->combined && !rdma->main_on)
		return npu_hang(npu, "DPU: the EW stage waits for MRDMA, which is off");
	if (rdma->combined && npu->dpu.flying)
		npu_unimp(npu, "COMB_USE in flying mode");
	if (!rdma->combined && !npu->dpu.flying &&
	    rdma->operand_mode != ROCKET_ERDMA_MODE_PER_CHANNEL)
		npu_unimp(npu, "EW operand of a convolution without COMB_USE 5");
	if (rdma->operand_mode != FIELD(r, DPU_EW_CFG, EW_DATA_MODE) ||
	    rdma->operand_bits != 4u << FIELD(r, DPU_EW_CFG, EDATA_SIZE))
		npu_unimp(npu, "EW_CFG and ERDMA_CFG describe different operands");
	if (rdma->operand_mode == ROCKET_ERDMA_MODE_PER_CHANNEL && !ew->multiply)
		npu_unimp(npu, "per-channel operand of the EW adder");
	if (rdma->operand_bits == 4)
		npu_unimp(npu, "EW operand of 4 bits");
	if (rdma->operand_bits == 32 && !npu->dpu.floating)
		npu_guest_error(npu, "DPU: a 32-bit EW operand is read as float bits");
	return 0;
}

#define SHIFT_MOST	62	/* widest shift of a 64-bit number that leaves room for rounding */

static void limit_shift(struct npu *npu, unsigned int *shift)
{
	if (*shift <= SHIFT_MOST)
		return;
	npu_unimp(npu, "DPU right shift by %u", *shift);
	*shift = SHIFT_MOST;
}

static void check_stages(struct npu *npu, const uint32_t *r)
{
	struct dpu *dpu = &npu->dpu;
	struct dpu_ew *ew = &dpu->ew;
	unsigned int i;

	if (ew->on && (FIELD(r, DPU_EW_CFG, EW_EQUAL_EN) || FIELD(r, DPU_EW_CFG, EW_BINARY_EN)))
		npu_unimp(npu, "EW comparison results (EW_CFG = 0x%08x)", WORD(r, DPU_EW_CFG));
	for (i = 1; ew->on && !ew->memory && i < 8; i++) {
		if (r[REG_INDEX(ROCKET_DPU_EW_OP_VALUE_0) + i] != ew->operand)
			npu_unimp(npu, "EW_OP_VALUE registers that differ");
	}
	if (ew->on && !ew->multiply && (ew->algo > ROCKET_EW_ALGO_CEIL ||
					(ew->algo == ROCKET_EW_ALGO_DIV && !dpu->floating)))
		npu_unimp(npu, "EW algorithm %u", ew->algo);
	if (ew->on && ew->convert && dpu->floating &&
	    (ew->offset || ew->shift || ew->scale > 1 || ew->scale < 0))
		npu_unimp(npu, "EW operand converter on floats");
	limit_shift(npu, &dpu->out.shift);
	limit_shift(npu, &ew->truncate);
	limit_shift(npu, &ew->truncate_negative);
	if (!dpu->flying && dpu->floating &&
	    (npu->conv.clip || (dpu->cpend_on && dpu->cpend_operand)))
		npu_unimp(npu, "CPEND or CLIP_TRUNCATE on floats");
	if (dpu->cpend_on && (dpu->cpend_operand || dpu->cpend_table) && !npu->conv.feature_sum)
		npu_guest_error(npu,
				"DPU: CPEND adds, but CORE_MISC_CFG.QD_EN makes no feature sum");
}

/*
 * What a kernel group needs is fixed by the types (silicon notes 2.7); surfaces beyond SIZE_E are
 * not written.
 */
static void check_surfaces(struct npu *npu)
{
	struct dpu *dpu = &npu->dpu;
	unsigned int need = npu->conv.group * dpu_bits(dpu->out_precision) / 8 / NPU_ATOM_BYTES;

	if (!dpu->flying && dpu->writer.surfaces != need)
		npu_guest_error(npu, "DPU: SIZE_E is %u, a group of %u channels makes %u surfaces",
				dpu->writer.surfaces - 1, npu->conv.group, need);
}

int dpu_check(struct npu *npu)
{
	const uint32_t *r = npu_running(npu, BLOCK_DPU);

	check_unmodelled(npu, r);
	if (check_main_input(npu) || check_types(npu) || check_sizes(npu, r) || check_tables(npu) ||
	    check_operand(npu, r))
		return -1;
	check_stages(npu, r);
	check_surfaces(npu);
	return 0;
}
