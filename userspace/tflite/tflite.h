/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Reader of .tflite files
 */
#ifndef TFLITE_TFLITE_H
#define TFLITE_TFLITE_H

#include <stdbool.h>
#include <stddef.h>

struct diag;
struct graph;

/**
 * tflite_read() - read a model
 * @data: the file; constants of the graph point into it, so it must outlive the graph
 * @size: bytes
 * @d: receives the reason, naming the field that is wrong
 * @out: the verified graph, owned by the caller (graph_destroy())
 *
 * Operators that the graph has no name for become OP_UNKNOWN with a reason; they are no error here.
 *
 * Return: 0; -EINVAL for a damaged file or one with more than one subgraph or dynamic shapes;
 * -ENOMEM.
 */
int tflite_read(const void *data, size_t size, struct diag *d, struct graph **out);

/**
 * tflite_is() - does a file call itself one of TensorFlow Lite?
 * @data: the file
 * @size: bytes
 *
 * Return: true when it has the identifier.
 */
bool tflite_is(const void *data, size_t size);

#endif /* TFLITE_TFLITE_H */
