// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Cores
 *
 * A core is a platform device with an IOMMU, four clocks, two resets, two
 * supplies and a power domain. This file owns these; what runs on the core is
 * the business of rocket_job.c and rocket_sched.c.
 *
 * A job holds a runtime PM reference from placement until it is freed, so that
 * nothing has to be powered while fences are being signalled. ``powered`` says
 * under the core's lock whether registers may be touched: reading a core without
 * power or clocks stops the SoC, and the interrupt line is shared with the
 * IOMMU.
 */

#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/pm_runtime.h>
#include <linux/property.h>
#include <linux/units.h>

#include "rocket_core.h"
#include "rocket_device.h"
#include "rocket_job.h"
#include "rocket_sched.h"
#include "rocket_vm.h"

/* Measured: shorter delays power-cycle the NPU between the frames of a camera. */
#define ROCKET_AUTOSUSPEND_MS	2000

/* Source: 32 cycles of the slowest clock at least; known drivers wait 10 us */
#define ROCKET_RESET_US		10

enum { ROCKET_CLK_ACLK, ROCKET_CLK_HCLK, ROCKET_CLK_NPU, ROCKET_CLK_PCLK };

static const char * const rocket_core_clks[] = {
	[ROCKET_CLK_ACLK] = "aclk",
	[ROCKET_CLK_HCLK] = "hclk",
	[ROCKET_CLK_NPU] = "npu",
	[ROCKET_CLK_PCLK] = "pclk",
};

static const char * const rocket_core_resets[] = { "srst_a", "srst_h" };

enum { ROCKET_SUPPLY_NPU, ROCKET_SUPPLY_SRAM };

static const char * const rocket_core_supplies[] = {
	[ROCKET_SUPPLY_NPU] = "npu",
	[ROCKET_SUPPLY_SRAM] = "sram",
};

/**
 * struct rocket_soc - what is particular to a chip
 * @cores: physical addresses of the cores, by number
 * @busy_hz: rate of the NPU clock while a core is in use
 * @parked_hz: rate while none is
 * @busy_uv: least supply voltage for @busy_hz
 */
struct rocket_soc {
	resource_size_t cores[ROCKET_MAX_CORES];
	unsigned long busy_hz;
	unsigned long parked_hz;
	int busy_uv;
};

/*
 * Measured: 600 MHz is stable at the 0.80 V a board idles at, and 900 MHz is
 * not when the domain is power-cycled. Source: the vendor's table asks for
 * 0.70 V from 300 to 700 MHz; the device tree starts at 200 MHz.
 */
static const struct rocket_soc rk3588_soc = {
	.cores = { 0xfdab0000, 0xfdac0000, 0xfdad0000 },
	.busy_hz = 600000000,
	.parked_hz = 200000000,
	.busy_uv = 700000,
};

/* All cores share one NPU clock: parking it for one would slow the others. */
static DEFINE_MUTEX(rocket_rate_lock);
static unsigned int rocket_rate_votes;

static void rocket_core_set_rate(struct rocket_core *core, unsigned long rate)
{
	struct clk *clk = core->clks[ROCKET_CLK_NPU].clk;
	int ret;

	lockdep_assert_held(&rocket_rate_lock);

	if (clk_get_rate(clk) == rate)
		return;

	ret = clk_set_rate(clk, rate);
	if (ret)
		dev_warn_once(core->dev, "NPU clock stays at %lu Hz: %d\n", clk_get_rate(clk), ret);
}

/* The rate may change only while the power domain is on, or the firmware hangs. */
static void rocket_core_vote(struct rocket_core *core)
{
	int uv = regulator_get_voltage(core->supplies[ROCKET_SUPPLY_NPU].consumer);

	guard(mutex)(&rocket_rate_lock);

	rocket_rate_votes++;
	/* A supply that cannot tell its voltage is the board's promise that it fits. */
	if (uv > 0 && uv < core->soc->busy_uv)
		dev_info_once(core->dev, "NPU clock not raised at %d uV\n", uv);
	else
		rocket_core_set_rate(core, core->soc->busy_hz);
}

