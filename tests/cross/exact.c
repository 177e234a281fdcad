// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The exact reading of the guide
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <graph/graph.h>

#include "exact.h"
#include "exact_numbers.h"

/* One kind of window for all operators. */
struct windows {
	int in_h, in_w, in_c, out_h, out_w, out_c;
	int kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, top, left;
};

static void place_windows(struct windows *w, const struct tensor *in, const struct tensor *out,
			  enum padding padding)
{
	w->in_h = in->shape.dim[1];
	w->in_w = in->shape.dim[2];
	w->in_c = in->shape.dim[3];
	w->out_h = out->shape.dim[1];
	w->out_w = out->shape.dim[2];
	w->out_c = out->shape.dim[3];
	w->top = exact_padding(padding, w->in_h, w->out_h, w->kernel_h, w->dilation_h, w->stride_h);
	w->left = exact_padding(padding, w->in_w, w->out_w, w->kernel_w, w->dilation_w,
				w->stride_w);
}

/* Guide 7.4, per channel: the BS multiplier of one channel and what its group leaves to OUT_CVT. */
struct channel {
	int64_t factor;
	int shift;
	int64_t bias;	/* in units of the factor */
	struct rescale r;
};

struct job {
	const struct tensor *in, *weights, *out;	/* weights NULL: all one, zero point 0 */
	const int32_t *bias;
	const uint8_t *x;
	struct windows w;
	int depthwise, multiplier;
	struct rescale r;
	enum activation activation;
	struct channel *channels;	/* NULL: all alike */
};

static int64_t sum_window(const struct job *j, int y, int x, int k)
{
	const struct windows *w = &j->w;
	int in_zero = j->in->quant.zero_point[0],
	    weight_zero = j->weights ? j->weights->quant.zero_point[0] : 0;
	int first = j->depthwise ? k / j->multiplier : 0, channels = j->depthwise ? 1 : w->in_c;
	int64_t sum = j->channels ? j->channels[k].bias : j->bias ? j->bias[k] : 0;

	for (int ky = 0; ky < w->kernel_h; ky++) {
		int row = y * w->stride_h - w->top + ky * w->dilation_h;

		for (int kx = 0; kx < w->kernel_w; kx++) {
			int column = x * w->stride_w - w->left + kx * w->dilation_w;
			size_t tap = (size_t)ky * w->kernel_w + kx,
			       pixel = (size_t)row * w->in_w + column;

			if (row < 0 || row >= w->in_h || column < 0 || column >= w->in_w)
				continue;	/* padding is real 0 */
			for (int c = 0; c < channels; c++) {
				size_t at = j->depthwise
					? tap * w->out_c + k
					: ((size_t)k * w->kernel_h * w->kernel_w + tap) * w->in_c +
						c;
				int stored = exact_code(j->in, j->x,
							pixel * w->in_c + first + c);
				int weight = j->weights
					? exact_code(j->weights, j->weights->data, at) - weight_zero
					: 1;

				sum += (int64_t)(stored - in_zero) * weight;
			}
		}
	}

	return sum;
}

static uint8_t value(const struct job *j, int64_t sum, int k)
{
	const struct channel *c = &j->channels[k];
	int64_t x;

	if (!j->channels)
		return exact_apply(&j->r, sum);
	x = exact_nearest(sum * c->factor, c->shift);
	x = x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : x;
	return exact_apply(&c->r, x);
}

static void run(const struct job *j, uint8_t *out)
{
	for (int y = 0; y < j->w.out_h; y++)
		for (int x = 0; x < j->w.out_w; x++)
			for (int k = 0; k < j->w.out_c; k++)
				*out++ = value(j, sum_window(j, y, x, k), k);
}

static double magnitude(const struct job *j, int k)
{
	size_t per = j->weights->bytes / j->w.out_c;
	double sum = 0;

	for (size_t i = 0; i < per; i++)
		sum += abs(exact_code(j->weights, j->weights->data,
				j->depthwise ? i * j->w.out_c + k : k * per + i));
	return sum;
}

/*
 * The channels of [@first, @end) with one output converter, which leaves each a multiplier of 15
 * bits. Return: none is moved by 3/4 or more.
 */
static int fill_channels(const struct job *j, int first, int end)
{
	const float *scale = j->weights->quant.scale;
	double largest = 0, step;
	int shift = 15, fine = 1;
	struct rescale r;

	for (int k = first; k < end; k++)
		largest = scale[k] > largest ? scale[k] : largest;
	step = (double)j->in->quant.scale[0] * largest / j->out->quant.scale[0];
	for (; shift > 0 && step * 2048 > 1; shift--)
		step /= 2;
	r = exact_rescale(step, j->out, j->activation);
	for (int k = first; k < end; k++) {
		double whole = (double)j->in->quant.scale[0] * scale[k] / j->out->quant.scale[0];
		double unit = r.factor / pow(2, r.shift + shift), off;
		double real = j->bias ? j->bias[k] : 0;
		struct channel *c = &j->channels[k];

		c->factor = rint(whole / unit);
		c->factor = c->factor < 1 ? 1 : c->factor > 32767 ? 32767 : c->factor;
		c->shift = shift;
		c->bias = llround(real * (whole / (c->factor * unit)));
		c->r = r;
		off = fabs(c->factor * unit - whole);
		if (off / whole * (255 + fabs(real * whole)) > 0.75 &&
		    off * 255 * magnitude(j, k) > 0.75)
			fine = 0;
	}

	return fine;
}

