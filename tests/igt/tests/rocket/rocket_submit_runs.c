// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Submissions that run, for rocket_submit.c
 */
#include <pthread.h>

#include "igt.h"
#include "dmabuf_sync_file.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_machine.h"
#include "rocket_system.h"

#include "rocket_submit.h"

#define ADDS		100
#define MODIFY_MS	2000
#define MODIFY_PATIENCE	60	/* seconds; two threads on a busy machine take turns */
#define MODIFY_QUEUED	64
#define MAX_TASKS_MS	60000
#define PMU_DOMAINS	15	/* NPU, NPUTOP, NPU1, NPU2 */
#define BIG_STREAM	(ROCKET_MAX_REGCMDS * sizeof(uint64_t))
#define OFTEN_JOBS	64
#define OFTEN_RATIO	4	/* both calls list 64 * 4096 objects */

/* The submission is refused, and nothing of it has happened or will. */
void refuse_job(struct one *o, int err)
{
	igt_assert_eq(__rocket_submit_args(o->fd, &o->args), -err);
	igt_assert(!rocket_bo_busy(&o->out));
	igt_assert(rocket_is_zero(o->out.map, SZ_4K));
}

void accept_job(struct one *o)
{
	igt_assert_eq(__rocket_submit_args(o->fd, &o->args), 0);
	rocket_prep(&o->out);
	igt_assert(rocket_is_filled(&o->out, VALUE));
	memset(o->out.map, 0, SZ_4K);
	rocket_fini(&o->out);
}

void run_null_handles_count_zero(struct one *o)
{
	static const uint64_t pointers[] = { 0, 1, ~0ull };

	for (unsigned int i = 0; i < ARRAY_SIZE(pointers); i++) {
		o->job.in_bo_handles = pointers[i];
		o->job.in_bo_handle_count = 0;
		accept_job(o);
	}
	o->job.out_bo_handles = ~0ull;
	o->job.out_bo_handle_count = 0;
	o->job.in_bo_handles = to_user_pointer(&o->out_handle);
	o->job.in_bo_handle_count = 1;
	accept_job(o);
}

void run_duplicate_in_list(struct one *o)
{
	uint32_t in[] = { o->in_handle, o->in_handle }, out[] = { o->out_handle, o->out_handle };

	rocket_job_init(&o->job, &o->task, 1, in, 2, out, 2);
	accept_job(o);
	rocket_job_init(&o->job, &o->task, 1, in, 2, out, 1);
	accept_job(o);
	rocket_job_init(&o->job, &o->task, 1, in, 1, out, 2);
	accept_job(o);
}

void run_same_bo_in_and_out(struct one *o)
{
	uint32_t in[] = { o->out_handle, o->in_handle };
	int fence, gate;
	bool busy;

	o->in_handle = o->out_handle;
	accept_job(o);
	/* Those who only read it wait for the job, which waits for its other input. */
	rocket_job_init(&o->job, &o->task, 1, in, ARRAY_SIZE(in), &o->out_handle, 1);
	gate = rocket_gate_shut(&o->kit, &o->in);
	igt_assert_eq(__rocket_submit_args(o->fd, &o->args), 0);
	fence = rocket_bo_export_fence(&o->out, DMA_BUF_SYNC_READ);
	busy = sync_file_busy(fence);
	rocket_gate_open(gate);
	igt_assert(busy);
	igt_assert_eq(rocket_fence_result(fence), 0);
	rocket_prep(&o->out);
	igt_assert(rocket_is_filled(&o->out, VALUE));
}

void run_same_bo_many_times(struct one *o)
{
	static uint32_t handles[ROCKET_MAX_HANDLES];

	for (int i = 0; i < ROCKET_MAX_HANDLES; i++)
		handles[i] = o->out_handle;
	rocket_job_init(&o->job, &o->task, 1, handles, ROCKET_MAX_HANDLES, handles,
			ROCKET_MAX_HANDLES);
	accept_job(o);
}

