/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Memory as the NPU sees it, interface
 *
 * Only with the machine's property "incoherent-dma": a copy of guest memory that follows the CPUs'
 * writes at cache maintenance only, and that they follow at cache maintenance only.
 */
#ifndef RK3588_DRAM_H
#define RK3588_DRAM_H

#include "exec/memory.h"
#include "hw/boards.h"

typedef struct Rk3588Dram Rk3588Dram;

#define RK3588_DRAM_LINE 64	/* bytes; smallest data cache line of the CPUs of the machine */

/* Start to follow the cache maintenance of all CPUs. */
Rk3588Dram *rk3588_dram_create(MachineState *ms, hwaddr base);

/* The address space for the DMA of the NPU. */
AddressSpace *rk3588_dram_as(Rk3588Dram *dram);

/* Cache maintenance of the line that holds a physical address; ignored outside of RAM. */
void rk3588_dram_clean(Rk3588Dram *dram, hwaddr pa);
void rk3588_dram_invalidate(Rk3588Dram *dram, hwaddr pa);
void rk3588_dram_clean_invalidate(Rk3588Dram *dram, hwaddr pa);

#endif
