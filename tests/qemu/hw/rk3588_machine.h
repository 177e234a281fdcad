/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Memory map and interrupts of the NPU machine
 *
 * Shared by the machine, which maps the devices, and its device tree. Source: soc-integration
 * notes, section 1; the test registers take the free slot behind the last core.
 */
#ifndef RK3588_MACHINE_H
#define RK3588_MACHINE_H

#include <stdint.h>

#define RK3588_CORES		3
#define RK3588_NPU_BASE(n)	(0xfdab0000u + (n) * 0x10000u)
#define RK3588_NPU_SPI(n)	(110 + (n))
#define RK3588_FAULTS_BASE	0xfdae0000u
#define RK3588_MHU_BASE		0xfdaf0000u	/* chosen here: boards call firmware instead */
#define RK3588_SHMEM_BASE	0xfdaf1000u
#define RK3588_MHU_SPI		200
#define RK3588_GRF_BASE		0xfd58c000u
#define RK3588_SUPPLY_GPIO	5		/* pin of virt's PL061 that enables vdd_npu_s0 */
#define RK3588_CRU_BASE		0xfd7c0000u
#define RK3588_PMU_BASE		0xfd8d8000u
#define RK3588_HIGH_RAM_BASE	0x100000000ull	/* where RK3588 boards go on as well */
#define RK3588_DEVICES_START	0xfd000000u	/* RAM must end below */

#define RK3588_MMU_WINDOW(n, i)	\
	(RK3588_NPU_BASE(n) + ((n) == 0 ? 0x9000u : 0xa000u) + (i) * 0x1000u)
#define RK3588_MMU_WINDOWS(n)	((n) == 0 ? 2 : 1)

/* Add the nodes of the NPU and what it depends on to the tree of a virt machine. */
void rk3588_fdt_add(void *fdt);

/* Add a bank of memory. */
void rk3588_fdt_add_memory(void *fdt, uint64_t base, uint64_t size);

#endif
