// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket mmap
 * Description: CPU mappings of buffer objects: which offsets, which files, how long
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Memory
 * Test category: uapi
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_jobs.h"

IGT_TEST_DESCRIPTION("CPU mappings of buffer objects through the accel node");

#define RACE_SECONDS	2
#define RACE_THREADS	4

static void *try_mmap(int fd, size_t size, int prot, int flags, uint64_t offset)
{
	return mmap(NULL, size, prot, flags, fd, offset);
}

static void check_refused(int fd, size_t size, int prot, int flags, uint64_t offset, int err)
{
	igt_assert(try_mmap(fd, size, prot, flags, offset) == MAP_FAILED);
	igt_assert_eq(errno, err);
}

/**
 * SUBTEST: basic
 * Description: The offset that the kernel told maps the buffer
 * Functionality: create.offset
 */
static void test_basic(int fd)
{
	struct rocket_bo bo;

	rocket_bo_create_mapped(fd, SZ_64K, &bo);
	igt_assert(rocket_is_zero(bo.map, SZ_64K));
	memset(bo.map, 1, SZ_64K);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: write-read
 * Description: Two mappings of a buffer are the same memory
 * Functionality: create.offset
 */
static void test_write_read(int fd)
{
	struct rocket_bo bo;
	uint32_t *first, *second;

	rocket_bo_create_mapped(fd, SZ_64K, &bo);
	first = bo.map;
	second = try_mmap(fd, SZ_64K, PROT_READ | PROT_WRITE, MAP_SHARED, bo.offset);
	igt_assert(second != MAP_FAILED);
	for (unsigned int i = 0; i < SZ_64K / 4; i++)
		first[i] = i * 2654435761u;
	for (unsigned int i = 0; i < SZ_64K / 4; i++)
		igt_assert_eq_u32(second[i], i * 2654435761u);
	second[7] = 1;
	igt_assert_eq_u32(((volatile uint32_t *)first)[7], 1);
	munmap(second, SZ_64K);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: bad-offset
 * Description: Only the beginning of a buffer that exists can be mapped
 * Functionality: create.offset
 */
static void test_bad_offset(int fd)
{
	size_t page = rocket_page_size();
	struct rocket_bo bo, closed;
	uint64_t offset;

	rocket_bo_create(fd, SZ_64K, &bo);
	rocket_bo_create(fd, SZ_64K, &closed);
	offset = closed.offset;
	rocket_bo_close_handle(&closed);

	check_refused(fd, page, PROT_READ, MAP_SHARED, 0, EINVAL);
	check_refused(fd, page, PROT_READ, MAP_SHARED, bo.offset + page, EINVAL);
	check_refused(fd, page, PROT_READ, MAP_SHARED, 0x7ffffffffffff000ull, EINVAL);
	igt_assert(try_mmap(fd, page, PROT_READ, MAP_SHARED, offset) == MAP_FAILED);
	igt_assert(errno == EINVAL || errno == EACCES);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: too-long
 * Description: A mapping ends where the buffer ends; a shorter one is fine
 * Functionality: create.size-rounded
 */
static void test_too_long(int fd)
{
	size_t page = rocket_page_size();
	struct rocket_bo bo;
	void *map;

	rocket_bo_create(fd, 4 * page, &bo);
	check_refused(fd, 4 * page + 1, PROT_READ, MAP_SHARED, bo.offset, EINVAL);
	check_refused(fd, SZ_1G, PROT_READ, MAP_SHARED, bo.offset, EINVAL);
	map = try_mmap(fd, page, PROT_READ, MAP_SHARED, bo.offset);
	igt_assert(map != MAP_FAILED);
	munmap(map, page);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: private-write
 * Description: A private copy of a buffer makes no sense and is refused
 * Functionality: create.offset
 */
static void test_private_write(int fd)
{
	struct rocket_bo bo;

	rocket_bo_create(fd, SZ_64K, &bo);
	check_refused(fd, SZ_64K, PROT_READ | PROT_WRITE, MAP_PRIVATE, bo.offset, EINVAL);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: private-read
 * Description: A private mapping for reading could be made writable later and is refused as well
 * Functionality: create.offset
 */
static void test_private_read(int fd)
{
	struct rocket_bo bo;

	rocket_bo_create(fd, SZ_64K, &bo);
	check_refused(fd, SZ_64K, PROT_READ, MAP_PRIVATE, bo.offset, EINVAL);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: other-file
 * Description: Who guesses the offset of somebody else's buffer does not get it
 * Functionality: create.offset, vm.isolated
 */
static void test_other_file(int fd)
{
	int other = rocket_open();
	struct rocket_bo bo;

	rocket_bo_create(fd, SZ_64K, &bo);
	check_refused(other, SZ_64K, PROT_READ, MAP_SHARED, bo.offset, EACCES);
	rocket_bo_destroy(&bo);
	close(other);
}

/**
 * SUBTEST: after-gem-close
 * Description: A mapping outlives the handle
 * Functionality: create.close
 */
static void test_after_gem_close(int fd)
{
	struct rocket_bo bo, next;

	rocket_bo_create_mapped(fd, SZ_64K, &bo);
	memset(bo.map, 0x3c, SZ_64K);
	rocket_bo_close_handle(&bo);
	rocket_bo_create_mapped(fd, SZ_64K, &next);
	memset(next.map, 0x11, SZ_64K);
	igt_assert(rocket_is_filled(&bo, 0x3c));
	rocket_bo_destroy(&next);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: after-fd-close
 * Description: A mapping outlives the file descriptor
 * Functionality: create.offset
 */
static void test_after_fd_close(void)
{
	int fd = rocket_open();
	struct rocket_bo bo;

	rocket_bo_create_mapped(fd, SZ_64K, &bo);
	memset(bo.map, 0x3c, SZ_64K);
	close(fd);
	usleep(100000);
	igt_assert(rocket_is_filled(&bo, 0x3c));
	memset(bo.map, 0x3d, SZ_64K);
	igt_assert(rocket_is_filled(&bo, 0x3d));
	rocket_bo_unmap(&bo);
}

/**
 * SUBTEST: fork-inherit
 * Description: Parent and child see each other's writes through an inherited mapping
 * Functionality: create.offset
 */
static void test_fork_inherit(int fd)
{
	volatile uint32_t *word;
	struct rocket_bo bo;

	rocket_bo_create_mapped(fd, SZ_64K, &bo);
	word = bo.map;
	word[0] = 1;
	igt_fork(child, 1) {
		igt_assert(igt_wait(word[0] == 2, ROCKET_PATIENCE_MS, 1));
		word[1] = 3;
	}
	word[0] = 2;
	igt_waitchildren();
	igt_assert_eq_u32(word[1], 3);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: mprotect-mremap
 * Description: A mapping cannot be grown beyond the buffer, nor moved to give access to anything
 *   else
 * Functionality: create.offset
 */
static void test_mprotect_mremap(int fd)
{
	size_t page = rocket_page_size();
	struct rocket_bo bo;
	char *moved;

	rocket_bo_create_mapped(fd, 4 * page, &bo);
	memset(bo.map, 7, 4 * page);
	igt_assert(mremap(bo.map, 4 * page, 8 * page, MREMAP_MAYMOVE) == MAP_FAILED);
	igt_assert_eq(mprotect(bo.map, 4 * page, PROT_READ), 0);
	igt_assert_eq(mprotect(bo.map, 4 * page, PROT_READ | PROT_WRITE), 0);
	/* Executing buffers is of no use, but does no harm either. */
	if (mprotect(bo.map, 4 * page, PROT_READ | PROT_EXEC))
		igt_assert(errno == EACCES || errno == EPERM);
	igt_assert_eq(mprotect(bo.map, 4 * page, PROT_READ | PROT_WRITE), 0);
	/* Shrinking is allowed. */
	moved = mremap(bo.map, 4 * page, page, 0);
	igt_assert(moved == bo.map);
	igt_assert_eq(moved[page - 1], 7);
	munmap(moved, page);
	bo.map = NULL;
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: ptrace-access
 * Description: A debugger that looks at a mapping gets an answer or an error, not a crash
 * Functionality: create.offset
 */
static void test_ptrace_access(int fd)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	uint32_t value = 0x12345678, read_back = 0;
	struct rocket_bo bo;
	ssize_t ret;

	igt_require_f(mem >= 0, "/proc/self/mem is needed\n");
	rocket_bo_create_mapped(fd, SZ_64K, &bo);
	*(uint32_t *)bo.map = value;
	ret = pread(mem, &read_back, sizeof(read_back), (off_t)(uintptr_t)bo.map);
	igt_assert(ret == sizeof(read_back) ? read_back == value
					    : ret == -1 && (errno == EIO || errno == EFAULT));
	ret = pwrite(mem, &read_back, sizeof(read_back), (off_t)(uintptr_t)bo.map + 4);
	igt_assert(ret == sizeof(read_back) || (ret == -1 && (errno == EIO || errno == EFAULT)));
	close(mem);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: gup
 * Description: Zero-copy input and output into a mapping works or fails, but leaves the kernel's
 *   page counts alone
 * Functionality: create.offset
 */
static void test_gup(int fd)
{
	char name[] = "/tmp/rocket_mmap.XXXXXX";
	struct rocket_bo bo;
	struct iovec iov;
	int pipes[2], file;
	ssize_t ret;

	rocket_bo_create_mapped(fd, SZ_64K, &bo);
	memset(bo.map, 5, SZ_64K);
	iov = (struct iovec){ bo.map, SZ_4K };

	igt_assert_eq(pipe2(pipes, O_CLOEXEC | O_NONBLOCK), 0);
	ret = vmsplice(pipes[1], &iov, 1, SPLICE_F_GIFT);
	igt_assert_f(ret == SZ_4K || (ret == -1 && (errno == EFAULT || errno == EOPNOTSUPP)),
		     "vmsplice: %s\n", strerror(errno));
	close(pipes[0]);
	close(pipes[1]);

	file = mkostemp(name, O_CLOEXEC);
	igt_assert_fd(file);
	igt_assert_eq(unlink(name), 0);
	igt_assert_eq(write(file, bo.map, SZ_4K), SZ_4K);
	if (!fcntl(file, F_SETFL, O_DIRECT)) {
		ret = pread(file, bo.map, SZ_4K, 0);
		igt_assert(ret == SZ_4K || (ret == -1 && (errno == EFAULT || errno == EINVAL)));
		ret = pwrite(file, bo.map, SZ_4K, 0);
		igt_assert(ret == SZ_4K || (ret == -1 && (errno == EFAULT || errno == EINVAL)));
	}
	close(file);
	igt_assert(rocket_is_filled(&bo, 5));
	rocket_bo_destroy(&bo);
}

static struct {
	pthread_mutex_t lock;
	struct rocket_bo bo;
	volatile bool stop;
	int fd;
} race = { .lock = PTHREAD_MUTEX_INITIALIZER };

/*
 * Touches the pages of whatever is mapped now; the mapping is its own, so that it never faults for
 * good.
 */
static void *toucher(void *arg)
{
	unsigned int *count = arg;

	while (!race.stop) {
		volatile char *map;
		uint64_t offset;

		pthread_mutex_lock(&race.lock);
		offset = race.bo.offset;
		pthread_mutex_unlock(&race.lock);
		map = try_mmap(race.fd, SZ_256K, PROT_READ | PROT_WRITE, MAP_SHARED, offset);
		if (map == MAP_FAILED) {
			igt_assert(errno == EINVAL || errno == EACCES);
			continue;
		}
		for (unsigned int at = 0; at < SZ_256K; at += SZ_4K)
			map[at]++;
		munmap((void *)map, SZ_256K);
		++*count;
	}
	return NULL;
}

/**
 * SUBTEST: fault-race
 * Description: Threads touch pages while another one closes the handle
 * Functionality: create.offset, create.close
 */
static void test_fault_race(int fd)
{
	static unsigned int counts[RACE_THREADS];
	pthread_t threads[RACE_THREADS];
	unsigned int closed = 0, touched = 0;

	race.fd = fd;
	race.stop = false;
	memset(counts, 0, sizeof(counts));
	rocket_bo_create(fd, SZ_256K, &race.bo);
	for (unsigned int i = 0; i < RACE_THREADS; i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, toucher, &counts[i]), 0);
	igt_until_timeout(RACE_SECONDS) {
		struct rocket_bo next;

		rocket_bo_create(fd, SZ_256K, &next);
		gem_close(fd, race.bo.handle);
		pthread_mutex_lock(&race.lock);
		race.bo = next;
		pthread_mutex_unlock(&race.lock);
		closed++;
	}
	race.stop = true;
	for (unsigned int i = 0; i < RACE_THREADS; i++) {
		pthread_join(threads[i], NULL);
		touched += counts[i];
	}
	gem_close(fd, race.bo.handle);
	igt_info("%u buffers closed, %u mappings touched\n", closed, touched);
	igt_assert_lt(0, touched);
}

int igt_main()
{
	static struct rocket_health health;
	static int fd = -1;

	igt_fixture() {
		fd = rocket_open();
		rocket_health_begin(&health);
	}

	igt_describe("The offset maps the buffer");
	igt_subtest("basic")
		test_basic(fd);

	igt_describe("Mappings share memory");
	igt_subtest("write-read")
		test_write_read(fd);

	igt_describe("Only the beginning of a buffer that exists");
	igt_subtest("bad-offset")
		test_bad_offset(fd);

	igt_describe("Not beyond the end");
	igt_subtest("too-long")
		test_too_long(fd);

	igt_describe("No private copies");
	igt_subtest("private-write")
		test_private_write(fd);

	igt_describe("No private mapping either");
	igt_subtest("private-read")
		test_private_read(fd);

	igt_describe("Only with a handle");
	igt_subtest("other-file")
		test_other_file(fd);

	igt_describe("The mapping outlives the handle");
	igt_subtest("after-gem-close")
		test_after_gem_close(fd);

	igt_describe("The mapping outlives the descriptor");
	igt_subtest("after-fd-close")
		test_after_fd_close();

	igt_describe("Children inherit mappings");
	igt_subtest("fork-inherit")
		test_fork_inherit(fd);

	igt_describe("Changes of a mapping stay within the buffer");
	igt_subtest("mprotect-mremap")
		test_mprotect_mremap(fd);

	igt_describe("Debuggers");
	igt_subtest("ptrace-access")
		test_ptrace_access(fd);

	igt_describe("Pages of a mapping as targets of other devices");
	igt_subtest("gup")
		test_gup(fd);

	igt_describe("Closing and touching at the same time");
	igt_subtest("fault-race")
		test_fault_race(fd);

	igt_fixture() {
		close(fd);
		rocket_health_end(&health);
	}
}
