// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket submit
 * Description: What is refused, with which error, and what runs
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Submission
 * Test category: uapi
 */
#include <sys/mman.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_jobs.h"

#include "rocket_submit.h"

IGT_TEST_DESCRIPTION("SUBMIT: every field out of its range, every pointer that is wrong, and jobs "
		     "that are right");

#define KERNEL_ADDRESS	0xffffff8000000000ull
#define POISON		0xa5
#define FAR_ADDRESS	((void *)0x1000000000)	/* nothing is mapped for 8 GiB from here */

static int fd = -1;

static void begin(struct one *o)
{
	o->fd = fd;
	rocket_kit_init(&o->kit, fd);
	rocket_bo_create(fd, SZ_4K, &o->in);
	rocket_bo_create_mapped(fd, SZ_4K, &o->out);
	o->task = rocket_task_fill(&o->kit, o->out.iova, SZ_4K, VALUE);
	rocket_kit_flush(&o->kit);
	o->in_handle = o->in.handle;
	o->out_handle = o->out.handle;
	rocket_job_init(&o->job, &o->task, 1, &o->in_handle, 1, &o->out_handle, 1);
	o->args = (struct drm_rocket_submit){
		.jobs = to_user_pointer(&o->job), .job_count = 1, .job_struct_size = sizeof(o->job),
	};
}

static void end(struct one *o)
{
	rocket_bo_destroy(&o->out);
	rocket_bo_destroy(&o->in);
	rocket_kit_fini(&o->kit);
}

/* @field of the one job is out of range with each of the values; with its own one the job runs. */
#define REFUSE_VALUES(o, field, err, ...) do { \
	__typeof__((o)->field) kept = (o)->field, values[] = { __VA_ARGS__ }; \
	for (unsigned int v = 0; v < ARRAY_SIZE(values); v++) { \
		igt_debug(#field " = %#" PRIx64 "\n", (uint64_t)values[v]); \
		(o)->field = values[v]; \
		refuse_job(o, err); \
	} \
	(o)->field = kept; \
	accept_job(o); \
} while (0)

/**
 * SUBTEST: basic
 * Description: A job does what its commands say
 * Functionality: job.runs
 */
static void test_basic(struct one *o)
{
	accept_job(o);
}

/**
 * SUBTEST: zero-jobs
 * Description: No jobs are no mistake, whatever the other fields hold
 * Functionality: submit.zero-jobs
 */
static void test_zero_jobs(struct one *o)
{
	o->args = (struct drm_rocket_submit){ .jobs = ~0ull,
					      .job_struct_size = 1,
					      .reserved = ~0ull };
	igt_assert_eq(__rocket_submit_args(fd, &o->args), 0);
}

/**
 * SUBTEST: fail-job-struct-size-small
 * Description: A job that is shorter than the first version of the structure
 * Functionality: submit.einval, submit.job-struct-size
 */
static void test_fail_job_struct_size_small(struct one *o)
{
	REFUSE_VALUES(o, args.job_struct_size, EINVAL, 0, 1, sizeof(struct drm_rocket_job) - 1);
}

/* Three fills in structures that are further apart than they are long */
static void check_job_stride(struct one *o, uint32_t stride)
{
	uint8_t *jobs = malloc(3 * stride);
	struct drm_rocket_task tasks[3];

	igt_assert(jobs);
	memset(jobs, POISON, 3 * stride);
	for (int i = 0; i < 3; i++) {
		tasks[i] = rocket_task_fill(&o->kit, o->out.iova + i * SZ_1K, SZ_1K, i + 1);
		o->job.tasks = to_user_pointer(&tasks[i]);
		memcpy(jobs + i * stride, &o->job, sizeof(o->job));
	}
	rocket_kit_flush(&o->kit);
	o->args.jobs = to_user_pointer(jobs);
	o->args.job_count = 3;
	o->args.job_struct_size = stride;
	igt_assert_eq(__rocket_submit_args(fd, &o->args), 0);
	rocket_prep(&o->out);
	for (int i = 0; i < 3; i++)
		igt_assert_eq(((int8_t *)o->out.map)[i * SZ_1K + SZ_1K - 1], i + 1);
	free(jobs);
}

