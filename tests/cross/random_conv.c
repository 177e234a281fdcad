// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random chains of convolutions
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

#define MACS_MAX	6000000	/* of one operator, so that a thousand models take seconds */

/* Small numbers more often than large ones. */
static int32_t lean_small(uint64_t *s, int32_t high)
{
	return between(s, 1, between(s, 1, high));
}

static int32_t random_zero(uint64_t *s, enum dtype type)
{
	int32_t low = type == DTYPE_UINT8 ? 0 : -128;

	switch (next(s) % 4) {
	case 0:
		return low;
	case 1:
		return low + 255;
	case 2:
		return low + 128;
	default:
		return low + between(s, 0, 255);
	}
}

/* All of one value, two values, narrow, or anything. */
static void random_bytes(uint64_t *s, uint8_t *p, size_t n)
{
	unsigned int kind = next(s) % 8;
	uint8_t a = next(s), b = next(s) % 2 ? 0xff : 0x80;

	for (size_t i = 0; i < n; i++) {
		uint32_t r = next(s);

		switch (kind) {
		case 0:
			p[i] = b;
			break;
		case 1:
			p[i] = r & 1 ? 0x7f : 0x80;
			break;
		case 2:
			p[i] = a + (r & 7);
			break;
		default:
			p[i] = r;
		}
	}
}

struct draw {
	uint64_t s;
	struct graph *g;
	uint32_t at;		/* tensor that the next operator reads */
	uint8_t *weights;
	int32_t *bias;
	float *scales;
	bool per_channel;	/* some operator so far */
	char *what;
	size_t room;
};

static const struct tensor *now(const struct draw *d)
{
	return &d->g->tensors[d->at];
}

static void note(struct draw *d, const char *text, const struct build_conv *c)
{
	int n = snprintf(d->what, d->room, " %s", text);

	if (c && n > 0 && (size_t)n < d->room)
		n += snprintf(d->what + n, d->room - n, "%d,%dx%d,s%dx%d,d%dx%d,%c,a%d", c->kernels,
			      c->kernel_h, c->kernel_w, c->stride_h, c->stride_w, c->dilation_h,
			      c->dilation_w, c->padding ? 'v' : 's', c->activation);
	n = min_i64(n, d->room - 1);
	d->what += n;
	d->room -= n;
}

/*
 * An output scale that spreads the outputs over the type, most of the time. Weights that are all
 * alike make sums grow with their number, others with its root.
 */
static struct build_quant output_quant(struct draw *d, double product, double terms)
{
	double spread = product * 74 * 74 * (chance(&d->s, 50) ? sqrt(terms) : terms);
	double scale = spread / between(&d->s, 20, 400);
	int32_t zero = random_zero(&d->s, now(d)->type);

	if (chance(&d->s, 10))
		scale = product * pow(2, between(&d->s, -3, 24));
	if (chance(&d->s, 5))
		scale = 6.0 / 255;	/* RELU6 by saturation alone, with the right zero point */

	return (struct build_quant){ scale,
				     chance(&d->s, 20) ? (now(d)->type == DTYPE_UINT8 ? 0 : -128)
						       : zero };
}

static void random_windows(struct draw *d, struct build_conv *c)
{
	const int32_t *dim = now(d)->shape.dim;
	int32_t most = chance(&d->s, 10) ? 11 : 5;

	c->padding = chance(&d->s, 60) ? PADDING_SAME : PADDING_VALID;
	c->kernel_h = chance(&d->s, 40) ? 1 : between(&d->s, 1, most);
	c->kernel_w = chance(&d->s, 60) ? c->kernel_h : between(&d->s, 1, most);
	c->dilation_h = c->dilation_w = c->stride_h = c->stride_w = 1;
	if (chance(&d->s, 15)) {
		c->dilation_h = between(&d->s, 1, 4);
		c->dilation_w = chance(&d->s, 60) ? c->dilation_h : between(&d->s, 1, 4);
	} else if (chance(&d->s, 45)) {
		c->stride_h = between(&d->s, 1, chance(&d->s, 20) ? 7 : 3);
		c->stride_w = chance(&d->s, 60) ? c->stride_h : between(&d->s, 1, 3);
	}
	if (window_extent(c->kernel_h, c->dilation_h) > dim[1]) {
		c->kernel_h = min_i64(c->kernel_h, dim[1]);
		c->dilation_h = 1;
	}
	if (window_extent(c->kernel_w, c->dilation_w) > dim[2]) {
		c->kernel_w = min_i64(c->kernel_w, dim[2]);
		c->dilation_w = 1;
	}
}

