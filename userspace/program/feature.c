// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Between NHWC and NC1HWC2
 *
 * Moves whole atoms of 16 channels where it can. The last, partial atom of a pixel is read and
 * written whole too where the bytes beyond it belong to the same tensor.
 */
#include <string.h>

#include <base/bits.h>
#include <npu/limits.h>

#include "program.h"

#define LANES	0x0101010101010101ull	/* one in each byte of a word */

/* Two words: one atom. */
struct atom {
	uint64_t half[2];
};

static struct atom load(const uint8_t *p)
{
	struct atom a;

	memcpy(&a, p, sizeof(a));
	return a;
}

/* The bytes below @count of @a, XORed with @flip; above, @pad. */
static struct atom select_lanes(struct atom a, unsigned int count, uint64_t flip, uint64_t pad)
{
	for (unsigned int i = 0; i < 2; i++) {
		unsigned int bytes = clamp_i64((int64_t)count - 8 * i, 0, 8);
		uint64_t keep = bytes == 8
			? ~0ull
			: (1ull << 8 * bytes) - 1; /* little endian: low bytes first */

		a.half[i] = ((a.half[i] ^ flip) & keep) | (pad & ~keep);
	}
	return a;
}

static void pack_surface(const struct program_feature *f, const uint8_t *host, uint8_t *surface,
			 uint32_t first)
{
	uint64_t flip = f->flip * LANES, pad = f->pad * LANES;
	unsigned int count = clamp_i64((int64_t)f->channels - first, 0, NPU_ATOM_BYTES);
	const uint8_t *end = host + (size_t)f->height * f->width * f->channels;

	for (uint32_t y = 0; y < f->height; y++) {
		uint8_t *out = surface + (size_t)y * f->line_bytes;
		const uint8_t *in = host + (size_t)y * f->width * f->channels + first;

		for (uint32_t x = 0; x < f->width; x++, out += NPU_ATOM_BYTES, in += f->channels) {
			struct atom a = {{0}};

			if (count && in + NPU_ATOM_BYTES <= end)
				a = load(in);
			else
				memcpy(&a, in, count);
			a = select_lanes(a, count, flip, pad);
			memcpy(out, &a, sizeof(a));
		}
	}
}

void feature_pack(const struct program_feature *feature, const void *host, void *device)
{
	uint8_t *out = (uint8_t *)device + feature->offset;

	for (uint32_t s = 0; s < feature->surfaces; s++)
		pack_surface(feature, host, out + (size_t)s * feature->surface_bytes,
			     s * NPU_ATOM_BYTES);
}

/* Pixels in order: what a whole atom spills beyond its pixel is overwritten by the next one. */
void feature_unpack(const struct program_feature *feature, const void *device, void *host)
{
	const struct program_feature *f = feature;
	const uint8_t *in = (const uint8_t *)device + f->offset;
	uint64_t flip = f->flip * LANES;
	uint8_t *out = host, *end = out + (size_t)f->height * f->width * f->channels;

	for (uint32_t y = 0; y < f->height; y++)
		for (uint32_t x = 0; x < f->width; x++, out += f->channels)
			for (uint32_t c = 0; c < f->channels; c += NPU_ATOM_BYTES) {
				size_t surface = (size_t)(c / NPU_ATOM_BYTES) * f->surface_bytes;
				struct atom a = load(in + surface + (size_t)y * f->line_bytes +
						     x * NPU_ATOM_BYTES);

				a = select_lanes(a, NPU_ATOM_BYTES, flip, 0);
				memcpy(out + c, &a, min_i64(NPU_ATOM_BYTES, end - (out + c)));
			}
}
