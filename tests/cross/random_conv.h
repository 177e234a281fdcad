/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random models
 *
 * Chains of one to four convolutions, depthwise convolutions, fully connected layers, average
 * poolings and reshapes, with sizes that lean towards what splits and quantisations that lean
 * towards the extremes. The same seed gives the same model and input on every machine.
 */
#ifndef CROSS_RANDOM_CONV_H
#define CROSS_RANDOM_CONV_H

#include <stdbool.h>
#include <stdint.h>

struct graph;

/**
 * struct random_model - a model and its input
 * @graph: owned; one input, one output, operators in a chain
 * @input: contents of the input
 * @per_channel: some weights have a scale for each channel
 * @what: what was drawn, for messages
 */
struct random_model {
	struct graph *graph;
	uint8_t *input;
	bool per_channel;
	char what[160];
};

/**
 * random_model_make() - draw a model
 * @seed: any number
 * @m: filled in; the caller frees it with random_model_free()
 */
void random_model_make(uint32_t seed, struct random_model *m);

/**
 * random_model_free() - free a model
 * @m: from random_model_make()
 */
void random_model_free(struct random_model *m);

#endif /* CROSS_RANDOM_CONV_H */
