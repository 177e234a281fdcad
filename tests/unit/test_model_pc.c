// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of model: streams, chains, register groups, interrupts
 *
 * The work is a copy of one pixel of 16 channels by the DPU alone.
 */
#include <stdio.h>

#include "model_rig.h"

static const struct rig_flying pixel = { 1, 1, 16 };

static void copy_task(struct rig *rig, unsigned int stream, uint32_t to)
{
	rig_begin(rig, stream);
	rig_element_wise(rig, &pixel);
	rig_reg(rig, ROCKET_DPU_DST_BASE_ADDR, to);
}

static unsigned int tasks_counted(struct rig *rig)
{
	return npu_read(rig->npu, ROCKET_PC_TASK_STATUS) & ROCKET_PC_TASK_CON_TASK_NUMBER;
}

static void one_task_raises_the_line(void **state)
{
	struct rig rig;
	struct npu_stats stats;

	rig_open(&rig, NULL);
	memset(rig_at(&rig, RIG_IN), 7, 16);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	rig_start(&rig, rig.words, 1);
	assert_int_equal(npu_state(rig.npu), NPU_RUNNING);
	assert_false(rig.irq);
	assert_int_equal(npu_step(rig.npu), NPU_IDLE);
	assert_true(rig.irq);
	assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_RAW_STATUS), EVENT_DPU_0);
	assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_STATUS), EVENT_DPU_0);
	assert_int_equal(tasks_counted(&rig), 1);
	assert_memory_equal(rig_at(&rig, RIG_OUT), rig_at(&rig, RIG_IN), 16);
	npu_write(rig.npu, ROCKET_PC_INTERRUPT_CLEAR, EVENT_DPU_0);
	assert_false(rig.irq);
	npu_get_stats(rig.npu, &stats);
	assert_int_equal(stats.tasks, 1);
	assert_int_equal(stats.words, rig.words);
	assert_int_equal(stats.write_bytes, 16);
	assert_int_equal(npu_step(rig.npu), NPU_IDLE);
	rig_clean(&rig);
	rig_close(&rig);
}

static void masked_events_stay_raw(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	rig_start(&rig, rig.words, 1);
	npu_write(rig.npu, ROCKET_PC_INTERRUPT_MASK, 0xc00);
	npu_step(rig.npu);
	assert_false(rig.irq);
	assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_STATUS), 0);
	assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_RAW_STATUS), EVENT_DPU_0);
	npu_write(rig.npu, ROCKET_PC_INTERRUPT_MASK, 0x300);
	assert_true(rig.irq);
	rig_close(&rig);
}

static void chain_has_one_interrupt(void **state)
{
	struct rig rig;
	unsigned int words;

	rig_open(&rig, NULL);
	memset(rig_at(&rig, RIG_IN), 9, 16);
	copy_task(&rig, 2, RIG_OUT + 0x200);
	rig_end(&rig, MASK_DPU);
	words = rig.words;
	copy_task(&rig, 1, RIG_OUT + 0x100);
	rig_chain(&rig, MASK_DPU, 2, words);
	copy_task(&rig, 0, RIG_OUT);
	rig_chain(&rig, MASK_DPU, 1, words);
	rig_start(&rig, rig.words, 3);
	assert_int_equal(npu_step(rig.npu), NPU_RUNNING);
	assert_int_equal(tasks_counted(&rig), 1);
	assert_false(rig.irq);
	assert_int_equal(npu_step(rig.npu), NPU_RUNNING);
	assert_false(rig.irq);
	assert_int_equal(npu_step(rig.npu), NPU_IDLE);
	assert_int_equal(tasks_counted(&rig), 3);
	assert_int_equal(rig.irqs, 1);
	/* third: group 0 again */
	assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_RAW_STATUS), EVENT_DPU_0);
	assert_int_equal(*rig_at(&rig, RIG_OUT), 9);
	assert_int_equal(*rig_at(&rig, RIG_OUT + 0x100), 9);
	assert_int_equal(*rig_at(&rig, RIG_OUT + 0x200), 9);
	rig_clean(&rig);
	rig_close(&rig);
}

