// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Buffer objects
 *
 * Buffers are cached shmem memory, pinned from creation on. The NPU does not
 * snoop CPU caches: PREP waits for jobs and invalidates, FINI cleans. Cache
 * maintenance goes through the software parent device, which has direct DMA
 * operations; device addresses are the business of rocket_vm.c.
 */

#include <kunit/visibility.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>
#include <drm/drm_utils.h>
#include <drm/drm_vma_manager.h>
#include <drm/rocket_accel.h>

#include "rocket_gem.h"
#include "rocket_queue.h"
#include "rocket_vm.h"

static int rocket_gem_open(struct drm_gem_object *obj, struct drm_file *file)
{
	struct rocket_file *rfile = file->driver_priv;

	return rocket_vm_map(rfile->vm, to_rocket_bo(obj));
}

static void rocket_gem_close(struct drm_gem_object *obj, struct drm_file *file)
{
	struct rocket_file *rfile = file->driver_priv;

	rocket_vm_unmap(rfile->vm, to_rocket_bo(obj));
}

/* All memory is pinned. */
static enum drm_gem_object_status rocket_gem_status(struct drm_gem_object *obj)
{
	return DRM_GEM_OBJECT_RESIDENT;
}

static const struct drm_gem_object_funcs rocket_gem_funcs = {
	.free = drm_gem_shmem_object_free,
	.status = rocket_gem_status,
	.open = rocket_gem_open,
	.close = rocket_gem_close,
	.print_info = drm_gem_shmem_object_print_info,
	.pin = drm_gem_shmem_object_pin,
	.unpin = drm_gem_shmem_object_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = drm_gem_shmem_object_vmap,
	.vunmap = drm_gem_shmem_object_vunmap,
	.mmap = drm_gem_shmem_object_mmap,
	.vm_ops = &drm_gem_shmem_vm_ops,
};

/**
 * rocket_gem_create_object() - allocate an object for the shmem helper
 * @drm: DRM device
 * @size: size in bytes
 *
 * Return: the zeroed object, or an error pointer.
 */
struct drm_gem_object *rocket_gem_create_object(struct drm_device *drm, size_t size)
{
	struct rocket_bo *bo = kzalloc_obj(*bo, GFP_KERNEL_ACCOUNT);

	if (!bo)
		return ERR_PTR(-ENOMEM);

	INIT_LIST_HEAD(&bo->mappings);
	bo->base.base.funcs = &rocket_gem_funcs;
	return &bo->base.base;
}

/**
 * rocket_gem_pin() - make the pages of an object resident
 * @bo: object
 *
 * The NPU gets the pages by physical address, cache maintenance by the DMA
 * address of the parent device. A bounce buffer would make them differ.
 *
 * Return: the pages, or an error pointer.
 */
struct sg_table *rocket_gem_pin(struct rocket_bo *bo)
{
	struct drm_device *drm = bo->base.base.dev;
	struct scatterlist *sg;
	struct sg_table *sgt;
	unsigned int i;

	sgt = drm_gem_shmem_get_pages_sgt(&bo->base);
	if (IS_ERR(sgt))
		return sgt;

	for_each_sgtable_dma_sg(sgt, sg, i) {
		if (sg_dma_address(sg) != sg_phys(sg)) {
			drm_err_once(drm, "buffers are bounced: boot without swiotlb=force\n");
			return ERR_PTR(-EOPNOTSUPP);
		}
	}
	return sgt;
}

/**
 * rocket_gem_create_ioctl() - DRM_IOCTL_ROCKET_CREATE_BO
 * @drm: DRM device
 * @data: &struct drm_rocket_create_bo
 * @file: caller
 *
 * Return: 0 or a negative errno.
 */
int rocket_gem_create_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_rocket_create_bo *args = data;
	struct rocket_file *rfile = file->driver_priv;
	struct drm_gem_shmem_object *shmem;
	struct drm_gem_object *obj;
	int ret;

	if (!args->size)
		return -EINVAL;

	shmem = drm_gem_shmem_create(drm, args->size);
	/* ENOSPC would say that the address space is full; shmem says so of its inodes. */
	if (IS_ERR(shmem))
		return PTR_ERR(shmem) == -ENOSPC ? -ENOMEM : PTR_ERR(shmem);
	obj = &shmem->base;

	ret = drm_gem_handle_create(file, obj, &args->handle);
	if (!ret) {
		args->dma_address = rocket_vm_iova(rfile->vm, to_rocket_bo(obj));
		args->offset = drm_vma_node_offset_addr(&obj->vma_node);
	}
	drm_gem_object_put(obj);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(rocket_gem_create_ioctl);

/**
 * rocket_gem_prep_ioctl() - DRM_IOCTL_ROCKET_PREP_BO
 * @drm: DRM device
 * @data: &struct drm_rocket_prep_bo
 * @file: caller
 *
 * Waits for readers as well: what the CPU writes next must not reach a job that
 * still reads. A failed writer is no error here.
 *
 * Return: 0 or a negative errno.
 */
int rocket_gem_prep_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_rocket_prep_bo *args = data;
	struct drm_gem_object *obj;
	long timeout, left;

	if (args->reserved)
		return -EINVAL;

	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;

	timeout = drm_timeout_abs_to_jiffies(args->timeout_ns);
	left = dma_resv_wait_timeout(obj->resv, DMA_RESV_USAGE_READ, true, timeout);
	/* Jiffies lag behind the clock when ticks come late. */
	while (!left && ktime_get() < args->timeout_ns)
		left = dma_resv_wait_timeout(obj->resv, DMA_RESV_USAGE_READ, true,
					     drm_timeout_abs_to_jiffies(args->timeout_ns));
	if (!left)
		left = timeout ? -ETIMEDOUT : -EBUSY;
	else if (left > 0)
		dma_sync_sgtable_for_cpu(drm->dev, to_rocket_bo(obj)->base.sgt, DMA_BIDIRECTIONAL);

	drm_gem_object_put(obj);
	return min(left, 0);
}
EXPORT_SYMBOL_IF_KUNIT(rocket_gem_prep_ioctl);

/**
 * rocket_gem_fini_ioctl() - DRM_IOCTL_ROCKET_FINI_BO
 * @drm: DRM device
 * @data: &struct drm_rocket_fini_bo
 * @file: caller
 *
 * Return: 0 or a negative errno.
 */
int rocket_gem_fini_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_rocket_fini_bo *args = data;
	struct drm_gem_object *obj;

	if (args->reserved)
		return -EINVAL;

	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;

	dma_sync_sgtable_for_device(drm->dev, to_rocket_bo(obj)->base.sgt, DMA_BIDIRECTIONAL);

	drm_gem_object_put(obj);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(rocket_gem_fini_ioctl);
