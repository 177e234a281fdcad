// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Reader of .rkt files
 *
 * Believes nothing: each number is checked before it is used, a list's length against the bytes
 * that are left. The first wrong field is named; after it the reader goes on with zeros and empty
 * lists, so that no caller needs to look before the end. program_verify() checks what the numbers
 * mean to each other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>

#include "file.h"

struct reader {
	struct arena *arena;
	struct diag *d;
	const uint8_t *p;	/* description */
	uint64_t at, bytes;
	const uint8_t *data;	/* data area, the program's own copy */
	uint64_t data_bytes;
	const char *list;	/* where we are, for messages */
	uint32_t number;
	int ret;
};

static void fail(struct reader *r, int code, const char *field, const char *what)
{
	if (r->ret)
		return;
	r->ret = diag_error(r->d, code, "program file: %s %u: %s %s", r->list, r->number, field,
			    what);
	r->at = r->bytes;
}

static uint64_t get_number(struct reader *r, const char *field, unsigned int bytes)
{
	uint64_t v = 0;

	if (r->bytes - r->at < bytes) {
		fail(r, -EINVAL, field, "lies beyond the end");
		return 0;
	}
	for (unsigned int i = 0; i < bytes; i++)
		v |= (uint64_t)r->p[r->at + i] << 8 * i;
	r->at += bytes;

	return v;
}

static uint32_t get32(struct reader *r, const char *field)
{
	return get_number(r, field, 4);
}

static uint32_t get_at_most(struct reader *r, const char *field, uint32_t most)
{
	uint32_t v = get32(r, field);

	if (v <= most)
		return v;
	fail(r, -EINVAL, field, "is out of range");
	return 0;
}

/* The length of a list whose elements take @least bytes in the file each. */
static uint32_t get_count(struct reader *r, const char *list, unsigned int least)
{
	uint32_t n;

	r->list = list;
	r->number = 0;
	n = get32(r, "count");
	if (n <= (r->bytes - r->at) / least)
		return n;
	fail(r, -EINVAL, "count", "is larger than the file");
	return 0;
}

static void *allocate(struct reader *r, size_t count, size_t size)
{
	void *p = r->ret ? NULL : arena_alloc(r->arena, count, size);

	if (!p)
		fail(r, -ENOMEM, "memory", "is out");
	return p;
}

static const char *get_string(struct reader *r, const char *field)
{
	uint32_t n = get32(r, field);
	const char *s = (const char *)r->p + r->at;
	char *copy;

	if (n == FILE_NONE || r->ret)
		return NULL;
	if (align_up(n, 4) > r->bytes - r->at) {
		fail(r, -EINVAL, field, "lies beyond the end");
		return NULL;
	}
	r->at += align_up(n, 4);
	for (uint32_t i = 0; i < n; i++) {
		if ((uint8_t)s[i] < ' ' || s[i] == 0x7f) {
			fail(r, -EINVAL, field, "holds a control character");
			return NULL;
		}
	}
	copy = arena_strndup(r->arena, s, n);
	if (!copy)
		fail(r, -ENOMEM, "memory", "is out");
	return copy;
}

static const char *get_name(struct reader *r, const char *field)
{
	const char *s = get_string(r, field);

	if (!s)
		fail(r, -EINVAL, field, "is missing");
	return s;
}

static uint32_t *get_numbers(struct reader *r, const char *field, uint32_t *count)
{
	uint32_t n = get32(r, field);
	uint32_t *v;

	*count = 0;
	if (n > (r->bytes - r->at) / 4) {
		fail(r, -EINVAL, field, "is longer than the file");
		return NULL;
	}
	v = allocate(r, n, sizeof(*v));
	if (!v)
		return NULL;
	for (uint32_t i = 0; i < n; i++)
		v[i] = get32(r, field);
	*count = n;

	return v;
}

static const uint8_t *get_data(struct reader *r, uint64_t bytes)
{
	uint64_t offset = get_number(r, "contents", 8);

	if (r->ret || offset == FILE_NO_DATA)
		return NULL;
	if (offset % FILE_ALIGN || offset > r->data_bytes || bytes > r->data_bytes - offset) {
		fail(r, -EINVAL, "contents", "lie beyond the end or askew");
		return NULL;
	}
	return r->data + offset;
}

