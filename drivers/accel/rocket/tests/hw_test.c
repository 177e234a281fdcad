// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the registers
 *
 * The real register operations on memory that takes the place of the blocks:
 * what a start leaves behind, and what each event means.
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/sizes.h>

#include "rocket_hw.h"
#include "rocket_regs.h"

#define REGCMD		0xfedcba90u

struct hw_memory {
	struct rocket_hw hw;
	u32 *block[4];
};

static u32 *hw_reg(struct hw_memory *m, u32 reg)
{
	return &m->block[reg / SZ_4K][reg % SZ_4K / sizeof(u32)];
}

static int hw_init(struct kunit *test)
{
	static const u32 bases[] = { ROCKET_PC_VERSION, ROCKET_CNA_S_STATUS, ROCKET_CORE_S_STATUS };
	struct hw_memory *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	for (unsigned int i = 0; i < ARRAY_SIZE(bases); i++) {
		unsigned int block = bases[i] / SZ_4K;

		m->block[block] = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
		if (!m->block[block])
			return -ENOMEM;
		m->hw.block[block] = (void __iomem __force *)m->block[block];
	}
	m->hw.ops = &rocket_hw_ops;
	m->hw.index = 2;
	test->priv = m;
	return 0;
}

static void rocket_hw_start_programs_the_pc(struct kunit *test)
{
	static const struct {
		u32 count, amount;
	} rows[] = {
		{ 1, 0 }, { 2, 0 }, { 3, 1 }, { 4, 1 }, { 105, 52 },
		{ ROCKET_REGCMD_MAX - 1, 0xffff }, { ROCKET_REGCMD_MAX, 0xffff },
	};
	struct hw_memory *m = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		m->hw.ops->start(&m->hw, REGCMD, rows[i].count);
		KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_BASE_ADDRESS), REGCMD);
		KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_REGISTER_AMOUNTS), rows[i].amount);
		KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_OPERATION_ENABLE),
				ROCKET_PC_OPERATION_ENABLE_OP_EN);
		/* The number of tasks decides when the PC stops. */
		KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_TASK_CON) &
				ROCKET_PC_TASK_CON_TASK_NUMBER, 1);
		KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_CNA_S_POINTER) >> 29, 1);
		KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_CNA_S_POINTER),
				*hw_reg(m, ROCKET_CORE_S_POINTER));
	}
}

static void rocket_hw_start_clears_old_events(struct kunit *test)
{
	struct hw_memory *m = test->priv;

	m->hw.ops->start(&m->hw, REGCMD, 1);
	KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_INTERRUPT_CLEAR), 0x1ffff);
}

static void rocket_hw_start_enables_ends_and_errors_only(struct kunit *test)
{
	struct hw_memory *m = test->priv;

	m->hw.ops->start(&m->hw, REGCMD, 1);
	KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_INTERRUPT_MASK),
			ROCKET_PC_INTERRUPT_MASK_DPU_0 | ROCKET_PC_INTERRUPT_MASK_DPU_1 |
			ROCKET_PC_INTERRUPT_MASK_PPU_0 | ROCKET_PC_INTERRUPT_MASK_PPU_1 |
			ROCKET_PC_INTERRUPT_MASK_DMA_READ_ERROR |
			ROCKET_PC_INTERRUPT_MASK_DMA_WRITE_ERROR);
}

static void rocket_hw_finish_knows_every_event(struct kunit *test)
{
	static const struct {
		const char *why;
		u32 raw, events;
	} rows[] = {
		{ "DPU, group 0", ROCKET_PC_INTERRUPT_MASK_DPU_0, ROCKET_HW_DONE },
		{ "DPU, group 1", ROCKET_PC_INTERRUPT_MASK_DPU_1, ROCKET_HW_DONE },
		{ "PPU, group 0", ROCKET_PC_INTERRUPT_MASK_PPU_0, ROCKET_HW_DONE },
		{ "PPU, group 1", ROCKET_PC_INTERRUPT_MASK_PPU_1, ROCKET_HW_DONE },
		{ "read error", ROCKET_PC_INTERRUPT_MASK_DMA_READ_ERROR, ROCKET_HW_ERROR },
		{ "write error", ROCKET_PC_INTERRUPT_MASK_DMA_WRITE_ERROR, ROCKET_HW_ERROR },
		{ "end and error", ROCKET_PC_INTERRUPT_MASK_DPU_0 |
		  ROCKET_PC_INTERRUPT_MASK_DMA_READ_ERROR, ROCKET_HW_DONE | ROCKET_HW_ERROR },
	};
	struct hw_memory *m = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		m->hw.ops->start(&m->hw, REGCMD, 1);
		*hw_reg(m, ROCKET_PC_INTERRUPT_STATUS) = rows[i].raw;
		*hw_reg(m, ROCKET_PC_INTERRUPT_RAW_STATUS) = rows[i].raw;
		*hw_reg(m, ROCKET_PC_INTERRUPT_CLEAR) = 0;
		KUNIT_EXPECT_EQ_MSG(test, m->hw.ops->finish(&m->hw), rows[i].events, "%s",
				    rows[i].why);
		KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_INTERRUPT_MASK), 0);
		KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_INTERRUPT_CLEAR), 0x1ffff);
		KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_OPERATION_ENABLE), 0);
	}
}

