/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt has it all in igt.h; igt has a header of its own
 */
#ifndef IGT_DRM_FDINFO_H
#define IGT_DRM_FDINFO_H

#include "igt.h"

#endif
