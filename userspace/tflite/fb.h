/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Bounds-checked flatbuffer reader
 *
 * A flatbuffer is a web of offsets; a damaged one points anywhere. Every function here checks that
 * what it is about to read lies inside the file, and complains with the path of the field
 * ("model.subgraphs[0].tensors[3].shape: ..."). It knows the format, not the schema. The file may
 * lie at any alignment.
 *
 * Source: FlatBuffers internals documentation, "flatbuffer binary format".
 */
#ifndef TFLITE_FB_H
#define TFLITE_FB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;

/**
 * struct fb - a file
 * @data: its bytes
 * @size: how many; at most INT32_MAX, so that sums of two positions fit
 * @diag: receives complaints
 */
struct fb {
	const uint8_t *data;
	uint32_t size;
	struct diag *diag;
};

/**
 * struct fb_field - a field of the schema
 * @id: number
 * @name: for complaints
 */
struct fb_field {
	uint16_t id;
	const char *name;
};

/**
 * struct fb_table - a table found in the file
 * @fb: the file
 * @pos: where it begins; 0 for an absent table, all of whose fields are absent
 * @bytes: size of its inline part
 * @vtable: where its vtable begins
 * @vtable_bytes: size of that
 * @parent: table it was found in, which must live as long; NULL for the root
 * @name: field it was found in
 * @index: element of that field; -1 when the field is no vector
 */
struct fb_table {
	const struct fb *fb;
	uint32_t pos;
	uint32_t vtable;
	uint16_t bytes;
	uint16_t vtable_bytes;
	const struct fb_table *parent;
	const char *name;
	int64_t index;
};

/**
 * struct fb_vector - a vector found in the file
 * @table: table it was found in, which must live as long
 * @field: field of that
 * @pos: first element
 * @count: elements; 0 for an absent vector
 */
struct fb_vector {
	const struct fb_table *table;
	struct fb_field field;
	uint32_t pos;
	uint32_t count;
};

enum fb_type {
	FB_U8,
	FB_I8,
	FB_U32,
	FB_I32,
	FB_I64,
};

/**
 * fb_complain() - report what is wrong with a field
 * @t: table
 * @field: field name; NULL for the table itself
 * @index: element of the field; -1 for all of it
 * @format: as printf
 *
 * Return: -EINVAL.
 */
int fb_complain(const struct fb_table *t, const char *field, int64_t index, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * fb_root() - the table a file begins with
 * @fb: file
 * @identifier: its four bytes at offset 4
 * @name: how to call it in complaints
 * @out: the table
 *
 * Return: 0 or -EINVAL.
 */
int fb_root(const struct fb *fb, const char *identifier, const char *name, struct fb_table *out);

/**
 * fb_has() - is a field there
 * @t: table
 * @f: field
 *
 * Return: true when the table stores it.
 */
bool fb_has(const struct fb_table *t, struct fb_field f);

/**
 * fb_int() - an integer field
 * @t: table
 * @f: field
 * @type: as stored
 * @absent: value when it is not stored
 * @out: the value
 *
 * Return: 0 or -EINVAL.
 */
int fb_int(const struct fb_table *t, struct fb_field f, enum fb_type type, int64_t absent,
	   int64_t *out);

/**
 * fb_float() - a float field; 0 when it is not stored
 * @t: table
 * @f: field
 * @out: the value
 *
 * Return: 0 or -EINVAL.
 */
int fb_float(const struct fb_table *t, struct fb_field f, float *out);

/**
 * fb_sub() - a table in a table
 * @t: table
 * @f: field
 * @out: the other table; absent (fb_table.pos 0) when it is not stored
 *
 * Return: 0 or -EINVAL.
 */
int fb_sub(const struct fb_table *t, struct fb_field f, struct fb_table *out);

/**
 * fb_vec() - a vector
 * @t: table
 * @f: field
 * @element_bytes: size of an element as stored; 4 for tables and strings
 * @out: the vector; empty when it is not stored
 *
 * Return: 0 or -EINVAL; on success all elements lie in the file.
 */
int fb_vec(const struct fb_table *t, struct fb_field f, uint32_t element_bytes,
	   struct fb_vector *out);

/**
 * fb_vec_int() - element of a vector of integers
 * @v: vector
 * @type: as stored, of the size given to fb_vec()
 * @i: below fb_vector.count
 *
 * Return: the value.
 */
int64_t fb_vec_int(const struct fb_vector *v, enum fb_type type, uint32_t i);

/**
 * fb_vec_float() - element of a vector of floats
 * @v: vector of 4-byte elements
 * @i: below fb_vector.count
 *
 * Return: the value.
 */
float fb_vec_float(const struct fb_vector *v, uint32_t i);

/**
 * fb_vec_sub() - element of a vector of tables
 * @v: vector of 4-byte elements
 * @i: below fb_vector.count
 * @out: the table
 *
 * Return: 0 or -EINVAL.
 */
int fb_vec_sub(const struct fb_vector *v, uint32_t i, struct fb_table *out);

/**
 * fb_string() - a string
 * @t: table
 * @f: field
 * @out: its characters, not terminated; an empty vector when it is not stored
 *
 * Return: 0 or -EINVAL.
 */
int fb_string(const struct fb_table *t, struct fb_field f, struct fb_vector *out);

#endif /* TFLITE_FB_H */
