// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket lifetime
 * Description: Files that are closed, killed, inherited and shared while their jobs wait or run
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Lifetime
 * Test category: robustness
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_system.h"

#include "rocket_lifetime.h"

IGT_TEST_DESCRIPTION("Jobs and memory of clients that end in every possible way");

#define RESULT		77
#define QUEUED		4
#define RUN_MS		300
#define STORM		60
#define STORM_LONG	1000
#define STORM_AT_ONCE	4
#define OOM_LIMIT	"16777216"
#define CLOSE_MS	1000	/* an exiting process waits that long for its jobs to start */
#define ENDLESS_JOBS	12
#define KILLS		3

int lifetime_fd = -1;

/* A client and a look at its output from the file that stays */
struct watched {
	struct rocket_client client;
	struct rocket_bo view;
};

static void watch(struct watched *w)
{
	rocket_client_open(&w->client);
	rocket_bo_share(&w->client.out, lifetime_fd, &w->view);
}

static void expect_result(struct watched *w)
{
	rocket_prep(&w->view);
	igt_assert(rocket_is_filled(&w->view, RESULT));
	rocket_bo_destroy(&w->view);
}

/**
 * SUBTEST: close-idle
 * Description: Closing a file takes its buffers with it, a thousand times
 * Functionality: bo.lifetime, close.waits
 */
static void test_close_idle(void)
{
	uint64_t before = rocket_shmem_bytes();

	for (int i = 0; i < 1000; i++) {
		struct rocket_client client;

		rocket_client_open(&client);
		if (i % 100 == 0)
			rocket_check_fill(client.fd, i / 100);
		rocket_client_close(&client);
	}
	igt_assert(igt_wait(rocket_shmem_bytes() < before + SZ_1M, ROCKET_PATIENCE_MS, 20));
}

/**
 * SUBTEST: close-queued
 * Description: Jobs that wait when their file is closed are started before close() returns, and end
 *   well
 * Functionality: close.waits, close.cancelled
 */
static void test_close_queued(void)
{
	struct watched w;

	watch(&w);
	for (int i = 0; i < QUEUED; i++)
		rocket_queue_long(&w.client.kit, RUN_MS / QUEUED, NULL, &w.client.out);
	rocket_queue_fill(&w.client.kit, &w.client.out, RESULT);
	rocket_client_close(&w.client);
	expect_result(&w);
}

/**
 * SUBTEST: close-running
 * Description: A job that runs when its file is closed is left to finish; close() does not wait for
 *   it
 * Functionality: close.running
 */
static void test_close_running(void)
{
	struct drm_rocket_task last, *tasks;
	struct watched w;
	uint32_t count;

	watch(&w);
	last = rocket_task_fill(&w.client.kit, w.client.out.iova, w.client.out.size, RESULT);
	tasks = rocket_tasks_long(&w.client.kit, 4 * RUN_MS, last, &count);
	rocket_queue(&w.client.kit, tasks, count, NULL, &w.client.out);
	free(tasks);
	usleep(RUN_MS * 100);
	rocket_client_close(&w.client);
	igt_assert_f(rocket_bo_busy(&w.view), "close() has waited for the job to end\n");
	expect_result(&w);
}

/**
 * SUBTEST: close-bo-running
 * Description: A job may use all that was there when it was submitted, even if the handles are
 *   closed now
 * Functionality: vm.handle-lifetime
 */
static void test_close_bo_running(void)
{
	struct rocket_bo fresh[16];
	struct drm_rocket_task last, *tasks;
	struct watched w;
	uint32_t count;

	watch(&w);
	last = rocket_task_fill(&w.client.kit, w.client.out.iova, w.client.out.size, RESULT);
	tasks = rocket_tasks_long(&w.client.kit, RUN_MS, last, &count);
	rocket_queue(&w.client.kit, tasks, count, NULL, &w.client.out);
	free(tasks);
	rocket_bo_destroy(&w.client.out);
	rocket_kit_fini(&w.client.kit);

	/* Others must not get the memory or the addresses. */
	for (unsigned int i = 0; i < ARRAY_SIZE(fresh); i++) {
		rocket_bo_create_mapped(w.client.fd, ROCKET_KIT_BYTES, &fresh[i]);
		memset(fresh[i].map, 0x5a, fresh[i].size);
		rocket_fini(&fresh[i]);
	}
	rocket_prep(&w.view);
	igt_assert(rocket_is_filled(&w.view, RESULT));
	for (unsigned int i = 0; i < ARRAY_SIZE(fresh); i++) {
		igt_assert(rocket_is_filled(&fresh[i], 0x5a));
		rocket_bo_destroy(&fresh[i]);
	}
	rocket_bo_destroy(&w.view);
	rocket_client_close(&w.client);
}

