/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Clients of the node
 *
 * An open file with a kit, an input and an output: what a test needs that looks at more than one
 * file. Closing it leaves the handles to the kernel.
 */
#ifndef ROCKET_CLIENT_H
#define ROCKET_CLIENT_H

#include "rocket_jobs.h"

/**
 * struct rocket_client - a user of the NPU
 * @fd: the file
 * @kit: its streams
 * @in: a page, mapped
 * @out: a page, mapped
 */
struct rocket_client {
	int fd;
	struct rocket_kit kit;
	struct rocket_bo in;
	struct rocket_bo out;
};

void rocket_client_init(struct rocket_client *client, int fd);
void rocket_client_open(struct rocket_client *client);
void rocket_client_unmap(struct rocket_client *client);
void rocket_client_close(struct rocket_client *client);
void rocket_bo_share(const struct rocket_bo *bo, int fd, struct rocket_bo *view);
int __rocket_queue_task(struct rocket_kit *kit, struct drm_rocket_task task,
			const struct rocket_bo *in, const struct rocket_bo *out);
int rocket_fence_result(int fence);
int64_t rocket_elapsed_ms(int64_t start_ns);

#endif
