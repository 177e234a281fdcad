/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt: processes, signals, time
 *
 * Included by igt.h.
 */
#ifndef IGT_AUX_H
#define IGT_AUX_H

#include <signal.h>

struct igt_helper_process {
	bool running;
	bool use_SIGKILL;
	pid_t pid;
	int id;
};

bool __igt_fork(void);
bool __igt_fork_helper(struct igt_helper_process *proc);

#define igt_fork(child, num_children) \
	for (int child = 0; child < (num_children); child++) \
		for (; __igt_fork(); exit(0))
#define igt_fork_helper(proc) \
	for (; __igt_fork_helper(proc); exit(0))

int __igt_waitchildren(void);
void igt_waitchildren(void);
void igt_waitchildren_timeout(int seconds, const char *reason);
void igt_kill_children(int signal);
int igt_wait_helper(struct igt_helper_process *proc);
void igt_stop_helper(struct igt_helper_process *proc);
void igt_fork_signal_helper(void);
void igt_stop_signal_helper(void);

struct __igt_interruptible {
	int pass;
};

bool __igt_interruptible_next(struct __igt_interruptible *it, bool enable);
#define igt_while_interruptible(enable) \
	for (struct __igt_interruptible igt_it = { 0 }; \
	     __igt_interruptible_next(&igt_it, (enable));)

typedef void (*igt_exit_handler_t)(int sig);
void igt_install_exit_handler(igt_exit_handler_t fn);

void igt_set_timeout(unsigned int seconds, const char *op);
void igt_reset_timeout(void);

void igt_gettime(struct timespec *ts);
double igt_time_elapsed(struct timespec *then, struct timespec *now);
uint64_t igt_nsec_elapsed(struct timespec *start);

static inline uint32_t igt_seconds_elapsed(struct timespec *start)
{
	return igt_nsec_elapsed(start) >> 30;
}

#define igt_until_timeout(timeout) \
	for (struct timespec igt_start = { 0 }; \
	     igt_nsec_elapsed(&igt_start) < (timeout)*NSEC_PER_SEC;)
#define igt_for_milliseconds(ms) \
	for (struct timespec igt_start = { 0 }; igt_nsec_elapsed(&igt_start) < (ms) * 1000000ull; )

#define igt_wait(cond, timeout_ms, interval_ms) ({ \
	struct timespec igt_begin = { 0 }; \
	bool igt_true; \
	while (!(igt_true = !!(cond)) && igt_nsec_elapsed(&igt_begin) < (timeout_ms) * 1000000ull) \
		usleep((interval_ms) * 1000); \
	igt_true || !!(cond); })

bool igt_kernel_tainted(unsigned long *taints);
int igt_sysfs_open(int device);
int igt_sysfs_read(int dir, const char *attr, void *data, int len);
int igt_sysfs_write(int dir, const char *attr, const void *data, int len);
char *igt_sysfs_get(int dir, const char *attr);
bool igt_sysfs_set(int dir, const char *attr, const char *value);
int igt_sysfs_scanf(int dir, const char *attr, const char *fmt, ...)
	__attribute__((format(scanf, 3, 4)));
int igt_sysfs_printf(int dir, const char *attr, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
uint32_t igt_sysfs_get_u32(int dir, const char *attr);
uint64_t igt_sysfs_get_u64(int dir, const char *attr);
bool igt_sysfs_get_boolean(int dir, const char *attr);

bool igt_kmod_is_loaded(const char *name);
int igt_kmod_load(const char *name, const char *opts);
int igt_kmod_unload(const char *name);

#endif
