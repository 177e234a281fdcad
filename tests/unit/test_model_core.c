// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: convolutions against plain loops, worked examples and silicon
 */
#include <stdio.h>

#include <model/numeric.h>

#include "model_rig.h"

static uint32_t random_state;

static unsigned int random_below(unsigned int n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

static void fill(struct rig *rig, uint32_t iova, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < bytes; i++)
		rig_at(rig, iova)[i] = (uint8_t)random_below(256);
}

static uint32_t depthwise_weight(const struct rig_conv *c, unsigned int ky, unsigned int kx,
				 unsigned int ch)
{
	unsigned int padded = rig_padded(c), g = ch / 64,
		     row = padded - g * 64 < 64 ? padded - g * 64 : 64;

	return c->kh * c->kw * 64 * g + (ky * c->kw + kx) * row + ch % 64;
}

static int feature(struct rig *rig, const struct rig_conv *c, unsigned int ch, int y, int x)
{
	if (y < 0 || x < 0 || y >= (int)c->h || x >= (int)c->w)
		return c->pad;
	return (int8_t)*rig_at(rig, rig_feature(RIG_IN, c->w, c->h, ch, y, x));
}

/* One output by the definition: guide 4.4 and 7.3 */
static int expected(struct rig *rig, const struct rig_conv *c, unsigned int k, unsigned int oy,
		    unsigned int ox, unsigned int dilation)
{
	unsigned int stride = c->stride ? c->stride : 1, first = c->depthwise ? k : 0;
	unsigned int last = c->depthwise ? k : rig_padded(c) - 1, ky, kx, ch;
	int left = (int)(ox * stride) - (int)c->pad_left;
	int top = (int)(oy * stride) - (int)c->pad_top;
	int64_t x, sum = 0, features = 0;

	for (ky = 0; ky < c->kh; ky++) {
		for (kx = 0; kx < c->kw; kx++) {
			for (ch = first; ch <= last; ch++) {
				int f = feature(rig, c, ch, top + (int)(ky * dilation),
						left + (int)(kx * dilation));
				uint32_t at = c->depthwise ? depthwise_weight(c, ky, kx, ch) :
					      rig_weight(c, k, ky, kx, ch);

				sum += f * (int8_t)*rig_at(rig, RIG_WEIGHTS + at);
				features += f;
			}
		}
	}
	x = sum + c->cpend * features + (c->bias ? rig_get32(rig, RIG_TABLE + 4 * k) : 0);
	return (int)clamp64(shift_even(x * c->scale + (int64_t)c->offset * (1 << c->shift),
				       c->shift),
			    -128, 127);
}

static void check_all(struct rig *rig, const struct rig_conv *c, unsigned int dilation,
		      unsigned int seed)
{
	unsigned int k, y, x, channels = c->depthwise ? c->c : c->k;

	for (k = 0; k < channels; k++) {
		for (y = 0; y < c->oh; y++) {
			for (x = 0; x < c->ow; x++) {
				int want = expected(rig, c, k, y, x, dilation);
				int got = (int8_t)*rig_at(rig, rig_feature(RIG_OUT, c->ow, c->oh, k,
									   y, x));

				if (got != want)
					fail_msg("seed %u: %u, %u, %u: %d instead of %d", seed, k,
						 y, x, got, want);
			}
		}
	}
}

