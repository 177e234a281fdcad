// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket sync
 * Description: Order of jobs by the buffers they list, and the fences that come of it
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Synchronisation
 * Test category: uapi
 */
#include <pthread.h>
#include <sys/mman.h>

#include "igt.h"
#include "dmabuf_sync_file.h"
#include "sw_sync.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"

IGT_TEST_DESCRIPTION("Implicit synchronisation within a submission, a file, between files and with "
		     "foreign fences");

#define LONG_MS		400	/* a test looks at what runs, sooner or later */
#define GRAPHS		100
#define GRAPHS_LONG	10000
#define GRAPH_BOS	6
#define GRAPH_JOBS	24
#define DEADLOCK_S	5
#define SHARED_BOS	8

static int fd = -1;
static struct rocket_kit kit;
static struct rocket_bo x, y;

enum pair { SAME_SUBMIT, TWO_SUBMITS, TWO_FILES, PAIRS };

static const char *const pair_names[PAIRS] = { "same-submit", "two-submits", "two-files" };

/* The other file of a pair, which shares x; y is its own. Addresses of x are not known there. */
static struct {
	int fd;
	struct rocket_kit kit;
	struct rocket_bo x, y;
} other;

static void open_other(void)
{
	int dmabuf = rocket_bo_export(&x);

	other.fd = rocket_open();
	rocket_kit_init(&other.kit, other.fd);
	other.x = (struct rocket_bo){ .fd = other.fd,
				      .handle = prime_fd_to_handle(other.fd, dmabuf) };
	rocket_bo_create_mapped(other.fd, SZ_4K, &other.y);
	close(dmabuf);
}

static void close_other(void)
{
	rocket_bo_unmap(&other.y);
	munmap(other.kit.code.map, other.kit.code.size);
	close(other.fd);
}

static void reset_bos(int8_t x_value)
{
	rocket_prep(&x);
	rocket_prep(&y);
	memset(x.map, x_value, SZ_4K);
	memset(y.map, 0, SZ_4K);
	rocket_fini(&x);
	rocket_fini(&y);
	rocket_kit_rewind(&kit);
}

/**
 * struct hazard - two jobs on buffer x that must not be exchanged
 * @first_reads: the first job, a long one, copies x to y; else it fills x
 * @second_reads: the second job copies x to y; else it fills x
 */
struct hazard {
	bool first_reads;
	bool second_reads;
};

static void check_two_files(const struct hazard *h, const struct drm_rocket_job *first)
{
	struct drm_rocket_task task;
	uint32_t handle;

	open_other();
	handle = other.x.handle;
	task = rocket_task_fill(&other.kit, other.y.iova, SZ_4K, 9);
	rocket_kit_flush(&other.kit);
	rocket_submit(fd, first, 1);
	if (h->second_reads) {
		rocket_queue(&other.kit, &task, 1, &other.x, &other.y);
	} else {
		uint32_t handles[2] = { handle, other.y.handle };
		struct drm_rocket_job job;

		rocket_job_init(&job, &task, 1, NULL, 0, handles, 2);
		rocket_submit(other.fd, &job, 1);
	}
	rocket_prep(&other.y);
	igt_assert(rocket_is_filled(&other.y, 9));
	/* The long job was first: it is done. */
	igt_assert(!rocket_bo_busy(&x));
	igt_assert(!rocket_bo_busy(&y));
	close_other();
}

