// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of jobs
 *
 * What runs when and where, and how a job ends whose core does not behave. The
 * time limit is the default one: tests that wait for it take half a second.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/iommu.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include "rocket_hw.h"
#include "rocket_job.h"
#include "rocket_mock.h"
#include "rocket_queue.h"
#include "rocket_vm.h"

#define REGCMD		0x10000
#define TIMEOUT_MS	500
#define PROGRESS_MS	20

struct job_bos {
	struct drm_rocket_create_bo a, b, c;
};

static struct rocket_mock *job_setup(struct kunit *test, unsigned int cores, struct job_bos *bos)
{
	struct rocket_mock *mock = rocket_mock_create(test, cores);

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bos->a), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bos->b), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bos->c), 0);
	return mock;
}

/* The core on which a task was started, not counting those of @not. */
static struct rocket_mock_core *job_running(struct rocket_mock *mock, struct rocket_mock_core *not)
{
	for (int tries = 0; tries < 1000; tries++) {
		for (unsigned int i = 0; i < mock->count; i++)
			if (&mock->cores[i] != not && READ_ONCE(mock->cores[i].running))
				return &mock->cores[i];
		fsleep(1000);
	}
	KUNIT_FAIL_AND_ABORT(mock->test, "no job was started");
}

static void job_submit(struct rocket_mock *mock, u32 regcmd, u32 tasks,
		       struct drm_rocket_create_bo *in, struct drm_rocket_create_bo *out)
{
	KUNIT_ASSERT_EQ(mock->test, rocket_mock_submit(mock, regcmd, tasks, in, out), 0);
}

static void rocket_job_runs_tasks_in_order(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];
	struct dma_fence *fence;

	job_submit(mock, REGCMD, 5, NULL, &bos.a);
	fence = rocket_mock_fence(mock, &bos.a);
	for (int i = 0; i < 5; i++) {
		KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
		KUNIT_EXPECT_EQ(test, core->log[i], REGCMD + i * ROCKET_REGCMD_ALIGN);
		KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fence));
		rocket_mock_end(core, ROCKET_HW_DONE);
	}
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(fence), 1);
	KUNIT_EXPECT_EQ(test, core->core.stats.tasks, 5);
	KUNIT_EXPECT_EQ(test, core->core.stats.jobs, 1);
	KUNIT_EXPECT_EQ(test, core->core.stats.resets, 0);
}

static void rocket_job_runs_independent_jobs_at_once(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 3, &bos);

	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	job_submit(mock, REGCMD, 1, NULL, &bos.b);
	job_submit(mock, REGCMD, 1, NULL, &bos.c);
	for (int i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, rocket_mock_wait_start(&mock->cores[i]));
		KUNIT_EXPECT_EQ(test, mock->cores[i].starts, 1);
	}
}

struct job_order {
	const char *why;
	bool first_reads, second_reads, ordered;
};

static const struct job_order job_orders[] = {
	{ "a reader waits for the writer", false, true, true },
	{ "a writer waits for the reader", true, false, true },
	{ "a writer waits for the writer", false, false, true },
	{ "a reader does not wait for the reader", true, true, false },
};

