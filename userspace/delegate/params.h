/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Parameters of operators
 *
 * TensorFlow Lite's structs of options in the graph's words.
 */
#ifndef DELEGATE_PARAMS_H
#define DELEGATE_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

enum op_kind;
struct TfLiteContext;
struct TfLiteNode;
struct op;

/**
 * params_kind() - which operator of the graph a builtin is
 * @builtin: TensorFlow Lite's code
 * @kind: receives the operator
 *
 * Return: false when the graph has none.
 */
bool params_kind(int32_t builtin, enum op_kind *kind);

/**
 * params_name() - name of a builtin operator
 * @builtin: TensorFlow Lite's code
 *
 * Return: constant text.
 */
const char *params_name(int32_t builtin);

/**
 * params_read() - take over the parameters of a node
 * @context: interpreter
 * @node: the node
 * @version: of the operator, as registered; tells which options its struct has room for
 * @op: its @kind is set; @u is filled in
 *
 * Return: NULL, or why these parameters have no form in a graph, a constant text.
 */
const char *params_read(const struct TfLiteContext *context, const struct TfLiteNode *node,
			int version, struct op *op);

#endif /* DELEGATE_PARAMS_H */
