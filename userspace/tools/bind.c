// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Tensors and files of rocket-run
 *
 * Fills model inputs from raw files or a picture, writes model outputs, and finds the best classes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <graph/graph.h>
#include <program/program.h>

#include "picture.h"
#include "run.h"

enum tool_exit run_check_files(const struct run *r, struct diag *d)
{
	const struct run_options *o = &r->options;
	const struct graph *g = r->model.program->graph;

	if (o->image && (o->n_inputs || g->n_inputs != 1)) {
		diag_error(d, -EINVAL, "--image is for models with one input, instead of --input");
		return TOOL_USAGE;
	}
	if (!o->image && o->n_inputs != g->n_inputs) {
		diag_error(d, -EINVAL,
			   "the model has %u input(s) but %u are given; give one --input each, or "
			   "--image",
			   g->n_inputs, o->n_inputs);
		return TOOL_USAGE;
	}
	if (o->n_outputs > g->n_outputs) {
		diag_error(d, -EINVAL, "the model has %u outputs but --output is given %u times",
			   g->n_outputs, o->n_outputs);
		return TOOL_USAGE;
	}
	if (o->verify && !r->model.graph) {
		diag_error(d, -EINVAL,
			   "--verify needs the .tflite file: a .rkt program holds no reference");
		return TOOL_USAGE;
	}
	return TOOL_DONE;
}

static int bind_raw(const char *path, const struct tensor *t, void *to, struct diag *d)
{
	struct blob file = { 0 };
	int ret = blob_read(&file, path, d);

	if (ret)
		return ret;
	if (file.size == t->bytes)
		memcpy(to, file.data, t->bytes);
	else
		ret = diag_error(d, -EINVAL, "%s has %zu bytes; input '%s' (%s) wants %zu", path,
				 file.size, t->name, dtype_name(t->type), t->bytes);
	blob_fini(&file);
	return ret;
}

/*
 * Networks are trained on pictures whose stored bytes are the pixels; int8 models store them less
 * 128.
 */
static int bind_picture(const char *path, const struct tensor *t, uint8_t *to, struct diag *d)
{
	const int32_t *dim = t->shape.dim;
	uint8_t flip = t->type == DTYPE_INT8 ? 0x80 : 0;
	struct picture whole = { 0 }, fitting = { 0 };
	int ret;

	if (t->shape.rank != 4 || dim[0] != 1 || dim[3] != 3 ||
	    (t->type != DTYPE_UINT8 && t->type != DTYPE_INT8))
		return diag_error(
			d, -EINVAL,
			"input '%s' is no picture of 8-bit RGB pixels; give it as raw tensor with "
			"--input",
			t->name);
	ret = picture_read(path, d, &whole);
	if (ret)
		return ret;
	ret = picture_resize(&whole, (uint32_t)dim[2], (uint32_t)dim[1], &fitting);
	if (ret)
		diag_error(d, ret, "out of memory for the picture in %d x %d", dim[2], dim[1]);
	else
		for (size_t i = 0; i < t->bytes; i++)
			to[i] = fitting.rgb[i] ^ flip;
	picture_fini(&whole);
	picture_fini(&fitting);
	return ret;
}

enum tool_exit run_bind(struct run *r, struct diag *d)
{
	const struct run_options *o = &r->options;
	const struct graph *g = r->model.program->graph;
	int ret = 0;

	for (uint32_t i = 0; i < g->n_inputs && !ret; i++) {
		const struct tensor *t = &g->tensors[g->inputs[i]];
		void *to = session_tensor(r->session, g->inputs[i]);

		ret = o->image ? bind_picture(o->image, t, to, d) :
				 bind_raw(o->inputs[i], t, to, d);
	}
	if (!ret && o->labels) {
		int64_t classes = shape_elements(&g->tensors[g->outputs[0]].shape);

		ret = labels_read(o->labels, d, &r->labels);
		if (!ret && r->labels.n != classes)
			ret = diag_error(d, -EINVAL,
					 "%s has %u labels but the model has %lld classes; these "
					 "are the labels "
					 "of another model",
					 o->labels, r->labels.n, (long long)classes);
	}
	return ret ? TOOL_FAILED : TOOL_DONE;
}

enum tool_exit run_write_outputs(const struct run *r, struct diag *d)
{
	const struct graph *g = r->model.program->graph;

	for (uint32_t i = 0; i < r->options.n_outputs; i++)
		if (blob_write(r->options.outputs[i], session_tensor(r->session, g->outputs[i]),
			       g->tensors[g->outputs[i]].bytes, d))
			return TOOL_FAILED;
	return TOOL_DONE;
}

static double element(const struct tensor *t, const void *data, size_t i)
{
	double stored;

	switch (t->type) {
	case DTYPE_UINT8:
		stored = ((const uint8_t *)data)[i];
		break;
	case DTYPE_INT8:
		stored = ((const int8_t *)data)[i];
		break;
	case DTYPE_INT16:
		stored = ((const int16_t *)data)[i];
		break;
	case DTYPE_INT32:
		stored = ((const int32_t *)data)[i];
		break;
	case DTYPE_FLOAT32:
		return (double)((const float *)data)[i];
	default:
		return 0;
	}
	return t->quant.count ? (double)t->quant.scale[0] * (stored - t->quant.zero_point[0]) :
				stored;
}

uint32_t run_best(const struct tensor *t, const void *data, struct score *best, uint32_t n)
{
	int64_t classes = shape_elements(&t->shape);
	uint32_t have = 0;

	for (int64_t i = 0; i < classes && n; i++) {
		struct score s = { element(t, data, (size_t)i), (uint32_t)i };
		uint32_t at = have;

		while (at && best[at - 1].value < s.value)
			at--;
		if (at == n)
			continue;
		have += have < n;
		memmove(best + at + 1, best + at, (have - 1 - at) * sizeof(*best));
		best[at] = s;
	}
	return have;
}
