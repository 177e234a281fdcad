// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket create bo
 * Description: Sizes, addresses, contents and life of buffer objects
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Memory
 * Test category: uapi
 */
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "igt.h"
#include "igt_rocket.h"
#include "rocket_jobs.h"
#include "rocket_system.h"

IGT_TEST_DESCRIPTION(
	"Creation of buffer objects: sizes, device addresses, zeroed memory, handles, errors");

#define POISON		0xa5a5a5a5a5a5a5a5ull
#define MANY		4000
#define MANY_PAGES_MAX	16
#define FEW		8
#define GUARD_PAGES	"/sys/module/rocket/parameters/guard_pages"
#define CHURN		8000
#define CHURN_SLACK	(CHURN * 128)	/* bytes of kernel memory: less than any object */

/*
 * One byte at the beginning, in the middle and at the end of each page can be used, and is zero
 * first
 */
static void check_usable(const struct rocket_bo *bo)
{
	size_t page = rocket_page_size(), size = ALIGN(bo->size, page);
	volatile uint8_t *byte = bo->map;

	for (size_t at = 0; at < size; at += page) {
		igt_assert_f(!byte[at] && !byte[at + page - 1], "page %zu is not zero\n",
			     at / page);
		byte[at] = 1;
		byte[at + page - 1] = 2;
	}
	igt_assert(byte[size - 1] == 2);
}

/**
 * SUBTEST: basic
 * Description: A buffer has a handle, an address that fits the NPU's registers, and a place to map
 *   it
 * Functionality: create.handle, create.address, create.offset
 */
static void test_basic(int fd)
{
	struct drm_rocket_create_bo args = { .size = SZ_64K };
	size_t page = rocket_page_size();

	do_ioctl(fd, DRM_IOCTL_ROCKET_CREATE_BO, &args);
	igt_assert_neq_u32(args.handle, 0);
	igt_assert(IS_ALIGNED(args.offset, page));
	igt_assert_neq_u64(args.offset, 0);
	igt_assert(IS_ALIGNED(args.dma_address, page));
	igt_assert_lte_u64(args.dma_address + SZ_64K, SZ_4G);
	igt_assert_eq_u32(args.size, SZ_64K);
	gem_close(fd, args.handle);
}

/**
 * SUBTEST: size-zero
 * Description: A buffer without bytes is a mistake of the caller
 * Functionality: create.einval
 */
static void test_size_zero(int fd)
{
	struct drm_rocket_create_bo args = { 0 };

	igt_assert_eq(__rocket_create_bo(fd, 0, &args), -EINVAL);
	igt_assert_eq_u32(args.handle, 0);
}

/**
 * SUBTEST: size-one
 * Description: One byte is rounded up to a page that can be used to its end
 * Functionality: create.size-rounded
 *
 * SUBTEST: size-page-minus-one
 * Description: One byte less than a page is a whole page
 * Functionality: create.size-rounded
 *
 * SUBTEST: size-page-plus-one
 * Description: One byte more than a page is two whole pages
 * Functionality: create.size-rounded
 *
 * SUBTEST: size-unaligned
 * Description: The size of a picture is no multiple of anything
 * Functionality: create.size-rounded
 */
