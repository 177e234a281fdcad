// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CNA, feature fetch
 *
 * Address generator (guide 4.2), packed input (4.3) and input converter (4.8). Features land in the
 * CBUF pixel by pixel.
 */
#include <string.h>

#include "numeric.h"
#include "private.h"

#define CVT_LANES	4

struct converter {
	bool on;
	bool is_signed;
	bool away;
	bool add_first;
	int32_t scale[CVT_LANES];
	int32_t offset[CVT_LANES];
	unsigned int shift[CVT_LANES];
};

static void read_converter(struct npu *npu, struct converter *cvt)
{
	const uint32_t *r = npu_running(npu, BLOCK_CNA);
	uint32_t con0 = WORD(r, CNA_CVT_CON0);
	bool identity = true;
	unsigned int i;

	cvt->on = !FIELD(r, CNA_CVT_CON0, CVT_BYPASS);
	cvt->is_signed = FIELD(r, CNA_CVT_CON0, DATA_SIGN);
	cvt->away = FIELD(r, CNA_CVT_CON0, ROUND_TYPE);
	cvt->add_first = FIELD(r, CNA_CVT_CON0, CVT_TYPE);
	for (i = 0; i < CVT_LANES; i++) {
		uint32_t con = r[REG_INDEX(ROCKET_CNA_CVT_CON1) + i];

		cvt->scale[i] = sign_extend(con >> 16, 16);
		cvt->offset[i] = sign_extend(con, 16);
		cvt->shift[i] = con0 >> (4 + 6 * i) & 0x3f;
		identity = identity && cvt->scale[i] == 1 && !cvt->offset[i] && !cvt->shift[i];
	}
	if (!cvt->on || (identity && cvt->is_signed)) {
		cvt->on = false;
		return;
	}
	if (!npu->conv.packed || npu->conv.precision != ROCKET_PRECISION_INT8)
		npu_unimp(npu, "input converter on features that are not packed int8");
	if (!WORD(r, CNA_CVT_CON5))
		npu_unimp(npu, "input converter on with CNA_CVT_CON5 = 0");
}

static int16_t convert(const struct converter *cvt, unsigned int lane, uint8_t byte)
{
	int64_t x = cvt->is_signed ? (int8_t)byte : byte;

	if (cvt->add_first)
		x = shift_round((x + cvt->offset[lane]) * cvt->scale[lane], cvt->shift[lane],
				cvt->away);
	else
		x = shift_round(x * cvt->scale[lane], cvt->shift[lane], cvt->away) +
		    cvt->offset[lane];
	return (int16_t)clamp64(x, INT8_MIN, INT8_MAX);
}

static uint16_t load16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

/* One atom of one pixel, widened in place */
static void widen_atom(const struct conv *conv, const uint8_t *atom, union cbuf_values *to,
		       size_t index)
{
	unsigned int i;

	switch (conv->precision) {
	case ROCKET_PRECISION_INT8:
		for (i = 0; i < 16; i++)
			to->i[index + i] = (int8_t)atom[i];
		break;
	case ROCKET_PRECISION_INT4:
		for (i = 0; i < 32; i++)
			to->i[index + i] = (int16_t)sign_extend(atom[i / 2] >> i % 2 * 4, 4);
		break;
	case ROCKET_PRECISION_INT16:
		for (i = 0; i < 8; i++)
			to->i[index + i] = (int16_t)load16(atom + 2 * i);
		break;
	case ROCKET_PRECISION_FP16:
		for (i = 0; i < 8; i++)
			to->f[index + i] = half_to_float(load16(atom + 2 * i));
		break;
	case ROCKET_PRECISION_BF16:
		for (i = 0; i < 8; i++)
			to->f[index + i] = bfloat_to_float(load16(atom + 2 * i));
		break;
	}
}

/*
 * Atom number of the first pixel of a row, relative to FEATURE_DATA_ADDR; may be negative for odd
 * strides
 */
static int64_t row_atom(const struct conv *conv, unsigned int surface, unsigned int y)
{
	int64_t w = conv->in_w, s = surface;

	if (conv->grouped)
		return s * (conv->surf_stride + 4 * w) + (int64_t)(y / 4) * conv->line_stride +
		       y % 4 * w;
	return s * (conv->surf_stride + w) + (int64_t)y * conv->line_stride;
}

static int load_surface(struct npu *npu, unsigned int surface, unsigned int atom_lanes)
{
	struct conv *conv = &npu->conv;
	unsigned int most = sizeof(npu->core.fetch) / NPU_ATOM_BYTES / conv->in_w, y = 0, rows, i;

	while (y < conv->rows_fit) {
		uint32_t iova = conv->features_iova +
				(uint32_t)(row_atom(conv, surface, y) * NPU_ATOM_BYTES);
		size_t index = (size_t)y * conv->in_w * conv->lanes + surface * atom_lanes;

		rows = 1;
		while (rows < most && y + rows < conv->rows_fit &&
		       row_atom(conv, surface, y + rows) ==
			       row_atom(conv, surface, y) + (int64_t)rows * conv->in_w)
			rows++;
		if (npu_dma_read(npu, "CNA", iova, npu->core.fetch,
				 (size_t)rows * conv->in_w * NPU_ATOM_BYTES))
			return -1;
		for (i = 0; i < rows * conv->in_w; i++)
			widen_atom(conv, npu->core.fetch + i * NPU_ATOM_BYTES, &npu->cbuf.features,
				   index + (size_t)i * conv->lanes);
		y += rows;
	}
	return 0;
}

static int load_packed(struct npu *npu)
{
	struct conv *conv = &npu->conv;
	unsigned int elem = conv->elem_bits / 8, values = conv->in_w * conv->lanes, y, i;
	struct converter cvt;

	read_converter(npu, &cvt);
	for (y = 0; y < conv->rows_fit; y++) {
		uint32_t iova = conv->features_iova + y * conv->line_stride * conv->lanes * elem;
		size_t index = (size_t)y * values;

		if (npu_dma_read(npu, "CNA", iova, npu->core.fetch, (size_t)values * elem))
			return -1;
		for (i = 0; i < values; i++) {
			const uint8_t *p = npu->core.fetch + i * elem;

			if (conv->floating)
				npu->cbuf.features.f[index + i] =
					conv->precision == ROCKET_PRECISION_FP16
						? half_to_float(load16(p))
						: bfloat_to_float(load16(p));
			else if (elem == 2)
				npu->cbuf.features.i[index + i] = (int16_t)load16(p);
			else
				npu->cbuf.features.i[index + i] = cvt.on ?
					convert(&cvt, i % conv->lanes, *p) : (int8_t)*p;
		}
	}
	return 0;
}

int cna_load_features(struct npu *npu)
{
	struct conv *conv = &npu->conv;
	unsigned int atom_lanes = NPU_ATOM_BYTES * 8 / conv->elem_bits, surface;
	struct converter cvt;

	if (cbuf_reuse_features(npu))
		return 0;
	npu->cbuf.data.valid = false;
	if (conv->packed) {
		if (load_packed(npu))
			return -1;
	} else {
		read_converter(npu, &cvt);
		for (surface = 0; surface < conv->lanes / atom_lanes; surface++) {
			if (load_surface(npu, surface, atom_lanes))
				return -1;
		}
	}
	cbuf_loaded_features(npu);
	return 0;
}
