// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Kernels
 *
 * Owns the life of one partition: its nodes as a graph, the program they compile to, and a session
 * on a device of its own. Tensors inside a partition stay in device form; those at its edges are
 * packed from and unpacked to TensorFlow Lite's own memory. A kernel shares nothing with others but
 * the options, so each may run on a thread of its own.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tensorflow/lite/builtin_ops.h>
#include <tensorflow/lite/c/common.h>

#include <base/diag.h>
#include <compiler/compile.h>
#include <graph/graph.h>
#include <program/program.h>
#include <runtime/device.h>
#include <runtime/session.h>

#include "cache.h"
#include "config.h"
#include "import.h"
#include "kernel.h"

struct kernel {
	struct config *config;
	struct import import;
	struct program *program;
	struct device *device;
	struct session *session;
};

static void report(void *opaque, enum diag_level level, const char *text)
{
	TfLiteContext *context = opaque;

	if (level == DIAG_ERROR)
		context->ReportError(context, "rocket: %s", text);
}

/* Errors reach the application the way TensorFlow Lite's own do. */
static struct diag diag_of(TfLiteContext *context)
{
	return (struct diag){ .print = report, .opaque = context };
}

static void kernel_free(TfLiteContext *context, void *buffer)
{
	struct kernel *k = buffer;

	if (!k)
		return;
	session_destroy(k->session);
	device_close(k->device);
	program_destroy(k->program);
	import_fini(&k->import);
	config_put(k->config);
	free(k);
}

static void *kernel_init(TfLiteContext *context, const char *buffer, size_t length)
{
	const TfLiteDelegateParams *params = (const TfLiteDelegateParams *)buffer;
	struct diag d = diag_of(context);
	struct kernel *k = calloc(1, sizeof(*k));

	if (!k) {
		diag_error(&d, -ENOMEM, "out of memory for a part of the model");
		return NULL;
	}
	k->config = config_get(params->delegate->data_);
	if (import_nodes(context, params->nodes_to_replace, params->output_tensors, &d,
			 &k->import)) {
		kernel_free(context, k);
		return NULL;
	}
	return k;
}

static int compile(struct kernel *k, struct diag *d)
{
	double begin = log_now_ms();
	int ret;

	log_graph(k->config->log, k->import.graph);
	ret = graph_verify(k->import.graph, d);
	if (!ret)
		ret = compile_graph(k->import.graph, NULL, d, &k->program);
	if (!ret)
		log_line(k->config->log, LOG_VERBOSE, "compiled graph, took %.1f ms",
			 log_now_ms() - begin);
	return ret;
}

static int load_or_compile(struct kernel *k, struct diag *d)
{
	const char *dir = k->config->cache_dir;
	double begin = log_now_ms();
	struct cache_key key;
	struct diag log;
	int ret;

	if (!dir)
		return compile(k, d);
	log_diag(&k->config->log, &log);
	if (cache_key(k->import.graph, &key)) {
		diag_add(&log, DIAG_WARNING,
			 "this build of the delegate has no build id, so cache-dir is not used");
		return compile(k, d);
	}
	if (!cache_load(dir, &key, &log, &k->program)) {
		log_line(k->config->log, LOG_VERBOSE, "loaded compiled graph from %s, took %.1f ms",
			 dir, log_now_ms() - begin);
		return 0;
	}
	ret = compile(k, d);
	if (!ret)
		cache_store(dir, &key, k->program, &log);
	return ret;
}

static void unload(struct kernel *k)
{
	session_destroy(k->session);
	k->session = NULL;
	program_destroy(k->program);
	k->program = NULL;
}

static int load(struct kernel *k, struct diag *d)
{
	int ret = load_or_compile(k, d);

	if (!ret && !k->device)
		ret = device_open(k->config->device, d, &k->device);
	if (!ret)
		ret = session_create(k->device, k->program, d, &k->session);
	if (ret)
		unload(k);
	return ret;
}

static TfLiteStatus kernel_prepare(TfLiteContext *context, TfLiteNode *node)
{
	struct diag d = diag_of(context);
	struct kernel *k = node->user_data;
	int changed;

	if (!k)
		return kTfLiteError;	/* kernel_init() said why */
	changed = import_shapes(context, &k->import);
	if (changed < 0) {
		diag_error(&d, changed,
			   "a tensor was resized to a shape that the compiler cannot express");
		return kTfLiteError;
	}
	if (changed)
		unload(k);
	return k->session || !load(k, &d) ? kTfLiteOk : kTfLiteError;
}

/* Tensors @mine of the program are tensors @theirs of the graph; both lists have the same order. */
static int bind(struct kernel *k, TfLiteContext *context, const uint32_t *mine,
		const uint32_t *theirs, uint32_t n, struct diag *d)
{
	for (uint32_t i = 0; i < n; i++) {
		const TfLiteTensor *t = &context->tensors[k->import.tensor[theirs[i]]];

		if (!t->data.raw || t->bytes != k->program->graph->tensors[mine[i]].bytes)
			return diag_error(
				d, -EINVAL,
				"tensor '%s' has not the memory that the compiled model needs; "
				"call AllocateTensors() after a resize",
				t->name ? t->name : "");
		if (session_bind(k->session, mine[i], t->data.raw))
			return diag_error(d, -EINVAL,
					  "tensor '%s' is nowhere in the compiled model",
					  t->name ? t->name : "");
	}
	return 0;
}

static TfLiteStatus kernel_invoke(TfLiteContext *context, TfLiteNode *node)
{
	struct diag d = diag_of(context);
	struct kernel *k = node->user_data;
	const struct graph *from = k->import.graph, *to = k->program->graph;
	double begin = log_now_ms();
	struct session_times times;
	int ret = bind(k, context, to->inputs, from->inputs, from->n_inputs, &d);

	if (!ret)
		ret = bind(k, context, to->outputs, from->outputs, from->n_outputs, &d);
	if (!ret)
		ret = session_run(k->session, &d);
	if (ret)
		return kTfLiteError;
	session_get_times(k->session, &times);
	log_line(k->config->log, LOG_VERBOSE,
		 "invoked graph on %s, took %.1f ms (NPU %.1f, CPU %.1f, layout %.1f)",
		 k->device->title, log_now_ms() - begin, (double)times.npu_ns / 1e6,
		 (double)times.host_ns / 1e6, (double)times.layout_ns / 1e6);
	return kTfLiteOk;
}

void kernel_register(TfLiteRegistration *out)
{
	*out = (TfLiteRegistration){
		.init = kernel_init,
		.free = kernel_free,
		.prepare = kernel_prepare,
		.invoke = kernel_invoke,
		.builtin_code = kTfLiteBuiltinDelegate,
		.custom_name = "rocket",
		.version = 1,
	};
}
