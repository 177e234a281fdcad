// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: PC, the command processor
 *
 * One step is one stream: fetch it, write registers word by word, run the blocks when the op-enable
 * word comes, count the task, find the next stream. Rules: guide 3. The blocks compute; this file
 * decides which of them run together.
 */
#include <inttypes.h>

#include <npu/regcmd.h>

#include "private.h"

#define EVENT(name)	ROCKET_PC_INTERRUPT_RAW_STATUS_##name

static const struct target {
	enum npu_block block;
	uint32_t code;
	uint32_t enable;
	uint32_t events[REGS_GROUPS];
} targets[] = {
	{ BLOCK_PC, NPU_TARGET_PC, 0, { 0 } },
	{ BLOCK_CNA, NPU_TARGET_CNA, NPU_ENABLE_CNA,
	  { EVENT(CNA_FEATURE_0) | EVENT(CNA_WEIGHT_0) | EVENT(CNA_CSC_0),
	    EVENT(CNA_FEATURE_1) | EVENT(CNA_WEIGHT_1) | EVENT(CNA_CSC_1) } },
	{ BLOCK_CORE, NPU_TARGET_CORE, NPU_ENABLE_CORE, { EVENT(CORE_0), EVENT(CORE_1) } },
	{ BLOCK_DPU, NPU_TARGET_DPU, NPU_ENABLE_DPU, { EVENT(DPU_0), EVENT(DPU_1) } },
	{ BLOCK_DPU_RDMA, NPU_TARGET_DPU_RDMA, NPU_ENABLE_DPU_RDMA, { 0 } },
	{ BLOCK_PPU, NPU_TARGET_PPU, NPU_ENABLE_PPU, { EVENT(PPU_0), EVENT(PPU_1) } },
	{ BLOCK_PPU_RDMA, NPU_TARGET_PPU_RDMA, NPU_ENABLE_PPU_RDMA, { 0 } },
};

#define TARGETS		(sizeof(targets) / sizeof(targets[0]))

static int run_convolution(struct npu *npu)
{
	return cna_configure(npu) || rdma_configure(npu) || dpu_configure(npu) || cna_load(npu) ||
	       core_run(npu);
}

static int run_dpu(struct npu *npu)
{
	return rdma_configure(npu) || dpu_configure(npu) || dpu_run(npu);
}

/*
 * Masks that work; guide 2. Anything else starts a block that waits for one that was not started.
 */
static const struct {
	uint32_t mask;
	int (*run)(struct npu *npu);
} kinds[] = {
	{ NPU_ENABLE_CNA | NPU_ENABLE_CORE | NPU_ENABLE_DPU | NPU_ENABLE_DPU_RDMA,
	  run_convolution },
	{ NPU_ENABLE_CNA | NPU_ENABLE_CORE | NPU_ENABLE_DPU, run_convolution },
	{ NPU_ENABLE_DPU | NPU_ENABLE_DPU_RDMA, run_dpu },
	{ NPU_ENABLE_PPU | NPU_ENABLE_PPU_RDMA, ppu_run },
};

void pc_update_line(struct npu *npu)
{
	struct pc *pc = &npu->pc;
	bool line = pc->events & WORD(npu->regs.value[BLOCK_PC][0], PC_INTERRUPT_MASK);

	if (line == pc->line)
		return;
	pc->line = line;
	npu->ops.irq(npu->opaque, line);
}

static void start_list(struct npu *npu)
{
	if (npu->pc.tasks_done)
		npu_guest_error(npu, "start without TASK_COUNT_CLEAR: the counter is at %" PRIu32,
				npu->pc.tasks_done);
	npu->pc.tasks_done = 0;
	npu->state = NPU_RUNNING;
}

