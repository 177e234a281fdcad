/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Reports of the machine
 *
 * One line on standard error per mistake of the guest or per gap of the model, with prefixes that a
 * test run looks for. Both kinds fail the run.
 */
#ifndef ROCKET_REPORT_H
#define ROCKET_REPORT_H

#include "qemu/log.h"

extern uint32_t rocket_guest_errors;	/* lines printed since the machine was made */
extern uint32_t rocket_unimps;

#define rocket_guest_error(fmt, ...)							\
	do {										\
		rocket_guest_errors++;							\
		qemu_log_mask(LOG_GUEST_ERROR, "rocket-npu: GUEST_ERROR: " fmt "\n",	\
			      ##__VA_ARGS__);						\
	} while (0)

#define rocket_unimp(fmt, ...)								\
	do {										\
		rocket_unimps++;							\
		qemu_log_mask(LOG_UNIMP, "rocket-npu: UNIMP: " fmt "\n",		\
			      ##__VA_ARGS__);						\
	} while (0)

#endif