/* A scale for each channel: near each other, spread, or some far below the rest. */
static void random_scales(struct draw *d, struct build_conv *c)
{
	int32_t spread = between(&d->s, 0, 6), far = chance(&d->s, 15) ? between(&d->s, 4, 14) : 0;

	d->scales = realloc(d->scales, c->kernels * sizeof(*d->scales));
	for (int32_t k = 0; k < c->kernels; k++)
		d->scales[k] = c->weight.scale * pow(2, -between(&d->s, 0, spread)) *
			(1 - next(&d->s) % 500 / 1000.0) * (chance(&d->s, 10) ? pow(2, -far) : 1);
	c->weight_scales = d->scales;
	d->per_channel = true;
	note(d, "pc", NULL);
}

static void add(struct draw *d, struct build_conv *c, size_t weights, double terms)
{
	static const enum activation activations[] = {
		ACTIVATION_NONE, ACTIVATION_NONE, ACTIVATION_RELU, ACTIVATION_RELU6,
	};
	double product;

	c->weight = (struct build_quant){
		pow(2, between(&d->s, -9, -2)) * (1 + next(&d->s) % 1000 / 1000.0),
		/* TensorFlow Lite's int8 weights have none. */
		now(d)->type == DTYPE_UINT8 ? random_zero(&d->s, DTYPE_UINT8) : 0
	};
	if (now(d)->type == DTYPE_INT8 && chance(&d->s, 60))
		random_scales(d, c);
	product = now(d)->quant.scale[0] * c->weight.scale;
	c->activation = activations[next(&d->s) % ARRAY_SIZE(activations)];
	c->out = output_quant(d, product, terms);
	d->weights = realloc(d->weights, weights);
	d->bias = realloc(d->bias, c->kernels * sizeof(*d->bias));
	random_bytes(&d->s, d->weights, weights);
	for (int32_t k = 0; k < c->kernels; k++)
		d->bias[k] = between(&d->s, -1, 1) *
			(int32_t)(next(&d->s) % (chance(&d->s, 5) ? 0x40000000 : 20000));
	c->weights = d->weights;
	c->bias = chance(&d->s, 90) ? d->bias : NULL;
	d->at = build_add_conv(d->g, d->at, c);
}

static void add_conv(struct draw *d)
{
	const int32_t *dim = now(d)->shape.dim;
	struct build_conv c = { .kind = OP_CONV_2D };
	int64_t outputs, terms;

	random_windows(d, &c);
	terms = (int64_t)c.kernel_h * c.kernel_w * dim[3];
	outputs = div_round_up(dim[1], c.stride_h) * div_round_up(dim[2], c.stride_w);
	c.kernels = clamp_i64(MACS_MAX / (terms * outputs), 1, chance(&d->s, 15) ? 1200 : 80);
	c.kernels = chance(&d->s, 30) ? c.kernels : lean_small(&d->s, c.kernels);
	note(d, "conv", &c);
	add(d, &c, terms * c.kernels, terms);
}

static void add_depthwise(struct draw *d)
{
	const int32_t *dim = now(d)->shape.dim;
	struct build_conv c = { .kind = OP_DEPTHWISE_CONV_2D };
	int32_t multiplier = chance(&d->s, 80) || dim[3] > 100 ? 1 : between(&d->s, 2, 4);

	random_windows(d, &c);
	c.kernels = dim[3] * multiplier;
	note(d, "dw", &c);
	add(d, &c, (size_t)c.kernel_h * c.kernel_w * c.kernels, c.kernel_h * c.kernel_w);
}

static void add_pool(struct draw *d)
{
	const int32_t *dim = now(d)->shape.dim;
	struct pool_params p = { .padding = PADDING_VALID, .stride_h = 1, .stride_w = 1 };

	p.filter_h =
		chance(&d->s, 40) && dim[1] < 20 ? dim[1] : between(&d->s, 1, min_i64(dim[1], 4));
	p.filter_w =
		chance(&d->s, 40) && dim[2] < 20 ? dim[2] : between(&d->s, 1, min_i64(dim[2], 4));
	if (chance(&d->s, 50)) {
		p.stride_h = between(&d->s, 1, 4);
		p.stride_w = between(&d->s, 1, 4);
	}
	if (chance(&d->s, 20))
		p.activation = ACTIVATION_RELU;
	note(d, "avg", NULL);
	d->at = build_add_pool(d->g, OP_AVERAGE_POOL_2D, d->at, &p);
}

