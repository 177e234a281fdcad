/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Clock and reset unit
 *
 * Register storage as the mainline RK3588 clock driver expects it after the boot loader: PLLs
 * locked, all gates open, all resets released. Gates and soft resets of the NPU drive the lines of
 * the cores; everything else is remembered and has no effect.
 *
 * Source: soc-integration notes, sections 4 and 5.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "migration/vmstate.h"
#include "qemu/module.h"

#include "rk3588_cru.h"
#include "rocket_npu.h"
#include "trace.h"

#define CORES		3
#define MODE_CON0	0x280
#define GATE_CON(n)	(0x800 + 4 * (n))
#define SOFTRST_CON(n)	(0xa00 + 4 * (n))
#define GLB_FIRST	0xc00	/* from here to GLB_LAST registers have no write mask */
#define GLB_LAST	0xcff

#define PLL_CON1_S_SHIFT	6
#define PLL_CON6_LOCK		BIT(15)

struct line {
	uint32_t offset;
	uint32_t bit;
};

/* Parents of the cores' clocks; a gate stops everything below it. */
static const struct line hclk_npu_root = { GATE_CON(29), BIT(0) };
static const struct line clk_npu_dsu0  = { GATE_CON(29), BIT(1) };
static const struct line pclk_npu_root = { GATE_CON(29), BIT(4) };

static const struct core_clocks {
	struct line aclk;
	struct line hclk;
} core_clocks[CORES] = {
	{ { GATE_CON(30), BIT(6) }, { GATE_CON(30), BIT(8) } },
	{ { GATE_CON(27), BIT(0) }, { GATE_CON(27), BIT(2) } },
	{ { GATE_CON(28), BIT(0) }, { GATE_CON(28), BIT(2) } },
};

static const struct line core_resets[CORES][ROCKET_SRSTS] = {
	{ { SOFTRST_CON(30), BIT(6) }, { SOFTRST_CON(30), BIT(8) } },
	{ { SOFTRST_CON(27), BIT(0) }, { SOFTRST_CON(27), BIT(2) } },
	{ { SOFTRST_CON(28), BIT(0) }, { SOFTRST_CON(28), BIT(2) } },
};

/* What the boot loader leaves: 24 MHz * m / (p * 2^s). */
static const struct pll {
	uint32_t base;
	uint16_t m, p, s;
} plls[] = {
	{ 0x00160, 198, 2, 1 },	/* v0pll, 1188 MHz */
	{ 0x00180, 262, 2, 2 },	/* aupll, 786 MHz */
	{ 0x001a0, 250, 2, 1 },	/* cpll, 1500 MHz */
	{ 0x001c0, 198, 2, 1 },	/* gpll, 1188 MHz */
	{ 0x001e0, 425, 3, 2 },	/* npll, 850 MHz */
	{ 0x08200, 550, 3, 2 },	/* ppll, 1100 MHz */
	{ 0x50000, 336, 2, 2 },	/* b0pll, 1008 MHz */
	{ 0x52020, 336, 2, 2 },	/* b1pll, 1008 MHz */
	{ 0x58040, 336, 2, 2 },	/* lpll, 1008 MHz */
};

/* Two bits per PLL, 1 = the PLL itself and not the crystal. */
static const struct { uint32_t offset, value; } modes[] = {
	{ MODE_CON0,		0x555 },
	{ 0x50000 + MODE_CON0,	1 },
	{ 0x52000 + MODE_CON0,	1 },
	{ 0x58000 + MODE_CON0,	1 },
};

struct Rk3588CruState {
	SysBusDevice parent_obj;

	MemoryRegion iomem;
	qemu_irq clocks[CORES * ROCKET_CRU_CLKS];
	qemu_irq resets[CORES * ROCKET_SRSTS];
	uint32_t *regs;
	MemoryRegion grf_iomem;
	uint32_t grf[RK3588_GRF_SIZE / 4];
};

static bool is_set(const Rk3588CruState *s, const struct line *line)
{
	return s->regs[line->offset / 4] & line->bit;
}