/* What it costs to submit @count mentions of a written object behind those of many readers. */
static int64_t listed_often_ns(struct one *o, uint32_t count)
{
	static uint32_t handles[ROCKET_MAX_HANDLES];
	struct drm_rocket_job jobs[OFTEN_JOBS + 1];
	struct timespec begin, end;

	for (int i = 0; i < ROCKET_MAX_HANDLES; i++)
		handles[i] = o->out_handle;
	for (int i = 0; i < OFTEN_JOBS; i++)
		rocket_job_init(&jobs[i], &o->task, 1, handles, ROCKET_MAX_HANDLES, NULL, 0);
	rocket_job_init(&jobs[OFTEN_JOBS], &o->task, 1, NULL, 0, handles, count);
	rocket_kit_flush(&o->kit);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
	rocket_submit(o->fd, jobs, ARRAY_SIZE(jobs));
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
	rocket_prep(&o->out);
	return (end.tv_sec - begin.tv_sec) * INT64_C(1000000000) + end.tv_nsec - begin.tv_nsec;
}

void run_same_bo_many_jobs(struct one *o)
{
	int64_t once = listed_often_ns(o, 1), often = listed_often_ns(o, ROCKET_MAX_HANDLES);

	igt_info("listed once %" PRId64 " us, often %" PRId64 " us\n", once / 1000, often / 1000);
	igt_assert_lt_u64(often, OFTEN_RATIO * once);
	accept_job(o);
}

void run_no_bos(struct one *o)
{
	struct drm_rocket_task copy = rocket_task_copy(&o->kit, o->in.iova, o->out.iova, SZ_4K);
	struct drm_rocket_job jobs[2] = { o->job, o->job };

	/*
	 * The second job waits for the first though no list says so; its output tells when both are
	 * done.
	 */
	rocket_kit_flush(&o->kit);
	rocket_job_init(&jobs[0], &o->task, 1, NULL, 0, NULL, 0);
	rocket_job_init(&jobs[1], &copy, 1, NULL, 0, &o->in_handle, 1);
	rocket_bo_mmap(&o->in);
	for (int i = 0; i < 20; i++) {
		rocket_submit(o->fd, jobs, 2);
		rocket_prep(&o->in);
		igt_assert(rocket_is_filled(&o->in, VALUE));
		rocket_prep(&o->out);
		memset(o->out.map, 0, SZ_4K);
		memset(o->in.map, 0, SZ_4K);
		rocket_fini(&o->out);
		rocket_fini(&o->in);
	}
}

void run_handles_unaligned_pointer(struct one *o)
{
	for (int odd = 1; odd < 4; odd++) {
		char in[8], out[8];

		memcpy(in + odd, &o->in_handle, 4);
		memcpy(out + odd, &o->out_handle, 4);
		o->job.in_bo_handles = to_user_pointer(in + odd);
		o->job.out_bo_handles = to_user_pointer(out + odd);
		accept_job(o);
	}
}

void run_multi_task(struct one *o)
{
	struct drm_rocket_task tasks[3];

	/* 5, then 5 + 4, then a copy of it: any other order gives something else. */
	tasks[0] = rocket_task_fill(&o->kit, o->out.iova, SZ_1K, 5);
	tasks[1] = rocket_task_add(&o->kit, o->out.iova + SZ_1K, o->out.iova, SZ_1K, 4);
	tasks[2] = rocket_task_copy(&o->kit, o->out.iova + 2 * SZ_1K, o->out.iova + SZ_1K, SZ_1K);
	rocket_queue(&o->kit, tasks, 3, NULL, &o->out);
	rocket_prep(&o->out);
	igt_assert_eq(((int8_t *)o->out.map)[SZ_1K - 1], 5);
	igt_assert_eq(((int8_t *)o->out.map)[2 * SZ_1K - 1], 9);
	igt_assert_eq(((int8_t *)o->out.map)[3 * SZ_1K - 1], 9);
	igt_assert_eq(((int8_t *)o->out.map)[3 * SZ_1K], 0);
}

void run_ppu_task(struct one *o)
{
	struct drm_rocket_task tasks[3];

	/* The blocks that end a task change from one to the next. */
	tasks[0] = rocket_task_fill(&o->kit, o->out.iova, ROCKET_UNIT, 33);
	tasks[1] = rocket_task_pool(&o->kit, o->out.iova + SZ_1K, o->out.iova);
	tasks[2] = rocket_task_add(&o->kit, o->out.iova + 2 * SZ_1K, o->out.iova + SZ_1K,
				   ROCKET_UNIT, 1);
	for (int i = 0; i < 20; i++) {
		memset(o->out.map, 0, SZ_4K);
		rocket_fini(&o->out);
		rocket_queue(&o->kit, tasks, 3, NULL, &o->out);
		rocket_prep(&o->out);
		igt_assert_eq(((int8_t *)o->out.map)[SZ_1K + ROCKET_UNIT - 1], 33);
		igt_assert_eq(((int8_t *)o->out.map)[SZ_1K + ROCKET_UNIT], 0);
		igt_assert_eq(((int8_t *)o->out.map)[2 * SZ_1K], 34);
	}
}

