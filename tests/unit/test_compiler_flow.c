// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of tasks without a convolution: splitting, tables, and the register values of streams
 * that ran on silicon
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <base/arena.h>
#include <base/bits.h>
#include <compiler/compile.h>
#include <compiler/flow.h>
#include <compiler/work.h>
#include <cross/build.h>
#include <npu/limits.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>
#include <program/program.h>
#include <unit/task_words.h>

/* Guide 8: what the vendor's compiler made of 8 pixels of 64 channels. */
struct row {
	uint32_t reg, value;
};

static const struct row common[] = {
	{ ROCKET_DPU_FEATURE_MODE_CFG, 0x1e5 },
	{ ROCKET_DPU_DATA_FORMAT, 0 },
	{ ROCKET_DPU_DST_SURF_STRIDE, 0x80 },
	{ ROCKET_DPU_DATA_CUBE_WIDTH, 7 },
	{ ROCKET_DPU_DATA_CUBE_HEIGHT, 0 },
	{ ROCKET_DPU_DATA_CUBE_CHANNEL, 0x3f003f },
	{ ROCKET_DPU_BS_OW_CFG, 2 },
	{ ROCKET_DPU_WDMA_SIZE_0, 0x3f },
	{ ROCKET_DPU_WDMA_SIZE_1, 7 },
	{ ROCKET_DPU_BN_CFG, 0x53 },
	{ ROCKET_DPU_SURFACE_ADD, 0x80 },
	{ ROCKET_DPU_RDMA_DATA_CUBE_WIDTH, 7 },
	{ ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT, 0 },
	{ ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL, 0x3f },
	{ ROCKET_DPU_RDMA_BRDMA_CFG, 0 },
	{ ROCKET_DPU_RDMA_ERDMA_CFG, 0x40000004 },
	{ ROCKET_DPU_RDMA_EW_SURF_STRIDE, 0x80 },
	{ ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7801 },
	{ ROCKET_DPU_RDMA_SURF_NOTCH, 0 },
	{ ROCKET_DPU_RDMA_EW_SURF_NOTCH, 0 },
};

static const struct row add[] = {
	{ ROCKET_DPU_BS_CFG, 0x20040 },
	{ ROCKET_DPU_BS_ALU_CFG, (uint32_t)-9 },
	{ ROCKET_DPU_BS_MUL_CFG, 0x40000000 },
	{ ROCKET_DPU_EW_CFG, 0x904202c0 },
	{ ROCKET_DPU_EW_CVT_OFFSET_VALUE, 15 },
	{ ROCKET_DPU_EW_CVT_SCALE_VALUE, 0x1766d },
	{ ROCKET_DPU_OUT_CVT_OFFSET, (uint32_t)-4 },
	{ ROCKET_DPU_OUT_CVT_SCALE, 22439 },
	{ ROCKET_DPU_OUT_CVT_SHIFT, 29 },
};

/* The vendor switches the multiplier off as 0, we as 1. */
static const struct row multiply[] = {
	{ ROCKET_DPU_BS_CFG, 0x20050 },
	{ ROCKET_DPU_BS_ALU_CFG, 12 },
	{ ROCKET_DPU_EW_CFG, 0x904002c4 },
	{ ROCKET_DPU_EW_CVT_OFFSET_VALUE, 10 },
	{ ROCKET_DPU_EW_CVT_SCALE_VALUE, 1 },
	{ ROCKET_DPU_OUT_CVT_OFFSET, 21 },
	{ ROCKET_DPU_OUT_CVT_SCALE, 31401 },
	{ ROCKET_DPU_OUT_CVT_SHIFT, 21 },
};

static uint32_t enabled(const struct program *p, uint32_t task)
{
	return regcmd_value(word_at(p, task, p->tasks[task].words - 1));
}

static void check_rows(const struct program *p, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (register_of(p, 0, rows[i].reg) != rows[i].value)
			fail_msg("register 0x%x is 0x%x, must be 0x%x", rows[i].reg,
				 register_of(p, 0, rows[i].reg), rows[i].value);
}

static const struct shape vendor_shape = { 4, { 1, 1, 8, 64 } };

static struct program *compile(struct graph *g)
{
	struct program *p = NULL;

	assert_int_equal(graph_verify(g, NULL), 0);
	assert_int_equal(compile_graph(g, NULL, NULL, &p), 0);
	graph_destroy(g);
	return p;
}

/* Two inputs: the second tensor is made an input of the model. */
static struct program *binary(enum op_kind kind, struct build_quant a, struct build_quant b,
			      struct build_quant out)
{
	struct graph *g = build_start(DTYPE_INT8, &vendor_shape, a);
	static uint32_t inputs[2];
	static const int8_t zeros[8 * 64];

