/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt, between its own files
 */
#ifndef IGT_PRIVATE_H
#define IGT_PRIVATE_H

#include "igt.h"

struct option;

/* igt_options.c: what the command line asks for */

enum igt_mode {
	IGT_MODE_RUN,
	IGT_MODE_LIST,
	IGT_MODE_TESTLIST,
	IGT_MODE_DESCRIBE,
};

struct igt_options {
	enum igt_mode mode;
	const char *subtests;		/* patterns, NULL: all */
	const char *dynamic_subtests;
	const char *described;
	bool debug;
};

extern struct igt_options igt_options;

void igt_options_parse(int argc, char **argv, const char *short_opts,
		       const struct option *long_opts, const char *help, igt_opt_handler_t handler,
		       void *data);
bool igt_matches(const char *patterns, const char *name);

/* igt_core.c */

extern char igt_program[64];
bool igt_in_subtest(void);
void igt_enter_child(void);
bool igt_is_child(void);
void igt_kmsg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void igt_crashed(int sig);

/* igt_log.c */

void igt_log_reset(void);
void igt_log_dump(void);

/* igt_process.c: what must not outlive a subtest */

void igt_process_init(void);
void igt_process_cleanup(void);
void igt_process_enter_child(void);
void igt_run_exit_handlers(int sig);

#endif
