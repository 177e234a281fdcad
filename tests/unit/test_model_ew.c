// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: element-wise tasks, fused operands, lookup table, float stages
 */
#include <model/numeric.h>

#include "model_rig.h"

#define PIXELS	8
#define CHANNELS 64

/* The two int8 tasks of guide 8: 8 pixels x 64 channels, in 4 surfaces of 8 atoms */
static void begin_vendor_task(struct rig *rig)
{
	const struct rig_flying f = { PIXELS, 1, CHANNELS };

	rig_begin(rig, 0);
	rig_element_wise(rig, &f);
	rig_reg(rig, ROCKET_DPU_RDMA_ERDMA_CFG, 0x40000004);
	rig_reg(rig, ROCKET_DPU_RDMA_EW_BASE_ADDR, RIG_IN2);
	rig_reg(rig, ROCKET_DPU_RDMA_EW_SURF_STRIDE, 0x80);
}

static void fill_operands(struct rig *rig)
{
	unsigned int i;

	for (i = 0; i < PIXELS * CHANNELS; i++) {
		rig_at(rig, RIG_IN)[i] = (uint8_t)(i * 7);
		rig_at(rig, RIG_IN2)[i] = (uint8_t)(i * 29 + i / 256);
	}
}

static void vendor_add(void **state)
{
	struct rig rig;
	unsigned int i;

	rig_open(&rig, NULL);
	fill_operands(&rig);
	begin_vendor_task(&rig);
	rig_reg(&rig, ROCKET_DPU_BS_CFG, 0x20040);
	rig_reg(&rig, ROCKET_DPU_BS_ALU_CFG, (uint32_t)-9);
	rig_reg(&rig, ROCKET_DPU_BS_MUL_CFG, 0x40000000);
	rig_reg(&rig, ROCKET_DPU_EW_CFG, 0x904202c0);
	rig_reg(&rig, ROCKET_DPU_EW_CVT_OFFSET_VALUE, 15);
	rig_reg(&rig, ROCKET_DPU_EW_CVT_SCALE_VALUE, 0x1766d);
	rig_reg(&rig, ROCKET_DPU_OUT_CVT_OFFSET, (uint32_t)-4);
	rig_reg(&rig, ROCKET_DPU_OUT_CVT_SCALE, 22439);
	rig_reg(&rig, ROCKET_DPU_OUT_CVT_SHIFT, 29);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	rig_clean(&rig);
	for (i = 0; i < PIXELS * CHANNELS; i++) {
		int64_t a = (int8_t)rig_at(&rig, RIG_IN)[i], b = (int8_t)rig_at(&rig, RIG_IN2)[i];
		int64_t x = (a - 9) * 16384 + shift_even((b + 15) * 30317, 1);

		assert_int_equal((int8_t)rig_at(&rig, RIG_OUT)[i],
				 clamp64(shift_even(x * 22439 + (INT64_C(-4) * (1 << 29)), 29),
					 -128, 127));
	}
	rig_close(&rig);
}

static void vendor_multiply(void **state)
{
	struct rig rig;
	unsigned int i;

	rig_open(&rig, NULL);
	fill_operands(&rig);
	begin_vendor_task(&rig);
	rig_reg(&rig, ROCKET_DPU_BS_CFG, 0x20050);
	rig_reg(&rig, ROCKET_DPU_BS_ALU_CFG, 12);
	rig_reg(&rig, ROCKET_DPU_EW_CFG, 0x904002c4);
	rig_reg(&rig, ROCKET_DPU_EW_CVT_OFFSET_VALUE, 10);
	rig_reg(&rig, ROCKET_DPU_OUT_CVT_OFFSET, 21);
	rig_reg(&rig, ROCKET_DPU_OUT_CVT_SCALE, 31401);
	rig_reg(&rig, ROCKET_DPU_OUT_CVT_SHIFT, 21);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	rig_clean(&rig);
	for (i = 0; i < PIXELS * CHANNELS; i++) {
		int64_t a = (int8_t)rig_at(&rig, RIG_IN)[i], b = (int8_t)rig_at(&rig, RIG_IN2)[i];

		assert_int_equal((int8_t)rig_at(&rig, RIG_OUT)[i],
				 clamp64(shift_even((a + 12) * (b + 10) * 31401 +
							    (INT64_C(21) << 21),
						    21),
					 -128, 127));
	}
	rig_close(&rig);
}

