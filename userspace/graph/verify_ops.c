// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What each kind of operator asks of its tensors
 *
 * Shapes and parameters only; which element types an implementation takes is its own business. One
 * function per family, selected by a table.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <base/bits.h>

#include "graph.h"
#include "verify.h"

#define EXTENT_MAX (1 << 30)	/* so that sums of an extent and a coordinate fit int32 */

static const struct tensor *in(const struct verifier *v, unsigned int i)
{
	return i < v->op->n_inputs && v->op->inputs[i] != GRAPH_NONE
		       ? &v->g->tensors[v->op->inputs[i]]
		       : NULL;
}

static const struct tensor *out(const struct verifier *v, unsigned int i)
{
	return &v->g->tensors[v->op->outputs[i]];
}

static bool rank_is(struct verifier *v, const struct tensor *t, unsigned int rank)
{
	return t->shape.rank == rank ||
	       verify_fail(v, "'%s' has %u dimensions, must have %u", t->name, t->shape.rank, rank);
}

static bool dim_is(struct verifier *v, const struct tensor *t, unsigned int axis, int64_t want)
{
	return t->shape.dim[axis] == want ||
	       verify_fail(v, "'%s' has extent %" PRId32 " in dimension %u, must be %" PRId64,
			   t->name, t->shape.dim[axis], axis, want);
}

static bool shape_is(struct verifier *v, const struct tensor *t, const struct shape *want)
{
	if (!rank_is(v, t, want->rank))
		return false;
	for (unsigned int i = 0; i < want->rank; i++)
		if (!dim_is(v, t, i, want->dim[i]))
			return false;

	return true;
}

static bool positive(struct verifier *v, const char *what, int32_t value)
{
	return value >= 1 || verify_fail(v, "%s is %" PRId32 ", must be at least 1", what, value);
}

/* Contents known while reading, and integers. */
static bool known_ints(const struct tensor *t)
{
	return t->data && (t->type == DTYPE_INT32 || t->type == DTYPE_INT64);
}

static bool verify_bias(struct verifier *v, const struct tensor *bias, int32_t channels)
{
	if (!bias)
		return true;
	return shape_elements(&bias->shape) == channels ||
	       verify_fail(v, "bias '%s' has %" PRId64 " elements, must have %" PRId32, bias->name,
			   shape_elements(&bias->shape), channels);
}

struct window {
	enum padding padding;
	int32_t taps_h, taps_w, stride_h, stride_w, dilation_h, dilation_w;
};

static bool extent_fits(struct verifier *v, int32_t taps, int32_t dilation)
{
	return window_extent(taps, dilation) <= EXTENT_MAX ||
	       verify_fail(v, "filter covers %" PRId64 " elements, more than %d",
			   window_extent(taps, dilation), EXTENT_MAX);
}

static bool verify_window(struct verifier *v, const struct window *w)
{
	const struct tensor *x = in(v, 0), *y = out(v, 0);

	return positive(v, "filter height", w->taps_h) && positive(v, "filter width", w->taps_w) &&
	       positive(v, "stride_h", w->stride_h) && positive(v, "stride_w", w->stride_w) &&
	       positive(v, "dilation_h", w->dilation_h) &&
	       positive(v, "dilation_w", w->dilation_w) &&
	       extent_fits(v, w->taps_h, w->dilation_h) &&
	       extent_fits(v, w->taps_w, w->dilation_w) && dim_is(v, y, 0, x->shape.dim[0]) &&
	       dim_is(v, y, 1,
		      window_count(w->padding, x->shape.dim[1],
				   window_extent(w->taps_h, w->dilation_h), w->stride_h)) &&
	       dim_is(v, y, 2,
		      window_count(w->padding, x->shape.dim[2],
				   window_extent(w->taps_w, w->dilation_w), w->stride_w));
}

