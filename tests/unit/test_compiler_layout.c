// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the compiler's layouts, weight packing and bias table
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include <base/bits.h>
#include <compiler/layout.h>
#include <compiler/weights.h>
#include <compiler/work.h>
#include <npu/limits.h>

static void a_row_takes_whole_entries(void **state)
{
	static const struct {
		const char *why;
		uint32_t channels, width, entries;
	} cases[] = {
		{ "guide 5: 32 channels, 112 pixels", 32, 112, 56 },
		{ "guide 5: 32 atoms are 8 entries per pixel", 512, 14, 112 },
		{ "guide 5: 64 atoms, one pixel", 1024, 1, 16 },
		{ "guide 13.2: one atom, four pixels share an entry", 16, 224, 56 },
		{ "a rest of one atom rounds up per row, not per pixel", 16, 5, 2 },
		{ "two atoms: two pixels share an entry", 32, 3, 2 },
		{ "three atoms take a whole entry per pixel; guide 5, W=40 C=40", 48, 40, 40 },
		{ "seven atoms: an entry and three atoms", 112, 10, 20 },
		{ "five atoms: an entry and a rest of one", 80, 6, 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (layout_data_entries(cases[i].channels, cases[i].width) != cases[i].entries)
			fail_msg("%s: %u", cases[i].why,
				 layout_data_entries(cases[i].channels, cases[i].width));
}

/*
 * Silicon notes 2.9: the int8 tiles (one pixel wide) whose last rows read garbage, and all others
 * that did not.
 */
static void capacity_is_counted_in_entries(void **state)
{
	static const struct {
		uint32_t rows;
		uint32_t failing[5];	/* channels / 32 */
	} published[] = {
		{ 144, { 7, 21, 35 } },
		{ 192, { 5, 21, 37 } },
		{ 240, { 17, 21, 25, 29 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(published); i++)
		for (uint32_t c = 1; c <= 40; c++) {
			uint32_t rows = published[i].rows;
			uint64_t by_bytes = div_round_up(rows * c * 32, NPU_CBUF_BANK_BYTES);
			uint64_t by_entries = div_round_up(rows * layout_data_entries(c * 32, 1),
							   NPU_CBUF_BANK_ENTRIES);
			bool fails = false;

			for (size_t k = 0; k < ARRAY_SIZE(published[i].failing); k++)
				fails |= published[i].failing[k] == c;
			if ((by_entries > by_bytes) != fails)
				fail_msg("%u rows, %u channels: %d banks by entries, %d by bytes",
					 rows, c * 32, (int)by_entries, (int)by_bytes);
		}
}

static void surfaces_are_reached_by_a_gap_that_may_be_negative(void **state)
{
	static const struct {
		const char *why;
		uint32_t height, width;
		int32_t gap;
	} cases[] = {
		{ "guide 13.2", 224, 224, 0xc080 },
		{ "guide 4.2: one pixel", 1, 1, -3 },
		{ "guide 4.4: eight pixels in one row", 1, 8, -24 },
		{ "four rows: the next surface follows", 4, 9, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (layout_surface_gap(cases[i].height * cases[i].width, cases[i].width) !=
		    cases[i].gap)
			fail_msg("%s", cases[i].why);
}

static void channels_are_padded_to_what_the_blocks_move(void **state)
{
	assert_int_equal(layout_in_channels(3), 16);
	assert_int_equal(layout_in_channels(40), 48);
	assert_int_equal(layout_out_channels(false, 1), 32);
	assert_int_equal(layout_out_channels(false, 33), 64);
	assert_int_equal(layout_out_channels(true, 32), 64);
	assert_int_equal(layout_out_channels(true, 65), 128);
}

static void weights_lie_where_the_guide_says(void **state)
{
	static const struct {
		const char *why;
		struct weight_shape s;
		uint32_t kernel, tap, channel;
		uint64_t offset;
	} cases[] = {
		{ "4.5: 3x3, C=3, K=32: tap*512 + k*16 + c",
		  { false, 9, 16, 32, 32 }, 7, 4, 2, 4 * 512 + 7 * 16 + 2 },
		{ "4.5: 1x1, C=144, K=24: (1, 128) at 3088",
		  { false, 1, 144, 24, 32 }, 1, 0, 128, 3088 },
		{ "13.4: group 1 of two", { false, 1, 32, 64, 32 }, 33, 0, 5, 1024 + 32 + 5 },
		{ "a tail of 17..31 channels has rows of 32",
		  { false, 1, 32, 2, 32 }, 1, 0, 16, 48 },
		{ "an odd last group is packed with an even count",
		  { false, 4, 32, 35, 32 }, 34, 1, 0, 4 * 32 * 32 + 1 * 4 * 32 + 2 * 32 },
		{ "13.3: depthwise, 32 channels: tap*32 + c",
		  { true, 9, 32, 32, 64 }, 0, 3, 9, 3 * 32 + 9 },
		{ "4.6: second depthwise group, its tail of 16",
		  { true, 9, 80, 70, 64 }, 0, 2, 66, 9 * 64 + 2 * 16 + 2 },
		{ "half groups are packed as groups of their own",
		  { false, 1, 32, 40, 16 }, 17, 0, 3, 512 + 32 + 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t got = layout_weight_offset(&cases[i].s, cases[i].kernel, cases[i].tap,
						    cases[i].channel);

		if (got != cases[i].offset)
			fail_msg("%s: %d", cases[i].why, (int)got);
	}
	assert_int_equal(layout_weight_bytes(&(struct weight_shape){ false, 9, 16, 32, 32 }, 32),
			 4608);
	assert_int_equal(layout_weight_bytes(&(struct weight_shape){ false, 1, 144, 24, 32 }, 24),
			 3456);
	assert_int_equal(layout_weight_bytes(&(struct weight_shape){ true, 9, 32, 32, 64 }, 32),
			 288);
}

/* What the model says a weight is, in the stored domain. */
static int8_t expected_weight(const struct conv *c, uint32_t kernel, uint32_t tap, uint32_t channel)
{
	bool pad = channel >= (uint32_t)c->in.channels;

	switch (c->form) {
	case WEIGHTS_DENSE:
		return pad ? c->weight_zero
			   : c->weights[((size_t)kernel * c->packed.taps + tap) * c->in.channels +
					channel] ^
				c->flip;
	case WEIGHTS_DEPTHWISE:
		return pad ? c->weight_zero : c->weights[tap * c->in.channels + channel] ^ c->flip;
	case WEIGHTS_EXPANDED:
		return kernel / c->multiplier != channel
			? c->weight_zero
			: c->weights[tap * c->out.channels + kernel] ^ c->flip;
	default:
		return !pad;
	}
}

static void check_packing(const char *why, struct conv *c)
{
	const struct weight_shape *s = &c->packed;
	size_t bytes = weights_bytes(c);
	uint8_t *out = calloc(1, bytes), *seen = calloc(1, bytes);

	weights_pack(c, out);
	for (uint32_t k = 0; k < (s->depthwise ? 1 : s->kernels); k++)
		for (uint32_t tap = 0; tap < s->taps; tap++)
			for (uint32_t channel = 0; channel < s->channels; channel++) {
				uint64_t at = layout_weight_offset(s, k, tap, channel);

				if (at >= bytes || seen[at]++)
					fail_msg("%s: (%u, %u, %u) outside or twice", why, k, tap,
						 channel);
				if ((int8_t)out[at] != expected_weight(c, k, tap, channel))
					fail_msg("%s: (%u, %u, %u) is %d", why, k, tap, channel,
						 (int8_t)out[at]);
			}
	free(out);
	free(seen);
}

static void packing_agrees_with_the_index_formula(void **state)
{
	static const struct {
		const char *why;
		enum weight_form form;
		int32_t channels, kernels, kernel_h, kernel_w;
		uint32_t group;
	} cases[] = {
		{ "whole groups and slices", WEIGHTS_DENSE, 64, 64, 3, 3, 32 },
		{ "tails of both", WEIGHTS_DENSE, 41, 37, 3, 2, 32 },
		{ "three channels", WEIGHTS_DENSE, 3, 32, 3, 3, 32 },
		{ "half groups", WEIGHTS_DENSE, 70, 49, 1, 5, 16 },
		{ "one of each", WEIGHTS_DENSE, 1, 1, 1, 1, 32 },
		{ "depthwise, two groups", WEIGHTS_DEPTHWISE, 100, 100, 3, 3, 64 },
		{ "depthwise, seven channels", WEIGHTS_DEPTHWISE, 7, 7, 5, 5, 64 },
		{ "depth multiplier 2", WEIGHTS_EXPANDED, 35, 70, 3, 3, 32 },
		{ "depth multiplier on one channel", WEIGHTS_EXPANDED, 1, 9, 3, 3, 32 },
		{ "sum of 40 channels", WEIGHTS_FILL, 40, 40, 7, 7, 64 },
	};
	static uint8_t weights[64 * 64 * 9];

	srand(1);
	for (size_t i = 0; i < sizeof(weights); i++)
		weights[i] = rand() >> 8;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool depthwise = cases[i].group == NPU_DW_GROUP_BYTES;
		struct conv c = {
			.depthwise = depthwise,
			.in.channels = cases[i].channels,
			.out.channels = cases[i].kernels,
			.kernel_h = cases[i].kernel_h,
			.kernel_w = cases[i].kernel_w,
			.form = cases[i].form,
			.fill = 1,
			.weights = weights,
			.flip = i % 2 ? 0x80 : 0,
			.weight_zero = (int32_t)i - 5,
			.multiplier = cases[i].kernels / cases[i].channels,
			.packed = {
				.depthwise = depthwise,
				.taps = cases[i].kernel_h * cases[i].kernel_w,
				.channels = layout_in_channels(cases[i].channels),
				.kernels = cases[i].kernels,
				.group = cases[i].group,
			},
		};

		check_packing(cases[i].why, &c);
	}
}

/* Guide 13.1, the second example: zx = 100 adds -56 to a bias of 10. */
static void the_input_zero_point_goes_into_the_bias(void **state)
{
	static const uint8_t weights[] = { 160, 140 }, ten[] = { 10, 0, 0, 0 };
	struct arena a = { 0 };
	const char *reason = NULL;
	struct conv c = {
		.in.channels = 2,
		.out.channels = 1,
		.kernel_h = 1,
		.kernel_w = 1,
		.form = WEIGHTS_DENSE,
		.weights = weights,
		.bias = ten,
		.flip = 0x80,
		.in_zero = 100 - 128,
		.weight_zero = 151 - 128,
	};

	assert_int_equal(bias_table(&c, &a, &reason), 0);
	assert_int_equal(c.table[0], -46);
	c.in_zero = 0;
	assert_int_equal(bias_table(&c, &a, &reason), 0);
	assert_int_equal(c.table[0], 10);
	arena_fini(&a);
}

static void sums_beyond_32_bits_are_refused(void **state)
{
	static const struct {
		const char *why;
		uint8_t bias[4];
		int32_t channels;
		int ret;
	} cases[] = {
		{ "a bias just inside: 16 lanes reach 2^18 at most",
		  { 0xff, 0xff, 0xfb, 0x7f }, 1, 0 },
		{ "a bias just outside", { 0, 0, 0xfc, 0x7f }, 1, -ENOTSUP },
		{ "a bias that leaves no room", { 0xff, 0xff, 0xff, 0x7f }, 1, -ENOTSUP },
		{ "the most negative bias", { 0, 0, 0, 0x80 }, 1, -ENOTSUP },
		{ "a sum of 31x31x129 products", { 0 }, 129 * 961, 0 },
		{ "a sum of 31x31x137 products", { 0 }, 137 * 961, -ENOTSUP },
	};
	static uint8_t weights[137 * 961];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena a = { 0 };
		const char *reason = NULL;
		struct conv c = {
			.in.channels = cases[i].channels,
			.out.channels = 1,
			.kernel_h = 1,
			.kernel_w = 1,
			.form = WEIGHTS_DENSE,
			.weights = weights,
			.bias = cases[i].bias,
		};

		if (bias_table(&c, &a, &reason) != cases[i].ret)
			fail_msg("%s", cases[i].why);
		assert_int_equal(cases[i].ret != 0, reason != NULL);
		arena_fini(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_takes_whole_entries),
		cmocka_unit_test(capacity_is_counted_in_entries),
		cmocka_unit_test(surfaces_are_reached_by_a_gap_that_may_be_negative),
		cmocka_unit_test(channels_are_padded_to_what_the_blocks_move),
		cmocka_unit_test(weights_lie_where_the_guide_says),
		cmocka_unit_test(packing_agrees_with_the_index_formula),
		cmocka_unit_test(the_input_zero_point_goes_into_the_bias),
		cmocka_unit_test(sums_beyond_32_bits_are_refused),
	};

	return cmocka_run_group_tests_name("compiler_layout", tests, NULL, NULL);
}