static void integer_algorithms(void **state)
{
	static const struct { uint32_t cfg; int a, b, y; const char *why; } cases[] = {
		{ 0x904002c0, -7, 3, 3, "max" }, { 0x904102c0, -7, 3, -7, "min" },
		{ 0x904402c0, -7, 3, -10, "subtract" },
		{ 0x904502c0, -7, 3, 7, "absolute" }, { 0x904602c0, -7, 3, 7, "negate" },
		{ 0x904000c0, -7, 3, 3, "max then ReLU" },
		{ 0x904100c0, -7, 3, 0, "min then ReLU" },
		{ 0x904002e4, -7, 3, -21, "multiply negatives only" },
		{ 0x904002e4, 7, 3, 7, "positives pass" },
	};
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		memset(rig_at(&rig, RIG_IN), cases[i].a, PIXELS * CHANNELS);
		memset(rig_at(&rig, RIG_IN2), cases[i].b, PIXELS * CHANNELS);
		begin_vendor_task(&rig);
		rig_reg(&rig, ROCKET_DPU_EW_CFG, cases[i].cfg);
		rig_end(&rig, MASK_DPU);
		rig_run(&rig);
		rig_clean(&rig);
		if ((int8_t)rig_at(&rig, RIG_OUT)[PIXELS * CHANNELS - 1] != cases[i].y)
			fail_msg("%s: %d", cases[i].why,
				 (int8_t)rig_at(&rig, RIG_OUT)[PIXELS * CHANNELS - 1]);
		rig_close(&rig);
	}
}

static void operand_per_channel_or_register(void **state)
{
	struct rig rig;
	unsigned int i;

	rig_open(&rig, NULL);
	for (i = 0; i < PIXELS * CHANNELS; i++)
		rig_at(&rig, RIG_IN)[i] = (uint8_t)(i / 16 % PIXELS);
	for (i = 0; i < CHANNELS; i++)
		rig_at(&rig, RIG_IN2)[i] = (uint8_t)(i % 16);
	begin_vendor_task(&rig);
	rig_reg(&rig, ROCKET_DPU_EW_CFG, 0x804002c4);
	rig_reg(&rig, ROCKET_DPU_RDMA_ERDMA_CFG, 0x00000004);
	rig_reg(&rig, ROCKET_DPU_RDMA_EW_SURF_STRIDE, 0x10);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	for (i = 0; i < PIXELS * CHANNELS; i++)
		assert_int_equal(rig_at(&rig, RIG_OUT)[i], i / 16 % PIXELS * (i % 16));
	begin_vendor_task(&rig);
	rig_reg(&rig, ROCKET_DPU_EW_CFG, 0x80420280);
	for (i = 0; i < 8; i++)
		rig_reg(&rig, ROCKET_DPU_EW_OP_VALUE_0 + 4 * i, 50);
	rig_reg(&rig, ROCKET_DPU_RDMA_ERDMA_CFG, 1);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	rig_clean(&rig);
	assert_int_equal(rig_at(&rig, RIG_OUT)[PIXELS * 16 - 1], 50 + PIXELS - 1);
	rig_close(&rig);
}

/*
 * Guide 7.7: out = conv + t, MRDMA reads even surfaces of t, ERDMA odd ones; rows [1, 3) of a map
 * of 4 x 4 x 64
 */
static void run_fused_add(struct rig *rig, const struct npu_switches *switches, unsigned int row,
			  unsigned int rows)
{
	const struct rig_conv c = { .w = 4, .h = rows, .h_full = 4, .c = 16, .k = 64, .kw = 1,
				    .kh = 1, .ow = 4,
				    .oh = rows };
	unsigned int surface = 4 * 4 * 16, i;

	rig_open(rig, switches);
	for (i = 0; i < 4 * surface; i++)
		rig_at(rig, RIG_IN2)[i] = (uint8_t)(i * 13 + i / 251);
	rig_begin(rig, 0);
	rig_convolution(rig, &c);
	rig_reg(rig, ROCKET_DPU_EW_CFG, 0x904202c0);
	rig_reg(rig, ROCKET_DPU_EW_CVT_OFFSET_VALUE, 3);
	rig_reg(rig, ROCKET_DPU_RDMA_ERDMA_CFG, 0x40000004);
	rig_reg(rig, ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7d00);
	rig_reg(rig, ROCKET_DPU_RDMA_SRC_BASE_ADDR, RIG_IN2 + row * 64);
	rig_reg(rig, ROCKET_DPU_RDMA_EW_BASE_ADDR, RIG_IN2 + row * 64 + surface);
	rig_reg(rig, ROCKET_DPU_RDMA_EW_SURF_STRIDE, surface);
	rig_reg(rig, ROCKET_DPU_RDMA_SURF_NOTCH, surface + (4 - rows) * 64);
	rig_reg(rig, ROCKET_DPU_RDMA_EW_SURF_NOTCH, surface + (4 - rows) * 64);
	rig_end(rig, MASK_CONV);
	rig_run(rig);
	rig_clean(rig);
}

