/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operators on the CPU
 *
 * The one place where the runtime hands an operator to the reference.
 */
#ifndef RUNTIME_HOSTOP_H
#define RUNTIME_HOSTOP_H

#include <stdint.h>

struct diag;
struct program;

/**
 * hostop_run() - compute an operator on the CPU
 * @p: verified program
 * @op: number of the operator in p->graph
 * @values: host form of each tensor of p->graph
 * @d: receives the reason of a failure
 *
 * Return: 0 or a negative errno of ref_eval().
 */
int hostop_run(const struct program *p, uint32_t op, void *const *values, struct diag *d);

/**
 * hostop_needs() - mark the tensors that an operator reads and writes in host form
 * @p: verified program
 * @op: number of the operator in p->graph
 * @needed: one flag per tensor of p->graph; those of the operator are set
 */
void hostop_needs(const struct program *p, uint32_t op, unsigned char *needed);

#endif /* RUNTIME_HOSTOP_H */
