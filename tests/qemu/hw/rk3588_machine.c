/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Machine rk3588-npu
 *
 * The virt board (CPUs, GIC, timer, UART, virtio) with the NPU part of an RK3588 at its own
 * addresses and interrupts. Devices are found in the monitor as /machine/npu0, /machine/mmu0 and so
 * on.
 *
 * Properties: incoherent-dma (rk3588_dram.c), and high-ram, a second bank of memory above 4 GiB
 * from which the kernel then takes buffers and page tables.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/arm/virt.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"

#include "rk3588_cru.h"
#include "rk3588_dram.h"
#include "rk3588_machine.h"
#include "rk3588_pmu.h"
#include "rk3588_scmi.h"
#include "rk_iommu.h"
#include "rocket_faults.h"
#include "rocket_npu.h"
#include "rocket_report.h"

#define TYPE_RK3588_MACHINE MACHINE_TYPE_NAME("rk3588-npu")
OBJECT_DECLARE_SIMPLE_TYPE(Rk3588MachineState, RK3588_MACHINE)

struct Rk3588MachineState {
	VirtMachineState parent_obj;

	bool incoherent_dma;
	uint64_t high_ram_size;
	MemoryRegion high_ram;
	Rk3588Dram *dram;
};

static void (*virt_init)(MachineState *ms);

static DeviceState *add_device(MachineState *ms, const char *type, const char *name, int index)
{
	g_autofree char *child = index < 0 ? g_strdup(name) : g_strdup_printf("%s%d", name, index);
	DeviceState *dev = qdev_new(type);

	object_property_add_child(OBJECT(ms), child, OBJECT(dev));
	return dev;
}

static void realize(DeviceState *dev)
{
	sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
}

static DeviceState *add_mmu(MachineState *ms, int core)
{
	Rk3588Dram *dram = RK3588_MACHINE(ms)->dram;
	DeviceState *mmu = add_device(ms, TYPE_RK_IOMMU, "mmu", core);

	qdev_prop_set_uint32(mmu, "core", core);
	qdev_prop_set_uint32(mmu, "windows", RK3588_MMU_WINDOWS(core));
	if (dram) {
		RK_IOMMU(mmu)->target_as = rk3588_dram_as(dram);
	}
	realize(mmu);
	for (int i = 0; i < RK3588_MMU_WINDOWS(core); i++) {
		sysbus_mmio_map_overlap(SYS_BUS_DEVICE(mmu), i, RK3588_MMU_WINDOW(core, i), 1);
	}
	return mmu;
}

struct soc {
	DeviceState *pmu, *cru, *scmi;
};

static DeviceState *add_core(MachineState *ms, int core, const struct soc *soc)
{
	DeviceState *mmu = add_mmu(ms, core);
	DeviceState *npu = add_device(ms, TYPE_ROCKET_NPU, "npu", core);

	qdev_prop_set_uint32(npu, "core", core);
	object_property_set_link(OBJECT(npu), "mmu", OBJECT(mmu), &error_abort);
	realize(npu);
	sysbus_mmio_map(SYS_BUS_DEVICE(npu), 0, RK3588_NPU_BASE(core));
	sysbus_connect_irq(SYS_BUS_DEVICE(npu), 0,
			   qdev_get_gpio_in(VIRT_MACHINE(ms)->gic, RK3588_NPU_SPI(core)));
	sysbus_connect_irq(SYS_BUS_DEVICE(mmu), 0,
			   qdev_get_gpio_in_named(npu, ROCKET_NPU_MMU_IRQ, 0));

	qdev_connect_gpio_out_named(soc->pmu, RK3588_PMU_POWER, core,
				    qdev_get_gpio_in_named(npu, ROCKET_NPU_POWER, 0));
	for (int i = 0; i < ROCKET_CRU_CLKS; i++) {
		qdev_connect_gpio_out_named(soc->cru, RK3588_CRU_CLOCK, core * ROCKET_CRU_CLKS + i,
					    qdev_get_gpio_in_named(npu, ROCKET_NPU_CLOCK, i));
	}
	qdev_connect_gpio_out_named(soc->scmi, RK3588_SCMI_CLOCK, core,
				    qdev_get_gpio_in_named(npu, ROCKET_NPU_CLOCK,
							   ROCKET_CLK_COMPUTE));
	for (int i = 0; i < ROCKET_SRSTS; i++) {
		qdev_connect_gpio_out_named(soc->cru, RK3588_CRU_RESET, core * ROCKET_SRSTS + i,
					    qdev_get_gpio_in_named(npu, ROCKET_NPU_RESET, i));
	}
	return npu;
}

static DeviceState *add_pmu(MachineState *ms)
{
	DeviceState *gpio = DEVICE(object_resolve_path_type("", "pl061", NULL));
	DeviceState *pmu = add_device(ms, TYPE_RK3588_PMU, "pmu", -1);

	realize(pmu);
	sysbus_mmio_map(SYS_BUS_DEVICE(pmu), 0, RK3588_PMU_BASE);
	for (int i = 0; i < RK3588_QOS_BLOCKS; i++) {
		sysbus_mmio_map(SYS_BUS_DEVICE(pmu), 1 + i, rk3588_qos_base[i]);
	}
	qdev_connect_gpio_out(gpio, RK3588_SUPPLY_GPIO,
			      qdev_get_gpio_in_named(pmu, RK3588_PMU_SUPPLY, 0));
	return pmu;
}

static DeviceState *add_cru(MachineState *ms)
{
	DeviceState *cru = add_device(ms, TYPE_RK3588_CRU, "cru", -1);

	realize(cru);
	sysbus_mmio_map(SYS_BUS_DEVICE(cru), 0, RK3588_CRU_BASE);
	sysbus_mmio_map(SYS_BUS_DEVICE(cru), 1, RK3588_GRF_BASE);
	return cru;
}

