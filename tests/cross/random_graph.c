// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random graphs
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <graph/graph.h>

#include "build.h"
#include "random.h"
#include "random_graph.h"

#define OPS_MAX		6
#define LIVE_MAX	32
#define ELEMENTS_MAX	20000	/* of one tensor */
#define WEIGHTS_MAX	(64 * 9 * 64)

struct draw {
	uint64_t s;
	struct graph *g;
	uint32_t live[LIVE_MAX];	/* tensors that may be read */
	uint32_t n_live;
	bool per_channel;
	char *what;
	size_t room;
};

static const struct tensor *tensor(const struct draw *d, uint32_t t)
{
	return &d->g->tensors[t];
}

static enum dtype type(const struct draw *d)
{
	return tensor(d, 0)->type;
}

static struct build_quant quant_of(const struct draw *d, uint32_t t)
{
	return (struct build_quant){ tensor(d, t)->quant.scale[0],
				     tensor(d, t)->quant.zero_point[0] };
}

static void note(struct draw *d, enum op_kind kind)
{
	int n = snprintf(d->what, d->room, " %s", op_kind_name(kind));

	n = min_i64(n, d->room - 1);
	d->what += n;
	d->room -= n;
}

static void keep(struct draw *d, uint32_t t)
{
	if (d->n_live < LIVE_MAX)
		d->live[d->n_live++] = t;
}

/* The latest more often than others. */
static uint32_t pick(struct draw *d)
{
	return d->live[chance(&d->s, 60) ? d->n_live - 1 : next(&d->s) % d->n_live];
}

/* A tensor like @t in all but, for @axis, that extent; @t itself if there is none. */
static uint32_t pick_like(struct draw *d, uint32_t t, int axis, bool same_quant)
{
	uint32_t found[LIVE_MAX], n = 0;

	for (uint32_t i = 0; i < d->n_live; i++) {
		const struct tensor *a = tensor(d, t), *b = tensor(d, d->live[i]);
		bool like = a->shape.rank == b->shape.rank;

		for (int k = 0; like && k < (int)a->shape.rank; k++)
			like = k == axis || a->shape.dim[k] == b->shape.dim[k];
		if (like && (!same_quant || (a->quant.scale[0] == b->quant.scale[0] &&
					     a->quant.zero_point[0] == b->quant.zero_point[0])))
			found[n++] = d->live[i];
	}
	return n ? found[next(&d->s) % n] : t;
}

static int32_t zero_point(struct draw *d)
{
	int32_t low = type(d) == DTYPE_UINT8 ? 0 : -128;

	return chance(&d->s, 40) ? low : low + between(&d->s, 0, 255);
}

/* Few, so that tensors of equal quantisation meet. */
static struct build_quant any_quant(struct draw *d)
{
	static const float scales[] = { 0.05f, 0.1f, 0.0235294122f };

	if (chance(&d->s, 60))
		return (struct build_quant){ scales[next(&d->s) % ARRAY_SIZE(scales)],
					     type(d) == DTYPE_UINT8 ? 100 : -28 };
	return (struct build_quant){ pow(2, between(&d->s, -8, 1)) *
					     (1 + next(&d->s) % 1000 / 1000.0),
				     zero_point(d) };
}

static enum activation any_activation(struct draw *d)
{
	static const enum activation activations[] = {
		ACTIVATION_NONE, ACTIVATION_NONE, ACTIVATION_RELU, ACTIVATION_RELU6,
	};

	return activations[next(&d->s) % ARRAY_SIZE(activations)];
}

static void random_bytes(struct draw *d, uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = next(&d->s);
}

static bool image(const struct draw *d, uint32_t t)
{
	return tensor(d, t)->shape.rank == 4;
}

