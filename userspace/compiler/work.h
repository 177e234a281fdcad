/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What one compilation knows
 *
 * The passes read and refine one struct work: a node per operator and a feature per tensor in
 * device memory. A pass that finds a node impossible turns it into a host node with a reason;
 * passes after fuse() no longer may.
 */
#ifndef COMPILER_WORK_H
#define COMPILER_WORK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <base/arena.h>
#include <graph/graph.h>

#include "layout.h"
#include "requant.h"

struct compile_options;
struct diag;
struct npu_limits;
struct program;

#define NODE_SCRATCH 2 /* steps of one operator whose results are no tensors of the model */

enum node_kind {
	NODE_HOST,	/* the CPU computes it */
	NODE_FOLDED,	/* no work: its output is its input, addressed otherwise */
	NODE_ABSORBED,	/* no work: a neighbour does it along; its output is never in memory */
	NODE_CONV,	/* CNA, CORE, DPU */
	NODE_FLOW,	/* DPU alone, its main input from memory */
	NODE_POOL,	/* PPU */
};

/* Scale and shift of some channels in a row. */
struct scaling {
	struct requant requant;	/* from the BS stage's units to the output */
	unsigned int shift;	/* of the BS multiplier */
};

/* How the weights of a convolution come out of a constant of the model. */
enum weight_form {
	WEIGHTS_DENSE,		/* OHWI, copied */
	WEIGHTS_DEPTHWISE,	/* HWC, copied */
	WEIGHTS_EXPANDED,	/* HWC with a depth multiplier, zeros between the filters */
	WEIGHTS_GROUPED,	/* OHWI of some of the channels, zeros for the others */
	WEIGHTS_FILL,		/* depthwise, every weight the same: a sum */
};

struct extent {
	int32_t height;
	int32_t width;
	int32_t channels;
};

/**
 * struct tile - one task of a convolution
 * @in_row: first input row
 * @in_rows: input rows
 * @pad_top: padding rows above @in_row
 * @out_row: first output row
 * @out_rows: output rows
 * @kernel: first kernel; depthwise: first channel
 * @kernels: kernels; depthwise: channels
 * @scaling: which of the scalings it has
 * @in_channels: input channels in memory that the task reads
 * @entries: CBUF entries per input row
 * @data_banks: CBUF banks for features
 * @weight_banks: CBUF banks for weights
 * @reuse_weights: the task before left these weights in the CBUF
 */
struct tile {
	int32_t in_row, in_rows, pad_top;
	int32_t out_row, out_rows;
	uint32_t kernel, kernels;
	uint32_t scaling;
	uint32_t in_channels;
	uint32_t entries;
	uint32_t data_banks, weight_banks;
	bool reuse_weights;
};

/**
 * struct conv - a convolution as the NPU sees it
 * @depthwise: one filter per channel
 * @in: input
 * @out: output
 * @kernel_h: taps in a column; so for the other parameters
 * @pad_top: padding above the first row of the tensor; rows below are implied
 * @form: where the weights come from
 * @weights: constant of the model; NULL for WEIGHTS_FILL
 * @fill: the weight of WEIGHTS_FILL
 * @multiplier: output channels per input channel of WEIGHTS_EXPANDED
 * @depth: input channels that a filter of WEIGHTS_GROUPED reads
 * @before_h: rows of padding above, where this is a PAD; window and padding are wider
 * @flip: XORed to each byte of @weights: 0x80 for uint8
 * @in_zero: stored zero point of the input
 * @weight_zero: stored zero point of the weights
 * @out_zero: stored zero point of the output
 * @bias: constant of the model, little endian; NULL for none
 * @scale: input scale * weight scale / output scale; the largest when weight scales differ
 * @in_scale: of the input
 * @out_scale: of the output
 * @scales: weight scale of each output channel; NULL when all are alike
 * @scale_group: channels in a row that share an output converter; chosen by the tile pass
 * @out_low: least stored output the activation allows
 * @out_high: largest stored output the activation allows
 * @scalings: one per @scale_group channels; chosen by the requant pass
 * @multipliers: of the BS stage, one per output channel; NULL when all scales are alike
 * @table: bias and zero point corrections, one per output channel; made by the bias pass
 * @packed: weights in memory; chosen by the tile pass
 * @tiles: tasks in execution order; made by the tile pass
 * @n_tiles: how many
 * @weights_at: offset in the constants
 * @table_at: offset in the constants
 */
struct conv {
	bool depthwise;
	struct extent in, out;
	int32_t kernel_h, kernel_w;
	int32_t stride_h, stride_w;
	int32_t dilation_h, dilation_w;
	int32_t pad_top, pad_left;

	enum weight_form form;
	const uint8_t *weights;
	int8_t fill;
	uint32_t multiplier;
	int32_t depth;
	int32_t before_h, before_w;
	uint8_t flip;
	int32_t in_zero, weight_zero, out_zero;
	const uint8_t *bias;
	double scale;
	double in_scale, out_scale;
	const float *scales;
	uint32_t scale_group;
	int32_t out_low, out_high;

