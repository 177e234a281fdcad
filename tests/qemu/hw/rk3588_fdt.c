/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Device tree of the NPU machine
 *
 * The nodes an RK3588 board has for its NPU, in the shape of the mainline bindings. Differences
 * from a board: the GIC of virt takes three interrupt cells; the firmware behind the compute clock
 * is reached through a mailbox; the supply is a fixed regulator with an enable pin. No node is
 * dma-coherent.
 */
#include "qemu/osdep.h"
#include "hw/arm/fdt.h"
#include "qapi/error.h"
#include "system/device_tree.h"

#include <libfdt.h>
#include <model/rkmmu.h>

#include "rk3588_cru.h"
#include "rk3588_machine.h"
#include "rk3588_pmu.h"
#include "rk3588_scmi.h"
#include "rocket_faults.h"

/* Identifiers of the mainline bindings for the CRU and the power controller. */
enum {
	HCLK_NPU_CM0_ROOT = 280,
	HCLK_NPU_ROOT	  = 289,
	CLK_NPU_DSU0	  = 290,
	PCLK_NPU_ROOT	  = 291,
};

static const struct core {
	uint32_t aclk, hclk;
	uint32_t srst_a, srst_h;
	uint32_t domain;
} cores[RK3588_CORES] = {
	{ 287, 288, 272, 274, 9 },
	{ 276, 277, 250, 252, 10 },
	{ 278, 279, 254, 256, 11 },
};

enum { PD_NPU = 8, PD_NPUTOP = 9, PD_NPU1 = 10, PD_NPU2 = 11 };

#define NPU_CLOCK_HZ	200000000
#define NPU_SUPPLY_UV	800000

static const char *const qos_names[RK3588_QOS_BLOCKS] = {
	"npu1", "npu2", "npu0_mwr", "npu0_mro", "mcu_npu",
};

enum { QOS_NPU1, QOS_NPU2, QOS_NPU0_MWR, QOS_NPU0_MRO, QOS_MCU_NPU };

struct phandles {
	uint32_t cru, power, compute, supply;
	uint32_t qos[RK3588_QOS_BLOCKS];
};

#define STRINGS(fdt, node, name, list) \
	qemu_fdt_setprop(fdt, node, name, list, sizeof(list))

static uint32_t add_phandle(void *fdt, const char *node)
{
	uint32_t phandle = qemu_fdt_alloc_phandle(fdt);

	qemu_fdt_setprop_cell(fdt, node, "phandle", phandle);
	return phandle;
}

static void set_reg(void *fdt, const char *node, uint64_t base, uint64_t size)
{
	qemu_fdt_setprop_sized_cells(fdt, node, "reg", 2, base, 2, size);
}

static uint32_t add_fixed_clock(void *fdt, const char *name, uint32_t hz)
{
	g_autofree char *node = g_strdup_printf("/clock-%s", name);

	qemu_fdt_add_subnode(fdt, node);
	qemu_fdt_setprop_string(fdt, node, "compatible", "fixed-clock");
	qemu_fdt_setprop_cell(fdt, node, "#clock-cells", 0);
	qemu_fdt_setprop_cell(fdt, node, "clock-frequency", hz);
	qemu_fdt_setprop_string(fdt, node, "clock-output-names", name);
	return add_phandle(fdt, node);
}

static uint32_t phandle_of(void *fdt, const char *compatible)
{
	g_autofree char **nodes = qemu_fdt_node_path(fdt, NULL, compatible, &error_fatal);

	return qemu_fdt_get_phandle(fdt, nodes[0]);
}

static uint32_t add_supply(void *fdt, uint32_t gpio)
{
	const char *node = "/regulator-vdd-npu-s0";

	qemu_fdt_add_subnode(fdt, node);
	qemu_fdt_setprop_string(fdt, node, "compatible", "regulator-fixed");
	qemu_fdt_setprop_string(fdt, node, "regulator-name", "vdd_npu_s0");
	qemu_fdt_setprop_cell(fdt, node, "regulator-min-microvolt", NPU_SUPPLY_UV);
	qemu_fdt_setprop_cell(fdt, node, "regulator-max-microvolt", NPU_SUPPLY_UV);
	qemu_fdt_setprop_cells(fdt, node, "gpios", gpio, RK3588_SUPPLY_GPIO, 0);
	qemu_fdt_setprop(fdt, node, "enable-active-high", NULL, 0);
	return add_phandle(fdt, node);
}

