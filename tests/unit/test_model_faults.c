// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: what a wrong stream does
 *
 * Each fault of guide 3.9 (and of silicon notes 2.10) in a task that is right otherwise: the core
 * hangs, no interrupt comes, the reason names the block, memory stays as it was, another start does
 * not help, and a reset makes the core usable again.
 */
#include <stdio.h>

#include "model_rig.h"

static const struct rig_conv conv = { .w = 6, .h = 5, .c = 16, .k = 32, .kw = 3, .kh = 3,
				      .pad_left = 1, .pad_top = 1,
				      .ow = 6, .oh = 5, .bias = true };
static const struct rig_flying copy = { 4, 3, 32 };

struct change {
	uint32_t offset;
	uint32_t value;
};

#define CHANGES	5

/* kind 'c' convolution, 'd' DPU only */
static const struct fault {
	const char *why;
	char kind;
	uint32_t mask;
	struct change changes[CHANGES];
	const char *reason;
} faults[] = {
	{ "CNA and CORE disagree on the width", 'c', MASK_CONV, { { ROCKET_CNA_DATA_SIZE2, 7 } },
	  "CORE: output" },
	{ "CNA and CORE disagree on the pixels", 'c', MASK_CONV, { { ROCKET_CNA_DATA_SIZE3, 24 } },
	  "CORE: output" },
	{ "CORE and DPU disagree on the width", 'c', MASK_CONV,
	  { { ROCKET_DPU_DATA_CUBE_WIDTH, 6 } }, "DPU: waits" },
	{ "CORE and DPU disagree on the height", 'c', MASK_CONV,
	  { { ROCKET_DPU_DATA_CUBE_HEIGHT, 5 } }, "DPU: waits" },
	{ "more DPU channels than CORE delivers", 'c', MASK_CONV,
	  { { ROCKET_DPU_DATA_CUBE_CHANNEL, 63 << 16 | 63 } },
	  "DPU: waits" },
	{ "more CORE channels than CNA has kernels for", 'c', MASK_CONV,
	  { { ROCKET_CORE_DATAOUT_SIZE_1, 63 } },
	  "CORE: 64 output channels" },
	{ "fewer CORE channels than kernels", 'c', MASK_CONV,
	  { { ROCKET_CORE_DATAOUT_SIZE_1, 15 } },
	  "CORE: 16 output channels" },
	{ "the writer waits for more rows", 'c', MASK_CONV,
	  { { ROCKET_DPU_WDMA_SIZE_1, 5 << 16 | 5 } }, "writer" },
	{ "the writer waits for more channels", 'c', MASK_CONV, { { ROCKET_DPU_WDMA_SIZE_0, 63 } },
	  "writer" },
	{ "DPU_RDMA reads other sizes", 'c', MASK_CONV,
	  { { ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT, 5 } }, "DPU_RDMA reads" },
	{ "weight bytes do not match the kernel", 'c', MASK_CONV,
	  { { ROCKET_CNA_WEIGHT_SIZE0, 4 } }, "bytes per kernel" },
	{ "DMA and CNA disagree on the rows", 'c', MASK_CONV,
	  { { ROCKET_CNA_FC_DATA_SIZE0, 6 << 16 | 4 } }, "DMA" },
	{ "DMA and CNA disagree on the channels", 'c', MASK_CONV,
	  { { ROCKET_CNA_FC_DATA_SIZE1, 32 } }, "DMA" },
	{ "CORE works depthwise, CNA does not", 'c', MASK_CONV, { { ROCKET_CORE_MISC_CFG, 2 } },
	  "DW_EN" },
	{ "CORE and CNA disagree on the type", 'c', MASK_CONV,
	  { { ROCKET_CORE_MISC_CFG, 2 << 8 } }, "precision" },
	{ "integers from CORE, floats in the DPU", 'c', MASK_CONV,
	  { { ROCKET_DPU_DATA_FORMAT, 0x48000002 } }, "floats" },
	{ "stride 0", 'c', MASK_CONV, { { ROCKET_CNA_CONV_CON3, 0 } }, "stride" },
	{ "BS operand from memory, BRDMA off", 'c', MASK_CONV,
	  { { ROCKET_DPU_RDMA_BRDMA_CFG, 0 } }, "BS adder" },
	{ "BS operand from memory, DPU_RDMA not started", 'c', MASK_CONV_BARE, { { 0, 0 } },
	  "BS adder" },
	{ "BS multiplier from memory, not read", 'c', MASK_CONV,
	  { { ROCKET_DPU_BS_CFG, 0x20140 }, { ROCKET_DPU_BS_MUL_CFG, 1 } }, "BS multiplier" },
	{ "CPEND operand from memory, not read", 'c', MASK_CONV,
	  { { ROCKET_DPU_BS_OW_CFG, 0x125 } }, "CPEND" },
	{ "BN operand from memory, not read", 'c', MASK_CONV, { { ROCKET_DPU_BN_CFG, 0x20150 } },
	  "BN adder" },
	{ "ERDMA_DATA_MODE 2", 'c', MASK_CONV, { { ROCKET_DPU_RDMA_ERDMA_CFG, 0x80000004 } },
	  "ERDMA_DATA_MODE" },
	{ "MRDMA on, but nothing reads from it", 'c', MASK_CONV,
	  { { ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0 } }, "MRDMA" },
	{ "MRDMA in flying mode beside CORE", 'c', MASK_CONV,
	  { { ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7801 } }, "MRDMA" },
	{ "DPU in flying mode beside CORE", 'c', MASK_CONV,
	  { { ROCKET_DPU_FEATURE_MODE_CFG, 0x1e5 } }, "flying" },
	{ "EW armed, no operand read", 'c', MASK_CONV, { { ROCKET_DPU_EW_CFG, 0x904202c0 } },
	  "EW stage" },
	{ "EW operand combined, MRDMA off", 'c', MASK_CONV,
	  { { ROCKET_DPU_EW_CFG, 0x904202c0 }, { ROCKET_DPU_RDMA_ERDMA_CFG, 0x40000004 },
	    { ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7d10 } }, "MRDMA" },
	{ "EW operand read, but not used", 'c', MASK_CONV,
	  { { ROCKET_DPU_RDMA_ERDMA_CFG, 0x40000004 },
	    { ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7d00 } }, "does not use" },
	{ "DPU waits for CORE", 'd', MASK_DPU, { { ROCKET_DPU_FEATURE_MODE_CFG, 0x1e4 } }, "CORE" },
	{ "flying DPU, MRDMA does not fly", 'd', MASK_DPU,
	  { { ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7800 } }, "MRDMA" },
	{ "flying DPU, MRDMA off", 'd', MASK_DPU, { { ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7811 } },
	  "MRDMA" },
	{ "flying DPU, DPU_RDMA reads other sizes", 'd', MASK_DPU,
	  { { ROCKET_DPU_RDMA_DATA_CUBE_WIDTH, 9 } },
	  "DPU_RDMA reads" },
};

