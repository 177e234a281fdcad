// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Memory
 *
 * Gives each feature map its place in the activations and each table its place in the constants.
 * Feature maps that are never needed at the same time share memory: the largest is placed first,
 * each at the lowest offset where it meets no other of its time.
 */
#include <errno.h>
#include <stdlib.h>

#include <base/arena.h>
#include <base/bits.h>
#include <base/diag.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "compile.h"
#include "flow.h"
#include "weights.h"
#include "work.h"

#define ALIGN		64		/* of everything the NPU addresses; guide 4.1 */
#define SPACE_MAX \
	0xf0000000u /* of a 32-bit device address space, leaving room for the other buffers */

/* One feature map while it is placed. */
struct slot {
	struct feature *feature;
	uint64_t offset, bytes;
	uint32_t first, last;
};

static uint64_t feature_bytes(const struct feature *f)
{
	return align_up((uint64_t)f->pitch * NPU_ATOM_BYTES * f->surfaces, ALIGN);
}

static int larger_first(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return x->feature < y->feature ? -1 : 1;
}

static int lower_first(const void *a, const void *b)
{
	const struct slot *const *x = a, *const *y = b;

	return (*x)->offset < (*y)->offset ? -1 : (*x)->offset > (*y)->offset;
}

/* The lowest offset at which @slots[@n] meets none of those before it; @order is scratch. */
static uint64_t lowest_gap(const struct slot *slots, uint32_t n, const struct slot **order)
{
	uint32_t others = 0;
	uint64_t offset = 0;

	for (uint32_t i = 0; i < n; i++)
		if (slots[i].first <= slots[n].last && slots[n].first <= slots[i].last)
			order[others++] = &slots[i];
	qsort(order, others, sizeof(*order), lower_first);
	for (uint32_t i = 0; i < others && order[i]->offset < offset + slots[n].bytes; i++)
		offset = max_i64(offset, order[i]->offset + order[i]->bytes);

	return offset;
}

/* Most bytes of features that are needed at one time: what no placement can go below. */
static uint64_t most_together(const struct slot *slots, uint32_t n, uint32_t nodes)
{
	uint64_t most = 0;

	for (uint32_t at = 0; at < nodes; at++) {
		uint64_t bytes = 0;

		for (uint32_t i = 0; i < n; i++)
			if (slots[i].first <= at && at <= slots[i].last)
				bytes += slots[i].bytes;
		most = max_i64(most, bytes);
	}
	return most;
}

static int place_features(struct work *w)
{
	uint32_t n = 0;
	struct slot *slots = arena_alloc(&w->scratch, w->n_features, sizeof(*slots));
	const struct slot **order = arena_alloc(&w->scratch, w->n_features, sizeof(*order));
	uint64_t bytes = 0;

	if (!slots || !order)
		return -ENOMEM;
	for (uint32_t t = 0; t < w->n_features; t++) {
		struct feature *f = &w->features[t];

		if (f->present && f->root == t)
			slots[n++] = (struct slot){
				.feature = f,
				.bytes = feature_bytes(f),
				.first = w->options->keep_features ? 0 : f->first,
				.last = w->options->keep_features ? UINT32_MAX : f->last,
			};
	}
	qsort(slots, n, sizeof(*slots), larger_first);
	for (uint32_t i = 0; i < n; i++) {
		slots[i].offset = lowest_gap(slots, i, order);
		bytes = max_i64(bytes, slots[i].offset + slots[i].bytes);
		slots[i].feature->offset = slots[i].offset;
	}
	if (bytes > SPACE_MAX)
		return diag_error(w->diag, -ENOTSUP,
				  "feature maps take %llu bytes, more than the NPU can address; "
				  "use a smaller input", (unsigned long long)bytes);
	w->activation_bytes = bytes;
	if (w->options->report)
		w->least_bytes = most_together(slots, n, w->graph->n_ops);
	for (uint32_t t = 0; t < w->n_features; t++)
		w->features[t].offset =
			w->features[w->features[t].root].offset + w->features[t].root_at;

	return 0;
}

int place(struct work *w)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < w->graph->n_ops; i++) {
		struct conv *c = &w->nodes[i].conv;

		for (uint32_t k = 0; w->nodes[i].kind == NODE_FLOW && k < w->nodes[i].n_flows; k++) {
			w->nodes[i].flows[k].slopes_at = bytes;
			bytes += align_up(flow_slopes_bytes(&w->nodes[i].flows[k]), ALIGN);
		}
		if (w->nodes[i].kind != NODE_CONV)
			continue;
		c->weights_at = bytes;
		bytes += align_up(weights_bytes(c), ALIGN);
		c->table_at = bytes;
		bytes += align_up((uint64_t)bias_bytes(c), ALIGN);
		if (bytes > SPACE_MAX)
			return diag_error(w->diag, -ENOTSUP,
					  "weights take more than the NPU can address");
	}
	w->const_bytes = max_i64(bytes, ALIGN);	/* buffers are numbered by use: none is left out */

	return place_features(w);
}
