/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt: DRM, dma-buf and fences
 *
 * Included by igt.h.
 */
#ifndef IGT_DRM_H
#define IGT_DRM_H

#include <linux/dma-buf.h>

int __get_drm_device_name(int fd, char *name, int name_size);
int drm_reopen_driver(int fd);
void gem_close(int fd, uint32_t handle);

int prime_handle_to_fd(int fd, uint32_t handle);
int prime_handle_to_fd_for_mmap(int fd, uint32_t handle);
uint32_t prime_fd_to_handle(int fd, int dmabuf);
int __prime_fd_to_handle(int fd, int dmabuf, uint32_t *handle);
off_t prime_get_size(int dmabuf);
void prime_sync_start(int dmabuf, bool write);
void prime_sync_end(int dmabuf, bool write);

bool has_dmabuf_export_sync_file(int fd);
bool has_dmabuf_import_sync_file(int fd);
int dmabuf_export_sync_file(int dmabuf, uint32_t flags);
void dmabuf_import_sync_file(int dmabuf, uint32_t flags, int sync_fd);
bool dmabuf_busy(int dmabuf, uint32_t flags);
bool sync_file_busy(int sync_file);

int sync_fence_wait(int fd, int timeout_ms);
int sync_fence_status(int fd);
int sync_fence_count(int fd);
uint64_t sync_fence_timestamp(int fd);

void igt_require_sw_sync(void);
int sw_sync_timeline_create(void);
int sw_sync_timeline_create_fence(int timeline, uint32_t seqno);
void sw_sync_timeline_inc(int timeline, uint32_t count);

struct vgem_bo {
	uint32_t handle;
	uint32_t width, height;
	uint32_t bpp, pitch;
	uint64_t size;
};

void vgem_create(int fd, struct vgem_bo *bo);
void *vgem_mmap(int fd, struct vgem_bo *bo, unsigned int prot);
uint32_t vgem_fence_attach(int fd, struct vgem_bo *bo, unsigned int flags);
void vgem_fence_signal(int fd, uint32_t fence);
#define VGEM_FENCE_WRITE	0x1

#define DRM_CLIENT_FDINFO_MAX_ENGINES	16
#define DRM_CLIENT_FDINFO_MAX_REGIONS	16

struct drm_client_meminfo {
	uint64_t total;
	uint64_t shared;
	uint64_t resident;
	uint64_t purgeable;
	uint64_t active;
};

struct drm_client_fdinfo {
	char driver[128];
	char pdev[128];
	unsigned long id;

	unsigned int num_engines;
	unsigned int capacity[DRM_CLIENT_FDINFO_MAX_ENGINES];
	char names[DRM_CLIENT_FDINFO_MAX_ENGINES][256];
	uint64_t engine_time[DRM_CLIENT_FDINFO_MAX_ENGINES];
	unsigned int last_engine_index;

	unsigned int num_regions;
	char region_names[DRM_CLIENT_FDINFO_MAX_REGIONS][256];
	unsigned int last_region_index;
	struct drm_client_meminfo region_mem[DRM_CLIENT_FDINFO_MAX_REGIONS + 1];
};

unsigned int igt_parse_drm_fdinfo(int drm_fd, struct drm_client_fdinfo *info, const char **name_map,
				  unsigned int map_entries, const char **region_map,
				  unsigned int region_entries);

#endif
