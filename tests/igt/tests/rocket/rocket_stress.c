// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket stress
 * Description: Many clients of all kinds at the same time; at the end everything is as at the
 *   beginning
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Stress
 * Test category: stress
 *
 * Each subtest takes ten seconds, or as many as the environment variable ROCKET_SECONDS says.
 */
#include <sys/mman.h>
#include <sys/time.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_system.h"

IGT_TEST_DESCRIPTION("Load, with all that may happen to the clients meanwhile");

#define SECONDS		10
#define STORM_JOBS	64
#define CHURN_BOS	32
#define SIGNAL_US	2000
#define CPU1		"/sys/devices/system/cpu/cpu1/online"

static int64_t until;

static int seconds(void)
{
	const char *text = getenv("ROCKET_SECONDS");
	int value = text ? atoi(text) : SECONDS;

	return value > 0 ? value : SECONDS;
}

static bool goes_on(void)
{
	return rocket_now_ns() < until;
}

/* What clients do until the time is over */

/* Dependent jobs whose result the CPU knows */
static void compute(void)
{
	struct rocket_client client;

	rocket_client_open(&client);
	while (goes_on()) {
		int8_t value = rand() % 50, sum = value;

		rocket_kit_rewind(&client.kit);
		rocket_queue_fill(&client.kit, &client.in, value);
		rocket_queue_copy(&client.kit, &client.out, &client.in);
		for (int i = rand() % 8; i > 0; i--) {
			sum += i;
			rocket_queue_task(&client.kit,
					  rocket_task_add(&client.kit, client.out.iova,
							  client.out.iova, client.out.size, i),
					  NULL, &client.out);
		}
		rocket_prep(&client.out);
		igt_assert(rocket_is_filled(&client.out, sum));
	}
	rocket_client_close(&client);
}

/* Buffers of all sizes, some of them used by a job that is not waited for */
static void churn(void)
{
	struct rocket_bo bos[CHURN_BOS] = { 0 };
	struct rocket_client client;

	rocket_client_open(&client);
	while (goes_on()) {
		struct rocket_bo *bo = &bos[rand() % CHURN_BOS];

		if (bo->handle) {
			rocket_bo_destroy(bo);
			continue;
		}
		rocket_bo_create_mapped(client.fd, (rand() % 32 + 1) * SZ_4K, bo);
		igt_assert(rocket_is_zero(bo->map, bo->size));
		((uint8_t *)bo->map)[rand() % bo->size] = 1;
		if (rand() % 4 == 0)
			rocket_queue_fill(&client.kit, bo, 3);
		/* Streams may be in use, so that a full kit is closed, not used again. */
		if (client.kit.used > ROCKET_KIT_BYTES / 2) {
			rocket_kit_fini(&client.kit);
			rocket_kit_init(&client.kit, client.fd);
		}
	}
	for (int i = 0; i < CHURN_BOS; i++)
		rocket_bo_destroy(&bos[i]);
	rocket_client_close(&client);
}

/* As many jobs as the kernel takes */
static void storm(void)
{
	struct drm_rocket_job jobs[STORM_JOBS];
	struct drm_rocket_task task;
	struct rocket_client client;

	rocket_client_open(&client);
	task = rocket_task_fill(&client.kit, client.out.iova, client.out.size, 8);
	rocket_kit_flush(&client.kit);
	for (int i = 0; i < STORM_JOBS; i++)
		rocket_job_init(&jobs[i], &task, 1, &client.in.handle, 1, &client.out.handle,
				i % 2);
	while (goes_on()) {
		for (int i = 0; i < 4; i++)
			rocket_submit(client.fd, jobs, STORM_JOBS);
		rocket_prep(&client.out);
		rocket_prep(&client.in);
		igt_assert(rocket_is_filled(&client.out, 8));
	}
	rocket_client_close(&client);
}

/* Hangs and faults, on files that are closed with or without waiting */
static void misbehave(void)
{
	while (goes_on()) {
		struct rocket_client client;

		rocket_client_open(&client);
		rocket_queue_task(&client.kit, rand() % 2 ? rocket_task_hang(&client.kit) :
				  rocket_task_fault(&client.kit, 0), NULL, &client.out);
		if (rand() % 2)
			rocket_prep(&client.out);
		rocket_client_close(&client);
	}
}

/* Ignored signals would interrupt nothing. */
static void on_signal(int sig)
{
	(void)sig;
}

static void compute_interrupted(void)
{
	struct itimerval often = { { 0, SIGNAL_US }, { 0, SIGNAL_US } }, never = { 0 };
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	compute();
	setitimer(ITIMER_REAL, &never, NULL);
}

