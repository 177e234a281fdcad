/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The .rkt format
 *
 * What writer and reader share. Documentation/userspace/program-format.rst describes every field.
 */
#ifndef PROGRAM_FILE_H
#define PROGRAM_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <graph/graph.h>

#include "program.h"

/* Damage by transfer as text or in 7 bits shows. */
#define FILE_MAGIC		"\211RKT\r\n\032\n"
#define FILE_MAGIC_BYTES	8
#define FILE_VERSION		1
#define FILE_HEADER_BYTES	32
#define FILE_CHECKSUM_AT	12	/* in the header */
#define FILE_ALIGN		64	/* of the data area and of each piece in it */
#define FILE_NONE		UINT32_MAX	/* length of an absent string */
#define FILE_NO_DATA		UINT64_MAX	/* offset of absent contents */

/* Numbers of these enumerators are part of the format. */
_Static_assert(DTYPE_UINT8 == 0 && DTYPE_OTHER == 6, "types keep their numbers");
_Static_assert(PADDING_SAME == 0 && PADDING_VALID == 1, "paddings keep their numbers");
_Static_assert(ACTIVATION_NONE == 0 && ACTIVATION_RELU6 == 3 && ACTIVATION_OTHER == 4,
	       "activations keep theirs");
_Static_assert(PROGRAM_REGCMD == 0 && PROGRAM_ACTIVATIONS == 2, "uses keep their numbers");
_Static_assert(PROGRAM_STEP_PACK == 0 && PROGRAM_STEP_HOST == 3, "steps keep their numbers");

/**
 * file_checksum() - what a file's checksum has to be
 * @data: the file
 * @size: bytes, at least FILE_HEADER_BYTES
 *
 * Return: the CRC-32 of the file with zeros where the checksum stands.
 */
uint32_t file_checksum(const void *data, size_t size);

/**
 * struct file_param - a parameter of an operator in the order of the file
 * @name: for messages
 * @offset: in struct op
 * @bytes: 4 for int32, enum and float, 1 for bool
 * @most: largest value of an enum or bool; 0 for any
 */
struct file_param {
	const char *name;
	size_t offset;
	unsigned char bytes;
	uint32_t most;
};

/**
 * file_params() - parameters of an operator kind
 * @kind: kind
 * @count: how many
 *
 * Return: the parameters.
 */
const struct file_param *file_params(enum op_kind kind, size_t *count);

#endif /* PROGRAM_FILE_H */
