// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Scheduling and recovery of a core
 *
 * Each core has a DRM scheduler, which hands it one job at a time. This file
 * owns that, holds it up, and ends jobs that do not end by themselves; how a job
 * runs is the business of rocket_job.c, which one goes where of rocket_queue.c.
 *
 * Whatever ends a job that does not end by itself runs on the core's ordered
 * recovery queue: the scheduler's timeouts, and the work that an IOMMU fault, a
 * bus error or unbinding queues. A recovery stops the scheduler, takes the job
 * away, resets the core and signals the job's fence with an error. The scheduler
 * never has a second job on the core, so there is nothing to resubmit; other
 * cores go on.
 *
 * A core is also reset by the scheduler when it gets to another file, and by
 * runtime resume when the last reset did not take. None of these waits for
 * memory, on which fences must not depend. They take the mutex of the IOMMU
 * group, which others hold while they allocate, but only to change the default
 * domain of a device without a driver.
 */

#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-fence.h>
#include <linux/iommu.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pm_runtime.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <drm/gpu_scheduler.h>

#include "rocket_core.h"
#include "rocket_dump.h"
#include "rocket_job.h"
#include "rocket_queue.h"
#include "rocket_sched.h"
#include "rocket_trace.h"

/* Without any sign of progress for so long, what runs is considered to hang. */
#define ROCKET_PROGRESS_MS	20

#define ROCKET_TIMEOUT_MIN_MS	10
#define ROCKET_TIMEOUT_MAX_MS	60000

static unsigned int timeout_ms = 500;

static int rocket_sched_set_timeout(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, ROCKET_TIMEOUT_MIN_MS, ROCKET_TIMEOUT_MAX_MS);
}

static const struct kernel_param_ops rocket_sched_timeout_ops = {
	.set = rocket_sched_set_timeout,
	.get = param_get_uint,
};

module_param_cb(timeout_ms, &rocket_sched_timeout_ops, &timeout_ms, 0444);
MODULE_PARM_DESC(timeout_ms, "Time without progress after which a job is stopped, 10 to 60000 (default 500)");

static const struct {
	int error;
	const char *what;
} rocket_troubles[] = {
	[ROCKET_TROUBLE_TIMEOUT] = { -ECANCELED, "makes no progress" },
	[ROCKET_TROUBLE_IOMMU] = { -EFAULT, "uses an address that is not mapped" },
	[ROCKET_TROUBLE_BUS] = { -EIO, "failed to access memory" },
	[ROCKET_TROUBLE_SUSPENDED] = { -ECANCELED, "delays system suspend" },
	[ROCKET_TROUBLE_REMOVED] = { -ENODEV, "lost its core" },
};

static void rocket_sched_log(struct rocket_core *core, struct rocket_job *job,
			     enum rocket_trouble trouble, const struct rocket_hw_state *state)
{
	if (!job)
		return;

	dev_notice_ratelimited(core->dev,
			       "job of client %llu %s: task %u of %u at %#010x, events %#x, task status %#x, CNA %#x, CORE %#x\n",
			       job->file->client, rocket_troubles[trouble].what, job->next_task,
			       job->task_count, job->tasks[job->next_task].regcmd, state->raw,
			       state->task_status, state->cna_status, state->core_status);
	if (trouble == ROCKET_TROUBLE_IOMMU)
		dev_notice_ratelimited(core->dev, "refused: %s of %#010lx\n",
				       core->fault_flags & IOMMU_FAULT_WRITE ? "write" : "read",
				       core->fault_iova);
}

/* @job is NULL when none was running. */
static void rocket_sched_count(struct rocket_core *core, struct rocket_job *job,
			       enum rocket_trouble trouble)
{
	lockdep_assert_held(&core->lock);

	if (trouble == ROCKET_TROUBLE_TIMEOUT) {
		core->stats.timeouts++;
		if (job)
			atomic_inc(&job->file->hangs);
	} else if (trouble == ROCKET_TROUBLE_IOMMU || trouble == ROCKET_TROUBLE_BUS) {
		core->stats.faults++;
		if (job)
			atomic_inc(&job->file->faults);
	} else if (job) {
		atomic_inc(&job->file->cancelled);
	}
}

/**
 * rocket_sched_hold() - start no more jobs
 * @core: the core
 *
 * The scheduler neither runs nor frees jobs of this core until all that called
 * this have called rocket_sched_release(). Waits for what it is doing.
 */
