// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Programs whose listings are kept
 */
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <compiler/compile.h>
#include <cross/build.h>
#include <decode/decode.h>
#include <graph/graph.h>
#include <npu/regcmd.h>
#include <program/program.h>

#include "listings.h"

#define BIAS_MAX 512

static const int32_t bias[BIAS_MAX];

/*
 * MobileNetV1's first two layers on a small picture: input padding, RELU6 by saturation, memory of
 * a depthwise layer.
 */
static struct graph *rgb_s2_then_dw(void)
{
	const struct build_quant out = { 0.0235284772f, 0 };
	struct graph *g = build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, 32, 32, 3 } },
				      (struct build_quant){ 0.0078125f, 128 });
	uint32_t t = build_add_conv(g, 0,
				    &(struct build_conv){
					    .kind = OP_CONV_2D,
					    .kernels = 32,
					    .kernel_h = 3,
					    .kernel_w = 3,
					    .stride_h = 2,
					    .stride_w = 2,
					    .activation = ACTIVATION_RELU6,
					    .weight = { 0.0218266789f, 151 },
					    .out = out,
					    .bias = bias,
				    });

	build_output(g,
		     build_add_conv(g, t,
				    &(struct build_conv){
					    .kind = OP_DEPTHWISE_CONV_2D,
					    .kernels = 32,
					    .kernel_h = 3,
					    .kernel_w = 3,
					    .activation = ACTIVATION_RELU6,
					    .weight = { 0.292199135f, 110 },
					    .out = out,
					    .bias = bias,
				    }));
	return g;
}

/* Rows that exceed the convolution buffer: halo, weights kept. */
static struct graph *split_rows(void)
{
	struct graph *g = build_start(DTYPE_INT8, &(struct shape){ 4, { 1, 120, 120, 40 } },
				      (struct build_quant){ 0.04f, -5 });

	build_output(g,
		     build_add_conv(g, 0,
				    &(struct build_conv){
					    .kind = OP_CONV_2D,
					    .kernels = 23,
					    .kernel_h = 3,
					    .kernel_w = 3,
					    .weight = { 0.01f, 0 },
					    .out = { 0.06f, 3 },
					    .bias = bias,
				    }));
	return g;
}

/* Clamps in the BN stage: a zero point inside the range, an upper bound below the type's. */
static struct graph *relu6_clamped(void)
{
	struct graph *g = build_start(DTYPE_INT8, &(struct shape){ 4, { 1, 6, 7, 20 } },
				      (struct build_quant){ 0.05f, 4 });

	build_output(g,
		     build_add_conv(g, 0,
				    &(struct build_conv){
					    .kind = OP_CONV_2D,
					    .kernels = 9,
					    .kernel_h = 1,
					    .kernel_w = 5,
					    .dilation_w = 2,
					    .stride_h = 2,
					    .activation = ACTIVATION_RELU6,
					    .weight = { 0.02f, 0 },
					    .out = { 0.05f, -20 },
					    .bias = bias,
				    }));
	return g;
}

/* A classifier's end: average pooling, weights streamed, a folded reshape, softmax on the CPU. */
static struct graph *classifier(void)
{
	const struct build_quant q = { 0.05f, 0 };
	struct graph *g = build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, 7, 7, 96 } }, q);
	const struct shape flat = { 2, { 1, 10 } };
	uint32_t t = build_add_pool(g, OP_AVERAGE_POOL_2D, 0,
				    &(struct pool_params){
					    .padding = PADDING_VALID,
					    .stride_h = 2,
					    .stride_w = 2,
					    .filter_h = 7,
					    .filter_w = 7,
				    });

	t = build_add_conv(g, t,
			   &(struct build_conv){
				   .kind = OP_CONV_2D,
				   .kernels = 10,
				   .weight = { 0.01f, 120 },
				   .out = { 0.1f, 60 },
				   .bias = bias,
			   });
	t = build_add_unary(g, OP_RESHAPE, t, &flat, (struct build_quant){ 0.1f, 60 });
	build_output(
		g, build_add_unary(g, OP_SOFTMAX, t, &flat, (struct build_quant){ 1 / 256.0f, 0 }));
	return g;
}

/* Channels that exceed the convolution buffer: a depthwise layer in two halves. */
static struct graph *split_channels(void)
{
	const struct build_quant q = { 0.0235284772f, 0 };
	struct graph *g = build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, 56, 56, 128 } }, q);

	build_output(g,
		     build_add_conv(g, 0,
				    &(struct build_conv){
					    .kind = OP_DEPTHWISE_CONV_2D,
					    .kernels = 128,
					    .kernel_h = 3,
					    .kernel_w = 3,
					    .weight = { 0.06f, 160 },
					    .out = q,
					    .bias = bias,
				    }));
	return g;
}

