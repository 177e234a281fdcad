// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket fuzz
 * Description: Arguments, pointers, faults and command streams that nobody means
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Fuzzing
 * Test category: robustness
 *
 * What has no natural end takes ten seconds, or as many as the environment variable ROCKET_SECONDS
 * says. The seed is igt's, which IGT_SRANDOM sets.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"

#include "rocket_fuzz.h"

IGT_TEST_DESCRIPTION("Random arguments: the kernel answers, stays whole, and works for others");

#define SECONDS		10
#define HANDLES		16
#define SIZE_MAX_BYTES	SZ_256K
#define KERNEL_ADDRESS	0xffffff8000000000ull
#define TAG		(0x5aull << 56)

static uint64_t state;

/* Xorshift: the same on every libc */
static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

void fuzz_seed(void)
{
	state = (uint64_t)rand() << 32 | (uint32_t)rand() | 1;
	igt_info("seed %#" PRIx64 "\n", state);
}

uint32_t fuzz_random(uint32_t limit)
{
	return next() % limit;
}

/* Numbers near those that matter */
uint64_t fuzz_value(void)
{
	static const uint64_t bases[] = {
		0, 1, 8, 16, 40, 4096, 65536, 131072, 1ull << 31, 1ull << 32, ~0ull, 1ull << 63
	};

	switch (fuzz_random(4)) {
	case 0:
		return next();
	case 1:
		return next() >> fuzz_random(64);
	default:
		return bases[fuzz_random(ARRAY_SIZE(bases))] + fuzz_random(5) - 2;
	}
}

int64_t fuzz_end(void)
{
	const char *text = getenv("ROCKET_SECONDS");
	int value = text ? atoi(text) : SECONDS;

	return rocket_now_ns() + (value > 0 ? value : SECONDS) * INT64_C(1000000000);
}

/* What random calls work on */
struct target {
	struct rocket_client client;
	uint32_t handles[HANDLES];
	struct drm_rocket_task task;
	struct drm_rocket_job job;
	uint8_t arg[256];
};

static void target_init(struct target *t)
{
	rocket_client_open(&t->client);
	t->task = rocket_task_minimal(&t->client.kit);
	rocket_kit_flush(&t->client.kit);
}

static uint32_t some_handle(struct target *t)
{
	return fuzz_random(8) ? t->handles[fuzz_random(HANDLES)] : fuzz_value();
}

/* Whether a call may end so: the rest of its errors, up to a zero */
static void judge(const char *call, int ret, const int *errors)
{
	int err = errno;

	for (int i = 0; ret && errors[i]; i++) {
		if (err == errors[i])
			return;
	}
	igt_assert_f(!ret, "%s: %s\n", call, strerror(err));
}

#define JUDGE(call, ret, ...)	judge(call, ret, (const int[]){ __VA_ARGS__, 0 })

/* A mistake that a call must not overlook */
static int refused(const char *call, int ret, int wanted)
{
	igt_assert_f(ret && errno == wanted, "%s: %s, not %s\n", call,
		     ret ? strerror(errno) : "accepted", strerror(wanted));
	return ret;
}

/*
 * Each of these calls one ioctl with arguments that are right more often than not, and hands back
 * its result. Any handle may be open or closed, since others are closed at random.
 */

static int call_create(struct target *t)
{
	uint32_t *slot = &t->handles[fuzz_random(HANDLES)];
	struct drm_rocket_create_bo create = { .size = fuzz_random(8) ? fuzz_random(SIZE_MAX_BYTES)
								      : 0 };
	struct drm_gem_close gone = { .handle = *slot };
	int ret = ioctl(t->client.fd, DRM_IOCTL_ROCKET_CREATE_BO, &create);

	if (!create.size)
		return refused("CREATE_BO", ret, EINVAL);
	JUDGE("CREATE_BO", ret, ENOMEM, ENOSPC);
	if (ret)
		return ret;
	if (*slot)
		ioctl(t->client.fd, DRM_IOCTL_GEM_CLOSE, &gone);
	*slot = create.handle;
	return 0;
}

