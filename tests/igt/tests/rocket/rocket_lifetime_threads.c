// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket lifetime: threads and signals
 *
 * Threads only count what went wrong; the main thread judges.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"

#include "rocket_lifetime.h"

#define THREADS		16
#define ROUNDS		20
#define RACE_MS		2000
#define HANDLES		32
#define ADDITIONS	3	/* jobs of one submission */
#define SUBMISSIONS	40	/* ADDITIONS * SUBMISSIONS fits a signed byte */
#define SIGNAL_US	300
#define HOGS		2
#define HOGGED		128	/* jobs, so many that others run meanwhile */
#define INTERRUPT_MS	20000	/* by then a submission has waited for the lock of its file */

struct worker {
	struct rocket_client client;
	struct drm_rocket_task tasks[ROUNDS];
	pthread_t thread;
	int wrong;
};

static void worker_init(struct worker *w, int fd, int seed)
{
	memset(w, 0, sizeof(*w));
	rocket_client_init(&w->client, fd);
	for (int i = 0; i < ROUNDS; i++)
		w->tasks[i] = rocket_task_fill(&w->client.kit, w->client.out.iova,
					       w->client.out.size, seed + i);
	rocket_kit_flush(&w->client.kit);
}

/* A fresh buffer, a job, its result, and the buffer is gone. */
static void *work(void *arg)
{
	struct worker *w = arg;
	int8_t first = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct drm_rocket_create_bo args = { 0 };
		struct drm_gem_close gone;

		if (__rocket_create_bo(w->client.fd, SZ_16K, &args) ||
		    __rocket_queue_task(&w->client.kit, w->tasks[i], &w->client.in,
					&w->client.out) ||
		    __rocket_prep(w->client.fd, w->client.out.handle,
				  rocket_deadline_ms(ROCKET_PATIENCE_MS)))
			w->wrong++;
		if (!i)
			first = *(int8_t *)w->client.out.map;
		if (!rocket_is_filled(&w->client.out, first + i))
			w->wrong++;
		gone = (struct drm_gem_close){ .handle = args.handle };
		if (ioctl(w->client.fd, DRM_IOCTL_GEM_CLOSE, &gone))
			w->wrong++;
	}
	return NULL;
}

static void run_workers(bool one_file)
{
	static struct worker workers[THREADS];
	int fd = one_file ? rocket_open() : -1;

	for (int i = 0; i < THREADS; i++)
		worker_init(&workers[i], one_file ? fd : rocket_open(), 2 * i);
	for (int i = 0; i < THREADS; i++)
		igt_assert_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	for (int i = 0; i < THREADS; i++) {
		igt_assert_eq(workers[i].wrong, 0);
		igt_assert_eq(*(int8_t *)workers[i].client.out.map, 2 * i + ROUNDS - 1);
		if (one_file)
			rocket_client_unmap(&workers[i].client);
		else
			rocket_client_close(&workers[i].client);
	}
	if (one_file)
		close(fd);
}

static void test_threads_one_file(void)
{
	run_workers(true);
}

static void test_threads_many_files(void)
{
	run_workers(false);
}

/* Threads that work on the same handles until the time is over */
struct race {
	struct rocket_client client;
	struct drm_rocket_task task;
	_Atomic uint32_t handles[HANDLES];
	atomic_bool over;
	atomic_int unexpected;
	atomic_uint done;
};

static void judge(struct race *race, int ret, int allowed)
{
	if (ret && ret != allowed)
		atomic_store(&race->unexpected, ret);
	if (!ret)
		atomic_fetch_add(&race->done, 1);
}

static int close_handle(int fd, uint32_t handle)
{
	struct drm_gem_close gone = { .handle = handle };

	return ioctl(fd, DRM_IOCTL_GEM_CLOSE, &gone) ? -errno : 0;
}

static void *race_create(void *arg)
{
	struct race *race = arg;
	unsigned int seed = 1;

	while (!atomic_load(&race->over)) {
		struct drm_rocket_create_bo args = { 0 };
		uint32_t old;

		judge(race, __rocket_create_bo(race->client.fd, SZ_4K, &args), 0);
		old = atomic_exchange(&race->handles[rand_r(&seed) % HANDLES], args.handle);
		if (old)
			judge(race, close_handle(race->client.fd, old), -EINVAL);
	}
	return NULL;
}

