// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operators with outputs worked out by hand
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <base/diag.h>
#include <ref/ref.h>

#include "ref_rows.h"

#define UNTOUCHED 0xa5

union output {
	uint8_t bytes[REF_OUT_BYTES_MAX];
	float reals[REF_OUT_BYTES_MAX / sizeof(float)];
};

static int eval(const struct one_op *row, union output *out)
{
	struct diag d = { .print = diag_stderr };
	struct graph *g = one_op_graph(row);
	void *values[ONE_OP_INPUTS_MAX + ONE_OP_OUTPUTS_MAX];
	int ret;

	assert_int_equal(graph_verify(g, &d), 0);
	for (unsigned int i = 0; i < row->n_in; i++)
		values[i] = row->in[i].constant ? NULL : (void *)row->in[i].data;
	for (unsigned int i = 0; i <= row->n_more; i++)
		values[row->n_in + i] = out[i].bytes;
	ret = ref_eval(g, &g->ops[0], values, NULL);
	assert_int_equal(ret == -ENOTSUP, ref_refuses(g, &g->ops[0]) != NULL);
	graph_destroy(g);

	return ret;
}

static void compare(const char *why, const struct one_tensor *t, const void *want,
		    const uint8_t *got)
{
	int64_t elements = shape_elements(&t->shape);

	for (int64_t k = 0; k < elements; k++) {
		struct tensor expected = { .type = t->type, .data = want };
		struct tensor actual = { .type = t->type, .data = got };

		if (tensor_int(&expected, k) != tensor_int(&actual, k))
			fail_msg("%s: element %d is %d, not %d", why, (int)k,
				 (int)tensor_int(&actual, k), (int)tensor_int(&expected, k));
	}
	for (size_t k = elements * dtype_bytes(t->type); k < REF_OUT_BYTES_MAX; k++)
		assert_int_equal(got[k], UNTOUCHED);
}

void ref_rows_check(const struct ref_row *rows, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct ref_row *row = &rows[i];
		union output got[ONE_OP_OUTPUTS_MAX];

		assert_true(shape_elements(&row->op.out.shape) * dtype_bytes(row->op.out.type) <=
			    REF_OUT_BYTES_MAX);
		memset(got, UNTOUCHED, sizeof(got));
		if (eval(&row->op, got))
			fail_msg("%s: refused", row->why);
		compare(row->why, &row->op.out, row->want, got[0].bytes);
		for (unsigned int k = 0; k < row->op.n_more; k++)
			compare(row->why, &row->op.more[k], row->op.more[k].data, got[1 + k].bytes);
	}
}
