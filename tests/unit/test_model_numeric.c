// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: rounding, saturation and float formats
 */
#include <math.h>

#include <model/numeric.h>

#include "model_rig.h"

static const struct {
	int64_t p;
	unsigned int n;
	int64_t even;
	int64_t away;
	const char *why;
} shifts[] = {
	{ 61, 1, 30, 31, "30.5 (measured on the chip: 30)" },
	{ 79, 1, 40, 40, "39.5 (measured: 40)" },
	{ -15, 1, -8, -8, "-7.5 (measured: -8)" },
	{ 1, 1, 0, 1, "0.5 (measured: 0)" },
	{ 3, 1, 2, 2, "1.5" },
	{ -1, 1, 0, -1, "-0.5" },
	{ -3, 1, -2, -2, "-1.5" },
	{ 12, 3, 2, 2, "1.5 at shift 3" },
	{ 4, 3, 0, 1, "0.5 at shift 3" },
	{ 5, 3, 1, 1, "0.625" },
	{ 3, 3, 0, 0, "0.375" },
	{ -5, 3, -1, -1, "-0.625" },
	{ 7, 0, 7, 7, "shift 0" },
	{ INT64_C(1) << 61, 62, 0, 1, "0.5 at the widest shift" },
};

static void ties_go_to_even(void **state)
{
	unsigned int i;

	for (i = 0; i < COUNT(shifts); i++) {
		if (shift_even(shifts[i].p, shifts[i].n) != shifts[i].even)
			fail_msg("%s: to even gives %lld", shifts[i].why,
				 (long long)shift_even(shifts[i].p, shifts[i].n));
		if (shift_away(shifts[i].p, shifts[i].n) != shifts[i].away)
			fail_msg("%s: away gives %lld", shifts[i].why,
				 (long long)shift_away(shifts[i].p, shifts[i].n));
	}
}

static void shift_is_the_nearest_integer(void **state)
{
	int64_t p;

	for (p = -4096; p <= 4096; p++) {
		assert_int_equal(shift_even(p, 5), (int64_t)nearbyint((double)p / 32));
		assert_int_equal(shift_away(p, 5), (int64_t)round((double)p / 32));
		assert_int_equal(round_to_int((double)p / 32), (int64_t)nearbyint((double)p / 32));
	}
	assert_int_equal(round_to_int(1e30), INT32_MAX);
	assert_int_equal(round_to_int(-1e30), INT32_MIN);
	assert_int_equal(round_to_int(NAN), 0);
}

static void sums_saturate(void **state)
{
	assert_int_equal(sat32(INT64_C(1) << 40), INT32_MAX);
	assert_int_equal(sat32(-(INT64_C(1) << 40)), INT32_MIN);
	assert_int_equal(sat32(-5), -5);
	assert_int_equal(sign_extend(0x80, 8), -128);
	assert_int_equal(sign_extend(0x7f, 8), 127);
	assert_int_equal(sign_extend(0x0ffffffd, 28), -3);
	assert_int_equal(sign_extend(0x80000000u, 32), INT32_MIN);
}

static void every_half_survives(void **state)
{
	uint32_t half;

	for (half = 0; half < 0x10000; half++) {
		float f = half_to_float((uint16_t)half);

		if ((half & 0x7fff) > 0x7c00)
			assert_true(isnan(f) && (float_to_half(f) & 0x7fff) > 0x7c00);
		else
			assert_int_equal(float_to_half(f), half);
	}
}

static void floats_round_to_the_nearest_half(void **state)
{
	static const struct { float f; uint16_t half; } cases[] = {
		{ 1.0f, 0x3c00 }, { 2049.0f, 0x6800 }, { 2051.0f, 0x6802 }, { 65519.0f, 0x7bff },
		{ 65520.0f, 0x7c00 },
		{ 5.9604645e-8f, 0x0001 }, { 2.9802322e-8f, 0x0000 }, { 2.99e-8f, 0x0001 },
		{ -0.0f, 0x8000 },
		{ 6.101e-5f, 0x0400 }, { -65504.0f, 0xfbff }, { INFINITY, 0x7c00 },
	};
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(float_to_half(cases[i].f), cases[i].half);
	assert_true(half_flushed(0x0001) == 0);
	assert_true(half_flushed(0x3c00) == 1);
	assert_int_equal(float_to_bfloat(1.00390625f), 0x3f80);
	assert_int_equal(float_to_bfloat(1.01171875f), 0x3f82);
	assert_true(bfloat_to_float(0x3f80) == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("numeric: ties go to the even neighbour, or away on request", ties_go_to_even),
		TEST("numeric: shifts give the nearest integer", shift_is_the_nearest_integer),
		TEST("numeric: sums saturate to int32", sums_saturate),
		TEST("numeric: every fp16 pattern survives fp32", every_half_survives),
		TEST("numeric: fp32 rounds to the nearest fp16 and bf16",
		     floats_round_to_the_nearest_half),
	};

	return cmocka_run_group_tests_name("model/numeric", tests, NULL, NULL);
}