	inputs[1] = build_constant(g, &vendor_shape, b, zeros);
	g->tensors[inputs[1]].data = NULL;
	g->inputs = inputs;
	g->n_inputs = 2;
	build_output(g, build_add_op(g, kind, inputs, 2, &vendor_shape, out)->outputs[0]);
	return compile(g);
}

static void a_sum_has_the_vendors_register_values(void **state)
{
	/* scales by which the vendor's factors came about; the first is the larger */
	struct program *p = binary(OP_ADD, (struct build_quant){ 0.68479f, 9 },
				   (struct build_quant){ 0.63357f, -15 },
				   (struct build_quant){ 1, -4 });

	assert_int_equal(p->n_tasks, 1);
	check_rows(p, common, ARRAY_SIZE(common));
	check_rows(p, add, ARRAY_SIZE(add));
	assert_int_equal(enabled(p, 0), NPU_ENABLE_DPU | NPU_ENABLE_DPU_RDMA);
	program_destroy(p);
}

static void a_product_has_the_vendors_register_values(void **state)
{
	struct program *p = binary(OP_MUL, (struct build_quant){ 31401.0f / (1 << 21), -12 },
				   (struct build_quant){ 1, -10 }, (struct build_quant){ 1, 21 });

	assert_int_equal(p->n_tasks, 1);
	check_rows(p, common, ARRAY_SIZE(common));
	check_rows(p, multiply, ARRAY_SIZE(multiply));
	program_destroy(p);
}

/*
 * Where the second scale is the larger it is the main input; what is subtracted changes its sign.
 */
static void a_difference_turns_the_sign_of_what_is_subtracted(void **state)
{
	struct program *p = binary(OP_SUB, (struct build_quant){ 0.5f, 0 },
				   (struct build_quant){ 0.25f, 0 }, (struct build_quant){ 1, 0 });

	assert_int_equal(register_of(p, 0, ROCKET_DPU_BS_MUL_CFG), 0x40000000);
	assert_int_equal(register_of(p, 0, ROCKET_DPU_EW_CVT_SCALE_VALUE) & 0xffff,
			 (uint16_t)-16384);
	program_destroy(p);

	p = binary(OP_SUB, (struct build_quant){ 0.25f, 0 }, (struct build_quant){ 0.5f, 0 },
		   (struct build_quant){ 1, 0 });
	assert_int_equal(register_of(p, 0, ROCKET_DPU_BS_MUL_CFG), 0xc0000000);
	assert_int_equal(register_of(p, 0, ROCKET_DPU_EW_CVT_SCALE_VALUE) & 0xffff, 16384);
	program_destroy(p);
}

/* Guide 7.8: the load is a task of its own, right before the lookup. */
static void a_table_is_loaded_before_it_is_looked_up(void **state)
{
	struct graph *g = build_start(DTYPE_INT8, &vendor_shape, (struct build_quant){ 0.1f, 3 });
	uint32_t in = 0, entries = 0, tables[2] = { 0 };
	struct program *p;

	build_output(g, build_add_op(g, OP_LOGISTIC, &in, 1, &vendor_shape,
				     (struct build_quant){ 1 / 256.0f, -128 })->outputs[0]);
	p = compile(g);
	assert_int_equal(p->n_tasks, 2);
	for (uint32_t i = 0; i < p->tasks[0].words; i++) {
		uint64_t word = word_at(p, 0, i);

		if (regcmd_offset(word) == ROCKET_DPU_LUT_ACCESS_DATA)
			entries++;
		if (regcmd_offset(word) == ROCKET_DPU_LUT_ACCESS_CFG &&
		    regcmd_value(word) & ROCKET_DPU_LUT_ACCESS_CFG_LUT_ACCESS_TYPE)
			tables[regcmd_value(word) >> 16 & 1]++;
	}
	assert_int_equal(tables[0], 1);
	assert_int_equal(tables[1], 1);
	assert_int_equal(entries, 2 * NPU_LUT_ENTRIES + 1);	/* and the register as such */
	assert_int_equal(register_of(p, 0, ROCKET_DPU_S_POINTER), 0x30);
	assert_int_equal(register_of(p, 0, ROCKET_DPU_EW_CFG), 0x383);
	assert_int_equal(register_of(p, 0, ROCKET_DPU_DATA_CUBE_CHANNEL), 0xf000f);

	assert_int_equal(register_of(p, 1, ROCKET_DPU_S_POINTER), 0xe);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_BS_ALU_CFG), (uint32_t)-3);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_BS_MUL_CFG), 64 << 16);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_EW_CFG), 0x302);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_LUT_CFG), 0x68);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_LUT_INFO), 0x00050500);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_LUT_LE_START), 0xffffc000);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_LUT_LO_END), 16384);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_OUT_CVT_OFFSET), (uint32_t)-128);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_OUT_CVT_SCALE), 16384);
	assert_int_equal(register_of(p, 1, ROCKET_DPU_OUT_CVT_SHIFT), 21);
	program_destroy(p);
}

