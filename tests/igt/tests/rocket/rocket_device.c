// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket device
 * Description: The node, who may open it, and how it treats requests that are not well formed
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Device node
 * Test category: uapi
 */
#include <fcntl.h>
#include <grp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <drm_mode.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_jobs.h"

IGT_TEST_DESCRIPTION("Identity, permissions and request encoding of the accel node");

#define ACCEL_MAJOR	261
#define OPENS		256
#define NOBODY		65534
#define POISON		0xa5

/* No mapping of user space can be there */
#define KERNEL_ADDRESS	0xffffff8000000000ull

/**
 * SUBTEST: version
 * Description: User space selects the node by the driver's name, and libraries expect a date that
 *   is not empty
 * Functionality: node.name
 */
static void test_version(int fd)
{
	char name[32] = "", date[32] = "", desc[64] = "";
	struct drm_version version = {
		.name = name, .name_len = sizeof(name) - 1,
		.date = date, .date_len = sizeof(date) - 1,
		.desc = desc, .desc_len = sizeof(desc) - 1,
	};

	do_ioctl(fd, DRM_IOCTL_VERSION, &version);
	igt_info("%s %d.%d.%d \"%s\" (%s)\n", name, version.version_major, version.version_minor,
		 version.version_patchlevel, desc, date);
	igt_assert_eq(strcmp(name, "rocket"), 0);
	igt_assert_lt(0, version.desc_len);
	igt_assert_lt(0, version.date_len);
}

static int get_cap(int fd, uint64_t capability, uint64_t *value)
{
	struct drm_get_cap cap = { .capability = capability, .value = ~0ull };
	int ret = igt_ioctl(fd, DRM_IOCTL_GET_CAP, &cap) ? -errno : 0;

	*value = cap.value;
	return ret;
}

/**
 * SUBTEST: caps
 * Description: Capabilities tell which of the core's requests work on this node, and what they say
 *   is true
 * Functionality: node.features, node.no-syncobj
 */
static void test_caps(int fd)
{
	struct drm_syncobj_create create = { 0 };
	uint64_t value;

	igt_assert_eq(get_cap(fd, DRM_CAP_PRIME, &value), 0);
	igt_assert_eq_u64(value, DRM_PRIME_CAP_IMPORT | DRM_PRIME_CAP_EXPORT);
	igt_assert_eq(get_cap(fd, DRM_CAP_TIMESTAMP_MONOTONIC, &value), 0);
	igt_assert_eq_u64(value, 1);

	igt_assert_eq(get_cap(fd, DRM_CAP_SYNCOBJ, &value), 0);
	if (value)
		do_ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create);
	else
		do_ioctl_err(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create, EOPNOTSUPP);

	igt_assert_eq(get_cap(fd, DRM_CAP_DUMB_BUFFER, &value), -EOPNOTSUPP);
	igt_assert_eq(get_cap(fd, 0xffff, &value), -EOPNOTSUPP);
}

/**
 * SUBTEST: open-many
 * Description: A pool of worker processes opens the node many times; each open has handles of its
 *   own
 * Functionality: vm.private
 */
static void test_open_many(void)
{
	static int fds[OPENS];

	for (int round = 0; round < 2; round++) {
		uint32_t first = 0;

		for (int i = 0; i < OPENS; i++) {
			struct drm_rocket_create_bo args = { 0 };

			fds[i] = __rocket_open(O_RDWR);
			igt_assert_fd(fds[i]);
			igt_assert_eq(__rocket_create_bo(fds[i], SZ_4K, &args), 0);
			if (!i)
				first = args.handle;
			igt_assert_eq_u32(args.handle, first);
		}
		for (int i = 0; i < OPENS; i++)
			igt_assert_eq(close(fds[i]), 0);
	}
}

/**
 * SUBTEST: open-excl
 * Description: An exclusive open cannot be had and must be refused instead of pretended
 * Functionality: node.open-to-all
 */
static void test_open_excl(void)
{
	igt_assert_eq(open(rocket_node(), O_RDWR | O_CLOEXEC | O_EXCL), -1);
	igt_assert_eq(errno, EBUSY);
}

/* All requests of the driver once, on a file that may belong to anybody */
static void use_all_requests(int fd)
{
	struct rocket_bo bo;

	rocket_bo_create_mapped(fd, SZ_4K, &bo);
	rocket_prep(&bo);
	memset(bo.map, 1, SZ_4K);
	rocket_fini(&bo);
	rocket_bo_destroy(&bo);
	rocket_check_fill(fd, 21);
}

static void become_nobody(void)
{
	gid_t group = NOBODY;

	igt_assert_eq(setgroups(1, &group), 0);
	igt_assert_eq(setresgid(NOBODY, NOBODY, NOBODY), 0);
	igt_assert_eq(setresuid(NOBODY, NOBODY, NOBODY), 0);
}