static void get_quant(struct reader *r, struct quant *q)
{
	uint32_t count = get32(r, "scale count"), axis = get32(r, "scale axis");
	float *scale;
	int32_t *zero_point;

	if (count > (r->bytes - r->at) / 8) {
		fail(r, -EINVAL, "scale count", "is larger than the file");
		return;
	}
	scale = allocate(r, count, sizeof(*scale));
	zero_point = allocate(r, count, sizeof(*zero_point));
	if (!scale || !zero_point)
		return;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t bits = get32(r, "scale");

		memcpy(&scale[i], &bits, sizeof(bits));
		zero_point[i] = get32(r, "zero point");
	}
	*q = (struct quant){ count, axis, scale, zero_point };
}

static void get_tensor(struct reader *r, struct tensor *t)
{
	t->name = get_name(r, "name");
	t->type = get_at_most(r, "type", DTYPE_OTHER);
	t->shape.rank = get_at_most(r, "rank", GRAPH_RANK_MAX);
	for (unsigned int i = 0; i < t->shape.rank; i++)
		t->shape.dim[i] = get32(r, "extent");
	t->bytes = get_number(r, "bytes", 8);
	get_quant(r, &t->quant);
	t->data = get_data(r, t->bytes);
}

static enum op_kind get_kind(struct reader *r)
{
	const char *name = get_name(r, "kind");

	for (unsigned int k = 0; name && k < OP_UNKNOWN; k++)
		if (!strcmp(name, op_kind_name(k)))
			return k;
	fail(r, -EINVAL, "kind", "is no operator the CPU can compute");
	return OP_UNKNOWN;
}

static void get_op(struct reader *r, struct op *op)
{
	const struct file_param *params;
	size_t count;

	op->kind = get_kind(r);
	op->index = get32(r, "index");
	op->name = get_name(r, "name");
	op->inputs = get_numbers(r, "inputs", &op->n_inputs);
	op->outputs = get_numbers(r, "outputs", &op->n_outputs);
	params = file_params(op->kind, &count);
	for (size_t i = 0; i < count; i++) {
		uint32_t v = get_at_most(r, params[i].name,
					 params[i].most ? params[i].most : UINT32_MAX);
		uint8_t *p = (uint8_t *)op + params[i].offset;

		if (params[i].bytes == 1)
			*(bool *)p = v;
		else
			memcpy(p, &v, sizeof(v));
	}
}

/*
 * get_count() stops lists that cannot fit the file; the sizes below are what an element takes in it
 * at least. LIST() reads one: the array is allocated, then filled one element after the other.
 */
#define LIST(r, owner, member, label, least, get_one) \
	do { \
		uint32_t n_ = get_count(r, label, least); \
		(owner)->member = allocate(r, n_, sizeof(*(owner)->member)); \
		for (uint32_t i_ = 0; i_ < n_ && !(r)->ret; i_++) { \
			(r)->number = i_; \
			get_one(r, &(owner)->member[i_]); \
		} \
		(owner)->n_##member = (r)->ret ? 0 : n_; \
	} while (0)

static void get_graph(struct reader *r, struct graph *g)
{
	r->list = "model";
	g->name = get_name(r, "name");
	LIST(r, g, tensors, "tensor", 36, get_tensor);
	LIST(r, g, ops, "host operator", 20, get_op);
	r->list = "model";
	r->number = 0;
	g->inputs = get_numbers(r, "inputs", &g->n_inputs);
	g->outputs = get_numbers(r, "outputs", &g->n_outputs);
}

static void get_buffer(struct reader *r, struct program_buffer *b)
{
	b->use = get_at_most(r, "use", PROGRAM_BUFFER_USES - 1);
	b->bytes = get32(r, "bytes");
	b->data = get_data(r, b->bytes);
}

static void get_reloc(struct reader *r, struct program_reloc *reloc)
{
	reloc->buffer = get32(r, "buffer");
	reloc->word = get32(r, "word");
	reloc->target = get32(r, "target");
}

static void get_task(struct reader *r, struct program_task *t)
{
	t->buffer = get32(r, "buffer");
	t->offset = get32(r, "offset");
	t->words = get32(r, "words");
	t->op = get32(r, "operator");
}