/* Code q reads entry 512 + 2 (q - zero) of the two tables in a row. */
static void each_code_has_an_entry_of_its_own(void **state)
{
	static const int32_t zeros[] = { -128, 0, 127 };
	struct arena a = { 0 };
	int8_t codes[256];

	for (int i = 0; i < 256; i++)
		codes[i] = (int8_t)(37 * i + 11);
	for (size_t z = 0; z < ARRAY_SIZE(zeros); z++) {
		struct flow f = { .requant.offset = -5 };

		assert_null(flow_table(zeros[z], codes, &f, &a));
		for (int32_t q = -128; q < 128; q++) {
			int32_t d = q - zeros[z];
			int32_t entry = d < 0 ? 512 + 2 * d : NPU_LUT_ENTRIES + 2 * d;

			assert_int_equal(f.table[entry], (codes[q + 128] + 5) * 128);
		}
	}
	arena_fini(&a);
}

static struct program *prelu(float slope_scale)
{
	const struct shape shape = { 4, { 1, 2, 2, 20 } }, channels = { 3, { 1, 1, 20 } };
	struct graph *g = build_start(DTYPE_INT8, &shape, (struct build_quant){ 0.1f, -5 });
	int8_t slopes[20];
	uint32_t in[2] = { 0 };

	for (int i = 0; i < 20; i++)
		slopes[i] = i - 10;
	in[1] = build_constant(g, &channels, (struct build_quant){ slope_scale, 0 }, slopes);
	build_output(g, build_add_op(g, OP_PRELU, in, 2, &shape,
				     (struct build_quant){ 0.1f, 7 })->outputs[0]);
	return compile(g);
}

/* Guide 7.6: negative values by a slope of 14 bits, positive ones as they are. */
static void slopes_of_channels_pass_the_bn_stage(void **state)
{
	static const struct row rows[] = {
		{ ROCKET_DPU_BS_ALU_CFG, 5 },
		{ ROCKET_DPU_BS_MUL_CFG, 128 << 16 },
		{ ROCKET_DPU_DATA_FORMAT, 14 << 10 },
		{ ROCKET_DPU_BN_CFG, 0x62 },
		{ ROCKET_DPU_BN_MUL_CFG, 1 },
		{ ROCKET_DPU_RDMA_NRDMA_CFG, 4 << 1 },
		{ ROCKET_DPU_RDMA_BN_BASE_ADDR, 0 },
		{ ROCKET_DPU_OUT_CVT_OFFSET, 7 },
	};
	struct program *p = prelu(0.1f);

	assert_int_equal(p->n_tasks, 1);
	check_rows(p, rows, ARRAY_SIZE(rows));
	for (int i = 0; i < 20; i++) {
		int16_t slope;

		memcpy(&slope, p->buffers[PROGRAM_CONST].data + i * sizeof(slope), sizeof(slope));
		assert_int_equal(slope, (int)rint((i - 10) * (double)0.1f * 16384));
	}
	program_destroy(p);
	p = prelu(0.3f);
	assert_int_equal(p->n_tasks, 0);
	assert_string_equal(p->ops[0].reason, "the slope is beyond what codes can show");
	program_destroy(p);
}

