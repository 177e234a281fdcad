/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: TensorFlow Lite with a delegate
 *
 * A model opened through TensorFlow Lite's C API as an application would, with or without an
 * external delegate. Knows nothing about any delegate: how many operators it took is seen by
 * listening to what it asks TensorFlow Lite for.
 */
#ifndef TOOLS_LITE_H
#define TOOLS_LITE_H

#include <stdbool.h>
#include <stdint.h>

struct diag;
struct TfLiteInterpreter;
struct lite;

#define LITE_OPTIONS_MAX	16

/**
 * struct lite_options - how to open a model
 * @model: .tflite file
 * @delegate: library of an external delegate; NULL for TensorFlow Lite alone
 * @keys: option names for the delegate
 * @values: their values
 * @n_options: how many, at most LITE_OPTIONS_MAX
 * @threads: of TensorFlow Lite's own kernels; 0 lets it choose
 */
struct lite_options {
	const char *model;
	const char *delegate;
	const char *keys[LITE_OPTIONS_MAX];
	const char *values[LITE_OPTIONS_MAX];
	uint32_t n_options;
	int threads;
};

/**
 * struct lite_counts - who runs the operators
 * @operators: of the model
 * @delegated: taken by the delegate
 */
struct lite_counts {
	uint32_t operators;
	uint32_t delegated;
};

/**
 * lite_open() - load a model, apply the delegate and allocate tensors
 * @options: what to open
 * @d: receives the reason of a failure
 * @out: the model, owned by the caller
 *
 * Return: 0; -EINVAL for a model or delegate that TensorFlow Lite refuses; -ENOMEM.
 */
int lite_open(const struct lite_options *options, struct diag *d, struct lite **out);

/**
 * lite_close() - free all
 * @l: model or NULL
 */
void lite_close(struct lite *l);

/**
 * lite_interpreter() - for TensorFlow Lite's own functions
 * @l: model
 *
 * Return: the interpreter, owned by @l.
 */
struct TfLiteInterpreter *lite_interpreter(struct lite *l);

/**
 * lite_get_counts() - who runs the operators
 * @l: model
 * @out: filled in; all zero without a delegate
 */
void lite_get_counts(const struct lite *l, struct lite_counts *out);

#endif /* TOOLS_LITE_H */