static void rocket_core_unvote(struct rocket_core *core)
{
	guard(mutex)(&rocket_rate_lock);

	if (!--rocket_rate_votes)
		rocket_core_set_rate(core, core->soc->parked_hz);
}

/* Return: false if a job runs that needs the power. */
static bool rocket_core_set_powered(struct rocket_core *core, bool powered)
{
	guard(spinlock_irqsave)(&core->lock);

	if (core->job)
		return false;
	core->powered = powered;
	return true;
}

static int rocket_core_runtime_resume(struct device *dev)
{
	struct rocket_core *core = dev_get_drvdata(dev);
	int ret;

	ret = regulator_bulk_enable(ARRAY_SIZE(core->supplies), core->supplies);
	if (ret)
		return ret;
	ret = clk_bulk_prepare_enable(ARRAY_SIZE(core->clks), core->clks);
	if (ret)
		goto disable_supplies;
	rocket_core_vote(core);

	rocket_core_set_powered(core, true);
	/* Power may have stayed on for the sake of another core. */
	if (core->unreliable)
		rocket_core_reset(core);
	return 0;

disable_supplies:
	regulator_bulk_disable(ARRAY_SIZE(core->supplies), core->supplies);
	return ret;
}

static int rocket_core_runtime_suspend(struct device *dev)
{
	struct rocket_core *core = dev_get_drvdata(dev);

	if (!rocket_core_set_powered(core, false))
		return -EBUSY;

	rocket_vm_detach(core);
	rocket_core_unvote(core);
	clk_bulk_disable_unprepare(ARRAY_SIZE(core->clks), core->clks);
	regulator_bulk_disable(ARRAY_SIZE(core->supplies), core->supplies);
	return 0;
}

static int rocket_core_suspend(struct device *dev)
{
	struct rocket_core *core = dev_get_drvdata(dev);
	int ret;

	rocket_sched_pause(core);
	ret = pm_runtime_force_suspend(dev);
	if (ret)
		rocket_sched_release(core);
	return ret;
}

static int rocket_core_resume(struct device *dev)
{
	int ret;

	ret = pm_runtime_force_resume(dev);
	/* Without power the waiting jobs fail, which is better than never to end. */
	rocket_sched_release(dev_get_drvdata(dev));
	return ret;
}

static const struct dev_pm_ops rocket_core_pm_ops = {
	RUNTIME_PM_OPS(rocket_core_runtime_suspend, rocket_core_runtime_resume, NULL)
	SYSTEM_SLEEP_PM_OPS(rocket_core_suspend, rocket_core_resume)
};

/**
 * rocket_core_get() - power a core for a job
 * @core: the core
 *
 * Return: 0 or a negative errno, after which another try may succeed.
 */
int rocket_core_get(struct rocket_core *core)
{
	int ret;

	ret = pm_runtime_resume_and_get(core->dev);
	if (!ret)
		return 0;

	dev_err_ratelimited(core->dev, "no power: %d\n", ret);
	/*
	 * Forget the errors, or runtime PM would refuse for ever: of the core, and
	 * of the IOMMU, which nobody but its core wakes. Without an error neither
	 * call does anything while runtime PM is enabled.
	 */
	pm_runtime_set_suspended(core->dev);
	pm_runtime_set_suspended(core->iommu);
	return ret;
}

/**
 * rocket_core_put() - a job needs no power any more
 * @core: the core
 */
void rocket_core_put(struct rocket_core *core)
{
	/* What a reset did not cure, power may. */
	if (READ_ONCE(core->unreliable))
		pm_runtime_put_sync_suspend(core->dev);
	else
		pm_runtime_put_autosuspend(core->dev);
}

/**
 * rocket_core_forget_trouble() - nothing is left to recover from
 * @core: the core, which was reset or has no power and no job
 */
void rocket_core_forget_trouble(struct rocket_core *core)
{
	bool irq_off;

	scoped_guard(spinlock_irqsave, &core->lock) {
		core->trouble = ROCKET_TROUBLE_NONE;
		irq_off = core->irq_off;
		core->irq_off = false;
	}
	if (irq_off)
		enable_irq(core->irq);
}

