// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The driver as the system sees it
 */
#include <fcntl.h>
#include <glob.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "igt.h"
#include "igt_kmod.h"

#include "rocket_system.h"

#define DRIVER		"/sys/bus/platform/drivers/rocket"
#define DEVICES		"/sys/bus/platform/devices"
#define GROUPS		"/tmp/rocket-cgroup"
#define GROUP		GROUPS "/small"
#define UNLOAD_MS	10000	/* references go with RCU and the last fence */

/* Return: 0 or a negative errno. */
static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static bool read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = 0;
	return length >= 0;
}

/**
 * __rocket_devices() - look for the bound cores
 * @devices: the cores
 *
 * Return: their number.
 */
int __rocket_devices(struct rocket_devices *devices)
{
	glob_t paths;

	devices->count = 0;
	if (!glob(DRIVER "/*/of_node", 0, NULL, &paths)) {
		for (size_t i = 0; i < paths.gl_pathc && devices->count < ROCKET_CORES_MAX; i++)
			sscanf(paths.gl_pathv[i], DRIVER "/%63[^/]",
			       devices->names[devices->count++]);
	}
	globfree(&paths);
	return devices->count;
}

void rocket_devices(struct rocket_devices *devices)
{
	igt_require_f(__rocket_devices(devices),
		      "no core is bound to the driver, or sysfs is not there\n");
	igt_require_f(!access(DRIVER "/unbind", W_OK), "root is needed\n");
}

int __rocket_bind(const char *device)
{
	return write_file(DRIVER "/bind", device);
}

int __rocket_unbind(const char *device)
{
	return write_file(DRIVER "/unbind", device);
}

void rocket_bind(const char *device)
{
	igt_assert_eq(__rocket_bind(device), 0);
}

void rocket_unbind(const char *device)
{
	igt_assert_eq(__rocket_unbind(device), 0);
}

/**
 * rocket_bind_all() - bring back what a test unbound
 * @devices: all cores
 */
void rocket_bind_all(const struct rocket_devices *devices)
{
	struct rocket_devices now;

	for (unsigned int i = 0; i < devices->count; i++)
		__rocket_bind(devices->names[i]);
	igt_assert_eq(__rocket_devices(&now), devices->count);
}

/**
 * __rocket_unload() - unload the module
 *
 * Return: 0 or a negative errno, -EAGAIN when it is in use.
 */
int __rocket_unload(void)
{
	return igt_kmod_unload("rocket");
}

void rocket_unload(void)
{
	int ret;

	igt_require_f(igt_kmod_is_loaded("rocket"), "the driver is not a module\n");
	igt_assert_f(igt_wait(!(ret = __rocket_unload()), UNLOAD_MS, 20), "the module stays: %s\n",
		     strerror(-ret));
}

void rocket_load(const char *options)
{
	igt_assert_eq(igt_kmod_load("rocket", options), 0);
	igt_assert(igt_wait(!access("/dev/accel/accel0", F_OK), UNLOAD_MS, 20));
}

/* Runtime PM */

bool rocket_device_suspended(const char *device)
{
	char path[128], status[32];

	snprintf(path, sizeof(path), DEVICES "/%s/power/runtime_status", device);
	return read_file(path, status, sizeof(status)) && !strcmp(status, "suspended\n");
}

static bool all_suspended(const struct rocket_devices *devices)
{
	for (unsigned int i = 0; i < devices->count; i++) {
		if (!rocket_device_suspended(devices->names[i]))
			return false;
	}
	return true;
}

/**
 * rocket_wait_suspended() - wait until all cores are without power
 * @devices: the cores
 * @ms: how long
 *
 * Return: whether they are.
 */
bool rocket_wait_suspended(const struct rocket_devices *devices, int ms)
{
	return igt_wait(all_suspended(devices), ms, 10);
}

/**
 * rocket_device_set() - write an attribute of a core, or skip
 * @device: the core
 * @attribute: file below its directory
 * @value: text
 */
void rocket_device_set(const char *device, const char *attribute, const char *value)
{
	char path[160];
	int ret;

	snprintf(path, sizeof(path), DEVICES "/%s/%s", device, attribute);
	ret = write_file(path, value);
	igt_require_f(ret != -EACCES && ret != -ENOENT, "%s: %s\n", path, strerror(-ret));
	igt_assert_eq(ret, 0);
}

/* System sleep */

