// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket hang: what the system sees of it, and faults that only the emulated machine provokes
 */
#include "igt.h"
#include "igt_kmod.h"
#include "igt_taints.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_machine.h"
#include "rocket_system.h"

#include "rocket_hang.h"

#define SHORT_LIMIT_MS	50
#define HANGS		10	/* with that limit, each; some of them is on time */
#define SLOW_TASK_US	100000	/* time to get the fence of a job that fails */

/**
 * SUBTEST: hang-suspend
 * Description: The system goes to sleep while a job hangs: the job is cancelled, sleep and wake-up
 *   succeed
 * Functionality: fence.ecanceled
 */
static void test_hang_suspend(void)
{
	struct rocket_client client;
	int fence;

	rocket_suspend_require("devices");
	rocket_client_open(&client);
	rocket_queue_task(&client.kit, rocket_task_hang(&client.kit), NULL, &client.out);
	fence = rocket_bo_export_fence(&client.out, DMA_BUF_SYNC_READ);
	igt_assert_eq(rocket_suspend("devices"), 0);
	igt_assert_eq(rocket_fence_result(fence), -ECANCELED);
	rocket_check_fill(client.fd, 2);
	rocket_client_close(&client);
}

/**
 * SUBTEST: timeout-parameter
 * Description: The time limit is the one the module was loaded with; values without sense are
 *   refused
 * Functionality: module.timeout
 */
static void test_timeout_parameter(void)
{
	struct rocket_client client;
	struct rocket_devices devices;
	char usual[32], shorter[32];
	int64_t fastest = INT64_MAX;

	rocket_devices(&devices);
	snprintf(usual, sizeof(usual), "timeout_ms=%u", rocket_timeout_ms());
	snprintf(shorter, sizeof(shorter), "timeout_ms=%d", SHORT_LIMIT_MS);
	close(hang_fd);
	rocket_unload();
	igt_assert_neq(igt_kmod_load("rocket", "timeout_ms=9"), 0);
	igt_assert_neq(igt_kmod_load("rocket", "timeout_ms=60001"), 0);
	rocket_load(shorter);
	rocket_client_open(&client);
	rocket_check_fill(client.fd, 1);
	for (int i = 0; i < HANGS; i++) {
		int64_t start = rocket_now_ns();

		rocket_queue_task(&client.kit, rocket_task_hang(&client.kit), NULL, &client.out);
		rocket_prep(&client.out);
		fastest = min(fastest, rocket_elapsed_ms(start));
	}
	igt_assert_lte_s64(SHORT_LIMIT_MS, fastest);
	igt_assert_lt_s64(fastest, ROCKET_TIMEOUT_MS);
	rocket_client_close(&client);
	rocket_unload();
	rocket_load(usual);
	hang_fd = rocket_open();
}

/* One job with a property of all cores set, which is reset afterwards. */
static int result_with(const char *property, uint64_t value, int8_t fill)
{
	struct rocket_client client;
	int result;

	rocket_client_open(&client);
	rocket_task_ns(&client.kit);
	rocket_machine_set_cores(property, value);
	rocket_queue_task(&client.kit,
			  rocket_task_fill(&client.kit, client.out.iova, client.out.size, fill),
			  NULL, &client.out);
	rocket_prep(&client.out);
	result = rocket_is_filled(&client.out, fill);
	rocket_machine_set_cores(property, 0);
	rocket_client_close(&client);
	return result;
}

/**
 * SUBTEST: dma-error-no-splat
 * Description: Memory accesses that fail end their job with EIO; the kernel does not complain
 * Functionality: job.bus-error, fence.eio
 */
static void test_dma_error_no_splat(void)
{
	unsigned long before, after;
	uint64_t usual;

	usual = rocket_machine_get("npu0", "delay-us");
	igt_kernel_tainted(&before);
	for (int bits = 1; bits <= 2; bits++) {
		struct rocket_client client;
		struct drm_rocket_task task;
		int result;

		rocket_client_open(&client);
		task = rocket_task_fill(&client.kit, client.out.iova, client.out.size, 1);
		rocket_kit_flush(&client.kit);
		rocket_machine_set_cores("dma-error", bits);
		rocket_machine_set_cores("delay-us", SLOW_TASK_US);
		rocket_queue_task(&client.kit, task, NULL, &client.out);
		result =
			rocket_fence_result(rocket_bo_export_fence(&client.out, DMA_BUF_SYNC_READ));
		rocket_machine_set_cores("dma-error", 0);
		rocket_machine_set_cores("delay-us", usual);
		igt_assert_eq(result, -EIO);
		rocket_client_close(&client);
		rocket_check_all_cores(hang_fd);
	}
	igt_kernel_tainted(&after);
	igt_assert(after == before);
}

/**
 * SUBTEST: interrupt-lost
 * Description: The interrupt of a task that is done does not come: its job succeeds all the same
 * Functionality: job.time-limit
 */
static void test_interrupt_lost(void)
{
	igt_assert(result_with("irq-lost", 1, 6));
	rocket_check_all_cores(hang_fd);
}

/**
 * SUBTEST: interrupt-late
 * Description: Interrupts that come late, within and beyond the time limit, neither break nor lose
 *   a job
 * Functionality: job.time-limit
 */
static void test_interrupt_late(void)
{
	igt_assert(result_with("irq-late-us", 20000, 7));
	igt_assert(result_with("irq-late-us", 700000, 8));
	rocket_check_all_cores(hang_fd);
}

/**
 * SUBTEST: interrupt-spurious
 * Description: An interrupt without a cause changes nothing
 * Functionality: job.time-limit
 */
static void test_interrupt_spurious(void)
{
	igt_assert(result_with("irq-spurious", 1, 9));
	rocket_check_all_cores(hang_fd);
}

/**
 * SUBTEST: reset-stuck
 * Description: A core that cannot be reset is avoided; it comes back when its power was off
 * Functionality: job.others-go-on, job.bad-core
 */
static void test_reset_stuck(void)
{
	struct rocket_client client;

	rocket_machine_require();
	rocket_client_open(&client);
	rocket_machine_set("npu0", "reset-stuck", 1);
	for (int i = 0; i < 2 * ROCKET_CORES_MAX; i++) {
		rocket_kit_rewind(&client.kit);
		igt_assert_eq(hang_result(&client), -ECANCELED);
		rocket_check_fill(client.fd, i);
	}
	rocket_machine_set("npu0", "reset-stuck", 0);
	rocket_client_close(&client);
	for (int i = 0; i < 8; i++)
		rocket_check_fill(hang_fd, i);
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "hang-suspend", "Sleep does not wait for ever", test_hang_suspend },
	{ "timeout-parameter", "The limit can be chosen", test_timeout_parameter },
	{ "devcoredump", "What is left for the developer", test_devcoredump },
	{ "dma-error-no-splat", "Errors of the bus are the client's", test_dma_error_no_splat },
	{ "interrupt-lost", "Lost interrupts are noticed", test_interrupt_lost },
	{ "interrupt-late", "Late interrupts are not lost ones", test_interrupt_late },
	{ "interrupt-spurious", "Interrupts for nothing do nothing", test_interrupt_spurious },
	{ "reset-stuck", "A core that is beyond help", test_reset_stuck },
};

void hang_system(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}
}
