/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Inside the NPU model
 *
 * The state of one core and what every block needs from it: DMA, reports, hanging. The blocks
 * themselves have a header each; a function of a block returns 0, or -1 after it made the core
 * hang.
 */
#ifndef MODEL_PRIVATE_H
#define MODEL_PRIVATE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "cbuf.h"
#include "cna.h"
#include "core.h"
#include "dpu.h"
#include "npu.h"
#include "pc.h"
#include "ppu.h"
#include "rdma.h"
#include "regs.h"

#define NPU_TEXT_BYTES	256

struct npu {
	struct npu_ops ops;
	void *opaque;
	struct npu_switches switches;
	enum npu_state state;
	bool unimp_reported;		/* in the task that runs */
	char hang_text[NPU_TEXT_BYTES];
	struct npu_stats stats;
	struct regs regs;
	struct pc pc;
	struct conv conv;
	struct cbuf cbuf;
	struct core core;
	struct rdma rdma;
	struct dpu dpu;
	struct ppu ppu;
};

/* npu_guest_error() - the stream or the driver did something wrong; execution goes on */
void npu_guest_error(struct npu *npu, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* npu_unimp() - a feature that the model does not have; only the first of a task is reported */
void npu_unimp(struct npu *npu, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A field that must be 0, because the model does not have what it switches on. */
struct unmodelled {
	unsigned int index;	/* of the register in its block */
	uint32_t mask;
	const char *what;
};

#define UNMODELLED(reg, field) { REG_INDEX(ROCKET_##reg), ROCKET_##reg##_##field, #reg "." #field }

/* npu_check_unmodelled() - npu_unimp() for each of @n fields of the registers @r that is not 0 */
void npu_check_unmodelled(struct npu *npu, const uint32_t *r, const struct unmodelled *fields,
			  unsigned int n);

/**
 * npu_hang() - the core waits for ever
 * @npu: core
 * @fmt: the reason
 *
 * Reported as NPU_GUEST_ERROR too.
 * Return: -1
 */
int npu_hang(struct npu *npu, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * npu_dma_read() - a block reads memory
 * @npu: core
 * @who: block, for the reason text
 * @iova: address, before TASK_DMA_BASE_ADDR is added
 * @buf: destination
 * @bytes: size
 *
 * Return: 0; -1 after the DMA error event was raised and the core hangs.
 */
int npu_dma_read(struct npu *npu, const char *who, uint32_t iova, void *buf, size_t bytes);

/* npu_dma_write() - a block writes memory; see npu_dma_read() */
int npu_dma_write(struct npu *npu, const char *who, uint32_t iova, const void *buf, size_t bytes);

/* npu_fetch() - the PC reads commands: TASK_DMA_BASE_ADDR is not added */
int npu_fetch(struct npu *npu, uint32_t iova, void *buf, size_t bytes);

/* npu_raise() - set event bits and drive the interrupt line */
void npu_raise(struct npu *npu, uint32_t events);

/* npu_running() - the register group that @block executes */
static inline const uint32_t *npu_running(const struct npu *npu, enum npu_block block)
{
	return regs_running(&npu->regs, block);
}

#endif /* MODEL_PRIVATE_H */
