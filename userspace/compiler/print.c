// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Compilations as text
 *
 * What `rocket-cc -d LETTER` shows: as much as the passes so far have found out.
 */
#include <inttypes.h>

#include <base/arena.h>
#include <graph/graph.h>
#include <npu/regcmd.h>
#include <program/program.h>

#include "work.h"

static void print_tiles(const struct conv *c, FILE *f)
{
	for (uint32_t i = 0; i < c->n_tiles; i++) {
		const struct tile *t = &c->tiles[i];

		fprintf(f,
			"    task %" PRIu32 ": rows %d..%d from %d..%d pad %d, kernels %" PRIu32
			"..%" PRIu32 ", entries %" PRIu32 ", banks %" PRIu32 "+%" PRIu32 "%s\n",
			i, t->out_row, t->out_row + t->out_rows - 1, t->in_row,
			t->in_row + t->in_rows - 1, t->pad_top, t->kernel,
			t->kernel + t->kernels - 1, t->entries, t->data_banks, t->weight_banks,
			t->reuse_weights ? ", weights kept" : "");
	}
}

static void print_scalings(const struct conv *c, FILE *f)
{
	for (uint32_t i = 0; c->scalings && i * c->scale_group < c->out.channels; i++) {
		const struct scaling *s = &c->scalings[i];

		fprintf(f, "    scale %d shift %" PRIu32 " offset %d", s->requant.scale,
			s->requant.shift, s->requant.offset);
		if (s->requant.relu || s->requant.relux)
			fprintf(f, ", clamp 0..");
		if (s->requant.relux)
			fprintf(f, "%d", s->requant.top);
		if (c->multipliers)
			fprintf(f, ", channels by up to 15 bits / 2^%u", s->shift);
		fputc('\n', f);
	}
}

static void print_conv(const struct conv *c, FILE *f)
{
	fprintf(f,
		"    %s %dx%dx%d -> %dx%dx%d, window %dx%d stride %dx%d dilation %dx%d pad %d,%d\n",
		c->depthwise ? "depthwise" : "direct", c->in.height, c->in.width, c->in.channels,
		c->out.height, c->out.width, c->out.channels, c->kernel_h, c->kernel_w, c->stride_h,
		c->stride_w, c->dilation_h, c->dilation_w, c->pad_top, c->pad_left);
	fprintf(f, "    zero points %d %d %d, multiplier %.9g, outputs %d..%d\n", c->in_zero,
		c->weight_zero, c->out_zero, c->scale, c->out_low, c->out_high);
	print_scalings(c, f);
	print_tiles(c, f);
}

static void print_flow(const struct flow *l, FILE *f)
{
	static const char *const ops[] = {
		[FLOW_COPY] = "copy",
		[FLOW_ADD] = "add",
		[FLOW_MULTIPLY] = "multiply",
		[FLOW_MAXIMUM] = "maximum",
		[FLOW_MINIMUM] = "minimum",
	};

	fprintf(f, "    %s %" PRIu32 " pixels of %" PRIu32 " channels, tensor %" PRIu32, ops[l->op],
		l->pixels, l->channels, l->in);
	if (l->op != FLOW_COPY)
		fprintf(f, " and %" PRIu32 "%s", l->operand,
			l->per_channel ? ", one value per channel" : "");
	if (l->in_surface)
		fprintf(f, ", from channel block %" PRIu32, l->in_surface);
	if (l->in_line)
		fprintf(f, ", lines of %" PRIu32 " every %" PRIu32, l->width, l->in_line);
	if (l->out_surface || l->out_pixel || l->out_line)
		fprintf(f, ", to channel block %" PRIu32 " pixel %" PRIu32, l->out_surface,
			l->out_pixel);
	if (l->out_line)
		fprintf(f, ", lines of %" PRIu32 " every %" PRIu32, l->width, l->out_line);
	fprintf(f, "\n    input less %d by %d / 2^%u", l->in_zero, l->in_factor, l->in_shift);
	if (l->op != FLOW_COPY)
		fprintf(f, ", operand less %d by %d / 2^%u", l->operand_zero, l->operand_factor,
			l->operand_shift);
	fprintf(f, "%s, scale %d shift %" PRIu32 " offset %d",
		l->table ? ", table" : l->slopes ? ", slopes per channel" : "",
		l->requant.scale, l->requant.shift, l->requant.offset);
	if (l->requant.relu || l->requant.relux)
		fprintf(f, ", clamp 0..");
	if (l->requant.relux)
		fprintf(f, "%d", l->requant.top);
	fputc('\n', f);
}

