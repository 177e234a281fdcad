/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt: children, helpers, signals and the alarm
 *
 * Children belong to the subtest that forked them and are killed at its end; so are helpers, whose
 * failure is not the test's. A crash in the test's own process ends the subtest, not the program.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "igt_private.h"

#define CHILDREN_MAX	2048
#define HANDLERS_MAX	16

static pid_t children[CHILDREN_MAX];	/* 0: has been waited for */
static int child_count;

#define HELPERS_MAX	16
static struct {
	pid_t pid;
	int status;
	bool ended;
} helpers[HELPERS_MAX];

static igt_exit_handler_t exit_handlers[HANDLERS_MAX];
static int handler_count;
static pid_t main_pid;

static const char *timeout_op;

/* Exit handlers */

void igt_install_exit_handler(igt_exit_handler_t fn)
{
	for (int i = 0; i < handler_count; i++) {
		if (exit_handlers[i] == fn)
			return;
	}
	igt_assert(handler_count < HANDLERS_MAX);
	exit_handlers[handler_count++] = fn;
}

void igt_run_exit_handlers(int sig)
{
	while (handler_count)
		exit_handlers[--handler_count](sig);
}

static void kill_helpers(void)
{
	for (int i = 0; i < HELPERS_MAX; i++) {
		if (helpers[i].pid && !helpers[i].ended) {
			kill(helpers[i].pid, SIGKILL);
			waitpid(helpers[i].pid, NULL, 0);
		}
		helpers[i].pid = 0;
	}
}

static void at_exit(void)
{
	if (getpid() != main_pid)
		return;
	igt_kill_children(SIGKILL);
	kill_helpers();
	igt_run_exit_handlers(0);
}

/* Signals */

static const struct {
	int sig;
	bool crash;
	const char *name;
} fatal_signals[] = {
	{ SIGSEGV, true, "SIGSEGV" },
	{ SIGBUS, true, "SIGBUS" },
	{ SIGFPE, true, "SIGFPE" },
	{ SIGILL, true, "SIGILL" },
	{ SIGABRT, false, "SIGABRT" },
	{ SIGQUIT, false, "SIGQUIT" },
	{ SIGINT, false, NULL },
	{ SIGHUP, false, NULL },
	{ SIGPIPE, false, NULL },
	{ SIGTERM, false, NULL },
};

static void die_of(int sig)
{
	signal(sig, SIG_DFL);
	raise(sig);
}

static void on_fatal_signal(int sig)
{
	size_t i = 0;

	while (fatal_signals[i].sig != sig)
		i++;
	if (getpid() == main_pid) {
		if (fatal_signals[i].name) {
			fprintf(stderr, "Received signal %s.\n", fatal_signals[i].name);
			fflush(stderr);
		}
		if (fatal_signals[i].crash)
			igt_crashed(sig);
		igt_run_exit_handlers(sig);
	}
	die_of(sig);
}

static void set_signals(bool handled)
{
	for (size_t i = 0; i < ARRAY_SIZE(fatal_signals); i++) {
		struct sigaction sa = { .sa_handler = handled ? on_fatal_signal : SIG_DFL };

		/* raise() in the handler must get through */
		sa.sa_flags = SA_NODEFER;
		sigaction(fatal_signals[i].sig, &sa, NULL);
	}
}

void igt_process_init(void)
{
	main_pid = getpid();
	set_signals(true);
	atexit(at_exit);
}

void igt_process_enter_child(void)
{
	igt_enter_child();
	child_count = 0;
	handler_count = 0;
	memset(helpers, 0, sizeof(helpers));
	set_signals(false);
	igt_reset_timeout();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Children */

static pid_t fork_one(void)
{
	pid_t pid;

	igt_assert_f(!igt_is_child(), "a test child forks test children\n");
	igt_assert_f(igt_in_subtest(), "a fork outside of a subtest\n");
	fflush(NULL);
	pid = fork();
	igt_assert_f(pid >= 0, "fork: %s\n", strerror(errno));
	if (!pid)
		igt_process_enter_child();
	return pid;
}

bool __igt_fork(void)
{
	pid_t pid;

	igt_assert(igt_is_child() || child_count < CHILDREN_MAX);
	pid = fork_one();
	if (!pid)
		return true;
	children[child_count++] = pid;
	return false;
}

void igt_kill_children(int sig)
{
	for (int i = 0; i < child_count; i++) {
		if (children[i])
			kill(children[i], sig);
	}
}

static void note_helper(pid_t pid, int status)
{
	for (int i = 0; i < HELPERS_MAX; i++) {
		if (helpers[i].pid == pid) {
			helpers[i].status = status;
			helpers[i].ended = true;
		}
	}
}

static int child_index(pid_t pid)
{
	for (int i = 0; i < child_count; i++) {
		if (children[i] == pid)
			return i;
	}
	return -1;
}

/* Return: what the child's end means as an exit code */
static int child_result(int index, int status, bool silent)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFEXITED(status)) {
		if (!silent)
			fprintf(stderr, "child %i failed with exit status %i\n", index,
				WEXITSTATUS(status));
		return WEXITSTATUS(status);
	}
	if (!silent)
		fprintf(stderr, "child %i died with signal %i, %s\n", index, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	return 128 + WTERMSIG(status);
}

