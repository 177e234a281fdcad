/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Test registers
 *
 * Each 32-bit register is a QOM property of a device of the machine: core n at n * 0x100, the PMU
 * at 0x300, the machine's own counters at 0x400. Always on, never gated. At 0x500 and 0x504, with
 * incoherent DMA, a written physical address has its page cleaned or invalidated, as the CPUs'
 * instructions do.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"

#include "rk3588_pmu.h"
#include "rocket_faults.h"
#include "rocket_npu.h"
#include "rocket_report.h"

#define CORES		3
#define CORE_STRIDE	0x100
#define PMU_BASE	0x300
#define GUEST_ERRORS	0x400
#define UNIMPS		0x404
#define PAGE_CLEAN	0x500
#define PAGE_INVALIDATE	0x504
#define PAGE_BYTES	4096

uint32_t rocket_guest_errors;
uint32_t rocket_unimps;

struct RocketFaultsState {
	SysBusDevice parent_obj;

	MemoryRegion iomem;
	RocketNpuState *cores[CORES];
	Rk3588PmuState *pmu;
	Rk3588Dram *dram;
};

enum owner { OWNER_CORE, OWNER_MMU };

static const struct reg {
	uint32_t offset;
	enum owner owner;
	const char *property;
	bool writable;
} core_regs[] = {
	{ 0x00, OWNER_CORE, "delay-us",	    true },
	{ 0x04, OWNER_CORE, "hang-task",    true },
	{ 0x08, OWNER_CORE, "dma-error",    true },
	{ 0x0c, OWNER_CORE, "irq-lost",	    true },
	{ 0x10, OWNER_CORE, "irq-late-us",  true },
	{ 0x14, OWNER_CORE, "irq-spurious", true },
	{ 0x18, OWNER_CORE, "reset-stuck",  true },
	{ 0x20, OWNER_CORE, "tasks",	    false },
	{ 0x24, OWNER_CORE, "irqs",	    false },
	{ 0x40, OWNER_MMU,  "reset-stuck",  true },
	{ 0x44, OWNER_MMU,  "stall-stuck",  true },
	{ 0x48, OWNER_MMU,  "check-stale",  true },
	{ 0x4c, OWNER_MMU,  "refault-us",   true },
	{ 0x50, OWNER_MMU,  "dte-32bit",    true },
	{ 0x60, OWNER_MMU,  "enables",	    false },
	{ 0x64, OWNER_MMU,  "faults",	    false },
};

static const char *const pmu_regs[] = { "ack-missing", "power-stuck" };

/* Return: the device behind an offset with *property and *writable set, NULL when there is none */
static Object *find(RocketFaultsState *s, hwaddr offset, const char **property, bool *writable)
{
	uint32_t core = offset / CORE_STRIDE;

	if (offset >= PMU_BASE && offset < PMU_BASE + 4 * ARRAY_SIZE(pmu_regs)) {
		*property = pmu_regs[(offset - PMU_BASE) / 4];
		*writable = true;
		return OBJECT(s->pmu);
	}
	for (size_t i = 0; core < CORES && i < ARRAY_SIZE(core_regs); i++) {
		const struct reg *reg = &core_regs[i];

		if (reg->offset == offset % CORE_STRIDE) {
			*property = reg->property;
			*writable = reg->writable;
			return reg->owner == OWNER_MMU ? OBJECT(s->cores[core]->mmu) :
							 OBJECT(s->cores[core]);
		}
	}
	return NULL;
}

static uint64_t faults_read(void *opaque, hwaddr offset, unsigned size)
{
	const char *property;
	bool writable;
	Object *obj = find(opaque, offset, &property, &writable);

	if (obj) {
		return object_property_get_uint(obj, property, &error_abort);
	}
	if (offset == GUEST_ERRORS) {
		return rocket_guest_errors;
	}
	if (offset == UNIMPS) {
		return rocket_unimps;
	}
	rocket_guest_error("faults: read of 0x%03" HWADDR_PRIx, offset);
	return 0;
}

void rocket_faults_set_dram(RocketFaultsState *s, Rk3588Dram *dram)
{
	s->dram = dram;
}

static bool maintain_page(RocketFaultsState *s, hwaddr offset, hwaddr page)
{
	if (!s->dram || (offset != PAGE_CLEAN && offset != PAGE_INVALIDATE)) {
		return false;
	}
	for (hwaddr pa = page; pa < page + PAGE_BYTES; pa += RK3588_DRAM_LINE) {
		if (offset == PAGE_CLEAN) {
			rk3588_dram_clean(s->dram, pa);
		} else {
			rk3588_dram_invalidate(s->dram, pa);
		}
	}
	return true;
}

static void faults_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	const char *property;
	bool writable = false;
	Object *obj = find(opaque, offset, &property, &writable);

	if (maintain_page(opaque, offset, value)) {
		return;
	}
	if (!writable) {
		rocket_guest_error("faults: write of 0x%03" HWADDR_PRIx, offset);
		return;
	}
	object_property_set_uint(obj, property, value, &error_abort);
}

static const MemoryRegionOps faults_ops = {
	.read = faults_read,
	.write = faults_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void rocket_faults_init(Object *obj)
{
	RocketFaultsState *s = ROCKET_FAULTS(obj);

	memory_region_init_io(&s->iomem, obj, &faults_ops, s, TYPE_ROCKET_FAULTS,
			      ROCKET_FAULTS_SIZE);
	sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
}

static const Property rocket_faults_properties[] = {
	DEFINE_PROP_LINK("core0", RocketFaultsState, cores[0], TYPE_ROCKET_NPU, RocketNpuState *),
	DEFINE_PROP_LINK("core1", RocketFaultsState, cores[1], TYPE_ROCKET_NPU, RocketNpuState *),
	DEFINE_PROP_LINK("core2", RocketFaultsState, cores[2], TYPE_ROCKET_NPU, RocketNpuState *),
	DEFINE_PROP_LINK("pmu", RocketFaultsState, pmu, TYPE_RK3588_PMU, Rk3588PmuState *),
};

static const VMStateDescription rocket_faults_vmstate = {
	.name = "rocket-faults",
	.unmigratable = 1,
};

static void rocket_faults_class_init(ObjectClass *oc, void *data)
{
	DeviceClass *dc = DEVICE_CLASS(oc);

	dc->desc = "Fault injection for tests";
	dc->vmsd = &rocket_faults_vmstate;
	dc->user_creatable = false;
	device_class_set_props(dc, rocket_faults_properties);
}

static const TypeInfo rocket_faults_types[] = {
	{
		.name = TYPE_ROCKET_FAULTS,
		.parent = TYPE_SYS_BUS_DEVICE,
		.instance_size = sizeof(RocketFaultsState),
		.instance_init = rocket_faults_init,
		.class_init = rocket_faults_class_init,
	},
};
DEFINE_TYPES(rocket_faults_types)
