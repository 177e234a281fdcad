/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What recorded streams compute
 *
 * Mesa's streams compute the operator of the model for square images; for others they compute
 * something else, which is just as definite. This file computes that something with the reference,
 * so that the model is judged there too.
 */
#ifndef CROSS_MESA_H
#define CROSS_MESA_H

#include <stddef.h>
#include <stdint.h>

#include "capture.h"
#include "golden.h"

/*
 * Where Mesa's streams depart from the operator. Found by comparing register words with the models;
 * each departure turns a "wrong" output into one within 1 code of the reference.
 *
 * MESA_SWAPPED: the height of the tensor and kernel is given as width and the width as height,
 * while memory stays in row order. Padding is not exchanged. Both strides are the horizontal one.
 * Invisible for square shapes and 1x1 kernels. MESA_UNDILATED: dilation is ignored. MESA_UNSIGNED:
 * int8 tensors are taken for uint8 ones with the same bytes. MESA_LOOSE_ROWS: depthwise weights of
 * the last group are packed in rows of as many bytes as there are channels, but the stream declares
 * rows of whole atoms. MESA_PACKED: the input is stored as interleaved pixels in lines of 16 and is
 * not centred.
 */
enum mesa_departure {
	MESA_SWAPPED = 1 << 0,
	MESA_UNDILATED = 1 << 1,
	MESA_UNSIGNED = 1 << 2,
	MESA_LOOSE_ROWS = 1 << 3,
	MESA_PACKED = 1 << 4,
};

/**
 * mesa_op() - the operator that a job computes
 * @g: golden case of the model
 * @job: job number
 *
 * Return: the @job-th convolution of the graph; NULL when there are fewer.
 */
const struct op *mesa_op(const struct golden *g, size_t job);

/**
 * mesa_unpack() - a feature map of 1-byte elements as the CPU sees it
 * @from: NC1HWC2 memory
 * @pixels: per surface
 * @channels: wanted
 * @flip: XORed to each byte
 * @to: @pixels * @channels bytes, channels innermost
 */
void mesa_unpack(const uint8_t *from, size_t pixels, size_t channels, uint8_t flip, uint8_t *to);

/**
 * mesa_pack() - the reverse; lanes beyond @channels stay
 * @from: @pixels * @channels bytes
 * @pixels: per surface
 * @channels: in @from
 * @flip: XORed to each byte
 * @to: NC1HWC2 memory
 */
void mesa_pack(const uint8_t *from, size_t pixels, size_t channels, uint8_t flip, uint8_t *to);

/**
 * mesa_output() - what a job left, in the order of the tensor
 * @c: capture that has run
 * @job: job number
 * @g: golden case of the model
 *
 * Return: bytes of the output tensor, to be freed by the caller; NULL when memory is out.
 */
uint8_t *mesa_output(struct capture *c, size_t job, const struct golden *g);

/**
 * mesa_explain() - compare a job's output with the reference, fed with the input that lies in
 * device memory
 * @c: capture that has run
 * @job: job number
 * @g: golden case of the model
 * @departures: set of enum mesa_departure
 * @out: the distance
 *
 * Return: 0; a negative errno of the reference.
 */
int mesa_explain(struct capture *c, size_t job, const struct golden *g, unsigned int departures,
		 struct golden_distance *out);

#endif /* CROSS_MESA_H */
