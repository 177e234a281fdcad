// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Job execution
 *
 * A job runs its tasks in order on one core; the interrupt of one task starts
 * the next. This file owns a job from its creation to its end. It does not parse
 * user structures (rocket_submit.c), does not choose cores (rocket_queue.c),
 * does not stop what hangs (rocket_sched.c) and does not touch registers
 * (rocket_hw.c).
 *
 * ``job`` of a core is the job that runs. It is set by the scheduler and cleared
 * under the core's lock by whoever ends the job: the interrupt of the last task,
 * or recovery. Who clears it signals the job's fence, so that happens exactly
 * once.
 */

#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/dma-fence.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <drm/drm_gem.h>

#include "rocket_core.h"
#include "rocket_gem.h"
#include "rocket_job.h"
#include "rocket_queue.h"
#include "rocket_trace.h"
#include "rocket_vm.h"

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
 * leave there makes another's hang or be wrong. Trouble that is reported by now
 * is not this job's, but of one that was over before all of it was. A core whose
 * reset does not take still gets the job: if it is broken, recovery says so.
 */
static int rocket_job_attach(struct rocket_core *core, struct rocket_vm *vm)
{
	int ret;

	if (!READ_ONCE(core->powered))
		return -EIO;
	if (core->vm == vm && READ_ONCE(core->trouble) == ROCKET_TROUBLE_NONE)
		return 0;
	rocket_core_reset(core);
	ret = rocket_vm_attach(vm, core);
	if (ret) {
		dev_err_ratelimited(core->dev, "cannot attach address space: %d\n", ret);
		return -EIO;
	}
	return 0;
}

/* Return: 0; -EAGAIN if the core has got into trouble again; -EIO without power. */
static int rocket_job_begin(struct rocket_core *core, struct rocket_job *job)
{
	guard(spinlock_irqsave)(&core->lock);

	if (!core->powered)
		return -EIO;
	if (core->trouble != ROCKET_TROUBLE_NONE)
		return -EAGAIN;

	core->job = job;
	core->job_started_ns = ktime_get_ns();
	rocket_job_start_task(core, job);
	return 0;
}

/**
 * rocket_job_run() - start a job whose turn it is
 * @job: the job; its core runs nothing
 *
 * Return: fence of the job, with a reference, or an error pointer when it cannot
 * run: then the fence is signalled with that error.
 */
struct dma_fence *rocket_job_run(struct rocket_job *job)
{
	struct rocket_core *core = job->core;
	int ret;

	job->waiting = false;
	rocket_queue_started(job->file, core->index);

	do {
		ret = rocket_job_attach(core, job->file->vm);
		if (!ret)
			ret = rocket_job_begin(core, job);
	} while (ret == -EAGAIN);
	if (!ret)
		return dma_fence_get(job->done);

	atomic_inc(&job->file->cancelled);
	dma_fence_set_error(job->done, ret);
	dma_fence_signal(job->done);
	return ERR_PTR(ret);
}

/**
 * rocket_job_take() - take the running job away from a core
 * @core: the core, locked
 *
 * Return: the job, whose fence the caller signals, or NULL.
 */
struct rocket_job *rocket_job_take(struct rocket_core *core)
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

/**
 * rocket_job_report() - have a core recovered
 * @core: the core, locked
 * @trouble: why
 */
void rocket_job_report(struct rocket_core *core, enum rocket_trouble trouble)
{
	lockdep_assert_held(&core->lock);

	/* The first report counts: a core in trouble may report anything. */
	if (core->trouble == ROCKET_TROUBLE_NONE) {
		core->trouble = trouble;
		queue_work(core->recovery_wq, &core->recovery_work);
	}
}

/**
 * rocket_job_advance() - handle the end of a task, if there is one
 * @core: the core, locked
 * @events: set to what the core said; 0 for nothing
 *
 * Return: fence of a job that is done, with a reference, to be signalled without
 * the lock; else NULL.
 */
struct dma_fence *rocket_job_advance(struct rocket_core *core, u32 *events)
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
