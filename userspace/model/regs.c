// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Register file of the model
 *
 * The table of registers comes from the register description. Rules of the two groups: guide 3.7.
 * Both groups keep their values over tasks and jobs until reset (silicon notes 2.10).
 */
#include <stddef.h>

#include "regs.h"

/* S_POINTER has the same layout in every block; the names of the CNA stand for all. */
#define S_POINTER(field)	ROCKET_CNA_S_POINTER_##field
#define S_POINTER_MODE		(S_POINTER(CORE_INDEX) | S_POINTER(POINTER_PP_MODE) | \
				 S_POINTER(EXECUTER_PP_EN) | S_POINTER(POINTER_PP_EN))

static const struct reg_info table[BLOCK_COUNT][REGS_PER_BLOCK] = {
#define NPU_REG(block, name, offset, access, reset, mask) \
	[BLOCK_##block][REG_INDEX(offset)] = { #block "_" #name, mask, reset, REG_##access },
#include <npu/rocket_regs_table.h>
};

static const struct {
	const char *name;
	uint32_t base;
} blocks[BLOCK_COUNT] = {
#define NPU_BLOCK(block, base) [BLOCK_##block] = { #block, base },
#include <npu/rocket_regs_table.h>
};

enum npu_block regs_block(uint32_t offset)
{
	unsigned int block;

	for (block = 0; block < BLOCK_COUNT; block++) {
		if (offset - offset % REGS_BLOCK_BYTES == blocks[block].base)
			break;
	}
	return (enum npu_block)block;
}

const char *regs_block_name(enum npu_block block)
{
	return block < BLOCK_COUNT ? blocks[block].name : "none";
}

const struct reg_info *regs_info(uint32_t offset)
{
	enum npu_block block = regs_block(offset);
	const struct reg_info *info;

	if (block == BLOCK_COUNT || offset % 4 || REG_INDEX(offset) >= REGS_PER_BLOCK)
		return NULL;
	info = &table[block][REG_INDEX(offset)];
	return info->name ? info : NULL;
}

static bool has_groups(enum npu_block block)
{
	return block >= BLOCK_CNA && block <= BLOCK_PPU_RDMA;
}

void regs_reset(struct regs *regs)
{
	unsigned int block, group, i;

	*regs = (struct regs){ 0 };
	for (block = 0; block < BLOCK_COUNT; block++) {
		for (group = 0; group < REGS_GROUPS; group++) {
			for (i = 0; i < REGS_PER_BLOCK; i++)
				regs->value[block][group][i] = table[block][i].reset;
		}
	}
}

static uint32_t read_pointers(const struct reg_pointers *p)
{
	return p->mode | (p->executer ? S_POINTER(EXECUTER) : 0) |
	       (p->pointer ? S_POINTER(POINTER) : 0);
}

/*
 * Unknown: whether bit 0 moves the pointer while ping-pong is on. Streams write 0xe in each task
 * and work with alternating groups, so it must not.
 */
static void write_pointers(struct reg_pointers *p, uint32_t value)
{
	p->mode = value & S_POINTER_MODE;
	if (!(value & S_POINTER(POINTER_PP_EN)))
		p->pointer = value & S_POINTER(POINTER);
	if (value & S_POINTER(POINTER_PP_CLEAR))
		p->pointer = 0;
	if (value & S_POINTER(EXECUTER_PP_CLEAR))
		p->executer = 0;
}

uint32_t regs_read(const struct regs *regs, uint32_t offset)
{
	enum npu_block block = regs_block(offset);
	const struct reg_pointers *p = &regs->pointers[block];

	if (has_groups(block) && offset % REGS_BLOCK_BYTES == REGS_S_POINTER)
		return read_pointers(p);
	return regs->value[block][p->pointer][REG_INDEX(offset)];
}

void regs_write(struct regs *regs, uint32_t offset, uint32_t value)
{
	enum npu_block block = regs_block(offset);
	struct reg_pointers *p = &regs->pointers[block];

	if (has_groups(block) && offset % REGS_BLOCK_BYTES == REGS_S_POINTER)
		write_pointers(p, value);
	else
		regs->value[block][p->pointer][REG_INDEX(offset)] =
			value & table[block][REG_INDEX(offset)].mask;
}

const uint32_t *regs_running(const struct regs *regs, enum npu_block block)
{
	return regs->value[block][regs->pointers[block].executer];
}

void regs_started(struct regs *regs, enum npu_block block)
{
	struct reg_pointers *p = &regs->pointers[block];

	if ((p->mode & S_POINTER(POINTER_PP_EN)) && (p->mode & S_POINTER(POINTER_PP_MODE)))
		p->pointer ^= 1;
}

void regs_finished(struct regs *regs, enum npu_block block)
{
	struct reg_pointers *p = &regs->pointers[block];

	if (p->mode & S_POINTER(EXECUTER_PP_EN))
		p->executer ^= 1;
	if ((p->mode & S_POINTER(POINTER_PP_EN)) && !(p->mode & S_POINTER(POINTER_PP_MODE)))
		p->pointer = p->executer;
}
