/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The parts of TensorFlow Lite's schema that we read
 *
 * Field numbers follow the order of declaration in schema.fbs, version 3; enum values are those
 * given there.
 *
 * Source: tensorflow/lite/schema/schema.fbs (2.14). Checked against all model files of the tests.
 */
#ifndef TFLITE_SCHEMA_H
#define TFLITE_SCHEMA_H

#include "fb.h"

#define TFL_IDENTIFIER	"TFL3"
#define TFL_VERSION	3

#define FIELD(id, name) ((struct fb_field){ id, name })

#define TFL_MODEL_VERSION		FIELD(0, "version")
#define TFL_MODEL_OPERATOR_CODES	FIELD(1, "operator_codes")
#define TFL_MODEL_SUBGRAPHS		FIELD(2, "subgraphs")
#define TFL_MODEL_DESCRIPTION		FIELD(3, "description")
#define TFL_MODEL_BUFFERS		FIELD(4, "buffers")

#define TFL_CODE_DEPRECATED_BUILTIN	FIELD(0, "deprecated_builtin_code")
#define TFL_CODE_CUSTOM			FIELD(1, "custom_code")
#define TFL_CODE_BUILTIN		FIELD(3, "builtin_code")

#define TFL_SUBGRAPH_TENSORS		FIELD(0, "tensors")
#define TFL_SUBGRAPH_INPUTS		FIELD(1, "inputs")
#define TFL_SUBGRAPH_OUTPUTS		FIELD(2, "outputs")
#define TFL_SUBGRAPH_OPERATORS		FIELD(3, "operators")

#define TFL_BUFFER_DATA			FIELD(0, "data")
#define TFL_BUFFER_OFFSET		FIELD(1, "offset")

#define TFL_TENSOR_SHAPE		FIELD(0, "shape")
#define TFL_TENSOR_TYPE			FIELD(1, "type")
#define TFL_TENSOR_BUFFER		FIELD(2, "buffer")
#define TFL_TENSOR_NAME			FIELD(3, "name")
#define TFL_TENSOR_QUANTIZATION		FIELD(4, "quantization")
#define TFL_TENSOR_SPARSITY		FIELD(6, "sparsity")

#define TFL_QUANT_SCALE			FIELD(2, "scale")
#define TFL_QUANT_ZERO_POINT		FIELD(3, "zero_point")
#define TFL_QUANT_DIMENSION		FIELD(6, "quantized_dimension")

#define TFL_OP_OPCODE_INDEX		FIELD(0, "opcode_index")
#define TFL_OP_INPUTS			FIELD(1, "inputs")
#define TFL_OP_OUTPUTS			FIELD(2, "outputs")
#define TFL_OP_OPTIONS_TYPE		FIELD(3, "builtin_options_type")
#define TFL_OP_OPTIONS			FIELD(4, "builtin_options")
#define TFL_OP_CUSTOM_OPTIONS		FIELD(5, "custom_options")

#define TFL_CONV_PADDING		FIELD(0, "padding")
#define TFL_CONV_STRIDE_W		FIELD(1, "stride_w")
#define TFL_CONV_STRIDE_H		FIELD(2, "stride_h")
#define TFL_CONV_ACTIVATION		FIELD(3, "fused_activation_function")
#define TFL_CONV_DILATION_W		FIELD(4, "dilation_w_factor")
#define TFL_CONV_DILATION_H		FIELD(5, "dilation_h_factor")

#define TFL_DW_PADDING			FIELD(0, "padding")
#define TFL_DW_STRIDE_W			FIELD(1, "stride_w")
#define TFL_DW_STRIDE_H			FIELD(2, "stride_h")
#define TFL_DW_MULTIPLIER		FIELD(3, "depth_multiplier")
#define TFL_DW_ACTIVATION		FIELD(4, "fused_activation_function")
#define TFL_DW_DILATION_W		FIELD(5, "dilation_w_factor")
#define TFL_DW_DILATION_H		FIELD(6, "dilation_h_factor")

#define TFL_POOL_PADDING		FIELD(0, "padding")
#define TFL_POOL_STRIDE_W		FIELD(1, "stride_w")
#define TFL_POOL_STRIDE_H		FIELD(2, "stride_h")
#define TFL_POOL_FILTER_W		FIELD(3, "filter_width")
#define TFL_POOL_FILTER_H		FIELD(4, "filter_height")
#define TFL_POOL_ACTIVATION		FIELD(5, "fused_activation_function")

#define TFL_FC_ACTIVATION		FIELD(0, "fused_activation_function")
#define TFL_FC_WEIGHTS_FORMAT		FIELD(1, "weights_format")
#define TFL_FC_KEEP_NUM_DIMS		FIELD(2, "keep_num_dims")

#define TFL_CONCAT_AXIS			FIELD(0, "axis")
#define TFL_CONCAT_ACTIVATION		FIELD(1, "fused_activation_function")

