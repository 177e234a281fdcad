// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Verifier
 *
 * Everything the other passes take for granted about tensors and about the order of operators. What
 * each kind of operator asks of its tensors is in verify_ops.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include <base/bits.h>
#include <base/diag.h>

#include "graph.h"
#include "verify.h"

#define TEXT_BYTES 384	/* longer complaints are cut */

static const struct {
	uint32_t least, most, outputs;
} counts[] = {
#define OP(kind, name, least, most, outputs) [OP_##kind] = { least, most, outputs },
#include <graph/ops.def>
#undef OP
};

static const struct {
	int64_t low, high;
} zero_point_range[] = {
	[DTYPE_UINT8]	= { 0, UINT8_MAX },
	[DTYPE_INT8]	= { INT8_MIN, INT8_MAX },
	[DTYPE_INT16]	= { INT16_MIN, INT16_MAX },
	[DTYPE_INT32]	= { INT32_MIN, INT32_MAX },
	[DTYPE_INT64]	= { INT32_MIN, INT32_MAX },
	[DTYPE_FLOAT32]	= { INT32_MIN, INT32_MAX },	/* never used */
	[DTYPE_OTHER]	= { INT32_MIN, INT32_MAX },
};

_Bool verify_fail(struct verifier *v, const char *format, ...)
{
	char text[TEXT_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (v->op)
		diag_error(v->d, -EINVAL, "operator %" PRIu32 " (%s): %s", v->op->index,
			   v->op->name, text);
	else
		diag_error(v->d, -EINVAL, "%s", text);
	v->ret = -EINVAL;

	return false;
}

static void verify_quant(struct verifier *v, uint32_t number, const struct tensor *t)
{
	const struct quant *q = &t->quant;

	if (q->count > 1 &&
	    (q->axis >= t->shape.rank || q->count != (uint32_t)t->shape.dim[q->axis])) {
		verify_fail(v,
			    "tensor %" PRIu32 " '%s': %" PRIu32
			    " scales do not fit its dimension %" PRIu32,
			    number, t->name, q->count, q->axis);
		return;
	}
	for (uint32_t i = 0; i < q->count; i++) {
		if (!isfinite(q->scale[i]) || q->scale[i] <= 0) {
			verify_fail(v,
				    "tensor %" PRIu32 " '%s': scale %" PRIu32
				    " is %g, must be positive and finite",
				    number, t->name, i, q->scale[i]);
			return;
		}
		if (q->zero_point[i] < zero_point_range[t->type].low ||
		    q->zero_point[i] > zero_point_range[t->type].high) {
			verify_fail(v,
				    "tensor %" PRIu32 " '%s': zero point %" PRIu32 " is %" PRId32
				    ", out of the range of %s",
				    number, t->name, i, q->zero_point[i], dtype_name(t->type));
			return;
		}
	}
}

static void verify_tensor(struct verifier *v, uint32_t number)
{
	const struct tensor *t = &v->g->tensors[number];
	int64_t elements = shape_elements(&t->shape);
	size_t bytes;

	if (elements < 0) {
		verify_fail(v,
			    "tensor %" PRIu32
			    " '%s': its shape has an extent below 1 or too many elements",
			    number, t->name);
		return;
	}
	if (t->type > DTYPE_OTHER) {
		verify_fail(v, "tensor %" PRIu32 " '%s': type %d does not exist", number, t->name,
			    t->type);
		return;
	}
	if (__builtin_mul_overflow((size_t)elements, dtype_bytes(t->type), &bytes) ||
	    bytes > PTRDIFF_MAX)
		verify_fail(v, "tensor %" PRIu32 " '%s': larger than memory can be", number,
			    t->name);
	else if (t->type != DTYPE_OTHER && t->bytes != bytes)
		verify_fail(v,
			    "tensor %" PRIu32 " '%s': %zu bytes, but its shape and type need %zu",
			    number, t->name, t->bytes, bytes);
	verify_quant(v, number, t);
}

/* Each number names a tensor; @optional allows GRAPH_NONE. */
static bool numbers_valid(struct verifier *v, const char *what, const uint32_t *numbers,
			  uint32_t count, bool optional)
{
	for (uint32_t i = 0; i < count; i++)
		if (numbers[i] >= v->g->n_tensors && !(optional && numbers[i] == GRAPH_NONE))
			return verify_fail(
				v, "%s %" PRIu32 " is tensor %" PRIu32 ", but there are %" PRIu32,
				what, i, numbers[i], v->g->n_tensors);

	return true;
}

static bool counts_valid(struct verifier *v, const struct op *op)
{
	uint32_t least, most, outputs;

	if (op->kind >= OP_KINDS)
		return verify_fail(v, "kind %d does not exist", op->kind);
	if (op->refused)
		return true;
	least = counts[op->kind].least;
	most = counts[op->kind].most;
	outputs = counts[op->kind].outputs;
	if (op->n_inputs < least || op->n_inputs > most)
		return verify_fail(v, "%" PRIu32 " inputs, must be %" PRIu32 " to %" PRIu32,
				   op->n_inputs, least, most);
	if (outputs == 1 && op->n_outputs != 1)
		return verify_fail(v, "%" PRIu32 " outputs, must be 1", op->n_outputs);
	if (op->n_outputs < 1 || op->n_outputs > outputs)
		return verify_fail(v, "%" PRIu32 " outputs, must be 1 to %" PRIu32, op->n_outputs,
				   outputs);
	for (uint32_t i = 0; i < least; i++)
		if (op->inputs[i] == GRAPH_NONE)
			return verify_fail(v, "input %" PRIu32 " is missing", i);

	return true;
}

/*
 * @ready[t] is set once tensor t has contents. What a refused operator reads (its own state, say)
 * is not our business.
 */
static void verify_order(struct verifier *v, const struct op *op, bool *ready)
{
	for (uint32_t i = 0; i < op->n_inputs && !op->refused; i++)
		if (op->inputs[i] != GRAPH_NONE && !ready[op->inputs[i]])
			verify_fail(v, "input %" PRIu32 " ('%s') is read before anything writes it",
				    i, v->g->tensors[op->inputs[i]].name);
	for (uint32_t i = 0; i < op->n_outputs; i++) {
		if (ready[op->outputs[i]])
			verify_fail(v,
				    "output %" PRIu32
				    " ('%s') is written twice, or a constant or a model input",
				    i, v->g->tensors[op->outputs[i]].name);
		ready[op->outputs[i]] = true;
	}
}

static void verify_ops(struct verifier *v, bool *ready)
{
	const struct graph *g = v->g;

	for (uint32_t i = 0; i < g->n_tensors; i++)
		ready[i] = g->tensors[i].data;
	for (uint32_t i = 0; i < g->n_inputs; i++) {
		if (ready[g->inputs[i]])
			verify_fail(v,
				    "model input %" PRIu32 " ('%s') is a constant or listed twice",
				    i, g->tensors[g->inputs[i]].name);
		ready[g->inputs[i]] = true;
	}
	for (uint32_t i = 0; i < g->n_ops; i++) {
		const struct op *op = v->op = &g->ops[i];

		if (!counts_valid(v, op) ||
		    !numbers_valid(v, "input", op->inputs, op->n_inputs, true) ||
		    !numbers_valid(v, "output", op->outputs, op->n_outputs, false))
			continue;
		verify_order(v, op, ready);
		if (!op->refused)
			verify_op(v);
	}
	v->op = NULL;
	if (!g->n_outputs)
		verify_fail(v, "the model has no output");
	for (uint32_t i = 0; i < g->n_outputs; i++)
		if (!ready[g->outputs[i]])
			verify_fail(v, "model output %" PRIu32 " ('%s') is never written", i,
				    g->tensors[g->outputs[i]].name);
}

int graph_verify(const struct graph *g, struct diag *d)
{
	struct verifier v = { .g = g, .d = d };
	bool *ready;

	for (uint32_t i = 0; i < g->n_tensors; i++)
		verify_tensor(&v, i);
	if (!numbers_valid(&v, "model input", g->inputs, g->n_inputs, false) ||
	    !numbers_valid(&v, "model output", g->outputs, g->n_outputs, false) || v.ret)
		return v.ret;

	ready = calloc((size_t)g->n_tensors + 1, sizeof(*ready));
	if (!ready)
		return diag_error(d, -ENOMEM, "out of memory while checking the graph");
	verify_ops(&v, ready);
	free(ready);

	return v.ret;
}
