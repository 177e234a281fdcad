// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the delegate in a fake interpreter
 *
 * What it takes, what it leaves, and that nothing an application does ends the process. The NPU is
 * its model.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include <tensorflow/lite/builtin_ops.h>

#include <base/bits.h>
#include <compiler/compile.h>
#include <cross/build.h>
#include <delegate/delegate.h>
#include <fuzz/alloc_fail.h>
#include <graph/graph.h>
#include <program/program.h>
#include <runtime/device.h>
#include <runtime/session.h>
#include <unit/fake_lite.h>

#define HEIGHT		6
#define WIDTH		7
#define CHANNELS	16
#define KERNELS		24
#define ROUNDS		1000

static const struct build_quant q = { 0.05f, 128 };
static uint8_t weights[KERNELS * CHANNELS * 9];
static char complaint[512];

static void complain(const char *text)
{
	snprintf(complaint, sizeof(complaint), "%s", text);
}

static TfLiteDelegate *create(const char *key, const char *value)
{
	char *keys[] = { "device", (char *)key }, *values[] = { "sim", (char *)value };

	complaint[0] = '\0';
	return tflite_plugin_create_delegate(keys, values, key ? 2 : 1, complain);
}

static uint32_t conv(struct graph *g, uint32_t in, int32_t window, bool bias)
{
	static const int32_t biases[KERNELS] = { 1000, -1000 };

	for (size_t i = 0; i < sizeof(weights); i++)
		weights[i] = (uint8_t)(i * 37 + 11);
	return build_add_conv(g, in,
			      &(struct build_conv){
				      .kind = OP_CONV_2D,
				      .kernels = KERNELS,
				      .kernel_h = window,
				      .kernel_w = window,
				      .weight = q,
				      .out = q,
				      .weights = weights,
				      .bias = bias ? biases : NULL,
			      });
}

static struct graph *start(enum dtype type)
{
	return build_start(type, &(struct shape){ 4, { 1, HEIGHT, WIDTH, CHANNELS } }, q);
}

/* The NPU computes the first of three. */
static struct graph *mixed(void)
{
	struct graph *g = start(DTYPE_UINT8);
	uint32_t a = conv(g, 0, 3, true);
	uint32_t b = build_add_unary(g, OP_SOFTMAX, a, &g->tensors[a].shape, q);

	build_output(g, build_add_unary(g, OP_SOFTMAX, b, &g->tensors[b].shape, q));
	return g;
}

static struct graph *plain(void)
{
	struct graph *g = start(DTYPE_UINT8);

	build_output(g, conv(g, 0, 3, true));
	return g;
}

static void fill(uint8_t *to, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (uint8_t)(i * 13 + 5);
}

/* The first output of a graph whose operators are all on the NPU, without the delegate. */
static void run_directly(const struct graph *g, uint8_t *out)
{
	struct session *session;
	struct device *device;
	struct program *p;

	assert_int_equal(compile_graph(g, NULL, NULL, &p), 0);
	assert_int_equal(device_open("sim", NULL, &device), 0);
	assert_int_equal(session_create(device, p, NULL, &session), 0);
	fill(session_tensor(session, p->graph->inputs[0]), g->tensors[g->inputs[0]].bytes);
	assert_int_equal(session_run(session, NULL), 0);
	memcpy(out, session_tensor(session, p->graph->outputs[0]), g->tensors[g->outputs[0]].bytes);
	session_destroy(session);
	device_close(device);
	program_destroy(p);
}

static void assert_runs_right(struct fake_lite *f)
{
	const struct graph *g = f->graph;
	TfLiteTensor *in = &f->context.tensors[g->inputs[0]],
		     *out = &f->context.tensors[g->outputs[0]];
	uint8_t want[HEIGHT * WIDTH * KERNELS];

	assert_true(out->bytes <= sizeof(want));
	run_directly(g, want);
	fill(in->data.data, in->bytes);
	assert_int_equal(fake_lite_invoke(f), kTfLiteOk);
	assert_memory_equal(out->data.data, want, out->bytes);
	memset(out->data.data, 0, out->bytes);
	assert_int_equal(fake_lite_invoke(f), kTfLiteOk);
	assert_memory_equal(out->data.data, want, out->bytes);
}

static void what_the_npu_computes_is_taken_the_rest_left(void **state)
{
	TfLiteDelegate *delegate = create(NULL, NULL);
	struct graph *g = mixed();
	struct fake_lite *f = fake_lite_create(g);

	assert_int_equal(fake_lite_apply(f, delegate), kTfLiteOk);
	assert_int_equal(f->delegated, 1);
	assert_int_equal(f->n_kernels, 1);
	assert_int_equal(fake_lite_allocate(f), kTfLiteOk);
	assert_int_equal(fake_lite_invoke(f), kTfLiteOk);
	assert_string_equal(f->said, "");
	fake_lite_destroy(f);
	graph_destroy(g);
	tflite_plugin_destroy_delegate(delegate);
}

