// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: registers as the CPU sees them
 */
#include <model/regs.h>

#include "model_rig.h"

static void slave_mode(struct rig *rig)
{
	npu_write(rig->npu, ROCKET_PC_BASE_ADDRESS, ROCKET_PC_BASE_ADDRESS_PC_SEL);
}

static void reset_values_are_those_of_the_description(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_MASK), 0x1ffff);
	assert_int_equal(npu_read(rig.npu, ROCKET_CORE_MAC_GATING), 0x07800800);
	assert_int_equal(npu_read(rig.npu, ROCKET_CNA_CONV_CON1), 0);
	slave_mode(&rig);
	npu_write(rig.npu, ROCKET_CORE_MAC_GATING, 1);
	npu_write(rig.npu, ROCKET_CNA_S_POINTER, PINGPONG);
	npu_reset(rig.npu);
	assert_int_equal(npu_read(rig.npu, ROCKET_CORE_MAC_GATING), 0x07800800);
	assert_int_equal(npu_read(rig.npu, ROCKET_CNA_S_POINTER), 0);
	rig_clean(&rig);
	rig_close(&rig);
}

static void wrong_accesses_are_reported(void **state)
{
	static const struct { bool read; uint32_t offset, value; const char *why; } cases[] = {
		{ true, 0x2000, 0, "the page whose read hangs the SoC" },
		{ true, 0x0100, 0, "an offset between registers" },
		{ true, 0xa000, 0, "a page of no block" },
		{ true, 0x1002, 0, "an unaligned offset" },
		{ false, 0x0100, 1, "write between registers" },
		{ false, ROCKET_PC_VERSION, 1, "write of a read-only register" },
		{ false, ROCKET_CNA_S_STATUS, 1, "write of a status" },
		{ false, ROCKET_PC_BASE_ADDRESS, 0x1003, "reserved bit in PC_BASE_ADDRESS" },
		{ false, ROCKET_PC_INTERRUPT_MASK, 0x20000, "event bit that does not exist" },
		{ false, ROCKET_CNA_CONV_CON1, 0, "block register in PC mode" },
		{ false, ROCKET_PC_OPERATION_ENABLE, 1, "start with TASK_NUMBER 0" },
	};
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		if (cases[i].read)
			npu_read(rig.npu, cases[i].offset);
		else
			npu_write(rig.npu, cases[i].offset, cases[i].value);
		if (rig.guest_errors != 1 || rig.unimps)
			fail_msg("%s: %u reports", cases[i].why, rig.guest_errors);
		rig_close(&rig);
	}
}

static void starting_blocks_by_mmio_is_not_modelled(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	slave_mode(&rig);
	npu_write(rig.npu, ROCKET_GLOBAL_OPERATION_ENABLE, 0x1d);
	assert_int_equal(rig.unimps, 1);
	assert_int_equal(rig.guest_errors, 0);
	rig_close(&rig);
}

static void slave_mode_start_is_refused(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	slave_mode(&rig);
	npu_write(rig.npu, ROCKET_PC_TASK_CON, 0x7001);
	npu_write(rig.npu, ROCKET_PC_OPERATION_ENABLE, 1);
	assert_int_equal(rig.guest_errors, 1);
	assert_int_equal(npu_state(rig.npu), NPU_IDLE);
	rig_close(&rig);
}

static void plain_pointer_selects_the_group(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	slave_mode(&rig);
	npu_write(rig.npu, ROCKET_CNA_CONV_CON2, 0x10);
	npu_write(rig.npu, ROCKET_CNA_S_POINTER, 1);
	assert_int_equal(npu_read(rig.npu, ROCKET_CNA_CONV_CON2), 0);
	npu_write(rig.npu, ROCKET_CNA_CONV_CON2, 0x20);
	npu_write(rig.npu, ROCKET_CNA_S_POINTER, 0);
	assert_int_equal(npu_read(rig.npu, ROCKET_CNA_CONV_CON2), 0x10);
	rig_clean(&rig);
	rig_close(&rig);
}

static void pointer_rules(void **state)
{
	const uint32_t toggles =
		ROCKET_DPU_S_POINTER_POINTER_PP_EN | ROCKET_DPU_S_POINTER_POINTER_PP_MODE;
	const uint32_t follows =
		ROCKET_DPU_S_POINTER_POINTER_PP_EN | ROCKET_DPU_S_POINTER_EXECUTER_PP_EN;
	struct regs regs;

	regs_reset(&regs);
	regs_write(&regs, ROCKET_DPU_S_POINTER, toggles);
	regs_started(&regs, BLOCK_DPU);
	assert_int_equal(regs.pointers[BLOCK_DPU].pointer, 1);
	regs_finished(&regs, BLOCK_DPU);
	assert_int_equal(regs.pointers[BLOCK_DPU].executer, 0);
	regs_write(&regs, ROCKET_DPU_S_POINTER, PINGPONG);
	/* bit 0 does not move it in ping-pong */
	assert_int_equal(regs.pointers[BLOCK_DPU].pointer, 1);
	regs_write(&regs, ROCKET_DPU_S_POINTER, PINGPONG | ROCKET_DPU_S_POINTER_POINTER_PP_CLEAR);
	assert_int_equal(regs.pointers[BLOCK_DPU].pointer, 0);

	regs_reset(&regs);
	regs_write(&regs, ROCKET_DPU_S_POINTER, follows);
	regs_started(&regs, BLOCK_DPU);
	assert_int_equal(regs.pointers[BLOCK_DPU].pointer, 0);
	regs_finished(&regs, BLOCK_DPU);
	assert_int_equal(regs.pointers[BLOCK_DPU].pointer, 1);
	assert_int_equal(regs.pointers[BLOCK_DPU].executer, 1);
	regs_write(&regs, ROCKET_DPU_S_POINTER, 0x30);
	assert_int_equal(regs.pointers[BLOCK_DPU].pointer, 0);
	assert_int_equal(regs.pointers[BLOCK_DPU].executer, 0);
	assert_int_equal(regs_read(&regs, ROCKET_DPU_S_POINTER), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("regs: reset values are those of the description",
		     reset_values_are_those_of_the_description),
		TEST("regs: wrong accesses are reported", wrong_accesses_are_reported),
		TEST("regs: starting blocks by MMIO is not modelled",
		     starting_blocks_by_mmio_is_not_modelled),
		TEST("regs: a start in slave mode is refused", slave_mode_start_is_refused),
		TEST("regs: a plain pointer selects the group", plain_pointer_selects_the_group),
		TEST("regs: pointers toggle, follow and clear", pointer_rules),
	};

	return cmocka_run_group_tests_name("model/regs", tests, NULL, NULL);
}
