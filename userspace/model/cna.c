// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CNA, numbers of a convolution task
 *
 * Reads the registers of CNA and CORE into struct conv and refuses what contradicts itself: on
 * silicon the blocks then wait for each other for ever (guide 3.9). Fetching is in cna_features.c
 * and cna_weights.c.
 */
#include "numeric.h"
#include "private.h"

#define ARGB_CHANNELS(code)	((code) - ROCKET_ARGB_IN_C1 + 1)

/*
 * What the MAC array takes; guide 6, silicon notes 2.1. group: kernels; depthwise groups are 64
 * bytes of channels
 */
static const struct {
	unsigned int bits;
	unsigned int group;
	bool floating;
} types[] = {
	[ROCKET_PRECISION_INT8]  = { 8, NPU_KERNEL_GROUP_INT8, false },
	[ROCKET_PRECISION_INT16] = { 16, NPU_KERNEL_GROUP_16BIT, false },
	[ROCKET_PRECISION_FP16]  = { 16, NPU_KERNEL_GROUP_16BIT, true },
	[ROCKET_PRECISION_BF16]  = { 16, NPU_KERNEL_GROUP_16BIT, true },
	[ROCKET_PRECISION_INT4]  = { 4, 2 * NPU_KERNEL_GROUP_INT8, false },
	[ROCKET_PRECISION_TF32]  = { 0, 0, false },
};

static void check_unmodelled(struct npu *npu, const uint32_t *r)
{
	static const struct unmodelled fields[] = {
		UNMODELLED(CNA_CONV_CON1, DECONV),
		UNMODELLED(CNA_CONV_CON2, MULTI_CORE),
		UNMODELLED(CNA_CONV_CON2, CSC_WO_EN),
		UNMODELLED(CNA_CONV_CON2, CSC_DO_EN),
		UNMODELLED(CNA_CONV_CON2, CMD_FIFO_SRST),
		UNMODELLED(CNA_CONV_CON3, NN_MODE),
		UNMODELLED(CNA_DATA_SIZE3, SURF_MODE),
		UNMODELLED(CNA_FC_CON0, FC_SKIP_EN),
		UNMODELLED(CNA_DCOMP_CTRL, DECOMP_CONTROL),
		UNMODELLED(CNA_DCOMP_REGNUM, DCOMP_REGNUM),
	};

	npu_check_unmodelled(npu, r, fields, sizeof(fields) / sizeof(fields[0]));
	if (FIELD(r, CNA_CBUF_CON0, FC_DATA_BANK))
		npu_guest_error(npu, "CNA_CBUF_CON0.FC_DATA_BANK corrupts convolutions; write 0");
}

static int read_type(struct npu *npu, struct conv *conv, const uint32_t *cna, const uint32_t *core)
{
	unsigned int precision = FIELD(cna, CNA_CONV_CON1, PROC_PRECISION);

	if (FIELD(cna, CNA_CONV_CON1, IN_PRECISION) != precision ||
	    FIELD(core, CORE_MISC_CFG, PROC_PRECISION) != precision)
		return npu_hang(npu,
				"CNA: precision %u in, %u processed, %u in CORE; must be equal",
				FIELD(cna, CNA_CONV_CON1, IN_PRECISION), precision,
				FIELD(core, CORE_MISC_CFG, PROC_PRECISION));
	if (!types[precision].bits) {
		npu_unimp(npu, "convolution with precision code %u", precision);
		return npu_hang(npu, "CNA: precision code %u is not modelled", precision);
	}
	conv->precision = precision;
	conv->elem_bits = types[precision].bits;
	conv->floating = types[precision].floating;
	conv->group = types[precision].group;

	conv->depthwise = FIELD(cna, CNA_CONV_CON1, CONV_MODE) == ROCKET_CONV_MODE_DEPTHWISE;
	if (!conv->depthwise && FIELD(cna, CNA_CONV_CON1, CONV_MODE) != ROCKET_CONV_MODE_DIRECT)
		npu_unimp(npu, "CNA_CONV_CON1.CONV_MODE %u", FIELD(cna, CNA_CONV_CON1, CONV_MODE));
	if (conv->depthwise != (bool)FIELD(core, CORE_MISC_CFG, DW_EN))
		return npu_hang(npu, "CORE: DW_EN is %u, CNA sends %s data",
				FIELD(core, CORE_MISC_CFG, DW_EN),
				conv->depthwise ? "depthwise" : "direct");
	if (conv->depthwise)
		conv->group = NPU_DW_GROUP_BYTES * 8 / conv->elem_bits;
	return 0;
}

