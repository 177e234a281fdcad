/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket fuzz: what its sources share
 */
#ifndef ROCKET_FUZZ_H
#define ROCKET_FUZZ_H

#include <stdbool.h>
#include <stdint.h>

int64_t fuzz_end(void);
void fuzz_seed(void);
uint32_t fuzz_random(uint32_t limit);
uint64_t fuzz_value(void);
void fuzz_faults(void);
void fuzz_streams(void);

#endif
