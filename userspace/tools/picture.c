// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Decoding of pictures
 *
 * One decoder per format, found by the first bytes of the file. The decoders get whole files in
 * memory and trust nothing in them. Scaling is resize.c.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>

#include <base/bits.h>
#include <base/blob.h>
#include <base/diag.h>

#include "picture.h"

static int check_size(uint64_t width, uint64_t height, struct diag *d)
{
	if (width && height && width <= PICTURE_SIZE_MAX && height <= PICTURE_SIZE_MAX)
		return 0;
	return diag_error(
		d, -EFBIG,
		"a picture of %llu x %llu pixels; at most %d x %d can be read, scale it down",
		(unsigned long long)width, (unsigned long long)height, PICTURE_SIZE_MAX,
		PICTURE_SIZE_MAX);
}

static int allocate(struct picture *p, uint64_t width, uint64_t height, struct diag *d)
{
	int ret = check_size(width, height, d);

	if (ret)
		return ret;
	p->rgb = malloc(3 * (size_t)width * (size_t)height);
	if (!p->rgb)
		return diag_error(d, -ENOMEM, "out of memory for the picture");
	p->width = (uint32_t)width;
	p->height = (uint32_t)height;
	return 0;
}

struct jpeg_context {
	struct jpeg_error_mgr errors;
	jmp_buf escape;
	struct diag *diag;
	char warning[JMSG_LENGTH_MAX];	/* the last one */
};

static void jpeg_fail(j_common_ptr info)
{
	struct jpeg_context *c = (struct jpeg_context *)info->err;
	char text[JMSG_LENGTH_MAX];

	info->err->format_message(info, text);
	diag_error(c->diag, -EINVAL, "JPEG: %s", text);
	longjmp(c->escape, 1);
}

static void jpeg_warn(j_common_ptr info)
{
	struct jpeg_context *c = (struct jpeg_context *)info->err;

	info->err->format_message(info, c->warning);
}

static int decode_jpeg(const struct blob *file, struct diag *d, struct picture *out)
{
	struct jpeg_decompress_struct info;
	struct jpeg_context c = { .diag = d };
	int ret;

	info.err = jpeg_std_error(&c.errors);
	c.errors.error_exit = jpeg_fail;
	c.errors.output_message = jpeg_warn;
	if (setjmp(c.escape)) {
		jpeg_destroy_decompress(&info);
		return -EINVAL;
	}
	jpeg_create_decompress(&info);
	jpeg_mem_src(&info, file->data, file->size);
	jpeg_read_header(&info, TRUE);
	info.out_color_space = JCS_RGB;
	ret = check_size(info.image_width, info.image_height,
			 d); /* the decoder needs memory for all of it, too */
	if (!ret) {
		jpeg_start_decompress(&info);
		ret = allocate(out, info.output_width, info.output_height, d);
	}
	while (!ret && info.output_scanline < info.output_height) {
		JSAMPROW row = out->rgb + 3 * (size_t)out->width * info.output_scanline;

		jpeg_read_scanlines(&info, &row, 1);
	}
	if (!ret)
		jpeg_finish_decompress(&info);
	if (!ret && c.errors.num_warnings)
		diag_add(d, DIAG_WARNING, "JPEG: %s; some of the picture may be wrong", c.warning);
	jpeg_destroy_decompress(&info);
	return ret;
}

static int decode_png(const struct blob *file, struct diag *d, struct picture *out)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	int ret;

	if (!png_image_begin_read_from_memory(&image, file->data, file->size))
		return diag_error(d, -EINVAL, "PNG: %s", image.message);
	image.format = PNG_FORMAT_RGB;
	ret = allocate(out, image.width, image.height, d);
	if (!ret && !png_image_finish_read(&image, NULL, out->rgb, 0, NULL))
		ret = diag_error(d, -EINVAL, "PNG: %s", image.message);
	png_image_free(&image);
	return ret;
}

static int decode_webp(const struct blob *file, struct diag *d, struct picture *out)
{
	int width, height, ret;

	if (!WebPGetInfo(file->data, file->size, &width, &height))
		return diag_error(d, -EINVAL, "WebP: the header is damaged");
	ret = allocate(out, (uint64_t)width, (uint64_t)height, d);
	if (ret)
		return ret;
	if (!WebPDecodeRGBInto(file->data, file->size, out->rgb, 3 * (size_t)width * (size_t)height,
			       3 * width))
		return diag_error(d, -EINVAL, "WebP: the picture is damaged or cut off");
	return 0;
}

