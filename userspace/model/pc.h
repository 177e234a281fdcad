/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: PC, the command processor
 *
 * Fetches command streams, writes the registers of all blocks, starts blocks, counts tasks and
 * raises the interrupt.
 */
#ifndef MODEL_PC_H
#define MODEL_PC_H

#include <stdbool.h>
#include <stdint.h>

struct npu;

#define PC_BUFFER_WORDS	512

/**
 * struct pc - state that is not in a register
 * @tasks_done: tasks of this start that ended
 * @events: raw interrupt status
 * @line: level of the interrupt line
 * @next_written: the stream that runs has written BASE_ADDRESS
 * @marker: the stream that runs has written the marker word
 * @enabled: op-enable masks of the stream that runs, ORed
 * @mask: op-enable mask of the blocks that run
 * @ended: events of the blocks that ran last
 * @pointers: blocks whose S_POINTER the stream that runs has written, one bit each
 * @buffer: fetched words
 */
struct pc {
	uint32_t tasks_done;
	uint32_t events;
	bool line;
	bool next_written;
	bool marker;
	uint32_t enabled;
	uint32_t mask;
	uint32_t ended;
	uint32_t pointers;
	uint64_t buffer[PC_BUFFER_WORDS];
};

/* pc_start() - PC.OPERATION_ENABLE was written with 1 */
void pc_start(struct npu *npu);

/* pc_step() - fetch one stream, run what it enables; see npu_step() */
int pc_step(struct npu *npu);

/* pc_update_line() - the events or the mask changed */
void pc_update_line(struct npu *npu);

#endif /* MODEL_PC_H */
