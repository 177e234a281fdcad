/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the files of the .tflite reader share
 */
#ifndef TFLITE_READER_H
#define TFLITE_READER_H

#include "fb.h"

struct graph;
struct op;

/**
 * struct reader - one run over a file
 * @fb: the file
 * @model: its root table
 * @codes: model.operator_codes
 * @buffers: model.buffers
 * @g: graph under construction
 * @budget: bytes the graph may still take. Vectors may be shared in a flatbuffer, so a small
 * hostile file could otherwise unfold to any size
 */
struct reader {
	struct fb fb;
	struct fb_table model;
	struct fb_vector codes;
	struct fb_vector buffers;
	struct graph *g;
	uint64_t budget;
};

/**
 * reader_alloc() - zeroed memory in the graph's arena
 * @r: reader
 * @t: table it is needed for
 * @count: elements
 * @size: bytes per element
 * @out: the memory
 *
 * Return: 0; -ENOMEM; -EINVAL when the budget is used up.
 */
int reader_alloc(struct reader *r, const struct fb_table *t, uint64_t count, size_t size,
		 void **out);

/**
 * reader_string() - a string field as text in the graph's arena, without control characters
 * @r: reader
 * @t: table
 * @f: field
 * @prefix: put before it
 * @out: the text; @prefix alone when the field is absent
 *
 * Return: 0; -ENOMEM; -EINVAL.
 */
int reader_string(struct reader *r, const struct fb_table *t, struct fb_field f, const char *prefix,
		  const char **out);

/**
 * reader_op() - read one operator
 * @r: reader; the tensors are complete
 * @t: subgraph.operators[i]
 * @op: filled in, but for its index
 *
 * Return: 0; -ENOMEM; -EINVAL.
 */
int reader_op(struct reader *r, const struct fb_table *t, struct op *op);

/**
 * reader_custom() - read a custom operator
 * @r: reader
 * @code: its entry of model.operator_codes
 * @t: subgraph.operators[i]
 * @op: tensor numbers are complete; the rest is filled in, but for its index
 *
 * Return: 0; -ENOMEM; -EINVAL.
 */
int reader_custom(struct reader *r, const struct fb_table *code, const struct fb_table *t,
		  struct op *op);

#define READER_UNKNOWN "no part of this stack implements this operator"

/**
 * reader_numbers() - a vector of tensor numbers
 * @r: reader
 * @t: table
 * @f: field
 * @optional: -1 is allowed and becomes GRAPH_NONE
 * @numbers: the numbers, in the graph's arena
 * @count: how many
 *
 * Return: 0; -ENOMEM; -EINVAL, also for a number that names no tensor.
 */
int reader_numbers(struct reader *r, const struct fb_table *t, struct fb_field f, bool optional,
		   uint32_t **numbers, uint32_t *count);

#endif /* TFLITE_READER_H */
