// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kcov.h>

#include "fuzz.h"
#include "fuzz_cover.h"

#define KCOV		"/sys/kernel/debug/kcov"
#define AREA_WORDS	(1u << 16)	/* a sequence of calls passes some thousand points */
#define AREA_BYTES	(AREA_WORDS * sizeof(uint64_t))

/* Instructions are 4 bytes; the module's text is far below 4 MiB, so that no two points share a bit. */
#define PC_SHIFT	2
#define POINT_BITS	20
#define WAY_BITS	18
#define COLUMNS		100

static uint32_t point(uint64_t pc)
{
	return (uint32_t)(pc >> PC_SHIFT) & ((1u << POINT_BITS) - 1);
}

/* Returns whether the bit is new. */
static bool mark(uint64_t *bits, uint32_t i)
{
	uint64_t bit = 1ull << i % 64;
	bool is_new = !(bits[i / 64] & bit);

	bits[i / 64] |= bit;
	return is_new;
}

static bool marked(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> i % 64 & 1;
}

int cover_open(struct cover *c)
{
	*c = (struct cover){ .fd = open(KCOV, O_RDWR | O_CLOEXEC) };
	if (c->fd < 0)
		return -errno;
	c->points = calloc((1u << POINT_BITS) / 64, sizeof(uint64_t));
	c->ways = calloc((1u << WAY_BITS) / 64, sizeof(uint64_t));
	if (!c->points || !c->ways)
		return -ENOMEM;
	if (ioctl(c->fd, KCOV_INIT_TRACE, AREA_WORDS))
		return -errno;
	c->area = mmap(NULL, AREA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);
	if (c->area == MAP_FAILED) {
		c->area = NULL;
		return -errno;
	}
	if (ioctl(c->fd, KCOV_ENABLE, KCOV_TRACE_PC))
		return -errno;
	__atomic_store_n(&c->area[0], 0, __ATOMIC_RELAXED);
	return 0;
}

unsigned int cover_take(struct cover *c)
{
	uint64_t n = __atomic_load_n(&c->area[0], __ATOMIC_RELAXED);
	unsigned int found = 0;
	uint32_t last = 0;

	for (uint64_t i = 1; i <= n && i < AREA_WORDS; i++) {
		uint32_t at = point(c->area[i]);
		uint32_t way = (uint32_t)fuzz_mix((uint64_t)last << 32 | at) & ((1u << WAY_BITS) - 1);
		bool new_point = mark(c->points, at), new_way = mark(c->ways, way);

		c->n_points += new_point;
		c->n_ways += new_way;
		found += new_point + new_way;
		last = at;
	}
	__atomic_store_n(&c->area[0], 0, __ATOMIC_RELAXED);
	return found;
}

struct function {
	uint64_t start;
	char name[64];
};

static int by_start(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* The text of the module, in order. */
static size_t read_functions(struct function *list, size_t max)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[256];
	size_t n = 0;

	while (f && n < max && fgets(line, sizeof(line), f)) {
		struct function *to = &list[n];
		char module[32], type;

		if (sscanf(line, "%" SCNx64 " %c %63s [%31[^]]", &to->start, &type, to->name, module) == 4 &&
		    (type == 't' || type == 'T') && !strcmp(module, "rocket"))
			n++;
	}
	if (f)
		fclose(f);
	qsort(list, n, sizeof(*list), by_start);
	return n;
}

static bool entered(const struct cover *c, uint64_t start, uint64_t end)
{
	for (; start < end; start += 1u << PC_SHIFT)
		if (marked(c->points, point(start)))
			return true;
	return false;
}

void cover_print_functions(const struct cover *c)
{
	static struct function list[2048];
	size_t n = read_functions(list, sizeof(list) / sizeof(list[0])), hit = 0, all = 0, column = COLUMNS;

	/* The rest are the tracepoints' and the compiler's. */
	for (size_t i = 0; i + 1 < n; i++) {
		if (strncmp(list[i].name, "rocket_", strlen("rocket_")))
			continue;
		all++;
		if (entered(c, list[i].start, list[i + 1].start)) {
			hit++;
			continue;
		}
		if (column + strlen(list[i].name) >= COLUMNS) {
			printf(column == COLUMNS ? "never entered by a call:\n " : "\n ");
			column = 1;
		}
		column += (size_t)printf(" %s", list[i].name);
	}
	printf("\nfunctions=%zu of %zu\n", hit, all);
}

void cover_close(struct cover *c)
{
	if (c->area) {
		ioctl(c->fd, KCOV_DISABLE, 0);
		munmap(c->area, AREA_BYTES);
	}
	if (c->fd >= 0)
		close(c->fd);
	free(c->points);
	free(c->ways);
}
