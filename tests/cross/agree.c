// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <base/bits.h>

#include "agree.h"

unsigned long agree_setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

int agree_code(enum dtype type, uint8_t byte)
{
	return type == DTYPE_UINT8 ? byte : (int8_t)byte;
}

int agree_distance(const struct tensor *t, const uint8_t *a, const uint8_t *b, size_t *first,
		   size_t *ones)
{
	int most = 0;

	for (size_t i = 0; i < t->bytes; i++) {
		int difference = abs(agree_code(t->type, a[i]) - agree_code(t->type, b[i]));

		*ones += difference == 1;
		if (difference > most) {
			most = difference;
			*first = i;
		}
	}

	return most;
}

void **agree_values(const struct graph *g, const void *input)
{
	void **values = calloc(g->n_tensors, sizeof(*values));

	assert_non_null(values);
	for (uint32_t t = 0; t < g->n_tensors; t++)
		if (!g->tensors[t].data)
			values[t] = calloc(1, g->tensors[t].bytes);
	assert_non_null(values[0]);
	memcpy(values[0], input, g->tensors[0].bytes);
	return values;
}

void agree_values_free(const struct graph *g, void **values)
{
	for (uint32_t t = 0; t < g->n_tensors; t++)
		free(values[t]);
	free(values);
}

bool agree_reference_may_wrap(const struct graph *g, const struct op *op)
{
	bool turned = op->kind == OP_TRANSPOSE_CONV;
	const struct tensor *in = &g->tensors[op->inputs[turned ? 2 : 0]];
	const struct tensor *out = &g->tensors[op->outputs[0]];
	const struct quant *w = &g->tensors[op->inputs[op->n_inputs > 1]].quant;

	if (op->kind != OP_CONV_2D && op->kind != OP_DEPTHWISE_CONV_2D &&
	    op->kind != OP_FULLY_CONNECTED && !turned)
		return false;
	for (uint32_t i = 0; i < w->count; i++)
		if ((double)in->quant.scale[0] * w->scale[i] > out->quant.scale[0])
			return true;
	return false;
}

static const struct {
	const char *name;
	size_t offset;
	unsigned char values;
} switches[] = {
#define NPU_SWITCH(name, values, def, question) \
	{ #name, offsetof(struct npu_switches, name), values },
	NPU_SWITCHES(NPU_SWITCH)
#undef NPU_SWITCH
};

void agree_open_questions(unsigned int rounds,
			  int (*run)(uint32_t seed, const struct npu_switches *set, bool one_scale,
				     void *opaque),
			  void *opaque)
{
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		bool tables = !strcmp(switches[i].name, "brdma_block");

		if (!strcmp(switches[i].name, "out_offset_after_round"))
			continue;
		for (unsigned char value = 0; value < switches[i].values; value++) {
			struct npu_switches set = npu_switches_default;
			unsigned int failed = 0;

			memcpy((char *)&set + switches[i].offset, &value, 1);
			for (unsigned int k = 0; k < rounds; k++)
				failed += run(1000 * i + k, &set, tables, opaque) != 0;
			if (failed)
				fail_msg("%s = %u", switches[i].name, value);
		}
	}
}
