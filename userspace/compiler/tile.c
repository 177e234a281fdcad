// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Splitting a convolution into tasks
 *
 * A task needs its input rows and either all its weights or one group of kernels in the CBUF. The
 * pass tries each way to cut the kernels into chunks, with the weights of a chunk resident (loaded
 * once, kept for further row tasks) or streamed (loaded again by each task), and takes the cheapest
 * by bytes loaded and tasks started. Rows are cut as late as possible: each task takes the most
 * rows that fit, and exactly those it needs.
 */
#include <errno.h>
#include <stddef.h>

#include <base/arena.h>
#include <base/bits.h>
#include <graph/graph.h>
#include <npu/limits.h>

#include "channels.h"
#include "tile.h"
#include "work.h"

/*
 * Bytes that load in the time one task costs to start.
 * Measured: RK3576, weight fetch of 32 chained tasks: 26.3 us per task + 84.3 us per MB; silicon
 * notes 5.3.
 */
#define TASK_BYTES	(263 * 1000000 / 843)

/*
 * Banks beyond those the weights fill.
 * Unknown: why. Streams with one bank fewer hang at some sizes; silicon notes 8 C3, guide 5.1.
 */
#define WEIGHT_BANKS_SPARE	1

/* One way to cut a convolution. */
struct cut {
	uint32_t chunk;		/* kernels per task */
	bool resident;
	uint32_t data_banks, weight_banks;
	uint64_t cost;
};

static uint32_t banks(uint64_t bytes)
{
	return div_round_up(bytes, NPU_CBUF_BANK_BYTES);
}

static int32_t window(const struct conv *c)
{
	return (c->kernel_h - 1) * c->dilation_h + 1;
}

static uint32_t chunk_in_channels(const struct conv *c, uint32_t kernels)
{
	return layout_in_channels(c->depthwise ? kernels : (uint32_t)c->in.channels);
}

static struct weight_shape shape_of(const struct conv *c, uint32_t chunk)
{
	uint32_t full = c->depthwise ? NPU_DW_GROUP_BYTES : NPU_KERNEL_GROUP_INT8;

	return (struct weight_shape){
		.depthwise = c->depthwise,
		.taps = c->kernel_h * c->kernel_w,
		.channels = layout_in_channels(c->in.channels),
		.kernels = c->out.channels,
		.group = chunk < (uint32_t)c->out.channels ? min_i64(full, chunk) : full,
	};
}

/*
 * The next task below output row @row, at most @most input rows high.
 * Return: its output rows; 0 when not even one fits.
 */
static int32_t next_rows(const struct npu_limits *l, const struct conv *c, int32_t row,
			 int64_t most, struct tile *t)
{
	int64_t start = (int64_t)row * c->stride_h - c->pad_top;
	int64_t top = max_i64(start, 0);
	int64_t last = min_i64(c->in.height, top + min_i64(most, l->in_size)) - 1;
	int64_t rows = c->out.height - row;

	/* Unless the last input row is within reach, each window must end at row @last. */
	if (last < c->in.height - 1)
		rows = min_i64(rows, (last - start - window(c) + 1 + c->stride_h) / c->stride_h);
	rows = min_i64(rows, l->out_size);
	rows = min_i64(rows, l->out_pixels / c->out.width);
	if (rows < 1)
		return 0;

	last = min_i64(c->in.height - 1, start + (rows - 1) * c->stride_h + window(c) - 1);
	t->out_row = row;
	t->out_rows = rows;
	t->in_row = top;
	t->in_rows = last - top + 1;
	t->pad_top = max_i64(-start, 0);
	return rows;
}

/*
 * Count tasks and bytes of a cut; write the tasks if @tiles is not NULL. Return: tasks; 0 when it
 * does not fit.
 */
static uint32_t apply(const struct npu_limits *l, const struct conv *c, struct cut *cut,
		      struct tile *tiles)
{
	struct weight_shape s = shape_of(c, cut->chunk);
	uint32_t kernels, n = 0;

	cut->cost = 0;
	for (uint32_t k = 0; k < (uint32_t)c->out.channels; k += kernels) {
		struct tile t = {
			.kernel = k,
			.scaling = k / c->scale_group,
			.data_banks = cut->data_banks,
			.weight_banks = cut->weight_banks,
		};
		uint64_t weight_bytes;

		kernels = t.kernels = min_i64(cut->chunk, c->out.channels - k);
		t.in_channels = chunk_in_channels(c, kernels);
		t.entries = layout_data_entries(t.in_channels, c->in.width);
		weight_bytes = layout_weight_bytes(&s, k + kernels) - layout_weight_bytes(&s, k);
		if (t.entries > l->data_entries)
			return 0;

		for (int32_t row = 0; row < c->out.height; row += t.out_rows) {
			int64_t most = cut->data_banks * NPU_CBUF_BANK_ENTRIES / t.entries;

			if (!next_rows(l, c, row, most, &t))
				return 0;
			t.reuse_weights = cut->resident && row > 0;
			cut->cost += TASK_BYTES +
				(uint64_t)t.in_rows * t.entries * NPU_CBUF_ENTRY_BYTES +
				(t.reuse_weights ? 0 : weight_bytes);
			if (tiles)
				tiles[n] = t;
			n++;
		}
	}