static void update_lines(Rk3588CruState *s)
{
	bool hclk_root = !is_set(s, &hclk_npu_root);
	bool aclk_root = !is_set(s, &clk_npu_dsu0);
	bool pclk = !is_set(s, &pclk_npu_root);

	for (int core = 0; core < CORES; core++) {
		const struct core_clocks *c = &core_clocks[core];
		qemu_irq *clocks = &s->clocks[core * ROCKET_CRU_CLKS];

		qemu_set_irq(clocks[ROCKET_CLK_ACLK], aclk_root && !is_set(s, &c->aclk));
		qemu_set_irq(clocks[ROCKET_CLK_HCLK], hclk_root && !is_set(s, &c->hclk));
		qemu_set_irq(clocks[ROCKET_CLK_PCLK], pclk);
		for (int i = 0; i < ROCKET_SRSTS; i++) {
			qemu_set_irq(s->resets[core * ROCKET_SRSTS + i],
				     is_set(s, &core_resets[core][i]));
		}
	}
}

static uint64_t cru_read(void *opaque, hwaddr offset, unsigned size)
{
	Rk3588CruState *s = opaque;

	return s->regs[offset / 4];
}

static void cru_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	Rk3588CruState *s = opaque;
	uint32_t mask = value >> 16;
	uint32_t *reg = &s->regs[offset / 4];

	trace_rk3588_cru_write(offset, value);
	if (offset >= GLB_FIRST && offset <= GLB_LAST) {
		*reg = value;
	} else {
		*reg = (*reg & ~mask) | (value & mask);
	}
	update_lines(s);
}

static uint64_t grf_read(void *opaque, hwaddr offset, unsigned size)
{
	Rk3588CruState *s = opaque;

	return s->grf[offset / 4];
}

static void grf_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	Rk3588CruState *s = opaque;
	uint32_t mask = value >> 16;

	s->grf[offset / 4] = (s->grf[offset / 4] & ~mask) | (value & mask);
}

static const MemoryRegionOps grf_ops = {
	.read = grf_read,
	.write = grf_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 4 },
};

static const MemoryRegionOps cru_ops = {
	.read = cru_read,
	.write = cru_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void rk3588_cru_reset_hold(Object *obj, ResetType type)
{
	Rk3588CruState *s = RK3588_CRU(obj);

	memset(s->grf, 0, sizeof(s->grf));
	memset(s->regs, 0, RK3588_CRU_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(plls); i++) {
		uint32_t *con = &s->regs[plls[i].base / 4];

		con[0] = plls[i].m;
		con[1] = plls[i].p | plls[i].s << PLL_CON1_S_SHIFT;
		con[6] = PLL_CON6_LOCK;
	}
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		s->regs[modes[i].offset / 4] = modes[i].value;
	}
}

static void rk3588_cru_reset_exit(Object *obj, ResetType type)
{
	update_lines(RK3588_CRU(obj));
}

static void rk3588_cru_init(Object *obj)
{
	Rk3588CruState *s = RK3588_CRU(obj);

	s->regs = g_malloc0(RK3588_CRU_SIZE);
	memory_region_init_io(&s->iomem, obj, &cru_ops, s, TYPE_RK3588_CRU, RK3588_CRU_SIZE);
	sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
	memory_region_init_io(&s->grf_iomem, obj, &grf_ops, s, "rk3588-sys-grf", RK3588_GRF_SIZE);
	sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->grf_iomem);
	qdev_init_gpio_out_named(DEVICE(obj), s->clocks, RK3588_CRU_CLOCK, ARRAY_SIZE(s->clocks));
	qdev_init_gpio_out_named(DEVICE(obj), s->resets, RK3588_CRU_RESET, ARRAY_SIZE(s->resets));
}

static void rk3588_cru_finalize(Object *obj)
{
	g_free(RK3588_CRU(obj)->regs);
}

static const VMStateDescription rk3588_cru_vmstate = {
	.name = "rk3588-cru",
	.unmigratable = 1,
};

static void rk3588_cru_class_init(ObjectClass *oc, void *data)
{
	DeviceClass *dc = DEVICE_CLASS(oc);
	ResettableClass *rc = RESETTABLE_CLASS(oc);

	dc->desc = "RK3588 CRU";
	dc->vmsd = &rk3588_cru_vmstate;
	dc->user_creatable = false;
	rc->phases.hold = rk3588_cru_reset_hold;
	rc->phases.exit = rk3588_cru_reset_exit;
}

static const TypeInfo rk3588_cru_types[] = {
	{
		.name = TYPE_RK3588_CRU,
		.parent = TYPE_SYS_BUS_DEVICE,
		.instance_size = sizeof(Rk3588CruState),
		.instance_init = rk3588_cru_init,
		.instance_finalize = rk3588_cru_finalize,
		.class_init = rk3588_cru_class_init,
	},
};
DEFINE_TYPES(rk3588_cru_types)