/* The doorbell, the shared memory and the SCMI clock provider behind them. */
static uint32_t add_firmware(void *fdt)
{
	static const char mhu_compatible[] = "arm,mhu-doorbell\0arm,primecell";
	g_autofree char *mhu = g_strdup_printf("/mailbox@%x", RK3588_MHU_BASE);
	g_autofree char *sram = g_strdup_printf("/sram@%x", RK3588_SHMEM_BASE);
	g_autofree char *shmem = g_strdup_printf("%s/shmem@0", sram);
	const char *scmi = "/firmware/scmi", *clocks = "/firmware/scmi/protocol@14";

	qemu_fdt_add_subnode(fdt, mhu);
	STRINGS(fdt, mhu, "compatible", mhu_compatible);
	set_reg(fdt, mhu, RK3588_MHU_BASE, RK3588_SCMI_MHU_SIZE);
	qemu_fdt_setprop_cells(fdt, mhu, "interrupts", GIC_FDT_IRQ_TYPE_SPI, RK3588_MHU_SPI,
			       GIC_FDT_IRQ_FLAGS_LEVEL_HI);
	qemu_fdt_setprop_cell(fdt, mhu, "#mbox-cells", 2);
	qemu_fdt_setprop_cell(fdt, mhu, "clocks", qemu_fdt_get_phandle(fdt, "/apb-pclk"));
	qemu_fdt_setprop_string(fdt, mhu, "clock-names", "apb_pclk");

	qemu_fdt_add_subnode(fdt, sram);
	qemu_fdt_setprop_string(fdt, sram, "compatible", "mmio-sram");
	set_reg(fdt, sram, RK3588_SHMEM_BASE, RK3588_SCMI_SHMEM_SIZE);
	qemu_fdt_setprop_cell(fdt, sram, "#address-cells", 1);
	qemu_fdt_setprop_cell(fdt, sram, "#size-cells", 1);
	qemu_fdt_setprop_cells(fdt, sram, "ranges", 0, 0, RK3588_SHMEM_BASE,
			       RK3588_SCMI_SHMEM_SIZE);
	qemu_fdt_add_subnode(fdt, shmem);
	qemu_fdt_setprop_string(fdt, shmem, "compatible", "arm,scmi-shmem");
	qemu_fdt_setprop_cells(fdt, shmem, "reg", 0, RK3588_SCMI_SHMEM_SIZE);

	qemu_fdt_add_subnode(fdt, "/firmware");
	qemu_fdt_add_subnode(fdt, scmi);
	qemu_fdt_setprop_string(fdt, scmi, "compatible", "arm,scmi");
	qemu_fdt_setprop_cells(fdt, scmi, "mboxes", add_phandle(fdt, mhu), 0, 0);
	qemu_fdt_setprop_string(fdt, scmi, "mbox-names", "tx");
	qemu_fdt_setprop_cell(fdt, scmi, "shmem", add_phandle(fdt, shmem));
	/*
	 * An answer is there when the doorbell was rung, as after an SMC call. An interrupt would
	 * come too late while the system suspends or resumes, when power domains need the clock.
	 */
	qemu_fdt_setprop(fdt, scmi, "arm,no-completion-irq", NULL, 0);
	qemu_fdt_setprop_cell(fdt, scmi, "#address-cells", 1);
	qemu_fdt_setprop_cell(fdt, scmi, "#size-cells", 0);

	qemu_fdt_add_subnode(fdt, clocks);
	qemu_fdt_setprop_cell(fdt, clocks, "reg", 0x14);
	qemu_fdt_setprop_cell(fdt, clocks, "#clock-cells", 1);
	return add_phandle(fdt, clocks);
}

static void add_grf(void *fdt)
{
	static const char compatible[] = "rockchip,rk3588-sys-grf\0syscon";
	g_autofree char *node = g_strdup_printf("/syscon@%x", RK3588_GRF_BASE);

	qemu_fdt_add_subnode(fdt, node);
	STRINGS(fdt, node, "compatible", compatible);
	set_reg(fdt, node, RK3588_GRF_BASE, RK3588_GRF_SIZE);
}

static uint32_t add_cru(void *fdt)
{
	g_autofree char *node = g_strdup_printf("/clock-controller@%x", RK3588_CRU_BASE);

	qemu_fdt_add_subnode(fdt, node);
	qemu_fdt_setprop_string(fdt, node, "compatible", "rockchip,rk3588-cru");
	set_reg(fdt, node, RK3588_CRU_BASE, RK3588_CRU_SIZE);
	qemu_fdt_setprop_cell(fdt, node, "#clock-cells", 1);
	qemu_fdt_setprop_cell(fdt, node, "#reset-cells", 1);
	return add_phandle(fdt, node);
}

