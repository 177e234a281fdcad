// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Texts of failures
 *
 * One text per thread, that of the last failure. Inner and outer messages of a failure are joined
 * in the order they came.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

static _Thread_local char last[ERROR_BYTES];

static void collect(void *opaque, enum diag_level level, const char *text)
{
	struct failure *f = opaque;
	size_t at = strlen(f->text);

	if (level == DIAG_ERROR)
		snprintf(f->text + at, sizeof(f->text) - at, "%s%s", at ? "; " : "", text);
}

void failure_init(struct failure *f)
{
	*f = (struct failure){ .diag = { .print = collect, .opaque = f } };
}

int failure_tell(const struct failure *f, int code)
{
	if (code)
		snprintf(last, sizeof(last), "%s", *f->text ? f->text : strerror(-code));
	return code;
}

const char *rkt_error(void)
{
	return last;
}

const char *rkt_version(void)
{
	return ROCKET_VERSION;
}