void run_max_tasks(struct one *o)
{
	struct drm_rocket_task *tasks = malloc((ROCKET_MAX_TASKS + 1) * sizeof(*tasks));
	struct drm_rocket_task minimal = rocket_task_minimal(&o->kit);

	igt_assert(tasks);
	for (int i = 0; i <= ROCKET_MAX_TASKS; i++)
		tasks[i] = minimal;
	tasks[ROCKET_MAX_TASKS - 1] = o->task;
	rocket_kit_flush(&o->kit);
	o->job.tasks = to_user_pointer(tasks);
	o->job.task_count = ROCKET_MAX_TASKS + 1;
	refuse_job(o, EINVAL);
	o->job.task_count = ROCKET_MAX_TASKS;
	igt_assert_eq(__rocket_submit_args(o->fd, &o->args), 0);
	igt_assert_eq(__rocket_prep(o->fd, o->out_handle, rocket_deadline_ms(MAX_TASKS_MS)), 0);
	igt_assert(rocket_is_filled(&o->out, VALUE));
	free(tasks);
}

void run_multi_job(struct one *o)
{
	struct drm_rocket_task task = rocket_task_add(&o->kit, o->out.iova, o->out.iova, SZ_4K, 1);
	struct drm_rocket_job jobs[ADDS];

	memset(o->out.map, -ADDS / 2, SZ_4K);
	rocket_fini(&o->out);
	for (int i = 0; i < ADDS; i++)
		rocket_job_init(&jobs[i], &task, 1, &o->out_handle, 1, &o->out_handle, 1);
	rocket_kit_flush(&o->kit);
	rocket_submit(o->fd, jobs, ADDS);
	rocket_prep(&o->out);
	igt_assert(rocket_is_filled(&o->out, ADDS / 2));
}

void run_max_jobs(struct one *o)
{
	static struct drm_rocket_job jobs[ROCKET_MAX_JOBS];

	for (int i = 0; i < ROCKET_MAX_JOBS; i++)
		jobs[i] = o->job;
	o->args.jobs = to_user_pointer(jobs);
	o->args.job_count = ROCKET_MAX_JOBS;
	accept_job(o);
}

void run_regcmd_count_odd(struct one *o)
{
	/*
	 * The hardware fetches pairs: without the padding word the stream is as long as before, and
	 * ends with the start.
	 */
	o->task.regcmd_count--;
	igt_assert(o->task.regcmd_count % 2);
	accept_job(o);
}

void run_regcmd_count_max(struct one *o)
{
	struct rocket_bo big;
	uint32_t bytes = o->task.regcmd_count * sizeof(uint64_t);

	/* Words of zero are ignored. */
	rocket_bo_create_mapped(o->fd, BIG_STREAM, &big);
	memcpy((char *)big.map + BIG_STREAM - bytes, o->kit.code.map, bytes);
	rocket_fini(&big);
	o->task =
		(struct drm_rocket_task){ .regcmd = big.iova, .regcmd_count = ROCKET_MAX_REGCMDS };
	accept_job(o);
	rocket_bo_destroy(&big);
}

static volatile bool stop_modifying;

/* Exchanges each field for a bad value and back. */
static void *modify(void *arg)
{
	struct one *o = arg;
	const struct drm_rocket_job job = o->job;
	const struct drm_rocket_task task = o->task;
	volatile struct drm_rocket_job *j = &o->job;
	volatile struct drm_rocket_task *t = &o->task;

	while (!stop_modifying) {
		j->task_count = 0;
		j->task_count = ROCKET_MAX_TASKS;
		j->task_count = UINT32_MAX;
		j->task_count = job.task_count;
		j->tasks = 8;
		j->tasks = job.tasks;
		j->in_bo_handle_count = UINT32_MAX;
		j->in_bo_handle_count = 3;
		j->in_bo_handle_count = job.in_bo_handle_count;
		j->out_bo_handles = 4;
		j->out_bo_handles = job.out_bo_handles;
		*(volatile uint32_t *)&o->out_handle = 4711;
		*(volatile uint32_t *)&o->out_handle = o->out.handle;
		t->regcmd_count = 0;
		t->regcmd_count = UINT32_MAX;
		t->regcmd_count = task.regcmd_count;
		t->regcmd = task.regcmd + 8;
		t->regcmd = task.regcmd;
	}
	return NULL;
}

