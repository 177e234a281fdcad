// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: One device of several cores
 *
 * Each core is a device of its own in the device tree; users see one DRM
 * device. It appears with the first core that is ready and is unplugged with
 * the last one that leaves. Cores that come later serve files that are already
 * open, and files outlive cores that go.
 *
 * The parent is a software device without a driver. It stays while the module
 * is loaded, so what belongs to one DRM device is kept in a devres group.
 */

#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include "rocket_core.h"
#include "rocket_debugfs.h"
#include "rocket_device.h"
#include "rocket_drv.h"
#include "rocket_job.h"
#include "rocket_queue.h"
#include "rocket_sched.h"

static struct platform_device *rocket_parent;

/* Covers rocket_npu and the coming and going of cores. */
static DEFINE_MUTEX(rocket_npu_lock);
static struct rocket_device *rocket_npu;

/**
 * rocket_device_init() - make the parent device
 *
 * Return: 0 or a negative errno.
 */
int rocket_device_init(void)
{
	const struct platform_device_info info = {
		.name = "rknn",
		.id = PLATFORM_DEVID_NONE,
		.dma_mask = DMA_BIT_MASK(ROCKET_DMA_BITS),
	};

	rocket_parent = platform_device_register_full(&info);
	if (IS_ERR(rocket_parent))
		return PTR_ERR(rocket_parent);

	dma_set_max_seg_size(&rocket_parent->dev, UINT_MAX);
	return 0;
}

/**
 * rocket_device_exit() - remove the parent device
 *
 * All cores are gone, and with them the DRM device.
 */
void rocket_device_exit(void)
{
	platform_device_unregister(rocket_parent);
}

static struct rocket_device *rocket_device_create(void)
{
	struct device *parent = &rocket_parent->dev;
	struct rocket_device *rdev;

	if (!devres_open_group(parent, &rocket_npu, GFP_KERNEL))
		return ERR_PTR(-ENOMEM);

	rdev = devm_drm_dev_alloc(parent, &rocket_drm_driver, struct rocket_device, drm);
	if (IS_ERR(rdev)) {
		devres_release_group(parent, &rocket_npu);
		return rdev;
	}
	devres_close_group(parent, &rocket_npu);

	init_rwsem(&rdev->lock);
	spin_lock_init(&rdev->fault_lock);
	INIT_LIST_HEAD(&rdev->files);
	return rdev;
}

/* Files, objects and jobs may still hold the DRM device. */
static void rocket_device_drop(void)
{
	rocket_npu = NULL;
	devres_release_group(&rocket_parent->dev, &rocket_npu);
}

static void rocket_device_set_core(struct rocket_device *rdev, unsigned int index,
				   struct rocket_core *core)
{
	guard(rwsem_write)(&rdev->lock);
	guard(spinlock_irq)(&rdev->fault_lock);

	rdev->cores[index] = core;
}

static bool rocket_device_is_last(struct rocket_device *rdev, struct rocket_core *core)
{
	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++)
		if (rdev->cores[i] && rdev->cores[i] != core)
			return false;
	return true;
}

/**
 * rocket_device_add_core() - a core is ready for jobs
 * @core: the core
 *
 * Return: 0 or a negative errno.
 */
int rocket_device_add_core(struct rocket_core *core)
{
	bool first = false;
	int ret;

	guard(mutex)(&rocket_npu_lock);

	if (!rocket_npu) {
		struct rocket_device *rdev = rocket_device_create();

		if (IS_ERR(rdev))
			return PTR_ERR(rdev);
		rocket_npu = rdev;
		first = true;
	}

	core->rdev = rocket_npu;
	drm_dev_get(&rocket_npu->drm);

	core->online = true;
	rocket_device_set_core(rocket_npu, core->index, core);

	if (!first)
		return 0;

	rocket_debugfs_init(rocket_npu);
	ret = drm_dev_register(&rocket_npu->drm, 0);
	if (ret) {
		rocket_device_set_core(rocket_npu, core->index, NULL);
		rocket_device_drop();
		drm_dev_put(&core->rdev->drm);
		core->rdev = NULL;
	}
	return ret;
}

/**
 * rocket_device_remove_core() - a core takes no more jobs
 * @core: the core
 *
 * Returns when no job of the core is left: those that waited ended with
 * -ESRCH, the one that ran with -ENODEV.
 */
void rocket_device_remove_core(struct rocket_core *core)
{
	struct rocket_device *rdev = core->rdev;
	struct rocket_file *file;

	guard(mutex)(&rocket_npu_lock);

	if (rocket_device_is_last(rdev, core)) {
		drm_dev_unplug(&rdev->drm);
		rocket_device_drop();
	}

	scoped_guard(rwsem_write, &rdev->lock) {
		core->online = false;
		list_for_each_entry(file, &rdev->files, link)
			rocket_queue_kill(file, core->index);
	}
	rocket_sched_drain(core);
	rocket_device_set_core(rdev, core->index, NULL);
	/* No fault is reported any more; the last one may have disabled the interrupt. */
	flush_work(&core->recovery_work);

	core->rdev = NULL;
	drm_dev_put(&rdev->drm);
}

/**
 * rocket_device_fault() - an IOMMU refused an access
 * @rdev: the NPU
 * @iommu: the IOMMU
 * @iova: device address
 * @flags: IOMMU_FAULT_READ or IOMMU_FAULT_WRITE
 *
 * Runs in hard interrupt.
 */
void rocket_device_fault(struct rocket_device *rdev, struct device *iommu, unsigned long iova,
			 int flags)
{
	guard(spinlock_irqsave)(&rdev->fault_lock);

	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++) {
		struct rocket_core *core = rdev->cores[i];

		if (core && core->iommu == iommu)
			rocket_job_fault(core, iova, flags);
	}
}

/**
 * rocket_device_core_count() - bound cores
 * @rdev: the NPU
 *
 * Return: how many there are now.
 */
unsigned int rocket_device_core_count(struct rocket_device *rdev)
{
	unsigned int count = 0;

	guard(rwsem_read)(&rdev->lock);
	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++)
		count += !!rdev->cores[i];
	return count;
}