static bool add_conv(struct draw *d)
{
	static uint8_t weights[WEIGHTS_MAX];
	static int32_t bias[64];
	static float scales[64];
	uint32_t x = pick(d);
	const int32_t *dim = tensor(d, x)->shape.dim;
	bool depthwise = chance(&d->s, 35);
	struct build_conv c = {
		.kind = depthwise ? OP_DEPTHWISE_CONV_2D : OP_CONV_2D,
		.kernel_h = chance(&d->s, 50) ? 1 : 3,
		.stride_h = chance(&d->s, 25) ? 2 : 1,
		.padding = chance(&d->s, 70) ? PADDING_SAME : PADDING_VALID,
		.activation = any_activation(d),
		.weight = { pow(2, between(&d->s, -8, -4)),
			    type(d) == DTYPE_UINT8 ? zero_point(d) : 0 },
		.weights = weights,
		.bias = bias,
	};
	double terms;

	if (!image(d, x) || dim[3] > 64)
		return false;
	c.kernel_w = c.kernel_h;
	c.stride_w = c.stride_h;
	if (c.padding == PADDING_VALID && (dim[1] < c.kernel_h || dim[2] < c.kernel_w))
		c.padding = PADDING_SAME;
	c.kernels = depthwise		? dim[3] :
		    chance(&d->s, 50)	? 16 * between(&d->s, 1, 4) :
					  between(&d->s, 1, 64);
	terms = c.kernel_h * c.kernel_w * (depthwise ? 1 : dim[3]);
	c.out = any_quant(d);
	/* Outputs of a good part of the type. */
	c.weight.scale = c.out.scale * between(&d->s, 20, 400) / 74 / 74 / sqrt(terms) /
		tensor(d, x)->quant.scale[0];
	random_bytes(d, weights, terms * c.kernels);
	for (int32_t k = 0; k < c.kernels; k++) {
		bias[k] = between(&d->s, -5000, 5000);
		scales[k] = c.weight.scale * (1 - next(&d->s) % 900 / 1000.0);
	}
	if (type(d) == DTYPE_INT8 && chance(&d->s, 60)) {
		c.weight_scales = scales;
		d->per_channel = true;
	}
	note(d, c.kind);
	keep(d, build_add_conv(d->g, x, &c));
	return true;
}

static bool add_eltwise(struct draw *d)
{
	static const enum op_kind kinds[] = { OP_ADD, OP_ADD, OP_SUB, OP_MUL, OP_MAXIMUM,
					      OP_MINIMUM };
	enum op_kind kind = kinds[next(&d->s) % ARRAY_SIZE(kinds)];
	bool extremum = kind == OP_MAXIMUM || kind == OP_MINIMUM;
	uint32_t x = pick(d), y = pick_like(d, x, -1, extremum);
	struct build_quant out = extremum ? quant_of(d, x) : any_quant(d);
	const struct shape *shape = &tensor(d, x)->shape;
	int32_t channels = shape->dim[shape->rank - 1];
	static uint8_t data[4096];
	uint32_t in[2] = { x, y };
	struct op *op;

	if (chance(&d->s, 30) && channels <= (int32_t)sizeof(data)) {
		bool one = extremum || chance(&d->s, 40);
		struct shape s = { 1, { one ? 1 : channels } };

		random_bytes(d, data, sizeof(data));
		in[1] = build_constant(d->g, &s, extremum ? out : any_quant(d), data);
		if (chance(&d->s, 30)) {
			in[0] = in[1];
			in[1] = x;
		}
	}
	if (kind == OP_MUL)
		out.scale = tensor(d, in[0])->quant.scale[0] * tensor(d, in[1])->quant.scale[0] *
			between(&d->s, 20, 300);
	note(d, kind);
	op = build_add_op(d->g, kind, in, 2, shape, out);
	if (!extremum)
		op->u.eltwise.activation = any_activation(d);
	keep(d, op->outputs[0]);
	return true;
}

/* Channels by the mean of each channel. */
static bool add_gate(struct draw *d)
{
	static const int32_t axes[] = { 1, 2 };
	uint32_t x = pick(d), in[2];
	const struct shape *shape = &tensor(d, x)->shape;
	struct shape one = { 4, { 1, 1, 1, shape->dim[3] } };
	struct op *op;

	if (!image(d, x))
		return false;
	note(d, OP_MEAN);
	in[0] = x;
	in[1] = build_ints(d->g, &(struct shape){ 1, { 2 } }, axes);
	op = build_add_op(d->g, OP_MEAN, in, 2, &one, any_quant(d));
	op->u.reduce.keep_dims = true;
	keep(d, op->outputs[0]);
	if (chance(&d->s, 50))
		return true;
	note(d, OP_MUL);
	in[1] = op->outputs[0];
	op = build_add_op(d->g, OP_MUL, in, 2, shape,
			  (struct build_quant){ tensor(d, in[0])->quant.scale[0] *
						tensor(d, in[1])->quant.scale[0] *
						between(&d->s, 20, 300), zero_point(d) });
	keep(d, op->outputs[0]);
	return true;
}

