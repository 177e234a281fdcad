/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: CBUF, the convolution buffer
 *
 * Bank split, capacity, and what survives from one task to the next. The contents are kept in the
 * form the MAC loops want: features pixel by pixel with all channels together, widened to int16 or
 * float; weights as the raw bytes of the weight banks, and one kernel group of them widened.
 * Fetching is the business of cna*.c.
 */
#ifndef MODEL_CBUF_H
#define MODEL_CBUF_H

#include <stdbool.h>
#include <stdint.h>

#include <npu/limits.h>

struct conv;
struct npu;

#define CBUF_BYTES	(NPU_CBUF_BANKS * NPU_CBUF_BANK_BYTES)
#define CBUF_VALUES	(CBUF_BYTES * 2)	/* int4 is the densest type */

/* union cbuf_values - widened contents; which member is live follows from the precision */
union cbuf_values {
	int16_t i[CBUF_VALUES];
	float f[CBUF_VALUES / 2];
};

/**
 * struct cbuf_holding - what the features or weights in the buffer are, to judge reuse
 * @valid: something was loaded since reset and stayed whole
 * @data_banks: split at load time
 * @weight_banks: split at load time
 * @shape: numbers that must agree for the contents to make sense to a later task
 */
struct cbuf_holding {
	bool valid;
	unsigned int data_banks;
	unsigned int weight_banks;
	uint32_t shape[6];
};

/**
 * struct cbuf - the buffer
 * @data: what the features are
 * @weights: what the weights are
 * @rows: feature rows that fit
 * @features: [row][x][lane]
 * @weight_bytes: as fetched: all kernels when they are resident, else the current group
 * @kernels: the current group, widened: direct [kernel][tap][lane], depthwise [tap][lane]
 */
struct cbuf {
	struct cbuf_holding data;
	struct cbuf_holding weights;
	unsigned int rows;
	union cbuf_values features;
	uint8_t weight_bytes[CBUF_BYTES];
	union cbuf_values kernels;
};

/* cbuf_reset() - contents are lost */
void cbuf_reset(struct cbuf *cbuf);

/**
 * cbuf_split() - check the split and the capacity of a task
 * @npu: core; npu->conv is configured
 *
 * Sets conv->rows_fit and conv->resident.
 * Return: 0; -1 when the core hangs.
 */
int cbuf_split(struct npu *npu);

/**
 * cbuf_reuse_features() - may the task keep the features of the task before?
 * @npu: core
 *
 * Return: true when it asks for that; contents that are not what it needs are reported.
 */
bool cbuf_reuse_features(struct npu *npu);

/* cbuf_reuse_weights() - the same for weights */
bool cbuf_reuse_weights(struct npu *npu);

/* cbuf_loaded_features() - features of npu->conv were loaded */
void cbuf_loaded_features(struct npu *npu);

/* cbuf_loaded_weights() - weights of npu->conv were loaded; streamed ones cannot be reused */
void cbuf_loaded_weights(struct npu *npu);

#endif /* MODEL_CBUF_H */
