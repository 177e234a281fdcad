// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: The external delegate
 *
 * The two functions that TensorFlow Lite looks for in the library of an external delegate. Whatever
 * goes wrong ends in a message and a failed call; the model then runs on the CPU or not at all, as
 * the application likes.
 */
#include <errno.h>
#include <stdlib.h>

#include <tensorflow/lite/c/common.h>

#include <base/diag.h>
#include <runtime/device.h>

#include "config.h"
#include "delegate.h"
#include "partition.h"

static void report_to_context(void *opaque, enum diag_level level, const char *text)
{
	TfLiteContext *context = opaque;

	if (level == DIAG_ERROR)
		context->ReportError(context, "rocket: %s", text);
}

static TfLiteStatus prepare(TfLiteContext *context, TfLiteDelegate *delegate)
{
	struct diag d = { .print = report_to_context, .opaque = context };

	return partition_model(context, delegate, &d) ? kTfLiteError : kTfLiteOk;
}

static void report_to_application(void *opaque, enum diag_level level, const char *text)
{
	void (*const *report)(const char *) = opaque;

	if (level == DIAG_ERROR && *report)
		(*report)(text);
}

/* An application should learn at once, and not when it loads a model, that there is no device. */
static int try_device(const struct config *c, struct diag *d)
{
	struct device *device;
	int ret = device_open(c->device, d, &device);

	if (ret)
		return ret;
	log_line(c->log, LOG_VERBOSE, "device: %s", device->title);
	device_close(device);
	return 0;
}

DELEGATE_EXPORT TfLiteDelegate *tflite_plugin_create_delegate(char **keys, char **values, size_t n,
							      void (*report_error)(const char *))
{
	struct diag d = { .print = report_to_application, .opaque = &report_error };
	TfLiteDelegate *delegate = calloc(1, sizeof(*delegate));
	struct config *config = NULL;
	int ret;

	if (!delegate) {
		diag_error(&d, -ENOMEM, "out of memory for the delegate");
		return NULL;
	}
	ret = config_create((const char *const *)keys, (const char *const *)values, n, &d, &config);
	if (!ret)
		ret = try_device(config, &d);
	if (ret) {
		config_put(config);
		free(delegate);
		return NULL;
	}
	delegate->data_ = config;
	delegate->Prepare = prepare;
	/*
	 * Tensors may be resized: kernels then compile again. Shapes inside a partition come from
	 * TensorFlow Lite.
	 */
	delegate->flags = kTfLiteDelegateFlagsAllowDynamicTensors |
		kTfLiteDelegateFlagsRequirePropagatedShapes;
	return delegate;
}

DELEGATE_EXPORT void tflite_plugin_destroy_delegate(TfLiteDelegate *delegate)
{
	if (!delegate)
		return;
	config_put(delegate->data_);
	free(delegate);
}
