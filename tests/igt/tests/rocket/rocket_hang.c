// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket hang
 * Description: Jobs that never end or use a wrong address: who is told, and what goes on
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Recovery
 * Test category: robustness
 */
#include "igt.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_system.h"
#include "sw_sync.h"

#include "rocket_hang.h"

IGT_TEST_DESCRIPTION("Time limit, faults and recovery of cores");

#define TIMES		10
#define TIMES_LONG	100
#define MEANWHILE	5	/* jobs of others during a hang; were they to wait, there would be one */
#define QUEUED_HANGS	64	/* more than can end while their process is killed */
#define STORM_CLIENTS	4
#define STORM_MS	6000
#define STORM_LONG_MS	60000
/* A job waits for the hung ones of all the others on its core; looking at the counter takes time */
#define STORM_AHEAD	(4 * STORM_CLIENTS)
#define UNMAPPED	0xfffe0000	/* the last addresses are given out last */
#define RACES		4
#define PROGRESS_MS	20	/* that the driver looks at a core that is over its time */
#define CLOSE_MS	1000	/* for which a file whose process is killed waits for its jobs */

int hang_fd = -1;

/* A client on a fresh file, whose job is queued and never ends */
static void begin_hang(struct rocket_client *client)
{
	rocket_client_open(client);
	rocket_queue_task(&client->kit, rocket_task_hang(&client->kit), NULL, &client->out);
}

int hang_result(struct rocket_client *client)
{
	return rocket_run_task_result(&client->kit, rocket_task_hang(&client->kit), &client->out);
}

/**
 * struct race - hangs against a job that makes progress
 * @hangs_ns: time after which the last hang was over
 * @job_ns: time after which the job was done
 */
struct race {
	int64_t hangs_ns, job_ns;
};

static uint64_t measure_task_ns(void)
{
	struct rocket_client client;
	uint64_t ns;

	rocket_client_open(&client);
	ns = rocket_task_ns(&client.kit);
	rocket_client_close(&client);
	return ns;
}

/* Some jobs hang one after the other while one of short tasks runs on another core. */
static struct race run_race(int hangs, uint32_t count)
{
	struct drm_rocket_task *tasks = malloc(count * sizeof(*tasks)), hang;
	struct rocket_client client, other;
	int fence, other_fence, gate;
	struct race race;
	int64_t start;

	rocket_client_open(&client);
	rocket_client_open(&other);
	hang = rocket_task_hang(&client.kit);
	igt_assert(tasks);
	tasks[0] = rocket_task_minimal(&other.kit);
	for (uint32_t i = 1; i < count; i++)
		tasks[i] = tasks[0];
	gate = rocket_gate_shut(&client.kit, &client.in);
	for (int i = 0; i < hangs; i++)
		rocket_queue_task(&client.kit, hang, &client.in, &client.out);
	fence = rocket_bo_export_fence(&client.out, DMA_BUF_SYNC_READ);
	rocket_queue(&other.kit, tasks, count, NULL, &other.out);
	other_fence = rocket_bo_export_fence(&other.out, DMA_BUF_SYNC_READ);
	start = rocket_now_ns();
	rocket_gate_open(gate);
	rocket_prep(&client.out);
	rocket_prep(&other.out);
	race.hangs_ns = (int64_t)sync_fence_timestamp(fence) - start;
	race.job_ns = (int64_t)sync_fence_timestamp(other_fence) - start;
	igt_info("%d hangs took %" PRId64 " ms, a job of %u tasks %" PRId64 " ms\n", hangs,
		 race.hangs_ns / 1000000, count, race.job_ns / 1000000);
	igt_assert_eq(rocket_fence_result(fence), -ECANCELED);
	igt_assert_eq(rocket_fence_result(other_fence), 0);
	free(tasks);
	rocket_client_close(&other);
	rocket_client_close(&client);
	return race;
}

/**
 * hang_in_time() - some jobs hang, one after the other; each is stopped at its time
 * @hangs: how many
 *
 * Not before the limit, by the clock; and before a job is done that takes about twice as long. That
 * is no matter of the clock: what slows the machine down slows both.
 */
