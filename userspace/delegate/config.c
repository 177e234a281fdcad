// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Options of the delegate
 *
 * A table of keys; Documentation/userspace/delegate.rst says what each does.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <base/diag.h>

#include "config.h"

static int set_text(char **field, const char *value, struct diag *d)
{
	char *copy = strdup(value);

	if (!copy)
		return diag_error(d, -ENOMEM, "out of memory for the options");
	free(*field);
	*field = copy;
	return 0;
}

static int set_device(struct config *c, const char *value, struct diag *d)
{
	if (!*value)
		return diag_error(
			d, -EINVAL,
			"option device is empty; it takes auto, sim or the path of a node");
	return set_text(&c->device, value, d);
}

static int set_cache_dir(struct config *c, const char *value, struct diag *d)
{
	if (!*value)
		return diag_error(d, -EINVAL,
				  "option cache-dir is empty; it takes the path of a folder");
	return set_text(&c->cache_dir, value, d);
}

static int set_verbose(struct config *c, const char *value, struct diag *d)
{
	static const struct {
		const char *word;
		bool on;
	} words[] = { { "1", true }, { "true", true }, { "0", false }, { "false", false } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(value, words[i].word))
			continue;
		if (words[i].on)
			c->log = LOG_VERBOSE;
		return 0;
	}
	return diag_error(d, -EINVAL, "option verbose is '%s'; it takes true or false", value);
}

static const struct {
	const char *key;
	int (*set)(struct config *c, const char *value, struct diag *d);
} options[] = {
	{ "device", set_device },
	{ "cache-dir", set_cache_dir },
	{ "verbose", set_verbose },
};

static int set(struct config *c, const char *key, const char *value, struct diag *d)
{
	if (!key || !value)
		return diag_error(d, -EINVAL, "an option without a name or value");
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(key, options[i].key))
			return options[i].set(c, value, d);
	return diag_error(d, -EINVAL,
			  "unknown option '%s'; there are device, cache-dir and verbose", key);
}

int config_create(const char *const *keys, const char *const *values, size_t n, struct diag *d,
		  struct config **out)
{
	struct config *c = calloc(1, sizeof(*c));
	int ret;

	if (!c)
		return diag_error(d, -ENOMEM, "out of memory for the options");
	atomic_init(&c->references, 1);
	c->log = log_from_environment();
	ret = set_text(&c->device, "auto", d);
	for (size_t i = 0; i < n && !ret; i++)
		ret = set(c, keys[i], values[i], d);
	if (ret) {
		config_put(c);
		return ret;
	}

	*out = c;
	return 0;
}

struct config *config_get(struct config *c)
{
	atomic_fetch_add(&c->references, 1);
	return c;
}

void config_put(struct config *c)
{
	if (!c || atomic_fetch_sub(&c->references, 1) != 1)
		return;
	free(c->cache_dir);
	free(c->device);
	free(c);
}