static int call_prep(struct target *t)
{
	struct drm_rocket_prep_bo prep = {
		.handle = some_handle(t),
		.reserved = fuzz_random(8) ? 0 : fuzz_value(),
		.timeout_ns = fuzz_random(4) ? (int64_t)fuzz_value() : rocket_deadline_ms(2),
	};
	int ret = ioctl(t->client.fd, DRM_IOCTL_ROCKET_PREP_BO, &prep);

	if (prep.reserved)
		return refused("PREP_BO", ret, EINVAL);
	JUDGE("PREP_BO", ret, ENOENT, EBUSY, ETIMEDOUT);
	return ret;
}

static int call_fini(struct target *t)
{
	struct drm_rocket_fini_bo fini = { .handle = some_handle(t),
					   .reserved = fuzz_random(8) ? 0 : fuzz_value() };
	int ret = ioctl(t->client.fd, DRM_IOCTL_ROCKET_FINI_BO, &fini);

	if (fini.reserved)
		return refused("FINI_BO", ret, EINVAL);
	JUDGE("FINI_BO", ret, ENOENT);
	return ret;
}

static int call_submit(struct target *t)
{
	struct drm_rocket_task task = t->task;
	uint32_t handles[2] = { some_handle(t), some_handle(t) };
	struct drm_rocket_job job;
	struct drm_rocket_submit submit;
	bool spoiled = false;
	uint64_t *words;
	int ret;

	rocket_job_init(&job, &task, 1, &handles[0], fuzz_random(2), &handles[1], fuzz_random(2));
	submit = (struct drm_rocket_submit){
		.jobs = to_user_pointer(&job), .job_count = 1, .job_struct_size = sizeof(job),
	};
	/* At most one wrong word, in one of the two structures, so that many jobs run. */
	words = fuzz_random(2) ? (uint64_t *)&job : (uint64_t *)&submit;
	if (fuzz_random(2)) {
		spoiled = true;
		words[fuzz_random(words == (uint64_t *)&job ? sizeof(job) / 8
							    : sizeof(submit) / 8)] = fuzz_value();
	}
	if (!fuzz_random(8))
		task.regcmd_count = fuzz_random(2) ? 0 : 131073 + fuzz_random(1000);
	ret = ioctl(t->client.fd, DRM_IOCTL_ROCKET_SUBMIT, &submit);
	if (!spoiled && task.regcmd_count != t->task.regcmd_count)
		return refused("SUBMIT", ret, EINVAL);
	if (spoiled)
		JUDGE("SUBMIT", ret, EINVAL, EFAULT, ENOENT, ENOMEM);
	else
		JUDGE("SUBMIT", ret, ENOENT);
	return ret;
}

static int call_close(struct target *t)
{
	struct drm_gem_close gone = { .handle = some_handle(t) };
	int ret;

	/* The streams of jobs that run */
	if (gone.handle == t->client.kit.code.handle)
		return 0;
	ret = ioctl(t->client.fd, DRM_IOCTL_GEM_CLOSE, &gone);
	JUDGE("GEM_CLOSE", ret, EINVAL);
	return ret;
}

static int call_prime(struct target *t)
{
	struct drm_prime_handle export = { .handle = some_handle(t),
					   .flags = fuzz_random(4) ? O_RDWR : fuzz_value() };
	struct drm_prime_handle import = { .fd = fuzz_value() };
	int ret = ioctl(t->client.fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &export);
	int back;

	JUDGE("HANDLE_TO_FD", ret, EINVAL, ENOENT);
	if (!ret)
		import.fd = export.fd;
	back = ioctl(t->client.fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &import);
	if (ret) {
		JUDGE("FD_TO_HANDLE", back, EBADF, EINVAL);
		return ret;
	}
	close(export.fd);
	igt_assert_eq(back, 0);
	igt_assert_eq_u32(import.handle, export.handle);
	return 0;
}

