/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: SHA-256, for golden files that give only the digest of a tensor
 */
#ifndef CROSS_SHA256_H
#define CROSS_SHA256_H

#include <stddef.h>

#define SHA256_TEXT_BYTES 65

/**
 * sha256_text() - digest of bytes, in hexadecimal
 * @data: bytes
 * @bytes: how many
 * @text: the digest, terminated
 */
void sha256_text(const void *data, size_t bytes, char text[SHA256_TEXT_BYTES]);

#endif /* CROSS_SHA256_H */
