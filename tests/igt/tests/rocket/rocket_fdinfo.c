// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket fdinfo
 * Description: What a client uses, as /proc tells it
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Accounting
 * Test category: uapi
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "igt.h"
#include "igt_drm_fdinfo.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_system.h"

IGT_TEST_DESCRIPTION("Memory and busy time of a client in /proc/<pid>/fdinfo");

#define ENGINE		"npu"
#define LONG_MS		400
#define IDLE_MS		200
#define BUSY_READS	10	/* during one job */
#define READ_SECONDS	2
#define LIFE_MAX_US	4000000

static int fd = -1;

static bool read_info(int file, struct drm_client_fdinfo *info)
{
	return igt_parse_drm_fdinfo(file, info, NULL, 0, NULL, 0);
}

static void get_info(int file, struct drm_client_fdinfo *info)
{
	rocket_shows(read_info(file, info), "usage in fdinfo");
}

static uint64_t busy_ns(int file)
{
	struct drm_client_fdinfo info;
	unsigned int i = 0;

	get_info(file, &info);
	while (i < info.num_engines && strcmp(info.names[i], ENGINE))
		i++;
	rocket_shows(i < info.num_engines, "busy time in fdinfo");
	return info.engine_time[i];
}

static struct drm_client_meminfo memory(int file)
{
	struct drm_client_fdinfo info;

	get_info(file, &info);
	rocket_shows(info.num_regions, "memory in fdinfo");
	return info.region_mem[0];
}

/**
 * SUBTEST: keys
 * Description: Tools find the driver, the client, its engine and its memory
 * Functionality: fdinfo.keys
 */
static void test_keys(void)
{
	struct drm_client_fdinfo info;

	get_info(fd, &info);
	igt_assert_eq(strcmp(info.driver, "rocket"), 0);
	igt_assert_eq(info.num_engines, 1);
	igt_assert_eq(strcmp(info.names[0], ENGINE), 0);
	igt_assert_lt(0, info.num_regions);
}

static unsigned int capacity(void)
{
	struct drm_client_fdinfo info;

	get_info(fd, &info);
	return info.capacity[0];
}

/**
 * SUBTEST: engine-capacity
 * Description: The engine has as many places as cores are bound, now
 * Functionality: fdinfo.engine
 */
static void test_engine_capacity(void)
{
	struct rocket_devices devices;

	rocket_devices(&devices);
	igt_assert_eq(capacity(), devices.count);
	for (unsigned int i = 1; i < devices.count; i++) {
		rocket_unbind(devices.names[i]);
		igt_assert_eq(capacity(), devices.count - i);
	}
	rocket_bind_all(&devices);
	igt_assert_eq(capacity(), devices.count);
}

/**
 * SUBTEST: client-id-unique
 * Description: Each open is a client, a duplicate of a descriptor is not
 * Functionality: fdinfo.keys
 */
static void test_client_id_unique(void)
{
	struct drm_client_fdinfo info;
	unsigned long ids[16];
	int fds[16], copy;

	for (unsigned int i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = rocket_open();
		get_info(fds[i], &info);
		ids[i] = info.id;
		for (unsigned int j = 0; j < i; j++)
			igt_assert(ids[i] != ids[j]);
	}
	copy = dup(fds[3]);
	get_info(copy, &info);
	igt_assert(info.id == ids[3]);
	close(copy);
	for (unsigned int i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
}

/**
 * SUBTEST: memory-total
 * Description: The total follows creation and closing to the byte
 * Functionality: fdinfo.memory
 */
static void test_memory_total(void)
{
	uint64_t before = memory(fd).total;
	struct rocket_bo bos[4];

	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++) {
		rocket_bo_create(fd, SZ_1M, &bos[i]);
		igt_assert_eq_u64(memory(fd).total, before + (i + 1) * SZ_1M);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++)
		rocket_bo_destroy(&bos[i]);
	igt_assert_eq_u64(memory(fd).total, before);
}