/* Lets the group of nobody open the node while a child runs */
static void share_node(struct stat *before)
{
	igt_require_f(!geteuid(), "only root can be somebody else\n");
	igt_assert_eq(stat(rocket_node(), before), 0);
	igt_assert_eq(chown(rocket_node(), before->st_uid, NOBODY), 0);
	igt_assert_eq(chmod(rocket_node(), 0660), 0);
}

static void unshare_node(const struct stat *before)
{
	igt_assert_eq(chmod(rocket_node(), before->st_mode & 07777), 0);
	igt_assert_eq(chown(rocket_node(), before->st_uid, before->st_gid), 0);
}

/**
 * SUBTEST: open-unprivileged
 * Description: Who may open the node may use all of it; no request asks for more rights
 * Functionality: node.open-to-all
 */
static void test_open_unprivileged(void)
{
	struct stat before;
	int ret;

	share_node(&before);
	igt_fork(child, 1) {
		int fd;

		become_nobody();
		fd = open(rocket_node(), O_RDWR | O_CLOEXEC);
		igt_assert_fd(fd);
		use_all_requests(fd);
	}
	ret = __igt_waitchildren();
	unshare_node(&before);
	igt_assert_eq(ret, 0);
}

/**
 * SUBTEST: open-readonly
 * Description: A file opened for reading takes requests, but gives no writable mapping
 * Functionality: node.open-to-all, create.offset
 */
static void test_open_readonly(void)
{
	int fd = open(rocket_node(), O_RDONLY | O_CLOEXEC);
	struct rocket_bo bo;
	void *map;

	igt_assert_fd(fd);
	rocket_bo_create(fd, SZ_4K, &bo);
	rocket_prep(&bo);
	rocket_fini(&bo);
	igt_assert(mmap(NULL, SZ_4K, PROT_READ | PROT_WRITE, MAP_SHARED, fd, bo.offset) ==
		   MAP_FAILED);
	igt_assert_eq(errno, EACCES);
	map = mmap(NULL, SZ_4K, PROT_READ, MAP_SHARED, fd, bo.offset);
	igt_assert(map != MAP_FAILED);
	igt_assert(rocket_is_zero(map, SZ_4K));
	igt_assert_eq(mprotect(map, SZ_4K, PROT_READ | PROT_WRITE), -1);
	igt_assert_eq(errno, EACCES);
	munmap(map, SZ_4K);
	rocket_bo_destroy(&bo);
	close(fd);
}

/**
 * SUBTEST: no-legacy
 * Description: Buffers cannot be guessed by global names, and nobody is master of a device without
 *   a display
 * Functionality: node.features
 */
static void test_no_legacy(int fd)
{
	struct drm_mode_create_dumb dumb = { .width = 64, .height = 64, .bpp = 32 };
	struct drm_mode_card_res resources = { 0 };
	struct drm_rocket_create_bo args = { 0 };
	struct stat before;
	int ret;

	do_ioctl_err(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb, ENOSYS);
	igt_assert_eq_u32(dumb.handle, 0);
	do_ioctl_err(fd, DRM_IOCTL_MODE_GETRESOURCES, &resources, EOPNOTSUPP);
	igt_assert_eq(igt_ioctl(fd, DRM_IOCTL_SET_MASTER, NULL), -1);
	igt_assert_eq(errno, EINVAL);

	share_node(&before);
	igt_fork(child, 1) {
		struct drm_gem_flink flink = { 0 };
		struct drm_gem_open open_name = { .name = 1 };
		int own;

		become_nobody();
		own = open(rocket_node(), O_RDWR | O_CLOEXEC);
		igt_assert_fd(own);
		igt_assert_eq(__rocket_create_bo(own, SZ_4K, &args), 0);
		flink.handle = args.handle;
		do_ioctl_err(own, DRM_IOCTL_GEM_FLINK, &flink, EACCES);
		do_ioctl_err(own, DRM_IOCTL_GEM_OPEN, &open_name, EACCES);
		do_ioctl_err(own, DRM_IOCTL_SET_MASTER, NULL, EACCES);
	}
	ret = __igt_waitchildren();
	unshare_node(&before);
	igt_assert_eq(ret, 0);
}

/**
 * SUBTEST: unknown-ioctl
 * Description: A program for a newer kernel finds out that a request is missing
 * Functionality: abi.new-ioctls
 */
