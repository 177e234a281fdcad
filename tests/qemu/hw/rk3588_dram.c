/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Memory as the NPU sees it
 *
 * TCG has no caches, so guest memory is what the CPUs see. This keeps what the memory chips would
 * hold: the CPUs' DC instructions to the point of coherency copy lines between the two, the NPU
 * reads and writes the chips only. A buffer that nobody cleaned reaches the NPU as it was before, a
 * result that nobody invalidated is not seen by the CPUs.
 *
 * Two simplifications, both towards silicon that is kind: lines are never evicted on their own, and
 * an invalidate drops CPU writes only from lines that the NPU has written.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "qemu/thread.h"
#include "target/arm/cpu.h"
#include "target/arm/cpregs.h"

#include "rk3588_dram.h"

#define LINE RK3588_DRAM_LINE

/* What the CPUs had in a line when the NPU first wrote it. */
typedef struct Before {
	uint8_t data[LINE];
	bool unclean;		/* they had writes that memory did not hold */
} Before;

struct Rk3588Dram {
	MemoryRegion root;
	MemoryRegion chips;
	AddressSpace as;
	hwaddr base;
	uint64_t size;
	uint8_t *cpu_view;
	uint8_t *chip_view;
	QemuMutex lock;			/* covers the two members below and the views' lines */
	unsigned long *npu_wrote;	/* one bit per line */
	GHashTable *before;		/* line number -> Before, for each bit set */
};

AddressSpace *rk3588_dram_as(Rk3588Dram *dram)
{
	return &dram->as;
}

static void forget(Rk3588Dram *dram, uint64_t line)
{
	clear_bit(line, dram->npu_wrote);
	g_hash_table_remove(dram->before, GSIZE_TO_POINTER(line));
}

/* The CPUs have writes in a line since it was last the same as memory. */
static bool cpu_dirty(Rk3588Dram *dram, uint64_t line)
{
	Before *before;

	if (!test_bit(line, dram->npu_wrote)) {
		return true;
	}
	before = g_hash_table_lookup(dram->before, GSIZE_TO_POINTER(line));
	return before->unclean || memcmp(before->data, dram->cpu_view + line * LINE, LINE);
}

static void write_back(Rk3588Dram *dram, uint64_t line)
{
	if (cpu_dirty(dram, line)) {
		memcpy(dram->chip_view + line * LINE, dram->cpu_view + line * LINE, LINE);
		forget(dram, line);
	}
}

static void drop(Rk3588Dram *dram, uint64_t line)
{
	if (test_bit(line, dram->npu_wrote)) {
		/* Through the bus, so that translated code in the line is dropped too. */
		address_space_write(&address_space_memory, dram->base + line * LINE,
				    MEMTXATTRS_UNSPECIFIED, dram->chip_view + line * LINE, LINE);
		forget(dram, line);
	}
}

static void maintain(Rk3588Dram *dram, hwaddr pa, bool clean, bool invalidate)
{
	uint64_t line = (pa - dram->base) / LINE;

	if (pa < dram->base || pa - dram->base >= dram->size) {
		return;
	}
	qemu_mutex_lock(&dram->lock);
	if (clean) {
		write_back(dram, line);
	}
	if (invalidate) {
		drop(dram, line);
	}
	qemu_mutex_unlock(&dram->lock);
}

void rk3588_dram_clean(Rk3588Dram *dram, hwaddr pa)
{
	maintain(dram, pa, true, false);
}

void rk3588_dram_invalidate(Rk3588Dram *dram, hwaddr pa)
{
	maintain(dram, pa, false, true);
}

void rk3588_dram_clean_invalidate(Rk3588Dram *dram, hwaddr pa)
{
	maintain(dram, pa, true, true);
}

/* The NPU writes; its reads go to the memory of the region without a call. */
static void chips_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	Rk3588Dram *dram = opaque;
	uint64_t line = offset / LINE;

	qemu_mutex_lock(&dram->lock);
	if (!test_and_set_bit(line, dram->npu_wrote)) {
		Before *before = g_new(Before, 1);
		const uint8_t *cpu = dram->cpu_view + line * LINE;

		memcpy(before->data, cpu, LINE);
		before->unclean = memcmp(cpu, dram->chip_view + line * LINE, LINE);
		g_hash_table_insert(dram->before, GSIZE_TO_POINTER(line), before);
	}
	stn_le_p(dram->chip_view + offset, size, value);
	qemu_mutex_unlock(&dram->lock);
}

