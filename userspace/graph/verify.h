/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the two halves of the verifier share
 */
#ifndef GRAPH_VERIFY_H
#define GRAPH_VERIFY_H

struct diag;
struct graph;
struct op;

/**
 * struct verifier - one run over a graph
 * @g: graph
 * @d: receives the reasons
 * @op: operator being checked; NULL outside operators
 * @ret: 0 until the first complaint
 */
struct verifier {
	const struct graph *g;
	struct diag *d;
	const struct op *op;
	int ret;
};

/**
 * verify_fail() - complain, with the operator's number and name in front
 * @v: verifier; its @ret becomes -EINVAL
 * @format: as printf
 *
 * Return: false, so that a check can be `return verify_fail(...)`.
 */
_Bool verify_fail(struct verifier *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * verify_op() - check shapes and parameters of @v->op against its kind
 * @v: verifier; the operator's tensor numbers and counts have been checked
 */
void verify_op(struct verifier *v);

#endif /* GRAPH_VERIFY_H */
