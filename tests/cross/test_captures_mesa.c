// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Streams of a driver that works on silicon
 *
 * Recorded submissions of Mesa's delegate, run on the model and compared with TensorFlow Lite.
 * Layers and networks must give the operator's result. The edge cases are shapes that Mesa does not
 * handle: each is listed with what its stream computes instead, and both the distance to the golden
 * output and the agreement with that explanation are asserted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include <base/diag.h>
#include <ref/ref.h>

#include "mesa.h"

#define TEST(name, function) { name, function, NULL, NULL, NULL }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * TensorFlow Lite rounds twice where the NPU rounds once with a 15-bit multiplier: at most one
 * code, guide 7.4.
 */
#define TOLERANCE 1
#define LEAST_EXACT                                                                                \
	0.90 /* multipliers in (1/4, 1/2] are worst (mb-003: 91 %): there TFLite's second rounding \
		meets ties */

static struct capture *load(const char *name, const struct npu_switches *switches)
{
	const char *folder = capture_folder("mesa");
	struct capture *c = capture_create(switches);
	char dir[1024];

	assert_non_null(folder);
	assert_non_null(c);
	snprintf(dir, sizeof(dir), "%s/%s", folder, name);
	assert_int_equal(capture_load(c, dir), 0);

	return c;
}

static struct golden *golden(const char *prefix, const char *name)
{
	struct diag d = { .print = diag_stderr, .opaque = "golden" };
	struct golden *g = NULL;
	char full[256];

	snprintf(full, sizeof(full), "%s%s", prefix, name);
	assert_int_equal(golden_load(full, &d, &g), 0);

	return g;
}

static void print_distance(const char *name, const char *what, const struct golden_distance *d)
{
	printf("# %-28s %-10s %8zu exact %6zu off by one %6zu more, worst %d\n", name, what,
	       d->exact, d->off_by_one, d->more, (int)d->worst);
}

static void add_distance(struct golden_distance *sum, const struct golden_distance *d)
{
	sum->elements += d->elements;
	sum->exact += d->exact;
	sum->off_by_one += d->off_by_one;
	sum->more += d->more;
	if (d->worst > sum->worst)
		sum->worst = d->worst;
}

static void run_all(struct capture *c, const char *name)
{
	int ret = capture_run_jobs(c, 0, c->n_jobs);

	if (ret || c->report[0])
		printf("# %s: %d, %s; %u faults from 0x%08x\n", name, ret, c->report, c->faults,
		       c->fault_iova);
	assert_int_equal(ret, 0);
	assert_int_equal(c->faults, 0);
	assert_int_equal(c->guest_errors, 0);
	assert_int_equal(c->unimps, 0);
}

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

static bool is_layer(const char *name)
{
	return has_prefix(name, "mb-") || has_prefix(name, "mobiledet-") || !strcmp(name, "conv2d");
}

static struct golden_distance layer_distance(const char *name)
{
	struct golden *g = golden("layers/", name);
	struct capture *c = load(name, NULL);
	const struct op *op = mesa_op(g, 0);
	struct golden_distance d;
	uint8_t *got;

	run_all(c, name);
	got = mesa_output(c, 0, g);
	assert_non_null(got);
	assert_non_null(g->values[op->outputs[0]].data);
	d = golden_compare(DTYPE_UINT8, g->values[op->outputs[0]].data, got,
			   g->values[op->outputs[0]].bytes);
	free(got);
	capture_destroy(c);
	golden_free(g);

	return d;
}

static void layers_give_the_golden_output_within_one_code(void **state)
{
	const char *folder = capture_folder("mesa");
	struct golden_distance all = { 0 };
	size_t count, layers = 0;
	char **names;

	if (!folder)
		skip();
	assert_int_equal(capture_names(folder, &names, &count), 0);
	for (size_t i = 0; i < count; i++) {
		struct golden_distance d;

		if (!is_layer(names[i]))
			continue;
		d = layer_distance(names[i]);
		print_distance(names[i], "golden", &d);
		assert_true(d.worst <= TOLERANCE);
		assert_true(d.exact >= LEAST_EXACT * d.elements);
		add_distance(&all, &d);
		layers++;
	}
	print_distance("all layers", "golden", &all);
	assert_int_equal(layers, 58);
	golden_list_free(names, count);
}

