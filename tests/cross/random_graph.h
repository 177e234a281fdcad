/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Random graphs
 *
 * random_graph.c draws one to six operators of all kinds on small tensors, connected at random:
 * chains, residuals, joins of what was written in any order, tensors with several readers, mixed
 * scales. random_conv.c draws chains of one to four convolutions, depthwise convolutions, fully
 * connected layers, average poolings and reshapes, with sizes that lean towards what splits and
 * quantisations that lean towards the extremes. The same seed gives the same graph and input on
 * every machine.
 */
#ifndef CROSS_RANDOM_GRAPH_H
#define CROSS_RANDOM_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

struct graph;

/**
 * struct random_graph - a graph and its input
 * @graph: owned; one input, every tensor that nothing reads is an output
 * @input: contents of the input
 * @per_channel: some weights have a scale for each channel
 * @what: what was drawn, for messages
 */
struct random_graph {
	struct graph *graph;
	uint8_t *input;
	bool per_channel;
	char what[256];
};

/**
 * random_graph_make() - draw a graph
 * @seed: any number
 * @g: filled in; the caller frees it with random_graph_free()
 */
void random_graph_make(uint32_t seed, struct random_graph *g);

/**
 * random_conv_make() - draw a chain of convolutions and the like
 * @seed: any number
 * @g: filled in; the caller frees it with random_graph_free()
 */
void random_conv_make(uint32_t seed, struct random_graph *g);

/**
 * random_graph_free() - free a graph
 * @g: from random_graph_make() or random_conv_make()
 */
void random_graph_free(struct random_graph *g);

#endif /* CROSS_RANDOM_GRAPH_H */