static int call_mmap(struct target *t)
{
	size_t bytes = (fuzz_random(4) + 1) * SZ_4K;
	void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 fuzz_random(8) ? MAP_SHARED : MAP_PRIVATE, t->client.fd,
			 fuzz_random(2) ? t->client.in.offset + fuzz_random(8) * SZ_4K
					: fuzz_value() & ~0xfffull);

	if (map == MAP_FAILED) {
		JUDGE("mmap", -1, EINVAL, EACCES, EOVERFLOW);
		return -1;
	}
	munmap(map, bytes);
	return 0;
}

/*
 * Any number, size and content. GET_UNIQUE and GET_MAGIC crash Linux 7.2 on accel nodes of any
 * driver; HANDLE_TO_FD with another size may open a file and not say which.
 */
static int call_any(struct target *t)
{
	uint32_t number = fuzz_random(256), request;

	if (number == 0x01 || number == 0x02 || number == _IOC_NR(DRM_IOCTL_PRIME_HANDLE_TO_FD))
		return 0;
	request = _IOC(fuzz_random(4), fuzz_random(16) ? 'd' : fuzz_random(256), number,
		       fuzz_random(sizeof(t->arg)));
	for (unsigned int i = 0; i < sizeof(t->arg) / 8; i++)
		((uint64_t *)t->arg)[i] = fuzz_random(4) ? 0 : fuzz_value();
	/* CREATE_BO takes all memory if it is told to. */
	if (number == DRM_COMMAND_BASE)
		*(uint32_t *)t->arg %= SIZE_MAX_BYTES;
	return ioctl(t->client.fd, request,
		     fuzz_random(16) ? (uint64_t)(uintptr_t)t->arg : fuzz_value());
}

/**
 * SUBTEST: ioctl-random
 * Description: Calls with random numbers, sizes and contents, on a file with live handles and jobs:
 *   a known mistake gets its error, everything else an error that the interface knows
 * Functionality: abi.reserved, create.einval, submit.einval, submit.enoent, submit.efault,
 *   prep.enoent, prep.einval, fini.enoent, fini.einval
 */
static void test_ioctl_random(void)
{
	static int (*const calls[])(struct target *) = {
		call_create, call_create, call_prep, call_fini, call_submit, call_submit,
		call_close,  call_prime,  call_mmap, call_any,	call_any,
	};
	static struct target target;
	unsigned int count = 0, good = 0;
	int64_t end = fuzz_end();

	fuzz_seed();
	target_init(&target);
	while (rocket_now_ns() < end) {
		count++;
		good += !calls[fuzz_random(ARRAY_SIZE(calls))](&target);
		/* Random creations fill the handle table with what no slot holds. */
		if (count % 20000 == 0) {
			rocket_client_close(&target.client);
			memset(&target, 0, sizeof(target));
			target_init(&target);
		}
	}
	igt_info("%u calls, %u succeeded\n", count, good);
	igt_assert_lt(1000, count);
	igt_assert_lt(100, good);
	rocket_client_close(&target.client);
	target_init(&target);
	rocket_check_all_cores(target.client.fd);
	rocket_client_close(&target.client);
}

/* A submission whose arrays end where memory ends, and what the interface says about it */
struct submission {
	char *pages;
	struct drm_rocket_task *task;
	struct drm_rocket_job *job;
	uint32_t *handles;
	struct drm_rocket_submit args;
	struct rocket_client client;
};

static void *before_hole(char *page, const void *data, size_t bytes)
{
	return memcpy(page + rocket_page_size() - bytes, data, bytes);
}

