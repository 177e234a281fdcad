// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The calls of the ioctl fuzzer
 *
 * Structured nonsense for the driver: the four ioctls, GEM_CLOSE, PRIME, mmap, close, open and fdinfo,
 * whose fields are mostly right, at their limits, or noise. Each number comes from the seed of the call.
 * fuzz_ioctl.c decides what is called when.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm.h>
#include <drm/rocket_accel.h>

#include <base/bits.h>

#include "fuzz.h"

#define PAGE		4096
#define BO_BYTES	(3 * PAGE)		/* mostly: clearing memory is slow and teaches nothing */
#define BO_BYTES_MAX	(1u << 20)
#define BO_BYTES_HUGE	0xfffff001		/* more than the machine has: refused at once */
#define STREAM_WORDS	256
#define WAIT_NS		1000000			/* at most, for jobs that end well */
#define PATIENCE	400			/* calls between two submissions that may hang */
#define IOC_BYTES	(1u << _IOC_SIZEBITS)

/* A call as it is meant: the first ones, from which others are made. */
static bool tame(const struct fuzz *f)
{
	return f->step && !f->step->seed && !f->step->n_tweaks;
}

/* One in @odds, or when the last number was tweaked. */
static bool wild(const struct fuzz *f, uint64_t how, unsigned int odds)
{
	return !tame(f) && (f->tweaked || how % odds == 0);
}

/* Mostly @right, else a number that somebody may have forgotten. */
static uint64_t number(struct fuzz *f, uint64_t right)
{
	static const uint64_t edges[] = {
		0, 1, 7, 8, 15, 16, 39, 40, 4095, 4096, 4097, 65536, 65537, 131072, 131073,
		0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff, 0x100000000, INT64_MAX, UINT64_MAX,
	};
	uint64_t how = draw(f);

	if (!wild(f, how, 32))
		return right;
	how >>= 8;
	if (how % 4 == 0)
		return draw(f);
	if (how % 4 == 1)
		return right + below(f, 3) - 1;
	return edges[below(f, ARRAY_SIZE(edges))];
}

/* Two pages, of which only the first can be used. */
static uint8_t *cliff(void)
{
	static _Thread_local uint8_t *at;

	if (!at) {
		at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		mprotect(at + PAGE, PAGE, PROT_NONE);
	}
	return at + PAGE;
}

/* Mostly @right, else its first @bytes before memory that is not there, or anything. */
static uint64_t pointer(struct fuzz *f, const void *right, size_t bytes)
{
	uint64_t how = draw(f);

	if (!wild(f, how, 64))
		return (uintptr_t)right;
	how >>= 8;
	if (how % 2)
		return number(f, draw(f));
	bytes = how / 2 % (bytes + 1);
	return (uintptr_t)memcpy(cliff() - bytes, right, bytes);
}

/* Mostly one that is there. */
static struct fuzz_bo *any_bo(struct fuzz *f, unsigned int file)
{
	uint64_t from = draw(f);

	for (unsigned int i = 0; i < FUZZ_BOS && (tame(f) || from / FUZZ_BOS % 8); i++)
		if (f->bos[file][(from + i) % FUZZ_BOS].handle)
			return &f->bos[file][(from + i) % FUZZ_BOS];
	return &f->bos[file][from % FUZZ_BOS];
}

static uint32_t any_handle(struct fuzz *f, unsigned int file)
{
	return (uint32_t)number(f, any_bo(f, file)->handle);
}

/* The machine's memory is no part of the game. */
static uint32_t bounded(uint32_t bytes)
{
	return bytes > 4 * BO_BYTES_MAX ? BO_BYTES_HUGE : bytes;
}

/* Callers may be older or newer than the kernel: another size or direction, an ioctl that is not there. */
static unsigned long spoil_request(struct fuzz *f, unsigned long request)
{
	unsigned int nr = _IOC_NR(request), bytes = _IOC_SIZE(request), dir = _IOC_DIR(request);

	switch (below(f, 3)) {
	case 0:
		bytes = (uint32_t)number(f, below(f, 2 * bytes)) % IOC_BYTES;
		break;
	case 1:
		dir = below(f, 4);
		break;
	default:
		nr = DRM_COMMAND_BASE + below(f, DRM_COMMAND_END - DRM_COMMAND_BASE);
	}
	return _IOC(dir, _IOC_TYPE(request), nr, bytes);
}