static bool add_concat(struct draw *d)
{
	uint32_t in[3] = { pick(d) }, n = between(&d->s, 2, 3);
	int axis = chance(&d->s, 60) ? 3 : between(&d->s, 1, 2);
	struct shape out;
	struct op *op;

	if (!image(d, in[0]))
		return false;
	out = tensor(d, in[0])->shape;
	for (uint32_t i = 1; i < n; i++) {
		in[i] = pick_like(d, in[0], axis, type(d) == DTYPE_INT8);
		out.dim[axis] += tensor(d, in[i])->shape.dim[axis];
	}
	if (shape_elements(&out) > ELEMENTS_MAX)
		return false;
	note(d, OP_CONCATENATION);
	op = build_add_op(d->g, OP_CONCATENATION, in, n, &out, quant_of(d, in[0]));
	op->u.concat.axis = axis;
	keep(d, op->outputs[0]);
	return true;
}

static bool add_pool(struct draw *d)
{
	uint32_t x = pick(d);
	const int32_t *dim = tensor(d, x)->shape.dim;
	bool maximum = chance(&d->s, 60);
	struct pool_params p = {
		.padding = maximum && chance(&d->s, 50) ? PADDING_SAME : PADDING_VALID,
		.stride_h = between(&d->s, 1, 3),
		.stride_w = between(&d->s, 1, 3),
	};

	if (!image(d, x))
		return false;
	p.filter_h = between(&d->s, 1, min_i64(dim[1], 5));
	p.filter_w = between(&d->s, 1, min_i64(dim[2], 5));
	note(d, maximum ? OP_MAX_POOL_2D : OP_AVERAGE_POOL_2D);
	keep(d, build_add_pool(d->g, maximum ? OP_MAX_POOL_2D : OP_AVERAGE_POOL_2D, x, &p));
	return true;
}

static bool add_pad(struct draw *d)
{
	int32_t by[8] = { 0, 0, between(&d->s, 0, 3), between(&d->s, 0, 3), between(&d->s, 0, 3),
			  between(&d->s, 0, 3), 0, 0 };
	uint32_t in[2] = { pick(d) };
	struct shape out;
	struct op *op;

	if (!image(d, in[0]))
		return false;
	out = tensor(d, in[0])->shape;
	for (int i = 0; i < 4; i++)
		out.dim[i] += by[2 * i] + by[2 * i + 1];
	if (shape_elements(&out) > ELEMENTS_MAX)
		return false;
	note(d, OP_PAD);
	in[1] = build_ints(d->g, &(struct shape){ 2, { 4, 2 } }, by);
	op = build_add_op(d->g, OP_PAD, in, 2, &out, quant_of(d, in[0]));
	keep(d, op->outputs[0]);
	return true;
}

static bool add_unary(struct draw *d)
{
	static const enum op_kind kinds[] = { OP_QUANTIZE, OP_QUANTIZE, OP_LOGISTIC, OP_TANH,
					      OP_RELU, OP_RELU6, OP_RELU_N1_TO_1, OP_LEAKY_RELU,
					      OP_HARD_SWISH };
	enum op_kind kind = kinds[next(&d->s) % ARRAY_SIZE(kinds)];
	uint32_t x = pick(d);
	struct build_quant out = chance(&d->s, 30) ? quant_of(d, x) : any_quant(d);
	struct op *op;

	if (kind == OP_LOGISTIC)
		out = (struct build_quant){ 1 / 256.0f, type(d) == DTYPE_UINT8 ? 0 : -128 };
	if (kind == OP_TANH)
		out = (struct build_quant){ 1 / 128.0f, type(d) == DTYPE_UINT8 ? 128 : 0 };
	if (kind == OP_HARD_SWISH)
		out.scale = tensor(d, x)->quant.scale[0] * between(&d->s, 2, 9) / 8;
	note(d, kind);
	op = build_add_op(d->g, kind, &x, 1, &tensor(d, x)->shape, out);
	if (kind == OP_LEAKY_RELU)
		op->u.leaky_relu.alpha = between(&d->s, -10, 100) / 100.0f;
	keep(d, op->outputs[0]);
	return true;
}

static bool add_split(struct draw *d)
{
	int32_t axis = chance(&d->s, 60) ? 3 : 1, parts = between(&d->s, 2, 3);
	uint32_t in[2] = { 0, pick(d) };
	struct shape part;
	struct op *op;

	if (!image(d, in[1]) || tensor(d, in[1])->shape.dim[axis] % parts)
		return false;
	part = tensor(d, in[1])->shape;
	part.dim[axis] /= parts;
	note(d, OP_SPLIT);
	in[0] = build_ints(d->g, &(struct shape){ 1, { 1 } }, &axis);
	op = build_add_op(d->g, OP_SPLIT, in, 2, &part, quant_of(d, in[1]));
	build_more_outputs(d->g, op, parts);
	for (int32_t i = 0; i < parts; i++)
		keep(d, op->outputs[i]);
	return true;
}