static void add_qos(void *fdt, struct phandles *p)
{
	static const char compatible[] = "rockchip,rk3588-qos\0syscon";

	for (int i = 0; i < RK3588_QOS_BLOCKS; i++) {
		g_autofree char *node = g_strdup_printf("/qos@%x", rk3588_qos_base[i]);

		qemu_fdt_add_subnode(fdt, node);
		STRINGS(fdt, node, "compatible", compatible);
		qemu_fdt_setprop_string(fdt, node, "label", qos_names[i]);
		set_reg(fdt, node, rk3588_qos_base[i], RK3588_QOS_SIZE);
		p->qos[i] = add_phandle(fdt, node);
	}
}

static char *add_domain(void *fdt, const char *parent, uint32_t id, bool has_children)
{
	char *node = g_strdup_printf("%s/power-domain@%x", parent, id);

	qemu_fdt_add_subnode(fdt, node);
	qemu_fdt_setprop_cell(fdt, node, "reg", id);
	qemu_fdt_setprop_cell(fdt, node, "#power-domain-cells", 0);
	if (has_children) {
		qemu_fdt_setprop_cell(fdt, node, "#address-cells", 1);
		qemu_fdt_setprop_cell(fdt, node, "#size-cells", 0);
	}
	return node;
}

static uint32_t add_pmu(void *fdt, const struct phandles *p)
{
	static const char compatible[] = "rockchip,rk3588-pmu\0syscon\0simple-mfd";
	g_autofree char *pmu = g_strdup_printf("/power-management@%x", RK3588_PMU_BASE);
	g_autofree char *power = g_strdup_printf("%s/power-controller", pmu);
	g_autofree char *npu = NULL, *nputop = NULL, *npu1 = NULL, *npu2 = NULL;
	uint32_t phandle;

	qemu_fdt_add_subnode(fdt, pmu);
	STRINGS(fdt, pmu, "compatible", compatible);
	set_reg(fdt, pmu, RK3588_PMU_BASE, RK3588_PMU_SIZE);

	qemu_fdt_add_subnode(fdt, power);
	qemu_fdt_setprop_string(fdt, power, "compatible", "rockchip,rk3588-power-controller");
	qemu_fdt_setprop_cell(fdt, power, "#address-cells", 1);
	qemu_fdt_setprop_cell(fdt, power, "#size-cells", 0);
	qemu_fdt_setprop_cell(fdt, power, "#power-domain-cells", 1);
	phandle = add_phandle(fdt, power);

	npu = add_domain(fdt, power, PD_NPU, true);
	qemu_fdt_setprop_cell(fdt, npu, "domain-supply", p->supply);

	nputop = add_domain(fdt, npu, PD_NPUTOP, true);
	qemu_fdt_setprop_cells(fdt, nputop, "clocks", p->cru, HCLK_NPU_ROOT, p->cru, PCLK_NPU_ROOT,
			       p->cru, CLK_NPU_DSU0, p->cru, HCLK_NPU_CM0_ROOT);
	qemu_fdt_setprop_cells(fdt, nputop, "pm_qos", p->qos[QOS_NPU0_MWR], p->qos[QOS_NPU0_MRO],
			       p->qos[QOS_MCU_NPU]);

	npu1 = add_domain(fdt, nputop, PD_NPU1, false);
	qemu_fdt_setprop_cells(fdt, npu1, "clocks", p->cru, HCLK_NPU_ROOT, p->cru, PCLK_NPU_ROOT,
			       p->cru, CLK_NPU_DSU0);
	qemu_fdt_setprop_cell(fdt, npu1, "pm_qos", p->qos[QOS_NPU1]);

	npu2 = add_domain(fdt, nputop, PD_NPU2, false);
	qemu_fdt_setprop_cells(fdt, npu2, "clocks", p->cru, HCLK_NPU_ROOT, p->cru, PCLK_NPU_ROOT,
			       p->cru, CLK_NPU_DSU0);
	qemu_fdt_setprop_cell(fdt, npu2, "pm_qos", p->qos[QOS_NPU2]);
	return phandle;
}

static void add_interrupt(void *fdt, const char *node, int core)
{
	qemu_fdt_setprop_cells(fdt, node, "interrupts", GIC_FDT_IRQ_TYPE_SPI, RK3588_NPU_SPI(core),
			       GIC_FDT_IRQ_FLAGS_LEVEL_HI);
}

