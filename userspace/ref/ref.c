// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The reference
 *
 * The table of kernels, and what holds for all of them.
 */
#include <errno.h>
#include <inttypes.h>

#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>

#include "kernel.h"
#include "ref.h"

static const struct {
	const char *(*refuses)(const struct graph *g, const struct op *op);
	int (*eval)(const struct eval *e);
} kernels[OP_KINDS] = {
	[OP_CONV_2D]		= { conv_refuses, conv_eval },
	[OP_DEPTHWISE_CONV_2D]	= { conv_refuses, depthwise_eval },
	[OP_FULLY_CONNECTED]	= { fc_refuses, fc_eval },
	[OP_AVERAGE_POOL_2D]	= { pool_refuses, pool_average_eval },
	[OP_MAX_POOL_2D]	= { pool_refuses, pool_max_eval },
	[OP_ADD]		= { sum_refuses, add_eval },
	[OP_SUB]		= { sum_refuses, sub_eval },
	[OP_MUL]		= { mul_refuses, mul_eval },
	[OP_MAXIMUM]		= { extremum_refuses, maximum_eval },
	[OP_MINIMUM]		= { extremum_refuses, minimum_eval },
	[OP_RESHAPE]		= { reshape_refuses, reshape_eval },
	[OP_SOFTMAX]		= { softmax_refuses, softmax_eval },
	[OP_CONCATENATION]	= { concat_refuses, concat_eval },
	[OP_PAD]		= { pad_refuses, pad_eval },
	[OP_MEAN]		= { mean_refuses, mean_eval },
	[OP_QUANTIZE]		= { quantize_refuses, quantize_eval },
	[OP_LOGISTIC]		= { lut_refuses, logistic_eval },
	[OP_DEQUANTIZE]		= { dequantize_refuses, dequantize_eval },
	[OP_DETECTION_POSTPROCESS] = { detection_refuses, detection_eval },
	[OP_TANH]		= { lut_refuses, tanh_eval },
	[OP_RELU]		= { lut_refuses, relu_eval },
	[OP_RELU6]		= { lut_refuses, relu6_eval },
	[OP_RELU_N1_TO_1]	= { lut_refuses, relu_n1_to_1_eval },
	[OP_LEAKY_RELU]		= { leaky_relu_refuses, leaky_relu_eval },
	[OP_PRELU]		= { prelu_refuses, prelu_eval },
	[OP_HARD_SWISH]		= { hard_swish_refuses, hard_swish_eval },
	[OP_SPLIT]		= { split_refuses, split_eval },
	[OP_STRIDED_SLICE]	= { strided_slice_refuses, strided_slice_eval },
	[OP_TRANSPOSE]		= { transpose_refuses, transpose_eval },
	[OP_TRANSPOSE_CONV]	= { transpose_conv_refuses, transpose_conv_eval },
	[OP_RESIZE_NEAREST_NEIGHBOR] = { resize_refuses, resize_nearest_eval },
	[OP_RESIZE_BILINEAR]	= { bilinear_refuses, resize_bilinear_eval },
	[OP_PADV2]		= { padv2_refuses, padv2_eval },
	[OP_MIRROR_PAD]		= { mirror_pad_refuses, mirror_pad_eval },
};

const char *ref_refuses(const struct graph *g, const struct op *op)
{
	if (op->refused)
		return op->refused;
	if (!kernels[op->kind].eval)
		return "the reference does not implement this operator";

	return kernels[op->kind].refuses(g, op);
}

int ref_check(const struct graph *g, struct diag *d)
{
	int ret = 0;

	for (uint32_t i = 0; i < g->n_ops; i++) {
		const char *why = ref_refuses(g, &g->ops[i]);

		if (why)
			ret = diag_error(d, -ENOTSUP,
					 "operator %" PRIu32 " %s runs neither on the NPU nor on "
					 "the CPU: %s", g->ops[i].index, g->ops[i].name, why);
	}

	return ret;
}

int ref_eval(const struct graph *g, const struct op *op, void *const *values, struct diag *d)
{
	struct eval e = { .g = g, .op = op, .values = values, .d = d };
	const char *reason = ref_refuses(g, op);
	int ret;

	if (reason)
		return diag_error(d, -ENOTSUP, "operator %" PRIu32 " (%s): %s", op->index, op->name,
				  reason);
	ret = kernels[op->kind].eval(&e);
	if (ret == -ENOMEM)
		return diag_error(d, ret, "operator %" PRIu32 " (%s): out of memory", op->index,
				  op->name);

	return ret;
}
