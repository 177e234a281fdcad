/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Helpers for tests of the rocket driver
 *
 * One function per request of the kernel: the plain name asserts success, a name with two leading
 * underscores returns 0 or a negative errno. Nothing here makes command streams; that is
 * rocket_jobs.h.
 */
#ifndef IGT_ROCKET_H
#define IGT_ROCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rocket_accel.h"

#define ROCKET_CORES_MAX	3

/* Limits of the interface; Documentation/accel/rocket/uapi.rst */
#define ROCKET_MAX_JOBS		4096
#define ROCKET_MAX_TASKS	65536
#define ROCKET_MAX_HANDLES	4096
#define ROCKET_MAX_REGCMDS	131072
#define ROCKET_REGCMD_ALIGN	16
#define ROCKET_TIMEOUT_MS	500	/* default of the module parameter timeout_ms */

/* A wait that ends a test instead of hanging it */
#define ROCKET_PATIENCE_MS	60000

/**
 * struct rocket_bo - a buffer object of one open file
 * @fd: the file
 * @handle: GEM handle, 0 when closed
 * @size: bytes asked for
 * @iova: device address in this file
 * @offset: for mmap()
 * @map: CPU mapping of @size bytes, rounded up to pages; NULL without one
 */
struct rocket_bo {
	int fd;
	uint32_t handle;
	size_t size;
	uint32_t iova;
	uint64_t offset;
	void *map;
};

/* The node */

int __rocket_open(int flags);
int rocket_open(void);
const char *rocket_node(void);
unsigned int rocket_timeout_ms(void);

/* Buffers */

int __rocket_create_bo(int fd, uint32_t size, struct drm_rocket_create_bo *args);
void rocket_bo_create(int fd, size_t size, struct rocket_bo *bo);
void *rocket_bo_mmap(struct rocket_bo *bo);
void rocket_bo_create_mapped(int fd, size_t size, struct rocket_bo *bo);
void rocket_bo_close_handle(struct rocket_bo *bo);
void rocket_bo_unmap(struct rocket_bo *bo);
void rocket_bo_destroy(struct rocket_bo *bo);
int rocket_bo_export(const struct rocket_bo *bo);
int rocket_bo_export_fence(const struct rocket_bo *bo, uint32_t flags);
size_t rocket_page_size(void);
bool rocket_is_zero(const void *data, size_t bytes);

/* CPU access */

int64_t rocket_now_ns(void);
int64_t rocket_deadline_ms(int ms);
int __rocket_prep(int fd, uint32_t handle, int64_t deadline_ns);
int __rocket_fini(int fd, uint32_t handle);
void rocket_prep(const struct rocket_bo *bo);
void rocket_fini(const struct rocket_bo *bo);
bool rocket_bo_busy(const struct rocket_bo *bo);

/* Submission */

int __rocket_submit_args(int fd, struct drm_rocket_submit *args);
int __rocket_submit(int fd, const struct drm_rocket_job *jobs, uint32_t count);
void rocket_submit(int fd, const struct drm_rocket_job *jobs, uint32_t count);
void rocket_job_init(struct drm_rocket_job *job, const struct drm_rocket_task *tasks,
		     uint32_t task_count, const uint32_t *in, uint32_t in_count,
		     const uint32_t *out, uint32_t out_count);

/* What the kernel shows of itself; root and debugfs needed, false or a skip without */

/**
 * struct rocket_core_state - one core's line of debugfs
 * @index: number in the chip
 * @state: "busy", "idle" or "suspended"
 * @device: name of the platform device
 */
struct rocket_core_state {
	unsigned int index;
	char state[16];
	char device[64];
	uint64_t queue, jobs, tasks, irqs, attaches, timeouts, faults, resets, busy_ns;
};

int __rocket_read_cores(struct rocket_core_state *cores);
unsigned int rocket_read_cores(struct rocket_core_state *cores);
uint64_t rocket_sum_cores(size_t offset);
#define rocket_core_sum(member)	rocket_sum_cores(offsetof(struct rocket_core_state, member))

/* What must be as before at the end of a program */

/**
 * struct rocket_health - state of the machine at the beginning
 * @tainted: the kernel's flags
 * @shmem: bytes of shared memory, which buffers count as
 */
struct rocket_health {
	unsigned long tainted;
	uint64_t shmem;
};

uint64_t rocket_shmem_bytes(void);
void rocket_health_begin(struct rocket_health *health);
void rocket_health_end(const struct rocket_health *health);

#endif