	return n;
}

/* Give the weights what the features leave, so that streams run ahead. */
static void widen(const struct npu_limits *l, struct cut *cut, const struct tile *tiles, uint32_t n)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < n; i++)
		most = max_i64(most,
			       div_round_up((uint64_t)tiles[i].in_rows * tiles[i].entries,
					    NPU_CBUF_BANK_ENTRIES));
	cut->data_banks = most;
	cut->weight_banks = l->cbuf_banks - most;
}

static void try_cut(const struct npu_limits *l, const struct conv *c, uint32_t chunk, bool resident,
		    struct cut *best)
{
	struct weight_shape s = shape_of(c, chunk);
	struct cut cut = { .chunk = chunk, .resident = resident };
	uint32_t in_cbuf = resident ? chunk : s.group;

	cut.weight_banks = banks(layout_weight_bytes(&s, min_i64(in_cbuf, c->out.channels))) +
		WEIGHT_BANKS_SPARE;
	if (cut.weight_banks >= l->cbuf_banks)
		return;
	cut.data_banks = l->cbuf_banks - cut.weight_banks;
	if (!apply(l, c, &cut, NULL))
		return;
	if (best->chunk == 0 || cut.cost < best->cost)
		*best = cut;
}

static const char *check_fields(const struct npu_limits *l, const struct conv *c)
{
	if ((unsigned int)c->in.width > l->in_size || (unsigned int)c->out.width > l->in_size)
		return "rows wider than a task's width field";
	if ((unsigned int)c->in.channels > l->in_channels)
		return "more input channels than a task's channel field";
	if ((unsigned int)c->kernel_h > l->kernel_size ||
	    (unsigned int)c->kernel_w > l->kernel_size)
		return "a window larger than the kernel fields";
	if ((unsigned int)c->stride_h > l->stride || (unsigned int)c->stride_w > l->stride)
		return "a stride larger than the stride fields";
	if ((unsigned int)c->dilation_h > l->dilation || (unsigned int)c->dilation_w > l->dilation)
		return "a dilation beyond what is known to work";
	if ((unsigned int)c->pad_top > l->pad || (unsigned int)c->pad_left > l->pad)
		return "more padding than the pad fields";
	return NULL;
}

int tile_conv(const struct npu_limits *l, struct conv *c, struct arena *a, const char **reason)
{
	uint32_t full = c->depthwise ? NPU_DW_GROUP_BYTES : NPU_KERNEL_GROUP_INT8;
	uint32_t kernels = c->out.channels, per_kernel;
	struct weight_shape s = shape_of(c, full);
	struct cut best = {0};
	uint32_t previous = 0;

	*reason = check_fields(l, c);
	if (*reason)
		return -ENOTSUP;

	c->scale_group = c->scales ? channels_group(l, c) : kernels;
	if (!c->scale_group) {
		*reason = "a channel's weight scale is too far below that of its neighbours for "
			  "the bits of the multiplier";
		return -ENOTSUP;
	}
	for (uint32_t parts = 1; parts <= div_round_up(kernels, full); parts++) {
		uint32_t chunk =
			parts == 1 ? kernels : align_up(div_round_up(kernels, parts), full);

		if (c->scale_group < kernels)
			chunk = c->scale_group;
		if (chunk == previous || layout_out_channels(c->depthwise, chunk) > l->out_channels)
			continue;
		previous = chunk;
		per_kernel = c->depthwise ? layout_weight_bytes(&s, chunk) : s.taps * s.channels;
		if (per_kernel > l->weight_bytes_per_kernel)
			continue;
		try_cut(l, c, chunk, true, &best);
		if (!c->depthwise)
			try_cut(l, c, chunk, false, &best);
	}
	/*
	 * Half groups, where a whole group is too large; they start at whole atoms of output
	 * channels.
	 */
	if (best.chunk == 0 && !c->depthwise && s.taps * s.channels <= l->weight_bytes_per_kernel)
		try_cut(l, c, NPU_ATOM_BYTES, true, &best);
	if (best.chunk == 0) {
		*reason =
			"one row of windows and one group of kernels exceed the convolution buffer";
		return -ENOTSUP;
	}

	c->packed = shape_of(c, best.chunk);
	c->n_tiles = apply(l, c, &best, NULL);
	c->tiles = arena_alloc(a, c->n_tiles, sizeof(*c->tiles));
	if (!c->tiles)
		return -ENOMEM;
	apply(l, c, &best, c->tiles);
	if (!best.resident) {
		widen(l, &best, c->tiles, c->n_tiles);
		apply(l, c, &best, c->tiles);
	}
	return 0;
}

uint32_t conv_surfaces(const struct conv *c)
{
	const struct tile *last = &c->tiles[c->n_tiles - 1];

	return layout_surfaces(last->kernel + layout_out_channels(c->depthwise, last->kernels));
}

static int tile_one(struct work *w, struct conv *c, const char **reason)
{
	return tile_conv(w->limits, c, &w->scratch, reason);
}

int tile(struct work *w)
{
	return work_each_conv(w, tile_one);
}
