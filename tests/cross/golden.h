/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Golden data
 *
 * Real models and what TensorFlow Lite's reference kernels made of given inputs, from the shared
 * folder (its models/README.md describes the files). TensorFlow Lite lets ADD, SOFTMAX and their
 * like write over an input; what the files then give for that input is the output, and such a
 * tensor counts as not known here. One case is one model with one set of inputs:
 * "edge/conv_u8_dil2", "layers/mb-003", "mobilenet_v1_1.0_224_quant/hens". The folder is
 * $ROCKET_SHARED, or ../shared beside the repository.
 */
#ifndef CROSS_GOLDEN_H
#define CROSS_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <base/blob.h>
#include <graph/graph.h>

#include "sha256.h"

struct diag;

/**
 * struct golden_value - contents of one tensor
 * @data: bytes in C order; NULL when the case does not tell
 * @bytes: how many
 * @sha256: digest of the contents, known of (nearly) every tensor that an operator writes; else ""
 */
struct golden_value {
	void *data;
	size_t bytes;
	char sha256[SHA256_TEXT_BYTES];
};

/**
 * struct golden - one case
 * @name: as above
 * @file: the model's file; constants of @graph lie in it
 * @graph: the model
 * @values: one per tensor of @graph: inputs and outputs always, inner tensors where the case has
 * them, never constants
 */
struct golden {
	char *name;
	struct blob file;
	struct graph *graph;
	struct golden_value *values;
};

/**
 * struct golden_distance - how far two tensors are apart
 * @elements: compared
 * @exact: equal ones
 * @off_by_one: differ by 1
 * @more: differ by more, or, where the type is not an integer of 8 or 16 bits, at all
 * @worst: largest difference
 * @first: first element that differs; @elements when none does
 */
struct golden_distance {
	size_t elements;
	size_t exact;
	size_t off_by_one;
	size_t more;
	int64_t worst;
	size_t first;
};

/**
 * golden_models() - folder of the models
 *
 * Return: its path; NULL when it is not there, which a test prints as the cause of its skip.
 */
const char *golden_models(void);

/**
 * golden_list() - names of all cases, sorted
 * @prefix: only names that begin so, for example "edge/"; NULL for all
 * @names: the names; the caller frees them with golden_list_free()
 * @count: how many; 0 when the folder is not there
 *
 * Return: 0 or -ENOMEM.
 */
int golden_list(const char *prefix, char ***names, size_t *count);

/**
 * golden_list_free() - free a list of names
 * @names: list or NULL
 * @count: its length
 */
void golden_list_free(char **names, size_t count);

/**
 * golden_load() - load a case: model, inputs, outputs and what is known of the tensors between
 * @name: case
 * @d: receives the reason of a failure
 * @out: the case; the caller frees it with golden_free()
 *
 * Return: 0; -ENOENT without the folder; -EINVAL for a damaged file; -ENOMEM.
 */
int golden_load(const char *name, struct diag *d, struct golden **out);

/**
 * golden_free() - free a case
 * @g: case or NULL
 */
void golden_free(struct golden *g);

/**
 * golden_lcg() - the generator of made-up inputs
 * @seed: number behind "lcg:" in golden.json
 * @data: filled with it
 * @bytes: how many
 */
void golden_lcg(uint32_t seed, void *data, size_t bytes);

/**
 * golden_compare() - distance of two tensors
 * @type: element type
 * @want: bytes
 * @got: as many bytes
 * @bytes: how many
 *
 * Return: the distance, in steps of the stored numbers.
 */
struct golden_distance golden_compare(enum dtype type, const void *want, const void *got,
				      size_t bytes);

#endif /* CROSS_GOLDEN_H */
