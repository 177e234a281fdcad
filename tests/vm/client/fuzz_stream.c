// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random command streams
 *
 * Jobs whose stream is random, or a good one with some words changed. Round N of seed S runs the same
 * stream each time. Each job must end, whatever it does: the driver recovers the core.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <drm/rocket_accel.h>

#include <base/bits.h>
#include <base/diag.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "client.h"
#include "fuzz.h"

#define STREAM_WORDS	256
#define STREAM_WAIT_NS	20000000000ll	/* more than the time limits of all jobs that may be in front */

/* The stream, what it reads and what it writes lie in one object. */
#define COPY_SIDE	4
#define COPY_CHANNELS	16
#define COPY_BYTES	(COPY_SIDE * COPY_SIDE * COPY_CHANNELS)
#define COPY_SOURCE	4096
#define COPY_TARGET	8192

static const struct {
	uint16_t code, base;
} targets[] = {
#define NPU_TARGET(block, code, start)	{ code, start },
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
};

/* One row for each register of a stream that copies an object with the DPU. */
enum value { NUMBER, SOURCE, TARGET };

/* Source: Documentation/npu/blocks.rst, DPU in pass-through of 4 x 4 x 16 bytes */
static const struct {
	uint32_t reg, value;
	enum value kind;
} copy[] = {
	{ ROCKET_DPU_S_POINTER, 0xe, NUMBER },
	{ ROCKET_DPU_RDMA_S_POINTER, 0xe, NUMBER },
	{ ROCKET_DPU_FEATURE_MODE_CFG, 0x1e5, NUMBER },
	{ ROCKET_DPU_DATA_FORMAT, 0, NUMBER },
	{ ROCKET_DPU_OFFSET_PEND, 0, NUMBER },
	{ ROCKET_DPU_DST_BASE_ADDR, 0, TARGET },
	{ ROCKET_DPU_DST_SURF_STRIDE, COPY_BYTES, NUMBER },
	{ ROCKET_DPU_DATA_CUBE_WIDTH, COPY_SIDE - 1, NUMBER },
	{ ROCKET_DPU_DATA_CUBE_HEIGHT, COPY_SIDE - 1, NUMBER },
	{ ROCKET_DPU_DATA_CUBE_NOTCH_ADDR, 0, NUMBER },
	{ ROCKET_DPU_DATA_CUBE_CHANNEL, (COPY_CHANNELS - 1) << 16 | (COPY_CHANNELS - 1), NUMBER },
	{ ROCKET_DPU_BS_CFG, 0x53, NUMBER },
	{ ROCKET_DPU_BN_CFG, 0x53, NUMBER },
	{ ROCKET_DPU_EW_CFG, 0x383, NUMBER },
	{ ROCKET_DPU_EW_CVT_SCALE_VALUE, 1, NUMBER },
	{ ROCKET_DPU_BS_OW_CFG, 2, NUMBER },
	{ ROCKET_DPU_WDMA_SIZE_0, COPY_CHANNELS - 1, NUMBER },
	{ ROCKET_DPU_WDMA_SIZE_1, (COPY_SIDE - 1) << 16 | (COPY_SIDE - 1), NUMBER },
	{ ROCKET_DPU_OUT_CVT_SCALE, 1, NUMBER },
	{ ROCKET_DPU_SURFACE_ADD, COPY_BYTES, NUMBER },
	{ ROCKET_DPU_RDMA_DATA_CUBE_WIDTH, COPY_SIDE - 1, NUMBER },
	{ ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT, COPY_SIDE - 1, NUMBER },
	{ ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL, COPY_CHANNELS - 1, NUMBER },
	{ ROCKET_DPU_RDMA_SRC_BASE_ADDR, 0, SOURCE },
	{ ROCKET_DPU_RDMA_ERDMA_CFG, 1, NUMBER },
	{ ROCKET_DPU_RDMA_FEATURE_MODE_CFG, 0x7801, NUMBER },
};

static uint64_t word(uint32_t reg, uint32_t value)
{
#define NPU_TARGET(block, code, start) \
	if ((reg & ~0xfffu) == (start)) \
		return regcmd(code, value, reg);
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
	return 0;
}