static bool add_slice(struct draw *d)
{
	int32_t begin[4] = { 0 }, end[4] = { 1 }, step[4] = { 1, 1, 1, 1 };
	const struct shape vector = { 1, { 4 } };
	uint32_t in[4] = { pick(d) };
	struct shape out;
	struct op *op;

	if (!image(d, in[0]))
		return false;
	out = tensor(d, in[0])->shape;
	for (int i = 1; i < 4; i++) {
		end[i] = out.dim[i];
		if (i < 3 && chance(&d->s, 50)) {
			begin[i] = between(&d->s, 0, out.dim[i] - 1);
			end[i] = between(&d->s, begin[i] + 1, out.dim[i]);
			step[i] = chance(&d->s, 30) ? 2 : 1;
		} else if (i == 3 && chance(&d->s, 30)) {
			begin[i] = min_i64(16 * between(&d->s, 0, 2), out.dim[i] - 1);
		}
		out.dim[i] = (end[i] - begin[i] + step[i] - 1) / step[i];
	}
	note(d, OP_STRIDED_SLICE);
	in[1] = build_ints(d->g, &vector, begin);
	in[2] = build_ints(d->g, &vector, end);
	in[3] = build_ints(d->g, &vector, step);
	op = build_add_op(d->g, OP_STRIDED_SLICE, in, 4, &out, quant_of(d, in[0]));
	keep(d, op->outputs[0]);
	return true;
}

static bool add_prelu(struct draw *d)
{
	static uint8_t slopes[4096];
	uint32_t in[2] = { pick(d) };
	const struct shape *shape = &tensor(d, in[0])->shape;
	int32_t channels = shape->dim[shape->rank - 1];
	struct build_quant out = any_quant(d);

	if (!image(d, in[0]) || channels > (int32_t)sizeof(slopes))
		return false;
	out.scale = tensor(d, in[0])->quant.scale[0] * between(&d->s, 20, 150) / 100;
	random_bytes(d, slopes, channels);
	note(d, OP_PRELU);
	in[1] = build_constant(d->g, &(struct shape){ 3, { 1, 1, channels } },
			       (struct build_quant){ 0.007f, zero_point(d) }, slopes);
	keep(d, build_add_op(d->g, OP_PRELU, in, 2, &tensor(d, in[0])->shape, out)->outputs[0]);
	return true;
}

/* Each pixel so many times. */
static bool add_resize(struct draw *d)
{
	uint32_t in[2] = { pick(d) };
	struct op *op;
	struct shape out;

	if (!image(d, in[0]))
		return false;
	out = tensor(d, in[0])->shape;
	out.dim[1] *= between(&d->s, 1, 4);
	out.dim[2] *= between(&d->s, 1, 4);
	if (shape_elements(&out) > ELEMENTS_MAX)
		return false;
	note(d, OP_RESIZE_NEAREST_NEIGHBOR);
	in[1] = build_ints(d->g, &(struct shape){ 1, { 2 } }, out.dim + 1);
	op = build_add_op(d->g, OP_RESIZE_NEAREST_NEIGHBOR, in, 2, &out, quant_of(d, in[0]));
	op->u.resize.half_pixel_centers = chance(&d->s, 50);
	keep(d, op->outputs[0]);
	return true;
}

