/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random calls of several threads on the same files
 *
 * Threads share three files and the table of their objects, so that each uses and closes what others
 * have just made. Each has descriptors of its own, as a process has. They are threads because DRM notes
 * which process uses a file, and makes each call of another one wait for RCU first: what waits does not
 * race. What they call is the business of the test that they repeat.
 */
#ifndef VM_CLIENT_FUZZ_RACE_H
#define VM_CLIENT_FUZZ_RACE_H

struct diag;
struct fuzz;
struct options;
struct race_board;

/**
 * struct race - one of those that race
 * @board: what all of them see; NULL when there is no other
 * @me: which one
 */
struct race {
	struct race_board *board;
	unsigned int me;
};

/**
 * race_begin() - come to the shared files before a sequence of calls
 * @r: racer
 * @f: receives the files; those that it opened itself are closed
 * @sequence: number of the sequence, for reports
 * @d: receives reasons
 *
 * Return: 0 or a negative errno; 0 when there is no other.
 */
int race_begin(const struct race *r, struct fuzz *f, unsigned int sequence, struct diag *d);

/**
 * race_end() - say that this was the last sequence
 * @r: racer
 * @f: how many calls it made
 */
void race_end(const struct race *r, const struct fuzz *f);

/**
 * race_run() - let threads race
 * @o: options: processes, and what work() uses; runs are divided, and seeds count up from seed
 * @work: what each does; 0 when all went well
 * @d: receives reasons
 *
 * Every thread has to end well and in time. After that, a right job on each of the files has to be right.
 *
 * Return: 0 or a negative errno.
 */
int race_run(const struct options *o,
	     int (*work)(const struct race *r, const struct options *o, struct diag *d), struct diag *d);

#endif /* VM_CLIENT_FUZZ_RACE_H */
