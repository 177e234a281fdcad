// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Allocation failure on demand
 *
 * The linker sends allocations of the program to __wrap_*() here and gives the true ones as __real_*(). Live blocks are
 * kept in a hash set of their addresses, so that blocks of foreign origin pass through free() uncounted.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc_fail.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *ptr, size_t size);
void __real_free(void *ptr);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
void __wrap_free(void *ptr);

#define SET_MIN_SLOTS 1024	/* a power of two, as all sizes that follow */

static struct {
	uintptr_t *slots;	/* 0 is free */
	size_t size, used;
	size_t countdown;	/* allocations until the one that fails; 0: none will */
	bool hit;
} state;

static size_t slot_of(uintptr_t key)
{
	return (key >> 4) * 0x9e3779b97f4a7c15u >> 20 & (state.size - 1);
}

static void set_put(uintptr_t key)
{
	size_t i = slot_of(key);

	while (state.slots[i])
		i = (i + 1) & (state.size - 1);
	state.slots[i] = key;
	state.used++;
}

static void set_grow(void)
{
	size_t old_size = state.size;
	uintptr_t *old = state.slots;

	state.size = old_size ? old_size * 2 : SET_MIN_SLOTS;
	state.slots = __real_calloc(state.size, sizeof(*state.slots));
	if (!state.slots) {
		fprintf(stderr, "alloc_fail: memory is really out\n");
		exit(1);
	}
	state.used = 0;
	for (size_t i = 0; i < old_size; i++)
		if (old[i])
			set_put(old[i]);
	__real_free(old);
}

static void *born(void *ptr)
{
	if (!ptr)
		return NULL;
	if (state.used * 2 >= state.size)
		set_grow();
	set_put((uintptr_t)ptr);

	return ptr;
}

/* Linear probing without tombstones: the rest of the run is put in again. */
static void died(uintptr_t key)
{
	size_t i;

	if (!key || !state.size)
		return;
	for (i = slot_of(key); state.slots[i] != key; i = (i + 1) & (state.size - 1))
		if (!state.slots[i])
			return;
	state.slots[i] = 0;
	state.used--;
	for (i = (i + 1) & (state.size - 1); state.slots[i]; i = (i + 1) & (state.size - 1)) {
		key = state.slots[i];
		state.slots[i] = 0;
		state.used--;
		set_put(key);
	}
}

static bool fails(void)
{
	if (!state.countdown || --state.countdown)
		return false;
	state.hit = true;
	errno = ENOMEM;

	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : born(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : born(__real_calloc(count, size));
}

void *__wrap_realloc(void *ptr, size_t size)
{
	uintptr_t old = (uintptr_t)ptr;
	void *moved;

	if (fails())
		return NULL;
	moved = __real_realloc(ptr, size);
	if (!moved)
		return NULL;
	died(old);

	return born(moved);
}

void __wrap_free(void *ptr)
{
	died((uintptr_t)ptr);
	__real_free(ptr);
}

void alloc_fail_arm(size_t nth)
{
	state.countdown = nth;
	state.hit = false;
}

bool alloc_fail_hit(void)
{
	return state.hit;
}

size_t alloc_fail_live(void)
{
	return state.used;
}

long alloc_fail_sweep(int (*run)(void *arg), void *arg)
{
	for (long nth = 1;; nth++) {
		size_t before = alloc_fail_live(), after;
		bool hit;
		int ret;

		alloc_fail_arm(nth);
		ret = run(arg);
		hit = alloc_fail_hit();
		alloc_fail_arm(0);
		after = alloc_fail_live();
		if (after != before) {
			fprintf(stderr, "allocation %ld failed: %zu blocks before, %zu after\n", nth, before, after);
			return -1;
		}
		if (ret && (!hit || ret != -ENOMEM)) {
			fprintf(stderr, "allocation %ld %s: returned %d\n", nth, hit ? "failed" : "not reached", ret);
			return -1;
		}
		if (!hit)
			return nth - 1;
	}
}
