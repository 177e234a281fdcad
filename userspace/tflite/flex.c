// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Bounds-checked FlexBuffers reader
 *
 * A FlexBuffer is read from its end: the last byte is the width of the root, the one before its
 * packed type, before that the root itself. Offsets point backwards. A vector has its length before
 * its first element; a map is a vector of values with three words before that: offset to the keys,
 * width of the keys' offsets, length.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "flex.h"

enum flex_type {	/* the upper six bits of a packed type; the lower two are log2 of a width */
	FLEX_NULL = 0,
	FLEX_INT = 1,
	FLEX_UINT = 2,
	FLEX_FLOAT = 3,
	FLEX_INDIRECT_INT = 6,
	FLEX_INDIRECT_UINT = 7,
	FLEX_INDIRECT_FLOAT = 8,
	FLEX_MAP = 9,
	FLEX_BOOL = 26,
};

#define TYPE_OF(packed)		((packed) >> 2)
#define WIDTH_OF(packed)	(1u << ((packed) & 3))

static bool inside(const struct flex_map *m, size_t pos, size_t bytes)
{
	return pos <= m->size && bytes <= m->size - pos;
}

/* Little endian, any alignment; the caller has checked the place. */
static uint64_t load(const struct flex_map *m, size_t pos, unsigned int bytes)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < bytes; i++)
		v |= (uint64_t)m->data[pos + i] << (8 * i);
	return v;
}

/* Where the offset at @pos points to. */
static int follow(const struct flex_map *m, size_t pos, unsigned int width, size_t *out)
{
	uint64_t back;

	if (!inside(m, pos, width))
		return -EINVAL;
	back = load(m, pos, width);
	if (back > pos)
		return -EINVAL;
	*out = pos - back;

	return 0;
}

static bool width_valid(uint64_t width)
{
	return width == 1 || width == 2 || width == 4 || width == 8;
}

static int open_map(struct flex_map *m)
{
	uint64_t key_width;

	if (m->values < 3 * (size_t)m->width || !inside(m, m->values, 0))
		return -EINVAL;
	m->count = load(m, m->values - m->width, m->width);
	key_width = load(m, m->values - 2 * m->width, m->width);
	if (!width_valid(key_width) || m->count > m->size ||
	    !inside(m, m->values, m->count * (m->width + 1)))
		return -EINVAL;
	m->key_width = key_width;
	if (follow(m, m->values - 3 * m->width, m->width, &m->keys) ||
	    !inside(m, m->keys, m->count * m->key_width))
		return -EINVAL;

	return 0;
}

int flex_root(const uint8_t *data, size_t size, struct flex_map *out)
{
	struct flex_map m = { .data = data, .size = size };
	uint8_t width, packed;
	int ret;

	if (size < 3)
		return -EINVAL;
	width = data[size - 1];
	packed = data[size - 2];
	if (!width_valid(width) || size < 2u + width || TYPE_OF(packed) != FLEX_MAP)
		return -EINVAL;
	m.width = WIDTH_OF(packed);
	ret = follow(&m, size - 2 - width, width, &m.values);
	if (!ret)
		ret = open_map(&m);
	if (!ret)
		*out = m;

	return ret;
}

static bool key_is(const struct flex_map *m, size_t number, const char *key)
{
	size_t bytes = strlen(key) + 1, pos;

	return !follow(m, m->keys + number * m->key_width, m->key_width, &pos) &&
	       inside(m, pos, bytes) && !memcmp(m->data + pos, key, bytes);
}

static int load_float(const struct flex_map *m, size_t pos, unsigned int width, double *out)
{
	uint64_t bits = load(m, pos, width);
	uint32_t low = bits;
	float single;

	if (width == sizeof(single)) {
		memcpy(&single, &low, sizeof(single));
		*out = single;
	} else if (width == sizeof(*out)) {
		memcpy(out, &bits, sizeof(*out));
	} else {
		return -EINVAL;	/* half precision; no writer makes it */
	}

	return 0;
}

static int load_number(const struct flex_map *m, enum flex_type type, size_t pos,
		       unsigned int width, double *out)
{
	unsigned int spare = 64 - 8 * width;

	switch (type) {
	case FLEX_INT:
	case FLEX_INDIRECT_INT:
		*out = (int64_t)(load(m, pos, width) << spare) >> spare;
		return 0;
	case FLEX_UINT:
	case FLEX_INDIRECT_UINT:
	case FLEX_BOOL:
		*out = load(m, pos, width);
		return 0;
	case FLEX_FLOAT:
	case FLEX_INDIRECT_FLOAT:
		return load_float(m, pos, width, out);
	case FLEX_NULL:
		return -ENOENT;
	default:
		return -EINVAL;
	}
}

int flex_number(const struct flex_map *m, const char *key, double *out)
{
	for (size_t i = 0; i < m->count; i++) {
		size_t pos = m->values + i * m->width;
		uint8_t packed = m->data[m->values + m->count * m->width + i];
		unsigned int width = m->width;

		if (!key_is(m, i, key))
			continue;
		if (TYPE_OF(packed) >= FLEX_INDIRECT_INT &&
		    TYPE_OF(packed) <= FLEX_INDIRECT_FLOAT) {
			if (follow(m, pos, width, &pos) || !inside(m, pos, WIDTH_OF(packed)))
				return -EINVAL;
			width = WIDTH_OF(packed);
		}
		return load_number(m, TYPE_OF(packed), pos, width, out);
	}

	return -ENOENT;
}
