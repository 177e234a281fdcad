// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket-info
 *
 * Says which NPU this machine has: the node, the driver, the cores with their power state; and when
 * there is none, what to check. It looks, and changes nothing.
 */
#include <getopt.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>

#include <base/diag.h>
#include <runtime/node.h>

#include "tool.h"

#define DRIVER_CORES	"/sys/bus/platform/drivers/rocket/*.npu"
#define TEXT_BYTES	64	/* longest attribute shown */

static const char usage[] =
	"usage: rocket-info [--help] [--version]\n"
	"\n"
	"Prints the NPU that this machine has, or what to check when there is none.\n"
	"Exit codes: 0 there is one, 1 there is none, 2 usage.\n";

/* One line of a sysfs attribute, "unknown" when it cannot be read. */
static void attribute(const char *device, const char *name, char text[TEXT_BYTES])
{
	char path[PATH_MAX];
	FILE *f = NULL;

	if (snprintf(path, sizeof(path), "%s/%s", device, name) < (int)sizeof(path))
		f = fopen(path, "re");
	if (!f || !fgets(text, TEXT_BYTES, f))
		strcpy(text, "unknown");
	text[strcspn(text, "\n")] = '\0';
	if (f)
		fclose(f);
}

static void print_cores(void)
{
	char power[TEXT_BYTES];
	glob_t cores = { 0 };

	if (!glob(DRIVER_CORES, 0, NULL, &cores)) {
		for (size_t i = 0; i < cores.gl_pathc; i++) {
			attribute(cores.gl_pathv[i], "power/runtime_status", power);
			printf("core:    %s, %s\n", strrchr(cores.gl_pathv[i], '/') + 1, power);
		}
	}
	printf("cores:   %zu\n", cores.gl_pathc);
	globfree(&cores);
}

static void print_driver(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	if (version)
		printf("driver:  %s %d.%d.%d (%s)\n", version->name, version->version_major,
		       version->version_minor, version->version_patchlevel, version->desc);
	drmFreeVersion(version);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	struct diag diag = { .print = diag_stderr, .opaque = "rocket-info" };
	char *path = NULL;
	int c, fd;

	c = getopt_long(argc, argv, "h", options, NULL);
	if (c == 'h' || c == 'V') {
		printf("%s", c == 'h' ? usage : "rocket-info " ROCKET_VERSION "\n");
		return TOOL_DONE;
	}
	if (c != -1 || optind < argc) {
		fputs(usage, stderr);
		return TOOL_USAGE;
	}
	fd = node_find(&diag, &path);
	if (fd < 0) {
		printf("node:    none\n");
		node_advise(&diag);
		return TOOL_FAILED;
	}
	printf("node:    %s\n", path);
	print_driver(fd);
	print_cores();
	close(fd);
	free(path);
	return TOOL_DONE;
}
