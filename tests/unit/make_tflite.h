/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: A small .tflite file
 *
 * A 1x1 convolution of two channels followed by a custom operator, written by hand so that tests
 * know where each field lies and can spoil it.
 */
#ifndef UNIT_MAKE_TFLITE_H
#define UNIT_MAKE_TFLITE_H

#include <stddef.h>
#include <stdint.h>

#define MADE_BYTES_MAX 8192

enum made_field {
	MADE_ROOT,		/* offset of the model */
	MADE_IDENTIFIER,
	MADE_VERSION,
	MADE_SUBGRAPHS,		/* count of the vector; so are the following that end in S */
	MADE_CODES,
	MADE_BUFFERS,
	MADE_TENSORS,
	MADE_INPUTS,
	MADE_INPUT,		/* first element */
	MADE_OPERATORS,
	MADE_SHAPE,		/* count, of tensor 0 */
	MADE_EXTENT,		/* element 2 of that */
	MADE_BUFFER,		/* buffer number of tensor 1 */
	MADE_DATA,		/* count of bytes of tensor 1 */
	MADE_SCALES,		/* of tensor 0 */
	MADE_SCALE,
	MADE_ZERO_POINTS,
	MADE_ZERO_POINT,	/* low half */
	MADE_ZERO_POINT_HIGH,
	MADE_OPCODE,		/* code number of operator 0 */
	MADE_OP_INPUTS,		/* of operator 0 */
	MADE_OP_INPUT,
	MADE_OP_OUTPUT,
	MADE_OPTIONS_TYPE,	/* byte */
	MADE_OPTIONS,		/* offset */
	MADE_STRIDE,
	MADE_PADDING,		/* byte */
	MADE_ACTIVATION,	/* byte */
	MADE_NAME,		/* first characters of the name of tensor 0, "in" */
	MADE_FIELDS
};

/**
 * struct made_tflite - the file
 * @data: its bytes
 * @size: how many
 * @at: where each field lies
 */
struct made_tflite {
	_Alignas(16) uint8_t data[MADE_BYTES_MAX];
	size_t size;
	size_t at[MADE_FIELDS];
};

/**
 * make_tflite() - write the file
 * @m: filled in
 */
void make_tflite(struct made_tflite *m);

/**
 * make_unfolding_tflite() - write a file that says more than it holds
 * @m: filled in
 * @copies: further tensors that are all tensor 0, stored once
 * @scales: of tensor 0; no zero points
 */
void make_unfolding_tflite(struct made_tflite *m, unsigned int copies, unsigned int scales);

/**
 * made_put() - spoil a field
 * @m: file
 * @field: which
 * @value: new contents, four bytes; one for the fields that are a byte
 */
void made_put(struct made_tflite *m, enum made_field field, uint32_t value);

#endif /* UNIT_MAKE_TFLITE_H */