void hang_in_time(int hangs)
{
	int64_t limit_ms = rocket_timeout_ms(), due_ns = hangs * (limit_ms + PROGRESS_MS) * 1000000;
	struct race race = { 0 };
	uint64_t count;

	count = 2 * due_ns / measure_task_ns();
	/* Tasks are faster in longer jobs: the first ones tell how many it takes. */
	for (int i = 0; i < RACES && race.job_ns < due_ns * 3 / 2; i++) {
		if (i)
			count = 2 * due_ns * count / race.job_ns;
		count = min(count, (uint64_t)ROCKET_MAX_TASKS);
		race = run_race(hangs, count);
		igt_assert_lte_s64(hangs * limit_ms * 1000000, race.hangs_ns);
	}
	igt_require_f(race.job_ns > due_ns || count < ROCKET_MAX_TASKS,
		      "a job of short tasks is done before a hang\n");
	igt_assert_lt_s64(race.hangs_ns, race.job_ns);
}

/**
 * SUBTEST: timeout
 * Description: A job without progress is stopped when its time is over, neither before nor much
 *   later; PREP succeeds, the fence tells
 * Functionality: job.time-limit, fence.ecanceled, prep.failed-job
 */
static void test_timeout(void)
{
	hang_in_time(1);
}

/**
 * SUBTEST: recovery
 * Description: After each of some hangs of a file, its next job is right
 * Functionality: job.time-limit, job.others-go-on
 *
 * SUBTEST: recovery-long
 * Description: The same a hundred times
 * Functionality: job.time-limit, job.others-go-on
 */
static void recover(int times)
{
	struct rocket_client client;

	rocket_client_open(&client);
	for (int i = 0; i < times; i++) {
		rocket_kit_rewind(&client.kit);
		rocket_queue_task(&client.kit, rocket_task_hang(&client.kit), NULL, &client.out);
		rocket_queue_fill(&client.kit, &client.in, i);
		rocket_queue_fill(&client.kit, &client.out, i);
		rocket_prep(&client.in);
		rocket_prep(&client.out);
		igt_assert(rocket_is_filled(&client.in, i));
		igt_assert(rocket_is_filled(&client.out, i));
	}
	rocket_client_close(&client);
}

static void test_recovery(void)
{
	recover(TIMES);
}

static void test_recovery_long(void)
{
	recover(TIMES_LONG);
}

static void hang_all_cores(struct rocket_client *clients, unsigned int cores)
{
	struct drm_rocket_task hangs[ROCKET_CORES_MAX];

	/* On a slow machine opening a file can take as long as a hang. */
	for (unsigned int i = 0; i < cores; i++) {
		rocket_client_open(&clients[i]);
		hangs[i] = rocket_task_hang(&clients[i].kit);
		rocket_kit_flush(&clients[i].kit);
	}
	for (unsigned int i = 0; i < cores; i++)
		rocket_queue_task(&clients[i].kit, hangs[i], NULL, &clients[i].out);
	for (unsigned int i = 0; i < cores; i++)
		rocket_prep(&clients[i].out);
}

/**
 * SUBTEST: recovery-each-core
 * Description: All cores hang at the same time; each is reset by itself and works again
 * Functionality: job.time-limit, job.parallel
 */
static void test_recovery_each_core(void)
{
	struct rocket_core_state before[ROCKET_CORES_MAX], after[ROCKET_CORES_MAX];
	struct rocket_client clients[ROCKET_CORES_MAX];
	unsigned int cores = rocket_read_cores(before);
	static bool hung;

	hung = false;
	igt_dynamic("hang") {
		hang_all_cores(clients, cores);
		igt_assert_eq(rocket_read_cores(after), cores);
		hung = true;
	}
	if (!hung)
		return;
	for (unsigned int i = 0; i < cores; i++) {
		igt_dynamic_f("core-%u", before[i].index) {
			igt_assert_eq_u64(after[i].timeouts, before[i].timeouts + 1);
			igt_assert_lt_u64(before[i].resets, after[i].resets);
		}
	}
	igt_dynamic("afterwards") {
		for (unsigned int i = 0; i < cores; i++) {
			rocket_check_fill(clients[i].fd, i);
			rocket_client_close(&clients[i]);
		}
		rocket_check_all_cores(hang_fd);
	}
}

