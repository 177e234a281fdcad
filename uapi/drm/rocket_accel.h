/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

#ifndef _UAPI_ROCKET_ACCEL_H_
#define _UAPI_ROCKET_ACCEL_H_

#include "drm.h"

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * DOC: User interface
 *
 * One node, /dev/accel/accel*, stands for all cores of the NPU. The name that
 * DRM_IOCTL_VERSION reports is "rocket"; select the node by it.
 *
 * Every open file has its own device address space. An address that
 * DRM_IOCTL_ROCKET_CREATE_BO returned is valid in jobs of that file only and
 * for as long as the handle exists; jobs submitted before the handle was
 * closed may still use it. Device address 0 is never handed out.
 *
 * Rules for changes: structures never change their layout. &struct
 * drm_rocket_job and &struct drm_rocket_task may grow at the end, which is why
 * user space passes their sizes. Fields called reserved must be zero and are
 * checked. New ioctls start at 0x10. The layout is the same for 32-bit and
 * 64-bit callers.
 */

#define DRM_ROCKET_CREATE_BO			0x00
#define DRM_ROCKET_SUBMIT			0x01
#define DRM_ROCKET_PREP_BO			0x02
#define DRM_ROCKET_FINI_BO			0x03

#define DRM_IOCTL_ROCKET_CREATE_BO \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_ROCKET_CREATE_BO, struct drm_rocket_create_bo)
#define DRM_IOCTL_ROCKET_SUBMIT \
	DRM_IOW(DRM_COMMAND_BASE + DRM_ROCKET_SUBMIT, struct drm_rocket_submit)
#define DRM_IOCTL_ROCKET_PREP_BO \
	DRM_IOW(DRM_COMMAND_BASE + DRM_ROCKET_PREP_BO, struct drm_rocket_prep_bo)
#define DRM_IOCTL_ROCKET_FINI_BO \
	DRM_IOW(DRM_COMMAND_BASE + DRM_ROCKET_FINI_BO, struct drm_rocket_fini_bo)

/**
 * struct drm_rocket_create_bo - create a buffer object
 *
 * The memory is zeroed, pinned and cached; it is mapped read and write at
 * @dma_address for jobs of this file. Close the handle with
 * DRM_IOCTL_GEM_CLOSE.
 *
 * Errors: EINVAL for size 0; ENOMEM without memory; ENOSPC when the device
 * address space of the file has no hole of that size.
 */
struct drm_rocket_create_bo {
	/** @size: size in bytes, rounded up to the page size of the CPU */
	__u32 size;

	/** @handle: returned GEM handle */
	__u32 handle;

	/** @dma_address: returned device address, below 4 GiB and never 0 */
	__u64 dma_address;

	/** @offset: returned offset for mmap() on the same file */
	__u64 offset;
};

/**
 * struct drm_rocket_prep_bo - begin CPU access to a buffer object
 *
 * Waits until no job reads or writes the object, then makes what the NPU wrote
 * visible to the CPU. Returns 0 also when the last job that wrote the object
 * failed.
 *
 * Errors: EINVAL for a non-zero @reserved; ENOENT for an unknown handle; EBUSY
 * when the object is busy and the deadline was 0 or in the past; ETIMEDOUT when
 * the deadline passed while waiting; EINTR after a signal.
 */
struct drm_rocket_prep_bo {
	/** @handle: GEM handle */
	__u32 handle;

	/** @reserved: must be zero */
	__u32 reserved;

	/**
	 * @timeout_ns: absolute CLOCK_MONOTONIC deadline in nanoseconds;
	 * 0 polls, INT64_MAX waits for ever
	 */
	__s64 timeout_ns;
};

/**
 * struct drm_rocket_fini_bo - end CPU access to a buffer object
 *
 * Makes what the CPU wrote visible to the NPU. Does not wait.
 *
 * Errors: EINVAL for a non-zero @reserved; ENOENT for an unknown handle.
 */
struct drm_rocket_fini_bo {
	/** @handle: GEM handle */
	__u32 handle;

	/** @reserved: must be zero */
	__u32 reserved;
};

/**
 * struct drm_rocket_task - one register program
 *
 * A task is done when the DPU or the PPU of its core reports the end of a group,
 * whichever comes first; streams in which neither does run into the time limit.
 */
struct drm_rocket_task {
	/** @regcmd: device address of the register commands, 16-byte aligned */
	__u32 regcmd;

	/**
	 * @regcmd_count: number of 64-bit register commands, 1 to 131072,
	 * link and enable commands at the end included
	 */
	__u32 regcmd_count;
};

/**
 * struct drm_rocket_job - tasks that run in order on one core
 *
 * The lists name the objects whose contents order this job against others: it
 * waits for earlier writers of its inputs and for all earlier users of its
 * outputs. Jobs that are not ordered by their lists may run at the same time on
 * different cores. A job without any object stays in order with all jobs of
 * its file. Command buffers, weights and other memory that nobody writes need
 * not be listed. An object may be listed more than once and in both lists.
 *
 * A job that makes no progress for the time limit (500 ms unless configured
 * otherwise), uses an address that is not mapped, or gets a bus error is
 * stopped: the fences of its objects carry the error, later jobs go on.
 */
struct drm_rocket_job {
	/** @tasks: pointer to an array of &struct drm_rocket_task */
	__u64 tasks;

	/** @in_bo_handles: pointer to an array of u32 handles that are read */
	__u64 in_bo_handles;

	/** @out_bo_handles: pointer to an array of u32 handles that are written */
	__u64 out_bo_handles;

	/** @task_count: number of tasks, 1 to 65536 */
	__u32 task_count;

	/** @task_struct_size: distance of two tasks in bytes, at least 8 */
	__u32 task_struct_size;

	/** @in_bo_handle_count: number of handles that are read, up to 4096 */
	__u32 in_bo_handle_count;

	/** @out_bo_handle_count: number of handles that are written, up to 4096 */
	__u32 out_bo_handle_count;
};

/**
 * struct drm_rocket_submit - queue jobs
 *
 * Either all jobs are queued or none.
 *
 * Errors: EINVAL for a count, size, alignment or reserved field outside the
 * documented range; EFAULT for a bad pointer; ENOENT for an unknown handle;
 * ENOMEM without memory; EINTR after a signal; ENODEV when no core is left;
 * another error when no core could be powered.
 */
struct drm_rocket_submit {
	/** @jobs: pointer to an array of &struct drm_rocket_job */
	__u64 jobs;

	/** @job_count: number of jobs, up to 4096; 0 succeeds at once */
	__u32 job_count;

	/** @job_struct_size: distance of two jobs in bytes, at least 40 */
	__u32 job_struct_size;

	/** @reserved: must be zero */
	__u64 reserved;
};

#if defined(__cplusplus)
}
#endif

#endif /* _UAPI_ROCKET_ACCEL_H_ */
