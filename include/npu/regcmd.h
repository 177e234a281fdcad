/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The register command word
 *
 * The NPU fetches its programs as little-endian 64-bit words, each of them one register write. This file packs and
 * unpacks the word and names its targets. It knows nothing of the registers themselves (rocket_regs.h).
 *
 *   63      48 47             16 15       0
 *   [ target ] [     value     ] [ offset ]
 *
 * Source: TRM chapter 36, streams that run on silicon; guide sections 3.1 to 3.4.
 */
#ifndef NPU_REGCMD_H
#define NPU_REGCMD_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

/* NPU_TARGET(block, code, base of the block's registers) */
#define NPU_TARGETS(NPU_TARGET) \
	NPU_TARGET(PC,       0x0101, 0x0000) \
	NPU_TARGET(CNA,      0x0201, 0x1000) \
	NPU_TARGET(CORE,     0x0801, 0x3000) \
	NPU_TARGET(DPU,      0x1001, 0x4000) \
	NPU_TARGET(DPU_RDMA, 0x2001, 0x5000) \
	NPU_TARGET(PPU,      0x4001, 0x6000) \
	NPU_TARGET(PPU_RDMA, 0x8001, 0x7000)

enum npu_target {
#define NPU_TARGET(block, code, base) NPU_TARGET_##block = (code),
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
	NPU_TARGET_MARKER = 0x0041,	/* precedes the op-enable word */
	NPU_TARGET_OP_ENABLE = 0x0081,	/* value: mask of enum npu_enable, offset: PC.OPERATION_ENABLE */
};

/* Bits of the op-enable mask; bit 1 is reserved. */
enum npu_enable {
	NPU_ENABLE_CNA = 1 << 0,
	NPU_ENABLE_CORE = 1 << 2,
	NPU_ENABLE_DPU = 1 << 3,
	NPU_ENABLE_DPU_RDMA = 1 << 4,
	NPU_ENABLE_PPU = 1 << 5,
	NPU_ENABLE_PPU_RDMA = 1 << 6,
};

#define NPU_ENABLE_ALL		0x7d	/* every bit above */

#define REGCMD_BYTES		8	/* one word */
#define REGCMD_TAIL_WORDS	4	/* next address, next amount, marker, op-enable */
#define REGCMD_ALIGN		64	/* of a stream in memory; the hardware drops the low 4 bits only */
#define REGCMD_BEAT_WORDS	2	/* one 128-bit beat of the command fetch */

static inline uint64_t regcmd(unsigned int target, uint32_t value, unsigned int offset)
{
	return (uint64_t)target << 48 | (uint64_t)value << 16 | (offset & 0xffff);
}

static inline unsigned int regcmd_target(uint64_t word)
{
	return (unsigned int)(word >> 48);
}

static inline uint32_t regcmd_value(uint64_t word)
{
	return (uint32_t)(word >> 16);
}

static inline unsigned int regcmd_offset(uint64_t word)
{
	return (unsigned int)(word & 0xffff);
}

/**
 * regcmd_amount() - the value of PC.REGISTER_AMOUNTS for a stream
 * @words: length of the stream in words, tail included; at least 1
 *
 * Return: number of 128-bit beats minus one.
 * Source: guide 3.4, checked against four vendor streams.
 */
static inline uint32_t regcmd_amount(uint32_t words)
{
	return (words + REGCMD_BEAT_WORDS - 1) / REGCMD_BEAT_WORDS - 1;
}

#endif /* NPU_REGCMD_H */
