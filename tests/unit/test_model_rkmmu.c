// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Rockchip IOMMU on its own
 *
 * A directory and two page tables in a small memory above 4 GiB, one window, and the register
 * sequences of the mainline driver. Reports and interrupt edges are counted by the fixture.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <model/rkmmu.h>

/* Three table pages at a 38-bit address, so that both high fields of an entry are used. */
#define TABLE_BASE	0x25c0100000ull
#define DIRECTORY	TABLE_BASE
#define TABLE_A		(TABLE_BASE + 0x1000)
#define TABLE_B		(TABLE_BASE + 0x2000)
#define TABLE_WORDS	(3 * RKMMU_PAGE_SIZE / 4)

#define RW		(RKMMU_ENTRY_READ | RKMMU_ENTRY_WRITE)
#define IOVA_A		0x00403000u	/* directory slot 1, table slot 3 */
#define PAGE_A		0x9876543000ull

struct fixture {
	struct rkmmu mmu;
	uint32_t words[TABLE_WORDS];
	unsigned int fetches;
	unsigned int guest_errors;
	unsigned int unimps;
	bool irq;
};

static uint32_t encode(uint64_t pa, uint32_t flags)
{
	return (uint32_t)(pa & 0xfffff000) | (uint32_t)(pa >> 32 & 0xf) << 8 |
	       (uint32_t)(pa >> 36 & 0xf) << 4 | flags;
}

static bool read_entry(void *opaque, uint64_t pa, uint32_t *entry)
{
	struct fixture *f = opaque;

	f->fetches++;
	if (pa < TABLE_BASE || pa >= TABLE_BASE + sizeof(f->words))
		return false;
	*entry = f->words[(pa - TABLE_BASE) / 4];
	return true;
}

static void irq(void *opaque, bool level)
{
	struct fixture *f = opaque;

	assert_int_not_equal(f->irq, level);
	f->irq = level;
}

static void report(void *opaque, enum rkmmu_report kind, const char *text)
{
	struct fixture *f = opaque;

	assert_int_not_equal(strlen(text), 0);
	if (kind == RKMMU_GUEST_ERROR)
		f->guest_errors++;
	else
		f->unimps++;
}

static const struct rkmmu_ops ops = { read_entry, irq, report };

static void map(struct fixture *f, uint32_t iova, uint64_t pa, uint32_t flags)
{
	uint64_t table = iova >> 22 == IOVA_A >> 22 ? TABLE_A : TABLE_B;

	f->words[(DIRECTORY - TABLE_BASE) / 4 + (iova >> 22)] = encode(table, RKMMU_ENTRY_VALID);
	f->words[(table - TABLE_BASE) / 4 + (iova >> 12 & 0x3ff)] = flags ? encode(pa, flags) : 0;
}

static void command(struct fixture *f, enum rkmmu_command cmd)
{
	rkmmu_write(&f->mmu, RKMMU_COMMAND, cmd);
}

static uint32_t status(struct fixture *f)
{
	return rkmmu_read(&f->mmu, RKMMU_STATUS);
}

static enum rkmmu_result access(struct fixture *f, uint32_t iova, bool write, uint64_t *pa)
{
	return rkmmu_translate(&f->mmu, iova, write, pa);
}