/* All with one converter; where multipliers are too coarse, fewer channels at a time. */
static int choose_channels(struct job *j)
{
	int native = j->depthwise && j->multiplier == 1 && j->w.in_c > 1;
	const int groups[] = { j->w.out_c, native ? 64 : 32, 16 };
	int n = native ? 2 : 3, fine = 0;

	j->channels = calloc(j->w.out_c, sizeof(*j->channels));
	for (int i = 0; j->channels && i < n && !fine; i++) {
		fine = 1;
		for (int k = 0; k < j->w.out_c; k += groups[i])
			fine &= fill_channels(j, k, k + groups[i] < j->w.out_c ? k + groups[i]
									      : j->w.out_c);
	}
	return fine ? 0 : -ENOTSUP;
}

static void prepare(struct job *j, const struct graph *g, const struct op *op)
{
	j->in = &g->tensors[op->inputs[0]];
	j->out = &g->tensors[op->outputs[0]];
	if (op->n_inputs > 1)
		j->weights = &g->tensors[op->inputs[1]];
	if (op->n_inputs > 2 && op->inputs[2] != GRAPH_NONE)
		j->bias = g->tensors[op->inputs[2]].data;
}

static void eval_conv(const struct graph *g, const struct op *op, struct job *j)
{
	const struct conv_params *p = &op->u.conv;

	j->w = (struct windows){
		.kernel_h = j->weights->shape.dim[1],
		.kernel_w = j->weights->shape.dim[2],
		.stride_h = p->stride_h,
		.stride_w = p->stride_w,
		.dilation_h = p->dilation_h,
		.dilation_w = p->dilation_w,
	};
	place_windows(&j->w, j->in, j->out, p->padding);
	j->depthwise = op->kind == OP_DEPTHWISE_CONV_2D;
	j->multiplier = j->depthwise ? j->w.out_c / j->w.in_c : 0;
	j->activation = p->activation;
	j->r = exact_rescale((double)j->in->quant.scale[0] * j->weights->quant.scale[0] /
				   j->out->quant.scale[0],
			   j->out, p->activation);
}

static void eval_pool(const struct op *op, struct job *j)
{
	const struct pool_params *p = &op->u.pool;

	j->w = (struct windows){
		.kernel_h = p->filter_h,
		.kernel_w = p->filter_w,
		.stride_h = p->stride_h,
		.stride_w = p->stride_w,
		.dilation_h = 1,
		.dilation_w = 1,
	};
	place_windows(&j->w, j->in, j->out, p->padding);
	j->depthwise = 1;
	j->multiplier = 1;
	j->r = exact_rescale(1.0 / (p->filter_h * p->filter_w), j->out, p->activation);
}

static void eval_mean(const struct graph *g, const struct op *op, struct job *j)
{
	const struct tensor *axes = &g->tensors[op->inputs[1]];
	int rows = 0, columns = 0;

	for (int64_t i = 0; i < shape_elements(&axes->shape); i++) {
		rows |= tensor_int(axes, i) == 1 || tensor_int(axes, i) == -3;
		columns |= tensor_int(axes, i) == 2 || tensor_int(axes, i) == -2;
	}
	j->w = (struct windows){
		.in_h = j->in->shape.dim[1],
		.in_w = j->in->shape.dim[2],
		.in_c = j->in->shape.dim[3],
		.out_c = j->in->shape.dim[3],
		.stride_h = 1,
		.stride_w = 1,
		.dilation_h = 1,
		.dilation_w = 1,
	};
	j->w.kernel_h = rows ? j->w.in_h : 1;
	j->w.kernel_w = columns ? j->w.in_w : 1;
	j->w.out_h = rows ? 1 : j->w.in_h;
	j->w.out_w = columns ? 1 : j->w.in_w;
	j->depthwise = 1;
	j->multiplier = 1;
	j->r = exact_rescale((double)j->in->quant.scale[0] / j->out->quant.scale[0] /
				     (j->w.kernel_h * j->w.kernel_w),
			     j->out, ACTIVATION_NONE);
}