static void job_order_name(const struct job_order *order, char *desc)
{
	strscpy(desc, order->why, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(job_order, job_orders, job_order_name);

static void rocket_job_order_follows_lists(struct kunit *test)
{
	const struct job_order *order = test->param_value;
	struct rocket_mock_core *first;
	struct rocket_mock *mock;
	struct job_bos bos;
	unsigned int starts;

	/* On one core nothing but the lists can let the second job start early. */
	mock = job_setup(test, order->ordered ? 1 : 3, &bos);
	job_submit(mock, REGCMD, 1, order->first_reads ? &bos.a : NULL,
		   order->first_reads ? &bos.b : &bos.a);
	first = job_running(mock, NULL);
	job_submit(mock, 2 * REGCMD, 1, order->second_reads ? &bos.a : NULL,
		   order->second_reads ? &bos.c : &bos.a);
	if (order->ordered) {
		starts = first->starts;
		KUNIT_EXPECT_TRUE(test, rocket_mock_wait_start(first));
		KUNIT_EXPECT_TRUE(test, rocket_mock_starts_nothing(first));
		KUNIT_EXPECT_EQ(test, first->starts, starts);
		rocket_mock_end(first, ROCKET_HW_DONE);
		KUNIT_EXPECT_TRUE(test, rocket_mock_wait_start(first));
	} else {
		job_running(mock, first);
		KUNIT_EXPECT_TRUE(test, READ_ONCE(first->running));
	}
}

/* Two jobs wait for a third on different cores only if the lists say so. */
static void rocket_job_waits_for_another_core(struct kunit *test)
{
	struct rocket_mock_core *a, *b;
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 3, &bos);
	unsigned int starts = 0;

	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	a = job_running(mock, NULL);
	job_submit(mock, 2 * REGCMD, 1, NULL, &bos.b);
	b = job_running(mock, a);
	/* Reads one, writes the other. */
	job_submit(mock, 3 * REGCMD, 1, &bos.a, &bos.b);

	msleep(20);
	rocket_mock_end(a, ROCKET_HW_DONE);
	msleep(20);
	for (int i = 0; i < 3; i++)
		starts += mock->cores[i].starts;
	KUNIT_EXPECT_EQ(test, starts, 2);
	rocket_mock_end(b, ROCKET_HW_DONE);
	a = job_running(mock, NULL);
	KUNIT_EXPECT_EQ(test, a->log[a->starts - 1], 3 * REGCMD);
}

static void rocket_job_without_objects_is_a_barrier(struct kunit *test)
{
	struct rocket_mock_core *a, *b;
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 3, &bos);
	unsigned int starts = 0;

	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	a = job_running(mock, NULL);
	job_submit(mock, 2 * REGCMD, 1, NULL, &bos.b);
	b = job_running(mock, a);
	job_submit(mock, 3 * REGCMD, 1, NULL, NULL);
	job_submit(mock, 4 * REGCMD, 1, NULL, &bos.c);
	msleep(20);
	rocket_mock_end(a, ROCKET_HW_DONE);
	msleep(20);
	for (int i = 0; i < 3; i++)
		starts += mock->cores[i].starts;
	/* The barrier waits for both, the last one for the barrier. */
	KUNIT_EXPECT_EQ(test, starts, 2);

	rocket_mock_end(b, ROCKET_HW_DONE);
	a = job_running(mock, NULL);
	KUNIT_EXPECT_EQ(test, a->log[a->starts - 1], 3 * REGCMD);
	msleep(20);
	starts = 0;
	for (int i = 0; i < 3; i++)
		starts += mock->cores[i].starts;
	KUNIT_EXPECT_EQ(test, starts, 3);
	rocket_mock_end(a, ROCKET_HW_DONE);
	a = job_running(mock, NULL);
	KUNIT_EXPECT_EQ(test, a->log[a->starts - 1], 4 * REGCMD);
}

static void rocket_job_timeout_ends_a_hang(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];
	u64 began = ktime_get_ns();

	job_submit(mock, REGCMD, 2, NULL, &bos.a);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.a)), -ECANCELED);
	KUNIT_EXPECT_GE(test, ktime_get_ns() - began, TIMEOUT_MS * NSEC_PER_MSEC);
	/* And not much later: that is up to the scheduler. */
	KUNIT_EXPECT_EQ(test, core->core.sched.timeout, msecs_to_jiffies(TIMEOUT_MS));
	KUNIT_EXPECT_EQ(test, core->core.stats.timeouts, 1);
	KUNIT_EXPECT_EQ(test, core->core.stats.resets, 1);

	/* The next one is none the worse. */
	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	rocket_mock_end(core, ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.a)), 1);
	KUNIT_EXPECT_EQ(test, core->core.stats.attaches, 2);
}

static void rocket_job_timeout_spares_progress(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];

	core->progress = true;
	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	msleep(3 * TIMEOUT_MS);
	KUNIT_EXPECT_EQ(test, core->core.stats.timeouts, 0);
	KUNIT_EXPECT_GE(test, core->looks, 2);
	rocket_mock_end(core, ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.a)), 1);
}

