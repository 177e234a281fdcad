// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of queues
 *
 * Order within a submission, whose jobs cannot see each other's fences in the
 * objects, the choice of a core, and what becomes of a file's queues. Order
 * between submissions, and how a job ends, are the business of job_test.c.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <drm/drm_gem.h>

#include "rocket_hw.h"
#include "rocket_mock.h"
#include "rocket_queue.h"
#include "rocket_vm.h"

#define REGCMD		0x10000

/* Time in which a job that must not start would have started. */
#define QUIET_MS	30

/* ROCKET_CLOSE_MS of rocket_queue.c */
#define CLOSE_MS	1000

enum queue_bo { NONE, A, B, C };

/**
 * struct queue_order - a job that waits for two others of its submission
 * @why: what is shown
 * @lists: what each job reads and writes; the third is the one that waits
 * @last: the one of the others that ends last
 */
struct queue_order {
	const char *why;
	struct {
		enum queue_bo in, out;
	} lists[3];
	unsigned int last;
};

/* The third job goes to the core of one of the others; its place in that queue is not enough. */
static const struct queue_order queue_orders[] = {
	{ "a writer waits for the first reader", { { A, B }, { A, C }, { NONE, A } }, 0 },
	{ "a writer waits for the last reader", { { A, B }, { A, C }, { NONE, A } }, 1 },
	{ "a job waits for whom it reads from", { { NONE, A }, { NONE, B }, { B, A } }, 1 },
	{ "a job waits for whom it writes after", { { NONE, A }, { NONE, B }, { B, A } }, 0 },
	{ "a barrier waits for the first", { { NONE, A }, { NONE, B }, { NONE, NONE } }, 0 },
	{ "a barrier waits for the last", { { NONE, A }, { NONE, B }, { NONE, NONE } }, 1 },
};

static void queue_order_name(const struct queue_order *order, char *desc)
{
	strscpy(desc, order->why, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(queue_order, queue_orders, queue_order_name);

/* The core on which a job runs; it was started or is about to be. */
static struct rocket_mock_core *queue_find(struct rocket_mock *mock, u32 regcmd)
{
	for (int tries = 0; tries < 1000; tries++) {
		for (unsigned int i = 0; i < mock->count; i++) {
			struct rocket_mock_core *core = &mock->cores[i];

			if (READ_ONCE(core->running) && core->log[core->starts - 1] == regcmd)
				return core;
		}
		fsleep(1000);
	}
	KUNIT_FAIL_AND_ABORT(mock->test, "the job at %#x was not started", regcmd);
}

static unsigned int queue_starts(struct rocket_mock *mock)
{
	unsigned int starts = 0;

	for (unsigned int i = 0; i < mock->count; i++)
		starts += READ_ONCE(mock->cores[i].starts);
	return starts;
}

static void rocket_queue_orders_jobs_of_a_submission(struct kunit *test)
{
	const struct queue_order *order = test->param_value;
	struct rocket_mock *mock = rocket_mock_create(test, 2);
	struct rocket_mock_job jobs[ARRAY_SIZE(order->lists)];
	struct rocket_mock_core *first, *last;
	struct drm_rocket_create_bo bos[C + 1];

	for (enum queue_bo i = A; i <= C; i++)
		KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bos[i]), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++)
		jobs[i] = (struct rocket_mock_job){
			.regcmd = (i + 1) * REGCMD,
			.tasks = 1,
			.in = order->lists[i].in ? &bos[order->lists[i].in] : NULL,
			.out = order->lists[i].out ? &bos[order->lists[i].out] : NULL,
		};
	KUNIT_ASSERT_EQ(test, rocket_mock_submit_jobs(mock, jobs, ARRAY_SIZE(jobs)), 0);

	last = queue_find(mock, jobs[order->last].regcmd);
	first = queue_find(mock, jobs[!order->last].regcmd);
	KUNIT_ASSERT_PTR_NE(test, first, last);
	rocket_mock_end(first, ROCKET_HW_DONE);
	msleep(QUIET_MS);
	KUNIT_EXPECT_EQ(test, queue_starts(mock), 2);
	rocket_mock_end(last, ROCKET_HW_DONE);
	queue_find(mock, jobs[2].regcmd);
	KUNIT_EXPECT_EQ(test, queue_starts(mock), 3);
}

