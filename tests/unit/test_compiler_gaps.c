// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of operators whose elements go to other places
 *
 * Which copies RESIZE_NEAREST_NEIGHBOR, TRANSPOSE_CONV and a CONCATENATION of columns become, and
 * which convolutions move channels within their atoms. What they compute is compared in
 * tests/cross.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <base/bits.h>
#include <compiler/compile.h>
#include <cross/build.h>
#include <fuzz/alloc_fail.h>
#include <npu/limits.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>
#include <program/program.h>
#include <unit/task_words.h>

static const struct build_quant q = { 0.05f, 3 };

static struct program *compile(struct graph *g, const struct npu_limits *limits)
{
	const struct compile_options options = { .limits = limits };
	struct program *p = NULL;

	assert_int_equal(graph_verify(g, NULL), 0);
	assert_int_equal(compile_graph(g, &options, NULL, &p), 0);
	graph_destroy(g);
	return p;
}

static struct graph *resize(int32_t height, int32_t width, int32_t to_height, int32_t to_width)
{
	struct graph *g = build_start(DTYPE_INT8, &(struct shape){ 4, { 1, height, width, 20 } },
				      q);
	const struct shape out = { 4, { 1, to_height, to_width, 20 } };
	uint32_t in[2] = { 0, build_ints(g, &(struct shape){ 1, { 2 } }, out.dim + 1) };

	build_output(g, build_add_op(g, OP_RESIZE_NEAREST_NEIGHBOR, in, 2, &out, q)->outputs[0]);
	return g;
}

static struct graph *transpose_conv(int32_t size, int32_t stride, int32_t kernel, int32_t out_size)
{
	static const uint8_t weights[20 * 5 * 5 * 20];
	struct graph *g = build_start(DTYPE_INT8, &(struct shape){ 4, { 1, size, size, 20 } }, q);
	const struct shape out = { 4, { 1, out_size, out_size, 20 } };
	const struct shape filter = { 4, { 20, kernel, kernel, 20 } };
	uint32_t in[3] = { build_ints(g, &(struct shape){ 1, { 4 } }, out.dim),
			   build_constant(g, &filter, (struct build_quant){ 0.01f, 0 }, weights),
			   0 };
	struct op *op = build_add_op(g, OP_TRANSPOSE_CONV, in, 3, &out, q);

	op->u.conv = (struct conv_params){ .padding = PADDING_VALID, .stride_h = stride,
					   .stride_w = stride, .dilation_h = 1, .dilation_w = 1 };
	build_output(g, op->outputs[0]);
	return g;
}

/* A task of a copy: its lines, and atoms left out after each line read and written. */
struct copy {
	uint32_t width, height, in_notch, out_notch;
	uint32_t to;	/* atoms from the first task's output */
};

static void check_copies(const struct program *p, uint32_t first, const struct copy *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct copy got = {
			.width = register_of(p, first + i, ROCKET_DPU_DATA_CUBE_WIDTH) + 1,
			.height = register_of(p, first + i, ROCKET_DPU_DATA_CUBE_HEIGHT) + 1,
			.in_notch =
				field_get(register_of(p, first + i, ROCKET_DPU_RDMA_SRC_DMA_CFG),
					  ROCKET_DPU_RDMA_SRC_DMA_CFG_LINE_NOTCH_ADDR),
			.out_notch = field_get(
				register_of(p, first + i, ROCKET_DPU_DATA_CUBE_NOTCH_ADDR),
				ROCKET_DPU_DATA_CUBE_NOTCH_ADDR_NOTCH_ADDR_0),
			.to = (register_of(p, first + i, ROCKET_DPU_DST_BASE_ADDR) -
			       register_of(p, first, ROCKET_DPU_DST_BASE_ADDR)) /
			      NPU_ATOM_BYTES,
		};

		if (memcmp(&got, &c[i], sizeof(got)))
			fail_msg("copy %zu: %u x %u, gaps %u and %u, to %u", i, got.height,
				 got.width, got.in_notch, got.out_notch, got.to);
	}
}

