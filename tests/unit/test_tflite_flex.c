// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of the FlexBuffers reader
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/bits.h>
#include <tflite/flex.h>

#define PACKED(type, log2_width) ((type) << 2 | (log2_width))

/* { "b": true, "f": 0.5, "i": -2, "n": null, "s": "x", "u": -> 300 } in words of 4 bytes */
static const uint8_t buffer[] = {
	'b',
	0,
	'f',
	0,
	'i',
	0,
	'n',
	0,
	's',
	0,
	'u',
	0, /*  0: keys */
	1,
	'x',
	0,
	0, /* 12: a string; its length comes first */
	0x2c,
	0x01,
	0,
	0, /* 16: 300, two bytes of it used */
	6,
	21,
	20,
	19,
	18,
	17,
	16, /* 20: length of the keys, offsets back from 21 on */
	0, /* 27: padding */
	7,
	0,
	0,
	0, /* 28: keys are 7 before this: at 21 */
	1,
	0,
	0,
	0, /* 32: offsets of one byte */
	6,
	0,
	0,
	0, /* 36: values */
	1,
	0,
	0,
	0, /* 40: b */
	0,
	0,
	0,
	0x3f, /* 44: f */
	0xfe,
	0xff,
	0xff,
	0xff, /* 48: i */
	0,
	0,
	0,
	0, /* 52: n */
	43,
	0,
	0,
	0, /* 56: s, at 13 */
	44,
	0,
	0,
	0, /* 60: u, at 16 */
	PACKED(26, 2),
	PACKED(3, 2),
	PACKED(1, 2),
	PACKED(0, 2),
	PACKED(5, 0),
	PACKED(7, 1), /* 64 */
	30,
	PACKED(9, 2),
	1, /* 70: the root is 30 before this: at 40 */
};

static void numbers_of_every_kind_are_found(void **state)
{
	static const struct {
		const char *key;
		int ret;
		double value;
	} rows[] = {
		{ "b", 0, 1 },	     { "f", 0, 0.5 },	  { "i", 0, -2 },
		{ "n", -ENOENT, 7 }, { "s", -EINVAL, 7 }, { "u", 0, 300 },
		{ "x", -ENOENT, 7 }, { "", -ENOENT, 7 },  { "bb", -ENOENT, 7 },
	};
	struct flex_map m;

	assert_int_equal(flex_root(buffer, sizeof(buffer), &m), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		double v = 7;

		if (flex_number(&m, rows[i].key, &v) != rows[i].ret || v != rows[i].value)
			fail_msg("'%s' is %g", rows[i].key, v);
	}
}

/* On a copy of exactly @size bytes, so that a sanitizer sees reads beyond the end. */
static int try_all(const uint8_t *data, size_t size)
{
	static const char *const keys[] = {
		"b", "f", "i", "n", "s", "u", "a longer key than there is any"
	};
	uint8_t *copy = malloc(size ? size : 1);
	struct flex_map m;
	double v;
	int ret;

	assert_non_null(copy);
	memcpy(copy, data, size);
	ret = flex_root(copy, size, &m);
	assert_true(ret == 0 || ret == -EINVAL);
	for (unsigned int i = 0; i < ARRAY_SIZE(keys) && !ret; i++) {
		int found = flex_number(&m, keys[i], &v);

		assert_true(found == 0 || found == -EINVAL || found == -ENOENT);
	}
	free(copy);

	return ret;
}

static void a_damaged_buffer_is_never_left(void **state)
{
	uint8_t copy[sizeof(buffer)];

	for (size_t size = 0; size < sizeof(buffer); size++)
		try_all(buffer, size);
	for (size_t i = 0; i < sizeof(buffer); i++)
		for (unsigned int v = 0; v <= UINT8_MAX; v++) {
			memcpy(copy, buffer, sizeof(copy));
			copy[i] = v;
			try_all(copy, sizeof(copy));
		}
}

static void damage_of_the_frame_is_an_error(void **state)
{
	static const struct {
		const char *why;
		size_t at;
		uint8_t value;
	} rows[] = {
		{ "a root of three bytes", 72, 3 },
		{ "a root wider than the buffer allows", 72, 0 },
		{ "a root that is no map", 71, PACKED(10, 2) },
		{ "a root before the buffer", 70, 71 },
		{ "a root without room for three words before it", 70, 62 },
		{ "more values than bytes", 36, 200 },
		{ "more values than bytes by far", 39, 0xff },
		{ "keys of three bytes", 32, 3 },
		{ "keys before the buffer", 28, 29 },
	};
	uint8_t copy[sizeof(buffer)];

	assert_int_equal(try_all(buffer, 0), -EINVAL);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		memcpy(copy, buffer, sizeof(copy));
		copy[rows[i].at] = rows[i].value;
		if (try_all(copy, sizeof(copy)) != -EINVAL)
			fail_msg("%s was accepted", rows[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_every_kind_are_found),
		cmocka_unit_test(a_damaged_buffer_is_never_left),
		cmocka_unit_test(damage_of_the_frame_is_an_error),
	};

	return cmocka_run_group_tests_name("tflite_flex", tests, NULL, NULL);
}