static void fused_add_reads_both_halves(void **state)
{
	struct npu_switches switches = npu_switches_default;
	unsigned int c, i, rows;
	struct rig rig;

	for (rows = 2; rows <= 4; rows += 2) {
		run_fused_add(&rig, NULL, 4 - rows, rows);
		for (c = 0; c < 64; c++) {
			for (i = 0; i < rows * 4; i++)
				assert_int_equal((int8_t)*rig_at(&rig, rig_feature(RIG_OUT, 4, rows,
										   c, 0, i)),
						 clamp64((int8_t)*rig_at(&rig,
									 rig_feature(RIG_IN2, 4, 4,
										     c, 4 - rows,
										     i)) +
								 3,
							 -128, 127));
		}
		rig_close(&rig);
	}
	switches.ew_step = 1;		/* the same for a whole map */
	run_fused_add(&rig, &switches, 0, 4);
	assert_int_equal((int8_t)*rig_at(&rig, rig_feature(RIG_OUT, 4, 4, 50, 0, 0)),
			 clamp64((int8_t)*rig_at(&rig, rig_feature(RIG_IN2, 4, 4, 50, 0, 0)) + 3,
				 -128, 127));
	rig_close(&rig);
}

/* EW_SURF_STRIDE 0: the first atom goes to all pixels and surfaces; silicon notes 2.3 */
static void stride_0_broadcasts(void **state)
{
	const struct rig_conv c = { .w = 3, .h = 1, .c = 16, .k = 32, .kw = 1, .kh = 1, .ow = 3,
				    .oh = 1 };
	struct rig rig;
	unsigned int i;

	rig_open(&rig, NULL);
	for (i = 0; i < 96; i++)
		rig_at(&rig, RIG_IN2)[i] = (uint8_t)i;
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_reg(&rig, ROCKET_DPU_EW_CFG, 0x904202c0);
	rig_reg(&rig, ROCKET_DPU_RDMA_ERDMA_CFG, 0x40000004);
	rig_reg(&rig, ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7d00);
	rig_reg(&rig, ROCKET_DPU_RDMA_SRC_BASE_ADDR, RIG_IN2);
	rig_reg(&rig, ROCKET_DPU_RDMA_EW_BASE_ADDR, RIG_IN2 + 48);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	rig_clean(&rig);
	for (i = 0; i < 96; i++)
		assert_int_equal(rig_at(&rig, RIG_OUT)[i], i % 16);
	rig_close(&rig);
}

/* Load both tables as the vendor's stream does: with a dummy copy of one pixel */
static void load_table(struct rig *rig, int16_t (*entry)(int i))
{
	const struct rig_flying f = { 1, 1, 16 };
	unsigned int table, i;

	rig_begin(rig, 0);
	rig_element_wise(rig, &f);
	for (table = 0; table < 2; table++) {
		rig_reg(rig, ROCKET_DPU_LUT_ACCESS_CFG, 0x20000 | table << 16);
		for (i = 0; i < NPU_LUT_ENTRIES; i++)
			rig_reg(rig, ROCKET_DPU_LUT_ACCESS_DATA,
				(uint16_t)entry((int)(table * 512 + i)));
	}
	rig_end(rig, MASK_DPU);
	rig_run(rig);
}

