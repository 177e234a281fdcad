/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What random tests share
 *
 * Numbers that follow from a seed, the files and objects that calls are made on, and a stream that is
 * right.
 */
#ifndef VM_CLIENT_FUZZ_H
#define VM_CLIENT_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;
struct drm_rocket_job;
struct drm_rocket_task;

#define FUZZ_NODE	"/dev/accel/accel0"
#define FUZZ_FILES	3
#define FUZZ_BOS	8
#define FUZZ_KEPT	2	/* of them, that each sequence of calls finds */
#define FUZZ_TWEAKS	4

/**
 * struct fuzz_bo - a buffer object that a file has
 * @handle: 0 for none
 * @words: length of the right stream at its beginning; 0 for none
 * @iova: device address
 * @offset: for mmap()
 * @bytes: as it was asked for
 */
struct fuzz_bo {
	uint32_t handle;
	uint32_t words;
	uint64_t iova, offset;
	size_t bytes;
};

/**
 * struct fuzz_step - one call
 * @action: row of fuzz_actions
 * @file: which file
 * @n_tweaks: how many
 * @draws: how many numbers it took when it last ran
 * @seed: for all its numbers; 0 for a call as it is meant
 * @tweaks: numbers that come from another seed
 */
struct fuzz_step {
	uint8_t action, file, n_tweaks;
	uint32_t draws;
	uint64_t seed;
	struct {
		uint32_t draw;
		uint64_t seed;
	} tweaks[FUZZ_TWEAKS];
};

/**
 * struct fuzz - a random test
 * @state: of the numbers
 * @step: what is called now, or NULL
 * @draws: numbers that it took so far
 * @tweaked: whether the last of them was tweaked
 * @calls: how many were made
 * @good: how many of them succeeded
 * @patience: how many there must be before a submission may hang again
 * @fd: the files
 * @bos: their objects; a row of @own, or what threads share (fuzz_race.h)
 * @own: those of nobody else
 */
struct fuzz {
	uint64_t state;
	const struct fuzz_step *step;
	uint32_t draws;
	bool tweaked;
	unsigned long calls, good, patience;
	int fd[FUZZ_FILES];
	struct fuzz_bo *bos[FUZZ_FILES], own[FUZZ_FILES][FUZZ_BOS];
};

/**
 * struct fuzz_action - a kind of call
 * @name: for people
 * @weight: how often, against others
 * @run: makes it; returns 0 or a negative errno
 */
struct fuzz_action {
	const char *name;
	unsigned int weight;
	int (*run)(struct fuzz *f, unsigned int file);
};

extern const struct fuzz_action fuzz_actions[];
extern const unsigned int fuzz_action_count;

/* Source: splitmix64, Steele, Lea and Flood 2014 */
static inline uint64_t fuzz_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* The next number. */
static inline uint64_t draw(struct fuzz *f)
{
	uint64_t z = f->state += 0x9e3779b97f4a7c15;

	f->tweaked = false;
	for (unsigned int i = 0; f->step && i < f->step->n_tweaks; i++) {
		if (f->step->tweaks[i].draw == f->draws) {
			z = f->step->tweaks[i].seed;
			f->tweaked = true;
		}
	}
	f->draws++;
	return fuzz_mix(z);
}

static inline uint32_t below(struct fuzz *f, uint32_t n)
{
	return (uint32_t)(draw(f) % n);
}

static inline bool one_in(struct fuzz *f, uint32_t n)
{
	return !below(f, n);
}

/**
 * fuzz_open() - open the node
 * @f: receives the file
 * @file: which
 *
 * Return: 0 or a negative errno.
 */
int fuzz_open(struct fuzz *f, unsigned int file);

/**
 * fuzz_open_all() - open all files
 * @f: filled in
 * @d: receives the reason of a failure
 *
 * Return: 0 or a negative errno.
 */
int fuzz_open_all(struct fuzz *f, struct diag *d);

/**
 * fuzz_close_all() - close all files
 * @f: its files
 */
void fuzz_close_all(struct fuzz *f);

/**
 * fuzz_create_bo() - create an object and map it
 * @f: its files
 * @file: on which
 * @bo: filled in
 * @d: receives the reason of a failure
 *
 * Return: the mapping, or NULL.
 */
void *fuzz_create_bo(struct fuzz *f, unsigned int file, struct fuzz_bo *bo, struct diag *d);

/**
 * fuzz_begin() - hand an object to the NPU
 * @f: its files
 * @file: on which
 * @bo: object
 *
 * Return: 0 or a negative errno.
 */
int fuzz_begin(struct fuzz *f, unsigned int file, const struct fuzz_bo *bo);

/**
 * fuzz_job() - describe a job that writes one object
 * @tasks: its tasks
 * @count: how many
 * @bo: object; like @tasks, it has to be there until the job is submitted
 *
 * Return: the job.
 */
struct drm_rocket_job fuzz_job(const struct drm_rocket_task *tasks, uint32_t count, const struct fuzz_bo *bo);

/**
 * fuzz_submit() - submit jobs
 * @f: its files
 * @file: on which
 * @jobs: jobs
 * @count: how many
 *
 * Return: 0 or a negative errno.
 */
int fuzz_submit(struct fuzz *f, unsigned int file, const struct drm_rocket_job *jobs, uint32_t count);

/**
 * fuzz_end() - take an object back, when all jobs that may be in front of its own are done
 * @f: its files
 * @file: on which
 * @bo: object
 *
 * Return: 0 or a negative errno.
 */
int fuzz_end(struct fuzz *f, unsigned int file, const struct fuzz_bo *bo);

/**
 * fuzz_deadline() - a time for PREP_BO
 * @ns: from now
 *
 * Return: the time.
 */
int64_t fuzz_deadline(uint64_t ns);

/* The right stream lies at the beginning of an object and copies one part of it to another. */
#define FUZZ_COPY_SIDE		4
#define FUZZ_COPY_CHANNELS	16
#define FUZZ_COPY_BYTES		(FUZZ_COPY_SIDE * FUZZ_COPY_SIDE * FUZZ_COPY_CHANNELS)
#define FUZZ_COPY_SOURCE	2048
#define FUZZ_COPY_TARGET	3072
#define FUZZ_COPY_END		(FUZZ_COPY_TARGET + FUZZ_COPY_BYTES)

/* Its first word: both groups of registers in turn, as all known programs have it; the layout is that of each block. */
#define FUZZ_POINTERS \
	(ROCKET_DPU_S_POINTER_POINTER_PP_MODE | ROCKET_DPU_S_POINTER_EXECUTER_PP_EN | ROCKET_DPU_S_POINTER_POINTER_PP_EN)

/**
 * fuzz_copy() - write the right stream
 * @iova: device address of the object
 * @words: beginning of the object
 *
 * Return: the number of words.
 */
uint32_t fuzz_copy(uint64_t iova, uint64_t *words);

/**
 * fuzz_copy_fill() - write random bytes to be copied, and clear what receives them
 * @f: numbers
 * @words: beginning of the object
 */
void fuzz_copy_fill(struct fuzz *f, uint64_t *words);

/**
 * fuzz_copied() - see whether the stream did its work
 * @words: beginning of the object
 *
 * Return: whether it did.
 */
bool fuzz_copied(const uint64_t *words);

#endif /* VM_CLIENT_FUZZ_H */
