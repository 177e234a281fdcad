// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket-cc, the compiler's command line
 *
 * Writes a model as a .rkt program, or shows what a pass made of it.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <compiler/compile.h>
#include <compiler/report.h>
#include <program/program.h>

#include "explain.h"
#include "tool.h"

static const char usage[] =
	"usage: rocket-cc MODEL.tflite -o FILE.rkt\n"
	"       rocket-cc MODEL.tflite -d LETTER\n"
	"       rocket-cc MODEL -p\n"
	"       rocket-cc MODEL.tflite -e [-j] [-r PERCENT]\n"
	"Compile a TensorFlow Lite model for the NPU.\n"
	"  -o, --output FILE   write the program\n"
	"  -d, --dump LETTER   print the model as it is after that pass; may come with -o\n"
	"  -p, --print         print the program; MODEL may also be a .rkt file\n"
	"  -e, --explain       print what runs where and why, and what it may cost\n"
	"  -j, --json          as JSON\n"
	"  -r, --require-npu PERCENT\n"
	"                      fail when the NPU does less of the multiply-accumulates; may come\n"
	"                      alone\n"
	"      --passes        list the passes and their letters\n"
	"      --version       print the version\n"
	"Exit code: 0 done, 1 failed, 2 usage, 3 model refused.\n";

struct options {
	const char *model;
	const char *output;
	struct compile_options compile;
	bool print, explain, json;
	double require;		/* percent; negative for nothing */
};

enum { OPT_PASSES = 256, OPT_VERSION };

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "dump", required_argument, NULL, 'd' },
	{ "print", no_argument, NULL, 'p' },
	{ "explain", no_argument, NULL, 'e' },
	{ "json", no_argument, NULL, 'j' },
	{ "require-npu", required_argument, NULL, 'r' },
	{ "help", no_argument, NULL, 'h' },
	{ "passes", no_argument, NULL, OPT_PASSES },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 }
};

static enum tool_exit misuse(const char *why)
{
	fprintf(stderr, "rocket-cc: error: %s\n%s", why, usage);
	return TOOL_USAGE;
}

/* The list of passes begins each line with a letter. */
static bool is_pass(char letter)
{
	char *list = NULL, *line;
	size_t size = 0;
	FILE *f = open_memstream(&list, &size);

	if (!f)
		return false;
	compile_passes(f);
	fclose(f);
	line = list;
	while (line && *line && *line != letter) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	letter = line ? *line : '\0';
	free(list);
	return letter;
}

static bool parse_percent(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && !*end && *out >= 0 && *out <= 100;
}

/* Returns true when there is something to compile; else *code is the exit code. */
static bool parse(int argc, char **argv, struct options *o, enum tool_exit *code)
{
	int c;

	*code = TOOL_DONE;
	while ((c = getopt_long(argc, argv, "o:d:pejr:h", long_options, NULL)) != -1) {
		switch (c) {
		case 'o':
			o->output = optarg;
			break;
		case 'd':
			o->compile.dump_pass = optarg[0];
			o->compile.dump = stdout;
			if (!optarg[0] || optarg[1] || !is_pass(optarg[0])) {
				*code = misuse(
					"-d takes the letter of a pass; --passes lists them");
				return false;
			}
			break;
		case 'p':
			o->print = true;
			break;
		case 'e':
			o->explain = true;
			break;
		case 'j':
			o->json = true;
			break;
		case 'r':
			if (!parse_percent(optarg, &o->require)) {
				*code = misuse("-r takes a number from 0 to 100");
				return false;
			}
			break;
		case 'h':
			fputs(usage, stdout);
			return false;
		case OPT_PASSES:
			compile_passes(stdout);
			return false;
		case OPT_VERSION:
			puts("rocket-cc " ROCKET_VERSION);
			return false;
		default:
			*code = misuse("unknown option");
			return false;
		}
	}
	if (argc - optind != 1) {
		*code = misuse("exactly one MODEL is needed");
		return false;
	}
	if (!o->output && !o->compile.dump_pass && !o->print && !o->explain && o->require < 0) {
		*code = misuse("say what to make of it: -o, -d, -p, -e or -r");
		return false;
	}
	if (o->json && !o->explain) {
		*code = misuse("-j goes with -e");
		return false;
	}
	o->model = argv[optind];
	return true;
}

static enum tool_exit write_program(const struct model *m, const char *path, struct diag *d)
{
	void *data = NULL;
	size_t size;
	int ret = program_write(m->program, d, &data, &size);

	if (!ret)
		ret = blob_write(path, data, size, d);
	free(data);
	return ret ? TOOL_FAILED : TOOL_DONE;
}

/* A .rkt file no longer knows the model. */
static enum tool_exit explain(const struct options *o, const struct model *m, struct diag *d)
{
	const struct compile_report *r = o->compile.report;
	double share;

	if (!m->graph) {
		diag_error(d, 0, "%s: a program; give the model it was made of", o->model);
		return TOOL_FAILED;
	}
	if (o->explain && o->json && explain_json(r)) {
		diag_error(d, 0, "out of memory");
		return TOOL_FAILED;
	}
	if (o->explain && !o->json)
		explain_text(r);
	share = report_share(r);
	if (share >= o->require)
		return TOOL_DONE;
	diag_error(d, 0, "%s: the NPU does %.1f %% of the multiply-accumulates, less than %g %%; "
		   "--explain tells why", o->model, share, o->require);
	return TOOL_FAILED;
}

int main(int argc, char **argv)
{
	struct diag d = { .print = tool_message, .opaque = "rocket-cc" };
	struct compile_report report = { 0 };
	struct options o = { .compile.report = &report, .require = -1 };
	struct model m = { 0 };
	enum tool_exit code;

	if (!parse(argc, argv, &o, &code))
		return code;
	code = model_load(o.model, &o.compile, &d, &m);
	if (code == TOOL_DONE && o.compile.dump_pass && !m.graph)
		code = misuse("-d shows how a model is compiled; a .rkt program already is");
	if (code == TOOL_DONE && o.print)
		program_print(m.program, stdout);
	if (code == TOOL_DONE && o.output)
		code = write_program(&m, o.output, &d);
	if (code == TOOL_DONE && (o.explain || o.require >= 0))
		code = explain(&o, &m, &d);
	report_fini(&report);
	model_fini(&m);
	if (fflush(stdout) && code == TOOL_DONE)
		code = TOOL_FAILED;
	return code;
}