static void begin_lookup(struct rig *rig, unsigned int multiplier, unsigned int pixels)
{
	const struct rig_flying f = { pixels, 1, 16 };

	rig_begin(rig, 0);
	rig_element_wise(rig, &f);
	rig_reg(rig, ROCKET_DPU_BS_CFG, 0x42);
	rig_reg(rig, ROCKET_DPU_BS_MUL_CFG, multiplier << 16);
	rig_reg(rig, ROCKET_DPU_EW_CFG, 0x302);
	rig_reg(rig, ROCKET_DPU_LUT_CFG, 0x68);
	rig_reg(rig, ROCKET_DPU_LUT_INFO, 0x00050500);
	rig_reg(rig, ROCKET_DPU_LUT_LE_START, (uint32_t)-16384);
	rig_reg(rig, ROCKET_DPU_LUT_LE_END, 0);
	rig_reg(rig, ROCKET_DPU_LUT_LO_START, 0);
	rig_reg(rig, ROCKET_DPU_LUT_LO_END, 16384);
	rig_reg(rig, ROCKET_DPU_LUT_LE_SLOPE_SCALE, 0);
	rig_reg(rig, ROCKET_DPU_LUT_LE_SLOPE_SHIFT, 0);
	rig_reg(rig, ROCKET_DPU_LUT_LO_SLOPE_SCALE, 0x40320000);
	rig_reg(rig, ROCKET_DPU_LUT_LO_SLOPE_SHIFT, 13 << 5);
}

/* Any function of a code: entry 512 + 2 q holds 128 times the target */
static int target(int q)
{
	return (q * q * 3 + 11 * q) % 128;
}

static int16_t target_entry(int i)
{
	/* odd entries are never read alone */
	return i % 2 ? 12345 : (int16_t)(target((i - 512) / 2) * 128);
}

static void lookup_is_exact_for_every_code(void **state)
{
	struct npu_switches switches = npu_switches_default;
	struct rig rig;
	int q, on;

	for (on = 0; on <= 1; on++) {
		switches.lut_round = (unsigned char)on;
		rig_open(&rig, &switches);
		load_table(&rig, target_entry);
		for (q = -128; q < 128; q++)
			rig_at(&rig, RIG_IN)[(q + 128) * 16] = (uint8_t)q;
		begin_lookup(&rig, 64, 256);
		rig_reg(&rig, ROCKET_DPU_OUT_CVT_SCALE, 16384);
		rig_reg(&rig, ROCKET_DPU_OUT_CVT_SHIFT, 21);
		rig_end(&rig, MASK_DPU);
		rig_run(&rig);
		rig_clean(&rig);
		for (q = -128; q < 128; q++)
			assert_int_equal((int8_t)rig_at(&rig, RIG_OUT)[(q + 128) * 16], target(q));
		rig_close(&rig);
	}
}

static int16_t ramp(int i)
{
	return (int16_t)(i - 512);
}

/* x = q * multiplier; entries 32 apart rise by 1 */
static void lookup_interpolates_and_leaves_its_range(void **state)
{
	static const struct { int q; unsigned int multiplier,
			      round; int y; const char *why; } cases[] = {
		{ 1, 32, 0, 1, "an entry" }, { 1, 48, 0, 1, "1.5, floor" },
		{ 1, 48, 1, 2, "1.5, nearest" },
		{ -1, 48, 0, -2, "-1.5, floor" }, { -1, 16, 1, 0, "-0.5, nearest" },
		{ 0, 1, 0, 0, "0 is LO's" },
		{ -128, 256, 0, -512, "below LE, slope 0" }, { 64, 256, 0, 512, "the end of LO" },
		{ 127, 256, 0, 512 + (127 * 256 - 16384) * 0x4032 / 8192,
		  "above LO, vendor slope" },
	};
	struct npu_switches switches = npu_switches_default;
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		switches.lut_round = (unsigned char)cases[i].round;
		rig_open(&rig, &switches);
		load_table(&rig, ramp);
		*rig_at(&rig, RIG_IN) = (uint8_t)cases[i].q;
		begin_lookup(&rig, cases[i].multiplier, 1);
		rig_reg(&rig, ROCKET_DPU_DATA_FORMAT, (uint32_t)ROCKET_PRECISION_INT32 << 29);
		rig_end(&rig, MASK_DPU);
		rig_run(&rig);
		rig_clean(&rig);
		if (rig_get32(&rig, RIG_OUT) != cases[i].y)
			fail_msg("%s: %d", cases[i].why, rig_get32(&rig, RIG_OUT));
		rig_close(&rig);
	}
}