/**
 * struct queue_pair - a job that waits for one other
 * @why: what is shown
 * @lists: what each of them reads and writes
 */
struct queue_pair {
	const char *why;
	struct {
		enum queue_bo in, out;
	} lists[2];
};

static const struct queue_pair queue_pairs[] = {
	{ "a reader goes where the writer is", { { NONE, A }, { A, B } } },
	{ "a writer goes where the reader is", { { A, B }, { NONE, A } } },
	{ "a writer goes where the writer is", { { NONE, A }, { B, A } } },
};

static void queue_pair_name(const struct queue_pair *pair, char *desc)
{
	strscpy(desc, pair->why, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(queue_pair, queue_pairs, queue_pair_name);

static void rocket_queue_places_jobs_where_they_wait(struct kunit *test)
{
	const struct queue_pair *pair = test->param_value;
	struct rocket_mock *mock = rocket_mock_create(test, 3);
	struct rocket_mock_job jobs[ARRAY_SIZE(pair->lists)];
	struct drm_rocket_create_bo bos[C + 1];
	unsigned int loads = 0;

	for (enum queue_bo i = A; i <= C; i++)
		KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bos[i]), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++)
		jobs[i] = (struct rocket_mock_job){
			.regcmd = REGCMD,
			.tasks = 1,
			.in = pair->lists[i].in ? &bos[pair->lists[i].in] : NULL,
			.out = pair->lists[i].out ? &bos[pair->lists[i].out] : NULL,
		};

	/* One after the other, beside a core that has nothing to do. */
	KUNIT_ASSERT_EQ(test, rocket_mock_submit_jobs(mock, &jobs[0], 1), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_submit_jobs(mock, &jobs[1], 1), 0);
	for (unsigned int i = 0; i < mock->count; i++)
		loads |= BIT(READ_ONCE(mock->cores[i].core.load));
	KUNIT_EXPECT_EQ(test, loads, BIT(0) | BIT(2));

	/* At once, by a file that nobody waits for. */
	mock->file = &mock->files[1];
	for (enum queue_bo i = A; i <= C; i++)
		KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bos[i]), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_submit_jobs(mock, jobs, ARRAY_SIZE(jobs)), 0);
	loads = 0;
	for (unsigned int i = 0; i < mock->count; i++)
		loads += READ_ONCE(mock->cores[i].core.load) == 2;
	KUNIT_EXPECT_EQ(test, loads, 2);
}

static void queue_run(struct rocket_mock *mock, struct rocket_mock_core *core,
		      struct drm_rocket_create_bo *bo)
{
	KUNIT_ASSERT_EQ(mock->test, rocket_mock_submit(mock, REGCMD, 1, NULL, bo), 0);
	KUNIT_ASSERT_TRUE(mock->test, rocket_mock_wait_start(core));
	rocket_mock_end(core, ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(mock->test, rocket_mock_wait(rocket_mock_fence(mock, bo)), 1);
}

static void rocket_queue_places_jobs_where_the_file_was(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 2);
	struct drm_rocket_create_bo bos[ROCKET_MOCK_FILES];

	for (unsigned int i = 0; i < ROCKET_MOCK_FILES; i++) {
		mock->file = &mock->files[i];
		KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bos[i]), 0);
	}
	/* A core that nobody used is better than one that another file used. */
	for (unsigned int i = 0; i < 3 * ROCKET_MOCK_FILES; i++) {
		unsigned int file = i % ROCKET_MOCK_FILES;

		mock->file = &mock->files[file];
		queue_run(mock, &mock->cores[file], &bos[file]);
	}
	for (unsigned int i = 0; i < mock->count; i++)
		KUNIT_EXPECT_EQ(test, mock->cores[i].core.stats.attaches, 1);
}

static void rocket_queue_submission_can_be_interrupted(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_file *file = mock->file->driver_priv;
	struct rocket_mock_holder holder;
	struct drm_rocket_create_bo bo;
	struct drm_gem_object *obj;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	obj = drm_gem_object_lookup(mock->file, bo.handle);
	KUNIT_ASSERT_NOT_NULL(test, obj);
	allow_signal(SIGUSR1);
	for (int objects = 0; objects < 2; objects++) {
		/* Another submission of the file, or a user of the object, takes its time. */
		rocket_mock_hold(&holder, objects ? NULL : &file->lock,
				 objects ? obj->resv : NULL);
		send_sig(SIGUSR1, current, 0);
		KUNIT_EXPECT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &bo),
				-ERESTARTSYS);
		flush_signals(current);
		rocket_mock_let_go(&holder);
		KUNIT_EXPECT_EQ(test, READ_ONCE(mock->cores[0].core.jobs), 0);
	}
	disallow_signal(SIGUSR1);
	drm_gem_object_put(obj);
	queue_run(mock, &mock->cores[0], &bo);
}