static void tell(int pipe)
{
	igt_assert_eq(write(pipe, "", 1), 1);
}

static void await(int pipe)
{
	char byte;

	igt_assert_eq(read(pipe, &byte, 1), 1);
}

/* Once for each pipe: when nobody else can write, a child that dies ends the wait too. */
static void await_child(const int *pipe)
{
	close(pipe[1]);
	await(pipe[0]);
	close(pipe[0]);
}

/* A buffer of the file that stays, as a client sees it: jobs list it, and have no address of it. */
static struct rocket_bo view_of(const struct rocket_client *client, int dmabuf)
{
	return (struct rocket_bo){ .fd = client->fd,
				   .handle = prime_fd_to_handle(client->fd, dmabuf) };
}

static void queue_long(struct rocket_client *client, unsigned int ms, const struct rocket_bo *view)
{
	struct drm_rocket_task *tasks;
	uint32_t count;

	tasks = rocket_tasks_long(&client->kit, ms, rocket_task_minimal(&client->kit), &count);
	rocket_queue(&client->kit, tasks, count, NULL, view);
	free(tasks);
}

static void kill_now(struct igt_helper_process *victim)
{
	igt_set_timeout(ROCKET_PATIENCE_MS / 1000, "a killed process does not go");
	igt_stop_helper(victim);
	igt_reset_timeout();
}

/**
 * SUBTEST: kill-running
 * Description: A process is killed with a job on a core: it goes at once, others' jobs run
 * Functionality: close.exiting
 */
static void test_kill_running(void)
{
	for (int i = 0; i < KILLS; i++) {
		struct igt_helper_process victim = { .use_SIGKILL = true };
		struct rocket_bo shared, view;
		int started[2], dmabuf;

		rocket_bo_create(lifetime_fd, rocket_page_size(), &shared);
		dmabuf = rocket_bo_export(&shared);
		igt_assert_eq(pipe(started), 0);
		igt_fork_helper(&victim) {
			struct rocket_client client;

			rocket_client_open(&client);
			view = view_of(&client, dmabuf);
			queue_long(&client, 2 * RUN_MS, &view);
			tell(started[1]);
			for (;;)
				pause();
		}
		await_child(started);
		usleep(20000 * i);
		kill_now(&victim);
		igt_assert_f(rocket_bo_busy(&shared), "it was gone as late as its job\n");
		rocket_check_fill(lifetime_fd, i);
		rocket_prep(&shared);
		close(dmabuf);
		rocket_bo_destroy(&shared);
	}
}

/**
 * SUBTEST: kill-queued
 * Description: A killed process waits a second at most for its jobs to start: few of them run, the
 *   rest is cancelled with ESRCH
 * Functionality: close.exiting, fence.esrch
 */
static void test_kill_queued(void)
{
	struct igt_helper_process victim = { .use_SIGKILL = true };
	struct rocket_bo shared, view;
	int started[2], dmabuf, fence;
	uint64_t hangs;

	rocket_bo_create(lifetime_fd, rocket_page_size(), &shared);
	dmabuf = rocket_bo_export(&shared);
	igt_assert_eq(pipe(started), 0);
	igt_fork_helper(&victim) {
		struct rocket_client client;

		rocket_client_open(&client);
		view = view_of(&client, dmabuf);
		for (int i = 0; i < ENDLESS_JOBS; i++)
			rocket_queue_task(&client.kit, rocket_task_hang(&client.kit), NULL, &view);
		tell(started[1]);
		for (;;)
			pause();
	}
	await_child(started);
	hangs = rocket_core_sum(timeouts);
	fence = rocket_bo_export_fence(&shared, DMA_BUF_SYNC_READ);
	kill_now(&victim);
	igt_assert_eq(rocket_fence_result(fence), -ESRCH);
	rocket_prep(&shared);
	hangs = rocket_core_sum(timeouts) - hangs;
	igt_info("%" PRIu64 " of %d jobs ran\n", hangs, ENDLESS_JOBS);
	/* Each took its time limit; one ran already, and one more may just have been started. */
	igt_assert_lte_u64(hangs, CLOSE_MS / rocket_timeout_ms() + 2);
	close(dmabuf);
	rocket_bo_destroy(&shared);
	rocket_check_fill(lifetime_fd, 5);
}

