/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt, the part of igt that the rocket tests use
 *
 * Names, semantics, output and exit codes are those of igt-gpu-tools 2.5, so that a test source
 * builds against either; the include path decides. Needs libc, pthread and kernel headers. What a
 * test may rely on is in igt's documentation; comments here say only what is particular to this
 * implementation.
 */
#ifndef IGT_H
#define IGT_H

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <drm.h>

#include "igt_sizes.h"

struct option;

#define IGT_EXIT_SUCCESS	0
#define IGT_EXIT_SKIP		77
#define IGT_EXIT_INVALID	79
#define IGT_EXIT_FAILURE	98
#define IGT_EXIT_ABORT		112

#define igt_tokencat2(x, y)	x##y
#define igt_tokencat(x, y)	igt_tokencat2(x, y)
#define igt_unique(name)	igt_tokencat(name, __LINE__)

/* Numbers and pointers */

#define ARRAY_SIZE(arr)		(sizeof(arr) / sizeof((arr)[0]))
#define ALIGN(v, a)		(((v) + (__typeof__(v))(a) - 1) & ~((__typeof__(v))(a) - 1))
#define ALIGN_DOWN(v, a)	((v) & ~((__typeof__(v))(a) - 1))
#define IS_ALIGNED(v, a)	(((v) & ((__typeof__(v))(a) - 1)) == 0)
#define min(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a < _b ? _a : _b; })
#define max(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
#define NSEC_PER_SEC		1000000000ull

static inline uint64_t to_user_pointer(const void *ptr)
{
	return (uint64_t)(uintptr_t)ptr;
}

static inline void *from_user_pointer(uint64_t ptr)
{
	return (void *)(uintptr_t)ptr;
}

/*
 * Program skeleton. The int before the macro's name declares a function that nobody defines or
 * calls.
 */

extern sigjmp_buf igt_subtest_jmpbuf, igt_dynamic_jmpbuf;
extern const char *__igt_test_description;

typedef int (*igt_opt_handler_t)(int opt, int opt_index, void *data);

enum { IGT_OPT_HANDLER_SUCCESS = 0, IGT_OPT_HANDLER_ERROR = -2 };

void igt_subtest_init(int argc, char **argv, const char *short_opts, const struct option *long_opts,
		      const char *help, igt_opt_handler_t handler, void *data);
void igt_simple_init(int argc, char **argv);
__attribute__((noreturn)) void igt_exit(void);

#define igt_main_args(short_opts, long_opts, help, handler, data) \
	__igt_main_declared(void); \
	static void __igt_main(void); \
	int main(int argc, char **argv) \
	{ \
		igt_subtest_init(argc, argv, short_opts, long_opts, help, handler, data); \
		__igt_main(); \
		igt_exit(); \
	} \
	static void __igt_main(void)

#define igt_main()		igt_main_args("", NULL, NULL, NULL, NULL)

#define igt_simple_main() \
	__igt_main_declared(void); \
	static void __igt_main(void); \
	int main(int argc, char **argv) \
	{ \
		igt_simple_init(argc, argv); \
		__igt_main(); \
		igt_exit(); \
	} \
	static void __igt_main(void)

#define IGT_TEST_DESCRIPTION(text)	const char *__igt_test_description = text

