// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Ordering and placement
 *
 * Decides which core a job goes to and what it waits for. A file has one
 * scheduler entity per core, so that jobs which do not depend on each other can
 * run at the same time.
 *
 * Order comes from the objects a job lists: it waits for earlier writers of what
 * it reads and for all earlier users of what it writes, on any file and, through
 * dma-bufs, in any driver. A job without objects waits for all jobs of its file,
 * and all later ones wait for it. A job goes to the core of a job it waits for,
 * where its turn comes without a detour; else to the core with the fewest jobs,
 * and among equals to one that is attached to the file's address space.
 *
 * Which file's job a core takes next is up to the DRM scheduler. By default who
 * came first is served first: a job waits for all that others have queued on its
 * core before it, and for nothing that they queue later. With the parameter
 * gpu_sched.sched_policy=0 files take turns.
 *
 * Submission has two phases under the reservation locks of all objects. The
 * first prepares every job and may fail; jobs of the same submission wait for
 * each other's driver fence, which exists before the scheduler's. The second
 * publishes all jobs and cannot fail. They go to the scheduler in the same order
 * without the reservations, still under the file's lock.
 *
 * Lock order: &rocket_file.lock, &rocket_device.lock, reservations,
 * &rocket_vm.lock, &rocket_core.lock.
 */

#include <kunit/visibility.h>
#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_exec.h>

#include "rocket_core.h"
#include "rocket_gem.h"
#include "rocket_job.h"
#include "rocket_queue.h"
#include "rocket_sched.h"
#include "rocket_vm.h"

/* An exiting process does not wait longer for its jobs to start. */
#define ROCKET_CLOSE_MS		1000

/*
 * A submission adds fences of at most one context per core to an object; each
 * context can need two slots, for reading after writing.
 */
#define ROCKET_RESV_SLOTS	(2 * ROCKET_MAX_CORES)

/**
 * struct rocket_order - newest jobs of a file while a submission is prepared
 * @last: fence of the newest job by core, or NULL
 * @barrier: fence of the newest job without objects, or NULL
 */
struct rocket_order {
	struct dma_fence *last[ROCKET_MAX_CORES];
	struct dma_fence *barrier;
};

/**
 * rocket_queue_open() - make what an open file needs
 * @rdev: the NPU
 * @client: client number
 *
 * Return: the file, or an error pointer.
 */
struct rocket_file *rocket_queue_open(struct rocket_device *rdev, u64 client)
{
	struct rocket_file *file;

	file = kzalloc_obj(*file);
	if (!file)
		return ERR_PTR(-ENOMEM);

	guard(rwsem_write)(&rdev->lock);

	file->vm = ERR_PTR(-ENODEV);
	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++) {
		if (rdev->cores[i] && rdev->cores[i]->online) {
			file->vm = rocket_vm_create(rdev, rdev->cores[i], client);
			break;
		}
	}
	if (IS_ERR(file->vm)) {
		struct rocket_file *err = ERR_CAST(file->vm);

		kfree(file);
		return err;
	}

	kref_init(&file->ref);
	mutex_init(&file->lock);
	init_waitqueue_head(&file->started);
	file->client = client;
	file->rdev = rdev;
	list_add(&file->link, &rdev->files);
	return file;
}
EXPORT_SYMBOL_IF_KUNIT(rocket_queue_open);

static void rocket_file_release(struct kref *ref)
{
	struct rocket_file *file = container_of(ref, struct rocket_file, ref);

	rocket_vm_put(file->vm);
	mutex_destroy(&file->lock);
	kfree_rcu(file, rcu);
}

/**
 * rocket_file_get() - take a reference
 * @file: the file
 *
 * Return: @file.
 */
struct rocket_file *rocket_file_get(struct rocket_file *file)
{
	kref_get(&file->ref);
	return file;
}

/**
 * rocket_file_put() - drop a reference
 * @file: the file
 */
void rocket_file_put(struct rocket_file *file)
{
	kref_put(&file->ref, rocket_file_release);
}

/**
 * rocket_queue_started() - a job does not wait any more
 * @file: its file
 * @index: number of its core
 */