static void test_size(int fd, size_t size)
{
	size_t rounded = ALIGN(size, rocket_page_size());
	struct rocket_bo bo;

	rocket_bo_create(fd, size, &bo);
	bo.size = rounded;
	rocket_bo_mmap(&bo);
	check_usable(&bo);
	igt_assert(mmap(NULL, rounded + rocket_page_size(), PROT_READ, MAP_SHARED, fd, bo.offset) ==
		   MAP_FAILED);
	igt_assert_eq(errno, EINVAL);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: sizes
 * Description: Buffers from a page to a quarter of a gigabyte, whole powers of two and odd sizes,
 *   are mapped for both sides
 * Functionality: create.mapped, create.zeroed
 */
static void test_one_of_sizes(int fd, size_t size)
{
	size_t tail = ALIGN_DOWN(size, ROCKET_UNIT) - ROCKET_UNIT;
	struct rocket_kit kit;
	struct rocket_bo bo;

	rocket_kit_init(&kit, fd);
	rocket_bo_create_mapped(fd, size, &bo);
	check_usable(&bo);
	rocket_fini(&bo);
	rocket_queue_task(&kit, rocket_task_fill(&kit, bo.iova, ROCKET_UNIT, 5), NULL, &bo);
	rocket_queue_task(&kit, rocket_task_fill(&kit, bo.iova + tail, ROCKET_UNIT, 6), NULL, &bo);
	rocket_prep(&bo);
	igt_assert_eq(((int8_t *)bo.map)[0], 5);
	igt_assert_eq(((int8_t *)bo.map)[tail + ROCKET_UNIT - 1], 6);
	rocket_bo_destroy(&bo);
	rocket_kit_fini(&kit);
}

/**
 * SUBTEST: size-2g-minus-page
 * Description: The largest size below the sign bit works as a whole or not at all
 * Functionality: create.enomem, create.enospc
 *
 * SUBTEST: size-2g
 * Description: A size with the sign bit set works as a whole or not at all
 * Functionality: create.enomem, create.enospc
 *
 * SUBTEST: size-max
 * Description: The largest size there is fails cleanly: rounded up it is more than can be addressed
 * Functionality: create.enomem, create.enospc
 */
static void test_huge(uint32_t size)
{
	struct drm_rocket_create_bo args = { 0 };
	uint64_t before = rocket_shmem_bytes(), address;
	int fd = rocket_open();
	struct rocket_bo bo;
	int ret;

	rocket_bo_create(fd, SZ_4K, &bo);
	address = bo.iova;
	rocket_bo_destroy(&bo);

	ret = __rocket_create_bo(fd, size, &args);
	igt_assert_f(!ret || ret == -ENOMEM || ret == -ENOSPC, "%u bytes: %s\n", size,
		     strerror(-ret));
	igt_info("%u bytes: %s\n", size, ret ? strerror(-ret) : "created");
	/* The page at 0 is nobody's. */
	igt_assert(ret || ALIGN((uint64_t)size, rocket_page_size()) < SZ_4G);
	if (!ret) {
		bo = (struct rocket_bo){ .fd = fd,
					 .handle = args.handle,
					 .size = size,
					 .iova = args.dma_address,
					 .offset = args.offset };
		igt_assert_lte_u64(args.dma_address + size, SZ_4G);
		rocket_bo_mmap(&bo);
		((volatile uint8_t *)bo.map)[size - 1] = 1;
		rocket_bo_destroy(&bo);
	}
	igt_assert(igt_wait(rocket_shmem_bytes() < before + SZ_1M, ROCKET_PATIENCE_MS, 50));

	/* The addresses can be had again, and what is there is new. */
	rocket_bo_create_mapped(fd, SZ_64M, &bo);
	igt_assert(rocket_is_zero(bo.map, SZ_4K));
	rocket_bo_destroy(&bo);
	rocket_bo_create(fd, SZ_4K, &bo);
	igt_assert_eq_u64(bo.iova, address);
	rocket_bo_destroy(&bo);
	rocket_check_fill(fd, 17);
	close(fd);
}

/**
 * SUBTEST: iova-never-zero
 * Description: A register that a stream leaves at zero must not reach a buffer, not even the first
 *   of a file
 * Functionality: vm.never-zero
 */
static void test_iova_never_zero(int fd)
{
	for (int i = 0; i < 8; i++) {
		struct drm_rocket_create_bo args = { 0 };

		fd = rocket_open();
		for (int j = 0; j < 4; j++) {
			igt_assert_eq(__rocket_create_bo(fd, SZ_4K << i, &args), 0);
			igt_assert_lte_u64(rocket_page_size(), args.dma_address);
		}
		close(fd);
	}
}

struct range {
	uint32_t handle;
	uint64_t start, end;
};

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void create_ranges(int fd, struct range *ranges, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		size_t size = (1 + rand() % MANY_PAGES_MAX) * rocket_page_size();
		struct drm_rocket_create_bo args = { 0 };

		igt_assert_eq(__rocket_create_bo(fd, size, &args), 0);
		ranges[i] =
			(struct range){ args.handle, args.dma_address, args.dma_address + size };
	}
}