void pc_start(struct npu *npu)
{
	const uint32_t *r = npu->regs.value[BLOCK_PC][0];

	if (npu->state != NPU_IDLE)
		npu_guest_error(npu, "start while the core %s",
				npu->state == NPU_HUNG ? "hangs; reset it" : "runs");
	else if (FIELD(r, PC_BASE_ADDRESS, PC_SEL))
		npu_guest_error(npu, "start in slave mode: PC_BASE_ADDRESS.PC_SEL is 1");
	else if (!FIELD(r, PC_TASK_CON, TASK_NUMBER))
		npu_hang(npu, "start with TASK_NUMBER 0");
	else
		start_list(npu);
}

static int check_groups(struct npu *npu, const struct target *t)
{
	const struct reg_pointers *p = &npu->regs.pointers[t->block];

	if (p->pointer == p->executer)
		return 0;
	return npu_hang(npu, "%s waits for group %u, the stream started %u: S_POINTER out of step",
			regs_block_name(t->block), p->executer, p->pointer);
}

static int run_mask(struct npu *npu, uint32_t mask)
{
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].mask == mask)
			return kinds[i].run(npu);
	}
	if ((mask & NPU_ENABLE_PPU) && (mask & NPU_ENABLE_DPU))
		npu_unimp(npu, "PPU fed by the DPU (op-enable mask 0x%02" PRIx32 ")", mask);
	return npu_hang(npu,
			"op-enable mask 0x%02" PRIx32
			": a started block waits for one that was not started",
			mask);
}

/* The blocks of a mask start together and here also end together. */
static int op_enable(struct npu *npu, uint32_t mask)
{
	unsigned int i;

	if (!npu->pc.marker)
		npu_guest_error(npu, "op-enable without the marker word before it");
	if (npu->pc.enabled)
		npu_guest_error(npu,
				"a second op-enable in one stream: blocks must start together");
	if (mask & ~(uint32_t)NPU_ENABLE_ALL) {
		npu_guest_error(npu, "op-enable mask 0x%02" PRIx32 ": reserved bits", mask);
		mask &= NPU_ENABLE_ALL;
	}
	npu->pc.enabled |= mask;
	npu->pc.mask = mask;
	npu->pc.ended = 0;
	for (i = 0; i < TARGETS; i++) {
		if (!(mask & targets[i].enable))
			continue;
		if (check_groups(npu, &targets[i]))
			return -1;
		npu->pc.ended |= targets[i].events[npu->regs.pointers[targets[i].block].executer];
		regs_started(&npu->regs, targets[i].block);
	}
	if (run_mask(npu, mask))
		return -1;
	for (i = 0; i < TARGETS; i++) {
		if (mask & targets[i].enable)
			regs_finished(&npu->regs, targets[i].block);
	}
	return 0;
}

static void write_register(struct npu *npu, const struct target *t, uint32_t offset, uint32_t value)
{
	const struct reg_info *info = regs_info(offset);

	if (!info || regs_block(offset) != t->block || info->access != REG_RW) {
		npu_guest_error(npu,
				"command for %s writes offset 0x%04" PRIx32
				", which is no register of it",
				regs_block_name(t->block), offset);
		return;
	}
	if (value & ~info->mask)
		npu_guest_error(npu, "%s: reserved bits 0x%08" PRIx32 " written", info->name,
				value & ~info->mask);
	if (t->block == BLOCK_PC) {
		if (offset == ROCKET_PC_BASE_ADDRESS)
			npu->pc.next_written = true;
		else if (offset != ROCKET_PC_REGISTER_AMOUNTS)
			npu_unimp(npu, "%s written by a stream", info->name);
	} else if (offset % REGS_BLOCK_BYTES == REGS_S_POINTER) {
		npu->pc.pointers |= 1u << t->block;
	} else if (offset % REGS_BLOCK_BYTES == REGS_OPERATION_ENABLE) {
		npu_unimp(npu, "%s written by a stream", info->name);
	} else if (offset == ROCKET_DPU_LUT_ACCESS_CFG || offset == ROCKET_DPU_LUT_ACCESS_DATA) {
		dpu_lut_write(npu, offset, value);
	}
	regs_write(&npu->regs, offset, value);
}