static void eval_fully_connected(const struct op *op, struct job *j)
{
	int depth = j->weights->shape.dim[1];

	j->w = (struct windows){
		.in_h = shape_elements(&j->in->shape) / depth,
		.in_w = 1,
		.in_c = depth,
		.out_h = shape_elements(&j->in->shape) / depth,
		.out_w = 1,
		.out_c = j->weights->shape.dim[0],
		.kernel_h = 1,
		.kernel_w = 1,
		.stride_h = 1,
		.stride_w = 1,
		.dilation_h = 1,
		.dilation_w = 1,
	};
	j->activation = op->u.fc.activation;
	j->r = exact_rescale((double)j->in->quant.scale[0] * j->weights->quant.scale[0] /
				   j->out->quant.scale[0],
			   j->out, op->u.fc.activation);
}

/* Each input goes to the outputs that it reaches. */
static void spread(const struct job *j, int64_t *sums)
{
	const struct windows *w = &j->w;
	int in_zero = j->in->quant.zero_point[0], weight_zero = j->weights->quant.zero_point[0];

	for (size_t i = 0; i < j->in->bytes; i++) {
		int c = i % w->in_c, x = i / w->in_c % w->in_w, y = i / w->in_c / w->in_w;
		int64_t stored = exact_code(j->in, j->x, i) - in_zero;

		for (size_t at = c; at < j->weights->bytes; at += w->in_c) {
			size_t tap = at / w->in_c % (w->kernel_h * w->kernel_w);
			int row = y * w->stride_h - w->top + (int)(tap / w->kernel_w);
			int column = x * w->stride_w - w->left + (int)(tap % w->kernel_w);
			size_t k = at / w->in_c / (w->kernel_h * w->kernel_w);

			if (row < 0 || row >= w->out_h || column < 0 || column >= w->out_w)
				continue;
			sums[((size_t)row * w->out_w + column) * w->out_c + k] +=
				stored *
				(exact_code(j->weights, j->weights->data, at) - weight_zero);
		}
	}
}

static int eval_transpose_conv(const struct graph *g, const struct op *op, void *const *values)
{
	const struct conv_params *p = &op->u.conv;
	struct job j = {
		.in = &g->tensors[op->inputs[2]],
		.weights = &g->tensors[op->inputs[1]],
		.out = &g->tensors[op->outputs[0]],
		.bias = op->n_inputs > 3 && op->inputs[3] != GRAPH_NONE
			? g->tensors[op->inputs[3]].data : NULL,
		.x = values[op->inputs[2]],
		.activation = p->activation,
	};
	uint8_t *out = values[op->outputs[0]];
	int64_t *sums = calloc(j.out->bytes, sizeof(*sums));
	int ret = sums ? 0 : -ENOMEM;

	j.w = (struct windows){
		.kernel_h = j.weights->shape.dim[1],
		.kernel_w = j.weights->shape.dim[2],
		.stride_h = p->stride_h,
		.stride_w = p->stride_w,
		.dilation_h = 1,
		.dilation_w = 1,
	};
	place_windows(&j.w, j.in, j.out, PADDING_VALID);
	/* As for the convolution that goes from the output to the input. */
	j.w.top = exact_padding(p->padding, j.w.out_h, j.w.in_h, j.w.kernel_h, 1, p->stride_h);
	j.w.left = exact_padding(p->padding, j.w.out_w, j.w.in_w, j.w.kernel_w, 1, p->stride_w);
	j.r = exact_rescale((double)j.in->quant.scale[0] * j.weights->quant.scale[0] /
				    j.out->quant.scale[0], j.out, p->activation);
	if (!ret && j.weights->quant.count > 1)
		ret = choose_channels(&j);
	if (!ret)
		spread(&j, sums);
	for (size_t i = 0; !ret && i < j.out->bytes; i++) {
		int k = i % j.w.out_c;

		sums[i] += j.channels ? j.channels[k].bias : j.bias ? j.bias[k] : 0;
		out[i] = value(&j, sums[i], k);
	}
	free(j.channels);
	free(sums);

	return ret;
}

int exact_eval(const struct graph *g, const struct op *op, void *const *values)
{
	struct job j = { .x = values[op->inputs[0]] };
	uint8_t *out = values[op->outputs[0]];
	int ret = 0;

	switch (op->kind) {
	case OP_CONV_2D:
	case OP_DEPTHWISE_CONV_2D:
		prepare(&j, g, op);
		eval_conv(g, op, &j);
		break;
	case OP_FULLY_CONNECTED:
		prepare(&j, g, op);
		eval_fully_connected(op, &j);
		break;
	case OP_AVERAGE_POOL_2D:
		prepare(&j, g, op);
		eval_pool(op, &j);
		break;
	case OP_MEAN:
		j.in = &g->tensors[op->inputs[0]];
		j.out = &g->tensors[op->outputs[0]];
		eval_mean(g, op, &j);
		break;
	case OP_TRANSPOSE_CONV:
		return eval_transpose_conv(g, op, values);
	default:
		return exact_flow(g, op, values);
	}
	if (j.weights && j.weights->quant.count > 1)
		ret = choose_channels(&j);
	if (!ret)
		run(&j, out);
	free(j.channels);

	return ret;
}