static void factors_have_15_bits(void **state)
{
	static const struct {
		double real;
		int32_t factor;
		unsigned int shift;
	} cases[] = {
		{ 16384, 16384, 0 },
		{ 16383.99999, 16384, 0 },
		{ 15158.3, 30317, 1 },
		{ 1, 16384, 14 },
		{ 1e-9, 2, 31 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned int shift;
		int32_t factor;

		flow_factor(cases[i].real, &factor, &shift);
		if (factor != cases[i].factor || shift != cases[i].shift)
			fail_msg("%g: %d >> %u", cases[i].real, factor, shift);
	}
}

/* Every pixel and channel block in exactly one task, no field too narrow. */
static void flows_split_where_fields_end(void **state)
{
	static const struct {
		const char *why;
		uint32_t pixels, width, channels, tasks;
	} cases[] = {
		{ "an image", 12 * 7, 7, 20, 1 },
		{ "a row as wide as is known to work", 4096, 4096, 16, 1 },
		{ "a wider row: lines of 4096 and the rest", 3 * 4096 + 5, 3 * 4096 + 5, 16, 2 },
		{ "more lines than the field holds", 8193, 1, 16, 2 },
		{ "more channels than the field holds", 4, 4, 8193, 2 },
		{ "one pixel", 1, 1, 1, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct flow f = { .pixels = cases[i].pixels, .width = cases[i].width,
				  .channels = cases[i].channels };
		uint64_t atoms = 0;
		struct arena a = { 0 };

		assert_null(flow_tile(&f, &a));
		if (f.n_tiles != cases[i].tasks)
			fail_msg("%s: %u tasks", cases[i].why, f.n_tiles);
		for (uint32_t k = 0; k < f.n_tiles; k++) {
			const struct flow_tile *t = &f.tiles[k];

			assert_true(t->width <= 4096 && t->height <= 8192 && t->channels <= 8192);
			assert_true(t->pixel + t->width * t->height <= f.pixels);
			atoms += (uint64_t)t->width * t->height * (t->channels / NPU_ATOM_BYTES);
		}
		assert_int_equal(atoms,
				 (uint64_t)f.pixels * layout_surfaces(cases[i].channels));
		arena_fini(&a);
	}
}

/* Guide 9. */
static void a_pooling_has_the_guides_register_values(void **state)
{
	static const struct row rows[] = {
		{ ROCKET_PPU_S_POINTER, 0xe },
		{ ROCKET_PPU_RDMA_S_POINTER, 0xe },
		{ ROCKET_PPU_DATA_CUBE_IN_WIDTH, 8 },
		{ ROCKET_PPU_DATA_CUBE_IN_HEIGHT, 14 },
		{ ROCKET_PPU_DATA_CUBE_IN_CHANNEL, 31 },
		{ ROCKET_PPU_DATA_CUBE_OUT_WIDTH, 4 },
		{ ROCKET_PPU_DATA_CUBE_OUT_HEIGHT, 7 },
		{ ROCKET_PPU_DATA_CUBE_OUT_CHANNEL, 31 },
		{ ROCKET_PPU_OPERATION_MODE_CFG, 0x11 },
		{ ROCKET_PPU_POOLING_KERNEL_CFG, 0x00110202 },
		{ ROCKET_PPU_POOLING_PADDING_CFG, 0x1111 },
		{ ROCKET_PPU_PADDING_VALUE_1_CFG, 0xffffff80 },
		{ ROCKET_PPU_PADDING_VALUE_2_CFG, 7 },
		{ ROCKET_PPU_DST_SURF_STRIDE, 5 * 8 * 16 },
		{ ROCKET_PPU_DATA_FORMAT, 5 * 8 * 16 },
		{ ROCKET_PPU_MISC_CTRL, 3 },
		{ ROCKET_PPU_RDMA_SRC_LINE_STRIDE, 9 * 16 },
		{ ROCKET_PPU_RDMA_SRC_SURF_STRIDE, 9 * 15 * 16 },
		{ ROCKET_PPU_RDMA_DATA_FORMAT, 1 },
	};
	struct graph *g = build_start(DTYPE_INT8, &(struct shape){ 4, { 1, 15, 9, 30 } },
				      (struct build_quant){ 0.1f, 3 });
	struct program *p;

	build_output(g, build_add_pool(g, OP_MAX_POOL_2D, 0,
				       &(struct pool_params){ .padding = PADDING_SAME,
							      .stride_h = 2,
							      .stride_w = 2,
							      .filter_h = 3,
							      .filter_w = 3 }));
	p = compile(g);
	assert_int_equal(p->n_tasks, 1);
	check_rows(p, rows, ARRAY_SIZE(rows));
	assert_int_equal(enabled(p, 0), NPU_ENABLE_PPU | NPU_ENABLE_PPU_RDMA);
	program_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sum_has_the_vendors_register_values),
		cmocka_unit_test(a_product_has_the_vendors_register_values),
		cmocka_unit_test(a_difference_turns_the_sign_of_what_is_subtracted),
		cmocka_unit_test(a_table_is_loaded_before_it_is_looked_up),
		cmocka_unit_test(each_code_has_an_entry_of_its_own),
		cmocka_unit_test(slopes_of_channels_pass_the_bn_stage),
		cmocka_unit_test(factors_have_15_bits),
		cmocka_unit_test(flows_split_where_fields_end),
		cmocka_unit_test(a_pooling_has_the_guides_register_values),
	};

	return cmocka_run_group_tests_name("compiler_flow", tests, NULL, NULL);
}
