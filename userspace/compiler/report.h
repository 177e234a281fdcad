/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What becomes of a model, before it runs
 *
 * Where each operator goes and why, what it moves and how long that may take.
 */
#ifndef COMPILER_REPORT_H
#define COMPILER_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <base/arena.h>

enum report_where {
	REPORT_CPU,
	REPORT_NPU,
	REPORT_FOLDED,	/* on the NPU without a task of its own */
};

/**
 * struct report_op - one operator
 * @index: number in the model's file
 * @name: TensorFlow Lite's name
 * @where: see enum report_where
 * @reason: why it is on the CPU; else NULL
 * @remedy: what the NPU asks of it; NULL when it is not on the CPU, or when nothing helps
 * @macs: multiply-accumulates
 * @tasks: register programs
 * @in_bytes: tensors read, in device form
 * @out_bytes: tensors written, in device form
 * @weight_bytes: weights and tables
 * @cycles: of the MAC array or the DPU, whichever takes longer
 * @memory_cycles: to move those bytes once
 */
struct report_op {
	uint32_t index;
	const char *name;
	enum report_where where;
	const char *reason, *remedy;
	uint64_t macs;
	uint32_t tasks;
	uint64_t in_bytes, out_bytes, weight_bytes;
	uint64_t cycles, memory_cycles;
};

/**
 * struct compile_report - a compilation; all zero is an empty report
 * @arena: owns the rest
 * @ops: all operators of the model
 * @n_ops: how many
 * @jobs: times the NPU is started
 * @activation_bytes: memory of all tensors on the NPU
 * @least_bytes: memory that those of them take that are needed together, at the worst moment
 * @const_bytes: weights and tables
 * @stream_bytes: command streams
 */
struct compile_report {
	struct arena arena;
	struct report_op *ops;
	uint32_t n_ops;
	uint32_t jobs;
	uint64_t activation_bytes, least_bytes, const_bytes, stream_bytes;
};

/**
 * report_share() - share of multiply-accumulates on the NPU
 * @r: report
 *
 * Return: percent; 100 for a model without any.
 */
double report_share(const struct compile_report *r);

/**
 * report_fini() - free a report
 * @r: report; may be used again
 */
void report_fini(struct compile_report *r);

#endif /* COMPILER_REPORT_H */
