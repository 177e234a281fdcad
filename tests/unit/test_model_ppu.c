// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: pooling from memory
 */
#include <model/numeric.h>

#include "model_rig.h"

struct pool {
	unsigned int precision, method, w, h, c, ow, oh, kw, kh, sx, sy, left, right, top, bottom;
	uint32_t pad;
};

static uint32_t recip(const struct pool *p, unsigned int k)
{
	if (p->method != ROCKET_POOL_METHOD_AVERAGE)
		return 0;
	return p->precision == ROCKET_PRECISION_FP16 ? float_to_half(65536.0f / (float)k)
						     : 65536 / k;
}

static void emit(struct rig *rig, const struct pool *p)
{
	unsigned int surface = p->ow * p->oh * 16;

	rig_begin(rig, 0);
	rig_reg(rig, ROCKET_PPU_S_POINTER, PINGPONG);
	rig_reg(rig, ROCKET_PPU_RDMA_S_POINTER, PINGPONG);
	rig_reg(rig, ROCKET_PPU_DATA_CUBE_IN_WIDTH, p->w - 1);
	rig_reg(rig, ROCKET_PPU_DATA_CUBE_IN_HEIGHT, p->h - 1);
	rig_reg(rig, ROCKET_PPU_DATA_CUBE_IN_CHANNEL, p->c - 1);
	rig_reg(rig, ROCKET_PPU_DATA_CUBE_OUT_WIDTH, p->ow - 1);
	rig_reg(rig, ROCKET_PPU_DATA_CUBE_OUT_HEIGHT, p->oh - 1);
	rig_reg(rig, ROCKET_PPU_DATA_CUBE_OUT_CHANNEL, p->c - 1);
	rig_reg(rig, ROCKET_PPU_OPERATION_MODE_CFG, 0x10 | p->method);
	rig_reg(rig, ROCKET_PPU_POOLING_KERNEL_CFG,
		(p->sy - 1) << 20 | (p->sx - 1) << 16 | (p->kh - 1) << 8 | (p->kw - 1));
	rig_reg(rig, ROCKET_PPU_RECIP_KERNEL_WIDTH, recip(p, p->kw));
	rig_reg(rig, ROCKET_PPU_RECIP_KERNEL_HEIGHT, recip(p, p->kh));
	rig_reg(rig, ROCKET_PPU_POOLING_PADDING_CFG,
		p->bottom << 12 | p->right << 8 | p->top << 4 | p->left);
	rig_reg(rig, ROCKET_PPU_PADDING_VALUE_1_CFG, p->pad);
	rig_reg(rig, ROCKET_PPU_PADDING_VALUE_2_CFG, 0);
	rig_reg(rig, ROCKET_PPU_DST_BASE_ADDR, RIG_OUT);
	rig_reg(rig, ROCKET_PPU_DST_SURF_STRIDE, surface);
	rig_reg(rig, ROCKET_PPU_DATA_FORMAT, surface | p->precision);
	rig_reg(rig, ROCKET_PPU_MISC_CTRL, 3);
	rig_reg(rig, ROCKET_PPU_RDMA_CUBE_IN_WIDTH, p->w - 1);
	rig_reg(rig, ROCKET_PPU_RDMA_CUBE_IN_HEIGHT, p->h - 1);
	rig_reg(rig, ROCKET_PPU_RDMA_CUBE_IN_CHANNEL, p->c - 1);
	rig_reg(rig, ROCKET_PPU_RDMA_SRC_BASE_ADDR, RIG_IN);
	rig_reg(rig, ROCKET_PPU_RDMA_SRC_LINE_STRIDE, p->w * 16);
	rig_reg(rig, ROCKET_PPU_RDMA_SRC_SURF_STRIDE, p->w * p->h * 16);
	rig_reg(rig, ROCKET_PPU_RDMA_DATA_FORMAT, p->precision == ROCKET_PRECISION_INT8 ? 1 : 2);
}

static int value(struct rig *rig, const struct pool *p, unsigned int c, int y, int x)
{
	if (y < 0 || x < 0 || y >= (int)p->h || x >= (int)p->w)
		return sign_extend(p->pad, 8);
	return (int8_t)*rig_at(rig, rig_feature(RIG_IN, p->w, p->h, c, (unsigned int)y,
						(unsigned int)x));
}

