// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operators of a .tflite file
 *
 * A table says which builtin becomes which operator of the graph, which options table it must carry
 * and who reads that. What the table lacks becomes OP_UNKNOWN; an option value we have no
 * arithmetic for refuses the operator, by name. Custom operators are in read_custom.c.
 */
#include <inttypes.h>

#include <base/bits.h>
#include <graph/graph.h>

#include "fb.h"
#include "reader.h"
#include "schema.h"

static const char *const builtin_names[] = {
#define TFL_BUILTIN(number, name) [number] = #name,
#include "builtins.def"
#undef TFL_BUILTIN
};

static const struct {
	enum activation activation;
	const char *refused;
} activations[] = {
	[TFL_ACTIVATION_NONE] = { ACTIVATION_NONE, NULL },
	[TFL_ACTIVATION_RELU] = { ACTIVATION_RELU, NULL },
	[TFL_ACTIVATION_RELU_N1_TO_1] = { ACTIVATION_RELU_N1_TO_1, NULL },
	[TFL_ACTIVATION_RELU6] = { ACTIVATION_RELU6, NULL },
	[TFL_ACTIVATION_TANH] = { ACTIVATION_OTHER, "fused activation TANH is not supported" },
	[TFL_ACTIVATION_SIGN_BIT] = { ACTIVATION_OTHER,
				      "fused activation SIGN_BIT is not supported" },
};

static int read_activation(const struct fb_table *t, struct fb_field f, struct op *op,
			   enum activation *out)
{
	int64_t v;
	int ret;

	ret = fb_int(t, f, FB_I8, TFL_ACTIVATION_NONE, &v);
	if (ret)
		return ret;
	if (v < 0 || v >= (int64_t)ARRAY_SIZE(activations))
		return fb_complain(t, f.name, -1, "activation %" PRId64 " does not exist", v);
	*out = activations[v].activation;
	if (activations[v].refused)
		op->refused = activations[v].refused;

	return 0;
}

static int read_padding(const struct fb_table *t, struct fb_field f, enum padding *out)
{
	int64_t v;
	int ret;

	ret = fb_int(t, f, FB_I8, TFL_SAME, &v);
	if (ret)
		return ret;
	if (v != TFL_SAME && v != TFL_VALID)
		return fb_complain(t, f.name, -1, "padding %" PRId64 " does not exist", v);
	*out = v == TFL_SAME ? PADDING_SAME : PADDING_VALID;

	return 0;
}

struct int_field {
	struct fb_field field;
	int32_t *out;
	int32_t absent;
};

static int read_ints(const struct fb_table *t, const struct int_field *fields, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		int64_t v;
		int ret;

		ret = fb_int(t, fields[i].field, FB_I32, fields[i].absent, &v);
		if (ret)
			return ret;
		*fields[i].out = v;
	}

	return 0;
}

static int read_conv(const struct reader *r, const struct fb_table *t, struct op *op)
{
	struct conv_params *p = &op->u.conv;
	const struct int_field fields[] = {
		{ TFL_CONV_STRIDE_H, &p->stride_h, 0 },
		{ TFL_CONV_STRIDE_W, &p->stride_w, 0 },
		{ TFL_CONV_DILATION_H, &p->dilation_h, 1 },
		{ TFL_CONV_DILATION_W, &p->dilation_w, 1 },
	};
	int ret;

	p->depth_multiplier = 1;
	ret = read_padding(t, TFL_CONV_PADDING, &p->padding);
	if (!ret)
		ret = read_activation(t, TFL_CONV_ACTIVATION, op, &p->activation);
	return ret ? ret : read_ints(t, fields, ARRAY_SIZE(fields));
}

