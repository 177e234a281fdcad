// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Reader of .tflite files
 *
 * The model, its tensors and constants become a graph. Operators and their options are in
 * read_op.c. Constants are not copied: they stay in the file, unless they lie there at an alignment
 * their type does not have.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>

#include "fb.h"
#include "reader.h"
#include "schema.h"
#include "tflite.h"

/* A tensor takes some 100 bytes in the graph and at least 40 in a file that a converter wrote. */
#define BUDGET_PER_FILE_BYTE	16
#define BUDGET_BASE		65536

static const struct {
	enum tfl_type stored;
	enum dtype type;
} types[] = {
	{ TFL_FLOAT32, DTYPE_FLOAT32 },
	{ TFL_INT32, DTYPE_INT32 },
	{ TFL_UINT8, DTYPE_UINT8 },
	{ TFL_INT64, DTYPE_INT64 },
	{ TFL_INT16, DTYPE_INT16 },
	{ TFL_INT8, DTYPE_INT8 },
};

int reader_alloc(struct reader *r, const struct fb_table *t, uint64_t count, size_t size,
		 void **out)
{
	uint64_t bytes;
	void *p;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > r->budget)
		return fb_complain(t, NULL, -1, "the file unfolds to more than %d times its size",
				   BUDGET_PER_FILE_BYTE);
	p = arena_alloc(&r->g->arena, count, size);
	if (!p)
		return diag_error(r->fb.diag, -ENOMEM, "out of memory while reading the model");
	r->budget -= bytes;
	*out = p;

	return 0;
}

int reader_string(struct reader *r, const struct fb_table *t, struct fb_field f, const char *prefix,
		  const char **out)
{
	size_t head = strlen(prefix);
	struct fb_vector s;
	void *text;
	char *p;
	int ret;

	ret = fb_string(t, f, &s);
	if (!ret)
		ret = reader_alloc(r, t, head + s.count + 1, 1, &text);
	if (ret)
		return ret;
	p = text;
	memcpy(p, prefix, head);
	for (uint32_t i = 0; i < s.count; i++) {
		uint8_t c = r->fb.data[s.pos + i];

		p[head + i] = c < ' ' || c == 0x7f ? '?' : c;
	}
	*out = p;

	return 0;
}

int reader_numbers(struct reader *r, const struct fb_table *t, struct fb_field f, bool optional,
		   uint32_t **numbers, uint32_t *count)
{
	struct fb_vector v;
	void *p;
	int ret;

	ret = fb_vec(t, f, sizeof(int32_t), &v);
	if (!ret)
		ret = reader_alloc(r, t, v.count, sizeof(**numbers), &p);
	if (ret)
		return ret;
	for (uint32_t i = 0; i < v.count; i++) {
		int64_t number = fb_vec_int(&v, FB_I32, i);

		if (number == -1 && optional)
			number = GRAPH_NONE;
		else if (number < 0 || number >= r->g->n_tensors)
			return fb_complain(t, f.name, i,
					   "tensor %" PRId64 " does not exist, there are %" PRIu32,
					   number, r->g->n_tensors);
		((uint32_t *)p)[i] = number;
	}
	*numbers = p;
	*count = v.count;

	return 0;
}

static int read_shape(const struct fb_table *t, struct shape *s)
{
	struct fb_vector v;
	int ret;

	ret = fb_vec(t, TFL_TENSOR_SHAPE, sizeof(int32_t), &v);
	if (ret)
		return ret;
	if (v.count > GRAPH_RANK_MAX)
		return fb_complain(t, TFL_TENSOR_SHAPE.name, -1,
				   "%" PRIu32 " dimensions, more than %d", v.count, GRAPH_RANK_MAX);
	s->rank = v.count;
	for (uint32_t i = 0; i < v.count; i++) {
		s->dim[i] = fb_vec_int(&v, FB_I32, i);
		if (s->dim[i] < 1)
			return fb_complain(t, TFL_TENSOR_SHAPE.name, i,
					   "extent %" PRId32
					   "; convert the model with fixed shapes",
					   s->dim[i]);
	}

	return 0;
}

