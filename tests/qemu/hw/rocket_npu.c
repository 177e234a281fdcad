/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: NPU core device
 *
 * Skin over model/npu: maps registers, DMA and the interrupt onto the model and decides when a task
 * runs. It is strict where silicon is fatal: an access without power, with a gated clock or in
 * reset never reaches the model and is reported.
 *
 * With a delay, tasks run from a timer, one per expiry, and the guest sees a job in flight; a
 * task's effect on memory happens at the end of its delay. Without one, a job is done when the
 * write that started it returns: a hop to another host thread would cost more than most tasks do.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "system/dma.h"

#include <npu/limits.h>
#include <npu/rocket_regs.h>

#include "rocket_npu.h"
#include "rocket_report.h"
#include "trace.h"

#define DMA_ERROR_READ		(1u << 0)
#define DMA_ERROR_WRITE		(1u << 1)

/* An unanswered spurious interrupt ends by itself, before the kernel gives up on the line. */
#define SPURIOUS_US		100

/* Both resets are held for at least 32 cycles of the slowest clock. Source: TRM; pclk at 24 MHz */
#define RESET_MIN_NS		(32 * 1000 / 24)

static bool any_reset(const RocketNpuState *s)
{
	return s->resets[ROCKET_SRST_A] || s->resets[ROCKET_SRST_H];
}

static bool both_resets(const RocketNpuState *s)
{
	return s->resets[ROCKET_SRST_A] && s->resets[ROCKET_SRST_H];
}

static bool mmu_clocked(const RocketNpuState *s)
{
	return s->clocks[ROCKET_CLK_ACLK] && s->clocks[ROCKET_CLK_HCLK];
}

static bool clocked(const RocketNpuState *s)
{
	return mmu_clocked(s) && s->clocks[ROCKET_CLK_PCLK];
}

static void update_irq(RocketNpuState *s)
{
	bool level = (s->model_irq && !s->irq_held) || s->mmu_irq || s->spurious;

	qemu_set_irq(s->irq, level);
}

static bool hung(const RocketNpuState *s)
{
	return s->wedged || npu_state(s->npu) == NPU_HUNG;
}

static void set_busy(RocketNpuState *s, bool busy)
{
	s->busy = busy;
	rk_iommu_set_master(s->mmu, !busy ? RKMMU_MASTER_IDLE :
				    hung(s) ? RKMMU_MASTER_HUNG : RKMMU_MASTER_BUSY);
}

/* Model callbacks */

static int dma(RocketNpuState *s, uint32_t iova, void *buf, size_t bytes, DMADirection dir)
{
	uint32_t bit = dir == DMA_DIRECTION_TO_DEVICE ? DMA_ERROR_READ : DMA_ERROR_WRITE;
	MemTxResult result;

	if (s->dma_error & bit) {
		s->dma_error &= ~bit;
		s->injecting = true;
		trace_rocket_npu_inject(s->core, "dma-error");
		return -EIO;
	}
	result = dma_memory_rw(&s->mmu->dma_as, iova, buf, bytes, dir, MEMTXATTRS_UNSPECIFIED);
	trace_rocket_npu_dma(s->core, bit == DMA_ERROR_READ ? "read" : "write", iova, bytes,
			     result);
	return result == MEMTX_OK ? 0 : -EFAULT;
}

static int model_dma_read(void *opaque, uint32_t iova, void *buf, size_t bytes)
{
	return dma(opaque, iova, buf, bytes, DMA_DIRECTION_TO_DEVICE);
}

static int model_dma_write(void *opaque, uint32_t iova, const void *buf, size_t bytes)
{
	return dma(opaque, iova, (void *)buf, bytes, DMA_DIRECTION_FROM_DEVICE);
}

static void model_irq(void *opaque, bool level)
{
	RocketNpuState *s = opaque;

	trace_rocket_npu_irq(s->core, level);
	s->model_irq = level;
	if (!level) {
		s->irq_held = false;
		timer_del(s->late_timer);
	} else {
		s->irqs++;
		if (s->irq_lost) {
			s->irq_lost--;
			s->irq_held = true;
			trace_rocket_npu_inject(s->core, "irq-lost");
		} else if (s->irq_late_us) {
			s->irq_held = true;
			timer_mod(s->late_timer,
				  qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + s->irq_late_us);
			trace_rocket_npu_inject(s->core, "irq-late");
		}
	}
	update_irq(s);
}

