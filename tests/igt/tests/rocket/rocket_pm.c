// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket pm
 * Description: Cores without work lose their power, cores with work do not, and the system can
 *   sleep at any time
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Power
 * Test category: functionality test
 */
#include <pthread.h>
#include <stdatomic.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_system.h"

IGT_TEST_DESCRIPTION("Runtime power management and system sleep");

#define DELAY_MS	200	/* for most tests */
#define DELAY_DEFAULT_MS	2000
#define SLACK_MS	3000
#define RUN_MS		600
#define TOGGLES		50

static struct rocket_devices devices;
static int fd = -1;

static void set_all(const char *attribute, const char *value)
{
	for (unsigned int i = 0; i < devices.count; i++)
		rocket_device_set(devices.names[i], attribute, value);
}

static void set_delay(int ms)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", ms);
	set_all("power/autosuspend_delay_ms", text);
}

static void expect_suspended(void)
{
	igt_assert_f(rocket_wait_suspended(&devices, DELAY_MS + SLACK_MS),
		     "a core keeps its power without work\n");
}

static unsigned int active(void)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < devices.count; i++)
		count += !rocket_device_suspended(devices.names[i]);
	return count;
}

/* Runs a job. Its core keeps its power for the delay, counted from a time before the job's end. */
static void expect_kept(int64_t ms)
{
	int64_t start = rocket_now_ns();
	unsigned int count;

	rocket_check_fill(fd, 1);
	while (count = active(), rocket_elapsed_ms(start) < ms) {
		igt_assert_f(count > 0, "no core has power after less than %" PRId64 " ms\n",
			     rocket_elapsed_ms(start) + 1);
		usleep(5000);
	}
}

/**
 * SUBTEST: autosuspend
 * Description: After the delay all cores are without power; the next job wakes one and is right,
 *   again and again
 * Functionality: pm.autosuspend, job.runs
 */
static void test_autosuspend(void)
{
	for (int i = 0; i < 5; i++) {
		rocket_check_all_cores(fd);
		expect_kept(DELAY_MS);
		expect_suspended();
	}
	set_delay(DELAY_DEFAULT_MS);
	rocket_check_fill(fd, 1);
	igt_assert_eq(active(), 1);
}

/**
 * SUBTEST: autosuspend-default
 * Description: A core that was just bound has a delay that is long enough for the frames of a
 *   camera, and power stays that long, but not for ever
 * Functionality: pm.autosuspend
 */
static void test_autosuspend_default(void)
{
	for (unsigned int i = 0; i < devices.count; i++) {
		rocket_unbind(devices.names[i]);
		rocket_bind(devices.names[i]);
		igt_assert_eq(rocket_device_delay_ms(devices.names[i]), DELAY_DEFAULT_MS);
	}
	/* Without any core the node went as well. */
	close(fd);
	fd = rocket_open();
	expect_kept(DELAY_DEFAULT_MS);
	igt_assert(rocket_wait_suspended(&devices, DELAY_DEFAULT_MS + SLACK_MS));
}

/**
 * SUBTEST: no-suspend-while-busy
 * Description: A job that takes longer than the delay keeps the power of its core, and of no other
 *   one
 * Functionality: pm.busy
 */
static void test_no_suspend_while_busy(void)
{
	struct rocket_client client;
	int seen = 0;

	rocket_client_open(&client);
	rocket_task_ns(&client.kit);
	expect_suspended();
	set_delay(20);
	for (int i = 0; i < 3; i++)
		rocket_queue_long(&client.kit, RUN_MS / 3, NULL, &client.out);
	while (rocket_bo_busy(&client.out)) {
		bool busy;
		unsigned int count = active();

		busy = rocket_bo_busy(&client.out);
		if (!busy)
			break;
		igt_assert_eq(count, 1);
		seen++;
		usleep(5000);
	}
	igt_assert_lt(0, seen);
	rocket_prep(&client.out);
	igt_assert(rocket_is_filled(&client.out, 1));
	rocket_client_close(&client);
}

/**
 * SUBTEST: usage-balanced
 * Description: After hangs, faults, killed clients and refused submissions all cores still lose
 *   their power
 * Functionality: pm.autosuspend, job.time-limit
 */
