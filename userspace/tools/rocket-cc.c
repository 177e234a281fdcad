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
#include <program/program.h>

#include "tool.h"

static const char usage[] =
	"usage: rocket-cc MODEL.tflite -o FILE.rkt\n"
	"       rocket-cc MODEL.tflite -d LETTER\n"
	"       rocket-cc MODEL -p\n"
	"Compile a TensorFlow Lite model for the NPU.\n"
	"  -o, --output FILE   write the program\n"
	"  -d, --dump LETTER   print the model as it is after that pass; may come with -o\n"
	"  -p, --print         print the program; MODEL may also be a .rkt file\n"
	"      --passes        list the passes and their letters\n"
	"      --version       print the version\n"
	"Exit code: 0 done, 1 failed, 2 usage, 3 model refused.\n";

struct options {
	const char *model;
	const char *output;
	struct compile_options compile;
	bool print;
};

enum { OPT_PASSES = 256, OPT_VERSION };

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "dump", required_argument, NULL, 'd' },
	{ "print", no_argument, NULL, 'p' },
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

/* Returns true when there is something to compile; else *code is the exit code. */
static bool parse(int argc, char **argv, struct options *o, enum tool_exit *code)
{
	int c;

	*code = TOOL_DONE;
	while ((c = getopt_long(argc, argv, "o:d:ph", long_options, NULL)) != -1) {
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
	if (!o->output && !o->compile.dump_pass && !o->print) {
		*code = misuse("say what to make of it: -o, -d or -p");
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

int main(int argc, char **argv)
{
	struct diag d = { .print = tool_message, .opaque = "rocket-cc" };
	struct options o = { 0 };
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
	model_fini(&m);
	if (fflush(stdout) && code == TOOL_DONE)
		code = TOOL_FAILED;
	return code;
}
