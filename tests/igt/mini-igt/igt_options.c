/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt: the command line
 */
#include <fnmatch.h>
#include <getopt.h>

#include "igt_private.h"

enum {
	OPT_LIST_SUBTESTS = 1000,
	OPT_SHOW_TESTLIST,
	OPT_DESCRIBE,
	OPT_HELP_DESCRIPTION,
	OPT_RUN_SUBTEST,
	OPT_DYNAMIC_SUBTEST,
	OPT_DEBUG,
	OPT_IGNORED,
	OPT_VERSION,
};

#define OPTIONS_MAX	64
#define PATTERN_MAX	512

static const struct option own_options[] = {
	{ "list-subtests", no_argument, NULL, OPT_LIST_SUBTESTS },
	{ "show-testlist", no_argument, NULL, OPT_SHOW_TESTLIST },
	{ "describe", optional_argument, NULL, OPT_DESCRIBE },
	{ "help-description", no_argument, NULL, OPT_HELP_DESCRIPTION },
	{ "run-subtest", required_argument, NULL, OPT_RUN_SUBTEST },
	{ "dynamic-subtest", required_argument, NULL, OPT_DYNAMIC_SUBTEST },
	{ "debug", optional_argument, NULL, OPT_DEBUG },
	{ "interactive-debug", optional_argument, NULL, OPT_IGNORED },
	{ "skip-crc-compare", no_argument, NULL, OPT_IGNORED },
	{ "device", required_argument, NULL, OPT_IGNORED },
	{ "hook", required_argument, NULL, OPT_IGNORED },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, 'h' },
};

struct igt_options igt_options;

static void print_help(const char *extra)
{
	printf("Usage: %s [OPTIONS]\n"
	       "  --list-subtests\n"
	       "  --show-testlist\n"
	       "  --run-subtest <pattern>\n"
	       "  --dynamic-subtest <pattern>\n"
	       "  --debug[=log-domain]\n"
	       "  --interactive-debug[=domain]\n"
	       "  --device <filter>\n"
	       "  --hook <command>\n"
	       "  --describe[=pattern]\n"
	       "  --help-description\n"
	       "  --version\n"
	       "  --help|-h\n", igt_program);
	if (extra)
		printf("%s\n", extra);
}

/**
 * igt_matches() - compare a name with patterns
 * @patterns: shell patterns, separated by commas; one that begins with '!' excludes. NULL matches
 * all
 * @name: what is looked for
 *
 * The last pattern that matches decides.
 */
bool igt_matches(const char *patterns, const char *name)
{
	bool matches = false;
	char one[PATTERN_MAX];

	if (!patterns)
		return true;

	while (*patterns) {
		size_t length = strcspn(patterns, ",");
		bool negative = *patterns == '!';

		snprintf(one, sizeof(one), "%.*s", (int)(length - negative), patterns + negative);
		if (!fnmatch(one, name, 0))
			matches = !negative;
		patterns += length;
		patterns += *patterns == ',';
	}
	return matches;
}

static void set_mode(enum igt_mode mode)
{
	igt_options.mode = mode;
}

static void help_description(void)
{
	if (__igt_test_description)
		printf("%s\n", __igt_test_description);
	exit(IGT_EXIT_SUCCESS);
}

/* Return: what remains for the program's own handler */
static bool handle(int opt)
{
	switch (opt) {
	case OPT_LIST_SUBTESTS:
		set_mode(IGT_MODE_LIST);
		return false;
	case OPT_SHOW_TESTLIST:
		set_mode(IGT_MODE_TESTLIST);
		return false;
	case OPT_DESCRIBE:
		set_mode(IGT_MODE_DESCRIBE);
		igt_options.described = optarg;
		return false;
	case OPT_RUN_SUBTEST:
		if (igt_options.mode == IGT_MODE_RUN)
			igt_options.subtests = optarg;
		return false;
	case OPT_DYNAMIC_SUBTEST:
		igt_options.dynamic_subtests = optarg;
		return false;
	case OPT_DEBUG:
		igt_options.debug = true;
		return false;
	case OPT_IGNORED:
		return false;
	}
	return true;
}

void igt_options_parse(int argc, char **argv, const char *short_opts,
		       const struct option *long_opts, const char *help, igt_opt_handler_t handler,
		       void *data)
{
	struct option all[OPTIONS_MAX] = { 0 };
	char shorts[OPTIONS_MAX + 2] = "h";
	size_t count = ARRAY_SIZE(own_options);
	const char *level = getenv("IGT_LOG_LEVEL");
	int opt, index = 0;

	memcpy(all, own_options, sizeof(own_options));
	for (; long_opts && long_opts->name && count < OPTIONS_MAX - 1; long_opts++)
		all[count++] = *long_opts;
	if (short_opts)
		snprintf(shorts, sizeof(shorts), "h%s", short_opts);
	igt_options.debug = level && !strcmp(level, "debug");

	while ((opt = getopt_long(argc, argv, shorts, all, &index)) != -1) {
		if (opt == 'h') {
			print_help(help);
			exit(IGT_EXIT_SUCCESS);
		} else if (opt == OPT_VERSION) {
			exit(IGT_EXIT_SUCCESS);
		} else if (opt == OPT_HELP_DESCRIPTION) {
			help_description();
		} else if (opt == '?' ||
			   (handle(opt) &&
			    (!handler || handler(opt, index, data) != IGT_OPT_HANDLER_SUCCESS))) {
			print_help(help);
			exit(IGT_EXIT_INVALID);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: unexpected argument: %s\n", igt_program, argv[optind]);
		exit(IGT_EXIT_INVALID);
	}
}
