// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Whole networks on the model of the NPU
 *
 * Each network of the shared folder, fed with its golden inputs: all multiply-accumulates of
 * convolutions and fully connected layers run on the NPU, tensors take little more memory than is
 * needed at one time, what stays on the CPU does so for a reason that can be looked up, and the
 * outputs say what TensorFlow Lite's say. How close that must be depends on what the outputs are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>
#include <compiler/compile.h>
#include <compiler/report.h>
#include <cross/golden.h>
#include <cross/page.h>
#include <cross/run_program.h>
#include <npu/limits.h>
#include <program/program.h>

/* Tolerances, in codes unless named. */
#define CODES		2	/* outputs as such: each layer may round differently */
#define CODES_STEEP 22 /* two steps of ResNet8's logits: 0.17 each, a quarter of it a score */
#define TOP		5	/* classes of a classifier whose order counts */
#define SCORE_LEAST	0.5f	/* of a box that must be found */
#define IOU_LEAST	0.95f	/* of such a box and TensorFlow Lite's */

#define BOX_OUTPUTS	4	/* boxes, classes, scores, count */

static int32_t code(const struct tensor *t, const void *data, size_t i)
{
	return t->type == DTYPE_UINT8 ? ((const uint8_t *)data)[i] : ((const int8_t *)data)[i];
}

static bool outranks(const struct tensor *t, const void *data, size_t a, size_t b)
{
	return code(t, data, a) > code(t, data, b);
}

/* The classes with the best scores, best first; of equal ones the first. */
static void best(const struct tensor *t, const void *data, size_t top[TOP])
{
	bool taken[4096] = { false };

	assert_true(t->bytes <= sizeof(taken) && t->bytes >= TOP);
	for (size_t i = 0; i < TOP; i++) {
		size_t at = t->bytes;

		for (size_t k = 0; k < t->bytes; k++)
			if (!taken[k] && (at == t->bytes || outranks(t, data, k, at)))
				at = k;
		taken[at] = true;
		top[i] = at;
	}
}

/*
 * The same first class; of the others, no two change places whose scores are more than CODES apart.
 * Return: false when not.
 */
static bool same_classes(const struct tensor *t, const void *want, const void *got)
{
	size_t a[TOP], b[TOP];

	best(t, want, a);
	best(t, got, b);
	if (a[0] != b[0])
		return false;
	for (size_t i = 0; i < TOP; i++)
		if (code(t, want, a[i]) - code(t, want, b[i]) > CODES)
			return false;
	return true;
}

struct boxes {
	const float *corners, *classes, *scores;	/* corners: top, left, bottom, right */
	size_t count;
};

static float area(const float *c)
{
	return fmaxf(c[2] - c[0], 0) * fmaxf(c[3] - c[1], 0);
}

static float overlap(const float *a, const float *b)
{
	const float both[] = { fmaxf(a[0], b[0]), fmaxf(a[1], b[1]), fminf(a[2], b[2]),
			       fminf(a[3], b[3]) };

	return area(both) / (area(a) + area(b) - area(both));
}

static struct boxes boxes_of(const struct golden *g, void *const *values)
{
	const uint32_t *out = g->graph->outputs;

	return (struct boxes){
		.corners = values[out[0]],
		.classes = values[out[1]],
		.scores = values[out[2]],
		.count = *(const float *)values[out[3]],
	};
}

static size_t count_good(const struct boxes *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++)
		n += a->scores[i] > SCORE_LEAST;
	return n;
}

/* Each good box of @a is one of @b. */
static bool contained(const struct boxes *a, const struct boxes *b)
{
	for (size_t i = 0; i < a->count; i++) {
		bool found = a->scores[i] <= SCORE_LEAST;

		for (size_t k = 0; k < b->count && !found; k++)
			found = a->classes[i] == b->classes[k] &&
				overlap(a->corners + 4 * i, b->corners + 4 * k) >= IOU_LEAST;
		if (!found)
			return false;
	}
	return true;
}

/* Boxes near the threshold may be on either side of it, so each side's are looked for in all. */
static bool same_boxes(const struct golden *g, void *const *want, void *const *got)
{
	struct boxes a = boxes_of(g, want), b = boxes_of(g, got);

	print_message("##   boxes above %.1f: %zu, TensorFlow Lite has %zu\n", SCORE_LEAST,
		      count_good(&b), count_good(&a));
	return count_good(&a) && contained(&a, &b) && contained(&b, &a);
}

static bool same_output(const struct golden *g, uint32_t t, void *const *want, void *const *got,
			int64_t codes)
{
	const struct tensor *out = &g->graph->tensors[t];
	struct golden_distance d = golden_compare(out->type, want[t], got[t], out->bytes);
	bool classes = g->graph->n_outputs == 1 && out->bytes > 1000;

	print_message("##   %s: %zu of %zu elements differ, at most by %" PRId64 "\n", out->name,
		      d.elements - d.exact, d.elements, d.worst);
	return classes ? same_classes(out, want[t], got[t]) : d.worst <= codes;
}

static bool same_outputs(const struct golden *g, void *const *want, void *const *got,
			 int64_t codes)
{
	bool same = true;

	if (g->graph->n_outputs == BOX_OUTPUTS)
		return same_boxes(g, want, got);
	for (uint32_t i = 0; i < g->graph->n_outputs; i++)
		same &= same_output(g, g->graph->outputs[i], want, got, codes);
	return same;
}

