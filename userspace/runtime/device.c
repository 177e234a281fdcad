// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Choice of the device
 *
 * "auto" takes the first back end that finds a device; real ones stand before the model. The
 * runtime does not look for devices beyond that.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>

#include "backend.h"
#include "device.h"

static const struct backend *const backends[] = {
	&backend_drm,
	&backend_sim,
};

static int open_with(const struct backend *backend, const char *name, struct diag *d,
		     struct device **out)
{
	struct device *device = calloc(1, sizeof(*device));
	int ret;

	if (!device)
		return diag_error(d, -ENOMEM, "out of memory for the device");
	device->backend = backend;
	ret = backend->open(name, d, &device->handle, &device->title);
	if (ret) {
		free(device);
		return ret;
	}
	*out = device;
	return 0;
}

int device_open(const char *name, struct diag *d, struct device **out)
{
	int ret = -ENODEV;

	for (size_t i = 0; i < ARRAY_SIZE(backends) && ret == -ENODEV; i++) {
		if (!strcmp(name, "auto"))
			ret = open_with(backends[i], name, d, out);
		else if (backends[i]->claims(name))
			return open_with(backends[i], name, d, out);
	}
	if (ret == -ENODEV)
		return diag_error(d, ret,
				  "no device is called '%s' here; 'sim' is the model of the NPU",
				  name);
	return ret;
}

void device_close(struct device *device)
{
	if (!device)
		return;
	device->backend->close(device->handle);
	free(device);
}
