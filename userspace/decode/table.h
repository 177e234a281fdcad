/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Register names both ways
 *
 * The rows of npu/rocket_regs_table.h as searchable tables, shared by decoder and assembler.
 */
#ifndef DECODE_TABLE_H
#define DECODE_TABLE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct table_target - a block that command words reach
 * @name: of the block
 * @code: bits 63:48 of a command word
 * @base: offset of the block's registers
 */
struct table_target {
	const char *name;
	unsigned int code;
	uint32_t base;
};

/**
 * struct table_reg - one register
 * @block: name of its block
 * @name: without the block
 * @offset: from the base of the core
 * @mask: bits that some field names
 */
struct table_reg {
	const char *block;
	const char *name;
	uint32_t offset;
	uint32_t mask;
};

/**
 * struct table_field - some bits of a register
 * @name: of the field
 * @offset: of its register
 * @high: highest bit
 * @low: lowest bit
 * @enumeration: name of the set of named values; "NONE" (an empty set) for plain numbers
 */
struct table_field {
	const char *name;
	uint32_t offset;
	uint8_t high;
	uint8_t low;
	const char *enumeration;
};

/**
 * struct table_bit - a block in the op-enable mask
 * @name: of the block
 * @mask: its bit
 */
struct table_bit {
	const char *name;
	uint32_t mask;
};

extern const struct table_bit table_enables[];
extern const size_t table_n_enables;

/**
 * table_target_by_code() - the block a word is meant for
 * @code: bits 63:48
 *
 * Return: NULL for marker, op-enable and codes nobody has seen.
 */
const struct table_target *table_target_by_code(unsigned int code);

/**
 * table_target_by_name() - the same by block name
 * @name: need not end in NUL
 * @length: of @name
 *
 * Return: NULL for a block that command words do not reach.
 */
const struct table_target *table_target_by_name(const char *name, size_t length);

/**
 * table_reg_by_offset() - the register at an offset
 * @offset: from the base of the core
 *
 * Return: NULL if there is none.
 */
const struct table_reg *table_reg_by_offset(uint32_t offset);

/**
 * table_reg_by_name() - a register of a block
 * @target: block
 * @name: without the block; need not end in NUL
 * @length: of @name
 *
 * Return: NULL if there is none.
 */
const struct table_reg *table_reg_by_name(const struct table_target *target, const char *name,
					  size_t length);

/**
 * table_fields() - the fields of a register, highest bit first
 * @reg: register
 * @count: how many
 *
 * Return: the first of them.
 */
const struct table_field *table_fields(const struct table_reg *reg, size_t *count);

/**
 * table_field_mask() - the bits of a field
 * @field: field
 *
 * Return: mask in the register.
 */
uint32_t table_field_mask(const struct table_field *field);

/**
 * table_enum_name() - what a value is called
 * @enumeration: as in struct table_field
 * @value: value of the field
 *
 * Return: NULL if it has no name.
 */
const char *table_enum_name(const char *enumeration, uint32_t value);

/**
 * table_enum_value() - the value behind a name
 * @enumeration: as in struct table_field
 * @name: need not end in NUL
 * @length: of @name
 * @value: filled in on success
 *
 * Return: 0 or -ENOENT.
 */
int table_enum_value(const char *enumeration, const char *name, size_t length, uint32_t *value);

#endif /* DECODE_TABLE_H */
