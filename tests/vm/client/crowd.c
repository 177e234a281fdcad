// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: A crowd of processes
 *
 * Steady processes share a number of runs; victims run the same networks, are killed at random moments
 * after they began, and replaced. Each has a file and inputs of its own. The networks are loaded before the
 * processes are made, so a new victim is at work at once.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <base/diag.h>

#include "client.h"
#include "work.h"

/* Seen by all processes. */
struct board {
	atomic_uint taken, right, wrong, failed, victims_right, kills;
	atomic_bool began[CLIENT_WORKERS_MAX];
	atomic_int last;
	time_t end;
};

struct crowd {
	const struct options *o;
	struct work work[CLIENT_WORKERS_MAX];
	pid_t pid[CLIENT_WORKERS_MAX];
	struct board *board;
	unsigned int n;
};

/* Steady processes go on until there were enough runs, enough time and, with victims, enough kills. */
static bool more(struct crowd *c, bool steady)
{
	struct board *b = c->board;

	if (!steady)
		return true;
	return atomic_fetch_add(&b->taken, 1) < c->o->runs || time(NULL) < b->end ||
	       (c->o->victims && b->kills < c->o->runs);
}

/* Body of a process. */
static void labour(struct crowd *c, unsigned int i, struct diag *d)
{
	struct board *b = c->board;
	bool steady = i < c->o->processes;
	struct worker k = { 0 };
	int ret = worker_open(c->o->device, &c->work[i], d, &k);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!ret && more(c, steady)) {
		atomic_store(&b->began[i], true);
		ret = worker_run(&k, d);
		if (!ret)
			atomic_fetch_add(steady ? &b->right : &b->victims_right, 1);
	}
	if (ret == WORK_WRONG) {
		atomic_fetch_add(&b->wrong, 1);
	} else if (ret) {
		atomic_fetch_add(&b->failed, 1);
		atomic_store(&b->last, ret);
	}
	worker_close(&k);
	_exit(ret != 0);
}

static int start(struct crowd *c, unsigned int i, struct diag *d)
{
	pid_t pid = fork();

	if (!pid)
		labour(c, i, d);
	if (pid < 0)
		return diag_error(d, -errno, "cannot start process %u", i);
	c->pid[i] = pid;
	return 0;
}

static void end_all(struct crowd *c)
{
	for (unsigned int i = 0; i < c->n; i++)
		if (c->pid[i] > 0)
			kill(c->pid[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

/* Those that were killed may take a while to die: nobody waits for them. */
static void bury(struct crowd *c)
{
	pid_t dead;

	while ((dead = waitpid(-1, NULL, WNOHANG)) > 0)
		for (unsigned int i = 0; i < c->o->processes; i++)
			if (c->pid[i] == dead)
				c->pid[i] = 0;
}

static bool steady_at_work(struct crowd *c)
{
	bury(c);
	for (unsigned int i = 0; i < c->o->processes; i++)
		if (c->pid[i])
			return true;
	return false;
}

/* Kill a victim, unless it has not begun with a job yet, and put another one in its place. */
static int kill_one(struct crowd *c, unsigned int i, struct diag *d)
{
	if (!atomic_exchange(&c->board->began[i], false))
		return 0;

	kill(c->pid[i], SIGKILL);
	atomic_fetch_add(&c->board->kills, 1);
	return start(c, i, d);
}

static int watch(struct crowd *c, struct diag *d)
{
	int ret = 0;

	while (!ret && steady_at_work(c)) {
		usleep(c->o->kill_ms * 1000);
		if (c->o->victims)
			ret = kill_one(c, c->o->processes + (unsigned int)random() % c->o->victims, d);
	}
	end_all(c);
	return ret;
}

int client_crowd(const struct options *o, struct diag *d)
{
	struct crowd c = { .o = o, .n = o->processes + o->victims };
	struct board *b = mmap(NULL, sizeof(*b), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int loaded = 0;
	int ret = b == MAP_FAILED ? -ENOMEM : 0;

	c.board = b;
	for (; loaded < c.n && !ret; loaded += !ret)
		ret = work_create(o->models[loaded % o->n_models], o->seed + loaded, o->results, d,
				  &c.work[loaded]);
	if (ret)
		return 2;
	fflush(stdout);
	b->end = time(NULL) + o->seconds;
	for (unsigned int i = 0; i < c.n && !ret; i++)
		ret = start(&c, i, d);
	if (!ret)
		ret = watch(&c, d);
	printf("right=%u wrong=%u failed=%u last=%s kills=%u victims_right=%u\n", b->right, b->wrong, b->failed,
	       work_verdict(b->last), b->kills, b->victims_right);
	while (loaded--)
		work_destroy(&c.work[loaded]);
	return ret || b->wrong || b->failed || b->right < o->runs;
}
