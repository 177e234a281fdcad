/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: mini-igt: what /proc/self/fdinfo says of a DRM client
 *
 * Keys are those of the kernel's drm-usage-stats document.
 */
#include <ctype.h>

#include "igt_private.h"

/* The part of @line behind @prefix, NULL when it does not begin so */
static const char *behind(const char *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(line, prefix, length) ? NULL : line + length;
}

/*
 * Return: index of the name that ends with ':' at the beginning of @text, a new one if need be; -1
 * when full
 */
static int slot(char names[][256], unsigned int *count, unsigned int limit, const char *text,
		const char **value)
{
	const char *colon = strchr(text, ':');
	char name[256];

	if (!colon || colon - text >= (long)sizeof(name))
		return -1;
	snprintf(name, sizeof(name), "%.*s", (int)(colon - text), text);
	*value = colon + 1;
	for (unsigned int i = 0; i < *count; i++) {
		if (!strcmp(names[i], name))
			return i;
	}
	if (*count == limit)
		return -1;
	snprintf(names[*count], sizeof(names[0]), "%s", name);
	return (*count)++;
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	while (isspace((unsigned char)*end))
		end++;
	if (!strncmp(end, "KiB", 3))
		value <<= 10;
	else if (!strncmp(end, "MiB", 3))
		value <<= 20;
	return value;
}

static const struct {
	const char *prefix;
	size_t offset;
} memory_keys[] = {
	{ "drm-total-", offsetof(struct drm_client_meminfo, total) },
	{ "drm-shared-", offsetof(struct drm_client_meminfo, shared) },
	{ "drm-resident-", offsetof(struct drm_client_meminfo, resident) },
	{ "drm-purgeable-", offsetof(struct drm_client_meminfo, purgeable) },
	{ "drm-active-", offsetof(struct drm_client_meminfo, active) },
};

static bool parse_engine(const char *line, struct drm_client_fdinfo *info)
{
	const char *text, *value;
	int i;

	text = behind(line, "drm-engine-capacity-");
	if (text) {
		i = slot(info->names, &info->num_engines, DRM_CLIENT_FDINFO_MAX_ENGINES, text,
			 &value);
		if (i >= 0)
			info->capacity[i] = number(value);
		return i >= 0;
	}
	text = behind(line, "drm-engine-");
	if (!text)
		return false;
	i = slot(info->names, &info->num_engines, DRM_CLIENT_FDINFO_MAX_ENGINES, text, &value);
	if (i < 0)
		return false;
	info->engine_time[i] = number(value);
	if (!info->capacity[i])
		info->capacity[i] = 1;
	info->last_engine_index = info->num_engines - 1;
	return true;
}

static bool parse_memory(const char *line, struct drm_client_fdinfo *info)
{
	for (size_t k = 0; k < ARRAY_SIZE(memory_keys); k++) {
		const char *text = behind(line, memory_keys[k].prefix), *value;
		int i;

		if (!text)
			continue;
		i = slot(info->region_names, &info->num_regions, DRM_CLIENT_FDINFO_MAX_REGIONS,
			 text, &value);
		if (i < 0)
			return false;
		*(uint64_t *)((char *)&info->region_mem[i] + memory_keys[k].offset) = number(value);
		info->last_region_index = info->num_regions - 1;
		return true;
	}
	return false;
}

unsigned int igt_parse_drm_fdinfo(int drm_fd, struct drm_client_fdinfo *info, const char **name_map,
				  unsigned int map_entries, const char **region_map,
				  unsigned int region_entries)
{
	unsigned int keys = 0, usage = 0, identity = 0;
	char path[64], line[512];
	FILE *f;

	/*
	 * Maps fix the order of engines and regions; names are kept in the order of the file here.
	 */
	(void)name_map, (void)map_entries, (void)region_map, (void)region_entries;
	memset(info, 0, sizeof(*info));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", drm_fd);
	f = fopen(path, "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		const char *text;

		line[strcspn(line, "\n")] = 0;
		if ((text = behind(line, "drm-driver:"))) {
			snprintf(info->driver, sizeof(info->driver), "%s",
				 text + strspn(text, " \t"));
			identity |= 1;
			keys++;
		} else if ((text = behind(line, "drm-client-id:"))) {
			info->id = strtoul(text, NULL, 10);
			identity |= 2;
			keys++;
		} else if ((text = behind(line, "drm-pdev:"))) {
			snprintf(info->pdev, sizeof(info->pdev), "%s", text + strspn(text, " \t"));
			keys++;
		} else if (parse_engine(line, info) || parse_memory(line, info)) {
			usage++;
			keys++;
		}
	}
	fclose(f);
	return identity == 3 && usage ? keys : 0;
}
