/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What rocket-cc --explain prints
 */
#ifndef TOOLS_EXPLAIN_H
#define TOOLS_EXPLAIN_H

struct compile_report;

/**
 * explain_text() - a line per operator, reasons, and the sums
 * @r: report
 */
void explain_text(const struct compile_report *r);

/**
 * explain_json() - the same for scripts
 * @r: report
 *
 * Return: 0 or -ENOMEM.
 */
int explain_json(const struct compile_report *r);

#endif /* TOOLS_EXPLAIN_H */
