// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket isolation
 * Description: Files do not see each other's memory, and do not suffer from each other's mistakes
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Isolation
 * Test category: uapi
 */
#include <sys/mman.h>

#include <npu/rocket_regs.h>

#include "igt.h"
#include "sw_sync.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"

IGT_TEST_DESCRIPTION("Address spaces, faults and fair shares of open files");

#define MANY_FILES	64
#define ROUNDS		4
#define STORM		1000
#define LONG_MS		400
#define FLOOD_JOBS	60
#define FLOOD_MS	30
#define CANARY		0x5b
#define FAR_BYTES	SZ_16M

static int fd = -1;

/**
 * SUBTEST: two-files-same-iova
 * Description: The same number is another place in each file
 * Functionality: vm.private, vm.own-file-only
 */
static void test_two_files_same_iova(void)
{
	struct rocket_client clients[2];

	for (int i = 0; i < 2; i++)
		rocket_client_open(&clients[i]);
	igt_require_f(clients[0].out.iova == clients[1].out.iova,
		      "equal files have different addresses\n");
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 2; i++)
			rocket_queue_fill(&clients[i].kit, &clients[i].out, 2 * round % 100 + i);
		for (int i = 0; i < 2; i++) {
			rocket_prep(&clients[i].out);
			igt_assert(rocket_is_filled(&clients[i].out, 2 * round % 100 + i));
			rocket_kit_rewind(&clients[i].kit);
		}
	}
	for (int i = 0; i < 2; i++)
		rocket_client_close(&clients[i]);
}

/**
 * SUBTEST: many-files
 * Description: Many clients that take turns get their own results
 * Functionality: vm.isolated
 */
static void test_many_files(void)
{
	static struct rocket_client clients[MANY_FILES];

	for (int i = 0; i < MANY_FILES; i++)
		rocket_client_open(&clients[i]);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < MANY_FILES; i++)
			rocket_queue_fill(&clients[i].kit, &clients[i].out, i + round);
		for (int i = 0; i < MANY_FILES; i++) {
			rocket_prep(&clients[i].out);
			igt_assert_f(rocket_is_filled(&clients[i].out, i + round),
				     "file %d in round %d\n", i, round);
			igt_assert(rocket_is_zero(clients[i].in.map, rocket_page_size()));
		}
	}
	for (int i = 0; i < MANY_FILES; i++)
		rocket_client_close(&clients[i]);
}

/* Makes @guilty read and write an address, which must fail, and leave @kept of @victim alone. */
static void check_refused(struct rocket_client *guilty, uint32_t iova, const struct rocket_bo *kept)
{
	struct rocket_kit *kit = &guilty->kit;
	struct drm_rocket_task tasks[] = {
		rocket_task_copy(kit, guilty->out.iova, iova, ROCKET_UNIT),
		rocket_task_copy(kit, iova, guilty->in.iova, ROCKET_UNIT),
		rocket_task_fill(kit, iova, ROCKET_UNIT, 1),
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(tasks); i++) {
		igt_assert_eq(rocket_run_task_result(kit, tasks[i], &guilty->out), -EFAULT);
		rocket_prep(&guilty->out);
		igt_assert(rocket_is_zero(guilty->out.map, rocket_page_size()));
		rocket_prep(kept);
		igt_assert(rocket_is_filled(kept, CANARY));
	}
}

/**
 * SUBTEST: foreign-address
 * Description: An address that is mapped in another file only is not mapped
 * Functionality: vm.isolated, vm.own-file-only, job.bad-address, fence.efault
 */
static void test_foreign_address(void)
{
	struct rocket_client victim, guilty;
	struct rocket_bo far_bo, kept;

	rocket_client_open(&victim);
	rocket_client_open(&guilty);
	rocket_bo_create(victim.fd, FAR_BYTES, &far_bo);
	rocket_bo_create_mapped(victim.fd, rocket_page_size(), &kept);
	igt_assert_lt_u64(guilty.out.iova + rocket_page_size(), kept.iova);
	memset(kept.map, CANARY, kept.size);
	rocket_fini(&kept);
	check_refused(&guilty, kept.iova, &kept);
	rocket_bo_unmap(&kept);
	rocket_client_close(&guilty);
	rocket_client_close(&victim);
}

/**
 * SUBTEST: stale-address
 * Description: The address of a closed buffer is not mapped, and its memory, which others have now,
 *   is not touched
 * Functionality: vm.handle-lifetime, job.bad-address, fence.efault
 */
static void test_stale_address(void)
{
	struct rocket_client victim, guilty;
	struct rocket_bo stale, kept;
	uint32_t iova;

	rocket_client_open(&victim);
	rocket_client_open(&guilty);
	rocket_bo_create_mapped(guilty.fd, FAR_BYTES, &stale);
	iova = stale.iova;
	/* A core that has used the address may remember it. */
	igt_assert_eq(rocket_run_task_result(&guilty.kit,
					     rocket_task_fill(&guilty.kit, iova, ROCKET_UNIT, 1),
					     &stale),
		      0);
	rocket_bo_destroy(&stale);
	rocket_bo_create_mapped(victim.fd, FAR_BYTES, &kept);
	memset(kept.map, CANARY, kept.size);
	rocket_fini(&kept);
	check_refused(&guilty, iova, &kept);
	rocket_bo_unmap(&kept);
	rocket_client_close(&guilty);
	rocket_client_close(&victim);
}

