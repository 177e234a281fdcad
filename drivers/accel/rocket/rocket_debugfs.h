/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_DEBUGFS_H__
#define __ROCKET_DEBUGFS_H__

struct rocket_device;

#if IS_ENABLED(CONFIG_DEBUG_FS)
void rocket_debugfs_init(struct rocket_device *rdev);
#else
static inline void rocket_debugfs_init(struct rocket_device *rdev) {}
#endif

#endif
