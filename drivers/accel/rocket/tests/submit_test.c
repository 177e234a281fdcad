// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of submission
 *
 * Each field at the last good and the first bad value, and that nothing is
 * queued when any job is refused.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/mman.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/uaccess.h>

#include "rocket_hw.h"
#include "rocket_mock.h"
#include "rocket_submit.h"

#define BAD_POINTER	8

/* A submission of one job, as far as rows differ in it. */
struct submit_form {
	struct drm_rocket_submit submit;
	struct drm_rocket_job job;
	struct drm_rocket_task task;
	u32 in[2];
};

struct submit_field {
	size_t at, size;
};

#define FIELD(member) \
	{ offsetof(struct submit_form, member), sizeof_field(struct submit_form, member) }

struct submit_row {
	const char *why;
	int want;
	struct submit_field field;
	u64 value;
};

static const struct submit_row submit_rows[] = {
	{ "a plain job", 0, FIELD(submit.job_count), 1 },
	{ "no jobs", 0, FIELD(submit.job_count), 0 },
	{ "too many jobs", -EINVAL, FIELD(submit.job_count), ROCKET_MAX_JOBS + 1 },
	{ "very many jobs", -EINVAL, FIELD(submit.job_count), U32_MAX },
	{ "short jobs", -EINVAL,
	  FIELD(submit.job_struct_size), sizeof(struct drm_rocket_job) - 1 },
	{ "jobs without size", -EINVAL, FIELD(submit.job_struct_size), 0 },
	{ "long jobs", 0, FIELD(submit.job_struct_size), 4096 },
	{ "a reserved bit", -EINVAL, FIELD(submit.reserved), 1 },
	{ "a high reserved bit", -EINVAL, FIELD(submit.reserved), BIT_ULL(63) },
	{ "a bad pointer to jobs", -EFAULT, FIELD(submit.jobs), BAD_POINTER },
	{ "no tasks", -EINVAL, FIELD(job.task_count), 0 },
	{ "too many tasks", -EINVAL, FIELD(job.task_count), ROCKET_MAX_TASKS + 1 },
	{ "very many tasks", -EINVAL, FIELD(job.task_count), U32_MAX },
	{ "short tasks", -EINVAL,
	  FIELD(job.task_struct_size), sizeof(struct drm_rocket_task) - 1 },
	{ "tasks without size", -EINVAL, FIELD(job.task_struct_size), 0 },
	{ "long tasks", 0, FIELD(job.task_struct_size), 4096 },
	{ "a bad pointer to tasks", -EFAULT, FIELD(job.tasks), BAD_POINTER },
	{ "half a pair of commands", -EINVAL, FIELD(task.regcmd), 8 },
	{ "one byte off", -EINVAL, FIELD(task.regcmd), 1 },
	{ "the first address", 0, FIELD(task.regcmd), 0 },
	{ "no commands", -EINVAL, FIELD(task.regcmd_count), 0 },
	{ "most commands", 0, FIELD(task.regcmd_count), ROCKET_REGCMD_MAX },
	{ "too many commands", -EINVAL, FIELD(task.regcmd_count), ROCKET_REGCMD_MAX + 1 },
	{ "very many commands", -EINVAL, FIELD(task.regcmd_count), U32_MAX },
	{ "commands up to the end of addresses", 0, FIELD(task.regcmd), SZ_4G - 16 },
	{ "most objects that are read", -EFAULT,
	  FIELD(job.in_bo_handle_count), ROCKET_MAX_BOS },
	{ "too many objects that are read", -EINVAL,
	  FIELD(job.in_bo_handle_count), ROCKET_MAX_BOS + 1 },
	{ "very many objects that are read", -EINVAL, FIELD(job.in_bo_handle_count), U32_MAX },
	{ "too many objects that are written", -EINVAL,
	  FIELD(job.out_bo_handle_count), ROCKET_MAX_BOS + 1 },
	{ "very many objects that are written", -EINVAL,
	  FIELD(job.out_bo_handle_count), U32_MAX },
	{ "a bad pointer to objects that are read", -EFAULT,
	  FIELD(job.in_bo_handles), BAD_POINTER },
	{ "a bad pointer to objects that are written", -EFAULT,
	  FIELD(job.out_bo_handles), BAD_POINTER },
	{ "an unknown handle", -ENOENT, FIELD(in[1]), 999 },
	{ "handle 0", -ENOENT, FIELD(in[1]), 0 },
};

