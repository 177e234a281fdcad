/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Firmware that owns the compute clock
 *
 * On a board the NPU's compute clock is programmed by firmware and reached by SCMI over an SMC
 * call. This machine has no firmware, so the same SCMI messages travel through an Arm MHU doorbell
 * and a shared memory, for which the kernel has drivers too. The base and clock protocols are
 * answered as far as the kernel asks.
 *
 * Setting the rate while the NPU has no power hangs the firmware and the board; here it is
 * reported. Source: silicon notes, section 4.1.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "migration/vmstate.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/module.h"

#include "rk3588_scmi.h"
#include "rocket_report.h"
#include "trace.h"

/* Arm MHU: one receive and one transmit register set of the low priority channel. */
enum {
	MHU_RX_STAT	= 0x000,
	MHU_RX_CLEAR	= 0x010,
	MHU_TX_STAT	= 0x100,
	MHU_TX_SET	= 0x108,
	MHU_ID		= 0xfd0,	/* PrimeCell identification, to the end of the page */
};

#define MHU_DOORBELL	BIT(0)
#define CORES		3

static const uint8_t mhu_id[] = {	/* one byte per word: part 0x098, Arm */
	0x04, 0x00, 0x00, 0x00, 0x98, 0xb0, 0x1b, 0x00, 0x0d, 0xf0, 0x05, 0xb1,
};

/* SCMI shared memory, word indices */
enum {
	SHMEM_STATUS	= 1,
	SHMEM_FLAGS	= 4,
	SHMEM_LENGTH	= 5,	/* bytes of header and payload */
	SHMEM_HEADER	= 6,
	SHMEM_PAYLOAD	= 7,
};

#define SHMEM_WORDS		(RK3588_SCMI_SHMEM_SIZE / 4)
#define SHMEM_STATUS_FREE	BIT(0)
#define SHMEM_FLAG_INTERRUPT	BIT(0)

enum { PROTOCOL_BASE = 0x10, PROTOCOL_CLOCK = 0x14 };

enum {
	SCMI_SUCCESS		= 0,
	SCMI_NOT_SUPPORTED	= -1,
	SCMI_INVALID		= -2,
	SCMI_NOT_FOUND		= -4,
};

#define VERSION_1_0		0x10000
#define VERSION_2_0		0x20000
#define NAME_WORDS		4

/* Source: silicon notes, section 4.1: what vendor tables use, firmware boots with the first */
static const uint32_t rates_mhz[] = { 200, 300, 400, 500, 600, 700, 800, 900, 1000 };

struct Rk3588ScmiState {
	SysBusDevice parent_obj;

	MemoryRegion mhu;
	MemoryRegion shmem;
	qemu_irq irq;
	qemu_irq clocks[CORES];
	uint32_t words[SHMEM_WORDS];
	uint32_t rx;
	bool rx_again;		/* answered before the last answer's doorbell was cleared */
	bool powered;
	uint32_t rate_mhz;
	uint32_t enabled;
	uint32_t rate_sets;
};

static void update_clocks(Rk3588ScmiState *s)
{
	for (int core = 0; core < CORES; core++) {
		qemu_set_irq(s->clocks[core], s->enabled);
	}
}

/* A reply is built behind the status word. */
struct reply {
	uint32_t *words;
	uint32_t count;
};

static void put(struct reply *r, uint32_t word)
{
	r->words[r->count++] = cpu_to_le32(word);
}

static void put_name(struct reply *r, const char *name)
{
	strpadcpy((char *)&r->words[r->count], NAME_WORDS * 4, name, '\0');
	r->count += NAME_WORDS;
}

static uint32_t argument(const Rk3588ScmiState *s, int index)
{
	return le32_to_cpu(s->words[SHMEM_PAYLOAD + index]);
}

/* Base protocol */

static int base_version(Rk3588ScmiState *s, struct reply *r)
{
	put(r, VERSION_2_0);
	return SCMI_SUCCESS;
}

static int base_attributes(Rk3588ScmiState *s, struct reply *r)
{
	put(r, 1 | 1 << 8);	/* one protocol besides this, one agent */
	return SCMI_SUCCESS;
}

static int base_vendor(Rk3588ScmiState *s, struct reply *r)
{
	put_name(r, "rocket");
	return SCMI_SUCCESS;
}

static int base_firmware(Rk3588ScmiState *s, struct reply *r)
{
	put(r, 1);
	return SCMI_SUCCESS;
}

static int base_protocols(Rk3588ScmiState *s, struct reply *r)
{
	bool first = argument(s, 0) == 0;

	put(r, first ? 1 : 0);
	put(r, first ? PROTOCOL_CLOCK : 0);
	return SCMI_SUCCESS;
}

static int base_agent(Rk3588ScmiState *s, struct reply *r)
{
	put(r, argument(s, 0));
	put_name(r, "kernel");
	return SCMI_SUCCESS;
}

/* Clock protocol */

static int clock_version(Rk3588ScmiState *s, struct reply *r)
{
	put(r, VERSION_1_0);
	return SCMI_SUCCESS;
}