void rocket_queue_started(struct rocket_file *file, unsigned int index)
{
	if (atomic_dec_and_test(&file->queues[index].waiting))
		wake_up_all(&file->started);
}

static bool rocket_queue_all_started(struct rocket_file *file)
{
	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++)
		if (atomic_read(&file->queues[i].waiting))
			return false;
	return true;
}

/**
 * rocket_queue_kill() - end all jobs of a file that wait for a core
 * @file: the file
 * @index: number of the core
 *
 * The caller holds the device's lock for writing. The jobs end with -ESRCH when
 * what they depend on is done.
 *
 * The scheduler must not be taking a job from the queue meanwhile: it would put
 * the entity back into its tree after that was taken out (drm_sched of 7.2), and
 * the file is freed with it.
 */
void rocket_queue_kill(struct rocket_file *file, unsigned int index)
{
	struct rocket_core *core = file->rdev->cores[index];
	struct rocket_queue *queue = &file->queues[index];

	lockdep_assert_held_write(&file->rdev->lock);

	if (!queue->live)
		return;

	rocket_sched_hold(core);
	/* Now: the scheduler signals the jobs' fences before it gives them back. */
	atomic_add(atomic_read(&queue->waiting), &file->cancelled);
	drm_sched_entity_fini(&queue->entity);
	rocket_sched_release(core);
	queue->live = false;
}
EXPORT_SYMBOL_IF_KUNIT(rocket_queue_kill);

/**
 * rocket_queue_busy_ns() - how long jobs of a file ran
 * @file: the file
 *
 * Return: the sum over all cores; it never goes back.
 */
u64 rocket_queue_busy_ns(struct rocket_file *file)
{
	struct rocket_device *rdev = file->rdev;
	u64 ns = 0;

	guard(rwsem_read)(&rdev->lock);

	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++)
		ns += rdev->cores[i] ? rocket_job_busy_ns(rdev->cores[i], file) :
				       file->queues[i].busy_ns;
	return ns;
}

/**
 * rocket_queue_close() - the file is closed
 * @file: the file
 *
 * A living process waits until its jobs have been started, or it is killed; an
 * exiting one does so for a limited time. What still waits then is cancelled,
 * what runs is left to finish.
 */
void rocket_queue_close(struct rocket_file *file)
{
	struct rocket_device *rdev = file->rdev;

	if (current->flags & PF_EXITING)
		wait_event_timeout(file->started, rocket_queue_all_started(file),
				   msecs_to_jiffies(ROCKET_CLOSE_MS));
	else
		wait_event_killable(file->started, rocket_queue_all_started(file));

	scoped_guard(rwsem_write, &rdev->lock) {
		list_del(&file->link);
		for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++)
			rocket_queue_kill(file, i);
	}

	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++)
		dma_fence_put(file->queues[i].last);
	dma_fence_put(file->barrier);
	rocket_file_put(file);
}
EXPORT_SYMBOL_IF_KUNIT(rocket_queue_close);

/* The core on which the newest fence of a reservation object is still to come, or NULL. */
static struct rocket_core *rocket_queue_busy_core(struct rocket_device *rdev, struct dma_resv *resv,
						  enum dma_resv_usage usage)
{
	struct dma_resv_iter cursor;
	struct dma_fence *fence;

	dma_resv_for_each_fence(&cursor, resv, usage, fence) {
		struct drm_sched_fence *s_fence = to_drm_sched_fence(fence);

		if (!s_fence || dma_fence_is_signaled(fence))
			continue;
		for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++)
			if (rdev->cores[i] && s_fence->sched == &rdev->cores[i]->sched)
				return rdev->cores[i];
	}
	return NULL;
}

/* A core with a job that @job waits for, or NULL. */
static struct rocket_core *rocket_queue_dependency_core(struct rocket_job *job)
{
	struct rocket_device *rdev = job->file->rdev;
	struct rocket_core *core;

	for (unsigned int i = 0; i < job->bo_count; i++) {
		struct rocket_bo *bo = job->bos[i].bo;
		bool write = i >= job->in_count;

		if (bo->writer)
			return bo->writer->core;
		if (write && bo->readers)
			return bo->readers->job->core;
		core = rocket_queue_busy_core(rdev, bo->base.base.resv, dma_resv_usage_rw(write));
		if (core)
			return core;
	}
	return NULL;
}

