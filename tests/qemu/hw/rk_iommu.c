/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Rockchip IOMMU device
 *
 * Skin over model/rkmmu: one or two register windows, an address space that translates, one
 * interrupt line. A page fault blocks the master; after PAGE_FAULT_DONE the access is tried again,
 * so an address nobody maps faults again and again.
 *
 * Unknown: which of the two windows of core 0 serves which bus master. Here the first translates
 * reads and the second writes, so a window that the driver forgets is noticed.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"

#include "rk_iommu.h"
#include "rocket_report.h"
#include "trace.h"

static RkIommuWindow *window_for(RkIommuState *s, bool write)
{
	return &s->windows[write ? s->window_count - 1 : 0];
}

/* Model callbacks */

static bool model_read_entry(void *opaque, uint64_t pa, uint32_t *entry)
{
	RkIommuWindow *w = opaque;
	MemTxResult result;

	*entry = address_space_ldl_le(w->parent->target_as, pa, MEMTXATTRS_UNSPECIFIED, &result);
	return result == MEMTX_OK;
}

static void model_irq(void *opaque, bool level)
{
	RkIommuWindow *w = opaque;
	RkIommuState *s = w->parent;
	bool any = false;

	w->irq = level;
	for (uint32_t i = 0; i < s->window_count; i++) {
		any |= s->windows[i].irq;
	}
	trace_rk_iommu_irq(s->core, w->index, level);
	qemu_set_irq(s->irq, any);
}

static void model_report(void *opaque, enum rkmmu_report kind, const char *text)
{
	RkIommuWindow *w = opaque;

	if (kind == RKMMU_GUEST_ERROR) {
		rocket_guest_error("iommu%u.%u: %s", w->parent->core, w->index, text);
	} else {
		rocket_unimp("iommu%u.%u: %s", w->parent->core, w->index, text);
	}
}

static const struct rkmmu_ops model_ops = {
	.read_entry = model_read_entry,
	.irq = model_irq,
	.report = model_report,
};

/* Lines from the core */

static void apply_options(RkIommuState *s)
{
	struct rkmmu_options options = {
		.reset_stuck = s->reset_stuck,
		.stall_stuck = s->stall_stuck,
		.dte_32bit = s->dte_32bit,
		.check_stale = s->check_stale,
	};

	for (uint32_t i = 0; i < s->window_count; i++) {
		s->windows[i].model.options = options;
	}
}

void rk_iommu_wipe(RkIommuState *s)
{
	timer_del(s->refault_timer);
	for (uint32_t i = 0; i < s->window_count; i++) {
		rkmmu_reset(&s->windows[i].model);
		s->windows[i].bypass_reported = false;
	}
}

void rk_iommu_set_lines(RkIommuState *s, bool powered, bool clocked, bool in_reset)
{
	s->powered = powered;
	s->clocked = clocked;
	s->in_reset = in_reset;
}

void rk_iommu_set_master(RkIommuState *s, enum rkmmu_master master)
{
	for (uint32_t i = 0; i < s->window_count; i++) {
		rkmmu_set_master(&s->windows[i].model, master);
	}
}

bool rk_iommu_stalled(const RkIommuState *s)
{
	for (uint32_t i = 0; i < s->window_count; i++) {
		if (s->windows[i].model.stalled) {
			return true;
		}
	}
	return false;
}

/* Registers */

static bool accessible(RkIommuWindow *w, const char *what, hwaddr offset)
{
	RkIommuState *s = w->parent;
	const char *why = !s->powered ? "without power" :
			  !s->clocked ? "with a clock gated" :
			  s->in_reset ? "in reset" : NULL;

	if (why) {
		rocket_guest_error("iommu%u.%u: %s of 0x%02" HWADDR_PRIx " %s", s->core, w->index,
				   what, offset, why);
	}
	return !why;
}

static uint64_t window_read(void *opaque, hwaddr offset, unsigned size)
{
	RkIommuWindow *w = opaque;
	uint32_t value;

	if (!accessible(w, "read", offset)) {
		return 0;
	}
	value = rkmmu_read(&w->model, offset);
	trace_rk_iommu_read(w->parent->core, w->index, offset, value);
	return value;
}