static void pixels_are_spread_first_then_rows(void **state)
{
	static const struct copy columns[] = { { 1, 15, 0, 2, 0 }, { 1, 15, 0, 2, 1 },
					       { 1, 15, 0, 2, 2 } };
	static const struct copy rows[] = { { 15, 3, 0, 15, 0 }, { 15, 3, 0, 15, 15 } };
	struct program *p = compile(resize(3, 5, 6, 15), NULL);

	assert_int_equal(p->n_tasks, 5);
	check_copies(p, 0, columns, ARRAY_SIZE(columns));
	check_copies(p, 3, rows, ARRAY_SIZE(rows));
	program_destroy(p);
}

static void one_direction_needs_no_memory_between(void **state)
{
	static const struct copy columns[] = { { 1, 15, 0, 1, 0 }, { 1, 15, 0, 1, 1 } };
	static const struct copy rows[] = { { 5, 3, 0, 5, 0 }, { 5, 3, 0, 5, 5 } };
	struct program *p = compile(resize(3, 5, 3, 10), NULL);
	uint32_t both = 3 * 5 * 3 * NPU_ATOM_BYTES * 2;	/* input and output, two channel blocks */

	assert_int_equal(p->n_tasks, 2);
	check_copies(p, 0, columns, ARRAY_SIZE(columns));
	assert_true(p->buffers[PROGRAM_ACTIVATIONS].bytes <= align_up(both, 64) + 64);
	program_destroy(p);
	p = compile(resize(3, 5, 6, 5), NULL);
	assert_int_equal(p->n_tasks, 2);
	check_copies(p, 0, rows, ARRAY_SIZE(rows));
	program_destroy(p);
}

/* 5 x 5 taps at a stride of 2 are 3 x 3, 3 x 2, 2 x 3 and 2 x 2 for the four phases. */
static void phases_of_a_transposed_convolution_share_a_task(void **state)
{
	struct program *p = compile(transpose_conv(4, 2, 5, 11), NULL);

	/* One convolution, 4 copies of columns, 2 of rows, the last of which has one row less. */
	assert_int_equal(p->n_tasks, 1 + 4 + 2);
	assert_int_equal(field_get(register_of(p, 0, ROCKET_CNA_WEIGHT_SIZE2),
				   ROCKET_CNA_WEIGHT_SIZE2_WEIGHT_WIDTH), 3);
	assert_int_equal(field_get(register_of(p, 0, ROCKET_CNA_WEIGHT_SIZE2),
				   ROCKET_CNA_WEIGHT_SIZE2_WEIGHT_KERNELS), 4 * 32);
	check_copies(p, 1, (struct copy[]){ { 1, 36, 0, 1, 0 }, { 1, 36, 0, 1, 1 } }, 2);
	check_copies(p, 5, (struct copy[]){ { 11, 6, 1, 11, 0 }, { 11, 5, 1, 11, 11 } }, 2);
	program_destroy(p);
	p = compile(transpose_conv(4, 1, 3, 6), NULL);
	assert_int_equal(p->n_tasks, 1);
	program_destroy(p);
	p = compile(transpose_conv(10, 2, 2, 20), NULL);
	assert_int_equal(field_get(register_of(p, 0, ROCKET_CNA_WEIGHT_SIZE2),
				   ROCKET_CNA_WEIGHT_SIZE2_WEIGHT_WIDTH), 1);
	program_destroy(p);
}

static void columns_are_joined_row_by_row(void **state)
{
	const struct shape part = { 4, { 1, 4, 6, 16 } }, whole = { 4, { 1, 4, 12, 16 } };
	struct graph *g = build_start(DTYPE_INT8, &part, q);
	uint32_t in[2] = { 0, 0 };
	struct op *op = build_add_op(g, OP_CONCATENATION, in, 2, &whole, q);
	struct program *p;

	op->u.concat.axis = 2;
	build_output(g, op->outputs[0]);
	p = compile(g, NULL);
	assert_int_equal(p->n_tasks, 2);
	check_copies(p, 0, (struct copy[]){ { 6, 4, 0, 6, 0 }, { 6, 4, 0, 6, 6 } }, 2);
	program_destroy(p);
}

static struct graph *join_channels(int32_t channels)
{
	struct graph *g = build_start(DTYPE_INT8, &(struct shape){ 4, { 1, 2, 3, channels } }, q);
	uint32_t in[2] = { 0, 0 };
	struct op *op = build_add_op(g, OP_CONCATENATION, in, 2,
				     &(struct shape){ 4, { 1, 2, 3, 2 * channels } }, q);