static int expected(struct rig *rig, const struct pool *p, unsigned int c, unsigned int oy,
		    unsigned int ox)
{
	int best = 0, v;
	int64_t sum = 0;
	unsigned int ky, kx;

	for (ky = 0; ky < p->kh; ky++) {
		for (kx = 0; kx < p->kw; kx++) {
			v = value(rig, p, c, (int)(oy * p->sy + ky) - (int)p->top,
				  (int)(ox * p->sx + kx) - (int)p->left);
			sum += v;
			if (ky + kx == 0 ||
			    (p->method == ROCKET_POOL_METHOD_MAX ? v > best : v < best))
				best = v;
		}
	}
	if (p->method == ROCKET_POOL_METHOD_AVERAGE)
		return (int)shift_even(sum * (65536 / p->kw) * (65536 / p->kh), 32);
	return best;
}

static const struct pool int8_pools[] = {
	{ 0, ROCKET_POOL_METHOD_MAX, 9, 7, 32, 4, 3, 2, 2, 2, 2, 0, 0, 0, 0, 0x7ff80 },
	{ 0, ROCKET_POOL_METHOD_MAX, 9, 7, 32, 9, 7, 3, 3, 1, 1, 1, 1, 1, 1, 0x7ff80 },
	{ 0, ROCKET_POOL_METHOD_MIN, 9, 7, 16, 4, 5, 3, 2, 2, 1, 0, 0, 0, 0, 0 },
	{ 0, ROCKET_POOL_METHOD_AVERAGE, 8, 6, 48, 4, 3, 2, 2, 2, 2, 0, 0, 0, 0, 0 },
	{ 0, ROCKET_POOL_METHOD_AVERAGE, 7, 7, 16, 1, 1, 7, 7, 1, 1, 0, 0, 0, 0, 0 },
	{ 0, ROCKET_POOL_METHOD_AVERAGE, 5, 5, 16, 3, 3, 3, 3, 1, 1, 0, 0, 0, 0, 0 },
	{ 0, ROCKET_POOL_METHOD_MAX, 20, 20, 16, 2, 2, 16, 16, 4, 4, 0, 0, 0, 0, 0 },
};

static void int8_windows(void **state)
{
	unsigned int i, c, y, x, n;
	struct rig rig;

	for (i = 0; i < COUNT(int8_pools); i++) {
		const struct pool *p = &int8_pools[i];

		rig_open(&rig, NULL);
		for (n = 0; n < p->w * p->h * p->c; n++)
			rig_at(&rig, RIG_IN)[n] = (uint8_t)(n * 37 + n / 19);
		emit(&rig, p);
		rig_end(&rig, MASK_POOL);
		rig_start(&rig, rig.words, 1);
		npu_step(rig.npu);
		assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_RAW_STATUS), EVENT_PPU_0);
		assert_true(rig.irq);
		rig_clean(&rig);
		for (c = 0; c < p->c; c++) {
			for (y = 0; y < p->oh; y++) {
				for (x = 0; x < p->ow; x++) {
					int got =
						(int8_t)*rig_at(&rig, rig_feature(RIG_OUT, p->ow,
										  p->oh, c, y, x));

					if (got != expected(&rig, p, c, y, x))
						fail_msg("pool %u: %u, %u, %u: %d", i, c, y,
							 x, got);
				}
			}
		}
		rig_close(&rig);
	}
}

static int average_of_four(const struct npu_switches *switches, int a, int b)
{
	const struct pool p = { 0, ROCKET_POOL_METHOD_AVERAGE, 2, 2, 16, 1, 1, 2, 2, 1, 1, 0, 0, 0,
				0, 0 };
	struct rig rig;
	int result;

	rig_open(&rig, switches);
	*rig_at(&rig, RIG_IN) = (uint8_t)a;
	*rig_at(&rig, RIG_IN + 16) = (uint8_t)b;
	emit(&rig, &p);
	rig_end(&rig, MASK_POOL);
	rig_run(&rig);
	rig_clean(&rig);
	result = (int8_t)*rig_at(&rig, RIG_OUT);
	rig_close(&rig);
	return result;
}

static void average_rounding_is_a_switch(void **state)
{
	struct npu_switches switches = npu_switches_default;

	assert_int_equal(average_of_four(NULL, 1, 1), 0);	/* 0.5 */
	assert_int_equal(average_of_four(NULL, 3, 3), 2);	/* 1.5 */
	assert_int_equal(average_of_four(NULL, -5, -5), -2);	/* -2.5 */
	switches.ppu_average_round = 1;
	assert_int_equal(average_of_four(&switches, 1, 1), 1);
	assert_int_equal(average_of_four(&switches, 3, 3), 2);
	assert_int_equal(average_of_four(&switches, -5, -5), -3);
}

