/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: A weight scale for each channel
 */
#ifndef COMPILER_CHANNELS_H
#define COMPILER_CHANNELS_H

#include <stdbool.h>
#include <stdint.h>

struct conv;
struct npu_limits;
struct scaling;

/**
 * channels_group() - how many channels may share an output converter
 * @l: of the chip
 * @c: convolution with scales
 *
 * Return: the most with which no output can move by more than CHANNELS_TOLERANCE; 0 when the fewest
 * that a task can have are too many.
 */
uint32_t channels_group(const struct npu_limits *l, const struct conv *c);

/**
 * channels_largest() - largest weight scale of some channels
 * @c: convolution with scales
 * @first: first channel
 * @count: how many
 *
 * Return: the scale.
 */
float channels_largest(const struct conv *c, uint32_t first, uint32_t count);

/**
 * channels_scaling() - output converter and shift of the BS multiplier for some channels
 * @l: of the chip
 * @c: convolution with scales
 * @first: first channel
 * @count: how many
 * @s: filled in, clamps included
 *
 * Return: NULL or the reason. Source: guide 7.4.
 */
const char *channels_scaling(const struct npu_limits *l, const struct conv *c, uint32_t first,
			     uint32_t count, struct scaling *s);

/**
 * channels_multiplier() - BS multiplier of a channel
 * @c: convolution with scales
 * @s: scaling of the group it is in
 * @channel: which
 *
 * Return: 1..32767.
 */
int16_t channels_multiplier(const struct conv *c, const struct scaling *s, uint32_t channel);

/**
 * channels_share() - what rounding makes of a channel's multiplier
 * @c: convolution with scales
 * @s: scaling of the group it is in
 * @channel: which
 *
 * Return: the exact multiplier by the one that the rounded integers amount to.
 */
double channels_share(const struct conv *c, const struct scaling *s, uint32_t channel);

#endif /* COMPILER_CHANNELS_H */
