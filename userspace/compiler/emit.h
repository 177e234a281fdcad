/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Command streams
 *
 * A stream under construction, and one function per block that writes all registers of the block
 * that a task needs. Register groups keep old values, so every task carries a full register program
 * (silicon notes 2.10).
 */
#ifndef COMPILER_EMIT_H
#define COMPILER_EMIT_H

#include <assert.h>
#include <stdint.h>

#include <base/bits.h>
#include <program/program.h>

struct conv;
struct feature;
struct flow;
struct flow_tile;
struct pool;
struct pool_tile;
struct tile;

/**
 * struct stream - command words and their address words
 * @words: words so far
 * @room: of @words
 * @n: how many
 * @relocs: address words so far; room for the rest
 * @n_relocs: how many
 */
struct stream {
	uint64_t *words;
	uint32_t room;
	uint32_t n;
	struct program_reloc *relocs;
	uint32_t n_relocs;
};

/**
 * struct task - what the emitters need to know about a convolution task
 * @conv: the convolution
 * @tile: the part of it
 * @in: feature map read
 * @out: feature map written
 */
struct task {
	const struct conv *conv;
	const struct tile *tile;
	const struct feature *in, *out;
};

/**
 * struct flow_task - the same about a task of the DPU alone
 * @flow: the flow
 * @tile: the part of it; NULL for the load of its tables
 * @in: feature map of the main input
 * @operand: feature map of the EW operand; NULL for none
 * @out: feature map written
 */
struct flow_task {
	const struct flow *flow;
	const struct flow_tile *tile;
	const struct feature *in, *operand, *out;
};

/**
 * struct pool_task - the same about a pooling task
 * @pool: the pooling
 * @tile: the part of it
 * @in: feature map read
 * @out: feature map written
 */
struct pool_task {
	const struct pool *pool;
	const struct pool_tile *tile;
	const struct feature *in, *out;
};

/* @value in the field that @mask selects. */
static inline uint32_t set(uint32_t mask, uint32_t value)
{
	assert(field_fits(value, mask));
	return field_put(value, mask);
}

/* @value in the signed field that @mask selects. */
static inline uint32_t set_signed(uint32_t mask, int32_t value)
{
	int64_t half = ((int64_t)(mask / (mask & -mask)) + 1) / 2;

	assert(value >= -half && value < half);
	return field_put((uint32_t)value, mask);
}

/**
 * emit() - append a register write
 * @s: stream
 * @reg: offset from the core base
 * @value: 32 bits
 */
void emit(struct stream *s, uint32_t reg, uint32_t value);

/**
 * emit_many() - append writes of one value to consecutive registers
 * @s: stream
 * @first: offset of the first register
 * @last: offset of the last register
 * @value: 32 bits
 */
void emit_many(struct stream *s, uint32_t first, uint32_t last, uint32_t value);

/**
 * emit_pointers() - append what makes a block's register groups alternate from task to task
 * @s: stream
 * @reg: its S_POINTER
 *
 * Source: guide 3.7.
 */
void emit_pointers(struct stream *s, uint32_t reg);

/**
 * emit_address() - append a register write whose value is an address
 * @s: stream
 * @reg: offset from the core base
 * @target: buffer that is addressed; buffers are numbered by their use
 * @offset: bytes from its start
 */
void emit_address(struct stream *s, uint32_t reg, enum program_buffer_use target, uint32_t offset);

/**
 * emit_flow() - all registers of a task of the DPU alone
 * @s: stream
 * @t: task
 *
 * Return: the blocks to enable.
 */
uint32_t emit_flow(struct stream *s, const struct flow_task *t);

/* emit_pool() - the same for a pooling task */
uint32_t emit_pool(struct stream *s, const struct pool_task *t);

/* Per block: all registers of a convolution task. */
void emit_cna(struct stream *s, const struct task *t);
void emit_core(struct stream *s, const struct task *t);
void emit_dpu(struct stream *s, const struct task *t);
void emit_dpu_rdma(struct stream *s, const struct task *t);

#endif /* COMPILER_EMIT_H */
