// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the reference's fixed-point numbers
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>

#include <cmocka.h>

#include <base/bits.h>
#include <ref/requant.h>

static void a_real_number_becomes_multiplier_and_shift(void **state)
{
	static const struct {
		const char *why;
		double real;
		struct requant want;
	} rows[] = {
		{ "a half needs no shift", 0.5, { 1 << 30, 0 } },
		{ "one is a half shifted left", 1, { 1 << 30, 1 } },
		{ "three quarters use the bits below", 0.75, { 3 << 29, 0 } },
		{ "what rounds to 2^31 is halved again", 1 - 0x1p-33, { 1 << 30, 1 } },
		{ "the least number", 0x1p-32, { 1 << 30, -31 } },
		{ "below it nothing is left", 0x1p-33, { 0, 0 } },
		{ "nothing stays nothing", 0, { 0, 0 } },
		{ "2^30 still fits", 0x1p30, { 1 << 30, 31 } },
		{ "beyond 2^31 it saturates", 0x1p31, { INT32_MAX, 31 } },
		{ "infinite scale ratios too", INFINITY, { INT32_MAX, 31 } },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct requant got = requant_make(rows[i].real);

		if (got.multiplier != rows[i].want.multiplier || got.shift != rows[i].want.shift)
			fail_msg("%s: %d, %d", rows[i].why, got.multiplier, got.shift);
	}
}

static void the_high_half_rounds_ties_up(void **state)
{
	static const struct {
		const char *why;
		int32_t a, b, want;
	} rows[] = {
		{ "1/2 goes to 1", 1 << 30, 1, 1 },
		{ "-1/2 goes to 0", -(1 << 30), 1, 0 },
		{ "3/2 goes to 2", 1 << 30, 3, 2 },
		{ "-3/2 goes to -1", -(1 << 30), 3, -1 },
		{ "a whole number stays", 1 << 30, 8, 4 },
		{ "just below a tie", (1 << 30) - 1, 1, 0 },
		{ "just beyond a negative tie", -(1 << 30) - 1, 1, -1 },
		{ "the one product that does not fit", INT32_MIN, INT32_MIN, INT32_MAX },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		if (high_mul(rows[i].a, rows[i].b) != rows[i].want)
			fail_msg("%s: %d", rows[i].why, high_mul(rows[i].a, rows[i].b));
}

static void a_shift_rounds_ties_away_from_zero(void **state)
{
	static const struct {
		int32_t x;
		int bits;
		int32_t want;
	} rows[] = {
		{ 3, 1, 2 },
		{ -3, 1, -2 },
		{ 1, 1, 1 },
		{ -1, 1, -1 },
		{ 5, 2, 1 },
		{ 6, 2, 2 },
		{ -5, 2, -1 },
		{ -6, 2, -2 },
		{ 7, 0, 7 },
		{ INT32_MIN, 31, -1 },
		{ INT32_MAX, 31, 1 },
		{ 1 << 30, 31, 1 },
		{ -(1 << 30), 31, -1 },
		{ (1 << 30) - 1, 31, 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		if (shift_right(rows[i].x, rows[i].bits) != rows[i].want)
			fail_msg("%d >> %d: %d", rows[i].x, rows[i].bits,
				 shift_right(rows[i].x, rows[i].bits));
}

static void scaling_rounds_twice(void **state)
{
	static const struct {
		const char *why;
		int32_t x;
		double real;
		int32_t want;
	} rows[] = {
		{ "60 / 4", 60, 0.25, 15 },
		{ "1/4 becomes 1/2, then 1", 1, 0.25, 1 },
		{ "-1/4 becomes 0 at the first rounding", -1, 0.25, 0 },
		{ "5/4 becomes 3/2 rounded to 3, then 2", 5, 0.25, 2 },
		{ "left shifts come first", 3, 4, 12 },
		{ "and wrap", 1 << 30, 4, 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		if (ref_requant(rows[i].x, requant_make(rows[i].real)) != rows[i].want)
			fail_msg("%s: %d", rows[i].why,
				 ref_requant(rows[i].x, requant_make(rows[i].real)));
}

static void an_activation_limits_the_stored_numbers(void **state)
{
	static const struct {
		const char *why;
		enum dtype type;
		float scale;
		int32_t zero_point;
		enum activation activation;
		struct range want;
	} rows[] = {
		{ "none: all of uint8", DTYPE_UINT8, 1, 7, ACTIVATION_NONE, { 0, 255 } },
		{ "none: all of int8", DTYPE_INT8, 1, 7, ACTIVATION_NONE, { -128, 127 } },
		{ "relu begins at the zero point",
		  DTYPE_INT8,
		  1,
		  -10,
		  ACTIVATION_RELU,
		  { -10, 127 } },
		{ "relu6 ends 6 / scale above it",
		  DTYPE_UINT8,
		  0.5,
		  10,
		  ACTIVATION_RELU6,
		  { 10, 22 } },
		{ "6 / scale is rounded", DTYPE_UINT8, 4, 10, ACTIVATION_RELU6, { 10, 12 } },
		{ "and cut to the type", DTYPE_UINT8, 0.02, 10, ACTIVATION_RELU6, { 10, 255 } },
		{ "however small the scale", DTYPE_INT8, 1e-38, 0, ACTIVATION_RELU6, { 0, 127 } },
		{ "both sides of the zero point",
		  DTYPE_INT8,
		  0.125,
		  3,
		  ACTIVATION_RELU_N1_TO_1,
		  { -5, 11 } },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tensor t = {
			.type = rows[i].type,
			.quant = { .count = 1,
				   .scale = &rows[i].scale,
				   .zero_point = &rows[i].zero_point },
		};
		struct range got = activation_range(&t, rows[i].activation);

		if (got.low != rows[i].want.low || got.high != rows[i].want.high)
			fail_msg("%s: %d to %d", rows[i].why, got.low, got.high);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_number_becomes_multiplier_and_shift),
		cmocka_unit_test(the_high_half_rounds_ties_up),
		cmocka_unit_test(a_shift_rounds_ties_away_from_zero),
		cmocka_unit_test(scaling_rounds_twice),
		cmocka_unit_test(an_activation_limits_the_stored_numbers),
	};

	return cmocka_run_group_tests_name("ref_requant", tests, NULL, NULL);
}
