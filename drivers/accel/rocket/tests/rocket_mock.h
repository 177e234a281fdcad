/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_MOCK_H__
#define __ROCKET_MOCK_H__

#include <linux/completion.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <drm/drm_file.h>
#include <drm/rocket_accel.h>

#include "rocket_core.h"
#include "rocket_device.h"

struct dma_fence;
struct dma_resv;
struct kunit;
struct kunit_suite;
struct platform_device;

/* Tasks that a mock core remembers. */
#define ROCKET_MOCK_LOG		64

#define ROCKET_MOCK_FILES	2

/**
 * struct rocket_mock_core - a core without hardware
 * @core: what the driver sees
 * @pdev: its device
 * @started: completed by each start of a task
 * @log: addresses of the tasks that were started
 * @starts: their number
 * @running: a task was started and not ended
 * @events: what the next finish() says
 * @progress: the state changes with every look
 * @looks: number of looks
 * @version: what the core answers
 * @reset_fails: a reset leaves something behind
 * @resets: number of resets
 */
struct rocket_mock_core {
	struct rocket_core core;
	struct platform_device *pdev;
	struct completion started;
	u32 log[ROCKET_MOCK_LOG];
	unsigned int starts;
	bool running;
	u32 events;
	bool progress;
	unsigned int looks;
	u32 version;
	bool reset_fails;
	unsigned int resets;
};

/**
 * struct rocket_mock_holder - somebody else who holds a lock
 * @work: where that happens
 * @lock: the lock, or NULL
 * @resv: lock of an object, or NULL
 * @held: completed when it is held
 * @release: completed when it need not be any more
 */
struct rocket_mock_holder {
	struct work_struct work;
	struct mutex *lock;	/* whose owner is up to the test */
	struct dma_resv *resv;
	struct completion held;
	struct completion release;
};

/**
 * struct rocket_mock - an NPU without hardware, and its open files
 * @test: the test
 * @rdev: the NPU
 * @cores: its cores
 * @count: how many there are
 * @files: the files
 * @file: the one that makes the calls; the first until a test changes that
 * @user: address of memory of a user
 * @used: bytes in use there
 */
struct rocket_mock {
	struct kunit *test;
	struct rocket_device *rdev;
	struct rocket_mock_core cores[ROCKET_MAX_CORES];
	unsigned int count;
	struct drm_file files[ROCKET_MOCK_FILES];
	struct drm_file *file;
	unsigned long user;
	size_t used;
};

/**
 * struct rocket_mock_job - a job to submit
 * @regcmd: address of the first task; each further one lies ROCKET_REGCMD_ALIGN behind
 * @tasks: number of tasks
 * @in: object that is read, or NULL
 * @out: object that is written, or NULL
 */
struct rocket_mock_job {
	u32 regcmd;
	u32 tasks;
	const struct drm_rocket_create_bo *in;
	const struct drm_rocket_create_bo *out;
};

/* Size of &rocket_mock.user. */
#define ROCKET_MOCK_USER	SZ_1M

int rocket_mock_suite_init(struct kunit_suite *suite);
void rocket_mock_suite_exit(struct kunit_suite *suite);

struct rocket_mock *rocket_mock_create(struct kunit *test, unsigned int cores);
void rocket_mock_close(struct rocket_mock *mock, struct drm_file *file);
u64 rocket_mock_user(struct rocket_mock *mock, const void *data, size_t size);

int rocket_mock_create_bo(struct rocket_mock *mock, u32 size, struct drm_rocket_create_bo *bo);
void rocket_mock_close_bo(struct rocket_mock *mock, struct drm_rocket_create_bo *bo);
struct dma_fence *rocket_mock_fence(struct rocket_mock *mock, struct drm_rocket_create_bo *bo);
int rocket_mock_submit_jobs(struct rocket_mock *mock, const struct rocket_mock_job *jobs,
			    unsigned int count);
int rocket_mock_submit(struct rocket_mock *mock, u32 regcmd, u32 tasks,
		       struct drm_rocket_create_bo *in, struct drm_rocket_create_bo *out);

bool rocket_mock_wait_start(struct rocket_mock_core *core);
bool rocket_mock_starts_nothing(struct rocket_mock_core *core);
void rocket_mock_end(struct rocket_mock_core *core, u32 events);
int rocket_mock_wait(struct dma_fence *fence);

void rocket_mock_hold(struct rocket_mock_holder *holder, struct mutex *lock, struct dma_resv *resv);
void rocket_mock_let_go(struct rocket_mock_holder *holder);

unsigned long rocket_mock_mapped(void);
void rocket_mock_fail_map(unsigned int after);

#endif
