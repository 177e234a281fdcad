/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_HW_H__
#define __ROCKET_HW_H__

#include <linux/bits.h>
#include <linux/types.h>

struct platform_device;
struct rocket_hw;

/* Source: PC.BASE_ADDRESS has bits 31:4, PC.REGISTER_AMOUNTS up to 65536 pairs of commands */
#define ROCKET_REGCMD_ALIGN	16
#define ROCKET_REGCMD_MAX	131072

/* What rocket_hw_ops.finish() saw */
#define ROCKET_HW_DONE		BIT(0)	/* the running task ended */
#define ROCKET_HW_ERROR		BIT(1)	/* a DMA access of the running task failed */

/**
 * struct rocket_hw_state - what a core shows while it runs or hangs
 * @raw: events since the task was started, whether enabled or not
 * @mask: events that raise the interrupt
 * @task_status: tasks counted since the start
 * @cna_status: state of both register groups of the CNA block
 * @core_status: state of both register groups of the CORE block
 */
struct rocket_hw_state {
	u32 raw;
	u32 mask;
	u32 task_status;
	u32 cna_status;
	u32 core_status;
};

/**
 * struct rocket_hw_ops - what the driver asks of a core's registers
 *
 * The core must have power, clocks and no reset asserted. Tests put their own
 * table in its place.
 */
struct rocket_hw_ops {
	/** @start: run the stream of @count commands at device address @regcmd */
	void (*start)(struct rocket_hw *hw, u32 regcmd, u32 count);

	/**
	 * @finish: acknowledge the end of a task
	 *
	 * Returns ROCKET_HW_DONE, ROCKET_HW_ERROR or both, after which the core is ready for the
	 * next start; 0 if the core asks for nothing.
	 */
	u32 (*finish)(struct rocket_hw *hw);

	/** @halt: raise no interrupt any more; the task itself cannot be stopped */
	void (*halt)(struct rocket_hw *hw);

	/** @sample: read the state */
	void (*sample)(struct rocket_hw *hw, struct rocket_hw_state *state);

	/** @version: read the version word */
	u32 (*version)(struct rocket_hw *hw);

	/** @is_reset: tell whether nothing is left of the last start */
	bool (*is_reset)(struct rocket_hw *hw);
};

/**
 * struct rocket_hw - registers of one core
 * @ops: how to reach them
 * @block: mapped register blocks, by block number; NULL where the CPU must not go
 * @index: number of the core in the chip
 */
struct rocket_hw {
	const struct rocket_hw_ops *ops;
	void __iomem *block[4];
	unsigned int index;
};

int rocket_hw_init(struct rocket_hw *hw, struct platform_device *pdev, unsigned int index);

#if IS_ENABLED(CONFIG_KUNIT)
extern const struct rocket_hw_ops rocket_hw_ops;
#endif

#endif
