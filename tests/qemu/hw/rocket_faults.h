/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Test registers, interface
 *
 * Not on any chip: lets a program in the guest ask for the faults and read the counters that QOM
 * properties offer to the monitor. Links: "core0" to "core2" and "pmu". With a DRAM given, cache
 * maintenance of single pages too.
 */
#ifndef ROCKET_FAULTS_H
#define ROCKET_FAULTS_H

#include "hw/sysbus.h"

#include "rk3588_dram.h"

#define TYPE_ROCKET_FAULTS "rocket-faults"
OBJECT_DECLARE_SIMPLE_TYPE(RocketFaultsState, ROCKET_FAULTS)

/* Optional, before realize. */
void rocket_faults_set_dram(RocketFaultsState *s, Rk3588Dram *dram);

#define ROCKET_FAULTS_SIZE	0x1000

#endif
