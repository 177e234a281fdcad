// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: feature addresses, packed input, padding lanes, weight order
 *
 * Most tasks copy: kernel k has weight 1 for channel k and 0 elsewhere.
 */
#include "model_rig.h"

static void fill(struct rig *rig, uint32_t iova, unsigned int bytes, uint32_t seed)
{
	unsigned int i;

	for (i = 0; i < bytes; i++) {
		seed = seed * 1103515245 + 12345;
		rig_at(rig, iova)[i] = (uint8_t)(seed >> 16);
	}
}

static void identity_weights(struct rig *rig, const struct rig_conv *c)
{
	unsigned int k;

	for (k = 0; k < c->k; k++)
		*rig_at(rig, RIG_WEIGHTS + rig_weight(c, k, 0, 0, k)) = 1;
}

static unsigned int wrong_copies(struct rig *rig, const struct rig_conv *c)
{
	unsigned int wrong = 0, ch, y, x;

	for (ch = 0; ch < c->c; ch++) {
		for (y = 0; y < c->oh; y++) {
			for (x = 0; x < c->ow; x++)
				wrong += *rig_at(rig, rig_feature(RIG_IN, c->w, c->h, ch, y, x)) !=
					 *rig_at(rig, rig_feature(RIG_OUT, c->ow, c->oh, ch, y, x));
		}
	}
	return wrong;
}

static void surfaces_are_found_at_every_height(void **state)
{
	struct rig_conv c = { .w = 3, .c = 64, .k = 64, .kw = 1, .kh = 1, .ow = 3 };
	struct rig rig;

	for (c.h = 1; c.h <= 13; c.h++) {
		c.oh = c.h;
		rig_open(&rig, NULL);
		fill(&rig, RIG_IN, c.w * c.h * c.c, c.h);
		identity_weights(&rig, &c);
		rig_begin(&rig, 0);
		rig_convolution(&rig, &c);
		rig_end(&rig, MASK_CONV);
		rig_run(&rig);
		if (wrong_copies(&rig, &c))
			fail_msg("height %u: %u wrong", c.h, wrong_copies(&rig, &c));
		rig_clean(&rig);
		rig_close(&rig);
	}
}

/*
 * The reported "height below 4 is broken": with the stride clamped to 0 only the first surface is
 * right.
 */
static void clamped_surface_stride_misses_later_surfaces(void **state)
{
	const struct rig_conv c = { .w = 3, .h = 2, .c = 64, .k = 64, .kw = 1, .kh = 1, .ow = 3,
				    .oh = 2 };
	struct rig rig;
	unsigned int ch, y, x;

	rig_open(&rig, NULL);
	fill(&rig, RIG_IN, 4 * c.w * 16 * 4, 1);
	identity_weights(&rig, &c);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_reg(&rig, ROCKET_CNA_DMA_CON2, 0);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	assert_int_not_equal(wrong_copies(&rig, &c), 0);
	for (ch = 0; ch < c.c; ch++) {
		for (y = 0; y < c.h; y++) {
			for (x = 0; x < c.w; x++)	/* a pitch of four lines instead of two */
				assert_int_equal(*rig_at(&rig,
							 rig_feature(RIG_IN, c.w, 4, ch, y, x)),
						 *rig_at(&rig,
							 rig_feature(RIG_OUT, c.w, c.h, ch, y, x)));
		}
	}
	rig_close(&rig);
}

/* Matrix product without repacking: rows of 64 bytes in, rows of 128 bytes out; guide 10 */
static void row_major_matrices(void **state)
{
	const struct rig_conv c = { .out = ROCKET_PRECISION_INT32, .w = 1, .h = 5, .c = 64,
				    .k = 32, .kw = 1, .kh = 1,
				    .ow = 1, .oh = 5 };
	struct rig rig;
	unsigned int m, n, i;

	rig_open(&rig, NULL);
	fill(&rig, RIG_IN, 5 * 64, 3);
	fill(&rig, RIG_WEIGHTS, 32 * 64, 4);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_reg(&rig, ROCKET_CNA_CONV_CON1, ROCKET_CNA_CONV_CON1_GROUP_LINE_OFF);
	rig_reg(&rig, ROCKET_CNA_DMA_CON1, 64 / 16);
	rig_reg(&rig, ROCKET_CNA_DMA_CON2, 0);
	rig_reg(&rig, ROCKET_DPU_DST_SURF_STRIDE, 16);
	rig_reg(&rig, ROCKET_DPU_SURFACE_ADD, 128);
	rig_reg(&rig, ROCKET_DPU_DATA_CUBE_NOTCH_ADDR, 7 << 16 | 7);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	for (m = 0; m < 5; m++) {
		for (n = 0; n < 32; n++) {
			int sum = 0;

			for (i = 0; i < 64; i++)
				sum += (int8_t)*rig_at(&rig, RIG_IN + m * 64 + i) *
				       (int8_t)*rig_at(&rig,
						       RIG_WEIGHTS + rig_weight(&c, n, 0, 0, i));
			assert_int_equal(rig_get32(&rig, RIG_OUT + m * 128 + n * 4), sum);
		}
	}
	rig_clean(&rig);
	rig_close(&rig);
}

