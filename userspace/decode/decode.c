// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Command words as text
 *
 * A word is looked up in the register tables (table.c) and printed field by field. It does not
 * matter where the words came from; whatever is not known is printed whole, so that no listing
 * loses a bit.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "decode.h"
#include "table.h"

#define NAME_COLUMNS 26	/* of block and register */
#define HEX_BITS 17	/* fields of so many bits or more hold addresses, strides and masks */

struct text {
	char *line;
	size_t used;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->line + t->used, DECODE_LINE_BYTES - t->used, format, args);
	va_end(args);
	if (n > 0)
		t->used += n;
	if (t->used >= DECODE_LINE_BYTES)
		t->used = DECODE_LINE_BYTES - 1;
}

static void add_field(struct text *t, const struct table_field *field, uint32_t reg_value)
{
	uint32_t value = (reg_value & table_field_mask(field)) >> field->low;
	const char *name = table_enum_name(field->enumeration, value);

	if (name)
		add(t, " %s=%s", field->name, name);
	else if (value && field->high - field->low + 1 >= HEX_BITS)
		add(t, " %s=0x%" PRIx32, field->name, value);
	else if (value)
		add(t, " %s=%" PRIu32, field->name, value);
}

static void add_register(struct text *t, const struct table_reg *reg, uint32_t value,
			 struct decode_summary *sum)
{
	const struct table_field *field;
	uint32_t unnamed = value & ~reg->mask;
	char name[64];
	size_t count;

	snprintf(name, sizeof(name), "%s.%s", reg->block, reg->name);
	add(t, "%-*s  0x%08" PRIx32 " ", NAME_COLUMNS, name, value);
	field = table_fields(reg, &count);
	for (size_t i = 0; i < count; i++)
		add_field(t, &field[i], value);
	if (unnamed) {
		add(t, " UNNAMED=0x%" PRIx32, unnamed);
		sum->unnamed++;
	}
}

static void add_enable(struct text *t, uint32_t mask, struct decode_summary *sum)
{
	add(t, "%-*s  0x%08" PRIx32 " ", NAME_COLUMNS, "op-enable", mask);
	for (size_t i = 0; i < table_n_enables; i++)
		if (mask & table_enables[i].mask)
			add(t, " %s", table_enables[i].name);
	if (mask & ~NPU_ENABLE_ALL) {
		add(t, " ; bits 0x%" PRIx32 " start no known block", mask & ~NPU_ENABLE_ALL);
		sum->unnamed++;
	}
	sum->starts++;
}

static void add_unknown(struct text *t, uint64_t word, const struct table_target *target,
			struct decode_summary *sum)
{
	add(t, "%-*s  0x%016" PRIx64 "  ; unknown ", NAME_COLUMNS, "word", word);
	if (target)
		add(t, "register %s.0x%04x", target->name, regcmd_offset(word));
	else
		add(t, "target 0x%04x", regcmd_target(word));
	sum->unknown++;
}

void decode_word(uint64_t word, char *line, struct decode_summary *sum)
{
	struct decode_summary dummy = { 0 };
	struct text t = { .line = line };
	unsigned int code = regcmd_target(word), offset = regcmd_offset(word);
	const struct table_target *target = table_target_by_code(code);
	const struct table_reg *reg = table_reg_by_offset(offset);

	if (!sum)
		sum = &dummy;
	sum->words++;
	line[0] = '\0';
	if (!word)
		add(&t, "nop");
	else if (word == regcmd(NPU_TARGET_MARKER, 0, 0))
		add(&t, "marker");
	else if (code == NPU_TARGET_OP_ENABLE && offset == ROCKET_PC_OPERATION_ENABLE)
		add_enable(&t, regcmd_value(word), sum);
	else if (target && reg && !strcmp(target->name, reg->block))
		add_register(&t, reg, regcmd_value(word), sum);
	else
		add_unknown(&t, word, target, sum);
	while (t.used && line[t.used - 1] == ' ')
		line[--t.used] = '\0';
}

void decode_listing(FILE *f, const uint64_t *words, size_t count, struct decode_summary *sum)
{
	char line[DECODE_LINE_BYTES];

	for (size_t i = 0; i < count; i++) {
		decode_word(words[i], line, sum);
		fprintf(f, "%04zx  %s\n", i * REGCMD_BYTES, line);
	}
}
