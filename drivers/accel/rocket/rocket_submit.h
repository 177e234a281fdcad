/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_SUBMIT_H__
#define __ROCKET_SUBMIT_H__

struct drm_device;
struct drm_file;

/* Jobs of a submission, tasks of a job, objects of a list; the memory is the client's account. */
#define ROCKET_MAX_JOBS		4096
#define ROCKET_MAX_TASKS	65536
#define ROCKET_MAX_BOS		4096

int rocket_submit_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

#endif