/* Submissions of many jobs without an end, until somebody kills the process */
static void submit_for_ever(void)
{
	struct drm_rocket_job jobs[64];
	struct drm_rocket_task task;
	struct rocket_client client;

	rocket_client_open(&client);
	task = rocket_task_fill(&client.kit, client.out.iova, client.out.size, 1);
	rocket_kit_flush(&client.kit);
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++)
		rocket_job_init(&jobs[i], &task, 1, &client.in.handle, 1, &client.out.handle, 1);
	for (;;) {
		rocket_submit(client.fd, jobs, ARRAY_SIZE(jobs));
		rocket_prep(&client.out);
	}
}

/**
 * SUBTEST: kill-during-submit
 * Description: A process is killed while it submits
 * Functionality: close.exiting, submit.all-or-none
 */
static void test_kill_during_submit(void)
{
	for (int i = 0; i < 30; i++) {
		struct igt_helper_process victim = { .use_SIGKILL = true };

		igt_fork_helper(&victim)
			submit_for_ever();
		usleep(rand() % 60000);
		kill_now(&victim);
	}
	rocket_check_all_cores(lifetime_fd);
}

/**
 * SUBTEST: kill-storm
 * Description: Processes are killed at any point of their life; nothing of them stays
 * Functionality: close.exiting, bo.lifetime
 *
 * SUBTEST: kill-storm-long
 * Description: The same with a thousand
 * Functionality: close.exiting, bo.lifetime
 */
static void kill_many(int count)
{
	uint64_t before = rocket_shmem_bytes();

	for (int i = 0; i < count / STORM_AT_ONCE; i++) {
		struct igt_helper_process victims[STORM_AT_ONCE] = { 0 };

		for (int k = 0; k < STORM_AT_ONCE; k++) {
			victims[k].use_SIGKILL = true;
			igt_fork_helper(&victims[k])
				submit_for_ever();
		}
		usleep(rand() % 40000);
		for (int k = 0; k < STORM_AT_ONCE; k++)
			kill_now(&victims[k]);
	}
	rocket_check_all_cores(lifetime_fd);
	igt_assert_f(igt_wait(rocket_shmem_bytes() < before + SZ_1M, ROCKET_PATIENCE_MS, 50),
		     "memory of the dead is not back\n");
}

static void test_kill_storm(void)
{
	kill_many(STORM);
}

static void test_kill_storm_long(void)
{
	kill_many(STORM_LONG);
}

/**
 * SUBTEST: exit-without-close
 * Description: A process that submits and ends still gets its jobs done, the one that runs and the
 *   one whose turn comes soon
 * Functionality: close.running, close.waits, fence.success
 */
static void test_exit_without_close(void)
{
	enum { RUNS, WAITS, JOBS };
	int dmabufs[JOBS], fences[JOBS], queued[2], leave[2], gate;
	struct rocket_bo shared[JOBS];
	struct rocket_kit kit;

	for (int i = 0; i < JOBS; i++) {
		rocket_bo_create(lifetime_fd, rocket_page_size(), &shared[i]);
		dmabufs[i] = rocket_bo_export(&shared[i]);
	}
	igt_assert_eq(pipe(queued) | pipe(leave), 0);
	rocket_kit_init(&kit, lifetime_fd);
	igt_fork(child, 1) {
		struct rocket_client client;
		struct rocket_bo views[JOBS];

		rocket_client_open(&client);
		for (int i = 0; i < JOBS; i++)
			views[i] = view_of(&client, dmabufs[i]);
		rocket_task_ns(&client.kit);
		tell(queued[1]);
		await(leave[0]);
		queue_long(&client, RUN_MS / 2, &views[RUNS]);
		rocket_queue_task(&client.kit, rocket_task_minimal(&client.kit), &views[RUNS],
				  &views[WAITS]);
		tell(queued[1]);
		await(leave[0]);
		_exit(0);
	}
	close(queued[1]);
	await(queued[0]);
	gate = rocket_gate_shut(&kit, &shared[RUNS]);
	tell(leave[1]);
	await(queued[0]);
	close(queued[0]);
	for (int i = 0; i < JOBS; i++)
		fences[i] = rocket_bo_export_fence(&shared[i], DMA_BUF_SYNC_READ);
	rocket_gate_open(gate);
	tell(leave[1]);
	igt_waitchildren();
	for (int i = 0; i < JOBS; i++) {
		igt_assert_eq(rocket_fence_result(fences[i]), 0);
		rocket_prep(&shared[i]);
		close(dmabufs[i]);
		rocket_bo_destroy(&shared[i]);
	}
	close(leave[0]);
	close(leave[1]);
	rocket_kit_fini(&kit);
	rocket_check_all_cores(lifetime_fd);
}

