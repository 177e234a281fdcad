// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Operator parameters in .rkt files
 */
#include <stddef.h>

#include <base/bits.h>

#include "file.h"

#define INT(member)		{ #member, offsetof(struct op, u.member), 4, 0 }
#define ENUM(member, last)	{ #member, offsetof(struct op, u.member), 4, last }
#define BOOL(member)		{ #member, offsetof(struct op, u.member), 1, 1 }

static const struct file_param conv[] = {
	ENUM(conv.padding, PADDING_VALID),
	ENUM(conv.activation, ACTIVATION_OTHER),
	INT(conv.stride_h),
	INT(conv.stride_w),
	INT(conv.dilation_h),
	INT(conv.dilation_w),
	INT(conv.depth_multiplier),
};

static const struct file_param pool[] = {
	ENUM(pool.padding, PADDING_VALID),
	ENUM(pool.activation, ACTIVATION_OTHER),
	INT(pool.stride_h),
	INT(pool.stride_w),
	INT(pool.filter_h),
	INT(pool.filter_w),
};

static const struct file_param fc[] = {
	ENUM(fc.activation, ACTIVATION_OTHER),
	BOOL(fc.keep_num_dims),
};

static const struct file_param eltwise[] = {
	ENUM(eltwise.activation, ACTIVATION_OTHER),
};

static const struct file_param softmax[] = {
	INT(softmax.beta),
};

static const struct file_param concat[] = {
	INT(concat.axis),
	ENUM(concat.activation, ACTIVATION_OTHER),
};

static const struct file_param reduce[] = {
	BOOL(reduce.keep_dims),
};

static const struct file_param leaky_relu[] = {
	INT(leaky_relu.alpha),
};

static const struct file_param slice[] = {
	INT(slice.begin_mask),
	INT(slice.end_mask),
	INT(slice.shrink_axis_mask),
};

static const struct file_param resize[] = {
	BOOL(resize.align_corners),
	BOOL(resize.half_pixel_centers),
};

static const struct file_param mirror_pad[] = {
	BOOL(mirror_pad.symmetric),
};

static const struct file_param detection[] = {
	INT(detection.max_detections),
	INT(detection.max_classes_per_detection),
	INT(detection.detections_per_class),
	INT(detection.num_classes),
	BOOL(detection.use_regular_nms),
	INT(detection.nms_score_threshold),
	INT(detection.nms_iou_threshold),
	INT(detection.y_scale),
	INT(detection.x_scale),
	INT(detection.h_scale),
	INT(detection.w_scale),
};

static const struct {
	const struct file_param *params;
	size_t count;
} kinds[OP_KINDS] = {
#define PARAMS(list) { list, ARRAY_SIZE(list) }
	[OP_CONV_2D] = PARAMS(conv),
	[OP_DEPTHWISE_CONV_2D] = PARAMS(conv),
	[OP_AVERAGE_POOL_2D] = PARAMS(pool),
	[OP_MAX_POOL_2D] = PARAMS(pool),
	[OP_FULLY_CONNECTED] = PARAMS(fc),
	[OP_ADD] = PARAMS(eltwise),
	[OP_SUB] = PARAMS(eltwise),
	[OP_MUL] = PARAMS(eltwise),
	[OP_SOFTMAX] = PARAMS(softmax),
	[OP_CONCATENATION] = PARAMS(concat),
	[OP_MEAN] = PARAMS(reduce),
	[OP_DETECTION_POSTPROCESS] = PARAMS(detection),
	[OP_LEAKY_RELU] = PARAMS(leaky_relu),
	[OP_STRIDED_SLICE] = PARAMS(slice),
	[OP_TRANSPOSE_CONV] = PARAMS(conv),
	[OP_RESIZE_NEAREST_NEIGHBOR] = PARAMS(resize),
	[OP_RESIZE_BILINEAR] = PARAMS(resize),
	[OP_MIRROR_PAD] = PARAMS(mirror_pad),
};

const struct file_param *file_params(enum op_kind kind, size_t *count)
{
	*count = kinds[kind].count;
	return kinds[kind].params;
}
