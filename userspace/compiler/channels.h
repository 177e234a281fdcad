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
struct scale_form;

/**
 * channels_form() - how finely the scales of a convolution must be written
 * @c: convolution with scales
 * @out: the coarsest form with which no output can move by more than CHANNELS_TOLERANCE
 *
 * Return: false when no form is fine enough.
 */
bool channels_form(const struct conv *c, struct scale_form *out);

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
 * channels_multiplier() - BS multiplier of a channel
 * @c: convolution with scales
 * @channel: which
 * @largest: scale that the output converter takes care of
 * @bits: of struct scale_form
 *
 * Return: 1..32767. Source: guide 7.4.
 */
int16_t channels_multiplier(const struct conv *c, uint32_t channel, float largest,
			    unsigned int bits);

#endif /* COMPILER_CHANNELS_H */