/**
 * SUBTEST: others-survive
 * Description: While one file's job hangs, another file's jobs go on and are right
 * Functionality: job.others-go-on
 */
static void test_others_survive(void)
{
	struct rocket_client guilty, innocent;
	int jobs = 0;

	rocket_client_open(&innocent);
	/* A machine that has other things to do gets more than one chance. */
	for (int i = 0; i < TIMES && jobs < MEANWHILE; i++) {
		begin_hang(&guilty);
		for (jobs = 0; rocket_bo_busy(&guilty.out); jobs++) {
			rocket_kit_rewind(&innocent.kit);
			rocket_queue_fill(&innocent.kit, &innocent.out, jobs % 100);
			rocket_prep(&innocent.out);
			igt_assert(rocket_is_filled(&innocent.out, jobs % 100));
		}
		rocket_client_close(&guilty);
		igt_info("%d jobs during one that hangs\n", jobs);
	}
	igt_assert_lte(MEANWHILE, jobs);
	rocket_client_close(&innocent);
}

/**
 * SUBTEST: queued-behind-others
 * Description: All cores hang; jobs of another file that wait behind the hung ones end well
 * Functionality: job.others-go-on, fence.success
 */
static void test_queued_behind_others(void)
{
	struct rocket_client guilty[2 * ROCKET_CORES_MAX], innocent;
	struct rocket_bo bos[2 * ROCKET_CORES_MAX];

	for (unsigned int i = 0; i < ARRAY_SIZE(guilty); i++)
		begin_hang(&guilty[i]);
	rocket_client_open(&innocent);
	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++) {
		rocket_bo_create_mapped(innocent.fd, SZ_4K, &bos[i]);
		rocket_queue_fill(&innocent.kit, &bos[i], i + 1);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++) {
		rocket_prep(&bos[i]);
		igt_assert(rocket_is_filled(&bos[i], i + 1));
		rocket_bo_destroy(&bos[i]);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(guilty); i++)
		rocket_client_close(&guilty[i]);
	rocket_client_close(&innocent);
}

/**
 * SUBTEST: queued-behind-hang
 * Description: Jobs of the same file behind a hung one run; those that depend on its output too
 * Functionality: job.others-go-on, fence.success
 */
static void test_queued_behind_hang(void)
{
	struct drm_rocket_task fill, copy;
	struct rocket_client client;
	int fence;

	rocket_client_open(&client);
	rocket_queue_task(&client.kit, rocket_task_hang(&client.kit), NULL, &client.out);
	fill = rocket_task_fill(&client.kit, client.out.iova, client.out.size, 9);
	rocket_queue_task(&client.kit, fill, NULL, &client.out);
	copy = rocket_task_copy(&client.kit, client.in.iova, client.out.iova, client.out.size);
	rocket_queue_task(&client.kit, copy, &client.out, &client.in);
	fence = rocket_bo_export_fence(&client.in, DMA_BUF_SYNC_READ);
	igt_assert_eq(rocket_fence_result(fence), 0);
	rocket_prep(&client.in);
	igt_assert(rocket_is_filled(&client.in, 9));
	rocket_client_close(&client);
}

/**
 * SUBTEST: long-task-not-hung
 * Description: A job of many tasks that takes three time limits is left alone: it makes progress
 * Functionality: job.time-limit, fence.success
 */
