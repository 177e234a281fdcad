// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket syncobj
 * Description: Explicit synchronisation, which this driver does not have: the absence is complete
 *   and can be found out
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Synchronisation
 * Test category: uapi
 */
#include <sys/ioctl.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_jobs.h"

IGT_TEST_DESCRIPTION("Sync objects: capabilities and requests agree that there are none");

static const struct {
	const char *name;
	unsigned long request;
} requests[] = {
	{ "CREATE", DRM_IOCTL_SYNCOBJ_CREATE },
	{ "DESTROY", DRM_IOCTL_SYNCOBJ_DESTROY },
	{ "HANDLE_TO_FD", DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD },
	{ "FD_TO_HANDLE", DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE },
	{ "WAIT", DRM_IOCTL_SYNCOBJ_WAIT },
	{ "RESET", DRM_IOCTL_SYNCOBJ_RESET },
	{ "SIGNAL", DRM_IOCTL_SYNCOBJ_SIGNAL },
	{ "TIMELINE_WAIT", DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT },
	{ "QUERY", DRM_IOCTL_SYNCOBJ_QUERY },
	{ "TRANSFER", DRM_IOCTL_SYNCOBJ_TRANSFER },
	{ "TIMELINE_SIGNAL", DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL },
};

static uint64_t get_cap(int fd, uint64_t capability)
{
	struct drm_get_cap cap = { .capability = capability };

	do_ioctl(fd, DRM_IOCTL_GET_CAP, &cap);
	return cap.value;
}

/**
 * SUBTEST: unsupported
 * Description: Capabilities are 0 and each request says that it is not supported
 * Functionality: node.no-syncobj
 */
static void test_unsupported(int fd)
{
	igt_assert_eq_u64(get_cap(fd, DRM_CAP_SYNCOBJ), 0);
	igt_assert_eq_u64(get_cap(fd, DRM_CAP_SYNCOBJ_TIMELINE), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++) {
		char arg[128] = "";

		igt_debug("%s\n", requests[i].name);
		do_ioctl_err(fd, requests[i].request, arg, EOPNOTSUPP);
	}
}

int igt_main()
{
	static struct rocket_health health;
	static int fd = -1;

	igt_fixture() {
		fd = rocket_open();
		rocket_health_begin(&health);
	}

	igt_describe("No sync objects, and everything says so");
	igt_subtest("unsupported")
		test_unsupported(fd);

	igt_fixture() {
		close(fd);
		rocket_health_end(&health);
	}
}