static void check_disjoint(const struct range *ranges)
{
	static struct range sorted[MANY];

	memcpy(sorted, ranges, sizeof(sorted));
	qsort(sorted, MANY, sizeof(*sorted), compare_ranges);
	for (unsigned int i = 1; i < MANY; i++)
		igt_assert_lte_u64(sorted[i - 1].end, sorted[i].start);
}

/**
 * SUBTEST: iova-no-overlap
 * Description: Thousands of buffers of different sizes never share an address, also after holes
 *   were filled again
 * Functionality: create.mapped
 */
static void test_iova_no_overlap(int fd)
{
	static struct range ranges[MANY];

	/* In an address space of its own */
	fd = rocket_open();
	create_ranges(fd, ranges, MANY);
	check_disjoint(ranges);
	for (unsigned int i = 0; i < MANY; i++) {
		unsigned int j = rand() % MANY;
		struct range swap = ranges[i];

		ranges[i] = ranges[j];
		ranges[j] = swap;
	}
	for (unsigned int i = 0; i < MANY / 2; i++)
		gem_close(fd, ranges[i].handle);
	create_ranges(fd, ranges, MANY / 2);
	check_disjoint(ranges);
	close(fd);
}

/* A line of /proc/meminfo in bytes */
static uint64_t meminfo(const char *name)
{
	FILE *f = fopen("/proc/meminfo", "r");
	size_t length = strlen(name);
	uint64_t kib = 0;
	char line[128];

	igt_assert(f);
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, name, length) && line[length] == ':')
			kib = strtoull(line + length + 1, NULL, 10);
	}
	fclose(f);
	igt_assert_f(kib, "/proc/meminfo does not tell %s\n", name);
	return kib << 10;
}

/**
 * SUBTEST: iova-exhaustion
 * Description: A client that asks for all there is gets an error it can handle, and can go on when
 *   it has freed something
 * Functionality: create.enomem
 */
static void test_iova_exhaustion(int fd)
{
	static uint32_t handles[(1ull << 32) / SZ_16M];
	struct drm_rocket_create_bo args = { 0 };
	unsigned int count = 0, most = ARRAY_SIZE(handles);
	const size_t size = SZ_16M;
	int ret = 0;

	fd = rocket_open();
	/*
	 * With less memory than addresses the kernel would kill somebody. Then it is the request
	 * that can never be met that has to fail.
	 */
	if (meminfo("MemAvailable") / 2 < 1ull << 32)
		most = FEW;
	while (count < most) {
		ret = __rocket_create_bo(fd, size, &args);
		if (ret)
			break;
		handles[count++] = args.handle;
	}
	if (!ret)
		ret = __rocket_create_bo(fd, UINT32_MAX, &args);
	igt_info("%u buffers of %zu bytes, then %s\n", count, size, strerror(-ret));
	igt_assert(ret == -ENOSPC || ret == -ENOMEM);
	igt_assert(count);
	gem_close(fd, handles[--count]);
	igt_assert_eq(__rocket_create_bo(fd, size, &args), 0);
	gem_close(fd, args.handle);
	while (count)
		gem_close(fd, handles[--count]);
	close(fd);
}

static void set_guard_pages(uint64_t count)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, count);
	igt_assert_eq(rocket_file_set(GUARD_PAGES, text), 0);
}

/**
 * SUBTEST: iova-full
 * Description: When no hole is left that is large enough, creation fails with ENOSPC whatever memory
 *   there is; the hole of a closed buffer, and smaller holes, can be used
 * Functionality: create.enospc, create.close
 */