static void outputs_are_those_of_the_program(void **state)
{
	TfLiteDelegate *delegate = create(NULL, NULL);

	for (int bias = 0; bias < 2; bias++) {
		struct graph *g = start(DTYPE_UINT8);
		struct fake_lite *f;
		uint32_t a = conv(g, 0, 3, bias);

		build_output(g,
			     build_add_unary(g, OP_RESHAPE, a,
					     &(struct shape){ 2, { HEIGHT * WIDTH, KERNELS } }, q));
		f = fake_lite_create(g);
		assert_int_equal(fake_lite_apply(f, delegate), kTfLiteOk);
		assert_int_equal(f->delegated, 2);
		assert_int_equal(fake_lite_allocate(f), kTfLiteOk);
		assert_runs_right(f);
		fake_lite_destroy(f);
		graph_destroy(g);
	}
	tflite_plugin_destroy_delegate(delegate);
}

static void an_absent_bias_is_minus_one(void **state)
{
	TfLiteDelegate *delegate = create(NULL, NULL);
	struct graph *g = start(DTYPE_UINT8);
	struct fake_lite *f;

	build_output(g, conv(g, 0, 1, false));
	f = fake_lite_create(g);
	free(f->nodes[0].inputs);
	f->nodes[0].inputs = fake_numbers(3);
	f->nodes[0].inputs->data[0] = 0;
	f->nodes[0].inputs->data[1] = 1;
	f->nodes[0].inputs->data[2] = kTfLiteOptionalTensor;
	assert_int_equal(fake_lite_apply(f, delegate), kTfLiteOk);
	assert_int_equal(f->delegated, 1);
	assert_int_equal(fake_lite_allocate(f), kTfLiteOk);
	assert_runs_right(f);
	fake_lite_destroy(f);
	graph_destroy(g);
	tflite_plugin_destroy_delegate(delegate);
}

/*
 * Ways to make a graph that the NPU has no part in; each must leave the interpreter as it is, with
 * a line for the user.
 */
static void spoil_type(struct fake_lite *f)
{
	f->context.tensors[f->graph->inputs[0]].type = kTfLiteFloat32;
	f->context.tensors[f->graph->inputs[0]].bytes *= 4;
}

static void spoil_int16(struct fake_lite *f)
{
	f->context.tensors[f->graph->inputs[0]].type = kTfLiteInt16;
	f->context.tensors[f->graph->inputs[0]].bytes *= 2;
}

static void spoil_dynamic(struct fake_lite *f)
{
	f->context.tensors[f->graph->outputs[0]].allocation_type = kTfLiteDynamic;
}

static void spoil_rank(struct fake_lite *f)
{
	f->context.tensors[f->graph->inputs[0]].dims->size = 0;
}

static void spoil_extent(struct fake_lite *f)
{
	f->context.tensors[f->graph->inputs[0]].dims->data[1] = 0;
}

static void spoil_shape(struct fake_lite *f)
{
	f->context.tensors[f->graph->outputs[0]].dims->data[3]++;
}

static void spoil_builtin(struct fake_lite *f)
{
	f->registrations[0].builtin_code = 100000;
}

static void spoil_custom(struct fake_lite *f)
{
	f->registrations[0].builtin_code = kTfLiteBuiltinCustom;
	f->registrations[0].custom_name = "TFLite_Detection_PostProcess";
}

static void spoil_options(struct fake_lite *f)
{
	free(f->nodes[0].builtin_data);
	f->nodes[0].builtin_data = NULL;
}

static void spoil_inputs(struct fake_lite *f)
{
	f->nodes[0].inputs->size = 0;
}

static void spoil_number(struct fake_lite *f)
{
	f->nodes[0].inputs->data[0] = 100000;
}

static void spoil_weights(struct fake_lite *f)
{
	f->context.tensors[1].data.data = NULL;
}

static void spoil_scale(struct fake_lite *f)
{
	((TfLiteAffineQuantization *)f->context.tensors[0].quantization.params)->scale->data[0] =
		-1;
}

static void spoil_quantization(struct fake_lite *f)
{
	((TfLiteAffineQuantization *)f->context.tensors[0].quantization.params)->scale->size = 0;
}

static void spoil_variable(struct fake_lite *f)
{
	f->context.tensors[0].is_variable = true;
}

static void spoil_plan(struct fake_lite *f)
{
	f->plan->size = 0;
}

