// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Writer of .rkt files
 *
 * Goes over the program twice with the same code: once to count bytes, once to write them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/crc32.h>
#include <base/diag.h>

#include "file.h"

/* @out is NULL while counting. Description and data area grow apart. */
struct writer {
	uint8_t *out;
	uint64_t at;		/* in the description */
	uint8_t *data;
	uint64_t data_at;	/* in the data area */
};

static void put_bytes(struct writer *w, const void *p, size_t n)
{
	if (w->out && n)
		memcpy(w->out + w->at, p, n);
	w->at += n;
}

static void put_number(struct writer *w, uint64_t v, unsigned int bytes)
{
	uint8_t le[8];

	for (unsigned int i = 0; i < bytes; i++)
		le[i] = v >> 8 * i;
	put_bytes(w, le, bytes);
}

static void put32(struct writer *w, uint32_t v)
{
	put_number(w, v, 4);
}

static void put64(struct writer *w, uint64_t v)
{
	put_number(w, v, 8);
}

static void put_string(struct writer *w, const char *s)
{
	static const char zeros[4];
	size_t n = s ? strlen(s) : 0;

	put32(w, s ? n : FILE_NONE);
	put_bytes(w, s, n);
	put_bytes(w, zeros, align_up(n, 4) - n);
}

static void put_numbers(struct writer *w, const uint32_t *v, uint32_t n)
{
	put32(w, n);
	for (uint32_t i = 0; i < n; i++)
		put32(w, v[i]);
}

/* A reference to contents, and the contents. */
static void put_data(struct writer *w, const void *p, uint64_t bytes)
{
	put64(w, p ? w->data_at : FILE_NO_DATA);
	if (!p)
		return;
	if (w->out && bytes)
		memcpy(w->data + w->data_at, p, bytes);
	w->data_at += align_up(bytes, FILE_ALIGN);
}

static void put_tensor(struct writer *w, const struct tensor *t)
{
	put_string(w, t->name);
	put32(w, t->type);
	put32(w, t->shape.rank);
	for (unsigned int i = 0; i < t->shape.rank; i++)
		put32(w, t->shape.dim[i]);
	put64(w, t->bytes);
	put32(w, t->quant.count);
	put32(w, t->quant.axis);
	for (uint32_t i = 0; i < t->quant.count; i++) {
		uint32_t bits;

		memcpy(&bits, &t->quant.scale[i], sizeof(bits));
		put32(w, bits);
		put32(w, t->quant.zero_point[i]);
	}
	put_data(w, t->data, t->bytes);
}

static void put_op(struct writer *w, const struct op *op)
{
	size_t count;
	const struct file_param *params = file_params(op->kind, &count);

	put_string(w, op_kind_name(op->kind));
	put32(w, op->index);
	put_string(w, op->name);
	put_numbers(w, op->inputs, op->n_inputs);
	put_numbers(w, op->outputs, op->n_outputs);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *p = (const uint8_t *)op + params[i].offset;
		uint32_t v;

		if (params[i].bytes == 1)
			v = *(const bool *)p;
		else
			memcpy(&v, p, sizeof(v));
		put32(w, v);
	}
}

static void put_graph(struct writer *w, const struct graph *g)
{
	put_string(w, g->name);
	put32(w, g->n_tensors);
	for (uint32_t i = 0; i < g->n_tensors; i++)
		put_tensor(w, &g->tensors[i]);
	put32(w, g->n_ops);
	for (uint32_t i = 0; i < g->n_ops; i++)
		put_op(w, &g->ops[i]);
	put_numbers(w, g->inputs, g->n_inputs);
	put_numbers(w, g->outputs, g->n_outputs);
}

static void put_device(struct writer *w, const struct program *p)
{
	put32(w, p->n_buffers);
	for (uint32_t i = 0; i < p->n_buffers; i++) {
		put32(w, p->buffers[i].use);
		put32(w, p->buffers[i].bytes);
		put_data(w, p->buffers[i].data, p->buffers[i].bytes);
	}
	put32(w, p->n_relocs);
	for (uint32_t i = 0; i < p->n_relocs; i++) {
		put32(w, p->relocs[i].buffer);
		put32(w, p->relocs[i].word);
		put32(w, p->relocs[i].target);
	}
	put32(w, p->n_tasks);
	for (uint32_t i = 0; i < p->n_tasks; i++) {
		put32(w, p->tasks[i].buffer);
		put32(w, p->tasks[i].offset);
		put32(w, p->tasks[i].words);
		put32(w, p->tasks[i].op);
	}
}

static void put_feature(struct writer *w, const struct program_feature *f)
{
	put32(w, f->tensor);
	put32(w, f->buffer);
	put32(w, f->offset);
	put32(w, f->height);
	put32(w, f->width);
	put32(w, f->channels);
	put32(w, f->line_bytes);
	put32(w, f->surface_bytes);
	put32(w, f->surfaces);
	put32(w, f->flip);
	put32(w, f->pad);
}

static void put_plan(struct writer *w, const struct program *p)
{
	put32(w, p->n_features);
	for (uint32_t i = 0; i < p->n_features; i++)
		put_feature(w, &p->features[i]);
	put32(w, p->kept);
	put32(w, p->n_steps);
	for (uint32_t i = 0; i < p->n_steps; i++) {
		put32(w, p->steps[i].kind);
		put32(w, p->steps[i].first);
		put32(w, p->steps[i].count);
	}
	put32(w, p->n_ops);
	for (uint32_t i = 0; i < p->n_ops; i++) {
		put32(w, p->ops[i].index);
		put_string(w, p->ops[i].name);
		put_string(w, p->ops[i].reason);
		put32(w, p->ops[i].folded);
		put64(w, p->ops[i].macs);
	}
}

static void put_program(struct writer *w, const struct program *p)
{
	w->at = FILE_HEADER_BYTES;
	put_graph(w, p->graph);
	put_device(w, p);
	put_plan(w, p);
}

uint32_t file_checksum(const void *data, size_t size)
{
	static const uint8_t zeros[sizeof(uint32_t)];
	const size_t behind = FILE_CHECKSUM_AT + sizeof(zeros);
	uint32_t crc = crc32_of(0, data, FILE_CHECKSUM_AT);

	crc = crc32_of(crc, zeros, sizeof(zeros));
	return crc32_of(crc, (const uint8_t *)data + behind, size - behind);
}

int program_write(const struct program *p, struct diag *d, void **data, size_t *size)
{
	struct writer w = {0};
	uint64_t description, start, total;

	put_program(&w, p);
	description = w.at;
	start = align_up(description, FILE_ALIGN);
	total = start + w.data_at;

	w = (struct writer){ .out = calloc(1, total) };
	if (!w.out)
		return diag_error(d, -ENOMEM, "out of memory for a program of %llu bytes",
				  (unsigned long long)total);
	w.data = w.out + start;
	put_bytes(&w, FILE_MAGIC, FILE_MAGIC_BYTES);
	put32(&w, FILE_VERSION);
	put32(&w, 0);
	put64(&w, description);
	put64(&w, total);
	put_program(&w, p);
	w.at = FILE_CHECKSUM_AT;
	put32(&w, file_checksum(w.out, total));

	*data = w.out;
	*size = total;
	return 0;
}