static void window_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	RkIommuWindow *w = opaque;
	RkIommuState *s = w->parent;
	bool was_paging = w->model.paging, was_fault = w->model.fault_active;

	if (!accessible(w, "write", offset)) {
		return;
	}
	trace_rk_iommu_write(s->core, w->index, offset, value);
	apply_options(s);
	rkmmu_write(&w->model, offset, value);
	if (!was_paging && w->model.paging && w->index == 0) {
		s->enables++;
	}
	if (was_fault && !w->model.fault_active && w->model.master != RKMMU_MASTER_IDLE) {
		timer_mod(s->refault_timer, qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + s->refault_us);
	}
}

static const MemoryRegionOps window_ops = {
	.read = window_read,
	.write = window_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 4 },
};

/* Translation */

static enum rkmmu_result translate(RkIommuWindow *w, uint32_t iova, bool write, uint64_t *pa)
{
	RkIommuState *s = w->parent;
	bool was_fault = w->model.fault_active;
	enum rkmmu_result result = rkmmu_translate(&w->model, iova, write, pa);

	if (result == RKMMU_BYPASS && !s->allow_bypass) {
		if (!w->bypass_reported) {
			rocket_guest_error("iommu%u.%u: DMA %s of 0x%08x before the IOMMU is "
					   "programmed", s->core, w->index,
					   write ? "write" : "read", iova);
			w->bypass_reported = true;
		}
		return RKMMU_FAULT;
	}
	if (result == RKMMU_STALLED) {
		rocket_guest_error("iommu%u.%u: DMA %s of 0x%08x while stalled", s->core, w->index,
				   write ? "write" : "read", iova);
	}
	if (result == RKMMU_FAULT && !was_fault) {
		s->faults++;
		trace_rk_iommu_fault(s->core, w->index, iova, write ? "write" : "read",
				     rkmmu_cause_name(w->model.cause));
	}
	return result;
}

static IOMMUTLBEntry region_translate(IOMMUMemoryRegion *mr, hwaddr addr, IOMMUAccessFlags flag,
				      int index)
{
	RkIommuState *s = container_of(mr, RkIommuState, region);
	bool write = flag & IOMMU_WO;
	IOMMUTLBEntry entry = {
		.target_as = s->target_as,
		.iova = addr & ~(hwaddr)(RKMMU_PAGE_SIZE - 1),
		.addr_mask = RKMMU_PAGE_SIZE - 1,
		.perm = IOMMU_NONE,
	};
	uint64_t pa;

	if (flag == IOMMU_NONE) {
		return entry;
	}
	switch (translate(window_for(s, write), addr, write, &pa)) {
	case RKMMU_OK:
	case RKMMU_BYPASS:
		entry.translated_addr = pa & ~(hwaddr)(RKMMU_PAGE_SIZE - 1);
		entry.perm = write ? IOMMU_WO : IOMMU_RO;
		break;
	default:
		break;
	}
	return entry;
}

static void refault(void *opaque)
{
	RkIommuState *s = opaque;

	for (uint32_t i = 0; i < s->window_count; i++) {
		RkIommuWindow *w = &s->windows[i];
		uint64_t pa;

		if (w->model.cause == RKMMU_CAUSE_NONE || w->model.master == RKMMU_MASTER_IDLE) {
			continue;
		}
		if (translate(w, w->model.fault_addr, w->model.fault_is_write, &pa) == RKMMU_OK) {
			rocket_unimp("iommu%u.%u: fault at 0x%08x resolved, but a task that "
				     "faulted is not resumed", s->core, i, w->model.fault_addr);
		}
	}
}

/* Device */

static void rk_iommu_reset_hold(Object *obj, ResetType type)
{
	rk_iommu_wipe(RK_IOMMU(obj));
}

