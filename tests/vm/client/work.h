/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Work for the NPU whose result is known
 *
 * A network, two inputs, and what the model of the NPU says comes out of each. Runs take the inputs
 * in turn, so that what an earlier run left in memory is never the right result. Which processes do
 * the work, and what happens to them meanwhile, is the business of the commands.
 */
#ifndef VM_CLIENT_WORK_H
#define VM_CLIENT_WORK_H

#include <stddef.h>
#include <stdint.h>

#include <runtime/backend.h>
#include <runtime/device.h>
#include <tools/tool.h>

struct session;

#define WORK_WRONG	1	/* of work_run() */
#define WORK_INPUTS	2

/**
 * struct work - a network with known results
 * @model: the network, compiled
 * @seed: its inputs follow from this number
 * @expected: results, @bytes each
 * @bytes: size of a result: all that comes back from the NPU, and the outputs
 */
struct work {
	struct model model;
	unsigned int seed;
	uint8_t *expected[WORK_INPUTS];
	size_t bytes;
};

/**
 * struct worker - work on an opened device
 * @work: the work
 * @backend: copy of the device's, to be changed by commands that break rules
 * @device: the device
 * @session: the network in its memory
 * @result: of the last run
 * @runs: so many were started
 */
struct worker {
	const struct work *work;
	struct backend backend;
	struct device *device;
	struct session *session;
	uint8_t *result;
	unsigned int runs;
};

/**
 * work_create() - load a network and its results
 * @name: a file; "one" or "small", networks of one and eight tasks, quick to load and to run
 * @seed: other numbers give other inputs
 * @results: folder to read the results from, if they are there; else they are computed on the model
 *	of the NPU. NULL for none
 * @d: receives the reason of a failure
 * @out: the work, to be freed with work_destroy()
 *
 * Return: 0 or a negative errno.
 */
int work_create(const char *name, unsigned int seed, const char *results, struct diag *d,
		struct work *out);

/**
 * work_save() - write the results where work_create() finds them
 * @w: work
 * @name: as for work_create()
 * @results: folder
 * @d: receives the reason of a failure
 *
 * Return: 0 or a negative errno.
 */
int work_save(const struct work *w, const char *name, const char *results, struct diag *d);

/**
 * work_destroy() - free it
 * @w: work
 */
void work_destroy(struct work *w);

/**
 * worker_open() - open the NPU and load the work
 * @device: name for device_open()
 * @w: work; must outlive the worker
 * @d: receives the reason of a failure
 * @out: the worker, to be closed with worker_close()
 *
 * Return: 0 or a negative errno.
 */
int worker_open(const char *device, const struct work *w, struct diag *d, struct worker *out);

/**
 * worker_run() - do it once
 * @k: worker
 * @d: receives the reason of a failure
 *
 * Return: 0; WORK_WRONG when the result is not the expected one; a negative errno of the device.
 */
int worker_run(struct worker *k, struct diag *d);

/**
 * worker_close() - close the device
 * @k: worker
 */
void worker_close(struct worker *k);

/**
 * work_verdict() - what worker_run() returned, as a word
 * @result: that
 *
 * Return: "right", "wrong", or the name of an errno.
 */
const char *work_verdict(int result);

#endif /* VM_CLIENT_WORK_H */