/**
 * rocket_core_reset() - reset a core that runs nothing
 * @core: the core, powered
 *
 * The reset takes the programming of the MMU with it, which the IOMMU driver
 * does not know: detach afterwards, not before, since an MMU cannot be stalled
 * while its master hangs.
 *
 * Whatever was in trouble is not any more. A core that does not answer or has
 * not forgotten what it did is not reliable.
 *
 * Return: whether it is.
 */
bool rocket_core_reset(struct rocket_core *core)
{
	struct rocket_vm *vm = core->vm;
	bool reliable;
	int ret;

	/* Neither the core nor its MMU may be looked at now; unmapping would. */
	disable_irq(core->irq);
	if (vm)
		mutex_lock(&vm->lock);
	ret = reset_control_bulk_assert(ARRAY_SIZE(core->resets), core->resets);
	usleep_range(ROCKET_RESET_US, 2 * ROCKET_RESET_US);
	if (!ret)
		ret = reset_control_bulk_deassert(ARRAY_SIZE(core->resets), core->resets);
	usleep_range(ROCKET_RESET_US, 2 * ROCKET_RESET_US);
	if (vm)
		mutex_unlock(&vm->lock);
	rocket_vm_detach(core);
	enable_irq(core->irq);
	rocket_core_forget_trouble(core);

	scoped_guard(spinlock_irqsave, &core->lock) {
		reliable = !ret && core->powered && core->hw.ops->is_reset(&core->hw) &&
			   (!core->version || core->hw.ops->version(&core->hw) == core->version);
		WRITE_ONCE(core->unreliable, !reliable);
	}
	if (!reliable)
		dev_err_ratelimited(core->dev,
				    "reset failed, core is avoided until powered off\n");
	return reliable;
}

static int rocket_core_index(const struct rocket_soc *soc, resource_size_t start)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(soc->cores); i++)
		if (soc->cores[i] == start)
			return i;
	return -ENODEV;
}

static void rocket_core_put_iommu(void *iommu)
{
	put_device(iommu);
}

static void rocket_core_put_group(void *group)
{
	iommu_group_put(group);
}

static int rocket_core_get_resources(struct rocket_core *core, struct platform_device *pdev)
{
	struct device *dev = core->dev;
	struct platform_device *iommu;
	struct device_node *node;
	struct resource *res;
	int index, ret;

	res = platform_get_resource_byname(pdev, IORESOURCE_MEM, "pc");
	if (!res)
		return dev_err_probe(dev, -EINVAL, "no register window \"pc\"\n");
	index = rocket_core_index(core->soc, res->start);
	if (index < 0)
		return dev_err_probe(dev, index, "no core of this chip at %pa\n", &res->start);
	core->index = index;

	ret = rocket_hw_init(&core->hw, pdev, core->index);
	if (ret)
		return dev_err_probe(dev, ret, "cannot map registers\n");

	core->irq = platform_get_irq(pdev, 0);
	if (core->irq < 0)
		return core->irq;

	for (unsigned int i = 0; i < ARRAY_SIZE(core->clks); i++)
		core->clks[i].id = rocket_core_clks[i];
	ret = devm_clk_bulk_get(dev, ARRAY_SIZE(core->clks), core->clks);
	if (ret)
		return dev_err_probe(dev, ret, "cannot get clocks\n");

	for (unsigned int i = 0; i < ARRAY_SIZE(core->resets); i++)
		core->resets[i].id = rocket_core_resets[i];
	ret = devm_reset_control_bulk_get_exclusive(dev, ARRAY_SIZE(core->resets), core->resets);
	if (ret)
		return dev_err_probe(dev, ret, "cannot get resets\n");

	for (unsigned int i = 0; i < ARRAY_SIZE(core->supplies); i++)
		core->supplies[i].supply = rocket_core_supplies[i];
	ret = devm_regulator_bulk_get(dev, ARRAY_SIZE(core->supplies), core->supplies);
	if (ret)
		return dev_err_probe(dev, ret, "cannot get supplies\n");

	node = of_parse_phandle(dev->of_node, "iommus", 0);
	iommu = of_find_device_by_node(node);
	of_node_put(node);
	core->group = iommu_group_get(dev);
	if (!iommu || !core->group) {
		iommu_group_put(core->group);
		platform_device_put(iommu);
		return dev_err_probe(dev, -ENODEV, "no IOMMU: is CONFIG_ROCKCHIP_IOMMU set?\n");
	}
	core->iommu = &iommu->dev;
	ret = devm_add_action_or_reset(dev, rocket_core_put_iommu, core->iommu);
	if (ret) {
		iommu_group_put(core->group);
		return ret;
	}
	return devm_add_action_or_reset(dev, rocket_core_put_group, core->group);
}