	struct scaling *scalings;
	int16_t *multipliers;
	int32_t *table;
	struct weight_shape packed;
	struct tile *tiles;
	uint32_t n_tiles;
	uint32_t weights_at, table_at;
};

/* What the EW stage of a flow makes of the main input and an operand. */
enum flow_op {
	FLOW_COPY,
	FLOW_ADD,
	FLOW_MULTIPLY,
	FLOW_MAXIMUM,
	FLOW_MINIMUM,
	FLOW_OPS
};

/**
 * struct flow_tile - one task of a flow
 * @surface: first channel block of the flow
 * @channels: channels, whole atoms
 * @pixel: first pixel, counted along the rows
 * @width: pixels of a line
 * @height: lines
 */
struct flow_tile {
	uint32_t surface, channels;
	uint32_t pixel, width, height;
};

/**
 * struct flow - values that pass the DPU without a convolution
 * @op: see enum flow_op
 * @in: tensor of the main input
 * @operand: tensor of the EW operand, for all but FLOW_COPY
 * @out: tensor written
 * @per_channel: @operand has one pixel, for all
 * @pixels: of @in
 * @width: pixels of a row of @in
 * @channels: of @in
 * @in_zero: subtracted from the main input
 * @in_factor: then multiplied; 1 and shift 0 leave the multiplier off
 * @in_shift: then shifted right
 * @operand_zero: subtracted from the operand; so for the two that follow
 * @table: both lookup tables, LE and LO, that the values pass; NULL for none
 * @slopes: what negative values are multiplied by in the BN stage, one per channel in units of
 *	2^-FLOW_SLOPE_BITS; NULL for none
 * @slopes_at: offset in the constants
 * @requant: output converter and clamp
 * @in_surface: channel block of @in where the flow begins
 * @out_surface: channel block of @out where the first of the flow goes
 * @out_pixel: pixel of @out where the first of the flow goes
 * @in_line: pixels of @in from one line of @width to the next; 0 when they are dense
 * @out_line: the same of @out
 * @tiles: tasks in execution order, without the load of @table
 * @n_tiles: how many
 */
struct flow {
	enum flow_op op;
	uint32_t in, operand, out;
	bool per_channel;
	uint32_t pixels, width, channels;
	int32_t in_zero, in_factor;
	unsigned int in_shift;
	int32_t operand_zero, operand_factor;
	unsigned int operand_shift;
	const int16_t *table;
	const int16_t *slopes;
	uint32_t slopes_at;
	struct requant requant;
	uint32_t in_surface, out_surface, out_pixel;
	uint32_t in_line, out_line;
	struct flow_tile *tiles;
	uint32_t n_tiles;
};

/**
 * struct pool_tile - one task of a pooling
 * @surface: first channel block
 * @channels: channels, whole atoms
 * @in_row: first input row; so for the others
 */
struct pool_tile {
	uint32_t surface, channels;
	int32_t in_row, in_rows, out_row, out_rows;
	int32_t pad_top, pad_bottom;
};

/**
 * struct pool - a maximum over windows
 * @in: input
 * @out: output
 * @kernel_h: rows of a window; so for the other parameters
 * @pad_right: columns that windows reach beyond the input
 * @tiles: tasks in execution order
 * @n_tiles: how many
 */
struct pool {
	struct extent in, out;
	int32_t kernel_h, kernel_w;
	int32_t stride_h, stride_w;
	int32_t pad_top, pad_left, pad_right;
	struct pool_tile *tiles;
	uint32_t n_tiles;
};

/**
 * struct node - what becomes of one operator
 * @kind: see enum node_kind
 * @reason: why it is a host node; else NULL
 * @in: tensor read, for NODE_CONV, NODE_POOL and NODE_FOLDED
 * @out: tensor written, when it is no host node
 * @reads: tensors that must be in memory: those of the operator that are no constants, but for what
 *	an absorbed neighbour reads
 * @n_reads: how many
 * @absorbed: node that this one does along; NULL for none
 * @macs: multiply-accumulates of the operator
 * @conv: for NODE_CONV
 * @conv_in: what the convolution reads: @in, or a scratch that flows fill before
 * @conv_out: what it writes: @out, or a scratch from which flows go on
 * @flows: for NODE_FLOW, and for NODE_CONV what comes before or after it; in execution order
 * @n_flows: how many
 * @pool: for NODE_POOL
 * @scratch: extents of memory between the tasks; work_scratch() numbers it
 * @n_scratch: how many of these there are
 */
struct node {
	enum node_kind kind;
	const char *reason;
	uint32_t in, out;
	uint32_t *reads;
	uint32_t n_reads;
	struct node *absorbed;
	uint64_t macs;
	struct conv conv;
	uint32_t conv_in, conv_out;
	struct flow *flows;
	uint32_t n_flows;
	struct pool pool;
	struct extent scratch[NODE_SCRATCH];
	uint32_t n_scratch;
};