/* The line in memory is DATAIN_WIDTH wide, the image DMA_WIDTH: vendor fp16 and Mesa streams. */
static int read_packed(struct npu *npu, struct conv *conv, const uint32_t *r)
{
	unsigned int argb = FIELD(r, CNA_CONV_CON1, ARGB_IN);

	if (argb < ROCKET_ARGB_IN_C1 || argb > ROCKET_ARGB_IN_C4 ||
	    !FIELD(r, CNA_CONV_CON1, NONALIGN_DMA) || conv->grouped || conv->depthwise ||
	    conv->elem_bits < 8) {
		npu_unimp(npu, "packed input with CNA_CONV_CON1 = 0x%08x", WORD(r, CNA_CONV_CON1));
		return npu_hang(npu, "CNA: packed input of this kind is not modelled");
	}
	conv->lanes = ARGB_CHANNELS(argb);
	conv->in_w = FIELD(r, CNA_FC_DATA_SIZE0, DMA_WIDTH);
	if (!conv->in_w)
		return npu_hang(npu, "CNA: packed lines of 0 pixels");
	return 0;
}

static int read_input(struct npu *npu, struct conv *conv, const uint32_t *r)
{
	unsigned int argb = FIELD(r, CNA_CONV_CON1, ARGB_IN),
		     atom = NPU_ATOM_BYTES * 8 / conv->elem_bits;

	conv->in_w = FIELD(r, CNA_DATA_SIZE0, DATAIN_WIDTH);
	conv->in_h = FIELD(r, CNA_DATA_SIZE0, DATAIN_HEIGHT);
	conv->channels = FIELD(r, CNA_DATA_SIZE1, DATAIN_CHANNEL);
	conv->packed = argb != ROCKET_ARGB_IN_OFF;
	conv->grouped = !FIELD(r, CNA_CONV_CON1, GROUP_LINE_OFF);
	conv->line_stride = FIELD(r, CNA_DMA_CON1, LINE_STRIDE);
	conv->surf_stride = sign_extend(FIELD(r, CNA_DMA_CON2, SURF_STRIDE), 28);
	conv->features_iova = WORD(r, CNA_FEATURE_DATA_ADDR);
	conv->pad_left = FIELD(r, CNA_PAD_CON0, PAD_LEFT);
	conv->pad_top = FIELD(r, CNA_PAD_CON0, PAD_TOP);
	conv->pad_value = WORD(r, CNA_PAD_CON1);
	conv->data_banks = FIELD(r, CNA_CBUF_CON0, DATA_BANK);
	conv->weight_banks = FIELD(r, CNA_CBUF_CON0, WEIGHT_BANK);
	conv->data_entries = FIELD(r, CNA_CBUF_CON1, DATA_ENTRIES);
	if (!conv->in_w || !conv->in_h || !conv->channels)
		return npu_hang(npu, "CNA: input of %u x %u x %u", conv->in_w, conv->in_h,
				conv->channels);
	if (conv->in_h != FIELD(r, CNA_FC_DATA_SIZE0, DMA_HEIGHT))
		return npu_hang(npu, "CNA: %u input rows, DMA fetches %u", conv->in_h,
				FIELD(r, CNA_FC_DATA_SIZE0, DMA_HEIGHT));
	if (conv->packed)
		return read_packed(npu, conv, r);
	conv->lanes = conv->channels;
	if (FIELD(r, CNA_CONV_CON1, NONALIGN_DMA))
		npu_unimp(npu, "CNA_CONV_CON1.NONALIGN_DMA without packed input");
	if (conv->in_w != FIELD(r, CNA_FC_DATA_SIZE0, DMA_WIDTH) ||
	    conv->channels != FIELD(r, CNA_FC_DATA_SIZE1, DMA_CHANNEL))
		return npu_hang(npu,
				"CNA: input of %u pixels and %u channels, DMA fetches %u and %u",
				conv->in_w, conv->channels, FIELD(r, CNA_FC_DATA_SIZE0, DMA_WIDTH),
				FIELD(r, CNA_FC_DATA_SIZE1, DMA_CHANNEL));
	if (conv->channels % atom)
		return npu_hang(npu, "CNA: %u channels are not whole atoms of %u", conv->channels,
				atom);
	return 0;
}

