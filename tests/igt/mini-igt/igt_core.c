/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt: subtests and their results
 *
 * A subtest, a dynamic subtest and a fixture are loops that run once; they are left with
 * siglongjmp(). This file knows which of them is running, what its end means for the rest of the
 * program, and which exit code follows. Processes are in igt_process.c, messages in igt_log.c.
 */
#include <ctype.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/utsname.h>

#include "igt_private.h"

#define NAME_MAX_BYTES	256
#define TEXT_MAX_BYTES	4096
#define GROUPS_MAX	16

/* What a fixture has decided for the subtests that follow in its scope */
enum verdict { VERDICT_RUN, VERDICT_SKIP, VERDICT_FAIL };

sigjmp_buf igt_subtest_jmpbuf, igt_dynamic_jmpbuf;
char igt_program[64];
const char *__igt_test_description __attribute__((weak)) = NULL;

static char subtest[NAME_MAX_BYTES], dynamic[NAME_MAX_BYTES];
static char description[TEXT_MAX_BYTES];
static struct timespec subtest_start, dynamic_start;
static bool in_fixture, in_container, simple, is_child, tested, found;
static bool succeeded_one, failed_one, skipped_one;
static unsigned int dynamic_entered, dynamic_failed;
static int exitcode;
static volatile bool thread_failed;
static pthread_t main_thread;

static enum verdict verdict;
static struct {
	enum verdict verdict;
	char description[TEXT_MAX_BYTES];
} groups[GROUPS_MAX];
static unsigned int group_depth;

static char (*names)[NAME_MAX_BYTES];
static size_t name_count;

const char *igt_test_name(void)
{
	return igt_program;
}

const char *igt_subtest_name(void)
{
	return *subtest ? subtest : NULL;
}

const char *igt_dynamic_subtest_name(void)
{
	return *dynamic ? dynamic : NULL;
}

bool igt_in_subtest(void)
{
	return *subtest || simple;
}

bool igt_is_child(void)
{
	return is_child;
}

void igt_enter_child(void)
{
	is_child = true;
}

bool igt_only_list_subtests(void)
{
	return igt_options.mode != IGT_MODE_RUN;
}

void igt_kmsg(const char *fmt, ...)
{
	char text[NAME_MAX_BYTES + 64];
	va_list args;
	int fd, length;

	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	length = snprintf(text, sizeof(text), "<6>[IGT] %s: ", igt_program);
	va_start(args, fmt);
	vsnprintf(text + length, sizeof(text) - length, fmt, args);
	va_end(args);
	if (write(fd, text, strlen(text)) < 0)
		igt_debug("kmsg: %s\n", strerror(errno));
	close(fd);
}

/* One line that parsers rely on */
static void print_line(const char *fmt, ...)
{
	bool bold = isatty(STDOUT_FILENO) && !getenv("IGT_PLAIN_OUTPUT");
	va_list args;

	printf("%s", bold ? "\033[1m" : "");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("%s\n", bold ? "\033[0m" : "");
	fflush(stdout);

	if (getenv("IGT_SENTINEL_ON_STDERR")) {
		va_start(args, fmt);
		vfprintf(stderr, fmt, args);
		va_end(args);
		fprintf(stderr, "\n");
	}
}

__attribute__((noreturn)) static void die_invalid(const char *what, const char *name)
{
	igt_critical("%s: \"%s\"\n", what, name);
	exit(IGT_EXIT_INVALID);
}

/* Before anything else in a program */
static void common_init(int argc, char **argv)
{
	const char *base = strrchr(argv[0], '/');
	const char *seed_text = getenv("IGT_SRANDOM");
	unsigned int seed = seed_text ? strtoul(seed_text, NULL, 0) : (unsigned long)time(NULL);
	struct utsname uts;

	(void)argc;
	snprintf(igt_program, sizeof(igt_program), "%s", base ? base + 1 : argv[0]);
	main_thread = pthread_self();
	srand(seed);
	if (!uname(&uts) && !igt_only_list_subtests()) {
		print_line("IGT-Version: 2.5-mini (%s) (Linux: %s %s)", uts.machine, uts.release,
			   uts.machine);
		print_line("Using IGT_SRANDOM=%u for randomisation", seed);
	}
}

