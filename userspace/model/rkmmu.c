// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Rockchip IOMMU version 2, behaviour
 *
 * Registers, commands, walk and TLB of one window. Nothing here allocates or keeps time: a reset is
 * complete when the write returns, a stall as soon as the master is quiet.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rkmmu.h"

#define INT_ALL		(RKMMU_INT_PAGE_FAULT | RKMMU_INT_BUS_ERROR)
#define ENTRY_BYTES	4u
#define PAGE_OFFSET	(RKMMU_PAGE_SIZE - 1)

static void report(struct rkmmu *mmu, enum rkmmu_report kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void report(struct rkmmu *mmu, enum rkmmu_report kind, const char *fmt, ...)
{
	char text[128];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	mmu->ops->report(mmu->opaque, kind, text);
}

/* b31:12 = address 31:12, b11:8 = address 35:32, b7:4 = address 39:36 */
static uint64_t entry_address(uint32_t entry)
{
	return (uint64_t)(entry & ~PAGE_OFFSET) | (uint64_t)(entry >> 8 & 0xf) << 32 |
	       (uint64_t)(entry >> 4 & 0xf) << 36;
}

static uint32_t dte_index(uint32_t iova)
{
	return iova >> 22;
}

static uint32_t pte_index(uint32_t iova)
{
	return iova >> 12 & 0x3ff;
}

static struct rkmmu_tlb_line *tlb_line(struct rkmmu *mmu, uint32_t iova)
{
	return &mmu->tlb[(iova / RKMMU_PAGE_SIZE) % RKMMU_TLB_LINES];
}

static void tlb_zap(struct rkmmu *mmu)
{
	memset(mmu->tlb, 0, sizeof(mmu->tlb));
}

static void update_irq(struct rkmmu *mmu)
{
	bool level = (mmu->int_raw & mmu->int_mask) != 0;

	if (level == mmu->irq_level)
		return;
	mmu->irq_level = level;
	mmu->ops->irq(mmu->opaque, level);
}

static void update_stall(struct rkmmu *mmu)
{
	bool quiet = mmu->master == RKMMU_MASTER_IDLE && !mmu->options.stall_stuck;

	mmu->stalled = mmu->stall_wanted && mmu->paging && (mmu->stalled || quiet);
}

void rkmmu_init(struct rkmmu *mmu, const struct rkmmu_ops *ops, void *opaque)
{
	memset(mmu, 0, sizeof(*mmu));
	mmu->ops = ops;
	mmu->opaque = opaque;
}

void rkmmu_reset(struct rkmmu *mmu)
{
	mmu->dte_addr = 0;
	mmu->fault_addr = 0;
	mmu->int_raw = 0;
	mmu->int_mask = 0;
	mmu->auto_gating = 0;
	mmu->paging = false;
	mmu->stall_wanted = false;
	mmu->stalled = false;
	mmu->fault_active = false;
	mmu->fault_is_write = false;
	mmu->cause = RKMMU_CAUSE_NONE;
	tlb_zap(mmu);
	update_irq(mmu);
}

void rkmmu_set_master(struct rkmmu *mmu, enum rkmmu_master master)
{
	mmu->master = master;
	update_stall(mmu);
}

static uint32_t status(const struct rkmmu *mmu)
{
	uint32_t value = 0;

	if (mmu->paging)
		value |= RKMMU_STATUS_PAGING_ENABLED;
	if (mmu->fault_active)
		value |= RKMMU_STATUS_PAGE_FAULT_ACTIVE;
	if (mmu->fault_is_write)
		value |= RKMMU_STATUS_FAULT_IS_WRITE;
	if (mmu->master == RKMMU_MASTER_IDLE)
		value |= RKMMU_STATUS_IDLE;
	if (!mmu->fault_active)
		value |= RKMMU_STATUS_REPLAY_EMPTY;
	return value | (mmu->stalled ? RKMMU_STATUS_STALL_ACTIVE : RKMMU_STATUS_STALL_NOT_ACTIVE);
}

static void cmd_enable_paging(struct rkmmu *mmu)
{
	if (!(mmu->dte_addr & RKMMU_ENTRY_VALID))
		report(mmu, RKMMU_GUEST_ERROR, "paging enabled with directory 0x%08" PRIx32
		       " that is not marked valid", mmu->dte_addr);
	mmu->paging = true;
	update_stall(mmu);
}

static void cmd_disable_paging(struct rkmmu *mmu)
{
	if (mmu->master == RKMMU_MASTER_BUSY)
		report(mmu, RKMMU_GUEST_ERROR, "paging disabled under a running job");
	mmu->paging = false;
	update_stall(mmu);
}

static void cmd_enable_stall(struct rkmmu *mmu)
{
	mmu->stall_wanted = true;
	update_stall(mmu);
}

static void cmd_disable_stall(struct rkmmu *mmu)
{
	mmu->stall_wanted = false;
	update_stall(mmu);
}

static void cmd_page_fault_done(struct rkmmu *mmu)
{
	mmu->fault_active = false;
}

static void cmd_force_reset(struct rkmmu *mmu)
{
	if (mmu->master == RKMMU_MASTER_BUSY)
		report(mmu, RKMMU_GUEST_ERROR, "IOMMU reset under a running job");
	if (!mmu->options.reset_stuck)
		rkmmu_reset(mmu);
}

static void (*const commands[RKMMU_CMD_COUNT])(struct rkmmu *mmu) = {
	[RKMMU_CMD_ENABLE_PAGING]	= cmd_enable_paging,
	[RKMMU_CMD_DISABLE_PAGING]	= cmd_disable_paging,
	[RKMMU_CMD_ENABLE_STALL]	= cmd_enable_stall,
	[RKMMU_CMD_DISABLE_STALL]	= cmd_disable_stall,
	[RKMMU_CMD_ZAP_CACHE]		= tlb_zap,
	[RKMMU_CMD_PAGE_FAULT_DONE]	= cmd_page_fault_done,
	[RKMMU_CMD_FORCE_RESET]		= cmd_force_reset,
};

static void write_dte_addr(struct rkmmu *mmu, uint32_t value)
{
	if (mmu->master == RKMMU_MASTER_BUSY)
		report(mmu, RKMMU_GUEST_ERROR, "directory changed under a running job");
	else if (mmu->paging && !mmu->stalled)
		report(mmu, RKMMU_GUEST_ERROR, "directory changed while paging and not stalled");
	mmu->dte_addr = value;
}

static void write_command(struct rkmmu *mmu, uint32_t value)
{
	if (value >= RKMMU_CMD_COUNT) {
		report(mmu, RKMMU_UNIMP, "command %" PRIu32 " is unknown", value);
		return;
	}
	commands[value](mmu);
}

static void write_zap_one_line(struct rkmmu *mmu, uint32_t value)
{
	struct rkmmu_tlb_line *line = tlb_line(mmu, value);

	if ((line->page & ~PAGE_OFFSET) == (value & ~PAGE_OFFSET))
		line->page = 0;
}

static void write_int_clear(struct rkmmu *mmu, uint32_t value)
{
	mmu->int_raw &= ~value;
	update_irq(mmu);
}

static void write_int_mask(struct rkmmu *mmu, uint32_t value)
{
	mmu->int_mask = value & INT_ALL;
	update_irq(mmu);
}

static void write_auto_gating(struct rkmmu *mmu, uint32_t value)
{
	mmu->auto_gating = value;
}

static void (*const writers[])(struct rkmmu *mmu, uint32_t value) = {
	[RKMMU_DTE_ADDR / 4]		= write_dte_addr,
	[RKMMU_COMMAND / 4]		= write_command,
	[RKMMU_ZAP_ONE_LINE / 4]	= write_zap_one_line,
	[RKMMU_INT_CLEAR / 4]		= write_int_clear,
	[RKMMU_INT_MASK / 4]		= write_int_mask,
	[RKMMU_AUTO_GATING / 4]		= write_auto_gating,
};

uint32_t rkmmu_read(struct rkmmu *mmu, uint32_t offset)
{
	switch (offset) {
	case RKMMU_DTE_ADDR:
		return mmu->dte_addr;
	case RKMMU_STATUS:
		return status(mmu);
	case RKMMU_PAGE_FAULT_ADDR:
		return mmu->fault_addr;
	case RKMMU_INT_RAWSTAT:
		return mmu->int_raw;
	case RKMMU_INT_MASK:
		return mmu->int_mask;
	case RKMMU_INT_STATUS:
		return mmu->int_raw & mmu->int_mask;
	case RKMMU_AUTO_GATING:
		return mmu->auto_gating;
	}
	report(mmu, RKMMU_GUEST_ERROR, "read of offset 0x%02" PRIx32, offset);
	return 0;
}

void rkmmu_write(struct rkmmu *mmu, uint32_t offset, uint32_t value)
{
	uint32_t index = offset / 4;

	if (offset % 4 || index >= sizeof(writers) / sizeof(writers[0]) || !writers[index]) {
		report(mmu, RKMMU_GUEST_ERROR, "write of 0x%08" PRIx32 " to offset 0x%02" PRIx32,
		       value, offset);
		return;
	}
	writers[index](mmu, value);
}

/* Return: the page table entry, 0 with *cause set when there is none, bus errors by *ok */
static uint32_t walk(struct rkmmu *mmu, uint32_t iova, enum rkmmu_cause *cause, bool *ok)
{
	uint64_t directory = entry_address(mmu->dte_addr);
	uint32_t dte, pte;

	if (mmu->options.dte_32bit)
		directory &= UINT32_MAX;

	*ok = mmu->ops->read_entry(mmu->opaque, directory + dte_index(iova) * ENTRY_BYTES, &dte);
	if (!*ok)
		return 0;
	if (!(dte & RKMMU_ENTRY_VALID)) {
		*cause = RKMMU_CAUSE_DTE_INVALID;
		return 0;
	}
	*ok = mmu->ops->read_entry(mmu->opaque, entry_address(dte) + pte_index(iova) * ENTRY_BYTES,
				   &pte);
	if (!*ok)
		return 0;
	if (!(pte & RKMMU_ENTRY_VALID)) {
		*cause = RKMMU_CAUSE_PTE_INVALID;
		return 0;
	}
	return pte;
}

static enum rkmmu_result page_fault(struct rkmmu *mmu, uint32_t iova, bool write,
				    enum rkmmu_cause cause)
{
	mmu->fault_active = true;
	mmu->fault_is_write = write;
	mmu->fault_addr = iova;
	mmu->cause = cause;
	mmu->int_raw |= RKMMU_INT_PAGE_FAULT;
	update_irq(mmu);
	return RKMMU_FAULT;
}

static enum rkmmu_result bus_error(struct rkmmu *mmu, uint32_t iova)
{
	mmu->fault_addr = iova;
	mmu->int_raw |= RKMMU_INT_BUS_ERROR;
	update_irq(mmu);
	return RKMMU_BUS_ERROR;
}

static void check_stale(struct rkmmu *mmu, uint32_t iova, const struct rkmmu_tlb_line *line)
{
	enum rkmmu_cause cause;
	bool ok;
	uint32_t pte = walk(mmu, iova, &cause, &ok);

	if (!ok || pte != line->pte)
		report(mmu, RKMMU_GUEST_ERROR, "0x%08" PRIx32 " used after its mapping changed "
		       "without a zap: TLB 0x%08" PRIx32 ", table 0x%08" PRIx32,
		       iova, line->pte, pte);
}

enum rkmmu_result rkmmu_translate(struct rkmmu *mmu, uint32_t iova, bool write, uint64_t *pa)
{
	uint32_t page = (iova & ~PAGE_OFFSET) | RKMMU_ENTRY_VALID;
	struct rkmmu_tlb_line *line = tlb_line(mmu, iova);
	enum rkmmu_cause cause = RKMMU_CAUSE_NONE;
	uint32_t pte;
	bool ok;

	if (!mmu->paging) {
		*pa = iova;
		return RKMMU_BYPASS;
	}
	if (mmu->fault_active)
		return RKMMU_FAULT;
	if (mmu->stalled)
		return RKMMU_STALLED;

	if (line->page == page) {
		pte = line->pte;
		if (mmu->options.check_stale)
			check_stale(mmu, iova, line);
	} else {
		pte = walk(mmu, iova, &cause, &ok);
		if (!ok)
			return bus_error(mmu, iova);
		if (!pte)
			return page_fault(mmu, iova, write, cause);
		*line = (struct rkmmu_tlb_line){ page, pte };
	}

	if (write && !(pte & RKMMU_ENTRY_WRITE))
		return page_fault(mmu, iova, write, RKMMU_CAUSE_NOT_WRITABLE);
	if (!write && !(pte & RKMMU_ENTRY_READ))
		return page_fault(mmu, iova, write, RKMMU_CAUSE_NOT_READABLE);

	*pa = entry_address(pte) | (iova & PAGE_OFFSET);
	return RKMMU_OK;
}

const char *rkmmu_cause_name(uint32_t cause)
{
	static const char *const names[RKMMU_CAUSE_COUNT] = {
		[RKMMU_CAUSE_NONE]		= "none",
		[RKMMU_CAUSE_DTE_INVALID]	= "no page table",
		[RKMMU_CAUSE_PTE_INVALID]	= "no page",
		[RKMMU_CAUSE_NOT_READABLE]	= "not readable",
		[RKMMU_CAUSE_NOT_WRITABLE]	= "not writable",
	};

	return cause < RKMMU_CAUSE_COUNT ? names[cause] : "unknown";
}
