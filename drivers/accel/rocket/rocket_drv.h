/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_DRV_H__
#define __ROCKET_DRV_H__

struct drm_driver;

extern const struct drm_driver rocket_drm_driver;

#endif
