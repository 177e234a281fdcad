// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of .rkt files and of the verifier behind them
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>
#include <compiler/compile.h>
#include <cross/build.h>
#include <fuzz/alloc_fail.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>
#include <program/file.h>
#include <program/program.h>

static const struct build_quant q = { 0.05f, 128 };

/*
 * Every kind of step, a folded operator, a constant that the CPU reads, quantised and plain
 * tensors.
 */
static struct program *make_program(void)
{
	static const int32_t bias[8] = { 1, -2, 3, -4, 5, -6, 7, -8 };
	struct build_conv conv = {
		.kind = OP_CONV_2D,
		.kernels = 8,
		.kernel_h = 3,
		.kernel_w = 3,
		.weight = q,
		.out = q,
		.bias = bias,
	};
	struct graph *g = build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, 6, 5, 3 } }, q);
	struct program *p = NULL;
	uint32_t t = build_add_conv(g, 0, &conv);

	t = build_add_unary(g, OP_SOFTMAX, t, &g->tensors[t].shape, q);
	conv.activation = ACTIVATION_OTHER;	/* stays on the CPU, with its constants */
	t = build_add_conv(g, t, &conv);
	t = build_add_pool(g, OP_AVERAGE_POOL_2D, t,
			   &(struct pool_params){ .padding = PADDING_VALID,
						  .stride_h = 1, .stride_w = 1, .filter_h = 6,
						  .filter_w = 5 });
	build_output(g, build_add_unary(g, OP_RESHAPE, t, &(struct shape){ 2, { 1, 8 } }, q));
	assert_int_equal(compile_graph(g, NULL, NULL, &p), 0);
	graph_destroy(g);

	return p;
}

static void collect(void *opaque, enum diag_level level, const char *text)
{
	char *out = opaque;

	if (level == DIAG_ERROR && !out[0])
		snprintf(out, 256, "%s", text);
}

static char *printed(const struct program *p)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	program_print(p, f);
	graph_print(p->graph, f);
	fclose(f);
	return text;
}

static void a_program_comes_back_as_written(void **state)
{
	struct program *p = make_program(), *back = NULL;
	void *file = NULL, *again = NULL;
	size_t size = 0, size_again = 0;
	char *a, *b;

	assert_int_equal(program_write(p, NULL, &file, &size), 0);
	assert_int_equal(program_read(file, size, NULL, &back), 0);
	a = printed(p);
	b = printed(back);
	assert_string_equal(a, b);
	assert_int_equal(program_write(back, NULL, &again, &size_again), 0);
	assert_int_equal(size, size_again);
	assert_memory_equal(file, again, size);
	for (uint32_t i = 0; i < p->n_buffers; i++)
		if (p->buffers[i].data)
			assert_memory_equal(p->buffers[i].data, back->buffers[i].data,
					    p->buffers[i].bytes);
	free(a);
	free(b);
	free(file);
	free(again);
	program_destroy(p);
	program_destroy(back);
}

static void truncated_files_are_refused_at_every_length(void **state)
{
	struct program *p = make_program(), *back = NULL;
	void *file = NULL;
	size_t size = 0;

	assert_int_equal(program_write(p, NULL, &file, &size), 0);
	for (size_t n = 0; n < size; n++) {
		uint8_t *copy = malloc(n + 1);
		char text[256] = "";
		struct diag d = { .print = collect, .opaque = text };

		memcpy(copy, file, n);
		assert_int_equal(program_read(copy, n, &d, &back), -EINVAL);
		assert_true(text[0]);
		free(copy);
	}
	free(file);
	program_destroy(p);
}