void rocket_sched_hold(struct rocket_core *core)
{
	guard(mutex)(&core->hold_lock);

	if (!core->holds++)
		drm_sched_wqueue_stop(&core->sched);
}

/**
 * rocket_sched_release() - start jobs again, unless others hold the core
 * @core: the core
 */
void rocket_sched_release(struct rocket_core *core)
{
	guard(mutex)(&core->hold_lock);

	if (!--core->holds)
		drm_sched_wqueue_start(&core->sched);
}

/*
 * Stop what runs on a core, reset it, and end the job with an error. The caller
 * holds the core.
 */
static void rocket_sched_recover(struct rocket_core *core, enum rocket_trouble trouble)
{
	int error = rocket_troubles[trouble].error;
	struct rocket_hw_state state = {};
	struct rocket_job *job;
	bool powered, reset = false;

	/* A job holds power anyway; without one the core may go to sleep now. */
	powered = pm_runtime_get_if_active(core->dev) > 0;

	scoped_guard(spinlock_irqsave, &core->lock) {
		job = rocket_job_take(core);
		core->stats.resets += powered;
		if (core->powered && powered) {
			core->hw.ops->sample(&core->hw, &state);
			core->hw.ops->halt(&core->hw);
		}
		rocket_sched_count(core, job, trouble);
	}
	rocket_sched_log(core, job, trouble, &state);
	if (job)
		rocket_dump_take(core, job, trouble, &state);

	if (powered)
		reset = rocket_core_reset(core);
	else
		rocket_core_forget_trouble(core);
	trace_rocket_recover(core->index, error, reset);

	if (job) {
		dma_fence_set_error(job->done, error);
		dma_fence_signal(job->done);
	}
	if (powered)
		pm_runtime_put_autosuspend(core->dev);
}

static void rocket_sched_recovery_work(struct work_struct *work)
{
	struct rocket_core *core = container_of(work, struct rocket_core, recovery_work);
	enum rocket_trouble trouble;

	rocket_sched_hold(core);
	/* A timeout may have been faster, or the reset before another file's job. */
	scoped_guard(spinlock_irqsave, &core->lock)
		trouble = core->trouble;
	if (trouble != ROCKET_TROUBLE_NONE)
		rocket_sched_recover(core, trouble);
	rocket_sched_release(core);
}

/*
 * Look at a job whose time is over. The end of a task may have been missed; a
 * job with many tasks has the time limit for each of them; and a task gets more
 * time while its core still changes state.
 */
static bool rocket_sched_progresses(struct rocket_core *core, struct rocket_job *job)
{
	struct rocket_hw_state before, after;
	struct dma_fence *done;
	unsigned int task;
	u32 events;

	scoped_guard(spinlock_irqsave, &core->lock) {
		if (core->job != job)
			return true;
		/* Its recovery is queued. */
		if (core->trouble != ROCKET_TROUBLE_NONE)
			return true;
		done = rocket_job_advance(core, &events);
		task = job->next_task;
		if (!events && core->powered)
			core->hw.ops->sample(&core->hw, &before);
	}
	if (done) {
		dma_fence_signal(done);
		dma_fence_put(done);
	}
	if (events)
		return true;

	msleep(ROCKET_PROGRESS_MS);

	guard(spinlock_irqsave)(&core->lock);
	if (core->job != job || job->next_task != task || core->trouble != ROCKET_TROUBLE_NONE)
		return true;
	if (time_before(jiffies, core->task_started + msecs_to_jiffies(timeout_ms)))
		return true;
	if (!core->powered)
		return false;
	core->hw.ops->sample(&core->hw, &after);
	return memcmp(&before, &after, sizeof(before));
}

static struct rocket_job *to_rocket_job(struct drm_sched_job *base)
{
	return container_of(base, struct rocket_job, base);
}

static struct dma_fence *rocket_sched_run(struct drm_sched_job *base)
{
	return rocket_job_run(to_rocket_job(base));
}

static void rocket_sched_free(struct drm_sched_job *base)
{
	rocket_job_destroy(to_rocket_job(base));
}

static enum drm_gpu_sched_stat rocket_sched_timedout(struct drm_sched_job *base)
{
	struct rocket_job *job = to_rocket_job(base);
	struct rocket_core *core = job->core;

