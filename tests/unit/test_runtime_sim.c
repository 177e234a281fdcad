// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of runtime/device.c and runtime/sim.c
 *
 * What the model does with good streams is the business of the cross tests; here it gets bad ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include <base/diag.h>
#include <fuzz/alloc_fail.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>
#include <runtime/backend.h>
#include <runtime/device.h>

static char messages[2000];

static void keep_messages(void *opaque, enum diag_level level, const char *text)
{
	size_t at = strlen(messages);

	snprintf(messages + at, sizeof(messages) - at, "%s\n", text);
}

static struct diag diag = { .print = keep_messages };

static int set_up(void **state)
{
	struct device *d;
	int ret = device_open("sim", &diag, &d);

	messages[0] = '\0';
	*state = d;
	return ret;
}

static int tear_down(void **state)
{
	device_close(*state);
	return 0;
}

static void an_unknown_device_is_named_with_a_remedy(void **state)
{
	struct device *d;

	messages[0] = '\0';
	assert_int_equal(device_open("/nonexistent/accel0", &diag, &d), -ENOENT);
	assert_non_null(strstr(messages, "/nonexistent/accel0"));
	messages[0] = '\0';
	assert_int_equal(device_open("simulator", &diag, &d), -ENODEV);
	assert_non_null(strstr(messages, "'simulator'"));
	assert_non_null(strstr(messages, "'sim'"));
}

static void buffers_lie_apart_and_never_at_zero(void **state)
{
	struct device *d = *state;
	struct bo bo[3];

	for (int i = 0; i < 3; i++) {
		assert_int_equal(d->backend->bo_create(d->handle, 5000, &diag, &bo[i]), 0);
		assert_true(bo[i].iova >= 4096);
		assert_int_equal(bo[i].iova % 4096, 0);
		if (i)
			assert_true(bo[i].iova > bo[i - 1].iova + 8192);
		for (int j = 0; j < 5000; j++)
			assert_int_equal(((uint8_t *)bo[i].map)[j], 0);
	}
}

static void the_place_of_a_freed_buffer_is_used_again(void **state)
{
	struct device *d = *state;
	struct bo bo[3], again;
	uint32_t place;

	for (int i = 0; i < 3; i++)
		assert_int_equal(d->backend->bo_create(d->handle, 4096, &diag, &bo[i]), 0);
	place = bo[1].iova;
	d->backend->bo_destroy(d->handle, &bo[1]);
	assert_null(bo[1].map);
	assert_int_equal(d->backend->bo_create(d->handle, 8192, &diag, &again), 0);
	assert_true(again.iova > bo[2].iova);
	assert_int_equal(d->backend->bo_create(d->handle, 4096, &diag, &again), 0);
	assert_int_equal(again.iova, place);
}

static void a_buffer_without_bytes_or_larger_than_the_address_space_is_refused(void **state)
{
	struct device *d = *state;
	struct bo bo;

	assert_int_equal(d->backend->bo_create(d->handle, 0, &diag, &bo), -EINVAL);
	assert_int_equal(d->backend->bo_create(d->handle, UINT32_MAX, &diag, &bo), -EINVAL);
}

static int submit(struct device *d, uint32_t iova, uint32_t words)
{
	const struct backend_task task = { iova, words };
	const struct backend_job job = { .tasks = &task, .n_tasks = 1 };

	messages[0] = '\0';
	return d->backend->submit(d->handle, &job, &diag);
}

static void a_stream_outside_all_buffers_fails_the_job(void **state)
{
	struct device *d = *state;

	assert_true(submit(d, 0x5000000, 16) < 0);
	assert_non_null(strstr(messages, "task 0"));
}

static void a_stream_that_starts_nothing_fails_the_job_and_spares_the_next(void **state)
{
	struct device *d = *state;
	struct bo bo;
	uint64_t *words;

	assert_int_equal(d->backend->bo_create(d->handle, 4096, &diag, &bo), 0);
	words = bo.map;
	words[2] = regcmd(NPU_TARGET_MARKER, 0, 0);
	words[3] = regcmd(NPU_TARGET_OP_ENABLE, NPU_ENABLE_DPU, ROCKET_PC_OPERATION_ENABLE);
	for (int i = 0; i < 2; i++) {
		assert_true(submit(d, bo.iova, 4) < 0);
		assert_non_null(strstr(messages, "task 0"));
	}
}

static int open_and_allocate(void *arg)
{
	struct device *d = NULL;
	struct bo bo;
	int ret = device_open("sim", NULL, &d);

	for (int i = 0; i < 20 && !ret; i++)
		ret = d->backend->bo_create(d->handle, 100, NULL, &bo);
	device_close(d);
	return ret;
}

static void memory_may_run_out_at_any_allocation(void **state)
{
	assert_true(alloc_fail_sweep(open_and_allocate, NULL) > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_device_is_named_with_a_remedy),
		cmocka_unit_test_setup_teardown(buffers_lie_apart_and_never_at_zero, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_place_of_a_freed_buffer_is_used_again, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			a_buffer_without_bytes_or_larger_than_the_address_space_is_refused, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(a_stream_outside_all_buffers_fails_the_job, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			a_stream_that_starts_nothing_fails_the_job_and_spares_the_next, set_up,
			tear_down),
		cmocka_unit_test(memory_may_run_out_at_any_allocation),
	};

	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