static uint64_t chips_read(void *opaque, hwaddr offset, unsigned size)
{
	Rk3588Dram *dram = opaque;

	return ldn_le_p(dram->chip_view + offset, size);
}

static const MemoryRegionOps chips_ops = {
	.read = chips_read,
	.write = chips_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 1, .max_access_size = 8 },
	.impl = { .min_access_size = 1, .max_access_size = 8 },
};

/* The CPUs' instructions */

static bool line_address(CPUARMState *env, uint64_t va, hwaddr *pa)
{
	MemTxAttrs attrs = {};

	*pa = arm_cpu_get_phys_page_attrs_debug(env_cpu(env), va & TARGET_PAGE_MASK, &attrs);
	if (*pa == -1) {
		return false;
	}
	*pa += va & ~TARGET_PAGE_MASK;
	return true;
}

static void dc_clean(CPUARMState *env, const ARMCPRegInfo *ri, uint64_t va)
{
	hwaddr pa;

	if (line_address(env, va, &pa)) {
		rk3588_dram_clean(ri->opaque, pa);
	}
}

static void dc_invalidate(CPUARMState *env, const ARMCPRegInfo *ri, uint64_t va)
{
	hwaddr pa;

	if (line_address(env, va, &pa)) {
		rk3588_dram_invalidate(ri->opaque, pa);
	}
}

static void dc_clean_invalidate(CPUARMState *env, const ARMCPRegInfo *ri, uint64_t va)
{
	hwaddr pa;

	if (line_address(env, va, &pa)) {
		rk3588_dram_clean_invalidate(ri->opaque, pa);
	}
}

static const struct {
	const char *name;
	uint8_t op1, crm;
	CPWriteFn *write;
} dc_ops[] = {
	{ "DC_IVAC",  0, 6,  dc_invalidate },
	{ "DC_CVAC",  3, 10, dc_clean },
	{ "DC_CIVAC", 3, 14, dc_clean_invalidate },
};

/*
 * QEMU takes these for no operation. Its table of system registers is per CPU and belongs to it
 * alone; the checks of access stay as they are.
 */
static void hook_cpu(Rk3588Dram *dram, ARMCPU *cpu)
{
	for (size_t i = 0; i < ARRAY_SIZE(dc_ops); i++) {
		uint32_t key = ENCODE_AA64_CP_REG(CP_REG_ARM64_SYSREG_CP, 7, dc_ops[i].crm, 1,
						  dc_ops[i].op1, 1);
		ARMCPRegInfo *ri = (ARMCPRegInfo *)get_arm_cp_reginfo(cpu->cp_regs, key);

		if (!ri) {
			error_setg(&error_fatal, "incoherent-dma: this CPU has no %s",
				   dc_ops[i].name);
		}
		ri->type = ARM_CP_NO_RAW | ARM_CP_SUPPRESS_TB_END;
		ri->writefn = dc_ops[i].write;
		ri->opaque = dram;
	}
}

Rk3588Dram *rk3588_dram_create(MachineState *ms, hwaddr base)
{
	Rk3588Dram *dram = g_new0(Rk3588Dram, 1);
	CPUState *cs;

	dram->base = base;
	dram->size = ms->ram_size;
	dram->cpu_view = memory_region_get_ram_ptr(ms->ram);
	qemu_mutex_init(&dram->lock);
	dram->npu_wrote = bitmap_new(dram->size / LINE);
	dram->before = g_hash_table_new_full(NULL, NULL, NULL, g_free);

	memory_region_init(&dram->root, OBJECT(ms), "rk3588-npu-view", UINT64_MAX);
	memory_region_init_rom_device_nomigrate(&dram->chips, OBJECT(ms), &chips_ops, dram,
						"rk3588-chips", dram->size, &error_fatal);
	dram->chip_view = memory_region_get_ram_ptr(&dram->chips);
	memory_region_add_subregion(&dram->root, base, &dram->chips);
	address_space_init(&dram->as, &dram->root, "rk3588-npu-view");

	CPU_FOREACH(cs) {
		hook_cpu(dram, ARM_CPU(cs));
	}
	return dram;
}
