// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket prep fini
 * Description: Waiting for jobs, and memory that the CPU and the NPU see the same way
 * Category: Core
 * Mega feature: NPU
 * Sub-category: CPU access
 * Test category: uapi
 */
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_jobs.h"

IGT_TEST_DESCRIPTION("PREP_BO and FINI_BO: deadlines, errors, interrupted waits, coherency");

#define LONG_MS		1000	/* a busy machine looks at it again long before */
#define SHORT_MS	20
#define WAITERS		64
#define LINE		64
#define HOUR_S		3600

static int fd = -1;
static struct rocket_kit kit;

/* A buffer that a job writes for LONG_MS from now on */
static void make_busy(struct rocket_bo *bo)
{
	rocket_bo_create_mapped(fd, SZ_4K, bo);
	rocket_queue_long(&kit, LONG_MS, NULL, bo);
}

static void finish(struct rocket_bo *bo)
{
	rocket_prep(bo);
	igt_assert(rocket_is_filled(bo, 1));
	rocket_bo_destroy(bo);
	rocket_kit_rewind(&kit);
}

/**
 * SUBTEST: idle-poll
 * Description: Nothing to wait for: a poll succeeds, however long ago the deadline was
 * Functionality: prep.waits, prep.deadline
 */
static void test_idle_poll(void)
{
	const int64_t deadlines[] = { 0, 1, -1, INT64_MIN, rocket_deadline_ms(-1000) };
	struct rocket_bo bo;

	rocket_bo_create(fd, SZ_4K, &bo);
	for (unsigned int i = 0; i < ARRAY_SIZE(deadlines); i++)
		igt_assert_eq(__rocket_prep(fd, bo.handle, deadlines[i]), 0);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: idle-wait
 * Description: Nothing to wait for: no wait takes time
 * Functionality: prep.waits, prep.deadline
 */
static void test_idle_wait(void)
{
	const int64_t deadlines[] = { rocket_deadline_ms(60000), INT64_MAX, INT64_MAX - 1 };
	struct rocket_bo bo;

	rocket_bo_create(fd, SZ_4K, &bo);
	for (unsigned int i = 0; i < ARRAY_SIZE(deadlines); i++)
		igt_assert_eq(__rocket_prep(fd, bo.handle, deadlines[i]), 0);
	igt_assert_lt_s64(rocket_now_ns(), deadlines[0]);
	rocket_bo_destroy(&bo);
}

static void check_no_handle(uint32_t handle)
{
	igt_assert_eq(__rocket_prep(fd, handle, INT64_MAX), -ENOENT);
	igt_assert_eq(__rocket_prep(fd, handle, 0), -ENOENT);
	igt_assert_eq(__rocket_fini(fd, handle), -ENOENT);
}

/**
 * SUBTEST: bad-handle
 * Description: A handle that never existed
 * Functionality: prep.enoent, fini.enoent
 */
static void test_bad_handle(void)
{
	check_no_handle(4711);
	check_no_handle(INT32_MAX);
	check_no_handle(UINT32_MAX);
}

/**
 * SUBTEST: closed-handle
 * Description: A handle that exists no more
 * Functionality: prep.enoent, fini.enoent
 */
static void test_closed_handle(void)
{
	struct rocket_bo bo;
	uint32_t handle;

	rocket_bo_create(fd, SZ_4K, &bo);
	handle = bo.handle;
	rocket_bo_destroy(&bo);
	check_no_handle(handle);
}

/**
 * SUBTEST: handle-zero
 * Description: Zero is no handle
 * Functionality: prep.enoent, fini.enoent
 */
static void test_handle_zero(void)
{
	check_no_handle(0);
}

/**
 * SUBTEST: reserved-nonzero
 * Description: Bits without a meaning are refused, so that they can get one, whatever else is wrong
 * Functionality: abi.reserved, prep.einval, fini.einval
 */
static void test_reserved_nonzero(void)
{
	struct rocket_bo bo;

	rocket_bo_create(fd, SZ_4K, &bo);
	for (unsigned int bit = 0; bit < 32; bit++) {
		for (int good = 0; good < 2; good++) {
			struct drm_rocket_prep_bo prep = { .handle = good ? bo.handle : 0,
							   .reserved = 1u << bit };
			struct drm_rocket_fini_bo fini = { .handle = good ? bo.handle : 0,
							   .reserved = 1u << bit };

			do_ioctl_err(fd, DRM_IOCTL_ROCKET_PREP_BO, &prep, EINVAL);
			do_ioctl_err(fd, DRM_IOCTL_ROCKET_FINI_BO, &fini, EINVAL);
		}
	}
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: busy-poll
 * Description: A poll tells that a job still writes
 * Functionality: prep.ebusy
 */
static void test_busy_poll(void)
{
	const int64_t deadlines[] = { 0, 1, -1, INT64_MIN, rocket_deadline_ms(-1000) };
	struct rocket_bo bo;

	make_busy(&bo);
	for (unsigned int i = 0; i < ARRAY_SIZE(deadlines); i++)
		igt_assert_eq(__rocket_prep(fd, bo.handle, deadlines[i]), -EBUSY);
	finish(&bo);
}

/**
 * SUBTEST: busy-timeout
 * Description: A wait ends at its deadline, not before, and not as late as the job
 * Functionality: prep.etimedout, prep.deadline
 */
static void test_busy_timeout(void)
{
	struct rocket_bo bo;
	int64_t deadline;

	make_busy(&bo);
	deadline = rocket_deadline_ms(SHORT_MS);
	igt_assert_eq(__rocket_prep(fd, bo.handle, deadline), -ETIMEDOUT);
	igt_assert_lte_s64(deadline, rocket_now_ns());
	igt_assert(rocket_bo_busy(&bo));
	finish(&bo);
}

/**
 * SUBTEST: busy-wait
 * Description: A wait ends with the job, and its result can be read
 * Functionality: prep.waits, prep.visible
 */
static void test_busy_wait(void)
{
	struct rocket_bo bo;

	make_busy(&bo);
	igt_assert(rocket_bo_busy(&bo));
	igt_assert_eq(__rocket_prep(fd, bo.handle, INT64_MAX), 0);
	igt_assert(!rocket_bo_busy(&bo));
	finish(&bo);
}

static void *wait_short(void *arg)
{
	int64_t deadline = rocket_deadline_ms(LONG_MS / 4);
	int ret = __rocket_prep(fd, ((struct rocket_bo *)arg)->handle, deadline);

	/* A wait that was made longer ends with the job. */
	igt_assert_eq(ret, -ETIMEDOUT);
	igt_assert_lte_s64(deadline, rocket_now_ns());
	return NULL;
}

static void shift_clock(int seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += seconds;
	igt_assert_eq(clock_settime(CLOCK_REALTIME, &now), 0);
}

/**
 * SUBTEST: absolute-clock
 * Description: Setting the wall clock makes no wait longer or shorter
 * Functionality: prep.deadline
 */
static void test_absolute_clock(void)
{
	igt_require_f(!geteuid(), "only root can set the clock\n");
	for (int sign = -1; sign <= 1; sign += 2) {
		struct rocket_bo bo;
		pthread_t thread;

		make_busy(&bo);
		igt_assert_eq(pthread_create(&thread, NULL, wait_short, &bo), 0);
		usleep(10000);
		shift_clock(sign * HOUR_S);
		pthread_join(thread, NULL);
		shift_clock(-sign * HOUR_S);
		finish(&bo);
	}
}

/**
 * SUBTEST: reader-busy
 * Description: The next input must not be written while a job reads the last one
 * Functionality: prep.waits
 */
static void test_reader_busy(void)
{
	struct rocket_bo in, out;

	rocket_bo_create_mapped(fd, SZ_4K, &in);
	rocket_bo_create_mapped(fd, SZ_4K, &out);
	memset(in.map, 1, SZ_4K);
	rocket_fini(&in);
	rocket_queue_long(&kit, LONG_MS, &in, &out);
	igt_assert_eq(__rocket_prep(fd, in.handle, 0), -EBUSY);
	igt_assert_eq(__rocket_prep(fd, in.handle, rocket_deadline_ms(SHORT_MS)), -ETIMEDOUT);
	rocket_prep(&in);
	memset(in.map, 2, SZ_4K);
	finish(&out);
	rocket_bo_destroy(&in);
}

static void on_signal(int sig)
{
	(void)sig;
}

/**
 * SUBTEST: wait-interrupted
 * Description: A signal handler runs at once, and the wait can go on to the same deadline
 * Functionality: prep.eintr, prep.deadline
 */
static void test_wait_interrupted(void)
{
	struct sigaction sa = { .sa_handler = on_signal }, old;
	struct drm_rocket_prep_bo args = { 0 };
	struct itimerspec after = { .it_value.tv_nsec = SHORT_MS * 1000000 };
	struct sigevent sev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct rocket_bo bo;
	timer_t timer;

	make_busy(&bo);
	args.handle = bo.handle;
	args.timeout_ns = rocket_deadline_ms(LONG_MS / 4);
	igt_assert_eq(sigaction(SIGUSR1, &sa, &old), 0);
	igt_assert_eq(timer_create(CLOCK_MONOTONIC, &sev, &timer), 0);
	igt_assert_eq(timer_settime(timer, 0, &after, NULL), 0);
	igt_assert_eq(ioctl(fd, DRM_IOCTL_ROCKET_PREP_BO, &args), -1);
	igt_assert_eq(errno, EINTR);
	igt_assert_eq(ioctl(fd, DRM_IOCTL_ROCKET_PREP_BO, &args), -1);
	igt_assert_eq(errno, ETIMEDOUT);
	igt_assert_lte_s64(args.timeout_ns, rocket_now_ns());
	igt_assert(rocket_bo_busy(&bo));
	timer_delete(timer);
	sigaction(SIGUSR1, &old, NULL);
	finish(&bo);
}

/**
 * SUBTEST: wait-killed
 * Description: A process that waits for a job can be killed; it is gone before the job is done
 * Functionality: prep.eintr, close.exiting
 */
static void test_wait_killed(void)
{
	struct igt_helper_process victim = { .use_SIGKILL = true };
	int ready[2], dmabuf;
	struct rocket_bo bo;
	char c;

	igt_assert_eq(pipe(ready), 0);
	rocket_bo_create(fd, SZ_4K, &bo);
	dmabuf = rocket_bo_export(&bo);
	igt_fork_helper(&victim) {
		struct drm_rocket_task *tasks;
		uint32_t count;

		fd = rocket_open();
		rocket_kit_init(&kit, fd);
		bo.handle = prime_fd_to_handle(fd, dmabuf);
		tasks = rocket_tasks_long(&kit, 5 * LONG_MS, rocket_task_minimal(&kit), &count);
		rocket_queue(&kit, tasks, count, NULL, &bo);
		igt_assert_eq(write(ready[1], "", 1), 1);
		__rocket_prep(fd, bo.handle, INT64_MAX);
	}
	close(ready[1]);
	igt_assert_eq(read(ready[0], &c, 1), 1);
	usleep(SHORT_MS * 1000);
	igt_stop_helper(&victim);
	igt_assert(rocket_bo_busy(&bo));
	rocket_prep(&bo);
	rocket_bo_destroy(&bo);
	close(dmabuf);
	close(ready[0]);
}

/**
 * SUBTEST: fini-while-busy
 * Description: The end of an access needs no wait
 * Functionality: fini.no-wait
 */
static void test_fini_while_busy(void)
{
	struct rocket_bo bo;

	make_busy(&bo);
	rocket_fini(&bo);
	igt_assert(rocket_bo_busy(&bo));
	finish(&bo);
}

static const size_t coherency_sizes[] = { 64, SZ_4K, 3 * SZ_4K, SZ_64K, SZ_1M, SZ_16M };

/* Dirty some lines all over a buffer, and the first and the last one */
static void scribble(uint8_t *map, size_t size)
{
	size_t lines = size / LINE, touched = min(lines, (size_t)256);

	for (size_t i = 0; i < touched; i++) {
		size_t line = i == 0 ? 0 : i == 1 ? lines - 1 : (size_t)rand() % lines;

		memset(map + line * LINE, rand(), LINE);
		map[line * LINE + rand() % LINE] ^= 0x55;
	}
}

/* The copy that the NPU makes of what the CPU writes is the same, again and again. */
static void check_coherency(size_t size, bool read_before)
{
	struct rocket_bo in, out;

	rocket_bo_create_mapped(fd, size, &in);
	rocket_bo_create_mapped(fd, size, &out);
	for (int round = 0; round < 4; round++) {
		rocket_prep(&in);
		scribble(in.map, size);
		rocket_fini(&in);
		if (read_before) {
			/* Get stale lines into the caches. */
			rocket_prep(&out);
			igt_assert(round == 0 || memcmp(in.map, out.map, size));
			rocket_fini(&out);
		}
		rocket_queue_copy(&kit, &out, &in);
		rocket_prep(&out);
		igt_assert_f(!memcmp(in.map, out.map, size),
			     "round %d: input and copy of %zu bytes differ\n", round, size);
		rocket_fini(&out);
	}
	rocket_bo_destroy(&out);
	rocket_bo_destroy(&in);
	rocket_kit_rewind(&kit);
}

/**
 * SUBTEST: coherency-cpu-to-npu
 * Description: The NPU reads what the CPU wrote before FINI
 * Functionality: fini.visible
 *
 * SUBTEST: coherency-npu-to-cpu
 * Description: The CPU reads what the NPU wrote after PREP, also where it has read before
 * Functionality: prep.visible
 */
static void test_coherency(bool read_before)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(coherency_sizes); i++)
		check_coherency(coherency_sizes[i], read_before);
}

