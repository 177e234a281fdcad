// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of cores that sleep and wake up
 *
 * The driver's power management operations, called in the place of the PM core,
 * on cores that exist in software only, with a supply and a clock of the same
 * kind.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/clk-provider.h>
#include <linux/clk.h>
#include <linux/container_of.h>
#include <linux/device/driver.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/pm_runtime.h>
#include <linux/regulator/consumer.h>
#include <linux/regulator/driver.h>
#include <linux/regulator/machine.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "rocket_hw.h"
#include "rocket_mock.h"
#include "rocket_queue.h"

#define REGCMD		0x10000

/* What rocket_core.c says of the chip. */
#define BUSY_HZ		600000000
#define BUSY_UV		700000

#define PARKED_HZ	200000000

/* ROCKET_CLK_NPU of rocket_core.c */
#define CLK_NPU		2

static struct device_driver *core_driver(struct kunit *test)
{
	struct device_driver *driver = driver_find("rocket", &platform_bus_type);

	KUNIT_ASSERT_NOT_NULL(test, driver);
	return driver;
}

/* The PM core puts a device to sleep. */
struct core_suspend {
	struct work_struct work;
	const struct dev_pm_ops *pm;
	struct device *dev;
	int ret;
};

static void core_suspend_work(struct work_struct *work)
{
	struct core_suspend *suspend = container_of(work, struct core_suspend, work);

	suspend->ret = suspend->pm->suspend(suspend->dev);
}

static void rocket_core_sleeps_in_spite_of_a_long_job(struct kunit *test)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_file *file = mock->file->driver_priv;
	struct rocket_mock_core *mc = &mock->cores[0];
	struct core_suspend suspend = { .pm = core_driver(test)->pm, .dev = mc->core.dev };
	struct drm_rocket_create_bo a, b;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &a), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &b), 0);
	/* The time limit spares what makes progress. */
	mc->progress = true;
	KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &a), 0);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(mc));
	KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &b), 0);

	pm_runtime_get_noresume(suspend.dev);
	INIT_WORK_ONSTACK(&suspend.work, core_suspend_work);
	queue_work(system_dfl_wq, &suspend.work);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &a)), -ECANCELED);
	/* If it did not end, suspend would wait for ever. */
	if (READ_ONCE(mc->core.job))
		rocket_mock_end(mc, ROCKET_HW_DONE);
	flush_work(&suspend.work);
	destroy_work_on_stack(&suspend.work);
	KUNIT_EXPECT_EQ(test, suspend.ret, 0);
	KUNIT_EXPECT_EQ(test, mc->core.stats.timeouts, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&file->cancelled), 1);

	/* The other one waits for the morning. */
	KUNIT_EXPECT_TRUE(test, rocket_mock_starts_nothing(mc));
	KUNIT_EXPECT_EQ(test, suspend.pm->resume(suspend.dev), 0);
	pm_runtime_put_noidle(suspend.dev);
	KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(mc));
	rocket_mock_end(mc, ROCKET_HW_DONE);
	KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &b)), 1);
}

/* What a core is fed by. */
struct core_feed {
	struct kunit *test;
	struct regulator_consumer_supply supplies[2];
	struct regulator_init_data init;
	struct regulator_dev *rdev;
	int uv;
	struct clk_hw clk;
	unsigned long hz;
};

static int core_get_voltage(struct regulator_dev *rdev)
{
	struct core_feed *feed = rdev_get_drvdata(rdev);

	return feed->uv;
}

static const struct regulator_ops core_regulator_ops = {
	.get_voltage = core_get_voltage,
};

static const struct regulator_desc core_regulator = {
	.name = "rocket-mock-supply",
	.type = REGULATOR_VOLTAGE,
	.ops = &core_regulator_ops,
	.owner = THIS_MODULE,
};

static unsigned long core_recalc_rate(struct clk_hw *hw, unsigned long parent)
{
	return container_of(hw, struct core_feed, clk)->hz;
}

static int core_determine_rate(struct clk_hw *hw, struct clk_rate_request *req)
{
	return 0;
}

static int core_set_rate(struct clk_hw *hw, unsigned long rate, unsigned long parent)
{
	container_of(hw, struct core_feed, clk)->hz = rate;
	return 0;
}

static const struct clk_ops core_clk_ops = {
	.recalc_rate = core_recalc_rate,
	.determine_rate = core_determine_rate,
	.set_rate = core_set_rate,
};

KUNIT_DEFINE_ACTION_WRAPPER(core_regulator_unregister, regulator_unregister, struct regulator_dev *)
KUNIT_DEFINE_ACTION_WRAPPER(core_regulator_put, regulator_put, struct regulator *)
KUNIT_DEFINE_ACTION_WRAPPER(core_clk_unregister, clk_hw_unregister, struct clk_hw *)
KUNIT_DEFINE_ACTION_WRAPPER(core_clk_put, clk_put, struct clk *)

