/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Compiled models on disk
 *
 * A folder of programs, each named by what it was compiled from and by whom. Whatever is wrong with
 * the folder or a file in it costs the time of a compilation and a warning, never a result.
 */
#ifndef DELEGATE_CACHE_H
#define DELEGATE_CACHE_H

#include <stdint.h>

struct diag;
struct graph;
struct program;

#define CACHE_KEY_BYTES	16

/**
 * struct cache_key - name of a program
 * @bytes: hash of the graph and of this library; see cache_key()
 */
struct cache_key {
	uint8_t bytes[CACHE_KEY_BYTES];
};

/**
 * cache_key() - name the program that a graph compiles to
 * @g: graph
 * @out: receives the name
 *
 * The build of this library is part of it, so a program of another compiler is never found.
 *
 * Return: 0; -ENOTSUP when this library was linked without a build id.
 */
int cache_key(const struct graph *g, struct cache_key *out);

/**
 * cache_load() - look for a program
 * @dir: folder
 * @key: name
 * @d: receives a warning when there is a file that cannot be used
 * @out: the verified program, owned by the caller
 *
 * Return: 0; -ENOENT when there is none; other negative errnos when it cannot be used.
 */
int cache_load(const char *dir, const struct cache_key *key, struct diag *d, struct program **out);

/**
 * cache_store() - keep a program
 * @dir: folder; made when it is not there
 * @key: name
 * @p: verified program
 * @d: receives a warning when it cannot be kept
 *
 * A reader, in whatever process, finds the whole file or none.
 */
void cache_store(const char *dir, const struct cache_key *key, const struct program *p,
		 struct diag *d);

#endif /* DELEGATE_CACHE_H */
