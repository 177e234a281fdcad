/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The program
 *
 * What the compiler makes and the runtime runs: buffers to place in device memory, words in them
 * that hold addresses, and a list of steps. It is a plain description; it opens nothing, computes
 * nothing and holds no machine addresses. Stored as .rkt
 * (Documentation/userspace/program-format.rst).
 */
#ifndef PROGRAM_PROGRAM_H
#define PROGRAM_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <base/arena.h>
#include <graph/graph.h>

struct diag;

/**
 * enum program_buffer_use - what a buffer holds; tells the runtime who writes it
 * @PROGRAM_REGCMD: command streams; constant after relocation
 * @PROGRAM_CONST: weights and operand tables; constant
 * @PROGRAM_ACTIVATIONS: feature maps; written by the NPU and at the edges by the CPU
 */
enum program_buffer_use {
	PROGRAM_REGCMD,
	PROGRAM_CONST,
	PROGRAM_ACTIVATIONS,
	PROGRAM_BUFFER_USES
};

/**
 * struct program_buffer - one buffer in device memory
 * @use: see enum program_buffer_use
 * @bytes: size
 * @data: initial contents, @bytes long; NULL for PROGRAM_ACTIVATIONS
 */
struct program_buffer {
	enum program_buffer_use use;
	uint32_t bytes;
	const uint8_t *data;
};

/**
 * struct program_reloc - a command word whose value is an address
 * @buffer: the PROGRAM_REGCMD buffer that holds the word
 * @word: index of the 64-bit word in it; its value holds the offset into @target, the runtime adds
 * the device address
 * @target: buffer whose address is added
 */
struct program_reloc {
	uint32_t buffer;
	uint32_t word;
	uint32_t target;
};

/**
 * struct program_task - one register program
 * @buffer: the PROGRAM_REGCMD buffer
 * @offset: bytes from its start; a multiple of REGCMD_ALIGN
 * @words: length in 64-bit words, tail included
 * @op: index into program.ops: the operator this task belongs to
 */
struct program_task {
	uint32_t buffer;
	uint32_t offset;
	uint32_t words;
	uint32_t op;
};

/**
 * struct program_feature - where and how the NPU keeps a tensor (layout NC1HWC2, guide section 4.1)
 * @tensor: tensor number in program.graph
 * @buffer: PROGRAM_ACTIVATIONS buffer
 * @offset: bytes from its start to the first atom
 * @height: rows
 * @width: pixels per row
 * @channels: real channels; the last atom is filled with @pad
 * @line_bytes: from row to row
 * @surface_bytes: from channel block to channel block
 * @surfaces: channel blocks in memory that packing must fill, including those beyond the real
 * channels
 * @flip: XORed to each byte between host and device form: 0x80 for uint8 tensors, 0 for int8
 * @pad: device form of the byte in lanes beyond @channels
 */
struct program_feature {
	uint32_t tensor;
	uint32_t buffer;
	uint32_t offset;
	uint32_t height;
	uint32_t width;
	uint32_t channels;
	uint32_t line_bytes;
	uint32_t surface_bytes;
	uint32_t surfaces;
	uint8_t flip;
	uint8_t pad;
};

enum program_step_kind {
	PROGRAM_STEP_PACK,	/* first = feature: host tensor to device */
	PROGRAM_STEP_JOB,	/* first, count = tasks: run them in order on one core */
	PROGRAM_STEP_UNPACK,	/* first = feature: device to host tensor */
	PROGRAM_STEP_HOST,	/* first = index into graph->ops: the reference computes it */
};

/**
 * struct program_step - one thing to do; steps run in order
 * @kind: what
 * @first: see enum program_step_kind
 * @count: tasks of a job; else 0
 */
struct program_step {
	enum program_step_kind kind;
	uint32_t first;
	uint32_t count;
};