static void every_flipped_bit_is_noticed(void **state)
{
	struct program *p = make_program(), *back = NULL;
	uint8_t *file = NULL;
	size_t size = 0;

	assert_int_equal(program_write(p, NULL, (void **)&file, &size), 0);
	for (size_t bit = 0; bit < 8 * size; bit += bit < 8 * 1024 ? 1 : 61) {
		char text[256] = "";
		struct diag d = { .print = collect, .opaque = text };

		file[bit / 8] ^= 1 << bit % 8;
		assert_int_equal(program_read(file, size, &d, &back), -EINVAL);
		assert_int_equal(d.errors, 1);
		if (bit / 8 >= FILE_HEADER_BYTES)
			assert_non_null(strstr(text, "checksum"));
		file[bit / 8] ^= 1 << bit % 8;
	}
	free(file);
	program_destroy(p);
}

static void put_checksum(uint8_t *file, size_t size)
{
	uint32_t checksum = file_checksum(file, size);

	for (int i = 0; i < 4; i++)
		file[FILE_CHECKSUM_AT + i] = checksum >> 8 * i;
}

/*
 * Behind a checksum that is right, a flipped bit is refused with a message, or gives another
 * program that is as safe.
 */
static void flipped_bits_do_no_harm(void **state)
{
	struct program *p = make_program(), *back;
	unsigned int refused = 0, taken = 0;
	uint8_t *file = NULL;
	size_t size = 0;

	assert_int_equal(program_write(p, NULL, (void **)&file, &size), 0);
	for (size_t bit = 0; bit < 8 * size; bit += bit < 8 * 4096 ? 1 : 61) {
		char text[256] = "";
		struct diag d = { .print = collect, .opaque = text };

		file[bit / 8] ^= 1 << bit % 8;
		put_checksum(file, size);
		back = NULL;
		if (program_read(file, size, &d, &back)) {
			refused++;
			assert_true(text[0]);
		} else {
			taken++;
			program_destroy(back);
		}
		file[bit / 8] ^= 1 << bit % 8;
	}
	print_message("# %u flips refused, %u taken\n", refused, taken);
	assert_true(refused > taken / 4);
	free(file);
	program_destroy(p);
}

static void check_refused(const char *why, const struct program *p, const char *message)
{
	char text[256] = "";
	struct diag d = { .print = collect, .opaque = text };

	if (program_verify(p, &d) != -EINVAL)
		fail_msg("%s: taken", why);
	if (!strstr(text, message))
		fail_msg("%s: \"%s\" lacks \"%s\"", why, text, message);
}

/* The first word of a task that writes @reg. */
static uint64_t *word_of(const struct program *p, uint32_t task, uint32_t reg)
{
	const struct program_task *t = &p->tasks[task];
	uint64_t *words = (uint64_t *)(p->buffers[t->buffer].data + t->offset);

	for (uint32_t i = 0; i < t->words; i++)
		if (regcmd_offset(words[i]) == reg)
			return &words[i];
	return NULL;
}

