// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Fuzz target: .rkt files
 *
 * Whatever the file: nothing may crash, and a program that is accepted prints, is written and read
 * back as the same bytes, and its steps on the CPU touch only its own memory. The checksum is made
 * right first: it would keep the fuzzer from everything behind it. Jobs are left out; streams have
 * a target of their own.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <graph/graph.h>
#include <program/file.h>
#include <program/program.h>
#include <ref/ref.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOST_BYTES_MAX		(1u << 20)	/* larger programs are read and written, not run */
#define DEVICE_BYTES_MAX	(1u << 20)
#define WORK_MAX		(1u << 22) /* inputs times outputs of one CPU operator */

static void check(int holds)
{
	if (!holds)
		abort();
}

static void round_trip(const struct program *p)
{
	struct program *back = NULL;
	void *first = NULL, *second = NULL;
	size_t first_size, second_size;

	if (program_write(p, NULL, &first, &first_size))
		return;
	check(program_read(first, first_size, NULL, &back) == 0);
	check(program_write(back, NULL, &second, &second_size) == 0);
	check(first_size == second_size && !memcmp(first, second, first_size));
	free(first);
	free(second);
	program_destroy(back);
}

static void print(const struct program *p)
{
	FILE *f = fopen("/dev/null", "w");

	if (!f)
		return;
	program_print(p, f);
	fclose(f);
}

/* No more than elements of all inputs times those of all outputs. */
static bool affordable(const struct graph *g, const struct op *op)
{
	uint64_t inputs = 1, outputs = 0;

	for (uint32_t i = 0; i < op->n_inputs; i++)
		if (op->inputs[i] != GRAPH_NONE)
			inputs += shape_elements(&g->tensors[op->inputs[i]].shape);
	for (uint32_t i = 0; i < op->n_outputs; i++)
		outputs += shape_elements(&g->tensors[op->outputs[i]].shape);
	return inputs < WORK_MAX && outputs < WORK_MAX && inputs * outputs < WORK_MAX;
}

static void run_step(const struct program *p, const struct program_step *s, void **values,
		     void *device)
{
	const struct op *op;
	uint32_t t;

	switch (s->kind) {
	case PROGRAM_STEP_PACK:
		t = p->features[s->first].tensor;
		feature_pack(&p->features[s->first], values[t] ? values[t] : p->graph->tensors[t].data,
			     device);
		break;
	case PROGRAM_STEP_UNPACK:
		feature_unpack(&p->features[s->first], device,
			       values[p->features[s->first].tensor]);
		break;
	case PROGRAM_STEP_HOST:
		op = &p->graph->ops[s->first];
		if (affordable(p->graph, op) && !ref_refuses(p->graph, op))
			ref_eval(p->graph, op, values, NULL);
		break;
	case PROGRAM_STEP_JOB:
		break;
	}
}

static size_t device_bytes(const struct program *p)
{
	for (uint32_t i = 0; i < p->n_buffers; i++)
		if (p->buffers[i].use == PROGRAM_ACTIVATIONS)
			return p->buffers[i].bytes;
	return 0;
}

static void run(const struct program *p)
{
	const struct graph *g = p->graph;
	size_t bytes = 0;
	void **values, *device;

	for (uint32_t t = 0; t < g->n_tensors; t++) {
		if (g->tensors[t].bytes > HOST_BYTES_MAX)
			return;
		bytes += g->tensors[t].bytes;
	}
	if (bytes > HOST_BYTES_MAX || device_bytes(p) > DEVICE_BYTES_MAX)
		return;
	values = calloc(g->n_tensors + 1, sizeof(*values));
	device = calloc(1, device_bytes(p) + 1);
	for (uint32_t t = 0; t < g->n_tensors; t++)
		if (!g->tensors[t].data)
			values[t] = calloc(1, g->tensors[t].bytes + !g->tensors[t].bytes);
	for (uint32_t i = 0; i < p->n_steps; i++)
		run_step(p, &p->steps[i], values, device);
	for (uint32_t t = 0; t < g->n_tensors; t++)
		free(values[t]);
	free(values);
	free(device);
}

static uint8_t *with_checksum(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + !size);
	uint32_t checksum;

	if (!copy || !size)
		return copy;
	memcpy(copy, data, size);
	if (size < FILE_HEADER_BYTES)
		return copy;
	checksum = file_checksum(copy, size);
	for (int i = 0; i < 4; i++)
		copy[FILE_CHECKSUM_AT + i] = checksum >> 8 * i;

	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct program *p = NULL;
	uint8_t *copy = with_checksum(data, size);

	if (copy && !program_read(copy, size, NULL, &p)) {
		round_trip(p);
		print(p);
		run(p);
		program_destroy(p);
	}
	free(copy);

	return 0;
}
