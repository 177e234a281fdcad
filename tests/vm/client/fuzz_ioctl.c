// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random ioctls
 *
 * Structured nonsense for the driver: calls of the four ioctls, GEM, PRIME, mmap and close, whose
 * fields are mostly right, at their limits, or noise. Everything follows from a seed: round N of seed
 * S makes the same calls in each run. The verdict is the kernel's: a round fails only when the errno is
 * none that the interface documents.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <drm.h>
#include <drm/rocket_accel.h>

#include <base/bits.h>
#include <base/diag.h>

#include "client.h"
#include "fuzz.h"

#define BO_BYTES_MAX	(1u << 20)
#define STREAM_WORDS	256

/* Mostly @right, else a number that somebody may have forgotten. */
static uint64_t number(struct fuzz *f, uint64_t right)
{
	static const uint64_t edges[] = {
		0, 1, 7, 8, 15, 16, 39, 40, 4095, 4096, 4097, 65536, 65537, 131072, 131073,
		0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff, 0x100000000, INT64_MAX, UINT64_MAX,
	};

	if (!one_in(f, 8))
		return right;
	if (one_in(f, 4))
		return draw(f);
	if (one_in(f, 4))
		return right + below(f, 3) - 1;
	return edges[below(f, ARRAY_SIZE(edges))];
}

static uint64_t pointer(struct fuzz *f, const void *right)
{
	return one_in(f, 16) ? number(f, draw(f)) : (uintptr_t)right;
}

static struct fuzz_bo *any_bo(struct fuzz *f, unsigned int file)
{
	return &f->bos[file][below(f, FUZZ_BOS)];
}

static uint32_t any_handle(struct fuzz *f, unsigned int file)
{
	return (uint32_t)number(f, any_bo(f, file)->handle);
}

static int call(struct fuzz *f, unsigned int file, unsigned long request, void *data)
{
	int ret = ioctl(f->fd[file], request, one_in(f, 64) ? NULL : data);

	f->calls++;
	f->good += !ret;
	return ret ? -errno : 0;
}

static int fuzz_create(struct fuzz *f, unsigned int file)
{
	struct drm_rocket_create_bo a = { .size = (uint32_t)number(f, 1 + below(f, BO_BYTES_MAX)) };
	struct fuzz_bo *bo = any_bo(f, file);
	struct drm_gem_close c = { .handle = bo->handle };
	int ret = 0;

	if (a.size > 64u * BO_BYTES_MAX)	/* the machine's memory is no part of the game */
		a.size = 0xfffff001;
	if (bo->handle)
		ioctl(f->fd[file], DRM_IOCTL_GEM_CLOSE, &c);
	*bo = (struct fuzz_bo){ 0 };
	ret = call(f, file, DRM_IOCTL_ROCKET_CREATE_BO, &a);
	if (!ret)
		*bo = (struct fuzz_bo){ a.handle, a.dma_address, a.offset, a.size };
	return ret;
}

static int fuzz_close_bo(struct fuzz *f, unsigned int file)
{
	struct drm_gem_close c = { .handle = any_handle(f, file), .pad = (uint32_t)number(f, 0) };
	int ret = call(f, file, DRM_IOCTL_GEM_CLOSE, &c);

	for (int i = 0; i < FUZZ_BOS && !ret; i++)
		if (f->bos[file][i].handle == c.handle)
			f->bos[file][i] = (struct fuzz_bo){ 0 };
	return ret;
}

static int64_t deadline(struct fuzz *f)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return one_in(f, 4) ? t.tv_sec * 1000000000ll + t.tv_nsec + below(f, 5000000) : 0;
}

static int fuzz_prep(struct fuzz *f, unsigned int file)
{
	struct drm_rocket_prep_bo a = {
		.handle = any_handle(f, file), .reserved = (uint32_t)number(f, 0),
		.timeout_ns = deadline(f),
	};

	return call(f, file, DRM_IOCTL_ROCKET_PREP_BO, &a);
}

static int fuzz_fini(struct fuzz *f, unsigned int file)
{
	struct drm_rocket_fini_bo a = {
		.handle = any_handle(f, file), .reserved = (uint32_t)number(f, 0),
	};

	return call(f, file, DRM_IOCTL_ROCKET_FINI_BO, &a);
}

#define JOBS	4
#define TASKS	4
#define LIST	4

