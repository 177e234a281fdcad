/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What random tests share
 *
 * Numbers that follow from a seed, and the files and objects that calls are made on.
 */
#ifndef VM_CLIENT_FUZZ_H
#define VM_CLIENT_FUZZ_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <base/diag.h>

#define FUZZ_FILES	3
#define FUZZ_BOS	8

struct fuzz_bo {
	uint32_t handle;
	uint64_t iova, offset;
	size_t bytes;
};

struct fuzz {
	uint64_t state;
	int fd[FUZZ_FILES];
	struct fuzz_bo bos[FUZZ_FILES][FUZZ_BOS];
	unsigned long calls, good;
	unsigned long long round;
};

/* Source: splitmix64, Steele, Lea and Flood 2014 */
static inline uint64_t draw(struct fuzz *f)
{
	uint64_t z = f->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline uint32_t below(struct fuzz *f, uint32_t n)
{
	return (uint32_t)(draw(f) % n);
}

static inline bool one_in(struct fuzz *f, uint32_t n)
{
	return !below(f, n);
}

/* Each round has a seed of its own, so that the last one can be repeated. */
static inline void begin_round(struct fuzz *f, unsigned int seed)
{
	f->state = (uint64_t)seed << 32 | (uint32_t)f->round++;
}

static inline int open_all(struct fuzz *f, struct diag *d)
{
	for (int i = 0; i < FUZZ_FILES; i++) {
		f->fd[i] = open("/dev/accel/accel0", O_RDWR | O_CLOEXEC);
		if (f->fd[i] < 0)
			return diag_error(d, -errno, "/dev/accel/accel0: %s", strerror(errno));
	}
	return 0;
}

#endif /* VM_CLIENT_FUZZ_H */
