/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Back ends
 *
 * What a device can do for the runtime, as a table of functions: buffers in device memory with an
 * owner (CPU or device), jobs of tasks, waiting. The shape is that of the kernel's ioctls, so the
 * DRM back end adds nothing and the model's back end plays the kernel. No back end knows programs.
 */
#ifndef RUNTIME_BACKEND_H
#define RUNTIME_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;

/**
 * struct bo - a buffer object
 * @handle: the back end's name for it
 * @iova: address that command streams use; 32 bits, never 0
 * @bytes: size asked for
 * @map: the buffer as the CPU sees it
 */
struct bo {
	uint32_t handle;
	uint32_t iova;
	uint32_t bytes;
	void *map;
};

/**
 * struct backend_task - one register program
 * @iova: address of its command stream
 * @words: length of the stream in 64-bit words, tail included
 */
struct backend_task {
	uint32_t iova;
	uint32_t words;
};

/**
 * struct backend_job - tasks that run in order on one core
 * @tasks: the tasks
 * @n_tasks: how many, at least 1
 * @in: handles of the buffers that are only read
 * @n_in: how many
 * @out: handles of the buffers that are written; waiting for one of them waits for the job
 * @n_out: how many
 */
struct backend_job {
	const struct backend_task *tasks;
	uint32_t n_tasks;
	const uint32_t *in;
	uint32_t n_in;
	const uint32_t *out;
	uint32_t n_out;
};

/**
 * struct backend - a kind of device; every function returns 0 or a negative errno and explains
 * failures in the diag
 * @claims: does this back end open devices of that name; "auto" is asked of every one in turn
 * @open: open the device called @name; -ENODEV when "auto" finds none, without a message. *@title
 * is what to call it in front of users, owned by the handle
 * @close: close; all buffers are gone
 * @bo_create: zeroed buffer, owned by the CPU
 * @bo_destroy: free it; jobs that use it are waited for
 * @bo_prep: wait until jobs that write the buffer are done, then the CPU owns it; reports how these
 * jobs ended
 * @bo_fini: hand the buffer to the device
 * @submit: queue a job; the buffers it names must belong to the device
 */
struct backend {
	bool (*claims)(const char *name);
	int (*open)(const char *name, struct diag *d, void **handle, const char **title);
	void (*close)(void *handle);
	int (*bo_create)(void *handle, uint32_t bytes, struct diag *d, struct bo *out);
	void (*bo_destroy)(void *handle, struct bo *bo);
	int (*bo_prep)(void *handle, const struct bo *bo, struct diag *d);
	int (*bo_fini)(void *handle, const struct bo *bo, struct diag *d);
	int (*submit)(void *handle, const struct backend_job *job, struct diag *d);
};

/* A node of the kernel driver. */
extern const struct backend backend_drm;

/* The model of the NPU in this process. */
extern const struct backend backend_sim;

#endif /* RUNTIME_BACKEND_H */
