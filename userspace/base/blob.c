// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob.h"
#include "diag.h"

#define FILE_BYTES_MAX (1 << 30)

static int read_all(int fd, uint8_t *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, data + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -EIO;	/* the file shrank meanwhile */
		done += n;
	}
	return 0;
}

int blob_read(struct blob *b, const char *path, struct diag *d)
{
	uint8_t *data = NULL;
	struct stat st;
	int fd, ret;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		ret = -errno;
		diag_error(d, ret, "%s: %s", path, strerror(-ret));
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		ret = diag_error(d, -EINVAL, "%s: not a regular file", path);
		goto out;
	}
	if (st.st_size > FILE_BYTES_MAX) {
		ret = diag_error(d, -EFBIG, "%s: larger than 1 GiB", path);
		goto out;
	}
	data = malloc(st.st_size ? st.st_size : 1);
	if (!data) {
		ret = diag_error(d, -ENOMEM, "%s: no memory for %lld bytes", path,
				 (long long)st.st_size);
		goto out;
	}
	ret = read_all(fd, data, st.st_size);
	if (ret) {
		diag_error(d, ret, "%s: %s", path, strerror(-ret));
		goto out;
	}
	*b = (struct blob){ data, st.st_size };
	data = NULL;
out:
	free(data);
	if (fd >= 0)
		close(fd);
	return ret;
}

static int write_all(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wbe");
	int ret = 0;

	if (!f)
		return -errno;
	errno = 0;
	if (fwrite(data, 1, size, f) != size || fflush(f))
		ret = errno ? -errno : -EIO;
	if (fclose(f) && !ret)
		ret = -errno;
	return ret;
}

/* A new file, or one that a rename() may replace. */
static bool replaceable(const char *path)
{
	struct stat st;

	return lstat(path, &st) || S_ISREG(st.st_mode);
}

int blob_write(const char *path, const void *data, size_t size, struct diag *d)
{
	static atomic_uint count;
	char temp[PATH_MAX];
	int ret;

	/* A name of its own for each call of each process. */
	if (snprintf(temp, sizeof(temp), "%s.%ld-%u.tmp", path, (long)getpid(),
		     atomic_fetch_add(&count, 1)) >= (int)sizeof(temp))
		return diag_error(d, -ENAMETOOLONG, "%s: name too long", path);
	if (replaceable(path)) {
		ret = write_all(temp, data, size);
		if (!ret && rename(temp, path))
			ret = -errno;
		if (ret)
			unlink(temp);
	} else {
		ret = write_all(path, data, size);
	}
	if (ret)
		diag_error(d, ret, "%s: %s", path, strerror(-ret));
	return ret;
}

void blob_fini(struct blob *b)
{
	free(b->data);
	*b = (struct blob){ 0 };
}
