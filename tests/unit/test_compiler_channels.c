// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of weight scales that differ by channel
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <base/bits.h>
#include <compiler/channels.h>
#include <compiler/compile.h>
#include <compiler/weights.h>
#include <compiler/work.h>
#include <cross/build.h>
#include <npu/limits.h>
#include <program/program.h>

#define CHANNELS	96
#define FAR		(10.5 / 32768)	/* a share that no multiplier comes near */

/* A pointwise convolution of 64 channels or a depthwise one of 3 x 3, weights all 100. */
struct example {
	float scales[CHANNELS];
	uint8_t weights[64 * CHANNELS];
	struct conv conv;
};

static void make(struct example *e, bool depthwise, double step)
{
	memset(e->weights, 100, sizeof(e->weights));
	for (size_t i = 0; i < CHANNELS; i++)
		e->scales[i] = 0.5f;
	e->conv = (struct conv){
		.depthwise = depthwise,
		.in = { 1, 1, depthwise ? CHANNELS : 64 },
		.out = { 1, 1, CHANNELS },
		.kernel_h = depthwise ? 3 : 1,
		.kernel_w = depthwise ? 3 : 1,
		.form = depthwise ? WEIGHTS_DEPTHWISE : WEIGHTS_DENSE,
		.weights = e->weights,
		.in_scale = step / 0.5,
		.out_scale = 1,
		.out_low = INT8_MIN,
		.out_high = INT8_MAX,
		.scales = e->scales,
	};
}

static void far_channels_share_a_converter_with_fewer(void **state)
{
	/* a code and more per unit of the largest scale, so that nothing is small by itself */
	static const struct {
		const char *why;
		double share;	/* of channel @at, and of all from @from on */
		uint32_t at, from;
		uint32_t group;
	} cases[] = {
		{ "all alike", 1, 0, CHANNELS, CHANNELS },
		{ "half of 257 parts off, half a code", 257.5 / 32768, 5, CHANNELS, CHANNELS },
		{ "half of 81 parts off, more than a code", 81.5 / 32768, 64, 64, 32 },
		{ "a group of 32 far below the others", FAR, 64, 64, 32 },
		{ "half a group", FAR, 80, 80, 16 },
		{ "one channel among others", FAR, 81, CHANNELS, 0 },
	};
	struct example e;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make(&e, false, 1);
		e.scales[cases[i].at] *= cases[i].share;
		for (uint32_t k = cases[i].from; k < CHANNELS; k++)
			e.scales[k] = 0.5f * cases[i].share;
		if (channels_group(&npu_limits_rk3588, &e.conv) != cases[i].group)
			fail_msg("%s: %u", cases[i].why,
				 channels_group(&npu_limits_rk3588, &e.conv));
	}
}

static void a_depthwise_convolution_is_cut_by_64(void **state)
{
	struct example e;

	make(&e, true, 1);
	for (uint32_t k = 64; k < CHANNELS; k++)
		e.scales[k] = 0.5f * FAR;
	assert_int_equal(channels_group(&npu_limits_rk3588, &e.conv), 64);
	e.scales[63] = 0.5f * FAR;
	assert_int_equal(channels_group(&npu_limits_rk3588, &e.conv), 0);
}

/* A channel that cannot move the output does not matter, whatever its scale and bias. */
static void a_channel_without_weight_may_have_any_scale(void **state)
{
	static const uint8_t bias[4 * CHANNELS] = { 0, 0, 0, 0x20 };
	struct example e;

	make(&e, false, 0.001);
	e.scales[0] = 0.5f / 1e6f;
	e.conv.bias = bias;
	assert_int_equal(channels_group(&npu_limits_rk3588, &e.conv), CHANNELS);
	make(&e, false, 1);
	e.scales[0] = 0.5f / 1e6f;
	e.conv.bias = bias;
	assert_int_equal(channels_group(&npu_limits_rk3588, &e.conv), 0);
	memset(e.weights, 0, 64);
	assert_int_equal(channels_group(&npu_limits_rk3588, &e.conv), CHANNELS);
}

/*
 * Half a code per unit: the converter's own multiplier is 2^-11 and needs no correction, ten bits
 * of the shift stay.
 */
