/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: From TensorFlow Lite's interpreter to a graph
 *
 * Some nodes of an interpreter as a graph of their own, with the tensors they touch and nothing
 * else. Whatever the stack has no word for is a reason, not an error: TensorFlow Lite then computes
 * the node itself.
 */
#ifndef DELEGATE_IMPORT_H
#define DELEGATE_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

struct TfLiteContext;
struct TfLiteIntArray;
struct diag;
struct graph;

/**
 * struct import - nodes as a graph
 * @graph: what they compute; constants point into the interpreter's model
 * @tensor: TensorFlow Lite's number of each tensor of @graph; owned by @graph
 */
struct import {
	struct graph *graph;
	int *tensor;
};

/**
 * import_refuses() - why a node has no form in a graph
 * @context: interpreter, while it prepares a delegate
 * @node: number of the node
 * @name: receives the operator's name, a constant text or one of the interpreter's
 *
 * Return: a constant text; NULL when import_nodes() takes the node.
 */
const char *import_refuses(struct TfLiteContext *context, int node, const char **name);

/**
 * import_open_shape() - does the model leave an extent of a tensor open
 * @context: interpreter
 * @tensor: its number
 *
 * Converters leave the batch open where it follows from the model's inputs, and whatever only a run
 * can tell.
 *
 * Return: true when it does.
 */
bool import_open_shape(const struct TfLiteContext *context, int tensor);

/**
 * import_nodes() - make a graph of some nodes
 * @context: interpreter, while it prepares a delegate
 * @nodes: numbers of nodes that import_refuses() lets through, in execution order
 * @outputs: tensors that others read; NULL for all that the nodes write and do not read
 * @d: receives the reason of a failure
 * @out: filled in on success, to be freed with import_fini()
 *
 * The graph's inputs are what the nodes read and do not write. It is not verified.
 *
 * Return: 0 or -ENOMEM; -EINVAL when the interpreter has no such node.
 */
int import_nodes(struct TfLiteContext *context, const struct TfLiteIntArray *nodes,
		 const struct TfLiteIntArray *outputs, struct diag *d, struct import *out);

/**
 * import_shapes() - read the shapes again, after the interpreter resized tensors
 * @context: interpreter
 * @import: its tensors' shapes and sizes become current
 *
 * Return: 1 when one changed; 0 when not; -EINVAL when one has no shape that a graph can express.
 */
int import_shapes(struct TfLiteContext *context, struct import *import);

/**
 * import_fini() - free the graph
 * @import: import or all zero
 */
void import_fini(struct import *import);

#endif /* DELEGATE_IMPORT_H */