static void test_usage_balanced(void)
{
	struct igt_helper_process victim = { .use_SIGKILL = true };
	struct rocket_client client;
	struct rocket_bo none = { .handle = 0x7fffffff };
	struct drm_rocket_task task;

	rocket_client_open(&client);
	task = rocket_task_minimal(&client.kit);
	rocket_kit_flush(&client.kit);
	for (int i = 0; i < 20; i++)
		igt_assert_eq(__rocket_queue_task(&client.kit, task, &client.in, &none), -ENOENT);
	rocket_queue_task(&client.kit, rocket_task_hang(&client.kit), NULL, &client.out);
	rocket_queue_task(&client.kit, rocket_task_fault(&client.kit, 0), NULL, &client.in);
	igt_fork_helper(&victim) {
		struct rocket_client other;

		rocket_client_open(&other);
		for (int i = 0; i < 30; i++)
			rocket_queue_long(&other.kit, 20, NULL, &other.out);
		for (;;)
			pause();
	}
	usleep(100000);
	igt_stop_helper(&victim);
	rocket_prep(&client.out);
	rocket_prep(&client.in);
	igt_assert(rocket_wait_suspended(&devices, ROCKET_PATIENCE_MS));
	rocket_client_close(&client);
	rocket_check_all_cores(fd);
	expect_suspended();
}

/**
 * SUBTEST: mmap-while-suspended
 * Description: The CPU uses buffers while the NPU is off; it stays off
 * Functionality: pm.autosuspend, create.offset
 */
static void test_mmap_while_suspended(void)
{
	struct rocket_bo bo;

	rocket_bo_create_mapped(fd, SZ_1M, &bo);
	expect_suspended();
	memset(bo.map, 0x11, bo.size);
	igt_assert(rocket_is_filled(&bo, 0x11));
	igt_assert_eq(active(), 0);
	rocket_bo_destroy(&bo);
	igt_assert_eq(active(), 0);
}

/**
 * SUBTEST: prep-while-suspended
 * Description: Buffers are made, prepared, finished and closed while the NPU is off; it stays off
 * Functionality: pm.autosuspend, prep.visible
 */
static void test_prep_while_suspended(void)
{
	struct rocket_client client;

	rocket_client_open(&client);
	rocket_queue_fill(&client.kit, &client.out, 12);
	rocket_prep(&client.out);
	expect_suspended();
	rocket_prep(&client.out);
	igt_assert(rocket_is_filled(&client.out, 12));
	rocket_fini(&client.out);
	for (int i = 0; i < 100; i++) {
		struct rocket_bo bo;

		rocket_bo_create(client.fd, SZ_64K, &bo);
		rocket_bo_destroy(&bo);
	}
	igt_assert_eq(active(), 0);
	rocket_client_close(&client);
	igt_assert_eq(active(), 0);
}

/**
 * SUBTEST: control-on-auto
 * Description: Power is forced on and given back under load; jobs are right
 * Functionality: pm.autosuspend, job.runs
 */
static void test_control_on_auto(void)
{
	set_delay(0);
	for (int i = 0; i < TOGGLES; i++) {
		const char *device = devices.names[i % devices.count];

		rocket_device_set(device, "power/control", "on");
		igt_assert(!rocket_device_suspended(device));
		rocket_check_fill(fd, i);
		rocket_device_set(device, "power/control", "auto");
		rocket_check_fill(fd, -i);
	}
	expect_suspended();
}

/**
 * SUBTEST: suspend-at-once
 * Description: With no delay at all every job wakes its core; a hundred of them are right
 * Functionality: pm.autosuspend, job.runs
 */
static void test_suspend_at_once(void)
{
	set_delay(0);
	for (int i = 0; i < 100; i++)
		rocket_check_fill(fd, i);
	expect_suspended();
}

static void sleep_idle(const char *level)
{
	rocket_suspend_require(level);
	rocket_check_all_cores(fd);
	igt_assert_eq(rocket_suspend(level), 0);
	rocket_check_all_cores(fd);
	expect_suspended();
	igt_assert_eq(rocket_suspend(level), 0);
	rocket_check_all_cores(fd);
}

/**
 * SUBTEST: suspend-resume-idle-%s
 * Description: The system sleeps with the NPU idle, and with the NPU off, as far as %arg[1]
 * Functionality: pm.sleep
 *
 * arg[1]:
 * @freezer: stopping all processes
 * @devices: stopping all devices
 */

struct looper {
	struct rocket_client client;
	atomic_bool over;
	int jobs, wrong;
};

static void *run_jobs(void *arg)
{
	struct looper *looper = arg;
	struct rocket_client *client = &looper->client;
	struct drm_rocket_task tasks[2];

	for (int i = 0; i < 2; i++)
		tasks[i] =
			rocket_task_fill(&client->kit, client->out.iova, client->out.size, i + 1);
	rocket_kit_flush(&client->kit);
	while (!atomic_load(&looper->over)) {
		int turn = looper->jobs++ % 2;

		if (__rocket_queue_task(&client->kit, tasks[turn], NULL, &client->out) ||
		    __rocket_prep(client->fd, client->out.handle,
				  rocket_deadline_ms(ROCKET_PATIENCE_MS)) ||
		    !rocket_is_filled(&client->out, turn + 1))
			looper->wrong++;
	}
	return NULL;
}