static void emit(struct rig *rig, char kind, const struct change *changes, uint32_t mask)
{
	unsigned int i;

	rig_begin(rig, 0);
	if (kind == 'c')
		rig_convolution(rig, &conv);
	else
		rig_element_wise(rig, &copy);
	for (i = 0; i < CHANGES && changes[i].offset; i++)
		rig_reg(rig, changes[i].offset, changes[i].value);
	rig_end(rig, mask);
}

static void each_fault_hangs_with_its_reason(void **state)
{
	static const struct change none[CHANGES] = { { 0, 0 } };
	struct rig rig;
	unsigned int i, n;

	for (i = 0; i < COUNT(faults); i++) {
		const struct fault *f = &faults[i];

		rig_open(&rig, NULL);
		memset(rig_at(&rig, RIG_OUT), 0xaa, 0x1000);
		emit(&rig, f->kind, f->changes, f->mask);
		if (rig_run(&rig) != NPU_HUNG)
			fail_msg("%s: state %d", f->why, npu_state(rig.npu));
		if (!strstr(npu_hang_reason(rig.npu), f->reason))
			fail_msg("%s: %s", f->why, npu_hang_reason(rig.npu));
		assert_int_equal(rig.irqs, 0);
		assert_int_equal(rig.guest_errors, 1);
		assert_int_equal(rig.unimps, 0);
		for (n = 0; n < 0x1000; n++)
			assert_int_equal(rig_at(&rig, RIG_OUT)[n], 0xaa);

		emit(&rig, f->kind, none, f->kind == 'c' ? MASK_CONV : MASK_DPU);
		assert_int_equal(rig_run(&rig), NPU_HUNG);
		assert_int_equal(rig.irqs, 0);
		npu_reset(rig.npu);
		rig.guest_errors = 0;
		assert_int_equal(rig_run(&rig), NPU_IDLE);
		assert_int_equal(rig.irqs, 1);
		rig_clean(&rig);
		rig_close(&rig);
	}
}

