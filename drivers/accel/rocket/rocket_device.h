/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_DEVICE_H__
#define __ROCKET_DEVICE_H__

#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#include <drm/drm_device.h>

struct device;
struct platform_device;
struct rocket_core;

/* Source: RK3588, the largest chip there is */
#define ROCKET_MAX_CORES	3

/**
 * struct rocket_device - the NPU as a whole
 * @drm: DRM device; its last reference frees the structure
 * @lock: covers @cores, @files, and which queues of a file exist. Submission holds it for reading;
 *	cores that come and go and files that are opened and closed hold it for writing
 * @fault_lock: covers @cores for the fault handler, which runs in hard interrupt
 * @cores: bound cores by hardware number
 * @files: open files
 */
struct rocket_device {
	struct drm_device drm;
	struct rw_semaphore lock;
	spinlock_t fault_lock;	/* cores[], in interrupts */
	struct rocket_core *cores[ROCKET_MAX_CORES];
	struct list_head files;
};

/* Source: RK3588 device tree; address bits of AXI ports and IOMMUs */
#define ROCKET_DMA_BITS		40

#define to_rocket_device(d) container_of(d, struct rocket_device, drm)

int rocket_device_init(void);
void rocket_device_exit(void);

int rocket_device_add_core(struct rocket_core *core);
void rocket_device_remove_core(struct rocket_core *core);
unsigned int rocket_device_core_count(struct rocket_device *rdev);

void rocket_device_fault(struct rocket_device *rdev, struct device *iommu, unsigned long iova,
			 int flags);

#endif
