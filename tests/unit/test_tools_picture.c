// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of tools/picture.c and tools/resize.c
 *
 * Small pictures are built here; the photographs and their Pillow versions are read from
 * ../shared/models where that is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <errno.h>

#include <base/bits.h>
#include <base/blob.h>
#include <base/diag.h>
#include <fuzz/alloc_fail.h>
#include <tools/picture.h>

static char message[256];

static void keep_message(void *opaque, enum diag_level level, const char *text)
{
	snprintf(message, sizeof(message), "%s", text);
}

static struct diag diag = { .print = keep_message };

static int read_bytes(const void *data, size_t size, struct picture *p)
{
	char path[] = "/tmp/test_picture.XXXXXX";
	int fd = mkstemp(path), ret;

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(blob_write(path, data, size, NULL), 0);
	ret = picture_read(path, &diag, p);
	unlink(path);
	return ret;
}

/* 2 x 2 pixels of 24 bits, rows from the bottom, padded to 4 bytes */
static const uint8_t bmp[] = {
	'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,
	40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	7, 8, 9, 10, 11, 12, 0, 0,
	1, 2, 3, 4, 5, 6, 0, 0,
};

static void a_bmp_is_read_from_its_last_row(void **state)
{
	static const uint8_t rgb[] = { 3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10 };
	struct picture p;

	assert_int_equal(read_bytes(bmp, sizeof(bmp), &p), 0);
	assert_int_equal(p.width, 2);
	assert_int_equal(p.height, 2);
	assert_memory_equal(p.rgb, rgb, sizeof(rgb));
	picture_fini(&p);
}

static void a_bmp_with_negative_height_is_read_from_its_first_row(void **state)
{
	static const uint8_t rgb[] = { 9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4 };
	uint8_t data[sizeof(bmp)];
	struct picture p;

	memcpy(data, bmp, sizeof(bmp));
	memset(data + 23, 0xff, 3);
	data[22] = 0xfe;
	assert_int_equal(read_bytes(data, sizeof(data), &p), 0);
	assert_memory_equal(p.rgb, rgb, sizeof(rgb));
	picture_fini(&p);
}

static const struct {
	const char *why;
	size_t at;
	uint8_t value;
	int error;
} damages[] = {
	{ "no known format", 0, 'X', -EINVAL },
	{ "pixels begin behind the end", 11, 1, -EINVAL },
	{ "info header longer than the file", 15, 0x40, -EINVAL },
	{ "a width of 2^24 + 2", 21, 1, -EFBIG },
	{ "a height that makes the file too short", 22, 200, -EINVAL },
	{ "no width", 18, 0, -EFBIG },
	{ "16 bits a pixel", 28, 16, -EINVAL },
	{ "a palette that is not there", 28, 8, -EINVAL },
	{ "compressed", 30, 1, -EINVAL },
};

static void a_damaged_bmp_is_refused_with_a_reason(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		uint8_t data[sizeof(bmp)];
		struct picture p;
		int ret;

		memcpy(data, bmp, sizeof(bmp));
		data[damages[i].at] = damages[i].value;
		message[0] = '\0';
		ret = read_bytes(data, sizeof(data), &p);
		if (ret != damages[i].error || !message[0])
			fail_msg("%s: returned %d, said '%s'", damages[i].why, ret, message);
	}
	for (size_t size = 0; size < sizeof(bmp); size++) {
		struct picture p;

		if (!read_bytes(bmp, size, &p))
			fail_msg("read although cut to %zu bytes", size);
	}
}

static void a_cut_header_of_each_format_is_refused(void **state)
{
	static const char *const starts[] = { "\xff\xd8\xff\xe0", "\x89PNG\r\n\x1a\n",
					      "RIFF\x10\x01\x01\x01WEBPVP8 " };
	struct picture p;

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		assert_int_equal(read_bytes(starts[i], strlen(starts[i]), &p), -EINVAL);
	assert_int_equal(read_bytes("", 0, &p), -EINVAL);
}

static void a_picture_of_its_own_size_stays_itself(void **state)
{
	uint8_t rgb[] = { 0, 1, 2, 253, 254, 255, 9, 99, 199, 50, 60, 70 };
	const struct picture in = { 2, 2, rgb };
	struct picture out;

	assert_int_equal(picture_resize(&in, 2, 2, &out), 0);
	assert_memory_equal(out.rgb, rgb, sizeof(rgb));
	picture_fini(&out);
}

static void shrinking_to_one_pixel_weighs_the_middle_most(void **state)
{
	/* Four pixels in a row: a triangle that reaches 4 pixels to both sides gives them 5:7:7:5.
	 */
	uint8_t rgb[12] = { 120, 0, 0, 0, 120, 0, 0, 120, 120, 0, 0, 120 };
	const struct picture in = { 4, 1, rgb };
	struct picture out;

	assert_int_equal(picture_resize(&in, 1, 1, &out), 0);
	assert_int_equal(out.rgb[0], 25);
	assert_int_equal(out.rgb[1], 70);
	assert_int_equal(out.rgb[2], 60);
	picture_fini(&out);
}