/* The firmware or a kernel before this one may have left anything behind. */
static void rocket_core_identify(struct rocket_core *core)
{
	rocket_core_reset(core);
	scoped_guard(spinlock_irqsave, &core->lock)
		core->version = core->hw.ops->version(&core->hw);

	dev_info(core->dev, "core %u, version %#010x, %lu MHz\n", core->index, core->version,
		 clk_get_rate(core->clks[ROCKET_CLK_NPU].clk) / HZ_PER_MHZ);
}

static int rocket_core_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct rocket_core *core;
	int ret;

	core = devm_kzalloc(dev, sizeof(*core), GFP_KERNEL);
	if (!core)
		return -ENOMEM;

	core->dev = dev;
	core->soc = device_get_match_data(dev);
	spin_lock_init(&core->lock);
	init_waitqueue_head(&core->drained);
	init_waitqueue_head(&core->idle);
	platform_set_drvdata(pdev, core);

	ret = rocket_core_get_resources(core, pdev);
	if (ret)
		return ret;

	ret = rocket_sched_init(core);
	if (ret)
		return ret;

	ret = devm_request_irq(dev, core->irq, rocket_job_irq, IRQF_SHARED, dev_name(dev), core);
	if (ret)
		goto fini_sched;

	pm_runtime_set_autosuspend_delay(dev, ROCKET_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_enable(dev);

	ret = rocket_core_get(core);
	if (ret)
		goto disable_pm;

	rocket_core_identify(core);

	ret = rocket_device_add_core(core);
	if (ret)
		goto put_core;

	rocket_core_put(core);
	return 0;

put_core:
	pm_runtime_put_noidle(dev);
disable_pm:
	pm_runtime_dont_use_autosuspend(dev);
	pm_runtime_force_suspend(dev);
	devm_free_irq(dev, core->irq, core);
fini_sched:
	rocket_sched_fini(core);
	return ret;
}

static void rocket_core_remove(struct platform_device *pdev)
{
	struct rocket_core *core = platform_get_drvdata(pdev);

	rocket_device_remove_core(core);

	pm_runtime_dont_use_autosuspend(core->dev);
	pm_runtime_force_suspend(core->dev);
	devm_free_irq(core->dev, core->irq, core);
	rocket_sched_fini(core);
}

static const struct of_device_id rocket_core_match[] = {
	{ .compatible = "rockchip,rk3588-rknn-core", .data = &rk3588_soc },
	{}
};
MODULE_DEVICE_TABLE(of, rocket_core_match);

static struct platform_driver rocket_core_driver = {
	.probe = rocket_core_probe,
	.remove = rocket_core_remove,
	.driver = {
		.name = "rocket",
		.of_match_table = rocket_core_match,
		.pm = pm_ptr(&rocket_core_pm_ops),
	},
};

/**
 * rocket_core_register() - begin to bind cores
 *
 * Return: 0 or a negative errno.
 */
int rocket_core_register(void)
{
	return platform_driver_register(&rocket_core_driver);
}

/**
 * rocket_core_unregister() - unbind all cores
 */
void rocket_core_unregister(void)
{
	platform_driver_unregister(&rocket_core_driver);
}
