// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Job execution
 *
 * A job runs its tasks in order on one core; the interrupt of one task starts
 * the next. This file owns a job from its creation to its end. It does not parse
 * user structures (rocket_submit.c), does not choose cores (rocket_queue.c) and
 * does not touch registers (rocket_hw.c).
 *
 * ``job`` of a core is the job that runs. It is set by the scheduler and cleared
 * under the core's lock by whoever ends the job: the interrupt of the last task,
 * or recovery. Who clears it signals the job's fence, so that happens exactly
 * once.
 *
 * Everything that may reset a core runs on the core's ordered recovery queue:
 * the scheduler's timeouts, and the work that an IOMMU fault, a bus error or
 * unbinding queues. A recovery takes the job away, resets the core and signals
 * the job's fence with an error. The scheduler never has a second job on the
 * core, so there is nothing to resubmit; other cores go on. The scheduler, which
 * a recovery stops first, resets a core that gets to another file.
 */

#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-fence.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pm_runtime.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <drm/drm_gem.h>

#include "rocket_core.h"
#include "rocket_dump.h"
#include "rocket_gem.h"
#include "rocket_job.h"
#include "rocket_queue.h"
#include "rocket_trace.h"
#include "rocket_vm.h"

/* Without any sign of progress for so long, what runs is considered to hang. */
#define ROCKET_PROGRESS_MS	20

#define ROCKET_TIMEOUT_MIN_MS	10
#define ROCKET_TIMEOUT_MAX_MS	60000

static unsigned int timeout_ms = 500;

static int rocket_job_set_timeout(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, ROCKET_TIMEOUT_MIN_MS, ROCKET_TIMEOUT_MAX_MS);
}

static const struct kernel_param_ops rocket_job_timeout_ops = {
	.set = rocket_job_set_timeout,
	.get = param_get_uint,
};

module_param_cb(timeout_ms, &rocket_job_timeout_ops, &timeout_ms, 0444);
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

static const char *rocket_fence_driver_name(struct dma_fence *fence)
{
	return "rocket";
}

static const char *rocket_fence_timeline_name(struct dma_fence *fence)
{
	return "rocket-queue";
}

static const struct dma_fence_ops rocket_fence_ops = {
	.get_driver_name = rocket_fence_driver_name,
	.get_timeline_name = rocket_fence_timeline_name,
};

static struct rocket_job *to_rocket_job(struct drm_sched_job *base)
{
	return container_of(base, struct rocket_job, base);
}

/**
 * rocket_job_create() - allocate a job
 * @file: file that submits it
 *
 * Return: the job without tasks, objects and core, or NULL.
 */
struct rocket_job *rocket_job_create(struct rocket_file *file)
{
	struct rocket_job *job = kzalloc_obj(*job, GFP_KERNEL_ACCOUNT);

	if (!job)
		return NULL;

	job->file = rocket_file_get(file);
	job->epoch = rocket_vm_epoch_get(file->vm);
	job->pid = task_tgid_nr(current);
	get_task_comm(job->comm, current);
	return job;
}

/**
 * rocket_job_place() - bind a job to a core
 * @job: the job
 * @core: the core; the job takes over the caller's power reference
 * @queue: the file's queue on that core, under the file's lock
 *
 * Return: 0 or a negative errno, after which the job can only be destroyed.
 */
int rocket_job_place(struct rocket_job *job, struct rocket_core *core, struct rocket_queue *queue)
{
	struct drm_gpu_scheduler *sched = &core->sched;
	int ret;

	job->core = core;
	scoped_guard(spinlock_irqsave, &core->lock) {
		core->jobs++;
		core->load++;
		job->loading = true;
	}

	if (!queue->live) {
		ret = drm_sched_entity_init(&queue->entity, DRM_SCHED_PRIORITY_NORMAL, &sched, 1,
					    NULL);
		if (ret)
			return ret;
		queue->live = true;
		if (!queue->context)
			queue->context = dma_fence_context_alloc(1);
	}

	job->done = kzalloc_obj(*job->done, GFP_KERNEL_ACCOUNT);
	if (!job->done)
		return -ENOMEM;
	dma_fence_init(job->done, &rocket_fence_ops, NULL, queue->context, ++queue->seqno);

	return drm_sched_job_init(&job->base, &queue->entity, 1, job->file, job->file->client);
}

static void rocket_job_unload(struct rocket_core *core, struct rocket_job *job)
{
	lockdep_assert_held(&core->lock);

	if (job->loading)
		core->load--;
	job->loading = false;
}

static void rocket_job_leave_core(struct rocket_job *job)
{
	struct rocket_core *core = job->core;

	rocket_core_put(core);

	/* The core may be gone as soon as the lock is free. */
	guard(spinlock_irqsave)(&core->lock);
	rocket_job_unload(core, job);
	if (!--core->jobs)
		wake_up_all(&core->drained);
}

