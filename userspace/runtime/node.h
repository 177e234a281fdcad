/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Device nodes
 *
 * Finds the accel nodes that the rocket driver made. It opens them and asks for the driver's name,
 * nothing more.
 */
#ifndef RUNTIME_NODE_H
#define RUNTIME_NODE_H

struct diag;

#define NODE_DRIVER "rocket"	/* name in DRM_IOCTL_VERSION; uapi/drm/rocket_accel.h */

/**
 * node_open() - open a node of the rocket driver
 * @path: the node
 * @d: receives the reason of a failure and what to do about it
 *
 * Return: file descriptor; a negative errno of opening it; -ENODEV when another driver made the
 * node.
 */
int node_open(const char *path, struct diag *d);

/**
 * node_find() - open the first node of the rocket driver
 * @d: receives why a node that is there could not be used; silent when there is none
 * @path: where its path goes, allocated, to be freed by the caller
 *
 * Return: file descriptor; -ENODEV when there is none; -ENOMEM; -EACCES when there is one that may
 * not be opened.
 */
int node_find(struct diag *d, char **path);

/**
 * node_advise() - what to check when there is no node, as notes
 * @d: where to
 */
void node_advise(struct diag *d);

#endif /* RUNTIME_NODE_H */
