// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: RESIZE_NEAREST_NEIGHBOR
 *
 * Copies whose lines leave gaps in the output. For a factor of 2 along the columns the first copies
 * all pixels, each a line of its own, to the even places, the second to the odd ones; along the
 * rows the same with whole rows. Where both grow, the wide rows are in a scratch between.
 *
 * Unknown: whether tasks of the DPU alone leave gaps; behind convolutions they do. See
 * Documentation/npu/open-questions.rst.
 */
#include <math.h>
#include <stddef.h>

#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "flow.h"
#include "lower.h"

/*
 * Where TensorFlow Lite takes an element from; in single precision. Source:
 * reference/resize_nearest_neighbor.h GetNearestNeighbor.
 */
static int32_t nearest(const struct resize_params *p, int32_t at, int32_t in, int32_t out)
{
	float scale = p->align_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) :
						    (float)in / (float)out;
	float place = ((float)at + (p->half_pixel_centers ? 0.5f : 0.0f)) * scale;

	return clamp_i64(p->align_corners ? roundf(place) : floorf(place), 0, in - 1);
}

/* How often each row or column is repeated; 0 when not all are alike. */
static int32_t repeats(const struct resize_params *p, int32_t in, int32_t out)
{
	int32_t factor = out / in;

	for (int32_t at = 0; at < out; at++)
		if (out % in || nearest(p, at, in, out) != at / factor)
			return 0;
	return factor;
}

/* A copy of each line of @width pixels of @from to every @factor-th line of @to. */
static const char *spread(struct work *w, struct flow *f, uint32_t width, uint32_t factor)
{
	f->width = width;
	f->out_line = factor * width;

	return lower_copy(w, f);
}

const char *lower_resize_nearest(struct work *w, const struct op *op, struct node *n)
{
	const struct tensor *in = &w->graph->tensors[n->in], *out = &w->graph->tensors[n->out];
	const char *reason = lower_check(in, out);
	int32_t rows, columns, wide;
	uint32_t between = n->in;
	struct extent e, to;
	struct flow *f;

	if (reason)
		return reason;
	if (!lower_same_quant(in, out) || in->type != out->type)
		return "input and output are quantised differently";
	if (!lower_known_ints(&w->graph->tensors[op->inputs[1]]))
		return "the size is not known before the model runs";
	if (!w->limits->flow_gaps)
		return "tasks of the DPU alone leave no gaps between lines";
	if (!lower_extent(in, &e) || !lower_extent(out, &to))
		return "a batch of more than one image";
	rows = repeats(&op->u.resize, e.height, to.height);
	columns = repeats(&op->u.resize, e.width, to.width);
	if (!rows || !columns)
		return "a size with which pixels are not all repeated equally often";
	wide = columns * e.width;
	if (rows > 1 && columns > 1) {
		n->scratch[n->n_scratch++] = (struct extent){ e.height, wide, e.channels };
		between = work_scratch(w, n, 0);
	}
	f = lower_flows(w, n, (columns > 1 ? columns : 0) + (rows > 1 || columns == 1 ? rows : 0));
	if (!f)
		return lower_no_memory;
	for (int32_t i = 0; columns > 1 && i < columns && !reason; i++, f++) {
		*f = (struct flow){ .in = n->in, .out = rows > 1 ? between : n->out, .out_pixel = i,
				    .pixels = e.height * e.width, .channels = e.channels };
		reason = spread(w, f, 1, columns);
	}
	for (int32_t i = 0; (rows > 1 || columns == 1) && i < rows && !reason; i++, f++) {
		*f = (struct flow){ .in = between, .out = n->out, .out_pixel = i * wide,
				    .pixels = e.height * wide, .channels = e.channels };
		reason = spread(w, f, wide, rows);
	}

	return reason;
}