/* False if the machine was so slow that the second task had no time left at the first look. */
static bool job_second_task(struct rocket_mock *mock, struct drm_rocket_create_bo *out)
{
	struct rocket_mock_core *core = &mock->cores[0];
	u64 timeouts = core->core.stats.timeouts;
	unsigned int looks = core->looks;
	unsigned long began;
	bool in_time;

	/* When the job's time is over, its second task has half of its own left. */
	job_submit(mock, REGCMD, 2, NULL, out);
	KUNIT_ASSERT_TRUE(mock->test, rocket_mock_wait_start(core));
	msleep(TIMEOUT_MS / 2);
	began = jiffies;
	rocket_mock_end(core, ROCKET_HW_DONE);
	KUNIT_ASSERT_TRUE(mock->test, rocket_mock_wait_start(core));
	for (int tries = 0; tries < 1000 && READ_ONCE(core->looks) == looks; tries++)
		fsleep(1000);
	msleep(2 * PROGRESS_MS);
	in_time = time_before(jiffies, began + msecs_to_jiffies(TIMEOUT_MS));
	if (in_time) {
		KUNIT_EXPECT_EQ(mock->test, core->looks, looks + 1);
		KUNIT_EXPECT_EQ(mock->test, core->core.stats.timeouts, timeouts);
		rocket_mock_end(core, ROCKET_HW_DONE);
	}
	KUNIT_EXPECT_EQ(mock->test, rocket_mock_wait(rocket_mock_fence(mock, out)),
			in_time ? 1 : -ECANCELED);
	return in_time;
}

static void rocket_job_timeout_is_per_task(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	unsigned int tries = 0;

	while (!job_second_task(mock, &bos.a))
		KUNIT_ASSERT_LT(test, ++tries, 10);
}

static void rocket_job_timeout_finds_a_lost_interrupt(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];

	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	scoped_guard(spinlock_irqsave, &core->core.lock)
		core->events = ROCKET_HW_DONE;
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.a)), 1);
	KUNIT_EXPECT_EQ(test, core->core.stats.resets, 0);
}

static void rocket_job_bus_error_ends_it(struct kunit *test)
{
	static const u32 events[] = { ROCKET_HW_ERROR, ROCKET_HW_ERROR | ROCKET_HW_DONE };
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];

	for (unsigned int i = 0; i < ARRAY_SIZE(events); i++) {
		job_submit(mock, REGCMD, 2, NULL, &bos.a);
		KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
		rocket_mock_end(core, events[i]);
		KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.a)), -EIO);
		KUNIT_EXPECT_EQ(test, core->core.stats.faults, i + 1);
		KUNIT_EXPECT_EQ(test, core->core.stats.tasks, 0);
	}
}

/* Keeps the recovery of a core from running. */
struct job_block {
	struct work_struct work;
	struct completion go;
};

static void job_block_work(struct work_struct *work)
{
	wait_for_completion(&container_of(work, struct job_block, work)->go);
}

static void job_block(struct job_block *block, struct rocket_mock_core *core)
{
	INIT_WORK_ONSTACK(&block->work, job_block_work);
	init_completion(&block->go);
	queue_work(core->core.recovery_wq, &block->work);
}

static void job_unblock(struct job_block *block)
{
	complete(&block->go);
	flush_work(&block->work);
	destroy_work_on_stack(&block->work);
}

static void rocket_job_iommu_fault_ends_it(struct kunit *test)
{
	struct job_block block;
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];

	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	job_block(&block, core);
	rocket_job_fault(&core->core, 0xdead000, IOMMU_FAULT_READ);
	/* The access is repeated until the reset; the first report counts. */
	rocket_job_fault(&core->core, 0xbeef000, IOMMU_FAULT_WRITE);
	job_unblock(&block);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.a)), -EFAULT);
	KUNIT_EXPECT_EQ(test, core->core.stats.faults, 1);
	KUNIT_EXPECT_EQ(test, core->core.fault_iova, 0xdead000);
	KUNIT_EXPECT_FALSE(test, core->core.irq_off);
}

