// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The model as a device
 *
 * Plays the kernel driver for a core of the NPU model: a device address space, the start sequence
 * of a task, the interrupt, and recovery by reset. Jobs run inside submit. Everything the model
 * reports fails the job: an error of the stream, or a feature whose result the model would have to
 * invent.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>
#include <model/npu.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "backend.h"

#define PAGE_BYTES	4096u
#define IOVA_FIRST	PAGE_BYTES		/* address 0 always faults */
#define IOVA_END	0xfffff000u
#define REPORTS_MAX	8			/* per job; one mistake repeats for every row */

struct mapping {
	struct bo bo;
	uint32_t mapped;			/* bytes, whole pages */
};

struct sim {
	struct npu *npu;
	struct mapping *maps; /* sorted by address; an unmapped page lies between any two */
	uint32_t n_maps, max_maps;
	uint32_t last;				/* mapping that answered last */
	uint32_t next_handle;
	bool irq;
	struct diag *diag;			/* of the job that runs */
	unsigned int reports;
};

static struct mapping *find(struct sim *sim, uint32_t iova, size_t bytes)
{
	uint32_t low = 0, high = sim->n_maps;

	if (sim->last < sim->n_maps &&
	    iova - sim->maps[sim->last].bo.iova < sim->maps[sim->last].mapped) {
		low = sim->last;
	} else {
		while (high - low > 1) {
			uint32_t mid = low + (high - low) / 2;

			if (sim->maps[mid].bo.iova <= iova)
				low = mid;
			else
				high = mid;
		}
	}
	if (low >= sim->n_maps || iova < sim->maps[low].bo.iova || bytes > sim->maps[low].mapped ||
	    iova - sim->maps[low].bo.iova > sim->maps[low].mapped - bytes)
		return NULL;
	sim->last = low;
	return &sim->maps[low];
}

static int dma_read(void *opaque, uint32_t iova, void *buf, size_t bytes)
{
	struct mapping *m = find(opaque, iova, bytes);

	if (!m)
		return -EFAULT;
	memcpy(buf, (uint8_t *)m->bo.map + (iova - m->bo.iova), bytes);
	return 0;
}

static int dma_write(void *opaque, uint32_t iova, const void *buf, size_t bytes)
{
	struct mapping *m = find(opaque, iova, bytes);

	if (!m)
		return -EFAULT;
	memcpy((uint8_t *)m->bo.map + (iova - m->bo.iova), buf, bytes);
	return 0;
}

static void irq(void *opaque, bool level)
{
	struct sim *sim = opaque;

	sim->irq = level;
}

static void report(void *opaque, enum npu_report kind, const char *text)
{
	struct sim *sim = opaque;

	if (sim->reports++ < REPORTS_MAX)
		diag_error(sim->diag, -EIO,
			   kind == NPU_UNIMP ? "the model of the NPU does not have this: %s" :
					       "the command stream is wrong: %s",
			   text);
}

static bool sim_claims(const char *name)
{
	return !strcmp(name, "sim");
}

static int sim_open(const char *name, struct diag *d, void **handle, const char **title)
{
	static const struct npu_ops ops = { dma_read, dma_write, irq, report };
	struct sim *sim = calloc(1, sizeof(*sim));

	if (sim)
		sim->npu = npu_create(&ops, sim, NULL);
	if (!sim || !sim->npu) {
		free(sim);
		return diag_error(d, -ENOMEM, "out of memory for the model of the NPU");
	}
	*handle = sim;
	*title = "sim";
	return 0;
}

static void sim_close(void *handle)
{
	struct sim *sim = handle;

	for (uint32_t i = 0; i < sim->n_maps; i++)
		free(sim->maps[i].bo.map);
	free(sim->maps);
	npu_destroy(sim->npu);
	free(sim);
}

/*
 * The first gap that holds @bytes and an unmapped page behind; its place in the table, or n_maps +
 * 1 when there is none.
 */
static uint32_t find_gap(const struct sim *sim, uint32_t bytes, uint32_t *iova)
{
	uint64_t at = IOVA_FIRST;

	for (uint32_t i = 0; i <= sim->n_maps; i++) {
		uint64_t end = i < sim->n_maps ? sim->maps[i].bo.iova : IOVA_END;

		if (at + bytes + PAGE_BYTES <= end) {
			*iova = (uint32_t)at;
			return i;
		}
		if (i < sim->n_maps)
			at = (uint64_t)sim->maps[i].bo.iova + sim->maps[i].mapped + PAGE_BYTES;
	}
	return sim->n_maps + 1;
}

static int sim_bo_create(void *handle, uint32_t bytes, struct diag *d, struct bo *out)
{
	struct sim *sim = handle;
	uint64_t mapped = align_up(bytes, PAGE_BYTES);
	uint32_t at, iova = 0;
	void *map;

	if (!bytes || mapped >= IOVA_END)
		return diag_error(d, -EINVAL, "a buffer of %u bytes cannot be mapped for the NPU",
				  bytes);
	at = find_gap(sim, (uint32_t)mapped, &iova);
	if (at > sim->n_maps)
		return diag_error(d, -ENOSPC,
				  "no room for %u bytes in the 4 GiB that the NPU can address",
				  bytes);
	if (sim->n_maps == sim->max_maps) {
		uint32_t max = sim->max_maps ? 2 * sim->max_maps : 8;
		struct mapping *maps = realloc(sim->maps, max * sizeof(*maps));

		if (!maps)
			return diag_error(d, -ENOMEM, "out of memory for buffers");
		sim->maps = maps;
		sim->max_maps = max;
	}
	map = calloc(1, (size_t)mapped);
	if (!map)
		return diag_error(d, -ENOMEM, "out of memory for a buffer of %u bytes", bytes);
	memmove(sim->maps + at + 1, sim->maps + at, (sim->n_maps - at) * sizeof(*sim->maps));
	sim->maps[at] =
		(struct mapping){ { ++sim->next_handle, iova, bytes, map }, (uint32_t)mapped };
	sim->n_maps++;
	sim->last = at;
	*out = sim->maps[at].bo;
	return 0;
}