/*
 * Smaller is better: jobs first, then what attaching would cost. A core whose
 * reset did not take is the last resort; when its power was off since, it gets
 * another try if the others are busy.
 */
static unsigned int rocket_queue_cost(struct rocket_file *file, struct rocket_core *core)
{
	struct rocket_vm *vm = READ_ONCE(core->vm);
	unsigned int cost = 3 * READ_ONCE(core->load);

	if (vm != file->vm)
		cost += vm ? 2 : 1;
	if (READ_ONCE(core->unreliable))
		cost += READ_ONCE(core->powered) ? UINT_MAX / 2 : 3;
	return cost;
}

static struct rocket_core *rocket_queue_pick(struct rocket_job *job, unsigned long tried)
{
	struct rocket_device *rdev = job->file->rdev;
	struct rocket_core *core, *best = NULL;
	unsigned int best_cost = 0;

	core = rocket_queue_dependency_core(job);
	if (core && core->online && !READ_ONCE(core->unreliable) && !test_bit(core->index, &tried))
		return core;

	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++) {
		unsigned int cost;

		core = rdev->cores[i];
		if (!core || !core->online || test_bit(i, &tried))
			continue;

		cost = rocket_queue_cost(job->file, core);
		if (!best || cost < best_cost) {
			best = core;
			best_cost = cost;
		}
	}
	return best;
}

/* Find a core for the job that can be powered. */
static int rocket_queue_place(struct rocket_job *job)
{
	unsigned long tried = 0;
	int ret = -ENODEV;

	for (;;) {
		struct rocket_core *core = rocket_queue_pick(job, tried);
		int err;

		if (!core)
			return ret;

		__set_bit(core->index, &tried);
		err = rocket_core_get(core);
		if (err) {
			ret = err;
			continue;
		}
		/* Does it still hang, and is there another one? */
		if (!READ_ONCE(core->unreliable) || !rocket_queue_pick(job, tried))
			return rocket_job_place(job, core, &job->file->queues[core->index]);
		rocket_core_put(core);
	}
}

/* Nothing to do if the queue keeps the order anyway. */
static int rocket_queue_depend(struct rocket_job *job, struct dma_fence *fence)
{
	if (!fence || fence->context == job->done->context || dma_fence_is_signaled(fence))
		return 0;

	return drm_sched_job_add_dependency(&job->base, dma_fence_get(fence));
}

static int rocket_queue_depend_bo(struct rocket_job *job, unsigned int i)
{
	struct rocket_bo *bo = job->bos[i].bo;
	bool write = i >= job->in_count;
	int ret;

	/* Jobs of earlier submissions. */
	ret = drm_sched_job_add_implicit_dependencies(&job->base, &bo->base.base, write);
	if (ret)
		return ret;

	/* Jobs of this one. */
	if (bo->writer && bo->writer != job) {
		ret = rocket_queue_depend(job, bo->writer->done);
		if (ret)
			return ret;
	}
	if (!write)
		return 0;

	for (struct rocket_job_bo *reader = bo->readers; reader; reader = reader->next) {
		if (reader->job == job)
			continue;
		ret = rocket_queue_depend(job, reader->job->done);
		if (ret)
			return ret;
	}
	return 0;
}

/* An object that is listed again: the first time was enough. */
static bool rocket_queue_is_noted(struct rocket_job *job, unsigned int i)
{
	struct rocket_bo *bo = job->bos[i].bo;

	return bo->writer == job ||
	       (i < job->in_count && bo->readers && bo->readers->job == job);
}

static void rocket_queue_note_bo(struct rocket_job *job, unsigned int i)
{
	struct rocket_bo *bo = job->bos[i].bo;

	if (i < job->in_count) {
		job->bos[i].next = bo->readers;
		bo->readers = &job->bos[i];
	} else {
		bo->writer = job;
		bo->readers = NULL;
	}
}

