// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Golden data
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <base/bits.h>
#include <base/diag.h>
#include <tflite/tflite.h>

#include "golden.h"

#define PATH_BYTES 1024
#define DEPTH_MAX 2	/* "mobilenet_v1_1.0_224_quant/hens" */

const char *golden_models(void)
{
	static char path[PATH_BYTES];
	const char *shared = getenv("ROCKET_SHARED");

	if (shared)
		snprintf(path, sizeof(path), "%s/models", shared);
	else
		snprintf(path, sizeof(path), "%s", GOLDEN_REPOSITORY "/../shared/models");

	return access(path, R_OK) ? NULL : path;
}

struct list {
	char **names;
	size_t count, room;
	const char *prefix;
};

static int list_add(struct list *l, const char *name)
{
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		char **names = realloc(l->names, room * sizeof(*names));

		if (!names)
			return -ENOMEM;
		l->names = names;
		l->room = room;
	}
	l->names[l->count] = strdup(name);
	if (!l->names[l->count])
		return -ENOMEM;
	l->count++;

	return 0;
}

static int list_scan(struct list *l, const char *name, int depth)
{
	char path[4 * PATH_BYTES];
	struct dirent *e;
	int ret = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/golden/%s/golden.json", golden_models(), name);
	if (!access(path, R_OK) && !strncmp(name, l->prefix, strlen(l->prefix)))
		ret = list_add(l, name);
	snprintf(path, sizeof(path), "%s/golden/%s", golden_models(), name);
	dir = depth <= DEPTH_MAX ? opendir(path) : NULL;
	if (!dir)
		return ret;
	while (!ret && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%.*s%s%s", PATH_BYTES - 1, name, *name ? "/" : "",
			 e->d_name);
		ret = list_scan(l, path, depth + 1);
	}
	closedir(dir);

	return ret;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int golden_list(const char *prefix, char ***names, size_t *count)
{
	struct list l = { .prefix = prefix ? prefix : "" };
	int ret = golden_models() ? list_scan(&l, "", 0) : 0;

	if (ret) {
		golden_list_free(l.names, l.count);
		return ret;
	}
	if (l.count)
		qsort(l.names, l.count, sizeof(*l.names), by_name);
	*names = l.names;
	*count = l.count;

	return 0;
}

