// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket fuzz: memory that fails or makes the kernel wait
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_system.h"

#include "rocket_fuzz.h"

#define NTH_MAX		2000

struct stalled {
	struct rocket_client *client;
	void *page;
	int ret;
};

static void *submit_from_page(void *arg)
{
	struct stalled *stalled = arg;

	stalled->ret = __rocket_submit(stalled->client->fd, stalled->page, 1);
	return NULL;
}

static void test_userfaultfd_stall(void)
{
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = { .api = UFFD_API };
	struct rocket_client client, other;
	struct uffdio_register range;
	struct uffdio_zeropage zero;
	struct stalled stalled;
	struct uffd_msg msg;
	pthread_t thread;

	igt_require_f(uffd >= 0, "the kernel has no userfaultfd: %s\n", strerror(errno));
	igt_assert_eq(ioctl(uffd, UFFDIO_API, &api), 0);
	rocket_client_open(&client);
	rocket_client_open(&other);
	stalled = (struct stalled){ .client = &client, .ret = 1 };
	stalled.page = mmap(NULL, rocket_page_size(), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	igt_assert(stalled.page != MAP_FAILED);
	range = (struct uffdio_register){ .range = { to_user_pointer(stalled.page),
						     rocket_page_size() },
					  .mode = UFFDIO_REGISTER_MODE_MISSING };
	igt_assert_eq(ioctl(uffd, UFFDIO_REGISTER, &range), 0);

	igt_assert_eq(pthread_create(&thread, NULL, submit_from_page, &stalled), 0);
	igt_assert_eq(read(uffd, &msg, sizeof(msg)), sizeof(msg));
	rocket_check_fill(client.fd, 1);
	rocket_check_all_cores(other.fd);
	igt_assert_eq(stalled.ret, 1);

	zero = (struct uffdio_zeropage){ .range = range.range };
	igt_assert_eq(ioctl(uffd, UFFDIO_ZEROPAGE, &zero), 0);
	pthread_join(thread, NULL);
	igt_assert_eq(stalled.ret, -EINVAL);
	munmap(stalled.page, rocket_page_size());
	close(uffd);
	rocket_client_close(&other);
	rocket_client_close(&client);
}

/* One call each, on a client; 0 or a negative errno */

static int nth_open(struct rocket_client *client)
{
	int fd = open(rocket_node(), O_RDWR | O_CLOEXEC);

	(void)client;
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int nth_create(struct rocket_client *client)
{
	struct drm_rocket_create_bo create = { .size = SZ_64K };
	struct drm_gem_close gone = { 0 };

	if (ioctl(client->fd, DRM_IOCTL_ROCKET_CREATE_BO, &create))
		return -errno;
	gone.handle = create.handle;
	return ioctl(client->fd, DRM_IOCTL_GEM_CLOSE, &gone) ? -errno : 0;
}

static int nth_submit(struct rocket_client *client)
{
	struct drm_rocket_task task = { .regcmd = client->kit.code.iova,
					.regcmd_count = client->kit.used / 8 };
	struct drm_rocket_job jobs[3];
	struct drm_rocket_submit args = {
		.jobs = to_user_pointer(jobs),
		.job_count = ARRAY_SIZE(jobs),
		.job_struct_size = sizeof(jobs[0]),
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++)
		rocket_job_init(&jobs[i], &task, 1, &client->in.handle, 1, &client->out.handle,
				i & 1);
	return ioctl(client->fd, DRM_IOCTL_ROCKET_SUBMIT, &args) ? -errno : 0;
}

static int nth_prep(struct rocket_client *client)
{
	struct drm_rocket_prep_bo prep = { .handle = client->out.handle, .timeout_ns = INT64_MAX };

	return ioctl(client->fd, DRM_IOCTL_ROCKET_PREP_BO, &prep) ? -errno : 0;
}

static int nth_fini(struct rocket_client *client)
{
	struct drm_rocket_fini_bo fini = { .handle = client->out.handle };

	return ioctl(client->fd, DRM_IOCTL_ROCKET_FINI_BO, &fini) ? -errno : 0;
}

static int nth_export(struct rocket_client *client)
{
	struct drm_prime_handle export = { .handle = client->in.handle,
					   .flags = O_RDWR | O_CLOEXEC };

	if (ioctl(client->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &export))
		return -errno;
	close(export.fd);
	return 0;
}

static int nth_mmap(struct rocket_client *client)
{
	void *map =
		mmap(NULL, client->in.size, PROT_READ, MAP_SHARED, client->fd, client->in.offset);

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, client->in.size);
	return 0;
}

static bool may_fail(int ret)
{
	static const int errors[] = { 0, -ENOMEM, -EFAULT, -EINTR, -ENFILE, -EAGAIN };

	for (unsigned int i = 0; i < ARRAY_SIZE(errors); i++) {
		if (ret == errors[i])
			return true;
	}
	return false;
}

static void check_call(int (*call)(struct rocket_client *), const char *name, bool allocates)
{
	int file = rocket_faults_open(), failed = 0, nth = 0;
	struct rocket_client client;
	bool happened;

	rocket_client_open(&client);
	rocket_task_fill(&client.kit, client.out.iova, client.out.size, 1);
	rocket_kit_flush(&client.kit);
	do {
		int ret;

		rocket_faults_arm(file, ++nth);
		ret = call(&client);
		happened = rocket_faults_disarm(file);
		igt_assert_f(may_fail(ret), "%s, allocation %d: %s\n", name, nth, strerror(-ret));
		failed += !!ret;
	} while (happened && nth < NTH_MAX);
	igt_info("%s: %d failures, %d of them seen by the caller\n", name, nth - 1, failed);
	igt_assert_lt(nth, NTH_MAX);
	igt_assert_f(!allocates || failed, "%s never fails\n", name);
	igt_assert_eq(call(&client), 0);
	rocket_check_fill(client.fd, 3);
	rocket_client_close(&client);
	close(file);
}

static void test_fault_injection_nth(void)
{
	static const struct {
		int (*call)(struct rocket_client *);
		const char *name;
		bool allocates;
	} calls[] = {
		{ nth_open, "open", true },
		{ nth_create, "CREATE_BO", true },
		{ nth_submit, "SUBMIT", true },
		{ nth_prep, "PREP_BO", false },
		{ nth_fini, "FINI_BO", false },
		{ nth_export, "export", true },
		{ nth_mmap, "mmap", true },
	};
	uint64_t before = rocket_shmem_bytes();

	rocket_faults_require();
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		check_call(calls[i].call, calls[i].name, calls[i].allocates);
	igt_assert(igt_wait(rocket_shmem_bytes() < before + SZ_16K, ROCKET_PATIENCE_MS, 20));
}

void fuzz_faults(void)
{
	igt_describe("The kernel waits for memory of the caller");
	igt_subtest("userfaultfd-stall")
		test_userfaultfd_stall();

	igt_describe("The kernel runs out of memory");
	igt_subtest("fault-injection-nth")
		test_fault_injection_nth();
}
