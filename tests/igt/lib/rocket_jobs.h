/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Jobs with a known effect
 *
 * Small command streams that run on the chip and on its model: fill, copy and add to the bytes of a
 * buffer, as a task of the DPU alone; pool a pixel; and streams that never end or use a wrong
 * address. A kit holds the streams of one file in one buffer, which jobs do not list. Everything
 * counts bytes and is a multiple of ROCKET_UNIT.
 */
#ifndef ROCKET_JOBS_H
#define ROCKET_JOBS_H

#include "igt_rocket.h"

#define ROCKET_UNIT		16		/* bytes of an atom, the smallest amount of work */
#define ROCKET_KIT_BYTES	(64 << 10)	/* about a hundred streams */
#define ROCKET_KIT_TASKS_MAX	65536

/**
 * struct rocket_kit - command streams of a file
 * @code: buffer with the streams
 * @used: bytes of it
 * @scratch: two units that nobody looks at, behind the streams
 * @dirty: streams were written that the NPU may not see yet
 * @task_ns: time of a short task, once it was measured
 * @load: two halves that large tasks copy between; made when short ones do not take long enough
 * @load_bytes: size of such a task
 * @load_ns: its time
 */
struct rocket_kit {
	struct rocket_bo code;
	uint32_t used;
	uint32_t scratch;
	bool dirty;
	uint64_t task_ns;
	struct rocket_bo load;
	size_t load_bytes;
	uint64_t load_ns;
};

void rocket_kit_init(struct rocket_kit *kit, int fd);
void rocket_kit_init_size(struct rocket_kit *kit, int fd, size_t bytes);
void rocket_kit_rewind(struct rocket_kit *kit);
void rocket_kit_flush(struct rocket_kit *kit);
void rocket_kit_fini(struct rocket_kit *kit);

/* Tasks */

struct drm_rocket_task rocket_task_add(struct rocket_kit *kit, uint32_t dst, uint32_t src,
				       size_t bytes, int8_t value);
struct drm_rocket_task rocket_task_copy(struct rocket_kit *kit, uint32_t dst, uint32_t src,
					size_t bytes);
struct drm_rocket_task rocket_task_fill(struct rocket_kit *kit, uint32_t dst, size_t bytes,
					int8_t value);
struct drm_rocket_task rocket_task_minimal(struct rocket_kit *kit);
struct drm_rocket_task rocket_task_hang(struct rocket_kit *kit);
struct drm_rocket_task rocket_task_pool(struct rocket_kit *kit, uint32_t dst, uint32_t src);
struct drm_rocket_task rocket_task_fault(struct rocket_kit *kit, uint32_t iova);
struct drm_rocket_task *rocket_tasks_long(struct rocket_kit *kit, unsigned int ms,
					  struct drm_rocket_task last, uint32_t *count);

/* Jobs of one or more tasks with at most one input and one output; NULL for none */

void rocket_queue(struct rocket_kit *kit, const struct drm_rocket_task *tasks, uint32_t count,
		  const struct rocket_bo *in, const struct rocket_bo *out);
void rocket_queue_task(struct rocket_kit *kit, struct drm_rocket_task task,
		       const struct rocket_bo *in, const struct rocket_bo *out);
void rocket_queue_long(struct rocket_kit *kit, unsigned int ms, const struct rocket_bo *in,
		       const struct rocket_bo *out);
void rocket_queue_fill(struct rocket_kit *kit, const struct rocket_bo *out, int8_t value);
void rocket_queue_copy(struct rocket_kit *kit, const struct rocket_bo *out,
		       const struct rocket_bo *in);

/* How jobs end */

int rocket_gate_shut(struct rocket_kit *kit, const struct rocket_bo *bo);
void rocket_gate_open(int gate);
int rocket_queue_gated(struct rocket_kit *kit, const struct drm_rocket_task *tasks, uint32_t count,
		       const struct rocket_bo *out);
int rocket_run_result(struct rocket_kit *kit, const struct drm_rocket_task *tasks, uint32_t count,
		      const struct rocket_bo *out);
int rocket_run_task_result(struct rocket_kit *kit, struct drm_rocket_task task,
			   const struct rocket_bo *out);

/* Whole checks */

bool rocket_is_filled(const struct rocket_bo *bo, int8_t value);
void rocket_check_fill(int fd, int8_t value);
void rocket_check_all_cores(int fd);
void rocket_leave_all_cores(int fd, uint32_t pointers);
uint64_t rocket_task_ns(struct rocket_kit *kit);

#endif
