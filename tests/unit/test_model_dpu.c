// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: the stages of the DPU on integers
 *
 * A convolution over zeros whose bias is the value under test, or an element-wise task.
 */
#include "model_rig.h"

static const struct rig_conv constant = { .w = 1, .h = 1, .c = 16, .k = 32, .kw = 1, .kh = 1,
					  .ow = 1, .oh = 1,
					  .bias = true };

struct setting {
	uint32_t offset;
	uint32_t value;
};

#define SETTINGS	6

/* Run @x through the DPU as int32 output, or int8 when @out8; @settings end with offset 0 */
static int32_t pass(const struct npu_switches *switches, int32_t x, bool out8,
		    const struct setting *settings)
{
	struct rig_conv c = constant;
	struct rig rig;
	int32_t result;
	unsigned int i;

	c.out = out8 ? ROCKET_PRECISION_INT8 : ROCKET_PRECISION_INT32;
	rig_open(&rig, switches);
	rig_put32(&rig, RIG_TABLE, (uint32_t)x);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	for (i = 0; i < SETTINGS && settings[i].offset; i++)
		rig_reg(&rig, settings[i].offset, settings[i].value);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	rig_clean(&rig);
	result = out8 ? (int8_t)*rig_at(&rig, RIG_OUT) : rig_get32(&rig, RIG_OUT);
	rig_close(&rig);
	return result;
}

#define SCALE(value)	{ ROCKET_DPU_OUT_CVT_SCALE, value }
#define SHIFT(value)	{ ROCKET_DPU_OUT_CVT_SHIFT, value }
#define OFFSET(value)	{ ROCKET_DPU_OUT_CVT_OFFSET, (uint32_t)(value) }

static void output_ties_go_to_even(void **state)
{
	static const struct {
		int32_t x;
		struct setting s[SETTINGS];
		int32_t y;
		const char *why;
	} cases[] = {
		{ 61, { SCALE(16384), SHIFT(15) }, 30, "30.5" },
		{ 79, { SCALE(16384), SHIFT(15) }, 40, "39.5" },
		{ -15, { SCALE(16384), SHIFT(15) }, -8, "-7.5" },
		{ 1, { SCALE(16384), SHIFT(15) }, 0, "0.5" },
		{ 12, { SCALE(16384), SHIFT(17) }, 2, "1.5 at an effective shift of 3" },
		{ 61, { SCALE(16384), SHIFT(15 | 1u << 30) }, 31, "30.5 with CVT_ROUND" },
		{ 255,
		  { SCALE(16384), SHIFT(15), OFFSET(-1) },
		  126,
		  "127.5 - 1: the offset joins before rounding" },
		{ 3,
		  { SCALE(16384), SHIFT(15 | 1u << 31), OFFSET(2) },
		  2,
		  "(3 + 2) / 2 = 2.5 with CVT_TYPE" },
		{ 1000, { SCALE(16384), SHIFT(14) }, 127, "saturates above" },
		{ -1000, { SCALE(16384), SHIFT(14) }, -128, "saturates below" },
		{ 100, { SCALE(0xc000), SHIFT(14) }, -100, "SCALE is signed" },
		{ 100, { SCALE(1), SHIFT(0), OFFSET(-60) }, 40, "offset" },
	};
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		if (pass(NULL, cases[i].x, true, cases[i].s) != cases[i].y)
			fail_msg("%s: %d", cases[i].why, pass(NULL, cases[i].x, true, cases[i].s));
	}
}

static void offset_after_rounding_is_a_switch(void **state)
{
	static const struct setting s[SETTINGS] = { SCALE(16384), SHIFT(15), OFFSET(-1) };
	struct npu_switches switches = npu_switches_default;

	switches.out_offset_after_round = 1;
	assert_int_equal(pass(&switches, 253, true, s), 125);	/* 126.5 -> 126 */
	assert_int_equal(pass(&switches, 255, true, s), 127);	/* 127.5 -> 128, minus 1 */
	assert_int_equal(pass(NULL, 253, true, s), 126);	/* 125.5 -> 126 */
}