/* Raw uint8 pixels of one channel in lines of 16, of which 7 are the image; guide 4.3 */
static void packed_input_is_converted(void **state)
{
	const struct rig_conv c = { .w = 16, .h = 4, .c = 1, .k = 32, .kw = 1, .kh = 1, .ow = 7,
				    .oh = 4 };
	struct rig rig;
	unsigned int x, y, i;

	rig_open(&rig, NULL);
	fill(&rig, RIG_IN, 64, 5);
	identity_weights(&rig, &c);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_reg(&rig, ROCKET_CNA_CONV_CON1,
		ROCKET_CNA_CONV_CON1_NONALIGN_DMA | ROCKET_CNA_CONV_CON1_GROUP_LINE_OFF |
			ROCKET_ARGB_IN_C1 << 12);
	rig_reg(&rig, ROCKET_CNA_CBUF_CON1, 64);
	rig_reg(&rig, ROCKET_CNA_CVT_CON0, 14u << 22 | 14u << 16 | 14u << 10 | 14u << 4);
	for (i = 0; i < 4; i++)
		rig_reg(&rig, ROCKET_CNA_CVT_CON1 + 4 * i, 0x4000ff80);
	rig_reg(&rig, ROCKET_CNA_CVT_CON5, 0xffff);
	rig_reg(&rig, ROCKET_CNA_DMA_CON1, 16);
	rig_reg(&rig, ROCKET_CNA_DMA_CON2, 16 * 3);
	rig_reg(&rig, ROCKET_CNA_FC_DATA_SIZE0, 7 << 16 | 4);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	for (y = 0; y < 4; y++) {
		for (x = 0; x < 7; x++)
			assert_int_equal((int8_t)*rig_at(&rig, rig_feature(RIG_OUT, 7, 4, 0, y, x)),
					 *rig_at(&rig, RIG_IN + y * 16 + x) - 128);
	}
	rig_clean(&rig);
	rig_close(&rig);
}

/* The corner tap of a padded 3x3 window is all the kernel sees: the output is the padding lane. */
static int pad_seen(struct rig *rig, const struct npu_switches *switches, bool depthwise,
		    unsigned int channel)
{
	const struct rig_conv c = { .depthwise = depthwise, .w = 4, .h = 4, .c = 64,
				    .k = depthwise ? 0 : 64, .kw = 3,
				    .kh = 3, .pad_left = 1, .pad_top = 1, .ow = 4, .oh = 4 };
	unsigned int k;
	int seen;

	rig_open(rig, switches);
	for (k = 0; k < 64; k++)
		*rig_at(rig, RIG_WEIGHTS + (depthwise ? k : rig_weight(&c, k, 0, 0, k))) = 1;
	rig_begin(rig, 0);
	rig_convolution(rig, &c);
	if (depthwise)
		rig_reg(rig, ROCKET_DPU_DATA_CUBE_CHANNEL, 63 << 16 | 63);
	rig_reg(rig, ROCKET_CNA_PAD_CON1, 0x44332211);
	rig_end(rig, MASK_CONV);
	rig_run(rig);
	rig_clean(rig);
	seen = *rig_at(rig, rig_feature(RIG_OUT, 4, 4, channel, 0, 0));
	rig_close(rig);
	return seen;
}

static void padding_lanes(void **state)
{
	static const struct {
		unsigned char value;
		bool depthwise;
		unsigned int channel;
		int seen;
	} cases[] = {
		{ 0, true, 0, 0x11 },  { 0, true, 1, 0x22 },  { 0, true, 31, 0x22 },
		{ 0, true, 33, 0x11 }, { 0, false, 1, 0x11 }, { 0, false, 33, 0x11 },
		{ 1, true, 1, 0x11 },  { 1, false, 1, 0x11 }, { 2, true, 1, 0x22 },
		{ 2, false, 1, 0x22 }, { 2, false, 2, 0x11 }, { 2, false, 33, 0x11 },
	};
	struct npu_switches switches = npu_switches_default;
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		switches.pad_lanes = cases[i].value;
		if (pad_seen(&rig, &switches, cases[i].depthwise, cases[i].channel) !=
		    cases[i].seen)
			fail_msg("switch %u, %s, channel %u", cases[i].value,
				 cases[i].depthwise ? "depthwise" : "direct", cases[i].channel);
	}
}

