// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of dumps
 *
 * What a dump says of a job that fails, and which dumps are kept.
 */

#include <kunit/test.h>
#include <linux/devcoredump.h>
#include <linux/delay.h>
#include <linux/iommu.h>
#include <linux/iosys-map.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#include <drm/drm_gem.h>
#include <drm/drm_print.h>

#include "rocket_dump.h"
#include "rocket_gem.h"
#include "rocket_hw.h"
#include "rocket_job.h"
#include "rocket_mock.h"

/* Longer than any dump of these tests. */
#define TEXT_SIZE	SZ_64K

#define FAULT_IOVA	0xdead000

/* Objects side by side: a stream may begin in one and end in the next. */
struct dump_bos {
	struct drm_rocket_create_bo in, code, out;
};

static struct rocket_mock *dump_setup(struct kunit *test, struct dump_bos *bos)
{
	struct rocket_mock *mock = rocket_mock_create(test, 1);

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bos->in), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, 2 * PAGE_SIZE, &bos->code), 0);
	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, PAGE_SIZE, &bos->out), 0);
	KUNIT_ASSERT_EQ(test, bos->code.dma_address + 2 * PAGE_SIZE, bos->out.dma_address);
	return mock;
}

/* Each command is its address. */
static void dump_write(struct rocket_mock *mock, struct drm_rocket_create_bo *bo)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(mock->file, bo->handle);
	struct iosys_map map;
	__le64 *words;

	KUNIT_ASSERT_NOT_NULL(mock->test, obj);
	KUNIT_ASSERT_EQ(mock->test, drm_gem_vmap(obj, &map), 0);
	words = map.vaddr;
	for (size_t i = 0; i < obj->size / sizeof(*words); i++)
		words[i] = cpu_to_le64(bo->dma_address + i * sizeof(*words));
	drm_gem_vunmap(obj, &map);
	drm_gem_object_put(obj);
}

/* Run a job until its second task, which has @count commands at @regcmd. */
static struct rocket_job *dump_run(struct rocket_mock *mock, struct dump_bos *bos, u32 regcmd,
				   u32 count)
{
	struct rocket_mock_core *mc = &mock->cores[0];
	struct rocket_job *job;

	KUNIT_ASSERT_EQ(mock->test, rocket_mock_submit(mock, regcmd - ROCKET_REGCMD_ALIGN, 2,
						       &bos->in, &bos->out), 0);
	KUNIT_ASSERT_TRUE(mock->test, rocket_mock_wait_start(mc));
	rocket_mock_end(mc, ROCKET_HW_DONE);
	KUNIT_ASSERT_TRUE(mock->test, rocket_mock_wait_start(mc));
	job = READ_ONCE(mc->core.job);
	job->tasks[1].count = count;
	return job;
}

static char *dump_text(struct rocket_mock *mock, struct rocket_job *job,
		       enum rocket_trouble trouble)
{
	static const struct rocket_hw_state state = { .raw = 0x12, .core_status = 0x34 };
	char *text = kunit_kzalloc(mock->test, TEXT_SIZE, GFP_KERNEL);
	struct drm_print_iterator iter = { .data = text, .remain = TEXT_SIZE - 1 };
	struct drm_printer p = drm_coredump_printer(&iter);
	struct rocket_core *core = &mock->cores[0].core;
	struct rocket_dump *dump;

	KUNIT_ASSERT_NOT_NULL(mock->test, text);
	core->fault_iova = FAULT_IOVA;
	core->fault_flags = IOMMU_FAULT_WRITE;
	dump = rocket_dump_create(core, job, trouble, &state);
	KUNIT_ASSERT_NOT_NULL(mock->test, dump);
	rocket_dump_print(core, dump, &p);
	kvfree(dump);
	return text;
}

static void dump_expect(struct kunit *test, const char *text, const char *line)
{
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, line), "no line '%s' in:\n%s", line, text);
}

