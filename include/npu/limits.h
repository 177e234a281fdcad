/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Sizes and limits of the NPU
 *
 * What the silicon holds and what its register fields can express. Differences between chips would be further rows of
 * npu_limits; nothing else may test for a chip.
 */
#ifndef NPU_LIMITS_H
#define NPU_LIMITS_H

#define NPU_ATOM_BYTES		16	/* one pixel of one channel block; guide 4.1 */
#define NPU_CBUF_ENTRY_BYTES	64	/* guide 5 */
#define NPU_CBUF_BANK_ENTRIES	512	/* 32 KiB; guide 5 */
#define NPU_CBUF_BANK_BYTES	(NPU_CBUF_BANK_ENTRIES * NPU_CBUF_ENTRY_BYTES)
#define NPU_CBUF_BANKS		12	/* 384 KiB; TRM and vendor streams */
#define NPU_GROUP_CHANNELS	32	/* input channels per MAC step, all types; guide 6 */
#define NPU_KERNEL_GROUP_INT8	32	/* kernels per group; guide 4.5 */
#define NPU_KERNEL_GROUP_16BIT	16
#define NPU_DW_GROUP_BYTES	64	/* depthwise channels come in groups of 64 bytes; guide 4.6 */
#define NPU_LUT_ENTRIES		513	/* per table; guide 7.8 */
#define NPU_OUT_CVT_SHIFT_MAX	31	/* largest shift in use; guide 7.3 */
#define NPU_CORES		3
#define NPU_CORE_BYTES		0x10000	/* register window of one core */
#define NPU_WINDOW_NEVER	0x2000	/* reading this page hangs the SoC; silicon notes 1.11 */

/**
 * struct npu_limits - what one chip can express, in elements unless named
 * @cores: NPU cores
 * @cbuf_banks: CBUF banks that data and weights share
 * @in_size: widest and highest input of a task, widest output of a convolution (CNA fields)
 * @out_size: widest and highest output of a task (DPU fields)
 * @in_channels: most input channels (CNA.DATA_SIZE1.DATAIN_CHANNEL_REAL)
 * @out_channels: most kernels of a task (13 bits minus 1; N = 16384 is silently wrong on silicon)
 * @kernel_size: widest and highest kernel
 * @stride: largest convolution stride
 * @dilation: largest dilation known to work
 * @pad: most padding on the left and on top
 * @out_pixels: most output pixels of a convolution task (CNA.DATA_SIZE3.DATAOUT_ATOMICS)
 * @weight_bytes_per_kernel: 19-bit field
 * @data_entries: CBUF entries per input row (CNA.CBUF_CON1)
 * @channel_bits: of the BS multiplier where each channel has one; Documentation/npu/open-questions.rst
 * @flow_gaps: tasks of the DPU alone can leave gaps between lines; Documentation/npu/open-questions.rst
 * @pool_kernel: largest pooling window, also its largest stride
 * @pool_pad: most padding of a pooling window
 * @tasks: most tasks of one start
 * @stream_words: longest command stream
 *
 * Source: guide 5.4 (field widths), silicon notes 3.2; dilation: guide 12.13.
 */
struct npu_limits {
	unsigned int cores;
	unsigned int cbuf_banks;
	unsigned int in_size;
	unsigned int out_size;
	unsigned int in_channels;
	unsigned int out_channels;
	unsigned int kernel_size;
	unsigned int stride;
	unsigned int dilation;
	unsigned int pad;
	unsigned int out_pixels;
	unsigned int weight_bytes_per_kernel;
	unsigned int data_entries;
	unsigned int channel_bits;
	unsigned int flow_gaps;
	unsigned int pool_kernel;
	unsigned int pool_pad;
	unsigned int tasks;
	unsigned int stream_words;
};

static const struct npu_limits npu_limits_rk3588 __attribute__((unused)) = {
	.cores = NPU_CORES,
	.cbuf_banks = NPU_CBUF_BANKS,
	.in_size = 2047,
	.out_size = 8192,
	.in_channels = 16384,
	.out_channels = 8192,
	.kernel_size = 31,
	.stride = 7,
	.dilation = 17,
	.pad = 15,
	.out_pixels = 4194303,
	.weight_bytes_per_kernel = 524287,
	.data_entries = 8191,
	.channel_bits = 15,
	.flow_gaps = 1,
	.pool_kernel = 8,
	.pool_pad = 7,
	.tasks = 4095,
	.stream_words = 131072,
};

#endif /* NPU_LIMITS_H */
