// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the NPU takes of a model
 *
 * Each node is judged alone (can a graph express it, is it valid), then the compiler judges all
 * that are left at once, because some operators are free next to others. TensorFlow Lite joins the
 * chosen ones into partitions.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tensorflow/lite/c/common.h>

#include <base/diag.h>
#include <compiler/compile.h>
#include <graph/graph.h>

#include "config.h"
#include "import.h"
#include "kernel.h"
#include "partition.h"

#define REASON_BYTES	256

struct verdict {
	const char *name;
	char *reason;		/* why TensorFlow Lite keeps it; NULL when the NPU takes it */
};

struct partition {
	TfLiteContext *context;
	struct config *config;
	struct diag *diag;
	const TfLiteIntArray *plan;
	struct verdict *verdicts;	/* one per node of the plan */
	bool *dynamic;			/* per tensor: its shape may be known only in a run */
	TfLiteIntArray *chosen;		/* numbers of nodes; as long as the plan */
};

static void keep_first(void *opaque, enum diag_level level, const char *text)
{
	char **first = opaque;

	if (!*first && level == DIAG_ERROR)
		*first = strdup(text);
}

static TfLiteIntArray *new_numbers(int most)
{
	return calloc(1, sizeof(TfLiteIntArray) + (size_t)most * sizeof(int));
}

static bool in_range(const struct partition *p, int tensor)
{
	return tensor >= 0 && (size_t)tensor < p->context->tensors_size;
}

/*
 * An open extent is harmless where operators that we know lead from the model's inputs to it: it is
 * settled when the application allocates tensors. Behind any other operator it may be a run's
 * business, and so is all that follows.
 */
static const char *follow_shapes(struct partition *p, int node, const char *refused)
{
	TfLiteRegistration *registration;
	bool dynamic = false;
	TfLiteNode *n;

	if (p->context->GetNodeAndRegistration(p->context, node, &n, &registration) != kTfLiteOk)
		return refused;
	for (int i = 0; i < n->inputs->size; i++)
		dynamic |= in_range(p, n->inputs->data[i]) && p->dynamic[n->inputs->data[i]];
	for (int i = 0; i < n->outputs->size; i++)
		if ((refused || dynamic) && import_open_shape(p->context, n->outputs->data[i]))
			p->dynamic[n->outputs->data[i]] = true;
	if (refused || !dynamic)
		return refused;
	return "it reads a tensor whose shape is known only at run time";
}

static int judge_node(struct partition *p, int node, TfLiteIntArray *one, struct verdict *v)
{
	const char *refused =
		follow_shapes(p, node, import_refuses(p->context, node, &v->name));
	char *complaint = NULL;
	struct diag first = { .print = keep_first, .opaque = &complaint };
	struct import import;
	int ret;

	if (refused) {
		v->reason = strdup(refused);
		return v->reason ? 0 : -ENOMEM;
	}
	one->size = 1;
	one->data[0] = node;
	ret = import_nodes(p->context, one, NULL, p->diag, &import);
	if (ret)
		return ret;
	ret = graph_verify(import.graph, &first);
	import_fini(&import);
	if (ret == -EINVAL && complaint) {
		v->reason = complaint;
		return 0;
	}
	free(complaint);
	return ret;
}

static int judge_nodes(struct partition *p)
{
	TfLiteIntArray *one = new_numbers(1);
	int ret = one ? 0 : -ENOMEM;

	for (int i = 0; i < p->plan->size && !ret; i++)
		ret = judge_node(p, p->plan->data[i], one, &p->verdicts[i]);
	free(one);
	return ret;
}

static void choose(struct partition *p)
{
	p->chosen->size = 0;
	for (int i = 0; i < p->plan->size; i++)
		if (!p->verdicts[i].reason)
			p->chosen->data[p->chosen->size++] = p->plan->data[i];
}

static int ask_compiler(struct partition *p)
{
	struct import import;
	const char **reasons = NULL;
	int ret, k = 0;

	choose(p);
	if (!p->chosen->size)
		return 0;
	ret = import_nodes(p->context, p->chosen, NULL, p->diag, &import);
	if (ret)
		return ret;
	ret = graph_verify(import.graph, p->diag);
	reasons = calloc(import.graph->n_ops, sizeof(*reasons));
	if (!ret)
		ret = reasons ? compile_query(import.graph, p->diag, reasons) : -ENOMEM;
	for (int i = 0; i < p->plan->size && !ret; i++) {
		struct verdict *v = &p->verdicts[i];

		if (v->reason)
			continue;
		if (reasons[k]) {
			v->reason = strdup(reasons[k]);
			ret = v->reason ? 0 : -ENOMEM;
		}
		k++;
	}
	free(reasons);
	import_fini(&import);
	choose(p);
	return ret;
}

static void tell(const struct partition *p)
{
	const struct verdict *first = NULL;
	enum log_level log = p->config->log;

	for (int i = 0; i < p->plan->size; i++) {
		const struct verdict *v = &p->verdicts[i];

		if (!v->reason)
			continue;
		first = first ? first : v;
		log_line(log, LOG_VERBOSE, "operator %d %s stays on the CPU: %s", p->plan->data[i],
			 v->name, v->reason);
	}
	if (!p->chosen->size && first)
		log_line(log, LOG_NORMAL,
			 "the NPU computes nothing of this model: %d operators stay on the CPU, "
			 "first %s: %s",
			 p->plan->size, first->name, first->reason);
	else
		log_line(log, LOG_VERBOSE, "the NPU takes %d of %d operators", p->chosen->size,
			 p->plan->size);
}

static int take(struct partition *p, TfLiteDelegate *delegate)
{
	TfLiteRegistration registration;

	if (!p->chosen->size)
		return 0;
	kernel_register(&registration);
	if (p->context->ReplaceNodeSubsetsWithDelegateKernels(p->context, registration, p->chosen,
							      delegate) != kTfLiteOk)
		return diag_error(p->diag, -EIO,
				  "TensorFlow Lite refuses to hand over %d operators",
				  p->chosen->size);
	return 0;
}

int partition_model(TfLiteContext *context, TfLiteDelegate *delegate, struct diag *d)
{
	struct partition p = { .context = context, .config = delegate->data_, .diag = d };
	TfLiteIntArray *theirs, *plan;
	int ret;

	if (context->GetExecutionPlan(context, &theirs) != kTfLiteOk)
		return diag_error(d, -EIO, "TensorFlow Lite does not show its execution plan");
	plan = new_numbers(theirs->size);	/* theirs is only lent until the next call */
	p.chosen = new_numbers(theirs->size);
	p.verdicts = calloc((size_t)theirs->size + 1, sizeof(*p.verdicts));
	p.dynamic = calloc(context->tensors_size + 1, sizeof(*p.dynamic));
	ret = plan && p.chosen && p.verdicts && p.dynamic ? 0 : -ENOMEM;
	if (!ret) {
		memcpy(plan, theirs, sizeof(*plan) + (size_t)theirs->size * sizeof(int));
		p.plan = plan;
		ret = judge_nodes(&p);
	}
	if (!ret)
		ret = ask_compiler(&p);
	if (!ret) {
		tell(&p);
		ret = take(&p, delegate);
	}
	if (ret == -ENOMEM)
		diag_error(d, ret, "out of memory for the operators of the model");
	for (int i = 0; p.verdicts && p.plan && i < plan->size; i++)
		free(p.verdicts[i].reason);
	free(p.dynamic);
	free(p.verdicts);
	free(p.chosen);
	free(plan);
	return ret;
}