static int read_depthwise(const struct reader *r, const struct fb_table *t, struct op *op)
{
	struct conv_params *p = &op->u.conv;
	const struct int_field fields[] = {
		{ TFL_DW_STRIDE_H, &p->stride_h, 0 },
		{ TFL_DW_STRIDE_W, &p->stride_w, 0 },
		{ TFL_DW_DILATION_H, &p->dilation_h, 1 },
		{ TFL_DW_DILATION_W, &p->dilation_w, 1 },
		{ TFL_DW_MULTIPLIER, &p->depth_multiplier, 0 },
	};
	const struct tensor *x, *w;
	int ret;

	ret = read_padding(t, TFL_DW_PADDING, &p->padding);
	if (!ret)
		ret = read_activation(t, TFL_DW_ACTIVATION, op, &p->activation);
	if (!ret)
		ret = read_ints(t, fields, ARRAY_SIZE(fields));
	if (ret || p->depth_multiplier || op->n_inputs < 2)
		return ret;

	/* New converters leave it 0: the shapes say it. */
	x = op->inputs[0] == GRAPH_NONE ? NULL : &r->g->tensors[op->inputs[0]];
	w = op->inputs[1] == GRAPH_NONE ? NULL : &r->g->tensors[op->inputs[1]];
	if (x && w && x->shape.rank == 4 && w->shape.rank == 4)
		p->depth_multiplier = w->shape.dim[3] / x->shape.dim[3];

	return 0;
}

static int read_pool(const struct reader *r, const struct fb_table *t, struct op *op)
{
	struct pool_params *p = &op->u.pool;
	const struct int_field fields[] = {
		{ TFL_POOL_STRIDE_H, &p->stride_h, 0 },
		{ TFL_POOL_STRIDE_W, &p->stride_w, 0 },
		{ TFL_POOL_FILTER_H, &p->filter_h, 0 },
		{ TFL_POOL_FILTER_W, &p->filter_w, 0 },
	};
	int ret;

	ret = read_padding(t, TFL_POOL_PADDING, &p->padding);
	if (!ret)
		ret = read_activation(t, TFL_POOL_ACTIVATION, op, &p->activation);
	return ret ? ret : read_ints(t, fields, ARRAY_SIZE(fields));
}

static int read_fully_connected(const struct reader *r, const struct fb_table *t, struct op *op)
{
	int64_t format, keep;
	int ret;

	ret = read_activation(t, TFL_FC_ACTIVATION, op, &op->u.fc.activation);
	if (!ret)
		ret = fb_int(t, TFL_FC_WEIGHTS_FORMAT, FB_I8, 0, &format);
	if (!ret)
		ret = fb_int(t, TFL_FC_KEEP_NUM_DIMS, FB_U8, 0, &keep);
	if (ret)
		return ret;
	op->u.fc.keep_num_dims = keep;
	if (format)
		op->refused = "shuffled weights are not supported";

	return 0;
}

static int read_eltwise(const struct reader *r, const struct fb_table *t, struct op *op)
{
	return read_activation(t, TFL_ELTWISE_ACTIVATION, op, &op->u.eltwise.activation);
}

static int read_softmax(const struct reader *r, const struct fb_table *t, struct op *op)
{
	return fb_float(t, TFL_SOFTMAX_BETA, &op->u.softmax.beta);
}

static int read_concat(const struct reader *r, const struct fb_table *t, struct op *op)
{
	const struct int_field axis = { TFL_CONCAT_AXIS, &op->u.concat.axis, 0 };
	int ret;

	ret = read_activation(t, TFL_CONCAT_ACTIVATION, op, &op->u.concat.activation);
	if (!ret)
		ret = read_ints(t, &axis, 1);
	if (!ret && op->u.concat.axis < 0 && op->n_outputs)
		op->u.concat.axis += r->g->tensors[op->outputs[0]].shape.rank;

	return ret;
}

static int read_reducer(const struct reader *r, const struct fb_table *t, struct op *op)
{
	int64_t keep;
	int ret;

	ret = fb_int(t, TFL_REDUCER_KEEP_DIMS, FB_U8, 0, &keep);
	if (!ret)
		op->u.reduce.keep_dims = keep;

	return ret;
}

static int read_leaky_relu(const struct reader *r, const struct fb_table *t, struct op *op)
{
	return fb_float(t, TFL_LEAKY_RELU_ALPHA, &op->u.leaky_relu.alpha);
}

