// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Work for the NPU whose result is known
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <compiler/compile.h>
#include <cross/build.h>
#include <graph/graph.h>
#include <program/program.h>
#include <runtime/session.h>

#include "work.h"

#define SMALL_SIDE	12
#define SMALL_CHANNELS	32
#define SMALL_KERNEL	3
#define SMALL_WEIGHTS	(SMALL_CHANNELS * SMALL_KERNEL * SMALL_KERNEL * SMALL_CHANNELS)

/* Source: Numerical Recipes, the quick and dirty generator; the upper bits are good enough. */
static uint8_t next_byte(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return (uint8_t)(*state >> 24);
}

/* Convolutions that keep the extents, with scales that keep the numbers spread over the range. */
static struct graph *chain(int layers)
{
	static uint8_t weights[SMALL_WEIGHTS];
	const struct build_quant q = { 1.0f, 128 };
	struct graph *g = build_start(DTYPE_UINT8,
				      &(struct shape){ 4, { 1, SMALL_SIDE, SMALL_SIDE,
							    SMALL_CHANNELS } }, q);
	uint32_t tensor = 0, state = 1;

	for (int i = 0; i < layers; i++) {
		for (size_t j = 0; j < SMALL_WEIGHTS; j++)
			weights[j] = next_byte(&state);
		tensor = build_add_conv(g, tensor, &(struct build_conv){
			.kind = OP_CONV_2D, .kernels = SMALL_CHANNELS,
			.kernel_h = SMALL_KERNEL, .kernel_w = SMALL_KERNEL,
			.weight = { 1.0f / 1024, 128 }, .out = q, .weights = weights,
		});
	}
	build_output(g, tensor);
	return g;
}

/* Networks that need no file; one task for each layer. */
static const struct {
	const char *name;
	int layers;
} chains[] = {
	{ "one", 1 },
	{ "small", 8 },
};

static int load(const char *name, struct diag *d, struct model *m)
{
	int layers = 0;

	for (size_t i = 0; i < ARRAY_SIZE(chains); i++)
		if (!strcmp(name, chains[i].name))
			layers = chains[i].layers;
	if (!layers)
		return model_load(name, NULL, d, m) ? -EINVAL : 0;
	m->graph = chain(layers);
	return compile_graph(m->graph, NULL, d, &m->program);
}

/* Calls @visit for each tensor whose host form follows from what the NPU did. */
static void for_each_result(const struct program *p, struct session *s,
			    void (*visit)(void *opaque, const void *data, size_t bytes), void *opaque)
{
	for (uint32_t i = 0; i < p->n_steps; i++) {
		uint32_t tensor;

		if (p->steps[i].kind != PROGRAM_STEP_UNPACK)
			continue;
		tensor = p->features[p->steps[i].first].tensor;
		visit(opaque, session_tensor(s, tensor), p->graph->tensors[tensor].bytes);
	}
	for (uint32_t i = 0; i < p->graph->n_outputs; i++) {
		uint32_t tensor = p->graph->outputs[i];

		visit(opaque, session_tensor(s, tensor), p->graph->tensors[tensor].bytes);
	}
}

static void add_bytes(void *opaque, const void *data, size_t bytes)
{
	*(size_t *)opaque += bytes;
}

static void append(void *opaque, const void *data, size_t bytes)
{
	uint8_t **to = opaque;

	memcpy(*to, data, bytes);
	*to += bytes;
}

static void fill_inputs(const struct work *w, struct session *s, unsigned int which)
{
	const struct graph *g = w->model.program->graph;
	uint32_t state = w->seed * WORK_INPUTS + which;

	for (uint32_t i = 0; i < g->n_inputs; i++) {
		uint8_t *data = session_tensor(s, g->inputs[i]);

		for (size_t j = 0; j < g->tensors[g->inputs[i]].bytes; j++)
			data[j] = next_byte(&state);
	}
}

static int run_once(struct worker *k, unsigned int which, struct diag *d)
{
	uint8_t *to = k->result;
	int ret;

	fill_inputs(k->work, k->session, which);
	ret = session_run(k->session, d);
	if (!ret)
		for_each_result(k->work->model.program, k->session, append, &to);
	return ret;
}