static void sleep_busy(const char *level)
{
	static struct looper loopers[ROCKET_CORES_MAX];
	pthread_t threads[ROCKET_CORES_MAX];

	rocket_suspend_require(level);
	memset(loopers, 0, sizeof(loopers));
	for (unsigned int i = 0; i < ARRAY_SIZE(loopers); i++) {
		rocket_client_open(&loopers[i].client);
		igt_assert_eq(pthread_create(&threads[i], NULL, run_jobs, &loopers[i]), 0);
	}
	for (int i = 0; i < 3; i++) {
		usleep(200000);
		igt_assert_eq(rocket_suspend(level), 0);
	}
	usleep(200000);
	for (unsigned int i = 0; i < ARRAY_SIZE(loopers); i++)
		atomic_store(&loopers[i].over, true);
	for (unsigned int i = 0; i < ARRAY_SIZE(loopers); i++) {
		pthread_join(threads[i], NULL);
		igt_info("file %u: %d jobs\n", i, loopers[i].jobs);
		igt_assert_eq(loopers[i].wrong, 0);
		igt_assert_lt(10, loopers[i].jobs);
		rocket_client_close(&loopers[i].client);
	}
}

/**
 * SUBTEST: suspend-resume-busy-%s
 * Description: The system sleeps while jobs run, as far as %arg[1]: none is lost, all are right
 * Functionality: pm.sleep, job.runs
 *
 * arg[1]:
 * @freezer: stopping all processes
 * @devices: stopping all devices
 */

/**
 * struct clocks - what one core is connected to
 * @all: its clocks
 * @on: those that run
 */
struct clocks {
	unsigned int all, on;
};

/* A clock's line is followed by lines with further users of it. */
static struct clocks clocks_of(const char *device)
{
	FILE *f = fopen("/sys/kernel/debug/clk/clk_summary", "re");
	struct clocks clocks = { 0 };
	char line[512], name[64];
	int enabled = 0, count;

	igt_require_f(f, "the kernel shows no clocks (CONFIG_DEBUG_FS)\n");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %63s %d", name, &count) == 2)
			enabled = count;
		if (!strstr(line, device))
			continue;
		clocks.all++;
		clocks.on += enabled > 0;
	}
	fclose(f);
	igt_require_f(clocks.all, "the kernel does not show who uses its clocks\n");
	return clocks;
}

/**
 * SUBTEST: clock-gated
 * Description: A core that is in use has all its clocks on; without power none of its clocks is on
 * Functionality: pm.clocks
 */
static void test_clock_gated(void)
{
	expect_suspended();
	set_delay(DELAY_DEFAULT_MS);
	rocket_check_fill(fd, 1);
	for (unsigned int i = 0; i < devices.count; i++) {
		struct clocks clocks = clocks_of(devices.names[i]);

		igt_info("%s: %u of %u clocks\n", devices.names[i], clocks.on, clocks.all);
		if (!rocket_device_suspended(devices.names[i]))
			igt_assert_eq(clocks.on, clocks.all);
		else
			igt_assert_lt(clocks.on, clocks.all);
	}
	set_delay(DELAY_MS);
	expect_suspended();
	/* The IOMMU, which needs them too, follows its core. */
	for (unsigned int i = 0; i < devices.count; i++)
		igt_assert(igt_wait(!clocks_of(devices.names[i]).on, SLACK_MS, 10));
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "autosuspend", "Idle cores are off", test_autosuspend },
	{ "autosuspend-default", "Power stays between frames", test_autosuspend_default },
	{ "no-suspend-while-busy", "Busy cores are on, others are not",
	  test_no_suspend_while_busy },
	{ "usage-balanced", "Failures leave no power on", test_usage_balanced },
	{ "mmap-while-suspended", "The CPU needs no NPU for memory", test_mmap_while_suspended },
	{ "prep-while-suspended", "Cache maintenance needs no NPU", test_prep_while_suspended },
	{ "control-on-auto", "Power is forced on and off", test_control_on_auto },
	{ "suspend-at-once", "Each job wakes its core", test_suspend_at_once },
	{ "clock-gated", "Idle clocks are off", test_clock_gated },
};

int igt_main()
{
	static const char *const levels[] = { "freezer", "devices" };
	static struct rocket_health health;

	igt_fixture() {
		fd = rocket_open();
		rocket_devices(&devices);
		set_delay(DELAY_MS);
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name) {
			set_delay(DELAY_MS);
			subtests[i].run();
		}
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(levels); i++) {
		igt_describe("The system sleeps without users");
		igt_subtest_f("suspend-resume-idle-%s", levels[i])
			sleep_idle(levels[i]);
		igt_describe("The system sleeps under load");
		igt_subtest_f("suspend-resume-busy-%s", levels[i])
			sleep_busy(levels[i]);
	}

	igt_fixture() {
		close(fd);
		rocket_health_end(&health);
	}
}
