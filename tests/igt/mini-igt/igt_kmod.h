/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt has it all in igt.h; igt has a header of its own
 */
#ifndef IGT_KMOD_H
#define IGT_KMOD_H

#include "igt.h"

#endif