#define BS(value)	{ ROCKET_DPU_BS_CFG, value }
#define BN(value)	{ ROCKET_DPU_BN_CFG, value }
#define BS_MUL(m, n)	{ ROCKET_DPU_BS_MUL_CFG, (uint32_t)(m) << 16 | (n) << 8 }
#define BN_ALU(value)	{ ROCKET_DPU_BN_ALU_CFG, (uint32_t)(value) }
#define BN_MUL(m, n)	{ ROCKET_DPU_BN_MUL_CFG, (uint32_t)(m) << 16 | (n) << 8 }
#define FORMAT(more)	{ ROCKET_DPU_DATA_FORMAT, 4u << 29 | (more) }
#define BN_LIMIT(value)	{ ROCKET_DPU_BN_RELUX_CMP_VALUE, value }

static void stages_add_multiply_and_clamp(void **state)
{
	static const struct {
		int32_t x;
		struct setting s[SETTINGS];
		int32_t y;
		const char *why;
	} cases[] = {
		{ 10, { BS(0x20140), BS_MUL(3, 0) }, 30, "BS multiplies" },
		{ 7, { BS(0x20140), BS_MUL(1, 1), FORMAT(1u << 4) }, 4, "3.5 to even" },
		{ -7,
		  { BS(0x20140), BS_MUL(1, 1), FORMAT(1u << 4) },
		  -4,
		  "-3.5 to even, with the negative shift" },
		{ -7,
		  { BS(0x20140), BS_MUL(1, 1) },
		  -7,
		  "the negative shift is a field of its own" },
		{ 10, { BS(0x40150) }, -10, "algorithm 4 subtracts: 0 - bias" },
		{ INT32_MAX, { BN(0x20050), BN_ALU(1) }, INT32_MAX, "the adder saturates" },
		{ INT32_MIN, { BN(0x40050), BN_ALU(1) }, INT32_MIN, "the subtractor saturates" },
		{ INT32_MAX, { BN(0x42), BN_MUL(2, 0) }, INT32_MAX, "the product saturates" },
		{ -5, { BN(0x12) }, 0, "ReLU" },
		{ 5, { BN(0x12) }, 5, "ReLU passes" },
		{ 500, { BN(0x92), BN_LIMIT(300) }, 300, "ReLU with upper clamp" },
		{ 300, { BN(0x92), BN_LIMIT(301) }, 300, "upper clamp passes" },
		{ -100,
		  { BN(0x62), BN_MUL(4096, 0), FORMAT(14u << 10) },
		  -25,
		  "leaky ReLU: slope 0.25" },
		{ 100, { BN(0x62), BN_MUL(4096, 0), FORMAT(14u << 10) }, 100, "leaky ReLU passes" },
		{ 10, { BN(0x20040), BN_ALU(1), BN_MUL(2, 0) }, 22, "BN adds first: (10 + 1) * 2" },
	};
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		if (pass(NULL, cases[i].x, false, cases[i].s) != cases[i].y)
			fail_msg("%s: %d", cases[i].why, pass(NULL, cases[i].x, false, cases[i].s));
	}
}

static void order_of_bn_is_a_switch(void **state)
{
	static const struct setting s[SETTINGS] = { BN(0x20040), BN_ALU(1), BN_MUL(2, 0) };
	struct npu_switches switches = npu_switches_default;

	switches.bn_mul_first = 1;
	assert_int_equal(pass(&switches, 10, false, s), 21);
}

/* Accumulator 15, CPEND 3 * 2: 21 >> 1 */
static int32_t clipped(const struct npu_switches *switches, uint32_t clip, int accumulator)
{
	struct rig_conv c = { .out = ROCKET_PRECISION_INT32, .w = 1, .h = 1, .c = 16, .k = 32,
			      .kw = 1, .kh = 1, .ow = 1,
			      .oh = 1, .cpend = 3 };
	struct rig rig;
	int32_t result;

	rig_open(&rig, switches);
	*rig_at(&rig, RIG_IN) = 1;
	*rig_at(&rig, RIG_WEIGHTS) = (uint8_t)accumulator;
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_reg(&rig, ROCKET_CORE_CLIP_TRUNCATE, clip);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	rig_clean(&rig);
	result = rig_get32(&rig, RIG_OUT);
	rig_close(&rig);
	return result;
}

