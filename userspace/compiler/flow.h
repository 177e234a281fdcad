/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tasks of the DPU alone
 */
#ifndef COMPILER_FLOW_H
#define COMPILER_FLOW_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct flow;

#define FLOW_SLOPE_BITS		14	/* guide 7.6 */
#define FLOW_TABLE_WORDS	(2 * 513)	/* both tables, NPU_LUT_ENTRIES each */

/**
 * flow_slopes_bytes() - size of the slopes of a flow in memory
 * @f: flow
 *
 * Return: bytes, for whole atoms of channels; 0 when it has none.
 */
uint32_t flow_slopes_bytes(const struct flow *f);

/**
 * flow_slopes_pack() - write the slopes of a flow
 * @f: flow with slopes
 * @out: receives flow_slopes_bytes(), zeroed by the caller
 *
 * 16 bits each, whatever the order of blocks: there is one kind of operand. Source: guide 4.7.
 */
void flow_slopes_pack(const struct flow *f, uint8_t *out);

/**
 * flow_has_gaps() - are lines of the input or output apart?
 * @f: flow
 *
 * Return: true when its tasks must keep to whole lines.
 */
bool flow_has_gaps(const struct flow *f);

/**
 * flow_tile() - split a flow into tasks
 * @f: flow; tiles and n_tiles are filled in
 * @a: owner of the tiles
 *
 * Return: NULL or the reason. Source: guide 5.4, 8.
 */
const char *flow_tile(struct flow *f, struct arena *a);

/**
 * flow_factor() - a multiplier as an integer of 15 bits and a shift to the right
 * @real: positive, at most 2^14
 * @factor: 16384..32767, or less when that needs a shift of more than 31
 * @shift: bits
 *
 * Source: guide 8.
 */
void flow_factor(double real, int32_t *factor, unsigned int *shift);

/**
 * flow_table() - lookup tables that map each 8-bit code exactly
 * @in_zero: stored zero point of the codes looked up
 * @codes: stored output of each stored input, from -128 on
 * @f: flow; table, main input and output converter are filled in
 * @a: owner of the tables
 *
 * Return: NULL; lower_no_memory. Source: guide 7.8.
 */
const char *flow_table(int32_t in_zero, const int8_t codes[256], struct flow *f, struct arena *a);

#endif /* COMPILER_FLOW_H */