/**
 * SUBTEST: job-struct-size-larger
 * Description: A client with longer jobs works: the distance counts, what is unknown is ignored
 * Functionality: abi.grow, submit.job-struct-size
 */
static void test_job_struct_size_larger(struct one *o)
{
	check_job_stride(o, 41);
	check_job_stride(o, 48);
	check_job_stride(o, 96);
	check_job_stride(o, 4096);
}

/**
 * SUBTEST: fail-reserved
 * Description: Bits without a meaning are refused, so that they can get one
 * Functionality: abi.reserved, submit.einval
 */
static void test_fail_reserved(struct one *o)
{
	for (int bit = 0; bit < 64; bit++) {
		o->args.reserved = 1ull << bit;
		refuse_job(o, EINVAL);
	}
	o->args.reserved = 0;
	accept_job(o);
}

/* A copy of @data at the end of the last page before a hole; *map is to be unmapped */
static void *at_hole(const void *data, size_t bytes, void **map)
{
	size_t page = rocket_page_size();
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	igt_assert(pages != MAP_FAILED);
	igt_assert_eq(munmap(pages + page, page), 0);
	*map = pages;
	return memcpy(pages + page - bytes, data, bytes);
}

static void unmap_at_hole(void *map)
{
	munmap(map, rocket_page_size());
}

/**
 * SUBTEST: fail-jobs-pointer
 * Description: Jobs that cannot be read, all or the last one
 * Functionality: submit.efault, submit.all-or-none
 */
static void test_fail_jobs_pointer(struct one *o)
{
	struct drm_rocket_job *last;
	void *map;

	REFUSE_VALUES(o, args.jobs, EFAULT, 0, 8, KERNEL_ADDRESS, ~0ull, ~0ull - 39, 1ull << 55);
	last = at_hole(&o->job, sizeof(o->job), &map);
	o->args.jobs = to_user_pointer(last);
	accept_job(o);
	o->args.job_count = 2;
	refuse_job(o, EFAULT);
	o->args.job_count = 1;
	o->args.jobs++;
	refuse_job(o, EFAULT);
	unmap_at_hole(map);
}

/**
 * SUBTEST: fail-job-count-limit
 * Description: One job more than there may be in a submission; each of them is right
 * Functionality: submit.einval, submit.job-count
 */
static void test_fail_job_count_limit(struct one *o)
{
	static struct drm_rocket_job jobs[ROCKET_MAX_JOBS + 1];

	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++)
		jobs[i] = o->job;
	o->args.jobs = to_user_pointer(jobs);
	REFUSE_VALUES(o, args.job_count, EINVAL, ARRAY_SIZE(jobs));
}

/**
 * SUBTEST: fail-job-count-huge
 * Description: Numbers of jobs that no memory can hold cost nothing
 * Functionality: submit.einval, submit.job-count
 */
static void test_fail_job_count_huge(struct one *o)
{
	REFUSE_VALUES(o, args.job_count, EINVAL, 1u << 31, INT32_MAX, UINT32_MAX);
}

/**
 * SUBTEST: fail-zero-tasks
 * Description: A job without tasks would have nothing to wait for
 * Functionality: submit.einval, job.task-count
 */
static void test_fail_zero_tasks(struct one *o)
{
	REFUSE_VALUES(o, job.task_count, EINVAL, 0);
}

/**
 * SUBTEST: fail-task-struct-size-small
 * Description: A task that is shorter than the first version of the structure
 * Functionality: submit.einval, job.task-struct-size
 */
static void test_fail_task_struct_size_small(struct one *o)
{
	REFUSE_VALUES(o, job.task_struct_size, EINVAL, 0, 1, sizeof(struct drm_rocket_task) - 1);
}

static void check_task_stride(struct one *o, uint32_t stride)
{
	uint8_t *tasks = malloc(3 * stride);

	igt_assert(tasks);
	memset(tasks, POISON, 3 * stride);
	for (int i = 0; i < 3; i++) {
		struct drm_rocket_task task =
			rocket_task_fill(&o->kit, o->out.iova + i * SZ_1K, SZ_1K, i + 4);

		memcpy(tasks + i * stride, &task, sizeof(task));
	}
	rocket_kit_flush(&o->kit);
	o->job.tasks = to_user_pointer(tasks);
	o->job.task_count = 3;
	o->job.task_struct_size = stride;
	igt_assert_eq(__rocket_submit_args(fd, &o->args), 0);
	rocket_prep(&o->out);
	for (int i = 0; i < 3; i++)
		igt_assert_eq(((int8_t *)o->out.map)[i * SZ_1K + SZ_1K - 1], i + 4);
	free(tasks);
}

