// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Arithmetic of a sibling chip
 *
 * Inputs and outputs of an RV1103 board, made to hit ties. They settle how the per-channel
 * multiplier, the output converter and the average pool round. The chip's streams differ from
 * RK3588's, so only the model's arithmetic is run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include <jansson.h>

#include <model/numeric.h>

#include "capture.h"

#define TEST(name, function) { name, function, NULL, NULL, NULL }

#define SIDE 8		/* of the image */
#define CHANNELS 3	/* in and out */
#define CENTRE 128	/* the stored input is code - 128 */

typedef int64_t shift_fn(int64_t value, unsigned int bits);

static int64_t shift_half_up(int64_t value, unsigned int bits)
{
	return (value + ((int64_t)1 << (bits - 1))) >> bits;
}

static int64_t shift_floor(int64_t value, unsigned int bits)
{
	return value >> bits;
}

struct score {
	unsigned int met;
	unsigned int all;
};

static json_t *load(const char *name)
{
	const char *folder = capture_folder("rv1103");
	json_error_t error;
	char path[1024];

	if (!folder)
		return NULL;
	snprintf(path, sizeof(path), "%s/%s.json", folder, name);

	return json_load_file(path, 0, &error);
}

static int64_t number(const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);

	assert_true(json_is_integer(value));

	return json_integer_value(value);
}

static int64_t item(const json_t *json, const char *key, size_t i)
{
	const json_t *value = json_array_get(json_object_get(json, key), i);

	assert_true(json_is_integer(value));

	return json_integer_value(value);
}

/*
 * One output of the convolution: bias, weight zero point by the feature sum, multiplier of the
 * channel, converter.
 */
static int8_t convolve(const json_t *json, const json_t *test, size_t pixel, size_t k,
		       shift_fn *first)
{
	unsigned int shift = (unsigned int)number(json, "shift");
	int64_t acc = item(json, "bias", k), sum = 0, v;

	for (size_t c = 0; c < CHANNELS; c++) {
		int64_t x = item(test, "input", pixel * CHANNELS + c) - CENTRE;
		int64_t w = json_integer_value(
			json_array_get(json_array_get(json_object_get(json, "weights"), k), c));

		acc += w * x;
		sum += x;
	}
	acc = sat32(acc - item(json, "weight_zero_points", k) * sum);
	v = sat32(first(acc * item(json, "channel_multipliers", k),
			(unsigned int)number(json, "channel_shift")));
	v = v * number(json, "multiplier") +
	    number(json, "output_zero_point") * ((int64_t)1 << shift);

	return (int8_t)clamp64(shift_even(v, shift), INT8_MIN, INT8_MAX);
}

static struct score score_convolution(const json_t *json, shift_fn *first)
{
	struct score s = { 0 };
	const json_t *test;
	size_t i;

	json_array_foreach(json_object_get(json, "cases"), i, test) {
		for (size_t pixel = 0; pixel < SIDE * SIDE; pixel++) {
			for (size_t k = 0; k < CHANNELS; k++) {
				int64_t want = item(test, "output", pixel * CHANNELS + k);

				s.all++;
				s.met += convolve(json, test, pixel, k, first) == want;
			}
		}
	}

	return s;
}

static struct score score_pool(const json_t *json, shift_fn *average)
{
	struct score s = { 0 };
	const json_t *test;
	size_t i;

	json_array_foreach(json_object_get(json, "cases"), i, test) {
		for (size_t out = 0; out < SIDE * SIDE / 4 * CHANNELS; out++) {
			size_t k = out % CHANNELS, x = out / CHANNELS % (SIDE / 2),
			       y = out / CHANNELS / (SIDE / 2);
			size_t corner = 2 * y * SIDE + 2 * x;
			int64_t sum = 0;

			for (size_t tap = 0; tap < 4; tap++)
				sum += convolve(json, test, corner + tap / 2 * SIDE + tap % 2, k,
						shift_even);
			s.all++;
			s.met += average(sum, 2) == item(test, "output", out);
		}
	}

	return s;
}

static void the_channel_multiplier_rounds_half_to_even(void **state)
{
	static const struct { const char *name; shift_fn *fn; unsigned int met; } rules[] = {
		{ "half to even", shift_even, 1920 },
		{ "half away from zero", shift_away, 1828 },
		{ "half up", shift_half_up, 1828 },
		{ "floor", shift_floor, 1828 },
	};
	json_t *positive = load("ties_positive"),
	       *negative = positive ? load("ties_negative") : NULL;

	if (!positive)
		skip();
	assert_non_null(negative);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct score p = score_convolution(positive, rules[i].fn),
			     n = score_convolution(negative, rules[i].fn);

		printf("# ties: %-20s %u of %u\n", rules[i].name, p.met + n.met, p.all + n.all);
		assert_int_equal(p.all + n.all, 1920);
		if (rules[i].fn == shift_even)
			assert_int_equal(p.met + n.met, 1920);
		else
			assert_true(p.met + n.met <= rules[i].met);
	}
	json_decref(positive);
	json_decref(negative);
}

static void the_average_pool_rounds_half_to_even(void **state)
{
	json_t *json = load("conv_avgpool2x2");
	struct score even, away, up;

	if (!json)
		skip();
	even = score_pool(json, shift_even);
	away = score_pool(json, shift_away);
	up = score_pool(json, shift_half_up);
	printf("# pool: half to even %u, away from zero %u, up %u of %u\n", even.met, away.met,
	       up.met, even.all);
	assert_int_equal(even.all, 288);
	assert_int_equal(even.met, 288);
	assert_true(away.met < 288);
	assert_true(up.met < 288);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("captures/rv1103: the channel multiplier rounds half to even",
		     the_channel_multiplier_rounds_half_to_even),
		TEST("captures/rv1103: the average pool rounds half to even",
		     the_average_pool_rounds_half_to_even),
	};

	return cmocka_run_group_tests_name("captures/rv1103", tests, NULL, NULL);
}
