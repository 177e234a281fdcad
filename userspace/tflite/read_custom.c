// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Custom operators of a .tflite file
 *
 * They are known by name, and bring their options as a FlexBuffer. A table says which one becomes
 * which operator of the graph; the others become OP_UNKNOWN.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <base/bits.h>
#include <graph/graph.h>

#include "fb.h"
#include "flex.h"
#include "reader.h"
#include "schema.h"

#define PREFIX "CUSTOM:"

enum option_type {
	OPTION_INT,
	OPTION_BOOL,
	OPTION_FLOAT,
};

struct option {
	const char *key;
	size_t offset;	/* in struct op */
	enum option_type type;
	double absent;
};

static int store_option(const struct fb_table *t, const struct option *o, double v, struct op *op)
{
	uint8_t *to = (uint8_t *)op + o->offset;

	switch (o->type) {
	case OPTION_INT:
		if (!(v >= INT32_MIN && v <= INT32_MAX) || v != (int32_t)v)
			return fb_complain(t, TFL_OP_CUSTOM_OPTIONS.name, -1,
					   "'%s' is %g, no 32-bit integer", o->key, v);
		memcpy(to, &(int32_t){ v }, sizeof(int32_t));
		return 0;
	case OPTION_BOOL:
		*(bool *)to = v != 0;
		return 0;
	default:
		memcpy(to, &(float){ v }, sizeof(float));
		return 0;
	}
}

static int read_options(const struct reader *r, const struct fb_table *t,
			const struct option *options, unsigned int count, struct op *op)
{
	struct fb_vector bytes;
	struct flex_map map;
	int ret;

	ret = fb_vec(t, TFL_OP_CUSTOM_OPTIONS, 1, &bytes);
	if (ret)
		return ret;
	if (flex_root(r->fb.data + bytes.pos, bytes.count, &map))
		return fb_complain(t, TFL_OP_CUSTOM_OPTIONS.name, -1,
				   "%" PRIu32 " bytes that are no FlexBuffer of a map",
				   bytes.count);
	for (unsigned int i = 0; i < count && !ret; i++) {
		double v = options[i].absent;

		ret = flex_number(&map, options[i].key, &v);
		if (ret == -EINVAL)
			return fb_complain(t, TFL_OP_CUSTOM_OPTIONS.name, -1, "'%s' is no number",
					   options[i].key);
		ret = store_option(t, &options[i], v, op);
	}

	return ret;
}

/* Files leave the extents of the outputs open: they follow from the options. */
static void set_detection_shapes(const struct reader *r, const struct op *op)
{
	int64_t rows = (int64_t)op->u.detection.max_detections *
		       op->u.detection.max_classes_per_detection;
	const struct shape shapes[] = {
		{ 3, { 1, rows, 4 } }, { 2, { 1, rows } }, { 2, { 1, rows } }, { 1, { 1 } }
	};

	if (rows < 1 || rows > INT32_MAX)
		return;		/* the verifier will say so */
	for (uint32_t i = 0; i < op->n_outputs && i < ARRAY_SIZE(shapes); i++) {
		struct tensor *t = &r->g->tensors[op->outputs[i]];

		if (t->shape.rank || t->data)
			continue;
		t->shape = shapes[i];
		t->bytes = shape_elements(&t->shape) * dtype_bytes(t->type);
	}
}

static int read_detection(const struct reader *r, const struct fb_table *t, struct op *op)
{
#define OPTION(member, type, absent)                                                               \
	{                                                                                          \
#member, offsetof(struct op, u.detection.member), OPTION_##type, absent            \
	}
	static const struct option options[] = {
		OPTION(max_detections, INT, 0),
		OPTION(max_classes_per_detection, INT, 0),
		OPTION(detections_per_class, INT, 100),
		OPTION(num_classes, INT, 0),
		OPTION(use_regular_nms, BOOL, 0),
		OPTION(nms_score_threshold, FLOAT, 0),
		OPTION(nms_iou_threshold, FLOAT, 0),
		OPTION(y_scale, FLOAT, 0),
		OPTION(x_scale, FLOAT, 0),
		OPTION(h_scale, FLOAT, 0),
		OPTION(w_scale, FLOAT, 0),
	};
#undef OPTION
	int ret = read_options(r, t, options, ARRAY_SIZE(options), op);

	if (!ret)
		set_detection_shapes(r, op);

	return ret;
}

static const struct {
	const char *name;
	enum op_kind kind;
	int (*read)(const struct reader *r, const struct fb_table *t, struct op *op);
} customs[] = {
	{ "TFLite_Detection_PostProcess", OP_DETECTION_POSTPROCESS, read_detection },
};

int reader_custom(struct reader *r, const struct fb_table *code, const struct fb_table *t,
		  struct op *op)
{
	int ret = reader_string(r, code, TFL_CODE_CUSTOM, PREFIX, &op->name);

	if (ret)
		return ret;
	for (unsigned int i = 0; i < ARRAY_SIZE(customs); i++) {
		if (strcmp(op->name + strlen(PREFIX), customs[i].name))
			continue;
		op->kind = customs[i].kind;
		op->name = op_kind_name(op->kind);
		return customs[i].read(r, t, op);
	}
	op->kind = OP_UNKNOWN;
	op->refused = READER_UNKNOWN;

	return 0;
}
