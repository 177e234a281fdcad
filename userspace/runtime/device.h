/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Devices
 *
 * An opened device and its back end. This file owns the choice among back ends.
 */
#ifndef RUNTIME_DEVICE_H
#define RUNTIME_DEVICE_H

struct backend;
struct diag;

/**
 * struct device - an opened device
 * @backend: how to talk to it
 * @handle: the back end's own state
 * @title: what to call it in front of users: "sim" or the path of the node
 */
struct device {
	const struct backend *backend;
	void *handle;
	const char *title;
};

/**
 * device_open() - open a device
 * @name: "sim" for the model, the path of a node, or "auto": a node if there is one, else the model
 * @d: receives the reason of a failure and what to do about it
 * @out: the device, owned by the caller
 *
 * Return: 0; -ENODEV when there is no such device; other negative errnos of opening it.
 */
int device_open(const char *name, struct diag *d, struct device **out);

/**
 * device_close() - close a device
 * @device: device or NULL
 */
void device_close(struct device *device);

#endif /* RUNTIME_DEVICE_H */