static int read_split(const struct reader *r, const struct fb_table *t, struct op *op)
{
	int64_t count;
	int ret;

	ret = fb_int(t, TFL_SPLIT_NUM_SPLITS, FB_I32, 0, &count);
	if (!ret && count != op->n_outputs)
		ret = fb_complain(t, TFL_SPLIT_NUM_SPLITS.name, -1,
				  "is %" PRId64 ", but there are %" PRIu32 " outputs", count,
				  op->n_outputs);

	return ret;
}

static int read_strided_slice(const struct reader *r, const struct fb_table *t, struct op *op)
{
	int32_t ellipsis = 0, new_axis = 0;
	const struct int_field fields[] = {
		{ TFL_SLICE_BEGIN_MASK, &op->u.slice.begin_mask, 0 },
		{ TFL_SLICE_END_MASK, &op->u.slice.end_mask, 0 },
		{ TFL_SLICE_SHRINK_AXIS_MASK, &op->u.slice.shrink_axis_mask, 0 },
		{ TFL_SLICE_ELLIPSIS_MASK, &ellipsis, 0 },
		{ TFL_SLICE_NEW_AXIS_MASK, &new_axis, 0 },
	};
	int64_t offset = 0;
	int ret;

	ret = read_ints(t, fields, ARRAY_SIZE(fields));
	if (!ret)
		ret = fb_int(t, TFL_SLICE_OFFSET, FB_U8, 0, &offset);
	if (ellipsis || new_axis)
		op->refused = "a slice with an ellipsis or a new axis is not supported";
	else if (offset)
		op->refused = "a slice whose ends are offsets is not supported";

	return ret;
}

static int read_transpose_conv(const struct reader *r, const struct fb_table *t, struct op *op)
{
	struct conv_params *p = &op->u.conv;
	const struct int_field fields[] = {
		{ TFL_TRANSPOSE_CONV_STRIDE_H, &p->stride_h, 0 },
		{ TFL_TRANSPOSE_CONV_STRIDE_W, &p->stride_w, 0 },
	};
	int ret;

	p->dilation_h = p->dilation_w = p->depth_multiplier = 1;
	ret = read_padding(t, TFL_TRANSPOSE_CONV_PADDING, &p->padding);
	if (!ret)
		ret = read_activation(t, TFL_TRANSPOSE_CONV_ACTIVATION, op, &p->activation);
	return ret ? ret : read_ints(t, fields, ARRAY_SIZE(fields));
}

static int read_resize(const struct fb_table *t, struct fb_field align, struct fb_field half,
		       struct op *op)
{
	int64_t align_corners = 0, half_pixel_centers = 0;
	int ret;

	ret = fb_int(t, align, FB_U8, 0, &align_corners);
	if (!ret)
		ret = fb_int(t, half, FB_U8, 0, &half_pixel_centers);
	op->u.resize.align_corners = align_corners;
	op->u.resize.half_pixel_centers = half_pixel_centers;

	return ret;
}

static int read_nearest(const struct reader *r, const struct fb_table *t, struct op *op)
{
	return read_resize(t, TFL_NEAREST_ALIGN_CORNERS, TFL_NEAREST_HALF_PIXEL, op);
}

static int read_bilinear(const struct reader *r, const struct fb_table *t, struct op *op)
{
	return read_resize(t, TFL_BILINEAR_ALIGN_CORNERS, TFL_BILINEAR_HALF_PIXEL, op);
}

static int read_mirror_pad(const struct reader *r, const struct fb_table *t, struct op *op)
{
	int64_t mode;
	int ret;

	ret = fb_int(t, TFL_MIRROR_PAD_MODE, FB_I8, TFL_REFLECT, &mode);
	if (!ret && mode != TFL_REFLECT && mode != TFL_SYMMETRIC)
		ret = fb_complain(t, TFL_MIRROR_PAD_MODE.name, -1,
				  "mode %" PRId64 " does not exist", mode);
	if (!ret)
		op->u.mirror_pad.symmetric = mode == TFL_SYMMETRIC;

	return ret;
}