static void submission_init(struct submission *s)
{
	struct drm_rocket_task task;
	struct drm_rocket_job job;
	size_t page = rocket_page_size();

	rocket_client_open(&s->client);
	task = rocket_task_fill(&s->client.kit, s->client.out.iova, s->client.out.size, 1);
	rocket_kit_flush(&s->client.kit);
	s->pages = mmap(NULL, 6 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	igt_assert(s->pages != MAP_FAILED);
	for (int i = 1; i < 6; i += 2)
		igt_assert_eq(mprotect(s->pages + i * page, page, PROT_NONE), 0);
	s->task = before_hole(s->pages, &task, sizeof(task));
	s->handles = before_hole(s->pages + 2 * page, &s->client.out.handle, sizeof(uint32_t));
	rocket_job_init(&job, s->task, 1, s->handles, 1, s->handles, 1);
	s->job = before_hole(s->pages + 4 * page, &job, sizeof(job));
	s->args = (struct drm_rocket_submit){
		.jobs = to_user_pointer(s->job), .job_count = 1, .job_struct_size = sizeof(job),
	};
}

static void submission_fini(struct submission *s)
{
	munmap(s->pages, 6 * rocket_page_size());
	rocket_client_close(&s->client);
}

/* The rules of uapi.rst for lists of one element before a hole */

static int expect_count(uint32_t count, uint32_t limit)
{
	if (count > limit)
		return -EINVAL;
	return count > 1 ? -EFAULT : 0;
}

static int expect_job_count(uint64_t v) { return expect_count(v, ROCKET_MAX_JOBS); }
static int expect_task_count(uint64_t v)
{
	return (uint32_t)v ? expect_count(v, ROCKET_MAX_TASKS) : -EINVAL;
}
static int expect_handle_count(uint64_t v) { return expect_count(v, ROCKET_MAX_HANDLES); }
static int expect_job_size(uint64_t v)
{
	return (uint32_t)v < sizeof(struct drm_rocket_job) ? -EINVAL : 0;
}
static int expect_task_size(uint64_t v)
{
	return (uint32_t)v < sizeof(struct drm_rocket_task) ? -EINVAL : 0;
}
static int expect_reserved(uint64_t v) { return v ? -EINVAL : 0; }

static int expect_regcmd_count(uint64_t v)
{
	return (uint32_t)v && (uint32_t)v <= ROCKET_MAX_REGCMDS ? 0 : -EINVAL;
}

#define FIELD(type, what, name, rule) { #what "." #name, what, offsetof(type, name), \
					sizeof(((type *)NULL)->name), rule }

/**
 * SUBTEST: submit-mutate
 * Description: A good submission with one field changed: the error is the one that the interface
 *   promises
 * Functionality: submit.einval, submit.efault, submit.job-count, job.task-count, job.handle-count,
 *   task.count
 */
static void test_submit_mutate(void)
{
	enum { ARGS, JOB, TASK };
	static const struct {
		const char *name;
		int where;
		size_t offset, size;
		int (*rule)(uint64_t value);
	} fields[] = {
		FIELD(struct drm_rocket_submit, ARGS, job_count, expect_job_count),
		FIELD(struct drm_rocket_submit, ARGS, job_struct_size, expect_job_size),
		FIELD(struct drm_rocket_submit, ARGS, reserved, expect_reserved),
		FIELD(struct drm_rocket_job, JOB, task_count, expect_task_count),
		FIELD(struct drm_rocket_job, JOB, task_struct_size, expect_task_size),
		FIELD(struct drm_rocket_job, JOB, in_bo_handle_count, expect_handle_count),
		FIELD(struct drm_rocket_job, JOB, out_bo_handle_count, expect_handle_count),
		FIELD(struct drm_rocket_task, TASK, regcmd_count, expect_regcmd_count),
	};
	unsigned int count = 0, refused = 0;
	int64_t end = fuzz_end();
	struct submission s;

	fuzz_seed();
	submission_init(&s);
	while (rocket_now_ns() < end) {
		unsigned int f = fuzz_random(ARRAY_SIZE(fields));
		char *structures[] = { (char *)&s.args, (char *)s.job, (char *)s.task };
		char *field = structures[fields[f].where] + fields[f].offset;
		uint64_t kept = 0, value = fuzz_value(), low = 0;
		int wanted, ret;

		memcpy(&low, &value, fields[f].size);
		wanted = fields[f].rule(low);
		/* A stream of another length runs, but to no good end. */
		if (fields[f].where == TASK && !wanted)
			continue;
		memcpy(&kept, field, fields[f].size);
		memcpy(field, &value, fields[f].size);
		ret = __rocket_submit_args(s.client.fd, &s.args);
		memcpy(field, &kept, fields[f].size);
		igt_assert_f(ret == wanted, "%s = %#" PRIx64 ": %d, wanted %d\n", fields[f].name,
			     low, ret, wanted);
		refused += ret != 0;
		if (count++ % 64 == 0)
			rocket_prep(&s.client.out);
	}
	igt_info("%u submissions, %u refused\n", count, refused);
	igt_assert_lt(100, refused);
	igt_assert_lt(refused, count);
	submission_fini(&s);
}

