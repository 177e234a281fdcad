/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Power management unit and QoS blocks
 *
 * The part of the RK3588 PMU that the mainline power-domain driver uses for the NPU: gates, memory
 * power, bus idle handshakes and their status, for four domains of which three feed a core. The QoS
 * blocks are storage that needs its domain powered and forgets with it.
 *
 * Source: soc-integration notes, section 6. Transitions are complete when the write returns.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "migration/vmstate.h"
#include "qemu/module.h"

#include "rk3588_pmu.h"
#include "rocket_npu.h"
#include "rocket_report.h"
#include "trace.h"

enum {
	PMU_IDLE_REQ	 = 0x10c,	/* hiword mask, 1 = idle wanted */
	PMU_IDLE_ACK	 = 0x118,
	PMU_IDLE_STATUS	 = 0x120,
	PMU_PWR_GATE	 = 0x14c,	/* hiword mask, 1 = off */
	PMU_PWR_STATUS	 = 0x180,	/* 1 = off */
	PMU_MEM_PWR	 = 0x1a0,	/* hiword mask, 1 = off */
	PMU_CHAIN_STATUS = 0x1f0,	/* 1 = on */
	PMU_MEM_STATUS	 = 0x1f8,	/* 1 = off */
	PMU_REPAIR	 = 0x290,	/* 1 = on */
};

#define CORES 3

static const struct domain {
	const char *name;
	int parent;
	uint32_t gate;		/* PMU_PWR_GATE and PMU_MEM_PWR */
	uint32_t status;
	uint32_t repair;
	uint32_t memory;	/* PMU_MEM_STATUS and PMU_CHAIN_STATUS */
	uint32_t idle;		/* request, acknowledge and status */
} domains[RK3588_PDS] = {
	[RK3588_PD_NPU]	   = { "npu", -1, BIT(1), BIT(1), 0, 0, 0 },
	[RK3588_PD_NPUTOP] = { "nputop", RK3588_PD_NPU, BIT(3), 0, BIT(2), BIT(11), BIT(1) },
	[RK3588_PD_NPU1]   = { "npu1", RK3588_PD_NPUTOP, BIT(4), 0, BIT(3), BIT(12), BIT(2) },
	[RK3588_PD_NPU2]   = { "npu2", RK3588_PD_NPUTOP, BIT(5), 0, BIT(4), BIT(13), BIT(3) },
};

static const int core_domain[CORES] = { RK3588_PD_NPUTOP, RK3588_PD_NPU1, RK3588_PD_NPU2 };

const uint32_t rk3588_qos_base[RK3588_QOS_BLOCKS] = {
	0xfdf70000,	/* npu1 */
	0xfdf71000,	/* npu2 */
	0xfdf72000,	/* npu0_mwr */
	0xfdf72200,	/* npu0_mro */
	0xfdf72400,	/* mcu_npu */
};

static const int qos_domain[RK3588_QOS_BLOCKS] = {
	RK3588_PD_NPU1, RK3588_PD_NPU2, RK3588_PD_NPUTOP, RK3588_PD_NPUTOP, RK3588_PD_NPUTOP,
};

typedef struct QosBlock {
	Rk3588PmuState *pmu;
	int index;
	MemoryRegion iomem;
	uint32_t regs[RK3588_QOS_SIZE / 4];
} QosBlock;

struct Rk3588PmuState {
	SysBusDevice parent_obj;

	MemoryRegion iomem;
	qemu_irq power[RK3588_PMU_POWER_FIRMWARE + 1];
	bool supply;
	QosBlock qos[RK3588_QOS_BLOCKS];
	uint32_t regs[RK3588_PMU_SIZE / 4];
	bool gated[RK3588_PDS];

	/* faults on demand: one bit per RK3588_PD_* */
	uint32_t ack_missing;
	uint32_t power_stuck;
};

static bool domain_on(const Rk3588PmuState *s, int pd)
{
	return !s->gated[pd] && (domains[pd].parent < 0 || domain_on(s, domains[pd].parent));
}

