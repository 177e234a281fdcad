// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>

#include <base/diag.h>

#include "node.h"

#define NODES		"/dev/accel/accel*"
#define MODULE		"/sys/module/rocket"
#define TREE_NODES	"/sys/bus/platform/devices/*.npu"

static bool is_rocket(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);
	bool is = version && !strcmp(version->name, NODE_DRIVER);

	drmFreeVersion(version);
	return is;
}

static int refuse(const char *path, int error, struct diag *d)
{
	if (error == EACCES || error == EPERM)
		return diag_error(d, -error, "%s: %s; join the group that owns it (ls -l %s)", path,
				  strerror(error), path);
	return diag_error(d, -error, "%s: %s", path, strerror(error));
}

int node_open(const char *path, struct diag *d)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return refuse(path, errno, d);
	if (is_rocket(fd))
		return fd;
	close(fd);
	return diag_error(d, -ENODEV, "%s: made by another driver than " NODE_DRIVER, path);
}

int node_find(struct diag *d, char **path)
{
	int fd = -1, ret = -ENODEV, denied = 0;
	glob_t nodes = { 0 };
	size_t i;

	if (glob(NODES, 0, NULL, &nodes))
		goto out;
	for (i = 0; i < nodes.gl_pathc && fd < 0; i++) {
		fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
		if (fd < 0) {
			if (errno == EACCES || errno == EPERM)
				denied = (int)i + 1;
			continue;
		}
		if (!is_rocket(fd)) {
			close(fd);
			fd = -1;
		}
	}
	if (fd < 0) {
		ret = denied ? refuse(nodes.gl_pathv[denied - 1], EACCES, d) : -ENODEV;
		goto out;
	}
	*path = strdup(nodes.gl_pathv[i - 1]);
	ret = *path ? fd : diag_error(d, -ENOMEM, "out of memory for the name of the device");
	if (!*path)
		close(fd);
out:
	globfree(&nodes);
	return ret;
}

void node_advise(struct diag *d)
{
	glob_t found = { 0 };
	bool described = !glob(TREE_NODES, 0, NULL, &found);

	globfree(&found);
	if (access(MODULE, F_OK))
		diag_add(d, DIAG_NOTE,
			 "the driver is not loaded: modprobe rocket (the kernel needs "
			 "CONFIG_DRM_ACCEL_ROCKET)");
	if (!described)
		diag_add(d, DIAG_NOTE,
			 "the device tree enables no NPU core: the npu@ nodes must be there with "
			 "status \"okay\"");
	else
		diag_add(d, DIAG_NOTE,
			 "the device tree enables NPU cores; dmesg says why the driver did not "
			 "take them");
	diag_add(d, DIAG_NOTE, "without an NPU, --device sim runs everything on its model");
}
