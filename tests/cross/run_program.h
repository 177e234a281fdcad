/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: A program on the model, and nothing between
 *
 * The smallest thing that runs a program: buffers at fixed addresses with unmapped space between
 * them, relocated streams, one core. Buffers end where the program says to the byte, and
 * activations start out as noise, so that a task that reads or writes too far, or relies on bytes
 * nobody wrote, shows.
 */
#ifndef CROSS_RUN_PROGRAM_H
#define CROSS_RUN_PROGRAM_H

#include <stdbool.h>

#include <model/npu.h>

struct program;

/**
 * struct run_options - how to run
 * @chain: start a job once and let the tails chain its tasks, instead of one start per task
 * @switches: of the model; NULL for the defaults
 */
struct run_options {
	bool chain;
	const struct npu_switches *switches;
};

/**
 * struct run_report - what went wrong
 * @text: first message of the model, reason of a hang, or failure of a CPU operator; empty when all
 * is well
 */
struct run_report {
	char text[256];
};

/**
 * run_program() - run all steps once
 * @p: program
 * @values: host memory of each tensor of the program's graph that is no constant; steps write to it
 * @options: NULL for the defaults
 * @report: filled in
 *
 * Any message of the model is a failure.
 *
 * Return: 0 or a negative errno, the reason in @report.
 */
int run_program(const struct program *p, void *const *values, const struct run_options *options,
		struct run_report *report);

#endif /* CROSS_RUN_PROGRAM_H */
