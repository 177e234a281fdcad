/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Options of the delegate
 *
 * What the application asked for, shared by a delegate and the kernels it made, whichever lives
 * longer.
 */
#ifndef DELEGATE_CONFIG_H
#define DELEGATE_CONFIG_H

#include <stdatomic.h>
#include <stddef.h>

#include "log.h"

struct diag;

/**
 * struct config - options
 * @references: holders; see config_get() and config_put()
 * @device: name for device_open()
 * @cache_dir: folder for compiled models; NULL for none
 * @log: how much to tell
 */
struct config {
	atomic_uint references;
	char *device;
	char *cache_dir;
	enum log_level log;
};

/**
 * config_create() - read options
 * @keys: names, lower case with dashes
 * @values: their values
 * @n: how many; 0 is the normal case
 * @d: receives the reason of a failure
 * @out: the options, owned by the caller, who calls config_put()
 *
 * Return: 0; -EINVAL for an unknown key or a value that makes no sense; -ENOMEM.
 */
int config_create(const char *const *keys, const char *const *values, size_t n, struct diag *d,
		  struct config **out);

/**
 * config_get() - one more holder
 * @c: options
 *
 * Return: @c.
 */
struct config *config_get(struct config *c);

/**
 * config_put() - one holder less; the last one frees
 * @c: options or NULL
 */
void config_put(struct config *c);

#endif /* DELEGATE_CONFIG_H */
