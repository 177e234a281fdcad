/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Faults on demand
 *
 * The emulated machine can make a core hang, fail or lose interrupts; see
 * Documentation/npu/machine.rst for the properties. Elsewhere these functions skip.
 */
#ifndef ROCKET_MACHINE_H
#define ROCKET_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

bool rocket_machine_present(void);
void rocket_machine_require(void);
int __rocket_machine_set(const char *device, const char *property, uint64_t value);
void rocket_machine_set(const char *device, const char *property, uint64_t value);
void rocket_machine_set_cores(const char *property, uint64_t value);
void rocket_machine_restore(void);
uint64_t rocket_machine_get(const char *device, const char *property);

#endif
