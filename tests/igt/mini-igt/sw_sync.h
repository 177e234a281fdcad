/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt has it all in igt.h; igt has a header of its own
 */
#ifndef SW_SYNC_H
#define SW_SYNC_H

#include "igt.h"

#endif
