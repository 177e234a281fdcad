// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket-classify
 *
 * Classifies a picture through TensorFlow Lite's C API, with any external delegate or none. Takes
 * the options and prints the lines of TensorFlow Lite's own classification example, so that
 * delegates can be compared by the same command.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tensorflow/lite/c/c_api.h>

#include <base/bits.h>
#include <base/diag.h>

#include "labels.h"
#include "lite.h"
#include "picture.h"
#include "tool.h"

#define BEST	5	/* classes to print */

static const char usage[] =
	"usage: rocket-classify -i IMAGE -m MODEL -l LABELS [-e DELEGATE] [-o KEY=VALUE]... [-n "
	"TIMES] [-v]\n"
	"Classify a picture with TensorFlow Lite, the operators on the CPU or on a delegate.\n"
	"  -i FILE        JPEG, PNG, WebP or BMP, scaled to the model's input\n"
	"  -m FILE        .tflite model with one image in and one score per class out\n"
	"  -l FILE        names of the classes, one a line\n"
	"  -e FILE        library of an external delegate, librocket-tflite.so for example\n"
	"  -o KEY=VALUE   option for the delegate; may be repeated\n"
	"  -n TIMES       run so often; the time is that of the last run (default 1)\n"
	"  -v             verbose: what the delegate does (sets ROCKET_LOG and TEFLON_DEBUG)\n"
	"  --version, --help\n"
	"Exit code: 0 done, 1 failed, 2 usage.\n";

struct classify {
	struct lite_options lite;
	const char *image;
	const char *labels;
	unsigned int times;
	bool verbose;
};

struct score {
	double value;
	uint32_t index;
};

static bool misuse(const char *why, enum tool_exit *code)
{
	fprintf(stderr, "rocket-classify: error: %s; rocket-classify --help lists the options\n",
		why);
	*code = TOOL_USAGE;
	return false;
}

static bool take_pair(struct lite_options *o, char *text, enum tool_exit *code)
{
	char *equals = strchr(text, '=');

	if (!equals)
		return misuse("-o takes KEY=VALUE", code);
	if (o->n_options == LITE_OPTIONS_MAX)
		return misuse("more options than any delegate has", code);
	*equals = '\0';
	o->keys[o->n_options] = text;
	o->values[o->n_options++] = equals + 1;
	return true;
}

static bool take_times(struct classify *c, const char *text, enum tool_exit *code)
{
	char *end;
	unsigned long times = strtoul(text, &end, 10);

	if (*end || end == text || *text == '-' || !times || times > 1000000)
		return misuse("-n takes a number from 1 to 1000000", code);
	c->times = (unsigned int)times;
	return true;
}

static bool take_option(int option, struct classify *c, enum tool_exit *code)
{
	switch (option) {
	case 'i':
		c->image = optarg;
		return true;
	case 'm':
		c->lite.model = optarg;
		return true;
	case 'l':
		c->labels = optarg;
		return true;
	case 'e':
		c->lite.delegate = optarg;
		return true;
	case 'o':
		return take_pair(&c->lite, optarg, code);
	case 'n':
		return take_times(c, optarg, code);
	case 'v':
		c->verbose = true;
		return true;
	case 'V':
		puts("rocket-classify " ROCKET_VERSION);
		return false;
	case 'h':
		fputs(usage, stdout);
		return false;
	default:
		return misuse("unknown option or missing argument", code);
	}
}

static bool parse(int argc, char **argv, struct classify *c, enum tool_exit *code)
{
	static const struct option long_options[] = {
		{ "version", no_argument, NULL, 'V' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int option;

	*code = TOOL_DONE;
	c->times = 1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "i:m:l:e:o:n:v", long_options, NULL)) != -1)
		if (!take_option(option, c, code))
			return false;
	if (optind != argc || !c->image || !c->lite.model || !c->labels)
		return misuse("-i, -m and -l are needed, and nothing but options", code);
	if (c->lite.n_options && !c->lite.delegate)
		return misuse("-o is for a delegate, which -e names", code);
	return true;
}

/* int8 models store pixels less 128. */
static int fill_input(const struct classify *c, TfLiteTensor *in, struct diag *d)
{
	TfLiteType type = TfLiteTensorType(in);
	struct picture whole = { 0 }, fitting = { 0 };
	uint8_t *to = TfLiteTensorData(in);
	int ret;

	if (TfLiteTensorNumDims(in) != 4 || TfLiteTensorDim(in, 0) != 1 ||
	    TfLiteTensorDim(in, 3) != 3 || (type != kTfLiteUInt8 && type != kTfLiteInt8))
		return diag_error(d, -EINVAL, "%s: its input is no picture of 8-bit RGB pixels",
				  c->lite.model);
	ret = picture_read(c->image, d, &whole);
	if (ret)
		return ret;
	ret = picture_resize(&whole, (uint32_t)TfLiteTensorDim(in, 2),
			     (uint32_t)TfLiteTensorDim(in, 1), &fitting);
	if (ret)
		diag_error(d, ret, "out of memory for the picture");
	else
		for (size_t i = 0; i < TfLiteTensorByteSize(in); i++)
			to[i] = fitting.rgb[i] ^ (type == kTfLiteInt8 ? 0x80 : 0);
	picture_fini(&whole);
	picture_fini(&fitting);
	return ret;
}