static int read_quant(struct reader *r, const struct fb_table *t, struct quant *q)
{
	struct fb_vector scales, zeros;
	struct fb_table sub;
	void *scale, *zero_point;
	int64_t axis;
	int ret;

	ret = fb_sub(t, TFL_TENSOR_QUANTIZATION, &sub);
	if (!ret)
		ret = fb_vec(&sub, TFL_QUANT_SCALE, sizeof(float), &scales);
	if (!ret)
		ret = fb_vec(&sub, TFL_QUANT_ZERO_POINT, sizeof(int64_t), &zeros);
	if (!ret)
		ret = fb_int(&sub, TFL_QUANT_DIMENSION, FB_I32, 0, &axis);
	if (ret || !scales.count)
		return ret;
	if (zeros.count && zeros.count != scales.count)
		return fb_complain(&sub, TFL_QUANT_ZERO_POINT.name, -1,
				   "%" PRIu32 " numbers for %" PRIu32 " scales", zeros.count,
				   scales.count);
	if (axis < 0)
		return fb_complain(&sub, TFL_QUANT_DIMENSION.name, -1, "is %" PRId64, axis);

	ret = reader_alloc(r, &sub, scales.count, sizeof(float), &scale);
	if (!ret)
		ret = reader_alloc(r, &sub, scales.count, sizeof(int32_t), &zero_point);
	if (ret)
		return ret;
	for (uint32_t i = 0; i < scales.count; i++) {
		int64_t zero = zeros.count ? fb_vec_int(&zeros, FB_I64, i) : 0;

		if (zero < INT32_MIN || zero > INT32_MAX)
			return fb_complain(&sub, TFL_QUANT_ZERO_POINT.name, i,
					   "%" PRId64 " is out of range", zero);
		((float *)scale)[i] = fb_vec_float(&scales, i);
		((int32_t *)zero_point)[i] = zero;
	}
	*q = (struct quant){
		.count = scales.count, .axis = axis, .scale = scale, .zero_point = zero_point
	};

	return 0;
}

/* The contents of a constant; an empty vector for a tensor that is computed. */
static int find_data(struct reader *r, const struct fb_table *t, struct fb_table *buffer,
		     struct fb_vector *data)
{
	int64_t number, offset;
	int ret;

	ret = fb_int(t, TFL_TENSOR_BUFFER, FB_U32, 0, &number);
	if (ret)
		return ret;
	if (number >= r->buffers.count)
		return fb_complain(t, TFL_TENSOR_BUFFER.name, -1,
				   "buffer %" PRId64 " does not exist, there are %" PRIu32, number,
				   r->buffers.count);
	ret = fb_vec_sub(&r->buffers, number, buffer);
	if (!ret)
		ret = fb_vec(buffer, TFL_BUFFER_DATA, 1, data);
	if (!ret)
		ret = fb_int(buffer, TFL_BUFFER_OFFSET, FB_I64, 0, &offset);
	if (!ret && offset)
		ret = fb_complain(buffer, TFL_BUFFER_OFFSET.name, -1,
				  "contents outside the flatbuffer are not supported; convert to a "
				  "file below 2 GiB");

	return ret;
}

static int read_data(struct reader *r, const struct fb_table *t, struct tensor *tensor)
{
	int64_t elements = shape_elements(&tensor->shape);
	size_t element = dtype_bytes(tensor->type);
	struct fb_table buffer;
	struct fb_vector data;
	int ret;

	if (elements < 0 || __builtin_mul_overflow((size_t)elements, element, &tensor->bytes) ||
	    tensor->bytes > PTRDIFF_MAX)
		return fb_complain(t, TFL_TENSOR_SHAPE.name, -1,
				   "more elements than memory can hold");
	ret = find_data(r, t, &buffer, &data);
	if (ret || !data.count)
		return ret;
	if (tensor->type == DTYPE_OTHER)
		tensor->bytes = data.count;
	if (data.count != tensor->bytes)
		return fb_complain(&buffer, TFL_BUFFER_DATA.name, -1,
				   "%" PRIu32
				   " bytes, but the shape and type of tensor '%s' need %zu",
				   data.count, tensor->name, tensor->bytes);
	tensor->data = r->fb.data + data.pos;
	if (element > 1 && (uintptr_t)tensor->data % element) {
		void *copy;

		ret = reader_alloc(r, t, tensor->bytes, 1, &copy);
		if (ret)
			return ret;
		memcpy(copy, tensor->data, tensor->bytes);
		tensor->data = copy;
	}

	return 0;
}

static enum dtype find_type(int64_t stored)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].stored == stored)
			return types[i].type;

	return DTYPE_OTHER;
}

static int read_tensor(struct reader *r, const struct fb_table *t, struct tensor *tensor)
{
	int64_t type;
	int ret;

	ret = reader_string(r, t, TFL_TENSOR_NAME, "", &tensor->name);
	if (!ret)
		ret = fb_int(t, TFL_TENSOR_TYPE, FB_I8, TFL_FLOAT32, &type);
	if (ret)
		return ret;
	tensor->type = find_type(type);
	if (fb_has(t, TFL_TENSOR_SPARSITY))
		return fb_complain(
			t, TFL_TENSOR_SPARSITY.name, -1,
			"sparse tensors are not supported; convert the model without sparsity");
	ret = read_shape(t, &tensor->shape);
	if (!ret)
		ret = read_quant(r, t, &tensor->quant);
	if (!ret)
		ret = read_data(r, t, tensor);

	return ret;
}

