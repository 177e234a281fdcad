// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tests of TFLite_Detection_PostProcess
 *
 * Boxes drawn by hand: every anchor is a unit square with its centre at a round place, so that
 * corners are exact.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/bits.h>
#include <base/diag.h>
#include <fuzz/alloc_fail.h>
#include <ref/ref.h>

#include "one_op.h"

#define SHAPE(...)                                                                                 \
	{                                                                                          \
		.rank = sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t),                      \
		.dim = { __VA_ARGS__ }                                                             \
	}
#define BOXES		4
#define ROWS_MAX	4
#define TEXT_BYTES	512

/*
 * Boxes 0 and 1 overlap by a half, which is 1/3 of their union; 2 is box 0 moved by 1/16; 3 lies
 * apart.
 */
static const float anchors[BOXES][4] = {
	{ 0.5, 0.5, 1, 1 }, { 0.5, 1, 1, 1 }, { 0.5, 0.5, 1, 1 }, { 8, 8, 1, 1 },
};
static const float codes[BOXES][4] = { { 0 }, { 0 }, { 0, 0.0625 * 5 }, { 0 } };
static const float corners[BOXES][4] = {
	{ 0, 0, 1, 1 }, { 0, 0.5, 1, 1.5 }, { 0, 0.0625, 1, 1.0625 }, { 7.5, 7.5, 8.5, 8.5 },
};

struct row {
	const char *why;
	struct detection_params p;
	const float *scores;	/* BOXES rows of num_classes, one more with @background */
	int background;
	int32_t count;
	struct {
		int32_t box, class;
		float score;
	} want[ROWS_MAX];
};

#define PARAMS(most, each, number, ...)                                                            \
	{                                                                                          \
		.max_detections = most, .max_classes_per_detection = each, .num_classes = number,  \
		.y_scale = 5, .x_scale = 5, .h_scale = 5, .w_scale = 5, __VA_ARGS__                \
	}
#define SCORES(...) (const float[]){ __VA_ARGS__ }

static const struct row rows[] = {
	{ "the best box wins over its neighbour, the one that overlaps by a third stays",
	  PARAMS(4, 1, 1, .nms_iou_threshold = 0.5, .nms_score_threshold = 0.1),
	  SCORES(0.5, 0.6, 0.75, 0.25),
	  0,
	  3,
	  { { 2, 0, 0.75 }, { 1, 0, 0.6f }, { 3, 0, 0.25 } } },
	{ "a lower limit of overlap drops it too",
	  PARAMS(4, 1, 1, .nms_iou_threshold = 0.25, .nms_score_threshold = 0.1),
	  SCORES(0.5, 0.6, 0.75, 0.25),
	  0,
	  2,
	  { { 2, 0, 0.75 }, { 3, 0, 0.25 } } },
	{ "a score at the threshold counts, one below does not",
	  PARAMS(4, 1, 1, .nms_iou_threshold = 0.5, .nms_score_threshold = 0.5),
	  SCORES(0.5, 0.25, 0, 0.49),
	  0,
	  1,
	  { { 0, 0, 0.5 } } },
	{ "no more than asked for",
	  PARAMS(1, 1, 1, .nms_iou_threshold = 0.5),
	  SCORES(0.5, 0.6, 0.75, 0.25),
	  0,
	  1,
	  { { 2, 0, 0.75 } } },
	{ "equal scores: the lower number first",
	  PARAMS(2, 1, 1, .nms_iou_threshold = 0.5),
	  SCORES(0.25, 0.5, 0.125, 0.5),
	  0,
	  2,
	  { { 1, 0, 0.5 }, { 3, 0, 0.5 } } },
	{ "the background is no class",
	  PARAMS(2, 1, 2, .nms_iou_threshold = 0.5, .nms_score_threshold = 0.3),
	  SCORES(0.9, 0.1, 0.2, 0.9, 0.1, 0.2, 0.9, 0.1, 0.2, 0.9, 0.1, 0.4),
	  1,
	  1,
	  { { 3, 1, 0.4f } } },
	{ "two classes for a box, the better one first",
	  PARAMS(2, 2, 2, .nms_iou_threshold = 0.5, .nms_score_threshold = 0.3),
	  SCORES(0.5, 0.25, 0.1, 0.2, 0.1, 0.2, 0.125, 0.75),
	  0,
	  2,
	  { { 3, 1, 0.75 }, { 3, 0, 0.125 }, { 0, 0, 0.5 }, { 0, 1, 0.25 } } },
	{ "more classes for a box than there are",
	  PARAMS(1, 2, 1, .nms_iou_threshold = 0.5),
	  SCORES(0.5, 0.6, 0.75, 0.25),
	  0,
	  1,
	  { { 2, 0, 0.75 } } },
	{ "over all classes a box suppresses one of another class",
	  PARAMS(4, 1, 2, .nms_iou_threshold = 0.5, .nms_score_threshold = 0.3),
	  SCORES(0.5, 0, 0, 0, 0, 0.75, 0, 0),
	  0,
	  1,
	  { { 2, 1, 0.75 } } },
	{ "within classes it does not, and a box may have two",
	  PARAMS(4, 1, 2, .nms_iou_threshold = 0.5, .nms_score_threshold = 0.3,
		 .use_regular_nms = true, .detections_per_class = 4),
	  SCORES(0.5, 0, 0, 0, 0.4, 0.75, 0.625, 0.5),
	  0,
	  4,
	  { { 2, 1, 0.75 }, { 3, 0, 0.625 }, { 3, 1, 0.5 }, { 0, 0, 0.5 } } },
	{ "within classes, one of each",
	  PARAMS(3, 1, 2, .nms_iou_threshold = 0.5, .nms_score_threshold = 0.3,
		 .use_regular_nms = true, .detections_per_class = 1),
	  SCORES(0.5, 0, 0, 0, 0.4, 0.75, 0.625, 0.5),
	  0,
	  2,
	  { { 2, 1, 0.75 }, { 3, 0, 0.625 } } },
};

