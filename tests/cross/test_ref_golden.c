// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The reference against TensorFlow Lite
 *
 * Every operator of every model of the shared folder, fed with the golden input tensors, must give
 * TensorFlow Lite's bytes. Where a case has no inner tensors, an operator is fed with what the
 * reference computed before it, and judged by the digest of its output; where TensorFlow Lite wrote
 * over that output, the operator that did so judges both. The table counts elements by operator and
 * kind of quantisation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/bits.h>
#include <base/diag.h>
#include <cross/golden.h>
#include <ref/ref.h>

enum flavour {
	UINT8,
	INT8,
	INT8_PER_CHANNEL,
	OTHER,
	FLAVOURS
};

static const char *const flavours[] = { "uint8", "int8", "int8 per channel", "other" };

struct row {
	unsigned int ops;
	unsigned int refused;
	size_t elements, exact, off_by_one, more;
};

static struct row table[OP_KINDS][FLAVOURS];

static enum flavour flavour_of(const struct graph *g, const struct op *op)
{
	enum dtype type = op->n_outputs ? g->tensors[op->outputs[0]].type : DTYPE_OTHER;

	for (uint32_t i = 0; i < op->n_inputs; i++)
		if (op->inputs[i] != GRAPH_NONE && g->tensors[op->inputs[i]].quant.count > 1)
			return INT8_PER_CHANNEL;
	return type == DTYPE_UINT8 ? UINT8 : type == DTYPE_INT8 ? INT8 : OTHER;
}

/*
 * Compare output @tensor and make it, as TensorFlow Lite has it where we know, the input of what
 * follows.
 */
static void judge(const struct golden *g, const struct op *op, uint32_t tensor, void *value,
		  struct row *row)
{
	const struct golden_value *want = &g->values[tensor];
	const struct tensor *t = &g->graph->tensors[tensor];
	char digest[SHA256_TEXT_BYTES];

	if (want->data && want->bytes == t->bytes) {
		struct golden_distance d = golden_compare(t->type, want->data, value, t->bytes);

		row->elements += d.elements;
		row->exact += d.exact;
		row->off_by_one += d.off_by_one;
		row->more += d.more;
		if (d.exact < d.elements)
			printf("# %s: op %u %s: %zu of %zu differ, at most by %ld, first %zu\n",
			       g->name, op->index, op->name, d.elements - d.exact, d.elements,
			       (long)d.worst, d.first);
		memcpy(value, want->data, t->bytes);
	} else if (want->sha256[0]) {
		size_t elements = t->bytes / max_i64(dtype_bytes(t->type), 1);

		sha256_text(value, t->bytes, digest);
		row->elements += elements;
		if (!strcmp(digest, want->sha256)) {
			row->exact += elements;
		} else {
			row->more += elements;
			printf("# %s: op %u %s: digest differs\n", g->name, op->index, op->name);
		}
	}
}

static void run_op(const struct golden *g, const struct op *op, void **values)
{
	struct row *row = &table[op->kind][flavour_of(g->graph, op)];
	struct diag d = { .print = diag_stderr, .opaque = g->name };
	const char *reason = ref_refuses(g->graph, op);

	row->ops++;
	if (reason) {
		assert_int_equal(op->kind, OP_UNKNOWN);
		row->refused++;
		printf("# %s: op %u %s refused: %s\n", g->name, op->index, op->name, reason);
	} else {
		assert_int_equal(ref_eval(g->graph, op, values, &d), 0);
	}
	for (uint32_t i = 0; i < op->n_outputs && !reason; i++)
		judge(g, op, op->outputs[i], values[op->outputs[i]], row);
}

static void run_case(const char *name)
{
	struct diag d = { .print = diag_stderr, .opaque = (void *)name };
	struct golden *g = NULL;
	void **values;

	assert_int_equal(golden_load(name, &d, &g), 0);
	values = calloc(g->graph->n_tensors, sizeof(*values));
	assert_non_null(values);
	for (uint32_t i = 0; i < g->graph->n_tensors; i++) {
		const struct tensor *t = &g->graph->tensors[i];

		if (t->data)
			continue;
		values[i] = malloc(t->bytes + 1);
		assert_non_null(values[i]);
		if (g->values[i].data && g->values[i].bytes == t->bytes)
			memcpy(values[i], g->values[i].data, t->bytes);
	}
	for (uint32_t i = 0; i < g->graph->n_ops; i++)
		run_op(g, &g->graph->ops[i], values);
	for (uint32_t i = 0; i < g->graph->n_tensors; i++)
		free(values[i]);
	free(values);
	golden_free(g);
}

static void every_operator_gives_the_bytes_of_tensorflow_lite(void **state)
{
	struct row total = { 0 };
	size_t count = 0;
	char **names = NULL;

	if (!golden_models()) {
		printf("# skipped: no shared folder; set ROCKET_SHARED to the folder that holds "
		       "models/golden\n");
		skip();
	}
	assert_int_equal(golden_list(NULL, &names, &count), 0);
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++)
		run_case(names[i]);
	golden_list_free(names, count);

	printf("# %-18s %-17s %5s %7s %10s %10s %6s %6s\n", "operator", "type", "ops", "refused",
	       "elements", "exact", "by one", "more");
	for (int kind = 0; kind < OP_KINDS; kind++)
		for (int f = 0; f < FLAVOURS; f++) {
			struct row *r = &table[kind][f];

			if (!r->ops)
				continue;
			printf("# %-18s %-17s %5u %7u %10zu %10zu %6zu %6zu\n", op_kind_name(kind),
			       flavours[f], r->ops, r->refused, r->elements, r->exact,
			       r->off_by_one, r->more);
			total.ops += r->ops;
			total.refused += r->refused;
			total.elements += r->elements;
			total.exact += r->exact;
			total.off_by_one += r->off_by_one;
			total.more += r->more;
		}
	printf("# %-36s %5u %7u %10zu %10zu %6zu %6zu\n", "total", total.ops, total.refused,
	       total.elements, total.exact, total.off_by_one, total.more);
	assert_true(total.elements > 0);
	assert_int_equal(total.elements, total.exact);
	assert_true(total.ops > total.refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operator_gives_the_bytes_of_tensorflow_lite),
	};

	return cmocka_run_group_tests_name("ref_golden", tests, NULL, NULL);
}
