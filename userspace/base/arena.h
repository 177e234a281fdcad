/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Arena allocator
 *
 * Memory that lives and dies together: a graph, a program, the scratch of one compilation. Nothing
 * is freed one by one.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/**
 * struct arena - a growing set of blocks; all zero is a valid empty arena
 * @blocks: newest block first
 */
struct arena {
	struct arena_block *blocks;
};

/**
 * arena_alloc() - zeroed memory for @count elements of @size bytes
 * @a: arena
 * @count: elements; 0 is allowed
 * @size: bytes per element
 *
 * Return: memory owned by the arena, aligned for any type; NULL when memory is out or the product
 * overflows.
 */
void *arena_alloc(struct arena *a, size_t count, size_t size);

/**
 * arena_strndup() - copy of a string
 * @a: arena
 * @s: characters, need not be terminated
 * @length: characters to copy at most; stops at a NUL
 *
 * Return: terminated copy owned by the arena; NULL when memory is out.
 */
char *arena_strndup(struct arena *a, const char *s, size_t length);

/**
 * arena_memdup() - copy of bytes
 * @a: arena
 * @p: bytes
 * @bytes: how many
 *
 * Return: copy owned by the arena; NULL when memory is out.
 */
void *arena_memdup(struct arena *a, const void *p, size_t bytes);

/**
 * arena_fini() - free everything; the arena is empty and usable afterwards
 * @a: arena
 */
void arena_fini(struct arena *a);

#endif /* BASE_ARENA_H */
