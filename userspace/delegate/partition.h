/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the NPU takes of a model
 */
#ifndef DELEGATE_PARTITION_H
#define DELEGATE_PARTITION_H

struct TfLiteContext;
struct TfLiteDelegate;
struct diag;

/**
 * partition_model() - take the operators that the NPU computes
 * @context: interpreter, while it prepares a delegate
 * @delegate: ours; its data_ is a struct config
 * @d: receives the reason of a failure
 *
 * A model of which it takes nothing is left as it is, with a line for the user.
 *
 * Return: 0; -ENOMEM; -EIO when TensorFlow Lite refuses what it is asked.
 */
int partition_model(struct TfLiteContext *context, struct TfLiteDelegate *delegate, struct diag *d);

#endif /* DELEGATE_PARTITION_H */
