// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of runtime/session.c
 *
 * A device made of arrays writes down what the session asks of it. Its only "NPU" adds one to every
 * byte of the output buffer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include <base/bits.h>
#include <fuzz/alloc_fail.h>
#include <npu/regcmd.h>
#include <program/program.h>
#include <runtime/backend.h>
#include <runtime/device.h>
#include <runtime/session.h>

#define PIXELS	4
#define IOVA(n)	(0x10000u * (n))

static struct fake {
	char log[400]; /* c(reate), p(rep), f(ini), s(ubmit) with the buffer's handle */
	uint32_t created, destroyed;
	uint32_t fail_create, fail_submit;
	struct bo bos[8];
	struct backend_task task;
	uint32_t n_in, n_out;
} fake;

static void note(char what, uint32_t number)
{
	size_t at = strlen(fake.log);

	snprintf(fake.log + at, sizeof(fake.log) - at, "%c%u ", what, number);
}

static int fake_create(void *handle, uint32_t bytes, struct diag *d, struct bo *out)
{
	if (++fake.created == fake.fail_create)
		return -ENOMEM;
	note('c', fake.created);
	*out = (struct bo){ fake.created, IOVA(fake.created), bytes, calloc(1, bytes) };
	if (!out->map)
		return -ENOMEM;
	fake.bos[fake.created] = *out;
	return 0;
}

static void fake_destroy(void *handle, struct bo *bo)
{
	free(bo->map);
	bo->map = NULL;
	fake.destroyed++;
}

static int fake_prep(void *handle, const struct bo *bo, struct diag *d)
{
	note('p', bo->handle);
	return 0;
}

static int fake_fini(void *handle, const struct bo *bo, struct diag *d)
{
	note('f', bo->handle);
	return 0;
}

static int fake_submit(void *handle, const struct backend_job *job, struct diag *d)
{
	uint8_t *out = fake.bos[job->out[0]].map;

	note('s', job->n_tasks);
	if (fake.fail_submit)
		return -ETIMEDOUT;
	fake.task = job->tasks[0];
	fake.n_in = job->n_in;
	fake.n_out = job->n_out;
	for (uint32_t i = 0; i < fake.bos[job->out[0]].bytes; i++)
		out[i]++;
	return 0;
}

static const struct backend backend = {
	.bo_create = fake_create,
	.bo_destroy = fake_destroy,
	.bo_prep = fake_prep,
	.bo_fini = fake_fini,
	.submit = fake_submit,
};

static struct device device = { &backend, NULL, "fake" };

/* One tensor in, one out, both of PIXELS bytes; three buffers; one job of one task. */
static struct program *make_program(void)
{
	static const uint64_t words[8] = { [2] = (uint64_t)0x1001 << 48 | (uint64_t)0x40 << 16 |
						 0x4020 };
	static const uint8_t weights[16];
	struct program *p = program_create();
	struct arena *a = &p->arena;
	uint32_t *ends;

	assert_non_null(p);
	p->graph = graph_create();
	assert_non_null(p->graph);
	ends = arena_alloc(a, 2, sizeof(*ends));
	ends[1] = 1;
	p->graph->tensors = arena_alloc(a, 2, sizeof(struct tensor));
	p->graph->n_tensors = 2;
	for (int i = 0; i < 2; i++)
		p->graph->tensors[i] = (struct tensor){ .name = i ? "out" : "in",
							.type = DTYPE_UINT8,
							.bytes = PIXELS,
							.shape = { 4, { 1, 1, PIXELS, 1 } } };
	p->graph->inputs = ends;
	p->graph->outputs = ends + 1;
	p->graph->n_inputs = p->graph->n_outputs = 1;

	p->buffers = arena_alloc(a, 3, sizeof(*p->buffers));
	p->n_buffers = 3;
	p->buffers[0] = (struct program_buffer){ PROGRAM_REGCMD, sizeof(words),
						 (const uint8_t *)words };
	p->buffers[1] = (struct program_buffer){ PROGRAM_CONST, sizeof(weights), weights };
	p->buffers[2] = (struct program_buffer){ PROGRAM_ACTIVATIONS, 256, NULL };
	p->relocs = arena_alloc(a, 1, sizeof(*p->relocs));
	p->n_relocs = 1;
	p->relocs[0] = (struct program_reloc){ .buffer = 0, .word = 2, .target = 2 };
	p->tasks = arena_alloc(a, 1, sizeof(*p->tasks));
	p->n_tasks = 1;
	p->tasks[0] = (struct program_task){ .buffer = 0, .offset = 0, .words = 8 };
	p->features = arena_alloc(a, 2, sizeof(*p->features));
	p->n_features = 2;
	for (uint32_t i = 0; i < 2; i++)
		p->features[i] = (struct program_feature){ .tensor = i,
							   .buffer = 2,
							   .offset = 0,
							   .height = 1,
							   .width = PIXELS,
							   .channels = 1,
							   .line_bytes = 64,
							   .surface_bytes = 64,
							   .surfaces = 1 };
	p->steps = arena_alloc(a, 3, sizeof(*p->steps));
	p->n_steps = 3;
	p->steps[0] = (struct program_step){ PROGRAM_STEP_PACK, 0, 0 };
	p->steps[1] = (struct program_step){ PROGRAM_STEP_JOB, 0, 1 };
	p->steps[2] = (struct program_step){ PROGRAM_STEP_UNPACK, 1, 0 };
	return p;
}

static int set_up(void **state)
{
	memset(&fake, 0, sizeof(fake));
	*state = make_program();
	return 0;
}

static int tear_down(void **state)
{
	program_destroy(*state);
	return 0;
}