static void core_feed_supplies(struct core_feed *feed, struct rocket_core *core)
{
	static const char * const names[] = { "npu", "sram" };
	struct regulator_config config = {
		.dev = core->dev,
		.init_data = &feed->init,
		.driver_data = feed,
	};
	struct kunit *test = feed->test;

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		feed->supplies[i] = (struct regulator_consumer_supply)
			REGULATOR_SUPPLY(names[i], dev_name(core->dev));
	feed->init.num_consumer_supplies = ARRAY_SIZE(names);
	feed->init.consumer_supplies = feed->supplies;
	feed->rdev = regulator_register(core->dev, &core_regulator, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, feed->rdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, core_regulator_unregister,
							feed->rdev), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		struct regulator *supply = regulator_get(core->dev, names[i]);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, supply);
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, core_regulator_put, supply),
				0);
		core->supplies[i].consumer = supply;
	}
}

/* The compute clock; a core does without the others. */
static struct clk *core_feed_clock(struct core_feed *feed)
{
	const struct clk_init_data init = { .name = "rocket-mock-clock", .ops = &core_clk_ops };
	struct kunit *test = feed->test;
	struct clk *clk;

	feed->hz = PARKED_HZ;
	feed->clk.init = &init;
	KUNIT_ASSERT_EQ(test, clk_hw_register(NULL, &feed->clk), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, core_clk_unregister, &feed->clk), 0);
	clk = clk_hw_get_clk(&feed->clk, "npu");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, clk);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, core_clk_put, clk), 0);
	return clk;
}

/* A mock core that can sleep and wake up as the driver has it; returns its compute clock. */
static struct clk *core_feed(struct rocket_mock *mock, int uv)
{
	struct rocket_core *core = &mock->cores[0].core;
	struct core_feed *feed = kunit_kzalloc(mock->test, sizeof(*feed), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(mock->test, feed);
	feed->test = mock->test;
	feed->uv = uv;
	core->soc = core_driver(mock->test)->of_match_table->data;
	core_feed_supplies(feed, core);
	core->clks[CLK_NPU].clk = core_feed_clock(feed);
	return core->clks[CLK_NPU].clk;
}

struct core_voltage {
	const char *why;
	int uv;
	unsigned long hz;
};

static const struct core_voltage core_voltages[] = {
	{ "the least", BUSY_UV, BUSY_HZ },
	{ "less", BUSY_UV - 1, PARKED_HZ },
	{ "nobody knows", -EINVAL, BUSY_HZ },
};

static void core_voltage_name(const struct core_voltage *voltage, char *desc)
{
	strscpy(desc, voltage->why, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(core_voltage, core_voltages, core_voltage_name);

static void rocket_core_is_fast_at_its_voltage_only(struct kunit *test)
{
	const struct core_voltage *voltage = test->param_value;
	const struct dev_pm_ops *pm = core_driver(test)->pm;
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct device *dev = mock->cores[0].core.dev;
	struct clk *clk = core_feed(mock, voltage->uv);

	KUNIT_ASSERT_EQ(test, pm->runtime_resume(dev), 0);
	KUNIT_EXPECT_EQ(test, clk_get_rate(clk), voltage->hz);
	KUNIT_EXPECT_EQ(test, pm->runtime_suspend(dev), 0);
}

/* The MMU forgets what it was programmed with. */
static void rocket_core_attaches_anew_when_it_wakes_up(struct kunit *test)
{
	const struct dev_pm_ops *pm = core_driver(test)->pm;
	struct rocket_mock *mock = rocket_mock_create(test, 1);
	struct rocket_mock_core *mc = &mock->cores[0];
	struct drm_rocket_create_bo bo;

	core_feed(mock, BUSY_UV);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bo), 0);
	for (int i = 1; i <= 2; i++) {
		KUNIT_ASSERT_EQ(test, pm->runtime_resume(mc->core.dev), 0);
		KUNIT_ASSERT_EQ(test, rocket_mock_submit(mock, REGCMD, 1, NULL, &bo), 0);
		KUNIT_ASSERT_TRUE(test, rocket_mock_wait_start(mc));
		KUNIT_EXPECT_EQ(test, mc->core.stats.attaches, i);
		KUNIT_EXPECT_EQ(test, pm->runtime_suspend(mc->core.dev), -EBUSY);
		rocket_mock_end(mc, ROCKET_HW_DONE);
		KUNIT_EXPECT_EQ(test, rocket_mock_wait(rocket_mock_fence(mock, &bo)), 1);
		KUNIT_EXPECT_EQ(test, pm->runtime_suspend(mc->core.dev), 0);
	}
}

static struct kunit_case core_cases[] = {
	KUNIT_CASE_SLOW(rocket_core_sleeps_in_spite_of_a_long_job),
	KUNIT_CASE_PARAM(rocket_core_is_fast_at_its_voltage_only, core_voltage_gen_params),
	KUNIT_CASE(rocket_core_attaches_anew_when_it_wakes_up),
	{}
};

static struct kunit_suite core_suite = {
	.name = "rocket_core",
	.suite_init = rocket_mock_suite_init,
	.suite_exit = rocket_mock_suite_exit,
	.test_cases = core_cases,
};

kunit_test_suite(core_suite);
