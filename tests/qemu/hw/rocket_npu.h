/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: NPU core device
 *
 * One of the three cores: its 64 KiB register slot, the interrupt it shares with its IOMMU, its
 * power, clock and reset lines, and the faults that a test can ask for.
 */
#ifndef ROCKET_NPU_H
#define ROCKET_NPU_H

#include "exec/memory.h"
#include "hw/sysbus.h"
#include "qemu/timer.h"

#include <model/npu.h>
#include "rk_iommu.h"

#define TYPE_ROCKET_NPU "rocket-npu"
OBJECT_DECLARE_SIMPLE_TYPE(RocketNpuState, ROCKET_NPU)

/* Named GPIO inputs of a core and the order of their lines. */
#define ROCKET_NPU_POWER	"power"		/* 1 = powered */
#define ROCKET_NPU_CLOCK	"clock"		/* 1 = running */
#define ROCKET_NPU_RESET	"reset"		/* 1 = asserted */
#define ROCKET_NPU_MMU_IRQ	"mmu-irq"

/* The CRU's clocks, then the one that firmware owns. */
enum { ROCKET_CLK_ACLK, ROCKET_CLK_HCLK, ROCKET_CLK_PCLK, ROCKET_CRU_CLKS };
enum { ROCKET_CLK_COMPUTE = ROCKET_CRU_CLKS, ROCKET_CLKS };
enum { ROCKET_SRST_A, ROCKET_SRST_H, ROCKET_SRSTS };

struct RocketNpuState {
	SysBusDevice parent_obj;

	MemoryRegion iomem;
	qemu_irq irq;
	struct npu *npu;
	RkIommuState *mmu;
	QEMUTimer *step_timer;
	QEMUTimer *late_timer;
	QEMUTimer *spurious_timer;

	/* lines */
	bool powered;
	bool clocks[ROCKET_CLKS];
	bool resets[ROCKET_SRSTS];
	int64_t reset_since_ns;
	bool mmu_irq;

	/* state of the skin around the model */
	bool busy;
	bool wedged;		/* a fault on demand keeps the task from ending */
	bool model_irq;
	bool irq_held;		/* a fault on demand keeps the line down */
	bool spurious;
	bool injecting;		/* the model is told about an error that is not the guest's */

	/* properties */
	uint32_t core;
	uint32_t delay_us;
	uint32_t hang_task;
	uint32_t dma_error;
	uint32_t irq_lost;
	uint32_t irq_late_us;
	uint32_t reset_stuck;

	/* counters, read-only properties */
	uint32_t tasks;
	uint32_t irqs;
};

#endif
