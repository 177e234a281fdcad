// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Weights as the vendor packs them
 *
 * fp16 weights of two convolutions before and after packing. The model convolves one-hot images
 * with the packed ones: each output is then one weight, and must be the one that stood there
 * before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include <base/blob.h>
#include <base/diag.h>
#include <decode/asm.h>
#include <npu/limits.h>
#include <npu/regcmd.h>

#include "capture.h"

#define TEST(name, function) { name, function, NULL, NULL, NULL }

#define KERNEL 3
#define TAPS (KERNEL * KERNEL)
#define ONE 0x3c00u	/* 1.0 in fp16 */
#define SIGN 0x8000u
#define LANES (NPU_ATOM_BYTES / 2)

#define STREAM 0x1000u
#define INPUT 0x100000u
#define WEIGHTS 0x200000u
#define OUTPUT 0x400000u

/*
 * An image of TAPS windows side by side, one for each tap: KERNEL rows of KERNEL * TAPS pixels,
 * stride KERNEL. Arguments are numbered in the order of fill().
 */
static const char listing[] =
	"DPU.S_POINTER 0xe\n"
	"CNA.CONV_CON1 PROC_PRECISION=FP16 IN_PRECISION=FP16\n"
	"CNA.CONV_CON2 FEATURE_GRAINS=4\n"
	"CNA.CONV_CON3 CONV_Y_STRIDE=3 CONV_X_STRIDE=3\n"
	"CNA.DATA_SIZE0 DATAIN_WIDTH=27 DATAIN_HEIGHT=3\n"
	"CNA.DATA_SIZE1 DATAIN_CHANNEL_REAL=%1$u DATAIN_CHANNEL=%2$u\n"
	"CNA.DATA_SIZE2 DATAOUT_WIDTH=9\n"
	"CNA.DATA_SIZE3 DATAOUT_ATOMICS=9\n"
	"CNA.WEIGHT_SIZE0 %3$u\n"
	"CNA.WEIGHT_SIZE1 %4$u\n"
	"CNA.WEIGHT_SIZE2 WEIGHT_WIDTH=3 WEIGHT_HEIGHT=3 WEIGHT_KERNELS=%5$u\n"
	"CNA.CBUF_CON0 WEIGHT_BANK=11 DATA_BANK=1\n"
	"CNA.CBUF_CON1 DATA_ENTRIES=%6$u\n"
	"CNA.CVT_CON0 DATA_SIGN=1 CVT_TYPE=1 CVT_BYPASS=1\n"
	"CNA.CVT_CON1 0x10000\n"
	"CNA.CVT_CON2 0x10000\n"
	"CNA.CVT_CON3 0x10000\n"
	"CNA.CVT_CON4 0x10000\n"
	"CNA.FEATURE_DATA_ADDR 0x100000\n"
	"CNA.DMA_CON0 0xf000f\n"
	"CNA.DMA_CON1 LINE_STRIDE=108\n"
	"CNA.DMA_CON2 SURF_STRIDE=0xfffffe5\n"	/* 27 * 3 - 4 * 27 = -27 */
	"CNA.FC_DATA_SIZE0 DMA_WIDTH=27 DMA_HEIGHT=3\n"
	"CNA.FC_DATA_SIZE1 %2$u\n"
	"CNA.DCOMP_ADDR0 0x200000\n"
	"CORE.MISC_CFG PROC_PRECISION=FP16\n"
	"CORE.DATAOUT_SIZE_0 DATAOUT_WIDTH=8\n"
	"CORE.DATAOUT_SIZE_1 %7$u\n"
	"DPU.FEATURE_MODE_CFG BURST_LEN=15 OUTPUT_MODE=2\n"
	"DPU.DATA_FORMAT OUT_PRECISION=FP16 IN_PRECISION=FP16 PROC_PRECISION=FP16\n"
	"DPU.DST_BASE_ADDR 0x400000\n"
	"DPU.DST_SURF_STRIDE 0x90\n"
	"DPU.DATA_CUBE_WIDTH 8\n"
	"DPU.DATA_CUBE_HEIGHT 0\n"
	"DPU.DATA_CUBE_CHANNEL ORIG_CHANNEL=%7$u CHANNEL=%7$u\n"
	"DPU.BS_CFG 0x53\n"
	"DPU.BS_OW_CFG 0x126\n"
	"DPU.WDMA_SIZE_0 %7$u\n"
	"DPU.WDMA_SIZE_1 8\n"
	"DPU.BN_CFG 0x53\n"
	"DPU.EW_CFG 0x383\n"
	"DPU.OUT_CVT_SCALE FP32TOFP16_EN=1 OUT_CVT_SCALE=1\n"
	"DPU.SURFACE_ADD 0x120\n"
	"nop\n"
	"PC.REGISTER_AMOUNTS 0\n"
	"marker\n"
	"op-enable CNA CORE DPU\n";

