// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: A small .tflite file
 *
 * Written front to back: a table first, then what its offsets point to, each of which is linked
 * when it is reached.
 */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "make_tflite.h"

#define FIELDS_MAX 8

/* A table being written: where each of its fields lies. */
struct made_table {
	size_t at[FIELDS_MAX];
};

static size_t put(struct made_tflite *m, const void *data, size_t bytes)
{
	size_t at = m->size;

	assert(m->size + bytes <= MADE_BYTES_MAX);
	if (data)
		memcpy(m->data + m->size, data, bytes);
	m->size += bytes;

	return at;
}

static void align(struct made_tflite *m, size_t step)
{
	while (m->size % step)
		m->size++;
}

static void put32(struct made_tflite *m, size_t at, uint32_t v)
{
	memcpy(m->data + at, &v, sizeof(v));
}

/* Let the offset at @from point to what comes next. */
static void link_here(struct made_tflite *m, size_t from)
{
	put32(m, from, m->size - from);
}

/* @widths: bytes of each field, 0 for one that is absent */
static struct made_table table(struct made_tflite *m, size_t from, const uint8_t *widths,
			       unsigned int count)
{
	uint16_t vtable[2 + FIELDS_MAX] = { 2 * (2 + count), 4 };
	struct made_table t = { { 0 } };
	size_t vtable_at, table_at;
	int32_t back;

	for (unsigned int i = 0; i < count; i++) {
		if (!widths[i])
			continue;
		vtable[2 + i] = vtable[1];
		vtable[1] += widths[i] < 4 ? 4 : widths[i];
	}
	align(m, 4);
	vtable_at = put(m, vtable, vtable[0]);
	align(m, 4);
	link_here(m, from);
	table_at = m->size;
	back = table_at - vtable_at;
	put(m, &back, sizeof(back));
	put(m, NULL, vtable[1] - sizeof(back));
	for (unsigned int i = 0; i < count; i++)
		t.at[i] = table_at + vtable[2 + i];

	return t;
}