static void test_iova_full(int fd)
{
	enum { FIRST, SECOND, FULL, AGAIN, SMALL, STEPS };
	static const int wanted[STEPS] = { 0, 0, -ENOSPC, 0, 0 };
	struct drm_rocket_create_bo args[STEPS] = { 0 };
	size_t page = rocket_page_size();
	int ret[STEPS];

	/* With their guards two buffers take all but the last pages of an address space. */
	igt_require_f(!access(GUARD_PAGES, W_OK), "root and " GUARD_PAGES " are needed\n");
	fd = rocket_open();
	set_guard_pages(SZ_2G / page - 3);
	for (int i = FIRST; i <= FULL; i++)
		ret[i] = __rocket_create_bo(fd, page, &args[i]);
	if (!ret[FIRST])
		gem_close(fd, args[FIRST].handle);
	ret[AGAIN] = __rocket_create_bo(fd, page, &args[AGAIN]);
	set_guard_pages(0);
	ret[SMALL] = __rocket_create_bo(fd, page, &args[SMALL]);
	for (int i = 0; i < STEPS; i++)
		igt_assert_f(ret[i] == wanted[i], "step %d: %s\n", i, strerror(-ret[i]));
	igt_assert_eq_u32(args[FULL].handle, 0);
	igt_assert_eq_u64(args[AGAIN].dma_address, args[FIRST].dma_address);
	rocket_check_fill(fd, 21);
	close(fd);
}

/**
 * SUBTEST: iova-reuse-after-close
 * Description: A client that makes and closes a buffer for each inference does not run out of
 *   anything
 * Functionality: create.close
 */
static void test_iova_reuse_after_close(int fd)
{
	struct drm_rocket_create_bo first = { 0 }, args = { 0 };
	uint64_t slab;

	igt_assert_eq(__rocket_create_bo(fd, SZ_4K, &first), 0);
	gem_close(fd, first.handle);
	slab = meminfo("SUnreclaim");
	for (unsigned int i = 0; i < CHURN; i++) {
		args.size = SZ_4K;
		if (igt_ioctl(fd, DRM_IOCTL_ROCKET_CREATE_BO, &args))
			igt_assert_f(false, "round %u: %s\n", i, strerror(errno));
		gem_close(fd, args.handle);
	}
	igt_assert_eq(__rocket_create_bo(fd, SZ_4K, &args), 0);
	igt_assert_eq_u64(args.dma_address, first.dma_address);
	gem_close(fd, args.handle);
	/* A kernel that looks for leaks itself keeps what was freed for a while. */
	if (access("/sys/kernel/debug/kmemleak", F_OK))
		igt_assert(igt_wait(meminfo("SUnreclaim") < slab + CHURN_SLACK, ROCKET_PATIENCE_MS,
				    50));
}

/**
 * SUBTEST: zeroed
 * Description: Memory that another client has used comes without its contents
 * Functionality: create.zeroed
 */
static void test_zeroed(int fd)
{
	for (int round = 0; round < 8; round++) {
		struct rocket_bo bo;

		rocket_bo_create_mapped(fd, SZ_16M, &bo);
		igt_assert(rocket_is_zero(bo.map, SZ_16M));
		memset(bo.map, 0x5a, SZ_16M);
		rocket_fini(&bo);
		rocket_bo_destroy(&bo);
	}
}

/* All requests that name a handle refuse it */
static void check_no_handle(int fd, uint32_t handle)
{
	struct drm_prime_handle export = { .handle = handle, .fd = -1 };
	struct drm_rocket_task task = { .regcmd = SZ_64K, .regcmd_count = 2 };
	struct drm_rocket_job job;

	igt_assert_eq(__rocket_prep(fd, handle, 0), -ENOENT);
	igt_assert_eq(__rocket_fini(fd, handle), -ENOENT);
	rocket_job_init(&job, &task, 1, &handle, 1, NULL, 0);
	igt_assert_eq(__rocket_submit(fd, &job, 1), -ENOENT);
	rocket_job_init(&job, &task, 1, NULL, 0, &handle, 1);
	igt_assert_eq(__rocket_submit(fd, &job, 1), -ENOENT);
	do_ioctl_err(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &export, ENOENT);
}

