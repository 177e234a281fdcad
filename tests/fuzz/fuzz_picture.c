// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Fuzz target: pictures
 *
 * Whatever the file: a picture comes out whose every pixel can be read and scaled, or a reason. The
 * decoders of JPEG, PNG and WebP are libraries that are not instrumented; BMP and the scaling are
 * ours.
 */
#define _GNU_SOURCE	/* memfd_create() */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <base/diag.h>
#include <tools/picture.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIDE		7		/* of the scaled picture; no divisor of anything */
#define PIXELS_MAX	(1u << 20)	/* larger pictures are decoded only */

static void check(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct picture whole = { 0 }, small = { 0 };
	struct diag d = { 0 };
	char path[64];
	int fd = memfd_create("picture", 0);

	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size) {
		int ret = picture_read(path, &d, &whole);

		check(!ret == !d.errors);
		check(!ret == (whole.rgb != NULL));
		if (!ret && (uint64_t)whole.width * whole.height <= PIXELS_MAX)
			picture_resize(&whole, SIDE, SIDE, &small);
	}
	picture_fini(&whole);
	picture_fini(&small);
	close(fd);

	return 0;
}