static void rocket_dump_tells_of_the_task_that_ran(struct kunit *test)
{
	struct dump_bos bos;
	struct rocket_mock *mock = dump_setup(test, &bos);
	struct rocket_job *job;
	char line[64], *text;

	dump_write(mock, &bos.code);
	job = dump_run(mock, &bos, bos.code.dma_address + SZ_1K, 2);
	strscpy(job->comm, "a\nwords: 9");
	text = dump_text(mock, job, ROCKET_TROUBLE_IOMMU);

	KUNIT_EXPECT_TRUE(test, strstarts(text, "rocket-dump: 1\n"));
	dump_expect(test, text, "\nreason: iommu-fault\n");
	dump_expect(test, text, "\nfault: write 0x0dead000\n");
	dump_expect(test, text, "\nclient: 1\n");
	dump_expect(test, text, "\ncomm: a\\nwords: 9\n");
	dump_expect(test, text, "\ntask: 1\ntasks: 2\n");
	dump_expect(test, text, "\nevents: 0x00000012\n");
	dump_expect(test, text, "\ncore-status: 0x00000034\n");
	snprintf(line, sizeof(line), "\nobject: %#010llx %lu read\n", bos.in.dma_address,
		 PAGE_SIZE);
	dump_expect(test, text, line);
	snprintf(line, sizeof(line), "\nobject: %#010llx %lu -\n", bos.code.dma_address,
		 2 * PAGE_SIZE);
	dump_expect(test, text, line);
	snprintf(line, sizeof(line), "\nobject: %#010llx %lu write\n", bos.out.dma_address,
		 PAGE_SIZE);
	dump_expect(test, text, line);
	snprintf(line, sizeof(line), "\nwords: 2\n0x%016llx\n0x%016llx\n",
		 bos.code.dma_address + SZ_1K, bos.code.dma_address + SZ_1K + 8);
	dump_expect(test, text, line);
	KUNIT_EXPECT_TRUE(test, !strcmp(text + strlen(text) - strlen(line), line));
}

static void rocket_dump_names_the_fault_of_a_fault_only(struct kunit *test)
{
	struct dump_bos bos;
	struct rocket_mock *mock = dump_setup(test, &bos);
	struct rocket_job *job = dump_run(mock, &bos, bos.code.dma_address + SZ_1K, 1);
	const char *text = dump_text(mock, job, ROCKET_TROUBLE_TIMEOUT);

	dump_expect(test, text, "\nreason: hang\n");
	KUNIT_EXPECT_NULL(test, strstr(text, "fault"));
	text = dump_text(mock, job, ROCKET_TROUBLE_BUS);
	dump_expect(test, text, "\nreason: bus-error\n");
	KUNIT_EXPECT_NULL(test, strstr(text, "fault"));
}

/* From the middle of one object to the end of the next, behind which nothing is mapped. */
static void rocket_dump_commands_end_where_nothing_is_mapped(struct kunit *test)
{
	struct dump_bos bos;
	struct rocket_mock *mock = dump_setup(test, &bos);
	u32 regcmd = bos.out.dma_address - SZ_64;
	u32 left = (SZ_64 + PAGE_SIZE) / sizeof(u64);
	char line[64], *text;

	dump_write(mock, &bos.code);
	dump_write(mock, &bos.out);
	text = dump_text(mock, dump_run(mock, &bos, regcmd, left + 1), ROCKET_TROUBLE_TIMEOUT);
	snprintf(line, sizeof(line), "\nstream: %#010x %u\nwords: %u\n", regcmd, left + 1, left);
	dump_expect(test, text, line);
	for (u32 i = 0; i < left; i++) {
		snprintf(line, sizeof(line), "\n0x%016lx\n", regcmd + i * sizeof(u64));
		dump_expect(test, text, line);
	}
}

static void rocket_dump_without_a_stream_has_no_commands(struct kunit *test)
{
	struct dump_bos bos;
	struct rocket_mock *mock = dump_setup(test, &bos);
	struct rocket_job *job = dump_run(mock, &bos, bos.out.dma_address + SZ_1M, 130);

	dump_expect(test, dump_text(mock, job, ROCKET_TROUBLE_IOMMU), "\nwords: 0\n");
}

