// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of decode: dumps of the kernel
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
#include <decode/dump.h>
#include <fuzz/alloc_fail.h>

#define TEST(name, function) { name, function, NULL, NULL, NULL }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define WORD0 0x10010000000e4004
#define WORD1 0xffffffffffffffff
#define HEAD "rocket-dump: 1\nreason: hang\ncomm: \nobject: 0x00001000 8192 read\n"
#define WORDS "0x10010000000e4004\n0xffffffffffffffff\n"

static void hear(void *opaque, enum diag_level level, const char *text)
{
	snprintf(opaque, 256, "%s", text);
}

static int read_text(const char *text, struct dump *dump, char *said)
{
	struct diag d = { .print = hear, .opaque = said };

	*said = 0;

	return dump_read(text, strlen(text), &d, dump);
}

static void the_words_follow_the_keys(void **state)
{
	static const char text[] = HEAD "words: 2\n" WORDS;
	struct dump dump;
	char said[256];

	assert_true(dump_is(text, strlen(text)));
	assert_int_equal(read_text(text, &dump, said), 0);
	assert_int_equal(dump.head_bytes, strlen(HEAD "words: 2\n"));
	assert_int_equal(dump.count, 2);
	assert_true(dump.words[0] == WORD0);
	assert_true(dump.words[1] == WORD1);
	free(dump.words);
}

static void a_dump_may_have_no_words(void **state)
{
	struct dump dump;
	char said[256];

	assert_int_equal(read_text(HEAD "words: 0\n", &dump, said), 0);
	assert_int_equal(dump.count, 0);
	assert_null(dump.words);
}

static void keys_that_nobody_knows_do_not_matter(void **state)
{
	struct dump dump;
	char said[256];

	assert_int_equal(read_text("rocket-dump: 1\nhens: 3: 4\nwords: 1\n0x0000000000000000\n", &dump,
				   said), 0);
	assert_int_equal(dump.count, 1);
	free(dump.words);
}

static const struct {
	const char *why, *text, *message;
} mistakes[] = {
	{ "nothing", "", "the dump ends after line 0; copy all of it, as 'cat .../data >FILE' does" },
	{ "something else", "hens\n", "line 1: no dump, which begins with 'rocket-dump: '" },
	{ "a version that is no number", "rocket-dump: x\n", "line 1: no dump, which begins with 'rocket-dump: '" },
	{ "a version that is empty", "rocket-dump: \n", "line 1: no dump, which begins with 'rocket-dump: '" },
	{ "another version", "rocket-dump: 2\n",
	  "dump of version 2, this is for version 1; take the rocket-dis that came with the kernel's driver" },
	{ "keys without an end", HEAD,
	  "the dump ends after line 4; copy all of it, as 'cat .../data >FILE' does" },
	{ "a line without a key", HEAD "hens\n", "line 5: expected 'key: value'" },
	{ "a line without a value", HEAD "hens:\n", "line 5: expected 'key: value'" },
	{ "a key without a name", HEAD ": hens\n", "line 5: expected 'key: value'" },
	{ "a terminal's command", HEAD "comm: \033[2J\n", "line 5: expected 'key: value'" },
	{ "no number of words", HEAD "words: two\n", "line 5: expected a number of words" },
	{ "a number without an end", HEAD "words: 18446744073709551616\n", "line 5: expected a number of words" },
	{ "one word too few", HEAD "words: 3\n" WORDS,
	  "the dump ends after line 7; copy all of it, as 'cat .../data >FILE' does" },
	{ "far too few", HEAD "words: 18446744073709551615\n" WORDS,
	  "the dump ends after line 7; copy all of it, as 'cat .../data >FILE' does" },
	{ "a cut word", HEAD "words: 1\n0x10010000000e4004",
	  "the dump ends after line 5; copy all of it, as 'cat .../data >FILE' does" },
	{ "one word too many", HEAD "words: 1\n" WORDS, "line 7: expected nothing after the last word" },
	{ "a word of 15 digits", HEAD "words: 1\n0x1001000000e4004\n", "line 6: expected a word of 16 hex digits" },
	{ "a word without 0x", HEAD "words: 1\n0010010000000e4004\n", "line 6: expected a word of 16 hex digits" },
	{ "a word with a letter", HEAD "words: 1\n0x10010000000g4004\n", "line 6: expected a word of 16 hex digits" },
};

static void each_mistake_names_its_line(void **state)
{
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		struct dump dump = { .count = 7 };
		char said[256];

		if (read_text(mistakes[i].text, &dump, said) != -EINVAL)
			fail_msg("accepted: %s", mistakes[i].why);
		assert_string_equal(said, mistakes[i].message);
		assert_int_equal(dump.count, 7);
	}
}

static void only_the_first_words_make_a_dump(void **state)
{
	assert_false(dump_is("rocket-dump:", 12));
	assert_false(dump_is("rocket-dumb: 1\n", 15));
	assert_true(dump_is("rocket-dump: 2\n", 15));
}

static int read_something(void *arg)
{
	struct dump dump = { 0 };
	int ret = dump_read(arg, strlen(arg), NULL, &dump);

	free(dump.words);

	return ret;
}

static void a_failed_allocation_is_reported_and_leaks_nothing(void **state)
{
	assert_int_equal(alloc_fail_sweep(read_something, HEAD "words: 2\n" WORDS), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("dump: the words follow the keys", the_words_follow_the_keys),
		TEST("dump: there may be no words", a_dump_may_have_no_words),
		TEST("dump: keys that nobody knows do not matter", keys_that_nobody_knows_do_not_matter),
		TEST("dump: each mistake names its line", each_mistake_names_its_line),
		TEST("dump: only the first words make one", only_the_first_words_make_a_dump),
		TEST("dump: a failed allocation is reported and leaks nothing",
		     a_failed_allocation_is_reported_and_leaks_nothing),
	};

	return cmocka_run_group_tests_name("decode_dump", tests, NULL, NULL);
}