/* A residual block of int8 with a scale for each channel: operand tables, a sum with RELU. */
static struct graph *residual_per_channel(void)
{
	static const float scales[20] = {
		0.02f, 0.01f, 0.005f, 0.0125f, 0.02f, 0.01f, 0.005f, 0.0125f, 0.02f, 0.01f,
		0.005f, 0.0125f, 0.02f, 0.01f, 0.005f, 0.0125f, 0.02f, 0.01f, 0.005f, 0.0125f,
	};
	const struct build_quant q = { 0.05f, -4 };
	const struct shape image = { 4, { 1, 6, 7, 20 } };
	struct graph *g = build_start(DTYPE_INT8, &image, q);
	uint32_t in[2] = { 0 };
	struct op *op;

	in[1] = build_add_conv(g, 0,
			       &(struct build_conv){
				       .kind = OP_CONV_2D,
				       .kernels = 20,
				       .kernel_h = 3,
				       .kernel_w = 3,
				       .weight = { 0.02f, 0 },
				       .weight_scales = scales,
				       .out = { 0.03f, 7 },
				       .bias = bias,
			       });
	op = build_add_op(g, OP_ADD, in, 2, &image, (struct build_quant){ 0.06f, -60 });
	op->u.eltwise.activation = ACTIVATION_RELU;
	build_output(g, op->outputs[0]);

	return g;
}

/* Two branches joined in the wrong order for one of them, a pooling behind: a copy, the PPU. */
static struct graph *branches_joined(void)
{
	const struct build_quant q = { 0.05f, 3 };
	struct graph *g = build_start(DTYPE_UINT8, &(struct shape){ 4, { 1, 8, 8, 16 } }, q);
	uint32_t in[2];
	struct op *op;

	for (int i = 1; i >= 0; i--)
		in[i] = build_add_conv(g, 0,
				       &(struct build_conv){
					       .kind = OP_CONV_2D,
					       .kernels = 16,
					       .weight = { 0.01f, 120 },
					       .out = q,
					       .bias = bias,
				       });
	op = build_add_op(g, OP_CONCATENATION, in, 2, &(struct shape){ 4, { 1, 8, 8, 32 } }, q);
	op->u.concat.axis = 3;
	build_output(g, build_add_pool(g, OP_MAX_POOL_2D, op->outputs[0],
				       &(struct pool_params){
					       .padding = PADDING_SAME,
					       .stride_h = 2,
					       .stride_w = 2,
					       .filter_h = 3,
					       .filter_w = 3,
				       }));
	return g;
}

/* A transposed convolution whose columns are no multiple of the stride: gaps on both sides. */
static struct graph *transposed_by_two(void)
{
	const struct build_quant q = { 0.05f, 3 };
	const struct shape out = { 4, { 1, 9, 7, 16 } };
	static const uint8_t weights[16 * 3 * 3 * 16];
	struct graph *g = build_start(DTYPE_INT8, &(struct shape){ 4, { 1, 4, 3, 16 } }, q);
	uint32_t in[4] = { build_ints(g, &(struct shape){ 1, { 4 } }, out.dim),
			   build_constant(g, &(struct shape){ 4, { 16, 3, 3, 16 } },
					  (struct build_quant){ 0.01f, 0 }, weights),
			   0, build_ints(g, &(struct shape){ 1, { 16 } }, bias) };
	struct op *op = build_add_op(g, OP_TRANSPOSE_CONV, in, 4, &out, q);

	op->u.conv = (struct conv_params){ .padding = PADDING_VALID, .stride_h = 2, .stride_w = 2,
					   .dilation_h = 1, .dilation_w = 1 };
	build_output(g, op->outputs[0]);

	return g;
}

static const struct {
	const char *name;
	struct graph *(*build)(void);
} listings[] = {
	{ "rgb_s2_then_dw", rgb_s2_then_dw },
	{ "split_rows", split_rows },
	{ "split_channels", split_channels },
	{ "relu6_clamped", relu6_clamped },
	{ "classifier", classifier },
	{ "residual_per_channel", residual_per_channel },
	{ "branches_joined", branches_joined },
	{ "transposed_by_two", transposed_by_two },
};

size_t listing_count(void)
{
	return ARRAY_SIZE(listings);
}

const char *listing_name(size_t i)
{
	return listings[i].name;
}

struct program *listing_compile(size_t i)
{
	struct graph *g = listings[i].build();
	struct program *p = NULL;

	if (compile_graph(g, NULL, NULL, &p))
		p = NULL;
	graph_destroy(g);

	return p;
}

void listing_print(const struct program *p, FILE *f)
{
	program_print(p, f);
	for (uint32_t i = 0; i < p->n_tasks; i++) {
		const struct program_task *t = &p->tasks[i];
		uint64_t *words = malloc((size_t)t->words * REGCMD_BYTES);

		if (!words)
			return;
		memcpy(words, p->buffers[t->buffer].data + t->offset,
		       (size_t)t->words * REGCMD_BYTES);
		fprintf(f, "task %u of operator %u\n", i, p->ops[t->op].index);
		decode_listing(f, words, t->words, NULL);
		free(words);
	}
}