static void verify_conv(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *w = in(v, 1), *y = out(v, 0);
	const struct conv_params *p = &v->op->u.conv;
	bool depthwise = v->op->kind == OP_DEPTHWISE_CONV_2D;
	int32_t channels, in_channels;

	if (!rank_is(v, x, 4) || !rank_is(v, w, 4) || !rank_is(v, y, 4))
		return;
	channels = w->shape.dim[depthwise ? 3 : 0];
	in_channels = x->shape.dim[3];
	if (!verify_window(v, &(struct window){ p->padding, w->shape.dim[1], w->shape.dim[2],
						p->stride_h, p->stride_w, p->dilation_h,
						p->dilation_w }) ||
	    !dim_is(v, y, 3, channels) || !verify_bias(v, in(v, 2), channels))
		return;
	if (depthwise) {
		if (!dim_is(v, w, 0, 1) || !positive(v, "depth_multiplier", p->depth_multiplier))
			return;
		if ((int64_t)in_channels * p->depth_multiplier != channels)
			verify_fail(v,
				    "%" PRId32 " input channels times multiplier %" PRId32
				    " are not %" PRId32 " output channels",
				    in_channels, p->depth_multiplier, channels);
	} else if (in_channels % w->shape.dim[3] || channels % (in_channels / w->shape.dim[3])) {
		verify_fail(v,
			    "%" PRId32 " input and %" PRId32
			    " output channels do not fit kernels of %" PRId32 " channels",
			    in_channels, channels, w->shape.dim[3]);
	}
}

static void verify_pool(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *y = out(v, 0);
	const struct pool_params *p = &v->op->u.pool;

	if (rank_is(v, x, 4) && rank_is(v, y, 4) &&
	    verify_window(v, &(struct window){ p->padding, p->filter_h, p->filter_w, p->stride_h,
					       p->stride_w, 1, 1 }))
		dim_is(v, y, 3, x->shape.dim[3]);
}

/* The input is read as rows of the weights' length, whatever its rank. */
static void verify_fully_connected(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *w = in(v, 1), *y = out(v, 0);
	int64_t elements = shape_elements(&x->shape), rows;

	if (!rank_is(v, w, 2))
		return;
	if (elements % w->shape.dim[1]) {
		verify_fail(v, "input '%s' has %" PRId64 " elements, no multiple of %" PRId32,
			    x->name, elements, w->shape.dim[1]);
		return;
	}
	rows = elements / w->shape.dim[1];
	if (!y->shape.rank) {
		verify_fail(v, "output '%s' is a scalar", y->name);
		return;
	}
	if (!dim_is(v, y, y->shape.rank - 1, w->shape.dim[0]) ||
	    !verify_bias(v, in(v, 2), w->shape.dim[0]))
		return;
	if (shape_elements(&y->shape) / w->shape.dim[0] != rows)
		verify_fail(v, "output '%s' has %" PRId64 " rows, must have %" PRId64, y->name,
			    shape_elements(&y->shape) / w->shape.dim[0], rows);
}

static void verify_broadcast(struct verifier *v)
{
	const struct shape *a = &in(v, 0)->shape, *b = &in(v, 1)->shape;
	struct shape want = { .rank = max_i64(a->rank, b->rank) };

	for (unsigned int i = 0; i < want.rank; i++) {
		int32_t m = i + a->rank >= want.rank ? a->dim[i + a->rank - want.rank] : 1;
		int32_t n = i + b->rank >= want.rank ? b->dim[i + b->rank - want.rank] : 1;

		if (m != n && m != 1 && n != 1) {
			verify_fail(v,
				    "extents %" PRId32 " and %" PRId32
				    " of '%s' and '%s' do not broadcast",
				    m, n, in(v, 0)->name, in(v, 1)->name);
			return;
		}
		want.dim[i] = m == 1 ? n : m;
	}
	shape_is(v, out(v, 0), &want);
}

static void verify_same_shape(struct verifier *v)
{
	shape_is(v, out(v, 0), &in(v, 0)->shape);
}

