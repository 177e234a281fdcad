// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Fuzz target: command streams
 *
 * Takes the input as a listing to assemble, as words to list, and as a stream to execute. Whatever it is: nothing may
 * crash, each word must survive the way through its listing, and the core ends idle or hung with a reason.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <decode/asm.h>
#include <decode/decode.h>
#include <model/npu.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STREAM_IOVA 0x20000000u
#define STREAM_BYTES 0x10000u
#define FAULT_BITS 0xe0000000u	/* where the upper four bits are these, nothing is mapped */
#define MEMORY_BYTES 0x40000u	/* everything else is this memory, again and again */
#define TASKS_MAX 4u
#define STEPS 8

struct machine {
	uint8_t stream[STREAM_BYTES];
	uint8_t memory[MEMORY_BYTES];
};

/*
 * The target looks for errors, not for large tensors: sizes are cut to values of which the largest product still runs in
 * well under a second.
 */
static const struct {
	uint32_t offset;
	uint32_t mask;
} limits[] = {
	{ ROCKET_CNA_DATA_SIZE0, 0x003f003f },
	{ ROCKET_CNA_DATA_SIZE1, 0x007f007f },
	{ ROCKET_CNA_DATA_SIZE2, 0x0000001f },
	{ ROCKET_CNA_WEIGHT_SIZE1, 0x00001fff },
	{ ROCKET_CNA_WEIGHT_SIZE2, 0x0707003f },
	{ ROCKET_CNA_FC_DATA_SIZE0, 0x003f003f },
	{ ROCKET_CNA_FC_DATA_SIZE1, 0x0000007f },
	{ ROCKET_CORE_DATAOUT_SIZE_0, 0x000f000f },
	{ ROCKET_CORE_DATAOUT_SIZE_1, 0x0000007f },
	{ ROCKET_DPU_DATA_CUBE_WIDTH, 0x0000003f },
	{ ROCKET_DPU_DATA_CUBE_HEIGHT, 0x01c0000f },
	{ ROCKET_DPU_DATA_CUBE_CHANNEL, 0x007f007f },
	{ ROCKET_DPU_WDMA_SIZE_0, 0x0fff007f },
	{ ROCKET_DPU_WDMA_SIZE_1, 0x000f003f },
	{ ROCKET_DPU_RDMA_DATA_CUBE_WIDTH, 0x0000003f },
	{ ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT, 0x000f000f },
	{ ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL, 0x0000007f },
	{ ROCKET_PPU_DATA_CUBE_IN_WIDTH, 0x0000003f },
	{ ROCKET_PPU_DATA_CUBE_IN_HEIGHT, 0x0000003f },
	{ ROCKET_PPU_DATA_CUBE_IN_CHANNEL, 0x0000007f },
	{ ROCKET_PPU_DATA_CUBE_OUT_WIDTH, 0x0000003f },
	{ ROCKET_PPU_DATA_CUBE_OUT_HEIGHT, 0x0000003f },
	{ ROCKET_PPU_DATA_CUBE_OUT_CHANNEL, 0x0000007f },
	{ ROCKET_PPU_RDMA_CUBE_IN_WIDTH, 0x0000003f },
	{ ROCKET_PPU_RDMA_CUBE_IN_HEIGHT, 0x0000003f },
	{ ROCKET_PPU_RDMA_CUBE_IN_CHANNEL, 0x0000007f },
};

static void fail(const char *what, uint64_t word)
{
	fprintf(stderr, "fuzz_regcmd: %s, word 0x%016llx\n", what, (unsigned long long)word);
	abort();
}

static uint64_t word_at(const uint8_t *data)
{
	uint64_t word = 0;

	for (size_t b = 0; b < REGCMD_BYTES; b++)
		word |= (uint64_t)data[b] << 8 * b;

	return word;
}

static void check_listing(const uint64_t *stream, size_t count)
{
	char line[DECODE_LINE_BYTES];

	for (size_t i = 0; i < count; i++) {
		uint64_t word = stream[i], *back = NULL;
		size_t words = 0;

		decode_word(word, line, NULL);
		if (asm_listing(line, strlen(line), NULL, &back, &words) || words != 1 || *back != word)
			fail("does not come back from its listing", word);
		free(back);
	}
}

/* Memory access of either direction, piece by piece. */
static int dma(struct machine *m, uint32_t iova, uint8_t *to, const uint8_t *from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++, iova++) {
		uint8_t *at = iova - STREAM_IOVA < STREAM_BYTES ? &m->stream[iova - STREAM_IOVA] :
								  &m->memory[iova % MEMORY_BYTES];

		if ((iova & 0xf0000000u) == FAULT_BITS)
			return -1;
		if (to)
			to[i] = *at;
		else
			*at = from[i];
	}

	return 0;
}

static int dma_read(void *opaque, uint32_t iova, void *buf, size_t bytes)
{
	return dma(opaque, iova, buf, NULL, bytes);
}

static int dma_write(void *opaque, uint32_t iova, const void *buf, size_t bytes)
{
	return dma(opaque, iova, NULL, buf, bytes);
}

static void irq(void *opaque, bool level)
{
}

static void report(void *opaque, enum npu_report kind, const char *text)
{
	if (!text || !*text)
		fail("a report without text", 0);
}

