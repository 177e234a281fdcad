// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Address spaces
 *
 * Every open file has an IOMMU domain and hands out device addresses in it. A
 * mapping belongs to a file and an object: it is made when the file gets a
 * handle of the object and outlives the handle until all jobs that the file had
 * submitted by then are done, so that command buffers and weights, which jobs
 * do not list, can be closed right after submission.
 *
 * The waiting is done by epochs. Closing a handle ends the current epoch; a job
 * holds the epoch in which it was submitted, and each epoch holds the next one.
 *
 * This file also points a core's MMU at an address space. Who may do that and
 * when is the business of rocket_job.c.
 */

#include <kunit/visibility.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include "rocket_core.h"
#include "rocket_device.h"
#include "rocket_gem.h"
#include "rocket_trace.h"
#include "rocket_vm.h"

/*
 * No gap by default: the PC fetches pairs of commands, and existing streams are
 * not proven never to read a little past a buffer.
 */
static unsigned int guard_pages;
module_param(guard_pages, uint, 0644);
MODULE_PARM_DESC(guard_pages, "Unmapped pages after each buffer, to find accesses past its end (default 0)");

/**
 * struct rocket_mapping - an object in an address space
 * @link: entry of &rocket_bo.mappings while a handle exists
 * @vm: address space, holds a reference
 * @bo: object, holds a reference
 * @node: device addresses
 * @handles: handles of @bo in the file; under the reservation lock of @bo
 * @epoch: epoch that begins when the last of them is closed
 */
struct rocket_mapping {
	struct list_head link;
	struct rocket_vm *vm;
	struct rocket_bo *bo;
	struct drm_mm_node node;
	unsigned int handles;
	struct rocket_epoch *epoch;
};

static struct rocket_epoch *rocket_epoch_create(void)
{
	struct rocket_epoch *epoch = kzalloc_obj(*epoch, GFP_KERNEL_ACCOUNT);

	if (epoch)
		refcount_set(&epoch->refs, 1);
	return epoch;
}

/* Hard interrupt; @dev is the IOMMU, not the core. */
static int rocket_vm_fault(struct iommu_domain *domain, struct device *dev, unsigned long iova,
			   int flags, void *token)
{
	struct rocket_vm *vm = token;

	rocket_device_fault(vm->rdev, dev, iova, flags);
	return 0;
}

/**
 * rocket_vm_create() - make the address space of a file
 * @rdev: the NPU
 * @core: any of its cores; the address space works for all of them
 * @client: client number of the file
 *
 * The first page is left out: registers that a stream leaves at zero must fault
 * instead of reaching somebody's buffer.
 *
 * Return: the address space, or an error pointer.
 */
struct rocket_vm *rocket_vm_create(struct rocket_device *rdev, struct rocket_core *core,
				   u64 client)
{
	struct iommu_domain_geometry *geometry;
	struct rocket_vm *vm;
	u64 start;
	int ret;

	vm = kzalloc_obj(*vm);
	if (!vm)
		return ERR_PTR(-ENOMEM);

	vm->epoch = rocket_epoch_create();
	if (!vm->epoch) {
		ret = -ENOMEM;
		goto free_vm;
	}

	vm->domain = iommu_paging_domain_alloc(core->dev);
	if (IS_ERR(vm->domain)) {
		ret = PTR_ERR(vm->domain);
		goto free_epoch;
	}
	iommu_set_fault_handler(vm->domain, rocket_vm_fault, vm);

	/* Address registers of the NPU have 32 bits. */
	geometry = &vm->domain->geometry;
	start = max_t(u64, geometry->aperture_start, PAGE_SIZE);
	vm->size = min_t(u64, geometry->aperture_end, U32_MAX) + 1 - start;
	drm_mm_init(&vm->mm, start, vm->size);

	kref_init(&vm->ref);
	mutex_init(&vm->lock);
	drm_dev_get(&rdev->drm);
	vm->rdev = rdev;
	vm->client = client;
	return vm;

free_epoch:
	kfree(vm->epoch);
free_vm:
	kfree(vm);
	return ERR_PTR(ret);
}

static void rocket_vm_release(struct kref *ref)
{
	struct rocket_vm *vm = container_of(ref, struct rocket_vm, ref);

	rocket_vm_epoch_put(vm->epoch);
	drm_mm_takedown(&vm->mm);
	iommu_domain_free(vm->domain);
	mutex_destroy(&vm->lock);
	drm_dev_put(&vm->rdev->drm);
	kfree(vm);
}

/**
 * rocket_vm_get() - take a reference
 * @vm: address space
 *
 * Return: @vm.
 */
struct rocket_vm *rocket_vm_get(struct rocket_vm *vm)
{
	kref_get(&vm->ref);
	return vm;
}