/* 144 channels, 24 kernels: four slices of 32 channels and one of 16; guide 4.5 */
static void weight_rows_of_a_tail_are_short(void **state)
{
	const struct rig_conv c = { .out = ROCKET_PRECISION_INT32, .w = 1, .h = 1, .c = 144,
				    .k = 24, .kw = 1, .kh = 1,
				    .ow = 1, .oh = 1 };
	struct rig rig;
	unsigned int k;

	assert_int_equal(rig_weight(&c, 1, 0, 0, 128), 3088);
	rig_open(&rig, NULL);
	*rig_at(&rig, rig_feature(RIG_IN, 1, 1, 128, 0, 0)) = 3;
	*rig_at(&rig, RIG_WEIGHTS + 3088) = 5;
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	for (k = 0; k < 24; k++)
		assert_int_equal(rig_get32(&rig, RIG_OUT + k / 4 * 16 + k % 4 * 4),
				 k == 1 ? 15 : 0);
	rig_clean(&rig);
	rig_close(&rig);
}

/* int4: low nibble first, groups of 64 kernels; guide 11 */
static void int4_values_are_nibbles(void **state)
{
	const struct rig_conv c = { .precision = ROCKET_PRECISION_INT4,
				    .out = ROCKET_PRECISION_INT16, .w = 1, .h = 1,
				    .c = 64, .k = 64, .kw = 1, .kh = 1, .ow = 1, .oh = 1 };
	struct rig rig;

	rig_open(&rig, NULL);
	*rig_at(&rig, RIG_IN) = 0x83;				/* channels 0, 1: 3, -8 */
	*rig_at(&rig, RIG_WEIGHTS) = 0x72;			/* kernel 0: 2, 7 */
	*rig_at(&rig, RIG_WEIGHTS + 16) = 0x0f;			/* kernel 1: -1, 0 */
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	assert_int_equal((int16_t)rig_get16(&rig, RIG_OUT), 3 * 2 - 8 * 7);
	assert_int_equal((int16_t)rig_get16(&rig, RIG_OUT + 2), -3);
	rig_clean(&rig);
	rig_close(&rig);
}

static void unmodelled_features_are_named(void **state)
{
	static const struct { uint32_t offset, value; const char *name; } cases[] = {
		{ ROCKET_CNA_CONV_CON1, ROCKET_CNA_CONV_CON1_DECONV, "DECONV" },
		{ ROCKET_CNA_CONV_CON3, 1 << 28 | 9, "NN_MODE" },
		{ ROCKET_CNA_DCOMP_CTRL, 1, "DECOMP_CONTROL" },
		{ ROCKET_CNA_FC_CON0, 1, "FC_SKIP_EN" },
		{ ROCKET_DPU_FEATURE_MODE_CFG, 0x1e4 | ROCKET_DPU_FEATURE_MODE_CFG_TP_EN, "TP_EN" },
	};
	const struct rig_conv c = { .w = 2, .h = 2, .c = 16, .k = 32, .kw = 1, .kh = 1, .ow = 2,
				    .oh = 2 };
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		rig_begin(&rig, 0);
		rig_convolution(&rig, &c);
		rig_reg(&rig, cases[i].offset, cases[i].value);
		rig_end(&rig, MASK_CONV);
		rig_run(&rig);
		if (rig.unimps != 1 || rig.guest_errors || !strstr(rig.text, cases[i].name))
			fail_msg("%s: %u reports, last: %s", cases[i].name, rig.unimps, rig.text);
		rig_close(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("cna: surfaces are found at every height", surfaces_are_found_at_every_height),
		TEST("cna: a surface stride clamped to 0 misses later surfaces",
		     clamped_surface_stride_misses_later_surfaces),
		TEST("cna: row-major matrices need no repacking", row_major_matrices),
		TEST("cna: packed bytes are converted", packed_input_is_converted),
		TEST("cna: padding lanes follow the switch", padding_lanes),
		TEST("cna: weight rows of a tail slice are short", weight_rows_of_a_tail_are_short),
		TEST("cna: int4 values are nibbles", int4_values_are_nibbles),
		TEST("cna: what is not modelled is named", unmodelled_features_are_named),
	};

	return cmocka_run_group_tests_name("model/cna", tests, NULL, NULL);
}