static void submit_row_name(const struct submit_row *row, char *desc)
{
	strscpy(desc, row->why, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(submit, submit_rows, submit_row_name);

static void submit_set(struct submit_form *form, const struct submit_row *row)
{
	void *at = (u8 *)form + row->field.at;

	if (row->field.size == sizeof(u64))
		*(u64 *)at = row->value;
	else
		*(u32 *)at = row->value;
}

/* Puts pointers where a row left none. */
static int submit_form(struct rocket_mock *mock, struct submit_form *form)
{
	if (!form->job.tasks)
		form->job.tasks = rocket_mock_user(mock, &form->task, sizeof(form->task));
	if (!form->job.in_bo_handles)
		form->job.in_bo_handles = rocket_mock_user(mock, form->in, sizeof(form->in));
	if (!form->job.out_bo_handles)
		form->job.out_bo_handles = rocket_mock_user(mock, form->in, sizeof(form->in[0]));
	if (!form->submit.jobs)
		form->submit.jobs = rocket_mock_user(mock, &form->job, sizeof(form->job));
	return rocket_submit_ioctl(&mock->rdev->drm, &form->submit, mock->file);
}

static void submit_default(struct drm_rocket_create_bo *bo, struct submit_form *form)
{
	*form = (struct submit_form){
		.submit = { .job_count = 1, .job_struct_size = sizeof(form->job) },
		.job = {
			.task_count = 1, .task_struct_size = sizeof(form->task),
			.in_bo_handle_count = 2, .out_bo_handle_count = 1,
		},
		.task = { .regcmd = PAGE_SIZE, .regcmd_count = 2 },
		.in = { bo->handle, bo->handle },
	};
}

static void rocket_submit_checks_each_field(struct kunit *test)
{
	const struct submit_row *row = test->param_value;
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo bo;
	struct submit_form form;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	submit_default(&bo, &form);
	submit_set(&form, row);
	/* Lists as long as they say would run into memory that is not there. */
	if (form.job.in_bo_handle_count > ARRAY_SIZE(form.in))
		form.job.in_bo_handles = mock->user + ROCKET_MOCK_USER - PAGE_SIZE;
	/* Limits are checked before anything is read. */
	if (form.submit.job_count > ROCKET_MAX_JOBS)
		form.submit.jobs = BAD_POINTER;
	if (form.job.task_count > ROCKET_MAX_TASKS)
		form.job.tasks = BAD_POINTER;
	KUNIT_EXPECT_EQ(test, submit_form(mock, &form), row->want);
	if (row->want || !form.submit.job_count)
		KUNIT_EXPECT_EQ(test, READ_ONCE(mock->cores[0].core.jobs), 0);
	else
		KUNIT_EXPECT_TRUE(test, rocket_mock_wait_start(&mock->cores[0]));
}

static void rocket_submit_checks_the_end_of_streams(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo bo;
	struct submit_form form;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	submit_default(&bo, &form);
	form.task.regcmd = SZ_4G - 16;
	form.task.regcmd_count = 3;
	KUNIT_EXPECT_EQ(test, submit_form(mock, &form), -EINVAL);
}

static void rocket_submit_queues_all_or_nothing(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 3);
	struct drm_rocket_job jobs[5];
	struct drm_rocket_create_bo bo;
	struct submit_form form;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	for (unsigned int bad = 0; bad < ARRAY_SIZE(jobs); bad++) {
		submit_default(&bo, &form);
		form.job.tasks = rocket_mock_user(mock, &form.task, sizeof(form.task));
		form.job.in_bo_handle_count = 0;
		form.job.out_bo_handles = rocket_mock_user(mock, form.in, sizeof(form.in[0]));
		for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++)
			jobs[i] = form.job;
		jobs[bad].task_count = 0;
		form.submit.jobs = rocket_mock_user(mock, jobs, sizeof(jobs));
		form.submit.job_count = ARRAY_SIZE(jobs);
		KUNIT_EXPECT_EQ(test, submit_form(mock, &form), -EINVAL);
		for (unsigned int i = 0; i < mock->count; i++)
			KUNIT_EXPECT_EQ(test, READ_ONCE(mock->cores[i].core.jobs), 0);
	}
	KUNIT_EXPECT_TRUE(test, rocket_mock_starts_nothing(&mock->cores[0]));
}

static void rocket_submit_steps_by_the_size_of_structures(struct kunit *test)
{
	struct {
		struct drm_rocket_task task;
		u64 later;
	} tasks[2] = {
		{ { 2 * PAGE_SIZE, 1 }, U64_MAX }, { { 3 * PAGE_SIZE, 1 }, U64_MAX },
	};
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo bo;
	struct submit_form form;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	submit_default(&bo, &form);
	form.job.tasks = rocket_mock_user(mock, tasks, sizeof(tasks));
	form.job.task_count = 2;
	form.job.task_struct_size = sizeof(tasks[0]);
	KUNIT_ASSERT_EQ(test, submit_form(mock, &form), 0);
	for (int i = 0; i < 2; i++) {
		KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(&mock->cores[0]));
		KUNIT_EXPECT_EQ(test, mock->cores[0].log[i], tasks[i].task.regcmd);
		rocket_mock_end(&mock->cores[0], ROCKET_HW_DONE);
	}
}

