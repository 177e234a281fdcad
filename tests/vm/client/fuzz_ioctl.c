// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random ioctls
 *
 * Makes sequences of calls (fuzz_calls.c) on three files with two objects each. Where the kernel can tell
 * which code a sequence reached, those that reached something new are kept, and later ones are made of
 * them; elsewhere each is made anew. Everything follows from a seed: the same seed makes the same
 * sequences, as long as the kernel's answers are the same.
 *
 * The verdict is the kernel's: a call fails only with an errno that no interface documents. A report of
 * the kernel names the process, and the process is named by seed and sequence, to be made again:
 * -s SEED -x @SEQUENCE goes on to there and prints it, -x WORDS makes the printed calls only.
 *
 * With -p, several threads do so on the same files (fuzz_race.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <drm.h>
#include <drm/rocket_accel.h>

#include <base/bits.h>
#include <base/diag.h>

#include "client.h"
#include "fuzz.h"
#include "fuzz_cover.h"
#include "fuzz_race.h"

#define STEPS_MAX	32
#define CORPUS_MAX	4096
#define KEPT_BYTES	6000	/* two pages, of which the second is behind the stream and its data */
#define TEXT_BYTES	16384	/* a sequence with all its tweaks takes half of it */

struct sequence {
	unsigned int count;
	struct fuzz_step steps[STEPS_MAX];
};

struct ioctl_fuzz {
	struct fuzz f;		/* the calls' numbers */
	struct fuzz dice;	/* the sequences' */
	struct race race;
	struct cover cover;
	bool guided;
	unsigned int n_corpus, number, seed;
	struct sequence corpus[CORPUS_MAX];
};

/* From these, all kinds of calls can be reached by small changes. */
static const char *const meant[] = {
	"create.0.0,fill.0.0,submit.0.0,prep.0.0,fini.0.0,close.0.0",
	"create.0.0,fill.0.0,prime.0.0,create.1.0,fill.1.0,submit.1.0,mmap.1.0,prep.1.0",
	"create.2.0,mmap.2.0,prep.2.0,fdinfo.2.0,reopen.2.0",
};

static struct fuzz_step random_step(struct fuzz *dice)
{
	struct fuzz_step s = { .seed = draw(dice) | 1 };
	uint32_t total = 0, at;

	if (one_in(dice, 4))
		s.file = (uint8_t)below(dice, FUZZ_FILES);
	for (unsigned int i = 0; i < fuzz_action_count; i++)
		total += fuzz_actions[i].weight;
	at = below(dice, total);
	while (at >= fuzz_actions[s.action].weight)
		at -= fuzz_actions[s.action++].weight;
	return s;
}

static void insert(struct sequence *q, unsigned int at, const struct fuzz_step *s)
{
	if (q->count == STEPS_MAX)
		q->count--;
	if (at > q->count)
		at = q->count;
	memmove(&q->steps[at + 1], &q->steps[at], (q->count - at) * sizeof(*s));
	q->steps[at] = *s;
	q->count++;
}

static void tweak(struct fuzz *dice, struct fuzz_step *s)
{
	unsigned int i = s->n_tweaks < FUZZ_TWEAKS ? s->n_tweaks++ : below(dice, FUZZ_TWEAKS);

	s->tweaks[i].draw = below(dice, s->draws ? s->draws : 1);
	s->tweaks[i].seed = draw(dice);
}

/* Append steps of another one. */
static void splice(struct ioctl_fuzz *z, struct sequence *q, unsigned int keep)
{
	const struct sequence *other = &z->corpus[below(&z->dice, z->n_corpus)];
	unsigned int from = below(&z->dice, other->count);

	q->count = keep;
	while (q->count < STEPS_MAX && from < other->count)
		q->steps[q->count++] = other->steps[from++];
}

static void mutate(struct ioctl_fuzz *z, struct sequence *q)
{
	unsigned int at = below(&z->dice, q->count);
	struct fuzz_step s;

	switch (below(&z->dice, 8)) {
	case 0:
		splice(z, q, at + 1);
		break;
	case 1:
		if (q->count > 1) {
			memmove(&q->steps[at], &q->steps[at + 1], (q->count - at - 1) * sizeof(s));
			q->count--;
		}
		break;
	case 2:
		s = q->steps[at];
		insert(q, below(&z->dice, q->count + 1), &s);
		break;
	case 3:
	case 4:
		s = random_step(&z->dice);
		insert(q, at + 1, &s);
		break;
	case 5:
		s = random_step(&z->dice);
		s.action = q->steps[at].action;
		q->steps[at] = s;
		break;
	default:
		tweak(&z->dice, &q->steps[at]);
	}
}

static void make_sequence(struct ioctl_fuzz *z, struct sequence *q)
{
	q->count = 0;
	if (z->n_corpus && !one_in(&z->dice, 4)) {
		*q = z->corpus[below(&z->dice, z->n_corpus)];
		for (uint32_t left = 1 + below(&z->dice, 4); left; left--)
			mutate(z, q);
		return;
	}
	for (uint32_t left = STEPS_MAX / 2 + below(&z->dice, STEPS_MAX / 2); left; left--)
		q->steps[q->count++] = random_step(&z->dice);
}

/* As -x takes it: ACTION.FILE.SEED[:NUMBER=SEED]... and so on. */
static void print_sequence(const struct sequence *q)
{
	for (unsigned int i = 0; i < q->count; i++) {
		const struct fuzz_step *s = &q->steps[i];

		printf("%s%s.%u.%" PRIx64, i ? "," : "sequence: -x ", fuzz_actions[s->action].name, s->file,
		       s->seed);
		for (unsigned int t = 0; t < s->n_tweaks; t++)
			printf(":%u=%" PRIx64, s->tweaks[t].draw, s->tweaks[t].seed);
	}
	putchar('\n');
	fflush(stdout);
}

static int parse_step(char *text, struct fuzz_step *s)
{
	char *rest = text, *name = strsep(&rest, ".");

	*s = (struct fuzz_step){ 0 };
	while (s->action < fuzz_action_count && strcmp(fuzz_actions[s->action].name, name))
		s->action++;
	if (s->action == fuzz_action_count || !rest)
		return -EINVAL;
	s->file = (uint8_t)(strtoul(rest, &rest, 10) % FUZZ_FILES);
	if (*rest != '.')
		return -EINVAL;
	s->seed = strtoull(rest + 1, &rest, 16);
	while (*rest == ':' && s->n_tweaks < FUZZ_TWEAKS) {
		s->tweaks[s->n_tweaks].draw = (uint32_t)strtoul(rest + 1, &rest, 10);
		if (*rest != '=')
			return -EINVAL;
		s->tweaks[s->n_tweaks++].seed = strtoull(rest + 1, &rest, 16);
	}
	return *rest ? -EINVAL : 0;
}

static int parse_sequence(const char *text, struct sequence *q)
{
	char copy[TEXT_BYTES], *rest = copy, *word;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	q->count = 0;
	while ((word = strsep(&rest, ",")) != NULL)
		if (q->count == STEPS_MAX || parse_step(word, &q->steps[q->count++]))
			return -EINVAL;
	return 0;
}

/* All that uapi.rst, GEM, PRIME and mmap() name; EINTR cannot be, nobody sends a signal. */
static bool documented(int ret)
{
	static const int errors[] = {
		0, EINVAL, ENOENT, EFAULT, ENOMEM, ENOSPC, EBUSY, ETIMEDOUT, EBADF, EACCES, EOVERFLOW,
		EPERM, ENOTTY, EOPNOTSUPP, EEXIST,
	};

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (-ret == errors[i])
			return true;
	return false;
}

/* An object with a right stream. */
static int make_bo(struct ioctl_fuzz *z, unsigned int file, struct fuzz_bo *bo, struct diag *d)
{
	uint64_t *words;
	int ret;

	bo->bytes = KEPT_BYTES;
	words = fuzz_create_bo(&z->f, file, bo, d);
	if (!words)
		return -ENOMEM;
	bo->words = fuzz_copy(bo->iova, words);
	munmap(words, bo->bytes);
	ret = fuzz_begin(&z->f, file, bo);
	return ret ? diag_error(d, ret, "no buffer: %s", strerror(-ret)) : 0;
}

/* Makes those that are missing of the objects that each sequence finds, unless another thread is in the way. */
static int keep_bos(struct ioctl_fuzz *z, unsigned int file, struct diag *d)
{
	bool racing = z->race.board;

	for (unsigned int j = 0; j < FUZZ_KEPT; j++) {
		struct fuzz_bo bo = { 0 };
		int ret;

		if (z->f.bos[file][j].handle)
			continue;
		ret = make_bo(z, file, &bo, racing ? NULL : d);
		if (ret && !racing)
			return ret;
		z->f.bos[file][j] = bo;
	}
	return 0;
}

/* Each sequence finds the same objects, and nothing that spoiled calls of the last one left behind. */
static int tidy(struct ioctl_fuzz *z, struct diag *d)
{
	int last = z->cover.fd, ret = 0;

	for (unsigned int i = 0; i < FUZZ_FILES; i++)
		last = z->f.fd[i] > last ? z->f.fd[i] : last;
	close_range((unsigned int)last + 1, ~0u, 0);
	for (unsigned int i = 0; i < FUZZ_FILES && !ret; i++) {
		for (unsigned int j = FUZZ_KEPT; j < FUZZ_BOS; j++) {
			struct drm_gem_close c = { .handle = z->f.bos[i][j].handle };

			if (c.handle)
				ioctl(z->f.fd[i], DRM_IOCTL_GEM_CLOSE, &c);
			z->f.bos[i][j] = (struct fuzz_bo){ 0 };
		}
		ret = keep_bos(z, i, d);
	}
	return ret;
}

static int run_sequence(struct ioctl_fuzz *z, struct sequence *q, struct diag *d)
{
	char name[16];
	int ret = race_begin(&z->race, &z->f, z->number, d);

	if (!ret)
		ret = tidy(z, d);

	/* Reports of the kernel say so. */
	snprintf(name, sizeof(name), "f%u@%u", z->seed, z->number);
	prctl(PR_SET_NAME, name);
	for (unsigned int i = 0; i < q->count && !ret; i++) {
		struct fuzz_step *s = &q->steps[i];

		z->f.step = s;
		z->f.state = s->seed;
		z->f.draws = 0;
		ret = fuzz_actions[s->action].run(&z->f, s->file);
		s->draws = z->f.draws;
		if (documented(ret)) {
			ret = 0;
			continue;
		}
		diag_error(d, ret, "seed %u, sequence %u, call %u: %s", z->seed, z->number, i, strerror(-ret));
		print_sequence(q);
	}
	return ret;
}

/* Returns how much the sequence reached that none had reached before. */
static unsigned int learn(struct ioctl_fuzz *z, const struct sequence *q)
{
	unsigned int found = z->guided ? cover_take(&z->cover) : 0;

	if (found)
		z->corpus[z->n_corpus < CORPUS_MAX ? z->n_corpus++ : below(&z->dice, CORPUS_MAX)] = *q;
	return found;
}

static int run_meant(struct ioctl_fuzz *z, struct diag *d)
{
	struct sequence q;
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(meant) && !ret; i++) {
		ret = parse_sequence(meant[i], &q);
		if (!ret)
			ret = run_sequence(z, &q, d);
		learn(z, &q);
	}
	return ret;
}

