// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Recorded command streams
 *
 * Register streams of the vendor's compiler and runtime, without data. Each must list without an
 * unknown register and assemble back; those with live addresses must run to their interrupt, on
 * zeros.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include <jansson.h>

#include <decode/asm.h>
#include <decode/decode.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "capture.h"
#include "golden.h"

#define TEST(name, function) { name, function, NULL, NULL, NULL }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define TASKS 88	/* in the files with live addresses */
#define REACH                                                                                      \
	0x400000 /* zeros behind each address register: more than any tensor of these streams */

static const uint32_t address_registers[] = {
	ROCKET_CNA_FEATURE_DATA_ADDR,  ROCKET_CNA_DCOMP_ADDR0,	     ROCKET_DPU_DST_BASE_ADDR,
	ROCKET_DPU_RDMA_SRC_BASE_ADDR, ROCKET_DPU_RDMA_BS_BASE_ADDR, ROCKET_DPU_RDMA_BN_BASE_ADDR,
	ROCKET_DPU_RDMA_EW_BASE_ADDR,  ROCKET_PPU_DST_BASE_ADDR,     ROCKET_PPU_RDMA_SRC_BASE_ADDR,
};

struct stream {
	uint64_t *words;
	size_t count;
};

static struct stream stream_of(const json_t *array)
{
	struct stream s = { .count = json_array_size(array) };
	const json_t *text;
	size_t i;

	assert_true(s.count > 0);
	s.words = calloc(s.count, sizeof(*s.words));
	assert_non_null(s.words);
	json_array_foreach(array, i, text) {
		assert_true(json_is_string(text));
		s.words[i] = strtoull(json_string_value(text), NULL, 0);
	}

	return s;
}

static void check_listing(const char *name, const struct stream *s, struct decode_summary *sum)
{
	size_t size = 0, count, unknown = sum->unknown;
	char *text = NULL;
	uint64_t *back;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	decode_listing(f, s->words, s->count, sum);
	fclose(f);
	if (sum->unknown != unknown)
		printf("# %s:\n%s", name, text);
	assert_int_equal(sum->unknown, unknown);
	assert_int_equal(asm_listing(text, size, NULL, &back, &count), 0);
	assert_int_equal(count, s->count);
	assert_memory_equal(back, s->words, count * sizeof(*back));
	free(back);
	free(text);
}

typedef void json_fn(const char *name, const json_t *json, void *arg);

/* Return: false without the folder. */
static bool for_each_file(json_fn *fn, void *arg)
{
	const char *folder = capture_folder("regcmd");
	char **names;
	size_t count;

	if (!folder)
		return false;
	assert_int_equal(capture_names(folder, &names, &count), 0);
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		json_error_t error;
		char path[1024];
		json_t *json;

		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		json = json_load_file(path, 0, &error);
		assert_non_null(json);
		fn(names[i], json, arg);
		json_decref(json);
	}
	golden_list_free(names, count);

	return true;
}

static void list_streams(const char *name, const json_t *json, void *arg)
{
	struct decode_summary *all = arg, sum = { 0 };
	const json_t *item;
	size_t i, streams = 0;

	json_array_foreach(json_object_get(json, "segments"), i, item) {
		struct stream s = stream_of(item);

		check_listing(name, &s, &sum);
		free(s.words);
		streams++;
	}
	json_array_foreach(json_object_get(json, "tasks"), i, item) {
		struct stream s = stream_of(json_object_get(item, "regcmd"));

		check_listing(name, &s, &sum);
		free(s.words);
		streams++;
	}
	printf("# %-40s %3zu streams %3zu starts %5zu words, %zu with unnamed bits\n", name,
	       streams, sum.starts, sum.words, sum.unnamed);
	assert_true(streams > 0);
	all->words += sum.words;
	all->starts += sum.starts;
}