/* fp16: padding with minus infinity, reciprocals as fp16 bits; silicon notes 2.11 */
static void half_windows(void **state)
{
	static const struct pool max = { ROCKET_PRECISION_FP16, ROCKET_POOL_METHOD_MAX, 2, 2, 8, 2,
					 2, 3, 3, 1, 1, 1, 1, 1,
					 1, 0xfc00 };
	static const struct pool average = { ROCKET_PRECISION_FP16, ROCKET_POOL_METHOD_AVERAGE, 2,
					     2, 8, 1, 1, 2, 2, 1, 1,
					     0, 0, 0, 0, 0 };
	static const uint16_t in[] = { 0xbc00, 0xc000, 0xc200, 0xc400 };	/* -1 -2 -3 -4 */
	struct rig rig;
	unsigned int i;

	assert_int_equal(recip(&average, 2), 0x7800);
	assert_int_equal(recip(&average, 3), 0x7555);
	rig_open(&rig, NULL);
	for (i = 0; i < 4; i++)
		rig_put16(&rig, RIG_IN + 16 * i, in[i]);
	emit(&rig, &max);
	rig_end(&rig, MASK_POOL);
	rig_run(&rig);
	for (i = 0; i < 4; i++)
		assert_int_equal(rig_get16(&rig, RIG_OUT + 16 * i), 0xbc00);
	emit(&rig, &average);
	rig_end(&rig, MASK_POOL);
	rig_run(&rig);
	assert_int_equal(rig_get16(&rig, RIG_OUT), 0xc100);
	rig_clean(&rig);
	rig_close(&rig);
}

static void wrong_pools_hang(void **state)
{
	static const struct { uint32_t offset, value; const char *why, *reason; } cases[] = {
		{ ROCKET_PPU_DATA_CUBE_OUT_WIDTH, 4, "a window outside input and padding",
		  "window" },
		{ ROCKET_PPU_DATA_CUBE_OUT_HEIGHT, 3, "a window below the input", "window" },
		{ ROCKET_PPU_RDMA_CUBE_IN_WIDTH, 4, "PPU_RDMA reads another width", "PPU_RDMA" },
		{ ROCKET_PPU_DATA_CUBE_OUT_CHANNEL, 15, "output channels are not input channels",
		  "channels" },
		{ ROCKET_PPU_OPERATION_MODE_CFG, 1, "input from a DPU that does not run", "DPU" },
	};
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		emit(&rig, &int8_pools[0]);
		rig_reg(&rig, cases[i].offset, cases[i].value);
		rig_end(&rig, MASK_POOL);
		if (rig_run(&rig) != NPU_HUNG || !strstr(npu_hang_reason(rig.npu), cases[i].reason))
			fail_msg("%s: state %d", cases[i].why, npu_state(rig.npu));
		assert_int_equal(rig.irqs, 0);
		rig_close(&rig);
	}
}

static void unmodelled_pools_are_named(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	emit(&rig, &int8_pools[0]);
	rig_reg(&rig, ROCKET_PPU_OPERATION_MODE_CFG, 0x11 | ROCKET_PPU_OPERATION_MODE_CFG_INDEX_EN);
	rig_end(&rig, MASK_POOL);
	rig_run(&rig);
	assert_int_equal(rig.unimps, 1);
	assert_int_equal(rig.guest_errors, 0);
	emit(&rig, &int8_pools[0]);
	rig_reg(&rig, ROCKET_PPU_RDMA_DATA_FORMAT, 0);	/* 4 bit, as a sibling writes for int8 */
	rig_end(&rig, MASK_POOL);
	rig_run(&rig);
	assert_int_equal(rig.guest_errors, 1);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("ppu: maximum, minimum and average of int8", int8_windows),
		TEST("ppu: rounding of averages is a switch", average_rounding_is_a_switch),
		TEST("ppu: maximum and average of fp16", half_windows),
		TEST("ppu: wrong sizes hang with a reason", wrong_pools_hang),
		TEST("ppu: what is not modelled is named", unmodelled_pools_are_named),
	};

	return cmocka_run_group_tests_name("model/ppu", tests, NULL, NULL);
}