static struct one_op op_of(const struct row *row)
{
	int32_t most = row->p.max_detections * row->p.max_classes_per_detection;

	return (struct one_op){
		.op = { .kind = OP_DETECTION_POSTPROCESS, .u.detection = row->p },
		.n_in = 3,
		.in = { { DTYPE_FLOAT32, SHAPE(1, BOXES, 4), .data = codes },
			{ DTYPE_FLOAT32, SHAPE(1, BOXES, row->p.num_classes + row->background),
			  .data = row->scores },
			{ DTYPE_FLOAT32, SHAPE(BOXES, 4), .data = anchors, .constant = true } },
		.out = { DTYPE_FLOAT32, SHAPE(1, most, 4) },
		.n_more = 3,
		.more = { { DTYPE_FLOAT32, SHAPE(1, most) },
			  { DTYPE_FLOAT32, SHAPE(1, most) },
			  { DTYPE_FLOAT32, SHAPE(1) } },
	};
}

struct outputs {
	float boxes[ROWS_MAX][4], classes[ROWS_MAX], scores[ROWS_MAX], count;
};

static int run(const struct one_op *op, struct outputs *out)
{
	struct graph *g = one_op_graph(op);
	void *values[] = { (void *)op->in[0].data,
			   (void *)op->in[1].data,
			   NULL,
			   out->boxes,
			   out->classes,
			   out->scores,
			   &out->count };
	int ret;

	assert_int_equal(graph_verify(g, &(struct diag){ .print = diag_stderr }), 0);
	memset(out, 0xa5, sizeof(*out));
	ret = ref_eval(g, &g->ops[0], values, NULL);
	graph_destroy(g);

	return ret;
}

static void boxes_are_kept_by_score_and_overlap(void **state)
{
	static const float nothing[4];

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct one_op op = op_of(row);
		struct outputs out;

		assert_int_equal(run(&op, &out), 0);
		if (out.count != row->count)
			fail_msg("%s: %g detections, not %d", row->why, out.count, row->count);
		for (int32_t k = 0; k < row->p.max_detections * row->p.max_classes_per_detection;
		     k++) {
			bool used = row->want[k].score > 0;

			if (out.classes[k] != row->want[k].class ||
			    out.scores[k] != row->want[k].score)
				fail_msg("%s: detection %d is class %g with %g", row->why, k,
					 out.classes[k], out.scores[k]);
			if (memcmp(out.boxes[k], used ? corners[row->want[k].box] : nothing,
				   sizeof(nothing)))
				fail_msg("%s: detection %d is at %g %g %g %g", row->why, k,
					 out.boxes[k][0], out.boxes[k][1], out.boxes[k][2],
					 out.boxes[k][3]);
		}
	}
}

