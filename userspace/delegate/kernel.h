/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Kernels
 *
 * A part of a model that the NPU computes, as TensorFlow Lite sees it: one operator with init,
 * prepare, invoke and free.
 */
#ifndef DELEGATE_KERNEL_H
#define DELEGATE_KERNEL_H

struct TfLiteRegistration;

/**
 * kernel_register() - describe the operator to TensorFlow Lite
 * @out: filled in; the delegate that uses it has its struct config in data_
 */
void kernel_register(struct TfLiteRegistration *out);

#endif /* DELEGATE_KERNEL_H */
