/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: CORE, MAC array and accumulator
 *
 * Walks the output of a convolution in beats, multiplies windows with kernels and hands
 * accumulators and feature sums to the DPU. It neither fetches (CNA) nor scales (DPU).
 */
#ifndef MODEL_CORE_H
#define MODEL_CORE_H

#include <stddef.h>
#include <stdint.h>

#include "cbuf.h"

struct npu;

#define CORE_FETCH_BYTES	0x20000	/* one packed line: 14-bit width, 4 channels of 2 bytes */
#define CORE_WINDOWS		4	/* windows that are multiplied at a time */
#define CORE_PATTERN		64	/* padding lanes repeat after so many channels */
#define CORE_TAPS		(31 * 31)

/**
 * typedef core_dot - multiply windows with kernels
 * @x: CORE_WINDOWS windows of @values values
 * @w: kernels of @values values, one after the other
 * @values: length; no sum may leave int32
 * @kernels: number of kernels
 * @out: sums of each window, one per kernel
 */
typedef void core_dot(const int16_t *const *x, const int16_t *w, size_t values,
		      unsigned int kernels, int32_t *const *out);

/**
 * struct core - working memory
 * @dot: the fastest routine of this host
 * @fetch: bytes on their way from memory to the CBUF
 * @pad: padding pixel
 * @garbage: pixel of a row that did not fit the CBUF
 * @windows: windows in one piece, [ky][kx][lane]
 */
struct core {
	core_dot *dot;
	uint8_t fetch[CORE_FETCH_BYTES];
	union {
		int16_t i[CORE_PATTERN];
		float f[CORE_PATTERN];
	} pad, garbage;
	union cbuf_values windows[CORE_WINDOWS];
};

/* core_init() - choose the routines for this host */
void core_init(struct core *core);

/* core_choose_dot() - see core_mac.c */
core_dot *core_choose_dot(void);

/**
 * core_depthwise() - multiply one depthwise window
 * @taps: for each tap the values of @channels channels
 * @w: [tap][channel]
 * @count: taps
 * @channels: channels
 * @out: sums of products
 * @sums: sums of features
 */
void core_depthwise(const int16_t *const *taps, const int16_t *w, unsigned int count,
		    unsigned int channels, int32_t *out, int32_t *sums);

/* core_sum() - sum of a window; no sum may leave int32 */
int32_t core_sum(const int16_t *x, size_t values);

/**
 * core_run() - execute the convolution in npu->conv; features are in the CBUF
 * @npu: core
 *
 * Return: 0; -1 when the core hangs.
 */
int core_run(struct npu *npu);

#endif /* MODEL_CORE_H */