#define TABLE(m, from, ...) \
	table(m, from, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* A vector; returns where its count lies. @step: alignment of the elements */
static size_t vector(struct made_tflite *m, size_t from, const void *data, uint32_t count,
		     size_t bytes, size_t step)
{
	align(m, 4);
	while ((m->size + sizeof(count)) % step)
		m->size += 4;
	link_here(m, from);
	put(m, &count, sizeof(count));
	put(m, data, count * bytes);

	return m->size - count * bytes - sizeof(count);
}

static void string(struct made_tflite *m, size_t from, const char *text)
{
	vector(m, from, text, strlen(text), 1, 1);
	put(m, "", 1);
}

/* @count: scales, and zero points when it is 1 */
static void quantization(struct made_tflite *m, size_t from, float scale, int64_t zero_point,
			 unsigned int count, bool note)
{
	struct made_table t = TABLE(m, from, 0, 0, 4, 4);
	size_t scales = vector(m, t.at[2], NULL, count, sizeof(scale), 4);
	size_t zeros = vector(m, t.at[3], &zero_point, count == 1, sizeof(zero_point), 8);

	for (unsigned int i = 0; i < count; i++)
		memcpy(m->data + scales + 4 + i * sizeof(scale), &scale, sizeof(scale));
	if (!note)
		return;
	m->at[MADE_SCALES] = scales;
	m->at[MADE_SCALE] = scales + 4;
	m->at[MADE_ZERO_POINTS] = zeros;
	m->at[MADE_ZERO_POINT] = zeros + 4;
	m->at[MADE_ZERO_POINT_HIGH] = zeros + 8;
}

static const struct {
	const char *name;
	int32_t shape[4];
	uint32_t rank;
	uint8_t type;	/* TensorType: 3 is UINT8, 2 INT32 */
	uint32_t buffer;
	float scale;
	int64_t zero_point;
} tensors[] = {
	{ "in", { 1, 2, 2, 2 }, 4, 3, 0, 0.5, 128 },
	{ "weights", { 3, 1, 1, 2 }, 4, 3, 1, 0.25, 100 },
	{ "middle", { 1, 2, 2, 3 }, 4, 3, 0, 1, 0 },
	{ "out", { 1, 2, 2, 3 }, 4, 3, 0, 1, 0 },
	{ "bias", { 3 }, 1, 2, 2, 0.125, 0 },
};

#define TENSORS (sizeof(tensors) / sizeof(tensors[0]))

/* Let element @i of the tensors be the table that element 0 is. */
static void copy_tensor(struct made_tflite *m, unsigned int i)
{
	size_t first = m->at[MADE_TENSORS] + 4;
	uint32_t offset;

	memcpy(&offset, m->data + first, sizeof(offset));
	put32(m, first + 4 * i, offset - 4 * i);
}

static void put_tensors(struct made_tflite *m, size_t from, unsigned int copies,
			unsigned int scales)
{
	m->at[MADE_TENSORS] = vector(m, from, NULL, TENSORS + copies, 4, 4);
	for (unsigned int i = 0; i < TENSORS; i++) {
		struct made_table t = TABLE(m, m->at[MADE_TENSORS] + 4 + 4 * i, 4, 1, 4, 4, 4);
		size_t shape = vector(m, t.at[0], tensors[i].shape, tensors[i].rank,
				      sizeof(int32_t), 4);

		m->data[t.at[1]] = tensors[i].type;
		put32(m, t.at[2], tensors[i].buffer);
		string(m, t.at[3], tensors[i].name);
		if (i == 0) {
			m->at[MADE_SHAPE] = shape;
			m->at[MADE_EXTENT] = shape + 4 + 2 * 4;
			m->at[MADE_NAME] = m->size - strlen(tensors[i].name) - 1;
		} else if (i == 1) {
			m->at[MADE_BUFFER] = t.at[2];
		}
		quantization(m, t.at[4], tensors[i].scale, tensors[i].zero_point, i ? 1 : scales,
			     i == 0);
	}
	for (unsigned int i = 0; i < copies; i++)
		copy_tensor(m, TENSORS + i);
}

static void put_operators(struct made_tflite *m, size_t from)
{
	struct made_table conv, options, custom;

	m->at[MADE_OPERATORS] = vector(m, from, NULL, 2, 4, 4);
	conv = TABLE(m, m->at[MADE_OPERATORS] + 4, 4, 4, 4, 1, 4);
	m->at[MADE_OPCODE] = conv.at[0];
	m->at[MADE_OP_INPUTS] = vector(m, conv.at[1], (const int32_t[]){ 0, 1, 4 }, 3, 4, 4);
	m->at[MADE_OP_INPUT] = m->at[MADE_OP_INPUTS] + 4;
	m->at[MADE_OP_OUTPUT] = vector(m, conv.at[2], (const int32_t[]){ 2 }, 1, 4, 4) + 4;
	m->at[MADE_OPTIONS_TYPE] = conv.at[3];
	m->data[conv.at[3]] = 1;	/* Conv2DOptions */
	m->at[MADE_OPTIONS] = conv.at[4];
	options = TABLE(m, conv.at[4], 1, 4, 4, 1);
	m->at[MADE_PADDING] = options.at[0];
	m->data[options.at[0]] = 1;	/* VALID */
	put32(m, options.at[1], 1);
	put32(m, options.at[2], 1);
	m->at[MADE_STRIDE] = options.at[2];
	m->at[MADE_ACTIVATION] = options.at[3];
	m->data[options.at[3]] = 3;	/* RELU6 */

	custom = TABLE(m, m->at[MADE_OPERATORS] + 8, 4, 4, 4);
	put32(m, custom.at[0], 1);
	vector(m, custom.at[1], (const int32_t[]){ 2, -1 }, 2, 4, 4);
	vector(m, custom.at[2], (const int32_t[]){ 3 }, 1, 4, 4);
}

void make_unfolding_tflite(struct made_tflite *m, unsigned int copies, unsigned int scales)
{
	static const uint8_t weights[] = { 1, 2, 3, 4, 5, 6 };
	static const int32_t biases[] = { -1, 0, 1 };
	struct made_table model, subgraph, code, buffer;

	memset(m, 0, sizeof(*m));
	m->size = 8;
	memcpy(m->data + 4, "TFL3", 4);
	m->at[MADE_IDENTIFIER] = 4;
	model = TABLE(m, m->at[MADE_ROOT], 4, 4, 4, 4, 4);
	m->at[MADE_VERSION] = model.at[0];
	put32(m, model.at[0], 3);

	m->at[MADE_CODES] = vector(m, model.at[1], NULL, 2, 4, 4);
	code = TABLE(m, m->at[MADE_CODES] + 4, 1, 0, 4);
	m->data[code.at[0]] = 3;	/* CONV_2D */
	code = TABLE(m, m->at[MADE_CODES] + 8, 1, 4, 0, 4);
	m->data[code.at[0]] = 32;	/* CUSTOM */
	put32(m, code.at[3], 32);
	string(m, code.at[1], "Frobnicate");

	string(m, model.at[3], "made by hand");
	m->at[MADE_SUBGRAPHS] = vector(m, model.at[2], NULL, 1, 4, 4);
	subgraph = TABLE(m, m->at[MADE_SUBGRAPHS] + 4, 4, 4, 4, 4);
	put_tensors(m, subgraph.at[0], copies, scales);
	m->at[MADE_INPUTS] = vector(m, subgraph.at[1], (const int32_t[]){ 0 }, 1, 4, 4);
	m->at[MADE_INPUT] = m->at[MADE_INPUTS] + 4;
	vector(m, subgraph.at[2], (const int32_t[]){ 3 }, 1, 4, 4);
	put_operators(m, subgraph.at[3]);

	m->at[MADE_BUFFERS] = vector(m, model.at[4], NULL, 3, 4, 4);
	TABLE(m, m->at[MADE_BUFFERS] + 4, 0);
	buffer = TABLE(m, m->at[MADE_BUFFERS] + 12, 4);
	vector(m, buffer.at[0], biases, sizeof(biases), 1, 16);
	buffer = TABLE(m, m->at[MADE_BUFFERS] + 8, 4);
	m->at[MADE_DATA] = vector(m, buffer.at[0], weights, sizeof(weights), 1, 16);
}

void make_tflite(struct made_tflite *m)
{
	make_unfolding_tflite(m, 0, 1);
}

void made_put(struct made_tflite *m, enum made_field field, uint32_t value)
{
	if (field == MADE_OPTIONS_TYPE || field == MADE_PADDING || field == MADE_ACTIVATION)
		m->data[m->at[field]] = value;
	else
		put32(m, m->at[field], value);
}