static void test_long_task_not_hung(void)
{
	int64_t limit = rocket_timeout_ms(), wanted = 4 * limit, took = 0;
	struct rocket_client client;

	rocket_client_open(&client);
	/* Tasks are faster in longer jobs: the first one tells how many it takes. */
	for (int i = 0; i < 3 && took < limit + limit / 2; i++) {
		struct drm_rocket_task *tasks, last;
		uint32_t count;
		int64_t start;

		last = rocket_task_fill(&client.kit, client.out.iova, client.out.size, 4 + i);
		tasks = rocket_tasks_long(&client.kit, wanted, last, &count);
		start = rocket_now_ns();
		igt_assert_eq(rocket_run_result(&client.kit, tasks, count, &client.out), 0);
		took = rocket_elapsed_ms(start);
		igt_info("%u tasks took %" PRId64 " ms\n", count, took);
		rocket_prep(&client.out);
		igt_assert(rocket_is_filled(&client.out, 4 + i));
		free(tasks);
		wanted = wanted * 3 * limit / max(took, INT64_C(1));
	}
	igt_assert_lt_s64(limit + limit / 2, took);
	rocket_client_close(&client);
}

/**
 * SUBTEST: hang-mid-tasks
 * Description: Tasks before the one that hangs have run, those behind it never do
 * Functionality: job.one-core-in-order, job.time-limit
 */
static void test_hang_mid_tasks(void)
{
	struct drm_rocket_task tasks[5];
	struct rocket_client client;
	const int8_t *out;

	rocket_client_open(&client);
	for (int i = 0; i < 5; i++)
		tasks[i] = i == 2 ? rocket_task_hang(&client.kit)
				  : rocket_task_fill(&client.kit, client.out.iova + i * SZ_256,
						     SZ_256, 10 + i);
	igt_assert_eq(rocket_run_result(&client.kit, tasks, 5, &client.out), -ECANCELED);
	rocket_prep(&client.out);
	out = client.out.map;
	for (int i = 0; i < 5; i++) {
		igt_assert_eq(out[i * SZ_256], i < 2 ? 10 + i : 0);
		igt_assert_eq(out[i * SZ_256 + SZ_256 - 1], i < 2 ? 10 + i : 0);
	}
	rocket_client_close(&client);
}

/**
 * SUBTEST: hang-close
 * Description: A file is closed with a hung job and one behind it: close() ends, the NPU works
 * Functionality: close.waits, job.time-limit
 */
static void test_hang_close(void)
{
	for (int i = 0; i < 5; i++) {
		struct rocket_client client;

		begin_hang(&client);
		if (i & 1)
			rocket_queue_fill(&client.kit, &client.out, 1);
		igt_set_timeout(ROCKET_PATIENCE_MS / 1000, "close() of a file whose job hangs");
		rocket_client_close(&client);
		igt_reset_timeout();
		rocket_check_all_cores(hang_fd);
	}
}

/**
 * SUBTEST: hang-kill
 * Description: A process is killed while its job hangs and others wait behind it: no more of them
 *   hang than begin within a second
 * Functionality: close.exiting, job.time-limit
 */
static void test_hang_kill(void)
{
	/* One runs when it is killed, and for each one the clock may be late. */
	unsigned int most = 2 * CLOSE_MS / rocket_timeout_ms() + 2;

	for (int i = 0; i < 5; i++) {
		struct igt_helper_process victim = { .use_SIGKILL = true };
		uint64_t before;

		igt_fork_helper(&victim) {
			struct rocket_client client;

			begin_hang(&client);
			for (int k = 0; k < QUEUED_HANGS; k++)
				rocket_queue_task(&client.kit, rocket_task_hang(&client.kit), NULL,
						  &client.out);
			for (;;)
				pause();
		}
		usleep(50000 + 100000 * i);
		before = rocket_core_sum(timeouts);
		igt_stop_helper(&victim);
		rocket_check_all_cores(hang_fd);
		igt_info("%" PRIu64 " of %d jobs hung after the kill\n",
			 rocket_core_sum(timeouts) - before, QUEUED_HANGS);
		igt_assert_lte_u64(rocket_core_sum(timeouts) - before, most);
	}
}

