// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of address spaces
 *
 * Which addresses objects get, when they come back, and that each page that was
 * mapped is unmapped: every test ends with none left (rocket_mock.c).
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sizes.h>

#include <drm/drm_gem.h>
#include <drm/drm_mm.h>

#include "rocket_mock.h"
#include "rocket_queue.h"
#include "rocket_vm.h"

#define SPAN	(8 * PAGE_SIZE)

static void rocket_vm_never_hands_out_address_zero(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo bo;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, 1, &bo), 0);
	KUNIT_EXPECT_EQ(test, bo.dma_address, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), 1);
}

static void rocket_vm_objects_do_not_overlap(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	static const u32 sizes[] = { 1, PAGE_SIZE, PAGE_SIZE + 1, SPAN, 3 * PAGE_SIZE - 1 };
	u64 end = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct drm_rocket_create_bo bo;

		KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, sizes[i], &bo), 0);
		KUNIT_EXPECT_GE(test, bo.dma_address, end);
		KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(bo.dma_address));
		end = bo.dma_address + PAGE_ALIGN(sizes[i]);
		KUNIT_EXPECT_LE(test, end, SZ_4G);
	}
}

static void rocket_vm_rejects_size_zero(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo bo;

	KUNIT_EXPECT_EQ(test, rocket_mock_create_bo(mock, 0, &bo), -EINVAL);
}

static void rocket_vm_rejects_what_fits_no_hole(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo bo;

	/* With the first page, that is all there is. */
	KUNIT_EXPECT_EQ(test, rocket_mock_create_bo(mock, U32_MAX, &bo), -ENOSPC);
	KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), 0);
}

static void rocket_vm_says_when_it_is_full(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_file *file = mock->file->driver_priv;
	/* Somebody has all addresses but those of two objects. */
	struct drm_mm_node rest = {
		.start = PAGE_SIZE + 2 * SPAN,
		.size = SZ_4G - PAGE_SIZE - 2 * SPAN,
	};
	struct drm_rocket_create_bo bos[2], more;
	int ret;

	scoped_guard(mutex, &file->vm->lock)
		ret = drm_mm_reserve_node(&file->vm->mm, &rest);
	KUNIT_ASSERT_EQ(test, ret, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++)
		KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SPAN, &bos[i]), 0);
	KUNIT_EXPECT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &more), -ENOSPC);
	KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), 2 * SPAN / PAGE_SIZE);
	rocket_mock_close_bo(mock, &bos[0]);
	KUNIT_EXPECT_EQ(test, rocket_mock_create_bo(mock, SPAN, &more), 0);
	KUNIT_EXPECT_EQ(test, more.dma_address, bos[0].dma_address);
	scoped_guard(mutex, &file->vm->lock)
		drm_mm_remove_node(&rest);
}

static void rocket_vm_lists_no_more_than_there_is_room_for(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_file *file = mock->file->driver_priv;
	struct rocket_vm_range ranges[3] = {};
	struct drm_rocket_create_bo bos[3];

	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++)
		KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SPAN, &bos[i]), 0);
	KUNIT_EXPECT_EQ(test, rocket_vm_list(file->vm, ranges, 2), 2);
	for (unsigned int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, ranges[i].iova, bos[i].dma_address);
		KUNIT_EXPECT_EQ(test, ranges[i].size, SPAN);
	}
	KUNIT_EXPECT_EQ(test, ranges[2].iova, 0);
}

static void rocket_vm_reuses_addresses(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo a, b;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SPAN, &a), 0);
	rocket_mock_close_bo(mock, &a);
	KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SPAN, &b), 0);
	KUNIT_EXPECT_EQ(test, b.dma_address, a.dma_address);
}

static void rocket_vm_unwinds_a_failed_mapping(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo bo;

	for (unsigned int after = 1; after <= 8; after++) {
		rocket_mock_fail_map(after);
		KUNIT_EXPECT_EQ(test, rocket_mock_create_bo(mock, SPAN, &bo), -ENOMEM);
		KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), 0);
	}
	rocket_mock_fail_map(0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SPAN, &bo), 0);
	KUNIT_EXPECT_EQ(test, bo.dma_address, PAGE_SIZE);
}

static void rocket_vm_handles_share_a_mapping(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_file *file = mock->file->driver_priv;
	struct drm_rocket_create_bo bo, again;
	struct drm_gem_object *obj;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SPAN, &bo), 0);
	again = bo;
	obj = drm_gem_object_lookup(mock->file, bo.handle);
	KUNIT_ASSERT_NOT_NULL(test, obj);
	KUNIT_ASSERT_EQ(test, drm_gem_handle_create(mock->file, obj, &again.handle), 0);
	drm_gem_object_put(obj);
	KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), SPAN / PAGE_SIZE);

	rocket_mock_close_bo(mock, &bo);
	KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), SPAN / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, list_empty(&file->vm->mm.head_node.node_list), 0);
	rocket_mock_close_bo(mock, &again);
	KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), 0);
}

static void rocket_vm_keeps_addresses_for_jobs(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo commands, out, next;
	struct dma_fence *fence;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SPAN, &commands), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &out), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, commands.dma_address, 1, NULL, &out), 0);
	fence = rocket_mock_fence(mock, &out);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(&mock->cores[0]));

	/* No list names the command buffer, and still it stays. */
	rocket_mock_close_bo(mock, &commands);
	KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), SPAN / PAGE_SIZE + 1);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SPAN, &next), 0);
	KUNIT_EXPECT_NE(test, next.dma_address, commands.dma_address);
	rocket_mock_close_bo(mock, &next);

	rocket_mock_end(&mock->cores[0], ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(fence), 1);
	/* The scheduler frees jobs in its own time. */
	for (int i = 0; i < 1000 && rocket_mock_mapped() != 1; i++)
		fsleep(1000);
	KUNIT_EXPECT_EQ(test, rocket_mock_mapped(), 1);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SPAN, &next), 0);
	KUNIT_EXPECT_EQ(test, next.dma_address, commands.dma_address);
}

static void rocket_vm_stays_attached_between_jobs(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo out;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &out), 0);
	for (int i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, PAGE_SIZE, 1, NULL, &out), 0);
		KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(&mock->cores[0]));
		rocket_mock_end(&mock->cores[0], ROCKET_HW_DONE);
		KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &out)), 1);
	}
	KUNIT_EXPECT_EQ(test, mock->cores[0].core.stats.attaches, 1);
}

static struct kunit_case vm_cases[] = {
	KUNIT_CASE(rocket_vm_never_hands_out_address_zero),
	KUNIT_CASE(rocket_vm_objects_do_not_overlap),
	KUNIT_CASE(rocket_vm_rejects_size_zero),
	KUNIT_CASE(rocket_vm_rejects_what_fits_no_hole),
	KUNIT_CASE(rocket_vm_says_when_it_is_full),
	KUNIT_CASE(rocket_vm_lists_no_more_than_there_is_room_for),
	KUNIT_CASE(rocket_vm_reuses_addresses),
	KUNIT_CASE(rocket_vm_unwinds_a_failed_mapping),
	KUNIT_CASE(rocket_vm_handles_share_a_mapping),
	KUNIT_CASE(rocket_vm_keeps_addresses_for_jobs),
	KUNIT_CASE(rocket_vm_stays_attached_between_jobs),
	{}
};

static struct kunit_suite vm_suite = {
	.name = "rocket_vm",
	.suite_init = rocket_mock_suite_init,
	.suite_exit = rocket_mock_suite_exit,
	.test_cases = vm_cases,
};

kunit_test_suite(vm_suite);