static DeviceState *add_scmi(MachineState *ms, DeviceState *pmu)
{
	DeviceState *scmi = add_device(ms, TYPE_RK3588_SCMI, "scmi", -1);

	realize(scmi);
	sysbus_mmio_map(SYS_BUS_DEVICE(scmi), 0, RK3588_MHU_BASE);
	sysbus_mmio_map(SYS_BUS_DEVICE(scmi), 1, RK3588_SHMEM_BASE);
	sysbus_connect_irq(SYS_BUS_DEVICE(scmi), 0,
			   qdev_get_gpio_in(VIRT_MACHINE(ms)->gic, RK3588_MHU_SPI));
	qdev_connect_gpio_out_named(pmu, RK3588_PMU_POWER, RK3588_PMU_POWER_FIRMWARE,
				    qdev_get_gpio_in_named(scmi, RK3588_SCMI_POWER, 0));
	return scmi;
}

static void add_npu(MachineState *ms)
{
	DeviceState *faults = add_device(ms, TYPE_ROCKET_FAULTS, "faults", -1);
	struct soc soc;

	soc.pmu = add_pmu(ms);
	soc.cru = add_cru(ms);
	soc.scmi = add_scmi(ms, soc.pmu);

	object_property_set_link(OBJECT(faults), "pmu", OBJECT(soc.pmu), &error_abort);
	for (int core = 0; core < RK3588_CORES; core++) {
		g_autofree char *link = g_strdup_printf("core%d", core);

		object_property_set_link(OBJECT(faults), link,
					 OBJECT(add_core(ms, core, &soc)), &error_abort);
	}
	rocket_faults_set_dram(ROCKET_FAULTS(faults), RK3588_MACHINE(ms)->dram);
	realize(faults);
	sysbus_mmio_map(SYS_BUS_DEVICE(faults), 0, RK3588_FAULTS_BASE);
}

/* Called when the boot code has written its own memory nodes. */
static void add_high_memory_node(const struct arm_boot_info *info, void *fdt)
{
	const VirtMachineState *vms = container_of(info, VirtMachineState, bootinfo);

	rk3588_fdt_add_memory(fdt, RK3588_HIGH_RAM_BASE, RK3588_MACHINE(vms)->high_ram_size);
}

static void add_high_ram(Rk3588MachineState *s)
{
	if (s->incoherent_dma) {
		error_report("rk3588-npu: incoherent-dma knows one bank of memory, "
			     "use it without high-ram");
		exit(1);
	}
	memory_region_init_ram(&s->high_ram, NULL, "rk3588-high-ram", s->high_ram_size,
			       &error_fatal);
	memory_region_add_subregion(get_system_memory(), RK3588_HIGH_RAM_BASE, &s->high_ram);
	s->parent_obj.bootinfo.modify_dtb = add_high_memory_node;
}

static void rk3588_machine_init(MachineState *ms)
{
	VirtMachineState *vms = VIRT_MACHINE(ms);

	/* Both kinds of report are part of what the machine is for: never off. */
	qemu_set_log(qemu_loglevel | LOG_GUEST_ERROR | LOG_UNIMP, &error_fatal);

	virt_init(ms);
	if (ms->ram_size > RK3588_DEVICES_START - vms->memmap[VIRT_MEM].base) {
		error_report("rk3588-npu: RAM reaches into the devices, use -m %" PRIu64
			     "M or less",
			     (RK3588_DEVICES_START - vms->memmap[VIRT_MEM].base) >> 20);
		exit(1);
	}
	if (RK3588_MACHINE(ms)->incoherent_dma) {
		RK3588_MACHINE(ms)->dram = rk3588_dram_create(ms, vms->memmap[VIRT_MEM].base);
	}
	if (RK3588_MACHINE(ms)->high_ram_size) {
		add_high_ram(RK3588_MACHINE(ms));
	}
	add_npu(ms);
	rk3588_fdt_add(ms->fdt);
}

static bool get_incoherent(Object *obj, Error **errp)
{
	return RK3588_MACHINE(obj)->incoherent_dma;
}

static void set_incoherent(Object *obj, bool value, Error **errp)
{
	RK3588_MACHINE(obj)->incoherent_dma = value;
}

static void get_high_ram(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
	visit_type_size(v, name, &RK3588_MACHINE(obj)->high_ram_size, errp);
}

static void set_high_ram(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
	visit_type_size(v, name, &RK3588_MACHINE(obj)->high_ram_size, errp);
}

static void rk3588_machine_class_init(ObjectClass *oc, void *data)
{
	MachineClass *mc = MACHINE_CLASS(oc);

	virt_init = mc->init;
	mc->init = rk3588_machine_init;
	mc->alias = NULL;
	mc->desc = "ARM virt board with the NPU of an RK3588";
	object_class_property_add_bool(oc, "incoherent-dma", get_incoherent, set_incoherent);
	object_class_property_set_description(oc, "incoherent-dma",
					      "NPU sees memory as of the last cache maintenance");
	object_class_property_add(oc, "high-ram", "size", get_high_ram, set_high_ram, NULL, NULL);
	object_class_property_set_description(oc, "high-ram", "memory above 4 GiB, in bytes");
}

static const TypeInfo rk3588_machine_types[] = {
	{
		.name = TYPE_RK3588_MACHINE,
		.parent = MACHINE_TYPE_NAME("virt-10.0"),
		.instance_size = sizeof(Rk3588MachineState),
		.class_init = rk3588_machine_class_init,
	},
};
DEFINE_TYPES(rk3588_machine_types)