/* The order in which the mainline driver enables a window. */
static void enable(struct fixture *f)
{
	rkmmu_write(&f->mmu, RKMMU_DTE_ADDR, encode(DIRECTORY, RKMMU_ENTRY_VALID));
	command(f, RKMMU_CMD_ZAP_CACHE);
	rkmmu_write(&f->mmu, RKMMU_INT_MASK, RKMMU_INT_PAGE_FAULT | RKMMU_INT_BUS_ERROR);
	rkmmu_write(&f->mmu, RKMMU_AUTO_GATING,
		    rkmmu_read(&f->mmu, RKMMU_AUTO_GATING) | 1u << 31);
	command(f, RKMMU_CMD_ENABLE_PAGING);
	command(f, RKMMU_CMD_DISABLE_STALL);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	rkmmu_init(&f->mmu, &ops, f);
	rkmmu_reset(&f->mmu);
	map(f, IOVA_A, PAGE_A, RKMMU_ENTRY_VALID | RW);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void bypass_when_paging_is_off(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = 0;

	assert_int_equal(access(f, 0xfedcb123, true, &pa), RKMMU_BYPASS);
	assert_int_equal(pa, 0xfedcb123);
	assert_int_equal(f->fetches, 0);
}

static void reset_values(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rkmmu_read(&f->mmu, RKMMU_DTE_ADDR), 0);
	assert_int_equal(status(f), RKMMU_STATUS_IDLE | RKMMU_STATUS_REPLAY_EMPTY |
			 RKMMU_STATUS_STALL_NOT_ACTIVE);
	assert_int_equal(rkmmu_read(&f->mmu, RKMMU_INT_MASK), 0);
	assert_int_equal(rkmmu_read(&f->mmu, RKMMU_INT_RAWSTAT), 0);
}

static void force_reset_is_complete_at_once(void **state)
{
	struct fixture *f = *state;

	enable(f);
	command(f, RKMMU_CMD_ENABLE_STALL);
	rkmmu_write(&f->mmu, RKMMU_DTE_ADDR, 0xcafeb000);
	assert_int_equal(rkmmu_read(&f->mmu, RKMMU_DTE_ADDR), 0xcafeb000);
	command(f, RKMMU_CMD_FORCE_RESET);
	reset_values(state);
	assert_int_equal(f->guest_errors, 0);
}

static void stuck_reset_leaves_the_registers(void **state)
{
	struct fixture *f = *state;

	f->mmu.options.reset_stuck = true;
	rkmmu_write(&f->mmu, RKMMU_DTE_ADDR, 0xcafeb000);
	command(f, RKMMU_CMD_FORCE_RESET);
	assert_int_equal(rkmmu_read(&f->mmu, RKMMU_DTE_ADDR), 0xcafeb000);
}

static void walk_uses_forty_address_bits(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = 0;

	enable(f);
	assert_int_equal(access(f, IOVA_A + 0xabc, false, &pa), RKMMU_OK);
	assert_int_equal(pa, PAGE_A + 0xabc);
	assert_int_equal(f->fetches, 2);
	assert_int_equal(f->guest_errors, 0);
}

static void walk_reaches_both_ends(void **state)
{
	static const struct { const char *why; uint32_t iova; uint64_t page; } cases[] = {
		{ "first page of the space",	0x00000000, 0x0000001000ull },
		{ "last page of a table",	0x003ff000, 0x0fffff0000ull },
		{ "last page of the space",	0xfffff000, 0xfffffff000ull },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t pa = 0;

		print_message("  %s\n", cases[i].why);
		memset(f->words, 0, sizeof(f->words));
		rkmmu_reset(&f->mmu);
		map(f, cases[i].iova, cases[i].page, RKMMU_ENTRY_VALID | RW);
		enable(f);
		assert_int_equal(access(f, cases[i].iova + 0xfff, true, &pa), RKMMU_OK);
		assert_int_equal(pa, cases[i].page + 0xfff);
	}
}

static void dte_32bit_drops_the_high_directory_bits(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = 0;

	f->mmu.options.dte_32bit = true;
	enable(f);
	assert_int_equal(access(f, IOVA_A, false, &pa), RKMMU_BUS_ERROR);
	assert_int_equal(rkmmu_read(&f->mmu, RKMMU_INT_STATUS), RKMMU_INT_BUS_ERROR);
	assert_true(f->irq);
}

