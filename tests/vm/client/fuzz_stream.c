// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random command streams
 *
 * A round hands one job with a spoiled stream to each of three files, which keeps three cores busy, and
 * behind them three right jobs of a fourth file. Every job must end, and the right ones must be right:
 * the driver has recovered each core, and no stream reached what belongs to another file, nor left
 * anything in a core that disturbs it: right streams do not set all registers. Round N of
 * seed S runs the same streams each time.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <drm/rocket_accel.h>

#include <base/bits.h>
#include <base/diag.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>
#include <runtime/verdict.h>

#include "client.h"
#include "fuzz.h"

#define STREAM_WORDS	(FUZZ_COPY_SOURCE / 8)
#define CORES		FUZZ_FILES
#define TASKS_MAX	4
#define STRAY		0x40000000u	/* no object is there */
#define REPORT		(333 * FUZZ_FILES)

/* An object with a stream. */
struct stream {
	struct fuzz_bo bo;
	uint64_t *words;
};

enum ending { DONE, HANG, FAULT, OTHER, N_ENDINGS };

struct stream_fuzz {
	struct fuzz f, other;
	struct stream spoiled[FUZZ_FILES], plain[FUZZ_FILES], right[CORES];
	struct verdict verdicts[FUZZ_FILES];
	unsigned int round, seed, streams, right_jobs, endings[N_ENDINGS];
	bool alone;		/* without the right jobs */
};

static const struct {
	uint16_t code, base;
} targets[] = {
#define NPU_TARGET(block, code, start)	{ code, start },
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
};

/* Words of which many mean something: registers lie in the lowest part of a block. */
static uint64_t random_word(struct fuzz *f)
{
	unsigned int t = below(f, ARRAY_SIZE(targets));
	uint32_t value = one_in(f, 2) ? below(f, 256) : (uint32_t)draw(f);

	return one_in(f, 8) ? draw(f) : regcmd(targets[t].code, value, targets[t].base | below(f, 64) << 2);
}

/* Change a few words: a bit, the value, or all of it. Sometimes none. */
static void spoil(struct fuzz *f, uint64_t *words, unsigned int count)
{
	for (uint32_t left = below(f, 4); left; left--) {
		uint64_t *at = &words[below(f, count)];

		switch (below(f, 3)) {
		case 0:
			*at ^= 1ull << below(f, 64);
			break;
		case 1:
			*at = (*at & ~(0xffffffffull << 16)) | (draw(f) & 0xffffffff) << 16;
			break;
		default:
			*at = random_word(f);
		}
	}
}

/* Ends well, and leaves the pointer for writing to another group of registers than that for running. */
static uint32_t fill_unequal(const struct stream *s)
{
	uint32_t count = fuzz_copy(s->bo.iova, s->words);

	s->words[0] = regcmd(NPU_TARGET_DPU, ROCKET_DPU_S_POINTER_EXECUTER_PP_EN, ROCKET_DPU_S_POINTER);
	return count;
}

static uint32_t fill_stream(struct fuzz *f, const struct stream *s)
{
	uint32_t count = 4 + below(f, STREAM_WORDS - 4);

	if (!one_in(f, 8)) {
		count = fuzz_copy(s->bo.iova, s->words);
		spoil(f, s->words, count);
		return count;
	}
	for (uint32_t i = 0; i < count; i++)
		s->words[i] = random_word(f);
	s->words[count - 1] = regcmd(NPU_TARGET_OP_ENABLE, below(f, 128), ROCKET_PC_OPERATION_ENABLE);
	return count;
}

/* A spoiled task, with right ones around it. */
static int run_spoiled(struct stream_fuzz *z, unsigned int file)
{
	const struct stream *s = &z->spoiled[file], *p = &z->plain[file];
	bool first = z->round == 1;
	uint32_t before = first ? 0 : below(&z->f, 4) / 2, all = first ? 1 : before + 1 + below(&z->f, 2);
	uint32_t count;
	struct drm_rocket_task tasks[TASKS_MAX];
	struct drm_rocket_job job = fuzz_job(tasks, all, &s->bo);
	int ret;

	if (first)
		count = fill_unequal(s);
	else if (z->round == 2)
		count = fuzz_copy(s->bo.iova + STRAY, s->words);
	else
		count = fill_stream(&z->f, s);
	ret = fuzz_begin(&z->f, file, &s->bo);
	for (uint32_t i = 0; i < all; i++) {
		tasks[i].regcmd = (uint32_t)(i == before ? s : p)->bo.iova;
		tasks[i].regcmd_count = i == before ? count : p->bo.words;
	}
	return ret ? ret : fuzz_submit(&z->f, file, &job, 1);
}