/* Closes others' handles too. */
static void *race_close(void *arg)
{
	struct race *race = arg;
	unsigned int seed = 2;

	while (!atomic_load(&race->over)) {
		uint32_t handle = atomic_load(&race->handles[rand_r(&seed) % HANDLES]);

		if (handle)
			judge(race, close_handle(race->client.fd, handle), -EINVAL);
	}
	return NULL;
}

static void *race_access(void *arg)
{
	struct race *race = arg;
	unsigned int seed = 3;

	while (!atomic_load(&race->over)) {
		uint32_t handle = atomic_load(&race->handles[rand_r(&seed) % HANDLES]);

		judge(race,
		      __rocket_prep(race->client.fd, handle,
				    rocket_deadline_ms(ROCKET_PATIENCE_MS)),
		      -ENOENT);
		judge(race, __rocket_fini(race->client.fd, handle), -ENOENT);
	}
	return NULL;
}

static void *race_submit(void *arg)
{
	struct race *race = arg;
	unsigned int seed = 4;

	while (!atomic_load(&race->over)) {
		struct rocket_bo in = { .handle = atomic_load(
						&race->handles[rand_r(&seed) % HANDLES]) };
		struct rocket_bo out = { .handle = atomic_load(
						 &race->handles[rand_r(&seed) % HANDLES]) };

		judge(race, __rocket_queue_task(&race->client.kit, race->task, &in, &out), -ENOENT);
		judge(race,
		      __rocket_prep(race->client.fd, out.handle,
				    rocket_deadline_ms(ROCKET_PATIENCE_MS)),
		      -ENOENT);
	}
	return NULL;
}

/*
 * The kit's own handle is never in the array, but numbers are used again: keep it out of reach of
 * the closers.
 */
static void run_race(void *(*const *bodies)(void *), unsigned int count)
{
	static struct race race;
	pthread_t threads[8];

	memset(&race, 0, sizeof(race));
	rocket_client_open(&race.client);
	race.task = rocket_task_minimal(&race.client.kit);
	rocket_kit_flush(&race.client.kit);
	for (unsigned int i = 0; i < count; i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, bodies[i], &race), 0);
	usleep(RACE_MS * 1000);
	atomic_store(&race.over, true);
	for (unsigned int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	igt_assert_eq(atomic_load(&race.unexpected), 0);
	igt_info("%u calls succeeded\n", atomic_load(&race.done));
	igt_assert_lt(100, atomic_load(&race.done));
	rocket_check_fill(race.client.fd, 1);
	rocket_client_close(&race.client);
}

static void test_thread_create_close_race(void)
{
	static void *(*const bodies[])(void *) = { race_create, race_create, race_close, race_close,
						   race_access };

	run_race(bodies, ARRAY_SIZE(bodies));
}

static void test_thread_submit_close_race(void)
{
	static void *(*const bodies[])(void *) = { race_create, race_close, race_submit,
						   race_submit };

	run_race(bodies, ARRAY_SIZE(bodies));
}

static void on_alarm(int sig)
{
	(void)sig;
}

static int once_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg);
}

/* Holds the file's lock for many jobs at a time. */
static void *race_hog(void *arg)
{
	struct race *race = arg;
	struct drm_rocket_job jobs[HOGGED];

	for (int i = 0; i < HOGGED; i++)
		rocket_job_init(&jobs[i], &race->task, 1, &race->client.in.handle, 1, NULL, 0);
	while (!atomic_load(&race->over)) {
		judge(race, __rocket_submit(race->client.fd, jobs, HOGGED), 0);
		judge(race,
		      __rocket_prep(race->client.fd, race->client.in.handle,
				    rocket_deadline_ms(ROCKET_PATIENCE_MS)),
		      0);
	}
	return NULL;
}

/* What came of submissions while there are signals all the time */
struct storm {
	unsigned int accepted, interrupted;
	int unexpected;
	bool wrong;
};