static void run_random(unsigned int seed)
{
	struct rig_conv c = { 0 };
	unsigned int dilation, i, span_w, span_h;
	struct rig rig;

	random_state = seed;
	c.depthwise = random_below(3) == 0;
	c.kw = 1 + random_below(4);
	c.kh = 1 + random_below(4);
	c.stride = 1 + random_below(3);
	dilation = 1 + random_below(2);
	c.w = 1 + random_below(14);
	c.h = 1 + random_below(14);
	c.c = 1 + random_below(90);
	c.k = c.depthwise ? 0 : 2 * (1 + random_below(40));
	c.pad_left = random_below(3);
	c.pad_top = random_below(3);
	c.pad = (int)random_below(256) - 128;
	span_w = (c.kw - 1) * dilation + 1;
	span_h = (c.kh - 1) * dilation + 1;
	c.ow = c.w + c.pad_left + 2 > span_w ? (c.w + c.pad_left + 2 - span_w) / c.stride + 1 : 1;
	c.oh = c.h + c.pad_top + 2 > span_h ? (c.h + c.pad_top + 2 - span_h) / c.stride + 1 : 1;
	c.cpend = (int)random_below(256) - 127;
	c.bias = true;
	c.scale = 16384 + random_below(16384);
	c.shift = 20 + random_below(4);
	c.offset = (int)random_below(256) - 128;

	rig_open(&rig, NULL);
	fill(&rig, RIG_IN, rig_padded(&c) * c.w * c.h);
	fill(&rig, RIG_WEIGHTS, c.kw * c.kh * rig_padded(&c) * (c.depthwise ? 1 : c.k));
	for (i = 0; i < 128; i++)
		rig_put32(&rig, RIG_TABLE + 4 * i, random_below(200000) - 100000);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_reg(&rig, ROCKET_CNA_CONV_CON3,
		(dilation - 1) << 21 | (dilation - 1) << 16 | c.stride << 3 | c.stride);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	rig_clean(&rig);
	check_all(&rig, &c, dilation, seed);
	rig_close(&rig);
}

static void random_convolutions_agree_with_plain_loops(void **state)
{
	unsigned int seed;

	for (seed = 1; seed <= 60; seed++)
		run_random(seed);
}

/* Guide 13.1: one output value, number by number */
static void worked_value(void **state)
{
	static const struct { int zero_point; int bias; } cases[] = { { 128, 10 },
								      { 100, 10 - 56 } };
	struct rig_conv c = { .w = 1, .h = 1, .c = 2, .k = 2, .kw = 1, .kh = 1, .ow = 1, .oh = 1,
			      .cpend = 128 - 151,
			      .bias = true, .scale = 30398, .shift = 22, .offset = -128 };
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		rig_at(&rig, RIG_IN)[0] = 2;
		rig_at(&rig, RIG_IN)[1] = (uint8_t)-8;
		*rig_at(&rig, RIG_WEIGHTS + rig_weight(&c, 0, 0, 0, 0)) = 32;
		*rig_at(&rig, RIG_WEIGHTS + rig_weight(&c, 0, 0, 0, 1)) = 12;
		rig_put32(&rig, RIG_TABLE, (uint32_t)cases[i].bias);
		rig_begin(&rig, 0);
		rig_convolution(&rig, &c);
		rig_reg(&rig, ROCKET_DPU_DATA_FORMAT, (uint32_t)ROCKET_PRECISION_INT32 << 29);
		rig_reg(&rig, ROCKET_DPU_OUT_CVT_OFFSET, 0);
		rig_reg(&rig, ROCKET_DPU_OUT_CVT_SCALE, 1);
		rig_reg(&rig, ROCKET_DPU_OUT_CVT_SHIFT, 0);
		rig_reg(&rig, ROCKET_DPU_BS_OW_CFG, 7 << 8 | 7 << 5 | 7 << 2);
		rig_end(&rig, MASK_CONV);
		rig_run(&rig);
		assert_int_equal(rig_get32(&rig, RIG_OUT), cases[i].zero_point == 128 ? 116 : 60);
		rig_begin(&rig, 0);
		rig_convolution(&rig, &c);
		rig_end(&rig, MASK_CONV);
		rig_run(&rig);
		if (cases[i].zero_point == 128)
			assert_int_equal((int8_t)*rig_at(&rig, RIG_OUT), -127);
		rig_clean(&rig);
		rig_close(&rig);
	}
}

/*
 * Silicon notes 9: depthwise 3x3 on 64 channels, PAD_CON1 0x7e, all features -128; outputs by
 * border class
 */
