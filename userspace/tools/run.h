/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket-run, inside
 *
 * One run of a model: what was asked for, what is loaded, what came out. rocket-run.c owns the
 * command line and the order of things, bind.c tensors and files, verify.c the comparison with the
 * reference, report.c what the user sees.
 */
#ifndef TOOLS_RUN_H
#define TOOLS_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include <runtime/session.h>

#include "labels.h"
#include "tool.h"

struct device;
struct tensor;

/* --input and --output options each; no known model has more tensors at its edges. */
#define RUN_FILES_MAX	64

/**
 * struct run_options - the command line
 * @model: file
 * @device: name for device_open()
 * @inputs: raw tensors, one per model input in order
 * @n_inputs: how many
 * @outputs: where to write raw tensors, one per model output in order
 * @n_outputs: how many
 * @image: picture for the model's only input; NULL for none
 * @labels: file with one class name a line; NULL for none
 * @top: best classes to print; 0 for none
 * @verify: compare each NPU operator with the reference
 * @json: print one JSON object instead of text
 */
struct run_options {
	const char *model;
	const char *device;
	const char *inputs[RUN_FILES_MAX];
	uint32_t n_inputs;
	const char *outputs[RUN_FILES_MAX];
	uint32_t n_outputs;
	const char *image;
	const char *labels;
	uint32_t top;
	bool verify;
	bool json;
};

/**
 * struct verdict - one operator of the NPU against the reference
 * @op: number in model.program->ops
 * @elements: elements compared
 * @differ: how many differ
 * @largest: largest difference in codes
 * @first: the first element that differs, in C order
 * @got: what the NPU says there
 * @want: what the reference says there
 */
struct verdict {
	uint32_t op;
	uint64_t elements;
	uint64_t differ;
	uint32_t largest;
	uint64_t first;
	int32_t got;
	int32_t want;
};

/**
 * struct outcome - an output of the model against the reference alone
 * @elements: elements compared
 * @differ: how many differ
 * @largest: largest difference: codes of 8-bit outputs, else numbers
 * @same_best: the reference has its best class at the same element
 */
struct outcome {
	uint64_t elements;
	uint64_t differ;
	double largest;
	bool same_best;
};

/**
 * struct run - everything about one run
 * @options: the command line
 * @model: loaded model
 * @device: opened device
 * @session: the program on the device
 * @labels: class names
 * @run_ms: from inputs in memory to outputs in memory
 * @times: where that went
 * @verdicts: with --verify, one per operator on the NPU whose result is in memory
 * @n_verdicts: how many
 * @outcomes: with --verify, one per output of the model
 */
struct run {
	struct run_options options;
	struct model model;
	struct device *device;
	struct session *session;
	struct labels labels;
	double run_ms;
	struct session_times times;
	struct verdict *verdicts;
	uint32_t n_verdicts;
	struct outcome *outcomes;
};

/**
 * struct score - one class
 * @value: what the output means for it, dequantised
 * @index: its number
 */
struct score {
	double value;
	uint32_t index;
};

/**
 * run_check_files() - do the options fit the model's inputs and outputs
 * @r: run with a loaded model
 * @d: receives the reason
 *
 * Return: TOOL_DONE or TOOL_USAGE.
 */
enum tool_exit run_check_files(const struct run *r, struct diag *d);

/**
 * run_bind() - read inputs, picture and labels
 * @r: run with a session
 * @d: receives the reason of a failure
 *
 * Return: TOOL_DONE or TOOL_FAILED.
 */
enum tool_exit run_bind(struct run *r, struct diag *d);

/**
 * run_write_outputs() - write the files that --output names
 * @r: run that is done
 * @d: receives the reason of a failure
 *
 * Return: TOOL_DONE or TOOL_FAILED.
 */
enum tool_exit run_write_outputs(const struct run *r, struct diag *d);

/**
 * run_best() - the classes with the highest scores
 * @t: output tensor
 * @data: its contents
 * @best: receives the scores, highest first, lower index first among equals
 * @n: how many are wanted
 *
 * Return: how many there are, at most @n.
 */
uint32_t run_best(const struct tensor *t, const void *data, struct score *best, uint32_t n);

/**
 * run_verify() - compare what the NPU operators left in memory with the reference
 * @r: run that is done, of a program with kept features and a graph
 * @d: receives the reason of a failure
 *
 * Each operator is judged on the inputs that the device had. What that adds up to is shown by the
 * outputs, next to those of the reference from the model's inputs on.
 *
 * Return: TOOL_DONE when no element is further off than VERIFY_TOLERANCE, else TOOL_FAILED.
 */
enum tool_exit run_verify(struct run *r, struct diag *d);

/*
 * The reference rounds twice when it rescales, the NPU once: one step apart is right. Source:
 * guide 7.4.
 */
#define VERIFY_TOLERANCE	1

/**
 * run_report() - print what happened
 * @r: run that is done
 *
 * Return: TOOL_DONE, or TOOL_FAILED when it cannot be printed.
 */
enum tool_exit run_report(const struct run *r);

/**
 * run_report_json() - the same as one JSON object
 * @r: run that is done
 *
 * Return: TOOL_DONE, or TOOL_FAILED when it cannot be printed.
 */
enum tool_exit run_report_json(const struct run *r);

#endif /* TOOLS_RUN_H */