static void a_start_is_latched(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	memset(rig_at(&rig, RIG_IN), 9, 16);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	rig_start(&rig, rig.words, 1);
	npu_write(rig.npu, ROCKET_PC_OPERATION_ENABLE, 0);
	assert_int_equal(npu_state(rig.npu), NPU_RUNNING);
	assert_int_equal(npu_step(rig.npu), NPU_IDLE);
	assert_int_equal(rig.irqs, 1);
	assert_int_equal(*rig_at(&rig, RIG_OUT), 9);
	rig_clean(&rig);
	rig_close(&rig);
}

static void dangling_next_address_does_no_harm(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	copy_task(&rig, 0, RIG_OUT);
	rig_chain(&rig, MASK_DPU, 0x10000, 100);	/* far outside of memory */
	assert_int_equal(rig_run(&rig), NPU_IDLE);
	assert_int_equal(rig.irqs, 1);
	rig_clean(&rig);
	rig_close(&rig);
}

static void odd_tasks_use_group_1(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	rig_start(&rig, rig.words, 1);
	npu_step(rig.npu);
	assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_RAW_STATUS), EVENT_DPU_1);
	rig_clean(&rig);
	rig_close(&rig);
}

/* Two full streams, one per group; then a short one that only moves the destination. */
static void groups_keep_their_values(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	memset(rig_at(&rig, RIG_IN), 1, 16);
	memset(rig_at(&rig, RIG_IN2), 2, 16);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);					/* group 0 reads RIG_IN */
	copy_task(&rig, 0, RIG_OUT);
	rig_reg(&rig, ROCKET_DPU_RDMA_SRC_BASE_ADDR, RIG_IN2);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);					/* group 1 reads RIG_IN2 */
	rig_begin(&rig, 0);
	rig_reg(&rig, ROCKET_DPU_S_POINTER, PINGPONG);
	rig_reg(&rig, ROCKET_DPU_RDMA_S_POINTER, PINGPONG);
	rig_reg(&rig, ROCKET_DPU_DST_BASE_ADDR, RIG_OUT + 0x100);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	assert_int_equal(*rig_at(&rig, RIG_OUT + 0x100), 1);
	rig_begin(&rig, 0);
	rig_reg(&rig, ROCKET_DPU_S_POINTER, PINGPONG);
	rig_reg(&rig, ROCKET_DPU_RDMA_S_POINTER, PINGPONG);
	rig_reg(&rig, ROCKET_DPU_DST_BASE_ADDR, RIG_OUT + 0x200);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	assert_int_equal(*rig_at(&rig, RIG_OUT + 0x200), 2);
	rig_clean(&rig);

	npu_reset(rig.npu);				/* the same stream finds nothing now */
	assert_int_equal(rig_run(&rig), NPU_HUNG);
	rig_close(&rig);
}

static void missing_s_pointer_is_reported(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	copy_task(&rig, 0, RIG_OUT);
	rig_word(&rig, 0);
	memset(rig_at(&rig, RIG_STREAM), 0, 8);		/* the first word was DPU_S_POINTER */
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	assert_int_equal(rig.guest_errors, 1);
	assert_non_null(strstr(rig.text, "S_POINTER"));
	rig_close(&rig);
}

static void pointers_out_of_step_hang(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	copy_task(&rig, 0, RIG_OUT);
	rig_reg(&rig, ROCKET_DPU_S_POINTER, PINGPONG | ROCKET_DPU_S_POINTER_POINTER_PP_CLEAR);
	rig_end(&rig, MASK_DPU);
	assert_int_equal(rig_run(&rig), NPU_HUNG);
	assert_non_null(strstr(npu_hang_reason(rig.npu), "S_POINTER"));
	rig_close(&rig);
}

