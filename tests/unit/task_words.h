/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Words of a compiled task
 *
 * What tests of the compiler look up in a program's streams.
 */
#ifndef UNIT_TASK_WORDS_H
#define UNIT_TASK_WORDS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <npu/regcmd.h>
#include <program/program.h>

/* word_at() - word @i of a task */
static inline uint64_t word_at(const struct program *p, uint32_t task, uint32_t i)
{
	uint64_t word;

	memcpy(&word, p->buffers[PROGRAM_REGCMD].data + p->tasks[task].offset + i * REGCMD_BYTES,
	       sizeof(word));
	return word;
}

/* register_of() - what a task writes to a register last */
static inline uint32_t register_of(const struct program *p, uint32_t task, uint32_t reg)
{
	for (uint32_t i = p->tasks[task].words; i-- > 0;)
		if (regcmd_offset(word_at(p, task, i)) == reg &&
		    regcmd_target(word_at(p, task, i)) != NPU_TARGET_OP_ENABLE)
			return regcmd_value(word_at(p, task, i));
	fail_msg("register 0x%x is not written", reg);
	return 0;
}

#endif /* UNIT_TASK_WORDS_H */
