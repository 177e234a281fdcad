/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Requantisation
 *
 * From the real multiplier of an operator to the integers of the DPU's output converter, and from
 * an activation to clamps in accumulator units.
 */
#ifndef COMPILER_REQUANT_H
#define COMPILER_REQUANT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct requant - y = clamp(half_to_even((x * scale + (offset << shift)) >> shift)), x clamped
 * before
 * @scale: 15-bit multiplier
 * @shift: bits
 * @offset: stored zero point of the output
 * @relu: x is raised to 0 where negative
 * @relux: x is lowered to @top where above; implies @relu
 * @top: largest x whose output the activation allows
 */
struct requant {
	int32_t scale;
	uint32_t shift;
	int32_t offset;
	bool relu;
	bool relux;
	int32_t top;
};

/**
 * requant_choose() - integers for a multiplier, an output zero point and the output range of an
 * activation
 * @multiplier: input scale * weight scale / output scale
 * @offset: stored zero point of the output, -128..127
 * @low: least stored output the activation allows; -128 or @offset
 * @high: largest stored output the activation allows
 * @out: filled in on success
 *
 * Return: NULL; the reason as constant text when the converter cannot express it. Source:
 * guide 7.4, 7.5.
 */
const char *requant_choose(double multiplier, int32_t offset, int32_t low, int32_t high,
			   struct requant *out);

/**
 * requant_apply() - what the converter makes of an accumulator value
 * @r: converter settings; the clamps are not applied
 * @x: accumulator
 *
 * Return: the output before saturation. Source: guide 7.3.
 */
int64_t requant_apply(const struct requant *r, int32_t x);

#endif /* COMPILER_REQUANT_H */
