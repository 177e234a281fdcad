/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What tests of drawn models share
 *
 * Values of a graph's tensors and how far they are apart, settings from the environment, and the
 * turn through all open questions of the model. What is computed from what is the tests' business.
 */
#ifndef CROSS_AGREE_H
#define CROSS_AGREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <graph/graph.h>
#include <model/npu.h>

/**
 * agree_setting() - a number of the environment
 * @name: variable
 * @otherwise: what holds without it
 *
 * Return: the number.
 */
unsigned long agree_setting(const char *name, unsigned long otherwise);

/* The number that a byte of a tensor of @type stands for. */
int agree_code(enum dtype type, uint8_t byte);

/**
 * agree_distance() - how far two values of a tensor are apart
 * @t: tensor of 8 bits
 * @a: one value
 * @b: the other
 * @first: where the largest difference is first reached; untouched when there is none
 * @ones: rises by the number of elements that are one apart
 *
 * Return: the largest difference, in codes.
 */
int agree_distance(const struct tensor *t, const uint8_t *a, const uint8_t *b, size_t *first,
		   size_t *ones);

/**
 * agree_values() - memory for all tensors of a graph that have no data
 * @g: graph, whose tensor 0 is its input
 * @input: bytes of the input, copied
 *
 * Return: a table by tensor; the caller frees it with agree_values_free().
 */
void **agree_values(const struct graph *g, const void *input);

/**
 * agree_values_free() - free values
 * @g: their graph
 * @values: from agree_values()
 */
void agree_values_free(const struct graph *g, void **values);

/**
 * agree_reference_may_wrap() - whether TensorFlow Lite's 32 bits may be too few
 * @g: graph
 * @op: one of its operators
 *
 * Where outputs are finer than products, TensorFlow Lite shifts the 32-bit sum left before it
 * multiplies, and large sums wrap around. The NPU does not, so there is nothing to compare with.
 *
 * Return: whether that can happen.
 */
bool agree_reference_may_wrap(const struct graph *g, const struct op *op);

/**
 * agree_open_questions() - each way in which silicon may decide what nobody has measured
 * @rounds: models for each
 * @run: runs the model of a seed; @one_scale leaves out those with tables of multipliers.
 *       Returns 0 when all agrees
 *
 * All points but two must make no difference to our programs. The exact reading puts the output
 * offset before the rounding, and what comes of the other order is not compared. Tables of adders
 * and multipliers are written in the default order of brdma_block; see layout_operand_offset().
 * Fails the test at the first setting that disagrees.
 */
void agree_open_questions(unsigned int rounds,
			  int (*run)(uint32_t seed, const struct npu_switches *set, bool one_scale,
				     void *opaque),
			  void *opaque);

#endif /* CROSS_AGREE_H */