/**
 * SUBTEST: iommu-fault
 * Description: A wrong address ends the job with EFAULT by itself, not by the time limit
 * Functionality: job.bad-address, fence.efault, vm.never-zero
 */
static void test_iommu_fault(void)
{
	static const uint32_t addresses[] = { 0, UNMAPPED };
	uint64_t timeouts = rocket_core_sum(timeouts), faults = rocket_core_sum(faults);
	struct rocket_client client;

	rocket_client_open(&client);
	for (unsigned int i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct drm_rocket_task task = rocket_task_fault(&client.kit, addresses[i]);

		igt_assert_eq(rocket_run_task_result(&client.kit, task, &client.out), -EFAULT);
		igt_assert_eq_u64(rocket_core_sum(faults), ++faults);
		igt_assert_eq_u64(rocket_core_sum(timeouts), timeouts);
		rocket_check_fill(client.fd, i);
	}
	rocket_client_close(&client);
}

/**
 * SUBTEST: fault-in-command-stream
 * Description: The commands themselves are at an address that is not mapped
 * Functionality: job.bad-address, fence.efault
 */
static void test_fault_in_command_stream(void)
{
	struct drm_rocket_task task = { .regcmd = UNMAPPED, .regcmd_count = 64 };
	struct rocket_client client;

	rocket_client_open(&client);
	igt_assert_eq(rocket_run_task_result(&client.kit, task, &client.out), -EFAULT);
	rocket_check_fill(client.fd, 1);
	rocket_client_close(&client);
}

/**
 * SUBTEST: hang-storm
 * Description: Clients that do nothing but hang: others get their results, memory comes back
 * Functionality: job.others-go-on, job.time-limit
 *
 * SUBTEST: hang-storm-long
 * Description: The same for a minute
 * Functionality: job.others-go-on, job.time-limit
 */
static void hang_all(int ms)
{
	struct igt_helper_process storm[STORM_CLIENTS] = { 0 };
	uint64_t before = rocket_shmem_bytes(), most = 0;
	int64_t begin;
	int jobs = 0;

	for (int i = 0; i < STORM_CLIENTS; i++) {
		storm[i].use_SIGKILL = true;
		igt_fork_helper(&storm[i]) {
			for (;;) {
				struct rocket_client client;

				begin_hang(&client);
				rocket_prep(&client.out);
				rocket_client_close(&client);
			}
		}
	}
	begin = rocket_now_ns();
	while (rocket_elapsed_ms(begin) < ms) {
		uint64_t timeouts = rocket_core_sum(timeouts);

		rocket_check_fill(hang_fd, jobs++ % 100);
		most = max(most, rocket_core_sum(timeouts) - timeouts);
		usleep(10000);
	}
	for (int i = 0; i < STORM_CLIENTS; i++)
		igt_stop_helper(&storm[i]);
	igt_info("%d jobs meanwhile, at most %" PRIu64 " hangs during one\n", jobs, most);
	igt_assert_lt_u64(most, STORM_AHEAD);
	rocket_check_all_cores(hang_fd);
	igt_assert(igt_wait(rocket_shmem_bytes() < before + SZ_1M, ROCKET_PATIENCE_MS, 20));
}

static void test_hang_storm(void)
{
	hang_all(STORM_MS);
}

static void test_hang_storm_long(void)
{
	hang_all(STORM_LONG_MS);
}

/**
 * SUBTEST: reset-counter
 * Description: A hang and a fault are counted once each, what goes well is counted as neither
 * Functionality: debugfs.counters
 */
static void test_reset_counter(void)
{
	uint64_t timeouts = rocket_core_sum(timeouts), faults = rocket_core_sum(faults),
		 resets = rocket_core_sum(resets);
	struct rocket_client client;

	rocket_client_open(&client);
	rocket_check_fill(client.fd, 3);
	igt_assert_eq_u64(rocket_core_sum(resets), resets);
	igt_assert_eq(hang_result(&client), -ECANCELED);
	igt_assert_eq_u64(rocket_core_sum(timeouts), timeouts + 1);
	igt_assert_eq_u64(rocket_core_sum(resets), resets + 1);
	igt_assert_eq(
		rocket_run_task_result(&client.kit, rocket_task_fault(&client.kit, 0), &client.out),
		-EFAULT);
	igt_assert_eq_u64(rocket_core_sum(timeouts), timeouts + 1);
	igt_assert_eq_u64(rocket_core_sum(faults), faults + 1);
	igt_assert_eq_u64(rocket_core_sum(resets), resets + 2);
	rocket_client_close(&client);
}