/**
 * SUBTEST: pointer-edge
 * Description: Every pointer of every call at the edges of what can be read: EFAULT, and good ones
 *   still work
 * Functionality: submit.efault
 */
static void test_pointer_edge(void)
{
	size_t page = rocket_page_size();
	struct submission s;

	submission_init(&s);
	{
		__u64 *const pointers[] = { &s.args.jobs, &s.job->tasks, &s.job->in_bo_handles,
					    &s.job->out_bo_handles };
		const uint64_t hole = to_user_pointer(s.pages + page), top = 1ull << 39;

		for (unsigned int p = 0; p < ARRAY_SIZE(pointers); p++) {
			const uint64_t good = *pointers[p];
			const uint64_t bad[] = { 0,	     1,		 page - 1,
						 hole,	     hole - 1,	 hole + page - 1,
						 good + 1,   good | TAG, KERNEL_ADDRESS,
						 top,	     ~0ull,	 ~0ull - 7,
						 1ull << 63, 1ull << 55 };

			for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
				int ret;

				*pointers[p] = bad[i];
				ret = __rocket_submit_args(s.client.fd, &s.args);
				*pointers[p] = good;
				igt_assert_f(ret == -EFAULT, "pointer %u = %#" PRIx64 ": %d\n", p,
					     bad[i], ret);
			}
			/* Memory that can only be read is enough. */
			igt_assert_eq(mprotect(s.pages, page, PROT_READ), 0);
			igt_assert_eq(__rocket_submit_args(s.client.fd, &s.args), 0);
			igt_assert_eq(mprotect(s.pages, page, PROT_READ | PROT_WRITE), 0);
		}
		for (unsigned int call = 0; call < 4; call++) {
			static const unsigned long requests[] = { DRM_IOCTL_ROCKET_CREATE_BO,
								  DRM_IOCTL_ROCKET_SUBMIT,
								  DRM_IOCTL_ROCKET_PREP_BO,
								  DRM_IOCTL_ROCKET_FINI_BO };
			const uint64_t bad[] = { 0,
						 1,
						 hole,
						 hole - 1,
						 to_user_pointer(&s.args) | TAG,
						 KERNEL_ADDRESS,
						 ~0ull };

			for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
				igt_assert_eq(ioctl(s.client.fd, requests[call], bad[i]), -1);
				igt_assert_eq(errno, EFAULT);
			}
		}
	}
	rocket_prep(&s.client.out);
	igt_assert(rocket_is_filled(&s.client.out, 1));
	submission_fini(&s);
}

/**
 * SUBTEST: userfaultfd-stall
 * Description: A submission whose memory makes the kernel wait stops neither its own file nor
 *   others
 * Functionality: submit.efault, job.others-go-on
 *
 * SUBTEST: fault-injection-nth
 * Description: Each allocation and each copy of each call fails once: the call fails as it may, and
 *   leaves nothing behind
 * Functionality: create.enomem, submit.enomem, submit.all-or-none
 *
 * SUBTEST: regcmd-random
 * Description: Random writes to all blocks, then a start: the driver recovers, other files' memory
 *   is as it was
 * Functionality: job.time-limit, job.bad-address, vm.isolated
 *
 * SUBTEST: regcmd-mutate
 * Description: Good streams with a few words changed: the driver recovers, other files' memory is
 *   as it was
 * Functionality: job.time-limit, job.bad-address, vm.isolated
 */
static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "ioctl-random", "Random calls", test_ioctl_random },
	{ "submit-mutate", "Good submissions with one mistake", test_submit_mutate },
	{ "pointer-edge", "Pointers at the edge", test_pointer_edge },
};

int igt_main()
{
	static struct rocket_health health;

	igt_fixture() {
		close(rocket_open());
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}
	fuzz_faults();
	fuzz_streams();

	igt_fixture()
		rocket_health_end(&health);
}