static void clip_truncate_has_two_switches(void **state)
{
	struct npu_switches switches = npu_switches_default;

	assert_int_equal(clipped(NULL, 0, 10), 13);
	assert_int_equal(clipped(NULL, 1, 10), 7);		/* 6.5 half up */
	assert_int_equal(clipped(NULL, 1, -10), -3);		/* -3.5 half up */
	assert_int_equal(clipped(NULL, 1 | 1 << 6, -10), -4);	/* ROUND_TYPE 1: away */
	switches.clip_round = 0;
	assert_int_equal(clipped(&switches, 1, 10), 6);
	switches.clip_round = 2;
	assert_int_equal(clipped(&switches, 1, 10), 6);
	assert_int_equal(clipped(&switches, 1, -10), -4);
	switches = npu_switches_default;
	switches.clip_parts_apart = 1;
	assert_int_equal(clipped(&switches, 1, 11), 8);		/* 5.5 and 1.5 apart */
	assert_int_equal(clipped(NULL, 1, 11), 7);
}

/* Adder, CPEND and multiplier operands from one table, in the three readings of its layout */
static void operand_table_layout_is_a_switch(void **state)
{
	static const struct { unsigned int block, alu, cpend, mul, alu9, cpend9,
			      mul9; } layouts[] = {
		{ 0, 4, 18, 26, 2 * 32 + 4, 2 * 32 + 18, 2 * 32 + 26 },
		{ 1, 4, 34, 50, 64 + 4, 64 + 34, 64 + 50 },
		{ 2, 4, 130, 194, 36, 128 + 18, 192 + 18 },
	};
	struct npu_switches switches = npu_switches_default;
	struct rig_conv c = constant;
	struct rig rig;
	unsigned int i;

	c.out = ROCKET_PRECISION_INT32;
	c.cpend = 1;
	for (i = 0; i < COUNT(layouts); i++) {
		switches.brdma_block = (unsigned char)layouts[i].block;
		rig_open(&rig, &switches);
		*rig_at(&rig, RIG_IN) = 10;
		rig_put32(&rig, RIG_TABLE + layouts[i].alu, 100);	/* channel 1 */
		rig_put16(&rig, RIG_TABLE + layouts[i].cpend, 2);
		rig_put16(&rig, RIG_TABLE + layouts[i].mul, 3);
		rig_put32(&rig, RIG_TABLE + layouts[i].alu9, 1000);	/* channel 9 */
		rig_put16(&rig, RIG_TABLE + layouts[i].cpend9, 4);
		rig_put16(&rig, RIG_TABLE + layouts[i].mul9, 5);
		rig_begin(&rig, 0);
		rig_convolution(&rig, &c);
		rig_reg(&rig, ROCKET_DPU_BS_CFG, 0x20140);
		rig_reg(&rig, ROCKET_DPU_BS_MUL_CFG, 1);
		rig_reg(&rig, ROCKET_DPU_BS_OW_CFG, 7 << 8 | 7 << 5 | 7 << 2 | 1);
		rig_reg(&rig, ROCKET_DPU_RDMA_BRDMA_CFG, 7 << 1);
		rig_end(&rig, MASK_CONV);
		rig_run(&rig);
		rig_clean(&rig);
		assert_int_equal(rig_get32(&rig, RIG_OUT + 4), (100 + 2 * 10) * 3);
		assert_int_equal(rig_get32(&rig, RIG_OUT + 2 * 16 + 4), (1000 + 4 * 10) * 5);
		rig_close(&rig);
	}
}

static void other_outputs_of_int8(void **state)
{
	static const struct { unsigned int out; int32_t x; uint32_t low; uint32_t mask; } cases[] =
		{
		{ ROCKET_PRECISION_INT16, 40000, 0x7fff, 0xffff },
		{ ROCKET_PRECISION_INT16, -40000, 0x8000, 0xffff },
		{ ROCKET_PRECISION_INT32, -40000, 0xffff63c0, 0xffffffff },
		{ ROCKET_PRECISION_FP32, 3, 0x40400000, 0xffffffff },
		{ ROCKET_PRECISION_FP16, 2048, 0x6800, 0xffff },
	};
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		struct rig_conv c = constant;

		c.out = cases[i].out;
		rig_open(&rig, NULL);
		rig_put32(&rig, RIG_TABLE, (uint32_t)cases[i].x);
		rig_begin(&rig, 0);
		rig_convolution(&rig, &c);
		rig_end(&rig, MASK_CONV);
		rig_run(&rig);
		rig_clean(&rig);
		assert_int_equal((uint32_t)rig_get32(&rig, RIG_OUT) & cases[i].mask, cases[i].low);
		rig_close(&rig);
	}
}

