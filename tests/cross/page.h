/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The page of operators
 *
 * Where a user looks up why an operator is on the CPU. Reasons that a test meets must be there.
 */
#ifndef CROSS_PAGE_H
#define CROSS_PAGE_H

#include <stdbool.h>

struct program;

/**
 * page_first_reason() - why a program is not all on the NPU
 * @p: program
 *
 * Return: the reason of its first operator on the CPU; NULL when there is none.
 */
const char *page_first_reason(const struct program *p);

/**
 * page_names_all() - can each reason be looked up?
 * @p: program
 *
 * Return: false when operators.rst lacks the reason of an operator on the CPU, which is printed.
 */
bool page_names_all(const struct program *p);

#endif /* CROSS_PAGE_H */