static void sim_bo_destroy(void *handle, struct bo *bo)
{
	struct sim *sim = handle;
	uint32_t i = 0;

	while (i < sim->n_maps && sim->maps[i].bo.handle != bo->handle)
		i++;
	if (i < sim->n_maps) {
		free(sim->maps[i].bo.map);
		memmove(sim->maps + i, sim->maps + i + 1,
			(sim->n_maps - i - 1) * sizeof(*sim->maps));
		sim->n_maps--;
		sim->last = 0;
	}
	memset(bo, 0, sizeof(*bo));
}

/* Memory is coherent and jobs end inside submit: nothing to wait for. */
static int sim_bo_sync(void *handle, const struct bo *bo, struct diag *d)
{
	return 0;
}

/* Source: guide 3.5, the sequence of the kernel driver. */
static void start(struct sim *sim, const struct backend_task *task)
{
	const uint32_t pointer = ROCKET_CNA_S_POINTER_POINTER_PP_MODE |
				 ROCKET_CNA_S_POINTER_EXECUTER_PP_EN |
				 ROCKET_CNA_S_POINTER_POINTER_PP_EN;
	const uint32_t done = ROCKET_PC_INTERRUPT_MASK_DPU_0 | ROCKET_PC_INTERRUPT_MASK_DPU_1 |
			      ROCKET_PC_INTERRUPT_MASK_PPU_0 | ROCKET_PC_INTERRUPT_MASK_PPU_1;
	const uint32_t tasks = ROCKET_PC_TASK_CON_UNKNOWN_14 | ROCKET_PC_TASK_CON_TASK_COUNT_CLEAR |
			       ROCKET_PC_TASK_CON_TASK_PP_EN |
			       field_put(1, ROCKET_PC_TASK_CON_TASK_NUMBER);
	const struct { uint32_t offset, value; } sequence[] = {
		{ ROCKET_PC_BASE_ADDRESS, ROCKET_PC_BASE_ADDRESS_PC_SEL },
		{ ROCKET_CNA_S_POINTER, pointer },
		{ ROCKET_CORE_S_POINTER, pointer },
		{ ROCKET_PC_BASE_ADDRESS, task->iova },
		{ ROCKET_PC_REGISTER_AMOUNTS, regcmd_amount(task->words) },
		{ ROCKET_PC_INTERRUPT_MASK, done },
		{ ROCKET_PC_INTERRUPT_CLEAR, done },
		{ ROCKET_PC_TASK_CON, tasks },
		{ ROCKET_PC_TASK_DMA_BASE_ADDR, 0 },
		{ ROCKET_PC_OPERATION_ENABLE, ROCKET_PC_OPERATION_ENABLE_OP_EN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sequence); i++)
		npu_write(sim->npu, sequence[i].offset, sequence[i].value);
}

static int run_task(struct sim *sim, const struct backend_task *task, uint32_t number)
{
	const uint32_t errors = ROCKET_PC_INTERRUPT_MASK_DMA_READ_ERROR |
				ROCKET_PC_INTERRUPT_MASK_DMA_WRITE_ERROR;
	enum npu_state state = NPU_RUNNING;
	uint32_t status;

	start(sim, task);
	while (state == NPU_RUNNING)
		state = npu_step(sim->npu);
	status = npu_read(sim->npu, ROCKET_PC_INTERRUPT_RAW_STATUS);
	if (status & errors)
		return diag_error(sim->diag, -EIO,
				  "task %u: the NPU touched an address where no buffer is", number);
	if (state == NPU_HUNG)
		return diag_error(sim->diag, -ETIMEDOUT, "task %u: the NPU hangs: %s", number,
				  npu_hang_reason(sim->npu));
	if (!sim->irq)
		return diag_error(sim->diag, -ETIMEDOUT,
				  "task %u: the NPU ended without an interrupt", number);
	npu_write(sim->npu, ROCKET_PC_OPERATION_ENABLE, 0);
	npu_write(sim->npu, ROCKET_PC_INTERRUPT_CLEAR, status);
	return sim->reports ? -EIO : 0;
}

static int sim_submit(void *handle, const struct backend_job *job, struct diag *d)
{
	struct sim *sim = handle;
	int ret = 0;

	sim->diag = d;
	sim->reports = 0;
	for (uint32_t i = 0; i < job->n_tasks && !ret; i++) {
		ret = run_task(sim, &job->tasks[i], i);
		if (ret)
			diag_error(d, ret,
				   "task %u of %u failed (stream of %u words at 0x%08x); "
				   "rocket-dis shows what it asks for",
				   i, job->n_tasks, job->tasks[i].words, job->tasks[i].iova);
	}
	if (ret)
		npu_reset(sim->npu);
	sim->diag = NULL;
	return ret;
}

const struct backend backend_sim = {
	.claims = sim_claims,
	.open = sim_open,
	.close = sim_close,
	.bo_create = sim_bo_create,
	.bo_destroy = sim_bo_destroy,
	.bo_prep = sim_bo_sync,
	.bo_fini = sim_bo_sync,
	.submit = sim_submit,
};