static void get_feature(struct reader *r, struct program_feature *f)
{
	f->tensor = get32(r, "tensor");
	f->buffer = get32(r, "buffer");
	f->offset = get32(r, "offset");
	f->height = get32(r, "height");
	f->width = get32(r, "width");
	f->channels = get32(r, "channels");
	f->line_bytes = get32(r, "line bytes");
	f->surface_bytes = get32(r, "surface bytes");
	f->surfaces = get32(r, "surfaces");
	f->flip = get_at_most(r, "flip", UINT8_MAX);
	f->pad = get_at_most(r, "pad", UINT8_MAX);
}

static void get_step(struct reader *r, struct program_step *s)
{
	s->kind = get_at_most(r, "kind", PROGRAM_STEP_HOST);
	s->first = get32(r, "first");
	s->count = get32(r, "count");
}

static void get_report(struct reader *r, struct program_op *op)
{
	op->index = get32(r, "index");
	op->name = get_name(r, "name");
	op->reason = get_string(r, "reason");
	op->folded = get_at_most(r, "folded", 1);
	op->macs = get_number(r, "multiply-accumulates", 8);
}

static void get_program(struct reader *r, struct program *p)
{
	r->arena = &p->graph->arena;
	get_graph(r, p->graph);
	r->arena = &p->arena;
	LIST(r, p, buffers, "buffer", 16, get_buffer);
	LIST(r, p, relocs, "relocation", 12, get_reloc);
	LIST(r, p, tasks, "task", 16, get_task);
	LIST(r, p, features, "feature", 44, get_feature);
	r->list = "program";
	r->number = 0;
	p->kept = get_at_most(r, "kept", 1);
	LIST(r, p, steps, "step", 12, get_step);
	LIST(r, p, ops, "operator", 24, get_report);
	r->list = "program";
	r->number = 0;
	if (r->at != r->bytes)
		fail(r, -EINVAL, "description", "goes on behind its last field");
}

/* Check the header and find description and data area. */
static int open_file(struct reader *r, const uint8_t *data, size_t size)
{
	uint64_t description, total;
	uint32_t version, checksum;

	if (size < FILE_HEADER_BYTES || memcmp(data, FILE_MAGIC, FILE_MAGIC_BYTES))
		return diag_error(r->d, -EINVAL,
				  "no program file: the first bytes are not those of a .rkt");
	r->p = data;
	r->at = FILE_MAGIC_BYTES;
	r->bytes = FILE_HEADER_BYTES;
	r->list = "header";
	version = get32(r, "version");
	if (version != FILE_VERSION)
		return diag_error(r->d, -EINVAL,
				  "program file: version %u, but this build reads %u; compile the "
				  "model again", version, FILE_VERSION);
	checksum = get32(r, "checksum");
	description = get_number(r, "description bytes", 8);
	total = get_number(r, "file bytes", 8);
	if (total != size)
		return diag_error(
			r->d, -EINVAL,
			"program file: %zu bytes, but its header says %llu; it is damaged", size,
			(unsigned long long)total);
	if (checksum != file_checksum(data, size))
		fail(r, -EINVAL, "checksum",
		     "is not that of the contents: the file is damaged, compile the model again");
	if (description < FILE_HEADER_BYTES || description > total ||
	    align_up(description, FILE_ALIGN) > total)
		fail(r, -EINVAL, "description bytes", "is out of range");
	r->bytes = description;
	r->data_bytes = total - align_up(description, FILE_ALIGN);

	return r->ret;
}

int program_read(const void *data, size_t size, struct diag *d, struct program **out)
{
	struct reader r = { .d = d };
	struct program *p = NULL;
	int ret = open_file(&r, data, size);

	if (ret)
		return ret;

	p = program_create();
	if (p) {
		p->graph = graph_create();
		p->owner = malloc(r.data_bytes + 1);
	}
	if (!p || !p->graph || !p->owner) {
		ret = diag_error(d, -ENOMEM, "out of memory while reading a program");
		goto out;
	}
	memcpy(p->owner, (const uint8_t *)data + size - r.data_bytes, r.data_bytes);
	r.data = p->owner;
	get_program(&r, p);
	ret = r.ret;
	if (!ret)
		ret = program_verify(p, d);
	if (ret)
		goto out;

	*out = p;
	p = NULL;	/* the caller owns it now */
out:
	program_destroy(p);
	return ret;
}