static void rocket_hw_finish_leaves_foreign_interrupts_alone(struct kunit *test)
{
	struct hw_memory *m = test->priv;
	u32 mask;

	m->hw.ops->start(&m->hw, REGCMD, 1);
	mask = *hw_reg(m, ROCKET_PC_INTERRUPT_MASK);
	*hw_reg(m, ROCKET_PC_INTERRUPT_CLEAR) = 0;
	/* Events that are not enabled are latched as well. */
	*hw_reg(m, ROCKET_PC_INTERRUPT_RAW_STATUS) = ROCKET_PC_INTERRUPT_MASK_CNA_FEATURE_0;
	KUNIT_EXPECT_EQ(test, m->hw.ops->finish(&m->hw), 0);
	KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_INTERRUPT_MASK), mask);
	KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_INTERRUPT_CLEAR), 0);
	KUNIT_EXPECT_NE(test, *hw_reg(m, ROCKET_PC_OPERATION_ENABLE), 0);
}

static void rocket_hw_halt_masks_all(struct kunit *test)
{
	struct hw_memory *m = test->priv;

	m->hw.ops->start(&m->hw, REGCMD, 1);
	m->hw.ops->halt(&m->hw);
	KUNIT_EXPECT_EQ(test, *hw_reg(m, ROCKET_PC_INTERRUPT_MASK), 0);
}

static void rocket_hw_sample_reads_each_register(struct kunit *test)
{
	struct hw_memory *m = test->priv;
	struct rocket_hw_state state;

	*hw_reg(m, ROCKET_PC_INTERRUPT_RAW_STATUS) = 1;
	*hw_reg(m, ROCKET_PC_INTERRUPT_MASK) = 2;
	*hw_reg(m, ROCKET_PC_TASK_STATUS) = 3;
	*hw_reg(m, ROCKET_CNA_S_STATUS) = 4;
	*hw_reg(m, ROCKET_CORE_S_STATUS) = 5;
	m->hw.ops->sample(&m->hw, &state);
	KUNIT_EXPECT_EQ(test, state.raw, 1);
	KUNIT_EXPECT_EQ(test, state.mask, 2);
	KUNIT_EXPECT_EQ(test, state.task_status, 3);
	KUNIT_EXPECT_EQ(test, state.cna_status, 4);
	KUNIT_EXPECT_EQ(test, state.core_status, 5);
}

static void rocket_hw_is_reset_sees_what_a_start_leaves(struct kunit *test)
{
	struct hw_memory *m = test->priv;

	KUNIT_EXPECT_TRUE(test, m->hw.ops->is_reset(&m->hw));
	m->hw.ops->start(&m->hw, REGCMD, 1);
	KUNIT_EXPECT_FALSE(test, m->hw.ops->is_reset(&m->hw));
	*hw_reg(m, ROCKET_PC_BASE_ADDRESS) = 0;
	KUNIT_EXPECT_FALSE(test, m->hw.ops->is_reset(&m->hw));
	*hw_reg(m, ROCKET_PC_TASK_CON) = 0;
	KUNIT_EXPECT_TRUE(test, m->hw.ops->is_reset(&m->hw));
}

static void rocket_hw_version_is_the_sum(struct kunit *test)
{
	struct hw_memory *m = test->priv;

	*hw_reg(m, ROCKET_PC_VERSION) = 0x1000;
	*hw_reg(m, ROCKET_PC_VERSION_NUM) = 0xabcd0005;
	KUNIT_EXPECT_EQ(test, m->hw.ops->version(&m->hw), 0x1005);
}

static struct kunit_case hw_cases[] = {
	KUNIT_CASE(rocket_hw_start_programs_the_pc),
	KUNIT_CASE(rocket_hw_start_clears_old_events),
	KUNIT_CASE(rocket_hw_start_enables_ends_and_errors_only),
	KUNIT_CASE(rocket_hw_finish_knows_every_event),
	KUNIT_CASE(rocket_hw_finish_leaves_foreign_interrupts_alone),
	KUNIT_CASE(rocket_hw_halt_masks_all),
	KUNIT_CASE(rocket_hw_sample_reads_each_register),
	KUNIT_CASE(rocket_hw_is_reset_sees_what_a_start_leaves),
	KUNIT_CASE(rocket_hw_version_is_the_sum),
	{}
};

static struct kunit_suite hw_suite = {
	.name = "rocket_hw",
	.init = hw_init,
	.test_cases = hw_cases,
};

kunit_test_suite(hw_suite);
