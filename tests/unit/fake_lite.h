/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: A fake interpreter
 *
 * As much of TensorFlow Lite's interpreter as a delegate sees, made from a graph: tensors, nodes, a
 * plan, the exchange of nodes for kernels. It computes nothing itself, so tests that invoke it
 * delegate all that they look at.
 */
#ifndef UNIT_FAKE_LITE_H
#define UNIT_FAKE_LITE_H

#include <stdbool.h>
#include <stdint.h>

#include <tensorflow/lite/c/common.h>

struct graph;

#define FAKE_KERNELS_MAX	8
#define FAKE_SAID_BYTES		1024

/**
 * struct fake_lite - an interpreter
 * @context: what the delegate sees; first, so that callbacks find the rest
 * @graph: where it came from; not owned
 * @nodes: one per operator
 * @registrations: one per operator
 * @plan: execution plan
 * @kernels: what the delegate put in place of nodes
 * @n_kernels: how many
 * @delegated: nodes it took
 * @said: what it reported
 * @busy: a delegate is being prepared; nodes may be looked at
 */
struct fake_lite {
	TfLiteContext context;
	const struct graph *graph;
	TfLiteNode *nodes;
	TfLiteRegistration *registrations;
	TfLiteIntArray *plan;
	struct fake_kernel {
		TfLiteRegistration registration;
		TfLiteNode node;
		TfLiteDelegateParams params;
	} kernels[FAKE_KERNELS_MAX];
	uint32_t n_kernels;
	uint32_t delegated;
	char said[FAKE_SAID_BYTES];
	bool busy;
};

/**
 * fake_lite_create() - an interpreter for a graph
 * @g: graph; must outlive the interpreter
 *
 * Return: the interpreter; running out of memory ends the test program.
 */
struct fake_lite *fake_lite_create(const struct graph *g);

/**
 * fake_lite_destroy() - free its kernels and itself
 * @f: interpreter or NULL
 */
void fake_lite_destroy(struct fake_lite *f);

/**
 * fake_lite_apply() - let a delegate take nodes
 * @f: interpreter
 * @delegate: delegate
 *
 * Return: what its Prepare says.
 */
TfLiteStatus fake_lite_apply(struct fake_lite *f, TfLiteDelegate *delegate);

/**
 * fake_lite_allocate() - give tensors memory and prepare the kernels
 * @f: interpreter
 *
 * Return: the first failure.
 */
TfLiteStatus fake_lite_allocate(struct fake_lite *f);

/**
 * fake_lite_invoke() - run the kernels
 * @f: interpreter
 *
 * Return: the first failure.
 */
TfLiteStatus fake_lite_invoke(struct fake_lite *f);

/**
 * fake_lite_resize() - change an extent of a tensor
 * @f: interpreter
 * @tensor: its number
 * @axis: dimension
 * @extent: new extent; takes effect with fake_lite_allocate()
 */
void fake_lite_resize(struct fake_lite *f, int tensor, int axis, int extent);

/**
 * fake_numbers() - a list of numbers as TensorFlow Lite has them
 * @n: how many
 *
 * Return: zeros, to be freed with free().
 */
TfLiteIntArray *fake_numbers(int n);

#endif /* UNIT_FAKE_LITE_H */