static uint32_t little(const uint8_t *p, unsigned int bytes)
{
	uint32_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

/*
 * Uncompressed BMP: 24 and 32 bits a pixel, or 8 bits with a palette. Source: BITMAPFILEHEADER,
 * BITMAPINFOHEADER.
 */
static int decode_bmp(const struct blob *file, struct diag *d, struct picture *out)
{
	enum { FILE_HEADER = 14, INFO_HEADER = 40, UNCOMPRESSED = 0 };
	const uint8_t *h = file->data, *palette;
	uint64_t pixels, row_bytes, colours;
	unsigned int bytes, bits;
	int32_t height;
	uint32_t width;
	int ret;

	if (file->size < FILE_HEADER + INFO_HEADER || little(h + 14, 4) < INFO_HEADER)
		return diag_error(d, -EINVAL, "BMP: the header is cut off or of an old kind");
	pixels = little(h + 10, 4);
	width = little(h + 18, 4);
	height = (int32_t)little(h + 22, 4);
	bits = little(h + 28, 2);
	bytes = bits / 8;
	if (little(h + 30, 4) != UNCOMPRESSED || (bits != 8 && bits != 24 && bits != 32))
		return diag_error(
			d, -EINVAL,
			"BMP: only 8, 24 and 32 bits a pixel without compression can be read");
	ret = allocate(out, width, (uint64_t)(height < 0 ? -(int64_t)height : height), d);
	if (ret)
		return ret;
	row_bytes = align_up((uint64_t)bytes * width, 4);
	palette = h + FILE_HEADER + little(h + 14, 4);
	colours = bytes == 1 ? (little(h + 46, 4) ? little(h + 46, 4) : 256) : 0;
	if (pixels + row_bytes * out->height > file->size ||
	    FILE_HEADER + (uint64_t)little(h + 14, 4) + 4 * colours > file->size)
		return diag_error(d, -EINVAL, "BMP: the file ends before its pixels do");
	for (uint32_t y = 0; y < out->height; y++) {
		const uint8_t *from = h + pixels +
				      row_bytes * (height < 0 ? y : out->height - 1 - y);
		uint8_t *to = out->rgb + 3 * (size_t)width * y;

		for (uint32_t x = 0; x < width; x++, from += bytes, to += 3) {
			const uint8_t *bgr = from;

			if (bytes == 1 && *from >= colours)
				return diag_error(d, -EINVAL,
						  "BMP: pixel %u,%u has colour %u of %u", x, y,
						  *from, (unsigned int)colours);
			if (bytes == 1)
				bgr = palette + 4 * *from;
			to[0] = bgr[2];
			to[1] = bgr[1];
			to[2] = bgr[0];
		}
	}
	return 0;
}

static const struct {
	const char *magic;
	size_t at, length;
	int (*decode)(const struct blob *file, struct diag *d, struct picture *out);
} formats[] = {
	{ "\xff\xd8\xff", 0, 3, decode_jpeg },
	{ "\x89PNG\r\n\x1a\n", 0, 8, decode_png },
	{ "WEBP", 8, 4, decode_webp },
	{ "BM", 0, 2, decode_bmp },
};

int picture_read(const char *path, struct diag *d, struct picture *out)
{
	struct picture p = { 0 };
	struct blob file = { 0 };
	size_t i = 0;
	int ret = blob_read(&file, path, d);

	if (ret)
		return ret;
	while (i < ARRAY_SIZE(formats) &&
	       (file.size < formats[i].at + formats[i].length ||
		memcmp(file.data + formats[i].at, formats[i].magic, formats[i].length)))
		i++;
	if (i == ARRAY_SIZE(formats))
		ret = diag_error(d, -EINVAL, "this is no JPEG, PNG, WebP or BMP");
	else
		ret = formats[i].decode(&file, d, &p);
	if (ret) {
		diag_error(d, ret, "%s: cannot read the picture", path);
		goto out;
	}
	*out = p;
	p.rgb = NULL;
out:
	picture_fini(&p);
	blob_fini(&file);
	return ret;
}

void picture_fini(struct picture *p)
{
	free(p->rgb);
	memset(p, 0, sizeof(*p));
}