static void start_kmsg(void)
{
	if (igt_only_list_subtests())
		return;
	igt_kmsg("executing\n");
	igt_process_init();
}

void igt_subtest_init(int argc, char **argv, const char *short_opts, const struct option *long_opts,
		      const char *help, igt_opt_handler_t handler, void *data)
{
	const char *base = strrchr(argv[0], '/');

	tested = true;
	snprintf(igt_program, sizeof(igt_program), "%s", base ? base + 1 : argv[0]);
	igt_options_parse(argc, argv, short_opts, long_opts, help, handler, data);
	common_init(argc, argv);
	if (igt_options.mode == IGT_MODE_DESCRIBE && __igt_test_description)
		printf("%s\n\n", __igt_test_description);
	start_kmsg();
}

void igt_simple_init(int argc, char **argv)
{
	igt_options_parse(argc, argv, NULL, NULL, NULL, NULL, NULL);
	if (igt_only_list_subtests())
		exit(IGT_EXIT_INVALID);
	simple = true;
	common_init(argc, argv);
	start_kmsg();
	igt_nsec_elapsed(memset(&subtest_start, 0, sizeof(subtest_start)));
}

/* Descriptions, groups and fixtures */

void igt_describe_f(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(description, sizeof(description), fmt, args);
	va_end(args);
}

static void print_description(const char *file, int line)
{
	bool any = *description;

	printf("SUB %s %s:%d:\n", subtest, file, line);
	for (unsigned int i = 0; i < group_depth; i++) {
		if (*groups[i].description)
			printf("  %s\n\n", groups[i].description);
		any |= *groups[i].description != 0;
	}
	if (any)
		printf("  %s\n\n", description);
	else
		printf("  NO DOCUMENTATION!\n\n");
}

void __igt_group_enter(void)
{
	if (group_depth == GROUPS_MAX)
		die_invalid("Groups are nested too deep near",
			    *subtest ? subtest : "the beginning");
	groups[group_depth].verdict = verdict;
	memcpy(groups[group_depth].description, description, sizeof(description));
	*description = 0;
	group_depth++;
}

void __igt_group_leave(void)
{
	verdict = groups[--group_depth].verdict;
	*description = 0;
}

bool __igt_fixture(void)
{
	if (in_fixture || *subtest)
		die_invalid("A fixture inside of", in_fixture ? "a fixture" : subtest);
	if (igt_only_list_subtests() || verdict != VERDICT_RUN)
		return false;
	in_fixture = true;
	return true;
}

void __igt_fixture_complete(void)
{
	in_fixture = false;
	siglongjmp(igt_subtest_jmpbuf, 1);
}

/* Subtests */

static void check_name(const char *name)
{
	for (const char *c = name; *c; c++) {
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			die_invalid("Invalid subtest name", name);
	}
	for (size_t i = 0; i < name_count; i++) {
		if (!strcmp(names[i], name))
			die_invalid("Duplicate subtest name", name);
	}
	names = realloc(names, (name_count + 1) * sizeof(*names));
	if (!names)
		die_invalid("No memory for", name);
	snprintf(names[name_count++], sizeof(*names), "%s", name);
}

static void list(const char *file, int line)
{
	if (igt_options.mode == IGT_MODE_LIST)
		printf("%s\n", subtest);
	else if (igt_options.mode == IGT_MODE_TESTLIST)
		printf("igt@%s@%s\n", igt_program, subtest);
	else if (igt_matches(igt_options.described, subtest))
		print_description(file, line);
}

