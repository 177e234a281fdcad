/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: CNA, the input side of a convolution
 *
 * Reads the task's numbers from the registers of CNA and CORE, fetches features and weights to the
 * CBUF and applies the input converter. The MAC array (core.c) takes its work from struct conv and
 * the CBUF.
 */
#ifndef MODEL_CNA_H
#define MODEL_CNA_H

#include <stdbool.h>
#include <stdint.h>

struct npu;

/**
 * struct conv - one convolution task
 * @precision: ROCKET_PRECISION_* of features and weights
 * @floating: the type is a float
 * @depthwise: one kernel per channel
 * @packed: interleaved input of 1..4 channels
 * @elem_bits: bits of a feature or weight in memory
 * @in_w: input width in pixels
 * @in_h: input rows of this task
 * @channels: channels per pixel that weights have (padded)
 * @lanes: channels per pixel that are in the CBUF
 * @line_stride: LINE_STRIDE, in atoms or packed pixels
 * @surf_stride: SURF_STRIDE, signed, in atoms
 * @grouped: lines are addressed in groups of four
 * @features_iova: first input row
 * @out_w: output width
 * @out_h: output rows
 * @kernel_w: taps in x
 * @kernel_h: taps in y
 * @kernels: kernels; depthwise: channels
 * @group: kernels that the MAC array works on together; depthwise: channels
 * @stride_x: step of the window
 * @stride_y: step of the window
 * @dilation_x: distance of taps
 * @dilation_y: distance of taps
 * @pad_left: columns of padding
 * @pad_top: rows of padding
 * @pad_value: PAD_CON1
 * @weights_iova: first weight
 * @kernel_bytes: bytes of one kernel; depthwise: of all of them
 * @data_banks: CBUF split
 * @weight_banks: CBUF split
 * @data_entries: CBUF entries per row
 * @rows_fit: rows that fit; later ones are garbage
 * @resident: all weights fit in their banks
 * @feature_sum: QD_EN
 * @clip: CLIP_TRUNCATE
 * @clip_away: its ROUND_TYPE
 */
struct conv {
	unsigned int precision;
	bool floating;
	bool depthwise;
	bool packed;
	unsigned int elem_bits;
	unsigned int in_w;
	unsigned int in_h;
	unsigned int channels;
	unsigned int lanes;
	uint32_t line_stride;
	int32_t surf_stride;
	bool grouped;
	uint32_t features_iova;
	unsigned int out_w;
	unsigned int out_h;
	unsigned int kernel_w;
	unsigned int kernel_h;
	unsigned int kernels;
	unsigned int group;
	unsigned int stride_x;
	unsigned int stride_y;
	unsigned int dilation_x;
	unsigned int dilation_y;
	unsigned int pad_left;
	unsigned int pad_top;
	uint32_t pad_value;
	uint32_t weights_iova;
	uint32_t kernel_bytes;
	unsigned int data_banks;
	unsigned int weight_banks;
	unsigned int data_entries;
	unsigned int rows_fit;
	bool resident;
	bool feature_sum;
	unsigned int clip;
	bool clip_away;
};

/**
 * cna_configure() - fill npu->conv from the running groups of CNA and CORE
 * @npu: core
 *
 * Return: 0; -1 when the numbers contradict each other and the core hangs.
 */
int cna_configure(struct npu *npu);

/* cna_load() - features, and weights that stay resident, to the CBUF */
int cna_load(struct npu *npu);

/* cna_load_features() - features to the CBUF; the second half of cna_load() */
int cna_load_features(struct npu *npu);

/* cna_load_weights() - resident weights to the CBUF */
int cna_load_weights(struct npu *npu);

/**
 * cna_kernel_group() - widen one kernel group, streaming it in if it is not resident
 * @npu: core
 * @first: first kernel (depthwise: channel) of the group
 *
 * Return: 0; -1 when the core hangs.
 */
int cna_kernel_group(struct npu *npu, unsigned int first);

/**
 * cna_pad_lane() - the value of a padding pixel
 * @npu: core
 * @channel: channel
 *
 * Measured: silicon notes 2.6, int8 depthwise. Unknown: direct convolutions. A driver that runs on
 * boards writes 0xfffffffd for a pad byte of -3 there, which only makes sense when every lane takes
 * byte 0.
 * Return: integer value; for float types the 16-bit pattern.
 */
int32_t cna_pad_lane(const struct npu *npu, unsigned int channel);

#endif /* MODEL_CNA_H */