/* What the status registers cannot see: the rail behind the gates. */
static bool domain_alive(const Rk3588PmuState *s, int pd)
{
	return s->supply && domain_on(s, pd);
}

static bool domain_idle(const Rk3588PmuState *s, int pd)
{
	return s->regs[PMU_IDLE_REQ / 4] & domains[pd].idle;
}

static void update_lines(Rk3588PmuState *s)
{
	for (int i = 0; i < RK3588_QOS_BLOCKS; i++) {
		if (!domain_alive(s, qos_domain[i])) {
			memset(s->qos[i].regs, 0, sizeof(s->qos[i].regs));
		}
	}
	for (int core = 0; core < CORES; core++) {
		qemu_set_irq(s->power[core], domain_alive(s, core_domain[core]));
	}
	qemu_set_irq(s->power[RK3588_PMU_POWER_FIRMWARE], domain_alive(s, core_domain[0]));
}

static void set_gates(Rk3588PmuState *s, uint32_t value)
{
	for (int pd = 0; pd < RK3588_PDS; pd++) {
		bool gate = value & domains[pd].gate;

		if (gate == s->gated[pd] || s->power_stuck & BIT(pd)) {
			continue;
		}
		if (gate && domains[pd].idle && !domain_idle(s, pd)) {
			rocket_guest_error("pmu: domain %s gated while its bus is not idle",
					   domains[pd].name);
		}
		if (!gate && !s->supply) {
			rocket_guest_error("pmu: domain %s switched on without its supply",
					   domains[pd].name);
		}
		s->gated[pd] = gate;
		trace_rk3588_pmu_domain(domains[pd].name, domain_on(s, pd));
	}
	update_lines(s);
}

static uint32_t collect(const Rk3588PmuState *s, hwaddr offset)
{
	uint32_t value = 0;

	for (int pd = 0; pd < RK3588_PDS; pd++) {
		const struct domain *d = &domains[pd];
		bool on = domain_on(s, pd);
		bool memory_off = !on || s->regs[PMU_MEM_PWR / 4] & d->gate;
		bool idle = domain_idle(s, pd) && !(s->ack_missing & BIT(pd));

		switch (offset) {
		case PMU_IDLE_ACK:
		case PMU_IDLE_STATUS:
			value |= idle ? d->idle : 0;
			break;
		case PMU_PWR_STATUS:
			value |= on ? 0 : d->status;
			break;
		case PMU_CHAIN_STATUS:
			value |= on ? d->memory : 0;
			break;
		case PMU_MEM_STATUS:
			value |= memory_off ? d->memory : 0;
			break;
		case PMU_REPAIR:
			value |= on ? d->repair : 0;
			break;
		}
	}
	return value;
}

static uint64_t pmu_read(void *opaque, hwaddr offset, unsigned size)
{
	Rk3588PmuState *s = opaque;

	switch (offset) {
	case PMU_IDLE_ACK:
	case PMU_IDLE_STATUS:
	case PMU_PWR_STATUS:
	case PMU_CHAIN_STATUS:
	case PMU_MEM_STATUS:
	case PMU_REPAIR:
		return collect(s, offset);
	}
	return s->regs[offset / 4];
}

static void pmu_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	Rk3588PmuState *s = opaque;
	uint32_t mask = value >> 16;
	uint32_t *reg = &s->regs[offset / 4];

	trace_rk3588_pmu_write(offset, value);
	switch (offset) {
	case PMU_IDLE_REQ:
	case PMU_MEM_PWR:
	case PMU_PWR_GATE:
		*reg = (*reg & ~mask) | (value & mask);
		break;
	default:
		*reg = value;
		break;
	}
	if (offset == PMU_PWR_GATE) {
		set_gates(s, *reg);
	}
}

static const MemoryRegionOps pmu_ops = {
	.read = pmu_read,
	.write = pmu_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 4 },
};