static void model_report(void *opaque, enum npu_report kind, const char *text)
{
	RocketNpuState *s = opaque;

	trace_rocket_npu_report(s->core, text);
	if (s->injecting) {
		return;
	}
	if (kind == NPU_GUEST_ERROR) {
		rocket_guest_error("core%u: %s", s->core, text);
	} else {
		rocket_unimp("core%u: %s", s->core, text);
	}
}

static const struct npu_ops model_ops = {
	.dma_read = model_dma_read,
	.dma_write = model_dma_write,
	.irq = model_irq,
	.report = model_report,
};

/* Execution */

static bool wedge(RocketNpuState *s)
{
	s->wedged = true;
	set_busy(s, true);
	return false;
}

/* Return: another task of the list waits */
static bool step(RocketNpuState *s)
{
	enum npu_state state;

	if (s->hang_task && --s->hang_task == 0) {
		trace_rocket_npu_inject(s->core, "hang-task");
		return wedge(s);
	}
	if (!s->clocks[ROCKET_CLK_COMPUTE] || rk_iommu_stalled(s->mmu)) {
		rocket_guest_error("core%u: task started %s", s->core,
				   s->clocks[ROCKET_CLK_COMPUTE] ? "while the IOMMU is stalled" :
				   "with the compute clock off");
		return wedge(s);
	}
	state = npu_step(s->npu);
	s->injecting = false;
	s->tasks++;
	trace_rocket_npu_step(s->core, state, npu_hang_reason(s->npu) ?: "");
	set_busy(s, state != NPU_IDLE);
	return state == NPU_RUNNING;
}

static void wait_for_task(RocketNpuState *s)
{
	timer_mod(s->step_timer, qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + s->delay_us);
}

static void run(void *opaque)
{
	RocketNpuState *s = opaque;

	while (step(s)) {
		if (s->delay_us) {
			wait_for_task(s);
			break;
		}
	}
}

static void start(RocketNpuState *s)
{
	set_busy(s, true);
	if (s->delay_us) {
		wait_for_task(s);
	} else {
		run(s);
	}
}

static void late(void *opaque)
{
	RocketNpuState *s = opaque;

	s->irq_held = false;
	update_irq(s);
}

static void spurious_end(void *opaque)
{
	RocketNpuState *s = opaque;

	s->spurious = false;
	update_irq(s);
}

static void wipe(RocketNpuState *s)
{
	timer_del(s->step_timer);
	timer_del(s->late_timer);
	s->wedged = false;
	rk_iommu_wipe(s->mmu);
	npu_reset(s->npu);
	set_busy(s, false);
}

/* Registers */

static bool accessible(RocketNpuState *s, const char *what, hwaddr offset)
{
	const char *why = !s->powered ? "without power" :
			  !clocked(s) ? "with a clock gated" :
			  any_reset(s) ? "in reset" : NULL;

	if (why) {
		rocket_guest_error("core%u: %s of 0x%04" HWADDR_PRIx " %s", s->core, what, offset,
				   why);
	}
	return !why;
}

static uint64_t slot_read(void *opaque, hwaddr offset, unsigned size)
{
	RocketNpuState *s = opaque;
	uint32_t value;

	if (!accessible(s, "read", offset)) {
		return 0;
	}
	if ((offset & ~0xfffull) == NPU_WINDOW_NEVER) {
		rocket_guest_error("core%u: read of 0x%04" HWADDR_PRIx " hangs the chip", s->core,
				   offset);
		return 0;
	}
	if (offset == ROCKET_PC_INTERRUPT_STATUS) {
		timer_del(s->spurious_timer);
		spurious_end(s);
	}
	value = npu_read(s->npu, offset);
	trace_rocket_npu_read(s->core, offset, value);
	return value;
}

