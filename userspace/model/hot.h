/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Loops that must be fast
 *
 * HOT asks for vectorised code even where the model is built with less optimisation, as in QEMU.
 * Such functions stay out of line: constants of their callers would turn vector code into branches.
 */
#ifndef MODEL_HOT_H
#define MODEL_HOT_H

#if defined(__GNUC__) && !defined(__clang__)
#define HOT	__attribute__((optimize("O3"), noipa))
#else
#define HOT	__attribute__((noinline))
#endif

#endif /* MODEL_HOT_H */