static int call(struct fuzz *f, unsigned int file, unsigned long request, void *data)
{
	static _Thread_local _Alignas(8) uint8_t room[IOC_BYTES];
	struct drm_rocket_create_bo *create = (void *)room;
	bool meant = request == DRM_IOCTL_ROCKET_CREATE_BO, creates;
	size_t bytes = _IOC_SIZE(request);
	void *argument = room;
	uint64_t how = draw(f);
	int ret;

	memcpy(room, data, bytes);
	if (wild(f, how, 64)) {
		request = spoil_request(f, request);
		argument = how / 64 % 2 ? NULL : room;
	}
	creates = _IOC_NR(request) == _IOC_NR(DRM_IOCTL_ROCKET_CREATE_BO);
	if (creates)
		create->size = bounded(create->size);
	ret = ioctl(f->fd[file], request, argument) ? -errno : 0;
	f->calls++;
	f->good += !ret;
	if (creates && !ret && !meant)
		ioctl(f->fd[file], DRM_IOCTL_GEM_CLOSE, &(struct drm_gem_close){ .handle = create->handle });
	else
		memcpy(data, room, bytes);
	return ret;
}

static void *map(struct fuzz *f, unsigned int file, size_t bytes, int flags, uint64_t offset)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, f->fd[file], (off_t)(offset & ~(PAGE - 1ull)));

	f->calls++;
	f->good += at != MAP_FAILED;
	return at;
}

static struct fuzz_bo *spare_bo(struct fuzz *f, unsigned int file)
{
	return &f->bos[file][FUZZ_KEPT + below(f, FUZZ_BOS - FUZZ_KEPT)];
}

static void drop_bo(struct fuzz *f, unsigned int file, struct fuzz_bo *bo)
{
	struct drm_gem_close c = { .handle = bo->handle };

	if (bo->handle)
		ioctl(f->fd[file], DRM_IOCTL_GEM_CLOSE, &c);
	*bo = (struct fuzz_bo){ 0 };
}

static int call_create(struct fuzz *f, unsigned int file)
{
	uint32_t size = FUZZ_COPY_END + below(f, one_in(f, 32) ? BO_BYTES_MAX : BO_BYTES);
	struct drm_rocket_create_bo a = { .size = (uint32_t)number(f, size) };
	struct fuzz_bo *bo = spare_bo(f, file);
	int ret;

	drop_bo(f, file, bo);
	ret = call(f, file, DRM_IOCTL_ROCKET_CREATE_BO, &a);
	if (!ret && a.handle)
		*bo = (struct fuzz_bo){
			.handle = a.handle, .iova = a.dma_address, .offset = a.offset, .bytes = a.size,
		};
	return ret;
}

/* Writes the right stream, and hands it to the NPU. */
static int call_fill(struct fuzz *f, unsigned int file)
{
	struct fuzz_bo *bo = any_bo(f, file);
	struct drm_rocket_fini_bo a = { .handle = bo->handle };
	size_t bytes = bo->bytes;
	uint64_t *words;

	if (!a.handle || bytes < FUZZ_COPY_END)
		return 0;
	words = map(f, file, bytes, MAP_SHARED, bo->offset);
	if (words == MAP_FAILED)
		return -errno;
	bo->words = fuzz_copy(bo->iova, words);
	munmap(words, bytes);
	return call(f, file, DRM_IOCTL_ROCKET_FINI_BO, &a);
}

static int call_close_bo(struct fuzz *f, unsigned int file)
{
	struct drm_gem_close c = { .handle = any_handle(f, file), .pad = (uint32_t)number(f, 0) };
	int ret = call(f, file, DRM_IOCTL_GEM_CLOSE, &c);

	for (unsigned int i = 0; i < FUZZ_BOS && !ret; i++)
		if (f->bos[file][i].handle == c.handle)
			f->bos[file][i] = (struct fuzz_bo){ 0 };
	return ret;
}

