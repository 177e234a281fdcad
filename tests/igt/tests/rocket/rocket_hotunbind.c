// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket hotunbind
 * Description: Cores and the module come and go, with and without users
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Binding
 * Test category: robustness
 */
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>

#include "igt.h"
#include "igt_kmod.h"
#include "sw_sync.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_system.h"

IGT_TEST_DESCRIPTION("Unbinding cores and unloading the module");

#define TIMES		5
#define RELOADS		20
#define RUN_MS		300
#define RACE_MS		3000
#define NTH_MAX		2000	/* allocations of a probe */

static struct rocket_devices devices;

static bool node_exists(void)
{
	int fd = __rocket_open(O_RDWR);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void check_all(void)
{
	int fd = rocket_open();

	rocket_check_all_cores(fd);
	close(fd);
}

static void unbind_all(void)
{
	for (unsigned int i = 0; i < devices.count; i++)
		rocket_unbind(devices.names[i]);
}

/**
 * SUBTEST: unbind-rebind-idle
 * Description: Without users, each core alone and all cores; the node is there exactly if a core is
 * Functionality: node.one, bind.idle
 */
static void test_unbind_rebind_idle(void)
{
	for (int turn = 0; turn < TIMES; turn++) {
		for (unsigned int i = 0; i < devices.count; i++) {
			rocket_unbind(devices.names[i]);
			igt_assert(node_exists() == (devices.count > 1));
			rocket_bind(devices.names[i]);
		}
		unbind_all();
		igt_assert(!node_exists());
		rocket_bind_all(&devices);
		check_all();
	}
}

/**
 * SUBTEST: unbind-one-core
 * Description: An open file goes on with the cores that stay, and uses the one that comes back
 * Functionality: bind.open-file
 */
static void test_unbind_one_core(void)
{
	struct rocket_client client;

	igt_require_f(devices.count > 1, "there is only one core\n");
	rocket_client_open(&client);
	for (unsigned int i = 0; i < devices.count; i++) {
		struct rocket_core_state cores[ROCKET_CORES_MAX];

		rocket_unbind(devices.names[i]);
		igt_assert_eq(rocket_read_cores(cores), devices.count - 1);
		rocket_check_fill(client.fd, 2 * i);
		rocket_bind(devices.names[i]);
		igt_assert_eq(rocket_read_cores(cores), devices.count);
		rocket_check_all_cores(client.fd);
	}
	rocket_client_close(&client);
}

/**
 * SUBTEST: bind-later
 * Description: A file that was opened when there was one core uses those that come later
 * Functionality: bind.open-file
 */
static void test_bind_later(void)
{
	struct rocket_client client;

	igt_require_f(devices.count > 1, "there is only one core\n");
	for (unsigned int i = 1; i < devices.count; i++)
		rocket_unbind(devices.names[i]);
	rocket_client_open(&client);
	rocket_check_fill(client.fd, 1);
	rocket_bind_all(&devices);
	rocket_check_all_cores(client.fd);
	rocket_client_close(&client);
}

/**
 * SUBTEST: unbind-with-fd
 * Description: Without any core, ioctls of an open file end with ENODEV; mappings and close() are
 *   safe
 * Functionality: bind.unplug, submit.enodev
 */
static void test_unbind_with_fd(void)
{
	struct drm_rocket_create_bo create = { 0 };
	struct drm_rocket_task task;
	struct rocket_client client;
	int fd;

	rocket_client_open(&client);
	rocket_queue_fill(&client.kit, &client.out, 5);
	rocket_prep(&client.out);
	task = rocket_task_minimal(&client.kit);
	rocket_kit_flush(&client.kit);
	unbind_all();
	igt_assert_eq(__rocket_create_bo(client.fd, SZ_4K, &create), -ENODEV);
	igt_assert_eq(__rocket_prep(client.fd, client.out.handle, 0), -ENODEV);
	igt_assert_eq(__rocket_fini(client.fd, client.out.handle), -ENODEV);
	igt_assert_eq(__rocket_queue_task(&client.kit, task, NULL, &client.out), -ENODEV);
	igt_assert(rocket_is_filled(&client.out, 5));
	memset(client.in.map, 1, client.in.size);
	rocket_bind_all(&devices);

	/* The node that came back is another device; the old file stays dead. */
	igt_assert_eq(__rocket_create_bo(client.fd, SZ_4K, &create), -ENODEV);
	fd = rocket_open();
	rocket_check_all_cores(fd);
	close(fd);
	rocket_client_close(&client);
	check_all();
}

static int queue_long(struct rocket_client *client, struct rocket_bo *out)
{
	struct drm_rocket_task *tasks,
		last = rocket_task_fill(&client->kit, out->iova, out->size, 3);
	uint32_t count;
	int fence;

	tasks = rocket_tasks_long(&client->kit, 10 * RUN_MS, last, &count);
	rocket_queue(&client->kit, tasks, count, NULL, out);
	free(tasks);
	fence = rocket_bo_export_fence(out, DMA_BUF_SYNC_READ);
	return fence;
}

/**
 * SUBTEST: unbind-busy
 * Description: Unbinding ends the job of the core with ENODEV, those that wait with ESRCH; waiters
 *   return, others succeed
 * Functionality: fence.enodev, fence.esrch, bind.unplug
 */
static void test_unbind_busy(void)
{
	struct rocket_client client;
	int running, waiting;

	rocket_client_open(&client);
	rocket_task_ns(&client.kit);
	running = queue_long(&client, &client.out);
	waiting = queue_long(&client, &client.out);
	usleep(RUN_MS * 1000);
	unbind_all();
	igt_assert_eq(rocket_fence_result(running), -ENODEV);
	igt_assert_eq(rocket_fence_result(waiting), -ESRCH);
	rocket_client_close(&client);
	rocket_bind_all(&devices);
	check_all();
}

/**
 * SUBTEST: unbind-one-core-busy
 * Description: All cores run jobs; one is unbound: its job gets ENODEV, the others' jobs succeed
 * Functionality: fence.enodev, fence.success, job.others-go-on
 */
static void test_unbind_one_core_busy(void)
{
	struct rocket_client clients[ROCKET_CORES_MAX];
	int fences[ROCKET_CORES_MAX], lost = 0;

	igt_require_f(devices.count > 1, "there is only one core\n");
	for (unsigned int i = 0; i < devices.count; i++) {
		rocket_client_open(&clients[i]);
		rocket_task_ns(&clients[i].kit);
	}
	for (unsigned int i = 0; i < devices.count; i++)
		fences[i] = queue_long(&clients[i], &clients[i].out);
	usleep(RUN_MS * 1000 / 3);
	rocket_unbind(devices.names[1]);
	for (unsigned int i = 0; i < devices.count; i++) {
		int result = rocket_fence_result(fences[i]);

		igt_assert_f(!result || result == -ENODEV, "job %u ended with %d\n", i, result);
		lost += result == -ENODEV;
		if (!result) {
			rocket_prep(&clients[i].out);
			igt_assert(rocket_is_filled(&clients[i].out, 3));
		}
		rocket_client_close(&clients[i]);
	}
	igt_assert_eq(lost, 1);
	rocket_bind(devices.names[1]);
	check_all();
}

static int count_paths(const char *pattern)
{
	glob_t paths;
	int count = glob(pattern, 0, NULL, &paths) ? 0 : paths.gl_pathc;

	globfree(&paths);
	return count;
}

static void check_nothing_left(void)
{
	igt_assert(!node_exists());
	igt_assert_eq(count_paths("/sys/module/rocket"), 0);
	igt_assert_eq(count_paths("/sys/bus/platform/drivers/rocket"), 0);
	igt_assert_eq(count_paths("/sys/bus/platform/devices/rknn*"), 0);
	igt_assert_eq(count_paths("/sys/kernel/debug/accel/*"), 0);
	igt_assert_eq(count_paths("/sys/class/accel/*"), 0);
}

/**
 * SUBTEST: module-reload
 * Description: The module goes without a trace and comes back
 * Functionality: module.unload
 */
static void test_module_reload(void)
{
	rocket_unload();
	check_nothing_left();
	rocket_load(NULL);
	check_all();
}

/**
 * SUBTEST: module-reload-many
 * Description: Many times, right after jobs; no memory is lost
 * Functionality: module.unload
 */
static void test_module_reload_many(void)
{
	uint64_t before = rocket_shmem_bytes();

	for (int i = 0; i < RELOADS; i++) {
		int fd;

		rocket_unload();
		if (i % 5 == 0)
			check_nothing_left();
		rocket_load(NULL);
		fd = rocket_open();
		rocket_check_fill(fd, i);
		close(fd);
	}
	igt_assert(igt_wait(rocket_shmem_bytes() < before + SZ_256K, ROCKET_PATIENCE_MS, 20));
}

/**
 * SUBTEST: module-busy
 * Description: While a file is open the module cannot be unloaded
 * Functionality: module.busy
 */
static void test_module_busy(void)
{
	int fd = rocket_open();

	igt_require_f(igt_kmod_is_loaded("rocket"), "the driver is not a module\n");
	igt_assert_eq(__rocket_unload(), -EAGAIN);
	rocket_check_fill(fd, 1);
	close(fd);
	rocket_unload();
	rocket_load(NULL);
}

/**
 * SUBTEST: fence-outlives-module
 * Description: A sync file of a job is read when the driver is gone
 * Functionality: fence.visible-to-others, module.unload
 */
static void test_fence_outlives_module(void)
{
	struct rocket_client client;
	int fence;

	rocket_client_open(&client);
	rocket_queue_long(&client.kit, RUN_MS, NULL, &client.out);
	fence = rocket_bo_export_fence(&client.out, DMA_BUF_SYNC_READ);
	rocket_prep(&client.out);
	rocket_client_close(&client);
	rocket_unload();
	igt_assert_eq(sync_fence_status(fence), 1);
	igt_assert_eq(sync_fence_count(fence), 1);
	igt_assert(sync_fence_timestamp(fence));
	igt_assert_eq(rocket_fence_result(fence), 0);
	rocket_load(NULL);
}

struct opener {
	atomic_bool over;
	atomic_int unexpected, opened;
};

static void *open_for_ever(void *arg)
{
	struct opener *opener = arg;

	while (!atomic_load(&opener->over)) {
		struct drm_rocket_create_bo create = { 0 };
		int fd = __rocket_open(O_RDWR), ret;

		if (fd < 0)
			continue;
		ret = __rocket_create_bo(fd, SZ_4K, &create);
		if (ret && ret != -ENODEV)
			atomic_store(&opener->unexpected, ret);
		atomic_fetch_add(&opener->opened, 1);
		close(fd);
	}
	return NULL;
}

/**
 * SUBTEST: open-vs-probe-race
 * Description: The node is opened while its cores come and go
 * Functionality: bind.open-file, bind.unplug
 */
static void test_open_vs_probe_race(void)
{
	static struct opener opener;
	pthread_t threads[2];
	int64_t start;

	for (int i = 0; i < 2; i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, open_for_ever, &opener), 0);
	start = rocket_now_ns();
	while (rocket_elapsed_ms(start) < RACE_MS) {
		unbind_all();
		rocket_bind_all(&devices);
	}
	atomic_store(&opener.over, true);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	igt_info("%d files were opened\n", atomic_load(&opener.opened));
	igt_assert_lt(0, atomic_load(&opener.opened));
	igt_assert_eq(atomic_load(&opener.unexpected), 0);
	check_all();
}

