// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of librocket, from outside
 *
 * A small network in memory, on the model of the NPU, through the shared library's public header
 * only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>

#include <compiler/compile.h>
#include <cross/build.h>
#include <graph/graph.h>
#include <program/program.h>
#include <rocket/rocket.h>

#define EXTENT		16
#define CHANNELS	16
#define KERNELS		24
#define THREADS		4
#define RUNS		20

static uint8_t weights[KERNELS * CHANNELS];

/* A 1x1 convolution whose weights and inputs have some pattern. */
static void make_rkt(void **data, size_t *bytes)
{
	const struct build_quant q = { 0.05f, 128 };
	struct graph *g =
		build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, EXTENT, EXTENT, CHANNELS } }, q);
	struct program *p;

	for (size_t i = 0; i < sizeof(weights); i++)
		weights[i] = (uint8_t)(i * 37 + 11);
	build_output(g, build_add_conv(g, 0, &(struct build_conv){
		.kind = OP_CONV_2D, .kernels = KERNELS, .weight = q, .out = q, .weights = weights,
	}));
	assert_int_equal(compile_graph(g, NULL, NULL, &p), 0);
	assert_int_equal(program_write(p, NULL, data, bytes), 0);
	program_destroy(p);
	graph_destroy(g);
}

static struct rkt_model *load(void)
{
	struct rkt_model *model;
	size_t bytes;
	void *data;

	make_rkt(&data, &bytes);
	assert_int_equal(rkt_model_load_memory(data, bytes, &model), 0);
	free(data);
	return model;
}

static struct rkt_session *open_session(struct rkt_model *model)
{
	struct rkt_session *session;
	uint8_t *in;

	assert_int_equal(rkt_session_create(model, "sim", &session), 0);
	in = rkt_session_input(session, 0);
	for (size_t i = 0; i < EXTENT * EXTENT * CHANNELS; i++)
		in[i] = (uint8_t)(i * 13 + 5);
	return session;
}

static void a_model_describes_its_tensors(void **state)
{
	struct rkt_model *model = load();
	struct rkt_tensor in, out;
	unsigned int npu;

	assert_int_equal(rkt_model_inputs(model), 1);
	assert_int_equal(rkt_model_outputs(model), 1);
	assert_int_equal(rkt_model_input(model, 0, &in), 0);
	assert_int_equal(in.type, RKT_UINT8);
	assert_int_equal(in.rank, 4);
	assert_int_equal(in.dim[1], EXTENT);
	assert_int_equal(in.bytes, EXTENT * EXTENT * CHANNELS);
	assert_int_equal(in.zero_point, 128);
	assert_int_equal(rkt_model_output(model, 0, &out), 0);
	assert_int_equal(out.dim[3], KERNELS);
	assert_int_equal(rkt_model_operators(model, &npu), 1);
	assert_int_equal(npu, 1);
	assert_int_equal(rkt_model_output(model, 1, &out), -EINVAL);
	assert_string_equal(rkt_error(), "the model has 1 outputs, no number 1");
	rkt_model_destroy(model);
}

static void runs_in_the_background_give_what_others_give(void **state)
{
	struct rkt_model *model = load();
	struct rkt_session *session = open_session(model);
	struct pollfd p = { .fd = rkt_session_fd(session), .events = POLLIN };
	uint8_t want[EXTENT * EXTENT * KERNELS], *out = rkt_session_output(session, 0);

	rkt_model_destroy(model);	/* the session keeps it */
	assert_string_equal(rkt_session_device(session), "sim");
	assert_int_equal(rkt_session_run(session), 0);
	memcpy(want, out, sizeof(want));
	for (int i = 0; i < RUNS; i++) {
		memset(out, 0, sizeof(want));
		assert_int_equal(poll(&p, 1, 0), 0);
		assert_int_equal(rkt_session_start(session), 0);
		assert_int_equal(rkt_session_start(session), -EBUSY);
		assert_int_equal(rkt_session_run(session), -EBUSY);
		assert_int_equal(poll(&p, 1, -1), 1);
		assert_int_equal(rkt_session_wait(session, 0), 0);
		assert_memory_equal(out, want, sizeof(want));
	}
	assert_int_equal(rkt_session_wait(session, 0), -EINVAL);
	assert_string_equal(rkt_error(), "no run was started");
	rkt_session_destroy(session);
}