static void address_words_get_the_address_of_their_target(void **state)
{
	struct session *s;
	uint64_t word;

	assert_int_equal(session_create(&device, *state, NULL, &s), 0);
	memcpy(&word, (uint8_t *)fake.bos[1].map + 2 * sizeof(word), sizeof(word));
	assert_int_equal(regcmd_target(word), 0x1001);
	assert_int_equal(regcmd_offset(word), 0x4020);
	assert_int_equal(regcmd_value(word), IOVA(3) + 0x40);
	session_destroy(s);
	assert_int_equal(fake.destroyed, 3);
}

static void bytes_go_in_and_come_out(void **state)
{
	static const uint8_t in[PIXELS] = { 1, 2, 3, 250 }, want[PIXELS] = { 2, 3, 4, 251 };
	struct session *s;

	assert_int_equal(session_create(&device, *state, NULL, &s), 0);
	memcpy(session_tensor(s, 0), in, sizeof(in));
	assert_int_equal(session_run(s, NULL), 0);
	assert_memory_equal(session_tensor(s, 1), want, sizeof(want));
	assert_int_equal(fake.task.iova, IOVA(1));
	assert_int_equal(fake.task.words, 8);
	assert_int_equal(fake.n_in, 2);
	assert_int_equal(fake.n_out, 1);
	session_destroy(s);
}

static void bound_tensors_lie_in_the_callers_memory(void **state)
{
	static const uint8_t want[PIXELS] = { 2, 3, 4, 251 };
	uint8_t in[PIXELS] = { 1, 2, 3, 250 }, out[PIXELS] = { 0 }, later[PIXELS] = { 0 };
	struct session *s;

	assert_int_equal(session_create(&device, *state, NULL, &s), 0);
	assert_int_equal(session_bind(s, 0, in), 0);
	assert_int_equal(session_bind(s, 1, out), 0);
	assert_int_equal(session_run(s, NULL), 0);
	assert_memory_equal(out, want, sizeof(want));
	assert_int_equal(session_bind(s, 1, later), 0);
	assert_int_equal(session_run(s, NULL), 0);
	assert_memory_equal(later, want, sizeof(want));
	assert_int_equal(session_bind(s, 2, in), -EINVAL);
	session_destroy(s);
}

static void buffers_change_owner_only_when_they_must(void **state)
{
	struct session *s;

	assert_int_equal(session_create(&device, *state, NULL, &s), 0);
	assert_string_equal(fake.log, "c1 c2 c3 f1 f2 ");
	fake.log[0] = '\0';
	assert_int_equal(session_run(s, NULL), 0);
	assert_string_equal(fake.log, "f3 s1 p3 ");
	fake.log[0] = '\0';
	assert_int_equal(session_run(s, NULL), 0);
	assert_string_equal(fake.log, "f3 s1 p3 ");
	session_destroy(s);
}

static void a_failed_job_is_the_result_of_the_run(void **state)
{
	struct session *s;

	assert_int_equal(session_create(&device, *state, NULL, &s), 0);
	fake.fail_submit = 1;
	assert_int_equal(session_run(s, NULL), -ETIMEDOUT);
	fake.fail_submit = 0;
	assert_int_equal(session_run(s, NULL), 0);
	session_destroy(s);
}

static void buffers_made_before_a_failure_are_given_back(void **state)
{
	struct session *s;

	for (uint32_t n = 1; n <= 3; n++) {
		memset(&fake, 0, sizeof(fake));
		fake.fail_create = n;
		assert_int_equal(session_create(&device, *state, NULL, &s), -ENOMEM);
		assert_int_equal(fake.destroyed, n - 1);
	}
}

static void intermediate_features_can_be_read_after_a_run(void **state)
{
	struct program *p = *state;
	uint8_t in[PIXELS] = { 9, 8, 7, 6 }, got[PIXELS];
	struct session *s;

	assert_int_equal(session_create(&device, p, NULL, &s), 0);
	memcpy(session_tensor(s, 0), in, sizeof(in));
	p->n_steps = 2;		/* nothing unpacks: the session must fetch the buffer itself */
	assert_int_equal(session_run(s, NULL), 0);
	assert_int_equal(session_feature(s, &p->features[1], NULL, got), 0);
	for (int i = 0; i < PIXELS; i++)
		assert_int_equal(got[i], in[i] + 1);
	session_destroy(s);
}

static void a_constant_may_be_an_output(void **state)
{
	static const uint8_t constant[PIXELS] = { 3, 1, 4, 1 };
	struct program *p = *state;
	struct session *s;

	p->graph->tensors[1].data = constant;
	p->n_steps = 2;
	assert_int_equal(session_create(&device, p, NULL, &s), 0);
	assert_int_equal(session_run(s, NULL), 0);
	assert_memory_equal(session_tensor(s, 1), constant, sizeof(constant));
	session_destroy(s);
}

static int load_and_run(void *program)
{
	struct session *s = NULL;
	int ret;

	memset(&fake, 0, sizeof(fake));
	ret = session_create(&device, program, NULL, &s);
	if (!ret)
		ret = session_run(s, NULL);
	session_destroy(s);
	return ret;
}

static void memory_may_run_out_at_any_allocation(void **state)
{
	assert_true(alloc_fail_sweep(load_and_run, *state) > 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(address_words_get_the_address_of_their_target,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(bytes_go_in_and_come_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bound_tensors_lie_in_the_callers_memory, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(buffers_change_owner_only_when_they_must, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_failed_job_is_the_result_of_the_run, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(buffers_made_before_a_failure_are_given_back,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(intermediate_features_can_be_read_after_a_run,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_constant_may_be_an_output, set_up, tear_down),
		cmocka_unit_test_setup_teardown(memory_may_run_out_at_any_allocation, set_up,
						tear_down),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