/* Scales of channels not so far apart that groups of them would get converters of their own. */
static bool add_deconv(struct draw *d)
{
	static uint8_t weights[WEIGHTS_MAX];
	static int32_t bias[64];
	static float scales[64];
	uint32_t in[4] = { 0, 0, pick(d) };
	const int32_t *dim = tensor(d, in[2])->shape.dim;
	int32_t channels = dim[3];
	bool same = chance(&d->s, 50);
	int32_t kernel_h = between(&d->s, 1, 4), kernel_w = between(&d->s, 1, 4);
	int32_t stride_h = between(&d->s, 1, 3), stride_w = between(&d->s, 1, 3);
	struct shape out = { 4, { 1, dim[1] * stride_h, dim[2] * stride_w,
				  between(&d->s, 1, 40) } };
	struct build_quant to = any_quant(d);
	float scale;
	struct op *op;

	if (!image(d, in[2]) || dim[3] > 64)
		return false;
	if (!same) {
		out.dim[1] += max_i64(kernel_h - stride_h, 0);
		out.dim[2] += max_i64(kernel_w - stride_w, 0);
	}
	if (shape_elements(&out) > ELEMENTS_MAX ||
	    out.dim[3] * kernel_h * kernel_w * dim[3] > WEIGHTS_MAX)
		return false;
	scale = to.scale * between(&d->s, 20, 400) / 74 / 74 / sqrt(kernel_h * kernel_w * dim[3]) /
		tensor(d, in[2])->quant.scale[0];
	random_bytes(d, weights, out.dim[3] * kernel_h * kernel_w * dim[3]);
	for (int32_t k = 0; k < out.dim[3]; k++) {
		bias[k] = between(&d->s, -5000, 5000);
		scales[k] = scale * (1 - next(&d->s) % 500 / 1000.0);
	}
	note(d, OP_TRANSPOSE_CONV);
	in[0] = build_ints(d->g, &(struct shape){ 1, { 4 } }, out.dim);
	in[1] = build_constant(
		d->g, &(struct shape){ 4, { out.dim[3], kernel_h, kernel_w, channels } },
		(struct build_quant){ scale, type(d) == DTYPE_UINT8 ? zero_point(d) : 0 }, weights);
	if (type(d) == DTYPE_INT8 && chance(&d->s, 50)) {
		build_channel_scales(d->g, in[1], 0, scales);
		d->per_channel = true;
	}
	in[3] = build_ints(d->g, &(struct shape){ 1, { out.dim[3] } }, bias);
	op = build_add_op(d->g, OP_TRANSPOSE_CONV, in, chance(&d->s, 70) ? 4 : 3, &out, to);
	op->u.conv = (struct conv_params){
		.padding = same ? PADDING_SAME : PADDING_VALID,
		.activation = any_activation(d),
		.stride_h = stride_h,
		.stride_w = stride_w,
		.dilation_h = 1,
		.dilation_w = 1,
	};
	keep(d, op->outputs[0]);
	return true;
}

/* Rows and columns in one; or a pixel as a row; or channels torn apart. */
static bool add_reshape(struct draw *d)
{
	uint32_t x = pick(d);
	const int32_t *dim = tensor(d, x)->shape.dim;
	struct shape out = { 4, { 1, 1, dim[1] * dim[2], dim[3] } };

	if (!image(d, x))
		return false;
	if (dim[1] * dim[2] == 1 && chance(&d->s, 50))
		out = (struct shape){ 2, { 1, dim[3] } };
	if (chance(&d->s, 15))
		out = (struct shape){ 4, { 1, 1, 1, dim[1] * dim[2] * dim[3] } };
	note(d, OP_RESHAPE);
	keep(d, build_add_unary(d->g, OP_RESHAPE, x, &out, quant_of(d, x)));
	return true;
}

void random_graph_make(uint32_t seed, struct random_graph *g)
{
	static bool (*const adders[])(struct draw *d) = {
		add_conv,   add_conv, add_conv, add_eltwise, add_eltwise, add_gate,  add_concat,
		add_concat, add_pool, add_pad,	add_unary,   add_split,	  add_slice, add_reshape,
		add_resize, add_deconv,	add_prelu,
	};
	struct draw d = { .s = seed * 2654435761u + 7, .what = g->what, .room = sizeof(g->what) };
	enum dtype t = chance(&d.s, 50) ? DTYPE_UINT8 : DTYPE_INT8;
	struct shape shape = { 4, { 1, between(&d.s, 1, 12), between(&d.s, 1, 14),
				    between(&d.s, 1, 48) } };
	struct build_quant quant = { chance(&d.s, 50) ? 0.05f : 0.013f,
				     t == DTYPE_UINT8 ? 100 : -28 };
	int32_t ops = between(&d.s, 1, OPS_MAX);
	int n;

	if (chance(&d.s, 50))
		shape.dim[3] = align_up(shape.dim[3], 16);
	n = snprintf(g->what, sizeof(g->what), "%s %dx%dx%d", dtype_name(t), shape.dim[1],
		     shape.dim[2], shape.dim[3]);
	d.what += n;
	d.room -= n;
	d.g = build_start(t, &shape, quant);
	keep(&d, 0);
	while ((int32_t)d.g->n_ops < ops)
		adders[next(&d.s) % ARRAY_SIZE(adders)](&d);
	for (uint32_t i = 0; i < d.n_live; i++)
		if (d.live[i] && (!graph_consumers(d.g, d.live[i]) || chance(&d.s, 10)))
			build_output(d.g, d.live[i]);
	g->graph = d.g;
	g->per_channel = d.per_channel;
	g->input = malloc(d.g->tensors[0].bytes);
	random_bytes(&d, g->input, d.g->tensors[0].bytes);
}

void random_graph_free(struct random_graph *g)
{
	graph_destroy(g->graph);
	free(g->input);
}
