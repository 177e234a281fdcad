// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <drm/rocket_accel.h>

#include <base/diag.h>

#include "client.h"
#include "fuzz.h"
#include "fuzz_race.h"

#define PATIENCE_S	60	/* for one sequence; mostly the debug kernel takes less than a second */
#define ENDED		UINT_MAX

/*
 * Seen by all threads and by the process that watches. Nothing orders the readers and writers of the table:
 * an object of which one half is new is one more wrong argument.
 */
struct race_board {
	struct fuzz_bo bos[FUZZ_FILES][FUZZ_BOS];
	int fd[FUZZ_FILES];
	atomic_ulong calls, good;
	atomic_uint sequence[CLIENT_WORKERS_MAX];
};

struct racer {
	pthread_t thread;
	struct race race;
	struct options o;
	int (*work)(const struct race *r, const struct options *o, struct diag *d);
	struct diag *d;
	int ret;
};

int race_begin(const struct race *r, struct fuzz *f, unsigned int sequence, struct diag *d)
{
	if (!r->board)
		return 0;
	for (unsigned int i = 0; i < FUZZ_FILES; i++) {
		int fd = r->board->fd[i];

		fd = f->fd[i] < 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : dup3(fd, f->fd[i], O_CLOEXEC);
		if (fd < 0)
			return diag_error(d, -errno, "no shared file: %s", strerror(errno));
		f->fd[i] = fd;
		f->bos[i] = r->board->bos[i];
	}
	atomic_store(&r->board->sequence[r->me], sequence);
	return 0;
}

void race_end(const struct race *r, const struct fuzz *f)
{
	if (!r->board)
		return;
	atomic_fetch_add(&r->board->calls, f->calls);
	atomic_fetch_add(&r->board->good, f->good);
}

static void *run_racer(void *opaque)
{
	struct racer *a = opaque;

	if (unshare(CLONE_FILES))
		a->ret = diag_error(a->d, -errno, "no descriptors of its own for a thread: %s", strerror(errno));
	else
		a->ret = a->work(&a->race, &a->o, a->d);
	/* Also when it never came to its first sequence. */
	atomic_store(&a->race.board->sequence[a->race.me], ENDED);
	return NULL;
}

/* Body of the process. */
static int run_all(struct race_board *board, const struct racer *like)
{
	struct racer all[CLIENT_WORKERS_MAX];
	unsigned int n = 0;
	int ret = 0;

	for (; n < like->o.processes && !ret; n += !ret) {
		all[n] = *like;
		all[n].race = (struct race){ board, n };
		all[n].o.runs /= like->o.processes;
		all[n].o.seed += n;
		ret = pthread_create(&all[n].thread, NULL, run_racer, &all[n]);
		if (ret)
			diag_error(like->d, -ret, "cannot start a thread: %s", strerror(ret));
	}
	while (n--) {
		pthread_join(all[n].thread, NULL);
		ret = ret ? ret : all[n].ret;
	}
	return ret;
}

/* Those that did not end. */
static int blame(const struct race_board *board, const struct options *o, const char *why, struct diag *d)
{
	for (unsigned int i = 0; i < o->processes; i++)
		if (board->sequence[i] != ENDED)
			diag_error(d, -EIO, "seed %u, sequence %u: %s", o->seed + i, board->sequence[i], why);
	return -EIO;
}

/* A process that hangs in the kernel cannot be killed: nobody waits for it. */
static int watch(const struct race_board *board, const struct options *o, pid_t pid, struct diag *d)
{
	unsigned int last[CLIENT_WORKERS_MAX] = { 0 };
	time_t since[CLIENT_WORKERS_MAX] = { 0 };
	int status;

	for (; waitpid(pid, &status, WNOHANG) != pid; usleep(10000)) {
		time_t now = time(NULL);

		for (unsigned int i = 0; i < o->processes; i++) {
			unsigned int at = board->sequence[i];

			if (at != last[i] || !since[i]) {
				last[i] = at;
				since[i] = now;
			} else if (at != ENDED && now - since[i] > PATIENCE_S) {
				kill(pid, SIGKILL);
				return blame(board, o, "does not end", d);
			}
		}
	}
	if (WIFSIGNALED(status))
		return blame(board, o, strsignal(WTERMSIG(status)), d);
	return status ? -EIO : 0;
}

static int right_job(struct fuzz *f, unsigned int file, struct diag *d)
{
	struct fuzz_bo bo = { .bytes = FUZZ_COPY_END };
	uint64_t *words = fuzz_create_bo(f, file, &bo, d);
	struct drm_rocket_task task;
	struct drm_rocket_job job = fuzz_job(&task, 1, &bo);
	int ret;

	if (!words)
		return -ENOMEM;
	task = (struct drm_rocket_task){ (uint32_t)bo.iova, fuzz_copy(bo.iova, words) };
	fuzz_copy_fill(f, words);
	ret = fuzz_begin(f, file, &bo);
	if (!ret)
		ret = fuzz_submit(f, file, &job, 1);
	if (!ret)
		ret = fuzz_end(f, file, &bo);
	if (!ret && !fuzz_copied(words))
		ret = -EILSEQ;
	munmap(words, bo.bytes);
	return ret ? diag_error(d, ret, "a right job on file %u afterwards: %s", file, strerror(-ret)) : 0;
}

static int run_process(struct race_board *board, const struct racer *like)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return diag_error(like->d, -errno, "cannot start a process: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pid = run_all(board, like);
		fflush(stdout);
		_exit(pid != 0);
	}
	return watch(board, &like->o, pid, like->d);
}

int race_run(const struct options *o,
	     int (*work)(const struct race *r, const struct options *o, struct diag *d), struct diag *d)
{
	struct fuzz f = { .fd = { -1, -1, -1 }, .state = o->seed };
	struct race_board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
					-1, 0);
	time_t start = time(NULL);
	int ret;

	if (board == MAP_FAILED)
		return diag_error(d, -errno, "no shared memory: %s", strerror(errno));
	ret = fuzz_open_all(&f, d);
	memcpy(board->fd, f.fd, sizeof(f.fd));
	if (!ret)
		ret = run_process(board, &(struct racer){ .o = *o, .work = work, .d = d });
	for (unsigned int i = 0; i < FUZZ_FILES && !ret; i++)
		ret = right_job(&f, i, d);
	fuzz_close_all(&f);
	printf("threads=%u calls=%lu good=%lu seed=%u seconds=%ld\n", o->processes, board->calls, board->good, o->seed,
	       (long)(time(NULL) - start));
	munmap(board, sizeof(*board));
	return ret;
}
