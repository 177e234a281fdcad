// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of ordering within a submission, and of what a file counts
 *
 * Jobs of one submission cannot see each other's fences in the objects. Those of
 * different submissions, and how a job ends, are the business of job_test.c.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/string.h>

#include "rocket_hw.h"
#include "rocket_mock.h"
#include "rocket_queue.h"

#define REGCMD		0x10000

/* Time in which a job that must not start would have started. */
#define QUIET_MS	30

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

/* A job whose core says @events, or nothing. Returns the status of its fence. */
static int queue_run(struct rocket_mock *mock, struct drm_rocket_create_bo *bo, u32 events)
{
	KUNIT_ASSERT_EQ(mock->test, rocket_mock_submit(mock, REGCMD, 1, NULL, bo), 0);
	if (events) {
		KUNIT_ASSERT_TRUE(mock->test, rocket_mock_wait_start(&mock->cores[0]));
		rocket_mock_end(&mock->cores[0], events);
	}
	return rocket_mock_wait(rocket_mock_fence(mock, bo));
}

static void queue_expect_counts(struct kunit *test, struct rocket_file *file, int hangs, int faults,
				int cancelled)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&file->hangs), hangs);
	KUNIT_EXPECT_EQ(test, atomic_read(&file->faults), faults);
	KUNIT_EXPECT_EQ(test, atomic_read(&file->cancelled), cancelled);
}

static void rocket_queue_counts_how_jobs_end(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_file *file = mock->file->driver_priv;
	struct rocket_mock_core *core = &mock->cores[0];
	struct drm_rocket_create_bo bo;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);

	KUNIT_EXPECT_EQ(test, queue_run(mock, &bo, ROCKET_HW_DONE), 1);
	queue_expect_counts(test, file, 0, 0, 0);

	KUNIT_EXPECT_EQ(test, queue_run(mock, &bo, ROCKET_HW_ERROR), -EIO);
	queue_expect_counts(test, file, 0, 1, 0);

	/* The core is silent until the time is over. */
	KUNIT_EXPECT_EQ(test, queue_run(mock, &bo, 0), -ECANCELED);
	queue_expect_counts(test, file, 1, 1, 0);

	scoped_guard(spinlock_irqsave, &core->core.lock)
		core->core.powered = false;
	KUNIT_EXPECT_EQ(test, queue_run(mock, &bo, 0), -EIO);
	queue_expect_counts(test, file, 1, 1, 1);
}

static struct kunit_case queue_cases[] = {
	KUNIT_CASE_PARAM(rocket_queue_orders_jobs_of_a_submission, queue_order_gen_params),
	KUNIT_CASE(rocket_queue_counts_how_jobs_end),
	{}
};

static struct kunit_suite queue_suite = {
	.name = "rocket_queue",
	.suite_init = rocket_mock_suite_init,
	.suite_exit = rocket_mock_suite_exit,
	.test_cases = queue_cases,
};

kunit_test_suite(queue_suite);
