/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt: messages
 *
 * Information goes to stdout as it is, warnings to stderr with program and process. Debug messages
 * are kept, whether or not they are shown, and printed when a subtest fails.
 */
#include <pthread.h>
#include <stdarg.h>

#include "igt_private.h"

#define RING_LINES	256
#define LINE_MAX_BYTES	512

static char ring[RING_LINES][LINE_MAX_BYTES];
static unsigned int ring_next;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *const level_names[] = {
	[IGT_LOG_DEBUG] = "DEBUG",
	[IGT_LOG_INFO] = "INFO",
	[IGT_LOG_WARN] = "WARNING",
	[IGT_LOG_CRITICAL] = "CRITICAL",
	[IGT_LOG_NONE] = "NONE",
};

/* A signal may have left a log function for good: do not wait for ever. */
static void ring_lock(void)
{
	struct timespec soon;

	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_sec += 2;
	if (pthread_mutex_timedlock(&lock, &soon))
		pthread_mutex_init(&lock, NULL);
}

void igt_log_reset(void)
{
	ring_next = 0;
	memset(ring, 0, sizeof(ring));
}

void igt_log_dump(void)
{
	fflush(stdout);
	fprintf(stderr, "**** DEBUG ****\n");
	for (unsigned int i = 0; i < RING_LINES; i++) {
		const char *line = ring[(ring_next + i) % RING_LINES];

		if (*line)
			fprintf(stderr, "%s", line);
	}
	fprintf(stderr, "****  END  ****\n");
	fflush(stderr);
}

void igt_vlog(const char *domain, enum igt_log_level level, const char *fmt, va_list args)
{
	char text[LINE_MAX_BYTES];
	char *line;
	int length;

	length = vsnprintf(text, sizeof(text), fmt, args);
	if (length <= 0)
		return;

	ring_lock();
	line = ring[ring_next++ % RING_LINES];
	snprintf(line, LINE_MAX_BYTES, "(%s:%d) %s%s%s: %.*s", igt_program, getpid(),
		 domain ? domain : "", domain ? "-" : "", level_names[level], LINE_MAX_BYTES - 128,
		 text);
	if (level == IGT_LOG_INFO) {
		fputs(text, stdout);
		fflush(stdout);
	} else if (level > IGT_LOG_INFO || igt_options.debug) {
		fflush(stdout);
		fputs(line, stderr);
		fflush(stderr);
	}
	pthread_mutex_unlock(&lock);
}

void igt_log(const char *domain, enum igt_log_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	igt_vlog(domain, level, fmt, args);
	va_end(args);
}
