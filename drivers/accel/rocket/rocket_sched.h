/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_SCHED_H__
#define __ROCKET_SCHED_H__

struct rocket_core;

int rocket_sched_init(struct rocket_core *core);
void rocket_sched_fini(struct rocket_core *core);

void rocket_sched_hold(struct rocket_core *core);
void rocket_sched_release(struct rocket_core *core);

void rocket_sched_pause(struct rocket_core *core);
void rocket_sched_drain(struct rocket_core *core);

#endif