/**
 * rocket_job_destroy() - free a job that does not run
 * @job: the job, in any state of preparation, or done
 *
 * If it never ran, its fence is signalled with an error for jobs that were
 * told to wait for it.
 */
void rocket_job_destroy(struct rocket_job *job)
{
	if (job->waiting)
		rocket_queue_started(job->file, job->core->index);

	if (job->done) {
		if (!dma_fence_is_signaled(job->done)) {
			dma_fence_set_error(job->done, -ESRCH);
			dma_fence_signal(job->done);
		}
		dma_fence_put(job->done);
	}
	if (job->base.s_fence)
		drm_sched_job_cleanup(&job->base);
	if (job->core)
		rocket_job_leave_core(job);

	for (unsigned int i = 0; i < job->bo_count; i++)
		drm_gem_object_put(&job->bos[i].bo->base.base);
	kvfree(job->bos);
	kvfree(job->tasks);
	rocket_vm_epoch_put(job->epoch);
	rocket_file_put(job->file);
	kfree(job);
}

static void rocket_job_start_task(struct rocket_core *core, struct rocket_job *job)
{
	const struct rocket_task *task = &job->tasks[job->next_task];

	lockdep_assert_held(&core->lock);

	trace_rocket_task_start(core->index, job->file->client, job->next_task, job->task_count,
				task->regcmd, task->count);
	core->task_started = jiffies;
	core->hw.ops->start(&core->hw, task->regcmd, task->count);
}

/*
 * A core keeps registers and the pointers to their groups: what a file's jobs
 * leave there makes another's hang or be wrong. A core whose reset does not take
 * still gets the job: if it is broken, recovery says so.
 */
static int rocket_job_attach(struct rocket_core *core, struct rocket_vm *vm)
{
	int ret;

	if (core->vm == vm)
		return 0;

	rocket_core_reset(core);
	ret = rocket_vm_attach(vm, core);
	if (ret)
		dev_err_ratelimited(core->dev, "cannot attach address space: %d\n", ret);
	return ret;
}

static struct dma_fence *rocket_job_run(struct drm_sched_job *base)
{
	struct rocket_job *job = to_rocket_job(base);
	struct rocket_core *core = job->core;
	int ret;

	job->waiting = false;
	rocket_queue_started(job->file, core->index);

	ret = rocket_job_attach(core, job->file->vm);

	scoped_guard(spinlock_irqsave, &core->lock) {
		if (!ret && !core->powered)
			ret = -EIO;
		if (!ret) {
			core->job = job;
			core->job_started_ns = ktime_get_ns();
			rocket_job_start_task(core, job);
		}
	}
	if (!ret)
		return dma_fence_get(job->done);

	atomic_inc(&job->file->cancelled);
	dma_fence_set_error(job->done, ret);
	dma_fence_signal(job->done);
	return ERR_PTR(ret);
}

static void rocket_job_free(struct drm_sched_job *base)
{
	rocket_job_destroy(to_rocket_job(base));
}

/* Take the running job away. The caller signals its fence. */
static struct rocket_job *rocket_job_take(struct rocket_core *core)
{
	struct rocket_job *job = core->job;

	lockdep_assert_held(&core->lock);

	if (job) {
		u64 ns = ktime_get_ns() - core->job_started_ns;

		core->job = NULL;
		core->stats.busy_ns += ns;
		job->file->queues[core->index].busy_ns += ns;
		rocket_job_unload(core, job);
		wake_up_all(&core->idle);
	}
	return job;
}

static void rocket_job_report(struct rocket_core *core, enum rocket_trouble trouble)
{
	lockdep_assert_held(&core->lock);

	/* The first report counts: a core in trouble may report anything. */
	if (core->trouble == ROCKET_TROUBLE_NONE) {
		core->trouble = trouble;
		queue_work(core->recovery_wq, &core->recovery_work);
	}
}

/*
 * Handle the end of a task, if there is one. Returns the fence of a job that is
 * done, with a reference, to be signalled without the lock.
 */
static struct dma_fence *rocket_job_advance(struct rocket_core *core, u32 *events)
{
	struct rocket_job *job = core->job;

	lockdep_assert_held(&core->lock);

	*events = core->powered ? core->hw.ops->finish(&core->hw) : 0;
	/* Without a job this is the late end of one that was stopped. */
	if (!*events || !job)
		return NULL;

	if (*events & ROCKET_HW_ERROR) {
		rocket_job_report(core, ROCKET_TROUBLE_BUS);
		return NULL;
	}
	/* The job is lost, whatever else the core says. */
	if (core->trouble != ROCKET_TROUBLE_NONE)
		return NULL;

