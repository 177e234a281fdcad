// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR
 *
 * TensorFlow Lite's reference kernels interpolate uint8 in single precision and int8 with 10
 * fraction bits.
 *
 * Source: tensorflow/lite/kernels/internal/reference/{resize_nearest_neighbor,resize_bilinear}.h
 * (2.14).
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>

#include "kernel.h"

#define FRACTION_BITS	10
#define ONE		(1 << FRACTION_BITS)

/**
 * struct sample - where an output row or column comes from
 * @low: input row or column
 * @high: the next one, or the same at the edge
 * @weight: of @high, as real number
 * @fraction: of @high, in units of 1 / ONE. Both may leave [0, 1] at the edges, where @low and
 * @high are the same
 */
struct sample {
	int32_t low, high;
	float weight;
	int64_t fraction;
};

const char *resize_refuses(const struct graph *g, const struct op *op)
{
	return refuse_move(op_in(g, op, 0), op_out(g, op, 0));
}

const char *bilinear_refuses(const struct graph *g, const struct op *op)
{
	const char *reason = refuse_unless_8bit(op_in(g, op, 0));

	return reason ? reason : resize_refuses(g, op);
}

static float scale_of(const struct resize_params *p, int32_t in, int32_t out)
{
	if (p->align_corners && out > 1)
		return (float)(in - 1) / (float)(out - 1);
	return (float)in / (float)out;
}

static int32_t nearest(const struct resize_params *p, int32_t at, int32_t in, int32_t out)
{
	float place = ((float)at + (p->half_pixel_centers ? 0.5f : 0.0f)) * scale_of(p, in, out);

	return clamp_i64(p->align_corners ? roundf(place) : floorf(place), 0, in - 1);
}

int resize_nearest_eval(const struct eval *e)
{
	const struct tensor *x = op_in(e->g, e->op, 0);
	const struct shape *in = &x->shape, *out = &op_out(e->g, e->op, 0)->shape;
	const struct resize_params *p = &e->op->u.resize;
	size_t pixel = in->dim[3] * dtype_bytes(x->type);
	const uint8_t *from = eval_in(e, 0);
	uint8_t *to = eval_out(e, 0);

	for (int32_t n = 0; n < out->dim[0]; n++)
		for (int32_t y = 0; y < out->dim[1]; y++) {
			size_t row = (size_t)n * in->dim[1] +
				     nearest(p, y, in->dim[1], out->dim[1]);

			for (int32_t xx = 0; xx < out->dim[2]; xx++, to += pixel)
				memcpy(to,
				       from + (row * in->dim[2] +
					       nearest(p, xx, in->dim[2], out->dim[2])) *
						       pixel,
				       pixel);
		}

	return 0;
}

/* Single precision, for uint8. */
static struct sample sample_real(const struct resize_params *p, int32_t at, int32_t in, int32_t out)
{
	float scale = scale_of(p, in, out);
	float place = p->half_pixel_centers ? ((float)at + 0.5f) * scale - 0.5f : (float)at * scale;
	int32_t low = max_i64(floorf(place), 0);

	return (struct sample){ .low = low,
				.high = min_i64(ceilf(place), in - 1),
				.weight = place - (float)low };
}

/* 10 fraction bits, for int8. */
static struct sample sample_fixed(const struct resize_params *p, int32_t at, int32_t in,
				  int32_t out)
{
	int64_t scale, place;
	int32_t low;

	if (p->align_corners && out > 1)
		scale = ((int64_t)ONE * (in - 1) + (out - 1) / 2) / (out - 1);
	else
		scale = ((int64_t)ONE * in + out / 2) / out;
	place = at * scale + (p->half_pixel_centers ? scale / 2 - ONE / 2 : 0);
	low = max_i64(place / ONE, 0);

	return (struct sample){ .low = low,
				.high = min_i64((place + ONE - 1) / ONE, in - 1),
				.fraction = place - (int64_t)ONE * low };
}

/* The four elements around, first index row: values[high row][high column] */
static uint8_t mix_real(const int32_t values[2][2], const struct sample *y, const struct sample *x)
{
	return (float)values[0][0] * (1 - y->weight) * (1 - x->weight) +
	       (float)values[1][0] * y->weight * (1 - x->weight) +
	       (float)values[0][1] * (1 - y->weight) * x->weight +
	       (float)values[1][1] * y->weight * x->weight + 0.5f;
}

static uint8_t mix_fixed(const int32_t values[2][2], const struct sample *y, const struct sample *x)
{
	int64_t sum = values[0][0] * (ONE - y->fraction) * (ONE - x->fraction) +
		      values[1][0] * y->fraction * (ONE - x->fraction) +
		      values[0][1] * (ONE - y->fraction) * x->fraction +
		      values[1][1] * y->fraction * x->fraction;
	int64_t half = 1 << (2 * FRACTION_BITS - 1);

	return (sum + (sum > 0 ? half : -half)) / (ONE * ONE);
}

struct mixer {
	struct sample (*sample)(const struct resize_params *p, int32_t at, int32_t in, int32_t out);
	uint8_t (*mix)(const int32_t values[2][2], const struct sample *y, const struct sample *x);
};

static uint8_t *mix_row(const struct view *v, size_t image, const struct mixer *m,
			const struct sample *y, const struct sample *columns, int32_t width,
			uint8_t *to)
{
	const struct shape *in = &v->t->shape;
	size_t low = (image + y->low) * in->dim[2], high = (image + y->high) * in->dim[2];

	for (int32_t i = 0; i < width; i++)
		for (int32_t c = 0; c < in->dim[3]; c++) {
			const struct sample *x = &columns[i];
			const int32_t values[2][2] = {
				{ view_get(v, (low + x->low) * in->dim[3] + c),
				  view_get(v, (low + x->high) * in->dim[3] + c) },
				{ view_get(v, (high + x->low) * in->dim[3] + c),
				  view_get(v, (high + x->high) * in->dim[3] + c) },
			};

			*to++ = m->mix(values, y, x);
		}

	return to;
}

int resize_bilinear_eval(const struct eval *e)
{
	static const struct mixer real = { sample_real, mix_real },
				  fixed = { sample_fixed, mix_fixed };
	struct view v = view_in(e, 0);
	const struct mixer *m = v.t->type == DTYPE_UINT8 ? &real : &fixed;
	const struct shape *in = &v.t->shape, *out = &op_out(e->g, e->op, 0)->shape;
	const struct resize_params *p = &e->op->u.resize;
	struct sample *columns = calloc(out->dim[2], sizeof(*columns));
	uint8_t *to = eval_out(e, 0);

	if (!columns)
		return -ENOMEM;
	for (int32_t x = 0; x < out->dim[2]; x++)
		columns[x] = m->sample(p, x, in->dim[2], out->dim[2]);
	for (int32_t n = 0; n < out->dim[0]; n++)
		for (int32_t y = 0; y < out->dim[1]; y++) {
			struct sample row = m->sample(p, y, in->dim[1], out->dim[1]);

			to = mix_row(&v, (size_t)n * in->dim[1], m, &row, columns, out->dim[2], to);
		}
	free(columns);

	return 0;
}