/**
 * SUBTEST: handles-unique
 * Description: Handles of one file are different, and mean nothing in another
 * Functionality: create.handle
 */
static void test_handles_unique(int fd)
{
	struct drm_rocket_create_bo args = { 0 };
	uint32_t handles[64];
	int other = rocket_open();

	for (unsigned int i = 0; i < ARRAY_SIZE(handles); i++) {
		igt_assert_eq(__rocket_create_bo(fd, SZ_4K, &args), 0);
		handles[i] = args.handle;
		for (unsigned int j = 0; j < i; j++)
			igt_assert_neq_u32(handles[i], handles[j]);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(handles); i++) {
		check_no_handle(other, handles[i]);
		gem_close(fd, handles[i]);
	}
	close(other);
}

/**
 * SUBTEST: handle-reuse
 * Description: A closed handle means nothing until a new buffer gets its number
 * Functionality: create.handle, create.close
 */
static void test_handle_reuse(int fd)
{
	struct drm_rocket_create_bo first = { 0 }, second = { 0 };

	igt_assert_eq(__rocket_create_bo(fd, SZ_4K, &first), 0);
	gem_close(fd, first.handle);
	check_no_handle(fd, first.handle);
	igt_assert_eq(__rocket_create_bo(fd, SZ_4K, &second), 0);
	igt_assert_eq(__rocket_prep(fd, second.handle, 0), 0);
	gem_close(fd, second.handle);
	check_no_handle(fd, second.handle);
}

/**
 * SUBTEST: close-bad-handle
 * Description: Closing what is not open is an error and closes nothing
 * Functionality: create.close
 */
static void test_close_bad_handle(int fd)
{
	static const uint32_t handles[] = { 0, 0x7fffffff, 0xffffffff };

	for (unsigned int i = 0; i < ARRAY_SIZE(handles); i++) {
		struct drm_gem_close args = { .handle = handles[i] };

		do_ioctl_err(fd, DRM_IOCTL_GEM_CLOSE, &args, EINVAL);
	}
}

/**
 * SUBTEST: close-twice
 * Description: Closing twice is an error the second time
 * Functionality: create.close
 */
static void test_close_twice(int fd)
{
	struct drm_rocket_create_bo args = { 0 };
	struct drm_gem_close twice = { 0 };

	igt_assert_eq(__rocket_create_bo(fd, SZ_4K, &args), 0);
	gem_close(fd, args.handle);
	twice.handle = args.handle;
	do_ioctl_err(fd, DRM_IOCTL_GEM_CLOSE, &twice, EINVAL);
}

#define GROUP_LIMIT	"33554432"

/**
 * SUBTEST: oom
 * Description: When memory is out for a group of processes there is an error, and nothing is left
 *   behind
 * Functionality: create.enomem
 */
static void test_oom(int fd)
{
	uint64_t before = rocket_shmem_bytes();

	igt_require_f(rocket_group_begin(GROUP_LIMIT),
		      "the kernel has no memory groups (CONFIG_MEMCG), or the caller may not make "
		      "one\n");
	igt_fork(child, 1) {
		struct drm_rocket_create_bo args = { 0 };

		igt_assert(rocket_group_join());
		igt_assert_eq(__rocket_create_bo(fd, SZ_64M, &args), -ENOMEM);
		igt_assert_eq(__rocket_create_bo(fd, SZ_1M, &args), 0);
		gem_close(fd, args.handle);
	}
	igt_waitchildren();
	rocket_group_end();
	igt_assert(igt_wait(rocket_shmem_bytes() < before + SZ_64K, ROCKET_PATIENCE_MS, 20));
	rocket_check_fill(fd, 9);
}

/**
 * SUBTEST: outputs-untouched-on-error
 * Description: A failing call tells nothing that the kernel had in its memory
 * Functionality: create.einval
 */
