// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The driver as the system sees it
 */
#include <fcntl.h>
#include <glob.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "igt.h"
#include "igt_kmod.h"

#include "rocket_machine.h"
#include "rocket_system.h"

#define DRIVER		"/sys/bus/platform/drivers/rocket"
#define DEVICES		"/sys/bus/platform/devices"
#define GROUPS		"/tmp/rocket-cgroup"
#define GROUP		GROUPS "/small"
#define PARAMETERS	"/sys/module/rocket/parameters"
#define NODES		"/dev/accel/"
#define UNLOAD_MS	10000	/* references go with RCU and the last fence */
#define FILES_MAX	32
#define TEXT_MAX	64

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

/* What has to be as before at the end */

static struct {
	char path[128], usual[TEXT_MAX], now[TEXT_MAX];
} files[FILES_MAX];
static unsigned int file_count;
static struct rocket_devices bound;	/* before the first one was unbound */
static unsigned int limit_ms;		/* of the module before it was first unloaded */

/* A mapping keeps the node open, and the node the module. */
static void let_go(void)
{
	char line[512], path[256];
	unsigned long start, end;
	FILE *f = fopen("/proc/self/maps", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %255s", &start, &end, path) == 3 &&
		    !strncmp(path, NODES, strlen(NODES)))
			munmap((void *)start, end - start);
	}
	if (f)
		fclose(f);
	for (int fd = STDERR_FILENO + 1; fd < sysconf(_SC_OPEN_MAX); fd++)
		close(fd);
}

/* After a crash it may not get far: what it calls may wait for a lock of the C library. */
static void restore(int sig)
{
	struct rocket_devices now;
	char options[32];

	(void)sig;
	rocket_machine_restore();
	for (unsigned int i = 0; i < file_count; i++) {
		if (strcmp(files[i].now, files[i].usual))
			write_file(files[i].path, files[i].usual);
	}
	if (limit_ms && (!igt_kmod_is_loaded("rocket") || rocket_timeout_ms() != limit_ms)) {
		let_go();
		igt_wait(!igt_kmod_is_loaded("rocket") || !igt_kmod_unload("rocket"), UNLOAD_MS,
			 20);
		snprintf(options, sizeof(options), "timeout_ms=%u", limit_ms);
		igt_kmod_load("rocket", options);
	}
	__rocket_devices(&now);
	if (now.count >= bound.count)
		return;
	for (unsigned int i = 0; i < bound.count; i++)
		__rocket_bind(bound.names[i]);
}

/**
 * rocket_restore_at_exit() - have all that was changed restored when the program ends
 *
 * A subtest that fails leaves things as they are at that moment; the next program would suffer.
 */
void rocket_restore_at_exit(void)
{
	igt_install_exit_handler(restore);
}

/**
 * rocket_file_set() - write an attribute of the kernel, until the end of the program
 * @path: the file
 * @text: new value
 *
 * Return: 0 or a negative errno.
 */
int rocket_file_set(const char *path, const char *text)
{
	unsigned int i = 0;

	while (i < file_count && strcmp(files[i].path, path))
		i++;
	if (i == file_count) {
		igt_assert_lt(file_count, FILES_MAX);
		if (!read_file(path, files[i].usual, TEXT_MAX))
			return -errno;
		files[i].usual[strcspn(files[i].usual, "\n")] = 0;
		snprintf(files[i].path, sizeof(files[i].path), "%s", path);
		file_count++;
		rocket_restore_at_exit();
	}
	snprintf(files[i].now, TEXT_MAX, "%s", text);
	return write_file(path, text);
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
	if (!bound.count && __rocket_devices(&bound))
		rocket_restore_at_exit();
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
	if (!limit_ms) {
		limit_ms = rocket_timeout_ms();
		rocket_restore_at_exit();
	}
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

/**
 * rocket_device_delay_ms() - how long a core keeps its power without work, or skip
 * @device: the core
 *
 * Return: milliseconds.
 */
int rocket_device_delay_ms(const char *device)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), DEVICES "/%s/power/autosuspend_delay_ms", device);
	igt_require_f(read_file(path, text, sizeof(text)), "%s: %s\n", path, strerror(errno));
	return atoi(text);
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
	ret = rocket_file_set(path, value);
	igt_require_f(ret != -EACCES && ret != -ENOENT, "%s: %s\n", path, strerror(-ret));
	igt_assert_eq(ret, 0);
}

/* What the kernel tells of a file */

/**
 * rocket_driver_is_ours() - whether it is this driver, not another of its name
 *
 * Return: whether.
 */
bool rocket_driver_is_ours(void)
{
	return !access(PARAMETERS "/timeout_ms", F_OK);
}

/**
 * rocket_shows() - something is to be seen, but another driver of the name may do without: skip
 * @shown: whether it is
 * @what: in words
 */
void rocket_shows(bool shown, const char *what)
{
	igt_require_f(shown || rocket_driver_is_ours(), "this driver does not show %s\n", what);
	igt_assert_f(shown, "%s is not to be seen\n", what);
}

/**
 * rocket_read_counts() - how many jobs of a file did not complete
 * @fd: the file
 *
 * Return: the counts.
 */
struct rocket_counts rocket_read_counts(int fd)
{
	struct rocket_counts counts = { 0 };
	unsigned int found = 0;
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	igt_assert(f);
	while (fgets(line, sizeof(line), f)) {
		found += sscanf(line, "rocket-hangs: %" SCNu64, &counts.hangs) == 1;
		found += sscanf(line, "rocket-faults: %" SCNu64, &counts.faults) == 1;
		found += sscanf(line, "rocket-cancelled: %" SCNu64, &counts.cancelled) == 1;
	}
	fclose(f);
	rocket_shows(found == 3, "the number of jobs that failed");
	return counts;
}

/**
 * rocket_check_counts() - so many jobs have failed meanwhile, no more and no less
 * @fd: the file
 * @before: what rocket_read_counts() said
 * @added: since then
 */
void rocket_check_counts(int fd, struct rocket_counts before, struct rocket_counts added)
{
	struct rocket_counts now = rocket_read_counts(fd);

	igt_assert_eq_u64(now.hangs, before.hangs + added.hangs);
	igt_assert_eq_u64(now.faults, before.faults + added.faults);
	igt_assert_eq_u64(now.cancelled, before.cancelled + added.cancelled);
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
	rocket_file_set("/proc/sys/kernel/printk", level);
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