static void check_hazard(const struct hazard *h, enum pair pair)
{
	struct drm_rocket_task last, second, *tasks;
	struct drm_rocket_job jobs[2];
	uint32_t count;

	reset_bos(5);
	last = h->first_reads ? rocket_task_copy(&kit, y.iova, x.iova, SZ_4K)
			      : rocket_task_fill(&kit, x.iova, SZ_4K, 1);
	second = h->second_reads ? rocket_task_copy(&kit, y.iova, x.iova, SZ_4K) :
				   rocket_task_fill(&kit, x.iova, SZ_4K, 9);
	tasks = rocket_tasks_long(&kit, LONG_MS, last, &count);
	rocket_job_init(&jobs[0], tasks, count, &x.handle, h->first_reads,
			h->first_reads ? &y.handle : &x.handle, 1);
	rocket_job_init(&jobs[1], &second, 1, &x.handle, h->second_reads,
			h->second_reads ? &y.handle : &x.handle, 1);
	rocket_kit_flush(&kit);

	if (pair == TWO_FILES) {
		check_two_files(h, &jobs[0]);
		free(tasks);
		return;
	}
	if (pair == SAME_SUBMIT) {
		rocket_submit(fd, jobs, 2);
	} else {
		rocket_submit(fd, &jobs[0], 1);
		rocket_submit(fd, &jobs[1], 1);
	}
	free(tasks);
	rocket_prep(&x);
	rocket_prep(&y);
	/* What y has was in x between the jobs; what x has is the last that was written. */
	if (h->second_reads)
		igt_assert(rocket_is_filled(&y, 1));
	else if (h->first_reads)
		igt_assert(rocket_is_filled(&y, 5));
	igt_assert(rocket_is_filled(&x, h->second_reads ? 1 : 9));
}

/**
 * SUBTEST: write-read
 * Description: What one job writes is what the next one reads
 * Functionality: job.ordered-by-lists
 *
 * SUBTEST: read-write
 * Description: A job gets its input before the next one overwrites it
 * Functionality: job.ordered-by-lists
 *
 * SUBTEST: write-write
 * Description: The last writer wins
 * Functionality: job.ordered-by-lists
 */
static const struct {
	const char *name;
	const char *why;
	struct hazard hazard;
} hazards[] = {
	{ "write-read", "Results are read when they are complete", { false, true } },
	{ "read-write", "Inputs are overwritten when they were read", { true, false } },
	{ "write-write", "Writers write in order", { false, false } },
};

static unsigned int busy_cores(void)
{
	struct rocket_core_state cores[ROCKET_CORES_MAX];
	unsigned int count = rocket_read_cores(cores), busy = 0;

	for (unsigned int i = 0; i < count; i++)
		busy += !strcmp(cores[i].state, "busy");
	return busy;
}

static void require_two_cores(void)
{
	struct rocket_core_state cores[ROCKET_CORES_MAX];

	igt_require_f(rocket_read_cores(cores) > 1, "one core runs one job at a time\n");
}

/**
 * SUBTEST: read-read-parallel
 * Description: Two readers of one input run at the same time when there are cores for both
 * Functionality: job.parallel
 */
static void test_read_read_parallel(void)
{
	struct rocket_bo z;

	require_two_cores();
	reset_bos(3);
	rocket_bo_create_mapped(fd, SZ_4K, &z);
	rocket_task_ns(&kit);
	rocket_queue_long(&kit, LONG_MS, &x, &y);
	rocket_queue_long(&kit, LONG_MS, &x, &z);
	igt_assert(igt_wait(busy_cores() >= 2, LONG_MS, 1));
	rocket_prep(&y);
	rocket_prep(&z);
	igt_assert(rocket_is_filled(&y, 3));
	igt_assert(rocket_is_filled(&z, 3));
	rocket_bo_destroy(&z);
}

/**
 * SUBTEST: independent-jobs-overlap
 * Description: Jobs of one file that share nothing run at the same time when there are cores for
 *   both
 * Functionality: job.parallel
 */
static void test_independent_jobs_overlap(void)
{
	require_two_cores();
	reset_bos(0);
	rocket_task_ns(&kit);
	rocket_queue_long(&kit, LONG_MS, NULL, &x);
	rocket_queue_long(&kit, LONG_MS, NULL, &y);
	igt_assert(igt_wait(busy_cores() >= 2, LONG_MS, 1));
	rocket_prep(&x);
	rocket_prep(&y);
	igt_assert(rocket_is_filled(&x, 1));
	igt_assert(rocket_is_filled(&y, 1));
}

static int8_t saturate(int value)
{
	return value > 127 ? 127 : value < -128 ? -128 : value;
}

/*
 * Random jobs on a few small buffers, in random submissions; @values is what they hold afterwards,
 * one after the other
 */
