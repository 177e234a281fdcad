// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: A client of TensorFlow Lite for tests
 *
 * Runs any model with any delegate, on files or on made-up bytes, as often and on as many threads
 * as asked. It judges nothing but that every run gives the same outputs; these go to a file, for
 * somebody who knows what is right.
 */
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tensorflow/lite/c/c_api.h>

#include <base/blob.h>
#include <base/diag.h>
#include <tools/lite.h>
#include <tools/tool.h>

#define INPUTS_MAX	8
#define OUTPUTS_MAX	8
#define THREADS_MAX	64

static const char usage[] = "usage: lite-client -m MODEL [-e DELEGATE] [-O KEY=VALUE]... [-i "
			    "FILE|lcg:SEED]... [-o FILE]\n"
			    "                   [-t THREADS] [-n INVOKES] [-x TIMES]\n"
			    "  -t  interpreters, each with a delegate and a thread of its own\n"
			    "  -n  runs of each interpreter; all must give the same\n"
			    "  -x  open and close so often before that\n";

struct client {
	struct lite_options lite;
	const char *inputs[INPUTS_MAX];
	uint32_t n_inputs;
	const char *wanted[OUTPUTS_MAX];
	uint32_t n_wanted;
	int tolerance;
	const char *output;
	unsigned int threads, invokes, opens;
	struct diag diag;
};

struct worker {
	struct client *client;
	pthread_t thread;
	double open_ms, invoke_ms;
	struct lite_counts counts;
	uint8_t *outputs;
	size_t bytes;
	int worst;
	int ret;
};

/* The generator that golden inputs are made with: bits 16 to 23 of a 31-bit LCG. */
static void make_up(uint32_t seed, uint8_t *to, size_t bytes)
{
	uint64_t s = seed;

	for (size_t i = 0; i < bytes; i++) {
		s = (s * 1103515245 + 12345) & 0x7fffffff;
		to[i] = (uint8_t)(s >> 16);
	}
}

static int fill(struct client *c, TfLiteInterpreter *interpreter)
{
	if ((uint32_t)TfLiteInterpreterGetInputTensorCount(interpreter) != c->n_inputs)
		return diag_error(&c->diag, -1, "%s has %d inputs", c->lite.model,
				  TfLiteInterpreterGetInputTensorCount(interpreter));
	for (uint32_t i = 0; i < c->n_inputs; i++) {
		TfLiteTensor *t = TfLiteInterpreterGetInputTensor(interpreter, (int)i);
		struct blob file = { 0 };

		if (!strncmp(c->inputs[i], "lcg:", 4)) {
			make_up((uint32_t)strtoul(c->inputs[i] + 4, NULL, 10), TfLiteTensorData(t),
				TfLiteTensorByteSize(t));
			continue;
		}
		if (blob_read(&file, c->inputs[i], &c->diag))
			return -1;
		if (file.size != TfLiteTensorByteSize(t))
			return diag_error(&c->diag, -1, "%s has %zu bytes, the input %zu",
					  c->inputs[i], file.size, TfLiteTensorByteSize(t));
		memcpy(TfLiteTensorData(t), file.data, file.size);
		blob_fini(&file);
	}
	return 0;
}

static uint8_t *take_outputs(TfLiteInterpreter *interpreter, size_t *bytes)
{
	uint8_t *all = NULL;

	*bytes = 0;
	for (int i = 0; i < TfLiteInterpreterGetOutputTensorCount(interpreter); i++) {
		const TfLiteTensor *t = TfLiteInterpreterGetOutputTensor(interpreter, i);

		all = realloc(all, *bytes + TfLiteTensorByteSize(t) + 1);
		if (!all)
			return NULL;
		memcpy(all + *bytes, TfLiteTensorData(t), TfLiteTensorByteSize(t));
		*bytes += TfLiteTensorByteSize(t);
	}
	return all;
}

/* One interpreter: every run must give what the first gave. */
static int invoke_all(struct worker *w, TfLiteInterpreter *interpreter)
{
	struct client *c = w->client;

	for (unsigned int i = 0; i < c->invokes; i++) {
		double begin = tool_now_ms();
		uint8_t *outputs;
		size_t bytes;

		if (TfLiteInterpreterInvoke(interpreter) != kTfLiteOk)
			return diag_error(&c->diag, -1, "run %u failed", i);
		w->invoke_ms = tool_now_ms() - begin;
		outputs = take_outputs(interpreter, &bytes);
		if (!outputs ||
		    (w->outputs && (bytes != w->bytes || memcmp(outputs, w->outputs, bytes)))) {
			free(outputs);
			return diag_error(&c->diag, -1, "run %u gives other outputs than run 0", i);
		}
		free(w->outputs);
		w->outputs = outputs;
		w->bytes = bytes;
	}
	return 0;
}

