// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: TensorFlow Lite with a delegate
 *
 * Owns model, delegate and interpreter, and frees them in the order that TensorFlow Lite asks for.
 * To count what a delegate takes, its Prepare is called with a context whose function for taking
 * operators is ours.
 */
#include <errno.h>
#include <stdlib.h>

#include <tensorflow/lite/c/c_api.h>
#include <tensorflow/lite/c/common.h>
#include <tensorflow/lite/delegates/external/external_delegate.h>

#include <base/diag.h>

#include "lite.h"

struct lite {
	TfLiteModel *model;
	TfLiteDelegate *delegate;	/* the one that the options name */
	TfLiteDelegate listener;	/* what TensorFlow Lite sees of it */
	TfLiteInterpreterOptions *options;
	TfLiteInterpreter *interpreter;
	struct lite_counts counts;
};

/*
 * Prepare runs on the thread that creates the interpreter, and TensorFlow Lite's callbacks take no
 * pointer of ours.
 */
static _Thread_local struct lite *preparing;
static _Thread_local TfLiteStatus (*take)(TfLiteContext *, TfLiteRegistration,
					  const TfLiteIntArray *, TfLiteDelegate *);

static TfLiteStatus count_and_take(TfLiteContext *context, TfLiteRegistration registration,
				   const TfLiteIntArray *nodes, TfLiteDelegate *delegate)
{
	preparing->counts.delegated += nodes->size;
	return take(context, registration, nodes, delegate);
}

static TfLiteStatus prepare(TfLiteContext *context, TfLiteDelegate *listener)
{
	struct lite *l = listener->data_;
	TfLiteIntArray *plan;
	TfLiteStatus status = context->GetExecutionPlan(context, &plan);

	if (status != kTfLiteOk)
		return status;
	l->counts.operators += plan->size;
	preparing = l;
	take = context->ReplaceNodeSubsetsWithDelegateKernels;
	context->ReplaceNodeSubsetsWithDelegateKernels = count_and_take;
	status = l->delegate->Prepare(context, l->delegate);
	context->ReplaceNodeSubsetsWithDelegateKernels = take;
	return status;
}

static int load_delegate(struct lite *l, const struct lite_options *o, struct diag *d)
{
	TfLiteExternalDelegateOptions external = TfLiteExternalDelegateOptionsDefault(o->delegate);

	for (uint32_t i = 0; i < o->n_options; i++)
		if (external.insert(&external, o->keys[i], o->values[i]) != kTfLiteOk)
			return diag_error(d, -EINVAL,
					  "TensorFlow Lite takes no more options for a delegate");
	l->delegate = TfLiteExternalDelegateCreate(&external);
	if (!l->delegate)
		return diag_error(d, -EINVAL,
				  "%s is no delegate that works here; its own words are above",
				  o->delegate);
	l->listener = *l->delegate;
	l->listener.data_ = l;
	l->listener.Prepare = prepare;
	TfLiteInterpreterOptionsAddDelegate(l->options, &l->listener);
	return 0;
}

int lite_open(const struct lite_options *o, struct diag *d, struct lite **out)
{
	struct lite *l = calloc(1, sizeof(*l));
	int ret = 0;

	if (l)
		l->options = TfLiteInterpreterOptionsCreate();
	if (!l || !l->options) {
		ret = diag_error(d, -ENOMEM, "out of memory for TensorFlow Lite");
		goto out;
	}
	if (o->threads)
		TfLiteInterpreterOptionsSetNumThreads(l->options, o->threads);
	l->model = TfLiteModelCreateFromFile(o->model);
	if (!l->model) {
		ret = diag_error(d, -EINVAL, "%s is no model that TensorFlow Lite can read",
				 o->model);
		goto out;
	}
	if (o->delegate)
		ret = load_delegate(l, o, d);
	if (ret)
		goto out;
	l->interpreter = TfLiteInterpreterCreate(l->model, l->options);
	if (!l->interpreter || TfLiteInterpreterAllocateTensors(l->interpreter) != kTfLiteOk) {
		ret = diag_error(d, -EINVAL, "%s: TensorFlow Lite cannot prepare the model%s",
				 o->model, o->delegate ? " with this delegate" : "");
		goto out;
	}

	*out = l;
	l = NULL;	/* the caller owns it now */
out:
	lite_close(l);
	return ret;
}

void lite_close(struct lite *l)
{
	if (!l)
		return;
	if (l->interpreter)
		TfLiteInterpreterDelete(l->interpreter);
	if (l->delegate)
		TfLiteExternalDelegateDelete(l->delegate);
	if (l->options)
		TfLiteInterpreterOptionsDelete(l->options);
	if (l->model)
		TfLiteModelDelete(l->model);
	free(l);
}

struct TfLiteInterpreter *lite_interpreter(struct lite *l)
{
	return l->interpreter;
}

void lite_get_counts(const struct lite *l, struct lite_counts *out)
{
	*out = l->counts;
}
