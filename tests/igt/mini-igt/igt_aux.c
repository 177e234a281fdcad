/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt: time, interrupted ioctls, sysfs and modules
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "igt_private.h"

#define ATTR_MAX_BYTES	4096

void igt_gettime(struct timespec *ts)
{
	clock_gettime(CLOCK_MONOTONIC_RAW, ts);
}

double igt_time_elapsed(struct timespec *then, struct timespec *now)
{
	return now->tv_sec - then->tv_sec + 1e-9 * (now->tv_nsec - then->tv_nsec);
}

uint64_t igt_nsec_elapsed(struct timespec *start)
{
	struct timespec now;

	igt_gettime(&now);
	if (!start->tv_sec && !start->tv_nsec) {
		*start = now;
		return 0;
	}
	return (now.tv_sec - start->tv_sec) * NSEC_PER_SEC + now.tv_nsec - start->tv_nsec;
}

/* Ioctls */

int drmIoctl(int fd, unsigned long request, void *arg)
{
	int ret;

	do
		ret = ioctl(fd, request, arg);
	while (ret == -1 && (errno == EINTR || errno == EAGAIN));
	return ret;
}

__thread int (*igt_ioctl)(int fd, unsigned long request, void *arg) = drmIoctl;

static __thread timer_t interrupter;
static __thread long interrupt_after_ns;
static __thread int interrupts;

static void on_interrupt(int sig)
{
	(void)sig;
}

static void arm_interrupter(long ns)
{
	struct itimerspec its = { .it_value.tv_nsec = ns % (long)NSEC_PER_SEC,
				  .it_value.tv_sec = ns / (long)NSEC_PER_SEC };

	timer_settime(interrupter, 0, &its, NULL);
}

/* Each interruption doubles the time until the next, so that the call gets through in the end. */
static int interrupted_ioctl(int fd, unsigned long request, void *arg)
{
	long delay = interrupt_after_ns;
	int ret;

	for (;;) {
		arm_interrupter(delay);
		ret = ioctl(fd, request, arg);
		arm_interrupter(0);
		if (ret == 0 || (errno != EINTR && errno != EAGAIN))
			return ret;
		interrupts++;
		delay *= 2;
	}
}

bool __igt_interruptible_next(struct __igt_interruptible *it, bool enable)
{
	if (!it->pass++) {
		struct sigaction sa = { .sa_handler = on_interrupt };
		struct sigevent sev = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN };

		interrupts = 0;
		if (!enable)
			return true;
#ifdef sigev_notify_thread_id
		sev.sigev_notify_thread_id = syscall(SYS_gettid);
#else
		sev._sigev_un._tid = syscall(SYS_gettid);
#endif
		sigaction(SIGRTMIN, &sa, NULL);
		igt_assert(!timer_create(CLOCK_MONOTONIC, &sev, &interrupter));
		interrupt_after_ns = 1000;
		igt_ioctl = interrupted_ioctl;
		return true;
	}
	if (!enable)
		return false;
	if (interrupts) {
		interrupts = 0;
		interrupt_after_ns *= 2;
		return true;
	}
	igt_ioctl = drmIoctl;
	timer_delete(interrupter);
	return false;
}

/* Files of sysfs */

int igt_sysfs_open(int device)
{
	char path[64];
	struct stat st;

	if (fstat(device, &st) || !S_ISCHR(st.st_mode))
		return -1;
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major(st.st_rdev), minor(st.st_rdev));
	return open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
}

int igt_sysfs_read(int dir, const char *attr, void *data, int len)
{
	int fd = openat(dir, attr, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = read(fd, data, len);
	if (ret < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int igt_sysfs_write(int dir, const char *attr, const void *data, int len)
{
	int fd = openat(dir, attr, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, data, len);
	if (ret < 0)
		ret = -errno;
	close(fd);
	return ret;
}

char *igt_sysfs_get(int dir, const char *attr)
{
	char *text = calloc(1, ATTR_MAX_BYTES);
	int len;

	if (!text)
		return NULL;
	len = igt_sysfs_read(dir, attr, text, ATTR_MAX_BYTES - 1);
	if (len < 0) {
		free(text);
		errno = -len;
		return NULL;
	}
	while (len && text[len - 1] == '\n')
		text[--len] = 0;
	return text;
}

bool igt_sysfs_set(int dir, const char *attr, const char *value)
{
	return igt_sysfs_write(dir, attr, value, strlen(value)) == (int)strlen(value);
}

int igt_sysfs_scanf(int dir, const char *attr, const char *fmt, ...)
{
	char *text = igt_sysfs_get(dir, attr);
	va_list args;
	int ret;

	if (!text)
		return -1;
	va_start(args, fmt);
	ret = vsscanf(text, fmt, args);
	va_end(args);
	free(text);
	return ret;
}

int igt_sysfs_printf(int dir, const char *attr, const char *fmt, ...)
{
	char text[ATTR_MAX_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return igt_sysfs_write(dir, attr, text, strlen(text));
}

uint64_t igt_sysfs_get_u64(int dir, const char *attr)
{
	uint64_t value = 0;

	igt_assert_f(igt_sysfs_scanf(dir, attr, "%" SCNu64, &value) == 1, "cannot read %s\n", attr);
	return value;
}

uint32_t igt_sysfs_get_u32(int dir, const char *attr)
{
	return igt_sysfs_get_u64(dir, attr);
}

bool igt_sysfs_get_boolean(int dir, const char *attr)
{
	char *text = igt_sysfs_get(dir, attr);
	bool value;

	igt_assert_f(text, "cannot read %s\n", attr);
	value = *text == '1' || *text == 'Y' || *text == 'y';
	free(text);
	return value;
}

bool igt_kernel_tainted(unsigned long *taints)
{
	FILE *f = fopen("/proc/sys/kernel/tainted", "r");

	/* Bits 4, 5, 7 and 9: machine check, bad page, oops, warning */
	*taints = 0;
	if (f) {
		if (fscanf(f, "%lu", taints) != 1)
			*taints = 0;
		fclose(f);
	}
	return *taints & (1 << 4 | 1 << 5 | 1 << 7 | 1 << 9);
}

/* Modules */

bool igt_kmod_is_loaded(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	return !access(path, F_OK);
}

/* Runs a program whose complaints nobody wants to read. Return: 0 or a negative number */
static int run(char *const argv[])
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		signal(SIGPIPE, SIG_DFL);
		dup2(null, STDERR_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

int igt_kmod_load(const char *name, const char *opts)
{
	char *argv[] = { "modprobe", (char *)name, (char *)opts, NULL };

	return igt_kmod_is_loaded(name) ? 0 : run(argv);
}

/* The system call's error tells more than that of a program. */
int igt_kmod_unload(const char *name)
{
	if (!igt_kmod_is_loaded(name))
		return 0;
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}
