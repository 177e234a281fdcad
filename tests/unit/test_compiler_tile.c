// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the splitting into tasks, and of the register values of the guide's worked examples
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <compiler/compile.h>
#include <compiler/tile.h>
#include <compiler/work.h>
#include <cross/build.h>
#include <npu/limits.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>
#include <program/program.h>

#include "compiler_examples.h"

struct example {
	const char *why;
	const struct example_row *rows;
	size_t n_rows;
	uint32_t tasks;
	struct shape in;
	struct build_quant in_quant;
	struct build_conv conv;
};

#define ROWS(list) list, ARRAY_SIZE(list)

/* MobileNetV1's first three convolutions with the quantisation of its file. */
static const struct example examples[] = {
	{ "13.2",
	  ROWS(example_first_conv), 3, { 4, { 1, 224, 224, 3 } }, { 0.0078125f, 128 },
	  { .kind = OP_CONV_2D,
	    .kernels = 32,
	    .kernel_h = 3,
	    .kernel_w = 3,
	    .stride_h = 2,
	    .stride_w = 2,
	    .activation = ACTIVATION_RELU6,
	    .weight = { 0.0218266789f, 151 },
	    .out = { 0.0235284772f, 0 } } },
	{ "13.3",
	  ROWS(example_first_depthwise), 2, { 4, { 1, 112, 112, 32 } }, { 0.0235284772f, 0 },
	  { .kind = OP_DEPTHWISE_CONV_2D,
	    .kernels = 32,
	    .kernel_h = 3,
	    .kernel_w = 3,
	    .activation = ACTIVATION_RELU6,
	    .weight = { 0.292199135f, 110 },
	    .out = { 0.0235284772f, 0 } } },
	{ "13.4",
	  ROWS(example_pointwise), 2, { 4, { 1, 112, 112, 32 } }, { 0.0235284772f, 0 },
	  { .kind = OP_CONV_2D,
	    .kernels = 64,
	    .activation = ACTIVATION_RELU6,
	    .weight = { 0.0304209497f, 121 },
	    .out = { 0.0235284772f, 0 } } },
};

static uint64_t word_at(const struct program *p, const struct program_task *t, uint32_t i)
{
	uint64_t word;

	memcpy(&word, p->buffers[t->buffer].data + t->offset + i * REGCMD_BYTES, sizeof(word));
	return word;
}

/* What an address word is relative to, in the examples. */
static uint32_t base_of(const struct program *p, uint32_t reg)
{
	switch (reg) {
	case ROCKET_CNA_FEATURE_DATA_ADDR:
		return program_feature_of(p, p->graph->inputs[0])->offset;
	case ROCKET_DPU_DST_BASE_ADDR:
		return program_feature_of(p, p->graph->outputs[0])->offset;
	case ROCKET_DPU_RDMA_BS_BASE_ADDR:	/* behind the weights */
		for (uint32_t i = 0; i < p->tasks[0].words; i++)
			if (regcmd_offset(word_at(p, &p->tasks[0], i)) == reg)
				return regcmd_value(word_at(p, &p->tasks[0], i));
	}
	return 0;
}

static struct program *compile_example(const struct example *e)
{
	struct graph *g = build_start(DTYPE_UINT8, &e->in, e->in_quant);
	int32_t bias[64] = { 0 };
	struct build_conv conv = e->conv;
	struct program *p = NULL;

	conv.bias = bias;
	build_output(g, build_add_conv(g, 0, &conv));
	assert_int_equal(compile_graph(g, NULL, NULL, &p), 0);
	graph_destroy(g);

	return p;
}

static void worked_examples_give_the_guides_register_values(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
		const struct example *e = &examples[i];
		struct program *p = compile_example(e);

		assert_int_equal(p->n_tasks, e->tasks);
		for (uint32_t t = 0; t < e->tasks; t++) {
			assert_int_equal(p->tasks[t].words, e->n_rows + REGCMD_TAIL_WORDS);
			for (uint32_t k = 0; k < e->n_rows; k++) {
				uint64_t word = word_at(p, &p->tasks[t], k);
				uint32_t value = regcmd_value(word) - base_of(p, e->rows[k].reg);

				if (regcmd_offset(word) != e->rows[k].reg ||
				    value != e->rows[k].value[t])
					fail_msg("%s task %u word %u: register 0x%x value 0x%x",
						 e->why, t, k, regcmd_offset(word), value);
			}
		}
		program_destroy(p);
	}
}

