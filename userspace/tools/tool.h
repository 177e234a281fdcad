/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the tools share
 *
 * Exit codes, messages and the loading of models. Scripts rely on the exit codes.
 */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <stdbool.h>
#include <stdint.h>

#include <base/blob.h>
#include <base/diag.h>

struct compile_options;
struct graph;
struct program;

/**
 * enum tool_exit - exit codes of all tools
 * @TOOL_DONE: what was asked for is done
 * @TOOL_FAILED: a file, the device or a result was not as it should be
 * @TOOL_USAGE: the command line makes no sense
 * @TOOL_REFUSED: the model is damaged or asks for something this stack cannot do
 */
enum tool_exit {
	TOOL_DONE = 0,
	TOOL_FAILED = 1,
	TOOL_USAGE = 2,
	TOOL_REFUSED = 3,
};

/**
 * struct model - a model file, compiled; all zero is a valid empty model
 * @file: the file; @graph and @program may point into it
 * @graph: what it computes; NULL for a .rkt file, which holds no weights in host form
 * @program: what to run
 * @compile_ms: from bytes in memory to the program: compiling, or reading a .rkt file
 */
struct model {
	struct blob file;
	struct graph *graph;
	struct program *program;
	double compile_ms;
};

/**
 * model_load() - read a .tflite file and compile it, or read a .rkt file
 * @path: file name; the format is known by the contents
 * @options: for the compiler; NULL for the defaults
 * @d: receives the reason of a failure
 * @out: filled in on success, to be freed with model_fini()
 *
 * Return: TOOL_DONE, TOOL_FAILED or TOOL_REFUSED.
 */
enum tool_exit model_load(const char *path, const struct compile_options *options, struct diag *d,
			  struct model *out);

/**
 * model_fini() - free a model
 * @m: model
 */
void model_fini(struct model *m);

/**
 * tool_message() - print callback of a diag: errors and warnings on standard error, notes nowhere
 * @opaque: name of the tool
 * @level: severity
 * @text: message
 */
void tool_message(void *opaque, enum diag_level level, const char *text);

/**
 * tool_now_ms() - a clock for measuring
 *
 * Return: milliseconds since some moment.
 */
double tool_now_ms(void);

#endif /* TOOLS_TOOL_H */