/* Kills the jobs of a file on the first core. */
struct queue_killer {
	struct work_struct work;
	struct rocket_file *file;
};

static void queue_killer_work(struct work_struct *work)
{
	struct queue_killer *killer = container_of(work, struct queue_killer, work);

	guard(rwsem_write)(&killer->file->rdev->lock);
	rocket_queue_kill(killer->file, 0);
}

/* A job that the scheduler is about to start is not taken away from under it. */
static void rocket_queue_kill_waits_for_the_scheduler(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_mock_core *mc = &mock->cores[0];
	struct rocket_file *before = mock->files[0].driver_priv;
	struct queue_killer killer = { .file = mock->files[1].driver_priv };
	struct rocket_queue *queue = &killer.file->queues[0];
	struct rocket_mock_holder holder;
	struct drm_rocket_create_bo bo;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	queue_run(mock, mc, &bo);
	mock->file = &mock->files[1];
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);

	/* The core leaves its address space before it gets to another one. */
	rocket_mock_hold(&holder, &before->vm->lock, NULL);
	KUNIT_EXPECT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &bo), 0);
	for (int tries = 0; tries < 1000 && atomic_read(&queue->waiting); tries++)
		fsleep(1000);
	INIT_WORK_ONSTACK(&killer.work, queue_killer_work);
	queue_work(system_dfl_wq, &killer.work);
	for (int tries = 0; tries < 1000 && !READ_ONCE(mc->core.holds); tries++)
		fsleep(1000);
	KUNIT_EXPECT_EQ(test, READ_ONCE(mc->core.holds), 1);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(queue->entity.stopped));
	rocket_mock_let_go(&holder);
	flush_work(&killer.work);
	destroy_work_on_stack(&killer.work);
	KUNIT_EXPECT_TRUE(test, queue->entity.stopped);

	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(mc));
	rocket_mock_end(mc, ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bo)), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&killer.file->cancelled), 0);
}

static void rocket_queue_close_by_an_exiting_process_is_limited(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_mock_core *mc = &mock->cores[0];
	struct drm_rocket_create_bo mine, other;
	struct dma_fence *fence;
	unsigned long began;

	/* A job that goes on and on, and another file's behind it. */
	mc->progress = true;
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &other), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &other), 0);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(mc));
	mock->file = &mock->files[1];
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &mine), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &mine), 0);
	fence = rocket_mock_fence(mock, &mine);

	began = jiffies;
	current->flags |= PF_EXITING;
	rocket_mock_close(mock, mock->file);
	current->flags &= ~PF_EXITING;
	KUNIT_EXPECT_GE(test, jiffies - began, msecs_to_jiffies(CLOSE_MS));
	KUNIT_EXPECT_LT(test, jiffies - began, 5 * msecs_to_jiffies(CLOSE_MS));

	mock->file = &mock->files[0];
	rocket_mock_end(mc, ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &other)), 1);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(fence), -ESRCH);
	KUNIT_EXPECT_EQ(test, mc->starts, 1);
}

static struct kunit_case queue_cases[] = {
	KUNIT_CASE_PARAM(rocket_queue_orders_jobs_of_a_submission, queue_order_gen_params),
	KUNIT_CASE_PARAM(rocket_queue_places_jobs_where_they_wait, queue_pair_gen_params),
	KUNIT_CASE(rocket_queue_places_jobs_where_the_file_was),
	KUNIT_CASE(rocket_queue_submission_can_be_interrupted),
	KUNIT_CASE(rocket_queue_kill_waits_for_the_scheduler),
	KUNIT_CASE_SLOW(rocket_queue_close_by_an_exiting_process_is_limited),
	{}
};

static struct kunit_suite queue_suite = {
	.name = "rocket_queue",
	.suite_init = rocket_mock_suite_init,
	.suite_exit = rocket_mock_suite_exit,
	.test_cases = queue_cases,
};

kunit_test_suite(queue_suite);