static void table_is_kept_and_can_be_read(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	load_table(&rig, ramp);
	npu_write(rig.npu, ROCKET_PC_BASE_ADDRESS, ROCKET_PC_BASE_ADDRESS_PC_SEL);
	npu_write(rig.npu, ROCKET_DPU_LUT_ACCESS_CFG, 0x10000 | 100);
	assert_int_equal(npu_read(rig.npu, ROCKET_DPU_LUT_ACCESS_DATA), 100);
	assert_int_equal(npu_read(rig.npu, ROCKET_DPU_LUT_ACCESS_DATA), 101);
	npu_reset(rig.npu);
	npu_write(rig.npu, ROCKET_PC_BASE_ADDRESS, ROCKET_PC_BASE_ADDRESS_PC_SEL);
	npu_write(rig.npu, ROCKET_DPU_LUT_ACCESS_CFG, 100);
	assert_int_equal(npu_read(rig.npu, ROCKET_DPU_LUT_ACCESS_DATA), 0);
	rig_clean(&rig);
	npu_write(rig.npu, ROCKET_DPU_LUT_ACCESS_CFG, 0x20000 | 513);
	npu_write(rig.npu, ROCKET_DPU_LUT_ACCESS_DATA, 1);
	assert_int_equal(rig.guest_errors, 1);
	rig_close(&rig);
}

/* One fp16 value through a DPU-only task; settings end with offset 0 */
struct setting {
	uint32_t offset;
	uint32_t value;
};

static uint16_t pass_half(struct rig *rig, uint16_t x, const struct setting *s)
{
	const struct rig_flying f = { 1, 1, 8 };

	rig_put16(rig, RIG_IN, x);
	rig_begin(rig, 0);
	rig_element_wise(rig, &f);
	rig_reg(rig, ROCKET_DPU_DATA_FORMAT, 0x48000002);
	rig_reg(rig, ROCKET_DPU_OUT_CVT_SCALE, 0x10001);
	rig_reg(rig, ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x17849);
	for (; s->offset; s++)
		rig_reg(rig, s->offset, s->value);
	rig_end(rig, MASK_DPU);
	rig_run(rig);
	rig_clean(rig);
	return rig_get16(rig, RIG_OUT);
}

#define HALF_OPERAND \
	{ ROCKET_DPU_RDMA_ERDMA_CFG, 0x40000008 }, { ROCKET_DPU_RDMA_EW_BASE_ADDR, RIG_IN2 }, \
	{ ROCKET_DPU_RDMA_EW_SURF_STRIDE, 16 }

