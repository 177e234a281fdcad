// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: PAD and PADV2
 *
 * A depthwise convolution that moves each pixel: its window reaches far enough that each one meets
 * the input, its only weight is 1. lower_conv.c lets a convolution behind it do the padding along.
 */
#include <stddef.h>
#include <string.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "lower.h"

/* Rows or columns that @paddings put before and after. */
struct margin {
	int32_t before, after;
};

static struct margin margin_of(const struct tensor *paddings, uint32_t axis)
{
	return (struct margin){ tensor_int(paddings, 2 * axis),
				tensor_int(paddings, 2 * axis + 1) };
}

/* @value: stored form of what goes around the input. */
static const char *pad(struct work *w, const struct op *op, int32_t value, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in], *out = &w->graph->tensors[n->out];
	const struct tensor *paddings = &w->graph->tensors[op->inputs[1]];
	struct margin rows, columns, channels;
	struct conv *c = &n->conv;

	if (!lower_same_quant(in, out) || in->type != out->type)
		return "input and output are quantised differently";
	if (!lower_known_ints(paddings))
		return "the paddings are not known before the model runs";
	if (in->shape.rank != 4 || !lower_extent(in, &c->in) || !lower_extent(out, &c->out))
		return "padding of anything but the rows and columns of one image";
	rows = margin_of(paddings, 1);
	columns = margin_of(paddings, 2);
	channels = margin_of(paddings, 3);
	if (channels.before || channels.after)
		return "padding of channels";

	c->before_h = rows.before;
	c->before_w = columns.before;
	c->pad_top = rows.before + rows.after;
	c->pad_left = columns.before + columns.after;
	if (max_i64(c->pad_top, c->pad_left) > w->limits->pad)
		return "more padding than the pad fields";
	c->stride_h = c->stride_w = 1;
	c->in_zero = value;

	return lower_pick(w, n, c->pad_top + 1, c->pad_left + 1, rows.after, columns.after);
}

const char *lower_pad(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in];
	const char *reason = lower_check(in, &w->graph->tensors[n->out]);

	return reason ? reason : pad(w, op, lower_stored_zero(in), n);
}

const char *lower_padv2(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in];
	const struct tensor *value = &w->graph->tensors[op->inputs[2]];
	const char *reason = lower_check(in, &w->graph->tensors[n->out]);

	if (reason)
		return reason;
	if (!value->data || value->type != in->type || !lower_same_quant(value, in))
		return "the padding is no constant of the input's type and scale";

	return pad(w, op, (int8_t)(*(const uint8_t *)value->data ^
				   (in->type == DTYPE_UINT8 ? UINT8_FLIP : 0)), n);
}