static int execute(struct npu *npu, uint64_t word)
{
	uint32_t target = regcmd_target(word), offset = regcmd_offset(word),
		 value = regcmd_value(word);
	unsigned int i;

	if (!word)
		return 0;
	if (target == NPU_TARGET_MARKER) {
		npu->pc.marker = true;
		return 0;
	}
	if (target == NPU_TARGET_OP_ENABLE) {
		if (offset != ROCKET_PC_OPERATION_ENABLE &&
		    offset != ROCKET_GLOBAL_OPERATION_ENABLE)
			npu_guest_error(npu, "op-enable word with offset 0x%04" PRIx32, offset);
		return op_enable(npu, value);
	}
	for (i = 0; i < TARGETS; i++) {
		if (targets[i].code == target) {
			write_register(npu, &targets[i], offset, value);
			return 0;
		}
	}
	npu_guest_error(npu, "command word 0x%016" PRIx64 " has no known target", word);
	return 0;
}

static int run_stream(struct npu *npu, uint32_t address, uint32_t words)
{
	struct pc *pc = &npu->pc;
	uint32_t done = 0, count, i;

	while (done < words) {
		count = words - done < PC_BUFFER_WORDS ? words - done : PC_BUFFER_WORDS;
		if (npu_fetch(npu, address + done * REGCMD_BYTES, pc->buffer, count * REGCMD_BYTES))
			return -1;
		npu->stats.words += count;
		for (i = 0; i < count; i++) {
			const uint8_t *b = (const uint8_t *)&pc->buffer[i];
			uint64_t word = 0;
			int byte;

			for (byte = REGCMD_BYTES - 1; byte >= 0; byte--)
				word = word << 8 | b[byte];
			if (execute(npu, word))
				return -1;
		}
		done += count;
	}
	return 0;
}

/*
 * Streams after the first of a chain that leave S_POINTER out computed with stale registers on
 * silicon (guide 3.7). CNA and CORE get theirs from the CPU.
 */
static void check_pointers(struct npu *npu)
{
	unsigned int i;

	for (i = 0; i < TARGETS; i++) {
		const struct target *t = &targets[i];

		if (t->block >= BLOCK_DPU && (npu->pc.enabled & t->enable) &&
		    !(npu->pc.pointers & 1u << t->block))
			npu_guest_error(npu, "the stream starts %s without writing its S_POINTER",
					regs_block_name(t->block));
	}
}

int pc_step(struct npu *npu)
{
	const uint32_t *r = npu->regs.value[BLOCK_PC][0];
	struct pc *pc = &npu->pc;

	pc->next_written = false;
	pc->marker = false;
	pc->enabled = 0;
	pc->pointers = 0;
	npu->unimp_reported = false;
	if (FIELD(r, PC_REGISTER_AMOUNTS, MULTI_CORE))
		npu_unimp(npu, "multi-core bits in PC_REGISTER_AMOUNTS");
	if (run_stream(npu, WORD(r, PC_BASE_ADDRESS) & ROCKET_PC_BASE_ADDRESS_PC_SOURCE_ADDR,
		       (FIELD(r, PC_REGISTER_AMOUNTS, PC_DATA_AMOUNT) + 1) * REGCMD_BEAT_WORDS))
		return -1;
	if (!pc->enabled)
		return npu_hang(npu, "the stream ends without an op-enable word");
	check_pointers(npu);
	pc->tasks_done++;
	npu->stats.tasks++;
	if (pc->tasks_done >= FIELD(r, PC_TASK_CON, TASK_NUMBER)) {
		npu->state = NPU_IDLE;
		/* a list has the events of its last task; guide 3.6 */
		npu_raise(npu, pc->ended);
		return 0;
	}
	if (!pc->next_written || !FIELD(r, PC_REGISTER_AMOUNTS, PC_DATA_AMOUNT))
		return npu_hang(npu,
				"TASK_NUMBER is %" PRIu32 ", but the chain ends after %" PRIu32,
				FIELD(r, PC_TASK_CON, TASK_NUMBER), pc->tasks_done);
	return 0;
}