/**
 * SUBTEST: task-struct-size-larger
 * Description: A client with longer tasks works: the distance counts, what is unknown is ignored
 * Functionality: abi.grow, job.task-struct-size
 */
static void test_task_struct_size_larger(struct one *o)
{
	check_task_stride(o, 9);
	check_task_stride(o, 16);
	check_task_stride(o, 24);
	check_task_stride(o, 4096);
}

/**
 * SUBTEST: fail-tasks-pointer
 * Description: Tasks that cannot be read, all or the last one
 * Functionality: submit.efault
 */
static void test_fail_tasks_pointer(struct one *o)
{
	struct drm_rocket_task *last;
	void *map;

	REFUSE_VALUES(o, job.tasks, EFAULT, 0, 8, KERNEL_ADDRESS, ~0ull, ~0ull - 7, 1ull << 55);
	last = at_hole(&o->task, sizeof(o->task), &map);
	o->job.tasks = to_user_pointer(last);
	accept_job(o);
	o->job.task_count = 2;
	refuse_job(o, EFAULT);
	unmap_at_hole(map);
}

/**
 * SUBTEST: fail-task-count-huge
 * Description: More tasks than a job may have
 * Functionality: submit.einval, job.task-count
 */
static void test_fail_task_count_huge(struct one *o)
{
	REFUSE_VALUES(o, job.task_count, EINVAL, ROCKET_MAX_TASKS + 1, 1u << 31, INT32_MAX,
		      UINT32_MAX);
}

/**
 * SUBTEST: fail-regcmd-count-zero
 * Description: A task without commands would never end
 * Functionality: submit.einval, task.count
 */
static void test_fail_regcmd_count_zero(struct one *o)
{
	REFUSE_VALUES(o, task.regcmd_count, EINVAL, 0);
}

/**
 * SUBTEST: fail-regcmd-count-huge
 * Description: More commands than the hardware's counter holds must not be cut off silently
 * Functionality: submit.einval, task.count
 */
static void test_fail_regcmd_count_huge(struct one *o)
{
	REFUSE_VALUES(o, task.regcmd_count, EINVAL, ROCKET_MAX_REGCMDS + 1, 1u << 31, UINT32_MAX);
}

/**
 * SUBTEST: fail-regcmd-misaligned
 * Description: The hardware drops the low bits of the address: they must be zero
 * Functionality: submit.einval, task.alignment
 */
static void test_fail_regcmd_misaligned(struct one *o)
{
	uint32_t good = o->task.regcmd;

	REFUSE_VALUES(o, task.regcmd, EINVAL, good + 1, good + 2, good + 4, good + 8, good + 15);
}

/**
 * SUBTEST: fail-regcmd-wraps
 * Description: A stream must not go on at address 0
 * Functionality: submit.einval, task.count
 */
static void test_fail_regcmd_wraps(struct one *o)
{
	o->task.regcmd_count = ROCKET_MAX_REGCMDS;
	o->task.regcmd = 0xfff00010;
	refuse_job(o, EINVAL);
	o->task.regcmd_count = 3;
	o->task.regcmd = 0xfffffff0;
	refuse_job(o, EINVAL);
}

/**
 * SUBTEST: stride-overflow
 * Description: A distance that wraps in 32 bits must not lead back to memory that is there
 * Functionality: submit.efault
 */
