/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Messages to the user
 *
 * Libraries do not print: they add lines to a diag, and the tool or application decides where these
 * go. A message says what is wrong, where (file, operator, field) and what to do about it.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdarg.h>

enum diag_level {
	DIAG_ERROR,
	DIAG_WARNING,
	DIAG_NOTE,
};

/**
 * struct diag - where messages go; NULL instead of a pointer to one drops them
 * @print: called once per message with text that has no newline; NULL drops it too
 * @opaque: first argument of @print
 * @errors: errors so far
 */
struct diag {
	void (*print)(void *opaque, enum diag_level level, const char *text);
	void *opaque;
	unsigned int errors;
};

/**
 * diag_stderr() - a print callback for tools: "level: text" on standard error
 * @opaque: program name, or NULL
 * @level: severity
 * @text: message
 */
void diag_stderr(void *opaque, enum diag_level level, const char *text);

/**
 * diag_add() - add a message
 * @d: where to, or NULL
 * @level: severity
 * @format: as printf
 */
void diag_add(struct diag *d, enum diag_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * diag_error() - add an error and hand its code through: `return diag_error(d, -EINVAL, "...")`
 * @d: where to, or NULL
 * @code: negative errno
 * @format: as printf
 *
 * Return: @code.
 */
int diag_error(struct diag *d, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* BASE_DIAG_H */
