/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Command words as text
 *
 * One line per word: byte offset in the stream, register, value, fields. asm.h reads the same text
 * back.
 *
 *	0000  DPU.S_POINTER               0x0000000e  POINTER_PP_MODE=1 EXECUTER_PP_EN=1
 * POINTER_PP_EN=1 0008  CNA.CONV_CON1               0x00000003  PROC_PRECISION=INT8
 * IN_PRECISION=INT8 CONV_MODE=DEPTHWISE 0010  nop 0018  marker 0020  op-enable 0x0000001d  CNA CORE
 * DPU DPU_RDMA 0028  word                        0x0201000000001ffc  ; unknown register CNA.0x1ffc
 *
 * Fields that are zero are left out unless their values have names. Bits that no field names show
 * as UNNAMED.
 */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct decode_summary - what a listing contains
 * @words: all words
 * @unknown: words that are no known register, marker, op-enable or nop
 * @unnamed: register words with bits that no field names
 * @starts: op-enable words, which is the number of tasks
 */
struct decode_summary {
	size_t words;
	size_t unknown;
	size_t unnamed;
	size_t starts;
};

#define DECODE_LINE_BYTES 1024	/* more than the longest line */

/**
 * decode_word() - one word as text
 * @word: command word
 * @line: text without offset and newline; DECODE_LINE_BYTES long
 * @sum: counted up, or NULL
 */
void decode_word(uint64_t word, char *line, struct decode_summary *sum);

/**
 * decode_listing() - a stream as text
 * @f: where to
 * @words: command words
 * @count: how many
 * @sum: counted up, or NULL
 */
void decode_listing(FILE *f, const uint64_t *words, size_t count, struct decode_summary *sum);

#endif /* DECODE_DECODE_H */