/* Three tasks, 2 GiB apart. */
static void rocket_submit_steps_beyond_4_gib(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_task task = { 4 * PAGE_SIZE, 1 };
	u64 last = rocket_mock_user(mock, &task, sizeof(task));
	struct drm_rocket_create_bo bo;
	struct submit_form form;

	if (BITS_PER_LONG == 32)
		kunit_skip(test, "no user has so much memory");

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	submit_default(&bo, &form);
	form.job.tasks = last - SZ_4G;
	form.job.task_count = 3;
	form.job.task_struct_size = SZ_2G;
	for (u32 i = 0; i < 2; i++) {
		unsigned long at = form.job.tasks + (u64)i * SZ_2G;

		KUNIT_ASSERT_EQ(test, kunit_vm_mmap(test, NULL, PAGE_ALIGN_DOWN(at), PAGE_SIZE,
						    PROT_READ | PROT_WRITE,
						    MAP_FIXED | MAP_ANONYMOUS | MAP_PRIVATE, 0),
				PAGE_ALIGN_DOWN(at));
		task.regcmd = (i + 2) * PAGE_SIZE;
		KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)at, &task, sizeof(task)), 0);
	}
	KUNIT_ASSERT_EQ(test, submit_form(mock, &form), 0);
	for (int i = 0; i < 3; i++) {
		KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(&mock->cores[0]));
		KUNIT_EXPECT_EQ(test, mock->cores[0].log[i], (i + 2) * PAGE_SIZE);
		rocket_mock_end(&mock->cores[0], ROCKET_HW_DONE);
	}
}

/* What the outside world was promised; the compiler knows the same from the header. */
static void rocket_abi_is_what_it_was(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, DRM_IOCTL_ROCKET_CREATE_BO, 0xc0186440u);
	KUNIT_EXPECT_EQ(test, DRM_IOCTL_ROCKET_SUBMIT, 0x40186441u);
	KUNIT_EXPECT_EQ(test, DRM_IOCTL_ROCKET_PREP_BO, 0x40106442u);
	KUNIT_EXPECT_EQ(test, DRM_IOCTL_ROCKET_FINI_BO, 0x40086443u);
	KUNIT_EXPECT_EQ(test, sizeof(struct drm_rocket_create_bo), 24);
	KUNIT_EXPECT_EQ(test, sizeof(struct drm_rocket_prep_bo), 16);
	KUNIT_EXPECT_EQ(test, sizeof(struct drm_rocket_fini_bo), 8);
	KUNIT_EXPECT_EQ(test, sizeof(struct drm_rocket_task), 8);
	KUNIT_EXPECT_EQ(test, sizeof(struct drm_rocket_job), 40);
	KUNIT_EXPECT_EQ(test, sizeof(struct drm_rocket_submit), 24);
	KUNIT_EXPECT_EQ(test, offsetof(struct drm_rocket_create_bo, dma_address), 8);
	KUNIT_EXPECT_EQ(test, offsetof(struct drm_rocket_create_bo, offset), 16);
	KUNIT_EXPECT_EQ(test, offsetof(struct drm_rocket_prep_bo, timeout_ns), 8);
	KUNIT_EXPECT_EQ(test, offsetof(struct drm_rocket_job, task_count), 24);
	KUNIT_EXPECT_EQ(test, offsetof(struct drm_rocket_submit, reserved), 16);
}

static struct kunit_case submit_cases[] = {
	KUNIT_CASE_PARAM(rocket_submit_checks_each_field, submit_gen_params),
	KUNIT_CASE(rocket_submit_checks_the_end_of_streams),
	KUNIT_CASE(rocket_submit_queues_all_or_nothing),
	KUNIT_CASE(rocket_submit_steps_by_the_size_of_structures),
	KUNIT_CASE(rocket_submit_steps_beyond_4_gib),
	KUNIT_CASE(rocket_abi_is_what_it_was),
	{}
};

static struct kunit_suite submit_suite = {
	.name = "rocket_submit",
	.suite_init = rocket_mock_suite_init,
	.suite_exit = rocket_mock_suite_exit,
	.test_cases = submit_cases,
};

kunit_test_suite(submit_suite);