/**
 * struct feature - a tensor in device memory
 * @of: tensor whose memory it is a part of; its own number for memory of its own
 * @of_surface: channel block of @of where it begins
 * @of_pixel: pixel of @of where it begins
 * @present: the tensor is in device memory at some time
 * @root: tensor at the end of the chain of @of, whose memory it shares
 * @root_at: bytes from the start of that memory
 * @pitch: pixels from channel block to channel block
 * @size: extents; one pixel per row and column, all rows dense
 * @surfaces: channel blocks of the root's memory, including those written beyond its channels
 * @zero: stored zero point
 * @flip: XORed between host and device form
 * @first: node that writes it first
 * @last: node that needs it last
 * @offset: place in the activations
 */
struct feature {
	uint32_t of, of_surface, of_pixel;
	bool present;
	uint32_t root;
	uint32_t root_at;
	uint32_t pitch;
	struct extent size;
	uint32_t surfaces;
	int32_t zero;
	uint8_t flip;
	uint32_t first, last;
	uint32_t offset;
};

/* Host nodes between the first and the last of a job are steps of their own. */
enum work_step_kind {
	WORK_PACK,	/* index = tensor */
	WORK_JOB,	/* index = first node, last = last node */
	WORK_UNPACK,	/* index = tensor */
	WORK_HOST,	/* index = node */
};

struct work_step {
	enum work_step_kind kind;
	uint32_t index, last;
	uint32_t first_task, n_tasks;	/* of a job; set by emit_streams() */
};

/**
 * struct work - one compilation
 * @graph: the model
 * @options: never NULL
 * @limits: of the chip
 * @diag: messages
 * @scratch: memory until the program is made
 * @nodes: one per operator
 * @writer: operator that writes each tensor; GRAPH_NONE for inputs and constants
 * @readers: how many operators and model outputs read each tensor
 * @features: one per tensor, then NODE_SCRATCH per operator
 * @n_features: how many
 * @steps: in execution order
 * @n_steps: how many
 * @activation_bytes: size of all features, memory shared
 * @least_bytes: size of the features that are needed together, at the worst moment
 * @const_bytes: size of weights and tables
 * @program: the result, filled in by emit
 */
struct work {
	const struct graph *graph;
	const struct compile_options *options;
	const struct npu_limits *limits;
	struct diag *diag;
	struct arena scratch;
	struct node *nodes;
	uint32_t *writer;
	uint32_t *readers;
	struct feature *features;
	uint32_t n_features;
	struct work_step *steps;
	uint32_t n_steps;
	uint32_t activation_bytes;
	uint64_t least_bytes;
	uint32_t const_bytes;
	struct program *program;
};

/* The passes, in order. Return: 0, -ENOMEM, or -ENOTSUP from legalize. */
int legalize(struct work *w);
int tile(struct work *w);
int requant(struct work *w);
int bias(struct work *w);
int fuse(struct work *w);
int schedule(struct work *w);
int place(struct work *w);
int emit_streams(struct work *w);
int assemble(struct work *w);

/* report() - fill in the report of the options, if one is wanted. Return: 0 or -ENOMEM. */
int report(struct work *w);

/**
 * work_print() - nodes, features and steps as text
 * @w: compilation
 * @f: where to
 */
void work_print(const struct work *w, FILE *f);

/**
 * node_to_host() - let the CPU compute an operator after all
 * @n: node
 * @reason: constant text
 */
void node_to_host(struct node *n, const char *reason);

/**
 * work_each_conv() - refine each convolution
 * @w: compilation
 * @refine: what to do with one; -ENOTSUP and the reason make it the CPU's
 *
 * Return: 0 or the first other errno.
 */
int work_each_conv(struct work *w,
		   int (*refine)(struct work *w, struct conv *c, const char **reason));

/**
 * legalize_remedy() - what the NPU asks of a kind of operator
 * @kind: kind
 *
 * Return: constant text; NULL when nothing brings it there.
 */
const char *legalize_remedy(enum op_kind kind);

/**
 * fuse_left_alone() - is an operator on the CPU only because its neighbours are?
 * @reason: of its node
 *
 * Return: true when it is.
 */
bool fuse_left_alone(const char *reason);

/**
 * work_scratch() - number of a scratch among the features
 * @w: compilation
 * @n: node
 * @which: 0 for its first
 *
 * Return: the number.
 */
uint32_t work_scratch(const struct work *w, const struct node *n, uint32_t which);

/**
 * conv_surfaces() - channel blocks that a convolution writes
 * @c: convolution after the tile pass
 *
 * Return: blocks, those beyond its channels included.
 */
uint32_t conv_surfaces(const struct conv *c);

#endif /* COMPILER_WORK_H */
