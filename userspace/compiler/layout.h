/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Layouts in NPU memory
 *
 * Pure functions: where the bytes of feature maps, weights and operand tables lie and how much
 * space they take in memory and in the CBUF. One byte per element; nothing here knows operators or
 * addresses.
 */
#ifndef COMPILER_LAYOUT_H
#define COMPILER_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct weight_shape - weights of one convolution in NPU memory
 * @depthwise: one filter per channel instead of one per kernel and channel
 * @taps: kernel height times width
 * @channels: input channels in memory, a multiple of NPU_ATOM_BYTES
 * @kernels: kernels of the whole convolution; depthwise: its channels
 * @group: kernels packed together; depthwise: channels packed together. Tasks start at multiples of
 * it.
 */
struct weight_shape {
	bool depthwise;
	uint32_t taps;
	uint32_t channels;
	uint32_t kernels;
	uint32_t group;
};

/**
 * layout_in_channels() - channels of an input as the CNA reads them
 * @channels: real channels
 *
 * Return: @channels rounded up to whole atoms. Source: guide 4.5.
 */
uint32_t layout_in_channels(uint32_t channels);

/**
 * layout_out_channels() - channels that the DPU writes
 * @depthwise: mode of the convolution
 * @channels: real output channels of the task
 *
 * Return: @channels rounded up to whole kernel groups. Source: guide 7.2.
 */
uint32_t layout_out_channels(bool depthwise, uint32_t channels);

/**
 * layout_surfaces() - channel blocks of a feature map
 * @channels: channels
 *
 * Return: number of blocks of NPU_ATOM_BYTES channels. Source: guide 4.1.
 */
uint32_t layout_surfaces(uint32_t channels);

/**
 * layout_data_entries() - CBUF space of one input row
 * @channels: input channels in memory, a multiple of NPU_ATOM_BYTES
 * @width: pixels
 *
 * Three atoms take a whole entry per pixel. Return: entries of NPU_CBUF_ENTRY_BYTES. Source: guide
 * 5, silicon notes 6.
 */
uint32_t layout_data_entries(uint32_t channels, uint32_t width);

/**
 * layout_surface_gap() - the CNA's SURF_STRIDE
 * @pitch: pixels from channel block to channel block
 * @width: pixels per row
 *
 * The surface pitch less the four rows that are fetched as a group; negative below four rows.
 * Return: atoms. Source: guide 4.2, silicon notes 2.8.
 */
int32_t layout_surface_gap(uint32_t pitch, uint32_t width);

/**
 * layout_weight_bytes() - size of the first kernels of a convolution
 * @s: weights
 * @kernels: how many; a multiple of @s->group, or all of them
 *
 * Return: bytes in memory; the number of kernels is rounded up to an even one. Source:
 * guide 4.5, 4.6.
 */
uint64_t layout_weight_bytes(const struct weight_shape *s, uint32_t kernels);

/**
 * layout_weight_offset() - where one weight lies
 * @s: weights
 * @kernel: kernel; ignored for depthwise
 * @tap: ky * kernel width + kx
 * @channel: input channel
 *
 * Return: bytes from the start of the weights. Source: guide 4.5, 4.6.
 */
uint64_t layout_weight_offset(const struct weight_shape *s, uint32_t kernel, uint32_t tap,
			      uint32_t channel);

/**
 * layout_operand_offset() - where the adder operand of a channel lies in a table for BRDMA
 * @multiply: the table holds multipliers too
 * @channel: output channel; a multiple of 4 is where a task may start
 *
 * Alone, adder operands lie one behind the other. With multipliers they come in blocks of four
 * channels, four int32 and four int16.
 *
 * Unknown: the order on this chip; the sibling RK3568 and RV1106 have it, and the model has a
 * switch (brdma_block). Source: guide 4.7.
 *
 * Return: bytes from the start of the table.
 */
uint32_t layout_operand_offset(bool multiply, uint32_t channel);

/**
 * layout_multiplier_offset() - where the multiplier of a channel lies in such a table
 * @channel: output channel
 *
 * Return: bytes from the start of the table.
 */
uint32_t layout_multiplier_offset(uint32_t channel);

#endif /* COMPILER_LAYOUT_H */