/*
 * Tails name the next task too: the same job from one start must leave the same bytes, kept weights
 * and groups included.
 */
static size_t chain_matches(const char *name)
{
	struct capture *single = load(name, NULL), *chain = load(name, NULL);
	size_t tasks = single->n_tasks;

	if (single->n_jobs == 1 && tasks > 1) {
		const struct capture_buffer *a = &single->buffers[single->jobs[0].out];
		const struct capture_buffer *b = &chain->buffers[chain->jobs[0].out];

		run_all(single, name);
		assert_int_equal(capture_run(chain, 0, tasks), 0);
		assert_memory_equal(a->data, b->data, a->mapped);
	}
	capture_destroy(single);
	capture_destroy(chain);

	return tasks > 1 ? tasks : 0;
}

static void one_start_for_a_chain_leaves_the_same_bytes(void **state)
{
	const char *folder = capture_folder("mesa");
	size_t count, layers = 0, tasks = 0;
	char **names;

	if (!folder)
		skip();
	assert_int_equal(capture_names(folder, &names, &count), 0);
	for (size_t i = 0; i < count; i++) {
		size_t n = is_layer(names[i]) ? chain_matches(names[i]) : 0;

		layers += n > 0;
		tasks += n;
	}
	printf("# %zu layers of %zu tasks\n", layers, tasks);
	assert_true(layers >= 10);
	golden_list_free(names, count);
}

/*
 * Jobs of an edge case and the distance of those of its outputs that the golden data have. A case
 * without departures and without golden distance is one that Mesa gets right.
 */
struct edge {
	const char *name;
	unsigned int departures;
	const char *why;
	bool low_pad; /* explained only with every padding lane the low byte: PAD_CON1 is not
			 replicated */
	bool unexplained;	/* asks for channels that do not exist */
	struct golden_distance golden;
};

#define DISTANCE(exact_, one_, more_, worst_) \
	{ .exact = (exact_), .off_by_one = (one_), .more = (more_), .worst = (worst_) }