static uint32_t add_mmu(void *fdt, int core, const struct phandles *p)
{
	static const char compatible[] = "rockchip,rk3588-iommu\0rockchip,rk3568-iommu";
	static const char clock_names[] = "aclk\0iface";
	const struct core *c = &cores[core];
	g_autofree char *node = g_strdup_printf("/iommu@%x", RK3588_MMU_WINDOW(core, 0));

	qemu_fdt_add_subnode(fdt, node);
	STRINGS(fdt, node, "compatible", compatible);
	if (RK3588_MMU_WINDOWS(core) == 2) {
		qemu_fdt_setprop_sized_cells(fdt, node, "reg",
					     2, RK3588_MMU_WINDOW(core, 0), 2, RKMMU_WINDOW_SIZE,
					     2, RK3588_MMU_WINDOW(core, 1), 2, RKMMU_WINDOW_SIZE);
	} else {
		set_reg(fdt, node, RK3588_MMU_WINDOW(core, 0), RKMMU_WINDOW_SIZE);
	}
	add_interrupt(fdt, node, core);
	qemu_fdt_setprop_cells(fdt, node, "clocks", p->cru, c->aclk, p->cru, c->hclk);
	STRINGS(fdt, node, "clock-names", clock_names);
	qemu_fdt_setprop_cells(fdt, node, "power-domains", p->power, c->domain);
	qemu_fdt_setprop_cell(fdt, node, "#iommu-cells", 0);
	return add_phandle(fdt, node);
}

static void add_core(void *fdt, int core, const struct phandles *p, uint32_t mmu)
{
	static const char reg_names[] = "pc\0cna\0core";
	static const char clock_names[] = "aclk\0hclk\0npu\0pclk";
	static const char reset_names[] = "srst_a\0srst_h";
	const struct core *c = &cores[core];
	uint64_t base = RK3588_NPU_BASE(core);
	g_autofree char *node = g_strdup_printf("/npu@%" PRIx64, base);

	qemu_fdt_add_subnode(fdt, node);
	qemu_fdt_setprop_string(fdt, node, "compatible", "rockchip,rk3588-rknn-core");
	qemu_fdt_setprop_sized_cells(fdt, node, "reg", 2, base, 2, 0x1000,
				     2, base + 0x1000, 2, 0x1000, 2, base + 0x3000, 2, 0x1000);
	STRINGS(fdt, node, "reg-names", reg_names);
	add_interrupt(fdt, node, core);
	qemu_fdt_setprop_cells(fdt, node, "clocks", p->cru, c->aclk, p->cru, c->hclk, p->compute,
			       RK3588_SCMI_CLK_NPU, p->cru, PCLK_NPU_ROOT);
	STRINGS(fdt, node, "clock-names", clock_names);
	qemu_fdt_setprop_cells(fdt, node, "assigned-clocks", p->compute, RK3588_SCMI_CLK_NPU);
	qemu_fdt_setprop_cell(fdt, node, "assigned-clock-rates", NPU_CLOCK_HZ);
	qemu_fdt_setprop_cells(fdt, node, "resets", p->cru, c->srst_a, p->cru, c->srst_h);
	STRINGS(fdt, node, "reset-names", reset_names);
	qemu_fdt_setprop_cells(fdt, node, "power-domains", p->power, c->domain);
	qemu_fdt_setprop_cell(fdt, node, "iommus", mmu);
	qemu_fdt_setprop_cell(fdt, node, "npu-supply", p->supply);
	qemu_fdt_setprop_cell(fdt, node, "sram-supply", p->supply);
}

static void add_faults(void *fdt)
{
	g_autofree char *node = g_strdup_printf("/rocket-faults@%x", RK3588_FAULTS_BASE);

	qemu_fdt_add_subnode(fdt, node);
	qemu_fdt_setprop_string(fdt, node, "compatible", "rocket,test-faults");
	set_reg(fdt, node, RK3588_FAULTS_BASE, ROCKET_FAULTS_SIZE);
}

void rk3588_fdt_add_memory(void *fdt, uint64_t base, uint64_t size)
{
	g_autofree char *node = g_strdup_printf("/memory@%" PRIx64, base);

	qemu_fdt_add_subnode(fdt, node);
	qemu_fdt_setprop_string(fdt, node, "device_type", "memory");
	set_reg(fdt, node, base, size);
}

void rk3588_fdt_add(void *fdt)
{
	struct phandles p;

	/* virt calls the whole board coherent; its DMA masters say so themselves as well. */
	fdt_delprop(fdt, 0, "dma-coherent");

	add_fixed_clock(fdt, "xin24m", 24000000);
	add_fixed_clock(fdt, "xin32k", 32768);
	add_fixed_clock(fdt, "spll", 702000000);
	p.compute = add_firmware(fdt);
	p.supply = add_supply(fdt, phandle_of(fdt, "arm,pl061"));
	add_grf(fdt);
	p.cru = add_cru(fdt);
	add_qos(fdt, &p);
	p.power = add_pmu(fdt, &p);
	for (int core = RK3588_CORES - 1; core >= 0; core--) {
		add_core(fdt, core, &p, add_mmu(fdt, core, &p));
	}
	add_faults(fdt);
}
