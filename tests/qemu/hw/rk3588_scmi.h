/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Firmware that owns the compute clock, interface
 *
 * Memory regions: 0 the mailbox doorbells, 1 the shared memory. GPIO input "power": the NPU's first
 * core has power; outputs "clock": one line per core, 1 = the compute clock runs.
 */
#ifndef RK3588_SCMI_H
#define RK3588_SCMI_H

#include "hw/sysbus.h"

#define TYPE_RK3588_SCMI "rk3588-scmi"
OBJECT_DECLARE_SIMPLE_TYPE(Rk3588ScmiState, RK3588_SCMI)

#define RK3588_SCMI_MHU_SIZE	0x1000
#define RK3588_SCMI_SHMEM_SIZE	0x100
#define RK3588_SCMI_POWER	"power"
#define RK3588_SCMI_CLOCK	"clock"

#define RK3588_SCMI_CLK_NPU	6	/* number of the clock in the mainline binding */

#endif
