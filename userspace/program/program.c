// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Life of a program
 */
#include <stdlib.h>

#include "program.h"

struct program *program_create(void)
{
	return calloc(1, sizeof(struct program));
}

void program_destroy(struct program *p)
{
	if (!p)
		return;
	graph_destroy(p->graph);
	arena_fini(&p->arena);
	free(p->owner);
	free(p);
}

const struct program_feature *program_feature_of(const struct program *p, uint32_t tensor)
{
	for (uint32_t i = 0; i < p->n_features; i++)
		if (p->features[i].tensor == tensor)
			return &p->features[i];

	return NULL;
}
