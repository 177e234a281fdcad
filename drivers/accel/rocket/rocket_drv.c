// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Overview
 *
 * The driver schedules and isolates; it does not understand what it runs. A
 * client hands over register command streams by address; the kernel picks a
 * core, attaches the client's address space to it and starts one task after the
 * other.
 *
 * =================  ========================================================
 * rocket_drv.c       module, DRM driver, ioctl table
 * rocket_device.c    the set of cores behind one DRM device
 * rocket_core.c      resources, power and clocks of one core
 * rocket_hw.c        its registers
 * rocket_gem.c       buffer objects
 * rocket_vm.c        address spaces and mappings
 * rocket_submit.c    user structures to jobs
 * rocket_queue.c     which core a job goes to and what it waits for
 * rocket_job.c       a job from its creation to its end
 * rocket_sched.c     one job after the other, time limit, recovery
 * rocket_dump.c      what is left of a job that failed
 * =================  ========================================================
 */

#include <kunit/visibility.h>
#include <linux/module.h>

#include <drm/drm_accel.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_print.h>
#include <drm/rocket_accel.h>

#include "rocket_core.h"
#include "rocket_device.h"
#include "rocket_drv.h"
#include "rocket_gem.h"
#include "rocket_queue.h"
#include "rocket_submit.h"

static int rocket_drv_open(struct drm_device *drm, struct drm_file *file)
{
	struct rocket_file *rfile;

	rfile = rocket_queue_open(to_rocket_device(drm), file->client_id);
	if (IS_ERR(rfile))
		return PTR_ERR(rfile);

	file->driver_priv = rfile;
	return 0;
}

static void rocket_drv_postclose(struct drm_device *drm, struct drm_file *file)
{
	rocket_queue_close(file->driver_priv);
}

static const struct drm_ioctl_desc rocket_drv_ioctls[] = {
	DRM_IOCTL_DEF_DRV(ROCKET_CREATE_BO, rocket_gem_create_ioctl, 0),
	DRM_IOCTL_DEF_DRV(ROCKET_SUBMIT, rocket_submit_ioctl, 0),
	DRM_IOCTL_DEF_DRV(ROCKET_PREP_BO, rocket_gem_prep_ioctl, 0),
	DRM_IOCTL_DEF_DRV(ROCKET_FINI_BO, rocket_gem_fini_ioctl, 0),
};

/* What /proc/PID/fdinfo says of a file. The counts rise before the job's fence is signalled. */
static void rocket_drv_show_fdinfo(struct drm_printer *p, struct drm_file *file)
{
	struct rocket_file *rfile = file->driver_priv;

	drm_printf(p, "drm-engine-npu:\t%llu ns\n", rocket_queue_busy_ns(rfile));
	drm_printf(p, "drm-engine-capacity-npu:\t%u\n", rocket_device_core_count(rfile->rdev));
	drm_printf(p, "rocket-hangs:\t%u\n", atomic_read(&rfile->hangs));
	drm_printf(p, "rocket-faults:\t%u\n", atomic_read(&rfile->faults));
	drm_printf(p, "rocket-cancelled:\t%u\n", atomic_read(&rfile->cancelled));
	drm_show_memory_stats(p, file);
}

static const struct file_operations rocket_drv_fops = {
	.owner = THIS_MODULE,
	DRM_ACCEL_FOPS,
	.show_fdinfo = drm_show_fdinfo,
};

const struct drm_driver rocket_drm_driver = {
	.driver_features = DRIVER_COMPUTE_ACCEL | DRIVER_GEM,
	.open = rocket_drv_open,
	.postclose = rocket_drv_postclose,
	.show_fdinfo = rocket_drv_show_fdinfo,
	.gem_create_object = rocket_gem_create_object,
	.ioctls = rocket_drv_ioctls,
	.num_ioctls = ARRAY_SIZE(rocket_drv_ioctls),
	.fops = &rocket_drv_fops,
	.name = "rocket",
	.desc = "rocket DRM",
};
EXPORT_SYMBOL_IF_KUNIT(rocket_drm_driver);

static int __init rocket_drv_init(void)
{
	int ret;

	ret = rocket_device_init();
	if (ret)
		return ret;

	ret = rocket_core_register();
	if (ret)
		rocket_device_exit();
	return ret;
}
module_init(rocket_drv_init);

static void __exit rocket_drv_exit(void)
{
	rocket_core_unregister();
	rocket_device_exit();
}
module_exit(rocket_drv_exit);

MODULE_AUTHOR("The rocket authors");
MODULE_DESCRIPTION("Driver for the Rockchip RK3588 NPU");
MODULE_LICENSE("GPL");