static void streams_list_and_assemble_back(void **state)
{
	struct decode_summary sum = { 0 };

	if (!for_each_file(list_streams, &sum))
		skip();
	printf("# %zu words, %zu starts, none unknown\n", sum.words, sum.starts);
	assert_true(sum.words > 15000);
	assert_true(sum.starts > 200);
}

static void map_addresses(struct capture *c, const struct stream *s)
{
	for (size_t i = 0; i < s->count; i++) {
		uint32_t iova = regcmd_value(s->words[i]);
		uint32_t reach = iova > UINT32_MAX - REACH ? UINT32_MAX - iova : REACH;

		for (size_t r = 0; r < COUNT(address_registers); r++)
			if (regcmd_offset(s->words[i]) == address_registers[r])
				assert_int_equal(capture_map(c, "zeros", iova, reach), 0);
	}
}

/*
 * The vendor runtime keeps variants of a network for two and three cores that work on one task
 * together. Nobody outside knows that mode (guide 12.9): the model says so and runs such a task
 * alone.
 */
static bool is_co_work(const struct stream *s)
{
	for (size_t i = 0; i < s->count; i++) {
		uint64_t word = s->words[i];

		if (regcmd_offset(word) == ROCKET_CNA_CONV_CON2 &&
		    regcmd_value(word) & ROCKET_CNA_CONV_CON2_MULTI_CORE)
			return true;
	}

	return false;
}

struct runs {
	size_t done;
	size_t co_work;
};

static void run_tasks(const char *name, const json_t *json, void *arg)
{
	const json_t *tasks = json_object_get(json, "tasks"), *task;
	struct capture *c = capture_create(NULL);
	bool co_work[CAPTURE_TASKS_MAX];
	struct runs *runs = arg;
	size_t i;

	assert_non_null(c);
	json_array_foreach(tasks, i, task) {
		uint32_t iova = (uint32_t)strtoul(
			json_string_value(json_object_get(task, "regcmd_addr")), NULL, 0);
		uint32_t mask = (uint32_t)strtoul(
			json_string_value(json_object_get(task, "int_mask")), NULL, 0);
		struct stream s = stream_of(json_object_get(task, "regcmd"));

		assert_int_equal(capture_map(c, "stream", iova, (uint32_t)(s.count * REGCMD_BYTES)),
				 0);
		assert_int_equal(capture_write(c, iova, s.words, s.count * REGCMD_BYTES), 0);
		map_addresses(c, &s);
		assert_int_equal(capture_add_task(c, iova, (uint32_t)s.count, mask), 0);
		co_work[c->n_tasks - 1] = is_co_work(&s);
		free(s.words);
	}
	for (size_t t = 0; t < c->n_tasks; t++) {
		unsigned int unimps = c->unimps;
		int ret = capture_run(c, t, 1);

		if (ret || (c->unimps != unimps) != co_work[t] || c->faults || c->guest_errors)
			printf("# %s task %zu: %d, %s, %u faults from 0x%08x\n", name, t, ret,
			       c->report, c->faults, c->fault_iova);
		assert_int_equal(ret, 0);
		assert_int_equal(c->faults + c->guest_errors, 0);
		assert_int_equal(c->unimps != unimps, co_work[t]);
		runs->done++;
		runs->co_work += co_work[t];
	}
	if (c->n_tasks)
		printf("# %-40s %2zu tasks ran to their interrupt\n", name, c->n_tasks);
	capture_destroy(c);
}

static void live_streams_run_to_their_interrupt(void **state)
{
	struct runs runs = { 0 };

	if (!for_each_file(run_tasks, &runs))
		skip();
	printf("# %zu tasks, %zu of them for several cores\n", runs.done, runs.co_work);
	assert_int_equal(runs.done, TASKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("captures/regcmd: every stream lists without an unknown register and "
		     "assembles back",
		     streams_list_and_assemble_back),
		TEST("captures/regcmd: streams with live addresses run to their interrupt",
		     live_streams_run_to_their_interrupt),
	};

	return cmocka_run_group_tests_name("captures/regcmd", tests, NULL, NULL);
}