static void broken_lists_hang(void **state)
{
	static const struct { const char *why; unsigned int tasks; bool amount_only,
			      no_op_enable; uint32_t mask; } cases[] = {
		{ "TASK_NUMBER beyond the end of the chain", 2, false, false, MASK_DPU },
		{ "an amount without an address does not chain", 2, true, false, MASK_DPU },
		{ "a stream without op-enable", 1, false, true, 0 },
		{ "DPU without DPU_RDMA in flying mode", 1, false, false, 0x08 },
		{ "CNA without CORE", 1, false, false, 0x19 },
	};
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		copy_task(&rig, 0, RIG_OUT);
		if (cases[i].amount_only) {
			rig_reg(&rig, ROCKET_PC_REGISTER_AMOUNTS, 30);
			rig_word(&rig, regcmd(NPU_TARGET_MARKER, 0, 0));
			rig_word(&rig, regcmd(NPU_TARGET_OP_ENABLE, cases[i].mask,
					      ROCKET_PC_OPERATION_ENABLE));
		} else if (!cases[i].no_op_enable) {
			rig_end(&rig, cases[i].mask);
		}
		rig_start(&rig, rig.words, cases[i].tasks);
		if (npu_step(rig.npu) != NPU_HUNG)
			fail_msg("%s: state %d", cases[i].why, npu_state(rig.npu));
		assert_non_null(npu_hang_reason(rig.npu));
		assert_false(rig.irq);
		assert_int_equal(npu_step(rig.npu), NPU_HUNG);
		npu_write(rig.npu, ROCKET_PC_OPERATION_ENABLE, 1);
		assert_int_equal(npu_state(rig.npu), NPU_HUNG);
		npu_reset(rig.npu);
		assert_int_equal(npu_state(rig.npu), NPU_IDLE);
		rig_close(&rig);
	}
}

static void bad_addresses_raise_dma_errors(void **state)
{
	static const struct { const char *why; uint32_t offset, value, event; } cases[] = {
		{ "source", ROCKET_DPU_RDMA_SRC_BASE_ADDR, 0x1000, EVENT_READ_ERROR },
		{ "destination", ROCKET_DPU_DST_BASE_ADDR, 0x1000, EVENT_WRITE_ERROR },
		{ "destination at the end of the address space", ROCKET_DPU_DST_BASE_ADDR,
		  0xfffffff0, EVENT_WRITE_ERROR },
	};
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		copy_task(&rig, 0, RIG_OUT);
		rig_reg(&rig, cases[i].offset, cases[i].value);
		rig_end(&rig, MASK_DPU);
		rig_start(&rig, rig.words, 1);
		if (npu_step(rig.npu) != NPU_HUNG)
			fail_msg("%s: not noticed", cases[i].why);
		assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_RAW_STATUS), cases[i].event);
		assert_true(rig.irq);
		rig_close(&rig);
	}
	rig_open(&rig, NULL);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	rig_start(&rig, 0x10000, 1);
	npu_write(rig.npu, ROCKET_PC_OPERATION_ENABLE, 0);
	npu_write(rig.npu, ROCKET_PC_BASE_ADDRESS, 0);
	npu_write(rig.npu, ROCKET_PC_OPERATION_ENABLE, 1);
	assert_int_equal(npu_step(rig.npu), NPU_HUNG);
	assert_int_equal(npu_read(rig.npu, ROCKET_PC_INTERRUPT_RAW_STATUS), EVENT_READ_ERROR);
	rig_close(&rig);
}

static void dma_base_moves_the_blocks_only(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	memset(rig_at(&rig, RIG_IN + 0x1000), 5, 16);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	npu_write(rig.npu, ROCKET_PC_TASK_DMA_BASE_ADDR, 0x1000);
	rig_run(&rig);
	assert_int_equal(*rig_at(&rig, RIG_OUT + 0x1000), 5);
	rig_clean(&rig);
	rig_close(&rig);
}

