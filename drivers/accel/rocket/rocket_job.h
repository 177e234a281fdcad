/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_JOB_H__
#define __ROCKET_JOB_H__

#include <linux/irqreturn.h>
#include <linux/sched.h>
#include <linux/types.h>

#include <drm/gpu_scheduler.h>

#include "rocket_core.h"

struct dma_fence;
struct rocket_bo;
struct rocket_epoch;
struct rocket_file;
struct rocket_queue;

/**
 * struct rocket_task - one command stream
 * @regcmd: device address
 * @count: 64-bit commands
 */
struct rocket_task {
	u32 regcmd;
	u32 count;
};

/**
 * struct rocket_job_bo - an object that a job reads or writes
 * @bo: object, with a reference
 * @job: the job
 * @next: next reader of the object in the submission being prepared
 */
struct rocket_job_bo {
	struct rocket_bo *bo;
	struct rocket_job *job;
	struct rocket_job_bo *next;
};

/**
 * struct rocket_job - tasks that run in order on one core
 * @base: scheduler job; its s_fence is set from placement on
 * @file: file that submitted it, with a reference
 * @core: core it was placed on, with a power reference; NULL before
 * @epoch: keeps what is mapped at submission
 * @pid: process that submitted it
 * @comm: name of the thread that did
 * @done: fence of the driver, exists from placement on
 * @tasks: command streams
 * @task_count: their number
 * @next_task: task that runs; under &rocket_core.lock
 * @bos: objects, first those that are read
 * @in_count: how many of them are read
 * @bo_count: how many there are
 * @waiting: counted in &rocket_queue.waiting
 * @loading: counted in &rocket_core.load; under &rocket_core.lock
 */
struct rocket_job {
	struct drm_sched_job base;
	struct rocket_file *file;
	struct rocket_core *core;
	struct rocket_epoch *epoch;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	struct dma_fence *done;
	struct rocket_task *tasks;
	unsigned int task_count;
	unsigned int next_task;
	struct rocket_job_bo *bos;
	unsigned int in_count;
	unsigned int bo_count;
	bool waiting;
	bool loading;
};

struct rocket_job *rocket_job_create(struct rocket_file *file);
int rocket_job_place(struct rocket_job *job, struct rocket_core *core, struct rocket_queue *queue);
void rocket_job_destroy(struct rocket_job *job);

struct dma_fence *rocket_job_run(struct rocket_job *job);
struct rocket_job *rocket_job_take(struct rocket_core *core);
struct dma_fence *rocket_job_advance(struct rocket_core *core, u32 *events);
void rocket_job_report(struct rocket_core *core, enum rocket_trouble trouble);
void rocket_job_fault(struct rocket_core *core, unsigned long iova, int flags);
irqreturn_t rocket_job_irq(int irq, void *data);
u64 rocket_job_busy_ns(struct rocket_core *core, struct rocket_file *file);

#endif