/* Zero points come off; sizes are powers of e. */
static void quantised_boxes_are_decoded_against_quantised_anchors(void **state)
{
	static const uint8_t box[] = { 110, 120, 105, 100 }, anchor[] = { 2, 4, 8, 4 },
			     score[] = { 200 };
	const struct one_op op = {
		.op = { .kind = OP_DETECTION_POSTPROCESS,
			.u.detection = PARAMS(1, 1, 1, .nms_iou_threshold = 1) },
		.n_in = 3,
		.in = { { DTYPE_UINT8, SHAPE(1, 1, 4), 1, 100, .data = box },
			{ DTYPE_UINT8, SHAPE(1, 1, 1), 1.0f / 256, 0, .data = score },
			{ DTYPE_UINT8, SHAPE(1, 4), 0.25, 0, .data = anchor, .constant = true } },
		.out = { DTYPE_FLOAT32, SHAPE(1, 1, 4) },
		.n_more = 3,
		.more = { { DTYPE_FLOAT32, SHAPE(1, 1) },
			  { DTYPE_FLOAT32, SHAPE(1, 1) },
			  { DTYPE_FLOAT32, SHAPE(1) } },
	};
	const float e = 2.7182818284590452354;	/* half of exp(5 / 5) times a height of 2 */
	struct outputs out;

	assert_int_equal(run(&op, &out), 0);
	assert_true(out.count == 1 && out.classes[0] == 0 && out.scores[0] == 200.0f / 256);
	assert_true(out.boxes[0][0] == 4.5f - e && out.boxes[0][2] == 4.5f + e);
	assert_true(out.boxes[0][1] == 4.5f && out.boxes[0][3] == 5.5f);
}

static void a_box_without_area_overlaps_nothing(void **state)
{
	static const float flat[BOXES][4] = {
		{ 0.5, 0.5, 0, 1 }, { 0.5, 0.5, 0, 1 }, { 0.5, 0.5, 0, 1 }, { 0.5, 0.5, 0, 1 }
	};
	struct one_op op = op_of(&rows[0]);
	struct outputs out;

	op.in[2].data = flat;
	assert_int_equal(run(&op, &out), 0);
	assert_true(out.count == BOXES);
}

static void collect(void *opaque, enum diag_level level, const char *text)
{
	char *all = opaque;
	size_t used = strlen(all);

	snprintf(all + used, TEXT_BYTES - used, "%s\n", text);
}

static void parameters_out_of_range_are_named(void **state)
{
	static const struct {
		const char *message;
		struct detection_params p;
	} bad[] = {
		{ "max_detections is 0", PARAMS(0, 1, 1) },
		{ "max_classes_per_detection is -1", PARAMS(1, -1, 1) },
		{ "num_classes is 0", PARAMS(1, 1, 0) },
		{ "num_classes 3", PARAMS(1, 1, 3, .nms_iou_threshold = 1) },
		{ "nms_iou_threshold is 0", PARAMS(1, 1, 1) },
		{ "detections_per_class is 0", { 1, 1, 0, 1, true, 0, 1, 1, 1, 1, 1 } },
		{ "x_scale is 0", { 1, 1, 1, 1, false, 0, 1, 1, 0, 1, 1 } },
		{ "'out' has extent 1 in dimension 1, must be 2",
		  PARAMS(2, 1, 1, .nms_iou_threshold = 1) },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		struct one_op op = op_of(&rows[3]);
		char text[TEXT_BYTES] = "";
		struct graph *g;

		op.op.u.detection = bad[i].p;
		g = one_op_graph(&op);
		assert_int_equal(
			graph_verify(g, &(struct diag){ .print = collect, .opaque = text }),
			-EINVAL);
		if (!strstr(text, bad[i].message))
			fail_msg("wanted '%s', got '%s'", bad[i].message, text);
		graph_destroy(g);
	}
}

static void out_of_memory_leaks_nothing(void **state)
{
	struct one_op op = op_of(&rows[0]);
	struct graph *g = one_op_graph(&op);
	struct outputs out;
	void *values[] = { (void *)codes, (void *)rows[0].scores,
			   NULL,	  out.boxes,
			   out.classes,	  out.scores,
			   &out.count };
	size_t live = alloc_fail_live();

	for (unsigned int failures = 0;; failures++) {
		int ret;

		alloc_fail_arm(failures + 1);
		ret = ref_eval(g, &g->ops[0], values, NULL);
		assert_int_equal(alloc_fail_live(), live);
		if (!ret) {
			assert_int_equal(failures, 5);
			break;
		}
		assert_int_equal(ret, -ENOMEM);
	}
	alloc_fail_arm(0);
	graph_destroy(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boxes_are_kept_by_score_and_overlap),
		cmocka_unit_test(quantised_boxes_are_decoded_against_quantised_anchors),
		cmocka_unit_test(a_box_without_area_overlaps_nothing),
		cmocka_unit_test(parameters_out_of_range_are_named),
		cmocka_unit_test(out_of_memory_leaks_nothing),
	};

	return cmocka_run_group_tests_name("ref_detection", tests, NULL, NULL);
}
