/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Commands of the test client
 *
 * What tests in the machine do with the NPU beyond rocket-run. Each command prints one line that
 * says what it saw, for the test to judge; its exit code is 0 when every result was right.
 */
#ifndef VM_CLIENT_CLIENT_H
#define VM_CLIENT_CLIENT_H

#include <stdbool.h>

struct diag;

#define CLIENT_WORKERS_MAX	16

/**
 * struct options - the command line
 * @device: name for device_open()
 * @runs: how often; all processes together
 * @seconds: how long at least
 * @processes: that do the work
 * @victims: further ones, to be killed
 * @kill_ms: time between two kills
 * @seed: for inputs
 * @results: folder with known results, for work_create(); NULL for none
 * @how: what to do wrong: a word that the command knows
 * @models: networks, for work_create(); processes take them in turn
 * @n_models: how many, at least 1
 */
struct options {
	const char *device;
	unsigned int runs;
	unsigned int seconds;
	unsigned int processes;
	unsigned int victims;
	unsigned int kill_ms;
	unsigned int seed;
	const char *results;
	const char *how;
	char **models;
	unsigned int n_models;
};

/**
 * client_expect() - compute results on the model of the NPU and write them to a folder
 * @o: options: results; seed is the first of processes many
 * @d: receives reasons
 *
 * Return: exit code.
 */
int client_expect(const struct options *o, struct diag *d);

/**
 * client_job() - run a network on a file of its own; "right", "wrong" or an errno
 * @o: options: runs, how (fini: never hand the feature maps over; prep: never take them back)
 * @d: receives reasons
 *
 * Return: exit code.
 */
int client_job(const struct options *o, struct diag *d);

/**
 * client_stray() - run a network with an address that is not mapped
 * @o: options: how (which address; client_stray_kinds() lists them)
 * @d: receives reasons
 *
 * Return: exit code; the result is printed as by client_job().
 */
int client_stray(const struct options *o, struct diag *d);

/**
 * client_loop() - run a network until the time is over or SIGTERM, through every failure
 * @o: options: seconds
 * @d: receives reasons
 *
 * Prints how many runs were right, wrong and failed, and the last failure.
 *
 * Return: exit code; failures are no reason to complain, wrong results are.
 */
int client_loop(const struct options *o, struct diag *d);

/**
 * client_hold() - keep an idle file open until the time is over or SIGTERM, then use it
 * @o: options: seconds
 * @d: receives reasons
 *
 * Return: exit code; the result is printed as by client_job().
 */
int client_hold(const struct options *o, struct diag *d);

/**
 * client_crowd() - many processes, some of which are killed
 * @o: options: runs, seconds, processes, victims, kill_ms
 * @d: receives reasons
 *
 * Return: exit code.
 */
int client_crowd(const struct options *o, struct diag *d);

/**
 * client_measure() - what a run costs
 * @o: options: runs
 * @d: receives reasons
 *
 * Prints ioctls by name, guest time and CPU time per run.
 *
 * Return: exit code.
 */
int client_measure(const struct options *o, struct diag *d);

/**
 * client_fuzz_ioctl() - random calls
 * @o: options: runs (calls), seed, processes (threads on the same files), how (which sequence)
 * @d: receives reasons
 *
 * Return: exit code.
 */
int client_fuzz_ioctl(const struct options *o, struct diag *d);

/**
 * client_fuzz_stream() - random command streams
 * @o: options: runs (streams), seed
 * @d: receives reasons
 *
 * Return: exit code.
 */
int client_fuzz_stream(const struct options *o, struct diag *d);

/**
 * client_fail() - make each allocation of a call fail in turn
 * @o: options: how (which call)
 * @d: receives reasons
 *
 * Prints how many points there were and how many of them made the call fail.
 *
 * Return: exit code.
 */
int client_fail(const struct options *o, struct diag *d);

#endif /* VM_CLIENT_CLIENT_H */