/**
 * SUBTEST: fork-share-fd
 * Description: A child submits on the file it inherited; either process may end first
 * Functionality: file.shared
 */
static void test_fork_share_fd(void)
{
	struct rocket_client client;
	int closed[2];

	rocket_client_open(&client);
	igt_fork(child, 1)
		rocket_queue_fill(&client.kit, &client.out, RESULT);
	igt_waitchildren();
	rocket_prep(&client.out);
	igt_assert(rocket_is_filled(&client.out, RESULT));

	igt_assert_eq(pipe(closed), 0);
	igt_fork(child, 1) {
		await(closed[0]);
		rocket_queue_fill(&client.kit, &client.out, RESULT + 1);
		rocket_prep(&client.out);
		igt_assert(rocket_is_filled(&client.out, RESULT + 1));
	}
	rocket_client_close(&client);
	tell(closed[1]);
	igt_waitchildren();
	close(closed[0]);
	close(closed[1]);
}

/**
 * SUBTEST: fork-close-race
 * Description: The parent closes the file while the child submits and waits on it
 * Functionality: file.shared
 */
static void test_fork_close_race(void)
{
	for (int round = 0; round < 30; round++) {
		struct rocket_client client;

		rocket_client_open(&client);
		igt_fork(child, 1) {
			for (int i = 0; i < 10; i++) {
				rocket_queue_fill(&client.kit, &client.out, i);
				rocket_prep(&client.out);
				igt_assert(rocket_is_filled(&client.out, i));
			}
		}
		usleep(rand() % 20000);
		rocket_client_close(&client);
		igt_waitchildren();
	}
}

static void send_fd(int sock, int fd)
{
	union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct iovec iov = { .iov_base = (char[]){ 0 }, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };

	control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
					   .cmsg_len = CMSG_LEN(sizeof(int)) };
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	igt_assert_eq(sendmsg(sock, &msg, 0), 1);
}

