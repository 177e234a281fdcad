// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

#define CREATE_TRACE_POINTS
#include "rocket_trace.h"