	if (!rocket_sched_progresses(core, job)) {
		rocket_sched_hold(core);
		/* It may be over at last and the next one have begun, or its recovery be queued. */
		if (READ_ONCE(core->job) == job &&
		    READ_ONCE(core->trouble) == ROCKET_TROUBLE_NONE)
			rocket_sched_recover(core, ROCKET_TROUBLE_TIMEOUT);
		rocket_sched_release(core);
	}

	/*
	 * Either the job goes on, or it is done by now. In both cases it goes
	 * back to the scheduler, which frees it in the second. DRM_GPU_SCHED_STAT_RESET
	 * would not give it back.
	 */
	return DRM_GPU_SCHED_STAT_NO_HANG;
}

static const struct drm_sched_backend_ops rocket_sched_ops = {
	.run_job = rocket_sched_run,
	.timedout_job = rocket_sched_timedout,
	.free_job = rocket_sched_free,
};

/**
 * rocket_sched_init() - make a core's scheduler
 * @core: the core
 *
 * Return: 0 or a negative errno.
 */
int rocket_sched_init(struct rocket_core *core)
{
	static const char * const names[ROCKET_MAX_CORES] = {
		"rocket-core0", "rocket-core1", "rocket-core2"
	};
	struct drm_sched_init_args args = {
		.ops = &rocket_sched_ops,
		.num_rqs = DRM_SCHED_PRIORITY_COUNT,
		.credit_limit = 1,
		.timeout = msecs_to_jiffies(timeout_ms),
		.name = names[core->index],
		.dev = core->dev,
	};
	int ret;

	core->holds = 0;
	INIT_WORK(&core->recovery_work, rocket_sched_recovery_work);
	core->recovery_wq = alloc_ordered_workqueue("%s-recovery", WQ_MEM_RECLAIM, args.name);
	if (!core->recovery_wq)
		return -ENOMEM;
	args.timeout_wq = core->recovery_wq;

	ret = drm_sched_init(&core->sched, &args);
	if (ret) {
		destroy_workqueue(core->recovery_wq);
		return ret;
	}
	mutex_init(&core->hold_lock);
	rocket_dump_init(core);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(rocket_sched_init);

/**
 * rocket_sched_fini() - free a core's scheduler
 * @core: the core, without jobs, power and interrupt
 */
void rocket_sched_fini(struct rocket_core *core)
{
	cancel_work_sync(&core->recovery_work);
	drm_sched_fini(&core->sched);
	destroy_workqueue(core->recovery_wq);
	rocket_dump_fini(core);
	mutex_destroy(&core->hold_lock);
	/* Somebody may be reading the scheduler's name through a fence. */
	synchronize_rcu();
}
EXPORT_SYMBOL_IF_KUNIT(rocket_sched_fini);

/* End the job that runs, if there is one. */
static void rocket_sched_stop(struct rocket_core *core, enum rocket_trouble trouble)
{
	guard(spinlock_irqsave)(&core->lock);

	if (core->job)
		rocket_job_report(core, trouble);
}

/**
 * rocket_sched_pause() - start no more jobs and wait for the one that runs
 * @core: the core
 *
 * A job that makes progress has no time limit, but the system is going to
 * sleep: it is stopped after a while.
 */
void rocket_sched_pause(struct rocket_core *core)
{
	rocket_sched_hold(core);
	do {
		if (!wait_event_timeout(core->idle, !READ_ONCE(core->job),
					msecs_to_jiffies(2 * timeout_ms)))
			rocket_sched_stop(core, ROCKET_TROUBLE_SUSPENDED);
		flush_work(&core->recovery_work);
		/* Looks at the job now; if it goes on, its time begins anew. */
		flush_delayed_work(&core->sched.work_tdr);
	} while (READ_ONCE(core->job));
}

static bool rocket_sched_is_drained(struct rocket_core *core)
{
	guard(spinlock_irqsave)(&core->lock);

	return !core->jobs;
}

/**
 * rocket_sched_drain() - end the job that runs and wait until all are freed
 * @core: the core, on which nothing is placed any more
 */
void rocket_sched_drain(struct rocket_core *core)
{
	rocket_sched_stop(core, ROCKET_TROUBLE_REMOVED);
	wait_event(core->drained, rocket_sched_is_drained(core));
}
