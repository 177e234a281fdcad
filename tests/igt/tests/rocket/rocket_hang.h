/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket hang: what its sources share
 */
#ifndef ROCKET_HANG_H
#define ROCKET_HANG_H

#include "rocket_client.h"

extern int hang_fd;	/* a file that stays open, but for tests of the module */

int hang_result(struct rocket_client *client);
void hang_in_time(int hangs);
void hang_system(void);
void test_devcoredump(void);

#endif
