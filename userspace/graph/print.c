// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The graph as text
 *
 * One line per tensor, one per operator; what a reader needs to compare two graphs or to report a
 * bug. Parameters are printed by a table of functions, one per operator kind that has any.
 */
#include <inttypes.h>

#include <base/bits.h>

#include "graph.h"

static const char *const paddings[] = { [PADDING_SAME] = "same", [PADDING_VALID] = "valid" };

static const char *const activations[] = {
	[ACTIVATION_NONE] = "none",
	[ACTIVATION_RELU] = "relu",
	[ACTIVATION_RELU_N1_TO_1] = "relu_n1_to_1",
	[ACTIVATION_RELU6] = "relu6",
	[ACTIVATION_OTHER] = "other",
};

static void print_activation(FILE *f, enum activation a)
{
	if (a != ACTIVATION_NONE)
		fprintf(f, " %s", activations[a]);
}

static void print_conv(FILE *f, const struct op *op)
{
	const struct conv_params *p = &op->u.conv;

	fprintf(f, " %s stride %" PRId32 "x%" PRId32, paddings[p->padding], p->stride_h,
		p->stride_w);
	if (p->dilation_h != 1 || p->dilation_w != 1)
		fprintf(f, " dilation %" PRId32 "x%" PRId32, p->dilation_h, p->dilation_w);
	if (op->kind == OP_DEPTHWISE_CONV_2D && p->depth_multiplier != 1)
		fprintf(f, " multiplier %" PRId32, p->depth_multiplier);
	print_activation(f, p->activation);
}

static void print_pool(FILE *f, const struct op *op)
{
	const struct pool_params *p = &op->u.pool;

	fprintf(f, " filter %" PRId32 "x%" PRId32 " %s stride %" PRId32 "x%" PRId32, p->filter_h,
		p->filter_w, paddings[p->padding], p->stride_h, p->stride_w);
	print_activation(f, p->activation);
}

static void print_fc(FILE *f, const struct op *op)
{
	fprintf(f, "%s", op->u.fc.keep_num_dims ? " keep_num_dims" : "");
	print_activation(f, op->u.fc.activation);
}

static void print_eltwise(FILE *f, const struct op *op)
{
	print_activation(f, op->u.eltwise.activation);
}

static void print_softmax(FILE *f, const struct op *op)
{
	fprintf(f, " beta %g", op->u.softmax.beta);
}

static void print_concat(FILE *f, const struct op *op)
{
	fprintf(f, " axis %" PRId32, op->u.concat.axis);
	print_activation(f, op->u.concat.activation);
}

static void print_reduce(FILE *f, const struct op *op)
{
	fprintf(f, "%s", op->u.reduce.keep_dims ? " keep_dims" : "");
}

static void print_detection(FILE *f, const struct op *op)
{
	const struct detection_params *p = &op->u.detection;

	fprintf(f,
		" at most %" PRId32 " of %" PRId32 " classes, %" PRId32
		" each, score %g overlap %g scale %g,%g,%g,%g%s",
		p->max_detections, p->num_classes, p->max_classes_per_detection,
		p->nms_score_threshold, p->nms_iou_threshold, p->y_scale, p->x_scale, p->h_scale,
		p->w_scale, p->use_regular_nms ? " by class" : "");
}

static void print_leaky_relu(FILE *f, const struct op *op)
{
	fprintf(f, " alpha %g", op->u.leaky_relu.alpha);
}

static void print_slice(FILE *f, const struct op *op)
{
	const struct slice_params *p = &op->u.slice;

	fprintf(f, " masks %" PRIx32 ",%" PRIx32 ",%" PRIx32, p->begin_mask, p->end_mask,
		p->shrink_axis_mask);
}

static void print_resize(FILE *f, const struct op *op)
{
	fprintf(f, "%s%s", op->u.resize.align_corners ? " align_corners" : "",
		op->u.resize.half_pixel_centers ? " half_pixel_centers" : "");
}

static void print_mirror_pad(FILE *f, const struct op *op)
{
	fprintf(f, " %s", op->u.mirror_pad.symmetric ? "symmetric" : "reflect");
}

static void (*const printers[OP_KINDS])(FILE *f, const struct op *op) = {
	[OP_CONV_2D] = print_conv,
	[OP_DEPTHWISE_CONV_2D] = print_conv,
	[OP_FULLY_CONNECTED] = print_fc,
	[OP_AVERAGE_POOL_2D] = print_pool,
	[OP_MAX_POOL_2D] = print_pool,
	[OP_ADD] = print_eltwise,
	[OP_SUB] = print_eltwise,
	[OP_MUL] = print_eltwise,
	[OP_SOFTMAX] = print_softmax,
	[OP_CONCATENATION] = print_concat,
	[OP_MEAN] = print_reduce,
	[OP_DETECTION_POSTPROCESS] = print_detection,
	[OP_LEAKY_RELU] = print_leaky_relu,
	[OP_STRIDED_SLICE] = print_slice,
	[OP_TRANSPOSE_CONV] = print_conv,
	[OP_RESIZE_NEAREST_NEIGHBOR] = print_resize,
	[OP_RESIZE_BILINEAR] = print_resize,
	[OP_MIRROR_PAD] = print_mirror_pad,
};

static void print_numbers(FILE *f, const char *label, const uint32_t *numbers, uint32_t count)
{
	fprintf(f, "%s", label);
	for (uint32_t i = 0; i < count; i++)
		if (numbers[i] == GRAPH_NONE)
			fprintf(f, " -");
		else
			fprintf(f, " %%%" PRIu32, numbers[i]);
}

static void print_tensor(FILE *f, uint32_t number, const struct tensor *t)
{
	fprintf(f, "%%%" PRIu32 " %s ", number, dtype_name(t->type));
	for (unsigned int i = 0; i < t->shape.rank; i++)
		fprintf(f, "%s%" PRId32, i ? "x" : "", t->shape.dim[i]);
	if (!t->shape.rank)
		fprintf(f, "scalar");
	if (t->quant.count == 1)
		fprintf(f, " scale %.9g zero_point %" PRId32, t->quant.scale[0],
			t->quant.zero_point[0]);
	else if (t->quant.count)
		fprintf(f, " scale[%" PRIu32 " along %" PRIu32 "] %.9g..", t->quant.count,
			t->quant.axis, t->quant.scale[0]);
	if (t->data)
		fprintf(f, " constant");
	fprintf(f, " '%s'\n", t->name);
}

void graph_print(const struct graph *g, FILE *f)
{
	fprintf(f, "graph '%s'\n", g->name);
	print_numbers(f, "inputs", g->inputs, g->n_inputs);
	print_numbers(f, "\noutputs", g->outputs, g->n_outputs);
	fprintf(f, "\n");
	for (uint32_t i = 0; i < g->n_tensors; i++)
		print_tensor(f, i, &g->tensors[i]);
	for (uint32_t i = 0; i < g->n_ops; i++) {
		const struct op *op = &g->ops[i];

		fprintf(f, "op %" PRIu32 " %s", op->index, op->name);
		print_numbers(f, "", op->inputs, op->n_inputs);
		print_numbers(f, " ->", op->outputs, op->n_outputs);
		if (op->refused)
			fprintf(f, " refused: %s", op->refused);
		else if (printers[op->kind])
			printers[op->kind](f, op);
		fprintf(f, "\n");
	}
}