/* Outputs against files; only tensors of bytes may be off. */
static int compare(struct worker *w, TfLiteInterpreter *interpreter)
{
	struct client *c = w->client;

	for (uint32_t i = 0; i < c->n_wanted; i++) {
		const TfLiteTensor *t = TfLiteInterpreterGetOutputTensor(interpreter, (int)i);
		const uint8_t flip = TfLiteTensorType(t) == kTfLiteInt8 ? 0x80 : 0;
		struct blob want = { 0 };
		const uint8_t *got;

		if (!t || blob_read(&want, c->wanted[i], &c->diag))
			return -1;
		got = TfLiteTensorData(t);
		if (want.size != TfLiteTensorByteSize(t))
			return diag_error(&c->diag, -1, "%s has not the size of the output",
					  c->wanted[i]);
		for (size_t k = 0; k < want.size; k++) {
			int off = abs((got[k] ^ flip) - (want.data[k] ^ flip));

			w->worst = off > w->worst ? off : w->worst;
		}
		blob_fini(&want);
	}
	if (w->worst > c->tolerance)
		return diag_error(&c->diag, -1, "worst %d", w->worst);
	return 0;
}

static void *work(void *opaque)
{
	struct worker *w = opaque;
	struct client *c = w->client;
	double begin = tool_now_ms();
	struct lite *lite;

	w->ret = lite_open(&c->lite, &c->diag, &lite);
	if (w->ret)
		return NULL;
	w->open_ms = tool_now_ms() - begin;
	w->ret = fill(c, lite_interpreter(lite));
	if (!w->ret)
		w->ret = invoke_all(w, lite_interpreter(lite));
	if (!w->ret)
		w->ret = compare(w, lite_interpreter(lite));
	lite_get_counts(lite, &w->counts);
	lite_close(lite);
	return NULL;
}

static int crowd(struct client *c)
{
	struct worker workers[THREADS_MAX] = { 0 }, *first = &workers[0];
	int ret = 0;

	for (unsigned int i = 0; i < c->threads; i++) {
		workers[i].client = c;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			exit(TOOL_FAILED);
	}
	for (unsigned int i = 0; i < c->threads; i++) {
		struct worker *w = &workers[i];

		pthread_join(w->thread, NULL);
		if (!w->ret &&
		    (w->bytes != first->bytes || memcmp(w->outputs, first->outputs, w->bytes)))
			w->ret = diag_error(&c->diag, -1,
					    "interpreter %u gives other outputs than interpreter 0",
					    i);
		ret |= w->ret;
	}
	if (!ret && c->output)
		ret = blob_write(c->output, first->outputs, first->bytes, &c->diag);
	if (!ret)
		printf("operators %u delegated %u worst %d open %.1f ms invoke %.1f ms\n",
		       first->counts.operators, first->counts.delegated, first->worst,
		       first->open_ms, first->invoke_ms);
	for (unsigned int i = 0; i < c->threads; i++)
		free(workers[i].outputs);
	return ret;
}

static int churn(struct client *c)
{
	for (unsigned int i = 0; i < c->opens; i++) {
		struct lite *lite;

		if (lite_open(&c->lite, &c->diag, &lite))
			return -1;
		lite_close(lite);
	}
	return 0;
}

static bool take_option(struct client *c, int option)
{
	char *equals;

	switch (option) {
	case 'm':
		c->lite.model = optarg;
		return true;
	case 'e':
		c->lite.delegate = optarg;
		return true;
	case 'O':
		equals = strchr(optarg, '=');
		if (!equals || c->lite.n_options == LITE_OPTIONS_MAX)
			return false;
		*equals = '\0';
		c->lite.keys[c->lite.n_options] = optarg;
		c->lite.values[c->lite.n_options++] = equals + 1;
		return true;
	case 'i':
		if (c->n_inputs == INPUTS_MAX)
			return false;
		c->inputs[c->n_inputs++] = optarg;
		return true;
	case 'w':
		if (c->n_wanted == OUTPUTS_MAX)
			return false;
		c->wanted[c->n_wanted++] = optarg;
		return true;
	case 'T':
		c->tolerance = atoi(optarg);
		return true;
	case 'o':
		c->output = optarg;
		return true;
	case 't':
		c->threads = (unsigned int)strtoul(optarg, NULL, 10);
		return c->threads && c->threads <= THREADS_MAX;
	case 'n':
		c->invokes = (unsigned int)strtoul(optarg, NULL, 10);
		return true;
	case 'x':
		c->opens = (unsigned int)strtoul(optarg, NULL, 10);
		return true;
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	struct client c = { .threads = 1, .invokes = 1, .lite.threads = 1,
			    .diag = { .print = diag_stderr, .opaque = "lite-client" } };
	int option;

	while ((option = getopt(argc, argv, "m:e:O:i:o:t:n:x:w:T:")) != -1)
		if (!take_option(&c, option)) {
			fputs(usage, stderr);
			return TOOL_USAGE;
		}
	if (!c.lite.model || optind != argc) {
		fputs(usage, stderr);
		return TOOL_USAGE;
	}
	return churn(&c) || crowd(&c) ? TOOL_FAILED : TOOL_DONE;
}
