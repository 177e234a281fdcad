/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: One job that is right, for rocket_submit.c and rocket_submit_runs.c
 */
#ifndef ROCKET_SUBMIT_H
#define ROCKET_SUBMIT_H

#include "rocket_jobs.h"

#define VALUE	7

/**
 * struct one - a job that is right, to be spoiled
 * @fd: file
 * @kit: streams
 * @in: listed as input
 * @out: filled with VALUE
 * @task: does so
 * @in_handle: of @in
 * @out_handle: of @out
 * @job: the job
 * @args: submits it
 */
struct one {
	int fd;
	struct rocket_kit kit;
	struct rocket_bo in, out;
	struct drm_rocket_task task;
	uint32_t in_handle, out_handle;
	struct drm_rocket_job job;
	struct drm_rocket_submit args;
};

void refuse_job(struct one *o, int err);
void accept_job(struct one *o);

void run_null_handles_count_zero(struct one *o);
void run_duplicate_in_list(struct one *o);
void run_same_bo_in_and_out(struct one *o);
void run_same_bo_many_times(struct one *o);
void run_same_bo_many_jobs(struct one *o);
void run_no_bos(struct one *o);
void run_handles_unaligned_pointer(struct one *o);
void run_multi_task(struct one *o);
void run_ppu_task(struct one *o);
void run_max_tasks(struct one *o);
void run_multi_job(struct one *o);
void run_max_jobs(struct one *o);
void run_regcmd_count_odd(struct one *o);
void run_regcmd_count_max(struct one *o);
void run_args_modified_during_submit(struct one *o);
void run_unlisted_bo_kept(struct one *o);
void run_fail_no_power(struct one *o);
void run_core(int fd, unsigned int core);

#endif
