// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU, CPEND, BS and BN on integers
 *
 * int32 in, int32 out, saturated at each step. Guide 7.3; CLIP_TRUNCATE: guide 6.
 */
#include "hot.h"
#include "numeric.h"
#include "private.h"

/*
 * ROUND_TYPE 0 fits captured streams best as half up, although its name says half to even: a switch
 */
static int64_t clip(const struct npu *npu, int64_t x)
{
	unsigned int n = npu->conv.clip;

	if (!n)
		return x;
	if (npu->conv.clip_away)
		return shift_away(x, n);
	switch (npu->switches.clip_round) {
	case 0:
		return shift_even(x, n);
	case 1:
		return (x + ((int64_t)1 << (n - 1))) >> n;
	default:
		return x >> n;
	}
}

/* The general form: any clip, any operand */
static void cpend_exact(struct npu *npu, const struct dpu_beat *beat, bool add)
{
	struct dpu *dpu = &npu->dpu;
	bool apart = npu->switches.clip_parts_apart;
	unsigned int p, c;

	for (p = 0; p < beat->pixels; p++) {
		int32_t *x = dpu->x.i + p * beat->channels;
		const int32_t *sums = dpu->depthwise ? dpu->sums + p * beat->channels : NULL;

		for (c = 0; c < beat->channels; c++) {
			int64_t sum = sums ? sums[c] : dpu->sums[p];
			int64_t pend = add ? dpu->cpend[c] * sum : 0;

			x[c] = sat32(apart ? clip(npu, x[c]) + clip(npu, pend) :
				     clip(npu, x[c] + pend));
		}
	}
}

/* The same without clip, when no product leaves int32 */
HOT static void cpend_small(struct dpu *dpu, const struct dpu_beat *beat)
{
	unsigned int p, c;

	for (p = 0; p < beat->pixels; p++) {
		int32_t *x = dpu->x.i + p * beat->channels;
		const int32_t *sums = dpu->sums + p * beat->channels;

		for (c = 0; dpu->depthwise && c < beat->channels; c++)
			x[c] = sat_add32(x[c], dpu->cpend[c] * sums[c]);
		for (c = 0; !dpu->depthwise && c < beat->channels; c++)
			x[c] = sat_add32(x[c], dpu->cpend[c] * dpu->sums[p]);
	}
}

static bool products_are_small(const struct npu *npu)
{
	const struct conv *conv = &npu->conv;
	uint64_t values = (uint64_t)conv->kernel_w * conv->kernel_h;
	int64_t cpend = npu->dpu.cpend_operand, most = cpend < 0 ? -cpend : cpend;

	if (!conv->depthwise)
		values *= conv->lanes;
	return !npu->dpu.cpend_table &&
	       (values << (conv->elem_bits - 1)) * (uint64_t)most <= INT32_MAX;
}

void dpu_cpend(struct npu *npu, const struct dpu_beat *beat)
{
	bool add = npu->dpu.cpend_on && npu->conv.feature_sum;

	if (add && !npu->conv.clip && products_are_small(npu))
		cpend_small(&npu->dpu, beat);
	else if (add || npu->conv.clip)
		cpend_exact(npu, beat, add);
}

HOT static void add(const struct dpu_stage *s, const struct dpu_beat *beat, int32_t *x)
{
	unsigned int p, c;

	for (p = 0; p < beat->pixels; p++, x += beat->channels) {
		for (c = 0; !s->subtract && c < beat->channels; c++)
			x[c] = sat_add32(x[c], (int32_t)s->alu[c]);
		for (c = 0; s->subtract && c < beat->channels; c++)
			x[c] = sat_sub32(x[c], (int32_t)s->alu[c]);
	}
}

static int32_t multiply_one(const struct dpu_stage *s, int32_t x, int32_t m)
{
	int64_t product = (int64_t)x * m;

	if (s->prelu)
		return sat32(x < 0 ? shift_even(product, s->shift_negative)
				   : shift_even(x, s->shift));
	return sat32(shift_even(product, product < 0 ? s->shift_negative : s->shift));
}

static void multiply(const struct dpu_stage *s, const struct dpu_beat *beat, int32_t *x)
{
	unsigned int p, c;

	for (p = 0; p < beat->pixels; p++, x += beat->channels) {
		for (c = 0; c < beat->channels; c++)
			x[c] = multiply_one(s, x[c], (int16_t)s->mul[c]);
	}
}

HOT static void relu(const struct dpu_stage *s, const struct dpu_beat *beat, int32_t *x)
{
	int32_t limit = s->relux_on ? (int32_t)s->limit : INT32_MAX;
	unsigned int i;

	for (i = 0; i < beat->pixels * beat->channels; i++) {
		x[i] = x[i] > 0 ? x[i] : 0;
		x[i] = x[i] < limit ? x[i] : limit;
	}
}

static void stage(const struct dpu_stage *s, const struct dpu_beat *beat, int32_t *x,
		  bool multiply_first)
{
	if (s->mul_on && multiply_first)
		multiply(s, beat, x);
	if (s->alu_on)
		add(s, beat, x);
	if (s->mul_on && !multiply_first)
		multiply(s, beat, x);
	if (s->relu_on)
		relu(s, beat, x);
}

void dpu_int_stages(struct npu *npu, const struct dpu_beat *beat)
{
	stage(&npu->dpu.bs, beat, npu->dpu.x.i, false);
	stage(&npu->dpu.bn, beat, npu->dpu.x.i, npu->switches.bn_mul_first);
}
