// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Text to command words
 *
 * A line is cut into tokens in place; nothing is copied. Names are looked up in the same tables as
 * the decoder's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <base/diag.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "asm.h"
#include "table.h"

struct span {
	const char *at;
	size_t length;
};

/* What is left of a line, and where to complain. */
struct line {
	struct span rest;
	size_t number;
	struct diag *d;
};

/* A value that grows field by field. */
struct value {
	uint32_t bits;		/* of the value so far */
	uint32_t stated;	/* bits that fields have named */
	bool whole;		/* given as a whole too; fields only check */
};

/* For "%.*s": the length is bounded so that nobody's listing floods the terminal. */
#define SHOW_MAX 60
#define SHOW(span) (int)((span).length < SHOW_MAX ? (span).length : SHOW_MAX), (span).at

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span next_token(struct line *line)
{
	struct span *r = &line->rest, token;

	while (r->length && is_space(*r->at)) {
		r->at++;
		r->length--;
	}
	token.at = r->at;
	while (r->length && !is_space(*r->at)) {
		r->at++;
		r->length--;
	}
	token.length = r->at - token.at;

	return token;
}

static bool is(struct span token, const char *word)
{
	return token.length == strlen(word) && !memcmp(token.at, word, token.length);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;

	return -1;
}

static bool is_offset(struct span token)
{
	for (size_t i = 0; i < token.length; i++)
		if (digit(token.at[i]) < 0)
			return false;

	return token.length > 0;
}

static int number(struct span token, uint64_t max, uint64_t *out)
{
	unsigned int base = 10;
	uint64_t n = 0;

	if (token.length > 2 && token.at[0] == '0' && (token.at[1] == 'x' || token.at[1] == 'X')) {
		base = 16;
		token.at += 2;
		token.length -= 2;
	}
	if (!token.length)
		return -EINVAL;
	for (size_t i = 0; i < token.length; i++) {
		int x = digit(token.at[i]);

		if (x < 0 || x >= (int)base)
			return -EINVAL;
		if ((uint64_t)x > max || n > (max - x) / base)
			return -ERANGE;
		n = n * base + x;
	}
	*out = n;

	return 0;
}

/* A whole value in front of the fields; absent when the next token is none. */
static int take_whole(struct line *line, struct value *v)
{
	struct line ahead = *line;
	struct span token = next_token(&ahead);
	uint64_t n;
	int ret;

	if (!token.length || digit(token.at[0]) < 0 || token.at[0] > '9')
		return 0;
	ret = number(token, UINT32_MAX, &n);
	if (ret)
		return diag_error(line->d, -EINVAL, "line %zu: value %.*s is no 32-bit number",
				  line->number, SHOW(token));
	v->bits = n;
	v->whole = true;
	*line = ahead;

	return 0;
}

static int set_bits(struct line *line, struct value *v, struct span name, uint32_t mask,
		    uint32_t bits)
{
	if (v->stated & mask)
		return diag_error(line->d, -EINVAL, "line %zu: %.*s is given twice", line->number,
				  SHOW(name));
	v->stated |= mask;
	if (v->whole && (v->bits & mask) != bits)
		return diag_error(line->d, -EINVAL,
				  "line %zu: %.*s does not agree with the value 0x%08" PRIx32
				  "; leave one of them out",
				  line->number, SHOW(name), v->bits);
	v->bits |= bits;

	return 0;
}

static int take_field(struct line *line, const struct table_reg *reg, struct span token,
		      struct value *v)
{
	const char *equal = memchr(token.at, '=', token.length);
	struct span name = token, text;
	const struct table_field *field;
	uint32_t max, named;
	uint64_t n;
	size_t count;

	if (!equal)
		return diag_error(line->d, -EINVAL, "line %zu: expected FIELD=VALUE, got %.*s",
				  line->number, SHOW(token));
	name.length = equal - token.at;
	text.at = equal + 1;
	text.length = token.length - name.length - 1;
	if (is(name, "UNNAMED")) {
		if (number(text, UINT32_MAX, &n) || n & reg->mask)
			return diag_error(line->d, -EINVAL,
					  "line %zu: %.*s is not a set of bits without a field",
					  line->number, SHOW(text));
		return set_bits(line, v, name, ~reg->mask, n);
	}

	field = table_fields(reg, &count);
	while (count && !is(name, field->name)) {
		field++;
		count--;
	}
	if (!count)
		return diag_error(line->d, -EINVAL, "line %zu: %s.%s has no field %.*s",
				  line->number, reg->block, reg->name, SHOW(name));
	max = table_field_mask(field) >> field->low;
	if (!table_enum_value(field->enumeration, text.at, text.length, &named))
		n = named;
	else if (number(text, max, &n))
		return diag_error(line->d, -EINVAL,
				  "line %zu: %.*s must be 0..%" PRIu32
				  " or one of its names, not %.*s",
				  line->number, SHOW(name), max, SHOW(text));

