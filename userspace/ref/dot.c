// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Sums of products
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>

#include "dot.h"

int16_t *dot_rows(const struct view *v, size_t rows, size_t length, int32_t zero)
{
	size_t padded = dot_padded(length);
	int16_t *out = calloc(rows, padded * sizeof(*out));

	for (size_t i = 0; out && i < rows; i++)
		dot_spread(out + i * padded, v, i * length, length, zero);

	return out;
}

int scaler_init(struct scaler *s, const struct eval *e, int32_t channels, enum activation a)
{
	const struct tensor *y = op_out(e->g, e->op, 0);
	struct requant *requant = weights_requant(e->g, e->op, channels);

	if (!requant)
		return -ENOMEM;
	*s = (struct scaler){
		.requant = requant,
		.bias = op_in(e->g, e->op, bias_input(e->op)) ? eval_in(e, bias_input(e->op))
							      : NULL,
		.zero = y->quant.zero_point[0],
		.range = activation_range(y, a),
	};

	return 0;
}

uint8_t scaler_apply(const struct scaler *s, int32_t channel, int64_t sum)
{
	int32_t bias = 0;

	if (s->bias)
		memcpy(&bias, s->bias + channel * sizeof(bias), sizeof(bias));

	return clamp_i64((int64_t)ref_requant((int32_t)(sum + bias), s->requant[channel]) + s->zero,
			 s->range.low, s->range.high);
}
