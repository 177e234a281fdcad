/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The external delegate
 *
 * What librocket-tflite.so exports; TensorFlow Lite finds these by name.
 */
#ifndef DELEGATE_DELEGATE_H
#define DELEGATE_DELEGATE_H

#include <stddef.h>

struct TfLiteDelegate;

#define DELEGATE_EXPORT __attribute__((visibility("default")))

/**
 * tflite_plugin_create_delegate() - make a delegate
 * @keys: names of options; Documentation/userspace/delegate.rst lists them
 * @values: their values
 * @n: how many; 0 for the defaults
 * @report_error: called with the reason of a failure; may be NULL
 *
 * Return: the delegate, to be given to tflite_plugin_destroy_delegate(); NULL on failure.
 */
DELEGATE_EXPORT struct TfLiteDelegate *tflite_plugin_create_delegate(
	char **keys, char **values, size_t n, void (*report_error)(const char *));

/**
 * tflite_plugin_destroy_delegate() - free a delegate
 * @delegate: delegate or NULL; interpreters that use it may outlive it
 */
DELEGATE_EXPORT void tflite_plugin_destroy_delegate(struct TfLiteDelegate *delegate);

#endif /* DELEGATE_DELEGATE_H */