static size_t stream_words(struct capture *c, unsigned int channels, unsigned int kernels)
{
	struct diag d = { .print = diag_stderr, .opaque = "listing" };
	unsigned int per_kernel = TAPS * channels * 2,
		     entries = channels / LANES / 4 * KERNEL * TAPS;
	uint64_t *words;
	char text[4096];
	size_t count;

	snprintf(text, sizeof(text), listing, channels - 1, channels, per_kernel * kernels,
		 per_kernel, kernels, entries, kernels - 1);
	assert_int_equal(asm_listing(text, strlen(text), &d, &words, &count), 0);
	assert_int_equal(capture_write(c, STREAM, words, count * REGCMD_BYTES), 0);
	free(words);

	return count;
}

static uint16_t half_at(const uint8_t *data, size_t i)
{
	return (uint16_t)(data[2 * i] | data[2 * i + 1] << 8);
}

/* A pixel of the image in channel @channel: the place of tap @tap in its window. */
static size_t pixel_byte(unsigned int channel, unsigned int tap)
{
	size_t pixels = KERNEL * KERNEL * TAPS,
	       pixel = tap / KERNEL * KERNEL * TAPS + tap * KERNEL + tap % KERNEL;

	return (channel / LANES * pixels + pixel) * NPU_ATOM_BYTES + channel % LANES * 2;
}

static void check_channel(struct capture *c, unsigned int channel, unsigned int channels,
			  unsigned int kernels, const struct blob *oihw)
{
	uint8_t *in = capture_at(c, INPUT, 1), *out = capture_at(c, OUTPUT, 1);

	for (unsigned int tap = 0; tap < TAPS; tap++) {
		in[pixel_byte(channel, tap)] = ONE & 0xff;
		in[pixel_byte(channel, tap) + 1] = ONE >> 8;
	}
	assert_int_equal(capture_run(c, 0, 1), 0);
	for (unsigned int k = 0; k < kernels; k++) {
		for (unsigned int tap = 0; tap < TAPS; tap++) {
			uint16_t want = half_at(oihw->data,
						((size_t)k * channels + channel) * TAPS + tap);
			uint16_t got =
				half_at(out, ((size_t)k / LANES * TAPS + tap) * LANES + k % LANES);

			/* A sum of zeros has no sign. */
			if (want == SIGN)
				want = 0;
			if (got != want)
				printf("# kernel %u, channel %u, tap %u: 0x%04x, not 0x%04x\n", k,
				       channel, tap, got, want);
			assert_int_equal(got, want);
		}
	}
	for (unsigned int tap = 0; tap < TAPS; tap++)
		memset(&in[pixel_byte(channel, tap)], 0, 2);
}

static void read_file(const char *dir, const char *file, struct blob *b, size_t bytes)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	assert_int_equal(blob_read(b, path, NULL), 0);
	assert_int_equal(b->size, bytes);
}

static void check_packing(const char *folder, const char *name, unsigned int channels,
			  unsigned int kernels)
{
	size_t bytes = (size_t)TAPS * channels * kernels * 2;
	struct blob oihw = { 0 }, packed = { 0 };
	struct capture *c = capture_create(NULL);
	char dir[512];

	assert_non_null(c);
	snprintf(dir, sizeof(dir), "%s/%s", folder, name);
	read_file(dir, "oihw.f16.bin", &oihw, bytes);
	read_file(dir, "packed.f16.bin", &packed, bytes);
	assert_int_equal(capture_map(c, "stream", STREAM, CAPTURE_PAGE_BYTES), 0);
	assert_int_equal(capture_map(c, "input", INPUT, (uint32_t)pixel_byte(channels, 0)), 0);
	assert_int_equal(capture_map(c, "weights", WEIGHTS, (uint32_t)bytes), 0);
	assert_int_equal(capture_map(c, "output", OUTPUT, kernels * TAPS * 2), 0);
	assert_int_equal(capture_write(c, WEIGHTS, packed.data, bytes), 0);
	assert_int_equal(
		capture_add_task(c, STREAM, (uint32_t)stream_words(c, channels, kernels), 0x300),
		0);
	for (unsigned int channel = 0; channel < channels; channel++)
		check_channel(c, channel, channels, kernels, &oihw);
	if (c->report[0])
		printf("# %s: %s\n", name, c->report);
	assert_int_equal(c->guest_errors + c->unimps + c->faults, 0);
	printf("# %s: %zu weights where they belong\n", name, bytes / 2);
	capture_destroy(c);
	blob_fini(&oihw);
	blob_fini(&packed);
}

static void packed_weights_are_read_as_they_were_before(void **state)
{
	const char *folder = capture_folder("weights");

	if (!folder)
		skip();
	check_packing(folder, "fp16_k3x3_oc128_ic32", 32, 128);
	check_packing(folder, "fp16_k3x3_oc320_ic160", 160, 320);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("captures/weights: packed weights are read as they were before",
		     packed_weights_are_read_as_they_were_before),
	};

	return cmocka_run_group_tests_name("captures/weights", tests, NULL, NULL);
}
