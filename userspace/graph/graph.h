/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The graph
 *
 * What a model computes, in TensorFlow Lite's terms: tensors in NHWC order, operators in execution
 * order. Readers fill it, the compiler and the reference read it. It knows no files, layouts or
 * registers.
 */
#ifndef GRAPH_GRAPH_H
#define GRAPH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <base/arena.h>

struct diag;

#define GRAPH_RANK_MAX	6
#define GRAPH_NONE	UINT32_MAX	/* "no tensor", for optional inputs */

enum dtype {
	DTYPE_UINT8,
	DTYPE_INT8,
	DTYPE_INT16,
	DTYPE_INT32,
	DTYPE_INT64,
	DTYPE_FLOAT32,
	DTYPE_OTHER,	/* known to TensorFlow Lite, not to us; never computed with */
};

enum op_kind {
#define OP(kind, name, least, most, outputs) OP_##kind,
#include <graph/ops.def>
#undef OP
	OP_KINDS
};

enum padding {
	PADDING_SAME,
	PADDING_VALID,
};

enum activation {
	ACTIVATION_NONE,
	ACTIVATION_RELU,
	ACTIVATION_RELU_N1_TO_1,
	ACTIVATION_RELU6,
	ACTIVATION_OTHER,	/* tanh and the like: refused by name */
};

/**
 * struct shape - extents in elements, outermost first
 * @rank: dimensions used; 0 is a scalar
 * @dim: extents, each at least 1
 */
struct shape {
	unsigned int rank;
	int32_t dim[GRAPH_RANK_MAX];
};

/**
 * struct quant - real = scale * (stored - zero_point)
 * @count: 0 not quantised, 1 per tensor, else per slice along @axis
 * @axis: dimension that @count runs along; used when @count > 1
 * @scale: @count positive numbers
 * @zero_point: @count numbers in the range of the type
 */
struct quant {
	uint32_t count;
	uint32_t axis;
	const float *scale;
	const int32_t *zero_point;
};

/**
 * struct tensor - one value
 * @name: from the model; never NULL
 * @type: element type
 * @shape: extents
 * @quant: quantisation
 * @data: contents of a constant in C order, little endian, @bytes long; NULL when computed. Not
 * owned: it lies in the memory the graph was read from, or in the graph's arena.
 * @bytes: size of the whole tensor
 */
struct tensor {
	const char *name;
	enum dtype type;
	struct shape shape;
	struct quant quant;
	const void *data;
	size_t bytes;
};

/*
 * CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV; weights OHWI, depthwise 1HWC. CONV_2D has groups when
 * the input has more channels than I: the first O / groups kernels read the first I channels, and
 * so on. The inputs of TRANSPOSE_CONV are the output's shape, weights, input and bias.
 */
struct conv_params {
	enum padding padding;
	enum activation activation;
	int32_t stride_h, stride_w;
	int32_t dilation_h, dilation_w;
	int32_t depth_multiplier;	/* depthwise only */
};

struct pool_params {	/* AVERAGE_POOL_2D, MAX_POOL_2D */
	enum padding padding;
	enum activation activation;
	int32_t stride_h, stride_w;
	int32_t filter_h, filter_w;
};

struct fc_params {	/* FULLY_CONNECTED; weights [out][in] */
	enum activation activation;
	bool keep_num_dims;
};

struct eltwise_params {	/* ADD, SUB, MUL */
	enum activation activation;
};

struct softmax_params {
	float beta;
};

struct concat_params {
	int32_t axis;
	enum activation activation;
};

struct reduce_params {	/* MEAN; axes are input 1 */
	bool keep_dims;
};

struct leaky_relu_params {
	float alpha;	/* slope below zero */
};

/* STRIDED_SLICE; bit i is about dimension i. Inputs 1 to 3 are begins, ends and strides */
struct slice_params {
	int32_t begin_mask;		/* from the first element on */
	int32_t end_mask;		/* to the last element */
	int32_t shrink_axis_mask;	/* one element, and the dimension goes */
};

struct resize_params {	/* RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR; the size is input 1 */
	bool align_corners;
	bool half_pixel_centers;
};

struct mirror_pad_params {
	bool symmetric;	/* the edge itself is repeated */
};

/*
 * TFLite_Detection_PostProcess: box encodings, class scores and anchors become boxes, classes,
 * scores and their count. Scores may have a column more than classes, the background, which comes
 * first.
 */
struct detection_params {
	int32_t max_detections;
	int32_t max_classes_per_detection;
	int32_t detections_per_class;	/* with use_regular_nms */
	int32_t num_classes;		/* without the background */
	bool use_regular_nms;		/* suppress within each class, not over all */
	float nms_score_threshold;
	float nms_iou_threshold;
	float y_scale, x_scale, h_scale, w_scale;
};

/**
 * struct op - one operator
 * @kind: what it computes
 * @index: its number in the model's file
 * @name: TensorFlow Lite's name; for OP_UNKNOWN the builtin's or custom operator's name
 * @inputs: tensor numbers; GRAPH_NONE for an optional input that is absent
 * @n_inputs: how many
 * @outputs: tensor numbers
 * @n_outputs: how many
 * @refused: why no part of this stack can compute it (OP_UNKNOWN or an option we do not know); else
 * NULL
 * @u: parameters, by @kind
 */