/* Return: the body shall run; its name is in @subtest then, which is empty else */
static bool enter(const char *file, int line, const char *fmt, va_list args)
{
	char name[NAME_MAX_BYTES];

	vsnprintf(name, sizeof(name), fmt, args);
	if (*subtest || in_fixture)
		die_invalid("A subtest inside of another or of a fixture", name);
	check_name(name);
	snprintf(subtest, sizeof(subtest), "%s", name);

	if (igt_only_list_subtests()) {
		list(file, line);
		goto not_run;
	}
	if (!igt_matches(igt_options.subtests, subtest))
		goto not_run;
	found = true;

	if (verdict != VERDICT_RUN) {
		print_line("Subtest %s: %s", subtest, verdict == VERDICT_SKIP ? "SKIP" : "FAIL");
		skipped_one |= verdict == VERDICT_SKIP;
		if (verdict == VERDICT_FAIL && !failed_one) {
			failed_one = true;
			exitcode = IGT_EXIT_FAILURE;
		}
		goto not_run;
	}

	igt_kmsg("starting subtest %s\n", subtest);
	print_line("Starting subtest: %s", subtest);
	igt_log_reset();
	thread_failed = false;
	*description = 0;
	igt_nsec_elapsed(memset(&subtest_start, 0, sizeof(subtest_start)));
	return true;

not_run:
	*subtest = 0;
	*description = 0;
	return false;
}

bool __igt_run_subtest(const char *file, int line, const char *fmt, ...)
{
	va_list args;
	bool run;

	va_start(args, fmt);
	run = enter(file, line, fmt, args);
	va_end(args);
	return run;
}

bool __igt_enter_container(const char *file, int line, const char *fmt, ...)
{
	va_list args;
	bool run;

	va_start(args, fmt);
	run = enter(file, line, fmt, args);
	va_end(args);
	in_container = run;
	dynamic_entered = 0;
	dynamic_failed = 0;
	return run;
}

bool __igt_run_dynamic(const char *fmt, ...)
{
	va_list args;

	if (!in_container || *dynamic)
		die_invalid("A dynamic subtest outside of a container or inside of another",
			    subtest);
	va_start(args, fmt);
	vsnprintf(dynamic, sizeof(dynamic), fmt, args);
	va_end(args);
	if (!igt_matches(igt_options.dynamic_subtests, dynamic)) {
		*dynamic = 0;
		return false;
	}
	igt_kmsg("starting dynamic subtest %s\n", dynamic);
	print_line("Starting dynamic subtest: %s", dynamic);
	igt_log_reset();
	igt_nsec_elapsed(memset(&dynamic_start, 0, sizeof(dynamic_start)));
	return true;
}

/* End of a (dynamic) subtest; every way out leads here */
__attribute__((noreturn)) static void leave(const char *result)
{
	igt_process_cleanup();

	if (*dynamic) {
		print_line("Dynamic subtest %s: %s (%.3fs)", dynamic, result,
			   igt_nsec_elapsed(&dynamic_start) / 1e9);
		igt_kmsg("finished subtest %s, %s\n", dynamic, result);
		*dynamic = 0;
		siglongjmp(igt_dynamic_jmpbuf, 1);
	}
	print_line("Subtest %s: %s (%.3fs)", subtest, result,
		   igt_nsec_elapsed(&subtest_start) / 1e9);
	igt_kmsg("finished subtest %s, %s\n", subtest, result);
	*subtest = 0;
	in_container = false;
	siglongjmp(igt_subtest_jmpbuf, 1);
}

static void note_failure(int code)
{
	if (!failed_one)
		exitcode = code;
	failed_one = true;
}

static void check_threads(void)
{
	if (thread_failed) {
		thread_failed = false;
		igt_critical("Failure in a thread!\n");
		igt_fail(IGT_EXIT_FAILURE);
	}
}

void igt_success(void)
{
	check_threads();
	if (is_child)
		exit(IGT_EXIT_SUCCESS);
	if (*dynamic)
		dynamic_entered++;
	else
		succeeded_one = true;
	if (simple)
		igt_exit();
	leave("SUCCESS");
}

void __igt_container_complete(void)
{
	if (dynamic_failed)
		leave("FAIL");
	if (!dynamic_entered)
		igt_skip("No dynamic tests executed.\n");
	igt_success();
}

void igt_skip(const char *fmt, ...)
{
	char text[TEXT_MAX_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);

	if (is_child || !pthread_equal(pthread_self(), main_thread)) {
		igt_critical("A test child or thread must not skip: %s\n", text);
		abort();
	}
	fputs(text, stdout);
	fflush(stdout);

	if (in_fixture) {
		verdict = VERDICT_SKIP;
		__igt_fixture_complete();
	}
	if (!*dynamic && in_container && dynamic_failed)
		leave("FAIL");
	if (!*dynamic)
		skipped_one = true;
	if (simple)
		igt_exit();
	leave("SKIP");
}

