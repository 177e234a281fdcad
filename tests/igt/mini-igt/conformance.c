/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What every igt does with a test that passes, fails, skips, crashes or hangs
 *
 * conformance.py runs each of these subtests alone and all together, and compares lines and exit
 * codes with those that igt 2.5 gives for the same source.
 */
#include <pthread.h>
#include <signal.h>

#include "igt.h"

IGT_TEST_DESCRIPTION("Subtests with every possible end, to compare implementations of igt");

static void *assert_in_thread(void *arg)
{
	igt_assert_f(!arg, "this thread fails\n");
	return NULL;
}

static volatile int *volatile nowhere;

int igt_main()
{
	igt_describe("Ends as it should");
	igt_subtest("passes")
		igt_assert_eq(2 * 2, 4);

	igt_describe("A thread may assert");
	igt_subtest("assert-in-thread") {
		pthread_t thread;

		pthread_create(&thread, NULL, assert_in_thread, "fail");
		pthread_join(thread, NULL);
	}

	igt_describe("A child's failure is the test's");
	igt_subtest("assert-in-child") {
		igt_fork(child, 3)
			igt_assert_neq(child, 1);
		igt_waitchildren();
	}

	igt_describe("A child's death is the test's failure");
	igt_subtest("child-killed") {
		igt_fork(child, 1)
			raise(SIGKILL);
		igt_waitchildren();
	}

	igt_describe("A child cannot decide that the test is skipped");
	igt_subtest("skip-in-child") {
		igt_fork(child, 1)
			igt_skip("not allowed\n");
		igt_waitchildren();
	}

	igt_describe("A helper's end is of no interest");
	igt_subtest("helper") {
		static struct igt_helper_process helper;

		igt_fork_helper(&helper)
			pause();
		igt_stop_helper(&helper);
	}

	igt_describe("A watchdog ends what hangs");
	igt_subtest("alarm") {
		igt_set_timeout(1, "sleeping");
		sleep(5);
	}

	igt_describe("A warning does not fail");
	igt_subtest("warns")
		igt_warn("this is a warning\n");

	igt_describe("A requirement skips");
	igt_subtest("requires")
		igt_require_f(false, "never met\n");

	igt_describe("Nothing dynamic to run");
	igt_subtest_with_dynamic("dynamic-empty") {
	}

	igt_describe("One dynamic subtest suffices");
	igt_subtest_with_dynamic("dynamic-mixed") {
		igt_dynamic("skips")
			igt_skip("skipped\n");
		igt_dynamic("passes")
			igt_assert(true);
	}

	igt_describe("Only dynamic subtests may fail");
	igt_subtest_with_dynamic("dynamic-assert")
		igt_assert(false);

	igt_describe("A group whose fixture fails");
	igt_subtest_group() {
		igt_fixture()
			igt_assert(!getenv("CONFORMANCE_FIXTURE"));
		igt_describe("Fails with the fixture");
		igt_subtest("in-failed-group")
			igt_assert(true);
	}

	igt_describe("What comes after the group runs");
	igt_subtest("after-failed-group")
		igt_assert(true);

	igt_describe("The machine is unusable");
	igt_subtest("aborts")
		igt_abort_on_f(true, "unusable\n");

	igt_describe("A crash ends one subtest");
	igt_subtest("crashes")
		igt_info("%d\n", *nowhere);
}
