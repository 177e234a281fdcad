// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CRC-32
 *
 * Eight bytes at a time, by one table for each of them: table n holds what a byte does to the
 * remainder when n more bytes follow it. The tables are made anew in each call, which costs as much
 * as a few thousand bytes and needs no state.
 */
#include "crc32.h"

#define POLYNOMIAL	0xedb88320u	/* 0x04c11db7, lowest bit first */
#define SLICES		8

static void make_tables(uint32_t table[SLICES][256])
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t rest = byte;

		for (int bit = 0; bit < 8; bit++)
			rest = rest >> 1 ^ (rest & 1 ? POLYNOMIAL : 0);
		table[0][byte] = rest;
	}
	for (uint32_t n = 1; n < SLICES; n++)
		for (uint32_t byte = 0; byte < 256; byte++)
			table[n][byte] =
				table[n - 1][byte] >> 8 ^ table[0][table[n - 1][byte] & 0xff];
}

uint32_t crc32_of(uint32_t before, const void *data, size_t bytes)
{
	uint32_t table[SLICES][256], rest = ~before;
	const uint8_t *p = data;

	make_tables(table);
	for (; bytes >= SLICES; bytes -= SLICES, p += SLICES) {
		uint32_t next = 0;

		for (unsigned int i = 0; i < SLICES; i++) {
			uint8_t mixed = i < 4 ? p[i] ^ rest >> 8 * i : p[i];

			next ^= table[SLICES - 1 - i][mixed];
		}
		rest = next;
	}
	for (; bytes; bytes--)
		rest = rest >> 8 ^ table[0][(rest ^ *p++) & 0xff];

	return ~rest;
}
