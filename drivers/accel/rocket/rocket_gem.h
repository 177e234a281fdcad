/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_GEM_H__
#define __ROCKET_GEM_H__

#include <linux/list.h>

#include <drm/drm_gem_shmem_helper.h>

struct drm_device;
struct drm_file;
struct rocket_job;
struct rocket_job_bo;
struct sg_table;

/**
 * struct rocket_bo - buffer object
 * @base: shmem object; sg table and pages exist from the first handle on
 * @mappings: address spaces that have it, under the reservation lock
 * @writer: newest job of a submission being prepared that writes the object, under the reservation
 *	lock
 * @readers: jobs of that submission that read it since, under the reservation lock
 */
struct rocket_bo {
	struct drm_gem_shmem_object base;
	struct list_head mappings;
	struct rocket_job *writer;
	struct rocket_job_bo *readers;
};

static inline struct rocket_bo *to_rocket_bo(struct drm_gem_object *obj)
{
	return container_of(to_drm_gem_shmem_obj(obj), struct rocket_bo, base);
}

struct drm_gem_object *rocket_gem_create_object(struct drm_device *drm, size_t size);
struct sg_table *rocket_gem_pin(struct rocket_bo *bo);

int rocket_gem_create_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int rocket_gem_prep_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int rocket_gem_fini_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

#endif
