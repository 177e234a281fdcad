/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Programs whose listings are kept
 *
 * A few small models, one per thing worth seeing, and their compiled programs as text.
 */
#ifndef GOLDEN_LISTINGS_H
#define GOLDEN_LISTINGS_H

#include <stddef.h>
#include <stdio.h>

struct program;

/**
 * listing_count() - how many there are
 *
 * Return: the number.
 */
size_t listing_count(void);

/**
 * listing_name() - name of the file without suffix
 * @i: below listing_count()
 *
 * Return: constant text.
 */
const char *listing_name(size_t i);

/**
 * listing_compile() - the program
 * @i: below listing_count()
 *
 * Return: owned by the caller; NULL when it does not compile.
 */
struct program *listing_compile(size_t i);

/**
 * listing_print() - what is in the file
 * @p: program
 * @f: where to
 */
void listing_print(const struct program *p, FILE *f);

#endif /* GOLDEN_LISTINGS_H */
