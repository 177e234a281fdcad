/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#ifndef __ROCKET_DUMP_H__
#define __ROCKET_DUMP_H__

#include "rocket_core.h"

struct rocket_hw_state;
struct rocket_job;

#if IS_ENABLED(CONFIG_DEV_COREDUMP)

void rocket_dump_init(struct rocket_core *core);
void rocket_dump_fini(struct rocket_core *core);
void rocket_dump_take(struct rocket_core *core, struct rocket_job *job, enum rocket_trouble trouble,
		      const struct rocket_hw_state *state);

#if IS_ENABLED(CONFIG_KUNIT)
struct drm_printer;
struct rocket_dump;

struct rocket_dump *rocket_dump_create(struct rocket_core *core, struct rocket_job *job,
				       enum rocket_trouble trouble,
				       const struct rocket_hw_state *state);
void rocket_dump_print(struct rocket_core *core, const struct rocket_dump *dump,
		       struct drm_printer *p);
#endif

#else

static inline void rocket_dump_init(struct rocket_core *core)
{
}

static inline void rocket_dump_fini(struct rocket_core *core)
{
}

static inline void rocket_dump_take(struct rocket_core *core, struct rocket_job *job,
				    enum rocket_trouble trouble,
				    const struct rocket_hw_state *state)
{
}

#endif

#endif