static void submit_graph(struct rocket_bo *bos, int8_t *values)
{
	struct drm_rocket_task tasks[GRAPH_JOBS];
	struct drm_rocket_job jobs[GRAPH_JOBS];
	static uint32_t lists[GRAPH_JOBS][2];
	unsigned int queued = 0;

	for (unsigned int i = 0; i < GRAPH_JOBS; i++) {
		unsigned int dst = rand() % GRAPH_BOS, src = rand() % GRAPH_BOS;
		int8_t add = rand() % 32 - 16;

		tasks[i] = rocket_task_add(&kit, bos[dst].iova, bos[src].iova, ROCKET_UNIT, add);
		values[dst] = saturate(values[src] + add);
		lists[i][0] = bos[src].handle;
		lists[i][1] = bos[dst].handle;
		rocket_job_init(&jobs[i], &tasks[i], 1, &lists[i][0], 1, &lists[i][1], 1);
	}
	rocket_kit_flush(&kit);
	while (queued < GRAPH_JOBS) {
		unsigned int count = 1 + rand() % (GRAPH_JOBS - queued);

		rocket_submit(fd, jobs + queued, count);
		queued += count;
	}
}

/**
 * SUBTEST: fifo-per-file
 * Description: Whatever depends on each other gives what it would give one after the other
 * Functionality: job.ordered-by-lists
 *
 * SUBTEST: fifo-per-file-long
 * Description: The same for a night
 * Functionality: job.ordered-by-lists
 */
static void check_graphs(unsigned int graphs)
{
	struct rocket_bo bos[GRAPH_BOS];
	int8_t values[GRAPH_BOS];

	for (unsigned int i = 0; i < GRAPH_BOS; i++)
		rocket_bo_create_mapped(fd, SZ_4K, &bos[i]);
	for (unsigned int graph = 0; graph < graphs; graph++) {
		for (unsigned int i = 0; i < GRAPH_BOS; i++) {
			values[i] = rand();
			memset(bos[i].map, values[i], ROCKET_UNIT);
			rocket_fini(&bos[i]);
		}
		submit_graph(bos, values);
		for (unsigned int i = 0; i < GRAPH_BOS; i++) {
			rocket_prep(&bos[i]);
			for (unsigned int j = 0; j < ROCKET_UNIT; j++)
				igt_assert_f(((int8_t *)bos[i].map)[j] == values[i],
					     "graph %u, buffer %u: %d, not %d\n", graph, i,
					     ((int8_t *)bos[i].map)[j], values[i]);
		}
		rocket_kit_rewind(&kit);
	}
	for (unsigned int i = 0; i < GRAPH_BOS; i++)
		rocket_bo_destroy(&bos[i]);
}

static void test_fifo_per_file(void)
{
	check_graphs(GRAPHS);
}

static void test_fifo_per_file_long(void)
{
	check_graphs(GRAPHS_LONG);
}

/**
 * SUBTEST: fence-on-output
 * Description: Others who want to read or write an output wait for the job
 * Functionality: fence.read-write, fence.success
 */
static void test_fence_on_output(void)
{
	int readers, writers, gate;
	bool busy_readers, busy_writers;

	reset_bos(0);
	gate = rocket_gate_shut(&kit, &x);
	rocket_queue_copy(&kit, &y, &x);
	readers = rocket_bo_export_fence(&y, DMA_BUF_SYNC_READ);
	writers = rocket_bo_export_fence(&y, DMA_BUF_SYNC_WRITE);
	busy_readers = sync_file_busy(readers);
	busy_writers = sync_file_busy(writers);
	rocket_gate_open(gate);
	igt_assert(busy_readers);
	igt_assert(busy_writers);
	igt_assert_eq(rocket_fence_result(readers), 0);
	igt_assert_eq(rocket_fence_result(writers), 0);
	igt_assert(!rocket_bo_busy(&y));
}

/**
 * SUBTEST: fence-on-input
 * Description: Others who want to write an input wait for the job, who want to read it do not
 * Functionality: fence.read-write, fence.success
 */
