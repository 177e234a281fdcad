/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Weights and operand tables in NPU memory
 */
#ifndef COMPILER_WEIGHTS_H
#define COMPILER_WEIGHTS_H

#include <stdint.h>

struct arena;
struct conv;

/**
 * weights_bytes() - size of the packed weights of a convolution
 * @c: convolution after the tile pass
 *
 * Return: bytes.
 */
uint64_t weights_bytes(const struct conv *c);

/**
 * weights_pack() - write the weights in the order in which the CNA reads them
 * @c: convolution after the tile pass
 * @out: weights_bytes() bytes, zeroed
 */
void weights_pack(const struct conv *c, uint8_t *out);

/**
 * weights_sums() - sum of the stored weights of each output channel
 * @c: convolution
 * @sums: one per output channel
 */
void weights_sums(const struct conv *c, int64_t *sums);

/**
 * weights_magnitude() - sum of the magnitudes of the stored weights of one output channel
 * @c: convolution with weights without zero point
 * @channel: which
 *
 * Return: the sum.
 */
int64_t weights_magnitude(const struct conv *c, uint32_t channel);

/**
 * weights_bias() - the model's bias of one output channel
 * @c: convolution
 * @channel: which
 *
 * Return: the bias; 0 when there is none.
 */
int32_t weights_bias(const struct conv *c, uint32_t channel);

/**
 * bias_table() - bias and input zero point correction of each output channel
 * @c: convolution after the requant pass; table is filled in on success
 * @a: owner of the table
 * @reason: constant text when a sum may leave 32 bits
 *
 * Return: 0; -ENOTSUP with @reason; -ENOMEM. Source: guide 4.4.
 */
int bias_table(struct conv *c, struct arena *a, const char **reason);

/**
 * bias_bytes() - size of the operand table in memory
 * @c: convolution after the requant pass
 *
 * Return: bytes that tasks read, entries of padded channels included.
 */
uint32_t bias_bytes(const struct conv *c);

/**
 * bias_pack() - write the operand table
 * @c: convolution after the bias pass
 * @out: bias_bytes() bytes, zeroed
 */
void bias_pack(const struct conv *c, uint8_t *out);

#endif /* COMPILER_WEIGHTS_H */