static void multipliers_are_shares_of_the_largest_scale(void **state)
{
	struct scaling scaling;
	struct example e;

	make(&e, false, 0.5);
	e.scales[1] = 0.25f;
	e.scales[2] = 1e-9f;
	assert_null(channels_scaling(&npu_limits_rk3588, &e.conv, 0, CHANNELS, &scaling));
	assert_int_equal(scaling.shift, 5);
	assert_int_equal(scaling.requant.scale, 16384);
	assert_int_equal(scaling.requant.shift, 25);
	assert_int_equal(channels_multiplier(&e.conv, &scaling, 0), INT16_MAX);
	assert_int_equal(channels_multiplier(&e.conv, &scaling, 1), 16384);
	assert_int_equal(channels_multiplier(&e.conv, &scaling, 2), 1);
	assert_true(channels_largest(&e.conv, 1, 2) == 0.25f);
}

/* 16384.4 rounds to 16384 in the converter; the multiplier of half of it takes that up. */
static void multipliers_make_up_for_the_rounding_of_the_converter(void **state)
{
	struct scaling scaling;
	struct example e;

	make(&e, false, 16384.4 / (1 << 25));
	e.scales[1] = 0.25f;
	assert_null(channels_scaling(&npu_limits_rk3588, &e.conv, 0, CHANNELS, &scaling));
	assert_int_equal(scaling.requant.scale, 16384);
	assert_int_equal(channels_multiplier(&e.conv, &scaling, 1), 16384);
	e.scales[1] = 0.4999f;
	assert_int_equal(channels_multiplier(&e.conv, &scaling, 1),
			 lrint(32768 * 0.9998 * 16384.4 / 16384));
}

/* The bias of a channel is right although its multiplier is rounded. */
static void a_bias_is_written_in_units_of_the_rounded_multiplier(void **state)
{
	static const uint8_t bias[4 * CHANNELS] = { 0x40, 0x42, 0x0f, 0 };	/* 1000000 */
	struct scaling scaling;
	int16_t multipliers[CHANNELS];
	struct arena a = { 0 };
	const char *reason;
	struct example e;

	make(&e, false, 1.0 / 2048);
	e.scales[0] = 0.5f * 10.4 / 32768;
	assert_null(channels_scaling(&npu_limits_rk3588, &e.conv, 0, CHANNELS, &scaling));
	for (uint32_t k = 0; k < CHANNELS; k++)
		multipliers[k] = channels_multiplier(&e.conv, &scaling, k);
	assert_int_equal(multipliers[0], 10);
	e.conv.bias = bias;
	e.conv.scale_group = CHANNELS;
	e.conv.scalings = &scaling;
	e.conv.multipliers = multipliers;
	assert_int_equal(bias_table(&e.conv, &a, &reason), 0);
	assert_int_equal(e.conv.table[0], 1040000);
	arena_fini(&a);
}

static void a_scale_too_far_below_its_neighbours_stays_on_the_cpu(void **state)
{
	struct graph *g = build_start(DTYPE_INT8, &(struct shape){ 4, { 1, 4, 4, 64 } },
				      (struct build_quant){ 1, 0 });
	struct program *p = NULL;
	struct example e;

	make(&e, false, 1);
	e.scales[7] = 0.5f * FAR;
	build_output(g, build_add_conv(g, 0, &(struct build_conv){
						     .kind = OP_CONV_2D,
						     .kernels = CHANNELS,
						     .weight = { 0.5f, 0 },
						     .weight_scales = e.scales,
						     .weights = e.weights,
						     .out = { 0.5f, 0 },
					     }));
	assert_int_equal(compile_graph(g, NULL, NULL, &p), 0);
	assert_non_null(p->ops[0].reason);
	assert_non_null(strstr(p->ops[0].reason, "too far below"));
	program_destroy(p);
	graph_destroy(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(far_channels_share_a_converter_with_fewer),
		cmocka_unit_test(a_depthwise_convolution_is_cut_by_64),
		cmocka_unit_test(a_channel_without_weight_may_have_any_scale),
		cmocka_unit_test(multipliers_are_shares_of_the_largest_scale),
		cmocka_unit_test(multipliers_make_up_for_the_rounding_of_the_converter),
		cmocka_unit_test(a_bias_is_written_in_units_of_the_rounded_multiplier),
		cmocka_unit_test(a_scale_too_far_below_its_neighbours_stays_on_the_cpu),
	};

	return cmocka_run_group_tests_name("compiler_channels", tests, NULL, NULL);
}
