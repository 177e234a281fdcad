// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Bounds-checked flatbuffer reader
 *
 * Positions are 64-bit while they are computed and 32-bit once they are known to lie in the file.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <base/diag.h>

#include "fb.h"

#define PATH_BYTES	256	/* longer paths are cut at the front part */
#define TEXT_BYTES	200
#define OFFSET_BYTES	4	/* uoffset_t, soffset_t */
#define ENTRY_BYTES	2	/* voffset_t */
#define VTABLE_HEAD	4	/* two entries: size of the vtable, size of the table */

static const struct {
	uint32_t bytes;
} types[] = {
	[FB_U8] = { 1 }, [FB_I8] = { 1 }, [FB_U32] = { 4 }, [FB_I32] = { 4 }, [FB_I64] = { 8 },
};

/* Little endian, any alignment; the caller has checked the place. */
static uint64_t load(const struct fb *fb, uint32_t pos, uint32_t bytes)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < bytes; i++)
		v |= (uint64_t)fb->data[pos + i] << (8 * i);
	return v;
}

static int64_t load_int(const struct fb *fb, uint32_t pos, enum fb_type type)
{
	uint64_t v = load(fb, pos, types[type].bytes);

	switch (type) {
	case FB_I8: return (int8_t)v;
	case FB_I32: return (int32_t)v;
	default: return (int64_t)v;
	}
}