/**
 * rocket_vm_put() - drop a reference
 * @vm: address space, or NULL
 */
void rocket_vm_put(struct rocket_vm *vm)
{
	if (vm)
		kref_put(&vm->ref, rocket_vm_release);
}

static struct rocket_mapping *rocket_vm_find(struct rocket_vm *vm, struct rocket_bo *bo)
{
	struct rocket_mapping *mapping;

	dma_resv_assert_held(bo->base.base.resv);

	list_for_each_entry(mapping, &bo->mappings, link)
		if (mapping->vm == vm)
			return mapping;
	return NULL;
}

static int rocket_mapping_enter(struct rocket_mapping *mapping, struct sg_table *sgt)
{
	struct rocket_vm *vm = mapping->vm;
	ssize_t mapped;
	int ret;

	guard(mutex)(&vm->lock);

	ret = drm_mm_insert_node(&vm->mm, &mapping->node, mapping->bo->base.base.size +
				 (u64)READ_ONCE(guard_pages) * PAGE_SIZE);
	if (ret)
		return ret;

	/* All pages or none. A reset holds the lock, too: it must not wait for memory. */
	mapped = iommu_map_sg(vm->domain, mapping->node.start, sgt->sgl, sgt->orig_nents,
			      IOMMU_READ | IOMMU_WRITE, GFP_NOWAIT);
	if (mapped >= 0)
		return 0;

	drm_mm_remove_node(&mapping->node);
	return mapped;
}

static void rocket_mapping_leave(struct rocket_mapping *mapping)
{
	struct rocket_vm *vm = mapping->vm;

	guard(mutex)(&vm->lock);

	iommu_unmap(vm->domain, mapping->node.start, mapping->bo->base.base.size);
	drm_mm_remove_node(&mapping->node);
}

/**
 * rocket_vm_map() - map an object for a new handle
 * @vm: address space of the file
 * @bo: object
 *
 * Further handles of the same file share the mapping.
 *
 * Return: 0; -ENOSPC if no hole is large enough; -ENOMEM.
 */
int rocket_vm_map(struct rocket_vm *vm, struct rocket_bo *bo)
{
	struct drm_gem_object *obj = &bo->base.base;
	struct rocket_mapping *mapping;
	struct sg_table *sgt;
	int ret;

	/* Before the pages are allocated: no hole can be that large. */
	if (obj->size > vm->size)
		return -ENOSPC;

	sgt = rocket_gem_pin(bo);
	if (IS_ERR(sgt))
		return PTR_ERR(sgt);

	dma_resv_lock(obj->resv, NULL);
	mapping = rocket_vm_find(vm, bo);
	if (mapping) {
		mapping->handles++;
		ret = 0;
		goto unlock;
	}

	ret = -ENOMEM;
	mapping = kzalloc_obj(*mapping, GFP_KERNEL_ACCOUNT);
	if (!mapping)
		goto unlock;
	mapping->epoch = rocket_epoch_create();
	if (!mapping->epoch)
		goto free_mapping;

	mapping->vm = vm;
	mapping->bo = bo;
	mapping->handles = 1;
	ret = rocket_mapping_enter(mapping, sgt);
	if (ret)
		goto free_mapping;

	rocket_vm_get(vm);
	drm_gem_object_get(obj);
	list_add(&mapping->link, &bo->mappings);
	dma_resv_unlock(obj->resv);
	return 0;

free_mapping:
	kfree(mapping->epoch);
	kfree(mapping);
unlock:
	dma_resv_unlock(obj->resv);
	return ret;
}

/**
 * rocket_vm_unmap() - a handle is closed
 * @vm: address space of the file
 * @bo: object
 *
 * After the last handle the mapping goes when the jobs are done that the file
 * has submitted so far.
 */
void rocket_vm_unmap(struct rocket_vm *vm, struct rocket_bo *bo)
{
	struct drm_gem_object *obj = &bo->base.base;
	struct rocket_mapping *mapping;
	struct rocket_epoch *epoch;

	dma_resv_lock(obj->resv, NULL);
	mapping = rocket_vm_find(vm, bo);
	if (!mapping || --mapping->handles) {
		dma_resv_unlock(obj->resv);
		return;
	}
	list_del(&mapping->link);
	dma_resv_unlock(obj->resv);

	scoped_guard(mutex, &vm->lock) {
		epoch = vm->epoch;
		epoch->retired = mapping;
		epoch->next = mapping->epoch;
		vm->epoch = mapping->epoch;
		/* The one it was born with is the address space's, this is @epoch's. */
		refcount_inc(&vm->epoch->refs);
	}
	rocket_vm_epoch_put(epoch);
}

/**
 * rocket_vm_iova() - device address of an object
 * @vm: address space of the file
 * @bo: object
 *
 * Return: the address, or 0 if the file has no handle of the object any more.
 */