/* As the driver of the IOMMU reports it; the file has one address space for all cores. */
static void rocket_job_iommu_fault_ends_no_other(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 2, &bos);
	struct rocket_file *file = mock->file->driver_priv;
	struct rocket_mock_core *guilty, *other;

	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	guilty = job_running(mock, NULL);
	job_submit(mock, REGCMD, 1, NULL, &bos.b);
	other = job_running(mock, guilty);
	local_irq_disable();
	report_iommu_fault(file->vm->domain, guilty->core.iommu, 0xdead000, IOMMU_FAULT_WRITE);
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.a)), -EFAULT);
	KUNIT_EXPECT_EQ(test, guilty->core.fault_iova, 0xdead000);
	KUNIT_EXPECT_EQ(test, guilty->core.fault_flags, IOMMU_FAULT_WRITE);
	flush_work(&other->core.recovery_work);
	KUNIT_EXPECT_EQ(test, other->core.stats.faults, 0);
	rocket_mock_end(other, ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.b)), 1);
}

static void rocket_job_end_after_a_fault_counts_for_nothing(struct kunit *test)
{
	struct job_block block;
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];

	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	job_block(&block, core);
	rocket_job_fault(&core->core, 0xdead000, IOMMU_FAULT_READ);
	rocket_mock_end(core, ROCKET_HW_DONE);
	job_unblock(&block);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.a)), -EFAULT);
	KUNIT_EXPECT_EQ(test, core->core.stats.jobs, 0);
}

static void rocket_job_error_does_not_stop_the_next(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];
	struct dma_fence *fence;

	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	fence = rocket_mock_fence(mock, &bos.a);
	job_submit(mock, 2 * REGCMD, 1, &bos.a, &bos.b);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	rocket_mock_end(core, ROCKET_HW_ERROR);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(fence), -EIO);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	KUNIT_EXPECT_EQ(test, core->log[1], 2 * REGCMD);
	rocket_mock_end(core, ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.b)), 1);
}

struct job_reset {
	const char *why;
	bool leaves, mute;
};

static const struct job_reset job_resets[] = {
	{ "something is left of what it did", true, false },
	{ "it does not answer", false, true },
};

static void job_reset_name(const struct job_reset *reset, char *desc)
{
	strscpy(desc, reset->why, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(job_reset, job_resets, job_reset_name);

static void rocket_job_avoids_a_core_that_ignores_its_reset(struct kunit *test)
{
	const struct job_reset *reset = test->param_value;
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 2, &bos);
	struct rocket_mock_core *bad;

	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	bad = job_running(mock, NULL);
	bad->reset_fails = reset->leaves;
	if (reset->mute)
		bad->version = 0;
	rocket_mock_end(bad, ROCKET_HW_ERROR);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.a)), -EIO);
	KUNIT_EXPECT_TRUE(test, bad->core.unreliable);
	for (int i = 0; i < 4; i++) {
		unsigned int starts = bad->starts;
		struct rocket_mock_core *other;

		job_submit(mock, REGCMD, 1, NULL, &bos.b);
		other = job_running(mock, bad);
		KUNIT_EXPECT_PTR_NE(test, other, bad);
		KUNIT_EXPECT_EQ(test, bad->starts, starts);
		rocket_mock_end(other, ROCKET_HW_DONE);
		KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bos.b)), 1);
	}
}

static void rocket_job_interrupts_of_others_are_not_ours(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];

	KUNIT_EXPECT_EQ(test, rocket_job_irq(core->core.irq, &core->core), IRQ_NONE);
	job_submit(mock, REGCMD, 1, NULL, &bos.a);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	KUNIT_EXPECT_EQ(test, rocket_job_irq(core->core.irq, &core->core), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, core->core.stats.irqs, 0);
	KUNIT_EXPECT_PTR_NE(test, READ_ONCE(core->core.job), NULL);
}