static void slot_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	RocketNpuState *s = opaque;

	if (!accessible(s, "write", offset)) {
		return;
	}
	trace_rocket_npu_write(s->core, offset, value);
	npu_write(s->npu, offset, value);
	if (npu_state(s->npu) == NPU_RUNNING && !s->busy) {
		start(s);
	} else if (npu_state(s->npu) == NPU_IDLE && s->busy && !s->wedged) {
		timer_del(s->step_timer);
		set_busy(s, false);
	}
}

static const MemoryRegionOps slot_ops = {
	.read = slot_read,
	.write = slot_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 4 },
};

/* Lines */

static void lines_changed(RocketNpuState *s)
{
	trace_rocket_npu_lines(s->core, s->powered, clocked(s), any_reset(s));
	rk_iommu_set_lines(s->mmu, s->powered, mmu_clocked(s), any_reset(s));
	update_irq(s);
}

static void check_undisturbed(RocketNpuState *s, const char *what)
{
	if (s->busy && !hung(s)) {
		rocket_guest_error("core%u: %s under a running job", s->core, what);
	}
}

static void power_line(void *opaque, int n, int level)
{
	RocketNpuState *s = opaque;

	if (s->powered == !!level) {
		return;
	}
	s->powered = level;
	if (!level) {
		check_undisturbed(s, "power lost");
		wipe(s);
	}
	lines_changed(s);
}

static void clock_line(void *opaque, int n, int level)
{
	RocketNpuState *s = opaque;
	bool was_clocked = clocked(s);

	if (s->clocks[n] == !!level) {
		return;
	}
	s->clocks[n] = level;
	if (s->powered && was_clocked && (!clocked(s) || !s->clocks[ROCKET_CLK_COMPUTE])) {
		check_undisturbed(s, "clock gated");
	}
	lines_changed(s);
}

static void check_release(RocketNpuState *s, bool was_both)
{
	int64_t held = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) - s->reset_since_ns;

	if (!s->powered) {
		return;
	}
	if (was_both && held < RESET_MIN_NS) {
		rocket_guest_error("core%u: resets held for %" PRId64 " ns only", s->core, held);
	} else if (!was_both && s->reset_since_ns < 0) {
		rocket_guest_error("core%u: one of srst_a and srst_h released, the other was "
				   "never asserted", s->core);
	}
}

static void reset_line(void *opaque, int n, int level)
{
	RocketNpuState *s = opaque;
	bool was_both = both_resets(s);

	if (s->resets[n] == !!level) {
		return;
	}
	s->resets[n] = level;
	if (!level) {
		check_release(s, was_both);
	}
	if (!any_reset(s)) {
		s->reset_since_ns = -1;
	}
	if (both_resets(s)) {
		s->reset_since_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
		if (s->reset_stuck) {
			trace_rocket_npu_inject(s->core, "reset-stuck");
		} else {
			wipe(s);
		}
	}
	lines_changed(s);
}

static void mmu_irq_line(void *opaque, int n, int level)
{
	RocketNpuState *s = opaque;

	s->mmu_irq = level;
	update_irq(s);
}

/* Device */

static void get_spurious(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
	uint32_t value = ROCKET_NPU(obj)->spurious;

	visit_type_uint32(v, name, &value, errp);
}

static void set_spurious(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
	RocketNpuState *s = ROCKET_NPU(obj);
	uint32_t value;

	if (!visit_type_uint32(v, name, &value, errp)) {
		return;
	}
	s->spurious = value;
	if (value) {
		trace_rocket_npu_inject(s->core, "irq-spurious");
		timer_mod(s->spurious_timer, qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + SPURIOUS_US);
	}
	update_irq(s);
}

static void rocket_npu_reset_hold(Object *obj, ResetType type)
{
	RocketNpuState *s = ROCKET_NPU(obj);

	timer_del(s->spurious_timer);
	s->spurious = false;
	s->reset_since_ns = -1;
	wipe(s);
	update_irq(s);
}

