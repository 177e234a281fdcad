/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The reference
 *
 * TensorFlow Lite's integer arithmetic of each operator, on NHWC tensors. It is one of the three
 * truths: it knows nothing of the NPU, and the NPU's results are judged by it. It also computes
 * what stays on the CPU.
 */
#ifndef REF_REF_H
#define REF_REF_H

struct diag;
struct graph;
struct op;

/**
 * ref_refuses() - why the reference cannot compute an operator
 * @g: verified graph
 * @op: operator of @g
 *
 * Return: reason as constant text; NULL when ref_eval() will compute it.
 */
const char *ref_refuses(const struct graph *g, const struct op *op);

/**
 * ref_eval() - compute one operator
 * @g: verified graph
 * @op: operator of @g
 * @values: one pointer per tensor of @g to its contents in C order; constants may be NULL
 *(tensor.data is used). Outputs are written.
 * @d: receives the reason of a failure
 *
 * Return: 0; -ENOTSUP where ref_refuses() gives a reason; -ENOMEM.
 */
int ref_eval(const struct graph *g, const struct op *op, void *const *values, struct diag *d);

/**
 * ref_check() - can the reference compute all of a graph?
 * @g: verified graph, of what the compiler left to the CPU
 * @d: receives a message for each operator that it cannot compute
 *
 * Return: 0 or -ENOTSUP.
 */
int ref_check(const struct graph *g, struct diag *d);

#endif /* REF_REF_H */