static int clock_protocol_attributes(Rk3588ScmiState *s, struct reply *r)
{
	put(r, RK3588_SCMI_CLK_NPU + 1);
	return SCMI_SUCCESS;
}

static int clock_attributes(Rk3588ScmiState *s, struct reply *r)
{
	if (argument(s, 0) != RK3588_SCMI_CLK_NPU) {
		return SCMI_NOT_FOUND;
	}
	put(r, s->enabled);
	put_name(r, "scmi_clk_npu");
	return SCMI_SUCCESS;
}

static int clock_rates(Rk3588ScmiState *s, struct reply *r)
{
	uint32_t first = argument(s, 1);

	if (argument(s, 0) != RK3588_SCMI_CLK_NPU) {
		return SCMI_NOT_FOUND;
	}
	if (first > ARRAY_SIZE(rates_mhz)) {
		return SCMI_INVALID;
	}
	put(r, ARRAY_SIZE(rates_mhz) - first);
	for (uint32_t i = first; i < ARRAY_SIZE(rates_mhz); i++) {
		put(r, rates_mhz[i] * 1000000);
		put(r, 0);
	}
	return SCMI_SUCCESS;
}

static int clock_rate_set(Rk3588ScmiState *s, struct reply *r)
{
	uint32_t mhz = argument(s, 2) / 1000000;

	if (argument(s, 1) != RK3588_SCMI_CLK_NPU) {
		return SCMI_NOT_FOUND;
	}
	if (!s->powered) {
		rocket_guest_error("scmi: compute clock set to %u MHz while the NPU has no power",
				   mhz);
	}
	if (mhz < rates_mhz[0] || mhz > rates_mhz[ARRAY_SIZE(rates_mhz) - 1] || argument(s, 3)) {
		return SCMI_INVALID;
	}
	/* Like the firmware, take the next rate that is not above the wish. */
	for (size_t i = 0; i < ARRAY_SIZE(rates_mhz); i++) {
		if (rates_mhz[i] <= mhz) {
			s->rate_mhz = rates_mhz[i];
		}
	}
	s->rate_sets++;
	trace_rk3588_scmi_rate(s->rate_mhz);
	return SCMI_SUCCESS;
}

static int clock_rate_get(Rk3588ScmiState *s, struct reply *r)
{
	if (argument(s, 0) != RK3588_SCMI_CLK_NPU) {
		return SCMI_NOT_FOUND;
	}
	put(r, s->rate_mhz * 1000000);
	put(r, 0);
	return SCMI_SUCCESS;
}

static int clock_config_set(Rk3588ScmiState *s, struct reply *r)
{
	if (argument(s, 0) != RK3588_SCMI_CLK_NPU) {
		return SCMI_NOT_FOUND;
	}
	s->enabled = argument(s, 1) & 1;
	trace_rk3588_scmi_enable(s->enabled);
	update_clocks(s);
	return SCMI_SUCCESS;
}

static const struct message {
	uint32_t protocol, id;
	int (*answer)(Rk3588ScmiState *s, struct reply *r);
} messages[] = {
	{ PROTOCOL_BASE,  0x0, base_version },
	{ PROTOCOL_BASE,  0x1, base_attributes },
	{ PROTOCOL_BASE,  0x3, base_vendor },
	{ PROTOCOL_BASE,  0x4, base_vendor },
	{ PROTOCOL_BASE,  0x5, base_firmware },
	{ PROTOCOL_BASE,  0x6, base_protocols },
	{ PROTOCOL_BASE,  0x7, base_agent },
	{ PROTOCOL_CLOCK, 0x0, clock_version },
	{ PROTOCOL_CLOCK, 0x1, clock_protocol_attributes },
	{ PROTOCOL_CLOCK, 0x3, clock_attributes },
	{ PROTOCOL_CLOCK, 0x4, clock_rates },
	{ PROTOCOL_CLOCK, 0x5, clock_rate_set },
	{ PROTOCOL_CLOCK, 0x6, clock_rate_get },
	{ PROTOCOL_CLOCK, 0x7, clock_config_set },
};

static void answer(Rk3588ScmiState *s)
{
	uint32_t header = le32_to_cpu(s->words[SHMEM_HEADER]);
	uint32_t protocol = header >> 10 & 0xff, id = header & 0xff;
	uint32_t payload[SHMEM_WORDS];
	struct reply r = { payload, 0 };
	int status = SCMI_NOT_SUPPORTED;

	for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
		if (messages[i].protocol == protocol && messages[i].id == id) {
			status = messages[i].answer(s, &r);
			break;
		}
	}
	trace_rk3588_scmi_message(protocol, id, status);
	if (status != SCMI_SUCCESS) {
		r.count = 0;
	}
	s->words[SHMEM_PAYLOAD] = cpu_to_le32(status);
	memcpy(&s->words[SHMEM_PAYLOAD + 1], payload, r.count * 4);
	s->words[SHMEM_LENGTH] = cpu_to_le32((r.count + 2) * 4);
	s->words[SHMEM_STATUS] = cpu_to_le32(SHMEM_STATUS_FREE);
	if (le32_to_cpu(s->words[SHMEM_FLAGS]) & SHMEM_FLAG_INTERRUPT) {
		/*
		 * This firmware is faster than any real one: the kernel clears the doorbell after it
		 * took an answer, and must not clear the next one with it.
		 */
		s->rx_again = s->rx & MHU_DOORBELL;
		s->rx |= MHU_DOORBELL;
		qemu_set_irq(s->irq, 1);
	}
}

