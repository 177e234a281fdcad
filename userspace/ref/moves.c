// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operators that only pick elements
 *
 * SPLIT, STRIDED_SLICE and TRANSPOSE are the same walk over the input with other steps. MIRROR_PAD
 * looks each row of its output up in the input.
 *
 * Source: tensorflow/lite/kernels/internal/reference/{reference_ops,strided_slice,transpose}.h,
 * kernels/mirror_pad.cc (2.14).
 */
#include <string.h>

#include "kernel.h"

const char *refuse_move(const struct tensor *x, const struct tensor *y)
{
	if (x->type == DTYPE_OTHER)
		return "elements of an unknown type";
	if (x->type != y->type || x->quant.count > 1 || y->quant.count > 1 || !same_quant(x, y))
		return "input and output differ in type, scale or zero point";

	return NULL;
}

const char *refuse_unknown_ints(const struct tensor *t)
{
	return t->data && (t->type == DTYPE_INT32 || t->type == DTYPE_INT64) ? NULL :
	       "a shape, an axis or an order is not known before the model runs";
}

/**
 * struct walk - where output elements come from
 * @out: output shape
 * @steps: bytes of the input from element to element, by output dimension
 * @element: bytes of an element
 */
struct walk {
	const struct shape *out;
	int64_t steps[GRAPH_RANK_MAX];
	size_t element;
};

/* Copy what lies in dimension @axis and those inside it. Returns the end of what was written. */
static uint8_t *walk(const struct walk *w, uint8_t *out, const uint8_t *in, unsigned int axis)
{
	if (axis == w->out->rank) {
		memcpy(out, in, w->element);
		return out + w->element;
	}
	for (int32_t i = 0; i < w->out->dim[axis]; i++)
		out = walk(w, out, in + i * w->steps[axis], axis + 1);

	return out;
}

/* Bytes from element to element of a tensor, by dimension. */
static void dense_steps(const struct tensor *t, int64_t *steps)
{
	int64_t step = dtype_bytes(t->type);

	for (unsigned int i = t->shape.rank; i-- > 0;) {
		steps[i] = step;
		step *= t->shape.dim[i];
	}
}

const char *split_refuses(const struct graph *g, const struct op *op)
{
	const char *reason = refuse_unknown_ints(op_in(g, op, 0));

	for (uint32_t i = 0; i < op->n_outputs && !reason; i++)
		reason = refuse_move(op_in(g, op, 1), op_out(g, op, i));

	return reason;
}

int split_eval(const struct eval *e)
{
	const struct tensor *x = op_in(e->g, e->op, 1);
	int64_t axis = tensor_int(op_in(e->g, e->op, 0), 0);
	struct walk w = { .element = dtype_bytes(x->type) };
	const uint8_t *in = eval_in(e, 1);

	axis += axis < 0 ? x->shape.rank : 0;
	dense_steps(x, w.steps);
	for (uint32_t i = 0; i < e->op->n_outputs; i++) {
		w.out = &op_out(e->g, e->op, i)->shape;
		walk(&w, eval_out(e, i), in, 0);
		in += w.out->dim[axis] * w.steps[axis];
	}

	return 0;
}

const char *strided_slice_refuses(const struct graph *g, const struct op *op)
{
	const char *reason = refuse_move(op_in(g, op, 0), op_out(g, op, 0));

	for (unsigned int i = 1; i <= 3 && !reason; i++)
		reason = refuse_unknown_ints(op_in(g, op, i));

	return reason;
}

int strided_slice_eval(const struct eval *e)
{
	const struct tensor *x = op_in(e->g, e->op, 0);
	struct walk w = { .out = &op_out(e->g, e->op, 0)->shape, .element = dtype_bytes(x->type) };
	int64_t dense[GRAPH_RANK_MAX], first = 0;
	unsigned int outer = 0;

	dense_steps(x, dense);
	for (unsigned int i = 0; i < x->shape.rank; i++) {
		struct slice s = slice_of(e->g, e->op, i);

		first += s.first * dense[i];
		if (!s.dropped)
			w.steps[outer++] = s.count > 1 ? s.step * dense[i] : 0;
	}
	walk(&w, eval_out(e, 0), (const uint8_t *)eval_in(e, 0) + first, 0);

	return 0;
}

const char *transpose_refuses(const struct graph *g, const struct op *op)
{
	const char *reason = refuse_unknown_ints(op_in(g, op, 1));

	return reason ? reason : refuse_move(op_in(g, op, 0), op_out(g, op, 0));
}

int transpose_eval(const struct eval *e)
{
	const struct tensor *x = op_in(e->g, e->op, 0), *order = op_in(e->g, e->op, 1);
	struct walk w = { .out = &op_out(e->g, e->op, 0)->shape, .element = dtype_bytes(x->type) };
	int64_t dense[GRAPH_RANK_MAX];

	dense_steps(x, dense);
	for (unsigned int i = 0; i < w.out->rank; i++)
		w.steps[i] = dense[tensor_int(order, i)];
	walk(&w, eval_out(e, 0), eval_in(e, 0), 0);

	return 0;
}

const char *mirror_pad_refuses(const struct graph *g, const struct op *op)
{
	const char *reason = refuse_unknown_ints(op_in(g, op, 1));

	return reason ? reason : refuse_move(op_in(g, op, 0), op_out(g, op, 0));
}

/*
 * Element of the input that stands at @at in the output; @edge is 1 where the edge itself is
 * repeated.
 */
static int64_t mirrored(int64_t at, int64_t before, int64_t extent, int64_t edge)
{
	int64_t i = at - before;

	if (i < 0)
		return -i - edge;
	return i < extent ? i : 2 * (extent - 1) - i + edge;
}

static uint8_t *mirror(const struct eval *e, const int64_t *steps, uint8_t *out, const uint8_t *in,
		       unsigned int axis)
{
	const struct tensor *x = op_in(e->g, e->op, 0), *paddings = op_in(e->g, e->op, 1);
	const struct shape *y = &op_out(e->g, e->op, 0)->shape;

	if (axis == y->rank) {
		memcpy(out, in, dtype_bytes(x->type));
		return out + dtype_bytes(x->type);
	}
	for (int32_t i = 0; i < y->dim[axis]; i++) {
		int64_t from = mirrored(i, tensor_int(paddings, 2 * axis), x->shape.dim[axis],
					e->op->u.mirror_pad.symmetric);

		out = mirror(e, steps, out, in + from * steps[axis], axis + 1);
	}

	return out;
}

int mirror_pad_eval(const struct eval *e)
{
	int64_t steps[GRAPH_RANK_MAX];

	dense_steps(op_in(e->g, e->op, 0), steps);
	mirror(e, steps, eval_out(e, 0), eval_in(e, 0), 0);

	return 0;
}