static float load_float(const struct fb *fb, uint32_t pos)
{
	uint32_t bits = load(fb, pos, sizeof(bits));
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/* Does [pos, pos + bytes) lie in the file? Both may be anything below 2^34. */
static bool inside(const struct fb *fb, uint64_t pos, uint64_t bytes)
{
	return pos <= fb->size && bytes <= fb->size - pos;
}

static size_t print_path(char *text, size_t room, const struct fb_table *t)
{
	size_t used = 0;

	if (t->parent) {
		used = print_path(text, room, t->parent);
		if (used + 2 < room)
			text[used++] = '.';
	}
	if (used + 1 < room) {
		int n = t->index < 0 ? snprintf(text + used, room - used, "%s", t->name)
				     : snprintf(text + used, room - used, "%s[%" PRId64 "]",
						t->name, t->index);

		used += n;
	}
	return used < room ? used : room - 1;
}

int fb_complain(const struct fb_table *t, const char *field, int64_t index, const char *format, ...)
{
	struct fb_table leaf = { .parent = t, .name = field, .index = index };
	char path[PATH_BYTES], text[TEXT_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	print_path(path, sizeof(path), field ? &leaf : t);

	return diag_error(t->fb->diag, -EINVAL, "%s: %s", path, text);
}

/* Check the table at @pos; @out has its names already. */
static int open_table(const struct fb *fb, uint64_t pos, struct fb_table *out)
{
	int64_t vtable;

	out->fb = fb;
	if (!inside(fb, pos, OFFSET_BYTES))
		return fb_complain(out, NULL, -1,
				   "table at %" PRIu64 " is outside the file of %" PRIu32 " bytes",
				   pos, fb->size);
	vtable = (int64_t)pos - load_int(fb, pos, FB_I32);
	if (vtable < 0 || !inside(fb, vtable, VTABLE_HEAD))
		return fb_complain(out, NULL, -1,
				   "vtable at %" PRId64 " is outside the file of %" PRIu32 " bytes",
				   vtable, fb->size);
	out->pos = pos;
	out->vtable = vtable;
	out->vtable_bytes = load(fb, vtable, ENTRY_BYTES);
	out->bytes = load(fb, vtable + ENTRY_BYTES, ENTRY_BYTES);
	if (out->vtable_bytes < VTABLE_HEAD || !inside(fb, vtable, out->vtable_bytes))
		return fb_complain(out, NULL, -1, "vtable of %u bytes does not fit the file",
				   out->vtable_bytes);
	if (out->bytes < OFFSET_BYTES || !inside(fb, pos, out->bytes))
		return fb_complain(out, NULL, -1, "table of %u bytes does not fit the file",
				   out->bytes);

	return 0;
}

/* Where the field lies; 0 when it is absent. */
static int locate(const struct fb_table *t, struct fb_field f, uint32_t bytes, uint32_t *out)
{
	uint32_t entry = VTABLE_HEAD + f.id * ENTRY_BYTES;
	uint16_t offset;

	*out = 0;
	if (!t->pos || entry + ENTRY_BYTES > t->vtable_bytes)
		return 0;
	offset = load(t->fb, t->vtable + entry, ENTRY_BYTES);
	if (!offset)
		return 0;
	if (offset < OFFSET_BYTES || offset + bytes > t->bytes)
		return fb_complain(t, f.name, -1, "offset %u is outside the table of %u bytes",
				   offset, t->bytes);
	*out = t->pos + offset;

	return 0;
}

/* Follow the offset in a field; 0 when it is absent. */
static int follow(const struct fb_table *t, struct fb_field f, uint64_t *out)
{
	uint32_t pos;
	int ret;

	*out = 0;
	ret = locate(t, f, OFFSET_BYTES, &pos);
	if (!ret && pos)
		*out = pos + load(t->fb, pos, OFFSET_BYTES);

	return ret;
}

int fb_root(const struct fb *fb, const char *identifier, const char *name, struct fb_table *out)
{
	struct fb_table root = { .fb = fb, .name = name, .index = -1 };
	int ret;

	if (fb->size < 2 * OFFSET_BYTES)
		return fb_complain(&root, NULL, -1,
				   "the file has %" PRIu32 " bytes, too short for a header",
				   fb->size);
	if (memcmp(fb->data + OFFSET_BYTES, identifier, OFFSET_BYTES))
		return fb_complain(&root, NULL, -1, "the file has no identifier %s at offset 4",
				   identifier);
	ret = open_table(fb, load(fb, 0, OFFSET_BYTES), &root);
	if (!ret)
		*out = root;

	return ret;
}

bool fb_has(const struct fb_table *t, struct fb_field f)
{
	uint32_t entry = VTABLE_HEAD + f.id * ENTRY_BYTES;

	return t->pos && entry + ENTRY_BYTES <= t->vtable_bytes &&
	       load(t->fb, t->vtable + entry, ENTRY_BYTES);
}

int fb_int(const struct fb_table *t, struct fb_field f, enum fb_type type, int64_t absent,
	   int64_t *out)
{
	uint32_t pos;
	int ret;

	ret = locate(t, f, types[type].bytes, &pos);
	if (!ret)
		*out = pos ? load_int(t->fb, pos, type) : absent;

	return ret;
}

int fb_float(const struct fb_table *t, struct fb_field f, float *out)
{
	uint32_t pos;
	int ret;

	ret = locate(t, f, sizeof(*out), &pos);
	if (!ret)
		*out = pos ? load_float(t->fb, pos) : 0;

	return ret;
}

int fb_sub(const struct fb_table *t, struct fb_field f, struct fb_table *out)
{
	struct fb_table sub = { .fb = t->fb, .parent = t, .name = f.name, .index = -1 };
	uint64_t pos;
	int ret;

	ret = follow(t, f, &pos);
	if (!ret && pos)
		ret = open_table(t->fb, pos, &sub);
	if (!ret)
		*out = sub;

	return ret;
}

int fb_vec(const struct fb_table *t, struct fb_field f, uint32_t element_bytes,
	   struct fb_vector *out)
{
	struct fb_vector v = { .table = t, .field = f };
	uint64_t pos;
	int ret;

	ret = follow(t, f, &pos);
	if (ret)
		return ret;
	if (pos) {
		if (!inside(t->fb, pos, OFFSET_BYTES))
			return fb_complain(t, f.name, -1,
					   "vector at %" PRIu64 " is outside the file of %" PRIu32
					   " bytes",
					   pos, t->fb->size);
		v.pos = pos + OFFSET_BYTES;
		v.count = load(t->fb, pos, OFFSET_BYTES);
		if (!inside(t->fb, v.pos, (uint64_t)v.count * element_bytes))
			return fb_complain(t, f.name, -1,
					   "%" PRIu32 " elements of %" PRIu32
					   " bytes run past the end of the file",
					   v.count, element_bytes);
	}
	*out = v;

	return 0;
}

int64_t fb_vec_int(const struct fb_vector *v, enum fb_type type, uint32_t i)
{
	return load_int(v->table->fb, v->pos + i * types[type].bytes, type);
}

float fb_vec_float(const struct fb_vector *v, uint32_t i)
{
	return load_float(v->table->fb, v->pos + i * sizeof(float));
}

int fb_vec_sub(const struct fb_vector *v, uint32_t i, struct fb_table *out)
{
	struct fb_table sub = {
		.fb = v->table->fb, .parent = v->table, .name = v->field.name, .index = i
	};
	uint64_t pos = v->pos + (uint64_t)i * OFFSET_BYTES;
	int ret;

	ret = open_table(sub.fb, pos + load(sub.fb, pos, OFFSET_BYTES), &sub);
	if (!ret)
		*out = sub;

	return ret;
}

int fb_string(const struct fb_table *t, struct fb_field f, struct fb_vector *out)
{
	return fb_vec(t, f, 1, out);
}
