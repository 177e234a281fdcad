// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU, output converter and writer
 *
 * Integers: guide 7.3, silicon notes 2.2. Floats: silicon notes 2.4. Addresses: guide 7.2.
 */
#include <string.h>

#include "hot.h"
#include "numeric.h"
#include "private.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#else
#pragma STDC FP_CONTRACT OFF
#endif

/* convert_int() - before saturation to the output type */
static int64_t convert_int(const struct dpu_out *out, bool offset_after, int32_t x)
{
	if (out->add_first)
		return shift_round(((int64_t)x + out->offset) * out->scale, out->shift, out->away);
	if (offset_after || out->shift > 31)
		return shift_round((int64_t)x * out->scale, out->shift, out->away) + out->offset;
	return shift_round((int64_t)x * out->scale +
				   (int64_t)out->offset * ((int64_t)1 << out->shift),
			   out->shift, out->away);
}

static void store(uint8_t *p, uint32_t value, unsigned int bytes)
{
	while (bytes--) {
		*p++ = (uint8_t)value;
		value >>= 8;
	}
}

static void store_int(unsigned int precision, int64_t y, uint8_t *to)
{
	switch (precision) {
	case ROCKET_PRECISION_INT8:
		*to = (uint8_t)clamp64(y, INT8_MIN, INT8_MAX);
		break;
	case ROCKET_PRECISION_INT16:
		store(to, (uint32_t)clamp64(y, INT16_MIN, INT16_MAX), 2);
		break;
	case ROCKET_PRECISION_INT32:
		store(to, (uint32_t)sat32(y), 4);
		break;
	case ROCKET_PRECISION_FP16:
		store(to, float_to_half((float)y), 2);
		break;
	case ROCKET_PRECISION_BF16:
		store(to, float_to_bfloat((float)y), 2);
		break;
	default:
		store(to, float_to_bits((float)y), 4);
		break;
	}
}

/*
 * MINUS_EXP works on the 5-bit exponent field and wraps, so that zero becomes 2^(17 - n). Inferred
 * from six published magnitudes; silicon notes 2.4.
 */
static uint16_t minus_exponent(uint16_t half, unsigned int n)
{
	uint32_t exponent = (half & HALF_EXPONENT) >> 10;

	if (!n || exponent == 31)
		return half;
	return (uint16_t)((half & ~HALF_EXPONENT) | ((exponent - n) & 31) << 10);
}

static float scaled_down(float x, unsigned int n)
{
	for (; n >= 30; n -= 30)
		x *= 1.0f / (1 << 30);
	return x * (1.0f / (float)(1u << n));
}

static void store_float(const struct npu *npu, float x, uint8_t *to)
{
	const struct dpu_out *out = &npu->dpu.out;
	bool wrap = !npu->switches.minus_exp_divides;

	if (out->add_first && out->offset)
		x += (float)out->offset;
	if (out->scale != 0 &&
	    out->scale != 1) /* 0 and 1 both pass fp32 results unchanged on silicon */
		x *= (float)out->scale;
	if (!out->add_first && out->offset)
		x += (float)out->offset;
	switch (npu->dpu.out_precision) {
	case ROCKET_PRECISION_FP16:
		store(to, wrap ? minus_exponent(float_to_half(x), out->minus_exp) :
		      float_to_half(scaled_down(x, out->minus_exp)), 2);
		break;
	case ROCKET_PRECISION_BF16:
		store(to, float_to_bfloat(scaled_down(x, out->minus_exp)), 2);
		break;
	case ROCKET_PRECISION_FP32:
		store(to, float_to_bits(scaled_down(x, out->minus_exp)), 4);
		break;
	default:	/* integers: reported by dpu_check() */
		store_int(npu->dpu.out_precision, round_to_int(scaled_down(x, out->minus_exp)), to);
		break;
	}
}

/* One surface of int8 out of int32 */
static void store_bytes(const struct npu *npu, const struct dpu_beat *beat, unsigned int c,
			unsigned int lanes, uint8_t *atoms)
{
	const struct dpu_out *out = &npu->dpu.out;
	bool after = npu->switches.out_offset_after_round;
	unsigned int p, i;

	for (p = 0; p < beat->pixels; p++) {
		const int32_t *x = npu->dpu.x.i + p * beat->channels + c;

		for (i = 0; i < lanes; i++)
			atoms[p * NPU_ATOM_BYTES + i] =
				(uint8_t)clamp64(convert_int(out, after, x[i]), INT8_MIN, INT8_MAX);
	}
}

#define WHOLE	6755399441055744.0	/* 1.5 * 2^52: adding it rounds a double to an integer */

/*
 * A whole beat of int8 in doubles, on vectors. Exact: x * scale has 47 bits, the offset at most 21
 * before the point, the shift puts at most 31 behind it, and the sum is rounded once, ties to even.
 */