static const struct {
	unsigned int channel;
	int weights[9];
	int bias;
	int outputs[9];
} silicon[] = {
	{ 1, { 43, 91, -43, -60, 60, -103, 93, 102, -83 }, 162760,
	  { 127, 127, 127, 127, -112, -29, 127, 127, 127 } },
	{ 3, { 77, -93, 77, -92, -122, -102, 9, -25, -16 }, 112450,
	  { 127, 124, 127, 88, -116, 69, 127, 74, 127 } },
	{ 8, { -116, 100, -34, -79, -13, -74, -12, 22, 102 }, 136240,
	  { 127, 127, 127, 75, -114, 127, 127, 127, 127 } },
	{ 9, { 123, 16, -43, 32, -121, -119, 72, 97, 108 }, 171210,
	  { 127, 127, 127, 127, -112, 66, 127, 127, 127 } },
	{ 17, { -109, -100, -81, 31, -21, -126, 29, 107, 29 }, 118430,
	  { 106, -65, 21, 65, -115, -4, 127, 127, 127 } },
	{ 22, { -113, -118, 25, 86, 116, 98, -6, -96, -97 }, 136110,
	  { 127, 76, 127, 127, -114, 127, 127, 84, 127 } },
	{ 31, { -94, -108, 112, 56, -115, -126, 125, -126, 5 }, 114530,
	  { 127, 43, 116, 127, -116, 87, 127, 94, 127 } },
	{ 33, { 106, 22, 2, 38, -31, -99, -37, -33, -30 }, 141700,
	  { 127, 127, 127, 127, -114, 127, 127, 127, 127 } },
	{ 36, { -119, 86, -113, -100, -94, -113, -21, -76, 8 }, 79300,
	  { 127, 127, 127, 36, -118, 60, 127, 127, 127 } },
	{ 57, { -103, 16, 88, -6, 83, -41, -53, 118, -28 }, 159380,
	  { 127, 127, 127, 125, -113, 127, 127, 127, 127 } },
	{ 60, { -73, -104, -117, -11, -19, -56, 94, 110, -99 }, 114010,
	  { 127, -19, 89, 127, -116, 4, 127, 127, 127 } },
	{ 61, { -14, -76, -78, -8, 8, -61, -16, 15, 120 }, 135460,
	  { 127, 117, 127, 127, -114, 127, 127, 127, 127 } },
};

/* first, middle or last of 8 */
static unsigned int border(unsigned int i)
{
	return i == 0 ? 0 : i == 7 ? 2 : 1;
}

static void depthwise_vector_of_silicon(void **state)
{
	const struct rig_conv c = { .depthwise = true, .w = 8, .h = 8, .c = 64, .kw = 3, .kh = 3,
				    .pad_left = 1,
				    .pad_top = 1, .ow = 8, .oh = 8, .cpend = 128, .bias = true,
				    .offset = -123,
				    .scale = 17675, .shift = 22 };
	unsigned int i, tap, y, x;
	struct rig rig;

	rig_open(&rig, NULL);
	memset(rig_at(&rig, RIG_IN), 0x80, 64 * 64);
	for (i = 0; i < COUNT(silicon); i++) {
		rig_put32(&rig, RIG_TABLE + 4 * silicon[i].channel, (uint32_t)silicon[i].bias);
		for (tap = 0; tap < 9; tap++)
			*rig_at(&rig, RIG_WEIGHTS + tap * 64 + silicon[i].channel) =
				(uint8_t)silicon[i].weights[tap];
	}
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_reg(&rig, ROCKET_CNA_PAD_CON1, 0x0000007e);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	rig_clean(&rig);
	for (i = 0; i < COUNT(silicon); i++) {
		for (y = 0; y < 8; y++) {
			for (x = 0; x < 8; x++) {
				unsigned int class = border(y) * 3 + border(x);
				int got = (int8_t)*rig_at(&rig,
							  rig_feature(RIG_OUT, 8, 8,
								      silicon[i].channel, y, x));

				if (got != silicon[i].outputs[class])
					fail_msg("channel %u, row %u, column %u: %d instead of %d",
						 silicon[i].channel, y, x, got,
						 silicon[i].outputs[class]);
			}
		}
	}
	rig_close(&rig);
}