static void storm_round(struct storm *storm, struct rocket_client *client,
			const struct drm_rocket_job *jobs)
{
	unsigned int accepted = 0;
	int ret;

	memset(client->out.map, 0, client->out.size);
	rocket_fini(&client->out);
	while (accepted < SUBMISSIONS) {
		/* The others get on, up to the middle of a submission, until a signal comes. */
		usleep(SIGNAL_US);
		ret = __rocket_submit(client->fd, jobs, ADDITIONS);
		if (!ret) {
			accepted++;
		} else if (ret == -EINTR) {
			storm->interrupted++;
		} else {
			storm->unexpected = ret;
			break;
		}
	}
	storm->accepted += accepted;
	do
		ret = __rocket_prep(client->fd, client->out.handle,
				    rocket_deadline_ms(ROCKET_PATIENCE_MS));
	while (ret == -EINTR);
	if (ret || !rocket_is_filled(&client->out, ADDITIONS * accepted))
		storm->wrong = true;
}

static void test_submit_interrupted(void)
{
	struct itimerval often = { { 0, SIGNAL_US }, { 0, SIGNAL_US } }, never = { 0 };
	struct sigaction sa = { .sa_handler = on_alarm }, old;
	int64_t end = rocket_deadline_ms(INTERRUPT_MS);
	struct storm storm = { 0 };
	struct drm_rocket_job jobs[ADDITIONS];
	struct drm_rocket_task task;
	static struct race race;
	pthread_t hogs[HOGS];
	cpu_set_t cpus, one_cpu;
	sigset_t alarms, before;

	memset(&race, 0, sizeof(race));
	rocket_client_open(&race.client);
	race.task = rocket_task_minimal(&race.client.kit);
	task = rocket_task_add(&race.client.kit, race.client.out.iova, race.client.out.iova,
			       race.client.out.size, 1);
	rocket_kit_flush(&race.client.kit);
	for (int i = 0; i < ADDITIONS; i++)
		rocket_job_init(&jobs[i], &task, 1, NULL, 0, &race.client.out.handle, 1);
	/* With its owner on another processor, who wants a mutex spins and looks at no signals. */
	igt_assert_eq(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	CPU_ZERO(&one_cpu);
	CPU_SET(sched_getcpu(), &one_cpu);
	igt_assert_eq(sched_setaffinity(0, sizeof(one_cpu), &one_cpu), 0);
	/* Signals are for this thread. */
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarms, &before);
	for (int i = 0; i < HOGS; i++)
		igt_assert_eq(pthread_create(&hogs[i], NULL, race_hog, &race), 0);
	pthread_sigmask(SIG_SETMASK, &before, NULL);

	sigaction(SIGALRM, &sa, &old);
	igt_ioctl = once_ioctl;
	setitimer(ITIMER_REAL, &often, NULL);
	do
		storm_round(&storm, &race.client, jobs);
	while (!storm.interrupted && !storm.wrong && rocket_now_ns() < end);
	setitimer(ITIMER_REAL, &never, NULL);
	igt_ioctl = drmIoctl;
	sigaction(SIGALRM, &old, NULL);
	atomic_store(&race.over, true);
	for (int i = 0; i < HOGS; i++)
		pthread_join(hogs[i], NULL);
	sched_setaffinity(0, sizeof(cpus), &cpus);

	igt_assert_eq(atomic_load(&race.unexpected), 0);
	igt_info("%u submissions were accepted, %u interrupted\n", storm.accepted,
		 storm.interrupted);
	igt_assert_eq(storm.unexpected, 0);
	igt_assert(!storm.wrong);
	igt_assert_f(storm.interrupted, "no submission was interrupted\n");
	rocket_client_close(&race.client);
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "threads-one-file", "Threads share a file", test_threads_one_file },
	{ "threads-many-files", "Threads do not share a file", test_threads_many_files },
	{ "thread-create-close-race", "Handles come and go under their users",
	  test_thread_create_close_race },
	{ "thread-submit-close-race", "Handles go while jobs are made of them",
	  test_thread_submit_close_race },
	{ "submit-interrupted", "Signals neither lose nor repeat jobs", test_submit_interrupted },
};

void lifetime_threads(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}
}