/* Waits for all; the first that failed decides, and the others are killed. */
static int wait_all(bool silent)
{
	int left = 0, err = 0;

	for (int i = 0; i < child_count; i++)
		left += children[i] != 0;

	while (left) {
		int status, index, result;
		pid_t pid = waitpid(-1, &status, 0);

		if (pid < 0 && errno == EINTR)
			continue;
		igt_assert_f(pid > 0, "children that cannot be waited for\n");
		index = child_index(pid);
		if (index < 0) {
			note_helper(pid, status);
			continue;
		}
		children[index] = 0;
		left--;
		result = child_result(index, status, silent || err);
		if (result && !err) {
			err = result;
			igt_kill_children(SIGKILL);
		}
	}
	child_count = 0;
	return err;
}

int __igt_waitchildren(void)
{
	return wait_all(false);
}

void igt_waitchildren(void)
{
	int err = wait_all(false);

	if (err)
		igt_fail(err);
}

void igt_waitchildren_timeout(int seconds, const char *reason)
{
	int err;

	igt_set_timeout(seconds, reason);
	err = wait_all(false);
	igt_reset_timeout();
	if (err)
		igt_fail(err);
}

/* Helpers */

bool __igt_fork_helper(struct igt_helper_process *proc)
{
	int id = 0;

	igt_assert(!proc->running);
	while (id < HELPERS_MAX && helpers[id].pid)
		id++;
	igt_assert_f(id < HELPERS_MAX, "too many helper processes\n");

	proc->id = id;
	fflush(NULL);
	proc->pid = fork();
	igt_assert_f(proc->pid >= 0, "fork: %s\n", strerror(errno));
	if (!proc->pid) {
		igt_process_enter_child();
		return true;
	}
	helpers[id].pid = proc->pid;
	helpers[id].ended = false;
	proc->running = true;
	return false;
}

static int reap_helper(struct igt_helper_process *proc)
{
	int status = helpers[proc->id].status;

	if (!helpers[proc->id].ended) {
		while (waitpid(proc->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	helpers[proc->id].pid = 0;
	proc->running = false;
	proc->pid = 0;
	return status;
}

int igt_wait_helper(struct igt_helper_process *proc)
{
	int status;

	igt_assert(proc->running);
	status = reap_helper(proc);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void igt_stop_helper(struct igt_helper_process *proc)
{
	int sig = proc->use_SIGKILL ? SIGKILL : SIGTERM;
	int status;

	if (!proc->running)
		return;
	kill(proc->pid, sig);
	status = reap_helper(proc);
	igt_assert_f(WIFSIGNALED(status) && WTERMSIG(status) == sig,
		     "helper ended by itself, status %#x\n", status);
}

static struct igt_helper_process signal_helper;

static void on_cont(int sig)
{
	(void)sig;
}

void igt_fork_signal_helper(void)
{
	struct sigaction sa = { .sa_handler = on_cont };

	if (igt_only_list_subtests())
		return;
	/* Without SA_RESTART: interrupting is the purpose */
	sigaction(SIGCONT, &sa, NULL);
	setpgid(0, 0);
	signal_helper.use_SIGKILL = true;
	igt_fork_helper(&signal_helper) {
		pid_t parent = getppid();

		setpgid(0, 0);
		for (;;) {
			usleep(500);
			if (kill(-parent, SIGCONT))
				exit(0);
		}
	}
}

void igt_stop_signal_helper(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	if (!signal_helper.running)
		return;
	igt_stop_helper(&signal_helper);
	sigaction(SIGCONT, &sa, NULL);
}

/* The alarm */

static void on_alarm(int sig)
{
	(void)sig;
	igt_critical("Timed out: %s\n", timeout_op ? timeout_op : "no reason given");
	igt_fail(IGT_EXIT_FAILURE);
}

void igt_set_timeout(unsigned int seconds, const char *op)
{
	struct sigaction sa = { .sa_handler = seconds ? on_alarm : SIG_DFL };

	timeout_op = op;
	sigaction(SIGALRM, &sa, NULL);
	alarm(seconds);
}

void igt_reset_timeout(void)
{
	igt_set_timeout(0, NULL);
}

void igt_process_cleanup(void)
{
	igt_reset_timeout();
	igt_kill_children(SIGKILL);
	if (child_count)
		wait_all(true);
	kill_helpers();
	signal_helper.running = false;
}
