// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The page of operators
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <base/blob.h>
#include <base/diag.h>
#include <program/program.h>

#include "page.h"

#define PAGE	GOLDEN_REPOSITORY "/Documentation/userspace/operators.rst"

const char *page_first_reason(const struct program *p)
{
	for (uint32_t i = 0; i < p->n_ops; i++)
		if (p->ops[i].reason)
			return p->ops[i].reason;
	return NULL;
}

bool page_names_all(const struct program *p)
{
	struct diag d = { .print = diag_stderr };
	struct blob page = { 0 };
	bool all = true;
	char *text;

	assert_int_equal(blob_read(&page, PAGE, &d), 0);
	text = strndup((const char *)page.data, page.size);
	assert_non_null(text);
	for (uint32_t i = 0; i < p->n_ops; i++) {
		if (!p->ops[i].reason || strstr(text, p->ops[i].reason))
			continue;
		print_message("#   operator %" PRIu32 ": not in operators.rst: %s\n",
			      p->ops[i].index, p->ops[i].reason);
		all = false;
	}
	free(text);
	blob_fini(&page);

	return all;
}
