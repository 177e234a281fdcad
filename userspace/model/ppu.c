// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: PPU, pooling
 *
 * Guide 9, silicon notes 2.11. Averages are a sum times two reciprocals, so they inherit the
 * rounding of the reciprocals; the divisor counts padding.
 */
#include <string.h>

#include "numeric.h"
#include "private.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#else
#pragma STDC FP_CONTRACT OFF
#endif

struct pool {
	unsigned int precision;
	unsigned int method;
	unsigned int in_w, in_h, out_w, out_h, channels;
	unsigned int kernel_w, kernel_h, stride_x, stride_y;
	unsigned int left, right, top, bottom;
	uint32_t recip_w, recip_h;
	uint32_t pad;
	uint32_t src, src_line, src_surface;
	uint32_t dst, dst_surface, dst_notch;
};

static void read_pool(const uint32_t *r, const uint32_t *d, struct pool *p)
{
	*p = (struct pool){
		.precision = FIELD(r, PPU_DATA_FORMAT, PROC_PRECISION),
		.method = FIELD(r, PPU_OPERATION_MODE_CFG, POOLING_METHOD),
		.in_w = FIELD(r, PPU_DATA_CUBE_IN_WIDTH, CUBE_IN_WIDTH) + 1,
		.in_h = FIELD(r, PPU_DATA_CUBE_IN_HEIGHT, CUBE_IN_HEIGHT) + 1,
		.out_w = FIELD(r, PPU_DATA_CUBE_OUT_WIDTH, CUBE_OUT_WIDTH) + 1,
		.out_h = FIELD(r, PPU_DATA_CUBE_OUT_HEIGHT, CUBE_OUT_HEIGHT) + 1,
		.channels = FIELD(r, PPU_DATA_CUBE_OUT_CHANNEL, CUBE_OUT_CHANNEL) + 1,
		.kernel_w = FIELD(r, PPU_POOLING_KERNEL_CFG, KERNEL_WIDTH) + 1,
		.kernel_h = FIELD(r, PPU_POOLING_KERNEL_CFG, KERNEL_HEIGHT) + 1,
		.stride_x = FIELD(r, PPU_POOLING_KERNEL_CFG, KERNEL_STRIDE_WIDTH) + 1,
		.stride_y = FIELD(r, PPU_POOLING_KERNEL_CFG, KERNEL_STRIDE_HEIGHT) + 1,
		.left = FIELD(r, PPU_POOLING_PADDING_CFG, PAD_LEFT),
		.right = FIELD(r, PPU_POOLING_PADDING_CFG, PAD_RIGHT),
		.top = FIELD(r, PPU_POOLING_PADDING_CFG, PAD_TOP),
		.bottom = FIELD(r, PPU_POOLING_PADDING_CFG, PAD_BOTTOM),
		.recip_w = WORD(r, PPU_RECIP_KERNEL_WIDTH),
		.recip_h = WORD(r, PPU_RECIP_KERNEL_HEIGHT),
		.pad = WORD(r, PPU_PADDING_VALUE_1_CFG),
		.src = WORD(d, PPU_RDMA_SRC_BASE_ADDR),
		.src_line = WORD(d, PPU_RDMA_SRC_LINE_STRIDE),
		.src_surface = WORD(d, PPU_RDMA_SRC_SURF_STRIDE),
		.dst = WORD(r, PPU_DST_BASE_ADDR),
		.dst_surface = WORD(r, PPU_DST_SURF_STRIDE),
		.dst_notch = FIELD(r, PPU_OPERATION_MODE_CFG, NOTCH_ADDR),
	};
}

static void check_unmodelled(struct npu *npu, const uint32_t *r, const struct pool *p)
{
	if (FIELD(r, PPU_OPERATION_MODE_CFG, INDEX_EN) || FIELD(r, PPU_OPERATION_MODE_CFG, USE_CNT))
		npu_unimp(npu, "PPU_OPERATION_MODE_CFG = 0x%08x", WORD(r, PPU_OPERATION_MODE_CFG));
	if (FIELD(r, PPU_MISC_CTRL, SURF_LEN) || FIELD(r, PPU_MISC_CTRL, MC_SURF_OUT) ||
	    FIELD(r, PPU_MISC_CTRL, NONALIGN))
		npu_unimp(npu, "PPU_MISC_CTRL = 0x%08x", WORD(r, PPU_MISC_CTRL));
	if (FIELD(r, PPU_DATA_FORMAT, DPU_FLYIN))
		npu_unimp(npu, "PPU_DATA_FORMAT.DPU_FLYIN");
	if (p->method == ROCKET_POOL_METHOD_AVERAGE && (p->left | p->right | p->top | p->bottom) &&
	    p->pad)
		npu_unimp(npu, "average pooling with padding that is not 0");
}