static int rocket_queue_prepare(struct rocket_job *job, struct rocket_order *order)
{
	int ret;

	ret = rocket_queue_place(job);
	if (ret)
		return ret;

	for (unsigned int i = 0; i < job->bo_count; i++) {
		if (rocket_queue_is_noted(job, i))
			continue;
		ret = rocket_queue_depend_bo(job, i);
		if (ret)
			return ret;
		rocket_queue_note_bo(job, i);
	}

	if (job->bo_count) {
		ret = rocket_queue_depend(job, order->barrier);
		if (ret)
			return ret;
	} else {
		for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++) {
			ret = rocket_queue_depend(job, order->last[i]);
			if (ret)
				return ret;
		}
		order->barrier = job->done;
	}
	order->last[job->core->index] = job->done;
	return 0;
}

static void rocket_queue_set_fence(struct dma_fence **where, struct dma_fence *fence)
{
	dma_fence_put(*where);
	*where = dma_fence_get(fence);
}

static void rocket_queue_publish(struct rocket_job *job)
{
	struct rocket_file *file = job->file;
	struct dma_fence *finished;

	drm_sched_job_arm(&job->base);
	finished = &job->base.s_fence->finished;
	for (unsigned int i = 0; i < job->bo_count; i++)
		dma_resv_add_fence(job->bos[i].bo->base.base.resv, finished,
				   i < job->in_count ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_WRITE);

	rocket_queue_set_fence(&file->queues[job->core->index].last, job->done);
	if (!job->bo_count)
		rocket_queue_set_fence(&file->barrier, job->done);
}

/* The job belongs to the scheduler afterwards and may be gone already. */
static void rocket_queue_push(struct rocket_job *job)
{
	struct rocket_file *file = job->file;

	atomic_inc(&file->queues[job->core->index].waiting);
	job->waiting = true;
	drm_sched_entity_push_job(&job->base);
}

static int rocket_queue_lock(struct drm_exec *exec, struct rocket_job **jobs, unsigned int count)
{
	int ret = 0;

	drm_exec_until_all_locked(exec) {
		for (unsigned int i = 0; i < count; i++) {
			/* Lists may be long and repeat themselves. */
			if (fatal_signal_pending(current))
				return -EINTR;
			for (unsigned int j = 0; j < jobs[i]->bo_count; j++) {
				ret = drm_exec_prepare_obj(exec, &jobs[i]->bos[j].bo->base.base,
							   ROCKET_RESV_SLOTS);
				drm_exec_retry_on_contention(exec);
				if (ret)
					return ret;
			}
		}
	}
	return 0;
}

/**
 * rocket_queue_jobs() - queue the jobs of a submission
 * @file: file that submits them
 * @jobs: jobs in order; they belong to the scheduler if this succeeds, else to the caller
 * @count: number of jobs
 *
 * Return: 0, or a negative errno, after which none of the jobs was queued.
 */
int rocket_queue_jobs(struct rocket_file *file, struct rocket_job **jobs, unsigned int count)
{
	struct rocket_order order;
	struct drm_gem_object *obj;
	struct drm_exec exec;
	int ret;

	if (mutex_lock_interruptible(&file->lock))
		return -ERESTARTSYS;
	down_read(&file->rdev->lock);
	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT | DRM_EXEC_IGNORE_DUPLICATES, 0);

	ret = rocket_queue_lock(&exec, jobs, count);
	if (ret)
		goto unlock;

	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++)
		order.last[i] = file->queues[i].last;
	order.barrier = file->barrier;

	for (unsigned int i = 0; i < count && !ret; i++)
		ret = rocket_queue_prepare(jobs[i], &order);
	for (unsigned int i = 0; i < count && !ret; i++)
		rocket_queue_publish(jobs[i]);

	drm_exec_for_each_locked_object(&exec, obj) {
		to_rocket_bo(obj)->writer = NULL;
		to_rocket_bo(obj)->readers = NULL;
	}
unlock:
	drm_exec_fini(&exec);
	/*
	 * Not before: a job that is done puts its objects, and to free one takes
	 * its reservation, which must not happen under those of others.
	 */
	for (unsigned int i = 0; i < count && !ret; i++)
		rocket_queue_push(jobs[i]);
	up_read(&file->rdev->lock);
	mutex_unlock(&file->lock);
	/* Nothing was queued: a call that a signal interrupted can be repeated. */
	return ret == -EINTR ? -ERESTARTSYS : ret;
}