void golden_list_free(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

void golden_lcg(uint32_t seed, void *data, size_t bytes)
{
	uint8_t *p = data;

	for (size_t i = 0; i < bytes; i++) {
		seed = (seed * 1103515245u + 12345u) & INT32_MAX;
		p[i] = seed >> 16;
	}
}

static int set_value(struct golden *g, int64_t tensor, const void *data, size_t bytes,
		     struct diag *d)
{
	struct golden_value *v;
	void *copy;

	if (tensor < 0 || tensor >= g->graph->n_tensors)
		return diag_error(d, -EINVAL, "%s: golden.json names tensor %" PRId64, g->name,
				  tensor);
	copy = malloc(bytes + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, bytes);
	v = &g->values[tensor];
	free(v->data);
	v->data = copy;
	v->bytes = bytes;

	return 0;
}

static int load_file(struct golden *g, json_t *entry, const char *dir, struct diag *d)
{
	const char *file = json_string_value(json_object_get(entry, "file"));
	char path[4 * PATH_BYTES];
	struct blob b = { 0 };
	int ret;

	snprintf(path, sizeof(path), "%s/%s", dir, file ? file : "?");
	ret = blob_read(&b, path, d);
	if (!ret)
		ret = set_value(g, json_integer_value(json_object_get(entry, "tensor")), b.data,
				b.size, d);
	blob_fini(&b);

	return ret;
}

static int load_input(struct golden *g, json_t *entry, const char *dir, struct diag *d)
{
	const char *source = json_string_value(json_object_get(entry, "source"));
	int64_t tensor = json_integer_value(json_object_get(entry, "tensor"));
	unsigned int seed;
	void *data;
	int ret;

	if (!source || sscanf(source, "lcg:%u", &seed) != 1)
		return load_file(g, entry, dir, d);
	if (tensor < 0 || tensor >= g->graph->n_tensors)
		return diag_error(d, -EINVAL, "%s: golden.json names tensor %" PRId64, g->name,
				  tensor);
	data = malloc(g->graph->tensors[tensor].bytes + 1);
	if (!data)
		return -ENOMEM;
	golden_lcg(seed, data, g->graph->tensors[tensor].bytes);
	ret = set_value(g, tensor, data, g->graph->tensors[tensor].bytes, d);
	free(data);

	return ret;
}

/* The tensors between, where there is a tensors.bin. */
static int load_inner(struct golden *g, json_t *tensors, const char *dir, struct diag *d)
{
	char path[4 * PATH_BYTES];
	struct blob b = { 0 };
	size_t i;
	json_t *t;
	int ret;

	snprintf(path, sizeof(path), "%s/tensors.bin", dir);
	if (access(path, R_OK))
		return 0;
	ret = blob_read(&b, path, d);
	json_array_foreach(tensors, i, t) {
		json_int_t offset = json_integer_value(json_object_get(t, "offset"));
		json_int_t bytes = json_integer_value(json_object_get(t, "bytes"));

		if (ret)
			break;
		if (offset < 0 || bytes < 0 || (size_t)offset > b.size ||
		    (size_t)bytes > b.size - offset)
			ret = diag_error(d, -EINVAL, "%s: tensors.bin is too short", g->name);
		else
			ret = set_value(g, json_integer_value(json_object_get(t, "index")),
					b.data + offset, bytes, d);
	}
	blob_fini(&b);

	return ret;
}

static void load_digests(struct golden *g, json_t *tensors)
{
	size_t i;
	json_t *t;

	json_array_foreach(tensors, i, t) {
		json_int_t tensor = json_integer_value(json_object_get(t, "index"));
		const char *sha256 = json_string_value(json_object_get(t, "sha256"));

		if (sha256 && tensor >= 0 && tensor < g->graph->n_tensors)
			snprintf(g->values[tensor].sha256, SHA256_TEXT_BYTES, "%s", sha256);
	}
}

/*
 * An input that has the digest of its operator's output was written over. RESHAPE leaves bytes as
 * they are, but its input is lost when its output is.
 */
static void find_overwritten(const struct golden *g, const struct op *op, bool *overwritten)
{
	static const bool in_place[OP_KINDS] = {
		[OP_ADD] = true, [OP_SUB] = true, [OP_MUL] = true, [OP_SOFTMAX] = true,
	};
	uint32_t out;

	if (!in_place[op->kind] && !(op->kind == OP_RESHAPE && overwritten[op->outputs[0]]))
		return;
	out = op->outputs[0];
	for (uint32_t i = 0; i < op->n_inputs; i++) {
		uint32_t in = op->inputs[i];

		if (in != GRAPH_NONE && g->values[in].sha256[0] &&
		    !strcmp(g->values[in].sha256, g->values[out].sha256))
			overwritten[in] = true;
	}
}

static int drop_overwritten(struct golden *g)
{
	bool *overwritten = calloc((size_t)g->graph->n_tensors + 1, sizeof(*overwritten));

	if (!overwritten)
		return -ENOMEM;
	for (uint32_t i = g->graph->n_ops; i-- > 0;)
		find_overwritten(g, &g->graph->ops[i], overwritten);
	for (uint32_t i = 0; i < g->graph->n_tensors; i++) {
		if (!overwritten[i])
			continue;
		free(g->values[i].data);
		g->values[i] = (struct golden_value){ 0 };
	}
	free(overwritten);

	return 0;
}

static int load_values(struct golden *g, json_t *json, const char *dir, struct diag *d)
{
	json_t *entry;
	size_t i;
	int ret;

	load_digests(g, json_object_get(json, "tensors"));
	ret = load_inner(g, json_object_get(json, "tensors"), dir, d);
	json_array_foreach(json_object_get(json, "inputs"), i, entry)
		if (!ret)
			ret = load_input(g, entry, dir, d);
	json_array_foreach(json_object_get(json, "outputs"), i, entry)
		if (!ret)
			ret = load_file(g, entry, dir, d);

	return ret ? ret : drop_overwritten(g);
}

static int load_model(struct golden *g, json_t *json, struct diag *d)
{
	const char *model = json_string_value(json_object_get(json, "model"));
	static const char *const folders[] = { "layers/", "edge/" };
	char path[4 * PATH_BYTES];
	const char *folder = "";
	int ret;

	for (unsigned int i = 0; i < ARRAY_SIZE(folders); i++)
		if (!strncmp(g->name, folders[i], strlen(folders[i])))
			folder = folders[i];
	snprintf(path, sizeof(path), "%s/%s%s", golden_models(), folder, model ? model : "?");
	ret = blob_read(&g->file, path, d);
	if (!ret)
		ret = tflite_read(g->file.data, g->file.size, d, &g->graph);
	if (ret)
		return ret;
	g->values = calloc((size_t)g->graph->n_tensors + 1, sizeof(*g->values));

	return g->values ? 0 : -ENOMEM;
}

int golden_load(const char *name, struct diag *d, struct golden **out)
{
	const char *models = golden_models();
	char dir[2 * PATH_BYTES], path[4 * PATH_BYTES];
	json_error_t error;
	json_t *json;
	struct golden *g;
	int ret = -ENOMEM;

	if (!models)
		return diag_error(d, -ENOENT, "no shared folder: set ROCKET_SHARED");
	snprintf(dir, sizeof(dir), "%s/golden/%s", models, name);
	snprintf(path, sizeof(path), "%s/golden.json", dir);
	json = json_load_file(path, 0, &error);
	if (!json)
		return diag_error(d, -EINVAL, "%s: %s", path, error.text);
	g = calloc(1, sizeof(*g));
	if (g)
		g->name = strdup(name);
	if (g && g->name)
		ret = load_model(g, json, d);
	if (!ret)
		ret = load_values(g, json, dir, d);
	json_decref(json);
	if (!ret) {
		*out = g;
		g = NULL;	/* the caller owns it now */
	}
	golden_free(g);

	return ret;
}

void golden_free(struct golden *g)
{
	if (!g)
		return;
	for (uint32_t i = 0; g->values && i < g->graph->n_tensors; i++)
		free(g->values[i].data);
	free(g->values);
	graph_destroy(g->graph);
	blob_fini(&g->file);
	free(g->name);
	free(g);
}

static int64_t step_difference(enum dtype type, const void *a, const void *b, size_t i)
{
	struct tensor x = { .type = type, .data = a }, y = { .type = type, .data = b };

	return tensor_int(&x, i) - tensor_int(&y, i);
}

struct golden_distance golden_compare(enum dtype type, const void *want, const void *got,
				      size_t bytes)
{
	bool counts = type == DTYPE_UINT8 || type == DTYPE_INT8 || type == DTYPE_INT16;
	size_t element = counts ? dtype_bytes(type) : 1;
	struct golden_distance r = { .elements = bytes / element, .first = bytes / element };

	for (size_t i = 0; i < r.elements; i++) {
		int64_t difference = step_difference(counts ? type : DTYPE_UINT8, want, got, i);

		difference = difference < 0 ? -difference : difference;
		r.worst = max_i64(r.worst, difference);
		if (!difference)
			r.exact++;
		else if (difference == 1 && counts)
			r.off_by_one++;
		else
			r.more++;
		if (difference && r.first == r.elements)
			r.first = i;
	}

	return r;
}
