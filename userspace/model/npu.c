// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The core as its owner sees it
 *
 * Create, reset, register access by the CPU, reports and DMA. What a task does is left to the PC
 * (pc.c) and the blocks.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <npu/limits.h>

#include "private.h"

const struct npu_switches npu_switches_default = {
#define NPU_SWITCH(name, values, def, question) .name = (def),
	NPU_SWITCHES(NPU_SWITCH)
#undef NPU_SWITCH
};

static void report(struct npu *npu, enum npu_report kind, const char *fmt, va_list args)
{
	char text[NPU_TEXT_BYTES];

	vsnprintf(text, sizeof(text), fmt, args);
	npu->ops.report(npu->opaque, kind, text);
}

void npu_guest_error(struct npu *npu, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(npu, NPU_GUEST_ERROR, fmt, args);
	va_end(args);
}

void npu_unimp(struct npu *npu, const char *fmt, ...)
{
	va_list args;

	if (npu->unimp_reported)
		return;
	npu->unimp_reported = true;
	va_start(args, fmt);
	report(npu, NPU_UNIMP, fmt, args);
	va_end(args);
}

void npu_check_unmodelled(struct npu *npu, const uint32_t *r, const struct unmodelled *fields,
			  unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (r[fields[i].index] & fields[i].mask)
			npu_unimp(npu, "%s = 0x%x", fields[i].what,
				  reg_field(r[fields[i].index], fields[i].mask));
	}
}

int npu_hang(struct npu *npu, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(npu->hang_text, sizeof(npu->hang_text), fmt, args);
	va_end(args);
	npu->state = NPU_HUNG;
	npu->ops.report(npu->opaque, NPU_GUEST_ERROR, npu->hang_text);
	return -1;
}

static uint32_t dma_base(const struct npu *npu)
{
	return WORD(npu->regs.value[BLOCK_PC][0], PC_TASK_DMA_BASE_ADDR);
}

static int dma_error(struct npu *npu, const char *who, const char *what, uint32_t event,
		     uint32_t iova, size_t bytes)
{
	npu_raise(npu, event);
	return npu_hang(npu, "%s: DMA %s error at 0x%08" PRIx32 ", %zu bytes", who, what, iova,
			bytes);
}

static bool leaves_address_space(uint32_t iova, size_t bytes)
{
	return bytes > (uint64_t)UINT32_MAX + 1 - iova;
}

static int read_bus(struct npu *npu, const char *who, uint32_t iova, void *buf, size_t bytes)
{
	if (leaves_address_space(iova, bytes) || npu->ops.dma_read(npu->opaque, iova, buf, bytes))
		return dma_error(npu, who, "read", ROCKET_PC_INTERRUPT_RAW_STATUS_DMA_READ_ERROR,
				 iova, bytes);
	npu->stats.read_bytes += bytes;
	return 0;
}

int npu_fetch(struct npu *npu, uint32_t iova, void *buf, size_t bytes)
{
	return read_bus(npu, "PC", iova, buf, bytes);
}

int npu_dma_read(struct npu *npu, const char *who, uint32_t iova, void *buf, size_t bytes)
{
	return read_bus(npu, who, iova + dma_base(npu), buf, bytes);
}

int npu_dma_write(struct npu *npu, const char *who, uint32_t iova, const void *buf, size_t bytes)
{
	iova += dma_base(npu);
	if (leaves_address_space(iova, bytes) || npu->ops.dma_write(npu->opaque, iova, buf, bytes))
		return dma_error(npu, who, "write", ROCKET_PC_INTERRUPT_RAW_STATUS_DMA_WRITE_ERROR,
				 iova, bytes);
	npu->stats.write_bytes += bytes;
	return 0;
}

void npu_raise(struct npu *npu, uint32_t events)
{
	npu->pc.events |= events;
	pc_update_line(npu);
}

struct npu *npu_create(const struct npu_ops *ops, void *opaque, const struct npu_switches *switches)
{
	struct npu *npu = calloc(1, sizeof(*npu));

	if (!npu)
		return NULL;
	npu->ops = *ops;
	npu->opaque = opaque;
	npu->switches = switches ? *switches : npu_switches_default;
	core_init(&npu->core);
	npu_reset(npu);
	return npu;
}

void npu_destroy(struct npu *npu)
{
	free(npu);
}

void npu_reset(struct npu *npu)
{
	regs_reset(&npu->regs);
	cbuf_reset(&npu->cbuf);
	dpu_reset(&npu->dpu);
	npu->pc.tasks_done = 0;
	npu->pc.events = 0;
	npu->state = NPU_IDLE;
	pc_update_line(npu);
}

static uint32_t task_status(const struct npu *npu)
{
	const uint32_t *r = npu->regs.value[BLOCK_PC][0];

	if (npu->switches.task_status_end && npu->state == NPU_IDLE && npu->pc.tasks_done &&
	    npu->pc.tasks_done == FIELD(r, PC_TASK_CON, TASK_NUMBER))
		return 0xf000;	/* Measured: silicon notes 2.10 */
	return npu->pc.tasks_done & ROCKET_PC_TASK_CON_TASK_NUMBER;
}