/* One job of the file that makes the calls. */
static void job_run_one(struct rocket_mock *mock, struct drm_rocket_create_bo *out)
{
	job_submit(mock, REGCMD, 1, NULL, out);
	KUNIT_ASSERT_TRUE(mock->test, rocket_mock_wait_start(&mock->cores[0]));
	rocket_mock_end(&mock->cores[0], ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(mock->test, rocket_mock_wait(rocket_mock_fence(mock, out)), 1);
}

/* Registers and the pointers to their groups outlive a job. */
static void rocket_job_resets_a_core_for_another_file(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];
	struct drm_rocket_create_bo other;
	unsigned int resets;

	job_run_one(mock, &bos.a);
	resets = core->resets;
	job_run_one(mock, &bos.a);
	KUNIT_EXPECT_EQ(test, core->resets, resets);

	mock->file = &mock->files[1];
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &other), 0);
	job_run_one(mock, &other);
	KUNIT_EXPECT_EQ(test, core->resets, resets + 1);
	job_run_one(mock, &other);
	KUNIT_EXPECT_EQ(test, core->resets, resets + 1);

	mock->file = &mock->files[0];
	job_run_one(mock, &bos.a);
	KUNIT_EXPECT_EQ(test, core->resets, resets + 2);
	KUNIT_EXPECT_EQ(test, core->core.stats.resets, 0);
}

/* What a file left behind makes trouble when the next job comes: of another file, or of its own. */
static void rocket_job_is_not_to_blame_for_earlier_faults(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];

	for (unsigned int i = 0; i < ROCKET_MOCK_FILES; i++) {
		struct drm_rocket_create_bo out;
		struct job_block block;

		mock->file = &mock->files[0];
		job_run_one(mock, &bos.a);
		job_block(&block, core);
		rocket_job_fault(&core->core, 0xdead000, IOMMU_FAULT_READ);
		mock->file = &mock->files[i];
		KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &out), 0);
		job_submit(mock, REGCMD, 1, NULL, &out);
		KUNIT_EXPECT_TRUE(test, rocket_mock_wait_start(core));
		job_unblock(&block);
		flush_work(&core->core.recovery_work);
		rocket_mock_end(core, ROCKET_HW_DONE);
		KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &out)), 1);
		KUNIT_EXPECT_FALSE(test, core->core.irq_off);
	}
}

static void rocket_job_learns_that_a_core_ignores_its_reset(struct kunit *test)
{
	struct job_bos bos;
	struct rocket_mock *mock = job_setup(test, 1, &bos);
	struct rocket_mock_core *core = &mock->cores[0];
	struct drm_rocket_create_bo other;

	job_run_one(mock, &bos.a);
	core->reset_fails = true;
	mock->file = &mock->files[1];
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &other), 0);
	job_run_one(mock, &other);
	KUNIT_EXPECT_TRUE(test, core->core.unreliable);
}

static struct kunit_case job_cases[] = {
	KUNIT_CASE(rocket_job_runs_tasks_in_order),
	KUNIT_CASE(rocket_job_runs_independent_jobs_at_once),
	KUNIT_CASE_PARAM(rocket_job_order_follows_lists, job_order_gen_params),
	KUNIT_CASE(rocket_job_waits_for_another_core),
	KUNIT_CASE(rocket_job_without_objects_is_a_barrier),
	KUNIT_CASE(rocket_job_timeout_ends_a_hang),
	KUNIT_CASE_SLOW(rocket_job_timeout_spares_progress),
	KUNIT_CASE(rocket_job_timeout_is_per_task),
	KUNIT_CASE(rocket_job_timeout_finds_a_lost_interrupt),
	KUNIT_CASE(rocket_job_bus_error_ends_it),
	KUNIT_CASE(rocket_job_iommu_fault_ends_it),
	KUNIT_CASE(rocket_job_iommu_fault_ends_no_other),
	KUNIT_CASE(rocket_job_end_after_a_fault_counts_for_nothing),
	KUNIT_CASE(rocket_job_error_does_not_stop_the_next),
	KUNIT_CASE_PARAM(rocket_job_avoids_a_core_that_ignores_its_reset, job_reset_gen_params),
	KUNIT_CASE(rocket_job_resets_a_core_for_another_file),
	KUNIT_CASE(rocket_job_is_not_to_blame_for_earlier_faults),
	KUNIT_CASE(rocket_job_learns_that_a_core_ignores_its_reset),
	KUNIT_CASE(rocket_job_interrupts_of_others_are_not_ours),
	{}
};

static struct kunit_suite job_suite = {
	.name = "rocket_job",
	.suite_init = rocket_mock_suite_init,
	.suite_exit = rocket_mock_suite_exit,
	.test_cases = job_cases,
};

kunit_test_suite(job_suite);