static void what_the_npu_has_no_part_in_is_left_alone(void **state)
{
	static const struct {
		void (*spoil)(struct fake_lite *f);
		const char *line;	/* on standard error */
	} cases[] = {
		{ spoil_type, "first CONV_2D: " },
		{ spoil_int16, "first CONV_2D: only uint8 and int8" },
		{ spoil_dynamic, "first CONV_2D: a tensor of dynamic size" },
		{ spoil_rank, "first CONV_2D: " },
		{ spoil_extent, "first CONV_2D: " },
		{ spoil_shape, "first CONV_2D: " },
		{ spoil_builtin, "first an operator newer than this delegate" },
		{ spoil_custom, "first TFLite_Detection_PostProcess" },
		{ spoil_options, "first CONV_2D: it comes without its options" },
		{ spoil_inputs, "first CONV_2D: " },
		{ spoil_number, "first CONV_2D: a tensor that does not exist" },
		{ spoil_weights, "first CONV_2D: a constant whose contents" },
		{ spoil_scale, "first CONV_2D: " },
		{ spoil_quantization, "first CONV_2D: input or output has no single scale" },
		{ spoil_variable, "first CONV_2D: a tensor that keeps its contents" },
		{ spoil_plan, "" },
	};
	TfLiteDelegate *delegate = create(NULL, NULL);
	FILE *before = stderr;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct graph *g = plain();
		struct fake_lite *f = fake_lite_create(g);
		char *text = NULL;
		size_t size;
		TfLiteStatus status;

		cases[i].spoil(f);
		stderr = open_memstream(&text, &size);
		status = fake_lite_apply(f, delegate);
		fclose(stderr);
		stderr = before;
		if (status != kTfLiteOk || f->delegated || *f->said)
			fail_msg("case %zu: status %d, %u operators taken, '%s'", i, status,
				 f->delegated, f->said);
		if (!strstr(text, cases[i].line) ||
		    (*text && strchr(text, '\n') != text + size - 1))
			fail_msg("case %zu: '%s' is not one line with '%s'", i, text,
				 cases[i].line);
		free(text);
		if (cases[i].spoil == spoil_plan)
			f->plan->size = 1;	/* for freeing */
		fake_lite_destroy(f);
		graph_destroy(g);
	}
	tflite_plugin_destroy_delegate(delegate);
}

static void open_extent(struct fake_lite *f, int tensor)
{
	TfLiteIntArray *s = fake_numbers(4);

	memcpy(s->data, f->context.tensors[tensor].dims->data, 4 * sizeof(int));
	s->data[0] = -1;
	f->context.tensors[tensor].dims_signature = s;
}

/* As converters write it for every model whose batch was not fixed. */
static void an_open_batch_is_that_of_the_inputs(void **state)
{
	TfLiteDelegate *delegate = create(NULL, NULL);
	struct graph *g = plain();
	struct fake_lite *f = fake_lite_create(g);

	open_extent(f, (int)g->inputs[0]);
	open_extent(f, (int)g->outputs[0]);
	assert_int_equal(fake_lite_apply(f, delegate), kTfLiteOk);
	assert_int_equal(f->delegated, 1);
	assert_int_equal(fake_lite_allocate(f), kTfLiteOk);
	assert_runs_right(f);
	fake_lite_destroy(f);
	graph_destroy(g);
	tflite_plugin_destroy_delegate(delegate);
}

static void shapes_that_only_a_run_knows_stay_on_the_cpu(void **state)
{
	for (int open = 0; open < 2; open++) {
		TfLiteDelegate *delegate = create(NULL, NULL);
		struct graph *g = start(DTYPE_UINT8);
		uint32_t a = build_add_unary(g, OP_SOFTMAX, 0, &g->tensors[0].shape, q);
		struct fake_lite *f;

		build_output(g, conv(g, conv(g, a, 3, true), 1, false));
		f = fake_lite_create(g);
		f->registrations[0].builtin_code = kTfLiteBuiltinCustom;
		if (open) {
			open_extent(f, (int)a);
			open_extent(f, (int)g->ops[1].outputs[0]);
			open_extent(f, (int)g->outputs[0]);
		}
		assert_int_equal(fake_lite_apply(f, delegate), kTfLiteOk);
		assert_int_equal(f->delegated, open ? 0 : 2);
		fake_lite_destroy(f);
		graph_destroy(g);
		tflite_plugin_destroy_delegate(delegate);
	}
}

static void options_are_checked(void **state)
{
	static const struct {
		const char *key, *value, *why;
	} cases[] = {
		{ "speed", "1", "unknown option 'speed'; there are device, cache-dir and verbose" },
		{ "Device", "sim",
		  "unknown option 'Device'; there are device, cache-dir and verbose" },
		{ "verbose", "maybe", "option verbose is 'maybe'; it takes true or false" },
		{ "cache-dir", "", "option cache-dir is empty; it takes the path of a folder" },
		{ "device", "",
		  "option device is empty; it takes auto, sim or the path of a node" },
		{ "verbose", NULL, "an option without a name or value" },
	};
	char *key = "speed", *value = "1";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_null(create(cases[i].key, cases[i].value));
		assert_string_equal(complaint, cases[i].why);
	}
	assert_null(create("device", "/nonexistent"));
	assert_non_null(strstr(complaint, "/nonexistent"));
	assert_null(tflite_plugin_create_delegate(&key, &value, 1, NULL));
}