void run_args_modified_during_submit(struct one *o)
{
	int64_t end = rocket_deadline_ms(MODIFY_MS);
	unsigned int accepted = 0, refused = 0;
	pthread_t thread;

	stop_modifying = false;
	igt_assert_eq(pthread_create(&thread, NULL, modify, o), 0);
	igt_set_timeout(MODIFY_PATIENCE, "old and new arguments");
	while (rocket_now_ns() < end || !accepted || !refused) {
		int ret = __rocket_submit_args(o->fd, &o->args);

		igt_assert_f(!ret || ret == -EINVAL || ret == -EFAULT || ret == -ENOENT, "%s\n",
			     strerror(-ret));
		if (ret)
			refused++;
		else if (++accepted % MODIFY_QUEUED == 0)
			rocket_prep(&o->out);
	}
	igt_reset_timeout();
	stop_modifying = true;
	pthread_join(thread, NULL);
	igt_info("%u accepted, %u refused\n", accepted, refused);
	rocket_prep(&o->out);
	memset(o->out.map, 0, SZ_4K);
	rocket_fini(&o->out);
	accept_job(o);
}

void run_unlisted_bo_kept(struct one *o)
{
	struct drm_rocket_task last, *tasks;
	struct rocket_bo weights;
	struct rocket_kit kit;
	uint32_t count;

	/*
	 * The long part comes first: the commands and the data of the last task are needed when
	 * both handles are closed.
	 */
	rocket_kit_init(&kit, o->fd);
	rocket_bo_create_mapped(o->fd, SZ_4K, &weights);
	memset(weights.map, VALUE, SZ_4K);
	rocket_fini(&weights);
	last = rocket_task_copy(&kit, o->out.iova, weights.iova, SZ_4K);
	tasks = rocket_tasks_long(&kit, 200, last, &count);
	rocket_queue(&kit, tasks, count, NULL, &o->out);
	rocket_bo_destroy(&weights);
	rocket_kit_fini(&kit);
	igt_assert(rocket_bo_busy(&o->out));
	/* Whatever comes next must not get their addresses. */
	for (int i = 0; i < 20; i++) {
		rocket_bo_create_mapped(o->fd, SZ_4K << i % 5, &weights);
		memset(weights.map, 0x66, weights.size);
		rocket_fini(&weights);
		rocket_bo_destroy(&weights);
	}
	rocket_prep(&o->out);
	igt_assert(rocket_is_filled(&o->out, VALUE));
	free(tasks);
}

/*
 * Only one core is left and sleeps, so that the job has to wake it. The kernel reads a status 10^7
 * times before it gives up, which takes the debug kernel two minutes.
 */
void run_fail_no_power(struct one *o)
{
	struct rocket_devices devices, first;
	int ret;

	rocket_machine_require();
	rocket_devices(&devices);
	for (unsigned int i = 1; i < devices.count; i++)
		rocket_unbind(devices.names[i]);
	first = devices;
	first.count = 1;
	igt_assert(rocket_wait_suspended(&first, 10000));
	rocket_machine_set("pmu", "power-stuck", PMU_DOMAINS);
	ret = __rocket_submit_args(o->fd, &o->args);
	rocket_machine_set("pmu", "power-stuck", 0);
	igt_info("without power: %s\n", strerror(-ret));
	igt_assert(ret < 0 && ret != -ENODEV && ret != -EINVAL);
	igt_assert(!rocket_bo_busy(&o->out));
	igt_assert(rocket_is_zero(o->out.map, SZ_4K));
	/* The first try afterwards may find an IOMMU that has not noticed. */
	if (__rocket_submit_args(o->fd, &o->args))
		accept_job(o);
	rocket_prep(&o->out);
	rocket_bind_all(&devices);
}

void run_core(int fd, unsigned int core)
{
	struct rocket_core_state before[ROCKET_CORES_MAX], after[ROCKET_CORES_MAX];

	rocket_read_cores(before);
	rocket_check_all_cores(fd);
	rocket_read_cores(after);
	igt_assert_lt_u64(before[core].jobs, after[core].jobs);
	igt_assert_eq_u64(before[core].timeouts, after[core].timeouts);
	igt_assert_eq_u64(before[core].faults, after[core].faults);
}