static int fuzz_submit(struct fuzz *f, unsigned int file)
{
	static uint32_t in[JOBS][LIST], out[JOBS][LIST];
	static struct drm_rocket_task tasks[JOBS][TASKS];
	static struct drm_rocket_job jobs[JOBS];
	struct drm_rocket_submit a = {
		.jobs = pointer(f, jobs), .job_count = (uint32_t)number(f, 1 + below(f, JOBS)),
		.job_struct_size = (uint32_t)number(f, sizeof(jobs[0])), .reserved = number(f, 0),
	};

	for (int j = 0; j < JOBS; j++) {
		for (int i = 0; i < LIST; i++) {
			in[j][i] = any_handle(f, file);
			out[j][i] = any_handle(f, file);
		}
		for (int i = 0; i < TASKS; i++) {
			tasks[j][i].regcmd = (uint32_t)number(f, any_bo(f, file)->iova);
			tasks[j][i].regcmd_count = (uint32_t)number(f, 1 + below(f, STREAM_WORDS));
		}
		jobs[j] = (struct drm_rocket_job){
			.tasks = pointer(f, tasks[j]), .in_bo_handles = pointer(f, in[j]),
			.out_bo_handles = pointer(f, out[j]),
			.task_count = (uint32_t)number(f, 1 + below(f, TASKS)),
			.task_struct_size = (uint32_t)number(f, sizeof(tasks[j][0])),
			.in_bo_handle_count = (uint32_t)number(f, below(f, LIST + 1)),
			.out_bo_handle_count = (uint32_t)number(f, below(f, LIST + 1)),
		};
	}
	/* What gets through would hang: one that is refused does not cost the time limit. */
	if (!one_in(f, 256))
		jobs[a.job_count % JOBS ? (a.job_count - 1) % JOBS : 0].task_count = 0;
	return call(f, file, DRM_IOCTL_ROCKET_SUBMIT, &a);
}

static int fuzz_prime(struct fuzz *f, unsigned int file)
{
	struct drm_prime_handle a = {
		.handle = any_handle(f, file), .flags = (uint32_t)number(f, DRM_CLOEXEC | DRM_RDWR), .fd = -1,
	};
	int ret = call(f, file, DRM_IOCTL_PRIME_HANDLE_TO_FD, &a);
	int fd = a.fd;

	if (ret)
		return ret;
	a.fd = (int)number(f, (uint32_t)fd);
	if (a.fd != fd && a.fd <= 2)
		a.fd = -1;
	ret = call(f, (file + below(f, FUZZ_FILES)) % FUZZ_FILES, DRM_IOCTL_PRIME_FD_TO_HANDLE, &a);
	close(fd);
	return ret;
}

static int fuzz_mmap(struct fuzz *f, unsigned int file)
{
	const struct fuzz_bo *bo = any_bo(f, file);
	size_t bytes = number(f, bo->bytes ? bo->bytes : 1) % (64ull * BO_BYTES_MAX) + 1;
	uint8_t *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, one_in(f, 8) ? MAP_PRIVATE : MAP_SHARED,
			   f->fd[file], (off_t)(number(f, bo->offset) & ~4095ull));

	f->calls++;
	if (at == MAP_FAILED)
		return -errno;
	f->good++;
	at[below(f, (uint32_t)bytes)] = (uint8_t)draw(f);
	munmap(at, bytes);
	return 0;
}

static int fuzz_reopen(struct fuzz *f, unsigned int file)
{
	if (!one_in(f, 32))
		return 0;
	close(f->fd[file]);
	memset(f->bos[file], 0, sizeof(f->bos[file]));
	f->fd[file] = open("/dev/accel/accel0", O_RDWR | O_CLOEXEC);
	f->calls++;
	return f->fd[file] < 0 ? -errno : 0;
}

static int (*const actions[])(struct fuzz *f, unsigned int file) = {
	fuzz_create, fuzz_create, fuzz_close_bo, fuzz_prep, fuzz_fini, fuzz_submit, fuzz_submit, fuzz_prime,
	fuzz_mmap, fuzz_reopen,
};

/* All that uapi.rst, GEM, PRIME and mmap() name; EINTR cannot be, nobody sends a signal. */
static bool documented(int ret)
{
	static const int errors[] = {
		0, EINVAL, ENOENT, EFAULT, ENOMEM, ENOSPC, EBUSY, ETIMEDOUT, EBADF, EACCES, EOVERFLOW,
		EPERM, ENOTTY, EOPNOTSUPP, EEXIST,
	};

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (-ret == errors[i])
			return true;
	return false;
}

int client_fuzz_ioctl(const struct options *o, struct diag *d)
{
	struct fuzz f = { .fd = { -1, -1, -1 } };
	int ret = open_all(&f, d);

	while (!ret && f.calls < o->runs) {
		unsigned int action, file;
		int result;

		begin_round(&f, o->seed);
		action = below(&f, ARRAY_SIZE(actions));
		file = below(&f, FUZZ_FILES);
		result = actions[action](&f, file);
		if (!documented(result))
			ret = diag_error(d, result, "seed %u, round %llu: action %u: %s", o->seed, f.round - 1,
					 action, strerror(-result));
	}
	printf("calls=%lu good=%lu rounds=%llu seed=%u\n", f.calls, f.good, f.round, o->seed);
	for (int i = 0; i < FUZZ_FILES; i++)
		close(f.fd[i]);
	return ret || !f.good;
}
