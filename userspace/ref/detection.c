// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: TFLite_Detection_PostProcess
 *
 * Decodes boxes against their anchors and drops those that overlap a better one. Among equal scores
 * the box with the lower number comes first, but the later class; only for several classes of one
 * box does TensorFlow Lite leave that open, and here it is the earlier one. It also stops the whole
 * model at a box without area; here such a box overlaps nothing.
 *
 * Source: tensorflow/lite/kernels/detection_postprocess.cc (2.14).
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>

#include "kernel.h"

struct box {
	float ymin, xmin, ymax, xmax;
};

struct candidate {
	float score;
	int32_t box;
	int32_t class;
	int32_t order;	/* among equal scores */
};

/* A tensor that counts as real numbers. */
struct reals {
	struct tensor t;
	const float *data;	/* of float32; else NULL */
};

/**
 * struct detector - one evaluation
 * @p: parameters
 * @scores: boxes x (background + classes)
 * @n_boxes: how many
 * @background: columns of @scores before the first class, 0 or 1
 * @boxes: corners
 * @sorted: room for @n_boxes candidates
 * @dropped: room for @n_boxes flags
 * @kept: room for @n_boxes and max_detections candidates together
 * @n_kept: how many there are
 * @classes: room for num_classes candidates
 */
struct detector {
	const struct detection_params *p;
	struct reals scores;
	int32_t n_boxes;
	int32_t background;
	struct box *boxes;
	struct candidate *sorted;
	bool *dropped;
	struct candidate *kept;
	int32_t n_kept;
	struct candidate *classes;
};

static struct reals reals_in(const struct eval *e, unsigned int i)
{
	struct reals r = { .t = *op_in(e->g, e->op, i) };

	r.t.data = eval_in(e, i);
	r.data = r.t.type == DTYPE_FLOAT32 ? r.t.data : NULL;

	return r;
}

static float real_at(const struct reals *r, size_t i)
{
	return r->data ? r->data[i] :
	       r->t.quant.scale[0] * (float)(tensor_int(&r->t, i) - r->t.quant.zero_point[0]);
}

static const char *refuse_unless_reals(const struct tensor *t)
{
	if (t->type != DTYPE_UINT8 && t->type != DTYPE_FLOAT32)
		return "an input is neither uint8 nor float32";
	if (t->type == DTYPE_UINT8 && t->quant.count != 1)
		return "an input is not quantised per tensor";

	return NULL;
}

const char *detection_refuses(const struct graph *g, const struct op *op)
{
	for (unsigned int i = 0; i < 3; i++) {
		const char *reason = refuse_unless_reals(op_in(g, op, i));

		if (reason)
			return reason;
	}
	if (op_in(g, op, 0)->type != op_in(g, op, 2)->type)
		return "boxes and anchors differ in type";
	for (unsigned int i = 0; i < 4; i++)
		if (op_out(g, op, i)->type != DTYPE_FLOAT32)
			return "an output is not float32";

	return NULL;
}

/*
 * y, x, h, w of a box relative to its anchor become corners; double precision where TensorFlow Lite
 * has it.
 */
static struct box decode(const struct detection_params *p, const struct reals *codes, size_t code,
			 const struct reals *anchors, size_t anchor)
{
	double anchor_h = real_at(anchors, anchor + 2), anchor_w = real_at(anchors, anchor + 3);
	float y = (double)real_at(codes, code) / p->y_scale * anchor_h + real_at(anchors, anchor);
	float x = (double)real_at(codes, code + 1) / p->x_scale * anchor_w +
		  real_at(anchors, anchor + 1);
	float half_h = 0.5 * exp((double)real_at(codes, code + 2) / p->h_scale) * anchor_h;
	float half_w = 0.5 * exp((double)real_at(codes, code + 3) / p->w_scale) * anchor_w;

	return (struct box){ y - half_h, x - half_w, y + half_h, x + half_w };
}

/* Intersection over union */
static float overlap(const struct box *a, const struct box *b)
{
	float area_a = (a->ymax - a->ymin) * (a->xmax - a->xmin);
	float area_b = (b->ymax - b->ymin) * (b->xmax - b->xmin);
	float height, width, common;

	if (area_a <= 0 || area_b <= 0)
		return 0;
	height = fmaxf(fminf(a->ymax, b->ymax) - fmaxf(a->ymin, b->ymin), 0);
	width = fmaxf(fminf(a->xmax, b->xmax) - fmaxf(a->xmin, b->xmin), 0);
	common = height * width;

	return common / (area_a + area_b - common);
}

static float score_at(const struct detector *d, int32_t box, int32_t class)
{
	return real_at(&d->scores,
		       (size_t)box * (d->p->num_classes + d->background) + d->background + class);
}

static int by_score(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return (a->order > b->order) - (a->order < b->order);
}

/* Best candidates first. */
static void sort(struct candidate *c, int32_t count)
{
	for (int32_t i = 0; i < count; i++)
		c[i].order = i;
	qsort(c, count, sizeof(*c), by_score);
}

static void drop_overlapping(struct detector *d, int32_t first, int32_t count)
{
	const struct box *best = &d->boxes[d->sorted[first].box];

	for (int32_t i = first + 1; i < count; i++)
		if (!d->dropped[i] &&
		    overlap(best, &d->boxes[d->sorted[i].box]) > d->p->nms_iou_threshold)
			d->dropped[i] = true;
}