static void test_coherency_cpu_to_npu(void)
{
	test_coherency(false);
}

static void test_coherency_npu_to_cpu(void)
{
	test_coherency(true);
}

/**
 * SUBTEST: prep-does-not-sync-on-timeout
 * Description: A wait that was given up does not throw away what the CPU has written
 * Functionality: prep.visible, prep.etimedout
 */
static void test_prep_does_not_sync_on_timeout(void)
{
	struct rocket_bo in, out;

	rocket_bo_create_mapped(fd, SZ_64K, &in);
	rocket_bo_create_mapped(fd, SZ_64K, &out);
	memset(in.map, 1, SZ_64K);
	rocket_fini(&in);
	rocket_queue_long(&kit, LONG_MS, &in, &out);
	memset(in.map, 2, SZ_64K);
	igt_assert_eq(__rocket_prep(fd, in.handle, 0), -EBUSY);
	igt_assert_eq(__rocket_prep(fd, in.handle, rocket_deadline_ms(SHORT_MS)), -ETIMEDOUT);
	igt_assert(rocket_is_filled(&in, 2));
	rocket_fini(&in);
	rocket_prep(&out);
	rocket_prep(&in);
	igt_assert(rocket_is_filled(&in, 2));
	rocket_bo_destroy(&out);
	rocket_bo_destroy(&in);
	rocket_kit_rewind(&kit);
}

