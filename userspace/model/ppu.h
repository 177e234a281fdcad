/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: PPU, pooling
 *
 * Maximum, minimum and average over windows of a feature map in memory, together with its reader
 * PPU_RDMA.
 */
#ifndef MODEL_PPU_H
#define MODEL_PPU_H

#include <stdint.h>

#include <npu/limits.h>

struct npu;

#define PPU_LINES	16	/* rows of the highest window */
#define PPU_WIDTH	8192	/* widest map: 13-bit field */

/**
 * struct ppu - working memory
 * @lines: input rows of one surface that the current output row needs
 * @row: output row
 */
struct ppu {
	uint8_t lines[PPU_LINES][PPU_WIDTH * NPU_ATOM_BYTES];
	uint8_t row[PPU_WIDTH * NPU_ATOM_BYTES];
};

/**
 * ppu_run() - execute a pooling task from the running groups of PPU and PPU_RDMA
 * @npu: core
 *
 * Return: 0; -1 when the core hangs.
 */
int ppu_run(struct npu *npu);

#endif /* MODEL_PPU_H */
