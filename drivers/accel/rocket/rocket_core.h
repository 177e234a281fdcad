/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_CORE_H__
#define __ROCKET_CORE_H__

#include <linux/clk.h>
#include <linux/mutex.h>
#include <linux/regulator/consumer.h>
#include <linux/reset.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <drm/gpu_scheduler.h>

#include "rocket_hw.h"

struct device;
struct iommu_group;
struct rocket_device;
struct rocket_dump;
struct rocket_job;
struct rocket_soc;
struct rocket_vm;

/**
 * struct rocket_core_stats - what a core did since it was bound
 * @jobs: jobs that completed
 * @tasks: tasks that completed
 * @irqs: interrupts of the core itself
 * @attaches: changes of the address space
 * @timeouts: jobs stopped because they made no progress
 * @faults: jobs stopped because of an IOMMU fault or a bus error
 * @resets: how often a recovery reset the core
 * @busy_ns: time between start and end of jobs
 */
struct rocket_core_stats {
	u64 jobs;
	u64 tasks;
	u64 irqs;
	u64 attaches;
	u64 timeouts;
	u64 faults;
	u64 resets;
	u64 busy_ns;
};

/**
 * enum rocket_trouble - why a core has to be recovered
 * @ROCKET_TROUBLE_NONE: it has not
 * @ROCKET_TROUBLE_TIMEOUT: the job made no progress
 * @ROCKET_TROUBLE_IOMMU: the IOMMU refused an access
 * @ROCKET_TROUBLE_BUS: a DMA access failed
 * @ROCKET_TROUBLE_SUSPENDED: the system goes to sleep and the job takes too long
 * @ROCKET_TROUBLE_REMOVED: the core is being unbound
 */
enum rocket_trouble {
	ROCKET_TROUBLE_NONE,
	ROCKET_TROUBLE_TIMEOUT,
	ROCKET_TROUBLE_IOMMU,
	ROCKET_TROUBLE_BUS,
	ROCKET_TROUBLE_SUSPENDED,
	ROCKET_TROUBLE_REMOVED,
};

/**
 * struct rocket_core - one core
 * @dev: its device
 * @soc: what is particular to the chip
 * @rdev: the NPU, while the core belongs to it
 * @index: number in the chip
 * @version: version word, to see whether the core answers
 * @hw: registers
 * @irq: interrupt of the core and its IOMMU
 * @clks: clocks
 * @resets: resets, always used together
 * @supplies: regulators
 * @group: IOMMU group
 * @iommu: the IOMMU in front of the core
 * @online: takes jobs; under &rocket_device.lock
 * @sched: scheduler; one job at a time
 * @hold_lock: covers @holds
 * @holds: reasons to start no jobs
 * @recovery_wq: ordered queue for whatever ends a job that does not end by itself
 * @recovery_work: recovers from what an interrupt reported
 * @dump_work: makes a dump of @dump
 * @dump: failure of which there is no dump yet, or NULL; changes hands by xchg()
 * @dumps_missed: failures of which there will be none, since the last dump
 * @vm: address space the MMU uses; changed by a starting job, recovery, and runtime resume and
 *	suspend, which exclude each other
 * @lock: covers what follows, and the registers: start and completion of tasks, and power going
 *	away
 * @powered: registers may be touched
 * @irq_off: the interrupt was disabled to stop a storm of faults
 * @unreliable: the last reset did not take; avoided until the power was off
 * @trouble: reported by an interrupt, not handled yet
 * @fault_iova: device address, for ROCKET_TROUBLE_IOMMU
 * @fault_flags: IOMMU_FAULT_READ or IOMMU_FAULT_WRITE
 * @job: job that runs; who clears it signals its fence
 * @job_started_ns: when it was started
 * @task_started: when its task was started, in jiffies
 * @load: jobs placed on this core and not done
 * @jobs: jobs placed on this core and not freed
 * @drained: woken when @jobs becomes zero
 * @idle: woken when @job is cleared
 * @stats: counters
 */
struct rocket_core {
	struct device *dev;
	const struct rocket_soc *soc;
	struct rocket_device *rdev;
	unsigned int index;
	u32 version;
	struct rocket_hw hw;
	int irq;

	struct clk_bulk_data clks[4];
	struct reset_control_bulk_data resets[2];
	struct regulator_bulk_data supplies[2];
	struct iommu_group *group;
	struct device *iommu;

	bool online;
	struct drm_gpu_scheduler sched;
	struct mutex hold_lock;	/* holds */
	unsigned int holds;
	struct workqueue_struct *recovery_wq;
	struct work_struct recovery_work;
	struct work_struct dump_work;
	struct rocket_dump *dump;
	atomic_t dumps_missed;
	struct rocket_vm *vm;

	spinlock_t lock;	/* what follows, and the registers */
	bool powered;
	bool irq_off;
	bool unreliable;
	enum rocket_trouble trouble;
	unsigned long fault_iova;
	int fault_flags;
	struct rocket_job *job;
	u64 job_started_ns;
	unsigned long task_started;
	unsigned int load;
	unsigned int jobs;
	wait_queue_head_t drained;
	wait_queue_head_t idle;
	struct rocket_core_stats stats;
};

int rocket_core_get(struct rocket_core *core);
void rocket_core_put(struct rocket_core *core);
void rocket_core_forget_trouble(struct rocket_core *core);
bool rocket_core_reset(struct rocket_core *core);

int rocket_core_register(void);
void rocket_core_unregister(void);

#endif
