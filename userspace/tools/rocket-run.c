// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket-run, the command line
 *
 * Runs a model once and says what ran where. The options and exit codes are a contract with
 * scripts.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <compiler/compile.h>
#include <program/program.h>
#include <runtime/device.h>

#include "run.h"

#define TOP_DEFAULT	5
#define TOP_MAX		10000

static const char usage[] =
	"usage: rocket-run MODEL [OPTION]...\n"
	"Run a .tflite model or a .rkt program once.\n"
	"  --device NAME    sim: the model of the NPU in this process; a path: that device;\n"
	"                   auto (default): a device if there is one, else sim\n"
	"  --input FILE     raw tensor in the model's type and layout; one per model input, in "
	"order\n"
	"  --output FILE    where to write a raw output tensor; one per model output, in order\n"
	"  --image FILE     JPEG, PNG, WebP or BMP, scaled to the model's input\n"
	"  --labels FILE    names of the classes, one a line\n"
	"  --top K          print the K best classes (default 5 with --image or --labels, else "
	"none)\n"
	"  --verify         compare the output of each operator on the NPU with the reference\n"
	"  --json           print one JSON object instead of text\n"
	"  --version        print the version\n"
	"Exit code: 0 done, 1 failed, 2 usage, 3 model refused.\n";

enum {
	OPT_DEVICE = 256, OPT_INPUT, OPT_OUTPUT, OPT_IMAGE, OPT_LABELS, OPT_TOP, OPT_VERIFY,
	OPT_JSON, OPT_VERSION,
};

static const struct option long_options[] = {
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "input", required_argument, NULL, OPT_INPUT },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "image", required_argument, NULL, OPT_IMAGE },
	{ "labels", required_argument, NULL, OPT_LABELS },
	{ "top", required_argument, NULL, OPT_TOP },
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

static bool misuse(const char *why, enum tool_exit *code)
{
	fprintf(stderr, "rocket-run: error: %s; rocket-run --help lists the options\n", why);
	*code = TOOL_USAGE;
	return false;
}

static bool add_file(const char **files, uint32_t *n, const char *path, enum tool_exit *code)
{
	if (*n == RUN_FILES_MAX)
		return misuse("more files than any model has tensors", code);
	files[(*n)++] = path;
	return true;
}

static bool parse_top(const char *text, uint32_t *top, enum tool_exit *code)
{
	char *end;
	unsigned long k = strtoul(text, &end, 10);

	if (*end || end == text || *text == '-' || !k || k > TOP_MAX)
		return misuse("--top takes a number from 1 to 10000", code);
	*top = (uint32_t)k;
	return true;
}

static bool take_option(int c, struct run_options *o, enum tool_exit *code)
{
	switch (c) {
	case OPT_DEVICE:
		o->device = optarg;
		return true;
	case OPT_INPUT:
		return add_file(o->inputs, &o->n_inputs, optarg, code);
	case OPT_OUTPUT:
		return add_file(o->outputs, &o->n_outputs, optarg, code);
	case OPT_IMAGE:
		o->image = optarg;
		return true;
	case OPT_LABELS:
		o->labels = optarg;
		return true;
	case OPT_TOP:
		return parse_top(optarg, &o->top, code);
	case OPT_VERIFY:
		o->verify = true;
		return true;
	case OPT_JSON:
		o->json = true;
		return true;
	case OPT_VERSION:
		puts("rocket-run " ROCKET_VERSION);
		return false;
	case 'h':
		fputs(usage, stdout);
		return false;
	default:
		return misuse("unknown option or missing argument", code);
	}
}

/* Returns true when there is something to run; else *code is the exit code. */
static bool parse(int argc, char **argv, struct run_options *o, enum tool_exit *code)
{
	int c;

	*code = TOOL_DONE;
	o->device = "auto";
	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", long_options, NULL)) != -1)
		if (!take_option(c, o, code))
			return false;
	if (argc - optind != 1)
		return misuse("exactly one MODEL is needed", code);
	if (!o->top && (o->image || o->labels))
		o->top = TOP_DEFAULT;
	o->model = argv[optind];
	return true;
}

static enum tool_exit execute(struct run *r, struct diag *d)
{
	double begin = tool_now_ms();

	if (session_run(r->session, d))
		return TOOL_FAILED;
	r->run_ms = tool_now_ms() - begin;
	session_get_times(r->session, &r->times);
	return TOOL_DONE;
}

static enum tool_exit run(struct run *r, struct diag *d)
{
	const struct compile_options options = { .keep_features = r->options.verify };
	enum tool_exit code = model_load(r->options.model, &options, d, &r->model),
		       verified = TOOL_DONE;

	if (code == TOOL_DONE)
		code = run_check_files(r, d);
	if (code != TOOL_DONE)
		return code;
	if (device_open(r->options.device, d, &r->device) ||
	    session_create(r->device, r->model.program, d, &r->session))
		return TOOL_FAILED;
	code = run_bind(r, d);
	if (code == TOOL_DONE)
		code = execute(r, d);
	if (code == TOOL_DONE && r->options.verify)
		verified = run_verify(r, d);
	if (code == TOOL_DONE)
		code = run_write_outputs(r, d);
	if (code == TOOL_DONE)
		code = r->options.json ? run_report_json(r) : run_report(r);
	return code == TOOL_DONE ? verified : code;
}

int main(int argc, char **argv)
{
	struct diag d = { .print = tool_message, .opaque = "rocket-run" };
	struct run r = { 0 };
	enum tool_exit code;

	if (!parse(argc, argv, &r.options, &code))
		return code;
	code = run(&r, &d);
	session_destroy(r.session);
	device_close(r.device);
	model_fini(&r.model);
	labels_fini(&r.labels);
	free(r.verdicts);
	free(r.outcomes);
	return code;
}
