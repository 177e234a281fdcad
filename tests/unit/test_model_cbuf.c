// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: what the convolution buffer holds
 *
 * The capacity cases are published failures on RK3588 (silicon notes 2.9): matrix products of one
 * pixel width whose author gave the features one bank too few.
 */
#include "model_rig.h"

static void fill_ones(struct rig *rig, uint32_t iova, unsigned int bytes)
{
	memset(rig_at(rig, iova), 1, bytes);
}

/*
 * Run rows x k ones times k x 32 ones; return the rows whose products are right, counted from the
 * first
 */
static unsigned int right_rows(unsigned int rows, unsigned int k, unsigned int banks,
			       unsigned int *reports)
{
	const struct rig_conv c = { .out = ROCKET_PRECISION_INT32, .w = 1, .h = rows, .c = k,
				    .k = 32, .kw = 1, .kh = 1,
				    .ow = 1, .oh = rows, .data_banks = banks };
	unsigned int right;
	struct rig rig;

	rig_open(&rig, NULL);
	fill_ones(&rig, RIG_IN, rows * k);
	fill_ones(&rig, RIG_WEIGHTS, 32 * k);
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_end(&rig, MASK_CONV);
	assert_int_equal(rig_run(&rig), NPU_IDLE);
	for (right = 0; right < rows; right++) {
		if (rig_get32(&rig, RIG_OUT + right * 16) != (int32_t)k)
			break;
	}
	*reports = rig.guest_errors;
	assert_int_equal(rig.unimps, 0);
	rig_close(&rig);
	return right;
}

static bool listed(const unsigned int *list, unsigned int x)
{
	while (*list && *list != x)
		list++;
	return *list;
}

static void published_failures_are_predicted(void **state)
{
	static const struct { unsigned int rows; unsigned int fails[5]; } tiles[] = {
		{ 144, { 7, 21, 35 } },
		{ 192, { 5, 21, 37 } },
		{ 240, { 17, 21, 25, 29 } },
	};
	unsigned int t, k, banks, reports, right;

	for (t = 0; t < COUNT(tiles); t++) {
		for (k = 1; k <= 40; k++) {
			/* their formula: bytes, not entries */
			banks = (tiles[t].rows * k * 32 + 32767) / 32768;
			right = right_rows(tiles[t].rows, k * 32, banks, &reports);
			if ((right < tiles[t].rows) != listed(tiles[t].fails, k) ||
			    (right < tiles[t].rows) != reports)
				fail_msg("%u rows of %u: %u right", tiles[t].rows, k * 32, right);
		}
	}
}

static void published_windows_are_predicted(void **state)
{
	unsigned int rows, banks, reports;
	bool fails;

	for (rows = 167; rows <= 240;
	     rows++) { /* the swept part; the formula has windows outside, too */
		banks = (rows * 1184 + 32767) / 32768;
		fails = (rows >= 189 && rows <= 193) || (rows >= 216 && rows <= 221);
		if ((right_rows(rows, 1184, banks, &reports) < rows) != fails)
			fail_msg("%u rows of 1184", rows);
	}
}

static void overflow_spoils_the_last_rows_only(void **state)
{
	unsigned int reports;

	/* 4 entries per row: 3 banks of 512 hold 384 rows */
	assert_int_equal(right_rows(384, 256, 3, &reports), 384);
	assert_int_equal(reports, 0);
	assert_int_equal(right_rows(400, 256, 3, &reports), 384);
	assert_int_equal(reports, 1);
}

static const struct rig_conv product = { .out = ROCKET_PRECISION_INT32, .w = 1, .h = 4, .c = 64,
					 .k = 32, .kw = 1,
					 .kh = 1, .ow = 1, .oh = 4 };

static void run_product(struct rig *rig, uint32_t reuse, unsigned int data_banks)
{
	rig_begin(rig, 0);
	rig_convolution(rig, &product);
	rig_reg(rig, ROCKET_CNA_CBUF_CON0, reuse | (NPU_CBUF_BANKS - data_banks) << 4 | data_banks);
	rig_end(rig, MASK_CONV);
	rig_run(rig);
}

static void reuse_keeps_what_was_loaded(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	fill_ones(&rig, RIG_IN, 256);
	fill_ones(&rig, RIG_WEIGHTS, 2048);
	run_product(&rig, 0, 10);
	assert_int_equal(rig_get32(&rig, RIG_OUT), 64);
	memset(rig_at(&rig, RIG_WEIGHTS), 2, 2048);
	run_product(&rig, ROCKET_CNA_CBUF_CON0_WEIGHT_REUSE, 10);
	assert_int_equal(rig_get32(&rig, RIG_OUT), 64);
	memset(rig_at(&rig, RIG_IN), 3, 256);
	run_product(&rig, ROCKET_CNA_CBUF_CON0_DATA_REUSE, 10);
	assert_int_equal(rig_get32(&rig, RIG_OUT), 128);
	run_product(&rig, 0, 10);
	assert_int_equal(rig_get32(&rig, RIG_OUT), 384);
	rig_clean(&rig);

	run_product(&rig, ROCKET_CNA_CBUF_CON0_WEIGHT_REUSE, 9);
	assert_int_equal(rig.guest_errors, 1);
	run_product(&rig, ROCKET_CNA_CBUF_CON0_DATA_REUSE, 10);
	assert_int_equal(rig.guest_errors, 2);
	npu_reset(rig.npu);
	run_product(&rig, ROCKET_CNA_CBUF_CON0_DATA_REUSE | ROCKET_CNA_CBUF_CON0_WEIGHT_REUSE, 10);
	assert_int_equal(rig.guest_errors, 4);
	rig_close(&rig);
}

