// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CORE, MAC array and accumulator
 *
 * For each kernel group and each beat of output pixels: collect the windows (padding and rows that
 * did not fit the CBUF included), multiply, saturate to int32 or round to fp32, and pass on. Guide
 * 6.
 */
#include <string.h>

#include "numeric.h"
#include "private.h"

#define GARBAGE_BYTE	0x5a	/* what an overwritten CBUF row reads as; any pattern would do */

void core_init(struct core *core)
{
	core->dot = core_choose_dot();
}

static void fill_patterns(struct npu *npu)
{
	struct conv *conv = &npu->conv;
	unsigned int c;

	for (c = 0; c < CORE_PATTERN; c++) {
		int32_t pad = cna_pad_lane(npu, c);

		if (conv->floating) {
			npu->core.pad.f[c] = conv->precision == ROCKET_PRECISION_FP16 ?
				half_to_float((uint16_t)pad) : bfloat_to_float((uint16_t)pad);
			npu->core.garbage.f[c] = GARBAGE_BYTE;
		} else {
			npu->core.pad.i[c] = (int16_t)pad;
			npu->core.garbage.i[c] =
				(int16_t)(GARBAGE_BYTE >> (conv->elem_bits < 8 ? 4 : 0));
		}
	}
}

/* enum where - what a tap of a window meets */
enum where {
	IN_IMAGE,
	IN_PADDING,
	IN_GARBAGE,
};

static enum where locate(const struct conv *conv, int x, int y)
{
	if (x < 0 || y < 0 || x >= (int)conv->in_w || y >= (int)conv->in_h)
		return IN_PADDING;
	return y < (int)conv->rows_fit ? IN_IMAGE : IN_GARBAGE;
}

static size_t feature_index(const struct conv *conv, int x, int y)
{
	return ((size_t)y * conv->in_w + (size_t)x) * conv->lanes;
}

struct origin {
	int x;
	int y;
};

static struct origin window_origin(const struct conv *conv, unsigned int pixel)
{
	return (struct origin){
		(int)(pixel % conv->out_w * conv->stride_x) - (int)conv->pad_left,
		(int)(pixel / conv->out_w * conv->stride_y) - (int)conv->pad_top,
	};
}

/* lanes of padding or garbage, in steps of the pattern */
static void fill_lanes(void *to, const void *pattern, size_t lanes, size_t size)
{
	size_t done, count;

	for (done = 0; done < lanes; done += count) {
		count = lanes - done < CORE_PATTERN ? lanes - done : CORE_PATTERN;
		memcpy((char *)to + done * size, pattern, count * size);
	}
}

/*
 * collect() - the window of a pixel in one piece; @size: bytes per value; all three arrays start
 * like void
 */
static void collect(const struct conv *conv, struct origin o, void *to, const void *features,
		    const void *pad, const void *garbage, size_t size)
{
	unsigned int ky, kx;
	char *out = to;

	for (ky = 0; ky < conv->kernel_h; ky++) {
		int y = o.y + (int)(ky * conv->dilation_y), right = o.x + (int)conv->kernel_w - 1;

		if (conv->dilation_x == 1 && locate(conv, o.x, y) == IN_IMAGE &&
		    locate(conv, right, y) == IN_IMAGE) {
			memcpy(out, (const char *)features + feature_index(conv, o.x, y) * size,
			       conv->kernel_w * conv->lanes * size);
			out += conv->kernel_w * conv->lanes * size;
			continue;
		}
		for (kx = 0; kx < conv->kernel_w; kx++) {
			int x = o.x + (int)(kx * conv->dilation_x);
			enum where where = locate(conv, x, y);

			if (where == IN_IMAGE)
				memcpy(out,
				       (const char *)features + feature_index(conv, x, y) * size,
				       conv->lanes * size);
			else
				fill_lanes(out, where == IN_PADDING ? pad : garbage, conv->lanes,
					   size);
			out += conv->lanes * size;
		}
	}
}