/* Keep the best of @count candidates in d->sorted, at most @most, of which no two overlap too much.
 */
static void suppress(struct detector *d, int32_t count, int32_t most)
{
	sort(d->sorted, count);
	memset(d->dropped, 0, d->n_boxes * sizeof(*d->dropped));
	for (int32_t i = 0; i < count && most; i++) {
		if (d->dropped[i])
			continue;
		d->kept[d->n_kept++] = d->sorted[i];
		most--;
		drop_overlapping(d, i, count);
	}
}

static int32_t best_class(const struct detector *d, int32_t box)
{
	int32_t best = 0;

	for (int32_t class = 1; class < d->p->num_classes; class++)
		if (score_at(d, box, class) > score_at(d, box, best))
			best = class;

	return best;
}

/* Over all classes at once, each box with its best class. */
static void keep_fast(struct detector *d)
{
	int32_t count = 0;

	for (int32_t box = 0; box < d->n_boxes; box++) {
		int32_t class = best_class(d, box);
		float score = score_at(d, box, class);

		if (score >= d->p->nms_score_threshold)
			d->sorted[count++] =
				(struct candidate){ .score = score, .box = box, .class = class };
	}
	suppress(d, count, d->p->max_detections);
}

/* Bring candidates kept since there were @old in order with those, before their equals. */
static void merge(struct detector *d, int32_t old)
{
	for (int32_t i = 0; i < d->n_kept; i++)
		d->kept[i].order = i < old ? d->n_kept + i : i;
	qsort(d->kept, d->n_kept, sizeof(*d->kept), by_score);
	d->n_kept = min_i64(d->n_kept, d->p->max_detections);
}

/* Within each class; the best of all classes remain. */
static void keep_regular(struct detector *d)
{
	for (int32_t class = 0; class < d->p->num_classes; class++) {
		int32_t count = 0, old = d->n_kept;

		for (int32_t box = 0; box < d->n_boxes; box++) {
			float score = score_at(d, box, class);

			if (score >= d->p->nms_score_threshold)
				d->sorted[count++] = (struct candidate){ .score = score,
									 .box = box,
									 .class = class };
		}
		suppress(d, count, d->p->detections_per_class);
		merge(d, old);
	}
}

/* Boxes with their best classes; what is not used of the outputs is 0. */
static void write_out(const struct detector *d, const struct eval *e)
{
	int32_t rows = d->p->use_regular_nms ? 1 : d->p->max_classes_per_detection;
	int32_t used = min_i64(rows, d->p->num_classes);
	float *boxes = eval_out(e, 0), *classes = eval_out(e, 1), *scores = eval_out(e, 2),
	      *count = eval_out(e, 3);

	for (unsigned int i = 0; i < 4; i++)
		memset(eval_out(e, i), 0, op_out(e->g, e->op, i)->bytes);
	for (int32_t i = 0; i < d->n_kept; i++) {
		const struct candidate *kept = &d->kept[i];

		d->classes[0] = *kept;
		if (used > 1) {
			for (int32_t class = 0; class < d->p->num_classes; class++)
				d->classes[class] =
					(struct candidate){ .score = score_at(d, kept->box, class),
							    .class = class };
			sort(d->classes, d->p->num_classes);
		}
		for (int32_t k = 0; k < used; k++) {
			size_t row = (size_t)i * rows + k;

			memcpy(boxes + 4 * row, &d->boxes[kept->box], sizeof(struct box));
			classes[row] = d->classes[k].class;
			scores[row] = d->classes[k].score;
		}
	}
	*count = d->n_kept;
}

int detection_eval(const struct eval *e)
{
	struct reals codes = reals_in(e, 0), anchors = reals_in(e, 2);
	struct detector d = {
		.p = &e->op->u.detection,
		.scores = reals_in(e, 1),
		.n_boxes = codes.t.shape.dim[1],
	};
	size_t kept = (size_t)d.n_boxes +
		      min_i64(d.p->max_detections, (int64_t)d.n_boxes * d.p->num_classes);
	int ret = -ENOMEM;

	d.background = d.scores.t.shape.dim[2] - d.p->num_classes;
	d.boxes = calloc(d.n_boxes, sizeof(*d.boxes));
	d.sorted = calloc(d.n_boxes, sizeof(*d.sorted));
	d.dropped = calloc(d.n_boxes, sizeof(*d.dropped));
	d.kept = calloc(kept, sizeof(*d.kept));
	d.classes = calloc(d.p->num_classes, sizeof(*d.classes));
	if (!d.boxes || !d.sorted || !d.dropped || !d.kept || !d.classes)
		goto out;
	for (int32_t i = 0; i < d.n_boxes; i++)
		d.boxes[i] = decode(d.p, &codes, (size_t)i * codes.t.shape.dim[2], &anchors,
				    4 * (size_t)i);
	if (d.p->use_regular_nms)
		keep_regular(&d);
	else
		keep_fast(&d);
	write_out(&d, e);
	ret = 0;
out:
	free(d.classes);
	free(d.kept);
	free(d.dropped);
	free(d.sorted);
	free(d.boxes);

	return ret;
}