static const struct op_reader {
	enum tfl_builtin builtin;
	enum op_kind kind;
	enum tfl_options options;
	int (*read)(const struct reader *r, const struct fb_table *options, struct op *op);
} op_readers[] = {
	{ TFL_CONV_2D, OP_CONV_2D, TFL_OPTIONS_CONV_2D, read_conv },
	{ TFL_DEPTHWISE_CONV_2D, OP_DEPTHWISE_CONV_2D, TFL_OPTIONS_DEPTHWISE_CONV_2D,
	  read_depthwise },
	{ TFL_FULLY_CONNECTED, OP_FULLY_CONNECTED, TFL_OPTIONS_FULLY_CONNECTED,
	  read_fully_connected },
	{ TFL_AVERAGE_POOL_2D, OP_AVERAGE_POOL_2D, TFL_OPTIONS_POOL_2D, read_pool },
	{ TFL_MAX_POOL_2D, OP_MAX_POOL_2D, TFL_OPTIONS_POOL_2D, read_pool },
	{ TFL_ADD, OP_ADD, TFL_OPTIONS_ADD, read_eltwise },
	{ TFL_SUB, OP_SUB, TFL_OPTIONS_SUB, read_eltwise },
	{ TFL_MUL, OP_MUL, TFL_OPTIONS_MUL, read_eltwise },
	{ TFL_MAXIMUM, OP_MAXIMUM, TFL_OPTIONS_MAXIMUM_MINIMUM, NULL },
	{ TFL_MINIMUM, OP_MINIMUM, TFL_OPTIONS_MAXIMUM_MINIMUM, NULL },
	{ TFL_RESHAPE, OP_RESHAPE, TFL_OPTIONS_RESHAPE, NULL }, /* the output's shape says it all */
	{ TFL_SOFTMAX, OP_SOFTMAX, TFL_OPTIONS_SOFTMAX, read_softmax },
	{ TFL_CONCATENATION, OP_CONCATENATION, TFL_OPTIONS_CONCATENATION, read_concat },
	{ TFL_PAD, OP_PAD, TFL_OPTIONS_PAD, NULL },
	{ TFL_MEAN, OP_MEAN, TFL_OPTIONS_REDUCER, read_reducer },
	{ TFL_QUANTIZE, OP_QUANTIZE, TFL_OPTIONS_QUANTIZE, NULL },
	{ TFL_LOGISTIC, OP_LOGISTIC, TFL_OPTIONS_NONE, NULL },
	{ TFL_DEQUANTIZE, OP_DEQUANTIZE, TFL_OPTIONS_DEQUANTIZE, NULL },
	{ TFL_TANH, OP_TANH, TFL_OPTIONS_NONE, NULL },
	{ TFL_RELU, OP_RELU, TFL_OPTIONS_NONE, NULL },
	{ TFL_RELU6, OP_RELU6, TFL_OPTIONS_NONE, NULL },
	{ TFL_RELU_N1_TO_1, OP_RELU_N1_TO_1, TFL_OPTIONS_NONE, NULL },
	{ TFL_LEAKY_RELU, OP_LEAKY_RELU, TFL_OPTIONS_LEAKY_RELU, read_leaky_relu },
	{ TFL_PRELU, OP_PRELU, TFL_OPTIONS_NONE, NULL },
	{ TFL_HARD_SWISH, OP_HARD_SWISH, TFL_OPTIONS_HARD_SWISH, NULL },
	{ TFL_SPLIT, OP_SPLIT, TFL_OPTIONS_SPLIT, read_split },
	{ TFL_STRIDED_SLICE, OP_STRIDED_SLICE, TFL_OPTIONS_STRIDED_SLICE, read_strided_slice },
	{ TFL_TRANSPOSE, OP_TRANSPOSE, TFL_OPTIONS_TRANSPOSE, NULL },
	{ TFL_TRANSPOSE_CONV, OP_TRANSPOSE_CONV, TFL_OPTIONS_TRANSPOSE_CONV, read_transpose_conv },
	{ TFL_RESIZE_NEAREST_NEIGHBOR, OP_RESIZE_NEAREST_NEIGHBOR,
	  TFL_OPTIONS_RESIZE_NEAREST_NEIGHBOR, read_nearest },
	{ TFL_RESIZE_BILINEAR, OP_RESIZE_BILINEAR, TFL_OPTIONS_RESIZE_BILINEAR, read_bilinear },
	{ TFL_PADV2, OP_PADV2, TFL_OPTIONS_PADV2, NULL },
	{ TFL_MIRROR_PAD, OP_MIRROR_PAD, TFL_OPTIONS_MIRROR_PAD, read_mirror_pad },
};