static void verify_softmax(struct verifier *v)
{
	if (!isfinite(v->op->u.softmax.beta) || v->op->u.softmax.beta <= 0)
		verify_fail(v, "beta is %g, must be positive and finite", v->op->u.softmax.beta);
	if (!in(v, 0)->shape.rank)
		verify_fail(v, "input '%s' is a scalar", in(v, 0)->name);
	verify_same_shape(v);
}

static void verify_reshape(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *y = out(v, 0);

	if (shape_elements(&x->shape) != shape_elements(&y->shape))
		verify_fail(v, "'%s' has %" PRId64 " elements, but '%s' has %" PRId64, x->name,
			    shape_elements(&x->shape), y->name, shape_elements(&y->shape));
	if (x->type != y->type)
		verify_fail(v, "'%s' is %s, but '%s' is %s", x->name, dtype_name(x->type), y->name,
			    dtype_name(y->type));
}

static void verify_concat(struct verifier *v)
{
	struct shape want = in(v, 0)->shape;
	int32_t axis = v->op->u.concat.axis;
	int64_t total = 0;

	if (axis < 0 || (unsigned int)axis >= want.rank) {
		verify_fail(v, "axis is %" PRId32 ", but '%s' has %u dimensions", axis,
			    in(v, 0)->name, want.rank);
		return;
	}
	for (uint32_t i = 0; i < v->op->n_inputs; i++) {
		const struct tensor *x = in(v, i);

		if (!x) {
			verify_fail(v, "input %" PRIu32 " is missing", i);
			return;
		}
		if (!rank_is(v, x, want.rank))
			return;
		want.dim[axis] = x->shape.dim[axis];
		total += x->shape.dim[axis];
		if (!shape_is(v, x, &want))
			return;
	}
	if (total > INT32_MAX) {
		verify_fail(v, "the inputs have %" PRId64 " slices together", total);
		return;
	}
	want.dim[axis] = total;
	shape_is(v, out(v, 0), &want);
}

static void verify_pad(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *paddings = in(v, 1);

	if (!rank_is(v, paddings, 2) || !dim_is(v, paddings, 0, x->shape.rank) ||
	    !dim_is(v, paddings, 1, 2) || !rank_is(v, out(v, 0), x->shape.rank) ||
	    !known_ints(paddings))
		return;
	for (unsigned int i = 0; i < x->shape.rank; i++) {
		int64_t before = tensor_int(paddings, 2 * i),
			after = tensor_int(paddings, 2 * i + 1);

		if (before < 0 || after < 0 || before > INT32_MAX || after > INT32_MAX) {
			verify_fail(v, "paddings of dimension %u are %" PRId64 " and %" PRId64, i,
				    before, after);
			return;
		}
		if (!dim_is(v, out(v, 0), i, x->shape.dim[i] + before + after))
			return;
	}
}

static void verify_reduce(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *axes = in(v, 1);
	struct shape want = { 0 };
	unsigned int reduced = 0;

	if (!known_ints(axes))
		return;
	for (int64_t i = 0; i < shape_elements(&axes->shape); i++) {
		int64_t axis = tensor_int(axes, i), rank = x->shape.rank;

		if (axis < -rank || axis >= rank) {
			verify_fail(v, "axis is %" PRId64 ", but '%s' has %u dimensions", axis,
				    x->name, x->shape.rank);
			return;
		}
		reduced |= 1u << (axis < 0 ? axis + rank : axis);
	}
	for (unsigned int i = 0; i < x->shape.rank; i++)
		if (!(reduced & 1u << i))
			want.dim[want.rank++] = x->shape.dim[i];
		else if (v->op->u.reduce.keep_dims)
			want.dim[want.rank++] = 1;
	shape_is(v, out(v, 0), &want);
}

/*
 * What TensorFlow Lite asks for too, but for an order of the corners of each box, which only the
 * numbers tell.
 */
