/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: CRC-32
 *
 * The checksum of Ethernet, gzip and PNG: polynomial 0x04c11db7, reflected, begun and ended with
 * all ones. It finds every flipped bit and every damaged stretch of up to 32 bits; it is no defence
 * against intent.
 */
#ifndef BASE_CRC32_H
#define BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/**
 * crc32_of() - checksum of bytes, in pieces if need be
 * @before: 0, or the checksum of the bytes in front of @data
 * @data: bytes
 * @bytes: how many
 *
 * Return: the checksum of all bytes so far.
 */
uint32_t crc32_of(uint32_t before, const void *data, size_t bytes);

#endif /* BASE_CRC32_H */