/* Guide 13.2: MobileNetV1's first layer, third task: rows 180..223 give output rows 90..111 */
static void first_layer_of_mobilenet(void **state)
{
	const struct rig_conv c = { .w = 224, .h = 44, .h_full = 224, .c = 3, .k = 32, .kw = 3,
				    .kh = 3, .stride = 2,
				    .ow = 112, .oh = 22, .cpend = -23, .bias = true,
				    .offset = -128, .scale = 30398,
				    .shift = 22 };
	struct rig rig;
	unsigned int i;

	random_state = 13;
	rig_open(&rig, NULL);
	fill(&rig, RIG_IN, 224 * 44 * 16);
	fill(&rig, RIG_WEIGHTS, 4608);
	for (i = 0; i < 32; i++)
		rig_put32(&rig, RIG_TABLE + 4 * i, random_below(20000) - 10000);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	rig_clean(&rig);
	check_all(&rig, &c, 1, 13);
	rig_close(&rig);
}

/* Guide 13.3, second task, and 13.4, second task */
static void next_layers_of_mobilenet(void **state)
{
	static const struct rig_conv layers[] = {
		{ .depthwise = true, .w = 112, .h = 23, .h_full = 23, .c = 32, .kw = 3, .kh = 3,
		  .pad_left = 1, .ow = 112,
		  .oh = 22, .pad = -128, .cpend = 18, .bias = true, .offset = -128, .scale = 19150,
		  .shift = 16 },
		{ .w = 112, .h = 21, .h_full = 21, .c = 32, .k = 64, .kw = 1, .kh = 1, .ow = 112,
		  .oh = 21, .pad = -128,
		  .cpend = 7, .bias = true, .offset = -128, .scale = 31899, .shift = 20 },
	};
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(layers); i++) {
		random_state = i;
		rig_open(&rig, NULL);
		fill(&rig, RIG_IN, 32 * 112 * layers[i].h);
		fill(&rig, RIG_WEIGHTS, 4096);
		rig_begin(&rig, 0);
		rig_convolution(&rig, &layers[i]);
		rig_end(&rig, MASK_CONV);
		rig_run(&rig);
		rig_clean(&rig);
		check_all(&rig, &layers[i], 1, i);
		rig_close(&rig);
	}
}

/* 147456 products of 2^14 leave int32; one kernel is all that fits, which is reported */
static void int8_sums_saturate(void **state)
{
	const struct rig_conv c = { .out = ROCKET_PRECISION_INT32, .w = 3, .h = 3, .c = 16384,
				    .k = 1, .kw = 3, .kh = 3,
				    .ow = 1, .oh = 1, .data_banks = 5 };
	struct rig rig;

	rig_open(&rig, NULL);
	memset(rig_at(&rig, RIG_IN), 0x80, 147456);
	memset(rig_at(&rig, RIG_WEIGHTS), 0x80, 147456);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_end(&rig, MASK_CONV);
	assert_int_equal(rig_run(&rig), NPU_IDLE);
	assert_int_equal(rig_get32(&rig, RIG_OUT), INT32_MAX);
	assert_int_equal(rig.guest_errors, 1);
	rig_close(&rig);
}