static void test_fence_on_input(void)
{
	int readers, writers, gate;
	bool busy_readers, busy_writers;

	reset_bos(0);
	gate = rocket_gate_shut(&kit, &y);
	rocket_queue_copy(&kit, &y, &x);
	readers = rocket_bo_export_fence(&x, DMA_BUF_SYNC_READ);
	writers = rocket_bo_export_fence(&x, DMA_BUF_SYNC_WRITE);
	busy_readers = sync_file_busy(readers);
	busy_writers = sync_file_busy(writers);
	rocket_gate_open(gate);
	igt_assert(!busy_readers);
	igt_assert(busy_writers);
	igt_assert_eq(rocket_fence_result(readers), 0);
	igt_assert_eq(rocket_fence_result(writers), 0);
	igt_assert(!rocket_bo_busy(&x));
}

/* Puts a fence of a software timeline into x as a writer; signalled by one step. */
static int hold_x(void)
{
	int timeline, fence, dmabuf;

	igt_require_sw_sync();
	timeline = sw_sync_timeline_create();
	fence = sw_sync_timeline_create_fence(timeline, 1);
	dmabuf = rocket_bo_export(&x);
	dmabuf_import_sync_file(dmabuf, DMA_BUF_SYNC_WRITE, fence);
	close(dmabuf);
	close(fence);
	return timeline;
}

static void check_foreign(int timeline, unsigned int hold_ms)
{
	uint64_t timeouts = rocket_core_sum(timeouts);

	rocket_queue_copy(&kit, &y, &x);
	usleep(hold_ms * 1000);
	igt_assert(rocket_bo_busy(&y));
	igt_assert(rocket_is_zero(y.map, SZ_4K));
	sw_sync_timeline_inc(timeline, 1);
	rocket_prep(&y);
	igt_assert(rocket_is_filled(&y, 4));
	igt_assert_eq_u64(rocket_core_sum(timeouts), timeouts);
	close(timeline);
}

/**
 * SUBTEST: wait-foreign-fence
 * Description: A job starts when the foreign writer of its input is done, not before
 * Functionality: fence.visible-to-others, job.ordered-by-lists
 */
static void test_wait_foreign_fence(void)
{
	reset_bos(4);
	check_foreign(hold_x(), LONG_MS);
}

/**
 * SUBTEST: foreign-fence-error
 * Description: A foreign writer that fails delays the job no longer, and the job runs on what is
 *   there
 * Functionality: job.ordered-by-lists, fence.success
 */
static void test_foreign_fence_error(void)
{
	int timeline, fence;

	reset_bos(4);
	timeline = hold_x();
	rocket_queue_copy(&kit, &y, &x);
	fence = rocket_bo_export_fence(&y, DMA_BUF_SYNC_READ);
	igt_assert(sync_file_busy(fence));
	/* The end of a timeline ends its fences with an error. */
	close(timeline);
	igt_assert_eq(rocket_fence_result(fence), 0);
	rocket_prep(&y);
	igt_assert(rocket_is_filled(&y, 4));
}

/**
 * SUBTEST: foreign-fence-timeout
 * Description: The time limit of a job does not begin while it waits for others
 * Functionality: job.time-limit
 */
static void test_foreign_fence_timeout(void)
{
	reset_bos(4);
	check_foreign(hold_x(), rocket_timeout_ms() * 3 / 2);
}

static struct {
	struct rocket_bo bos[SHARED_BOS];
	struct rocket_kit kit;
	int fd;
	volatile bool *stop;
	bool backwards;
	unsigned int submitted;
} clients[2];

static void *submit_in_order(void *arg)
{
	__typeof__(clients[0]) *c = arg;
	struct drm_rocket_task task = rocket_task_minimal(&c->kit);
	uint32_t handles[SHARED_BOS];
	struct drm_rocket_job job;

	for (int i = 0; i < SHARED_BOS; i++)
		handles[i] = c->bos[c->backwards ? SHARED_BOS - 1 - i : i].handle;
	rocket_kit_flush(&c->kit);
	rocket_job_init(&job, &task, 1, NULL, 0, handles, SHARED_BOS);
	while (!*c->stop) {
		rocket_submit(c->fd, &job, 1);
		if (c->submitted++ % 16 == 0)
			rocket_prep(&c->bos[0]);
	}
	rocket_prep(&c->bos[0]);
	return NULL;
}

/**
 * SUBTEST: deadlock-free
 * Description: Clients that list the same buffers in opposite order do not block each other
 * Functionality: job.ordered-by-lists
 */