static int read_tensors(struct reader *r, const struct fb_table *subgraph)
{
	struct fb_vector v;
	void *tensors;
	int ret;

	ret = fb_vec(subgraph, TFL_SUBGRAPH_TENSORS, sizeof(uint32_t), &v);
	if (!ret)
		ret = reader_alloc(r, subgraph, v.count, sizeof(struct tensor), &tensors);
	if (ret)
		return ret;
	for (uint32_t i = 0; i < v.count && !ret; i++) {
		struct fb_table t;

		ret = fb_vec_sub(&v, i, &t);
		if (!ret)
			ret = read_tensor(r, &t, (struct tensor *)tensors + i);
	}
	r->g->tensors = tensors;
	r->g->n_tensors = v.count;

	return ret;
}

static int read_ops(struct reader *r, const struct fb_table *subgraph)
{
	struct fb_vector v;
	void *ops;
	int ret;

	ret = fb_vec(subgraph, TFL_SUBGRAPH_OPERATORS, sizeof(uint32_t), &v);
	if (!ret)
		ret = reader_alloc(r, subgraph, v.count, sizeof(struct op), &ops);
	if (ret)
		return ret;
	for (uint32_t i = 0; i < v.count && !ret; i++) {
		struct op *op = (struct op *)ops + i;
		struct fb_table t;

		op->index = i;
		ret = fb_vec_sub(&v, i, &t);
		if (!ret)
			ret = reader_op(r, &t, op);
	}
	r->g->ops = ops;
	r->g->n_ops = v.count;

	return ret;
}

static int read_subgraph(struct reader *r, const struct fb_table *t)
{
	struct graph *g = r->g;
	int ret;

	ret = read_tensors(r, t);
	if (!ret)
		ret = reader_numbers(r, t, TFL_SUBGRAPH_INPUTS, false, &g->inputs, &g->n_inputs);
	if (!ret)
		ret = reader_numbers(r, t, TFL_SUBGRAPH_OUTPUTS, false, &g->outputs, &g->n_outputs);
	if (!ret)
		ret = read_ops(r, t);

	return ret;
}

static int read_model(struct reader *r)
{
	struct fb_vector subgraphs;
	struct fb_table subgraph;
	int64_t version;
	int ret;

	ret = fb_root(&r->fb, TFL_IDENTIFIER, "model", &r->model);
	if (!ret)
		ret = fb_int(&r->model, TFL_MODEL_VERSION, FB_U32, 0, &version);
	if (!ret && version != TFL_VERSION)
		ret = fb_complain(&r->model, TFL_MODEL_VERSION.name, -1,
				  "is %" PRId64 ", only %d is known", version, TFL_VERSION);
	if (!ret)
		ret = reader_string(r, &r->model, TFL_MODEL_DESCRIPTION, "", &r->g->name);
	if (!ret)
		ret = fb_vec(&r->model, TFL_MODEL_OPERATOR_CODES, sizeof(uint32_t), &r->codes);
	if (!ret)
		ret = fb_vec(&r->model, TFL_MODEL_BUFFERS, sizeof(uint32_t), &r->buffers);
	if (!ret)
		ret = fb_vec(&r->model, TFL_MODEL_SUBGRAPHS, sizeof(uint32_t), &subgraphs);
	if (!ret && subgraphs.count != 1)
		ret = fb_complain(
			&r->model, TFL_MODEL_SUBGRAPHS.name, -1,
			"%" PRIu32
			" of them; only models of one, without control flow, are supported",
			subgraphs.count);
	if (!ret)
		ret = fb_vec_sub(&subgraphs, 0, &subgraph);
	if (!ret)
		ret = read_subgraph(r, &subgraph);

	return ret;
}

bool tflite_is(const void *data, size_t size)
{
	const size_t at = sizeof(uint32_t),
		     bytes = strlen(TFL_IDENTIFIER); /* behind the root's offset */

	return size >= at + bytes && !memcmp((const uint8_t *)data + at, TFL_IDENTIFIER, bytes);
}

int tflite_read(const void *data, size_t size, struct diag *d, struct graph **out)
{
	struct reader r = {
		.fb = { .data = data, .size = size, .diag = d },
		.budget = (uint64_t)size * BUDGET_PER_FILE_BYTE + BUDGET_BASE,
	};
	int ret;

	if (size > INT32_MAX)
		return diag_error(d, -EINVAL, "model: %zu bytes, a flatbuffer is below 2 GiB",
				  size);
	r.g = graph_create();
	if (!r.g)
		return diag_error(d, -ENOMEM, "out of memory while reading the model");
	ret = read_model(&r);
	if (!ret)
		ret = graph_verify(r.g, d);
	if (!ret) {
		*out = r.g;
		r.g = NULL;	/* the caller owns it now */
	}
	graph_destroy(r.g);

	return ret;
}
