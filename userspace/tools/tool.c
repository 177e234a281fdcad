// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the tools share
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <base/diag.h>
#include <compiler/compile.h>
#include <graph/graph.h>
#include <program/program.h>
#include <ref/ref.h>
#include <tflite/tflite.h>

#include "tool.h"

void tool_message(void *opaque, enum diag_level level, const char *text)
{
	if (level != DIAG_NOTE)
		diag_stderr(opaque, level, text);
}

double tool_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int load(struct model *m, const struct compile_options *options, struct diag *d)
{
	int ret;

	if (tflite_is(m->file.data, m->file.size)) {
		ret = tflite_read(m->file.data, m->file.size, d, &m->graph);
		if (!ret)
			ret = compile_graph(m->graph, options, d, &m->program);
	} else {
		ret = program_read(m->file.data, m->file.size, d, &m->program);
	}
	/* The compiler leaves to the CPU what the NPU cannot do; whether the CPU can is known here.
	 */
	return ret ? ret : ref_check(m->program->graph, d);
}

enum tool_exit model_load(const char *path, const struct compile_options *options, struct diag *d,
			  struct model *out)
{
	struct model m = { 0 };
	double begin;
	int ret = blob_read(&m.file, path, d);

	if (ret)
		return TOOL_FAILED;
	begin = tool_now_ms();
	ret = load(&m, options, d);
	m.compile_ms = tool_now_ms() - begin;
	if (ret) {
		model_fini(&m);
		diag_error(d, ret, "%s: %s", path,
			   ret == -ENOMEM ? "out of memory" : "the model is refused");
		return ret == -ENOMEM ? TOOL_FAILED : TOOL_REFUSED;
	}
	*out = m;
	return TOOL_DONE;
}

void model_fini(struct model *m)
{
	program_destroy(m->program);
	graph_destroy(m->graph);
	blob_fini(&m->file);
	memset(m, 0, sizeof(*m));
}
