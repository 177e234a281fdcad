// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Registers
 *
 * The only place that reads or writes registers of a core. A task is a command
 * stream in memory which programs all blocks; the CPU writes the PC block, which
 * fetches the stream, and the group pointers of the CNA and CORE blocks. Knows
 * nothing of jobs, fences and files. Every access appears as a trace event.
 */

#include <kunit/visibility.h>
#include <linux/bitfield.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/math.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

#include "rocket_hw.h"
#include "rocket_regs.h"
#include "rocket_trace.h"

/*
 * Completion of a task: the end of a register group, whichever of the two was
 * in use, of the block that writes the result: the DPU, or the PPU for pooling.
 * The error bits are latched anyway; enabled, they end a task that would
 * otherwise run into the time limit.
 */
#define EVENTS_DONE	(ROCKET_PC_INTERRUPT_MASK_DPU_0 | ROCKET_PC_INTERRUPT_MASK_DPU_1 | \
			 ROCKET_PC_INTERRUPT_MASK_PPU_0 | ROCKET_PC_INTERRUPT_MASK_PPU_1)
#define EVENTS_ERROR	(ROCKET_PC_INTERRUPT_MASK_DMA_READ_ERROR | \
			 ROCKET_PC_INTERRUPT_MASK_DMA_WRITE_ERROR)

/* Source: reset value of PC.INTERRUPT_MASK, 17 events are implemented */
#define EVENTS_ALL	0x1ffff

static void __iomem *rocket_hw_addr(struct rocket_hw *hw, u32 reg)
{
	return hw->block[reg / SZ_4K] + reg % SZ_4K;
}

static u32 rocket_hw_read(struct rocket_hw *hw, u32 reg)
{
	u32 value = readl_relaxed(rocket_hw_addr(hw, reg));

	trace_rocket_reg_read(hw->index, reg, value);
	return value;
}

static void rocket_hw_write(struct rocket_hw *hw, u32 reg, u32 value)
{
	trace_rocket_reg_write(hw->index, reg, value);
	writel_relaxed(value, rocket_hw_addr(hw, reg));
}

static void rocket_hw_start(struct rocket_hw *hw, u32 regcmd, u32 count)
{
	/*
	 * Unknown: what the core number in the pointer registers does. All
	 * known drivers write it.
	 */
	u32 pointer = FIELD_PREP(ROCKET_CNA_S_POINTER_CORE_INDEX, hw->index) |
		      ROCKET_CNA_S_POINTER_POINTER_PP_MODE |
		      ROCKET_CNA_S_POINTER_EXECUTER_PP_EN |
		      ROCKET_CNA_S_POINTER_POINTER_PP_EN;

	/* The CPU may write other blocks only while the PC is a slave. */
	rocket_hw_write(hw, ROCKET_PC_BASE_ADDRESS, ROCKET_PC_BASE_ADDRESS_PC_SEL);
	rocket_hw_write(hw, ROCKET_CNA_S_POINTER, pointer);
	rocket_hw_write(hw, ROCKET_CORE_S_POINTER, pointer);

	rocket_hw_write(hw, ROCKET_PC_BASE_ADDRESS,
			regcmd & ROCKET_PC_BASE_ADDRESS_PC_SOURCE_ADDR);
	/* The PC fetches pairs of commands. */
	rocket_hw_write(hw, ROCKET_PC_REGISTER_AMOUNTS,
			FIELD_PREP(ROCKET_PC_REGISTER_AMOUNTS_PC_DATA_AMOUNT,
				   DIV_ROUND_UP(count, 2) - 1));
	rocket_hw_write(hw, ROCKET_PC_INTERRUPT_MASK, EVENTS_DONE | EVENTS_ERROR);
	rocket_hw_write(hw, ROCKET_PC_INTERRUPT_CLEAR, EVENTS_ALL);
	/* Unknown: bit 14. All known drivers set it. */
	rocket_hw_write(hw, ROCKET_PC_TASK_CON,
			ROCKET_PC_TASK_CON_UNKNOWN_14 |
			ROCKET_PC_TASK_CON_TASK_COUNT_CLEAR |
			ROCKET_PC_TASK_CON_TASK_PP_EN |
			FIELD_PREP(ROCKET_PC_TASK_CON_TASK_NUMBER, 1));
	rocket_hw_write(hw, ROCKET_PC_TASK_DMA_BASE_ADDR, 0);

	/* The stream and page tables must be in memory before the fetch begins. */
	wmb();
	rocket_hw_write(hw, ROCKET_PC_OPERATION_ENABLE, ROCKET_PC_OPERATION_ENABLE_OP_EN);
}

