// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: DPU, BS and BN on floats
 *
 * fp32 throughout; multiplier operands are fp16, adder operands fp32. BS adds before it multiplies,
 * BN multiplies before it adds (silicon notes 2.3). Each operation rounds on its own, so
 * contraction to fused multiply-add is off.
 */
#include "numeric.h"
#include "private.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#else
#pragma STDC FP_CONTRACT OFF
#endif

static void add(const struct dpu_stage *s, const struct dpu_beat *beat, float *x)
{
	unsigned int p, c;

	for (p = 0; p < beat->pixels; p++, x += beat->channels) {
		for (c = 0; c < beat->channels; c++)
			x[c] = s->subtract ? x[c] - float_from_bits(s->alu[c])
					   : x[c] + float_from_bits(s->alu[c]);
	}
}

static void multiply(struct npu *npu, const struct dpu_stage *s, const struct dpu_beat *beat,
		     float *x)
{
	unsigned int p, c;
	float m[DPU_CHANNELS];

	for (c = 0; c < beat->channels; c++)
		m[c] = npu->switches.fp16_denormals ? half_to_float(s->mul[c])
						    : half_flushed(s->mul[c]);
	for (p = 0; p < beat->pixels; p++, x += beat->channels) {
		for (c = 0; c < beat->channels; c++)
			x[c] = s->prelu && !(x[c] < 0) ? x[c] : x[c] * m[c];
	}
}

static void relu(const struct dpu_stage *s, const struct dpu_beat *beat, float *x)
{
	float limit = float_from_bits(s->limit);
	unsigned int i;

	for (i = 0; i < beat->pixels * beat->channels; i++) {
		if (x[i] < 0)
			x[i] = 0;
		if (s->relux_on && x[i] > limit)
			x[i] = limit;
	}
}

static void stage(struct npu *npu, const struct dpu_stage *s, const struct dpu_beat *beat,
		  bool multiply_first)
{
	float *x = npu->dpu.x.f;

	if (s->mul_on && multiply_first)
		multiply(npu, s, beat, x);
	if (s->alu_on)
		add(s, beat, x);
	if (s->mul_on && !multiply_first)
		multiply(npu, s, beat, x);
	if (s->relu_on)
		relu(s, beat, x);
}

void dpu_float_stages(struct npu *npu, const struct dpu_beat *beat)
{
	stage(npu, &npu->dpu.bs, beat, false);
	stage(npu, &npu->dpu.bn, beat, true);
}