static void every_bad_entry_faults(void **state)
{
	static const struct {
		const char *why;
		uint32_t iova;
		uint32_t flags;
		bool write;
		enum rkmmu_cause cause;
	} cases[] = {
		{ "directory entry invalid", 0x80000000, 0, false, RKMMU_CAUSE_DTE_INVALID },
		{ "page entry invalid", IOVA_A + 0x1000, 0, true, RKMMU_CAUSE_PTE_INVALID },
		{ "valid bit clear wins", IOVA_A, RW, false, RKMMU_CAUSE_PTE_INVALID },
		{ "read of a write-only page", IOVA_A, RKMMU_ENTRY_VALID | RKMMU_ENTRY_WRITE,
		  false, RKMMU_CAUSE_NOT_READABLE },
		{ "write of a read-only page", IOVA_A, RKMMU_ENTRY_VALID | RKMMU_ENTRY_READ,
		  true, RKMMU_CAUSE_NOT_WRITABLE },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t write = cases[i].write ? RKMMU_STATUS_FAULT_IS_WRITE : 0;
		uint64_t pa = 0x1234;

		print_message("  %s\n", cases[i].why);
		rkmmu_reset(&f->mmu);
		map(f, IOVA_A, PAGE_A, cases[i].flags);
		enable(f);
		assert_int_equal(access(f, cases[i].iova + 0x10, cases[i].write, &pa),
				 RKMMU_FAULT);
		assert_int_equal(pa, 0x1234);
		assert_int_equal(f->mmu.cause, cases[i].cause);
		assert_int_equal(status(f) & (RKMMU_STATUS_PAGE_FAULT_ACTIVE |
					      RKMMU_STATUS_FAULT_IS_WRITE),
				 RKMMU_STATUS_PAGE_FAULT_ACTIVE | write);
		assert_int_equal(rkmmu_read(&f->mmu, RKMMU_PAGE_FAULT_ADDR),
				 cases[i].iova + 0x10);
		assert_int_equal(rkmmu_read(&f->mmu, RKMMU_INT_STATUS), RKMMU_INT_PAGE_FAULT);
		assert_true(f->irq);
	}
}

static void fault_blocks_until_done_and_then_repeats(void **state)
{
	struct fixture *f = *state;
	uint64_t pa;

	enable(f);
	assert_int_equal(access(f, IOVA_A + 0x1000, true, &pa), RKMMU_FAULT);
	assert_int_equal(access(f, IOVA_A, false, &pa), RKMMU_FAULT);
	assert_int_equal(rkmmu_read(&f->mmu, RKMMU_PAGE_FAULT_ADDR), IOVA_A + 0x1000);

	command(f, RKMMU_CMD_ZAP_CACHE);
	command(f, RKMMU_CMD_PAGE_FAULT_DONE);
	rkmmu_write(&f->mmu, RKMMU_INT_CLEAR, RKMMU_INT_PAGE_FAULT);
	assert_false(f->irq);
	assert_int_equal(status(f) & RKMMU_STATUS_PAGE_FAULT_ACTIVE, 0);

	assert_int_equal(access(f, IOVA_A + 0x1000, true, &pa), RKMMU_FAULT);
	assert_true(f->irq);
}

static void masked_interrupt_stays_raw(void **state)
{
	struct fixture *f = *state;
	uint64_t pa;

	enable(f);
	rkmmu_write(&f->mmu, RKMMU_INT_MASK, RKMMU_INT_BUS_ERROR);
	access(f, 0, false, &pa);
	assert_false(f->irq);
	assert_int_equal(rkmmu_read(&f->mmu, RKMMU_INT_RAWSTAT), RKMMU_INT_PAGE_FAULT);
	assert_int_equal(rkmmu_read(&f->mmu, RKMMU_INT_STATUS), 0);
	rkmmu_write(&f->mmu, RKMMU_INT_MASK, RKMMU_INT_PAGE_FAULT);
	assert_true(f->irq);
}

