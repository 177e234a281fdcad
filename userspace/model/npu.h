/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The NPU model
 *
 * One core of the RK3588 NPU as a C library: registers in, memory traffic and an interrupt line
 * out. It executes command streams as the silicon does, bit for bit, and refuses what the silicon
 * would hang on. It knows no operators, files, threads or time: its owner (the sim back end, the
 * QEMU device) decides when a task runs by calling npu_step(), and what an address means by the DMA
 * callbacks. No allocation happens after npu_create().
 */
#ifndef MODEL_NPU_H
#define MODEL_NPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct npu;

/**
 * enum npu_report - what a message of the model means
 * @NPU_GUEST_ERROR: the stream or the driver does something the silicon punishes
 * @NPU_UNIMP: the stream uses a feature the model does not have; its results would be invented
 */
enum npu_report {
	NPU_GUEST_ERROR,
	NPU_UNIMP,
};

/**
 * struct npu_ops - what the owner of a core provides; all callbacks are required
 * @dma_read: copy @bytes at device address @iova to @buf; 0 or a negative errno (bus or IOMMU
 * fault)
 * @dma_write: copy @bytes from @buf to device address @iova; 0 or a negative errno
 * @irq: the interrupt line changed to @level
 * @report: one line of text without newline
 *
 * The callbacks must not call back into the core, except npu_read() from @report.
 */
struct npu_ops {
	int (*dma_read)(void *opaque, uint32_t iova, void *buf, size_t bytes);
	int (*dma_write)(void *opaque, uint32_t iova, const void *buf, size_t bytes);
	void (*irq)(void *opaque, bool level);
	void (*report)(void *opaque, enum npu_report kind, const char *text);
};

/*
 * Points that the documents leave open, one switch each: NPU_SWITCH(name, values, default,
 * question). Documentation/npu/open-questions.rst has a section for each; tests run every value.
 */
#define NPU_SWITCHES(NPU_SWITCH) \
	NPU_SWITCH(out_offset_after_round, 2, 0, \
		   "OUT_CVT adds the offset after the rounding shift") \
	NPU_SWITCH(bn_mul_first, 2, 0, "the integer BN stage multiplies before it adds") \
	NPU_SWITCH(clip_parts_apart, 2, 0, \
		   "CLIP_TRUNCATE shifts accumulator and CPEND term apart") \
	NPU_SWITCH(clip_round, 3, 1, \
		   "CLIP_TRUNCATE, ROUND_TYPE 0: 0 half to even, 1 half up, 2 floor") \
	NPU_SWITCH(brdma_block, 3, 0, \
		   "BRDMA operands: 0 blocks of 4 channels, 1 of 8, 2 whole arrays") \
	NPU_SWITCH(pad_lanes, 3, 0, "odd lanes pad with byte 1: 0 depthwise, 1 never, 2 always") \
	NPU_SWITCH(lut_round, 2, 0, "LUT interpolation: 0 floor, 1 nearest") \
	NPU_SWITCH(ppu_average_round, 2, 0, \
		   "PPU average: 0 half to even, 1 half away from zero") \
	NPU_SWITCH(pad_channels, 2, 1, \
		   "channels beyond the real ones: 0 computed, 1 OFFSET_PEND") \
	NPU_SWITCH(weight_bank_full, 2, 0, \
		   "a kernel group that fills its banks exactly: 0 hangs, 1 works") \
	NPU_SWITCH(ew_step, 2, 0, \
		   "ERDMA of a fused operand: 0 area + EW_SURF_NOTCH, 1 2 * EW_SURF_STRIDE") \
	NPU_SWITCH(fp_accumulate, 2, 0, \
		   "float sums: 0 exact, rounded once to fp32, 1 fp32 at each step") \
	NPU_SWITCH(fp16_denormals, 2, 0, \
		   "fp16 operands of BS and BN: 0 denormals are zero, 1 kept") \
	NPU_SWITCH(minus_exp_divides, 2, 0, \
		   "MINUS_EXP: 0 wraps in the exponent field, 1 divides") \
	NPU_SWITCH(task_status_end, 2, 0, "TASK_STATUS after a list: 0 number of tasks, 1 0xf000")

/**
 * struct npu_switches - one member per row of NPU_SWITCHES
 */
struct npu_switches {
#define NPU_SWITCH(name, values, def, question) unsigned char name;
	NPU_SWITCHES(NPU_SWITCH)
#undef NPU_SWITCH
};

extern const struct npu_switches npu_switches_default;

/**
 * enum npu_state - what npu_step() leaves behind
 * @NPU_IDLE: nothing was started, or the last task of the list has ended
 * @NPU_RUNNING: tasks of the list remain
 * @NPU_HUNG: the core waits for something that will never come; only npu_reset() helps
 */
enum npu_state {
	NPU_IDLE,
	NPU_RUNNING,
	NPU_HUNG,
};

/**
 * npu_create() - make one core, in reset state
 * @ops: callbacks; copied
 * @opaque: first argument of every callback
 * @switches: NULL for the defaults; copied
 *
 * Return: the core; NULL when memory is out. The caller owns it (npu_destroy()).
 */
struct npu *npu_create(const struct npu_ops *ops, void *opaque,
		       const struct npu_switches *switches);

/**
 * npu_destroy() - free a core
 * @npu: core or NULL
 */
void npu_destroy(struct npu *npu);

/**
 * npu_reset() - both resets of the core pulsed: registers, both register groups, CBUF and LUT are
 * lost
 * @npu: core
 */
void npu_reset(struct npu *npu);

/**
 * npu_read() - the CPU reads a register
 * @npu: core
 * @offset: bytes from the core base, a multiple of 4 below NPU_CORE_BYTES
 *
 * Return: the value; 0 with NPU_GUEST_ERROR for an offset that is no register.
 */
uint32_t npu_read(struct npu *npu, uint32_t offset);

/**
 * npu_write() - the CPU writes a register
 * @npu: core
 * @offset: bytes from the core base, a multiple of 4 below NPU_CORE_BYTES
 * @value: 32 bits
 *
 * Writing PC.OPERATION_ENABLE = 1 in PC mode arms the core; npu_step() then executes.
 */
void npu_write(struct npu *npu, uint32_t offset, uint32_t value);

/**
 * npu_state() - what the core is doing
 * @npu: core
 *
 * Return: see enum npu_state.
 */
enum npu_state npu_state(const struct npu *npu);

/**
 * npu_step() - fetch and execute the next task of the list
 * @npu: core
 *
 * Reads the stream, runs the enabled blocks, sets the event bits and drives the interrupt line.
 * Does nothing unless the state is NPU_RUNNING.
 *
 * Return: the state afterwards.
 */
enum npu_state npu_step(struct npu *npu);

/**
 * npu_hang_reason() - why the state is NPU_HUNG
 * @npu: core
 *
 * Return: one line of text owned by the core; NULL when it does not hang.
 */
const char *npu_hang_reason(const struct npu *npu);

/**
 * struct npu_stats - work done since npu_create()
 * @macs: multiply-accumulates that contributed to an output (padding lanes included)
 * @tasks: tasks that ended
 * @words: command words fetched
 * @read_bytes: bytes read by DMA, command words included
 * @write_bytes: bytes written by DMA
 */
struct npu_stats {
	uint64_t macs;
	uint64_t tasks;
	uint64_t words;
	uint64_t read_bytes;
	uint64_t write_bytes;
};

/**
 * npu_get_stats() - counters of the core
 * @npu: core
 * @out: filled in
 */
void npu_get_stats(const struct npu *npu, struct npu_stats *out);

#endif /* MODEL_NPU_H */