static const struct edge edges[] = {
	{ "concat_u8", MESA_SWAPPED,
	  "image 7x6",
	  .golden = DISTANCE(0, 0, 0, 0) },
	{ "conv_i8_odd_c58_o1", MESA_UNSIGNED,
	  "int8 model; image 8x4 with a 1x1 kernel",
	  .golden = DISTANCE(0, 0, 32, 254) },
	{ "conv_u8_1x1_at_1x1", 0,
	  "right",
	  .golden = DISTANCE(245, 0, 0, 0) },
	{ "conv_u8_allmax", 0,
	  "right",
	  .golden = DISTANCE(575, 1, 0, 1) },
	{ "conv_u8_big", MESA_SWAPPED,
	  "image 58x57",
	  .golden = DISTANCE(23427, 5174, 268939, 214) },
	{ "conv_u8_deep", 0,
	  "right: image 7x5 with a 1x1 kernel",
	  .golden = DISTANCE(30009, 21, 0, 1) },
	{ "conv_u8_dil2", MESA_SWAPPED | MESA_UNDILATED,
	  "image 12x13, dilation 2",
	  .golden = DISTANCE(89, 57, 3442, 190) },
	{ "conv_u8_k1x7", MESA_SWAPPED,
	  "image 10x23, kernel 1x7",
	  .golden = DISTANCE(140, 25, 1905, 218) },
	{ "conv_u8_k5_valid", MESA_SWAPPED,
	  "image 18x15",
	  .golden = DISTANCE(825, 18, 1005, 137) },
	{ "conv_u8_k7s2", MESA_SWAPPED,
	  "image 30x32",
	  .golden = DISTANCE(261, 101, 5878, 212) },
	{ "conv_u8_k7x1_s1x2", MESA_SWAPPED,
	  "image 24x12, kernel 7x1, stride 1x2",
	  .golden = DISTANCE(55, 103, 5170, 181) },
	{ "conv_u8_odd_c33_o2", 0,
	  "right: image 3x7 with a 1x1 kernel",
	  .golden = DISTANCE(42, 0, 0, 0) },
	{ "conv_u8_rgb_k3s2", MESA_SWAPPED,
	  "image 23x18",
	  .golden = DISTANCE(1209, 32, 2755, 255) },
	{ "conv_u8_saturate", 0,
	  "right",
	  .golden = DISTANCE(2045, 3, 0, 1) },
	{ "conv_u8_tall", MESA_SWAPPED,
	  "image 441x2",
	  .golden = DISTANCE(83, 175, 7680, 147) },
	{ "conv_u8_thin_c1_o29", MESA_SWAPPED | MESA_PACKED,
	  "image 7x8",
	  .golden = DISTANCE(184, 22, 1418, 210) },
	{ "conv_u8_wide", MESA_SWAPPED,
	  "image 3x388",
	  .golden = DISTANCE(1147, 573, 39020, 255) },
	{ "conv_u8_zero_extreme", 0,
	  "right: PAD_CON1 is not replicated, which a regular convolution does not mind",
	  .golden = DISTANCE(1944, 0, 0, 0) },
	{ "dw_u8_dil2_valid", MESA_SWAPPED | MESA_UNDILATED,
	  "image 10x16, dilation 2",
	  .golden = DISTANCE(138, 21, 1281, 187) },
	{ "dw_u8_k3_c7", MESA_SWAPPED,
	  "image 8x7; PAD_CON1 is not replicated, odd lanes of the border are padded wrong",
	  .low_pad = true, .golden = DISTANCE(56, 11, 325, 172) },
	{ "dw_u8_k3s2_c100", MESA_SWAPPED | MESA_LOOSE_ROWS,
	  "image 18x9, 100 channels: 36 in the last group",
	  .golden = DISTANCE(1192, 28, 3280, 255) },
	{ "dw_u8_k5", MESA_SWAPPED | MESA_LOOSE_ROWS,
	  "image 19x12, 46 channels",
	  .golden = DISTANCE(759, 150, 9579, 217) },
	{ "dw_u8_k7_at_7x7", 0,
	  "right",
	  .golden = DISTANCE(183, 0, 0, 0) },
	{ "dw_u8_mult2", 0,
	  "depth multiplier 2: 28 channels out of 14, weights packed for 14",
	  .unexplained = true, .golden = DISTANCE(15, 36, 2217, 205) },
	{ "gate_u8", 0,
	  "right: image 7x6 with a 1x1 kernel; the golden data have no output of the convolution",
	  .golden = DISTANCE(0, 0, 0, 0) },
	{ "padconv_u8", MESA_SWAPPED,
	  "image 15x21 after the CPU has padded it",
	  .golden = DISTANCE(128, 43, 2559, 196) },
	{ "twousers_u8", MESA_SWAPPED,
	  "image 9x10",
	  .golden = DISTANCE(425, 66, 3279, 255) },
};

static bool is_network(const char *name)
{
	return has_prefix(name, "mobilenet_");
}

static void every_edge_case_is_in_the_table(void **state)
{
	const char *folder = capture_folder("mesa");
	size_t count, edge = 0;
	char **names;

	if (!folder)
		skip();
	assert_int_equal(capture_names(folder, &names, &count), 0);
	for (size_t i = 0; i < count; i++) {
		if (is_layer(names[i]) || is_network(names[i]))
			continue;
		assert_true(edge < COUNT(edges));
		assert_string_equal(names[i], edges[edge].name);
		edge++;
	}
	assert_int_equal(edge, COUNT(edges));
	golden_list_free(names, count);
}

static struct golden_distance edge_golden(const struct edge *e, const struct golden *g)
{
	struct capture *c = load(e->name, NULL);
	struct golden_distance sum = { 0 };

	run_all(c, e->name);
	for (size_t j = 0; j < c->n_jobs; j++) {
		const struct golden_value *want = &g->values[mesa_op(g, j)->outputs[0]];
		struct golden_distance d;
		uint8_t *got;

		if (!want->data)
			continue;
		got = mesa_output(c, j, g);
		assert_non_null(got);
		d = golden_compare(DTYPE_UINT8, want->data, got, want->bytes);
		add_distance(&sum, &d);
		free(got);
	}
	capture_destroy(c);

	return sum;
}