struct op {
	enum op_kind kind;
	uint32_t index;
	const char *name;
	uint32_t *inputs;
	uint32_t n_inputs;
	uint32_t *outputs;
	uint32_t n_outputs;
	const char *refused;
	union {
		struct conv_params conv;
		struct pool_params pool;
		struct fc_params fc;
		struct eltwise_params eltwise;
		struct softmax_params softmax;
		struct concat_params concat;
		struct reduce_params reduce;
		struct leaky_relu_params leaky_relu;
		struct slice_params slice;
		struct resize_params resize;
		struct mirror_pad_params mirror_pad;
		struct detection_params detection;
	} u;
};

/**
 * struct graph - a model
 * @arena: owns everything the graph points to, but constants (see struct tensor.data)
 * @name: description from the file, or ""
 * @tensors: all tensors
 * @n_tensors: how many
 * @ops: operators in execution order
 * @n_ops: how many
 * @inputs: tensor numbers of the model's inputs
 * @n_inputs: how many
 * @outputs: tensor numbers of the model's outputs
 * @n_outputs: how many
 */
struct graph {
	struct arena arena;
	const char *name;
	struct tensor *tensors;
	uint32_t n_tensors;
	struct op *ops;
	uint32_t n_ops;
	uint32_t *inputs;
	uint32_t n_inputs;
	uint32_t *outputs;
	uint32_t n_outputs;
};

/**
 * graph_create() - an empty graph
 *
 * Return: the graph, owned by the caller; NULL when memory is out.
 */
struct graph *graph_create(void);

/**
 * graph_destroy() - free a graph and all it owns
 * @g: graph or NULL
 */
void graph_destroy(struct graph *g);

/**
 * graph_verify() - check everything the other passes rely on
 * @g: graph
 * @d: receives every reason, with operator and tensor names
 *
 * Tensor numbers, input counts, ranks and shapes that fit the operator, byte sizes, parameters in
 * range, operators in execution order, each tensor written once, finite positive scales, zero
 * points in the range of the type.
 *
 * Return: 0 or -EINVAL.
 */
int graph_verify(const struct graph *g, struct diag *d);

/**
 * graph_print() - the graph as text, one line per tensor and operator
 * @g: graph
 * @f: where to
 */
void graph_print(const struct graph *g, FILE *f);

/**
 * graph_consumers() - how many operators and model outputs read a tensor
 * @g: graph
 * @tensor: tensor number
 *
 * Return: the count.
 */
unsigned int graph_consumers(const struct graph *g, uint32_t tensor);

/**
 * dtype_bytes() - size of one element
 * @t: type
 *
 * Return: bytes; 0 for DTYPE_OTHER.
 */
size_t dtype_bytes(enum dtype t);

/**
 * dtype_name() - TensorFlow Lite's name of a type
 * @t: type
 *
 * Return: constant string.
 */
const char *dtype_name(enum dtype t);

/**
 * op_kind_name() - printed name of an operator kind
 * @k: kind
 *
 * Return: constant string.
 */
const char *op_kind_name(enum op_kind k);

/**
 * tensor_int() - one element of an integer constant
 * @t: tensor with data, of an integer type
 * @i: element in C order, within the shape
 *
 * Return: the stored number, whatever the alignment of the data.
 */
int64_t tensor_int(const struct tensor *t, size_t i);

/**
 * struct slice - what STRIDED_SLICE takes of one dimension
 * @first: element it begins with
 * @step: to the next one, not 0
 * @count: elements; 0 or less when there are none
 * @dropped: the dimension is not in the output
 */
struct slice {
	int64_t first;
	int64_t step;
	int64_t count;
	bool dropped;
};

/**
 * slice_of() - what STRIDED_SLICE takes of one dimension
 * @g: graph
 * @op: STRIDED_SLICE whose begins, ends and strides are integer constants of the same length,
 * strides not 0
 * @axis: dimension of its input
 *
 * Return: the slice.
 */
struct slice slice_of(const struct graph *g, const struct op *op, unsigned int axis);

/**
 * shape_elements() - number of elements
 * @s: shape
 *
 * Return: the product of the extents; -1 when it does not fit 63 bits or an extent is below 1.
 */
int64_t shape_elements(const struct shape *s);

/**
 * shape_equal() - same rank and extents
 * @a: shape
 * @b: shape
 *
 * Return: true when equal.
 */
bool shape_equal(const struct shape *a, const struct shape *b);

/**
 * window_extent() - rows (or columns) that a dilated kernel covers
 * @taps: kernel extent, at least 1
 * @dilation: step between taps, at least 1
 *
 * Return: the extent in elements of the input.
 */
int64_t window_extent(int32_t taps, int32_t dilation);

/**
 * window_count() - output extent of a convolution or pooling
 * @padding: SAME or VALID
 * @in: input extent
 * @extent: kernel extent, dilation included
 * @stride: stride, at least 1
 *
 * Return: the count; 0 when no window fits.
 */
int64_t window_count(enum padding padding, int32_t in, int64_t extent, int32_t stride);

/**
 * padding_total() - rows (or columns) of padding that SAME asks for
 * @padding: SAME or VALID
 * @in: input extent
 * @out: output extent
 * @filter: kernel extent, dilation included
 * @stride: stride
 *
 * Return: the total; half of it, rounded down, goes before the first element. 0 for VALID.
 */
int32_t padding_total(enum padding padding, int32_t in, int32_t out, int32_t filter,
		      int32_t stride);

#endif /* GRAPH_GRAPH_H */