	return set_bits(line, v, name, table_field_mask(field), (uint32_t)n << field->low);
}

static int take_register(struct line *line, struct span token, uint64_t *word)
{
	const char *dot = memchr(token.at, '.', token.length);
	const struct table_target *target;
	const struct table_reg *reg;
	struct value v = { 0 };
	struct span field;
	int ret;

	if (!dot)
		return diag_error(line->d, -EINVAL,
				  "line %zu: expected BLOCK.REGISTER, op-enable, marker, nop or "
				  "word, got %.*s",
				  line->number, SHOW(token));
	target = table_target_by_name(token.at, dot - token.at);
	if (!target)
		return diag_error(line->d, -EINVAL, "line %zu: command words reach no block %.*s",
				  line->number,
				  (int)(dot - token.at < SHOW_MAX ? dot - token.at : SHOW_MAX),
				  token.at);
	reg = table_reg_by_name(target, dot + 1, token.length - (dot + 1 - token.at));
	if (!reg)
		return diag_error(line->d, -EINVAL,
				  "line %zu: no register %.*s; write it as \"word\" if it is meant",
				  line->number, SHOW(token));
	ret = take_whole(line, &v);
	if (ret)
		return ret;
	while ((field = next_token(line)).length) {
		ret = take_field(line, reg, field, &v);
		if (ret)
			return ret;
	}
	*word = regcmd(target->code, v.bits, reg->offset);

	return 0;
}

static int take_enable(struct line *line, uint64_t *word)
{
	struct value v = { 0 };
	struct span token;
	int ret;

	ret = take_whole(line, &v);
	if (ret)
		return ret;
	while ((token = next_token(line)).length) {
		size_t i = 0;

		while (i < table_n_enables && !is(token, table_enables[i].name))
			i++;
		if (i == table_n_enables)
			return diag_error(line->d, -EINVAL,
					  "line %zu: op-enable starts no block %.*s", line->number,
					  SHOW(token));
		ret = set_bits(line, &v, token, table_enables[i].mask, table_enables[i].mask);
		if (ret)
			return ret;
	}
	*word = regcmd(NPU_TARGET_OP_ENABLE, v.bits, ROCKET_PC_OPERATION_ENABLE);

	return 0;
}

static int take_word(struct line *line, uint64_t *word)
{
	struct span token = next_token(line);

	if (number(token, UINT64_MAX, word))
		return diag_error(line->d, -EINVAL,
				  "line %zu: \"word\" needs a 64-bit number, got %.*s",
				  line->number, SHOW(token));

	return 0;
}

/* Return: 1 with a word, 0 for an empty line, -EINVAL. */
static int take_line(struct line *line, uint64_t *word)
{
	struct span token = next_token(line), more;
	int ret = 0;

	if (is_offset(token))
		token = next_token(line);
	if (!token.length)
		return 0;
	if (is(token, "nop"))
		*word = 0;
	else if (is(token, "marker"))
		*word = regcmd(NPU_TARGET_MARKER, 0, 0);
	else if (is(token, "op-enable"))
		ret = take_enable(line, word);
	else if (is(token, "word"))
		ret = take_word(line, word);
	else
		ret = take_register(line, token, word);
	if (ret)
		return ret;
	more = next_token(line);
	if (more.length)
		return diag_error(line->d, -EINVAL, "line %zu: nothing may follow here, got %.*s",
				  line->number, SHOW(more));

	return 1;
}

static size_t count_lines(const char *text, size_t bytes)
{
	size_t lines = 1;

	for (size_t i = 0; i < bytes; i++)
		lines += text[i] == '\n';

	return lines;
}

int asm_listing(const char *text, size_t bytes, struct diag *d, uint64_t **words, size_t *count)
{
	struct line line = { .d = d };
	uint64_t *out;
	size_t used = 0;

	out = calloc(count_lines(text, bytes), sizeof(*out));
	if (!out)
		return diag_error(d, -ENOMEM, "listing: out of memory");
	while (bytes) {
		const char *end = memchr(text, '\n', bytes);
		size_t length = end ? (size_t)(end - text) : bytes;
		const char *comment = memchr(text, ';', length);
		int ret;

		line.number++;
		line.rest.at = text;
		line.rest.length = comment ? (size_t)(comment - text) : length;
		ret = take_line(&line, &out[used]);
		if (ret < 0) {
			free(out);
			return ret;
		}
		used += ret;
		length += end != NULL;
		text += length;
		bytes -= length;
	}
	if (!used) {
		free(out);
		out = NULL;
	}
	*words = out;
	*count = used;

	return 0;
}
