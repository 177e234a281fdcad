// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of base: bits, arena, blob, diag
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <base/arena.h>
#include <base/bits.h>
#include <base/blob.h>
#include <base/crc32.h>
#include <base/diag.h>

static void fields_go_in_and_out_of_their_bits(void **state)
{
	assert_int_equal(field_put(3, 0x000000f0), 0x30);
	assert_int_equal(field_get(0x12345678, 0x0ff00000), 0x23);
	assert_int_equal(field_get(0xffffffff, 0x80000000), 1);
	assert_true(field_fits(15, 0x000000f0));
	assert_false(field_fits(16, 0x000000f0));
	assert_true(field_fits(UINT32_MAX, 0xffffffff));
}

static void rounding_goes_up(void **state)
{
	assert_int_equal(align_up(0, 16), 0);
	assert_int_equal(align_up(1, 16), 16);
	assert_int_equal(align_up(16, 16), 16);
	assert_int_equal(div_round_up(33, 32), 2);
}

static void arena_memory_is_zeroed_and_apart(void **state)
{
	struct arena a = { 0 };
	unsigned char *p = arena_alloc(&a, 3, 5), *q = arena_alloc(&a, 1, 200000),
		      *r = arena_alloc(&a, 4, 4);

	assert_non_null(p);
	assert_non_null(q);
	assert_non_null(r);
	assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
	for (int i = 0; i < 15; i++)
		assert_int_equal(p[i], 0);
	memset(p, 1, 15);
	memset(r, 2, 16);
	for (int i = 0; i < 200000; i++)
		assert_int_equal(q[i], 0);
	assert_null(arena_alloc(&a, SIZE_MAX / 2, 8));
	assert_string_equal(arena_strndup(&a, "hens", 3), "hen");
	arena_fini(&a);
	assert_null(a.blocks);
}

static void checksums_are_those_of_everybody_else(void **state)
{
	uint8_t bytes[64];

	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = 7 * i;
	assert_int_equal(crc32_of(0, "", 0), 0);
	assert_int_equal(crc32_of(0, "123456789", 9), 0xcbf43926); /* the check value of CRC-32 */
	for (unsigned int i = 0; i <= sizeof(bytes); i++)
		assert_int_equal(crc32_of(crc32_of(0, bytes, i), bytes + i, sizeof(bytes) - i),
				 crc32_of(0, bytes, sizeof(bytes)));
}

static void last_message(void *opaque, enum diag_level level, const char *text)
{
	strncpy(opaque, text, 99);
}

static void a_missing_file_is_named(void **state)
{
	char text[100] = "";
	struct diag d = { .print = last_message, .opaque = text };
	struct blob b = { 0 };

	assert_int_equal(blob_read(&b, "/nonexistent/model.tflite", &d), -ENOENT);
	assert_non_null(strstr(text, "/nonexistent/model.tflite"));
	assert_int_equal(d.errors, 1);
	assert_int_equal(blob_read(&b, "/", &d), -EINVAL);
	assert_null(b.data);
}

static void a_file_comes_back_as_written(void **state)
{
	char path[] = "/tmp/test_base.XXXXXX";
	struct blob b = { 0 };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(blob_write(path, "hen\0s", 5, NULL), 0);
	assert_int_equal(blob_read(&b, path, NULL), 0);
	assert_int_equal(b.size, 5);
	assert_memory_equal(b.data, "hen\0s", 5);
	blob_fini(&b);
	unlink(path);
	assert_int_equal(blob_write("/nonexistent/x", "a", 1, NULL), -ENOENT);
}

static void what_is_no_plain_file_is_written_to(void **state)
{
	char folder[] = "/tmp/test_base.XXXXXX", link[64], target[64];
	struct blob b = { 0 };
	struct stat st;
	int reader;

	assert_non_null(mkdtemp(folder));
	snprintf(link, sizeof(link), "%s/link", folder);
	snprintf(target, sizeof(target), "%s/target", folder);
	assert_int_equal(symlink("target", link), 0);
	assert_int_equal(blob_write(link, "hen", 3, NULL), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(blob_read(&b, target, NULL), 0);
	assert_memory_equal(b.data, "hen", 3);
	blob_fini(&b);
	unlink(link);
	unlink(target);

	assert_int_equal(mkfifo(link, 0600), 0);
	reader = open(link, O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	assert_int_equal(blob_write(link, "hen", 3, NULL), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	close(reader);
	unlink(link);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_go_in_and_out_of_their_bits),
		cmocka_unit_test(rounding_goes_up),
		cmocka_unit_test(arena_memory_is_zeroed_and_apart),
		cmocka_unit_test(checksums_are_those_of_everybody_else),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(a_file_comes_back_as_written),
		cmocka_unit_test(what_is_no_plain_file_is_written_to),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
