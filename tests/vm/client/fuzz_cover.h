/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Which code of the driver was reached
 *
 * The kernel's KCOV traces the calling thread only: what interrupts, the scheduler's work queues and
 * recovery do for a call is not seen, nor is loading. Only the driver is built for it (modules.sh), so
 * each point is one of the driver.
 */
#ifndef VM_CLIENT_FUZZ_COVER_H
#define VM_CLIENT_FUZZ_COVER_H

#include <stdint.h>

/**
 * struct cover - what was reached so far
 * @fd: KCOV; -1 when the kernel has none
 * @area: what the thread passed: a count, then addresses
 * @points: bit by place of the point in the module
 * @ways: bit by hash of two points that were passed one after the other
 * @n_points: bits in @points
 * @n_ways: bits in @ways
 */
struct cover {
	int fd;
	uint64_t *area;
	uint64_t *points, *ways;
	unsigned int n_points, n_ways;
};

/**
 * cover_open() - begin to trace this thread
 * @c: filled in
 *
 * Return: 0; -ENOENT when the kernel has no KCOV; another negative errno.
 */
int cover_open(struct cover *c);

/**
 * cover_take() - note what was passed since the last time
 * @c: cover
 *
 * Return: how many points and ways are new.
 */
unsigned int cover_take(struct cover *c);

/**
 * cover_print_functions() - list the driver's functions that no call entered
 * @c: cover
 */
void cover_print_functions(const struct cover *c);

/**
 * cover_close() - end tracing
 * @c: cover
 */
void cover_close(struct cover *c);

#endif /* VM_CLIENT_FUZZ_COVER_H */