static void rocket_dump_of_a_long_stream_is_cut(struct kunit *test)
{
	struct drm_rocket_create_bo large;
	struct dump_bos bos;
	struct rocket_mock *mock = dump_setup(test, &bos);
	struct rocket_job *job;
	char *text;

	KUNIT_ASSERT_EQ(test, rocket_mock_create_bo(mock, SZ_64K, &large), 0);
	job = dump_run(mock, &bos, large.dma_address + SZ_1K, ROCKET_REGCMD_MAX / 2);
	text = dump_text(mock, job, ROCKET_TROUBLE_TIMEOUT);
	dump_expect(test, text, " 65536\nwords: 4096\n");
}

/* Whether the core shows a dump, once its work is done. */
static bool dump_is_kept(struct rocket_core *core)
{
	struct kernfs_node *link;

	flush_work(&core->dump_work);
	link = sysfs_get_dirent(core->dev->kobj.sd, "devcoredump");
	sysfs_put(link);
	return link;
}

static void dump_hang(struct rocket_mock *mock, struct dump_bos *bos)
{
	dump_run(mock, bos, bos->code.dma_address + SZ_1K, 1);
	KUNIT_EXPECT_EQ(mock->test, rocket_mock_wait(rocket_mock_fence(mock, &bos->out)),
			-ECANCELED);
}

static void rocket_dump_keeps_the_first_and_counts_the_others(struct kunit *test)
{
	struct dump_bos bos;
	struct rocket_mock *mock = dump_setup(test, &bos);
	struct rocket_core *core = &mock->cores[0].core;

	KUNIT_EXPECT_FALSE(test, dump_is_kept(core));
	dump_hang(mock, &bos);
	KUNIT_EXPECT_TRUE(test, dump_is_kept(core));
	KUNIT_EXPECT_EQ(test, atomic_read(&core->dumps_missed), 0);
	for (int i = 1; i <= 2; i++) {
		dump_hang(mock, &bos);
		KUNIT_EXPECT_TRUE(test, dump_is_kept(core));
		KUNIT_EXPECT_EQ(test, atomic_read(&core->dumps_missed), i);
	}

	dev_coredump_put(core->dev);
	KUNIT_EXPECT_FALSE(test, dump_is_kept(core));
	dump_hang(mock, &bos);
	KUNIT_EXPECT_TRUE(test, dump_is_kept(core));
	KUNIT_EXPECT_EQ(test, atomic_read(&core->dumps_missed), 0);
}

static void rocket_dump_is_not_made_of_the_innocent(struct kunit *test)
{
	static const struct rocket_hw_state state;
	struct dump_bos bos;
	struct rocket_mock *mock = dump_setup(test, &bos);
	struct rocket_core *core = &mock->cores[0].core;
	struct rocket_job *job = dump_run(mock, &bos, bos.code.dma_address + SZ_1K, 1);

	rocket_dump_take(core, job, ROCKET_TROUBLE_SUSPENDED, &state);
	rocket_dump_take(core, job, ROCKET_TROUBLE_REMOVED, &state);
	KUNIT_EXPECT_FALSE(test, dump_is_kept(core));
	KUNIT_EXPECT_EQ(test, atomic_read(&core->dumps_missed), 0);
}

static struct kunit_case dump_cases[] = {
	KUNIT_CASE(rocket_dump_tells_of_the_task_that_ran),
	KUNIT_CASE(rocket_dump_names_the_fault_of_a_fault_only),
	KUNIT_CASE(rocket_dump_commands_end_where_nothing_is_mapped),
	KUNIT_CASE(rocket_dump_without_a_stream_has_no_commands),
	KUNIT_CASE(rocket_dump_of_a_long_stream_is_cut),
	KUNIT_CASE_SLOW(rocket_dump_keeps_the_first_and_counts_the_others),
	KUNIT_CASE(rocket_dump_is_not_made_of_the_innocent),
	{}
};

static struct kunit_suite dump_suite = {
	.name = "rocket_dump",
	.suite_init = rocket_mock_suite_init,
	.suite_exit = rocket_mock_suite_exit,
	.test_cases = dump_cases,
};

kunit_test_suite(dump_suite);
