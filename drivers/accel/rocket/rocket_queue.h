/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_QUEUE_H__
#define __ROCKET_QUEUE_H__

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <drm/gpu_scheduler.h>

#include "rocket_device.h"

struct dma_fence;
struct rocket_job;
struct rocket_vm;

/**
 * struct rocket_queue - jobs of one file on one core, in order
 * @entity: scheduler entity
 * @live: @entity is initialised; the core was used and has not left since
 * @context: context of the jobs' fences; 0 before the first use
 * @seqno: last sequence number in @context
 * @last: fence of the newest job, or NULL
 * @busy_ns: how long its jobs ran, those that are done; under the core's lock
 * @waiting: jobs that were queued and not started
 */
struct rocket_queue {
	struct drm_sched_entity entity;
	bool live;
	u64 context;
	u64 seqno;
	struct dma_fence *last;
	u64 busy_ns;
	atomic_t waiting;
};

/**
 * struct rocket_file - an open file
 * @ref: the open file and its jobs
 * @rcu: the scheduler may still look at an entity when it was destroyed
 * @rdev: the NPU
 * @vm: address space
 * @client: client number, for traces
 * @link: entry of &rocket_device.files
 * @lock: one submission at a time; covers @queues but for core removal, and @barrier
 * @queues: by core number
 * @barrier: fence of the newest job without objects, or NULL; all later jobs come after it
 * @started: woken when no job of a queue is waiting any more
 * @hangs: its jobs that were stopped because they made no progress
 * @faults: its jobs that were stopped because of a bad address or a bus error
 * @cancelled: its jobs that ended with another error, or never ran
 */
struct rocket_file {
	struct kref ref;
	struct rcu_head rcu;
	struct rocket_device *rdev;
	struct rocket_vm *vm;
	u64 client;
	struct list_head link;
	struct mutex lock;	/* submissions */
	struct rocket_queue queues[ROCKET_MAX_CORES];
	struct dma_fence *barrier;
	wait_queue_head_t started;
	atomic_t hangs;
	atomic_t faults;
	atomic_t cancelled;
};

struct rocket_file *rocket_queue_open(struct rocket_device *rdev, u64 client);
void rocket_queue_close(struct rocket_file *file);
void rocket_queue_kill(struct rocket_file *file, unsigned int index);

void rocket_queue_started(struct rocket_file *file, unsigned int index);
struct rocket_file *rocket_file_get(struct rocket_file *file);
void rocket_file_put(struct rocket_file *file);

u64 rocket_queue_busy_ns(struct rocket_file *file);
int rocket_queue_jobs(struct rocket_file *file, struct rocket_job **jobs, unsigned int count);

#endif