static const int16_t *int_window(struct npu *npu, unsigned int pixel, unsigned int slot)
{
	struct conv *conv = &npu->conv;
	struct origin o = window_origin(conv, pixel);

	if (conv->kernel_w == 1 && conv->kernel_h == 1 && locate(conv, o.x, o.y) == IN_IMAGE)
		return npu->cbuf.features.i + feature_index(conv, o.x, o.y);
	collect(conv, o, npu->core.windows[slot].i, npu->cbuf.features.i, npu->core.pad.i,
		npu->core.garbage.i, sizeof(int16_t));
	return npu->core.windows[slot].i;
}

/* wide() - sums that may leave int32: exact, then saturated (silicon notes 2.1) */
static int32_t wide(const int16_t *x, const int16_t *w, size_t values)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < values; i++)
		sum += (int32_t)x[i] * w[i];
	return sat32(sum);
}

static int32_t wide_sum(const int16_t *x, size_t values)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < values; i++)
		sum += x[i];
	return sat32(sum);
}

static bool sums_fit(const struct conv *conv, size_t values)
{
	return values <= (size_t)INT32_MAX >> 2 * (conv->elem_bits - 1);
}

static void int_direct(struct npu *npu, const struct dpu_beat *beat, unsigned int live)
{
	struct conv *conv = &npu->conv;
	size_t values = (size_t)conv->kernel_w * conv->kernel_h * conv->lanes;
	int32_t *sums = npu->dpu.sums, surplus[DPU_CHANNELS];
	bool fit = sums_fit(conv, values);
	unsigned int p, i, k, count;

	for (p = 0; p < beat->pixels; p += count) {
		const int16_t *x[CORE_WINDOWS];
		int32_t *out[CORE_WINDOWS];

		count = beat->pixels - p < CORE_WINDOWS ? beat->pixels - p : CORE_WINDOWS;
		for (i = 0; i < CORE_WINDOWS; i++) {
			x[i] = i < count ? int_window(npu, beat->first_pixel + p + i, i) : x[0];
			out[i] = i < count ? npu->dpu.x.i + (p + i) * beat->channels : surplus;
		}
		if (fit)
			npu->core.dot(x, npu->cbuf.kernels.i, values, live, out);
		for (i = 0; i < count; i++) {
			for (k = 0; !fit && k < live; k++)
				out[i][k] = wide(x[i], npu->cbuf.kernels.i + k * values, values);
			for (k = live; k < beat->channels; k++)
				out[i][k] = 0;
			if (conv->feature_sum)
				sums[p + i] = fit ? core_sum(x[i], values) : wide_sum(x[i], values);
		}
	}
}

static void int_depthwise(struct npu *npu, const struct dpu_beat *beat, unsigned int live)
{
	struct conv *conv = &npu->conv;
	unsigned int p, ky, kx, c, tap, first = beat->first_channel;
	const int16_t *taps[CORE_TAPS];

	for (p = 0; p < beat->pixels; p++) {
		struct origin o = window_origin(conv, beat->first_pixel + p);
		int32_t *out = npu->dpu.x.i + p * beat->channels,
			*sums = npu->dpu.sums + p * beat->channels;

		for (ky = 0, tap = 0; ky < conv->kernel_h; ky++) {
			int y = o.y + (int)(ky * conv->dilation_y);

			for (kx = 0; kx < conv->kernel_w; kx++, tap++) {
				int x = o.x + (int)(kx * conv->dilation_x);
				enum where where = locate(conv, x, y);

				taps[tap] = where == IN_PADDING ? npu->core.pad.i :
					where == IN_GARBAGE ? npu->core.garbage.i :
					npu->cbuf.features.i + feature_index(conv, x, y) + first;
			}
		}
		core_depthwise(taps, npu->cbuf.kernels.i, tap, live, out, sums);
		for (c = live; c < beat->channels; c++) {
			out[c] = 0;
			sums[c] = 0;
		}
	}
}

/* int16 depthwise: 961 taps of 2^30 */
static void wide_depthwise(struct npu *npu, const struct dpu_beat *beat, unsigned int live)
{
	struct conv *conv = &npu->conv;
	unsigned int p, c, tap, taps = conv->kernel_w * conv->kernel_h;
	const int16_t *x = npu->core.windows[0].i + beat->first_channel, *w = npu->cbuf.kernels.i;

	for (p = 0; p < beat->pixels; p++) {
		collect(conv, window_origin(conv, beat->first_pixel + p), npu->core.windows[0].i,
			npu->cbuf.features.i, npu->core.pad.i, npu->core.garbage.i,
			sizeof(int16_t));
		for (c = 0; c < beat->channels; c++) {
			int64_t sum = 0, feature_sum = 0;

			for (tap = 0; c < live && tap < taps; tap++) {
				sum += (int32_t)x[tap * conv->lanes + c] * w[tap * live + c];
				feature_sum += x[tap * conv->lanes + c];
			}
			npu->dpu.x.i[p * beat->channels + c] = sat32(sum);
			npu->dpu.sums[p * beat->channels + c] = sat32(feature_sum);
		}
	}
}

