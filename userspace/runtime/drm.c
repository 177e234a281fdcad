// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The kernel driver as a device
 *
 * The ioctls of uapi/drm/rocket_accel.h as a back end: one file, its buffers, its jobs. PREP_BO
 * returns 0 whatever became of the last job; verdict.c knows better.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include <base/diag.h>
#include <drm/rocket_accel.h>

#include "backend.h"
#include "node.h"
#include "verdict.h"

struct drm_device {
	int fd;
	char *path;
	struct verdict verdict;
};

static bool claims(const char *name)
{
	return name[0] == '/';
}

static int drm_open_path(const char *name, struct diag *d, char **path)
{
	int fd;

	if (!strcmp(name, "auto"))
		return node_find(d, path);
	fd = node_open(name, d);
	if (fd < 0)
		return fd;
	*path = strdup(name);
	if (*path)
		return fd;
	close(fd);
	return diag_error(d, -ENOMEM, "out of memory for the name of the device");
}

static int drm_open_device(const char *name, struct diag *d, void **handle, const char **title)
{
	struct drm_device *dev = calloc(1, sizeof(*dev));
	int fd;

	if (!dev)
		return diag_error(d, -ENOMEM, "out of memory for the device");
	fd = drm_open_path(name, d, &dev->path);
	if (fd < 0) {
		free(dev);
		return fd;
	}
	dev->fd = fd;
	verdict_init(&dev->verdict, fd);
	*handle = dev;
	*title = dev->path;
	return 0;
}

static void drm_close_device(void *handle)
{
	struct drm_device *dev = handle;

	verdict_fini(&dev->verdict);
	close(dev->fd);
	free(dev->path);
	free(dev);
}

static int failed(struct diag *d, const char *what, int error)
{
	static const struct {
		int error;
		const char *remedy;
	} remedies[] = {
		{ ENODEV, "; the NPU is gone (unplugged or unbound)" },
		{ ENOMEM, "; buffers are pinned memory: free some, or use a smaller model" },
		{ ENOSPC, "; the 4 GiB that one file can map for the NPU are used up" },
	};
	const char *remedy = "";

	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (remedies[i].error == error)
			remedy = remedies[i].remedy;
	return diag_error(d, -error, "%s: %s%s", what, strerror(error), remedy);
}

static int bo_create(void *handle, uint32_t bytes, struct diag *d, struct bo *out)
{
	struct drm_device *dev = handle;
	struct drm_rocket_create_bo create = { .size = bytes };
	void *map;
	int error;

	if (drmIoctl(dev->fd, DRM_IOCTL_ROCKET_CREATE_BO, &create))
		return failed(d, "cannot make a buffer for the NPU", errno);
	map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd, (off_t)create.offset);
	if (map == MAP_FAILED) {
		error = errno;
		drmCloseBufferHandle(dev->fd, create.handle);
		return failed(d, "cannot map a buffer of the NPU", error);
	}
	*out = (struct bo){ create.handle, (uint32_t)create.dma_address, bytes, map };
	return 0;
}

static void bo_destroy(void *handle, struct bo *bo)
{
	struct drm_device *dev = handle;

	munmap(bo->map, bo->bytes);
	drmCloseBufferHandle(dev->fd, bo->handle);
	memset(bo, 0, sizeof(*bo));
}

static int bo_prep(void *handle, const struct bo *bo, struct diag *d)
{
	struct drm_device *dev = handle;
	struct drm_rocket_prep_bo prep = { .handle = bo->handle, .timeout_ns = INT64_MAX };

	if (drmIoctl(dev->fd, DRM_IOCTL_ROCKET_PREP_BO, &prep))
		return failed(d, "cannot take a buffer back from the NPU", errno);
	return verdict_take(&dev->verdict, d);
}

static int bo_fini(void *handle, const struct bo *bo, struct diag *d)
{
	struct drm_device *dev = handle;
	struct drm_rocket_fini_bo fini = { .handle = bo->handle };

	if (drmIoctl(dev->fd, DRM_IOCTL_ROCKET_FINI_BO, &fini))
		return failed(d, "cannot give a buffer to the NPU", errno);
	return 0;
}

static int submit(void *handle, const struct backend_job *job, struct diag *d)
{
	struct drm_device *dev = handle;
	struct drm_rocket_task *tasks = calloc(job->n_tasks ? job->n_tasks : 1, sizeof(*tasks));
	struct drm_rocket_job queued = {
		.tasks = (uintptr_t)tasks,
		.task_count = job->n_tasks,
		.task_struct_size = sizeof(*tasks),
		.in_bo_handles = (uintptr_t)job->in,
		.in_bo_handle_count = job->n_in,
		.out_bo_handles = (uintptr_t)job->out,
		.out_bo_handle_count = job->n_out,
	};
	struct drm_rocket_submit request = {
		.jobs = (uintptr_t)&queued,
		.job_count = 1,
		.job_struct_size = sizeof(queued),
	};
	int ret = 0;

	if (!tasks)
		return diag_error(d, -ENOMEM, "out of memory for a job of %u tasks", job->n_tasks);
	for (uint32_t i = 0; i < job->n_tasks; i++)
		tasks[i] = (struct drm_rocket_task){ job->tasks[i].iova, job->tasks[i].words };
	if (drmIoctl(dev->fd, DRM_IOCTL_ROCKET_SUBMIT, &request))
		ret = failed(d, "the driver refused a job", errno);
	else if (job->n_out)
		ret = verdict_watch(&dev->verdict, job->out[0], d);
	free(tasks);
	return ret;
}

const struct backend backend_drm = {
	.claims = claims,
	.open = drm_open_device,
	.close = drm_close_device,
	.bo_create = bo_create,
	.bo_destroy = bo_destroy,
	.bo_prep = bo_prep,
	.bo_fini = bo_fini,
	.submit = submit,
};