static void test_deadlock_free(void)
{
	static volatile bool stop;
	pthread_t threads[2];

	stop = false;
	memset(clients, 0, sizeof(clients));
	for (int i = 0; i < 2; i++) {
		clients[i].fd = rocket_open();
		clients[i].backwards = i;
		clients[i].stop = &stop;
		rocket_kit_init(&clients[i].kit, clients[i].fd);
	}
	for (int i = 0; i < SHARED_BOS; i++) {
		int dmabuf;

		rocket_bo_create(clients[0].fd, SZ_4K, &clients[0].bos[i]);
		dmabuf = rocket_bo_export(&clients[0].bos[i]);
		clients[1].bos[i] =
			(struct rocket_bo){ .fd = clients[1].fd,
					    .handle = prime_fd_to_handle(clients[1].fd, dmabuf) };
		close(dmabuf);
	}
	igt_set_timeout(DEADLOCK_S + 30, "two clients with lists in opposite order");
	for (int i = 0; i < 2; i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, submit_in_order, &clients[i]), 0);
	sleep(DEADLOCK_S);
	stop = true;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	igt_reset_timeout();
	igt_info("%u and %u submissions\n", clients[0].submitted, clients[1].submitted);
	for (int i = 0; i < 2; i++) {
		igt_assert_lt(16, clients[i].submitted);
		munmap(clients[i].kit.code.map, clients[i].kit.code.size);
		close(clients[i].fd);
	}
}

/**
 * SUBTEST: fence-timestamps
 * Description: A fence tells when the job was done, on the clock that everybody uses
 * Functionality: fence.success
 */
static void test_fence_timestamps(void)
{
	int64_t before, after, stamp;
	int fence, gate;

	reset_bos(0);
	gate = rocket_gate_shut(&kit, &x);
	rocket_queue_copy(&kit, &y, &x);
	fence = rocket_bo_export_fence(&y, DMA_BUF_SYNC_READ);
	before = rocket_now_ns();
	rocket_gate_open(gate);
	igt_assert_eq(sync_fence_wait(fence, ROCKET_PATIENCE_MS), 0);
	after = rocket_now_ns();
	stamp = sync_fence_timestamp(fence);
	igt_assert_lte_s64(before, stamp);
	igt_assert_lte_s64(stamp, after);
	close(fence);
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "read-read-parallel", "Readers do not wait for each other", test_read_read_parallel },
	{ "fifo-per-file", "Random dependencies", test_fifo_per_file },
	{ "fifo-per-file-long", "Random dependencies", test_fifo_per_file_long },
	{ "independent-jobs-overlap", "One file uses several cores",
	  test_independent_jobs_overlap },
	{ "fence-on-output", "Fences of writers", test_fence_on_output },
	{ "fence-on-input", "Fences of readers", test_fence_on_input },
	{ "wait-foreign-fence", "Fences of others", test_wait_foreign_fence },
	{ "foreign-fence-error", "Fences of others that fail", test_foreign_fence_error },
	{ "foreign-fence-timeout", "Fences of others that take long", test_foreign_fence_timeout },
	{ "deadlock-free", "Lists in opposite order", test_deadlock_free },
	{ "fence-timestamps", "Fences tell the time", test_fence_timestamps },
};

int igt_main()
{
	static struct rocket_health health;

	igt_fixture() {
		fd = rocket_open();
		rocket_health_begin(&health);
		rocket_kit_init(&kit, fd);
		rocket_bo_create_mapped(fd, SZ_4K, &x);
		rocket_bo_create_mapped(fd, SZ_4K, &y);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(hazards); i++) {
		igt_describe(hazards[i].why);
		igt_subtest_with_dynamic(hazards[i].name) {
			for (enum pair pair = 0; pair < PAIRS; pair++)
				igt_dynamic(pair_names[pair])
					check_hazard(&hazards[i].hazard, pair);
		}
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}

	igt_fixture() {
		rocket_bo_destroy(&y);
		rocket_bo_destroy(&x);
		rocket_kit_fini(&kit);
		close(fd);
		rocket_health_end(&health);
	}
}
