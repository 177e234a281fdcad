// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CORE, the inner loops
 *
 * Plain loops over int16 that compilers turn into multiply-add instructions (pmaddwd, smlal). On
 * x86-64 the same code is compiled a second time for AVX2 and chosen at run time.
 */
#include "core.h"
#include "hot.h"

#define KERNELS		4	/* kernels and windows whose sums stay in registers together */
#define WINDOWS		2

static inline __attribute__((always_inline)) void dot_block(const int16_t *x0, const int16_t *x1,
							    const int16_t *w0, const int16_t *w1,
							    const int16_t *w2, const int16_t *w3,
							    size_t values, int32_t *s)
{
	int32_t s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
	size_t i;

	for (i = 0; i < values; i++) {
		s00 += x0[i] * w0[i];
		s01 += x0[i] * w1[i];
		s02 += x0[i] * w2[i];
		s03 += x0[i] * w3[i];
		s10 += x1[i] * w0[i];
		s11 += x1[i] * w1[i];
		s12 += x1[i] * w2[i];
		s13 += x1[i] * w3[i];
	}
	s[0] = s00;
	s[1] = s01;
	s[2] = s02;
	s[3] = s03;
	s[4] = s10;
	s[5] = s11;
	s[6] = s12;
	s[7] = s13;
}

/* The last block of an odd number of kernels repeats its last kernel; surplus sums are dropped. */
static inline __attribute__((always_inline)) void dot_all(const int16_t *const *x, const int16_t *w,
							  size_t values, unsigned int kernels,
							  int32_t *const *out)
{
	int32_t s[WINDOWS * KERNELS];
	unsigned int k, j, pair, left;

	for (k = 0; k < kernels; k += KERNELS) {
		const int16_t *w0 = w + k * values;

		left = kernels - k < KERNELS ? kernels - k : KERNELS;
		for (pair = 0; pair < CORE_WINDOWS; pair += WINDOWS) {
			dot_block(x[pair], x[pair + 1], w0, w0 + (left > 1 ? values : 0),
				  w0 + (left > 2 ? 2 * values : 0),
				  w0 + (left > 3 ? 3 * values : 0), values, s);
			for (j = 0; j < left; j++) {
				out[pair][k + j] = s[j];
				out[pair + 1][k + j] = s[KERNELS + j];
			}
		}
	}
}

HOT static void dot_generic(const int16_t *const *x, const int16_t *w, size_t values,
			    unsigned int kernels, int32_t *const *out)
{
	dot_all(x, w, values, kernels, out);
}

#if defined(__x86_64__) && defined(__GNUC__)
HOT __attribute__((target("avx2"))) static void dot_avx2(const int16_t *const *x, const int16_t *w,
							 size_t values, unsigned int kernels,
							 int32_t *const *out)
{
	dot_all(x, w, values, kernels, out);
}

core_dot *core_choose_dot(void)
{
	return __builtin_cpu_supports("avx2") ? dot_avx2 : dot_generic;
}
#else
core_dot *core_choose_dot(void)
{
	return dot_generic;
}
#endif

HOT void core_depthwise(const int16_t *const *taps, const int16_t *w, unsigned int count,
			unsigned int channels, int32_t *out, int32_t *sums)
{
	unsigned int tap, c;

	for (c = 0; c < channels; c++) {
		out[c] = 0;
		sums[c] = 0;
	}
	for (tap = 0; tap < count; tap++) {
		const int16_t *x = taps[tap], *k = w + (size_t)tap * channels;

		for (c = 0; c < channels; c++) {
			out[c] += x[c] * k[c];
			sums[c] += x[c];
		}
	}
}

HOT int32_t core_sum(const int16_t *x, size_t values)
{
	int32_t sum = 0;
	size_t i;

	for (i = 0; i < values; i++)
		sum += x[i];
	return sum;
}
