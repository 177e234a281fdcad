// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Complete recordings of RK3588 silicon
 *
 * Commands, weights, inputs and outputs were read from a board. The model must leave the same bytes
 * in every buffer that the chip wrote.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "capture.h"
#include "golden.h"

#define TEST(name, function) { name, function, NULL, NULL, NULL }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The convolution recordings hold further tasks (a transposing copy and repetitions for other core
 * counts) whose destinations overlap; the chip's memory shows that only the first two ran.
 */
static const struct {
	const char *name;
	size_t tasks;
	const char *written[2];
} runs[] = {
	{ "conv1x1_dumb_84x84_fp16", 2, { "gem4", "gem6" } },
	{ "conv1x1_plus2_84x84_fp16", 2, { "gem4", "gem6" } },
	{ "conv1x1_plus2_85x85_fp16", 2, { "gem4", "gem6" } },
	{ "conv1x1_x2_85x85_fp16", 2, { "gem4", "gem6" } },
	{ "matmul_int8_m4_k32_n32", 1, { "gem6" } },
};

static size_t differing(const struct capture_buffer *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->mapped; i++)
		n += b->data[i] != b->recorded[i];

	return n;
}

static void replay(const char *folder, size_t which, size_t tasks_per_start)
{
	struct capture *c = capture_create(NULL);
	char dir[1024];

	assert_non_null(c);
	snprintf(dir, sizeof(dir), "%s/%s", folder, runs[which].name);
	assert_int_equal(capture_load(c, dir), 0);
	for (size_t i = 0; i < 2 && runs[which].written[i]; i++) {
		struct capture_buffer *b = capture_find(c, runs[which].written[i]);

		assert_non_null(b);
		memset(b->data, 0, b->mapped);
		assert_true(differing(b) > 0);
	}
	for (size_t t = 0; t < runs[which].tasks; t += tasks_per_start)
		assert_int_equal(capture_run(c, t, tasks_per_start), 0);
	if (c->report[0])
		printf("# %s: %s\n", runs[which].name, c->report);
	for (size_t i = 0; i < c->n_buffers; i++) {
		size_t bytes = differing(&c->buffers[i]);

		if (bytes)
			printf("# %s: %zu bytes of %s differ\n", runs[which].name, bytes,
			       c->buffers[i].name);
		assert_int_equal(bytes, 0);
	}
	assert_int_equal(c->faults, 0);
	assert_int_equal(c->guest_errors, 0);
	assert_int_equal(c->unimps, 0);
	capture_destroy(c);
	printf("# %-26s %zu tasks, %zu per start: every byte as recorded\n", runs[which].name,
	       runs[which].tasks, tasks_per_start);
}

static void every_recording_is_in_the_table(void **state)
{
	const char *folder = capture_folder("full");
	char **names;
	size_t count;

	if (!folder)
		skip();
	assert_int_equal(capture_names(folder, &names, &count), 0);
	assert_int_equal(count, COUNT(runs));
	for (size_t i = 0; i < count; i++)
		assert_string_equal(names[i], runs[i].name);
	golden_list_free(names, count);
}

static void buffers_come_out_bit_for_bit_from_one_chain(void **state)
{
	const char *folder = capture_folder("full");

	if (!folder)
		skip();
	for (size_t i = 0; i < COUNT(runs); i++)
		replay(folder, i, runs[i].tasks);
}

static void buffers_come_out_bit_for_bit_from_single_starts(void **state)
{
	const char *folder = capture_folder("full");

	if (!folder)
		skip();
	for (size_t i = 0; i < COUNT(runs); i++)
		replay(folder, i, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("captures/full: every recording is in the table",
		     every_recording_is_in_the_table),
		TEST("captures/full: one chained start leaves the recorded bytes",
		     buffers_come_out_bit_for_bit_from_one_chain),
		TEST("captures/full: one start per task leaves the recorded bytes",
		     buffers_come_out_bit_for_bit_from_single_starts),
	};

	return cmocka_run_group_tests_name("captures/full", tests, NULL, NULL);
}
