// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Clients of the node
 *
 * A mapping keeps its file open, so that closing has to begin with the mappings.
 */
#include "igt.h"
#include "sw_sync.h"

#include "rocket_client.h"

/**
 * rocket_client_init() - make a client of a file that is open
 * @client: the client
 * @fd: the file; belongs to the client from now on
 */
void rocket_client_init(struct rocket_client *client, int fd)
{
	client->fd = fd;
	rocket_kit_init(&client->kit, fd);
	rocket_bo_create_mapped(fd, rocket_page_size(), &client->in);
	rocket_bo_create_mapped(fd, rocket_page_size(), &client->out);
}

void rocket_client_open(struct rocket_client *client)
{
	rocket_client_init(client, rocket_open());
}

/**
 * rocket_client_unmap() - let go of all that keeps the file open but its descriptor
 * @client: the client
 */
void rocket_client_unmap(struct rocket_client *client)
{
	struct rocket_bo *bos[] = { &client->kit.code, &client->in, &client->out };

	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++) {
		if (bos[i]->map)
			rocket_bo_unmap(bos[i]);
	}
}

/**
 * rocket_client_close() - close the file as a process does that forgets its handles
 * @client: the client
 */
void rocket_client_close(struct rocket_client *client)
{
	rocket_client_unmap(client);
	igt_assert_eq(close(client->fd), 0);
	client->fd = -1;
}

/**
 * rocket_bo_share() - see a buffer from another file
 * @bo: the buffer
 * @fd: the other file
 * @view: its handle there, mapped; without a device address
 */
void rocket_bo_share(const struct rocket_bo *bo, int fd, struct rocket_bo *view)
{
	int dmabuf = rocket_bo_export(bo);

	*view = (struct rocket_bo){
		.fd = fd,
		.handle = prime_fd_to_handle(fd, dmabuf),
		.size = bo->size,
		.offset = bo->offset,
	};
	close(dmabuf);
	rocket_bo_mmap(view);
}

/**
 * __rocket_queue_task() - submit a job of one task, whatever comes of it
 * @kit: kit of the file, with nothing to flush
 * @task: the task
 * @in: input or NULL
 * @out: output or NULL
 *
 * Return: 0 or a negative errno.
 */
int __rocket_queue_task(struct rocket_kit *kit, struct drm_rocket_task task,
			const struct rocket_bo *in, const struct rocket_bo *out)
{
	struct drm_rocket_job job;

	rocket_job_init(&job, &task, 1, in ? &in->handle : NULL, in != NULL,
			out ? &out->handle : NULL, out != NULL);
	return __rocket_submit(kit->code.fd, &job, 1);
}

/**
 * rocket_fence_result() - wait for a sync file and close it
 * @fence: the sync file
 *
 * Return: 0 for success, else the error of the fence.
 */
int rocket_fence_result(int fence)
{
	int status;

	igt_assert_f(!sync_fence_wait(fence, ROCKET_PATIENCE_MS), "a fence does not signal\n");
	status = sync_fence_status(fence);
	close(fence);
	return status < 0 ? status : 0;
}

int64_t rocket_elapsed_ms(int64_t start_ns)
{
	return (rocket_now_ns() - start_ns) / 1000000;
}