static u32 rocket_hw_finish(struct rocket_hw *hw)
{
	u32 raw, events = 0;

	/* Masked status: the line is shared, and other events are latched as well. */
	if (!rocket_hw_read(hw, ROCKET_PC_INTERRUPT_STATUS))
		return 0;

	rocket_hw_write(hw, ROCKET_PC_INTERRUPT_MASK, 0);
	raw = rocket_hw_read(hw, ROCKET_PC_INTERRUPT_RAW_STATUS);
	rocket_hw_write(hw, ROCKET_PC_OPERATION_ENABLE, 0);
	rocket_hw_write(hw, ROCKET_PC_INTERRUPT_CLEAR, EVENTS_ALL);

	if (raw & EVENTS_DONE)
		events |= ROCKET_HW_DONE;
	if (raw & EVENTS_ERROR)
		events |= ROCKET_HW_ERROR;

	/* What the NPU wrote must be visible before anybody is told. */
	rmb();
	return events;
}

static void rocket_hw_halt(struct rocket_hw *hw)
{
	rocket_hw_write(hw, ROCKET_PC_INTERRUPT_MASK, 0);
}

static void rocket_hw_sample(struct rocket_hw *hw, struct rocket_hw_state *state)
{
	state->raw = rocket_hw_read(hw, ROCKET_PC_INTERRUPT_RAW_STATUS);
	state->mask = rocket_hw_read(hw, ROCKET_PC_INTERRUPT_MASK);
	state->task_status = rocket_hw_read(hw, ROCKET_PC_TASK_STATUS);
	state->cna_status = rocket_hw_read(hw, ROCKET_CNA_S_STATUS);
	state->core_status = rocket_hw_read(hw, ROCKET_CORE_S_STATUS);
}

static u32 rocket_hw_version(struct rocket_hw *hw)
{
	/* Source: all known drivers print this sum; 0x46495245 on the RK3588. */
	return rocket_hw_read(hw, ROCKET_PC_VERSION) +
	       (rocket_hw_read(hw, ROCKET_PC_VERSION_NUM) & 0xffff);
}

static bool rocket_hw_is_reset(struct rocket_hw *hw)
{
	/* Written non-zero by every start, zero after reset. */
	return !rocket_hw_read(hw, ROCKET_PC_BASE_ADDRESS) &&
	       !(rocket_hw_read(hw, ROCKET_PC_TASK_CON) & ROCKET_PC_TASK_CON_TASK_NUMBER);
}

VISIBLE_IF_KUNIT const struct rocket_hw_ops rocket_hw_ops = {
	.start = rocket_hw_start,
	.finish = rocket_hw_finish,
	.halt = rocket_hw_halt,
	.sample = rocket_hw_sample,
	.version = rocket_hw_version,
	.is_reset = rocket_hw_is_reset,
};
EXPORT_SYMBOL_IF_KUNIT(rocket_hw_ops);

/**
 * rocket_hw_init() - map the registers of a core
 * @hw: core, zeroed
 * @pdev: its device
 * @index: its number in the chip
 *
 * Block 2 stays unmapped: reading it stops the SoC.
 *
 * Return: 0 or a negative errno.
 */
int rocket_hw_init(struct rocket_hw *hw, struct platform_device *pdev, unsigned int index)
{
	static const struct {
		const char *name;
		u32 reg;
	} windows[] = {
		{ "pc", ROCKET_PC_VERSION },
		{ "cna", ROCKET_CNA_S_STATUS },
		{ "core", ROCKET_CORE_S_STATUS },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(windows); i++) {
		void __iomem *base;

		base = devm_platform_ioremap_resource_byname(pdev, windows[i].name);
		if (IS_ERR(base))
			return PTR_ERR(base);
		hw->block[windows[i].reg / SZ_4K] = base;
	}

	hw->ops = &rocket_hw_ops;
	hw->index = index;
	return 0;
}
