// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of what a file says of its jobs
 *
 * The counts of jobs by how they ended, when they rise, and fdinfo, which prints
 * them.
 */

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include "rocket_drv.h"
#include "rocket_hw.h"
#include "rocket_mock.h"
#include "rocket_queue.h"

#define REGCMD		0x10000

/* Longer than what is said of a file. */
#define TEXT_SIZE	SZ_4K

/* A job whose core says @events, or nothing. Returns the status of its fence. */
static int count_run(struct rocket_mock *mock, struct drm_rocket_create_bo *bo, u32 events)
{
	KUNIT_ASSERT_EQ(mock->test, rocket_mock_submit(mock, REGCMD, 1, NULL, bo), 0);
	if (events) {
		KUNIT_ASSERT_TRUE(mock->test, rocket_mock_wait_start(&mock->cores[0]));
		rocket_mock_end(&mock->cores[0], events);
	}
	return rocket_mock_wait(rocket_mock_fence(mock, bo));
}

static void count_expect(struct kunit *test, struct rocket_file *file, int hangs, int faults,
			 int cancelled)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&file->hangs), hangs);
	KUNIT_EXPECT_EQ(test, atomic_read(&file->faults), faults);
	KUNIT_EXPECT_EQ(test, atomic_read(&file->cancelled), cancelled);
}

static void rocket_count_tells_how_jobs_end(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_file *file = mock->file->driver_priv;
	struct rocket_mock_core *core = &mock->cores[0];
	struct drm_rocket_create_bo bo;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);

	KUNIT_EXPECT_EQ(test, count_run(mock, &bo, ROCKET_HW_DONE), 1);
	count_expect(test, file, 0, 0, 0);

	KUNIT_EXPECT_EQ(test, count_run(mock, &bo, ROCKET_HW_ERROR), -EIO);
	count_expect(test, file, 0, 1, 0);

	/* The core is silent until the time is over. */
	KUNIT_EXPECT_EQ(test, count_run(mock, &bo, 0), -ECANCELED);
	count_expect(test, file, 1, 1, 0);

	scoped_guard(spinlock_irqsave, &core->core.lock)
		core->core.powered = false;
	KUNIT_EXPECT_EQ(test, count_run(mock, &bo, 0), -EIO);
	count_expect(test, file, 1, 1, 1);
}

/**
 * struct count_end - how a job ends that runs, or waits behind one that does
 * @why: what happened
 * @events: what its core says; 0 for nothing
 * @kill: it is killed before it runs
 * @status: of its fence
 * @hangs: what is counted, as in &struct rocket_file
 * @faults: likewise
 * @cancelled: likewise
 */
struct count_end {
	const char *why;
	u32 events;
	bool kill;
	int status;
	int hangs, faults, cancelled;
};

static const struct count_end count_ends[] = {
	{ "a bus error", ROCKET_HW_ERROR, false, -EIO, 0, 1, 0 },
	{ "a hang", 0, false, -ECANCELED, 1, 0, 0 },
	{ "killed", 0, true, -ESRCH, 0, 0, 1 },
};

static void count_end_name(const struct count_end *end, char *desc)
{
	strscpy(desc, end->why, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(count_end, count_ends, count_end_name);

/* What a file's counters said when a fence was signalled. */
struct count_witness {
	struct dma_fence_cb cb;
	struct rocket_file *file;
	int hangs, faults, cancelled;
};

static void count_witness_look(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct count_witness *witness = container_of(cb, struct count_witness, cb);

	witness->hangs = atomic_read(&witness->file->hangs);
	witness->faults = atomic_read(&witness->file->faults);
	witness->cancelled = atomic_read(&witness->file->cancelled);
}

static void rocket_count_rises_before_waiters_hear(struct kunit *test)
{
	const struct count_end *end = test->param_value;
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_mock_core *core = &mock->cores[0];
	struct drm_rocket_create_bo first, bo;
	struct count_witness witness = {};
	struct dma_fence *fence;

	witness.file = mock->file->driver_priv;
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &first), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &first), 0);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &bo), 0);
	fence = rocket_mock_fence(mock, &bo);
	KUNIT_ASSERT_EQ(test, dma_fence_add_callback(fence, &witness.cb, count_witness_look), 0);
	if (end->kill) {
		scoped_guard(rwsem_write, &mock->rdev->lock)
			rocket_queue_kill(witness.file, 0);
	}
	rocket_mock_end(core, ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &first)), 1);
	if (!end->kill)
		KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(core));
	if (end->events)
		rocket_mock_end(core, end->events);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(fence), end->status);
	KUNIT_EXPECT_EQ(test, witness.hangs, end->hangs);
	KUNIT_EXPECT_EQ(test, witness.faults, end->faults);
	KUNIT_EXPECT_EQ(test, witness.cancelled, end->cancelled);
}

/* A line of a file's fdinfo without its key. */
static const char *count_fdinfo(struct rocket_mock *mock, struct drm_file *file, const char *key)
{
	char *text = kunit_kzalloc(mock->test, TEXT_SIZE, GFP_KERNEL);
	struct drm_print_iterator iter = { .data = text, .remain = TEXT_SIZE - 1 };
	struct drm_printer p = drm_coredump_printer(&iter);
	char *line;

	KUNIT_ASSERT_NOT_NULL(mock->test, text);
	rocket_drm_driver.show_fdinfo(&p, file);
	line = strstr(text, key);
	KUNIT_ASSERT_NOT_NULL_MSG(mock->test, line, "no key %s in:\n%s", key, text);
	line += strlen(key);
	strreplace(line, '\n', '\0');
	return line;
}

static void rocket_count_of_cores_is_of_those_there_are(struct kunit *test)
{
	static const char key[] = "drm-engine-capacity-npu:\t";
	struct rocket_mock *mock = rocket_mock_create(test, 3);

	KUNIT_EXPECT_STREQ(test, count_fdinfo(mock, mock->file, key), "3");
	scoped_guard(rwsem_write, &mock->rdev->lock)
		mock->rdev->cores[1] = NULL;
	KUNIT_EXPECT_STREQ(test, count_fdinfo(mock, mock->file, key), "2");
	scoped_guard(rwsem_write, &mock->rdev->lock)
		mock->rdev->cores[1] = &mock->cores[1].core;
}

static void rocket_count_of_time_leaves_out_other_files(struct kunit *test)
{
	static const char key[] = "drm-engine-npu:\t";
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo bo;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &bo), 0);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(&mock->cores[0]));
	/* While the job runs, and when it has ended. */
	for (int ended = 0; ended < 2; ended++) {
		fsleep(1000);
		KUNIT_EXPECT_STRNEQ(test, count_fdinfo(mock, &mock->files[0], key), "0 ns");
		KUNIT_EXPECT_STREQ(test, count_fdinfo(mock, &mock->files[1], key), "0 ns");
		if (!ended)
			rocket_mock_end(&mock->cores[0], ROCKET_HW_DONE);
	}
}

static struct kunit_case count_cases[] = {
	KUNIT_CASE(rocket_count_tells_how_jobs_end),
	KUNIT_CASE_PARAM(rocket_count_rises_before_waiters_hear, count_end_gen_params),
	KUNIT_CASE(rocket_count_of_cores_is_of_those_there_are),
	KUNIT_CASE(rocket_count_of_time_leaves_out_other_files),
	{}
};

static struct kunit_suite count_suite = {
	.name = "rocket_count",
	.suite_init = rocket_mock_suite_init,
	.suite_exit = rocket_mock_suite_exit,
	.test_cases = count_cases,
};

kunit_test_suite(count_suite);