static bool qos_accessible(QosBlock *q, const char *what, hwaddr offset)
{
	bool on = domain_alive(q->pmu, qos_domain[q->index]);

	if (!on) {
		rocket_guest_error("qos@%x: %s of 0x%02" HWADDR_PRIx " without power",
				   rk3588_qos_base[q->index], what, offset);
	}
	return on;
}

static uint64_t qos_read(void *opaque, hwaddr offset, unsigned size)
{
	QosBlock *q = opaque;

	return qos_accessible(q, "read", offset) ? q->regs[offset / 4] : 0;
}

static void qos_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	QosBlock *q = opaque;

	if (qos_accessible(q, "write", offset)) {
		q->regs[offset / 4] = value;
	}
}

static const MemoryRegionOps qos_ops = {
	.read = qos_read,
	.write = qos_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void supply_line(void *opaque, int n, int level)
{
	Rk3588PmuState *s = opaque;

	if (s->supply && !level && domain_on(s, RK3588_PD_NPU) &&
	    !resettable_is_in_reset(OBJECT(s))) {
		rocket_guest_error("pmu: supply lost while domain npu is on");
	}
	s->supply = level;
	trace_rk3588_pmu_supply(level);
	update_lines(s);
}

static void rk3588_pmu_reset_hold(Object *obj, ResetType type)
{
	Rk3588PmuState *s = RK3588_PMU(obj);

	memset(s->regs, 0, sizeof(s->regs));
	memset(s->gated, 0, sizeof(s->gated));
}

static void rk3588_pmu_reset_exit(Object *obj, ResetType type)
{
	update_lines(RK3588_PMU(obj));
}

static void rk3588_pmu_init(Object *obj)
{
	Rk3588PmuState *s = RK3588_PMU(obj);

	object_property_add_uint32_ptr(obj, "ack-missing", &s->ack_missing,
				       OBJ_PROP_FLAG_READWRITE);
	object_property_add_uint32_ptr(obj, "power-stuck", &s->power_stuck,
				       OBJ_PROP_FLAG_READWRITE);

	memory_region_init_io(&s->iomem, obj, &pmu_ops, s, TYPE_RK3588_PMU, RK3588_PMU_SIZE);
	sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
	for (int i = 0; i < RK3588_QOS_BLOCKS; i++) {
		QosBlock *q = &s->qos[i];

		q->pmu = s;
		q->index = i;
		memory_region_init_io(&q->iomem, obj, &qos_ops, q, "rk3588-qos", RK3588_QOS_SIZE);
		sysbus_init_mmio(SYS_BUS_DEVICE(obj), &q->iomem);
	}
	qdev_init_gpio_out_named(DEVICE(obj), s->power, RK3588_PMU_POWER,
				 ARRAY_SIZE(s->power));
	qdev_init_gpio_in_named(DEVICE(obj), supply_line, RK3588_PMU_SUPPLY, 1);
}

static const VMStateDescription rk3588_pmu_vmstate = {
	.name = "rk3588-pmu",
	.unmigratable = 1,
};

static void rk3588_pmu_class_init(ObjectClass *oc, void *data)
{
	DeviceClass *dc = DEVICE_CLASS(oc);
	ResettableClass *rc = RESETTABLE_CLASS(oc);

	dc->desc = "RK3588 PMU, NPU power domains";
	dc->vmsd = &rk3588_pmu_vmstate;
	dc->user_creatable = false;
	rc->phases.hold = rk3588_pmu_reset_hold;
	rc->phases.exit = rk3588_pmu_reset_exit;
}

static const TypeInfo rk3588_pmu_types[] = {
	{
		.name = TYPE_RK3588_PMU,
		.parent = TYPE_SYS_BUS_DEVICE,
		.instance_size = sizeof(Rk3588PmuState),
		.instance_init = rk3588_pmu_init,
		.class_init = rk3588_pmu_class_init,
	},
};
DEFINE_TYPES(rk3588_pmu_types)