/* Copies one part of the object to another. Returns the number of words. */
static unsigned int fill_copy(const struct fuzz_bo *bo, uint64_t *words)
{
	const uint32_t addresses[] = {
		[SOURCE] = (uint32_t)bo->iova + COPY_SOURCE, [TARGET] = (uint32_t)bo->iova + COPY_TARGET,
	};
	unsigned int n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(copy); i++)
		words[n++] = word(copy[i].reg, copy[i].kind == NUMBER ? copy[i].value : addresses[copy[i].kind]);
	while (n % 4 != 1)
		words[n++] = 0;
	words[n++] = regcmd(NPU_TARGET_PC, 0, ROCKET_PC_REGISTER_AMOUNTS);
	words[n++] = regcmd(NPU_TARGET_MARKER, 0, 0);
	words[n++] = regcmd(NPU_TARGET_OP_ENABLE, NPU_ENABLE_DPU | NPU_ENABLE_DPU_RDMA, ROCKET_PC_OPERATION_ENABLE);
	return n;
}

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

static unsigned int fill_stream(struct fuzz *f, const struct fuzz_bo *bo, uint64_t *words)
{
	unsigned int count = 4 + below(f, STREAM_WORDS - 4);

	if (!one_in(f, 8)) {
		count = fill_copy(bo, words);
		spoil(f, words, count);
		return count;
	}
	for (unsigned int i = 0; i < count; i++)
		words[i] = random_word(f);
	words[count - 1] = regcmd(NPU_TARGET_OP_ENABLE, below(f, 128), ROCKET_PC_OPERATION_ENABLE);
	return count;
}

static int run_stream(struct fuzz *f, struct fuzz_bo *bo, uint64_t *words)
{
	unsigned int count = fill_stream(f, bo, words);
	struct drm_rocket_task task = { .regcmd = (uint32_t)bo->iova, .regcmd_count = count };
	struct drm_rocket_job job = {
		.tasks = (uintptr_t)&task, .task_count = 1, .task_struct_size = sizeof(task),
		.out_bo_handles = (uintptr_t)&bo->handle, .out_bo_handle_count = 1,
	};
	struct drm_rocket_submit a = {
		.jobs = (uintptr_t)&job, .job_count = 1, .job_struct_size = sizeof(job),
	};
	struct drm_rocket_fini_bo fini = { .handle = bo->handle };
	struct drm_rocket_prep_bo prep = { .handle = bo->handle };
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	prep.timeout_ns = t.tv_sec * 1000000000ll + t.tv_nsec + STREAM_WAIT_NS;
	if (ioctl(f->fd[0], DRM_IOCTL_ROCKET_FINI_BO, &fini) || ioctl(f->fd[0], DRM_IOCTL_ROCKET_SUBMIT, &a) ||
	    ioctl(f->fd[0], DRM_IOCTL_ROCKET_PREP_BO, &prep))
		return -errno;
	return 0;
}

int client_fuzz_stream(const struct options *o, struct diag *d)
{
	struct drm_rocket_create_bo a = { .size = COPY_TARGET + COPY_BYTES };
	struct fuzz f = { .fd = { -1, -1, -1 } };
	struct fuzz_bo bo;
	uint64_t *words = MAP_FAILED;
	int ret = open_all(&f, d);

	if (!ret && ioctl(f.fd[0], DRM_IOCTL_ROCKET_CREATE_BO, &a))
		ret = diag_error(d, -errno, "no buffer: %s", strerror(errno));
	bo = (struct fuzz_bo){ a.handle, a.dma_address, a.offset, a.size };
	if (!ret)
		words = mmap(NULL, bo.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, f.fd[0], (off_t)bo.offset);
	if (!ret && words == MAP_FAILED)
		ret = diag_error(d, -errno, "no mapping: %s", strerror(errno));
	while (!ret && f.round < o->runs) {
		begin_round(&f, o->seed);
		ret = run_stream(&f, &bo, words);
		if (ret)
			diag_error(d, ret, "seed %u, round %llu: %s", o->seed, f.round - 1, strerror(-ret));
	}
	printf("streams=%llu seed=%u\n", f.round, o->seed);
	for (int i = 0; i < FUZZ_FILES; i++)
		close(f.fd[i]);
	return ret != 0;
}