static int check(struct npu *npu, const uint32_t *r, const uint32_t *d, const struct pool *p)
{
	unsigned int size = FIELD(d, PPU_RDMA_DATA_FORMAT, IN_PRECISION);

	check_unmodelled(npu, r, p);
	if (!FIELD(r, PPU_OPERATION_MODE_CFG, FLYING_MODE))
		return npu_hang(npu, "PPU: waits for the DPU, which was not started");
	if (p->precision > ROCKET_PRECISION_FP16 || p->method > ROCKET_POOL_METHOD_MIN) {
		npu_unimp(npu, "pooling with precision code %u and method %u", p->precision,
			  p->method);
		return npu_hang(npu, "PPU: precision code %u, method %u are not modelled",
				p->precision, p->method);
	}
	if (size != (p->precision == ROCKET_PRECISION_INT8 ? ROCKET_EDATA_SIZE_8BIT
							   : ROCKET_EDATA_SIZE_16BIT))
		npu_guest_error(npu, "PPU_RDMA: element size code %u for precision code %u", size,
				p->precision);
	if (p->in_w != FIELD(d, PPU_RDMA_CUBE_IN_WIDTH, CUBE_IN_WIDTH) + 1 ||
	    p->in_h != FIELD(d, PPU_RDMA_CUBE_IN_HEIGHT, CUBE_IN_HEIGHT) + 1 ||
	    FIELD(r, PPU_DATA_CUBE_IN_CHANNEL, CUBE_IN_CHANNEL) !=
	    FIELD(d, PPU_RDMA_CUBE_IN_CHANNEL, CUBE_IN_CHANNEL))
		return npu_hang(npu, "PPU: waits for %u x %u, PPU_RDMA reads %u x %u (or channels)",
				p->in_w, p->in_h,
				FIELD(d, PPU_RDMA_CUBE_IN_WIDTH, CUBE_IN_WIDTH) + 1,
			FIELD(d, PPU_RDMA_CUBE_IN_HEIGHT, CUBE_IN_HEIGHT) + 1);
	if (p->channels != FIELD(r, PPU_DATA_CUBE_IN_CHANNEL, CUBE_IN_CHANNEL) + 1)
		return npu_hang(npu, "PPU: %u output channels from %u input channels", p->channels,
				FIELD(r, PPU_DATA_CUBE_IN_CHANNEL, CUBE_IN_CHANNEL) + 1);
	if ((p->out_w - 1) * p->stride_x + p->kernel_w > p->in_w + p->left + p->right ||
	    (p->out_h - 1) * p->stride_y + p->kernel_h > p->in_h + p->top + p->bottom)
		return npu_hang(npu,
				"PPU: one of %u x %u windows leaves input and padding (%u x %u)",
				p->out_w, p->out_h, p->in_w, p->in_h);
	return 0;
}

static int32_t load_int(unsigned int precision, const uint8_t *p)
{
	return precision == ROCKET_PRECISION_INT8 ? (int8_t)p[0] : (int16_t)(p[0] | p[1] << 8);
}

static void store16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

/* address of a window's element, NULL in the padding */
static const uint8_t *element(const struct npu *npu, const struct pool *p, int x, int y,
			      unsigned int byte)
{
	if (x < 0 || y < 0 || x >= (int)p->in_w || y >= (int)p->in_h)
		return NULL;
	return npu->ppu.lines[y % PPU_LINES] + (unsigned int)x * NPU_ATOM_BYTES + byte;
}