/**
 * SUBTEST: foreign-registers
 * Description: A job finds its core in order, however the job of another file left it
 * Functionality: job.clean-core
 */
static void test_foreign_registers(void)
{
	/* Fields of S_POINTER. One of the two pointers goes on to the other group, one stays. */
	static const uint32_t lame[] = {
		ROCKET_DPU_S_POINTER_POINTER_PP_EN | ROCKET_DPU_S_POINTER_POINTER_PP_MODE,
		ROCKET_DPU_S_POINTER_EXECUTER_PP_EN,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(lame); i++) {
		int guilty = rocket_open(), other = rocket_open();

		rocket_check_all_cores(other);
		rocket_leave_all_cores(guilty, lame[i]);
		rocket_check_all_cores(other);
		close(other);
		close(guilty);
	}
}

/**
 * SUBTEST: kernel-survives-fault-storm
 * Description: A client that does nothing but fault costs the others time, nothing else
 * Functionality: job.bad-address, job.others-go-on
 */
static void test_kernel_survives_fault_storm(void)
{
	uint64_t before = rocket_core_sum(faults);
	struct rocket_client storm, other;
	struct drm_rocket_task fault;
	unsigned int rounds = 0;

	rocket_client_open(&storm);
	rocket_client_open(&other);
	fault = rocket_task_fault(&storm.kit, 0);
	rocket_kit_flush(&storm.kit);
	igt_set_timeout(120, "a storm of faults");
	for (int i = 0; i < STORM; i++) {
		rocket_queue_task(&storm.kit, fault, NULL, &storm.out);
		if (i % 10)
			continue;
		rocket_queue_fill(&other.kit, &other.out, rounds % 100);
		rocket_prep(&other.out);
		igt_assert(rocket_is_filled(&other.out, rounds % 100));
		rocket_kit_rewind(&other.kit);
		rounds++;
	}
	igt_assert_eq(__rocket_prep(storm.fd, storm.out.handle, rocket_deadline_ms(100000)), 0);
	igt_reset_timeout();
	igt_assert_eq_u64(rocket_core_sum(faults) - before, STORM);
	rocket_client_close(&other);
	rocket_client_close(&storm);
}

/**
 * SUBTEST: fault-hits-only-guilty
 * Description: One core's job faults while jobs of others run on all other cores: these, and those
 *   that wait, finish correctly
 * Functionality: job.others-go-on
 */
static void test_fault_hits_only_guilty(void)
{
	struct rocket_client guilty, innocents[ROCKET_CORES_MAX];
	struct rocket_core_state cores[ROCKET_CORES_MAX];
	unsigned int count = rocket_read_cores(cores);
	struct rocket_bo seconds[ROCKET_CORES_MAX];
	int fences[ROCKET_CORES_MAX];
	struct drm_rocket_task fault;
	unsigned int meanwhile = 0;

	igt_require_f(count > 1, "there is only one core\n");
	rocket_client_open(&guilty);
	fault = rocket_task_fault(&guilty.kit, 0);
	rocket_kit_flush(&guilty.kit);
	for (unsigned int i = 0; i < count; i++) {
		rocket_client_open(&innocents[i]);
		rocket_bo_create_mapped(innocents[i].fd, rocket_page_size(), &seconds[i]);
		rocket_task_ns(&innocents[i].kit);
	}
	for (unsigned int i = 0; i < count - 1; i++) {
		rocket_queue_long(&innocents[i].kit, LONG_MS, NULL, &innocents[i].out);
		fences[i] = rocket_bo_export_fence(&innocents[i].out, DMA_BUF_SYNC_READ);
	}
	while (rocket_bo_busy(&innocents[0].out)) {
		igt_assert_eq(rocket_run_task_result(&guilty.kit, fault, &guilty.out), -EFAULT);
		meanwhile += rocket_bo_busy(&innocents[0].out);
	}
	for (unsigned int i = 0; i < count - 1; i++) {
		igt_assert_eq(rocket_fence_result(fences[i]), 0);
		rocket_prep(&innocents[i].out);
		igt_assert(rocket_is_filled(&innocents[i].out, 1));
	}
	igt_info("%u faults during jobs on other cores\n", meanwhile);
	igt_assert_lt(0, meanwhile);

	for (unsigned int i = 0; i < 2 * count; i++) {
		struct rocket_bo out;

		rocket_bo_create(guilty.fd, rocket_page_size(), &out);
		rocket_queue_task(&guilty.kit, fault, NULL, &out);
	}
	for (unsigned int i = 0; i < count; i++)
		rocket_queue_fill(&innocents[i].kit, &seconds[i], 9);
	for (unsigned int i = 0; i < count; i++) {
		rocket_prep(&seconds[i]);
		igt_assert(rocket_is_filled(&seconds[i], 9));
		rocket_bo_unmap(&seconds[i]);
		rocket_client_close(&innocents[i]);
	}
	rocket_client_close(&guilty);
}

