// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CBUF, the convolution buffer
 *
 * Capacity is counted in entries per row, as silicon does (silicon notes 2.9): too many rows give
 * garbage in the last ones, without a hang. Reuse works between tasks of equal split and shape.
 */
#include <string.h>

#include "private.h"

void cbuf_reset(struct cbuf *cbuf)
{
	cbuf->data.valid = false;
	cbuf->weights.valid = false;
}

/* entries_of_row() - smallest row cost in entries; the silicon also accepts more */
static unsigned int entries_of_row(const struct conv *conv)
{
	uint64_t bits = (uint64_t)conv->in_w * conv->channels * conv->elem_bits;

	return (unsigned int)((bits + NPU_CBUF_ENTRY_BYTES * 8 - 1) / (NPU_CBUF_ENTRY_BYTES * 8));
}

/*
 * Packed input is streamed through the banks: vendor streams give it fewer banks than all its rows
 * need, and DATA_ENTRIES holds pixels then (guide 4.3).
 */
static int split_packed(struct npu *npu)
{
	struct conv *conv = &npu->conv;

	conv->rows_fit = conv->in_h;
	if ((uint64_t)conv->in_w * conv->lanes * conv->in_h > CBUF_BYTES)
		return npu_hang(npu, "CNA: %u x %u packed pixels do not fit the CBUF", conv->in_w,
				conv->in_h);
	return 0;
}

static int split_rows(struct npu *npu)
{
	struct conv *conv = &npu->conv;
	unsigned int entries = conv->data_banks * NPU_CBUF_BANK_ENTRIES,
		     need = entries_of_row(conv), per_row, physical;

	per_row = conv->data_entries;
	if (per_row < need) {
		npu_guest_error(npu, "CNA: DATA_ENTRIES is %u, a row of %u pixels needs %u",
				per_row, conv->in_w, need);
		per_row = need;
	}
	conv->rows_fit = entries / per_row;
	physical = NPU_CBUF_BANKS * NPU_CBUF_BANK_ENTRIES / need;
	if (conv->rows_fit > physical)
		conv->rows_fit = physical;
	if (conv->rows_fit >= conv->in_h) {
		conv->rows_fit = conv->in_h;
		return 0;
	}
	npu_guest_error(npu, "CNA: %u rows of %u entries exceed %u data banks; from row %u garbage",
			conv->in_h, per_row, conv->data_banks, conv->rows_fit);
	return 0;
}

/*
 * Kernels are loaded group by group, and a group must leave some margin in the weight banks: one of
 * exactly 32768 bytes hung with one bank (guide 5.1).
 */
static int split_weights(struct npu *npu)
{
	struct conv *conv = &npu->conv;
	uint64_t banks = (uint64_t)conv->weight_banks * NPU_CBUF_BANK_BYTES;
	unsigned int kernels = conv->kernels < conv->group ? conv->kernels : conv->group;
	uint64_t group = conv->kernel_bytes, all = conv->kernel_bytes;

	if (!conv->depthwise) {
		group *= kernels;
		all *= conv->kernels;
	}
	conv->resident = all <= banks;
	if (group < banks || (group == banks && npu->switches.weight_bank_full))
		return 0;
	return npu_hang(npu,
			"CNA: a group of %u kernels has %llu bytes, too many for %u weight banks",
			kernels, (unsigned long long)group, conv->weight_banks);
}

int cbuf_split(struct npu *npu)
{
	struct conv *conv = &npu->conv;

	if (!conv->data_banks || !conv->weight_banks ||
	    conv->data_banks + conv->weight_banks > NPU_CBUF_BANKS)
		return npu_hang(npu, "CNA: %u data banks and %u weight banks of %u; each needs one",
				conv->data_banks, conv->weight_banks, NPU_CBUF_BANKS);
	if (conv->packed ? split_packed(npu) : split_rows(npu))
		return -1;
	return split_weights(npu);
}

static struct cbuf_holding describe_features(const struct conv *conv)
{
	return (struct cbuf_holding){
		.valid = true,
		.data_banks = conv->data_banks,
		.weight_banks = conv->weight_banks,
		.shape = { conv->precision, conv->in_w, conv->in_h, conv->lanes,
			   conv->data_entries },
	};
}

static struct cbuf_holding describe_weights(const struct conv *conv)
{
	return (struct cbuf_holding){
		.valid = conv->resident,
		.data_banks = conv->data_banks,
		.weight_banks = conv->weight_banks,
		.shape = { conv->precision, conv->kernel_bytes, conv->kernels, conv->kernel_w,
			   conv->kernel_h,
			   conv->depthwise },
	};
}

static bool same_holding(const struct cbuf_holding *a, const struct cbuf_holding *b)
{
	return a->valid && b->valid && a->data_banks == b->data_banks &&
	       a->weight_banks == b->weight_banks && !memcmp(a->shape, b->shape, sizeof(a->shape));
}

static bool reuse(struct npu *npu, bool wanted, const struct cbuf_holding *held,
		  const struct cbuf_holding *needed, const char *what)
{
	if (wanted && !same_holding(held, needed))
		npu_guest_error(npu, "CNA: reuse of %s that are not what this task needs", what);
	return wanted;
}

bool cbuf_reuse_features(struct npu *npu)
{
	struct cbuf_holding needed = describe_features(&npu->conv);

	return reuse(npu, FIELD(npu_running(npu, BLOCK_CNA), CNA_CBUF_CON0, DATA_REUSE),
		     &npu->cbuf.data, &needed, "features");
}

bool cbuf_reuse_weights(struct npu *npu)
{
	struct cbuf_holding needed = describe_weights(&npu->conv);

	return reuse(npu, FIELD(npu_running(npu, BLOCK_CNA), CNA_CBUF_CON0, WEIGHT_REUSE),
		     &npu->cbuf.weights, &needed, "weights");
}

void cbuf_loaded_features(struct npu *npu)
{
	npu->cbuf.data = describe_features(&npu->conv);
}

void cbuf_loaded_weights(struct npu *npu)
{
	npu->cbuf.weights = describe_weights(&npu->conv);
}