	op->u.concat.axis = 3;
	build_output(g, op->outputs[0]);
	return g;
}

/* Weight of kernel @k for channel @c, of a window of one: groups of 32 kernels and 32 channels. */
static int8_t weight_at(const struct program *p, uint32_t k, uint32_t c, uint32_t kernels,
			uint32_t channels)
{
	uint32_t in_group = kernels - k / 32 * 32 < 32 ? kernels - k / 32 * 32 : 32;
	uint32_t width = channels - c / 32 * 32 < 32 ? channels - c / 32 * 32 : 32;

	return p->buffers[PROGRAM_CONST].data[k / 32 * 32 * channels + c / 32 * 32 * in_group +
					      k % 32 * width + c % 32];
}

/* 20 and 20 channels: 0..19 and 32..51 of a scratch of 64. */
static void channels_within_an_atom_are_moved_by_kernels(void **state)
{
	struct program *p = compile(join_channels(20), NULL);

	assert_int_equal(p->n_tasks, 3);
	check_copies(p, 0, (struct copy[]){ { 3, 2, 0, 0, 0 }, { 3, 2, 0, 0, 12 } }, 2);
	assert_int_equal(register_of(p, 2, ROCKET_CNA_FEATURE_DATA_ADDR),
			 register_of(p, 0, ROCKET_DPU_DST_BASE_ADDR));
	for (uint32_t k = 0; k < 40; k++)
		for (uint32_t c = 0; c < 64; c++)
			assert_int_equal(weight_at(p, k, c, 40, 64),
					 c == (k < 20 ? k : k + 12));
	program_destroy(p);
}

static void check_reason(struct graph *g, const struct npu_limits *limits, const char *reason)
{
	struct program *p = compile(g, limits);

	assert_int_equal(p->n_tasks, 0);
	if (!p->ops[0].reason || strcmp(p->ops[0].reason, reason))
		fail_msg("%s", p->ops[0].reason ? p->ops[0].reason : "no reason");
	program_destroy(p);
}

static void what_has_no_such_form_is_the_cpus(void **state)
{
	struct npu_limits without = npu_limits_rk3588;
	static const char no_gaps[] = "tasks of the DPU alone leave no gaps between lines";

	without.flow_gaps = 0;
	check_reason(resize(3, 5, 6, 10), &without, no_gaps);
	check_reason(transpose_conv(4, 2, 3, 9), &without, no_gaps);
	check_reason(resize(3, 5, 4, 5), NULL,
		     "a size with which pixels are not all repeated equally often");
	check_reason(resize(1, 3000, 2, 6000), NULL,
		     "rows too long for the gaps that a task leaves between them");
	check_reason(transpose_conv(2, 30, 1, 31), NULL, "more phases than a task has kernels");
	check_reason(transpose_conv(1, INT32_MAX, 1, 1), NULL,
		     "more phases than a task has kernels");
	check_reason(join_channels(3000), NULL,
		     "a choice among so many channels would be mostly zeros");
}

static int compile_once(void *graph)
{
	struct program *p = NULL;
	int ret = compile_graph(graph, NULL, NULL, &p);

	program_destroy(p);
	return ret;
}

static void running_out_of_memory_leaves_nothing_half_done(void **state)
{
	struct graph *graphs[] = { resize(3, 5, 6, 10), transpose_conv(4, 2, 5, 11),
				   join_channels(20) };

	for (size_t i = 0; i < ARRAY_SIZE(graphs); i++) {
		assert_true(alloc_fail_sweep(compile_once, graphs[i]) > 5);
		graph_destroy(graphs[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pixels_are_spread_first_then_rows),
		cmocka_unit_test(one_direction_needs_no_memory_between),
		cmocka_unit_test(phases_of_a_transposed_convolution_share_a_task),
		cmocka_unit_test(columns_are_joined_row_by_row),
		cmocka_unit_test(channels_within_an_atom_are_moved_by_kernels),
		cmocka_unit_test(what_has_no_such_form_is_the_cpus),
		cmocka_unit_test(running_out_of_memory_leaves_nothing_half_done),
	};

	return cmocka_run_group_tests_name("compiler/gaps", tests, NULL, NULL);
}
