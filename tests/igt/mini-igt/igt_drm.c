/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt: DRM objects, dma-bufs, sync files, software fences, vgem
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/sync_file.h>

#include "igt_private.h"

#ifndef DMA_BUF_IOCTL_EXPORT_SYNC_FILE
#error "kernel headers of Linux 6.0 or later are needed"
#endif

int __get_drm_device_name(int fd, char *name, int name_size)
{
	struct drm_version version = { .name = name, .name_len = name_size };

	return drmIoctl(fd, DRM_IOCTL_VERSION, &version) ? -1 : 0;
}

int drm_reopen_driver(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fd = open(path, O_RDWR | O_CLOEXEC);
	igt_assert_fd(fd);
	return fd;
}

void gem_close(int fd, uint32_t handle)
{
	struct drm_gem_close args = { .handle = handle };

	igt_assert_neq(handle, 0);
	do_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &args);
}

/* dma-buf */

static int export_fd(int fd, uint32_t handle, uint32_t flags)
{
	struct drm_prime_handle args = { .handle = handle, .flags = flags, .fd = -1 };

	return igt_ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &args) ? -1 : args.fd;
}

int prime_handle_to_fd(int fd, uint32_t handle)
{
	int dmabuf = export_fd(fd, handle, DRM_CLOEXEC);

	igt_assert_fd(dmabuf);
	return dmabuf;
}

int prime_handle_to_fd_for_mmap(int fd, uint32_t handle)
{
	return export_fd(fd, handle, DRM_CLOEXEC | DRM_RDWR);
}

int __prime_fd_to_handle(int fd, int dmabuf, uint32_t *handle)
{
	struct drm_prime_handle args = { .fd = dmabuf };

	if (igt_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &args))
		return -errno;
	*handle = args.handle;
	return 0;
}

uint32_t prime_fd_to_handle(int fd, int dmabuf)
{
	uint32_t handle = 0;

	igt_assert_eq(__prime_fd_to_handle(fd, dmabuf, &handle), 0);
	return handle;
}

off_t prime_get_size(int dmabuf)
{
	off_t size = lseek(dmabuf, 0, SEEK_END);

	igt_assert_f(size >= 0, "lseek: %s\n", strerror(errno));
	return size;
}

static void prime_sync(int dmabuf, uint64_t flags)
{
	struct dma_buf_sync args = { .flags = flags };

	do_ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &args);
}

void prime_sync_start(int dmabuf, bool write)
{
	prime_sync(dmabuf, DMA_BUF_SYNC_START | (write ? DMA_BUF_SYNC_RW : DMA_BUF_SYNC_READ));
}

void prime_sync_end(int dmabuf, bool write)
{
	prime_sync(dmabuf, DMA_BUF_SYNC_END | (write ? DMA_BUF_SYNC_RW : DMA_BUF_SYNC_READ));
}

/* -1 as a sync file: an ioctl that exists complains about anything but the request. */
static bool has_sync_file_ioctl(unsigned long request)
{
	struct dma_buf_import_sync_file args = { .fd = -1 };

	return !(ioctl(-1, request, &args) == -1 && errno == ENOTTY);
}

bool has_dmabuf_export_sync_file(int fd)
{
	(void)fd;
	return has_sync_file_ioctl(DMA_BUF_IOCTL_EXPORT_SYNC_FILE);
}

bool has_dmabuf_import_sync_file(int fd)
{
	(void)fd;
	return has_sync_file_ioctl(DMA_BUF_IOCTL_IMPORT_SYNC_FILE);
}

int dmabuf_export_sync_file(int dmabuf, uint32_t flags)
{
	struct dma_buf_export_sync_file args = { .flags = flags, .fd = -1 };

	do_ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &args);
	return args.fd;
}

void dmabuf_import_sync_file(int dmabuf, uint32_t flags, int sync_fd)
{
	struct dma_buf_import_sync_file args = { .flags = flags, .fd = sync_fd };

	do_ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &args);
}

static bool pollable(int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	return poll(&pfd, 1, 0) == 1;
}

bool dmabuf_busy(int dmabuf, uint32_t flags)
{
	return !pollable(dmabuf, flags & DMA_BUF_SYNC_WRITE ? POLLOUT : POLLIN);
}

bool sync_file_busy(int sync_file)
{
	return !pollable(sync_file, POLLIN);
}

/* Sync files */