static uint64_t mhu_read(void *opaque, hwaddr offset, unsigned size)
{
	Rk3588ScmiState *s = opaque;

	if (offset >= MHU_ID) {
		return mhu_id[(offset - MHU_ID) / 4];
	}
	return offset == MHU_RX_STAT ? s->rx : 0;
}

static void mhu_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	Rk3588ScmiState *s = opaque;

	if (offset == MHU_RX_CLEAR) {
		s->rx &= ~value;
		if (s->rx_again) {
			s->rx_again = false;
			s->rx |= MHU_DOORBELL;
		}
		qemu_set_irq(s->irq, s->rx != 0);
	} else if (offset == MHU_TX_SET && value & MHU_DOORBELL) {
		answer(s);
	}
}

static const MemoryRegionOps mhu_ops = {
	.read = mhu_read,
	.write = mhu_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 4 },
};

static uint64_t shmem_read(void *opaque, hwaddr offset, unsigned size)
{
	Rk3588ScmiState *s = opaque;

	return ldn_le_p((uint8_t *)s->words + offset, size);
}

static void shmem_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
	Rk3588ScmiState *s = opaque;

	stn_le_p((uint8_t *)s->words + offset, size, value);
}

static const MemoryRegionOps shmem_ops = {
	.read = shmem_read,
	.write = shmem_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 1, .max_access_size = 8 },
	.impl = { .min_access_size = 1, .max_access_size = 8 },
};

static void power_line(void *opaque, int n, int level)
{
	Rk3588ScmiState *s = opaque;

	s->powered = level;
}

static void rk3588_scmi_reset_hold(Object *obj, ResetType type)
{
	Rk3588ScmiState *s = RK3588_SCMI(obj);

	memset(s->words, 0, sizeof(s->words));
	s->words[SHMEM_STATUS] = cpu_to_le32(SHMEM_STATUS_FREE);
	s->rx = 0;
	s->rx_again = false;
	s->rate_mhz = rates_mhz[0];
	s->enabled = 1;
	qemu_set_irq(s->irq, 0);
}

static void rk3588_scmi_reset_exit(Object *obj, ResetType type)
{
	update_clocks(RK3588_SCMI(obj));
}

static void rk3588_scmi_init(Object *obj)
{
	Rk3588ScmiState *s = RK3588_SCMI(obj);
	DeviceState *dev = DEVICE(obj);

	object_property_add_uint32_ptr(obj, "rate-mhz", &s->rate_mhz, OBJ_PROP_FLAG_READ);
	object_property_add_uint32_ptr(obj, "enabled", &s->enabled, OBJ_PROP_FLAG_READ);
	object_property_add_uint32_ptr(obj, "rate-sets", &s->rate_sets, OBJ_PROP_FLAG_READ);

	memory_region_init_io(&s->mhu, obj, &mhu_ops, s, "rk3588-scmi-mhu", RK3588_SCMI_MHU_SIZE);
	memory_region_init_io(&s->shmem, obj, &shmem_ops, s, "rk3588-scmi-shmem",
			      RK3588_SCMI_SHMEM_SIZE);
	sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mhu);
	sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->shmem);
	sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
	qdev_init_gpio_in_named(dev, power_line, RK3588_SCMI_POWER, 1);
	qdev_init_gpio_out_named(dev, s->clocks, RK3588_SCMI_CLOCK, CORES);
}

static const VMStateDescription rk3588_scmi_vmstate = {
	.name = "rk3588-scmi",
	.unmigratable = 1,
};

static void rk3588_scmi_class_init(ObjectClass *oc, void *data)
{
	DeviceClass *dc = DEVICE_CLASS(oc);
	ResettableClass *rc = RESETTABLE_CLASS(oc);

	dc->desc = "Firmware of the NPU's compute clock";
	dc->vmsd = &rk3588_scmi_vmstate;
	dc->user_creatable = false;
	rc->phases.hold = rk3588_scmi_reset_hold;
	rc->phases.exit = rk3588_scmi_reset_exit;
}

static const TypeInfo rk3588_scmi_types[] = {
	{
		.name = TYPE_RK3588_SCMI,
		.parent = TYPE_SYS_BUS_DEVICE,
		.instance_size = sizeof(Rk3588ScmiState),
		.instance_init = rk3588_scmi_init,
		.class_init = rk3588_scmi_class_init,
	},
};
DEFINE_TYPES(rk3588_scmi_types)
