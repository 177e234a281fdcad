// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Compiled models on disk
 *
 * A file is a header and the bytes of a .rkt file. The header repeats the name, because files get
 * copied, and has a hash of the rest, because a program whose weights rotted is still a program.
 */
#define _GNU_SOURCE	/* dl_iterate_phdr() */
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <base/blob.h>
#include <base/diag.h>
#include <graph/graph.h>
#include <program/program.h>

#include "cache.h"

#define MAGIC		"RKTCACHE"
#define MAGIC_BYTES	8
#define NOTE_NAME	"GNU"

struct header {
	char magic[MAGIC_BYTES];
	struct cache_key key;
	uint8_t hash[CACHE_KEY_BYTES];	/* of what follows */
};

static size_t padded(size_t bytes)
{
	return (bytes + 3) & ~(size_t)3;	/* notes have fields of four bytes */
}

static bool hash_build_id(XXH3_state_t *x, const uint8_t *note, size_t size)
{
	ElfW(Nhdr) h;

	while (size >= sizeof(h)) {
		const uint8_t *name = note + sizeof(h);
		size_t bytes;

		memcpy(&h, note, sizeof(h));
		bytes = sizeof(h) + padded(h.n_namesz) + padded(h.n_descsz);
		if (bytes > size)
			return false;
		if (h.n_type == NT_GNU_BUILD_ID && h.n_namesz == sizeof(NOTE_NAME) &&
		    !memcmp(name, NOTE_NAME, sizeof(NOTE_NAME))) {
			XXH3_128bits_update(x, name + padded(h.n_namesz), h.n_descsz);
			return true;
		}
		note += bytes;
		size -= bytes;
	}
	return false;
}

struct search {
	XXH3_state_t *x;
	bool found;
};

/* Is this the object that holds the code running now? Then its build id counts. */
static int look_at_object(struct dl_phdr_info *info, size_t size, void *opaque)
{
	struct search *s = opaque;
	bool ours = false;

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + p->p_vaddr;

		ours |= p->p_type == PT_LOAD && (uintptr_t)cache_key - start < p->p_memsz;
	}
	for (int i = 0; ours && i < info->dlpi_phnum && !s->found; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_NOTE)
			s->found = hash_build_id(
				s->x, (const uint8_t *)(info->dlpi_addr + p->p_vaddr), p->p_memsz);
	}
	return ours;
}

static void hash_numbers(XXH3_state_t *x, const uint32_t *numbers, uint32_t count)
{
	XXH3_128bits_update(x, &count, sizeof(count));
	XXH3_128bits_update(x, numbers, count * sizeof(*numbers));
}

static void hash_tensor(XXH3_state_t *x, const struct tensor *t)
{
	const struct quant *q = &t->quant;
	const uint32_t facts[] = { t->type, t->shape.rank, q->count, q->axis, t->data != NULL };
	const uint64_t bytes = t->bytes;

	XXH3_128bits_update(x, facts, sizeof(facts));
	XXH3_128bits_update(x, t->shape.dim, t->shape.rank * sizeof(t->shape.dim[0]));
	if (q->count) {
		XXH3_128bits_update(x, q->scale, q->count * sizeof(*q->scale));
		XXH3_128bits_update(x, q->zero_point, q->count * sizeof(*q->zero_point));
	}
	XXH3_128bits_update(x, &bytes, sizeof(bytes));
	if (t->data)
		XXH3_128bits_update(x, t->data, t->bytes);
	XXH3_128bits_update(x, t->name, strlen(t->name) + 1);
}

static void hash_graph(XXH3_state_t *x, const struct graph *g)
{
	for (uint32_t i = 0; i < g->n_tensors; i++)
		hash_tensor(x, &g->tensors[i]);
	for (uint32_t i = 0; i < g->n_ops; i++) {
		const struct op *op = &g->ops[i];
		const uint32_t facts[] = { op->kind, op->index };

		XXH3_128bits_update(x, facts, sizeof(facts));
		hash_numbers(x, op->inputs, op->n_inputs);
		hash_numbers(x, op->outputs, op->n_outputs);
		XXH3_128bits_update(x, &op->u, sizeof(op->u));	/* zeroed before it was filled in */
	}
	hash_numbers(x, g->inputs, g->n_inputs);
	hash_numbers(x, g->outputs, g->n_outputs);
}

static void store_hash(XXH128_hash_t h, uint8_t *out)
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, h);
	memcpy(out, c.digest, CACHE_KEY_BYTES);
}

int cache_key(const struct graph *g, struct cache_key *out)
{
	XXH3_state_t x;
	struct search s = { .x = &x };

	XXH3_128bits_reset(&x);
	dl_iterate_phdr(look_at_object, &s);
	if (!s.found)
		return -ENOTSUP;
	hash_graph(&x, g);
	store_hash(XXH3_128bits_digest(&x), out->bytes);
	return 0;
}

static int path_of(const char *dir, const struct cache_key *key, char path[PATH_MAX])
{
	char name[2 * CACHE_KEY_BYTES + 1];

	for (int i = 0; i < CACHE_KEY_BYTES; i++)
		snprintf(name + 2 * i, 3, "%02x", key->bytes[i]);
	return snprintf(path, PATH_MAX, "%s/%s.rkt", dir, name) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int check(const struct blob *file, const struct cache_key *key)
{
	uint8_t hash[CACHE_KEY_BYTES];
	struct header h;

	if (file->size < sizeof(h))
		return -EINVAL;
	memcpy(&h, file->data, sizeof(h));
	store_hash(XXH3_128bits(file->data + sizeof(h), file->size - sizeof(h)), hash);
	return memcmp(h.magic, MAGIC, MAGIC_BYTES) || memcmp(&h.key, key, sizeof(*key)) ||
	       memcmp(h.hash, hash, sizeof(hash)) ? -EINVAL : 0;
}

int cache_load(const char *dir, const struct cache_key *key, struct diag *d, struct program **out)
{
	char path[PATH_MAX];
	struct blob file = { 0 };
	int ret = path_of(dir, key, path);

	if (!ret)
		ret = blob_read(&file, path, NULL);
	if (ret)
		return ret;
	ret = check(&file, key);
	if (!ret)
		ret = program_read(file.data + sizeof(struct header),
				   file.size - sizeof(struct header), NULL, out);
	if (ret)
		diag_add(d, DIAG_WARNING, "%s is damaged and will be replaced", path);
	blob_fini(&file);
	return ret;
}

void cache_store(const char *dir, const struct cache_key *key, const struct program *p,
		 struct diag *d)
{
	struct header h = { .key = *key };
	uint8_t *file = NULL;
	char path[PATH_MAX];
	void *data = NULL;
	size_t size = 0;
	int ret = path_of(dir, key, path);

	if (!ret)
		ret = program_write(p, NULL, &data, &size);
	if (ret)
		goto out;
	ret = -ENOMEM;
	file = malloc(sizeof(h) + size);
	if (!file)
		goto out;
	memcpy(h.magic, MAGIC, MAGIC_BYTES);
	store_hash(XXH3_128bits(data, size), h.hash);
	memcpy(file, &h, sizeof(h));
	memcpy(file + sizeof(h), data, size);
	mkdir(dir, 0777);	/* mostly there; else writing says what is wrong */
	ret = blob_write(path, file, sizeof(h) + size, NULL);
out:
	if (ret)
		diag_add(d, DIAG_WARNING, "the compiled model is not kept in %s: %s", dir,
			 strerror(-ret));
	free(file);
	free(data);
}
