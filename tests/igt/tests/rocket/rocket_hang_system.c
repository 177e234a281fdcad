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

#define SHORT_LIMIT_MS	100
#define HANGS		4	/* with that limit, each */
#define SLOW_TASKS	4
#define SLOW_TASK_US	100000
#define FILL		6
#define SLEEPS_FOR	8	/* time limits, of which the driver waits for two */

static void test_hang_suspend(void)
{
	uint64_t timeouts = rocket_core_sum(timeouts);
	struct drm_rocket_task hang;
	struct rocket_client client;
	int fence;

	rocket_suspend_require("devices");
	rocket_client_open(&client);
	hang = rocket_task_hang(&client.kit);
	fence = rocket_queue_gated(&client.kit, &hang, 1, &client.out);
	igt_assert_eq(rocket_suspend("devices"), 0);
	igt_assert_eq(rocket_fence_result(fence), -ECANCELED);
	igt_assert_eq_u64(rocket_core_sum(timeouts), timeouts + 1);
	rocket_check_counts(client.fd, (struct rocket_counts){ 0 },
			    (struct rocket_counts){ .hangs = 1 });
	rocket_check_fill(client.fd, 2);
	rocket_client_close(&client);
}

static void test_long_suspend(void)
{
	struct drm_rocket_task *tasks, last;
	uint64_t timeouts = rocket_core_sum(timeouts);
	struct rocket_client client;
	uint32_t count;
	int fence;

	rocket_suspend_require("devices");
	rocket_client_open(&client);
	last = rocket_task_fill(&client.kit, client.out.iova, client.out.size, 3);
	tasks = rocket_tasks_long(&client.kit, SLEEPS_FOR * rocket_timeout_ms(), last, &count);
	fence = rocket_queue_gated(&client.kit, tasks, count, &client.out);
	igt_assert_eq(rocket_suspend("devices"), 0);
	igt_assert_eq(rocket_fence_result(fence), -ECANCELED);
	igt_assert(rocket_is_zero(client.out.map, client.out.size));
	igt_assert_eq_u64(rocket_core_sum(timeouts), timeouts);
	rocket_check_counts(client.fd, (struct rocket_counts){ 0 },
			    (struct rocket_counts){ .cancelled = 1 });
	rocket_check_all_cores(client.fd);
	free(tasks);
	rocket_client_close(&client);
}

static void test_timeout_parameter(void)
{
	char usual[32], shorter[32];

	snprintf(usual, sizeof(usual), "timeout_ms=%u", rocket_timeout_ms());
	snprintf(shorter, sizeof(shorter), "timeout_ms=%d", SHORT_LIMIT_MS);
	close(hang_fd);
	rocket_unload();
	igt_assert_neq(igt_kmod_load("rocket", "timeout_ms=9"), 0);
	igt_assert_neq(igt_kmod_load("rocket", "timeout_ms=60001"), 0);
	rocket_load(shorter);
	igt_assert_eq(rocket_timeout_ms(), SHORT_LIMIT_MS);
	hang_in_time(HANGS);
	rocket_unload();
	rocket_load(usual);
	hang_fd = rocket_open();
}

/* The job of a fresh file has done what it shall, and nobody counts it as a failure. */
static void check_success(struct rocket_client *client, int fence, uint64_t timeouts,
			  uint64_t resets)
{
	igt_assert_eq(rocket_fence_result(fence), 0);
	rocket_prep(&client->out);
	igt_assert(rocket_is_filled(&client->out, FILL));
	igt_assert_eq_u64(rocket_core_sum(timeouts), timeouts);
	igt_assert_eq_u64(rocket_core_sum(resets), resets);
	rocket_check_counts(client->fd, (struct rocket_counts){ 0 }, (struct rocket_counts){ 0 });
}

/* A job succeeds with a property of all cores set, which is reset afterwards. */
static void succeed_with(const char *property, uint64_t value)
{
	uint64_t timeouts = rocket_core_sum(timeouts), resets = rocket_core_sum(resets);
	struct rocket_client client;
	struct drm_rocket_task task;
	int fence;

	rocket_client_open(&client);
	task = rocket_task_fill(&client.kit, client.out.iova, client.out.size, FILL);
	rocket_kit_flush(&client.kit);
	rocket_machine_set_cores(property, value);
	fence = rocket_queue_gated(&client.kit, &task, 1, &client.out);
	rocket_prep(&client.out);
	rocket_machine_set_cores(property, 0);
	check_success(&client, fence, timeouts, resets);
	rocket_client_close(&client);
	rocket_check_all_cores(hang_fd);
}

