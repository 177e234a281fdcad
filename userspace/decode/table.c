// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Register names both ways
 *
 * Rows come sorted by offset, as the generator writes them; registers and fields are found by
 * bisection.
 */
#include <errno.h>
#include <string.h>

#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "table.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct table_target targets[] = {
#define NPU_TARGET(block, code, base) { #block, code, base },
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
};

static const struct table_reg regs[] = {
#define NPU_REG(block, name, offset, access, reset, mask) { #block, #name, offset, mask },
#include <npu/rocket_regs_table.h>
};

static const struct table_field fields[] = {
#define NPU_FIELD(block, reg, name, high, low, access, enumeration) \
	{ #name, ROCKET_##block##_##reg, high, low, #enumeration },
#include <npu/rocket_regs_table.h>
};

static const struct {
	const char *enumeration;
	const char *name;
	uint32_t value;
} enums[] = {
#define NPU_ENUM(enumeration, name, value) { #enumeration, #name, value },
#include <npu/rocket_regs_table.h>
};

const struct table_bit table_enables[] = {
	{ "CNA", NPU_ENABLE_CNA },
	{ "CORE", NPU_ENABLE_CORE },
	{ "DPU", NPU_ENABLE_DPU },
	{ "DPU_RDMA", NPU_ENABLE_DPU_RDMA },
	{ "PPU", NPU_ENABLE_PPU },
	{ "PPU_RDMA", NPU_ENABLE_PPU_RDMA },
};

const size_t table_n_enables = COUNT(table_enables);

static int same(const char *full, const char *name, size_t length)
{
	return strlen(full) == length && !memcmp(full, name, length);
}

const struct table_target *table_target_by_code(unsigned int code)
{
	for (size_t i = 0; i < COUNT(targets); i++)
		if (targets[i].code == code)
			return &targets[i];

	return NULL;
}

const struct table_target *table_target_by_name(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT(targets); i++)
		if (same(targets[i].name, name, length))
			return &targets[i];

	return NULL;
}

const struct table_reg *table_reg_by_offset(uint32_t offset)
{
	size_t low = 0, high = COUNT(regs);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (regs[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}

	return low < COUNT(regs) && regs[low].offset == offset ? &regs[low] : NULL;
}

const struct table_reg *table_reg_by_name(const struct table_target *target, const char *name,
					  size_t length)
{
	for (size_t i = 0; i < COUNT(regs); i++)
		if (!strcmp(regs[i].block, target->name) && same(regs[i].name, name, length))
			return &regs[i];

	return NULL;
}

const struct table_field *table_fields(const struct table_reg *reg, size_t *count)
{
	size_t low = 0, high = COUNT(fields), end;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (fields[middle].offset < reg->offset)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < COUNT(fields) && fields[end].offset == reg->offset; end++)
		;
	*count = end - low;

	return &fields[low];
}

uint32_t table_field_mask(const struct table_field *field)
{
	return (UINT32_MAX >> (31 - field->high + field->low)) << field->low;
}

const char *table_enum_name(const char *enumeration, uint32_t value)
{
	for (size_t i = 0; i < COUNT(enums); i++)
		if (enums[i].value == value && !strcmp(enums[i].enumeration, enumeration))
			return enums[i].name;

	return NULL;
}

int table_enum_value(const char *enumeration, const char *name, size_t length, uint32_t *value)
{
	for (size_t i = 0; i < COUNT(enums); i++) {
		if (strcmp(enums[i].enumeration, enumeration) || !same(enums[i].name, name, length))
			continue;
		*value = enums[i].value;
		return 0;
	}

	return -ENOENT;
}