static void pool_int(struct npu *npu, const struct pool *p, int x0, int y0, unsigned int byte,
		     uint8_t *to)
{
	unsigned int bits = p->precision == ROCKET_PRECISION_INT8 ? 8 : 16, kx, ky;
	int32_t pad = sign_extend(p->pad, bits);
	int64_t best = 0, sum = 0, value;
	bool first = true;

	for (ky = 0; ky < p->kernel_h; ky++) {
		for (kx = 0; kx < p->kernel_w; kx++) {
			const uint8_t *e = element(npu, p, x0 + (int)kx, y0 + (int)ky, byte);

			value = e ? load_int(p->precision, e) : pad;
			sum += value;
			if (first ||
			    (p->method == ROCKET_POOL_METHOD_MAX ? value > best : value < best))
				best = value;
			first = false;
		}
	}
	if (p->method == ROCKET_POOL_METHOD_AVERAGE)
		best = shift_round(sum * p->recip_w * p->recip_h, 32,
				   npu->switches.ppu_average_round);
	best = clamp64(best, bits == 8 ? INT8_MIN : INT16_MIN, bits == 8 ? INT8_MAX : INT16_MAX);
	if (bits == 8)
		*to = (uint8_t)best;
	else
		store16(to, (uint16_t)best);
}

static void pool_half(struct npu *npu, const struct pool *p, int x0, int y0, unsigned int byte,
		      uint8_t *to)
{
	float pad = half_to_float((uint16_t)p->pad), best = 0, sum = 0, value;
	unsigned int kx, ky;
	bool first = true;

	for (ky = 0; ky < p->kernel_h; ky++) {
		for (kx = 0; kx < p->kernel_w; kx++) {
			const uint8_t *e = element(npu, p, x0 + (int)kx, y0 + (int)ky, byte);

			value = e ? half_to_float((uint16_t)(e[0] | e[1] << 8)) : pad;
			sum += value;
			if (first ||
			    (p->method == ROCKET_POOL_METHOD_MAX ? value > best : value < best))
				best = value;
			first = false;
		}
	}
	if (p->method == ROCKET_POOL_METHOD_AVERAGE) {
		best = sum * half_to_float((uint16_t)p->recip_w) * (1.0f / 65536);
		best = best * half_to_float((uint16_t)p->recip_h) * (1.0f / 65536);
	}
	store16(to, float_to_half(best));
}

static int read_lines(struct npu *npu, const struct pool *p, unsigned int surface, int from, int to)
{
	int y;

	for (y = from; y < to; y++) {
		if (npu_dma_read(npu, "PPU_RDMA",
				 p->src + surface * p->src_surface + (uint32_t)y * p->src_line,
				 npu->ppu.lines[y % PPU_LINES], (size_t)p->in_w * NPU_ATOM_BYTES))
			return -1;
	}
	return 0;
}

static int pool_surface(struct npu *npu, const struct pool *p, unsigned int surface)
{
	unsigned int elem = p->precision == ROCKET_PRECISION_INT8 ? 1 : 2, x, y, byte;
	int read = 0;

	for (y = 0; y < p->out_h; y++) {
		int y0 = (int)(y * p->stride_y) - (int)p->top, end = y0 + (int)p->kernel_h;

		if (end > (int)p->in_h)
			end = (int)p->in_h;
		if (read < y0)
			read = y0;
		if (read_lines(npu, p, surface, read, end))
			return -1;
		read = end > read ? end : read;
		for (x = 0; x < p->out_w; x++) {
			int x0 = (int)(x * p->stride_x) - (int)p->left;

			for (byte = 0; byte < NPU_ATOM_BYTES; byte += elem) {
				uint8_t *to = npu->ppu.row + x * NPU_ATOM_BYTES + byte;

				if (p->precision == ROCKET_PRECISION_FP16)
					pool_half(npu, p, x0, y0, byte, to);
				else
					pool_int(npu, p, x0, y0, byte, to);
			}
		}
		if (npu_dma_write(npu, "PPU", p->dst + surface * p->dst_surface +
				  y * (p->out_w + p->dst_notch) * NPU_ATOM_BYTES, npu->ppu.row,
				  (size_t)p->out_w * NPU_ATOM_BYTES))
			return -1;
	}
	return 0;
}

int ppu_run(struct npu *npu)
{
	const uint32_t *r = npu_running(npu, BLOCK_PPU), *d = npu_running(npu, BLOCK_PPU_RDMA);
	unsigned int surface, atom;
	struct pool p;

	read_pool(r, d, &p);
	if (check(npu, r, d, &p))
		return -1;
	atom = p.precision == ROCKET_PRECISION_INT8 ? NPU_ATOM_BYTES : NPU_ATOM_BYTES / 2;
	for (surface = 0; surface * atom < p.channels; surface++) {
		if (pool_surface(npu, &p, surface))
			return -1;
	}
	return 0;
}