/**
 * SUBTEST: out-of-bo-write
 * Description: What a job writes beyond the end of the last buffer of a file goes nowhere
 * Functionality: job.bad-address, fence.efault
 */
static void test_out_of_bo_write(void)
{
	size_t page = rocket_page_size();
	struct rocket_client client;
	struct rocket_bo last;

	rocket_client_open(&client);
	/* Nothing is mapped behind the highest buffer; large, so that it does not fill a hole. */
	rocket_bo_create_mapped(client.fd, SZ_1M, &last);
	igt_assert_lt_u64(max(client.kit.code.iova, client.out.iova), last.iova);
	igt_assert_eq(rocket_run_task_result(
			      &client.kit,
			      rocket_task_fill(&client.kit, last.iova + SZ_1M - page, page, 1),
			      &client.out),
		      0);
	igt_assert_eq(rocket_run_task_result(
			      &client.kit,
			      rocket_task_fill(&client.kit, last.iova + SZ_1M - page, 2 * page, 2),
			      &client.out),
		      -EFAULT);
	igt_assert_eq(
		rocket_run_task_result(&client.kit,
				       rocket_task_fill(&client.kit, last.iova + SZ_1M, page, 2),
				       &client.out),
		-EFAULT);
	igt_assert(rocket_is_zero(client.in.map, page));
	rocket_bo_unmap(&last);
	rocket_client_close(&client);
}

/**
 * SUBTEST: scheduling-fairness
 * Description: A client with one small job does not wait for what another one queues after it,
 *   however much that is: at most for what is on the cores then
 * Functionality: job.others-go-on
 */
static void test_scheduling_fairness(void)
{
	int fences[FLOOD_JOBS], other_fence = -1;
	struct rocket_client flood, other;
	struct drm_rocket_task *tasks;
	unsigned int overtook = 0;
	uint64_t stamp;
	uint32_t count;

	rocket_client_open(&flood);
	rocket_client_open(&other);
	tasks = rocket_tasks_long(&flood.kit, FLOOD_MS, rocket_task_minimal(&flood.kit), &count);
	for (unsigned int i = 0; i < FLOOD_JOBS; i++) {
		struct rocket_bo bo;

		/*
		 * The kernel's scheduler may serve first who came first, so what is queued before
		 * does not count.
		 */
		if (i == FLOOD_JOBS / 2) {
			rocket_queue_fill(&other.kit, &other.out, 5);
			other_fence = rocket_bo_export_fence(&other.out, DMA_BUF_SYNC_READ);
		}
		rocket_bo_create(flood.fd, rocket_page_size(), &bo);
		rocket_queue(&flood.kit, tasks, count, NULL, &bo);
		fences[i] = rocket_bo_export_fence(&bo, DMA_BUF_SYNC_READ);
	}
	rocket_prep(&other.out);
	igt_assert(rocket_is_filled(&other.out, 5));
	stamp = sync_fence_timestamp(other_fence);
	igt_assert_eq(rocket_fence_result(other_fence), 0);
	for (unsigned int i = 0; i < FLOOD_JOBS; i++) {
		igt_assert_eq(sync_fence_wait(fences[i], ROCKET_PATIENCE_MS), 0);
		overtook += i >= FLOOD_JOBS / 2 && sync_fence_timestamp(fences[i]) < stamp;
		igt_assert_eq(rocket_fence_result(fences[i]), 0);
	}
	igt_info("%u later jobs of the other client were done before\n", overtook);
	igt_assert_lte(overtook, 2 * ROCKET_CORES_MAX);
	free(tasks);
	rocket_client_close(&flood);
	rocket_client_close(&other);
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "two-files-same-iova", "Addresses belong to a file", test_two_files_same_iova },
	{ "many-files", "Many clients take turns", test_many_files },
	{ "foreign-address", "Somebody else's address", test_foreign_address },
	{ "stale-address", "The address of a closed buffer", test_stale_address },
	{ "foreign-registers", "Somebody else's registers", test_foreign_registers },
	{ "kernel-survives-fault-storm", "Nothing but faults", test_kernel_survives_fault_storm },
	{ "fault-hits-only-guilty", "Others finish", test_fault_hits_only_guilty },
	{ "out-of-bo-write", "Beyond the last buffer", test_out_of_bo_write },
	{ "scheduling-fairness", "One job against many", test_scheduling_fairness },
};

int igt_main()
{
	static struct rocket_health health;

	igt_fixture() {
		fd = rocket_open();
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}

	igt_fixture() {
		close(fd);
		rocket_health_end(&health);
	}
}