static void test_dma_error_no_splat(void)
{
	unsigned long before, after;

	igt_kernel_tainted(&before);
	for (int bits = 1; bits <= 2; bits++) {
		struct rocket_client client;
		struct drm_rocket_task task;
		int result;

		rocket_client_open(&client);
		task = rocket_task_fill(&client.kit, client.out.iova, client.out.size, 1);
		rocket_kit_flush(&client.kit);
		rocket_machine_set_cores("dma-error", bits);
		result = rocket_run_task_result(&client.kit, task, &client.out);
		rocket_machine_set_cores("dma-error", 0);
		igt_assert_eq(result, -EIO);
		rocket_client_close(&client);
		rocket_check_all_cores(hang_fd);
	}
	igt_kernel_tainted(&after);
	igt_assert(after == before);
}

static void test_interrupt_lost(void)
{
	succeed_with("irq-lost", 1);
}

static void test_interrupt_late(void)
{
	succeed_with("irq-late-us", 20000);
	succeed_with("irq-late-us", 700000);
}

/* More interrupts than the job has tasks come while it runs; it ends no sooner for that. */
static void test_interrupt_spurious(void)
{
	uint64_t timeouts = rocket_core_sum(timeouts), resets = rocket_core_sum(resets), usual;
	struct drm_rocket_task tasks[SLOW_TASKS];
	struct rocket_client client;
	int fence, times = 0;
	int64_t start;

	usual = rocket_machine_get("npu0", "delay-us");
	rocket_client_open(&client);
	for (int i = 0; i < SLOW_TASKS; i++)
		tasks[i] = rocket_task_minimal(&client.kit);
	tasks[SLOW_TASKS - 1] =
		rocket_task_fill(&client.kit, client.out.iova, client.out.size, FILL);
	rocket_kit_flush(&client.kit);
	rocket_machine_set_cores("delay-us", SLOW_TASK_US);
	start = rocket_now_ns();
	fence = rocket_queue_gated(&client.kit, tasks, SLOW_TASKS, &client.out);
	while (rocket_bo_busy(&client.out)) {
		rocket_machine_set_cores("irq-spurious", 1);
		times++;
	}
	igt_assert_lte(SLOW_TASKS * SLOW_TASK_US / 1000, rocket_elapsed_ms(start));
	rocket_machine_set_cores("delay-us", usual);
	igt_info("%d times during %d tasks\n", times, SLOW_TASKS);
	check_success(&client, fence, timeouts, resets);
	igt_assert_lt(SLOW_TASKS, times);
	rocket_client_close(&client);
	rocket_check_all_cores(hang_fd);
}

/* Return: the jobs that the core has completed. */
static uint64_t jobs_of(unsigned int core)
{
	struct rocket_core_state cores[ROCKET_CORES_MAX];

	igt_assert_lt(core, rocket_read_cores(cores));
	return cores[core].jobs;
}

/* More jobs than cores wait at the same time. Return: how many of them core 0 has completed. */
static uint64_t run_on_core_0(void)
{
	struct rocket_bo bos[2 * ROCKET_CORES_MAX];
	struct rocket_client client;
	uint64_t before = jobs_of(0);
	int gate;

	rocket_client_open(&client);
	gate = rocket_gate_shut(&client.kit, &client.in);
	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++) {
		struct drm_rocket_task fill;

		rocket_bo_create_mapped(client.fd, rocket_page_size(), &bos[i]);
		fill = rocket_task_fill(&client.kit, bos[i].iova, bos[i].size, FILL);
		rocket_queue_task(&client.kit, fill, &client.in, &bos[i]);
	}
	rocket_gate_open(gate);
	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++) {
		rocket_prep(&bos[i]);
		igt_assert(rocket_is_filled(&bos[i], FILL));
		rocket_bo_unmap(&bos[i]);
	}
	rocket_client_close(&client);
	return jobs_of(0) - before;
}

static void test_reset_stuck(void)
{
	struct rocket_core_state before[ROCKET_CORES_MAX], after[ROCKET_CORES_MAX];
	struct rocket_client client;

	rocket_machine_require();
	igt_require_f(rocket_read_cores(before) > 1, "there is no other core\n");
	rocket_client_open(&client);
	rocket_machine_set("npu0", "reset-stuck", 1);
	for (int i = 0; i < 2 * ROCKET_CORES_MAX; i++) {
		rocket_kit_rewind(&client.kit);
		igt_assert_eq(hang_result(&client), -ECANCELED);
		rocket_check_fill(client.fd, i);
	}
	rocket_client_close(&client);
	rocket_read_cores(after);
	igt_assert_lte_u64(after[0].timeouts, before[0].timeouts + 1);
	igt_assert_eq_u64(run_on_core_0(), 0);
	rocket_machine_set("npu0", "reset-stuck", 0);
	/* It is tried again when the others have jobs. */
	igt_assert_lt_u64(0, run_on_core_0());
	rocket_check_all_cores(hang_fd);
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "hang-suspend", "Sleep does not wait for ever", test_hang_suspend },
	{ "long-suspend", "Sleep does not wait for long jobs", test_long_suspend },
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