static void print_pool(const struct pool *p, FILE *f)
{
	fprintf(f, "    maximum %dx%dx%d -> %dx%dx%d, window %dx%d stride %dx%d pad %d,%d\n",
		p->in.height, p->in.width, p->in.channels, p->out.height, p->out.width,
		p->out.channels, p->kernel_h, p->kernel_w, p->stride_h, p->stride_w, p->pad_top,
		p->pad_left);
}

static void print_nodes(const struct work *w, FILE *f)
{
	static const char *const kinds[] = {
		[NODE_HOST] = "CPU",
		[NODE_FOLDED] = "folded",
		[NODE_ABSORBED] = "absorbed",
		[NODE_CONV] = "NPU",
		[NODE_FLOW] = "NPU",
		[NODE_POOL] = "NPU",
	};

	for (uint32_t i = 0; i < w->graph->n_ops; i++) {
		const struct node *n = &w->nodes[i];

		fprintf(f, "operator %" PRIu32 " %s: %s", w->graph->ops[i].index,
			w->graph->ops[i].name, kinds[n->kind]);
		if (n->reason)
			fprintf(f, " (%s)", n->reason);
		fputc('\n', f);
		if (n->kind == NODE_CONV)
			print_conv(&n->conv, f);
		for (uint32_t k = 0; k < n->n_flows && n->kind != NODE_HOST; k++)
			print_flow(&n->flows[k], f);
		if (n->kind == NODE_POOL)
			print_pool(&n->pool, f);
	}
}

static void print_features(const struct work *w, FILE *f)
{
	for (uint32_t t = 0; t < w->n_features; t++) {
		const struct feature *m = &w->features[t];

		if (!m->present)
			continue;
		fprintf(f,
			"tensor %" PRIu32 " %s: %dx%dx%d in %" PRIu32 " surfaces, needed %" PRIu32
			"..%" PRIu32,
			t, t < w->graph->n_tensors ? w->graph->tensors[t].name : "(between tasks)",
			m->size.height, m->size.width,
			m->size.channels, m->surfaces, m->first, m->last);
		if (w->activation_bytes)
			fprintf(f, ", at 0x%" PRIx32, m->offset);
		if (m->root != t)
			fprintf(f, ", memory of tensor %" PRIu32, m->root);
		fputc('\n', f);
	}
}

static void print_steps(const struct work *w, FILE *f)
{
	static const char *const kinds[] = {
		[WORK_PACK] = "pack tensor",
		[WORK_JOB] = "job of operators",
		[WORK_UNPACK] = "unpack tensor",
		[WORK_HOST] = "CPU operator",
	};

	for (uint32_t i = 0; i < w->n_steps; i++) {
		const struct work_step *s = &w->steps[i];

		fprintf(f, "step %" PRIu32 ": %s %" PRIu32, i, kinds[s->kind], s->index);
		if (s->kind == WORK_JOB)
			fprintf(f, "..%" PRIu32, s->last);
		if (s->n_tasks)
			fprintf(f, ", %" PRIu32 " tasks", s->n_tasks);
		fputc('\n', f);
	}
}

void work_print(const struct work *w, FILE *f)
{
	print_nodes(w, f);
	print_features(w, f);
	print_steps(w, f);
	if (w->const_bytes)
		fprintf(f, "constants %" PRIu32 " bytes, activations %" PRIu32 " bytes\n",
			w->const_bytes, w->activation_bytes);
}