static void test_unknown_ioctl(int fd)
{
	static const unsigned int core_numbers[] = { 0x3d, 0x3e, 0xe0, 0xff };
	char arg[64] = "";

	for (unsigned int nr = DRM_COMMAND_BASE + 0x10; nr < DRM_COMMAND_END; nr++)
		do_ioctl_err(fd, _IOWR('d', nr, arg), arg, EINVAL);
	for (unsigned int nr = DRM_ROCKET_FINI_BO + 1; nr < 0x10; nr++)
		do_ioctl_err(fd, _IOWR('d', DRM_COMMAND_BASE + nr, arg), arg, EINVAL);
	for (unsigned int i = 0; i < ARRAY_SIZE(core_numbers); i++)
		do_ioctl_err(fd, _IOWR('d', core_numbers[i], arg), arg, EINVAL);
	do_ioctl_err(fd, _IOWR('D', DRM_COMMAND_BASE, arg), arg, ENOTTY);
	do_ioctl_err(fd, _IOWR(0, 0, arg), arg, ENOTTY);
}

/* Two pages of which only the first can be used */
static char *map_guarded(void)
{
	size_t page = rocket_page_size();
	char *map =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	igt_assert(map != MAP_FAILED);
	igt_assert_eq(mprotect(map + page, page, PROT_NONE), 0);
	return map;
}

#define REQUEST(nr, size)	_IOC(_IOC_READ | _IOC_WRITE, 'd', DRM_COMMAND_BASE + (nr), size)

/**
 * SUBTEST: ioctl-size-small
 * Description: A client with shorter structures works: what it does not pass counts as zero, what
 *   it has no room for stays away
 * Functionality: abi.layout
 */
static void test_ioctl_size_small(int fd)
{
	size_t page = rocket_page_size();
	char *end = map_guarded() + page;
	struct rocket_bo bo;

	rocket_bo_create(fd, SZ_4K, &bo);

	/* The size alone: works, but the handle is not told. */
	*(uint32_t *)(end - 4) = SZ_4K;
	do_ioctl(fd, REQUEST(DRM_ROCKET_CREATE_BO, 4), end - 4);

	/* Without a deadline PREP polls, without reserved FINI is content. */
	*(uint32_t *)(end - 4) = bo.handle;
	do_ioctl(fd, REQUEST(DRM_ROCKET_PREP_BO, 4), end - 4);
	do_ioctl(fd, REQUEST(DRM_ROCKET_FINI_BO, 4), end - 4);
	*(uint32_t *)(end - 4) = bo.handle + 12345;
	do_ioctl_err(fd, REQUEST(DRM_ROCKET_FINI_BO, 4), end - 4, ENOENT);

	/* No jobs; then one whose size is not passed. */
	memset(end - 12, 0, 12);
	do_ioctl(fd, REQUEST(DRM_ROCKET_SUBMIT, 12), end - 12);
	*(uint32_t *)(end - 4) = 1;
	do_ioctl_err(fd, REQUEST(DRM_ROCKET_SUBMIT, 12), end - 12, EINVAL);

	rocket_bo_destroy(&bo);
	munmap(end - page, 2 * page);
}

/**
 * SUBTEST: ioctl-size-large
 * Description: A client with longer structures works: what the kernel does not know is ignored and
 *   given back as it was
 * Functionality: abi.layout
 */
static void test_ioctl_size_large(int fd)
{
	static const unsigned int sizes[] = { 32, 40, 256, 4000 };
	size_t page = rocket_page_size();
	char *end = map_guarded() + page;

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *arg = end - sizes[i];
		struct drm_rocket_create_bo *args = (void *)arg;

		memset(arg, POISON, sizes[i]);
		args->size = SZ_4K;
		do_ioctl(fd, REQUEST(DRM_ROCKET_CREATE_BO, sizes[i]), arg);
		igt_assert_neq_u32(args->handle, 0);
		igt_assert(IS_ALIGNED(args->dma_address, page));
		for (unsigned int j = sizeof(*args); j < sizes[i]; j++)
			igt_assert_eq((uint8_t)arg[j], POISON);
		gem_close(fd, args->handle);
	}
	munmap(end - page, 2 * page);
}

static const struct {
	const char *name;
	unsigned long request;
	size_t size;
} requests[] = {
	{ "CREATE_BO", DRM_IOCTL_ROCKET_CREATE_BO, sizeof(struct drm_rocket_create_bo) },
	{ "SUBMIT", DRM_IOCTL_ROCKET_SUBMIT, sizeof(struct drm_rocket_submit) },
	{ "PREP_BO", DRM_IOCTL_ROCKET_PREP_BO, sizeof(struct drm_rocket_prep_bo) },
	{ "FINI_BO", DRM_IOCTL_ROCKET_FINI_BO, sizeof(struct drm_rocket_fini_bo) },
};

/**
 * SUBTEST: arg-fault-in
 * Description: A bad pointer to the structure itself is an error of the call, not of the kernel
 * Functionality: submit.efault
 */
