/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Power management unit, interface
 *
 * Memory regions of the device: 0 is the register file, the others are the QoS blocks in the order
 * of rk3588_qos_base. GPIO input "supply": 1 = the regulator of the NPU is on. GPIO outputs
 * "power": one line per core, 1 = powered, and one more for the firmware, that of the first core
 * again.
 */
#ifndef RK3588_PMU_H
#define RK3588_PMU_H

#include "hw/sysbus.h"

#define TYPE_RK3588_PMU "rk3588-pmu"
OBJECT_DECLARE_SIMPLE_TYPE(Rk3588PmuState, RK3588_PMU)

#define RK3588_PMU_SIZE		0x400
#define RK3588_PMU_POWER	"power"
#define RK3588_PMU_POWER_FIRMWARE	3	/* index of that line */
#define RK3588_PMU_SUPPLY	"supply"

enum { RK3588_PD_NPU, RK3588_PD_NPUTOP, RK3588_PD_NPU1, RK3588_PD_NPU2, RK3588_PDS };

#define RK3588_QOS_SIZE		0x20
#define RK3588_QOS_BLOCKS	5

extern const uint32_t rk3588_qos_base[RK3588_QOS_BLOCKS];

#endif