/* Products of two 16-bit floats are exact in a double, and so in practice are their sums. */
static float float_dot(const struct npu *npu, const float *x, const float *w, unsigned int values,
		       unsigned int x_step, unsigned int w_step)
{
	double exact = 0;
	float single = 0;
	unsigned int i;

	if (npu->switches.fp_accumulate) {
		for (i = 0; i < values; i++)
			single += x[i * x_step] * w[i * w_step];
		return single;
	}
	for (i = 0; i < values; i++)
		exact += (double)x[i * x_step] * w[i * w_step];
	return (float)exact;
}

static void float_beat(struct npu *npu, const struct dpu_beat *beat, unsigned int live)
{
	struct conv *conv = &npu->conv;
	unsigned int taps = conv->kernel_w * conv->kernel_h, values = taps * conv->lanes, p, k;
	const float *w = npu->cbuf.kernels.f, *x = npu->core.windows[0].f;

	for (p = 0; p < beat->pixels; p++) {
		float *out = npu->dpu.x.f + p * beat->channels;

		collect(conv, window_origin(conv, beat->first_pixel + p), npu->core.windows[0].f,
			npu->cbuf.features.f, npu->core.pad.f, npu->core.garbage.f, sizeof(float));
		for (k = 0; k < beat->channels; k++) {
			if (k >= live)
				out[k] = 0;
			else if (conv->depthwise)
				out[k] = float_dot(npu, x + beat->first_channel + k, w + k, taps,
						   conv->lanes, live);
			else
				out[k] = float_dot(npu, x, w + (size_t)k * values, values, 1, 1);
		}
	}
}

static void multiply(struct npu *npu, const struct dpu_beat *beat, unsigned int live)
{
	struct conv *conv = &npu->conv;

	if (conv->floating)
		float_beat(npu, beat, live);
	else if (!conv->depthwise)
		int_direct(npu, beat, live);
	else if (sums_fit(conv, (size_t)conv->kernel_w * conv->kernel_h))
		int_depthwise(npu, beat, live);
	else
		wide_depthwise(npu, beat, live);
}

static void count_macs(struct npu *npu)
{
	const struct conv *conv = &npu->conv;
	uint64_t taps = (uint64_t)conv->kernel_w * conv->kernel_h,
		 pixels = (uint64_t)conv->out_w * conv->out_h;

	npu->stats.macs += pixels * taps * conv->lanes * (conv->depthwise ? 1 : conv->kernels);
}

int core_run(struct npu *npu)
{
	struct conv *conv = &npu->conv;
	unsigned int pixels = conv->out_w * conv->out_h, live;
	struct dpu_beat beat;

	fill_patterns(npu);
	for (beat.first_channel = 0; beat.first_channel < npu->dpu.channels;
	     beat.first_channel += conv->group) {
		beat.channels = npu->dpu.channels - beat.first_channel;
		if (beat.channels > conv->group)
			beat.channels = conv->group;
		live = conv->kernels > beat.first_channel ? conv->kernels - beat.first_channel : 0;
		if (live > beat.channels)
			live = beat.channels;
		if (live && cna_kernel_group(npu, beat.first_channel))
			return -1;
		if (dpu_begin_group(npu, &beat))
			return -1;
		for (beat.first_pixel = 0; beat.first_pixel < pixels;
		     beat.first_pixel += beat.pixels) {
			beat.pixels = pixels - beat.first_pixel;
			if (beat.pixels > DPU_PIXELS)
				beat.pixels = DPU_PIXELS;
			multiply(npu, &beat, live);
			if (dpu_take(npu, &beat))
				return -1;
		}
	}
	count_macs(npu);
	return 0;
}
