// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: One file at a time
 *
 * Commands of a single process: a job, jobs that break a rule, a loop, an idle file.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <base/bits.h>
#include <base/diag.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>
#include <program/program.h>

#include "client.h"
#include "work.h"

#define VALUE_SHIFT	16	/* of the value in a command word; npu/regcmd.h */
#define PAUSE_US	2000	/* between two tries to open a device that may be gone */

/* Twice the address space that any test fills; the file's buffers lie at its lower end. */
#define STRAY		0x80000000u

/* The first try may find no node: what else is missing is a note for people, not for a test. */
static const char *device_name(const struct options *o)
{
	return strcmp(o->device, "auto") ? o->device : "/dev/accel/accel0";
}

static int forget(void *handle, const struct bo *bo, struct diag *d)
{
	return 0;
}

/* From now on the device forgets one half of the ownership rule. */
static bool break_rule(struct worker *k, const char *how)
{
	k->backend = *k->device->backend;
	k->device->backend = &k->backend;
	if (!strcmp(how, "fini"))
		k->backend.bo_fini = forget;
	else if (!strcmp(how, "prep"))
		k->backend.bo_prep = forget;
	else
		return !*how;
	return true;
}

static int run_times(struct worker *k, unsigned int runs, struct diag *d)
{
	int ret = 0;

	for (unsigned int i = 0; i < runs && !ret; i++)
		ret = worker_run(k, d);
	return ret;
}

static int run_job(const struct options *o, const struct work *w, struct diag *d)
{
	struct worker k = { 0 };
	int ret = worker_open(device_name(o), w, d, &k);

	if (!ret && !break_rule(&k, o->how))
		ret = diag_error(d, -EINVAL, "a job can forget fini or prep");
	if (!ret)
		ret = run_times(&k, o->runs, d);
	worker_close(&k);
	return ret;
}

int client_job(const struct options *o, struct diag *d)
{
	struct work w;
	int ret = work_create(o->models[0], o->seed, o->results, d, &w);

	if (ret)
		return 2;
	ret = run_job(o, &w, d);
	puts(work_verdict(ret));
	work_destroy(&w);
	return ret != 0;
}

int client_expect(const struct options *o, struct diag *d)
{
	int ret = o->results ? 0 : diag_error(d, -EINVAL, "-e says where the results go");

	for (unsigned int i = 0; i < o->n_models * o->processes && !ret; i++) {
		const char *name = o->models[i / o->processes];
		struct work w;

		ret = work_create(name, o->seed + i % o->processes, NULL, d, &w);
		if (ret)
			break;
		ret = work_save(&w, name, o->results, d);
		work_destroy(&w);
	}
	return ret ? 2 : 0;
}

/* Registers whose address a stray job spoils; 0 is the address of the stream itself. */
static const struct {
	const char *name;
	uint16_t reg;
} strays[] = {
	{ "stream", 0 },
	{ "feature", ROCKET_CNA_FEATURE_DATA_ADDR },
	{ "weights", ROCKET_CNA_DCOMP_ADDR0 },
	{ "bias", ROCKET_DPU_RDMA_BS_BASE_ADDR },
	{ "output", ROCKET_DPU_DST_BASE_ADDR },
};

static int submit_stream(void *handle, const struct backend_job *job, struct diag *d)
{
	struct backend_task task = job->tasks[0];
	struct backend_job stray = *job;

	task.iova += STRAY;
	stray.tasks = &task;
	stray.n_tasks = 1;
	return backend_drm.submit(handle, &stray, d);
}

/* Spoils the address in the middle of the program, so that tasks before it are fine. */
static bool spoil(const struct program *p, uint16_t reg)
{
	bool found = false;

	for (uint32_t i = 0; i < p->n_relocs && !found; i++) {
		/* From the middle to the end, then the rest. */
		const struct program_reloc *r = &p->relocs[(i + p->n_relocs / 2) % p->n_relocs];
		uint8_t *at = (uint8_t *)p->buffers[r->buffer].data + sizeof(uint64_t) * (size_t)r->word;
		uint64_t word;

		memcpy(&word, at, sizeof(word));
		found = (uint16_t)word == reg;
		word += (uint64_t)STRAY << VALUE_SHIFT;
		if (found)
			memcpy(at, &word, sizeof(word));
	}
	return found;
}

static int run_stray(const struct options *o, const struct work *w, uint16_t reg, struct diag *d)
{
	struct worker k = { 0 };
	int ret;

	if (reg && !spoil(w->model.program, reg))
		return diag_error(d, -EINVAL, "the network has no such address");
	ret = worker_open(device_name(o), w, d, &k);
	if (ret)
		return ret;
	break_rule(&k, "");
	if (!reg)
		k.backend.submit = submit_stream;
	ret = worker_run(&k, d);
	worker_close(&k);
	return ret;
}

int client_stray(const struct options *o, struct diag *d)
{
	struct work w;
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(strays); i++) {
		if (strcmp(o->how, strays[i].name))
			continue;
		if (work_create(o->models[0], o->seed, o->results, d, &w))
			return 2;
		ret = run_stray(o, &w, strays[i].reg, d);
		puts(work_verdict(ret));
		work_destroy(&w);
		return ret != 0;
	}
	diag_error(d, -EINVAL, "a job can go astray with its stream, feature, weights, bias or output");
	return 2;
}

/* SIGTERM ends a loop or a wait before its time, and not in the middle of a run. */
static volatile sig_atomic_t told_to_end;

static void note_end(int signal)
{
	told_to_end = 1;
}

static void listen_to_end(void)
{
	struct sigaction action = { .sa_handler = note_end };

	sigaction(SIGTERM, &action, NULL);
}

struct tally {
	unsigned int right, wrong, failed;
	int last;
};

static void count(struct tally *t, int result)
{
	if (!result)
		t->right++;
	else if (result == WORK_WRONG)
		t->wrong++;
	else {
		t->failed++;
		t->last = result;
	}
}

static void loop(const struct options *o, const struct work *w, struct tally *t)
{
	time_t end = time(NULL) + o->seconds;

	while (!told_to_end && time(NULL) < end) {
		struct worker k = { 0 };
		int ret = worker_open(device_name(o), w, NULL, &k);

		if (ret)
			usleep(PAUSE_US);
		while (!ret && !told_to_end && time(NULL) < end) {
			ret = worker_run(&k, NULL);
			if (!ret)
				count(t, ret);
		}
		if (ret)
			count(t, ret);
		worker_close(&k);
	}
}

int client_loop(const struct options *o, struct diag *d)
{
	struct tally t = { 0 };
	struct work w;

	if (work_create(o->models[0], o->seed, o->results, d, &w))
		return 2;
	listen_to_end();
	loop(o, &w, &t);
	printf("right=%u wrong=%u failed=%u last=%s\n", t.right, t.wrong, t.failed, work_verdict(t.last));
	work_destroy(&w);
	return t.wrong || !t.right;
}

int client_hold(const struct options *o, struct diag *d)
{
	struct worker k = { 0 };
	struct work w;
	int ret = work_create(o->models[0], o->seed, o->results, d, &w);

	if (ret)
		return 2;
	/* Before anybody sees the open file. */
	listen_to_end();
	ret = worker_open(device_name(o), &w, d, &k);
	if (!ret)
		ret = worker_run(&k, d);
	if (!ret) {
		if (!told_to_end)
			sleep(o->seconds);
		ret = worker_run(&k, d);
	}
	worker_close(&k);
	puts(work_verdict(ret));
	work_destroy(&w);
	return ret != 0;
}