static void *wait_long(void *arg)
{
	rocket_prep(arg);
	igt_assert(rocket_is_filled(arg, 1));
	return NULL;
}

/**
 * SUBTEST: many-waiters
 * Description: All threads that wait for a buffer go on when its job is done
 * Functionality: prep.waits
 */
static void test_many_waiters(void)
{
	pthread_t threads[WAITERS];
	struct rocket_bo bo;

	make_busy(&bo);
	for (int i = 0; i < WAITERS; i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, wait_long, &bo), 0);
	for (int i = 0; i < WAITERS; i++)
		pthread_join(threads[i], NULL);
	finish(&bo);
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "idle-poll", "Polling what nobody uses", test_idle_poll },
	{ "idle-wait", "Waiting for nothing", test_idle_wait },
	{ "bad-handle", "A handle that never was", test_bad_handle },
	{ "closed-handle", "A handle that is no more", test_closed_handle },
	{ "handle-zero", "Zero is no handle", test_handle_zero },
	{ "reserved-nonzero", "Reserved bits are free for later", test_reserved_nonzero },
	{ "busy-poll", "Polling what a job writes", test_busy_poll },
	{ "busy-timeout", "A deadline before the end of the job", test_busy_timeout },
	{ "busy-wait", "Waiting for the job", test_busy_wait },
	{ "absolute-clock", "Deadlines are not wall clock time", test_absolute_clock },
	{ "reader-busy", "Readers are waited for", test_reader_busy },
	{ "wait-interrupted", "Signals interrupt, deadlines stay", test_wait_interrupted },
	{ "wait-killed", "Killed while waiting", test_wait_killed },
	{ "fini-while-busy", "FINI does not wait", test_fini_while_busy },
	{ "coherency-cpu-to-npu", "The NPU sees what the CPU wrote", test_coherency_cpu_to_npu },
	{ "coherency-npu-to-cpu", "The CPU sees what the NPU wrote", test_coherency_npu_to_cpu },
	{ "prep-does-not-sync-on-timeout", "Giving up a wait changes nothing",
	  test_prep_does_not_sync_on_timeout },
	{ "many-waiters", "All waiters go on", test_many_waiters },
};

int igt_main()
{
	static struct rocket_health health;

	igt_fixture() {
		fd = rocket_open();
		rocket_health_begin(&health);
		rocket_kit_init(&kit, fd);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}

	igt_fixture() {
		rocket_kit_fini(&kit);
		close(fd);
		rocket_health_end(&health);
	}
}
