// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Functions of one code
 *
 * An operator that makes one output of one input is a table of 256 codes, looked up in the LUT
 * without interpolation or rounding: the output is TensorFlow Lite's to the bit, as far as this
 * file computes the codes as TensorFlow Lite's kernels do.
 *
 * Source: tensorflow/lite/kernels/activations.cc, PopulateLookupTable() (2.14).
 */
#include <math.h>
#include <stddef.h>

#include <graph/graph.h>

#include "flow.h"
#include "lower.h"

static float logistic(float x)
{
	return 1.0f / (1.0f + expf(-x));
}

static float (*const functions[OP_KINDS])(float x) = {
	[OP_LOGISTIC] = logistic,
};

/* Single precision all the way, as in TensorFlow Lite. */
static void fill_codes(const struct tensor *in, const struct tensor *out, float (*f)(float x),
		       int8_t codes[256])
{
	int32_t in_flip = in->type == DTYPE_UINT8 ? UINT8_FLIP : 0;
	int32_t out_flip = out->type == DTYPE_UINT8 ? UINT8_FLIP : 0;
	float inverse = 1 / out->quant.scale[0];

	for (int32_t i = INT8_MIN; i <= INT8_MAX; i++) {
		float x = in->quant.scale[0] * (float)(i + in_flip - in->quant.zero_point[0]);
		float y = roundf(f(x) * inverse) + (float)out->quant.zero_point[0];

		codes[i - INT8_MIN] =
			fminf(fmaxf(y - (float)out_flip, INT8_MIN), INT8_MAX);
	}
}

const char *lower_table(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in], *out = &w->graph->tensors[n->out];
	struct flow *f = lower_flows(w, n, 1);
	const char *reason = lower_check(in, out);
	int8_t codes[256];

	if (!f)
		return lower_no_memory;
	if (reason)
		return reason;
	if (in->type != out->type)
		return "input and output have different types";
	fill_codes(in, out, functions[op->kind], codes);
	f->requant.offset = lower_stored_zero(out);
	reason = flow_table(lower_stored_zero(in), codes, f, &w->scratch);

	return reason ? reason : lower_flow_all(w, n, f, n->in);
}