static int call_prep(struct fuzz *f, unsigned int file)
{
	struct drm_rocket_prep_bo a = {
		.handle = any_handle(f, file), .reserved = (uint32_t)number(f, 0),
		.timeout_ns = one_in(f, 4) ? fuzz_deadline(below(f, WAIT_NS)) : 0,
	};

	if (one_in(f, 32))
		a.timeout_ns = -(int64_t)(draw(f) >> 1);
	return call(f, file, DRM_IOCTL_ROCKET_PREP_BO, &a);
}

static int call_fini(struct fuzz *f, unsigned int file)
{
	struct drm_rocket_fini_bo a = {
		.handle = any_handle(f, file), .reserved = (uint32_t)number(f, 0),
	};

	return call(f, file, DRM_IOCTL_ROCKET_FINI_BO, &a);
}

#define JOBS	4
#define TASKS	3
#define LIST	4

/* What one submission points at. Arrays may have larger elements than we know of. */
struct submission {
	uint32_t in[JOBS][LIST], out[JOBS][LIST];
	struct drm_rocket_task tasks[JOBS][TASKS];
	struct drm_rocket_job jobs[JOBS];
};

/* Returns whether the task is one that ends. */
static bool draw_task(struct fuzz *f, unsigned int file, struct drm_rocket_task *task)
{
	const struct fuzz_bo *bo = any_bo(f, file);
	uint32_t words = bo->words ? bo->words : 1 + below(f, STREAM_WORDS);

	task->regcmd = (uint32_t)number(f, bo->iova);
	task->regcmd_count = (uint32_t)number(f, words);
	return bo->words && task->regcmd == bo->iova && task->regcmd_count == bo->words;
}

/* From 1 to @max, mostly 1. */
static uint32_t few(struct fuzz *f, uint32_t max)
{
	uint64_t how = draw(f);

	return how % 4 ? 1 : 1 + (uint32_t)(how / 4 % max);
}

/* Returns whether all its tasks end. */
static bool draw_job(struct fuzz *f, unsigned int file, struct submission *s, unsigned int j)
{
	uint32_t tasks = few(f, TASKS), in = below(f, LIST + 1), out = below(f, LIST + 1);
	bool ends = true;

	for (uint32_t i = 0; i < in; i++)
		s->in[j][i] = any_handle(f, file);
	for (uint32_t i = 0; i < out; i++)
		s->out[j][i] = any_handle(f, file);
	for (uint32_t i = 0; i < tasks; i++)
		ends &= draw_task(f, file, &s->tasks[j][i]);
	s->jobs[j] = (struct drm_rocket_job){
		.tasks = pointer(f, s->tasks[j], tasks * sizeof(s->tasks[j][0])),
		.in_bo_handles = pointer(f, s->in[j], in * sizeof(s->in[j][0])),
		.out_bo_handles = pointer(f, s->out[j], out * sizeof(s->out[j][0])),
		.task_count = (uint32_t)number(f, tasks),
		.task_struct_size = (uint32_t)number(f, sizeof(s->tasks[j][0])),
		.in_bo_handle_count = (uint32_t)number(f, in),
		.out_bo_handle_count = (uint32_t)number(f, out),
	};
	return ends && s->jobs[j].task_count <= tasks;
}

static int call_submit(struct fuzz *f, unsigned int file)
{
	static _Thread_local struct submission s;
	uint32_t count = few(f, JOBS);
	struct drm_rocket_submit a = {
		.job_count = (uint32_t)number(f, count), .job_struct_size = (uint32_t)number(f, sizeof(s.jobs[0])),
		.reserved = number(f, 0),
	};
	bool ends = true;

	for (uint32_t j = 0; j < count; j++)
		ends &= draw_job(f, file, &s, j);
	/* Those that hang cost the time limit: let one through now and then, and spoil the last job of the others. */
	if (!ends && f->calls < f->patience)
		s.jobs[count - 1].task_count = 0;
	else if (!ends)
		f->patience = f->calls + PATIENCE;
	a.jobs = pointer(f, s.jobs, count * sizeof(s.jobs[0]));
	return call(f, file, DRM_IOCTL_ROCKET_SUBMIT, &a);
}