static bool score_of(const TfLiteTensor *out, uint32_t i, double *score)
{
	const TfLiteQuantizationParams q = TfLiteTensorQuantizationParams(out);

	switch (TfLiteTensorType(out)) {
	case kTfLiteUInt8:
		*score = (double)q.scale *
			 (((const uint8_t *)TfLiteTensorData(out))[i] - q.zero_point);
		return true;
	case kTfLiteInt8:
		*score = (double)q.scale *
			 (((const int8_t *)TfLiteTensorData(out))[i] - q.zero_point);
		return true;
	case kTfLiteFloat32:
		*score = (double)((const float *)TfLiteTensorData(out))[i];
		return true;
	default:
		return false;
	}
}

static uint32_t find_best(const TfLiteTensor *out, uint32_t classes, struct score *best)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < classes; i++) {
		struct score s = { 0, i };
		uint32_t at = n;

		if (!score_of(out, i, &s.value))
			return 0;
		while (at && best[at - 1].value < s.value)
			at--;
		if (at == BEST)
			continue;
		n += n < BEST;
		memmove(best + at + 1, best + at, (n - 1 - at) * sizeof(*best));
		best[at] = s;
	}
	return n;
}

static int print_best(const struct classify *c, const TfLiteTensor *out,
		      const struct labels *labels, struct diag *d)
{
	struct score best[BEST];
	uint32_t classes = 1, n;

	for (int i = 0; i < TfLiteTensorNumDims(out); i++)
		classes *= (uint32_t)TfLiteTensorDim(out, i);
	if (classes != labels->n)
		return diag_error(d, -EINVAL,
				  "%s has %u labels but the model has %u classes; these are the "
				  "labels of another "
				  "model",
				  c->labels, labels->n, classes);
	n = find_best(out, classes, best);
	if (!n)
		return diag_error(d, -EINVAL, "%s: its output is no list of scores", c->lite.model);
	for (uint32_t i = 0; i < n; i++)
		printf("%08.6f: %s\n", best[i].value, labels->line[best[i].index]);
	return 0;
}

static int invoke(const struct classify *c, TfLiteInterpreter *interpreter, double *ms,
		  struct diag *d)
{
	for (unsigned int i = 0; i < c->times; i++) {
		double begin = tool_now_ms();

		if (TfLiteInterpreterInvoke(interpreter) != kTfLiteOk)
			return diag_error(d, -EIO, "the model did not run");
		*ms = tool_now_ms() - begin;
	}
	return 0;
}

static int classify(const struct classify *c, struct diag *d)
{
	struct labels labels = { 0 };
	struct lite *lite = NULL;
	TfLiteInterpreter *interpreter;
	struct lite_counts counts;
	double ms = 0;
	int ret = labels_read(c->labels, d, &labels);

	if (!ret)
		ret = lite_open(&c->lite, d, &lite);
	if (ret)
		goto out;
	interpreter = lite_interpreter(lite);
	if (TfLiteInterpreterGetInputTensorCount(interpreter) != 1 ||
	    TfLiteInterpreterGetOutputTensorCount(interpreter) != 1) {
		ret = diag_error(d, -EINVAL, "%s has not one input and one output", c->lite.model);
		goto out;
	}
	ret = fill_input(c, TfLiteInterpreterGetInputTensor(interpreter, 0), d);
	if (!ret)
		ret = invoke(c, interpreter, &ms, d);
	if (!ret)
		ret = print_best(c, TfLiteInterpreterGetOutputTensor(interpreter, 0), &labels, d);
	if (ret)
		goto out;
	lite_get_counts(lite, &counts);
	if (c->verbose && c->lite.delegate)
		printf("operators: %u, %u of them on the delegate\n", counts.operators,
		       counts.delegated);
	printf("time: %.3fms\n", ms);
out:
	lite_close(lite);
	labels_fini(&labels);
	return ret;
}

int main(int argc, char **argv)
{
	struct diag d = { .print = tool_message, .opaque = "rocket-classify" };
	struct classify c = { 0 };
	enum tool_exit code;

	if (!parse(argc, argv, &c, &code))
		return code;
	if (c.verbose) {
		setenv("ROCKET_LOG", "verbose", 0);
		setenv("TEFLON_DEBUG", "verbose", 0);
	}
	return classify(&c, &d) ? TOOL_FAILED : TOOL_DONE;
}