static void test_outputs_untouched_on_error(int fd)
{
	static const uint32_t sizes[] = { 0, UINT32_MAX };

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct drm_rocket_create_bo args = {
			.handle = (uint32_t)POISON, .dma_address = POISON, .offset = POISON
		};

		igt_assert_neq(__rocket_create_bo(fd, sizes[i], &args), 0);
		igt_assert(!args.handle || args.handle == (uint32_t)POISON);
		igt_assert(!args.dma_address || args.dma_address == POISON);
		igt_assert(!args.offset || args.offset == POISON);
	}
}

static const struct {
	const char *name;
	const char *why;
	int pages;
	int bytes;
} small_sizes[] = {
	{ "size-one", "One byte is a page", 0, 1 },
	{ "size-page-minus-one", "A byte less than a page is a page", 1, -1 },
	{ "size-page-plus-one", "A byte more than a page is two", 1, 1 },
	{ "size-unaligned", "The size of a picture", 36, 3 * 224 },
};

static const struct {
	const char *name;
	const char *why;
	uint32_t size;
} huge_sizes[] = {
	{ "size-2g-minus-page", "The largest positive size", SZ_2G - SZ_4K },
	{ "size-2g", "The sign bit is part of the size", SZ_2G },
	{ "size-max", "More than can be addressed", UINT32_MAX },
};

static const size_t dynamic_sizes[] = {
	SZ_4K, SZ_8K, SZ_16K, SZ_32K, SZ_64K, SZ_128K, SZ_256K, SZ_512K, SZ_1M,
	SZ_2M, SZ_4M, SZ_8M, SZ_16M, SZ_32M, SZ_64M, SZ_128M, SZ_256M, 12345,
	65537, 150528, 1204224, 7340033, 33554431,
};

static const struct {
	const char *name;
	const char *why;
	void (*run)(int fd);
} subtests[] = {
	{ "basic", "A buffer has a handle, an address and an offset", test_basic },
	{ "size-zero", "No bytes, no buffer", test_size_zero },
	{ "iova-never-zero", "Address 0 always faults", test_iova_never_zero },
	{ "iova-no-overlap", "No two buffers at one address", test_iova_no_overlap },
	{ "iova-exhaustion", "All there is", test_iova_exhaustion },
	{ "iova-full", "Addresses may be scarcer than memory", test_iova_full },
	{ "iova-reuse-after-close", "A buffer for each inference", test_iova_reuse_after_close },
	{ "zeroed", "Nobody sees what others have left", test_zeroed },
	{ "handles-unique", "Handles belong to a file", test_handles_unique },
	{ "handle-reuse", "A closed handle means nothing", test_handle_reuse },
	{ "close-bad-handle", "Only what is open can be closed", test_close_bad_handle },
	{ "close-twice", "Only once", test_close_twice },
	{ "oom", "No memory left", test_oom },
	{ "outputs-untouched-on-error", "Errors give nothing away",
	  test_outputs_untouched_on_error },
};

int igt_main()
{
	static struct rocket_health health;
	static int fd = -1;

	igt_fixture() {
		fd = rocket_open();
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run(fd);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(small_sizes); i++) {
		igt_describe(small_sizes[i].why);
		igt_subtest(small_sizes[i].name)
			test_size(fd,
				  small_sizes[i].pages * rocket_page_size() + small_sizes[i].bytes);
	}

	igt_describe("All sizes that clients use");
	igt_subtest_with_dynamic("sizes") {
		for (unsigned int i = 0; i < ARRAY_SIZE(dynamic_sizes); i++)
			igt_dynamic_f("%zu", dynamic_sizes[i])
				test_one_of_sizes(fd, dynamic_sizes[i]);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(huge_sizes); i++) {
		igt_describe(huge_sizes[i].why);
		igt_subtest(huge_sizes[i].name)
			test_huge(huge_sizes[i].size);
	}

	igt_fixture() {
		close(fd);
		rocket_health_end(&health);
	}
}
