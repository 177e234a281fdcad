/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The exact reading of the guide
 *
 * What the NPU must answer, computed from NHWC tensors without layouts, tasks or registers: exact
 * integer sums, one rescaling by a 15-bit factor with rounding half to even, then the bounds of the
 * activation. It shares no code with compiler, model or reference.
 */
#ifndef CROSS_EXACT_H
#define CROSS_EXACT_H

#include <stdint.h>

struct graph;
struct op;

/**
 * exact_eval() - compute one operator
 * @g: verified graph
 * @op: operator that the NPU takes
 * @values: contents of each tensor that is no constant; those of the output are filled in
 *
 * Return: 0; -ENOTSUP for another operator.
 */
int exact_eval(const struct graph *g, const struct op *op, void *const *values);

#endif /* CROSS_EXACT_H */
