// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Submission
 *
 * Turns user structures into jobs: copies each word once, checks it, and looks
 * up handles. All jobs of a submission are complete before rocket_queue.c gets
 * the first one, so a submission is queued as a whole or not at all, and can be
 * restarted after a signal. No lock is held while user memory is read. Touches
 * no hardware.
 */

#include <kunit/visibility.h>
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>
#include <drm/rocket_accel.h>

#include "rocket_gem.h"
#include "rocket_hw.h"
#include "rocket_job.h"
#include "rocket_queue.h"
#include "rocket_submit.h"

static_assert(sizeof(struct drm_rocket_create_bo) == 24);
static_assert(sizeof(struct drm_rocket_prep_bo) == 16);
static_assert(sizeof(struct drm_rocket_fini_bo) == 8);
static_assert(sizeof(struct drm_rocket_task) == 8);
static_assert(sizeof(struct drm_rocket_job) == 40);
static_assert(sizeof(struct drm_rocket_submit) == 24);
static_assert(DRM_IOCTL_ROCKET_CREATE_BO == 0xc0186440);
static_assert(DRM_IOCTL_ROCKET_SUBMIT == 0x40186441);
static_assert(DRM_IOCTL_ROCKET_PREP_BO == 0x40106442);
static_assert(DRM_IOCTL_ROCKET_FINI_BO == 0x40086443);

/* Element @i of a user array whose elements are @stride bytes apart. */
static void __user *rocket_submit_element(u64 base, u32 i, u32 stride)
{
	return u64_to_user_ptr(base + (u64)i * stride);
}

static int rocket_submit_task(const struct drm_rocket_task *utask, struct rocket_task *task)
{
	if (!IS_ALIGNED(utask->regcmd, ROCKET_REGCMD_ALIGN))
		return -EINVAL;
	if (!utask->regcmd_count || utask->regcmd_count > ROCKET_REGCMD_MAX)
		return -EINVAL;
	if (utask->regcmd + (u64)utask->regcmd_count * sizeof(u64) > SZ_4G)
		return -EINVAL;

	task->regcmd = utask->regcmd;
	task->count = utask->regcmd_count;
	return 0;
}

static int rocket_submit_tasks(const struct drm_rocket_job *ujob, struct rocket_job *job)
{
	job->tasks = kvmalloc_objs(*job->tasks, ujob->task_count,
				   GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!job->tasks)
		return -ENOMEM;

	for (u32 i = 0; i < ujob->task_count; i++) {
		struct drm_rocket_task utask;
		int ret;

		if (copy_from_user(&utask,
				   rocket_submit_element(ujob->tasks, i, ujob->task_struct_size),
				   sizeof(utask)))
			return -EFAULT;

		ret = rocket_submit_task(&utask, &job->tasks[i]);
		if (ret)
			return ret;
		job->task_count++;
	}
	return 0;
}

/* Appends the objects of one list to the job. */
static int rocket_submit_list(struct drm_file *file, u64 handles, u32 count, struct rocket_job *job)
{
	struct drm_gem_object **objs;
	int ret;

	ret = drm_gem_objects_lookup(file, u64_to_user_ptr(handles), count, &objs);
	if (ret)
		return ret;

	for (u32 i = 0; i < count; i++)
		job->bos[job->bo_count++] = (struct rocket_job_bo){
			.bo = to_rocket_bo(objs[i]),
			.job = job,
		};
	kvfree(objs);
	return 0;
}

static int rocket_submit_bos(struct drm_file *file, const struct drm_rocket_job *ujob,
			     struct rocket_job *job)
{
	u32 count = ujob->in_bo_handle_count + ujob->out_bo_handle_count;
	int ret;

	if (!count)
		return 0;

	job->bos = kvmalloc_objs(*job->bos, count, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!job->bos)
		return -ENOMEM;

	ret = rocket_submit_list(file, ujob->in_bo_handles, ujob->in_bo_handle_count, job);
	if (ret)
		return ret;
	job->in_count = job->bo_count;
	return rocket_submit_list(file, ujob->out_bo_handles, ujob->out_bo_handle_count, job);
}

static struct rocket_job *rocket_submit_job(struct drm_file *file,
					    const struct drm_rocket_job *ujob)
{
	struct rocket_job *job;
	int ret;

	if (!ujob->task_count || ujob->task_count > ROCKET_MAX_TASKS ||
	    ujob->task_struct_size < sizeof(struct drm_rocket_task) ||
	    ujob->in_bo_handle_count > ROCKET_MAX_BOS ||
	    ujob->out_bo_handle_count > ROCKET_MAX_BOS)
		return ERR_PTR(-EINVAL);

	job = rocket_job_create(file->driver_priv);
	if (!job)
		return ERR_PTR(-ENOMEM);

	ret = rocket_submit_tasks(ujob, job);
	if (!ret)
		ret = rocket_submit_bos(file, ujob, job);
	if (ret) {
		rocket_job_destroy(job);
		return ERR_PTR(ret);
	}
	return job;
}

/**
 * rocket_submit_ioctl() - DRM_IOCTL_ROCKET_SUBMIT
 * @drm: DRM device
 * @data: &struct drm_rocket_submit
 * @file: caller
 *
 * Return: 0 or a negative errno, after which nothing was queued.
 */
int rocket_submit_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_rocket_submit *args = data;
	struct drm_rocket_job *ujobs;
	struct rocket_job **jobs;
	u32 count = 0;
	int ret = 0;

	if (!args->job_count)
		return 0;

	if (args->job_struct_size < sizeof(*ujobs) || args->reserved ||
	    args->job_count > ROCKET_MAX_JOBS) {
		drm_dbg(drm, "submission of %u jobs of %u bytes, reserved %#llx\n",
			args->job_count, args->job_struct_size, args->reserved);
		return -EINVAL;
	}

	ujobs = kvmalloc_objs(*ujobs, args->job_count, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	jobs = kvmalloc_objs(*jobs, args->job_count, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!ujobs || !jobs) {
		ret = -ENOMEM;
		goto free_arrays;
	}

	for (u32 i = 0; i < args->job_count; i++) {
		if (copy_from_user(&ujobs[i],
				   rocket_submit_element(args->jobs, i, args->job_struct_size),
				   sizeof(*ujobs))) {
			ret = -EFAULT;
			goto free_arrays;
		}
	}

	while (count < args->job_count) {
		struct rocket_job *job = ERR_PTR(-EINTR);

		if (!fatal_signal_pending(current))
			job = rocket_submit_job(file, &ujobs[count]);
		if (IS_ERR(job)) {
			ret = PTR_ERR(job);
			drm_dbg(drm, "job %u of %u refused: %d\n", count, args->job_count, ret);
			goto destroy_jobs;
		}
		jobs[count++] = job;
	}

	ret = rocket_queue_jobs(file->driver_priv, jobs, count);
	if (!ret)
		goto free_arrays;

destroy_jobs:
	/* Backwards: a job may wait for those before it. */
	while (count--)
		rocket_job_destroy(jobs[count]);
free_arrays:
	kvfree(jobs);
	kvfree(ujobs);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(rocket_submit_ioctl);
