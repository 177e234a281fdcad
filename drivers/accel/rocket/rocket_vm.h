/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_VM_H__
#define __ROCKET_VM_H__

#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include <drm/drm_mm.h>

struct iommu_domain;
struct rocket_bo;
struct rocket_core;
struct rocket_device;
struct rocket_mapping;

/**
 * struct rocket_epoch - time between two handle closures of a file
 * @refs: jobs submitted in this epoch, the earlier epoch, and the address space while it is the
 *	current one
 * @retired: mapping whose handle ended the epoch; freed with it
 * @next: epoch that follows; it cannot end before this one
 */
struct rocket_epoch {
	refcount_t refs;
	struct rocket_mapping *retired;
	struct rocket_epoch *next;
};

/**
 * struct rocket_vm - device address space of one open file
 * @ref: the file, its mappings, and cores that are attached to it
 * @rdev: the NPU
 * @client: client number of the file, for traces
 * @domain: page tables
 * @lock: covers @mm, @epoch and changes of the page tables; nothing is allocated under it, because
 *	a core reset holds it too
 * @mm: addresses in use
 * @size: bytes of all addresses there are
 * @epoch: current epoch
 */
struct rocket_vm {
	struct kref ref;
	struct rocket_device *rdev;
	u64 client;
	struct iommu_domain *domain;
	struct mutex lock;	/* mm, epoch, page tables */
	struct drm_mm mm;
	u64 size;
	struct rocket_epoch *epoch;
};

/**
 * struct rocket_vm_range - where an object is mapped
 * @iova: device address
 * @size: bytes
 * @bo: object; without a reference, only to be compared
 */
struct rocket_vm_range {
	u64 iova;
	u64 size;
	const struct rocket_bo *bo;
};

struct rocket_vm *rocket_vm_create(struct rocket_device *rdev, struct rocket_core *core,
				   u64 client);
struct rocket_vm *rocket_vm_get(struct rocket_vm *vm);
void rocket_vm_put(struct rocket_vm *vm);

int rocket_vm_map(struct rocket_vm *vm, struct rocket_bo *bo);
void rocket_vm_unmap(struct rocket_vm *vm, struct rocket_bo *bo);
u64 rocket_vm_iova(struct rocket_vm *vm, struct rocket_bo *bo);
unsigned int rocket_vm_list(struct rocket_vm *vm, struct rocket_vm_range *ranges,
			    unsigned int count);
size_t rocket_vm_read(struct rocket_vm *vm, u64 iova, void *data, size_t size);

struct rocket_epoch *rocket_vm_epoch_get(struct rocket_vm *vm);
void rocket_vm_epoch_put(struct rocket_epoch *epoch);

int rocket_vm_attach(struct rocket_vm *vm, struct rocket_core *core);
void rocket_vm_detach(struct rocket_core *core);

#endif