/* Prints the shares. Return: every multiply-accumulate is the NPU's. */
static bool all_products(const struct golden *g, const struct program *p)
{
	uint64_t macs = 0, on_npu = 0;
	uint32_t ops = 0;

	for (uint32_t i = 0; i < p->n_ops; i++) {
		macs += p->ops[i].macs;
		on_npu += p->ops[i].reason ? 0 : p->ops[i].macs;
		ops += !p->ops[i].reason;
	}
	print_message("## %s: %.1f %% of %" PRIu64 " MACs, %" PRIu32 " of %" PRIu32
		      " operators on the NPU, %" PRIu32 " tasks\n",
		      g->name, 100.0 * on_npu / macs, macs, ops, p->n_ops, p->n_tasks);
	return macs && on_npu == macs;
}

/* Memory that no placement could save is most of what is used. */
static bool tight(const struct compile_report *r)
{
	print_message("##   activations %" PRIu64 " bytes, %" PRIu64 " needed together\n",
		      r->activation_bytes, r->least_bytes);
	return r->activation_bytes * 10 <= r->least_bytes * 12;
}

static void **make_values(const struct golden *g)
{
	const struct graph *graph = g->graph;
	void **values = calloc(graph->n_tensors, sizeof(*values));

	for (uint32_t t = 0; values && t < graph->n_tensors; t++)
		if (!graph->tensors[t].data)
			values[t] = calloc(1, graph->tensors[t].bytes + 1);
	for (uint32_t i = 0; values && i < graph->n_inputs; i++)
		memcpy(values[graph->inputs[i]], g->values[graph->inputs[i]].data,
		       g->values[graph->inputs[i]].bytes);
	return values;
}

static void **golden_values(const struct golden *g)
{
	void **values = calloc(g->graph->n_tensors, sizeof(*values));

	for (uint32_t i = 0; values && i < g->graph->n_outputs; i++) {
		uint32_t t = g->graph->outputs[i];

		assert_int_equal(g->values[t].bytes, g->graph->tensors[t].bytes);
		values[t] = g->values[t].data;
	}
	return values;
}

struct demands {
	const struct npu_limits *limits;
	int64_t codes;		/* tolerance of outputs as such */
	bool all_products;	/* on the NPU */
};

/* Return: 0 when all is well. */
static unsigned int run_case(const char *name, const struct demands *demands)
{
	struct compile_report memory = { 0 };
	const struct compile_options options = { .report = &memory,
						.limits = demands->limits };
	struct diag d = { .print = diag_stderr };
	struct golden *g = NULL;
	struct program *p = NULL;
	struct run_report report;
	void **got, **want;
	bool good;

	assert_int_equal(golden_load(name, &d, &g), 0);
	d.print = NULL;
	assert_int_equal(compile_graph(g->graph, &options, &d, &p), 0);
	got = make_values(g);
	want = golden_values(g);
	assert_non_null(got);
	assert_non_null(want);
	good = all_products(g, p) || !demands->all_products;
	good &= tight(&memory);
	good &= page_names_all(p);
	report_fini(&memory);
	if (run_program(p, got, NULL, &report)) {
		print_message("#   %s\n", report.text);
		good = false;
	} else {
		good &= same_outputs(g, want, got, demands->codes);
	}
	if (!good)
		print_message("#   not as it must be\n");
	for (uint32_t t = 0; t < g->graph->n_tensors; t++)
		free(got[t]);
	free(got);
	free(want);
	program_destroy(p);
	golden_free(g);

	return !good;
}

static bool is_network(const char *name)
{
	return strncmp(name, "edge/", strlen("edge/")) &&
	       strncmp(name, "layers/", strlen("layers/"));
}

/* @prefix: only those whose names begin so; NULL for all. */
static void run_networks(const struct demands *demands, const char *prefix)
{
	unsigned int failed = 0, networks = 0;
	char **names = NULL;
	size_t count = 0;

	if (!golden_models()) {
		print_message("# no ../shared/models: nothing to compare with\n");
		skip();
	}
	assert_int_equal(golden_list(prefix, &names, &count), 0);
	for (size_t i = 0; i < count; i++) {
		if (!is_network(names[i]))
			continue;
		networks++;
		failed += run_case(names[i], demands);
	}
	golden_list_free(names, count);
	assert_true(networks > 0);
	assert_int_equal(failed, 0);
}

static void networks_say_what_tensorflow_lite_says(void **state)
{
	const struct demands demands = { .codes = CODES, .all_products = true };

	run_networks(&demands, getenv("NETWORK"));
}

/* open-questions.rst, channel_bits: what it costs to do without the last bit. */
static void with_the_multipliers_of_the_vendor_they_say_nearly_so(void **state)
{
	struct npu_limits limits = npu_limits_rk3588;
	const struct demands demands = { .limits = &limits, .codes = CODES_STEEP };

	limits.channel_bits = 14;
	run_networks(&demands, getenv("QUICK") ? "pretrainedResnet" : getenv("NETWORK"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_say_what_tensorflow_lite_says),
		cmocka_unit_test(with_the_multipliers_of_the_vendor_they_say_nearly_so),
	};

	return cmocka_run_group_tests_name("networks", tests, NULL, NULL);
}