static void stale_entry_lives_until_its_zap(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = 0;

	enable(f);
	access(f, IOVA_A, false, &pa);
	map(f, IOVA_A, PAGE_A + 0x5000, RKMMU_ENTRY_VALID | RW);
	access(f, IOVA_A, false, &pa);
	assert_int_equal(pa, PAGE_A);

	rkmmu_write(&f->mmu, RKMMU_ZAP_ONE_LINE, IOVA_A + RKMMU_PAGE_SIZE);
	access(f, IOVA_A, false, &pa);
	assert_int_equal(pa, PAGE_A);

	rkmmu_write(&f->mmu, RKMMU_ZAP_ONE_LINE, IOVA_A);
	access(f, IOVA_A, false, &pa);
	assert_int_equal(pa, PAGE_A + 0x5000);

	map(f, IOVA_A, 0, 0);
	command(f, RKMMU_CMD_ZAP_CACHE);
	assert_int_equal(access(f, IOVA_A, false, &pa), RKMMU_FAULT);
	assert_int_equal(f->guest_errors, 0);
}

static void check_stale_reports_a_missing_zap(void **state)
{
	struct fixture *f = *state;
	uint64_t pa;

	f->mmu.options.check_stale = true;
	enable(f);
	access(f, IOVA_A, false, &pa);
	access(f, IOVA_A, true, &pa);
	assert_int_equal(f->guest_errors, 0);
	map(f, IOVA_A, 0, 0);
	assert_int_equal(access(f, IOVA_A, false, &pa), RKMMU_OK);
	assert_int_equal(f->guest_errors, 1);
}

static void stall_needs_paging_and_a_quiet_master(void **state)
{
	struct fixture *f = *state;
	uint64_t pa;

	command(f, RKMMU_CMD_ENABLE_STALL);
	assert_int_equal(status(f) & RKMMU_STATUS_STALL_ACTIVE, 0);

	enable(f);
	rkmmu_set_master(&f->mmu, RKMMU_MASTER_BUSY);
	assert_int_equal(status(f) & RKMMU_STATUS_IDLE, 0);
	command(f, RKMMU_CMD_ENABLE_STALL);
	assert_int_equal(status(f) & RKMMU_STATUS_STALL_ACTIVE, 0);
	assert_int_equal(access(f, IOVA_A, false, &pa), RKMMU_OK);

	rkmmu_set_master(&f->mmu, RKMMU_MASTER_IDLE);
	assert_int_equal(status(f) & (RKMMU_STATUS_STALL_ACTIVE | RKMMU_STATUS_STALL_NOT_ACTIVE),
			 RKMMU_STATUS_STALL_ACTIVE);
	assert_int_equal(access(f, IOVA_A, false, &pa), RKMMU_STALLED);

	command(f, RKMMU_CMD_DISABLE_STALL);
	assert_int_equal(access(f, IOVA_A, false, &pa), RKMMU_OK);
	assert_int_equal(f->guest_errors, 0);
}

static void stuck_stall_never_becomes_active(void **state)
{
	struct fixture *f = *state;

	f->mmu.options.stall_stuck = true;
	enable(f);
	command(f, RKMMU_CMD_ENABLE_STALL);
	assert_int_equal(status(f) & RKMMU_STATUS_STALL_ACTIVE, 0);
}

static void driver_sequence_is_accepted(void **state)
{
	struct fixture *f = *state;

	enable(f);
	command(f, RKMMU_CMD_ENABLE_STALL);
	command(f, RKMMU_CMD_DISABLE_PAGING);
	rkmmu_write(&f->mmu, RKMMU_INT_MASK, 0);
	rkmmu_write(&f->mmu, RKMMU_DTE_ADDR, 0);
	command(f, RKMMU_CMD_DISABLE_STALL);
	assert_int_equal(status(f) & RKMMU_STATUS_PAGING_ENABLED, 0);
	assert_int_equal(f->guest_errors + f->unimps, 0);
}

static void change_under_a_job_is_reported(void **state)
{
	struct fixture *f = *state;

	enable(f);
	rkmmu_set_master(&f->mmu, RKMMU_MASTER_BUSY);
	rkmmu_write(&f->mmu, RKMMU_DTE_ADDR, 0);
	assert_int_equal(f->guest_errors, 1);
	command(f, RKMMU_CMD_DISABLE_PAGING);
	assert_int_equal(f->guest_errors, 2);
	command(f, RKMMU_CMD_FORCE_RESET);
	assert_int_equal(f->guest_errors, 3);
}

