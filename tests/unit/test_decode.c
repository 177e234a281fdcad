// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of decode: words to listing and back
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include <base/diag.h>
#include <decode/asm.h>
#include <decode/decode.h>
#include <decode/table.h>
#include <fuzz/alloc_fail.h>
#include <npu/regcmd.h>

#define TEST(name, function) { name, function, NULL, NULL, NULL }

static const struct { uint64_t word; const char *line;
} words[] = {
	{ 0x10010000000e4004, "DPU.S_POINTER               0x0000000e  POINTER_PP_MODE=1 "
			      "EXECUTER_PP_EN=1 POINTER_PP_EN=1" },
	{ 0x020100000003100c, "CNA.CONV_CON1               0x00000003  ARGB_IN=OFF "
			      "PROC_PRECISION=INT8 IN_PRECISION=INT8"
			      " CONV_MODE=DEPTHWISE" },
	{ 0x0101002570000010, "PC.BASE_ADDRESS             0x00257000  PC_SOURCE_ADDR=0x25700" },
	{ 0x0201001c00201024,
	  "CNA.DATA_SIZE1              0x001c0020  DATAIN_CHANNEL_REAL=28 DATAIN_CHANNEL=32" },
	{ 0x0000000000000000, "nop" },
	{ 0x0041000000000000, "marker" },
	{ 0x00810000001d0008, "op-enable                   0x0000001d  CNA CORE DPU DPU_RDMA" },
	{ 0x0081000000820008,
	  "op-enable                   0x00000082  ; bits 0x82 start no known block" },
	{ 0x0201000000001ffc,
	  "word                        0x0201000000001ffc  ; unknown register CNA.0x1ffc" },
	{ 0x0201000000004004,
	  "word                        0x0201000000004004  ; unknown register CNA.0x4004" },
	{ 0x040100000000201c,
	  "word                        0x040100000000201c  ; unknown target 0x0401" },
	{ 0x0041000000010000,
	  "word                        0x0041000000010000  ; unknown target 0x0041" },
	{ 0x00810000001df008,
	  "word                        0x00810000001df008  ; unknown target 0x0081" },
	{ 0x1001800000024050, "DPU.BS_OW_CFG               0x80000002  RGP_CNTER=8 OD_BYPASS=1" },
	{ 0x1001000008004050, "DPU.BS_OW_CFG               0x00000800  UNNAMED=0x800" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct said {
	char text[256];
	struct diag d;
};

static void hear(void *opaque, enum diag_level level, const char *text)
{
	struct said *said = opaque;

	snprintf(said->text, sizeof(said->text), "%s", text);
}

static int assemble(const char *text, uint64_t *word, size_t *count, struct said *said)
{
	uint64_t *out = NULL;
	int ret;

	*said = (struct said){ .d = { .print = hear, .opaque = said } };
	ret = asm_listing(text, strlen(text), &said->d, &out, count);
	if (!ret && *count)
		*word = out[0];
	free(out);

	return ret;
}

static void each_kind_of_word_has_its_line(void **state)
{
	struct decode_summary sum = { 0 };
	char line[DECODE_LINE_BYTES];

	for (size_t i = 0; i < COUNT(words); i++) {
		decode_word(words[i].word, line, &sum);
		assert_string_equal(line, words[i].line);
	}
	assert_int_equal(sum.words, COUNT(words));
	assert_int_equal(sum.unknown, 5);
	assert_int_equal(sum.unnamed, 2);
	assert_int_equal(sum.starts, 2);
}

static void every_line_assembles_to_its_word(void **state)
{
	struct said said;
	uint64_t word;
	size_t count;

	for (size_t i = 0; i < COUNT(words); i++) {
		word = ~words[i].word;
		assert_int_equal(assemble(words[i].line, &word, &count, &said), 0);
		assert_int_equal(count, 1);
		assert_true(word == words[i].word);
	}
}

static void every_register_is_found_and_comes_back(void **state)
{
	static const uint32_t patterns[] = { 0, UINT32_MAX, 0x5a5a5a5a, 0x13579bdf };
	size_t registers = 0;

	for (uint32_t offset = 0; offset < 0x10000; offset += 4) {
		const struct table_reg *reg = table_reg_by_offset(offset);
		const struct table_target *target;

		if (!reg)
			continue;
		target = table_target_by_name(reg->block, strlen(reg->block));
		if (!target)
			continue;
		registers++;
		assert_ptr_equal(table_reg_by_name(target, reg->name, strlen(reg->name)), reg);
		for (size_t p = 0; p < COUNT(patterns); p++) {
			uint64_t word = regcmd(target->code, patterns[p], offset), back = 0;
			struct decode_summary sum = { 0 };
			char line[DECODE_LINE_BYTES], *value;
			struct said said;
			size_t count;

			decode_word(word, line, &sum);
			assert_int_equal(sum.unknown, 0);
			assert_true(strlen(line) < DECODE_LINE_BYTES / 2);
			assert_int_equal(assemble(line, &back, &count, &said), 0);
			assert_true(back == word);

			/* By its fields alone. */
			value = strstr(line, "0x");
			memset(value, ' ', 10);
			assert_int_equal(assemble(line, &back, &count, &said), 0);
			assert_true(back == word);
		}
	}
	assert_true(registers > 150);
}

static void the_fields_of_a_register_cover_its_mask(void **state)
{
	for (uint32_t offset = 0; offset < 0x10000; offset += 4) {
		const struct table_reg *reg = table_reg_by_offset(offset);
		const struct table_field *field;
		uint32_t mask = 0;
		size_t count;

		if (!reg)
			continue;
		field = table_fields(reg, &count);
		for (size_t i = 0; i < count; i++)
			mask |= table_field_mask(&field[i]);
		assert_int_equal(mask, reg->mask);
	}
}

static void a_listing_shows_byte_offsets_and_reads_back(void **state)
{
	uint64_t stream[COUNT(words)], *back;
	char *text = NULL;
	size_t size = 0, count;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	for (size_t i = 0; i < COUNT(words); i++)
		stream[i] = words[i].word;
	decode_listing(f, stream, COUNT(stream), NULL);
	fclose(f);
	assert_memory_equal(text, "0000  DPU.S_POINTER ", 20);
	assert_non_null(strstr(text, "\n0020  nop\n"));
	assert_int_equal(asm_listing(text, size, NULL, &back, &count), 0);
	assert_int_equal(count, COUNT(stream));
	assert_memory_equal(back, stream, sizeof(stream));
	free(back);
	free(text);
}

static void hand_written_lines_are_understood(void **state)
{
	static const struct { const char *text; uint64_t word; size_t count;
	} rows[] = {
		{ "", 0, 0 },
		{ "\n; only a comment\n\t\n", 0, 0 },
		{ "CNA.CONV_CON1", 0x020100000000100c, 1 },
		{ "CNA.CONV_CON1 CONV_MODE=3", 0x020100000003100c, 1 },
		{ "CNA.CONV_CON1 CONV_MODE=DEPTHWISE PROC_PRECISION=0x2 ; fp16", 0x020100000103100c,
		  1 },
		{ "\tCNA.CONV_CON1\t3\r\n", 0x020100000003100c, 1 },
		{ "abc0 op-enable CNA CORE DPU", 0x00810000000d0008, 1 },
		{ "op-enable 0x60", 0x0081000000600008, 1 },
		{ "nop\nnop\nmarker", 0, 3 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said said;
		uint64_t word = 0;
		size_t count;

		assert_int_equal(assemble(rows[i].text, &word, &count, &said), 0);
		assert_int_equal(count, rows[i].count);
		assert_true(word == rows[i].word);
	}
}

static void each_mistake_names_its_line(void **state)
{
	static const struct { const char *text, *message;
	} rows[] = {
		{ "nop\nhello",
		  "line 2: expected BLOCK.REGISTER, op-enable, marker, nop or word, got hello" },
		{ "GLOBAL.OPERATION_ENABLE 1", "line 1: command words reach no block GLOBAL" },
		{ "CNA.NOTHING 1",
		  "line 1: no register CNA.NOTHING; write it as \"word\" if it is meant" },
		{ "CNA.CONV_CON1 12345678901", "line 1: value 12345678901 is no 32-bit number" },
		{ "CNA.CONV_CON1 0x", "line 1: value 0x is no 32-bit number" },
		{ "CNA.CONV_CON1 CONV_MODE", "line 1: expected FIELD=VALUE, got CONV_MODE" },
		{ "CNA.CONV_CON1 COLOUR=3", "line 1: CNA.CONV_CON1 has no field COLOUR" },
		{ "CNA.CONV_CON1 CONV_MODE=16",
		  "line 1: CONV_MODE must be 0..15 or one of its names, not 16" },
		{ "DPU.S_POINTER POINTER_PP_MODE=9",
		  "line 1: POINTER_PP_MODE must be 0..1 or one of its names, not 9" },
		{ "CNA.CONV_CON1 CONV_MODE=",
		  "line 1: CONV_MODE must be 0..15 or one of its names, not " },
		{ "CNA.CONV_CON1 CONV_MODE=3 CONV_MODE=3", "line 1: CONV_MODE is given twice" },
		{ "CNA.CONV_CON1 3 CONV_MODE=DIRECT", "line 1: CONV_MODE does not agree with the "
						      "value 0x00000003; leave one of them out" },
		{ "CNA.CONV_CON1 UNNAMED=3", "line 1: 3 is not a set of bits without a field" },
		{ "op-enable CNA SDMA", "line 1: op-enable starts no block SDMA" },
		{ "op-enable 1 CORE",
		  "line 1: CORE does not agree with the value 0x00000001; leave one of them out" },
		{ "\n\nword", "line 3: \"word\" needs a 64-bit number, got " },
		{ "word 0x12345678123456781",
		  "line 1: \"word\" needs a 64-bit number, got 0x12345678123456781" },
		{ "marker 3", "line 1: nothing may follow here, got 3" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said said;
		uint64_t word;
		size_t count;

		assert_int_equal(assemble(rows[i].text, &word, &count, &said), -EINVAL);
		assert_string_equal(said.text, rows[i].message);
	}
}

static int assemble_something(void *arg)
{
	uint64_t *out = NULL;
	size_t count;
	int ret = asm_listing(arg, strlen(arg), NULL, &out, &count);

	free(out);

	return ret;
}

static void a_failed_allocation_is_reported_and_leaks_nothing(void **state)
{
	assert_int_equal(alloc_fail_sweep(assemble_something, "nop\nop-enable CNA\n"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("decode: each kind of word has its line", each_kind_of_word_has_its_line),
		TEST("asm: every line assembles to its word", every_line_assembles_to_its_word),
		TEST("asm: every register is found and comes back",
		     every_register_is_found_and_comes_back),
		TEST("decode: the fields of a register cover its mask",
		     the_fields_of_a_register_cover_its_mask),
		TEST("decode: a listing shows byte offsets and reads back",
		     a_listing_shows_byte_offsets_and_reads_back),
		TEST("asm: hand-written lines are understood", hand_written_lines_are_understood),
		TEST("asm: each mistake names its line", each_mistake_names_its_line),
		TEST("asm: a failed allocation is reported and leaks nothing",
		     a_failed_allocation_is_reported_and_leaks_nothing),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