static bool verify_detection_params(struct verifier *v)
{
	const struct detection_params *p = &v->op->u.detection;
	const struct {
		const char *name;
		float value;
	} scales[] = { { "y_scale", p->y_scale },
		       { "x_scale", p->x_scale },
		       { "h_scale", p->h_scale },
		       { "w_scale", p->w_scale } };

	if (!positive(v, "max_detections", p->max_detections) ||
	    !positive(v, "max_classes_per_detection", p->max_classes_per_detection) ||
	    !positive(v, "num_classes", p->num_classes) ||
	    (p->use_regular_nms && !positive(v, "detections_per_class", p->detections_per_class)))
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(scales); i++)
		if (!isfinite(scales[i].value) || scales[i].value <= 0)
			return verify_fail(v, "%s is %g, must be positive and finite",
					   scales[i].name, scales[i].value);
	if (isnan(p->nms_score_threshold))
		return verify_fail(v, "nms_score_threshold is not a number");
	return (p->nms_iou_threshold > 0 && p->nms_iou_threshold <= 1) ||
	       verify_fail(v, "nms_iou_threshold is %g, must be above 0 and at most 1",
			   p->nms_iou_threshold);
}

static void verify_detection(struct verifier *v)
{
	const struct tensor *boxes = in(v, 0), *scores = in(v, 1), *anchors = in(v, 2);
	const struct detection_params *p = &v->op->u.detection;
	int64_t rows = (int64_t)p->max_detections * p->max_classes_per_detection;
	int32_t background;

	if (v->op->n_outputs != 4) {
		verify_fail(v, "%" PRIu32 " outputs, must be 4", v->op->n_outputs);
		return;
	}
	if (!verify_detection_params(v) || !rank_is(v, boxes, 3) || !rank_is(v, scores, 3) ||
	    !rank_is(v, anchors, 2) || !dim_is(v, boxes, 0, 1) || !dim_is(v, scores, 0, 1) ||
	    !dim_is(v, scores, 1, boxes->shape.dim[1]) ||
	    !dim_is(v, anchors, 0, boxes->shape.dim[1]) || !dim_is(v, anchors, 1, 4))
		return;
	if (boxes->shape.dim[2] < 4) {
		verify_fail(v, "'%s' has %" PRId32 " numbers for a box, must have 4", boxes->name,
			    boxes->shape.dim[2]);
		return;
	}
	background = scores->shape.dim[2] - p->num_classes;
	if (background != 0 && background != 1) {
		verify_fail(v,
			    "'%s' has %" PRId32 " columns, must have num_classes %" PRId32
			    " or one more",
			    scores->name, scores->shape.dim[2], p->num_classes);
		return;
	}
	if (rows > EXTENT_MAX) {
		verify_fail(v, "max_detections times max_classes_per_detection is %" PRId64, rows);
		return;
	}
	if (shape_is(v, out(v, 0), &(struct shape){ 3, { 1, rows, 4 } }) &&
	    shape_is(v, out(v, 1), &(struct shape){ 2, { 1, rows } }) &&
	    shape_is(v, out(v, 2), &(struct shape){ 2, { 1, rows } }))
		shape_is(v, out(v, 3), &(struct shape){ 1, { 1 } });
}

static void verify_leaky_relu(struct verifier *v)
{
	if (!isfinite(v->op->u.leaky_relu.alpha))
		verify_fail(v, "alpha is %g, must be finite", v->op->u.leaky_relu.alpha);
	else
		verify_same_shape(v);
}

static void verify_prelu(struct verifier *v)
{
	if (shape_is(v, out(v, 0), &in(v, 0)->shape))
		verify_broadcast(v);
}