/* Guide 13: amount 62, next streams in the job's order, nothing behind the last. */
static void tails_chain_the_tasks_of_a_job(void **state)
{
	struct program *p = compile_example(&examples[0]);

	for (uint32_t t = 0; t < p->n_tasks; t++) {
		const struct program_task *task = &p->tasks[t];
		bool last = t == p->n_tasks - 1;

		assert_int_equal(task->offset % REGCMD_ALIGN, 0);
		if (last)
			assert_int_equal(word_at(p, task, task->words - 4), 0);
		else
			assert_int_equal(word_at(p, task, task->words - 4),
					 regcmd(NPU_TARGET_PC, p->tasks[t + 1].offset,
						ROCKET_PC_BASE_ADDRESS));
		assert_int_equal(word_at(p, task, task->words - 3),
				 regcmd(NPU_TARGET_PC, last ? 0 : 62, ROCKET_PC_REGISTER_AMOUNTS));
		assert_int_equal(word_at(p, task, task->words - 2),
				 regcmd(NPU_TARGET_MARKER, 0, 0));
		assert_int_equal(word_at(p, task, task->words - 1),
				 regcmd(NPU_TARGET_OP_ENABLE, 0x1d, 8));
	}
	program_destroy(p);
}

static struct conv conv_of(bool depthwise, struct extent in, int32_t kernels, int32_t window,
			   int32_t stride, int32_t dilation, bool same)
{
	int32_t extent = (window - 1) * dilation + 1;
	struct conv c = {
		.depthwise = depthwise,
		.in = in,
		.kernel_h = window,
		.kernel_w = window,
		.stride_h = stride,
		.stride_w = stride,
		.dilation_h = dilation,
		.dilation_w = dilation,
	};

	c.out.height = same ? (in.height + stride - 1) / stride : (in.height - extent) / stride + 1;
	c.out.width = same ? (in.width + stride - 1) / stride : (in.width - extent) / stride + 1;
	c.out.channels = kernels;
	if (same) {
		c.pad_top = max_i64((c.out.height - 1) * stride + extent - in.height, 0) / 2;
		c.pad_left = max_i64((c.out.width - 1) * stride + extent - in.width, 0) / 2;
	}
	return c;
}

/* What must hold for every task, whatever the sizes. */
static void check_tiles(const char *why, const struct conv *c)
{
	int32_t extent = (c->kernel_h - 1) * c->dilation_h + 1, row = 0;
	uint32_t kernel = 0;

	for (uint32_t i = 0; i < c->n_tiles; i++) {
		const struct tile *t = &c->tiles[i];
		int32_t first = t->out_row * c->stride_h - c->pad_top;
		int32_t last = first + (t->out_rows - 1) * c->stride_h + extent - 1;

		if (t->kernel != kernel || t->out_row != row)
			fail_msg("%s: task %u does not follow the one before", why, i);
		if (t->in_row != max_i64(first, 0) || t->pad_top != max_i64(-first, 0) ||
		    t->in_row + t->in_rows - 1 != min_i64(last, c->in.height - 1))
			fail_msg("%s: task %u does not read exactly the rows it needs", why, i);
		if (t->in_rows * t->entries > t->data_banks * NPU_CBUF_BANK_ENTRIES)
			fail_msg("%s: task %u exceeds its data banks", why, i);
		if (t->data_banks + t->weight_banks != NPU_CBUF_BANKS)
			fail_msg("%s: task %u leaves banks unused", why, i);
		if (t->reuse_weights &&
		    (i == 0 || t[-1].kernel != t->kernel || t[-1].weight_banks != t->weight_banks))
			fail_msg("%s: task %u reuses weights that are not there", why, i);
		row += t->out_rows;
		if (row == c->out.height) {
			row = 0;
			kernel += t->kernels;
		}
	}
	if (row || kernel != (uint32_t)c->out.channels)
		fail_msg("%s: the tasks do not cover the output", why);
}