static void waiting_ends_with_the_time(void **state)
{
	struct rkt_model *model = load();
	struct rkt_session *session = open_session(model);
	int again = 0, ret;

	assert_int_equal(rkt_session_start(session), 0);
	while ((ret = rkt_session_wait(session, 0)) == -EAGAIN)
		again++;
	assert_int_equal(ret, 0);
	assert_true(again > 0);		/* a run takes longer than a look */
	rkt_session_destroy(session);
	rkt_model_destroy(model);
}

static void bound_memory_is_read_and_written(void **state)
{
	struct rkt_model *model = load();
	struct rkt_session *session = open_session(model);
	static uint8_t in[EXTENT * EXTENT * CHANNELS], out[EXTENT * EXTENT * KERNELS],
		want[sizeof(out)];

	assert_int_equal(rkt_session_run(session), 0);
	memcpy(want, rkt_session_output(session, 0), sizeof(want));
	memcpy(in, rkt_session_input(session, 0), sizeof(in));
	assert_int_equal(rkt_session_bind_input(session, 0, in, sizeof(in)), 0);
	assert_int_equal(rkt_session_bind_output(session, 0, out, sizeof(out)), 0);
	assert_int_equal(rkt_session_bind_output(session, 0, out, 1), -EINVAL);
	assert_int_equal(rkt_session_bind_output(session, 1, out, sizeof(out)), -EINVAL);
	assert_int_equal(rkt_session_run(session), 0);
	assert_memory_equal(out, want, sizeof(want));
	rkt_session_destroy(session);
	rkt_model_destroy(model);
}

static void *run_apart(void *opaque)
{
	struct rkt_session *session = open_session(opaque);
	uint8_t *out = malloc(EXTENT * EXTENT * KERNELS);

	for (int i = 0; i < RUNS; i++)
		if (rkt_session_run(session))
			abort();
	memcpy(out, rkt_session_output(session, 0), EXTENT * EXTENT * KERNELS);
	rkt_session_destroy(session);
	return out;
}

static void one_model_serves_many_threads(void **state)
{
	struct rkt_model *model = load();
	pthread_t threads[THREADS];
	void *outs[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_apart, model), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &outs[i]);
		assert_memory_equal(outs[i], outs[0], EXTENT * EXTENT * KERNELS);
	}
	for (int i = 0; i < THREADS; i++)
		free(outs[i]);
	rkt_model_destroy(model);
}

static void destroying_waits_for_a_run(void **state)
{
	struct rkt_model *model = load();

	for (int i = 0; i < RUNS; i++) {
		struct rkt_session *session = open_session(model);

		assert_int_equal(rkt_session_start(session), 0);
		rkt_session_destroy(session);
	}
	rkt_session_destroy(NULL);
	rkt_model_destroy(model);
	rkt_model_destroy(NULL);
}

static void failures_say_why(void **state)
{
	struct rkt_model *model = NULL;
	struct rkt_session *session = NULL;

	assert_int_equal(rkt_model_load("/nonexistent/model.tflite", &model), -ENOENT);
	assert_non_null(strstr(rkt_error(), "/nonexistent/model.tflite"));
	assert_int_equal(rkt_model_load_memory("not a model at all", 18, &model), -EINVAL);
	assert_true(strlen(rkt_error()) > 0);
	assert_null(model);
	model = load();
	assert_int_equal(rkt_session_create(model, "/dev/null", &session), -ENODEV);
	assert_non_null(strstr(rkt_error(), "/dev/null"));
	assert_null(session);
	rkt_model_destroy(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_model_describes_its_tensors),
		cmocka_unit_test(runs_in_the_background_give_what_others_give),
		cmocka_unit_test(waiting_ends_with_the_time),
		cmocka_unit_test(bound_memory_is_read_and_written),
		cmocka_unit_test(one_model_serves_many_threads),
		cmocka_unit_test(destroying_waits_for_a_run),
		cmocka_unit_test(failures_say_why),
	};

	return cmocka_run_group_tests_name("librocket", tests, NULL, NULL);
}