/**
 * SUBTEST: memory-resident
 * Description: All memory is pinned, so all of it is resident
 * Functionality: fdinfo.memory, create.zeroed
 */
static void test_memory_resident(void)
{
	struct drm_client_meminfo before = memory(fd), after;
	struct rocket_bo bo;

	rocket_bo_create(fd, SZ_1M, &bo);
	after = memory(fd);
	igt_assert_eq_u64(after.resident, before.resident + SZ_1M);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: memory-shared
 * Description: A buffer counts as shared when somebody else has it
 * Functionality: fdinfo.memory
 */
static void test_memory_shared(void)
{
	uint64_t before = memory(fd).shared;
	struct rocket_bo bo;
	int dmabuf, other = rocket_open();

	rocket_bo_create(fd, SZ_1M, &bo);
	igt_assert_eq_u64(memory(fd).shared, before);
	dmabuf = rocket_bo_export(&bo);
	prime_fd_to_handle(other, dmabuf);
	igt_assert_eq_u64(memory(fd).shared, before + SZ_1M);
	close(other);
	close(dmabuf);
	/*
	 * It counts as shared as long as it can be exported without being asked again, that is, to
	 * its end.
	 */
	rocket_bo_destroy(&bo);
	igt_assert_eq_u64(memory(fd).shared, before);
}

/**
 * SUBTEST: memory-active
 * Description: A buffer counts as active while a job uses it
 * Functionality: fdinfo.memory
 */
static void test_memory_active(void)
{
	uint64_t before = memory(fd).active;
	struct rocket_kit kit;
	struct rocket_bo bo;

	rocket_kit_init(&kit, fd);
	rocket_bo_create(fd, SZ_1M, &bo);
	rocket_queue_long(&kit, LONG_MS, NULL, &bo);
	igt_assert_eq_u64(memory(fd).active, before + SZ_1M);
	rocket_prep(&bo);
	igt_assert(igt_wait(memory(fd).active == before, ROCKET_PATIENCE_MS, 10));
	rocket_bo_destroy(&bo);
	rocket_kit_fini(&kit);
}

/**
 * SUBTEST: engine-idle
 * Description: Without jobs no time is charged
 * Functionality: fdinfo.engine
 */
static void test_engine_idle(void)
{
	uint64_t before = busy_ns(fd);

	usleep(IDLE_MS * 1000);
	igt_assert_eq_u64(busy_ns(fd), before);
}

/* Reads an account; it was that at a time between @begin and @end. */
struct reading {
	int64_t begin, end;
	uint64_t busy;
};

static struct reading read_busy(int file)
{
	struct reading r;

	r.begin = rocket_now_ns();
	r.busy = busy_ns(file);
	r.end = rocket_now_ns();
	return r;
}

/**
 * SUBTEST: engine-busy
 * Description: While a job runs its account goes with the clock; in the end no more is charged
 *   than has passed
 * Functionality: fdinfo.engine
 */
static void test_engine_busy(void)
{
	struct reading first, next;
	unsigned int reads = 0;
	struct rocket_kit kit;
	struct rocket_bo bo;
	uint64_t before;
	int64_t start;

	rocket_kit_init(&kit, fd);
	rocket_bo_create(fd, SZ_4K, &bo);
	rocket_task_ns(&kit);
	before = busy_ns(fd);
	start = rocket_now_ns();
	rocket_queue_long(&kit, LONG_MS, NULL, &bo);
	while (first = read_busy(fd), first.busy == before)
		igt_assert(rocket_bo_busy(&bo));
	while (next = read_busy(fd), rocket_bo_busy(&bo)) {
		int64_t charged = next.busy - first.busy;

		igt_assert_lte_s64(next.begin - first.end, charged);
		igt_assert_lte_s64(charged, next.end - first.begin);
		reads++;
		usleep(LONG_MS * 1000 / (2 * BUSY_READS));
	}
	next = read_busy(fd);
	igt_info("%u times, %" PRIu64 " ns of %" PRId64 " ns\n", reads, next.busy - before,
		 next.end - start);
	igt_assert_lt(1, reads);
	igt_assert_lte_u64(next.busy - before, next.end - start);
	usleep(LONG_MS * 1000 / BUSY_READS);
	igt_assert_eq_u64(busy_ns(fd), next.busy);
	rocket_bo_destroy(&bo);
	rocket_kit_fini(&kit);
}

/**
 * SUBTEST: engine-isolation
 * Description: What others do is not charged, neither while their job runs nor when it is done
 * Functionality: fdinfo.engine
 */
static void test_engine_isolation(void)
{
	uint64_t before = busy_ns(fd);
	int other = rocket_open();
	unsigned int reads = 0;
	struct rocket_kit kit;
	struct rocket_bo bo;

	rocket_kit_init(&kit, other);
	rocket_bo_create(other, SZ_4K, &bo);
	rocket_queue_long(&kit, LONG_MS, NULL, &bo);
	for (uint64_t own; own = busy_ns(fd), rocket_bo_busy(&bo);) {
		igt_assert_eq_u64(own, before);
		reads += busy_ns(other) > 0;
		usleep(LONG_MS * 1000 / (2 * BUSY_READS));
	}
	igt_assert_lt(1, reads);
	igt_assert_eq_u64(busy_ns(fd), before);
	munmap(kit.code.map, kit.code.size);
	close(other);
}

/**
 * SUBTEST: engine-monotonic
 * Description: Time that was charged stays charged, also when a job hangs and its core is reset
 * Functionality: fdinfo.engine
 */
static void test_engine_monotonic(void)
{
	uint64_t last = busy_ns(fd), now;
	struct rocket_kit kit;
	struct rocket_bo bo;

	rocket_kit_init(&kit, fd);
	rocket_bo_create(fd, SZ_4K, &bo);
	for (int round = 0; round < 4; round++) {
		rocket_queue_task(&kit,
				  round % 2 ? rocket_task_hang(&kit) : rocket_task_minimal(&kit),
				  NULL, &bo);
		do {
			now = busy_ns(fd);
			igt_assert_lte_u64(last, now);
			last = now;
		} while (__rocket_prep(fd, bo.handle, rocket_deadline_ms(10)));
	}
	rocket_bo_destroy(&bo);
	rocket_kit_fini(&kit);
}

/**
 * SUBTEST: read-while-closing
 * Description: A monitor that reads the accounts of processes that exit gets an answer or nothing
 * Functionality: fdinfo.keys
 */
static void test_read_while_closing(void)
{
	int64_t end = rocket_now_ns() + READ_SECONDS * NSEC_PER_SEC;
	unsigned int reads = 0, life_us = 2000;

	while (rocket_now_ns() < end || !reads) {
		char path[64], text[4096];
		int ready[2];
		pid_t pid;
		char c;

		igt_assert_eq(pipe(ready), 0);
		pid = fork();
		igt_assert(pid >= 0);
		if (!pid) {
			int own = open(rocket_node(), O_RDWR);
			struct drm_rocket_create_bo args = { 0 };

			dup2(own, 77);
			__rocket_create_bo(77, SZ_64K, &args);
			if (write(ready[1], "", 1) != 1)
				_exit(1);
			usleep(rand() % life_us);
			_exit(0);
		}
		igt_assert_eq(read(ready[0], &c, 1), 1);
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/77", pid);
		for (;;) {
			int file = open(path, O_RDONLY | O_CLOEXEC);
			ssize_t length;

			if (file < 0)
				break;
			length = read(file, text, sizeof(text));
			close(file);
			if (length <= 0)
				break;
			reads++;
		}
		igt_assert_eq(waitpid(pid, NULL, 0), pid);
		close(ready[0]);
		close(ready[1]);
		/* Where it takes long to look at a process it lives longer. */
		if (!reads)
			life_us *= 2;
		igt_assert_lt(life_us, LIFE_MAX_US);
	}
	igt_info("%u reads\n", reads);
}

/* Runs a job that ends with an error, and looks at the counts as soon as its fence says so. */
static void check_counts(struct rocket_client *client, struct drm_rocket_task task, int err,
			 struct rocket_counts added)
{
	struct rocket_counts before = rocket_read_counts(client->fd);

	igt_assert_eq(rocket_run_task_result(&client->kit, task, &client->out), err);
	rocket_check_counts(client->fd, before, added);
}

/**
 * SUBTEST: counts-hangs
 * Description: A client finds out that its job hung, and only it
 * Functionality: fdinfo.counts, fdinfo.hangs
 *
 * SUBTEST: counts-faults
 * Description: A client finds out that its job used a wrong address, and only it
 * Functionality: fdinfo.counts, fdinfo.faults
 *
 * SUBTEST: counts-cancelled
 * Description: A client finds out that its job lost its core
 * Functionality: fdinfo.counts, fdinfo.cancelled, fence.enodev
 */
static void check_failure(bool hang)
{
	struct rocket_client guilty, innocent;
	struct rocket_counts none = { 0 };

	rocket_client_open(&guilty);
	rocket_client_open(&innocent);
	check_counts(&guilty, rocket_task_minimal(&guilty.kit), 0, none);
	for (int i = 0; i < 2; i++) {
		if (hang)
			check_counts(&guilty, rocket_task_hang(&guilty.kit), -ECANCELED,
				     (struct rocket_counts){ .hangs = 1 });
		else
			check_counts(&guilty, rocket_task_fault(&guilty.kit, 0), -EFAULT,
				     (struct rocket_counts){ .faults = 1 });
	}
	rocket_check_counts(innocent.fd, none, none);
	rocket_client_close(&innocent);
	rocket_client_close(&guilty);
}

static void test_counts_hangs(void)
{
	check_failure(true);
}

static void test_counts_faults(void)
{
	check_failure(false);
}

static void test_counts_cancelled(void)
{
	struct drm_rocket_task last, *tasks;
	struct rocket_devices devices;
	struct rocket_client client;
	uint32_t count;
	int fence;

	rocket_devices(&devices);
	igt_require_f(devices.count > 1, "with one core the node goes as well\n");
	rocket_client_open(&client);
	last = rocket_task_minimal(&client.kit);
	tasks = rocket_tasks_long(&client.kit, 10 * LONG_MS, last, &count);
	/* All but one core go, until the job is on the one that stays. */
	for (unsigned int i = 1; i < devices.count; i++)
		rocket_unbind(devices.names[i]);
	rocket_queue(&client.kit, tasks, count, NULL, &client.out);
	fence = rocket_bo_export_fence(&client.out, DMA_BUF_SYNC_READ);
	rocket_bind(devices.names[1]);
	rocket_unbind(devices.names[0]);
	igt_assert_eq(rocket_fence_result(fence), -ENODEV);
	rocket_check_counts(client.fd, (struct rocket_counts){ 0 },
			    (struct rocket_counts){ .cancelled = 1 });
	rocket_bind_all(&devices);
	free(tasks);
	rocket_client_close(&client);
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "keys", "What tools look for", test_keys },
	{ "client-id-unique", "Clients can be told apart", test_client_id_unique },
	{ "memory-total", "All memory", test_memory_total },
	{ "memory-resident", "Pinned memory", test_memory_resident },
	{ "memory-shared", "Memory that others have too", test_memory_shared },
	{ "memory-active", "Memory that jobs use", test_memory_active },
	{ "engine-capacity", "How much there is", test_engine_capacity },
	{ "engine-idle", "Idle clients", test_engine_idle },
	{ "engine-busy", "Busy clients", test_engine_busy },
	{ "engine-isolation", "Other clients", test_engine_isolation },
	{ "engine-monotonic", "Clients whose jobs hang", test_engine_monotonic },
	{ "counts-hangs", "Jobs that hung", test_counts_hangs },
	{ "counts-faults", "Jobs with wrong addresses", test_counts_faults },
	{ "counts-cancelled", "Jobs that lost their core", test_counts_cancelled },
	{ "read-while-closing", "Clients that go", test_read_while_closing },
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