static void rk_iommu_realize(DeviceState *dev, Error **errp)
{
	RkIommuState *s = RK_IOMMU(dev);

	if (s->window_count < 1 || s->window_count > RK_IOMMU_MAX_WINDOWS) {
		error_setg(errp, "rk-iommu: windows must be 1 or 2");
		return;
	}
	if (!s->target_as) {
		s->target_as = &address_space_memory;
	}
	memory_region_init_iommu(&s->region, sizeof(s->region), TYPE_RK_IOMMU_REGION, OBJECT(s),
				 "rk-iommu-dma", 1ull << 32);
	address_space_init(&s->dma_as, MEMORY_REGION(&s->region), "rk-iommu-dma");
	for (uint32_t i = 0; i < s->window_count; i++) {
		RkIommuWindow *w = &s->windows[i];

		w->parent = s;
		w->index = i;
		rkmmu_init(&w->model, &model_ops, w);
		memory_region_init_io(&w->iomem, OBJECT(s), &window_ops, w, "rk-iommu",
				      RKMMU_WINDOW_SIZE);
		sysbus_init_mmio(SYS_BUS_DEVICE(s), &w->iomem);
	}
	sysbus_init_irq(SYS_BUS_DEVICE(s), &s->irq);
	s->refault_timer = timer_new_us(QEMU_CLOCK_VIRTUAL, refault, s);
}

static void rk_iommu_init(Object *obj)
{
	RkIommuState *s = RK_IOMMU(obj);
	struct { const char *name; uint32_t *field; ObjectPropertyFlags flags; } props[] = {
		{ "refault-us",	 &s->refault_us,  OBJ_PROP_FLAG_READWRITE },
		{ "reset-stuck", &s->reset_stuck, OBJ_PROP_FLAG_READWRITE },
		{ "stall-stuck", &s->stall_stuck, OBJ_PROP_FLAG_READWRITE },
		{ "dte-32bit",	 &s->dte_32bit,	  OBJ_PROP_FLAG_READWRITE },
		{ "check-stale", &s->check_stale, OBJ_PROP_FLAG_READWRITE },
		{ "enables",	 &s->enables,	  OBJ_PROP_FLAG_READ },
		{ "faults",	 &s->faults,	  OBJ_PROP_FLAG_READ },
	};

	s->refault_us = 100;
	s->check_stale = 1;
	for (size_t i = 0; i < ARRAY_SIZE(props); i++) {
		object_property_add_uint32_ptr(obj, props[i].name, props[i].field, props[i].flags);
	}
}

static const Property rk_iommu_properties[] = {
	DEFINE_PROP_UINT32("core", RkIommuState, core, 0),
	DEFINE_PROP_UINT32("windows", RkIommuState, window_count, 1),
	DEFINE_PROP_BOOL("allow-bypass", RkIommuState, allow_bypass, false),
};

static const VMStateDescription rk_iommu_vmstate = {
	.name = "rk-iommu",
	.unmigratable = 1,
};

static void rk_iommu_class_init(ObjectClass *oc, void *data)
{
	DeviceClass *dc = DEVICE_CLASS(oc);

	dc->desc = "Rockchip IOMMU version 2";
	dc->realize = rk_iommu_realize;
	dc->vmsd = &rk_iommu_vmstate;
	dc->user_creatable = false;
	RESETTABLE_CLASS(oc)->phases.hold = rk_iommu_reset_hold;
	device_class_set_props(dc, rk_iommu_properties);
}

static void region_class_init(ObjectClass *oc, void *data)
{
	IOMMU_MEMORY_REGION_CLASS(oc)->translate = region_translate;
}

static const TypeInfo rk_iommu_types[] = {
	{
		.name = TYPE_RK_IOMMU,
		.parent = TYPE_SYS_BUS_DEVICE,
		.instance_size = sizeof(RkIommuState),
		.instance_init = rk_iommu_init,
		.class_init = rk_iommu_class_init,
	}, {
		.name = TYPE_RK_IOMMU_REGION,
		.parent = TYPE_IOMMU_MEMORY_REGION,
		.class_init = region_class_init,
	},
};
DEFINE_TYPES(rk_iommu_types)