static void report(const struct ioctl_fuzz *z, time_t seconds)
{
	printf("calls=%lu good=%lu sequences=%u seed=%u seconds=%ld", z->f.calls, z->f.good, z->number, z->seed,
	       (long)seconds);
	if (z->guided)
		printf(" points=%u ways=%u kept=%u", z->cover.n_points, z->cover.n_ways, z->n_corpus);
	putchar('\n');
	fflush(stdout);
}

static int run_all(struct ioctl_fuzz *z, const struct options *o, struct diag *d)
{
	unsigned long stop = o->how[0] == '@' ? strtoul(o->how + 1, NULL, 10) : 0, tell = o->runs / 10;
	time_t start = time(NULL);
	struct sequence q;
	int ret = run_meant(z, d);

	if (z->guided)
		printf("meant calls: points_before=%u\n", z->cover.n_points);
	for (unsigned long next = tell; !ret && z->f.calls < o->runs && (!stop || z->number < stop);) {
		z->number++;
		/* Each has a seed of its own: without a corpus, one can be made without those before it. */
		z->dice.state = (uint64_t)z->seed << 32 | z->number;
		make_sequence(z, &q);
		if (z->number == stop)
			print_sequence(&q);
		ret = run_sequence(z, &q, d);
		learn(z, &q);
		if (!z->race.board && z->f.calls >= next) {
			report(z, time(NULL) - start);
			next += tell;
		}
	}
	report(z, time(NULL) - start);
	return ret;
}

