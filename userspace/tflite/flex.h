/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Bounds-checked FlexBuffers reader
 *
 * Options of custom operators come as a FlexBuffer whose root is a map. This reads numbers out of
 * such a map; it trusts no offset and knows no operator.
 *
 * Source: flatbuffers documentation, "FlexBuffers"; include/flatbuffers/flexbuffers.h.
 */
#ifndef TFLITE_FLEX_H
#define TFLITE_FLEX_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct flex_map - a map found in a buffer
 * @data: the buffer
 * @size: its bytes
 * @values: first value; the packed types follow the last one
 * @width: bytes of a value: 1, 2, 4 or 8
 * @count: how many values, and keys
 * @keys: first offset to a key
 * @key_width: bytes of such an offset
 */
struct flex_map {
	const uint8_t *data;
	size_t size;
	size_t values;
	unsigned int width;
	size_t count;
	size_t keys;
	unsigned int key_width;
};

/**
 * flex_root() - the map a buffer consists of
 * @data: buffer
 * @size: its bytes
 * @out: the map
 *
 * Return: 0; -EINVAL when the buffer holds no map, or the map does not lie in it.
 */
int flex_root(const uint8_t *data, size_t size, struct flex_map *out);

/**
 * flex_number() - a number or truth value of a map
 * @m: map
 * @key: its name
 * @out: the number; integers beyond 2^53 are rounded
 *
 * Return: 0; -ENOENT when the map has no such key, or it is null; -EINVAL when the value is no
 * number or does not lie in the buffer.
 */
int flex_number(const struct flex_map *m, const char *key, double *out);

#endif /* TFLITE_FLEX_H */