void igt_describe_f(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#define igt_describe(text)	igt_describe_f("%s", text)

bool __igt_fixture(void);
__attribute__((noreturn)) void __igt_fixture_complete(void);
void __igt_group_enter(void);
void __igt_group_leave(void);
bool __igt_run_subtest(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool __igt_enter_container(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool __igt_run_dynamic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
__attribute__((noreturn)) void __igt_container_complete(void);
__attribute__((noreturn)) void igt_success(void);

#define igt_fixture() \
	for (; __igt_fixture() && sigsetjmp(igt_subtest_jmpbuf, 1) == 0; __igt_fixture_complete())

#define igt_subtest_group() \
	for (bool igt_unique(once) = (__igt_group_enter(), true); igt_unique(once); \
	     igt_unique(once) = (__igt_group_leave(), false))

#define igt_subtest_f(...) \
	for (; __igt_run_subtest(__FILE__, __LINE__, __VA_ARGS__) && \
	       sigsetjmp(igt_subtest_jmpbuf, 1) == 0; igt_success())
#define igt_subtest(name)	igt_subtest_f("%s", name)

#define igt_subtest_with_dynamic_f(...) \
	for (; __igt_enter_container(__FILE__, __LINE__, __VA_ARGS__) && \
	       sigsetjmp(igt_subtest_jmpbuf, 1) == 0; __igt_container_complete())
#define igt_subtest_with_dynamic(name)	igt_subtest_with_dynamic_f("%s", name)

#define igt_dynamic_f(...) \
	for (; __igt_run_dynamic(__VA_ARGS__) && sigsetjmp(igt_dynamic_jmpbuf, 1) == 0; \
	     igt_success())
#define igt_dynamic(name)	igt_dynamic_f("%s", name)

const char *igt_test_name(void);
const char *igt_subtest_name(void);
const char *igt_dynamic_subtest_name(void);
bool igt_only_list_subtests(void);

/* Messages */

enum igt_log_level {
	IGT_LOG_DEBUG,
	IGT_LOG_INFO,
	IGT_LOG_WARN,
	IGT_LOG_CRITICAL,
	IGT_LOG_NONE,
};

#ifndef IGT_LOG_DOMAIN
#define IGT_LOG_DOMAIN		((const char *)NULL)
#endif

void igt_log(const char *domain, enum igt_log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void igt_vlog(const char *domain, enum igt_log_level level, const char *fmt, va_list args);

#define igt_debug(...)		igt_log(IGT_LOG_DOMAIN, IGT_LOG_DEBUG, __VA_ARGS__)
#define igt_info(...)		igt_log(IGT_LOG_DOMAIN, IGT_LOG_INFO, __VA_ARGS__)
#define igt_warn(...)		igt_log(IGT_LOG_DOMAIN, IGT_LOG_WARN, __VA_ARGS__)
#define igt_critical(...)	igt_log(IGT_LOG_DOMAIN, IGT_LOG_CRITICAL, __VA_ARGS__)

#define igt_warn_on_f(condition, ...) ({ \
	bool igt_warned = !!(condition); \
	if (igt_warned) \
		igt_warn(__VA_ARGS__); \
	igt_warned; })
#define igt_warn_on(condition) \
	igt_warn_on_f(condition, "Warning on condition %s in function %s, file %s:%i\n", \
		      #condition, __func__, __FILE__, __LINE__)
#define igt_debug_on(condition) \
	({ \
		bool igt_debugged = !!(condition); \
		if (igt_debugged) \
			igt_debug("Condition %s in function %s, file %s:%i\n", #condition, \
				  __func__, __FILE__, __LINE__); \
		igt_debugged; \
	})

/* Verdicts */

__attribute__((noreturn)) void igt_fail(int exitcode);
__attribute__((noreturn, format(printf, 1, 2))) void igt_skip(const char *fmt, ...);
__attribute__((noreturn, format(printf, 5, 6))) void __igt_fail_assert(const char *file, int line,
								       const char *func,
								       const char *assertion,
								       const char *fmt, ...);
__attribute__((noreturn, format(printf, 5, 6))) void __igt_skip_check(const char *file, int line,
								      const char *func,
								      const char *check,
								      const char *fmt, ...);
__attribute__((noreturn, format(printf, 5, 6))) void __igt_abort(const char *file, int line,
								 const char *func,
								 const char *expression,
								 const char *fmt, ...);

#define __igt_assert_text(expr, text, ...) do { \
	if (!(expr)) \
		__igt_fail_assert(__FILE__, __LINE__, __func__, text, __VA_ARGS__); \
} while (0)

#define igt_assert(expr)		__igt_assert_text(expr, #expr, "%s", "")
#define igt_assert_f(expr, ...)		__igt_assert_text(expr, #expr, __VA_ARGS__)
#define igt_fail_on(expr)		__igt_assert_text(!(expr), "!(" #expr ")", "%s", "")
#define igt_fail_on_f(expr, ...)	__igt_assert_text(!(expr), "!(" #expr ")", __VA_ARGS__)

#define __igt_assert_cmp(type, format, a, op, not_op, b) \
	do { \
		type igt_a = (a), igt_b = (b); \
		__igt_assert_text(igt_a op igt_b, #a " " #op " " #b, \
				  "error: " format " " #not_op " " format "\n", igt_a, igt_b); \
	} while (0)

#define igt_assert_eq(a, b)		__igt_assert_cmp(int, "%d", a, ==, !=, b)
#define igt_assert_neq(a, b)		__igt_assert_cmp(int, "%d", a, !=, ==, b)
#define igt_assert_lt(a, b)		__igt_assert_cmp(int, "%d", a, <, >=, b)
#define igt_assert_lte(a, b)		__igt_assert_cmp(int, "%d", a, <=, >, b)
#define igt_assert_eq_u32(a, b)		__igt_assert_cmp(uint32_t, "%#" PRIx32, a, ==, !=, b)
#define igt_assert_neq_u32(a, b)	__igt_assert_cmp(uint32_t, "%#" PRIx32, a, !=, ==, b)
#define igt_assert_lt_u32(a, b)		__igt_assert_cmp(uint32_t, "%#" PRIx32, a, <, >=, b)
#define igt_assert_lte_u32(a, b)	__igt_assert_cmp(uint32_t, "%#" PRIx32, a, <=, >, b)
#define igt_assert_eq_u64(a, b)		__igt_assert_cmp(uint64_t, "%#" PRIx64, a, ==, !=, b)
#define igt_assert_neq_u64(a, b)	__igt_assert_cmp(uint64_t, "%#" PRIx64, a, !=, ==, b)
#define igt_assert_lt_u64(a, b)		__igt_assert_cmp(uint64_t, "%#" PRIx64, a, <, >=, b)
#define igt_assert_lte_u64(a, b)	__igt_assert_cmp(uint64_t, "%#" PRIx64, a, <=, >, b)
#define igt_assert_eq_s64(a, b)		__igt_assert_cmp(int64_t, "%" PRId64, a, ==, !=, b)
#define igt_assert_lt_s64(a, b)		__igt_assert_cmp(int64_t, "%" PRId64, a, <, >=, b)
#define igt_assert_lte_s64(a, b)	__igt_assert_cmp(int64_t, "%" PRId64, a, <=, >, b)
#define igt_assert_eq_double(a, b)	__igt_assert_cmp(double, "%f", a, ==, !=, b)
#define igt_assert_neq_double(a, b)	__igt_assert_cmp(double, "%f", a, !=, ==, b)
#define igt_assert_lt_double(a, b)	__igt_assert_cmp(double, "%f", a, <, >=, b)
#define igt_assert_fd(fd)		igt_assert_f((fd) >= 0, "file descriptor " #fd " failed\n")

#define __igt_require_text(expr, text, ...) do { \
	if (!(expr)) \
		__igt_skip_check(__FILE__, __LINE__, __func__, text, __VA_ARGS__); \
	igt_debug("Test requirement passed: %s\n", text); \
} while (0)

#define igt_require(expr)		__igt_require_text(expr, #expr, "%s", "")
#define igt_require_f(expr, ...)	__igt_require_text(expr, #expr, __VA_ARGS__)
#define igt_require_fd(fd)		igt_require_f((fd) >= 0, "file descriptor " #fd " failed\n")
#define igt_skip_on(expr)		__igt_require_text(!(expr), "!(" #expr ")", "%s", "")
#define igt_skip_on_f(expr, ...)	__igt_require_text(!(expr), "!(" #expr ")", __VA_ARGS__)

#define igt_abort_on_f(expr, ...) do { \
	if (expr) \
		__igt_abort(__FILE__, __LINE__, __func__, #expr, __VA_ARGS__); \
} while (0)

/* Ioctls */

extern __thread int (*igt_ioctl)(int fd, unsigned long request, void *arg);
int drmIoctl(int fd, unsigned long request, void *arg);

#define do_or_die(x)		igt_assert_eq(x, 0)
#define do_ioctl(fd, request, arg) do { \
	igt_assert_eq(igt_ioctl((fd), (request), (arg)), 0); \
	errno = 0; \
} while (0)
#define do_ioctl_err(fd, request, arg, err) do { \
	igt_assert_eq(igt_ioctl((fd), (request), (arg)), -1); \
	igt_assert_eq(errno, err); \
	errno = 0; \
} while (0)

#include "igt_aux.h"
#include "igt_drm.h"

#endif