static struct golden_distance edge_explained(const struct edge *e, const struct golden *g)
{
	struct npu_switches switches = npu_switches_default;
	struct golden_distance sum = { 0 };
	struct capture *c;

	if (e->low_pad)
		switches.pad_lanes = 1;
	c = load(e->name, &switches);
	run_all(c, e->name);
	for (size_t j = 0; j < c->n_jobs; j++) {
		struct golden_distance d;

		assert_int_equal(mesa_explain(c, j, g, e->departures, &d), 0);
		add_distance(&sum, &d);
	}
	capture_destroy(c);

	return sum;
}

static void edge_cases_compute_what_their_streams_say(void **state)
{
	if (!capture_folder("mesa"))
		skip();
	for (size_t i = 0; i < COUNT(edges); i++) {
		const struct edge *e = &edges[i];
		struct golden *g = golden("edge/", e->name);
		struct golden_distance d = edge_golden(e, g);

		print_distance(e->name, "golden", &d);
		assert_int_equal(d.exact, e->golden.exact);
		assert_int_equal(d.off_by_one, e->golden.off_by_one);
		assert_int_equal(d.more, e->golden.more);
		assert_int_equal(d.worst, e->golden.worst);
		if (!e->unexplained) {
			d = edge_explained(e, g);
			print_distance(e->name, "explained", &d);
			assert_true(d.elements > 0);
			assert_int_equal(d.more, 0);
		}
		printf("#   %s\n", e->why);
		golden_free(g);
	}
}

#define NETWORK_JOBS 27		/* all convolutions before the average pool */
#define POOL_OP 27		/* operators behind them, by their place in the model */
#define LOGITS_OP 28
#define CLASSES 1001

/*
 * The recorder's allocator leaves an unmapped page behind each buffer. A depthwise layer with up to
 * 32 channels writes 64 (guide 12.1), and Mesa's buffer has room for 32: in the small network the
 * rest runs over that page into the next layer's output, which is written later. A kernel that
 * packs buffers does not notice; the model faults here.
 */
static void map_gaps(struct capture *c)
{
	size_t count = c->n_buffers;

	for (size_t i = 0; i + 1 < count; i++)
		assert_int_equal(capture_map(c, "gap", c->buffers[i].iova + c->buffers[i].mapped,
					     CAPTURE_PAGE_BYTES),
				 0);
}

static int host_op(struct golden *g, uint32_t index, void **values)
{
	struct diag d = { .print = diag_stderr, .opaque = "reference" };

	return ref_eval(g->graph, &g->graph->ops[index], values, &d);
}

static size_t best_of(const uint8_t *scores)
{
	size_t best = 0;

	for (size_t i = 1; i < CLASSES; i++)
		if (scores[i] > scores[best])
			best = i;

	return best;
}

/*
 * Pool and softmax on the CPU; between them the classifier, whose stream was recorded but submitted
 * later.
 */
static void finish_network(const char *name, struct capture *c, struct golden *g, uint8_t *features,
			   int tolerance)
{
	struct capture_buffer *in = capture_find(c, "bo112"), *out = capture_find(c, "bo113");
	struct capture_buffer *stream = capture_find(c, "bo114");
	const struct op *ops = g->graph->ops;
	void **values = calloc(g->graph->n_tensors, sizeof(*values));
	const struct golden_value *want;
	struct golden_distance d;
	uint32_t output = g->graph->outputs[0];

	assert_non_null(values);
	assert_non_null(stream);
	for (uint32_t i = POOL_OP; i < g->graph->n_ops; i++) {
		values[ops[i].outputs[0]] = malloc(g->graph->tensors[ops[i].outputs[0]].bytes);
		assert_non_null(values[ops[i].outputs[0]]);
	}
	values[ops[POOL_OP].inputs[0]] = features;
	assert_int_equal(host_op(g, POOL_OP, values), 0);
	mesa_pack(values[ops[POOL_OP].outputs[0]], 1,
		  g->graph->tensors[ops[POOL_OP].outputs[0]].bytes, 0x80, in->data);
	assert_int_equal(capture_add_task(c, stream->iova, c->tasks[0].words, c->tasks[0].int_mask),
			 0);
	assert_int_equal(capture_run(c, c->n_tasks - 1, 1), 0);
	mesa_unpack(out->data, 1, CLASSES, 0x80, values[ops[LOGITS_OP].outputs[0]]);
	want = &g->values[ops[LOGITS_OP].outputs[0]];
	d = golden_compare(DTYPE_UINT8, want->data, values[ops[LOGITS_OP].outputs[0]], want->bytes);
	print_distance(name, "logits", &d);
	for (uint32_t i = LOGITS_OP + 1; i < g->graph->n_ops; i++)
		assert_int_equal(host_op(g, i, values), 0);
	want = &g->values[output];
	d = golden_compare(DTYPE_UINT8, want->data, values[output], want->bytes);
	print_distance(name, "scores", &d);
	printf("# %-28s label %zu with %u/256, golden %u/256\n", name, best_of(values[output]),
	       ((uint8_t *)values[output])[best_of(values[output])],
	       ((uint8_t *)want->data)[best_of(want->data)]);
	assert_int_equal(best_of(values[output]), best_of(want->data));
	assert_true(d.worst <= tolerance);
	for (uint32_t i = POOL_OP; i < g->graph->n_ops; i++)
		free(values[ops[i].outputs[0]]);
	free(values);
}