/**
 * struct program_op - what became of one operator of the model
 * @index: number in the model's file
 * @name: TensorFlow Lite's name
 * @reason: why it stays on the CPU; NULL when it is on the NPU
 * @folded: on the NPU without a task of its own (pure addressing or fused into a neighbour)
 * @macs: multiply-accumulates
 */
struct program_op {
	uint32_t index;
	const char *name;
	const char *reason;
	bool folded;
	uint64_t macs;
};

/**
 * struct program - a compiled model
 * @arena: owns everything below but @graph
 * @graph: tensors that exist in host form (model inputs and outputs, operands of host operators; a
 *	feature's tensor gives its name, shape and type) and the host operators; owned. Tensor
 * contents of constants are in @graph's arena or in memory the program was read from.
 * @owner: memory the program was read from and points into, freed with it; NULL when compiled
 * @buffers: device memory; at most one of each use today
 * @relocs: address words
 * @tasks: register programs, in execution order
 * @features: tensors in device form: those steps name, and intermediate ones that may be looked at
 *	after a run (program_feature_of())
 * @kept: every feature has memory of its own, so that all of them can be read after a run
 * @steps: what to do
 * @ops: all operators of the model, for reports
 */
struct program {
	struct arena arena;
	struct graph *graph;
	void *owner;
	struct program_buffer *buffers;
	uint32_t n_buffers;
	struct program_reloc *relocs;
	uint32_t n_relocs;
	struct program_task *tasks;
	uint32_t n_tasks;
	struct program_feature *features;
	uint32_t n_features;
	bool kept;
	struct program_step *steps;
	uint32_t n_steps;
	struct program_op *ops;
	uint32_t n_ops;
};

/**
 * program_create() - an empty program
 *
 * Return: the program, owned by the caller; NULL when memory is out.
 */
struct program *program_create(void);

/**
 * program_destroy() - free a program and all it owns
 * @p: program or NULL
 */
void program_destroy(struct program *p);

/**
 * program_verify() - check that a program is consistent and safe to run
 * @p: program
 * @d: receives the reasons
 *
 * Every index, offset and size lies inside what it points into; streams are aligned, end in a tail
 * and their address words have relocations; features lie inside their buffers.
 *
 * Return: 0 or -EINVAL.
 */
int program_verify(const struct program *p, struct diag *d);

/**
 * program_feature_of() - the device form of a tensor
 * @p: program
 * @tensor: tensor number in p->graph
 *
 * Return: the feature, NULL if the tensor never is in device memory.
 */
const struct program_feature *program_feature_of(const struct program *p, uint32_t tensor);

/**
 * program_write() - make the bytes of a .rkt file
 * @p: verified program
 * @d: receives the reason of a failure
 * @data: the bytes, to be freed by the caller with free()
 * @size: how many
 *
 * Return: 0 or -ENOMEM.
 */
int program_write(const struct program *p, struct diag *d, void **data, size_t *size);

/**
 * program_read() - read the bytes of a .rkt file
 * @data: bytes; copied as far as needed
 * @size: how many
 * @d: receives the reason, naming the field that is wrong
 * @out: the verified program, owned by the caller
 *
 * Return: 0; -EINVAL for a damaged file or another version; -ENOMEM.
 */
int program_read(const void *data, size_t size, struct diag *d, struct program **out);

/**
 * program_print() - the program as text
 * @p: program
 * @f: where to
 */
void program_print(const struct program *p, FILE *f);

/**
 * feature_pack() - host tensor to device form
 * @feature: layout
 * @host: NHWC bytes, one byte per element
 * @device: start of the feature's buffer as the CPU sees it
 */
void feature_pack(const struct program_feature *feature, const void *host, void *device);

/**
 * feature_unpack() - device form to host tensor
 * @feature: layout
 * @device: start of the feature's buffer as the CPU sees it
 * @host: NHWC bytes, one byte per element
 */
void feature_unpack(const struct program_feature *feature, const void *device, void *host);

#endif /* PROGRAM_PROGRAM_H */
