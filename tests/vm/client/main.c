// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Command line of the test client
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>

#include <tools/tool.h>

#include "client.h"

static const char usage[] =
	"usage: vm-client COMMAND [OPTION]... NETWORK...\n"
	"  NETWORK      a .tflite or .rkt file, one or small\n"
	"  -d DEVICE    default auto\n"
	"  -e FOLDER    with known results; else they are computed\n"
	"  -n RUNS      default 1\n"
	"  -t SECONDS   how long, default 0\n"
	"  -p PROCESSES default 1\n"
	"  -v VICTIMS   processes to be killed, default 0\n"
	"  -k MS        time between two kills, default 50\n"
	"  -s SEED      for inputs, default 1\n"
	"  -x HOW       what to do wrong\n"
	"commands:";

static const struct {
	const char *name;
	int (*run)(const struct options *o, struct diag *d);
} commands[] = {
	{ "crowd", client_crowd },
	{ "expect", client_expect },
	{ "fail", client_fail },
	{ "fuzz-ioctl", client_fuzz_ioctl },
	{ "fuzz-stream", client_fuzz_stream },
	{ "hold", client_hold },
	{ "job", client_job },
	{ "loop", client_loop },
	{ "measure", client_measure },
	{ "stray", client_stray },
};

static int misuse(void)
{
	fputs(usage, stderr);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stderr, " %s", commands[i].name);
	fputc('\n', stderr);
	return 2;
}

static bool take_number(int c, const char *text, struct options *o)
{
	const struct {
		char c;
		unsigned int *to;
	} numbers[] = {
		{ 'n', &o->runs }, { 't', &o->seconds }, { 'p', &o->processes }, { 'v', &o->victims },
		{ 'k', &o->kill_ms }, { 's', &o->seed },
	};
	char *end;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (numbers[i].c != c)
			continue;
		*numbers[i].to = (unsigned int)strtoul(text, &end, 10);
		return *text && !*end;
	}
	return false;
}

static bool parse(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = getopt(argc, argv, "d:e:n:t:p:v:k:s:x:")) != -1) {
		if (c == 'd')
			o->device = optarg;
		else if (c == 'e')
			o->results = optarg;
		else if (c == 'x')
			o->how = optarg;
		else if (c == '?' || !take_number(c, optarg, o))
			return false;
	}
	o->models = argv + optind;
	o->n_models = (unsigned int)(argc - optind);
	return o->n_models && o->processes + o->victims <= CLIENT_WORKERS_MAX;
}

int main(int argc, char **argv)
{
	struct options o = { .device = "auto", .runs = 1, .processes = 1, .kill_ms = 50, .seed = 1, .how = "" };
	struct diag d = { .print = tool_message, .opaque = "vm-client" };

	if (argc < 2 || !parse(argc - 1, argv + 1, &o))
		return misuse();
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(&o, &d);
	return misuse();
}