#define BREAK(member, value, message) \
	do { \
		typeof(member) before_ = member; \
		member = value; \
		check_refused(#member " = " #value, p, message); \
		member = before_; \
	} while (0)

static void the_verifier_names_what_is_wrong(void **state)
{
	struct program *p = make_program();
	uint64_t *word;

	assert_int_equal(program_verify(p, NULL), 0);
	BREAK(p->buffers[0].use, PROGRAM_CONST, "buffer 1");
	BREAK(p->buffers[0].data, NULL, "buffer 0");
	BREAK(p->buffers[2].bytes, UINT32_MAX, "more than the NPU can address");
	BREAK(p->relocs[0].buffer, 7, "relocation 0");
	BREAK(p->relocs[0].target, 3, "relocation 0");
	BREAK(p->relocs[0].word, 1u << 30, "relocation 0");
	BREAK(p->relocs[1].word, p->relocs[0].word, "relocation 1");
	BREAK(p->relocs[0].word, p->relocs[0].word - 1, "no address");
	BREAK(p->n_relocs, p->n_relocs - 1, "address without relocation");
	BREAK(p->tasks[0].offset, 8, "task 0");
	BREAK(p->tasks[0].words, 2, "task 0");
	BREAK(p->tasks[0].words, 1u << 20, "task 0");
	BREAK(p->tasks[0].words, p->tasks[0].words - 2, "tail");
	BREAK(p->tasks[0].op, 5, "no such operator");
	BREAK(p->features[0].tensor, 99, "feature 0");
	BREAK(p->features[0].buffer, 0, "feature 0");
	BREAK(p->features[0].offset, 1u << 20, "feature 0");
	BREAK(p->features[0].offset, 8, "feature 0");
	BREAK(p->features[0].height, 7, "feature 0");
	BREAK(p->features[0].channels, 16, "extents");
	BREAK(p->features[0].surfaces, 0, "feature 0");
	BREAK(p->features[0].line_bytes, 16, "feature 0");
	BREAK(p->features[0].surface_bytes, 16, "feature 0");
	BREAK(p->steps[0].first, 99, "step 0");
	BREAK(p->steps[1].count, 0, "step 1");
	BREAK(p->steps[1].first, 9, "step 1");
	BREAK(p->steps[0].kind, PROGRAM_STEP_JOB, "step 0");
	BREAK(p->n_steps, p->n_steps - 1, "never written");
	BREAK(p->graph->tensors[p->features[1].tensor].data, "x", "unpacks into a constant");
	BREAK(p->graph->inputs[0], 99, "model input");
	BREAK(p->graph->outputs[0], 99, "");
	BREAK(p->graph->n_inputs, 0, "before it is written");
	BREAK(p->graph->ops[0].inputs[0], 99, "");
	BREAK(p->graph->tensors[0].bytes, 91, "");
	word = word_of(p, 0, ROCKET_DPU_DST_BASE_ADDR);
	BREAK(*word, regcmd(NPU_TARGET_DPU, p->buffers[2].bytes, ROCKET_DPU_DST_BASE_ADDR),
	      "no address in its target");
	assert_int_equal(program_verify(p, NULL), 0);
	program_destroy(p);
}

static void another_version_asks_for_another_compilation(void **state)
{
	struct program *p = make_program(), *back = NULL;
	char text[256] = "";
	struct diag d = { .print = collect, .opaque = text };
	uint8_t *file = NULL;
	size_t size = 0;

	assert_int_equal(program_write(p, NULL, (void **)&file, &size), 0);
	file[8]++;
	assert_int_equal(program_read(file, size, &d, &back), -EINVAL);
	assert_non_null(strstr(text, "version 2, but this build reads 1; compile the model again"));
	free(file);
	program_destroy(p);
}

struct bytes {
	const struct program *p;
	void *data;
	size_t size;
};

static int read_once(void *arg)
{
	struct bytes *b = arg;
	struct program *back = NULL;
	int ret = program_read(b->data, b->size, NULL, &back);

	if (!ret)
		program_destroy(back);
	return ret;
}

static int write_once(void *arg)
{
	struct bytes *b = arg;
	void *data = NULL;
	size_t size;
	int ret = program_write(b->p, NULL, &data, &size);

	free(data);
	return ret;
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
	struct program *p = make_program();
	struct bytes b = { .p = p };

	assert_int_equal(program_write(p, NULL, &b.data, &b.size), 0);
	assert_true(alloc_fail_sweep(write_once, &b) > 0);
	assert_true(alloc_fail_sweep(read_once, &b) > 3);
	free(b.data);
	program_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_comes_back_as_written),
		cmocka_unit_test(truncated_files_are_refused_at_every_length),
		cmocka_unit_test(every_flipped_bit_is_noticed),
		cmocka_unit_test(flipped_bits_do_no_harm),
		cmocka_unit_test(the_verifier_names_what_is_wrong),
		cmocka_unit_test(another_version_asks_for_another_compilation),
		cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
	};

	return cmocka_run_group_tests_name("program_file", tests, NULL, NULL);
}