static int read_kernels(struct npu *npu, struct conv *conv, const uint32_t *r)
{
	uint64_t kernel, all;

	conv->kernel_w = FIELD(r, CNA_WEIGHT_SIZE2, WEIGHT_WIDTH);
	conv->kernel_h = FIELD(r, CNA_WEIGHT_SIZE2, WEIGHT_HEIGHT);
	conv->kernels = FIELD(r, CNA_WEIGHT_SIZE2, WEIGHT_KERNELS);
	conv->kernel_bytes = FIELD(r, CNA_WEIGHT_SIZE1, WEIGHT_BYTES_PER_KERNEL);
	conv->stride_x = FIELD(r, CNA_CONV_CON3, CONV_X_STRIDE);
	conv->stride_y = FIELD(r, CNA_CONV_CON3, CONV_Y_STRIDE);
	conv->dilation_x = FIELD(r, CNA_CONV_CON3, ATROUS_X_DILATION) + 1;
	conv->dilation_y = FIELD(r, CNA_CONV_CON3, ATROUS_Y_DILATION) + 1;
	conv->weights_iova = WORD(r, CNA_DCOMP_ADDR0);
	if (!conv->kernel_w || !conv->kernel_h || !conv->kernels || !conv->stride_x ||
	    !conv->stride_y)
		return npu_hang(npu, "CNA: %u kernels of %u x %u, stride %u x %u", conv->kernels,
				conv->kernel_w, conv->kernel_h, conv->stride_x, conv->stride_y);
	if (conv->depthwise && conv->kernels != 1)
		npu_guest_error(npu,
				"CNA: WEIGHT_KERNELS %u scrambles a depthwise convolution; write 1",
				conv->kernels);
	else if (conv->precision == ROCKET_PRECISION_INT8 && !conv->depthwise && conv->kernels % 2)
		npu_guest_error(npu, "CNA: %u kernels; int8 kernels come in pairs", conv->kernels);
	kernel = (uint64_t)conv->kernel_w * conv->kernel_h * conv->channels * conv->elem_bits / 8;
	all = kernel * (conv->depthwise ? 1 : conv->kernels);
	if (kernel != conv->kernel_bytes || all != WORD(r, CNA_WEIGHT_SIZE0))
		return npu_hang(npu,
				"CNA: %u bytes per kernel, %u in all; sizes make %llu and %llu",
				conv->kernel_bytes, WORD(r, CNA_WEIGHT_SIZE0),
				(unsigned long long)kernel, (unsigned long long)all);
	if (conv->depthwise)
		conv->kernels = conv->channels;
	return 0;
}

static int read_output(struct npu *npu, struct conv *conv, const uint32_t *cna,
		       const uint32_t *core)
{
	unsigned int atomics = FIELD(cna, CNA_DATA_SIZE3, DATAOUT_ATOMICS);
	unsigned int channels = FIELD(core, CORE_DATAOUT_SIZE_1, DATAOUT_CHANNEL) + 1;
	unsigned int most = (conv->kernels + conv->group - 1) / conv->group * conv->group;

	conv->out_w = FIELD(core, CORE_DATAOUT_SIZE_0, DATAOUT_WIDTH) + 1;
	conv->out_h = FIELD(core, CORE_DATAOUT_SIZE_0, DATAOUT_HEIGHT) + 1;
	conv->feature_sum = FIELD(core, CORE_MISC_CFG, QD_EN);
	conv->clip = FIELD(core, CORE_CLIP_TRUNCATE, CLIP_TRUNCATE);
	conv->clip_away = FIELD(core, CORE_CLIP_TRUNCATE, ROUND_TYPE);
	if (conv->out_w != FIELD(cna, CNA_DATA_SIZE2, DATAOUT_WIDTH) ||
	    (uint64_t)conv->out_w * conv->out_h != atomics)
		return npu_hang(npu, "CORE: output of %u x %u, CNA makes %u pixels in rows of %u",
				conv->out_w, conv->out_h, atomics,
				FIELD(cna, CNA_DATA_SIZE2, DATAOUT_WIDTH));
	if (channels > most || channels < conv->kernels)
		return npu_hang(npu,
				"CORE: %u output channels, CNA sends %u kernels in groups of %u",
				channels, conv->kernels, conv->group);
	return 0;
}

int cna_configure(struct npu *npu)
{
	const uint32_t *cna = npu_running(npu, BLOCK_CNA), *core = npu_running(npu, BLOCK_CORE);
	struct conv *conv = &npu->conv;

	*conv = (struct conv){ 0 };
	check_unmodelled(npu, cna);
	if (read_type(npu, conv, cna, core) || read_input(npu, conv, cna) ||
	    read_kernels(npu, conv, cna) || read_output(npu, conv, cna, core))
		return -1;
	return cbuf_split(npu);
}

int32_t cna_pad_lane(const struct npu *npu, unsigned int channel)
{
	const struct conv *conv = &npu->conv;
	bool lanes =
		npu->switches.pad_lanes == 2 || (npu->switches.pad_lanes == 0 && conv->depthwise);
	bool byte1 = lanes && channel % 64 < 32 && channel % 2;

	switch (conv->precision) {
	case ROCKET_PRECISION_INT8:
		return sign_extend(byte1 ? conv->pad_value >> 8 : conv->pad_value, 8);
	case ROCKET_PRECISION_INT4:
		return sign_extend(conv->pad_value, 4);
	case ROCKET_PRECISION_INT16:
		return sign_extend(conv->pad_value, 16);
	default:
		return (int32_t)(conv->pad_value & 0xffff);
	}
}

int cna_load(struct npu *npu)
{
	return cna_load_features(npu) || cna_load_weights(npu) ? -1 : 0;
}
