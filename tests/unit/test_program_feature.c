// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of packing and unpacking feature maps
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <program/program.h>

#define ATOM	16
#define GUARD	64
#define FREE	0xee	/* memory that nobody may touch */

struct sizes {
	const char *why;
	uint32_t height, width, channels;
	uint32_t spare_line, spare_surface,
		more_surfaces; /* atoms, atoms, surfaces beyond the dense layout */
};

static const struct sizes sizes[] = {
	{ "one byte", 1, 1, 1, 0, 0, 0 },
	{ "RGB", 5, 7, 3, 0, 0, 0 },
	{ "a whole atom", 4, 4, 16, 0, 0, 0 },
	{ "two atoms and a bit", 3, 5, 33, 0, 0, 0 },
	{ "just below an atom", 2, 3, 15, 0, 0, 0 },
	{ "many channels, one pixel", 1, 1, 1001, 0, 0, 0 },
	{ "gaps between rows and surfaces", 3, 4, 20, 2, 5, 0 },
	{ "surfaces beyond the channels", 3, 4, 20, 0, 0, 2 },
};

static struct program_feature feature_for(const struct sizes *s, uint8_t flip, uint8_t pad)
{
	struct program_feature f = {
		.offset = GUARD,
		.height = s->height,
		.width = s->width,
		.channels = s->channels,
		.line_bytes = (s->width + s->spare_line) * ATOM,
		.surfaces = (s->channels + ATOM - 1) / ATOM + s->more_surfaces,
		.flip = flip,
		.pad = pad,
	};

	f.surface_bytes = f.line_bytes * s->height + s->spare_surface * ATOM;
	return f;
}

static size_t device_bytes(const struct program_feature *f)
{
	return f->offset + (size_t)f->surfaces * f->surface_bytes + GUARD;
}

/* Guide 4.1, byte by byte. */
static size_t at(const struct program_feature *f, uint32_t y, uint32_t x, uint32_t c)
{
	return f->offset + (size_t)(c / ATOM) * f->surface_bytes + (size_t)y * f->line_bytes +
		x * ATOM + c % ATOM;
}

static void fill(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = rand() >> 8;
}

static void check_pack(const struct sizes *s, uint8_t flip, uint8_t pad)
{
	struct program_feature f = feature_for(s, flip, pad);
	size_t pixels = (size_t)s->height * s->width, bytes = pixels * s->channels;
	uint8_t *host = malloc(bytes), *device = malloc(device_bytes(&f)),
		*want = malloc(device_bytes(&f));

	fill(host, bytes);
	memset(device, FREE, device_bytes(&f));
	memset(want, FREE, device_bytes(&f));
	for (uint32_t y = 0; y < f.height; y++)
		for (uint32_t x = 0; x < f.width; x++)
			for (uint32_t c = 0; c < f.surfaces * ATOM; c++)
				want[at(&f, y, x, c)] = c < f.channels
					? host[((size_t)y * f.width + x) * f.channels + c] ^ flip
					: pad;
	feature_pack(&f, host, device);
	if (memcmp(device, want, device_bytes(&f)))
		fail_msg("%s", s->why);
	free(host);
	free(device);
	free(want);
}

static void packing_puts_every_byte_where_the_guide_says(void **state)
{
	srand(3);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		check_pack(&sizes[i], 0x80, 0x85);
		check_pack(&sizes[i], 0, 0xfb);
	}
}

static void unpacking_undoes_packing_and_writes_nothing_else(void **state)
{
	srand(4);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const struct sizes *s = &sizes[i];
		struct program_feature f = feature_for(s, 0x80, 0);
		size_t bytes = (size_t)s->height * s->width * s->channels;
		uint8_t *host = malloc(bytes), *device = malloc(device_bytes(&f)),
			*back = malloc(bytes + GUARD);

		fill(host, bytes);
		fill(device, device_bytes(&f));
		memset(back, FREE, bytes + GUARD);
		feature_pack(&f, host, device);
		feature_unpack(&f, device, back);
		if (memcmp(host, back, bytes))
			fail_msg("%s", s->why);
		for (size_t k = 0; k < GUARD; k++)
			assert_int_equal(back[bytes + k], FREE);
		free(host);
		free(device);
		free(back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packing_puts_every_byte_where_the_guide_says),
		cmocka_unit_test(unpacking_undoes_packing_and_writes_nothing_else),
	};

	return cmocka_run_group_tests_name("program_feature", tests, NULL, NULL);
}