static void half_operations(void **state)
{
	static const struct { uint16_t x,
			      e; struct setting s[6]; uint16_t y; const char *why; } cases[] = {
		{ 0x3c00, 0, { { ROCKET_DPU_BS_CFG, 0x20050 },
			       { ROCKET_DPU_BS_ALU_CFG, 0x40000000 } }, 0x4200, "1 + 2" },
		{ 0x3c00, 0, { { ROCKET_DPU_BS_CFG, 0x42 },
			       { ROCKET_DPU_BS_MUL_CFG, 0x40000000 } }, 0x4000, "1 * 2" },
		{ 0x4900, 0, { { ROCKET_DPU_BN_CFG, 0x20040 },
			       { ROCKET_DPU_BN_ALU_CFG, 0x3f800000 },
			       { ROCKET_DPU_BN_MUL_CFG, 0x40000000 } }, 0x4d40, "BN: 10 * 2 + 1" },
		{ 0x4900, 0, { { ROCKET_DPU_BS_CFG, 0x20040 },
			       { ROCKET_DPU_BS_ALU_CFG, 0x3f800000 },
			       { ROCKET_DPU_BS_MUL_CFG, 0x40000000 } }, 0x4d80,
			       "BS: (10 + 1) * 2" },
		{ 0xbc00, 0, { { ROCKET_DPU_BN_CFG, 0x12 } }, 0x0000, "ReLU" },
		{ 0x4900, 0, { { ROCKET_DPU_BN_CFG, 0x92 },
			       { ROCKET_DPU_BN_RELUX_CMP_VALUE, 0x40c00000 } }, 0x4600, "ReLU6" },
		{ 0x3c00, 0x4000, { { ROCKET_DPU_EW_CFG, 0x108202c0 }, HALF_OPERAND }, 0x4200,
		  "add" },
		{ 0x3c00, 0x4000, { { ROCKET_DPU_EW_CFG, 0x108402c0 }, HALF_OPERAND }, 0xbc00,
		  "subtract" },
		{ 0x3c00, 0x4000, { { ROCKET_DPU_EW_CFG, 0x108002c0 }, HALF_OPERAND }, 0x4000,
		  "max" },
		{ 0x3c00, 0x4000, { { ROCKET_DPU_EW_CFG, 0x108102c0 }, HALF_OPERAND }, 0x3c00,
		  "min" },
		{ 0x4200, 0x4000, { { ROCKET_DPU_EW_CFG, 0x108003c4 }, HALF_OPERAND }, 0x4600,
		  "multiply" },
		{ 0x4600, 0x4000, { { ROCKET_DPU_EW_CFG, 0x108303c0 }, HALF_OPERAND }, 0x4200,
		  "divide" },
		{ 0xc100, 0x4000, { { ROCKET_DPU_EW_CFG, 0x108702c0 }, HALF_OPERAND }, 0xc200,
		  "floor of -2.5" },
		{ 0xc100, 0x4000, { { ROCKET_DPU_EW_CFG, 0x108802c0 }, HALF_OPERAND }, 0xc000,
		  "ceil of -2.5" },
		{ 0x7bff, 0x7bff, { { ROCKET_DPU_EW_CFG, 0x108202c0 }, HALF_OPERAND }, 0x7c00,
		  "overflow" },
		{ 0x7c00, 0xfc00, { { ROCKET_DPU_EW_CFG, 0x108002c0 }, HALF_OPERAND }, 0x7c00,
		  "infinity" },
	};
	unsigned int i;
	struct rig rig;
	uint16_t y;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		rig_put16(&rig, RIG_IN2, cases[i].e);
		y = pass_half(&rig, cases[i].x, cases[i].s);
		if (y != cases[i].y)
			fail_msg("%s: 0x%04x", cases[i].why, y);
		rig_close(&rig);
	}
}

static void float_switches(void **state)
{
	static const struct setting denormal[] = { { ROCKET_DPU_BS_CFG, 0x42 },
						   { ROCKET_DPU_BS_MUL_CFG, 1 << 16 }, { 0, 0 } };
	static const struct setting divide[] = { { ROCKET_DPU_OUT_CVT_SHIFT,
						   0x80000000u | 10 << 12 }, { 0, 0 } };
	struct npu_switches switches = npu_switches_default;
	struct rig rig;

	rig_open(&rig, NULL);
	assert_int_equal(pass_half(&rig, 0x6400, denormal), 0);
	assert_int_equal(pass_half(&rig, 0x6400, divide), 0x3c00);	/* 1024 / 2^10 */
	/* the zero rule: 2^(17-10) = 128 */
	assert_int_equal(pass_half(&rig, 0x0000, divide), 0x5800);
	rig_close(&rig);
	switches.fp16_denormals = 1;
	switches.minus_exp_divides = 1;
	rig_open(&rig, &switches);
	assert_int_equal(pass_half(&rig, 0x6400, denormal), 0x0400);	/* 1024 * 2^-24 */
	assert_int_equal(pass_half(&rig, 0x6400, divide), 0x3c00);
	assert_int_equal(pass_half(&rig, 0x0000, divide), 0);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("ew: the vendor's int8 add", vendor_add),
		TEST("ew: the vendor's int8 multiply", vendor_multiply),
		TEST("ew: integer algorithms", integer_algorithms),
		TEST("ew: operand per channel or from registers", operand_per_channel_or_register),
		TEST("ew: a fused add reads both halves of its operand",
		     fused_add_reads_both_halves),
		TEST("ew: stride 0 broadcasts the first atom", stride_0_broadcasts),
		TEST("ew: the lookup table is exact for every int8 code",
		     lookup_is_exact_for_every_code),
		TEST("ew: the lookup table interpolates and has slopes",
		     lookup_interpolates_and_leaves_its_range),
		TEST("ew: tables are kept until reset and can be read",
		     table_is_kept_and_can_be_read),
		TEST("ew: fp16 stages and operations", half_operations),
		TEST("ew: switches of the float stages", float_switches),
	};

	return cmocka_run_group_tests_name("model/ew", tests, NULL, NULL);
}