static void rocket_npu_realize(DeviceState *dev, Error **errp)
{
	RocketNpuState *s = ROCKET_NPU(dev);

	if (!s->mmu) {
		error_setg(errp, "rocket-npu: the link 'mmu' is not set");
		return;
	}
	s->npu = npu_create(&model_ops, s, NULL);
	if (!s->npu) {
		error_setg(errp, "rocket-npu: out of memory");
		return;
	}
	s->reset_since_ns = -1;
	s->step_timer = timer_new_us(QEMU_CLOCK_VIRTUAL, run, s);
	s->late_timer = timer_new_us(QEMU_CLOCK_VIRTUAL, late, s);
	s->spurious_timer = timer_new_us(QEMU_CLOCK_VIRTUAL, spurious_end, s);
}

static void rocket_npu_finalize(Object *obj)
{
	npu_destroy(ROCKET_NPU(obj)->npu);
}

static void rocket_npu_init(Object *obj)
{
	RocketNpuState *s = ROCKET_NPU(obj);
	DeviceState *dev = DEVICE(obj);
	struct { const char *name; uint32_t *field; ObjectPropertyFlags flags; } props[] = {
		{ "delay-us",	 &s->delay_us,	  OBJ_PROP_FLAG_READWRITE },
		{ "hang-task",	 &s->hang_task,	  OBJ_PROP_FLAG_READWRITE },
		{ "dma-error",	 &s->dma_error,	  OBJ_PROP_FLAG_READWRITE },
		{ "irq-lost",	 &s->irq_lost,	  OBJ_PROP_FLAG_READWRITE },
		{ "irq-late-us", &s->irq_late_us, OBJ_PROP_FLAG_READWRITE },
		{ "reset-stuck", &s->reset_stuck, OBJ_PROP_FLAG_READWRITE },
		{ "tasks",	 &s->tasks,	  OBJ_PROP_FLAG_READ },
		{ "irqs",	 &s->irqs,	  OBJ_PROP_FLAG_READ },
	};

	for (size_t i = 0; i < ARRAY_SIZE(props); i++) {
		object_property_add_uint32_ptr(obj, props[i].name, props[i].field, props[i].flags);
	}
	object_property_add(obj, "irq-spurious", "uint32", get_spurious, set_spurious, NULL, NULL);

	memory_region_init_io(&s->iomem, obj, &slot_ops, s, TYPE_ROCKET_NPU, NPU_CORE_BYTES);
	sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
	sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
	qdev_init_gpio_in_named(dev, power_line, ROCKET_NPU_POWER, 1);
	qdev_init_gpio_in_named(dev, clock_line, ROCKET_NPU_CLOCK, ROCKET_CLKS);
	qdev_init_gpio_in_named(dev, reset_line, ROCKET_NPU_RESET, ROCKET_SRSTS);
	qdev_init_gpio_in_named(dev, mmu_irq_line, ROCKET_NPU_MMU_IRQ, 1);
}

static const Property rocket_npu_properties[] = {
	DEFINE_PROP_UINT32("core", RocketNpuState, core, 0),
	DEFINE_PROP_LINK("mmu", RocketNpuState, mmu, TYPE_RK_IOMMU, RkIommuState *),
};

static const VMStateDescription rocket_npu_vmstate = {
	.name = "rocket-npu",
	.unmigratable = 1,
};

static void rocket_npu_class_init(ObjectClass *oc, void *data)
{
	DeviceClass *dc = DEVICE_CLASS(oc);

	dc->desc = "RK3588 NPU core";
	dc->realize = rocket_npu_realize;
	dc->vmsd = &rocket_npu_vmstate;
	dc->user_creatable = false;
	RESETTABLE_CLASS(oc)->phases.hold = rocket_npu_reset_hold;
	device_class_set_props(dc, rocket_npu_properties);
}

static const TypeInfo rocket_npu_types[] = {
	{
		.name = TYPE_ROCKET_NPU,
		.parent = TYPE_SYS_BUS_DEVICE,
		.instance_size = sizeof(RocketNpuState),
		.instance_init = rocket_npu_init,
		.instance_finalize = rocket_npu_finalize,
		.class_init = rocket_npu_class_init,
	},
};
DEFINE_TYPES(rocket_npu_types)