HOT static void convert_codes(const int32_t *restrict x, unsigned int values, double scale,
			      double offset, double low, double high, int8_t *restrict codes)
{
	unsigned int i;

	for (i = 0; i < values; i++) {
		double y = x[i] * scale + offset;

		y = y < low ? low : y;
		y = y > high ? high : y;
		codes[i] = (int8_t)(int32_t)((y + WHOLE) - WHOLE);
	}
}

static void pick_codes(const struct npu *npu, const struct dpu_beat *beat, unsigned int c,
		       unsigned int lanes, uint8_t *atoms)
{
	unsigned int p;

	for (p = 0; p < beat->pixels; p++)
		memcpy(atoms + p * NPU_ATOM_BYTES, npu->dpu.codes + p * beat->channels + c, lanes);
}

static bool doubles_suffice(const struct npu *npu)
{
	const struct dpu_out *out = &npu->dpu.out;

	return !npu->dpu.floating && npu->dpu.out_precision == ROCKET_PRECISION_INT8 &&
	       !out->add_first && !out->away && !npu->switches.out_offset_after_round &&
	       out->shift <= 31 && out->offset > -(1 << 20) && out->offset < 1 << 20;
}

/*
 * Measured: captures/full/conv1x1_plus2_*: BS adds 2.0 to 8 channels of which ORIG_CHANNEL makes 1
 * real; the other 7 are written as OFFSET_PEND, 0 there. Unknown: whether integers behave alike.
 */
static void fill_padding(const struct npu *npu, const struct dpu_beat *beat, unsigned int c,
			 unsigned int lanes, unsigned int bytes, uint8_t *atoms)
{
	unsigned int p, i;

	for (i = 0; npu->switches.pad_channels && i < lanes; i++) {
		if (beat->first_channel + c + i < npu->dpu.real_channels)
			continue;
		for (p = 0; p < beat->pixels; p++)
			store(atoms + p * NPU_ATOM_BYTES + i * bytes, npu->dpu.pend, bytes);
	}
}

int dpu_convert(struct npu *npu, const struct dpu_beat *beat)
{
	struct dpu *dpu = &npu->dpu;
	unsigned int bytes = dpu_bits(dpu->out_precision) / 8, atom = NPU_ATOM_BYTES / bytes, c, p,
		     i, lanes;
	bool after = npu->switches.out_offset_after_round, fast = doubles_suffice(npu);

	if (fast)
		convert_codes(dpu->x.i, beat->pixels * beat->channels,
			      (double)dpu->out.scale / (double)((int64_t)1 << dpu->out.shift),
			      dpu->out.offset, INT8_MIN, INT8_MAX, dpu->codes);
	for (c = 0; c < beat->channels; c += atom) {
		lanes = beat->channels - c < atom ? beat->channels - c : atom;
		if (lanes < atom)
			memset(dpu->bytes, 0, beat->pixels * NPU_ATOM_BYTES);
		if (!dpu->floating && dpu->out_precision == ROCKET_PRECISION_INT8) {
			if (fast)
				pick_codes(npu, beat, c, lanes, dpu->bytes);
			else
				store_bytes(npu, beat, c, lanes, dpu->bytes);
		} else {
			for (p = 0; p < beat->pixels; p++) {
				for (i = 0; i < lanes; i++) {
					uint8_t *to = dpu->bytes + p * NPU_ATOM_BYTES + i * bytes;
					unsigned int from = p * beat->channels + c + i;

					if (dpu->floating)
						store_float(npu, dpu->x.f[from], to);
					else
						store_int(dpu->out_precision,
							  convert_int(&dpu->out, after,
								      dpu->x.i[from]),
							  to);
				}
			}
		}
		fill_padding(npu, beat, c, lanes, bytes, dpu->bytes);
		if (dpu_write_surface(npu, beat, c / atom, dpu->bytes))
			return -1;
	}
	return 0;
}

int dpu_write_surface(struct npu *npu, const struct dpu_beat *beat, unsigned int surface,
		      const uint8_t *atoms)
{
	const struct dpu_writer *w = &npu->dpu.writer;
	unsigned int atom = NPU_ATOM_BYTES * 8 / dpu_bits(npu->dpu.out_precision);
	unsigned int channel = beat->first_channel + surface * atom,
		     in_group = channel % w->group_channels / atom;
	unsigned int width = npu->dpu.width, done, pixel, count;
	uint32_t base =
		w->iova + channel / w->group_channels * w->group_step + in_group * w->surface_step;

	if (in_group >= w->surfaces)
		return 0;
	for (done = 0; done < beat->pixels; done += count) {
		pixel = beat->first_pixel + done;
		count = beat->pixels - done;
		if (w->line_notch && count > width - pixel % width)
			count = width - pixel % width;
		if (npu_dma_write(npu, "DPU",
				  base + (pixel + pixel / width * w->line_notch) * NPU_ATOM_BYTES,
				  atoms + done * NPU_ATOM_BYTES, (size_t)count * NPU_ATOM_BYTES))
			return -1;
	}
	return 0;
}