/* Processes with one body each; all of them must end well. */
static void start(void (*const *bodies)(void), unsigned int count)
{
	unsigned int seed = rand();

	until = rocket_now_ns() + seconds() * INT64_C(1000000000);
	igt_fork(child, (int)count) {
		srand(seed + child);
		bodies[child]();
	}
}

static void end(uint64_t shmem)
{
	int fd;

	igt_waitchildren();
	fd = rocket_open();
	rocket_check_all_cores(fd);
	close(fd);
	igt_assert_f(igt_wait(rocket_shmem_bytes() < shmem + SZ_256K, ROCKET_PATIENCE_MS, 50),
		     "memory is not back\n");
}

#define RUN(...) do { \
	static void (*const bodies[])(void) = { __VA_ARGS__ }; \
	start(bodies, ARRAY_SIZE(bodies)); \
} while (0)

/**
 * SUBTEST: mix
 * Description: Computing, buffers and submissions, a client of each
 * Functionality: job.runs, vm.private
 */
static void test_mix(void)
{
	RUN(compute, churn, storm);
}

/**
 * SUBTEST: mix-all-clients
 * Description: Several clients of each kind
 * Functionality: job.runs, vm.private
 */
static void test_mix_all_clients(void)
{
	RUN(compute, compute, compute, compute, churn, churn, storm, storm);
}

/**
 * SUBTEST: bo-churn
 * Description: Clients that make and close buffers
 * Functionality: create.close, vm.handle-lifetime
 */
static void test_bo_churn(void)
{
	RUN(churn, churn, churn, churn);
}

/**
 * SUBTEST: submit-storm
 * Description: Clients that submit without a pause
 * Functionality: submit.job-count, job.runs
 */
static void test_submit_storm(void)
{
	RUN(storm, storm, storm, storm, compute);
}

/**
 * SUBTEST: hang-mix
 * Description: Clients that hang and fault among those that do not
 * Functionality: job.others-go-on, job.time-limit, job.bad-address
 */
static void test_hang_mix(void)
{
	RUN(misbehave, misbehave, compute, compute);
}

/**
 * SUBTEST: signal-mix
 * Description: Clients that get signals all the time
 * Functionality: submit.all-or-none, prep.eintr
 */
static void test_signal_mix(void)
{
	RUN(compute_interrupted, compute_interrupted, storm);
}

/**
 * SUBTEST: memory-pressure
 * Description: Half of the free memory is taken and given back all the time
 * Functionality: create.enomem, job.runs
 */
static void test_memory_pressure(void)
{
	RUN(compute, compute, churn);
	while (goes_on()) {
		size_t bytes = (size_t)sysconf(_SC_AVPHYS_PAGES) / 2 * rocket_page_size();
		char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				 -1, 0);

		igt_assert(map != MAP_FAILED);
		for (size_t i = 0; i < bytes && goes_on(); i += rocket_page_size())
			map[i] = 1;
		munmap(map, bytes);
	}
}

/**
 * SUBTEST: cpu-hotplug
 * Description: A processor goes and comes back under load
 * Functionality: job.runs
 */
static void test_cpu_hotplug(void)
{
	int ret = rocket_file_set(CPU1, "1");

	igt_require_f(!ret, "a second processor cannot be switched: %s\n", strerror(-ret));
	RUN(compute, compute, storm);
	while (goes_on()) {
		igt_assert_eq(rocket_file_set(CPU1, "0"), 0);
		usleep(100000);
		igt_assert_eq(rocket_file_set(CPU1, "1"), 0);
		usleep(100000);
	}
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "mix", "All kinds of work", test_mix },
	{ "mix-all-clients", "All kinds of work by many clients", test_mix_all_clients },
	{ "bo-churn", "Buffers come and go", test_bo_churn },
	{ "submit-storm", "Submissions without a pause", test_submit_storm },
	{ "hang-mix", "Good and bad clients", test_hang_mix },
	{ "signal-mix", "Work under signals", test_signal_mix },
	{ "memory-pressure", "Work without memory to spare", test_memory_pressure },
	{ "cpu-hotplug", "Work while processors come and go", test_cpu_hotplug },
};

int igt_main()
{
	static struct rocket_health health;

	igt_fixture() {
		close(rocket_open());
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name) {
			uint64_t shmem = rocket_shmem_bytes();

			subtests[i].run();
			end(shmem);
		}
	}

	igt_fixture()
		rocket_health_end(&health);
}
