/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Pictures
 *
 * JPEG, PNG, WebP and BMP files as RGB bytes, in the size a network wants.
 */
#ifndef TOOLS_PICTURE_H
#define TOOLS_PICTURE_H

#include <stddef.h>
#include <stdint.h>

struct diag;

/**
 * struct picture - RGB bytes, rows from the top, no gaps; all zero is a valid empty picture
 * @width: pixels
 * @height: pixels
 * @rgb: 3 * @width * @height bytes, owned by the picture
 */
struct picture {
	uint32_t width;
	uint32_t height;
	uint8_t *rgb;
};

/**
 * picture_read() - decode a file
 * @path: file name; the format is known by the contents
 * @d: receives the reason of a failure
 * @out: filled in on success, to be freed with picture_fini()
 *
 * Return: 0; -EINVAL for an unknown or damaged format; -EFBIG above PICTURE_SIZE_MAX; errors of
 * reading; -ENOMEM.
 */
int picture_read(const char *path, struct diag *d, struct picture *out);

/**
 * picture_resize() - scale a picture, without keeping its aspect
 * @in: picture
 * @width: pixels wanted
 * @height: pixels wanted
 * @out: filled in on success, to be freed with picture_fini()
 *
 * Return: 0 or -ENOMEM.
 */
int picture_resize(const struct picture *in, uint32_t width, uint32_t height, struct picture *out);

/**
 * picture_fini() - free the pixels; the picture is empty afterwards
 * @p: picture
 */
void picture_fini(struct picture *p);

#define PICTURE_SIZE_MAX	16384	/* pixels a side: also bounds the memory, 768 MB */

#endif /* TOOLS_PICTURE_H */