static const struct op_reader *find_reader(int64_t builtin)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(op_readers); i++)
		if (op_readers[i].builtin == builtin)
			return &op_readers[i];

	return NULL;
}

/*
 * Old files have the code in a byte, new ones in an int and 127 or the same in the byte: the larger
 * one counts.
 */
static int read_code(const struct reader *r, const struct fb_table *t, struct fb_table *code,
		     int64_t *builtin)
{
	int64_t number, narrow, wide;
	int ret;

	ret = fb_int(t, TFL_OP_OPCODE_INDEX, FB_U32, 0, &number);
	if (ret)
		return ret;
	if (number >= r->codes.count)
		return fb_complain(t, TFL_OP_OPCODE_INDEX.name, -1,
				   "operator code %" PRId64 " does not exist, there are %" PRIu32,
				   number, r->codes.count);
	ret = fb_vec_sub(&r->codes, number, code);
	if (!ret)
		ret = fb_int(code, TFL_CODE_DEPRECATED_BUILTIN, FB_I8, 0, &narrow);
	if (!ret)
		ret = fb_int(code, TFL_CODE_BUILTIN, FB_I32, 0, &wide);
	if (ret)
		return ret;
	*builtin = max_i64(narrow, wide);
	if (*builtin < 0)
		return fb_complain(code, TFL_CODE_BUILTIN.name, -1, "is %" PRId64, *builtin);

	return 0;
}

static void name_unknown(int64_t builtin, struct op *op)
{
	op->kind = OP_UNKNOWN;
	op->refused = READER_UNKNOWN;
	op->name = builtin < (int64_t)ARRAY_SIZE(builtin_names) ? builtin_names[builtin] :
		   "builtin operator newer than this reader";
}

static int read_options(const struct reader *r, const struct fb_table *t,
			const struct op_reader *how, struct op *op)
{
	struct fb_table options;
	int64_t type;
	int ret;

	ret = fb_int(t, TFL_OP_OPTIONS_TYPE, FB_U8, TFL_OPTIONS_NONE, &type);
	if (ret)
		return ret;
	if (type != how->options && type != TFL_OPTIONS_NONE)
		return fb_complain(t, TFL_OP_OPTIONS_TYPE.name, -1,
				   "type %" PRId64 " does not belong to %s", type, op->name);
	ret = fb_sub(t, TFL_OP_OPTIONS, &options);
	if (!ret && how->read)
		ret = how->read(r, &options, op);

	return ret;
}

int reader_op(struct reader *r, const struct fb_table *t, struct op *op)
{
	const struct op_reader *how;
	struct fb_table code;
	int64_t builtin = 0;
	int ret;

	ret = read_code(r, t, &code, &builtin);
	if (!ret)
		ret = reader_numbers(r, t, TFL_OP_INPUTS, true, &op->inputs, &op->n_inputs);
	if (!ret)
		ret = reader_numbers(r, t, TFL_OP_OUTPUTS, false, &op->outputs, &op->n_outputs);
	if (ret)
		return ret;
	if (builtin == TFL_CUSTOM)
		return reader_custom(r, &code, t, op);
	how = find_reader(builtin);
	if (!how) {
		name_unknown(builtin, op);
		return 0;
	}
	op->kind = how->kind;
	op->name = op_kind_name(op->kind);

	return read_options(r, t, how, op);
}
