// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

#include <stddef.h>
#include <stdio.h>

#include "diag.h"

#define TEXT_BYTES 512	/* longer messages are cut */

void diag_stderr(void *opaque, enum diag_level level, const char *text)
{
	static const char *const names[] = {
		[DIAG_ERROR] = "error", [DIAG_WARNING] = "warning", [DIAG_NOTE] = "note",
	};
	const char *program = opaque;

	fprintf(stderr, "%s%s%s: %s\n", program ? program : "", program ? ": " : "", names[level],
		text);
}

static void add(struct diag *d, enum diag_level level, const char *format, va_list args)
{
	char text[TEXT_BYTES];

	if (!d)
		return;
	if (level == DIAG_ERROR)
		d->errors++;
	if (!d->print)
		return;
	vsnprintf(text, sizeof(text), format, args);
	d->print(d->opaque, level, text);
}

void diag_add(struct diag *d, enum diag_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(d, level, format, args);
	va_end(args);
}

int diag_error(struct diag *d, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(d, DIAG_ERROR, format, args);
	va_end(args);
	return code;
}