static int run_right(struct stream_fuzz *z)
{
	struct drm_rocket_task tasks[CORES];
	struct drm_rocket_job jobs[CORES];
	int ret = 0;

	for (unsigned int i = 0; i < CORES && !ret; i++) {
		const struct stream *s = &z->right[i];

		fuzz_copy_fill(&z->f, s->words);
		tasks[i] = (struct drm_rocket_task){ (uint32_t)s->bo.iova, s->bo.words };
		jobs[i] = fuzz_job(&tasks[i], 1, &s->bo);
		ret = fuzz_begin(&z->other, 0, &s->bo);
	}
	return ret ? ret : fuzz_submit(&z->other, 0, jobs, CORES);
}

static int judge_right(struct stream_fuzz *z, struct diag *d)
{
	for (unsigned int i = 0; i < CORES; i++) {
		int ret = fuzz_end(&z->other, 0, &z->right[i].bo);

		if (ret)
			return ret;
		if (!fuzz_copied(z->right[i].words))
			return diag_error(d, -EILSEQ, "the right job %u is wrong", i);
		z->right_jobs++;
	}
	return 0;
}

static enum ending ending(struct verdict *v)
{
	switch (verdict_take(v, NULL)) {
	case 0:
		return DONE;
	case -ETIMEDOUT:
		return HANG;
	case -EIO:
		return FAULT;
	}
	return OTHER;
}

static int run_round(struct stream_fuzz *z, struct diag *d)
{
	int ret = 0;

	/* Each round has a seed of its own, so that the last one can be repeated. */
	z->f.state = (uint64_t)z->seed << 32 | z->round++;
	for (unsigned int i = 0; i < FUZZ_FILES && !ret; i++)
		ret = run_spoiled(z, i);
	if (!ret && !z->alone)
		ret = run_right(z);
	for (unsigned int i = 0; i < FUZZ_FILES && !ret; i++) {
		ret = fuzz_end(&z->f, i, &z->spoiled[i].bo);
		z->endings[ending(&z->verdicts[i])]++;
		z->streams++;
	}
	if (!ret && !z->alone)
		ret = judge_right(z, d);
	return ret;
}

static int create(struct fuzz *f, unsigned int file, struct stream *s, struct diag *d)
{
	s->bo.bytes = FUZZ_COPY_END;
	s->words = fuzz_create_bo(f, file, &s->bo, d);
	if (!s->words)
		return -ENOMEM;
	s->bo.words = fuzz_copy(s->bo.iova, s->words);
	return fuzz_begin(f, file, &s->bo);
}

static int open_all(struct stream_fuzz *z, struct diag *d)
{
	int ret = fuzz_open_all(&z->f, d);

	if (!ret)
		ret = fuzz_open(&z->other, 0);
	for (unsigned int i = 0; i < FUZZ_FILES && !ret; i++) {
		ret = create(&z->f, i, &z->spoiled[i], d);
		if (!ret)
			ret = create(&z->f, i, &z->plain[i], d);
		verdict_init(&z->verdicts[i], z->f.fd[i]);
	}
	for (unsigned int i = 0; i < CORES && !ret; i++)
		ret = create(&z->other, 0, &z->right[i], d);
	return ret;
}

static void report(const struct stream_fuzz *z)
{
	printf("streams=%u right=%u done=%u hangs=%u faults=%u other=%u seed=%u\n", z->streams, z->right_jobs,
	       z->endings[DONE], z->endings[HANG], z->endings[FAULT], z->endings[OTHER], z->seed);
	fflush(stdout);
}

int client_fuzz_stream(const struct options *o, struct diag *d)
{
	struct stream_fuzz z = {
		.f = { .fd = { -1, -1, -1 } }, .other = { .fd = { -1, -1, -1 } }, .seed = o->seed,
		.alone = !strcmp(o->how, "alone"),
	};
	int ret = open_all(&z, d);

	while (!ret && z.streams < o->runs) {
		ret = run_round(&z, d);
		if (z.streams % REPORT == 0)
			report(&z);
		if (ret)
			diag_error(d, ret, "seed %u, round %u: %s; -s %u -n %u repeats it", o->seed, z.round - 1,
				   strerror(-ret), o->seed, FUZZ_FILES * z.round);
	}
	report(&z);
	for (unsigned int i = 0; i < FUZZ_FILES; i++)
		verdict_fini(&z.verdicts[i]);
	fuzz_close_all(&z.f);
	fuzz_close_all(&z.other);
	return ret != 0;
}
