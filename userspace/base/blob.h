/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Whole files in memory
 */
#ifndef BASE_BLOB_H
#define BASE_BLOB_H

#include <stddef.h>
#include <stdint.h>

struct diag;

/**
 * struct blob - bytes; all zero is a valid empty blob
 * @data: the bytes, owned by the blob
 * @size: how many
 */
struct blob {
	uint8_t *data;
	size_t size;
};

/**
 * blob_read() - read a file
 * @b: filled in on success; the caller frees it with blob_fini()
 * @path: file name
 * @d: receives the reason of a failure, or NULL
 *
 * Return: 0; a negative errno of open, stat or read; -ENOMEM; -EFBIG above 1 GiB; -EINVAL for what
 * is no regular file.
 */
int blob_read(struct blob *b, const char *path, struct diag *d);

/**
 * blob_write() - write a file, replacing what was there only when all bytes are written
 * @path: file name. A device, a pipe or a symbolic link stays what it is: it is written to
 * @data: bytes
 * @size: how many
 * @d: receives the reason of a failure, or NULL
 *
 * May be called from several threads at once, for the same file too: the last one wins.
 *
 * Return: 0 or a negative errno.
 */
int blob_write(const char *path, const void *data, size_t size, struct diag *d);

/**
 * blob_fini() - free the bytes; the blob is empty afterwards
 * @b: blob
 */
void blob_fini(struct blob *b);

#endif /* BASE_BLOB_H */
