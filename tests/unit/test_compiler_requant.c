// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of scale, shift and clamps
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include <base/bits.h>
#include <compiler/requant.h>
#include <npu/limits.h>

static void a_multiplier_keeps_15_bits(void **state)
{
	static const struct {
		const char *why;
		double multiplier;
		int32_t scale;
		uint32_t shift;
	} cases[] = {
		{ "guide 7.4, 13.2", 0.0078125 * 0.0218266789 / 0.0235284772, 30398, 22 },
		{ "guide 13.3", 0.292199135, 19150, 16 },
		{ "guide 13.4", 0.0304209497, 31899, 20 },
		{ "one half: a power of two is exact", 0.5, 16384, 15 },
		{ "one", 1.0, 16384, 14 },
		{ "just below one half would round to 32768", 0.5 - 1e-6, 16384, 15 },
		{ "32767.4 / 65536 still rounds to 32767", 32767.4 / 65536, 32767, 16 },
		{ "above one", 100.25, 25664, 8 },
		{ "the largest", 32767.25, 32767, 0 },
		{ "the shift ends at 31", 1.0 / (1 << 20), 2048, 31 },
		{ "the smallest", 0.6 / 2147483648.0, 1, 31 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct requant r;
		const char *reason = requant_choose(cases[i].multiplier, 0, -128, 127, &r);

		if (reason || r.scale != cases[i].scale || r.shift != cases[i].shift)
			fail_msg("%s: %s %d >> %u", cases[i].why, reason ? reason : "", r.scale,
				 r.shift);
		assert_false(r.relu || r.relux);
	}
}

static void impossible_multipliers_are_refused(void **state)
{
	static const double cases[] = { 0, -1, 32767.75, 1e6, 0.4 / 2147483648.0, INFINITY, NAN };
	struct requant r;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!requant_choose(cases[i], 0, -128, 127, &r))
			fail_msg("%g was taken", cases[i]);
}

static void halves_round_to_even(void **state)
{
	static const struct {
		const char *why;
		int32_t x, offset;
		int64_t y;
	} cases[] = {
		{ "30.5 -> 30; guide 7.3", 61, 0, 30 },
		{ "39.5 -> 40", 79, 0, 40 },
		{ "-7.5 -> -8", -15, 0, -8 },
		{ "0.5 -> 0", 1, 0, 0 },
		{ "-0.5 -> 0", -1, 0, 0 },
		{ "the offset is inside: 127.5 - 1 -> 126", 255, -1, 126 },
		{ "no tie", 60, 5, 35 },
	};
	struct requant half;

	assert_null(requant_choose(0.5, 0, -128, 127, &half));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		half.offset = cases[i].offset;
		if (requant_apply(&half, cases[i].x) != cases[i].y)
			fail_msg("%s: %d", cases[i].why, (int)requant_apply(&half, cases[i].x));
	}
	/* Guide 13.1. */
	assert_int_equal(
		requant_apply(&(struct requant){ .scale = 30398, .shift = 22, .offset = -128 },
			      116),
		-127);
}

static int64_t clamp_code(int64_t y, int32_t low, int32_t high)
{
	return clamp_i64(y, low, high);
}

/* The clamp of the accumulator changes exactly the outputs beyond the activation's bounds. */
static void an_activation_is_a_clamp_of_the_output(void **state)
{
	static const struct {
		const char *why;
		double multiplier;
		int32_t offset, low, high;
		bool relu, relux;
	} cases[] = {
		{ "none", 0.013, 10, -128, 127, false, false },
		{ "ReLU, real 0 at the lower end: saturation does it", 0.013, -128, -128, 127,
		  false, false },
		{ "ReLU with real 0 inside", 0.013, -100, -100, 127, true, false },
		{ "ReLU6 with both ends at the type's", 0.0072, -128, -128, 127, false, false },
		{ "ReLU6 with an upper end inside", 0.0072, -128, -128, 90, false, true },
		{ "ReLU6 inside on both sides", 0.33, -20, -20, 57, true, true },
		{ "ReLU6 that is no wider than a code", 0.001, 5, 5, 5, true, true },
		{ "a multiplier above one, its bound a step", 2.0, -60, -60, 100, true, true },
	};

	srand(7);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct requant r;

		assert_null(requant_choose(cases[i].multiplier, cases[i].offset, cases[i].low,
					   cases[i].high, &r));
		if (r.relu != cases[i].relu || r.relux != cases[i].relux)
			fail_msg("%s: relu %d relux %d", cases[i].why, r.relu, r.relux);
		for (int k = 0; k < 20000; k++) {
			int32_t x = (rand() % 2000 - 1000) * (k % 3 ? 1 : 70), clamped = x;

			if (k < 200 && r.relux)
				x = clamped = r.top - 100 + k;
			if (r.relu || r.relux)
				clamped = max_i64(clamped, 0);
			if (r.relux)
				clamped = min_i64(clamped, r.top);
			if (clamp_code(requant_apply(&r, clamped), -128, 127) !=
			    clamp_code(requant_apply(&r, x), cases[i].low, cases[i].high))
				fail_msg("%s: x = %d", cases[i].why, x);
		}
	}
}

static void activations_that_the_dpu_has_not_are_refused(void **state)
{
	struct requant r;

	assert_non_null(requant_choose(0.01, 0, -50, 50, &r));
	assert_non_null(requant_choose(0.01, 0, -128, 50, &r));
	/* 43 gives 99, 44 gives 103. */
	assert_non_null(requant_choose(3.7, -60, -60, 100, &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_multiplier_keeps_15_bits),
		cmocka_unit_test(impossible_multipliers_are_refused),
		cmocka_unit_test(halves_round_to_even),
		cmocka_unit_test(an_activation_is_a_clamp_of_the_output),
		cmocka_unit_test(activations_that_the_dpu_has_not_are_refused),
	};

	return cmocka_run_group_tests_name("compiler_requant", tests, NULL, NULL);
}
