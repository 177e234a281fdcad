/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the delegate tells the user
 *
 * Lines on standard error, each written at once so that threads do not mix them. Quiet means errors
 * only; the default adds one line when a model gains nothing and warnings; verbose tells
 * everything.
 */
#ifndef DELEGATE_LOG_H
#define DELEGATE_LOG_H

#include <stdint.h>

struct diag;
struct graph;

enum log_level {
	LOG_QUIET,
	LOG_NORMAL,
	LOG_VERBOSE,
};

/**
 * log_from_environment() - the level that ROCKET_LOG asks for
 *
 * Return: LOG_NORMAL when it is not set or none of quiet, normal, verbose.
 */
enum log_level log_from_environment(void);

/**
 * log_line() - print a line
 * @have: level in force
 * @need: level from which on the line is printed
 * @format: as printf, without newline
 */
void log_line(enum log_level have, enum log_level need, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * log_graph() - print the tensors and operators of a graph, when the level is verbose
 * @have: level in force
 * @g: graph
 */
void log_graph(enum log_level have, const struct graph *g);

/**
 * log_diag() - a diag that prints by level: errors always, warnings normally, notes when verbose
 * @have: level in force; must stay where it is as long as @d is used
 * @d: filled in
 */
void log_diag(enum log_level *have, struct diag *d);

/**
 * log_now_ms() - a clock for measuring
 *
 * Return: milliseconds since some moment.
 */
double log_now_ms(void);

#endif /* DELEGATE_LOG_H */