static void check_network(const char *model, const char *picture, int tolerance)
{
	struct capture *c = load(model, NULL);
	struct golden *g = golden(model, picture);
	struct golden_distance sum = { 0 }, d;
	const struct golden_value *want;
	uint8_t *features;

	map_gaps(c);
	run_all(c, model);
	assert_int_equal(c->n_jobs, NETWORK_JOBS);
	for (size_t j = 0; j < c->n_jobs; j++) {
		assert_int_equal(mesa_explain(c, j, g, 0, &d), 0);
		if (d.more)
			printf("# job %zu: %zu beyond one code\n", j, d.more);
		add_distance(&sum, &d);
	}
	print_distance(model, "each layer", &sum);
	assert_int_equal(sum.more, 0);

	/* Layer upon layer the single codes add up; the answer is what counts. */
	features = mesa_output(c, NETWORK_JOBS - 1, g);
	assert_non_null(features);
	want = &g->values[mesa_op(g, NETWORK_JOBS - 1)->outputs[0]];
	d = golden_compare(DTYPE_UINT8, want->data, features, want->bytes);
	print_distance(model, "features", &d);
	finish_network(model, c, g, features, tolerance);
	free(features);
	golden_free(g);
	capture_destroy(c);
}

static void whole_networks_give_the_golden_answer(void **state)
{
	if (!capture_folder("mesa"))
		skip();
	check_network("mobilenet_v1_1.0_224_quant", "/hens", 2);
	/*
	 * The small network is undecided, 0.4 for the best: one code of one logit moves that by 8
	 * of 256.
	 */
	check_network("mobilenet_v1_0.25_128_quant", "/hens", 6);
}

static void the_small_network_spills_into_the_gap(void **state)
{
	struct capture *c;

	if (!capture_folder("mesa"))
		skip();
	c = load("mobilenet_v1_0.25_128_quant", NULL);
	assert_int_equal(capture_run_jobs(c, 0, 1), 0);
	assert_int_not_equal(capture_run_jobs(c, 1, 1), 0);
	assert_int_equal(c->fault_iova,
			 c->buffers[c->jobs[1].out].iova + c->buffers[c->jobs[1].out].mapped);
	capture_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("captures/mesa: layers give the golden output within one code",
		     layers_give_the_golden_output_within_one_code),
		TEST("captures/mesa: one start for a chain leaves the same bytes as one per task",
		     one_start_for_a_chain_leaves_the_same_bytes),
		TEST("captures/mesa: every edge case is in the table",
		     every_edge_case_is_in_the_table),
		TEST("captures/mesa: edge cases compute what their streams say",
		     edge_cases_compute_what_their_streams_say),
		TEST("captures/mesa: whole networks give the golden answer",
		     whole_networks_give_the_golden_answer),
		TEST("captures/mesa: a depthwise layer of 8 channels writes 64",
		     the_small_network_spills_into_the_gap),
	};

	return cmocka_run_group_tests_name("captures/mesa", tests, NULL, NULL);
}
