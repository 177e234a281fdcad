/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: A bench for the NPU model
 *
 * One core, some memory, counters of what it reported, and command streams word by word.
 * rig_convolution() writes the registers of one convolution task by the formulas of the programming
 * guide, so that a test only names what it is about and then overwrites single registers.
 */
#ifndef UNIT_MODEL_RIG_H
#define UNIT_MODEL_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <model/npu.h>
#include <npu/limits.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#define TEST(name, function)	{ name, function, NULL, NULL, NULL }
#define COUNT(array)		(sizeof(array) / sizeof((array)[0]))

#define RIG_BASE	 0x10000u /* device addresses below and above are not mapped */
#define RIG_BYTES	0x800000u
#define RIG_STREAM	RIG_BASE		/* streams: one per RIG_STREAM_BYTES */
#define RIG_STREAM_BYTES 0x4000u
#define RIG_IN		0x100000u
#define RIG_WEIGHTS	0x300000u
#define RIG_TABLE	0x500000u		/* bias and other operands */
#define RIG_IN2		0x580000u
#define RIG_OUT		0x600000u

#define ALL_OFF		0x53u			/* BS_CFG and BN_CFG with the stage off */
#define EW_OFF		0x383u
#define BS_TABLE	0x20150u		/* BS adds an operand per channel */
#define PINGPONG	0xeu			/* S_POINTER as every stream writes it */

#define MASK_CONV	0x1du			/* CNA, CORE, DPU, DPU_RDMA */
#define MASK_CONV_BARE	0x0du
#define MASK_DPU	0x18u
#define MASK_POOL	0x60u

#define EVENT_DPU_0	0x100u
#define EVENT_DPU_1	0x200u
#define EVENT_PPU_0	0x400u
#define EVENT_READ_ERROR 0x1000u
#define EVENT_WRITE_ERROR 0x2000u

/**
 * struct rig - the bench
 * @npu: core
 * @memory: what device addresses from RIG_BASE on show
 * @irq: level of the line
 * @irqs: rising edges
 * @guest_errors: reports of that kind
 * @unimps: reports of that kind
 * @text: last report
 * @words: length of the stream that is being written
 * @stream: its number
 */
struct rig {
	struct npu *npu;
	uint8_t *memory;
	bool irq;
	unsigned int irqs;
	unsigned int guest_errors;
	unsigned int unimps;
	char text[256];
	unsigned int words;
	unsigned int stream;
};

/* rig_open() - @switches: NULL for the defaults */
void rig_open(struct rig *rig, const struct npu_switches *switches);
void rig_close(struct rig *rig);

/* rig_at() - memory at a device address */
uint8_t *rig_at(struct rig *rig, uint32_t iova);
void rig_put32(struct rig *rig, uint32_t iova, uint32_t value);
void rig_put16(struct rig *rig, uint32_t iova, uint16_t value);
int32_t rig_get32(struct rig *rig, uint32_t iova);
uint16_t rig_get16(struct rig *rig, uint32_t iova);

/* rig_begin() - start to write stream number @stream */
void rig_begin(struct rig *rig, unsigned int stream);
/* rig_word() - any word */
void rig_word(struct rig *rig, uint64_t word);
/* rig_reg() - write a register; the target follows from the offset */
void rig_reg(struct rig *rig, uint32_t offset, uint32_t value);
/* rig_end() - tail without a next stream */
void rig_end(struct rig *rig, uint32_t mask);
/* rig_chain() - tail with stream number @next of @words words */
void rig_chain(struct rig *rig, uint32_t mask, unsigned int next, unsigned int words);

/* rig_start() - program the PC for @tasks tasks that start with stream 0 of @words words */
void rig_start(struct rig *rig, unsigned int words, unsigned int tasks);
/*
 * rig_run() - rig_start() with the stream just written and one task, stepped to the end, line
 * acknowledged
 */
enum npu_state rig_run(struct rig *rig);
/* rig_clean() - nothing was reported and the core is idle */
void rig_clean(struct rig *rig);

/**
 * struct rig_conv - one convolution task
 * @precision: ROCKET_PRECISION_* of features and weights
 * @out: of the output
 * @depthwise: else direct
 * @w: input width
 * @h: input rows of the task
 * @h_full: rows of the tensor; 0: @h
 * @c: input channels
 * @k: kernels; depthwise: 0
 * @kw: kernel width
 * @kh: kernel height
 * @stride: both axes; 0: 1
 * @pad_left: columns
 * @pad_top: rows
 * @ow: output width
 * @oh: output rows
 * @pad: stored byte of padding
 * @cpend: OW_OP
 * @offset: OUT_CVT_OFFSET
 * @scale: OUT_CVT_SCALE; 0: 1
 * @shift: OUT_CVT_SHIFT
 * @data_banks: 0: 10
 * @bias: table at RIG_TABLE
 */
struct rig_conv {
	unsigned int precision, out;
	bool depthwise;
	unsigned int w, h, h_full, c, k, kw, kh, stride, pad_left, pad_top, ow, oh;
	int pad, cpend, offset;
	unsigned int scale, shift, data_banks;
	bool bias;
};

/* rig_padded() - channels per pixel in memory */
unsigned int rig_padded(const struct rig_conv *c);
/* rig_out_channels() - channels that pass the DPU */
unsigned int rig_out_channels(const struct rig_conv *c);
/* rig_convolution() - all registers of the task; the caller ends the stream */
void rig_convolution(struct rig *rig, const struct rig_conv *c);

/* rig_feature() - address of one int8 feature; @w, @h: of the tensor */
uint32_t rig_feature(uint32_t base, unsigned int w, unsigned int h, unsigned int c, unsigned int y,
		     unsigned int x);
/* rig_weight() - offset of one int8 weight of a direct convolution; guide 4.5 */
uint32_t rig_weight(const struct rig_conv *c, unsigned int k, unsigned int ky, unsigned int kx,
		    unsigned int ch);

/**
 * struct rig_flying - one element-wise task on int8
 * @w: pixels of a line
 * @h: lines
 * @c: channels
 */
struct rig_flying {
	unsigned int w, h, c;
};

/*
 * rig_element_wise() - all registers of a DPU-only int8 task with its stages off; input RIG_IN,
 * output RIG_OUT
 */
void rig_element_wise(struct rig *rig, const struct rig_flying *f);

#endif