/* The square in the middle, as whoever made n01514859_hen_224x224.rgb cut it. */
static void cut_square(struct picture *p)
{
	uint32_t side = p->width < p->height ? p->width : p->height;
	uint32_t left = (p->width - side) / 2, top = (p->height - side) / 2;

	for (uint32_t y = 0; y < side; y++)
		memmove(p->rgb + 3 * (size_t)side * y,
			p->rgb + 3 * ((size_t)p->width * (top + y) + left), 3 * (size_t)side);
	p->width = side;
	p->height = side;
}

static const struct {
	const char *picture, *pillow;
	uint32_t size;
	int square;
} photographs[] = {
	{ "hens.webp", "hens_224x224.rgb", 224, 0 },
	{ "hens.webp", "hens_128x128.rgb", 128, 0 },
	{ "hens.bmp", "hens_224x224.rgb", 224, 0 },
	{ "grace_hopper.bmp", "grace_hopper_224x224.rgb", 224, 0 },
	{ "grace_hopper.bmp", "grace_hopper_320x320.rgb", 320, 0 },
	{ "n01514859_hen.JPEG", "n01514859_hen_224x224.rgb", 224, 1 },
};

static void photographs_come_out_as_pillow_makes_them(void **state)
{
	const char *shared = getenv("ROCKET_SHARED");
	char folder[400];

	snprintf(folder, sizeof(folder), "%s/models/images", shared ? shared : "");
	if (access(folder, R_OK)) {
		print_message("no test data: ROCKET_SHARED names no folder with models/images\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(photographs); i++) {
		struct picture whole, fitting;
		struct blob pillow;
		char path[500];

		snprintf(path, sizeof(path), "%s/%s", folder, photographs[i].pillow);
		assert_int_equal(blob_read(&pillow, path, &diag), 0);
		snprintf(path, sizeof(path), "%s/%s", folder, photographs[i].picture);
		assert_int_equal(picture_read(path, &diag, &whole), 0);
		if (photographs[i].square)
			cut_square(&whole);
		assert_int_equal(
			picture_resize(&whole, photographs[i].size, photographs[i].size, &fitting),
			0);
		assert_int_equal(pillow.size, 3 * photographs[i].size * photographs[i].size);
		if (memcmp(fitting.rgb, pillow.data, pillow.size))
			fail_msg("%s differs from %s", photographs[i].picture,
				 photographs[i].pillow);
		picture_fini(&whole);
		picture_fini(&fitting);
		blob_fini(&pillow);
	}
}

static void a_cut_photograph_is_not_passed_over_in_silence(void **state)
{
	const char *shared = getenv("ROCKET_SHARED");
	struct blob whole;
	struct picture p;
	char path[500];

	snprintf(path, sizeof(path), "%s/models/images/n01514859_hen.JPEG", shared ? shared : "");
	if (access(path, R_OK)) {
		print_message("no test data: ROCKET_SHARED names no folder with models/images\n");
		skip();
	}
	assert_int_equal(blob_read(&whole, path, &diag), 0);
	message[0] = '\0';
	assert_int_equal(read_bytes(whole.data, whole.size, &p), 0);
	assert_string_equal(message, "");
	picture_fini(&p);
	assert_int_equal(read_bytes(whole.data, whole.size / 2, &p), 0);
	assert_non_null(strstr(message, "some of the picture may be wrong"));
	picture_fini(&p);
	blob_fini(&whole);
}

static int read_and_shrink(void *path)
{
	struct picture whole = { 0 }, small = { 0 };
	int ret = picture_read(path, NULL, &whole);

	if (!ret)
		ret = picture_resize(&whole, 1, 1, &small);
	picture_fini(&whole);
	picture_fini(&small);
	return ret;
}

static void out_of_memory_leaks_nothing(void **state)
{
	char path[] = "/tmp/test_picture.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(blob_write(path, bmp, sizeof(bmp), NULL), 0);
	assert_true(alloc_fail_sweep(read_and_shrink, path) > 6);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bmp_is_read_from_its_last_row),
		cmocka_unit_test(a_bmp_with_negative_height_is_read_from_its_first_row),
		cmocka_unit_test(a_damaged_bmp_is_refused_with_a_reason),
		cmocka_unit_test(a_cut_header_of_each_format_is_refused),
		cmocka_unit_test(a_picture_of_its_own_size_stays_itself),
		cmocka_unit_test(shrinking_to_one_pixel_weighs_the_middle_most),
		cmocka_unit_test(out_of_memory_leaks_nothing),
		cmocka_unit_test(a_cut_photograph_is_not_passed_over_in_silence),
		cmocka_unit_test(photographs_come_out_as_pillow_makes_them),
	};

	return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