static void delegates_come_and_go(void **state)
{
	tflite_plugin_destroy_delegate(NULL);
	for (int i = 0; i < ROUNDS; i++) {
		TfLiteDelegate *delegate = create("verbose", "false");
		struct graph *g = plain();
		struct fake_lite *f = fake_lite_create(g);

		/*
		 * Every other one is destroyed before it did anything, every fourth before its
		 * interpreter.
		 */
		if (i % 2)
			assert_int_equal(fake_lite_apply(f, delegate), kTfLiteOk);
		if (i % 4 == 1)
			assert_int_equal(fake_lite_allocate(f), kTfLiteOk);
		if (i % 4 == 3)
			tflite_plugin_destroy_delegate(delegate);
		fake_lite_destroy(f);
		graph_destroy(g);
		if (i % 4 != 3)
			tflite_plugin_destroy_delegate(delegate);
	}
}

static void a_resized_model_is_compiled_again(void **state)
{
	TfLiteDelegate *delegate = create(NULL, NULL);
	struct graph *g = plain(), *smaller;
	struct fake_lite *f = fake_lite_create(g);

	assert_int_equal(fake_lite_apply(f, delegate), kTfLiteOk);
	assert_int_equal(fake_lite_allocate(f), kTfLiteOk);
	assert_runs_right(f);
	smaller = build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, HEIGHT - 2, WIDTH, CHANNELS } },
			      q);
	build_output(smaller, conv(smaller, 0, 3, true));
	fake_lite_resize(f, 0, 1, HEIGHT - 2);
	fake_lite_resize(f, (int)g->outputs[0], 1, HEIGHT - 2);
	assert_int_equal(fake_lite_invoke(f), kTfLiteError);	/* not allocated yet */
	assert_non_null(strstr(f->said, "AllocateTensors"));
	assert_int_equal(fake_lite_allocate(f), kTfLiteOk);
	f->graph = smaller;
	assert_runs_right(f);
	fake_lite_destroy(f);
	graph_destroy(smaller);
	graph_destroy(g);
	tflite_plugin_destroy_delegate(delegate);
}

static void one_delegate_serves_several_interpreters(void **state)
{
	TfLiteDelegate *delegate = create(NULL, NULL);
	struct graph *g = plain();
	struct fake_lite *f[3];

	for (size_t i = 0; i < ARRAY_SIZE(f); i++) {
		f[i] = fake_lite_create(g);
		assert_int_equal(fake_lite_apply(f[i], delegate), kTfLiteOk);
		assert_int_equal(fake_lite_allocate(f[i]), kTfLiteOk);
	}
	tflite_plugin_destroy_delegate(delegate);
	for (size_t i = 0; i < ARRAY_SIZE(f); i++)
		assert_runs_right(f[i]);
	for (size_t i = 0; i < ARRAY_SIZE(f); i++)
		fake_lite_destroy(f[i]);
	graph_destroy(g);
}

static int whole_life(void *arg)
{
	TfLiteDelegate *delegate = create(NULL, NULL);
	struct fake_lite *f = fake_lite_create(arg);
	bool good = delegate && fake_lite_apply(f, delegate) == kTfLiteOk &&
		fake_lite_allocate(f) == kTfLiteOk && fake_lite_invoke(f) == kTfLiteOk;

	fake_lite_destroy(f);
	tflite_plugin_destroy_delegate(delegate);
	return good ? 0 : -ENOMEM;
}

static void memory_may_run_out_at_any_allocation(void **state)
{
	struct graph *g = plain();

	assert_true(alloc_fail_sweep(whole_life, g) > 50);
	graph_destroy(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_npu_computes_is_taken_the_rest_left),
		cmocka_unit_test(outputs_are_those_of_the_program),
		cmocka_unit_test(an_absent_bias_is_minus_one),
		cmocka_unit_test(what_the_npu_has_no_part_in_is_left_alone),
		cmocka_unit_test(an_open_batch_is_that_of_the_inputs),
		cmocka_unit_test(shapes_that_only_a_run_knows_stay_on_the_cpu),
		cmocka_unit_test(options_are_checked),
		cmocka_unit_test(delegates_come_and_go),
		cmocka_unit_test(a_resized_model_is_compiled_again),
		cmocka_unit_test(one_delegate_serves_several_interpreters),
		cmocka_unit_test(memory_may_run_out_at_any_allocation),
	};

	return cmocka_run_group_tests_name("delegate", tests, NULL, NULL);
}
