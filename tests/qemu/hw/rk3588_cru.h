/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Clock and reset unit, interface
 *
 * Memory regions: 0 is the CRU, 1 the system GRF, of which the clock driver wants a few gates.
 * GPIO outputs: "clock", one line per core and clock in the order of ROCKET_CLK_*, 1 = running;
 * "reset", one per core and reset in the order of ROCKET_SRST_*, 1 = asserted.
 */
#ifndef RK3588_CRU_H
#define RK3588_CRU_H

#include "hw/sysbus.h"

#define TYPE_RK3588_CRU "rk3588-cru"
OBJECT_DECLARE_SIMPLE_TYPE(Rk3588CruState, RK3588_CRU)

#define RK3588_CRU_SIZE		0x5c000
#define RK3588_GRF_SIZE		0x1000
#define RK3588_CRU_CLOCK	"clock"
#define RK3588_CRU_RESET	"reset"

#endif