void igt_fail(int code)
{
	if (!pthread_equal(pthread_self(), main_thread)) {
		thread_failed = true;
		pthread_exit(NULL);
	}
	if (is_child) {
		igt_log_dump();
		exit(code);
	}
	if (in_container && !*dynamic) {
		igt_critical("A container of dynamic subtests must not fail by itself: %s\n",
			     subtest);
		abort();
	}

	note_failure(code);
	if (in_fixture) {
		fprintf(stderr, "A fixture failed.\n");
		igt_log_dump();
		verdict = VERDICT_FAIL;
		__igt_fixture_complete();
	}
	fprintf(stderr, "%s %s failed.\n", *dynamic ? "Dynamic subtest" : "Subtest",
		*dynamic ? dynamic : simple ? igt_program : subtest);
	igt_log_dump();
	dynamic_failed += *dynamic != 0;
	if (simple)
		igt_exit();
	leave("FAIL");
}

/* From a signal handler: a subtest crashed. Returns when there is none that could be left. */
void igt_crashed(int sig)
{
	if (is_child || simple || !*subtest || in_fixture ||
	    !pthread_equal(pthread_self(), main_thread))
		return;
	note_failure(128 + sig);
	dynamic_failed += *dynamic != 0;
	leave("CRASH");
}

static void print_check(enum igt_log_level level, const char *what, const char *file, int line,
			const char *func)
{
	igt_log(NULL, level, "%s function %s, file %s:%i:\n", what, func, file, line);
}

void __igt_fail_assert(const char *file, int line, const char *func, const char *assertion,
		       const char *fmt, ...)
{
	int err = errno;
	va_list args;

	print_check(IGT_LOG_CRITICAL, "Test assertion failure", file, line, func);
	igt_critical("Failed assertion: %s\n", assertion);
	if (err)
		igt_critical("Last errno: %i, %s\n", err, strerror(err));
	va_start(args, fmt);
	igt_vlog(NULL, IGT_LOG_CRITICAL, fmt, args);
	va_end(args);
	igt_fail(IGT_EXIT_FAILURE);
}

void __igt_skip_check(const char *file, int line, const char *func, const char *check,
		      const char *fmt, ...)
{
	char text[TEXT_MAX_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	igt_skip("Test requirement not met in function %s, file %s:%d:\nTest requirement: %s\n%s",
		 func, file, line, check, text);
}

void __igt_abort(const char *file, int line, const char *func, const char *expression,
		 const char *fmt, ...)
{
	va_list args;

	print_check(IGT_LOG_CRITICAL, "Test abort in", file, line, func);
	igt_critical("abort condition: %s\n", expression);
	va_start(args, fmt);
	igt_vlog(NULL, IGT_LOG_CRITICAL, fmt, args);
	va_end(args);
	if (is_child)
		exit(IGT_EXIT_ABORT);
	igt_process_cleanup();
	igt_kmsg("exiting, ret=%d\n", IGT_EXIT_ABORT);
	exit(IGT_EXIT_ABORT);
}

void igt_exit(void)
{
	if (!simple && igt_only_list_subtests())
		exit(name_count ? IGT_EXIT_SUCCESS : IGT_EXIT_INVALID);
	if (igt_options.subtests && !found) {
		igt_critical("Unknown subtest: %s\n", igt_options.subtests);
		exit(IGT_EXIT_INVALID);
	}
	if (tested && !name_count)
		exit(IGT_EXIT_INVALID);

	check_threads();
	if (simple && !failed_one && !skipped_one)
		succeeded_one = true;
	if (!failed_one)
		exitcode = succeeded_one ? IGT_EXIT_SUCCESS : IGT_EXIT_SKIP;
	if (simple)
		print_line("%s (%.3fs)", failed_one ? "FAIL" : succeeded_one ? "SUCCESS" : "SKIP",
			   igt_nsec_elapsed(&subtest_start) / 1e9);
	igt_process_cleanup();
	igt_kmsg("exiting, ret=%d\n", exitcode);
	exit(exitcode);
}
