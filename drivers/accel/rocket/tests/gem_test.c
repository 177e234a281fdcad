// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of buffer objects
 *
 * How long PREP waits and for whom, and what a creation that fails says. Device
 * addresses are the business of vm_test.c.
 */

#include <kunit/test.h>
#include <linux/container_of.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>

#include "rocket_drv.h"
#include "rocket_gem.h"
#include "rocket_hw.h"
#include "rocket_mock.h"

#define REGCMD		0x10000

static int gem_prep(struct rocket_mock *mock, struct drm_rocket_create_bo *bo, s64 timeout_ns)
{
	struct drm_rocket_prep_bo prep = { .handle = bo->handle, .timeout_ns = timeout_ns };

	return rocket_gem_prep_ioctl(&mock->rdev->drm, &prep, mock->file);
}

static void rocket_gem_prep_waits_for_readers(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo in, out;
	s64 until;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &in), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &out), 0);
	KUNIT_EXPECT_EQ(test, gem_prep(mock, &in, 0), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, &in, &out), 0);
	KUNIT_EXPECT_EQ(test, gem_prep(mock, &in, 0), -EBUSY);
	until = ktime_get_ns() + 20 * NSEC_PER_MSEC;
	KUNIT_EXPECT_EQ(test, gem_prep(mock, &in, until), -ETIMEDOUT);
	KUNIT_EXPECT_GE(test, (s64)ktime_get_ns(), until);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(&mock->cores[0]));
	rocket_mock_end(&mock->cores[0], ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, gem_prep(mock, &in, S64_MAX), 0);
}

/* A fence whose first wait ends before its time, as it does when ticks come late. */
struct gem_fence {
	struct dma_fence base;
	unsigned int waits;
};

static const char *gem_fence_name(struct dma_fence *fence)
{
	return "rocket-test";
}

static signed long gem_fence_wait(struct dma_fence *base, bool intr, signed long timeout)
{
	struct gem_fence *fence = container_of(base, struct gem_fence, base);

	if (!fence->waits++)
		return 0;
	dma_fence_signal(base);
	return timeout;
}

static const struct dma_fence_ops gem_fence_ops = {
	.get_driver_name = gem_fence_name,
	.get_timeline_name = gem_fence_name,
	.wait = gem_fence_wait,
};

static void rocket_gem_prep_waits_until_its_time_is_over(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_rocket_create_bo bo;
	struct drm_gem_object *obj;
	struct gem_fence *fence;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	obj = drm_gem_object_lookup(mock->file, bo.handle);
	fence = kzalloc_obj(*fence);
	KUNIT_ASSERT_NOT_NULL(test, obj);
	KUNIT_ASSERT_NOT_NULL(test, fence);
	dma_fence_init(&fence->base, &gem_fence_ops, NULL, dma_fence_context_alloc(1), 1);
	dma_resv_lock(obj->resv, NULL);
	KUNIT_EXPECT_EQ(test, dma_resv_reserve_fences(obj->resv, 1), 0);
	dma_resv_add_fence(obj->resv, &fence->base, DMA_RESV_USAGE_WRITE);
	dma_resv_unlock(obj->resv);
	drm_gem_object_put(obj);

	KUNIT_EXPECT_EQ(test, gem_prep(mock, &bo, ktime_get_ns() + 100 * NSEC_PER_SEC), 0);
	KUNIT_EXPECT_EQ(test, fence->waits, 2);
	dma_fence_signal(&fence->base);
	dma_fence_put(&fence->base);
}

static struct drm_gem_object *gem_create_nothing(struct drm_device *drm, size_t size)
{
	return ERR_PTR(-ENOSPC);
}

/* -ENOSPC is about addresses and nothing else; shmem knows it as well. */
static void rocket_gem_lack_of_memory_is_no_lack_of_addresses(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct drm_driver driver = rocket_drm_driver;
	struct drm_rocket_create_bo bo;

	driver.gem_create_object = gem_create_nothing;
	mock->rdev->drm.driver = &driver;
	KUNIT_EXPECT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), -ENOMEM);
	mock->rdev->drm.driver = &rocket_drm_driver;
}

static struct kunit_case gem_cases[] = {
	KUNIT_CASE(rocket_gem_prep_waits_for_readers),
	KUNIT_CASE(rocket_gem_prep_waits_until_its_time_is_over),
	KUNIT_CASE(rocket_gem_lack_of_memory_is_no_lack_of_addresses),
	{}
};

static struct kunit_suite gem_suite = {
	.name = "rocket_gem",
	.suite_init = rocket_mock_suite_init,
	.suite_exit = rocket_mock_suite_exit,
	.test_cases = gem_cases,
};

kunit_test_suite(gem_suite);
