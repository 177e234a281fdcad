/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Graphs of one operator
 *
 * A test row says which operator works on which numbers; this makes the graph of it. Running out of
 * memory fails the test.
 */
#ifndef UNIT_ONE_OP_H
#define UNIT_ONE_OP_H

#include <graph/graph.h>

#define ONE_OP_INPUTS_MAX 4
#define ONE_OP_OUTPUTS_MAX 4

/**
 * struct one_tensor - a tensor of the row
 * @type: element type
 * @shape: extents
 * @scale: per tensor; 0 for a tensor that is not quantised
 * @zero_point: goes with @scale
 * @channel_scales: instead of @scale, one per slice along @axis; zero points are 0
 * @axis: dimension of @channel_scales
 * @data: contents of an input, used in place; of an output what a test expects
 * @constant: @data is known before the model runs
 */
struct one_tensor {
	enum dtype type;
	struct shape shape;
	float scale;
	int32_t zero_point;
	const float *channel_scales;
	uint32_t axis;
	const void *data;
	bool constant;
};

/**
 * struct one_op - a row
 * @op: kind and parameters; everything else of it is filled in
 * @in: inputs
 * @n_in: how many
 * @out: output
 * @more: further outputs
 * @n_more: how many
 */
struct one_op {
	struct op op;
	struct one_tensor in[ONE_OP_INPUTS_MAX];
	unsigned int n_in;
	struct one_tensor out;
	struct one_tensor more[ONE_OP_OUTPUTS_MAX - 1];
	unsigned int n_more;
};

/**
 * one_op_graph() - make the graph; inputs are tensors 0 to n_in - 1, outputs are the next
 * @row: what to make
 *
 * Return: the graph, not verified, owned by the caller.
 */
struct graph *one_op_graph(const struct one_op *row);

/**
 * one_op_tensor() - set a tensor of a graph
 * @g: graph
 * @tensor: number
 * @from: what it becomes
 * @name: its name
 */
void one_op_tensor(struct graph *g, uint32_t tensor, const struct one_tensor *from,
		   const char *name);

#endif /* UNIT_ONE_OP_H */