static void int16_sums_saturate(void **state)
{
	const struct rig_conv c = { .precision = ROCKET_PRECISION_INT16,
				    .out = ROCKET_PRECISION_INT32, .w = 1, .h = 1,
				    .c = 8, .k = 16, .kw = 1, .kh = 1, .ow = 1, .oh = 1 };
	struct rig rig;
	unsigned int i;

	rig_open(&rig, NULL);
	for (i = 0; i < 8; i++) {
		rig_put16(&rig, RIG_IN + 2 * i, 0x8000);
		/* kernel 0: all products 2^30 */
		rig_put16(&rig, RIG_WEIGHTS + 2 * i, 0x8000);
		/* kernel 1: one product */
		rig_put16(&rig, RIG_WEIGHTS + 16 + 2 * i, i < 1 ? 0x7fff : 0);
	}
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	rig_clean(&rig);
	assert_int_equal(rig_get32(&rig, RIG_OUT), INT32_MAX);
	assert_int_equal(rig_get32(&rig, RIG_OUT + 4), -32768 * 32767);
	rig_close(&rig);
}

/* Sums of fp16 are exact in fp32 where fp32 can hold them; silicon notes 2.1 */
static float half_product(const struct npu_switches *switches, bool depthwise)
{
	const struct rig_conv c = { .precision = ROCKET_PRECISION_FP16,
				    .out = depthwise ? ROCKET_PRECISION_FP16
						     : ROCKET_PRECISION_FP32,
				    .depthwise = depthwise,
				    .w = 1,
				    .h = 3,
				    .c = 32,
				    .k = depthwise ? 0 : 16,
				    .kw = 1,
				    .kh = 3,
				    .ow = 1,
				    .oh = 1 };
	/* 16384, 1 + 2^-10, -16384 */
	static const uint16_t features[] = { 0x7400, 0x3c01, 0xf400 };
	struct rig rig;
	unsigned int y, ch;
	float result;

	rig_open(&rig, switches);
	for (y = 0; y < 3; y++) {
		rig_put16(&rig, RIG_IN + y * 16, features[y]);
		for (ch = 0; ch < 32; ch++)
			rig_put16(&rig, RIG_WEIGHTS + y * (depthwise ? 64 : 1024) + 2 * ch,
				  ch ? 0 : 0x3c00);
	}
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	rig_clean(&rig);
	result = depthwise ? half_to_float(rig_get16(&rig, RIG_OUT)) :
		 float_from_bits((uint32_t)rig_get32(&rig, RIG_OUT));
	rig_close(&rig);
	return result;
}

static void float_sums_are_exact_or_single(void **state)
{
	struct npu_switches switches = npu_switches_default;

	assert_true(half_product(NULL, false) == 1 + 1.0f / 1024);
	assert_true(half_product(NULL, true) == 1 + 1.0f / 1024);
	switches.fp_accumulate = 1;
	/* 2^14 + 1 + 2^-10 is a tie in fp32 */
	assert_true(half_product(&switches, false) == 1);
}

static void macs_are_counted(void **state)
{
	const struct rig_conv c = { .w = 5, .h = 4, .c = 16, .k = 32, .kw = 3, .kh = 2, .ow = 3,
				    .oh = 3 };
	struct npu_stats stats;
	struct rig rig;

	rig_open(&rig, NULL);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_end(&rig, MASK_CONV_BARE);
	rig_run(&rig);
	rig_clean(&rig);
	npu_get_stats(rig.npu, &stats);
	assert_int_equal(stats.macs, 3 * 3 * 3 * 2 * 16 * 32);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("core: random convolutions agree with plain loops",
		     random_convolutions_agree_with_plain_loops),
		TEST("core: one output value, number by number", worked_value),
		TEST("core: the depthwise vector of silicon", depthwise_vector_of_silicon),
		TEST("core: MobileNetV1, first layer", first_layer_of_mobilenet),
		TEST("core: MobileNetV1, first depthwise and pointwise layer",
		     next_layers_of_mobilenet),
		TEST("core: int8 sums saturate to int32", int8_sums_saturate),
		TEST("core: int16 sums saturate to int32", int16_sums_saturate),
		TEST("core: float sums are exact, or fp32 on request",
		     float_sums_are_exact_or_single),
		TEST("core: MACs are counted", macs_are_counted),
	};

	return cmocka_run_group_tests_name("model/core", tests, NULL, NULL);
}
