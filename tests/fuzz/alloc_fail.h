/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Allocation failure on demand
 *
 * Makes the N-th allocation of a test program fail and counts the blocks that are still alive. It replaces malloc,
 * calloc, realloc and free of the objects linked into the program (not of shared libraries: a strdup() inside libc does
 * not count, its later free() is ignored). In meson:
 *
 *	alloc_fail_dep = declare_dependency(sources: files('../../tests/fuzz/alloc_fail.c'),
 *	  include_directories: include_directories('../../tests'),
 *	  link_args: ['-Wl,--wrap=malloc', '-Wl,--wrap=calloc', '-Wl,--wrap=realloc', '-Wl,--wrap=free'])
 *
 * Not for threads.
 */
#ifndef FUZZ_ALLOC_FAIL_H
#define FUZZ_ALLOC_FAIL_H

#include <stdbool.h>
#include <stddef.h>

/**
 * alloc_fail_arm() - choose the allocation that fails
 * @nth: 1 is the next one; 0 lets all succeed. Only that one fails, later ones succeed again
 */
void alloc_fail_arm(size_t nth);

/**
 * alloc_fail_hit() - did the chosen allocation come
 *
 * Return: true when an allocation has failed since alloc_fail_arm().
 */
bool alloc_fail_hit(void);

/**
 * alloc_fail_live() - blocks allocated and not freed
 *
 * Return: number of blocks of this program's own objects.
 */
size_t alloc_fail_live(void);

/**
 * alloc_fail_sweep() - fail each allocation of a piece of code in turn
 * @run: the code under test; returns 0 or a negative errno and frees everything it made
 * @arg: passed to @run
 *
 * Calls @run with the first allocation failing, then the second, until it runs through. Every run must return 0 or
 * -ENOMEM and leave as many live blocks as it found; the run without a failure must return 0. A breach is printed to
 * stderr with the number of the allocation.
 *
 * Return: the number of failures injected; -1 after a breach.
 */
long alloc_fail_sweep(int (*run)(void *arg), void *arg);

#endif /* FUZZ_ALLOC_FAIL_H */