/* 128 kernels of 1024 bytes in two banks: four groups, streamed */
static void streamed_weights_cannot_be_reused(void **state)
{
	const struct rig_conv c = { .out = ROCKET_PRECISION_INT32, .w = 1, .h = 1, .c = 1024,
				    .k = 128, .kw = 1, .kh = 1,
				    .ow = 1, .oh = 1 };
	unsigned int k;
	struct rig rig;

	rig_open(&rig, NULL);
	fill_ones(&rig, RIG_IN, 1024);
	for (k = 0; k < 128; k++)
		memset(rig_at(&rig, RIG_WEIGHTS + k / 32 * 32768 + k % 32 * 1024), 0, 1024);
	for (k = 0; k < 128; k++)
		*rig_at(&rig, RIG_WEIGHTS + rig_weight(&c, k, 0, 0, 700)) = (uint8_t)k;
	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	for (k = 0; k < 128; k++)
		assert_int_equal(rig_get32(&rig, RIG_OUT + k / 4 * 16 + k % 4 * 4), k);
	rig_clean(&rig);

	rig_begin(&rig, 0);
	rig_convolution(&rig, &c);
	rig_reg(&rig, ROCKET_CNA_CBUF_CON0, ROCKET_CNA_CBUF_CON0_WEIGHT_REUSE | 2 << 4 | 10);
	rig_end(&rig, MASK_CONV);
	rig_run(&rig);
	assert_int_equal(rig.guest_errors, 1);
	rig_close(&rig);
}

/*
 * fp16, 1024 channels, 16 kernels: exactly 32768 bytes; hung with one bank, works with four (guide
 * 5.1)
 */
static enum npu_state run_full_bank(struct rig *rig, const struct npu_switches *switches,
				    unsigned int weight_banks)
{
	const struct rig_conv c = { .precision = ROCKET_PRECISION_FP16,
				    .out = ROCKET_PRECISION_FP32, .w = 1, .h = 1,
				    .c = 1024, .k = 16, .kw = 1, .kh = 1, .ow = 1, .oh = 1 };

	rig_open(rig, switches);
	rig_begin(rig, 0);
	rig_convolution(rig, &c);
	rig_reg(rig, ROCKET_CNA_CBUF_CON0, weight_banks << 4 | 1);
	rig_end(rig, MASK_CONV);
	return rig_run(rig);
}

static void kernel_group_needs_some_margin(void **state)
{
	struct npu_switches switches = npu_switches_default;
	struct rig rig;

	assert_int_equal(run_full_bank(&rig, NULL, 1), NPU_HUNG);
	assert_non_null(strstr(npu_hang_reason(rig.npu), "weight banks"));
	rig_close(&rig);
	assert_int_equal(run_full_bank(&rig, NULL, 4), NPU_IDLE);
	rig_clean(&rig);
	rig_close(&rig);
	switches.weight_bank_full = 1;
	assert_int_equal(run_full_bank(&rig, &switches, 1), NPU_IDLE);
	rig_clean(&rig);
	rig_close(&rig);
}

static void impossible_splits_hang(void **state)
{
	static const struct { uint32_t con0; const char *why; } cases[] = {
		{ 8 << 4 | 5, "13 banks" }, { 0 << 4 | 5, "no weight bank" },
		{ 5 << 4 | 0, "no data bank" },
	};
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		rig_begin(&rig, 0);
		rig_convolution(&rig, &product);
		rig_reg(&rig, ROCKET_CNA_CBUF_CON0, cases[i].con0);
		rig_end(&rig, MASK_CONV);
		if (rig_run(&rig) != NPU_HUNG)
			fail_msg("%s works", cases[i].why);
		rig_close(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("cbuf: the ten published failures are predicted, and no others",
		     published_failures_are_predicted),
		TEST("cbuf: the published windows of K = 1184 are predicted",
		     published_windows_are_predicted),
		TEST("cbuf: overflow spoils the last rows only",
		     overflow_spoils_the_last_rows_only),
		TEST("cbuf: reuse keeps what was loaded, if split and shape agree",
		     reuse_keeps_what_was_loaded),
		TEST("cbuf: streamed weights cannot be reused", streamed_weights_cannot_be_reused),
		TEST("cbuf: a kernel group needs some margin in its banks",
		     kernel_group_needs_some_margin),
		TEST("cbuf: impossible splits hang", impossible_splits_hang),
	};

	return cmocka_run_group_tests_name("model/cbuf", tests, NULL, NULL);
}