/**
 * SUBTEST: probe-fail
 * Description: Every allocation of probe fails once: binding fails or succeeds, and works the next
 *   time
 * Functionality: bind.enomem
 */
static void test_probe_fail(void)
{
	const char *device = devices.names[0];
	int bind, faults, nth = 0, failed = 0;
	bool happened;

	rocket_faults_require();
	bind = open("/sys/bus/platform/drivers/rocket/bind", O_WRONLY | O_CLOEXEC);
	igt_assert_fd(bind);
	faults = rocket_faults_open();
	rocket_unbind(device);
	do {
		int ret;

		rocket_faults_arm(faults, ++nth);
		ret = pwrite(bind, device, strlen(device), 0) < 0 ? -errno : 0;
		happened = rocket_faults_disarm(faults);
		igt_debug("allocation %d: %s\n", nth, strerror(-ret));
		failed += !!ret;
		if (!ret)
			rocket_unbind(device);
	} while (happened && nth < NTH_MAX);
	igt_info("%d failures one after the other, %d of them kept the core away\n", nth - 1,
		 failed);
	igt_assert_lt(10, failed);
	igt_assert_lt(nth, NTH_MAX);
	close(faults);
	close(bind);
	rocket_bind(device);
	check_all();
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "unbind-rebind-idle", "Cores come and go unnoticed", test_unbind_rebind_idle },
	{ "unbind-one-core", "Files live on with fewer cores", test_unbind_one_core },
	{ "bind-later", "Files use cores that come later", test_bind_later },
	{ "unbind-with-fd", "Files outlive the device", test_unbind_with_fd },
	{ "unbind-busy", "Nobody waits for a core that is gone", test_unbind_busy },
	{ "unbind-one-core-busy", "Only the jobs of the core are lost", test_unbind_one_core_busy },
	{ "module-reload", "The module leaves nothing behind", test_module_reload },
	{ "module-reload-many", "The module leaves nothing behind", test_module_reload_many },
	{ "module-busy", "Files keep the module", test_module_busy },
	{ "fence-outlives-module", "Fences outlive the module", test_fence_outlives_module },
	{ "open-vs-probe-race", "Opening what is just coming", test_open_vs_probe_race },
	{ "probe-fail", "Out of memory while binding", test_probe_fail },
};

int igt_main()
{
	static struct rocket_health health;

	igt_fixture() {
		close(rocket_open());
		rocket_devices(&devices);
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}

	igt_fixture()
		rocket_health_end(&health);
}
