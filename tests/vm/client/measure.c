// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What a run costs
 *
 * Counts ioctls by standing in the way of libdrm, and time by two clocks: that of the guest, and
 * the CPU time of this process. In a machine that counts instructions a nanosecond is one of them.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <drm/rocket_accel.h>

#include <base/bits.h>
#include <program/program.h>
#include <runtime/session.h>

#include "client.h"
#include "work.h"

static struct {
	unsigned long request;
	const char *name;
	unsigned int count;
} ioctls[] = {
	{ DRM_IOCTL_ROCKET_CREATE_BO, "CREATE_BO", 0 },
	{ DRM_IOCTL_ROCKET_SUBMIT, "SUBMIT", 0 },
	{ DRM_IOCTL_ROCKET_PREP_BO, "PREP_BO", 0 },
	{ DRM_IOCTL_ROCKET_FINI_BO, "FINI_BO", 0 },
	{ DRM_IOCTL_PRIME_HANDLE_TO_FD, "PRIME_HANDLE_TO_FD", 0 },
	{ DMA_BUF_IOCTL_EXPORT_SYNC_FILE, "EXPORT_SYNC_FILE", 0 },
	{ SYNC_IOC_FILE_INFO, "SYNC_FILE_INFO", 0 },
	{ 0, "others", 0 },
};

/* Calls from libdrm come here too: a symbol of the program goes before one of a library. */
int ioctl(int fd, unsigned long request, ...)
{
	size_t i = 0;
	va_list args;
	void *argument;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	while (ioctls[i].request && ioctls[i].request != request)
		i++;
	ioctls[i].count++;
	return (int)syscall(SYS_ioctl, fd, request, argument);
}

static double clock_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void report(const struct options *o, const struct program *p, double wall_us, double cpu_us)
{
	unsigned int total = 0;

	printf("tasks=%u wall_us=%.1f cpu_us=%.1f", p->n_tasks, wall_us / o->runs, cpu_us / o->runs);
	for (size_t i = 0; i < ARRAY_SIZE(ioctls); i++) {
		total += ioctls[i].count;
		if (ioctls[i].count)
			printf(" %s=%.2f", ioctls[i].name, (double)ioctls[i].count / o->runs);
	}
	printf(" ioctls=%.2f\n", (double)total / o->runs);
}

int client_measure(const struct options *o, struct diag *d)
{
	struct worker k = { 0 };
	double wall, cpu;
	struct work w;
	int ret;

	if (work_create(o->models[0], o->seed, o->results, d, &w))
		return 2;
	ret = worker_open(o->device, &w, d, &k);
	/* The first run pays for power and attachment. */
	if (!ret)
		ret = worker_run(&k, d);
	for (size_t i = 0; i < ARRAY_SIZE(ioctls); i++)
		ioctls[i].count = 0;
	wall = clock_us(CLOCK_MONOTONIC);
	cpu = clock_us(CLOCK_PROCESS_CPUTIME_ID);
	for (unsigned int i = 0; i < o->runs && !ret; i++)
		ret = session_run(k.session, d);
	if (!ret)
		report(o, w.model.program, clock_us(CLOCK_MONOTONIC) - wall, clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	worker_close(&k);
	work_destroy(&w);
	return ret != 0;
}