#define TFL_SOFTMAX_BETA		FIELD(0, "beta")
#define TFL_ELTWISE_ACTIVATION		FIELD(0, "fused_activation_function")	/* Add, Sub, Mul */
#define TFL_REDUCER_KEEP_DIMS		FIELD(0, "keep_dims")

#define TFL_LEAKY_RELU_ALPHA		FIELD(0, "alpha")
#define TFL_SPLIT_NUM_SPLITS		FIELD(0, "num_splits")
#define TFL_MIRROR_PAD_MODE		FIELD(0, "mode")

#define TFL_SLICE_BEGIN_MASK		FIELD(0, "begin_mask")
#define TFL_SLICE_END_MASK		FIELD(1, "end_mask")
#define TFL_SLICE_ELLIPSIS_MASK		FIELD(2, "ellipsis_mask")
#define TFL_SLICE_NEW_AXIS_MASK		FIELD(3, "new_axis_mask")
#define TFL_SLICE_SHRINK_AXIS_MASK	FIELD(4, "shrink_axis_mask")
#define TFL_SLICE_OFFSET		FIELD(5, "offset")

#define TFL_TRANSPOSE_CONV_PADDING	FIELD(0, "padding")
#define TFL_TRANSPOSE_CONV_STRIDE_W	FIELD(1, "stride_w")
#define TFL_TRANSPOSE_CONV_STRIDE_H	FIELD(2, "stride_h")
#define TFL_TRANSPOSE_CONV_ACTIVATION	FIELD(3, "fused_activation_function")

/* Fields 0 and 1 of ResizeBilinearOptions are a size that is not used any more. */
#define TFL_NEAREST_ALIGN_CORNERS	FIELD(0, "align_corners")
#define TFL_NEAREST_HALF_PIXEL		FIELD(1, "half_pixel_centers")
#define TFL_BILINEAR_ALIGN_CORNERS	FIELD(2, "align_corners")
#define TFL_BILINEAR_HALF_PIXEL		FIELD(3, "half_pixel_centers")

enum tfl_builtin {	/* BuiltinOperator */
#define TFL_BUILTIN(number, name) TFL_##name = number,
#include "builtins.def"
#undef TFL_BUILTIN
};

enum tfl_options {	/* BuiltinOptions */
	TFL_OPTIONS_NONE = 0,
	TFL_OPTIONS_CONV_2D = 1,
	TFL_OPTIONS_DEPTHWISE_CONV_2D = 2,
	TFL_OPTIONS_POOL_2D = 5,
	TFL_OPTIONS_FULLY_CONNECTED = 8,
	TFL_OPTIONS_SOFTMAX = 9,
	TFL_OPTIONS_CONCATENATION = 10,
	TFL_OPTIONS_ADD = 11,
	TFL_OPTIONS_RESIZE_BILINEAR = 15,
	TFL_OPTIONS_RESHAPE = 17,
	TFL_OPTIONS_MUL = 21,
	TFL_OPTIONS_PAD = 22,
	TFL_OPTIONS_TRANSPOSE = 26,
	TFL_OPTIONS_REDUCER = 27,
	TFL_OPTIONS_SUB = 28,
	TFL_OPTIONS_STRIDED_SLICE = 32,
	TFL_OPTIONS_SPLIT = 35,
	TFL_OPTIONS_DEQUANTIZE = 38,
	TFL_OPTIONS_MAXIMUM_MINIMUM = 39,
	TFL_OPTIONS_PADV2 = 43,
	TFL_OPTIONS_TRANSPOSE_CONV = 49,
	TFL_OPTIONS_RESIZE_NEAREST_NEIGHBOR = 74,
	TFL_OPTIONS_LEAKY_RELU = 75,
	TFL_OPTIONS_MIRROR_PAD = 77,
	TFL_OPTIONS_QUANTIZE = 89,
	TFL_OPTIONS_HARD_SWISH = 91,
};

enum tfl_type {	/* TensorType */
	TFL_FLOAT32 = 0,
	TFL_INT32 = 2,
	TFL_UINT8 = 3,
	TFL_INT64 = 4,
	TFL_INT16 = 7,
	TFL_INT8 = 9,
};

enum tfl_padding {	/* Padding */
	TFL_SAME = 0,
	TFL_VALID = 1,
};

enum tfl_mirror_pad {	/* MirrorPadMode */
	TFL_REFLECT = 0,
	TFL_SYMMETRIC = 1,
};

enum tfl_activation {	/* ActivationFunctionType */
	TFL_ACTIVATION_NONE = 0,
	TFL_ACTIVATION_RELU = 1,
	TFL_ACTIVATION_RELU_N1_TO_1 = 2,
	TFL_ACTIVATION_RELU6 = 3,
	TFL_ACTIVATION_TANH = 4,
	TFL_ACTIVATION_SIGN_BIT = 5,
};

#endif /* TFLITE_SCHEMA_H */