static int work(const struct race *race, const struct options *o, struct diag *d)
{
	struct ioctl_fuzz *z = calloc(1, sizeof(*z));
	struct sequence q;
	int ret;

	if (!z)
		return -ENOMEM;
	z->f = (struct fuzz){ .fd = { -1, -1, -1 } };
	z->race = *race;
	z->seed = o->seed;
	ret = cover_open(&z->cover);
	z->guided = !ret;
	if (ret == -ENOENT)
		ret = 0;
	if (ret)
		diag_error(d, ret, "KCOV: %s", strerror(-ret));
	else if (!race->board)
		ret = fuzz_open_all(&z->f, d);
	if (!ret && (!o->how[0] || o->how[0] == '@')) {
		ret = run_all(z, o, d);
	} else if (!ret) {
		ret = parse_sequence(o->how, &q);
		if (ret)
			diag_error(d, ret, "-x takes @SEQUENCE or what it printed");
		for (; z->number < o->runs && !ret; z->number++)
			ret = run_sequence(z, &q, d);
	}
	if (z->guided && !ret && !race->board)
		cover_print_functions(&z->cover);
	fuzz_close_all(&z->f);
	cover_close(&z->cover);
	race_end(&z->race, &z->f);
	if (!ret && !z->f.good)
		ret = diag_error(d, -EIO, "no call succeeded");
	free(z);
	return ret;
}

int client_fuzz_ioctl(const struct options *o, struct diag *d)
{
	return (o->processes > 1 ? race_run(o, work, d) : work(&(struct race){ 0 }, o, d)) != 0;
}
