// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: debugfs
 *
 * ``/sys/kernel/debug/accel/rknn/cores`` has one line per core: what it does
 * now and how often it did what since it was bound. ``busy_ns`` is the time from
 * the start of a job to its completion interrupt.
 */

#include <linux/cleanup.h>
#include <linux/ktime.h>
#include <linux/seq_file.h>

#include <drm/drm_debugfs.h>

#include "rocket_core.h"
#include "rocket_debugfs.h"
#include "rocket_device.h"
#include "rocket_job.h"

static void rocket_debugfs_core(struct seq_file *m, struct rocket_core *core)
{
	struct rocket_core_stats stats;
	unsigned int jobs, task = 0, tasks = 0;
	bool powered, running;

	scoped_guard(spinlock_irqsave, &core->lock) {
		stats = core->stats;
		jobs = core->load;
		powered = core->powered;
		running = core->job;
		if (running) {
			task = core->job->next_task;
			tasks = core->job->task_count;
			stats.busy_ns += ktime_get_ns() - core->job_started_ns;
		}
	}

	seq_printf(m, "core%u %s: %s queue=%u task=%u/%u", core->index, dev_name(core->dev),
		   running ? "busy" : powered ? "idle" : "suspended", jobs, task, tasks);
	seq_printf(m, " jobs=%llu tasks=%llu irqs=%llu attaches=%llu timeouts=%llu faults=%llu",
		   stats.jobs, stats.tasks, stats.irqs, stats.attaches, stats.timeouts,
		   stats.faults);
	seq_printf(m, " resets=%llu busy_ns=%llu\n", stats.resets, stats.busy_ns);
}

static int rocket_debugfs_cores(struct seq_file *m, void *unused)
{
	struct drm_debugfs_entry *entry = m->private;
	struct rocket_device *rdev = to_rocket_device(entry->dev);

	guard(rwsem_read)(&rdev->lock);

	for (unsigned int i = 0; i < ROCKET_MAX_CORES; i++)
		if (rdev->cores[i])
			rocket_debugfs_core(m, rdev->cores[i]);
	return 0;
}

/**
 * rocket_debugfs_init() - add the driver's files
 * @rdev: the NPU, not registered yet
 */
void rocket_debugfs_init(struct rocket_device *rdev)
{
	drm_debugfs_add_file(&rdev->drm, "cores", rocket_debugfs_cores, NULL);
}
