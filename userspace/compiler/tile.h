/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Splitting a convolution into tasks
 */
#ifndef COMPILER_TILE_H
#define COMPILER_TILE_H

struct arena;
struct conv;
struct npu_limits;

/**
 * tile_conv() - split a convolution so that each task fits the CBUF and the register fields
 * @l: limits of the chip
 * @c: convolution; tiles, n_tiles and packed are filled in on success
 * @a: owner of the tiles
 * @reason: constant text when it does not fit
 *
 * Return: 0; -ENOTSUP with @reason; -ENOMEM. Source: guide 5.1 to 5.4.
 */
int tile_conv(const struct npu_limits *l, struct conv *c, struct arena *a, const char **reason);

#endif /* COMPILER_TILE_H */
