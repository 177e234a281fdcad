// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Files, objects and a right stream for random tests
 */
#include <errno.h>
#include <fcntl.h>
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

#include "fuzz.h"

#define SIDE	FUZZ_COPY_SIDE
#define CHANNELS FUZZ_COPY_CHANNELS
#define WAIT_NS	20000000000ull	/* more than the time limits of all jobs that may be in front */

int fuzz_open(struct fuzz *f, unsigned int file)
{
	f->fd[file] = open(FUZZ_NODE, O_RDWR | O_CLOEXEC);
	f->bos[file] = memset(f->own[file], 0, sizeof(f->own[file]));
	return f->fd[file] < 0 ? -errno : 0;
}

int fuzz_open_all(struct fuzz *f, struct diag *d)
{
	for (unsigned int i = 0; i < FUZZ_FILES; i++) {
		int ret = fuzz_open(f, i);

		if (ret)
			return diag_error(d, ret, FUZZ_NODE ": %s", strerror(-ret));
	}
	return 0;
}

void fuzz_close_all(struct fuzz *f)
{
	for (unsigned int i = 0; i < FUZZ_FILES; i++)
		if (f->fd[i] >= 0)
			close(f->fd[i]);
}

void *fuzz_create_bo(struct fuzz *f, unsigned int file, struct fuzz_bo *bo, struct diag *d)
{
	struct drm_rocket_create_bo a = { .size = (uint32_t)bo->bytes };
	void *at = MAP_FAILED;

	if (!ioctl(f->fd[file], DRM_IOCTL_ROCKET_CREATE_BO, &a))
		at = mmap(NULL, a.size, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd[file], (off_t)a.offset);
	if (at == MAP_FAILED) {
		diag_error(d, -errno, "no buffer: %s", strerror(errno));
		return NULL;
	}
	*bo = (struct fuzz_bo){ .handle = a.handle, .iova = a.dma_address, .offset = a.offset, .bytes = a.size };
	return at;
}

int fuzz_begin(struct fuzz *f, unsigned int file, const struct fuzz_bo *bo)
{
	struct drm_rocket_fini_bo fini = { .handle = bo->handle };

	return ioctl(f->fd[file], DRM_IOCTL_ROCKET_FINI_BO, &fini) ? -errno : 0;
}

struct drm_rocket_job fuzz_job(const struct drm_rocket_task *tasks, uint32_t count, const struct fuzz_bo *bo)
{
	return (struct drm_rocket_job){
		.tasks = (uintptr_t)tasks, .task_count = count, .task_struct_size = sizeof(*tasks),
		.out_bo_handles = (uintptr_t)&bo->handle, .out_bo_handle_count = 1,
	};
}

int fuzz_submit(struct fuzz *f, unsigned int file, const struct drm_rocket_job *jobs, uint32_t count)
{
	struct drm_rocket_submit a = {
		.jobs = (uintptr_t)jobs, .job_count = count, .job_struct_size = sizeof(*jobs),
	};

	return ioctl(f->fd[file], DRM_IOCTL_ROCKET_SUBMIT, &a) ? -errno : 0;
}

int fuzz_end(struct fuzz *f, unsigned int file, const struct fuzz_bo *bo)
{
	struct drm_rocket_prep_bo prep = { .handle = bo->handle, .timeout_ns = fuzz_deadline(WAIT_NS) };

	return ioctl(f->fd[file], DRM_IOCTL_ROCKET_PREP_BO, &prep) ? -errno : 0;
}

int64_t fuzz_deadline(uint64_t ns)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec + (int64_t)ns;
}

/* One row for each register of a stream that copies an object with the DPU. */
enum value { NUMBER, SOURCE, TARGET };

/* Source: Documentation/npu/blocks.rst, DPU in pass-through of 4 x 4 x 16 bytes */
static const struct {
	uint32_t reg, value;
	enum value kind;
} copy[] = {
	{ ROCKET_DPU_S_POINTER, FUZZ_POINTERS, NUMBER },
	{ ROCKET_DPU_RDMA_S_POINTER, FUZZ_POINTERS, NUMBER },
	{ ROCKET_DPU_FEATURE_MODE_CFG, 0x1e5, NUMBER },
	{ ROCKET_DPU_DATA_FORMAT, 0, NUMBER },
	{ ROCKET_DPU_OFFSET_PEND, 0, NUMBER },
	{ ROCKET_DPU_DST_BASE_ADDR, 0, TARGET },
	{ ROCKET_DPU_DST_SURF_STRIDE, FUZZ_COPY_BYTES, NUMBER },
	{ ROCKET_DPU_DATA_CUBE_WIDTH, SIDE - 1, NUMBER },
	{ ROCKET_DPU_DATA_CUBE_HEIGHT, SIDE - 1, NUMBER },
	{ ROCKET_DPU_DATA_CUBE_NOTCH_ADDR, 0, NUMBER },
	{ ROCKET_DPU_DATA_CUBE_CHANNEL, (CHANNELS - 1) << 16 | (CHANNELS - 1), NUMBER },
	{ ROCKET_DPU_BS_CFG, 0x53, NUMBER },
	{ ROCKET_DPU_BN_CFG, 0x53, NUMBER },
	{ ROCKET_DPU_EW_CFG, 0x383, NUMBER },
	{ ROCKET_DPU_EW_CVT_SCALE_VALUE, 1, NUMBER },
	{ ROCKET_DPU_BS_OW_CFG, 2, NUMBER },
	{ ROCKET_DPU_WDMA_SIZE_0, CHANNELS - 1, NUMBER },
	{ ROCKET_DPU_WDMA_SIZE_1, (SIDE - 1) << 16 | (SIDE - 1), NUMBER },
	{ ROCKET_DPU_OUT_CVT_SCALE, 1, NUMBER },
	{ ROCKET_DPU_SURFACE_ADD, FUZZ_COPY_BYTES, NUMBER },
	{ ROCKET_DPU_RDMA_DATA_CUBE_WIDTH, SIDE - 1, NUMBER },
	{ ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT, SIDE - 1, NUMBER },
	{ ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL, CHANNELS - 1, NUMBER },
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

uint32_t fuzz_copy(uint64_t iova, uint64_t *words)
{
	const uint32_t addresses[] = {
		[SOURCE] = (uint32_t)iova + FUZZ_COPY_SOURCE, [TARGET] = (uint32_t)iova + FUZZ_COPY_TARGET,
	};
	uint32_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(copy); i++)
		words[n++] = word(copy[i].reg, copy[i].kind == NUMBER ? copy[i].value : addresses[copy[i].kind]);
	while (n % 4 != 1)
		words[n++] = 0;
	words[n++] = regcmd(NPU_TARGET_PC, 0, ROCKET_PC_REGISTER_AMOUNTS);
	words[n++] = regcmd(NPU_TARGET_MARKER, 0, 0);
	words[n++] = regcmd(NPU_TARGET_OP_ENABLE, NPU_ENABLE_DPU | NPU_ENABLE_DPU_RDMA, ROCKET_PC_OPERATION_ENABLE);
	return n;
}

void fuzz_copy_fill(struct fuzz *f, uint64_t *words)
{
	for (size_t i = FUZZ_COPY_SOURCE / 8; i < FUZZ_COPY_END / 8; i++)
		words[i] = i < FUZZ_COPY_TARGET / 8 ? draw(f) : 0;
}

bool fuzz_copied(const uint64_t *words)
{
	return !memcmp(words + FUZZ_COPY_SOURCE / 8, words + FUZZ_COPY_TARGET / 8, FUZZ_COPY_BYTES);
}
