/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Names of classes
 *
 * A file with one class name a line, first line class 0.
 */
#ifndef TOOLS_LABELS_H
#define TOOLS_LABELS_H

#include <stdint.h>

#include <base/blob.h>

struct diag;

/**
 * struct labels - names of classes; all zero is a valid empty list
 * @file: the file; @line points into it
 * @line: terminated lines
 * @n: how many
 */
struct labels {
	struct blob file;
	const char **line;
	uint32_t n;
};

/**
 * labels_read() - read a file
 * @path: file name
 * @d: receives the reason of a failure
 * @l: filled in; to be freed with labels_fini(), also after a failure
 *
 * Return: 0 or a negative errno of reading; -ENOMEM.
 */
int labels_read(const char *path, struct diag *d, struct labels *l);

/**
 * labels_fini() - free the names; the list is empty afterwards
 * @l: list
 */
void labels_fini(struct labels *l);

#endif /* TOOLS_LABELS_H */