/* Flat rows behind a single pixel; else the layer reads the whole image at once. */
static void add_fully_connected(struct draw *d)
{
	const struct shape *x = &now(d)->shape;
	struct build_conv c = { .kind = OP_FULLY_CONNECTED,
				.kernel_h = 1,
				.kernel_w = 1,
				.stride_h = 1,
				.stride_w = 1,
				.dilation_h = 1,
				.dilation_w = 1 };
	int64_t terms;

	if (x->rank == 4 && x->dim[1] == 1 && x->dim[2] == 1 && chance(&d->s, 50)) {
		const struct shape flat = { 2, { 1, x->dim[3] } };
		struct build_quant q = { now(d)->quant.scale[0], now(d)->quant.zero_point[0] };

		d->at = build_add_unary(d->g, OP_RESHAPE, d->at, &flat, q);
		x = &now(d)->shape;
	}
	terms = x->rank == 2 ? x->dim[1] : shape_elements(x);
	c.kernels = lean_small(&d->s, clamp_i64(MACS_MAX / 2 / terms, 1, 1500));
	note(d, "fc", &c);
	add(d, &c, terms * c.kernels, terms);
}

/* Images from a single pixel to more than the convolution buffer holds. */
static struct shape random_input(struct draw *d)
{
	switch (next(&d->s) % 10) {
	case 0:		/* rows that split */
		return (struct shape){ 4, { 1, between(&d->s, 40, 160), between(&d->s, 60, 160),
					    between(&d->s, 33, 64) } };
	case 1:		/* wide */
		return (struct shape){ 4,
				       { 1, lean_small(&d->s, 20), between(&d->s, 200, 900),
					 lean_small(&d->s, 40) } };
	case 2:		/* tall */
		return (struct shape){ 4,
				       { 1, between(&d->s, 200, 2500), lean_small(&d->s, 6),
					 lean_small(&d->s, 40) } };
	case 3:		/* deep: kernels that split or stream */
		return (struct shape){ 4,
				       { 1, lean_small(&d->s, 7), lean_small(&d->s, 7),
					 between(&d->s, 200, 1500) } };
	case 4:		/* a picture */
		return (struct shape){ 4,
				       { 1, between(&d->s, 20, 120), between(&d->s, 20, 230),
					 between(&d->s, 1, 4) } };
	default:
		return (struct shape){ 4,
				       { 1, lean_small(&d->s, 30), lean_small(&d->s, 30),
					 lean_small(&d->s, 100) } };
	}
}

static bool has_window(const struct draw *d)
{
	return now(d)->shape.rank == 4;
}

void random_conv_make(uint32_t seed, struct random_graph *m)
{
	struct draw d = { .s = seed * 2654435761u + 1, .what = m->what, .room = sizeof(m->what) };
	enum dtype type = chance(&d.s, 60) ? DTYPE_UINT8 : DTYPE_INT8;
	struct shape shape = random_input(&d);
	struct build_quant quant = { pow(2, between(&d.s, -8, 2)), random_zero(&d.s, type) };
	int32_t ops = chance(&d.s, 70) ? 1 : between(&d.s, 2, 4);
	int n = snprintf(m->what, sizeof(m->what), "%s %dx%dx%d", dtype_name(type), shape.dim[1],
			 shape.dim[2], shape.dim[3]);

	d.what += n;
	d.room -= n;
	d.g = build_start(type, &shape, quant);
	for (int32_t i = 0; i < ops; i++) {
		unsigned int kind = next(&d.s) % 20;

		if (!has_window(&d) || (kind < 2 && shape_elements(&now(&d)->shape) < 60000 &&
					now(&d)->shape.dim[1] <= 31 && now(&d)->shape.dim[2] <= 31))
			add_fully_connected(&d);
		else if (kind < 4)
			add_pool(&d);
		else if (kind < 9)
			add_depthwise(&d);
		else
			add_conv(&d);
	}
	build_output(d.g, d.at);
	m->graph = d.g;
	m->input = malloc(d.g->tensors[0].bytes);
	random_bytes(&d.s, m->input, d.g->tensors[0].bytes);
	free(d.weights);
	free(d.bias);
	free(d.scales);
	m->per_channel = d.per_channel;
}