/*
 * SIZE_E 3 instead of 7: half of the 32 int32 channels are written, the rest stays; silicon notes
 * 2.7
 */
static void small_size_e_writes_less(void **state)
{
	struct rig_conv c = constant;
	struct rig rig;
	unsigned int k;

	c.out = ROCKET_PRECISION_INT32;
	rig_open(&rig, NULL);
	for (k = 0; k < 32; k++)
		rig_put32(&rig, RIG_TABLE + 4 * k, 1);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_reg(&rig, ROCKET_DPU_BS_OW_CFG, 3 << 8 | 3 << 5 | 3 << 2 | 2);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	for (k = 0; k < 32; k++)
		assert_int_equal(rig_get32(&rig, RIG_OUT + 4 * k), k < 16);
	assert_int_equal(rig.guest_errors, 1);
	rig_close(&rig);
}

/* 5 real channels of 32: the others hold OFFSET_PEND, or what the stages made of them */
static void padding_channels_are_a_switch(void **state)
{
	struct npu_switches switches = npu_switches_default;
	unsigned int k;
	struct rig rig;
	int on;

	for (on = 0; on <= 1; on++) {
		switches.pad_channels = (unsigned char)on;
		rig_open(&rig, &switches);
		for (k = 0; k < 32; k++)
			rig_put32(&rig, RIG_TABLE + 4 * k, 9);
		rig_begin(&rig, 0);
		rig_convolution(&rig, &constant);
		rig_reg(&rig, ROCKET_DPU_DATA_CUBE_CHANNEL, 4 << 16 | 31);
		rig_reg(&rig, ROCKET_DPU_OFFSET_PEND, 0x55);
		rig_end(&rig, MASK_CONV);
		rig_run(&rig);
		rig_clean(&rig);
		for (k = 0; k < 32; k++)
			assert_int_equal(rig_at(&rig, RIG_OUT)[k], k < 5 || !on ? 9 : 0x55);
		rig_close(&rig);
	}
}

static void lines_may_have_a_notch(void **state)
{
	const struct rig_flying f = { 3, 2, 16 };
	struct rig rig;
	unsigned int i;

	rig_open(&rig, NULL);
	for (i = 0; i < 6; i++)
		*rig_at(&rig, RIG_IN + 16 * i) = (uint8_t)(i + 1);
	rig_begin(&rig, 0);
	rig_element_wise(&rig, &f);
	rig_reg(&rig, ROCKET_DPU_DATA_CUBE_NOTCH_ADDR, 5 << 16 | 5);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	rig_clean(&rig);
	for (i = 0; i < 6; i++)
		assert_int_equal(*rig_at(&rig, RIG_OUT + (i / 3 * 8 + i % 3) * 16), i + 1);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("dpu: output ties go to even", output_ties_go_to_even),
		TEST("dpu: offset after rounding is a switch", offset_after_rounding_is_a_switch),
		TEST("dpu: BS and BN add, multiply and clamp", stages_add_multiply_and_clamp),
		TEST("dpu: the order of BN is a switch", order_of_bn_is_a_switch),
		TEST("dpu: CLIP_TRUNCATE has two switches", clip_truncate_has_two_switches),
		TEST("dpu: the layout of an operand table is a switch",
		     operand_table_layout_is_a_switch),
		TEST("dpu: int8 convolutions write int16, int32, fp16, fp32",
		     other_outputs_of_int8),
		TEST("dpu: a small SIZE_E writes fewer surfaces", small_size_e_writes_less),
		TEST("dpu: padding channels are a switch", padding_channels_are_a_switch),
		TEST("dpu: lines may have a notch", lines_may_have_a_notch),
	};

	return cmocka_run_group_tests_name("model/dpu", tests, NULL, NULL);
}