static int receive_fd(int sock)
{
	union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct iovec iov = { .iov_base = (char[]){ 0 }, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int fd;

	igt_assert_eq(recvmsg(sock, &msg, 0), 1);
	igt_assert_eq(control.header.cmsg_type, SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

/**
 * SUBTEST: pass-fd
 * Description: A file that comes over a socket works when its sender is gone
 * Functionality: file.shared
 */
static void test_pass_fd(void)
{
	int socks[2], fd;

	igt_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, socks), 0);
	igt_fork(child, 1)
		send_fd(socks[1], rocket_open());
	close(socks[1]);
	fd = receive_fd(socks[0]);
	igt_waitchildren();
	rocket_check_fill(fd, RESULT);
	close(fd);
	close(socks[0]);
}

/**
 * SUBTEST: dup-close
 * Description: A file lives as long as one of its descriptors
 * Functionality: file.shared
 */
static void test_dup_close(void)
{
	struct rocket_client client;
	int copy;

	rocket_client_open(&client);
	copy = dup(client.fd);
	igt_assert_fd(copy);
	rocket_queue_long(&client.kit, RUN_MS / 4, NULL, &client.out);
	close(client.fd);
	client.fd = client.out.fd = client.in.fd = client.kit.code.fd = copy;
	rocket_queue_fill(&client.kit, &client.out, RESULT);
	rocket_prep(&client.out);
	igt_assert(rocket_is_filled(&client.out, RESULT));
	rocket_client_close(&client);
}

/* Whether a program that is started has the descriptor */
static bool survives_exec(int fd)
{
	char command[64];
	int status;

	snprintf(command, sizeof(command), "test -e /proc/self/fd/%d", fd);
	status = system(command);
	igt_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
	return !WEXITSTATUS(status);
}

/**
 * SUBTEST: exec-cloexec
 * Description: Another program gets the file exactly if it was not opened with O_CLOEXEC
 * Functionality: file.shared
 */
static void test_exec_cloexec(void)
{
	int with = rocket_open(), without = open(rocket_node(), O_RDWR);

	igt_assert_fd(without);
	igt_assert(!survives_exec(with));
	igt_assert(survives_exec(without));
	close(with);
	close(without);
}

/**
 * SUBTEST: oom-kill
 * Description: A client that is killed for its memory, with a job on a core
 * Functionality: close.exiting
 */
static void test_oom_kill(void)
{
	struct igt_helper_process victim = { .use_SIGKILL = true };
	int alive[2];
	char byte;

	igt_require_f(rocket_group_begin(OOM_LIMIT),
		      "the kernel has no memory groups (CONFIG_MEMCG), or the caller may not make "
		      "one\n");
	/* The report of a kill looks like one of a mistake. */
	rocket_console_level("1");
	igt_assert_eq(pipe(alive), 0);
	igt_fork_helper(&victim) {
		struct drm_rocket_create_bo args;
		struct rocket_client client;

		igt_assert(rocket_group_join());
		rocket_client_open(&client);
		rocket_queue_long(&client.kit, RUN_MS, NULL, &client.out);
		while (!__rocket_create_bo(client.fd, SZ_1M, &args))
			;
		for (volatile char *page = malloc(SZ_256M);; page += rocket_page_size())
			*page = 1;
	}
	/* The pipe ends with the process; that it was killed is what stopping a helper asserts. */
	close(alive[1]);
	igt_assert_eq(read(alive[0], &byte, 1), 0);
	igt_stop_helper(&victim);
	close(alive[0]);
	rocket_console_level("5");
	rocket_check_all_cores(lifetime_fd);
	rocket_group_end();
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "close-idle", "Files are closed with all that is theirs", test_close_idle },
	{ "close-queued", "Jobs that wait survive their file", test_close_queued },
	{ "close-running", "A running job survives its file", test_close_running },
	{ "close-bo-running", "Jobs keep the memory they may use", test_close_bo_running },
	{ "kill-running", "A killed process with a running job", test_kill_running },
	{ "kill-queued", "A killed process with jobs that wait", test_kill_queued },
	{ "kill-during-submit", "Killed inside the kernel", test_kill_during_submit },
	{ "kill-storm", "Many are killed", test_kill_storm },
	{ "kill-storm-long", "A thousand are killed", test_kill_storm_long },
	{ "exit-without-close", "Ending without tidying up", test_exit_without_close },
	{ "fork-share-fd", "A file of two processes", test_fork_share_fd },
	{ "fork-close-race", "A file of two processes, one of which lets go",
	  test_fork_close_race },
	{ "pass-fd", "A file that comes over a socket", test_pass_fd },
	{ "dup-close", "A file with two descriptors", test_dup_close },
	{ "exec-cloexec", "What other programs inherit", test_exec_cloexec },
	{ "oom-kill", "Out of memory with a job on a core", test_oom_kill },
};

/**
 * SUBTEST: threads-one-file
 * Description: Threads share a file: all of them get their own results
 * Functionality: file.threads
 *
 * SUBTEST: threads-many-files
 * Description: Threads with a file each: all of them get their own results
 * Functionality: file.threads, vm.isolated
 *
 * SUBTEST: thread-create-close-race
 * Description: Handles are made, used and closed by threads that do not ask each other
 * Functionality: file.threads, create.handle
 *
 * SUBTEST: thread-submit-close-race
 * Description: Handles are closed by one thread while another one submits jobs with them
 * Functionality: file.threads, submit.enoent
 *
 * SUBTEST: submit-interrupted
 * Description: Under a storm of signals submissions are interrupted; what was accepted runs exactly
 *   once, and what was interrupted does not run
 * Functionality: submit.all-or-none, submit.eintr
 */
int igt_main()
{
	static struct rocket_health health;

	igt_fixture() {
		lifetime_fd = rocket_open();
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}
	lifetime_threads();

	igt_fixture() {
		close(lifetime_fd);
		rocket_health_end(&health);
	}
}
