// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Allocations that fail
 *
 * Repeats a call and lets the first, second, ... allocation in it fail, until one run gets through with
 * failures left over (/proc/thread-self/fail-nth). Each call must fail with a documented error or
 * succeed; what is not unwound shows as a leak or a report of the kernel. Calls are those of the node,
 * and what the driver core does with a device: bind, unbind, wake, suspend. Which allocations count is
 * set in debugfs by whoever starts this; whether the NPU works afterwards is for others to see.
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
#define DRIVER		"/sys/bus/platform/drivers/rocket/"
#define NPU		"fdac0000.npu"
#define POWER		"/sys/bus/platform/devices/" NPU "/power/"
#define SLEEP_US	1000

struct fail {
	int fd;
	uint32_t handle;
	int left;	/* chances to fail that were not taken; -1 when the call did not look */
};

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

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

static int fail_wait(struct fail *f)
{
	struct drm_rocket_prep_bo prep = { .handle = f->handle };
	struct drm_rocket_fini_bo fini = { .handle = f->handle };

	if (ioctl(f->fd, DRM_IOCTL_ROCKET_PREP_BO, &prep))
		return -errno;
	return ioctl(f->fd, DRM_IOCTL_ROCKET_FINI_BO, &fini) ? -errno : 0;
}

static int bind_core(struct fail *f)
{
	return put(DRIVER "bind", NPU);
}

/* It may be bound still, when the call to unbind it did not get that far. */
static int have_core(struct fail *f)
{
	int ret = bind_core(f);

	return ret == -EBUSY ? 0 : ret;
}

static int unbind_core(struct fail *f)
{
	return put(DRIVER "unbind", NPU);
}

static int wake_core(struct fail *f)
{
	return put(POWER "control", "on");
}

/* Without a delay it sleeps as soon as it may. */
static int sleep_core(struct fail *f)
{
	char text[16] = "";
	int ret = put(POWER "control", "auto");

	while (!ret && strncmp(text, "suspended", 9)) {
		int fd = open(POWER "runtime_status", O_RDONLY | O_CLOEXEC);

		usleep(SLEEP_US);
		if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
			ret = -errno;
		close(fd);
	}
	return ret;
}

/* As far as pm_test lets it: all devices go to sleep and wake up. */
static int suspend_system(struct fail *f)
{
	return put("/sys/power/state", "freeze");
}

/**
 * struct call - what is to fail
 * @name: for the command line
 * @node: it needs the node
 * @mute: it does not tell that it failed, or gets along without what it did not get
 * @before: makes the situation for it, or NULL
 * @call: the call
 * @after: takes back what it did when it succeeded, or NULL
 */
static const struct call {
	const char *name;
	bool node;
	bool mute;
	int (*before)(struct fail *f);
	int (*call)(struct fail *f);
	int (*after)(struct fail *f);
} calls[] = {
	{ "open", .node = true, .call = fail_open },
	{ "create", .node = true, .call = fail_create },
	{ "submit", .node = true, .call = fail_submit },
	{ "wait", .node = true, .call = fail_wait },
	{ "prime", .node = true, .call = fail_prime },
	{ "bind", .call = bind_core, .after = unbind_core },
	{ "unbind", .mute = true, .before = have_core, .call = unbind_core },
	{ "wake", .mute = true, .before = sleep_core, .call = wake_core },
	{ "suspend", .mute = true, .call = suspend_system },
};

/* ENOSPC for an inode of shmem, EBUSY for a resource of devm_ioremap_resource(), ENOENT for names of resets. */
static bool documented(int ret)
{
	static const int errors[] = { 0, ENOMEM, ENOSPC, EBUSY, ENOENT, EFAULT, EMFILE, ENFILE };

	for (unsigned int i = 0; i < ARRAY_SIZE(errors); i++)
		if (ret == -errors[i])
			return true;
	return false;
}

/* One call, with the failure at a point; *ret is what it said. */
static int run_point(struct fail *f, const struct call *c, unsigned int point, int *ret, struct diag *d)
{
	int err = c->before ? c->before(f) : 0;

	if (err)
		return diag_error(d, err, "before %s, point %u: %s", c->name, point, strerror(-err));

	f->left = -1;
	if (arm(point) < 0)
		return diag_error(d, -ENOENT, "the kernel has no /proc/thread-self/fail-nth");
	*ret = c->call(f);
	if (f->left < 0)
		f->left = arm(0);
	if (!documented(*ret))
		return diag_error(d, *ret, "%s, point %u: %s", c->name, point, strerror(-*ret));

	err = c->after && !*ret ? c->after(f) : 0;
	if (err)
		return diag_error(d, err, "after %s, point %u: %s", c->name, point, strerror(-err));
	return 0;
}

static int run(struct fail *f, const struct call *c, struct diag *d)
{
	unsigned int point, errors = 0;

	for (point = 1; point < POINTS_MAX; point++) {
		int said = 0;
		int ret = run_point(f, c, point, &said, d);

		if (ret)
			return ret;
		errors += said != 0;
		if (f->left > 0)
			break;
	}
	/* The last one had nothing left to fail. */
	printf("%s: points=%u errors=%u\n", c->name, point - 1, errors);
	if (point == POINTS_MAX)
		return diag_error(d, -EINVAL, "there is no end of allocations");
	return errors || c->mute ? 0 : diag_error(d, -EINVAL, "no failure reached the call");
}

static int open_node(struct fail *f, struct diag *d)
{
	struct drm_rocket_create_bo a = { .size = BO_BYTES };

	f->fd = open(NODE, O_RDWR | O_CLOEXEC);
	if (f->fd < 0 || ioctl(f->fd, DRM_IOCTL_ROCKET_CREATE_BO, &a))
		return diag_error(d, -errno, NODE ": %s", strerror(errno));
	f->handle = a.handle;
	return 0;
}

int client_fail(const struct options *o, struct diag *d)
{
	const struct call *c = NULL;
	struct fail f = { .fd = -1 };
	int ret;

	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strcmp(o->how, calls[i].name))
			c = &calls[i];
	if (!c) {
		diag_error(d, -EINVAL, "there is no call %s (-x)", o->how);
		return 2;
	}
	if (c->node && open_node(&f, d))
		return 2;
	ret = run(&f, c, d);
	close(f.fd);
	return ret != 0;
}