/**
 * SUBTEST: hang-suspend
 * Description: The system goes to sleep while a job hangs: sleep and wake-up succeed, the job ends
 *   at its time
 * Functionality: job.time-limit, fence.ecanceled
 *
 * SUBTEST: long-suspend
 * Description: The system goes to sleep during a job that makes progress for long: the job is
 *   cancelled, which is no hang; sleep and wake-up succeed
 * Functionality: fence.ecanceled, fdinfo.cancelled, pm.sleep
 *
 * SUBTEST: timeout-parameter
 * Description: The time limit is the one the module was loaded with; values without sense are
 *   refused
 * Functionality: module.timeout
 *
 * SUBTEST: devcoredump
 * Description: A hang or a fault leaves a dump with the commands of the task, for root only; the
 *   first of a core is kept until it is removed, the next one tells how many were missed
 * Functionality: dump.made, dump.content, dump.place, dump.root-only, dump.removed, dump.first,
 *   dump.counted, dump.limits
 *
 * SUBTEST: dma-error-no-splat
 * Description: Memory accesses that fail end their job with EIO; the kernel does not complain
 * Functionality: job.bus-error, fence.eio
 *
 * SUBTEST: interrupt-lost
 * Description: The interrupt of a task that is done does not come: its job succeeds all the same
 * Functionality: job.time-limit, fence.success
 *
 * SUBTEST: interrupt-late
 * Description: Interrupts that come late, within and beyond the time limit, neither break nor lose
 *   a job
 * Functionality: job.time-limit, fence.success
 *
 * SUBTEST: interrupt-spurious
 * Description: Interrupts without a cause change nothing, during a job and without one
 * Functionality: job.time-limit, fence.success
 *
 * SUBTEST: reset-stuck
 * Description: A core that cannot be reset is avoided; it comes back when its power was off
 * Functionality: job.others-go-on, job.bad-core
 */
static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "timeout", "Jobs without progress are stopped in time", test_timeout },
	{ "recovery", "A file goes on after its hangs", test_recovery },
	{ "recovery-long", "A file goes on after its hangs", test_recovery_long },
	{ "others-survive", "The innocent are not disturbed", test_others_survive },
	{ "queued-behind-others", "The innocent get their turn", test_queued_behind_others },
	{ "queued-behind-hang", "Jobs behind the guilty one run", test_queued_behind_hang },
	{ "long-task-not-hung", "Slow is not hung", test_long_task_not_hung },
	{ "hang-mid-tasks", "Nothing runs behind the task that hangs", test_hang_mid_tasks },
	{ "hang-close", "Closing a file that hangs", test_hang_close },
	{ "hang-kill", "Killing a process that hangs", test_hang_kill },
	{ "iommu-fault", "Wrong addresses are told at once", test_iommu_fault },
	{ "fault-in-command-stream", "No commands where they shall be",
	  test_fault_in_command_stream },
	{ "hang-storm", "Hangs without an end", test_hang_storm },
	{ "hang-storm-long", "Hangs without an end", test_hang_storm_long },
	{ "reset-counter", "Hangs are counted", test_reset_counter },
};

int igt_main()
{
	static struct rocket_health health;

	igt_fixture() {
		hang_fd = rocket_open();
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}

	igt_describe("Every core recovers by itself");
	igt_subtest_with_dynamic("recovery-each-core")
		test_recovery_each_core();

	hang_system();

	igt_fixture() {
		close(hang_fd);
		rocket_health_end(&health);
	}
}