static void unmapped_operands_are_dma_errors(void **state)
{
	static const struct { const char *why; uint32_t offset, event; } cases[] = {
		{ "features", ROCKET_CNA_FEATURE_DATA_ADDR, EVENT_READ_ERROR },
		{ "weights", ROCKET_CNA_DCOMP_ADDR0, EVENT_READ_ERROR },
		{ "bias", ROCKET_DPU_RDMA_BS_BASE_ADDR, EVENT_READ_ERROR },
		{ "output", ROCKET_DPU_DST_BASE_ADDR, EVENT_WRITE_ERROR },
	};
	struct change change[CHANGES] = { { 0, 0x1000 } };
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		change[0].offset = cases[i].offset;
		emit(&rig, 'c', change, MASK_CONV);
		rig_start(&rig, rig.words, 1);
		if (npu_step(rig.npu) != NPU_HUNG)
			fail_msg("%s: not noticed", cases[i].why);
		assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_RAW_STATUS), cases[i].event);
		assert_true(rig.irq);
		npu_reset(rig.npu);
		assert_false(rig.irq);
		rig_close(&rig);
	}
}

/*
 * Random words and random registers: whatever comes out, nothing may be touched outside and every
 * task ends
 */
static void random_streams_end(void **state)
{
	uint32_t seed = 20261125;
	unsigned int round, i, step;
	struct rig rig;

	rig_open(&rig, NULL);
	for (round = 0; round < 3000; round++) {
		static const struct change none[CHANGES] = { { 0, 0 } };

		emit(&rig, round % 2 ? 'c' : 'd', none, round % 2 ? MASK_CONV : MASK_DPU);
		for (i = 0; i < 1 + round % 4; i++) {
			uint32_t at, bit;

			seed = seed * 1664525 + 1013904223;
			at = RIG_STREAM +
			     (seed >> 8) % (rig.words - REGCMD_TAIL_WORDS) * REGCMD_BYTES;
			bit = 16 + (seed >> 3) % 32;	/* a bit of the value */
			rig_at(&rig, at)[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		rig_start(&rig, rig.words, 1);
		for (step = 0; npu_step(rig.npu) == NPU_RUNNING; step++)
			assert_in_range(step, 0, 8);
		npu_reset(rig.npu);
	}
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("faults: each one hangs with its reason, until reset",
		     each_fault_hangs_with_its_reason),
		TEST("faults: unmapped operands are DMA errors", unmapped_operands_are_dma_errors),
		TEST("faults: spoilt streams end", random_streams_end),
	};

	return cmocka_run_group_tests_name("model/faults", tests, NULL, NULL);
}