/* Return: 0 idle, 1 running, as the field of one group in S_STATUS */
static uint32_t block_status(const struct npu *npu, enum npu_block block)
{
	uint32_t running = npu->state != NPU_IDLE;

	return npu->regs.pointers[block].executer ? running << 16 : running;
}

uint32_t npu_read(struct npu *npu, uint32_t offset)
{
	const struct reg_info *info = regs_info(offset);
	enum npu_block block = regs_block(offset);

	if (offset - offset % REGS_BLOCK_BYTES == NPU_WINDOW_NEVER) {
		npu_guest_error(npu,
				"read of 0x%04" PRIx32
				": any read of this page hangs the whole SoC",
				offset);
		return 0;
	}
	if (!info) {
		npu_guest_error(npu, "read of 0x%04" PRIx32 ", which is no register", offset);
		return 0;
	}
	switch (offset) {
	case ROCKET_PC_INTERRUPT_STATUS:
		return npu->pc.events & WORD(npu->regs.value[BLOCK_PC][0], PC_INTERRUPT_MASK);
	case ROCKET_PC_INTERRUPT_RAW_STATUS:
		return npu->pc.events;
	case ROCKET_PC_TASK_STATUS:
		return task_status(npu);
	case ROCKET_DPU_LUT_ACCESS_DATA:
		return dpu_lut_read(npu);
	}
	if (block >= BLOCK_CNA && block <= BLOCK_PPU_RDMA &&
	    offset % REGS_BLOCK_BYTES == REGS_S_STATUS)
		return block_status(npu, block);
	return regs_read(&npu->regs, offset);
}

/*
 * A start is latched: 0 does not stop what runs. Source: soc-integration notes section 3; the vendor
 * driver writes 1 and at once 0.
 */
static void write_operation_enable(struct npu *npu, uint32_t value)
{
	regs_write(&npu->regs, ROCKET_PC_OPERATION_ENABLE, value);
	if (value & ROCKET_PC_OPERATION_ENABLE_OP_EN)
		pc_start(npu);
}

static void write_pc(struct npu *npu, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case ROCKET_PC_OPERATION_ENABLE:
		write_operation_enable(npu, value);
		return;
	case ROCKET_PC_INTERRUPT_CLEAR:
	case ROCKET_PC_INTERRUPT_STATUS:
	case ROCKET_PC_INTERRUPT_RAW_STATUS:
		npu->pc.events &= ~value;
		pc_update_line(npu);
		return;
	case ROCKET_PC_INTERRUPT_MASK:
		regs_write(&npu->regs, offset, value);
		pc_update_line(npu);
		return;
	}
	if (npu->state == NPU_RUNNING)
		npu_guest_error(npu, "%s written while tasks run", regs_info(offset)->name);
	if (offset == ROCKET_PC_TASK_CON) {
		if (value & ROCKET_PC_TASK_CON_TASK_COUNT_CLEAR)
			npu->pc.tasks_done = 0;
		value &= ~ROCKET_PC_TASK_CON_TASK_COUNT_CLEAR;
	}
	regs_write(&npu->regs, offset, value);
}

static void write_block(struct npu *npu, uint32_t offset, uint32_t value)
{
	if (!FIELD(npu->regs.value[BLOCK_PC][0], PC_BASE_ADDRESS, PC_SEL)) {
		npu_guest_error(npu, "%s written in PC mode; set PC_BASE_ADDRESS.PC_SEL first",
				regs_info(offset)->name);
		return;
	}
	if (offset % REGS_BLOCK_BYTES == REGS_OPERATION_ENABLE && value)
		npu_unimp(npu, "%s: starting a block by MMIO", regs_info(offset)->name);
	if (offset == ROCKET_DPU_LUT_ACCESS_CFG || offset == ROCKET_DPU_LUT_ACCESS_DATA)
		dpu_lut_write(npu, offset, value);
	regs_write(&npu->regs, offset, value);
}

void npu_write(struct npu *npu, uint32_t offset, uint32_t value)
{
	const struct reg_info *info = regs_info(offset);
	enum npu_block block = regs_block(offset);

	if (!info || info->access == REG_RO) {
		npu_guest_error(npu, "write of 0x%08" PRIx32 " to 0x%04" PRIx32 ", which is %s",
				value, offset, info ? "read-only" : "no register");
		return;
	}
	if (value & ~info->mask)
		npu_guest_error(npu, "%s: reserved bits 0x%08" PRIx32 " written", info->name,
				value & ~info->mask);
	if (block == BLOCK_PC)
		write_pc(npu, offset, value & info->mask);
	else if (block >= BLOCK_CNA && block <= BLOCK_PPU_RDMA)
		write_block(npu, offset, value & info->mask);
	else if (block == BLOCK_GLOBAL)
		npu_unimp(npu, "%s: starting blocks by MMIO", info->name);
	else
		regs_write(&npu->regs, offset, value);
}

enum npu_state npu_state(const struct npu *npu)
{
	return npu->state;
}

enum npu_state npu_step(struct npu *npu)
{
	if (npu->state == NPU_RUNNING)
		pc_step(npu);
	return npu->state;
}

const char *npu_hang_reason(const struct npu *npu)
{
	return npu->state == NPU_HUNG ? npu->hang_text : NULL;
}

void npu_get_stats(const struct npu *npu, struct npu_stats *out)
{
	*out = npu->stats;
}
