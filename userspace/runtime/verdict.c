// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <xf86drm.h>

#include <base/diag.h>

#include "verdict.h"

#define FDINFO_BYTES 4096	/* far more than the driver and the DRM core print */

static const struct {
	const char *key;
	int error;
	const char *what;
} kinds[VERDICT_COUNTS] = {
	{ "\nrocket-hangs:", -ETIMEDOUT, "it made no progress" },
	{ "\nrocket-faults:", -EIO, "it used an address where no buffer is, or memory failed" },
	{ "\nrocket-cancelled:", -ECANCELED, "its core went away or lost power" },
};

/* Source: Documentation/accel/rocket/uapi.rst, Usage */
static bool read_counts(int fdinfo, uint64_t counts[VERDICT_COUNTS])
{
	char text[FDINFO_BYTES];
	ssize_t n = pread(fdinfo, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	for (size_t i = 0; i < VERDICT_COUNTS; i++) {
		const char *at = strstr(text, kinds[i].key);

		if (!at)
			return false;
		counts[i] = strtoull(at + strlen(kinds[i].key), NULL, 10);
	}
	return true;
}

void verdict_init(struct verdict *v, int fd)
{
	char path[64];

	memset(v, 0, sizeof(*v));
	v->fd = fd;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	v->fdinfo = open(path, O_RDONLY | O_CLOEXEC);
	if (v->fdinfo >= 0 && !read_counts(v->fdinfo, v->counts)) {
		close(v->fdinfo);
		v->fdinfo = -1;
	}
}

void verdict_fini(struct verdict *v)
{
	for (size_t i = 0; i < v->n_fences; i++)
		close(v->fences[i]);
	free(v->fences);
	if (v->fdinfo >= 0)
		close(v->fdinfo);
}

static int reserve_fence(struct verdict *v, struct diag *d)
{
	size_t max = v->max_fences ? 2 * v->max_fences : 8;
	int *fences;

	if (v->n_fences < v->max_fences)
		return 0;
	fences = realloc(v->fences, max * sizeof(*fences));
	if (!fences)
		return diag_error(d, -ENOMEM, "out of memory for fences");
	v->fences = fences;
	v->max_fences = max;
	return 0;
}

int verdict_watch(struct verdict *v, uint32_t bo, struct diag *d)
{
	struct dma_buf_export_sync_file export = { .flags = DMA_BUF_SYNC_READ, .fd = -1 };
	int dmabuf, ret;

	if (v->fdinfo >= 0)
		return 0;
	ret = reserve_fence(v, d);
	if (ret)
		return ret;
	if (drmPrimeHandleToFD(v->fd, bo, DRM_CLOEXEC, &dmabuf))
		return diag_error(d, -errno, "cannot watch a job: %s", strerror(errno));
	if (ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export))
		ret = diag_error(d, -errno, "cannot watch a job: %s", strerror(errno));
	else
		v->fences[v->n_fences++] = export.fd;
	close(dmabuf);
	return ret;
}

static int stopped(struct diag *d, size_t kind)
{
	return diag_error(d, kinds[kind].error,
			  "a job of the NPU was stopped: %s; dmesg says at which task, "
			  "rocket-dis lists its stream (/sys/class/devcoredump)",
			  kinds[kind].what);
}

static int take_counts(struct verdict *v, struct diag *d)
{
	uint64_t counts[VERDICT_COUNTS];
	int ret = 0;

	/* A device that was unplugged shows nothing any more. */
	if (!read_counts(v->fdinfo, counts))
		return diag_error(d, -ENODEV,
				  "the NPU is gone (unplugged or unbound), and its jobs with it");
	for (size_t i = 0; i < VERDICT_COUNTS; i++)
		if (counts[i] != v->counts[i] && !ret)
			ret = stopped(d, i);
	memcpy(v->counts, counts, sizeof(counts));
	return ret;
}

/* Waits for the fence. */
static int take_fence(int fence, struct diag *d)
{
	struct pollfd wait = { .fd = fence, .events = POLLIN };
	struct sync_file_info info = { 0 };
	int ret;

	do
		ret = poll(&wait, 1, -1);
	while (ret < 0 && errno == EINTR);
	if (ret < 0 || ioctl(fence, SYNC_IOC_FILE_INFO, &info))
		return diag_error(d, -errno, "cannot wait for a job: %s", strerror(errno));
	if (info.status >= 0)
		return 0;
	return stopped(d, info.status == -ECANCELED			? 0 :
			  info.status == -EFAULT || info.status == -EIO ? 1 :
									  2);
}

int verdict_take(struct verdict *v, struct diag *d)
{
	int ret = 0;

	if (v->fdinfo >= 0)
		return take_counts(v, d);
	for (size_t i = 0; i < v->n_fences; i++) {
		int result = take_fence(v->fences[i], ret ? NULL : d);

		close(v->fences[i]);
		if (!ret)
			ret = result;
	}
	v->n_fences = 0;
	return ret;
}