/* Words of the task that begins at word @first: up to its op-enable, or all. */
static size_t task_words(const uint64_t *words, size_t first, size_t count)
{
	for (size_t i = first; i < count; i++)
		if (regcmd_target(words[i]) == NPU_TARGET_OP_ENABLE)
			return i + 1 - first;

	return count - first;
}

/*
 * Tasks of an input follow each other. Where a tail names a successor at some small address, as streams do before the
 * runtime has placed them, it gets the address where that is.
 */
static uint64_t linked(uint64_t word, size_t next)
{
	uint32_t value = regcmd_value(word);

	if (regcmd_target(word) == NPU_TARGET_PC && regcmd_offset(word) == ROCKET_PC_BASE_ADDRESS && value &&
	    value < STREAM_IOVA)
		return regcmd(NPU_TARGET_PC, STREAM_IOVA + (uint32_t)next * REGCMD_BYTES, ROCKET_PC_BASE_ADDRESS);

	return word;
}

static void load_stream(struct machine *m, const uint64_t *words, size_t count)
{
	size_t next = task_words(words, 0, count);

	for (size_t i = 0; i < count; i++) {
		uint64_t word;

		if (i == next)
			next += task_words(words, i, count);
		word = linked(words[i], next);
		for (size_t l = 0; l < COUNT(limits); l++)
			if (regcmd_offset(word) == limits[l].offset)
				word = regcmd(regcmd_target(word), regcmd_value(word) & limits[l].mask, limits[l].offset);
		for (size_t b = 0; b < REGCMD_BYTES; b++)
			m->stream[i * REGCMD_BYTES + b] = (uint8_t)(word >> 8 * b);
	}
	for (size_t i = 0; i < MEMORY_BYTES; i++)
		m->memory[i] = (uint8_t)(i * 167 >> 3);
}

static uint32_t count_tasks(const uint64_t *words, size_t count)
{
	uint32_t tasks = 0;

	for (size_t i = 0; i < count && tasks < TASKS_MAX; i++)
		tasks += regcmd_target(words[i]) == NPU_TARGET_OP_ENABLE;

	return tasks ? tasks : 1;
}

static void start(struct npu *npu, const uint64_t *words, size_t count)
{
	npu_write(npu, ROCKET_PC_BASE_ADDRESS, 1);
	npu_write(npu, ROCKET_CNA_S_POINTER, 0xe);
	npu_write(npu, ROCKET_CORE_S_POINTER, 0xe);
	npu_write(npu, ROCKET_PC_BASE_ADDRESS, STREAM_IOVA);
	npu_write(npu, ROCKET_PC_REGISTER_AMOUNTS, regcmd_amount((uint32_t)task_words(words, 0, count)));
	npu_write(npu, ROCKET_PC_INTERRUPT_MASK, 0xf00);
	npu_write(npu, ROCKET_PC_INTERRUPT_CLEAR, 0x1ffff);
	npu_write(npu, ROCKET_PC_TASK_CON, 0x7000 | count_tasks(words, count));
	npu_write(npu, ROCKET_PC_OPERATION_ENABLE, 1);
}

/* Some byte of the input turns the model's switches. */
static struct npu_switches switches_of(uint8_t choice)
{
	struct npu_switches s = npu_switches_default;

#define NPU_SWITCH(name, values, def, question) \
	s.name = (unsigned char)((s.name + (choice & 1)) % (values)); \
	choice >>= 1;
	NPU_SWITCHES(NPU_SWITCH)
#undef NPU_SWITCH

	return s;
}

static void execute(const uint64_t *words, size_t count, uint8_t choice)
{
	static struct machine m;
	static const struct npu_ops ops = {
		.dma_read = dma_read, .dma_write = dma_write, .irq = irq, .report = report,
	};
	struct npu_switches switches = switches_of(choice);
	struct npu *npu;

	if (count > STREAM_BYTES / REGCMD_BYTES)
		count = STREAM_BYTES / REGCMD_BYTES;
	memset(m.stream, 0, sizeof(m.stream));
	load_stream(&m, words, count);
	npu = npu_create(&ops, &m, &switches);
	if (!npu)
		return;
	start(npu, words, count);
	for (int i = 0; i < STEPS && npu_step(npu) == NPU_RUNNING; i++)
		;
	if (npu_state(npu) == NPU_RUNNING)
		fail("still running after the last task", 0);
	if ((npu_state(npu) == NPU_HUNG) != (npu_hang_reason(npu) != NULL))
		fail("state and reason disagree", 0);
	npu_reset(npu);
	if (npu_state(npu) != NPU_IDLE)
		fail("not idle after a reset", 0);
	npu_destroy(npu);
}

/* Return: true when the input is a listing; then its words are what is executed. */
static bool execute_listing(const uint8_t *data, size_t size)
{
	uint64_t *words = NULL;
	size_t count;

	if (asm_listing((const char *)data, size, NULL, &words, &count) || !count)
		return false;
	execute(words, count, data[size - 1]);
	free(words);

	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t words[STREAM_BYTES / REGCMD_BYTES];
	size_t count = size / REGCMD_BYTES;

	if (!size || execute_listing(data, size))
		return 0;
	if (count > COUNT(words))
		count = COUNT(words);
	for (size_t i = 0; i < count; i++)
		words[i] = word_at(data + i * REGCMD_BYTES);
	check_listing(words, count);
	if (count)
		execute(words, count, data[size - 1]);

	return 0;
}