u64 rocket_vm_iova(struct rocket_vm *vm, struct rocket_bo *bo)
{
	struct rocket_mapping *mapping;
	u64 iova;

	dma_resv_lock(bo->base.base.resv, NULL);
	mapping = rocket_vm_find(vm, bo);
	iova = mapping ? mapping->node.start : 0;
	dma_resv_unlock(bo->base.base.resv);
	return iova;
}

/**
 * rocket_vm_list() - tell what is mapped
 * @vm: address space
 * @ranges: filled in, in the order of addresses
 * @count: room in @ranges
 *
 * Return: how many were filled in.
 */
unsigned int rocket_vm_list(struct rocket_vm *vm, struct rocket_vm_range *ranges,
			    unsigned int count)
{
	struct drm_mm_node *node;
	unsigned int done = 0;

	guard(mutex)(&vm->lock);

	drm_mm_for_each_node(node, &vm->mm) {
		struct rocket_mapping *mapping = container_of(node, struct rocket_mapping, node);

		if (done == count)
			break;
		ranges[done++] = (struct rocket_vm_range){
			.iova = node->start,
			.size = mapping->bo->base.base.size,
			.bo = mapping->bo,
		};
	}
	return done;
}
EXPORT_SYMBOL_IF_KUNIT(rocket_vm_list);

/**
 * rocket_vm_read() - copy memory as the CPU sees it
 * @vm: address space
 * @iova: device address
 * @data: where to
 * @size: bytes, not 0
 *
 * Return: bytes before the first address at which no object is mapped.
 */
size_t rocket_vm_read(struct rocket_vm *vm, u64 iova, void *data, size_t size)
{
	struct drm_mm_node *node;
	size_t done = 0;

	guard(mutex)(&vm->lock);

	drm_mm_for_each_node_in_range(node, &vm->mm, iova, iova + size) {
		struct rocket_mapping *mapping = container_of(node, struct rocket_mapping, node);
		struct drm_gem_shmem_object *shmem = &mapping->bo->base;

		if (node->start > iova + done)
			break;
		while (done < size && iova + done - node->start < shmem->base.size) {
			u64 at = iova + done - node->start;
			size_t chunk = min(size - done, PAGE_SIZE - offset_in_page(at));

			memcpy_from_page(data + done, shmem->pages[at >> PAGE_SHIFT],
					 offset_in_page(at), chunk);
			done += chunk;
		}
	}
	return done;
}

/**
 * rocket_vm_epoch_get() - keep what is mapped now
 * @vm: address space
 *
 * Return: the current epoch, with a reference.
 */
struct rocket_epoch *rocket_vm_epoch_get(struct rocket_vm *vm)
{
	guard(mutex)(&vm->lock);

	refcount_inc(&vm->epoch->refs);
	return vm->epoch;
}

/**
 * rocket_vm_epoch_put() - stop keeping
 * @epoch: what rocket_vm_epoch_get() returned, or NULL
 *
 * Unmaps and frees what was waiting for the last user of the epoch, and of
 * those that follow.
 */
void rocket_vm_epoch_put(struct rocket_epoch *epoch)
{
	while (epoch && refcount_dec_and_test(&epoch->refs)) {
		struct rocket_mapping *mapping = epoch->retired;
		struct rocket_epoch *next = epoch->next;

		kfree(epoch);
		if (mapping) {
			rocket_mapping_leave(mapping);
			drm_gem_object_put(&mapping->bo->base.base);
			rocket_vm_put(mapping->vm);
			kfree(mapping);
		}
		epoch = next;
	}
}

/**
 * rocket_vm_attach() - let a core use an address space
 * @vm: address space
 * @core: core that is powered, runs nothing and is detached
 *
 * The core stays attached until another address space takes its place, it is
 * reset or suspended: attaching costs more than a small job.
 *
 * Return: 0 or a negative errno.
 */
int rocket_vm_attach(struct rocket_vm *vm, struct rocket_core *core)
{
	int ret;

	ret = iommu_attach_group(vm->domain, core->group);
	if (ret)
		return ret;

	WRITE_ONCE(core->vm, rocket_vm_get(vm));
	core->stats.attaches++;
	trace_rocket_attach(core->index, vm->client);
	return 0;
}

/**
 * rocket_vm_detach() - take a core's address space away
 * @core: core that runs nothing
 */
void rocket_vm_detach(struct rocket_core *core)
{
	struct rocket_vm *vm = core->vm;

	if (!vm)
		return;

	iommu_detach_group(vm->domain, core->group);
	/* The IOMMU's handler may still be looking at the domain. */
	synchronize_irq(core->irq);
	WRITE_ONCE(core->vm, NULL);
	rocket_vm_put(vm);
}
EXPORT_SYMBOL_IF_KUNIT(rocket_vm_detach);
