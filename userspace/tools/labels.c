// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Names of classes
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <base/diag.h>

#include "labels.h"

/* Cuts the file into lines in place. */
int labels_read(const char *path, struct diag *d, struct labels *l)
{
	int ret = blob_read(&l->file, path, d);
	size_t begin = 0;
	char *text;

	if (ret)
		return ret;
	text = realloc(l->file.data, l->file.size + 1);
	if (!text)
		return diag_error(d, -ENOMEM, "out of memory for the labels");
	l->file.data = (uint8_t *)text;
	if (!l->file.size || text[l->file.size - 1] != '\n')
		text[l->file.size++] = '\n';
	for (size_t i = 0; i < l->file.size; i++)
		l->n += text[i] == '\n';
	l->line = calloc(l->n, sizeof(*l->line));
	if (!l->line)
		return diag_error(d, -ENOMEM, "out of memory for the labels");
	for (uint32_t n = 0; n < l->n; n++) {
		char *end = memchr(text + begin, '\n', l->file.size - begin);

		*end = '\0';
		if (end > text + begin && end[-1] == '\r')
			end[-1] = '\0';
		l->line[n] = text + begin;
		begin = (size_t)(end - text) + 1;
	}
	return 0;
}

void labels_fini(struct labels *l)
{
	free(l->line);
	blob_fini(&l->file);
	memset(l, 0, sizeof(*l));
}