static void verify_split(struct verifier *v)
{
	const struct tensor *axes = in(v, 0), *x = in(v, 1);
	struct shape want = x->shape;
	int64_t axis, rank = x->shape.rank;

	if (shape_elements(&axes->shape) != 1) {
		verify_fail(v, "axis '%s' has %" PRId64 " elements, must have 1", axes->name,
			    shape_elements(&axes->shape));
		return;
	}
	if (!known_ints(axes))
		return;
	axis = tensor_int(axes, 0);
	if (axis < -rank || axis >= rank) {
		verify_fail(v, "axis is %" PRId64 ", but '%s' has %u dimensions", axis, x->name,
			    x->shape.rank);
		return;
	}
	axis += axis < 0 ? rank : 0;
	if (want.dim[axis] % (int32_t)v->op->n_outputs) {
		verify_fail(v, "extent %" PRId32 " of '%s' is no multiple of %" PRIu32 " outputs",
			    want.dim[axis], x->name, v->op->n_outputs);
		return;
	}
	want.dim[axis] /= (int32_t)v->op->n_outputs;
	for (uint32_t i = 0; i < v->op->n_outputs; i++)
		if (!shape_is(v, out(v, i), &want))
			return;
}

static void verify_strided_slice(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *begins = in(v, 1), *strides = in(v, 3);
	struct shape want = { 0 };

	if (!rank_is(v, begins, 1) || !shape_is(v, in(v, 2), &begins->shape) ||
	    !shape_is(v, strides, &begins->shape))
		return;
	if (begins->shape.dim[0] > (int32_t)x->shape.rank) {
		verify_fail(v, "'%s' has %" PRId32 " elements, more than '%s' has dimensions",
			    begins->name, begins->shape.dim[0], x->name);
		return;
	}
	if (!known_ints(begins) || !known_ints(in(v, 2)) || !known_ints(strides))
		return;
	for (unsigned int i = 0; i < x->shape.rank; i++) {
		struct slice s;

		if ((int32_t)i < strides->shape.dim[0] && !tensor_int(strides, i)) {
			verify_fail(v, "stride of dimension %u is 0", i);
			return;
		}
		s = slice_of(v->g, v->op, i);
		if (s.count < 1) {
			verify_fail(v, "nothing of dimension %u of '%s' is taken", i, x->name);
			return;
		}
		if (!s.dropped)
			want.dim[want.rank++] = s.count;
	}
	shape_is(v, out(v, 0), &want);
}

static void verify_transpose(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *order = in(v, 1);
	struct shape want = { .rank = x->shape.rank };
	unsigned int seen = 0;

	if (shape_elements(&order->shape) != want.rank) {
		verify_fail(v, "'%s' has %" PRId64 " elements, but '%s' has %u dimensions",
			    order->name, shape_elements(&order->shape), x->name, want.rank);
		return;
	}
	if (!known_ints(order))
		return;
	for (unsigned int i = 0; i < want.rank; i++) {
		int64_t from = tensor_int(order, i);

		if (from < 0 || from >= want.rank || seen & 1u << from) {
			verify_fail(
				v, "'%s' puts dimension %" PRId64 " at %u, which is no order of %u",
				order->name, from, i, want.rank);
			return;
		}
		seen |= 1u << from;
		want.dim[i] = x->shape.dim[from];
	}
	shape_is(v, out(v, 0), &want);
}

/*
 * The input may have more or fewer rows than the output asks for: what falls outside is not
 * computed.
 */
static void verify_transpose_conv(struct verifier *v)
{
	const struct tensor *w = in(v, 1), *x = in(v, 2), *y = out(v, 0);
	const struct conv_params *p = &v->op->u.conv;

	if (!rank_is(v, w, 4) || !rank_is(v, x, 4) || !rank_is(v, y, 4) ||
	    !positive(v, "stride_h", p->stride_h) || !positive(v, "stride_w", p->stride_w) ||
	    !extent_fits(v, w->shape.dim[1], 1) || !extent_fits(v, w->shape.dim[2], 1) ||
	    !dim_is(v, y, 0, x->shape.dim[0]) || !dim_is(v, y, 3, w->shape.dim[0]) ||
	    !dim_is(v, x, 3, w->shape.dim[3]) || !verify_bias(v, in(v, 3), w->shape.dim[0]))
		return;
	for (unsigned int i = 0; i < 4; i++)
		if (shape_elements(&in(v, 0)->shape) == 4 && known_ints(in(v, 0)) &&
		    !dim_is(v, y, i, tensor_int(in(v, 0), i)))
			return;
}

