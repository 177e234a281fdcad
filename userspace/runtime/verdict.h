/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: How jobs ended
 *
 * PREP_BO returns 0 whatever became of the jobs it waited for. This file finds out: by the counts
 * that our driver shows in fdinfo, or, where there are none, by the fences of the jobs. A fence can
 * be had only after SUBMIT, when a job that failed at once may have taken its error along; the
 * counts miss nothing.
 */
#ifndef RUNTIME_VERDICT_H
#define RUNTIME_VERDICT_H

#include <stddef.h>
#include <stdint.h>

struct diag;

#define VERDICT_COUNTS 3	/* hangs, faults, cancelled */

/**
 * struct verdict - what is known of the jobs of one open node
 * @fd: the node
 * @fdinfo: its fdinfo file; -1 when the driver does not count
 * @counts: counts of failed jobs that were told already
 * @fences: sync files of jobs that nobody asked for yet; without counts only
 * @n_fences: how many
 * @max_fences: room
 */
struct verdict {
	int fd;
	int fdinfo;
	uint64_t counts[VERDICT_COUNTS];
	int *fences;
	size_t n_fences;
	size_t max_fences;
};

/**
 * verdict_init() - begin with a node
 * @v: filled in
 * @fd: the node; stays the caller's
 */
void verdict_init(struct verdict *v, int fd);

/**
 * verdict_fini() - forget
 * @v: verdict
 */
void verdict_fini(struct verdict *v);

/**
 * verdict_watch() - a job was queued
 * @v: verdict
 * @bo: a buffer that the job writes
 * @d: receives the reason of a failure
 *
 * Return: 0 or a negative errno; the job runs all the same.
 */
int verdict_watch(struct verdict *v, uint32_t bo, struct diag *d);

/**
 * verdict_take() - how the jobs ended that were watched and are waited for
 * @v: verdict
 * @d: receives what happened and what to do about it
 *
 * Return: 0; -ETIMEDOUT for a hang; -EIO for a bad address or a bus error; -ECANCELED for what never ran; -ENODEV
 * when the device went away.
 */
int verdict_take(struct verdict *v, struct diag *d);

#endif /* RUNTIME_VERDICT_H */
