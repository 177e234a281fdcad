/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: IOMMU device, interface to the core behind it
 *
 * The core owns the lines (power, clocks, reset) of the pair and tells the IOMMU; the IOMMU
 * gives the core an address space that translates.
 */
#ifndef RK_IOMMU_H
#define RK_IOMMU_H

#include "exec/memory.h"
#include "hw/sysbus.h"
#include "qemu/timer.h"

#include <model/rkmmu.h>

#define TYPE_RK_IOMMU "rk-iommu"
OBJECT_DECLARE_SIMPLE_TYPE(RkIommuState, RK_IOMMU)

#define TYPE_RK_IOMMU_REGION "rk-iommu-region"

#define RK_IOMMU_MAX_WINDOWS 2

typedef struct RkIommuWindow {
	RkIommuState *parent;
	uint32_t index;
	MemoryRegion iomem;
	struct rkmmu model;
	bool irq;
	bool bypass_reported;
} RkIommuWindow;

struct RkIommuState {
	SysBusDevice parent_obj;

	IOMMUMemoryRegion region;
	AddressSpace dma_as;		/* what the core puts on the bus */
	AddressSpace *target_as;	/* of translated accesses and walks; set before realize */
	RkIommuWindow windows[RK_IOMMU_MAX_WINDOWS];
	QEMUTimer *refault_timer;
	qemu_irq irq;

	bool powered;
	bool clocked;
	bool in_reset;

	/* properties */
	uint32_t core;
	uint32_t window_count;
	bool allow_bypass;
	uint32_t refault_us;
	uint32_t reset_stuck;
	uint32_t stall_stuck;
	uint32_t dte_32bit;
	uint32_t check_stale;

	/* counters, read-only properties */
	uint32_t enables;
	uint32_t faults;
};

/* The lines of the core changed. */
void rk_iommu_set_lines(RkIommuState *s, bool powered, bool clocked, bool in_reset);

/* The pair lost power or was reset: registers and TLB are gone. */
void rk_iommu_wipe(RkIommuState *s);

/* The core starts, ends or loses a job. */
void rk_iommu_set_master(RkIommuState *s, enum rkmmu_master master);

/* Some window is stalled: a DMA would wait. */
bool rk_iommu_stalled(const RkIommuState *s);

#endif