static void tasks_cover_the_output_and_fit_the_cbuf(void **state)
{
	static const struct {
		const char *why;
		bool depthwise;
		struct extent in;
		int32_t kernels, window, stride, dilation;
		bool same;
		uint32_t tasks;		/* 0 for any number */
	} cases[] = {
		{ "everything fits one task", false, { 14, 14, 64 }, 64, 3, 1, 1, true, 1 },
		{ "halo rows are fetched twice, written once",
		  false, { 112, 112, 64 }, 64, 3, 1, 1, true, 3 },
		{ "a stride beyond the window skips rows",
		  false, { 300, 200, 32 }, 16, 1, 3, 1, false, 0 },
		{ "a fully connected layer streams its weights",
		  false, { 1, 1, 1024 }, 1001, 1, 1, 1, false, 1 },
		{ "features leave one bank for weights",
		  false, { 14, 14, 512 }, 512, 1, 1, 1, false, 1 },
		{ "wide rows, large window", false, { 40, 400, 35 }, 33, 7, 2, 1, true, 0 },
		{ "dilated windows need more rows", false, { 90, 120, 48 }, 20, 3, 1, 5, true, 0 },
		{ "depthwise splits channels rather than rows",
		  true, { 56, 56, 128 }, 128, 3, 1, 1, true, 2 },
		{ "depthwise with many channels per row",
		  true, { 20, 33, 2000 }, 2000, 5, 1, 1, true, 0 },
		{ "kernels beyond the channel field",
		  false, { 1, 1, 64 }, 9000, 1, 1, 1, false, 0 },
		{ "half groups where a group exceeds the buffer",
		  false, { 3, 3, 2048 }, 40, 3, 1, 1, false, 3 },
		{ "a tall image", false, { 20000, 3, 8 }, 4, 3, 1, 1, true, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena a = { 0 };
		const char *reason = NULL;
		struct conv c =
			conv_of(cases[i].depthwise, cases[i].in, cases[i].kernels, cases[i].window,
				cases[i].stride, cases[i].dilation, cases[i].same);

		if (tile_conv(&npu_limits_rk3588, &c, &a, &reason))
			fail_msg("%s: %s", cases[i].why, reason);
		check_tiles(cases[i].why, &c);
		if (cases[i].tasks && c.n_tiles != cases[i].tasks)
			fail_msg("%s: %u tasks", cases[i].why, c.n_tiles);
		arena_fini(&a);
	}
}

/*
 * The odd kernel's partner lies in the same group; groups shrink only when whole ones do not fit.
 */
static void few_kernels_are_one_group_of_full_size(void **state)
{
	static const struct {
		int32_t channels, kernels, window;
		uint32_t group;
	} cases[] = {
		{ 16, 9, 3, 32 },
		{ 16, 1, 1, 32 },
		{ 16, 35, 1, 32 },
		{ 2048, 9, 3, 32 },
		{ 2048, 40, 3, 16 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena a = { 0 };
		const char *reason = NULL;
		struct conv c = conv_of(false, (struct extent){ 3, 3, cases[i].channels },
					cases[i].kernels, cases[i].window, 1, 1, false);

		assert_int_equal(tile_conv(&npu_limits_rk3588, &c, &a, &reason), 0);
		assert_int_equal(c.packed.group, cases[i].group);
		arena_fini(&a);
	}
}

static void what_exceeds_a_field_is_refused_with_a_reason(void **state)
{
	static const struct {
		const char *why;
		struct extent in;
		int32_t kernels, window, stride, dilation;
		bool same;
	} cases[] = {
		{ "input width", { 1, 2048, 3 }, 8, 1, 1, 1, false },
		{ "input channels", { 1, 1, 16385 }, 8, 1, 1, 1, false },
		{ "window", { 40, 40, 3 }, 8, 33, 1, 1, false },
		{ "stride", { 40, 40, 3 }, 8, 1, 8, 1, false },
		{ "dilation", { 60, 60, 3 }, 8, 3, 1, 18, false },
		{ "padding", { 60, 60, 3 }, 8, 3, 1, 16, true },
		{ "rows of one window", { 31, 200, 512 }, 8, 31, 1, 1, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena a = { 0 };
		const char *reason = NULL;
		struct conv c = conv_of(false, cases[i].in, cases[i].kernels, cases[i].window,
					cases[i].stride, cases[i].dilation, cases[i].same);

		if (tile_conv(&npu_limits_rk3588, &c, &a, &reason) != -ENOTSUP || !reason)
			fail_msg("%s: taken", cases[i].why);
		arena_fini(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worked_examples_give_the_guides_register_values),
		cmocka_unit_test(tails_chain_the_tasks_of_a_job),
		cmocka_unit_test(tasks_cover_the_output_and_fit_the_cbuf),
		cmocka_unit_test(few_kernels_are_one_group_of_full_size),
		cmocka_unit_test(what_exceeds_a_field_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests_name("compiler_tile", tests, NULL, NULL);
}