/* Remembers what came in under a handle of its own, so that it is used, too. */
static void adopt(struct fuzz *f, unsigned int file, uint32_t handle, const struct fuzz_bo *from)
{
	struct fuzz_bo *bo = spare_bo(f, file);

	for (unsigned int i = 0; i < FUZZ_BOS; i++)
		if (f->bos[file][i].handle == handle)
			return;
	drop_bo(f, file, bo);
	*bo = (struct fuzz_bo){ .handle = handle, .offset = from->offset, .bytes = from->bytes };
}

static int call_prime(struct fuzz *f, unsigned int file)
{
	const struct fuzz_bo *bo = any_bo(f, file);
	struct drm_prime_handle a = {
		.handle = (uint32_t)number(f, bo->handle),
		.flags = (uint32_t)number(f, DRM_CLOEXEC | DRM_RDWR), .fd = -1,
	};
	unsigned int to = (file + below(f, FUZZ_FILES)) % FUZZ_FILES;
	int ret = call(f, file, DRM_IOCTL_PRIME_HANDLE_TO_FD, &a);
	int fd = a.fd;

	if (ret || fd < 0)
		return ret;
	a.handle = 0;
	a.fd = (int)number(f, (uint32_t)fd);
	if (a.fd != fd && a.fd <= 2)
		a.fd = -1;
	ret = call(f, to, DRM_IOCTL_PRIME_FD_TO_HANDLE, &a);
	if (!ret && a.handle)
		adopt(f, to, a.handle, bo);
	close(fd);
	return ret;
}

static int call_mmap(struct fuzz *f, unsigned int file)
{
	const struct fuzz_bo *bo = any_bo(f, file);
	size_t bytes = number(f, bo->bytes ? bo->bytes : 1) % (64ull * BO_BYTES_MAX) + 1;
	int flags = one_in(f, 8) && !tame(f) ? MAP_PRIVATE : MAP_SHARED;
	uint8_t *at = map(f, file, bytes, flags, number(f, bo->offset));

	if (at == MAP_FAILED)
		return -errno;
	/* Behind the stream: a spoiled one hangs each time. */
	if (bytes > FUZZ_COPY_SOURCE)
		at[FUZZ_COPY_SOURCE + below(f, (uint32_t)bytes - FUZZ_COPY_SOURCE)] = (uint8_t)draw(f);
	munmap(at, bytes);
	return 0;
}

static int call_fdinfo(struct fuzz *f, unsigned int file)
{
	char name[64], text[PAGE];
	int fd, ret;

	snprintf(name, sizeof(name), "/proc/thread-self/fdinfo/%d", f->fd[file]);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	ret = fd < 0 || read(fd, text, sizeof(text)) < 0 ? -errno : 0;
	f->calls++;
	f->good += !ret;
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Waits until the jobs of the file have started: often enough if one in a few does so. */
static int call_reopen(struct fuzz *f, unsigned int file)
{
	if (!one_in(f, 8) && !tame(f))
		return 0;
	close(f->fd[file]);
	f->calls++;
	return fuzz_open(f, file);
}

const struct fuzz_action fuzz_actions[] = {
	{ "create", 8, call_create },
	{ "fill", 6, call_fill },
	{ "close", 12, call_close_bo },
	{ "prep", 80, call_prep },
	{ "fini", 80, call_fini },
	{ "submit", 40, call_submit },
	{ "prime", 16, call_prime },
	{ "mmap", 8, call_mmap },
	{ "fdinfo", 4, call_fdinfo },
	{ "reopen", 2, call_reopen },
};

const unsigned int fuzz_action_count = ARRAY_SIZE(fuzz_actions);