/**
 * rocket_group_begin() - make a group of processes with little memory
 * @bytes: how much they may have together
 *
 * Return: whether there are memory groups.
 */
bool rocket_group_begin(const char *bytes)
{
	mkdir(GROUPS, 0700);
	if (mount("none", GROUPS, "cgroup2", 0, NULL) && errno != EBUSY)
		return false;
	if (!write_file(GROUPS "/cgroup.subtree_control", "+memory") &&
	    (!mkdir(GROUP, 0700) || errno == EEXIST) && !write_file(GROUP "/memory.max", bytes)) {
		write_file(GROUP "/memory.swap.max", "0");
		return true;
	}
	rocket_group_end();
	return false;
}

/**
 * rocket_console_level() - choose which messages of the kernel go to the console
 * @level: those more serious than that; all go to the log
 */
void rocket_console_level(const char *level)
{
	write_file("/proc/sys/kernel/printk", level);
}

/**
 * rocket_group_join() - this process is one of the group
 */
bool rocket_group_join(void)
{
	return !write_file(GROUP "/cgroup.procs", "0");
}

void rocket_group_end(void)
{
	rmdir(GROUP);
	umount2(GROUPS, MNT_DETACH);
	rmdir(GROUPS);
}

/**
 * rocket_suspend_require() - skip when the system cannot pretend to sleep
 * @level: of /sys/power/pm_test
 */
void rocket_suspend_require(const char *level)
{
	char levels[128], *mounts = malloc(SZ_64K);
	bool shares;

	igt_require_f(read_file("/sys/power/pm_test", levels, sizeof(levels)) &&
			      strstr(levels, level),
		      "the kernel has no suspend test \"%s\" (CONFIG_PM_DEBUG)\n", level);
	igt_assert(mounts);
	shares = read_file("/proc/mounts", mounts, SZ_64K) && strstr(mounts, " 9p ");
	free(mounts);
	igt_require_f(!shares,
		      "file systems of the machine's host (9p) do not survive a suspend\n");
	write_file("/sys/module/suspend/parameters/pm_test_delay", "1");
}

/**
 * rocket_suspend() - go to sleep as far as a level says, and wake up
 * @level: of /sys/power/pm_test, which rocket_suspend_require() was asked about
 *
 * Return: 0 or a negative errno.
 */
int rocket_suspend(const char *level)
{
	int ret;

	igt_assert_eq(write_file("/sys/power/pm_test", level), 0);
	ret = write_file("/sys/power/state", "freeze");
	igt_assert_eq(write_file("/sys/power/pm_test", "none"), 0);
	return ret;
}

/* Fault injection */

/**
 * rocket_faults_require() - let allocations fail that may sleep, without a word in the log; or skip
 */
void rocket_faults_require(void)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	char path[128];

	igt_require_f(!access("/proc/thread-self/fail-nth", W_OK) &&
			      !access("/sys/kernel/debug/failslab", F_OK),
		      "the kernel injects no faults (CONFIG_FAILSLAB, "
		      "CONFIG_FAULT_INJECTION_DEBUG_FS)\n");
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/verbose", kinds[i]);
		write_file(path, "0");
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/ignore-gfp-wait", kinds[i]);
		write_file(path, "N");
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/min-order", kinds[i]);
		write_file(path, "0");
	}
}

/**
 * rocket_faults_open() - get at the faults of this thread
 *
 * Return: file for rocket_faults_arm(), to be closed.
 */
int rocket_faults_open(void)
{
	int file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);

	igt_assert_fd(file);
	return file;
}

/**
 * rocket_faults_arm() - let one allocation or copy of this thread fail
 * @file: from rocket_faults_open()
 * @nth: which one from now
 */
void rocket_faults_arm(int file, int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", nth);

	igt_assert_eq(pwrite(file, text, length, 0), length);
}

/**
 * rocket_faults_disarm() - let nothing fail any more
 * @file: from rocket_faults_open()
 *
 * Return: whether the failure has happened.
 */
bool rocket_faults_disarm(int file)
{
	char left[16] = "";
	/* Reading the number may be what fails. */
	bool happened = pread(file, left, sizeof(left) - 1, 0) >= 0 && !atoi(left);

	if (pwrite(file, "0", 1, 0) != 1)
		igt_assert_eq(pwrite(file, "0", 1, 0), 1);
	return happened;
}