static void hung_master_is_never_stalled(void **state)
{
	struct fixture *f = *state;

	enable(f);
	rkmmu_set_master(&f->mmu, RKMMU_MASTER_HUNG);
	command(f, RKMMU_CMD_ENABLE_STALL);
	assert_int_equal(status(f) & (RKMMU_STATUS_STALL_ACTIVE | RKMMU_STATUS_IDLE), 0);
	command(f, RKMMU_CMD_DISABLE_PAGING);
	rkmmu_write(&f->mmu, RKMMU_DTE_ADDR, 0);
	assert_int_equal(f->guest_errors, 0);
}

static void wrong_programming_is_reported(void **state)
{
	struct fixture *f = *state;

	command(f, RKMMU_CMD_ENABLE_PAGING);
	assert_int_equal(f->guest_errors, 1);
	rkmmu_write(&f->mmu, RKMMU_DTE_ADDR, 0x1001);
	assert_int_equal(f->guest_errors, 2);
	rkmmu_write(&f->mmu, RKMMU_STATUS, 0);
	rkmmu_write(&f->mmu, 0x28, 0);
	rkmmu_read(&f->mmu, RKMMU_COMMAND);
	rkmmu_read(&f->mmu, 0xfc);
	assert_int_equal(f->guest_errors, 6);
	assert_int_equal(f->unimps, 0);
	rkmmu_write(&f->mmu, RKMMU_COMMAND, RKMMU_CMD_COUNT);
	assert_int_equal(f->unimps, 1);
}

static void core_reset_wipes_everything(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = 0;

	enable(f);
	access(f, 0, true, &pa);
	assert_true(f->irq);
	rkmmu_reset(&f->mmu);
	assert_false(f->irq);
	reset_values(state);
	assert_int_equal(access(f, IOVA_A, false, &pa), RKMMU_BYPASS);
}

#define TEST(name, fn) { name, fn, setup, teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("rkmmu: with paging off the iova is the address", bypass_when_paging_is_off),
		TEST("rkmmu: registers come up as documented", reset_values),
		TEST("rkmmu: force reset is complete when the write returns",
		     force_reset_is_complete_at_once),
		TEST("rkmmu: a stuck reset leaves the directory", stuck_reset_leaves_the_registers),
		TEST("rkmmu: directory, table and page use 40 bits", walk_uses_forty_address_bits),
		TEST("rkmmu: the walk reaches both ends of the space", walk_reaches_both_ends),
		TEST("rkmmu: a 32-bit directory is a bus error above 4 GiB",
		     dte_32bit_drops_the_high_directory_bits),
		TEST("rkmmu: every bad entry faults with its cause", every_bad_entry_faults),
		TEST("rkmmu: a fault blocks until done and is raised again",
		     fault_blocks_until_done_and_then_repeats),
		TEST("rkmmu: a masked interrupt stays raw", masked_interrupt_stays_raw),
		TEST("rkmmu: a stale entry lives until its own zap",
		     stale_entry_lives_until_its_zap),
		TEST("rkmmu: use of a stale entry is reported on request",
		     check_stale_reports_a_missing_zap),
		TEST("rkmmu: stall needs paging and a quiet master",
		     stall_needs_paging_and_a_quiet_master),
		TEST("rkmmu: a stuck stall never becomes active", stuck_stall_never_becomes_active),
		TEST("rkmmu: the driver's sequences are not reported", driver_sequence_is_accepted),
		TEST("rkmmu: changes under a job are reported", change_under_a_job_is_reported),
		TEST("rkmmu: a hung master is never stalled, giving it up is no mistake",
		     hung_master_is_never_stalled),
		TEST("rkmmu: wrong programming is reported apart", wrong_programming_is_reported),
		TEST("rkmmu: a core reset wipes the window", core_reset_wipes_everything),
	};

	return cmocka_run_group_tests_name("model/rkmmu", tests, NULL, NULL);
}