static void test_arg_fault_in(int fd)
{
	size_t page = rocket_page_size();
	char *map = map_guarded();

	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++) {
		igt_debug("%s\n", requests[i].name);
		do_ioctl_err(fd, requests[i].request, NULL, EFAULT);
		do_ioctl_err(fd, requests[i].request, map + page, EFAULT);
		do_ioctl_err(fd, requests[i].request, from_user_pointer(KERNEL_ADDRESS), EFAULT);
		do_ioctl_err(fd, requests[i].request, map + page - requests[i].size + 1, EFAULT);
		do_ioctl_err(fd, requests[i].request, map + page - 4, EFAULT);
	}
	munmap(map, 2 * page);
}

/**
 * SUBTEST: arg-fault-out
 * Description: When the result cannot be told, the call fails, and what it made goes with the file
 * Functionality: create.close
 */
static void test_arg_fault_out(void)
{
	size_t page = rocket_page_size();
	struct drm_rocket_create_bo *args;
	uint64_t before, with;
	int fd = rocket_open();

	args = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	igt_assert(args != MAP_FAILED);
	args->size = SZ_16M;
	igt_assert_eq(mprotect(args, page, PROT_READ), 0);

	before = rocket_shmem_bytes();
	do_ioctl_err(fd, DRM_IOCTL_ROCKET_CREATE_BO, args, EFAULT);
	with = rocket_shmem_bytes();
	close(fd);
	igt_assert_f(with >= before + SZ_8M,
		     "the buffer was not made: is the copy to user space checked first?\n");
	igt_assert(igt_wait(rocket_shmem_bytes() < before + SZ_8M, ROCKET_PATIENCE_MS, 20));
	munmap(args, page);
}

/**
 * SUBTEST: single-node
 * Description: However many cores there are, user space finds one node, below one device
 * Functionality: node.one
 */
static void test_single_node(int fd)
{
	unsigned int found = 0;
	char path[64], link[256] = "";
	struct stat st;
	ssize_t length;

	for (int i = 0; i < 64; i++) {
		char name[16] = "";
		int other;

		snprintf(path, sizeof(path), "/dev/accel/accel%d", i);
		other = open(path, O_RDWR | O_CLOEXEC);
		if (other < 0)
			continue;
		if (!__get_drm_device_name(other, name, sizeof(name) - 1) &&
		    !strcmp(name, "rocket"))
			found++;
		close(other);
	}
	igt_assert_eq(found, 1);

	igt_assert_eq(fstat(fd, &st), 0);
	igt_assert_eq(major(st.st_rdev), ACCEL_MAJOR);
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/subsystem", major(st.st_rdev),
		 minor(st.st_rdev));
	length = readlink(path, link, sizeof(link) - 1);
	igt_assert(length > 0);
	igt_assert_eq(strcmp(strrchr(link, '/'), "/accel"), 0);
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device", major(st.st_rdev),
		 minor(st.st_rdev));
	memset(link, 0, sizeof(link));
	length = readlink(path, link, sizeof(link) - 1);
	igt_assert(length > 0);
	igt_assert_f(!strcmp(strrchr(link, '/'), "/rknn"), "the parent device is %s\n", link);
}

int igt_main()
{
	static struct rocket_health health;
	static int fd = -1;

	igt_fixture() {
		fd = rocket_open();
		rocket_health_begin(&health);
	}

	igt_describe("User space selects the node by its name");
	igt_subtest("version")
		test_version(fd);

	igt_describe("Capabilities are true");
	igt_subtest("caps")
		test_caps(fd);

	igt_describe("Many opens with a handle space each");
	igt_subtest("open-many")
		test_open_many();

	igt_describe("No exclusive open");
	igt_subtest("open-excl")
		test_open_excl();

	igt_describe("Who may open may use");
	igt_subtest("open-unprivileged")
		test_open_unprivileged();

	igt_describe("A read-only file gives no writable mapping");
	igt_subtest("open-readonly")
		test_open_readonly();

	igt_describe("No global names, no master, no display");
	igt_subtest("no-legacy")
		test_no_legacy(fd);

	igt_describe("A missing request can be told from a wrong one");
	igt_subtest("unknown-ioctl")
		test_unknown_ioctl(fd);

	igt_describe("Older clients with shorter structures");
	igt_subtest("ioctl-size-small")
		test_ioctl_size_small(fd);

	igt_describe("Newer clients with longer structures");
	igt_subtest("ioctl-size-large")
		test_ioctl_size_large(fd);

	igt_describe("Bad pointers to the request");
	igt_subtest("arg-fault-in")
		test_arg_fault_in(fd);

	igt_describe("A result that cannot be told is not leaked");
	igt_subtest("arg-fault-out")
		test_arg_fault_out();

	igt_describe("One node for all cores");
	igt_subtest("single-node")
		test_single_node(fd);

	igt_fixture() {
		close(fd);
		rocket_health_end(&health);
	}
}