int sync_fence_wait(int fd, int timeout_ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int ret;

	do
		ret = poll(&pfd, 1, timeout_ms);
	while (ret < 0 && errno == EINTR);
	if (ret < 0)
		return -errno;
	if (!ret)
		return -ETIME;
	return pfd.revents & (POLLERR | POLLNVAL) ? -EINVAL : 0;
}

#define FENCES_MAX	64

static void file_info(int fd, struct sync_file_info *info, struct sync_fence_info *fences)
{
	memset(info, 0, sizeof(*info));
	memset(fences, 0, FENCES_MAX * sizeof(*fences));
	info->num_fences = FENCES_MAX;
	info->sync_fence_info = to_user_pointer(fences);
	do_ioctl(fd, SYNC_IOC_FILE_INFO, info);
}

int sync_fence_status(int fd)
{
	struct sync_fence_info fences[FENCES_MAX];
	struct sync_file_info info;

	file_info(fd, &info, fences);
	return info.status;
}

int sync_fence_count(int fd)
{
	struct sync_file_info info = { 0 };

	do_ioctl(fd, SYNC_IOC_FILE_INFO, &info);
	return info.num_fences;
}

uint64_t sync_fence_timestamp(int fd)
{
	struct sync_fence_info fences[FENCES_MAX];
	struct sync_file_info info;

	file_info(fd, &info, fences);
	return fences[0].timestamp_ns;
}

/* Software fences: an interface of the kernel's debugfs without a header */

struct sw_sync_fence_data {
	uint32_t value;
	char name[32];
	int32_t fence;
};

#define SW_SYNC_CREATE_FENCE	_IOWR('W', 0, struct sw_sync_fence_data)
#define SW_SYNC_INC		_IOW('W', 1, uint32_t)

static int sw_sync_open(void)
{
	int fd = open("/sys/kernel/debug/sync/sw_sync", O_RDWR | O_CLOEXEC);

	return fd >= 0 ? fd : open("/dev/sw_sync", O_RDWR | O_CLOEXEC);
}

void igt_require_sw_sync(void)
{
	int fd = sw_sync_open();

	igt_require_f(fd >= 0, "the kernel needs CONFIG_SW_SYNC and debugfs\n");
	close(fd);
}

int sw_sync_timeline_create(void)
{
	int fd = sw_sync_open();

	igt_assert_fd(fd);
	return fd;
}

int sw_sync_timeline_create_fence(int timeline, uint32_t seqno)
{
	struct sw_sync_fence_data args = { .value = seqno, .fence = -1 };

	do_ioctl(timeline, SW_SYNC_CREATE_FENCE, &args);
	return args.fence;
}

void sw_sync_timeline_inc(int timeline, uint32_t count)
{
	do_ioctl(timeline, SW_SYNC_INC, &count);
}

/* vgem; its header is not everywhere */

struct vgem_attach {
	uint32_t handle;
	uint32_t flags;
	uint32_t out_fence;
	uint32_t pad;
};

struct vgem_signal {
	uint32_t fence;
	uint32_t flags;
};

#define VGEM_FENCE_ATTACH	DRM_IOWR(DRM_COMMAND_BASE + 0x1, struct vgem_attach)
#define VGEM_FENCE_SIGNAL	DRM_IOW(DRM_COMMAND_BASE + 0x2, struct vgem_signal)

void vgem_create(int fd, struct vgem_bo *bo)
{
	struct drm_mode_create_dumb args = { .width = bo->width,
					     .height = bo->height,
					     .bpp = bo->bpp };

	do_ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &args);
	bo->handle = args.handle;
	bo->size = args.size;
	bo->pitch = args.pitch;
}

void *vgem_mmap(int fd, struct vgem_bo *bo, unsigned int prot)
{
	struct drm_mode_map_dumb args = { .handle = bo->handle };
	void *ptr;

	do_ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &args);
	ptr = mmap(NULL, bo->size, prot, MAP_SHARED, fd, args.offset);
	igt_assert(ptr != MAP_FAILED);
	return ptr;
}

uint32_t vgem_fence_attach(int fd, struct vgem_bo *bo, unsigned int flags)
{
	struct vgem_attach args = { .handle = bo->handle, .flags = flags };

	do_ioctl(fd, VGEM_FENCE_ATTACH, &args);
	return args.out_fence;
}

void vgem_fence_signal(int fd, uint32_t fence)
{
	struct vgem_signal args = { .fence = fence };

	do_ioctl(fd, VGEM_FENCE_SIGNAL, &args);
}