	core->stats.tasks++;
	if (++job->next_task < job->task_count) {
		rocket_job_start_task(core, job);
		return NULL;
	}

	core->stats.jobs++;
	rocket_job_take(core);
	return dma_fence_get(job->done);
}

/**
 * rocket_job_irq() - interrupt of a core or of its IOMMU
 * @irq: number
 * @data: core
 *
 * Return: whether it came from the core.
 */
irqreturn_t rocket_job_irq(int irq, void *data)
{
	struct rocket_core *core = data;
	struct dma_fence *done;
	u32 events;

	scoped_guard(spinlock_irqsave, &core->lock) {
		done = rocket_job_advance(core, &events);
		if (events)
			core->stats.irqs++;
	}

	if (done) {
		dma_fence_signal(done);
		dma_fence_put(done);
	}
	return events ? IRQ_HANDLED : IRQ_NONE;
}
EXPORT_SYMBOL_IF_KUNIT(rocket_job_irq);

/**
 * rocket_job_fault() - the IOMMU of a core refused an access
 * @core: the core
 * @iova: device address
 * @flags: IOMMU_FAULT_READ or IOMMU_FAULT_WRITE
 *
 * Runs in hard interrupt. The core repeats the access until it is reset, and
 * each time there is an interrupt: disable it until then.
 */
void rocket_job_fault(struct rocket_core *core, unsigned long iova, int flags)
{
	guard(spinlock_irqsave)(&core->lock);

	if (!core->irq_off) {
		disable_irq_nosync(core->irq);
		core->irq_off = true;
	}
	if (core->trouble == ROCKET_TROUBLE_NONE) {
		core->fault_iova = iova;
		core->fault_flags = flags;
	}
	rocket_job_report(core, ROCKET_TROUBLE_IOMMU);
}
EXPORT_SYMBOL_IF_KUNIT(rocket_job_fault);