static void bad_words_are_reported(void **state)
{
	static const struct { const char *why; uint64_t word; } cases[] = {
		{ "unknown target", 0x0401000000002010 },
		{ "offset of another block", 0x0201000000004010 },
		{ "no register", 0x0201000000001ffc },
		{ "read-only register", 0x0201000000001000 },
		{ "reserved bits", 0x1001ffffffff4030 },
	};
	struct rig rig;
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		rig_open(&rig, NULL);
		rig_begin(&rig, 0);
		rig_word(&rig, cases[i].word);
		rig_element_wise(&rig, &pixel);
		rig_end(&rig, MASK_DPU);
		assert_int_equal(rig_run(&rig), NPU_IDLE);
		if (rig.guest_errors != 1 || rig.unimps)
			fail_msg("%s: %u reports", cases[i].why, rig.guest_errors);
		rig_close(&rig);
	}
}

static void tail_is_checked(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	copy_task(&rig, 0, RIG_OUT);
	rig_word(&rig, regcmd(NPU_TARGET_OP_ENABLE, MASK_DPU, ROCKET_PC_OPERATION_ENABLE));
	rig_run(&rig);
	assert_int_equal(rig.guest_errors, 1);
	assert_non_null(strstr(rig.text, "marker"));
	rig_close(&rig);
}

static void ppu_behind_the_dpu_is_not_modelled(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, 0x3d);
	assert_int_equal(rig_run(&rig), NPU_HUNG);
	assert_int_equal(rig.unimps, 1);
	rig_close(&rig);
}

static void task_status_after_the_list_is_a_switch(void **state)
{
	struct npu_switches switches = npu_switches_default;
	struct rig rig;

	switches.task_status_end = 1;
	rig_open(&rig, &switches);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	assert_int_equal(npu_read(rig.npu, ROCKET_PC_TASK_STATUS), 0xf000);
	rig_close(&rig);
}

static void counter_must_be_cleared(void **state)
{
	struct rig rig;

	rig_open(&rig, NULL);
	copy_task(&rig, 0, RIG_OUT);
	rig_end(&rig, MASK_DPU);
	rig_run(&rig);
	npu_write(rig.npu, ROCKET_PC_TASK_CON, 0x1001);
	npu_write(rig.npu, ROCKET_PC_BASE_ADDRESS, RIG_STREAM);
	npu_write(rig.npu, ROCKET_PC_OPERATION_ENABLE, 1);
	assert_int_equal(rig.guest_errors, 1);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("pc: one task raises the line", one_task_raises_the_line),
		TEST("pc: masked events stay raw", masked_events_stay_raw),
		TEST("pc: a chain has one interrupt", chain_has_one_interrupt),
		TEST("pc: OPERATION_ENABLE 0 does not stop what runs", a_start_is_latched),
		TEST("pc: a dangling next address does no harm",
		     dangling_next_address_does_no_harm),
		TEST("pc: odd tasks use group 1 and its event", odd_tasks_use_group_1),
		TEST("pc: both groups keep their values until reset", groups_keep_their_values),
		TEST("pc: a stream without S_POINTER is reported", missing_s_pointer_is_reported),
		TEST("pc: pointers out of step hang", pointers_out_of_step_hang),
		TEST("pc: broken lists hang with a reason", broken_lists_hang),
		TEST("pc: bad addresses raise DMA errors", bad_addresses_raise_dma_errors),
		TEST("pc: TASK_DMA_BASE_ADDR moves the blocks, not the fetch",
		     dma_base_moves_the_blocks_only),
		TEST("pc: bad words are reported", bad_words_are_reported),
		TEST("pc: op-enable wants its marker", tail_is_checked),
		TEST("pc: PPU behind the DPU is not modelled", ppu_behind_the_dpu_is_not_modelled),
		TEST("pc: TASK_STATUS after the list is a switch",
		     task_status_after_the_list_is_a_switch),
		TEST("pc: a counter that was not cleared is reported", counter_must_be_cleared),
	};

	return cmocka_run_group_tests_name("model/pc", tests, NULL, NULL);
}