static void verify_resize(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *size = in(v, 1), *y = out(v, 0);

	if (v->op->u.resize.align_corners && v->op->u.resize.half_pixel_centers) {
		verify_fail(v, "align_corners and half_pixel_centers exclude each other");
		return;
	}
	if (!rank_is(v, x, 4) || !rank_is(v, y, 4) || !rank_is(v, size, 1) ||
	    !dim_is(v, size, 0, 2) || !dim_is(v, y, 0, x->shape.dim[0]) ||
	    !dim_is(v, y, 3, x->shape.dim[3]) || !known_ints(size))
		return;
	for (unsigned int i = 0; i < 2; i++)
		if (!dim_is(v, y, 1 + i, tensor_int(size, i)))
			return;
}

static void verify_padv2(struct verifier *v)
{
	const struct tensor *value = in(v, 2);

	if (shape_elements(&value->shape) != 1)
		verify_fail(v, "'%s' has %" PRId64 " elements, must have 1", value->name,
			    shape_elements(&value->shape));
	else
		verify_pad(v);
}

static void verify_mirror_pad(struct verifier *v)
{
	const struct tensor *x = in(v, 0), *paddings = in(v, 1);

	verify_pad(v);
	if (v->ret || !known_ints(paddings))
		return;
	for (unsigned int i = 0; i < 2 * x->shape.rank; i++) {
		int32_t most = x->shape.dim[i / 2] - !v->op->u.mirror_pad.symmetric;

		if (tensor_int(paddings, i) > most) {
			verify_fail(v,
				    "padding of dimension %u is %" PRId64 ", but there are %" PRId32
				    " elements to mirror",
				    i / 2, tensor_int(paddings, i), most);
			return;
		}
	}
}

static void (*const checks[OP_KINDS])(struct verifier *v) = {
	[OP_CONV_2D] = verify_conv,
	[OP_DEPTHWISE_CONV_2D] = verify_conv,
	[OP_FULLY_CONNECTED] = verify_fully_connected,
	[OP_AVERAGE_POOL_2D] = verify_pool,
	[OP_MAX_POOL_2D] = verify_pool,
	[OP_ADD] = verify_broadcast,
	[OP_SUB] = verify_broadcast,
	[OP_MUL] = verify_broadcast,
	[OP_MAXIMUM] = verify_broadcast,
	[OP_MINIMUM] = verify_broadcast,
	[OP_RESHAPE] = verify_reshape,
	[OP_SOFTMAX] = verify_softmax,
	[OP_CONCATENATION] = verify_concat,
	[OP_PAD] = verify_pad,
	[OP_MEAN] = verify_reduce,
	[OP_QUANTIZE] = verify_same_shape,
	[OP_LOGISTIC] = verify_same_shape,
	[OP_DEQUANTIZE] = verify_same_shape,
	[OP_DETECTION_POSTPROCESS] = verify_detection,
	[OP_TANH] = verify_same_shape,
	[OP_RELU] = verify_same_shape,
	[OP_RELU6] = verify_same_shape,
	[OP_RELU_N1_TO_1] = verify_same_shape,
	[OP_LEAKY_RELU] = verify_leaky_relu,
	[OP_PRELU] = verify_prelu,
	[OP_HARD_SWISH] = verify_same_shape,
	[OP_SPLIT] = verify_split,
	[OP_STRIDED_SLICE] = verify_strided_slice,
	[OP_TRANSPOSE] = verify_transpose,
	[OP_TRANSPOSE_CONV] = verify_transpose_conv,
	[OP_RESIZE_NEAREST_NEIGHBOR] = verify_resize,
	[OP_RESIZE_BILINEAR] = verify_resize,
	[OP_PADV2] = verify_padv2,
	[OP_MIRROR_PAD] = verify_mirror_pad,
};

void verify_op(struct verifier *v)
{
	if (checks[v->op->kind])
		checks[v->op->kind](v);
}
