/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket lifetime: what its sources share
 */
#ifndef ROCKET_LIFETIME_H
#define ROCKET_LIFETIME_H

extern int lifetime_fd;	/* a file that stays open */

void lifetime_threads(void);

#endif
