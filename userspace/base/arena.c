// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bits.h"

#define BLOCK_BYTES 65536	/* large requests get a block of their own */

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(max_align_t) unsigned char data[];
};

static struct arena_block *add_block(struct arena *a, size_t bytes)
{
	struct arena_block *b;

	if (bytes > SIZE_MAX - sizeof(*b))
		return NULL;
	b = calloc(1, sizeof(*b) + bytes);
	if (!b)
		return NULL;
	b->size = bytes;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
	struct arena_block *b = a->blocks;
	size_t bytes, start;

	if (size && count > (SIZE_MAX / 2) / size)
		return NULL;
	bytes = align_up(count * size, _Alignof(max_align_t));
	if (!b || b->size - b->used < bytes) {
		b = add_block(a, bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
		if (!b)
			return NULL;
	}
	start = b->used;
	b->used += bytes;
	return b->data + start;
}

char *arena_strndup(struct arena *a, const char *s, size_t length)
{
	size_t n = strnlen(s, length);
	char *copy = arena_alloc(a, n + 1, 1);

	if (copy)
		memcpy(copy, s, n);
	return copy;
}

void *arena_memdup(struct arena *a, const void *p, size_t bytes)
{
	void *copy = arena_alloc(a, bytes, 1);

	if (copy && bytes)
		memcpy(copy, p, bytes);
	return copy;
}

void arena_fini(struct arena *a)
{
	struct arena_block *b = a->blocks;

	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
	a->blocks = NULL;
}