static void rocket_job_log(struct rocket_core *core, struct rocket_job *job,
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
static void rocket_job_count(struct rocket_core *core, struct rocket_job *job,
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
 * rocket_job_hold() - start no more jobs
 * @core: the core
 *
 * The scheduler neither runs nor frees jobs of this core until all that called
 * this have called rocket_job_release(). Waits for what it is doing.
 */
void rocket_job_hold(struct rocket_core *core)
{
	guard(mutex)(&core->hold_lock);

	if (!core->holds++)
		drm_sched_wqueue_stop(&core->sched);
}

/**
 * rocket_job_release() - start jobs again, unless others hold the core
 * @core: the core
 */
void rocket_job_release(struct rocket_core *core)
{
	guard(mutex)(&core->hold_lock);

	if (!--core->holds)
		drm_sched_wqueue_start(&core->sched);
}

/**
 * rocket_job_busy_ns() - how long jobs of a file ran on a core
 * @core: the core
 * @file: the file
 *
 * Return: the time, that of the job which runs now included; it never goes back.
 */
u64 rocket_job_busy_ns(struct rocket_core *core, struct rocket_file *file)
{
	u64 ns;

	guard(spinlock_irqsave)(&core->lock);

	ns = file->queues[core->index].busy_ns;
	if (core->job && core->job->file == file)
		ns += ktime_get_ns() - core->job_started_ns;
	return ns;
}

/* Stop what runs on a core, reset it, and end the job with an error. */
static void rocket_job_recover(struct rocket_core *core, enum rocket_trouble trouble)
{
	int error = rocket_troubles[trouble].error;
	struct rocket_hw_state state = {};
	struct rocket_job *job;
	bool powered, reset = false;

	rocket_job_hold(core);
	/* A job holds power anyway; without one the core may go to sleep now. */
	powered = pm_runtime_get_if_active(core->dev) > 0;

	scoped_guard(spinlock_irqsave, &core->lock) {
		job = rocket_job_take(core);
		core->stats.resets += powered;
		if (core->powered && powered) {
			core->hw.ops->sample(&core->hw, &state);
			core->hw.ops->halt(&core->hw);
		}
		rocket_job_count(core, job, trouble);
	}
	rocket_job_log(core, job, trouble, &state);
	if (job)
		rocket_dump_take(core, job, trouble, &state);

	if (powered)
		reset = rocket_core_reset(core);
	trace_rocket_recover(core->index, error, reset);

	scoped_guard(spinlock_irqsave, &core->lock) {
		core->trouble = ROCKET_TROUBLE_NONE;
		core->unreliable = powered && !reset;
		if (core->irq_off)
			enable_irq(core->irq);
		core->irq_off = false;
	}
	if (powered && !reset)
		dev_err_ratelimited(core->dev, "reset failed, core is avoided until powered off\n");

	if (job) {
		dma_fence_set_error(job->done, error);
		dma_fence_signal(job->done);
	}
	if (powered)
		pm_runtime_put_autosuspend(core->dev);
	rocket_job_release(core);
}

static void rocket_job_recovery_work(struct work_struct *work)
{
	struct rocket_core *core = container_of(work, struct rocket_core, recovery_work);
	enum rocket_trouble trouble;

	scoped_guard(spinlock_irqsave, &core->lock)
		trouble = core->trouble;
	/* A timeout may have been faster. */
	if (trouble != ROCKET_TROUBLE_NONE)
		rocket_job_recover(core, trouble);
}

/*
 * Look at a job whose time is over. The end of a task may have been missed; a
 * job with many tasks has the time limit for each of them; and a task gets more
 * time while its core still changes state.
 */
static bool rocket_job_progresses(struct rocket_core *core, struct rocket_job *job)
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
	if (core->job != job || job->next_task != task)
		return true;
	if (time_before(jiffies, core->task_started + msecs_to_jiffies(timeout_ms)))
		return true;
	if (!core->powered)
		return false;
	core->hw.ops->sample(&core->hw, &after);
	return memcmp(&before, &after, sizeof(before));
}

static enum drm_gpu_sched_stat rocket_job_timedout(struct drm_sched_job *base)
{
	struct rocket_job *job = to_rocket_job(base);
	struct rocket_core *core = job->core;

	if (!rocket_job_progresses(core, job))
		rocket_job_recover(core, ROCKET_TROUBLE_TIMEOUT);

	/*
	 * Either the job goes on, or it is done by now. In both cases it goes
	 * back to the scheduler, which frees it in the second.
	 */
	return DRM_GPU_SCHED_STAT_NO_HANG;
}

static const struct drm_sched_backend_ops rocket_job_sched_ops = {
	.run_job = rocket_job_run,
	.timedout_job = rocket_job_timedout,
	.free_job = rocket_job_free,
};

/**
 * rocket_job_init() - make a core's scheduler
 * @core: the core
 *
 * Return: 0 or a negative errno.
 */
int rocket_job_init(struct rocket_core *core)
{
	static const char * const names[ROCKET_MAX_CORES] = {
		"rocket-core0", "rocket-core1", "rocket-core2"
	};
	struct drm_sched_init_args args = {
		.ops = &rocket_job_sched_ops,
		.num_rqs = DRM_SCHED_PRIORITY_COUNT,
		.credit_limit = 1,
		.timeout = msecs_to_jiffies(timeout_ms),
		.name = names[core->index],
		.dev = core->dev,
	};
	int ret;

	core->holds = 0;
	INIT_WORK(&core->recovery_work, rocket_job_recovery_work);
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
EXPORT_SYMBOL_IF_KUNIT(rocket_job_init);

/**
 * rocket_job_fini() - free a core's scheduler
 * @core: the core, without jobs, power and interrupt
 */
void rocket_job_fini(struct rocket_core *core)
{
	cancel_work_sync(&core->recovery_work);
	drm_sched_fini(&core->sched);
	destroy_workqueue(core->recovery_wq);
	rocket_dump_fini(core);
	mutex_destroy(&core->hold_lock);
	/* Somebody may be reading the scheduler's name through a fence. */
	synchronize_rcu();
}
EXPORT_SYMBOL_IF_KUNIT(rocket_job_fini);

/* End the job that runs, if there is one. */
static void rocket_job_stop(struct rocket_core *core, enum rocket_trouble trouble)
{
	guard(spinlock_irqsave)(&core->lock);

	if (core->job)
		rocket_job_report(core, trouble);
}

/**
 * rocket_job_pause() - start no more jobs and wait for the one that runs
 * @core: the core
 *
 * A job that makes progress has no time limit, but the system is going to
 * sleep: it is stopped after a while.
 */
void rocket_job_pause(struct rocket_core *core)
{
	rocket_job_hold(core);
	do {
		if (!wait_event_timeout(core->idle, !READ_ONCE(core->job),
					msecs_to_jiffies(2 * timeout_ms)))
			rocket_job_stop(core, ROCKET_TROUBLE_SUSPENDED);
		flush_work(&core->recovery_work);
		flush_delayed_work(&core->sched.work_tdr);
	} while (READ_ONCE(core->job));
}

static bool rocket_job_is_drained(struct rocket_core *core)
{
	guard(spinlock_irqsave)(&core->lock);

	return !core->jobs;
}

/**
 * rocket_job_drain() - end the job that runs and wait until all are freed
 * @core: the core, on which nothing is placed any more
 */
void rocket_job_drain(struct rocket_core *core)
{
	rocket_job_stop(core, ROCKET_TROUBLE_REMOVED);
	wait_event(core->drained, rocket_job_is_drained(core));
}
