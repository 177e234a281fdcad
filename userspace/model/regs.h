/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Register file of the model
 *
 * Values of all registers, two groups for the blocks that run tasks, and the pointers that say
 * which group is written and which is executed. It checks what is written against the register
 * description; side effects belong to the blocks.
 */
#ifndef MODEL_REGS_H
#define MODEL_REGS_H

#include <stdbool.h>
#include <stdint.h>

#include <npu/rocket_regs.h>

enum npu_block {
#define NPU_BLOCK(block, base) BLOCK_##block,
#include <npu/rocket_regs_table.h>
	BLOCK_COUNT
};

#define REGS_BLOCK_BYTES	0x1000u
#define REGS_PER_BLOCK		0x80u /* all registers lie in the first 512 bytes of their block */
#define REGS_GROUPS		2
#define REGS_S_STATUS		0u	/* the same in each block that runs tasks */
#define REGS_S_POINTER		4u
#define REGS_OPERATION_ENABLE	8u

#define REG_INDEX(offset)	(((offset) % REGS_BLOCK_BYTES) / 4)

/* FIELD() - one field of a register group: FIELD(r, CNA_CBUF_CON0, DATA_BANK) */
#define FIELD(r, reg, field)	reg_field((r)[REG_INDEX(ROCKET_##reg)], ROCKET_##reg##_##field)
/* WORD() - a whole register of a group */
#define WORD(r, reg)		((r)[REG_INDEX(ROCKET_##reg)])

static inline uint32_t reg_field(uint32_t value, uint32_t mask)
{
	return (value & mask) / (mask & -mask);
}

enum reg_access {
	REG_RW,
	REG_RO,
	REG_W1C,
};

/**
 * struct reg_info - what the description says about one register
 * @name: "CNA_CBUF_CON0"; NULL when the offset is no register
 * @mask: bits that some field names
 * @reset: value after reset
 * @access: see enum reg_access
 */
struct reg_info {
	const char *name;
	uint32_t mask;
	uint32_t reset;
	enum reg_access access;
};

/**
 * struct reg_pointers - S_POINTER of a block
 * @mode: the bits of S_POINTER that are kept as written
 * @pointer: group that writes go to
 * @executer: group that runs next
 */
struct reg_pointers {
	uint32_t mode;
	unsigned char pointer;
	unsigned char executer;
};

struct regs {
	uint32_t value[BLOCK_COUNT][REGS_GROUPS][REGS_PER_BLOCK];
	struct reg_pointers pointers[BLOCK_COUNT];
};

/**
 * regs_info() - look an offset up
 * @offset: bytes from the core base
 *
 * Return: the description; NULL when there is no such register.
 */
const struct reg_info *regs_info(uint32_t offset);

/**
 * regs_block() - the block an offset belongs to
 * @offset: bytes from the core base
 *
 * Return: block; BLOCK_COUNT when the page belongs to none.
 */
enum npu_block regs_block(uint32_t offset);

/* regs_block_name() - "DPU_RDMA" */
const char *regs_block_name(enum npu_block block);

/* regs_reset() - all groups to reset values, all pointers to group 0 */
void regs_reset(struct regs *regs);

/**
 * regs_read() - value of a register as the CPU sees it
 * @regs: register file
 * @offset: an offset that regs_info() knows
 *
 * Return: for shadowed registers that of the group that is written now.
 */
uint32_t regs_read(const struct regs *regs, uint32_t offset);

/**
 * regs_write() - store a value; S_POINTER acts at once
 * @regs: register file
 * @offset: an offset that regs_info() knows
 * @value: bits outside the description are dropped
 */
void regs_write(struct regs *regs, uint32_t offset, uint32_t value);

/* regs_running() - the group a block executes */
const uint32_t *regs_running(const struct regs *regs, enum npu_block block);

/* regs_started() - an op-enable reached the block: the write pointer moves on */
void regs_started(struct regs *regs, enum npu_block block);

/* regs_finished() - the block ended its group: the executer moves on */
void regs_finished(struct regs *regs, enum npu_block block);

#endif /* MODEL_REGS_H */
