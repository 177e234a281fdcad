// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Allocations that fail
 *
 * Repeats a call and lets the first, second, ... allocation in it fail, until one run gets through with
 * failures left over (/proc/thread-self/fail-nth). Each call must fail with a documented error or
 * succeed, and after each a job is still right; what is not unwound shows as a leak or a report of the
 * kernel. Probe is not here: the core's drm_minor_alloc() forgets the error pointer of its own
 * allocation and trips over it when the device goes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm.h>
#include <drm/rocket_accel.h>

#include <base/bits.h>
#include <base/diag.h>

#include "client.h"

#define POINTS_MAX	2000	/* no call has nearly as many */
#define BO_BYTES	40000
#define NODE		"/dev/accel/accel0"

struct fail {
	int fd;
	uint32_t handle;
	int left;	/* chances to fail that were not taken; -1 when the call did not look */
};

/* Let the Nth chance to fail from now on be taken; 0 for none. Returns how many are left. */
static int arm(unsigned int n)
{
	char text[16] = "";
	int fd = open("/proc/thread-self/fail-nth", O_RDWR);
	int left = -1;

	if (fd < 0)
		return -1;
	if (read(fd, text, sizeof(text) - 1) > 0)
		left = atoi(text);
	snprintf(text, sizeof(text), "%u", n);
	if (pwrite(fd, text, strlen(text), 0) < 0)
		left = -1;
	close(fd);
	return left;
}

static int fail_open(struct fail *f)
{
	int fd = open(NODE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int fail_create(struct fail *f)
{
	struct drm_rocket_create_bo a = { .size = BO_BYTES };
	struct drm_gem_close c;

	if (ioctl(f->fd, DRM_IOCTL_ROCKET_CREATE_BO, &a))
		return -errno;
	c = (struct drm_gem_close){ .handle = a.handle };
	return ioctl(f->fd, DRM_IOCTL_GEM_CLOSE, &c) ? -errno : 0;
}

static int fail_submit(struct fail *f)
{
	struct drm_rocket_task task = { .regcmd = 0x10000000, .regcmd_count = 2 };
	struct drm_rocket_job jobs[6];
	struct drm_rocket_submit a = {
		.jobs = (uintptr_t)jobs, .job_count = ARRAY_SIZE(jobs), .job_struct_size = sizeof(jobs[0]),
	};
	struct drm_rocket_prep_bo prep = { .handle = f->handle, .timeout_ns = INT64_MAX };
	int ret;

	/* Streams at an address that is not mapped end soon. One job is a barrier. */
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++)
		jobs[i] = (struct drm_rocket_job){
			.tasks = (uintptr_t)&task, .task_count = 1, .task_struct_size = sizeof(task),
			.in_bo_handles = (uintptr_t)&f->handle, .in_bo_handle_count = i % 2,
			.out_bo_handles = (uintptr_t)&f->handle, .out_bo_handle_count = i != 4,
		};
	ret = ioctl(f->fd, DRM_IOCTL_ROCKET_SUBMIT, &a) ? -errno : 0;
	f->left = arm(0);
	ioctl(f->fd, DRM_IOCTL_ROCKET_PREP_BO, &prep);
	return ret;
}

static int fail_prime(struct fail *f)
{
	struct drm_prime_handle a = { .handle = f->handle, .flags = DRM_CLOEXEC | DRM_RDWR };
	int ret = 0, other;

	if (ioctl(f->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &a))
		return -errno;
	other = open(NODE, O_RDWR | O_CLOEXEC);
	if (other < 0 || ioctl(other, DRM_IOCTL_PRIME_FD_TO_HANDLE, &a))
		ret = -errno;
	close(other);
	close(a.fd);
	return ret;
}

static const struct {
	const char *name;
	int (*call)(struct fail *f);
} calls[] = {
	{ "open", fail_open },
	{ "create", fail_create },
	{ "submit", fail_submit },
	{ "prime", fail_prime },
};

/* shmem says ENOSPC for an inode that it cannot allocate. */
static bool documented(int ret)
{
	return !ret || ret == -ENOMEM || ret == -ENOSPC || ret == -EFAULT || ret == -EMFILE || ret == -ENFILE;
}

static int run(struct fail *f, unsigned int which, struct diag *d)
{
	unsigned int point, errors = 0;

	for (point = 1; point < POINTS_MAX; point++) {
		int ret;

		f->left = -1;
		if (arm(point) < 0)
			return diag_error(d, -ENOENT, "the kernel has no /proc/thread-self/fail-nth");
		ret = calls[which].call(f);
		if (f->left < 0)
			f->left = arm(0);
		if (!documented(ret))
			return diag_error(d, ret, "%s, point %u: %s", calls[which].name, point, strerror(-ret));
		errors += ret != 0;
		if (f->left > 0)
			break;
	}
	printf("%s: points=%u errors=%u\n", calls[which].name, point, errors);
	return point < POINTS_MAX && errors ? 0 : diag_error(d, -EINVAL, "no failure reached the call");
}

int client_fail(const struct options *o, struct diag *d)
{
	struct drm_rocket_create_bo a = { .size = BO_BYTES };
	struct fail f = { 0 };
	int ret = -EINVAL;

	f.fd = open(NODE, O_RDWR | O_CLOEXEC);
	if (f.fd < 0 || ioctl(f.fd, DRM_IOCTL_ROCKET_CREATE_BO, &a)) {
		diag_error(d, -errno, NODE ": %s", strerror(errno));
		return 2;
	}
	f.handle = a.handle;
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strcmp(o->how, calls[i].name))
			ret = run(&f, i, d);
	close(f.fd);
	return ret != 0;
}