static void test_stride_overflow(struct one *o)
{
	size_t page = rocket_page_size();
	char *map = mmap(FAR_ADDRESS, page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	struct drm_rocket_job *jobs;
	struct drm_rocket_task *tasks;

	igt_assert(map == FAR_ADDRESS);
	jobs = (void *)(map + page / 2);
	for (int i = -1; i < 2; i++)
		jobs[i] = o->job;
	o->args.jobs = to_user_pointer(jobs);
	o->args.job_count = 2;
	o->args.job_struct_size = -(uint32_t)sizeof(*jobs);
	refuse_job(o, EFAULT);
	o->args.job_count = 3;
	o->args.job_struct_size = 1u << 31;
	refuse_job(o, EFAULT);

	tasks = (void *)(map + page / 2);
	for (int i = -1; i < 2; i++)
		tasks[i] = o->task;
	o->args = (struct drm_rocket_submit){ to_user_pointer(&o->job), 1, sizeof(o->job), 0 };
	o->job.tasks = to_user_pointer(tasks);
	o->job.task_count = 2;
	o->job.task_struct_size = -(uint32_t)sizeof(*tasks);
	refuse_job(o, EFAULT);
	munmap(map, page);
}

/**
 * SUBTEST: fail-bad-in-handle
 * Description: An input that never was
 * Functionality: submit.enoent
 */
static void test_fail_bad_in_handle(struct one *o)
{
	REFUSE_VALUES(o, in_handle, ENOENT, 4711, INT32_MAX, UINT32_MAX);
}

/**
 * SUBTEST: fail-bad-out-handle
 * Description: An output that never was
 * Functionality: submit.enoent
 */
static void test_fail_bad_out_handle(struct one *o)
{
	REFUSE_VALUES(o, out_handle, ENOENT, 4711, INT32_MAX, UINT32_MAX);
}

/**
 * SUBTEST: fail-closed-handle
 * Description: A buffer that is no more
 * Functionality: submit.enoent
 */
static void test_fail_closed_handle(struct one *o)
{
	struct rocket_bo closed;
	uint32_t handle;

	rocket_bo_create(fd, SZ_4K, &closed);
	handle = closed.handle;
	rocket_bo_destroy(&closed);
	REFUSE_VALUES(o, in_handle, ENOENT, handle);
	REFUSE_VALUES(o, out_handle, ENOENT, handle);
}

/**
 * SUBTEST: fail-foreign-handle
 * Description: A buffer of another file
 * Functionality: submit.enoent, vm.isolated
 */
static void test_fail_foreign_handle(struct one *o)
{
	struct drm_rocket_create_bo args = { 0 };
	int other = rocket_open();

	for (int i = 0; i < 100; i++)
		igt_assert_eq(__rocket_create_bo(other, SZ_4K, &args), 0);
	REFUSE_VALUES(o, in_handle, ENOENT, args.handle);
	REFUSE_VALUES(o, out_handle, ENOENT, args.handle);
	close(other);
}

/**
 * SUBTEST: fail-handle-zero
 * Description: Zero is no buffer
 * Functionality: submit.enoent
 */
static void test_fail_handle_zero(struct one *o)
{
	REFUSE_VALUES(o, in_handle, ENOENT, 0);
	REFUSE_VALUES(o, out_handle, ENOENT, 0);
}

/**
 * SUBTEST: fail-handles-pointer
 * Description: Lists that cannot be read
 * Functionality: submit.efault
 */
static void test_fail_handles_pointer(struct one *o)
{
	uint32_t *last;
	void *map;

	REFUSE_VALUES(o, job.in_bo_handles, EFAULT, 0, 4, KERNEL_ADDRESS, ~0ull - 3);
	REFUSE_VALUES(o, job.out_bo_handles, EFAULT, 0, 4, KERNEL_ADDRESS, ~0ull - 3);
	last = at_hole(&o->out_handle, sizeof(o->out_handle), &map);
	o->job.out_bo_handles = to_user_pointer(last);
	accept_job(o);
	o->job.out_bo_handle_count = 2;
	refuse_job(o, EFAULT);
	unmap_at_hole(map);
}

/**
 * SUBTEST: fail-handle-count-huge
 * Description: Longer lists than there may be
 * Functionality: submit.einval, job.handle-count
 */
static void test_fail_handle_count_huge(struct one *o)
{
	REFUSE_VALUES(o, job.in_bo_handle_count, EINVAL, ROCKET_MAX_HANDLES + 1, 1u << 31,
		      UINT32_MAX);
	REFUSE_VALUES(o, job.out_bo_handle_count, EINVAL, ROCKET_MAX_HANDLES + 1, 1u << 31,
		      UINT32_MAX);
}

/**
 * SUBTEST: fail-is-atomic
 * Description: When one of five jobs is refused, none of them runs or keeps a buffer busy
 * Functionality: submit.all-or-none
 */
static void test_fail_is_atomic(struct one *o)
{
	struct drm_rocket_job jobs[5];
	uint32_t bad_handle = 4711;

	for (int i = 0; i < 5; i++)
		jobs[i] = o->job;
	o->args.jobs = to_user_pointer(jobs);
	o->args.job_count = 5;
	for (int i = 0; i < 5; i++) {
		jobs[i].task_count = 0;
		refuse_job(o, EINVAL);
		jobs[i].task_count = 1;
		jobs[i].tasks = 0;
		refuse_job(o, EFAULT);
		jobs[i].tasks = o->job.tasks;
		jobs[i].out_bo_handles = to_user_pointer(&bad_handle);
		refuse_job(o, ENOENT);
		jobs[i].out_bo_handles = o->job.out_bo_handles;
	}
	usleep(20000);
	igt_assert(rocket_is_zero(o->out.map, SZ_4K));
	accept_job(o);
}

/**
 * SUBTEST: null-handles-count-zero
 * Description: The pointer of an empty list is not looked at
 * Functionality: job.handle-count
 *
 * SUBTEST: duplicate-in-list
 * Description: A buffer may be listed twice
 * Functionality: job.listed-twice
 *
 * SUBTEST: same-bo-in-and-out
 * Description: A buffer that is read and written is in both lists, and counts as written
 * Functionality: job.listed-twice
 *
 * SUBTEST: same-bo-many-times
 * Description: Lists of the greatest length that name one buffer only
 * Functionality: job.listed-twice, job.handle-count
 *
 * SUBTEST: same-bo-many-jobs
 * Description: How often a buffer was listed does not matter to a job that writes it
 * Functionality: job.listed-twice
 *
 * SUBTEST: no-bos
 * Description: A job without buffers runs, in order with the others of the file
 * Functionality: job.no-objects
 *
 * SUBTEST: handles-unaligned-pointer
 * Description: Lists may be at any address
 * Functionality: job.runs
 *
 * SUBTEST: multi-task
 * Description: The tasks of a job run one after the other
 * Functionality: job.one-core-in-order
 *
 * SUBTEST: ppu-task
 * Description: A task may end in the PPU, as pooling does
 * Functionality: task.end
 *
 * SUBTEST: max-tasks
 * Description: A job of as many tasks as there may be runs to its end; one more is refused
 * Functionality: job.task-count
 *
 * SUBTEST: multi-job
 * Description: The jobs of a submission that depend on each other run one after the other
 * Functionality: job.ordered-by-lists
 *
 * SUBTEST: max-jobs
 * Description: A submission of as many jobs as there may be runs to its end
 * Functionality: submit.job-count
 *
 * SUBTEST: regcmd-count-odd
 * Description: An odd number of commands is executed to the last one
 * Functionality: task.count
 *
 * SUBTEST: regcmd-count-max
 * Description: A stream of the greatest length is executed to its end
 * Functionality: task.count
 *
 * SUBTEST: args-modified-during-submit
 * Description: A thread that changes the arguments during the call gets the old or the new ones
 *   checked, and nothing else
 * Functionality: submit.einval
 *
 * SUBTEST: unlisted-bo-kept
 * Description: Command buffers and weights, which no list names, may be closed when the job was
 *   submitted
 * Functionality: vm.handle-lifetime, job.unlisted
 *
 * SUBTEST: fail-no-power
 * Description: When no core can be powered the submission fails, and works again when one can
 * Functionality: submit.no-power
 *
 * SUBTEST: basic-all-cores
 * Description: Each core completes jobs
 * Functionality: node.one, job.runs
 */
static const struct {
	const char *name;
	const char *why;
	void (*run)(struct one *o);
} subtests[] = {
	{ "basic", "A job runs", test_basic },
	{ "zero-jobs", "No jobs", test_zero_jobs },
	{ "fail-job-struct-size-small", "Jobs too short", test_fail_job_struct_size_small },
	{ "job-struct-size-larger", "Jobs of a newer client", test_job_struct_size_larger },
	{ "fail-reserved", "Reserved bits are free for later", test_fail_reserved },
	{ "fail-jobs-pointer", "Jobs that cannot be read", test_fail_jobs_pointer },
	{ "fail-job-count-limit", "One job too many", test_fail_job_count_limit },
	{ "fail-job-count-huge", "Far too many jobs", test_fail_job_count_huge },
	{ "fail-zero-tasks", "No tasks", test_fail_zero_tasks },
	{ "fail-task-struct-size-small", "Tasks too short", test_fail_task_struct_size_small },
	{ "task-struct-size-larger", "Tasks of a newer client", test_task_struct_size_larger },
	{ "fail-tasks-pointer", "Tasks that cannot be read", test_fail_tasks_pointer },
	{ "fail-task-count-huge", "Too many tasks", test_fail_task_count_huge },
	{ "fail-regcmd-count-zero", "No commands", test_fail_regcmd_count_zero },
	{ "fail-regcmd-count-huge", "Too many commands", test_fail_regcmd_count_huge },
	{ "fail-regcmd-misaligned", "A stream at an odd address", test_fail_regcmd_misaligned },
	{ "fail-regcmd-wraps", "A stream beyond all addresses", test_fail_regcmd_wraps },
	{ "stride-overflow", "Distances that wrap", test_stride_overflow },
	{ "fail-bad-in-handle", "No such input", test_fail_bad_in_handle },
	{ "fail-bad-out-handle", "No such output", test_fail_bad_out_handle },
	{ "fail-closed-handle", "A closed handle", test_fail_closed_handle },
	{ "fail-foreign-handle", "A handle of another file", test_fail_foreign_handle },
	{ "fail-handle-zero", "Handle zero", test_fail_handle_zero },
	{ "fail-handles-pointer", "Lists that cannot be read", test_fail_handles_pointer },
	{ "fail-handle-count-huge", "Lists too long", test_fail_handle_count_huge },
	{ "fail-is-atomic", "All jobs or none", test_fail_is_atomic },
	{ "null-handles-count-zero", "Empty lists have no pointer", run_null_handles_count_zero },
	{ "duplicate-in-list", "A buffer twice in a list", run_duplicate_in_list },
	{ "same-bo-in-and-out", "A buffer in both lists", run_same_bo_in_and_out },
	{ "same-bo-many-times", "A buffer as often as possible", run_same_bo_many_times },
	{ "same-bo-many-jobs", "A buffer as often as possible by many", run_same_bo_many_jobs },
	{ "no-bos", "A job without buffers", run_no_bos },
	{ "handles-unaligned-pointer", "Lists at odd addresses", run_handles_unaligned_pointer },
	{ "multi-task", "Tasks in order", run_multi_task },
	{ "ppu-task", "Tasks of another block", run_ppu_task },
	{ "max-tasks", "As many tasks as possible", run_max_tasks },
	{ "multi-job", "Jobs in order", run_multi_job },
	{ "max-jobs", "As many jobs as possible", run_max_jobs },
	{ "regcmd-count-odd", "An odd number of commands", run_regcmd_count_odd },
	{ "regcmd-count-max", "As many commands as possible", run_regcmd_count_max },
	{ "args-modified-during-submit", "Arguments that change", run_args_modified_during_submit },
	{ "fail-no-power", "No core can be powered", run_fail_no_power },
	{ "unlisted-bo-kept", "Buffers that no list names", run_unlisted_bo_kept },
};

int igt_main()
{
	static struct rocket_health health;
	static struct one one;

	igt_fixture() {
		fd = rocket_open();
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name) {
			begin(&one);
			subtests[i].run(&one);
			end(&one);
		}
	}

	igt_describe("Each core runs jobs");
	igt_subtest_with_dynamic("basic-all-cores") {
		static struct rocket_core_state cores[ROCKET_CORES_MAX];
		static unsigned int count;

		count = rocket_read_cores(cores);
		for (unsigned int i = 0; i < count; i++)
			igt_dynamic_f("core%u", cores[i].index)
				run_core(fd, i);
	}

	igt_fixture() {
		close(fd);
		rocket_health_end(&health);
	}
}