static int compute(struct worker *k, struct work *w, struct diag *d)
{
	int ret = 0;

	for (unsigned int i = 0; i < WORK_INPUTS && !ret; i++) {
		k->result = w->expected[i];
		ret = run_once(k, i, d);
	}
	k->result = NULL;
	if (!ret && !memcmp(w->expected[0], w->expected[1], w->bytes))
		ret = diag_error(d, -EINVAL, "the network gives the same result for all inputs");
	return ret;
}

static void results_path(char path[PATH_MAX], const char *results, const char *name, unsigned int seed)
{
	const char *base = strrchr(name, '/');

	snprintf(path, PATH_MAX, "%s/%s-%u", results, base ? base + 1 : name, seed);
}

static bool read_results(struct work *w, const char *path)
{
	FILE *f = fopen(path, "re");
	bool good = f;

	for (unsigned int i = 0; i < WORK_INPUTS && good; i++)
		good = fread(w->expected[i], 1, w->bytes, f) == w->bytes;
	if (f)
		fclose(f);
	return good;
}

static int expect(struct work *w, const char *path, struct diag *d)
{
	struct worker k = { 0 };
	int ret = worker_open("sim", w, d, &k);

	if (!ret)
		for_each_result(w->model.program, k.session, add_bytes, &w->bytes);
	for (unsigned int i = 0; i < WORK_INPUTS && !ret; i++) {
		w->expected[i] = calloc(1, w->bytes);
		if (!w->expected[i])
			ret = -ENOMEM;
	}
	free(k.result);
	k.result = NULL;
	if (!ret && !read_results(w, path))
		ret = compute(&k, w, d);
	worker_close(&k);
	return ret;
}

int work_save(const struct work *w, const char *name, const char *results, struct diag *d)
{
	char path[PATH_MAX];
	bool good;
	FILE *f;

	results_path(path, results, name, w->seed);
	f = fopen(path, "we");
	good = f;
	for (unsigned int i = 0; i < WORK_INPUTS && good; i++)
		good = fwrite(w->expected[i], 1, w->bytes, f) == w->bytes;
	if (f && fclose(f))
		good = false;
	return good ? 0 : diag_error(d, -errno, "%s: %s", path, strerror(errno));
}

int work_create(const char *name, unsigned int seed, const char *results, struct diag *d,
		struct work *out)
{
	struct work w = { .seed = seed };
	int ret = load(name, d, &w.model);
	char path[PATH_MAX] = "";

	if (results)
		results_path(path, results, name, seed);
	if (!ret)
		ret = expect(&w, path, d);
	if (ret)
		work_destroy(&w);
	else
		*out = w;
	return ret;
}

void work_destroy(struct work *w)
{
	for (unsigned int i = 0; i < WORK_INPUTS; i++)
		free(w->expected[i]);
	model_fini(&w->model);
}

int worker_open(const char *device, const struct work *w, struct diag *d, struct worker *out)
{
	struct worker k = { .work = w };
	int ret = device_open(device, d, &k.device);

	if (ret)
		return ret;
	ret = session_create(k.device, w->model.program, d, &k.session);
	k.result = calloc(1, w->bytes + 1);
	if (!ret && !k.result)
		ret = -ENOMEM;
	if (ret)
		worker_close(&k);
	else
		*out = k;
	return ret;
}

int worker_run(struct worker *k, struct diag *d)
{
	unsigned int which = k->runs++ % WORK_INPUTS;
	int ret = run_once(k, which, d);

	if (!ret && memcmp(k->result, k->work->expected[which], k->work->bytes))
		ret = WORK_WRONG;
	return ret;
}

void worker_close(struct worker *k)
{
	session_destroy(k->session);
	device_close(k->device);
	free(k->result);
}

const char *work_verdict(int result)
{
	return !result ? "right" : result == WORK_WRONG ? "wrong" : strerrorname_np(-result);
}
