/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Sessions
 *
 * A program loaded on a device: its buffers placed, its addresses filled in, its steps run. The
 * runtime moves bytes where the program says; it does not know what the NPU computes with them.
 */
#ifndef RUNTIME_SESSION_H
#define RUNTIME_SESSION_H

#include <stdint.h>

struct device;
struct diag;
struct program;
struct program_feature;
struct session;

/**
 * session_create() - load a program
 * @device: device; must outlive the session
 * @p: verified program; must outlive the session
 * @d: receives the reason of a failure
 * @out: the session, owned by the caller
 *
 * Return: 0 or a negative errno: -ENOMEM, or that of the device.
 */
int session_create(struct device *device, const struct program *p, struct diag *d,
		   struct session **out);

/**
 * session_destroy() - free a session and its buffers
 * @s: session or NULL
 */
void session_destroy(struct session *s);

/**
 * session_tensor() - host memory of a tensor
 * @s: session
 * @tensor: tensor number in the program's graph
 *
 * Write model inputs there before session_run(), read model outputs there afterwards.
 *
 * Return: memory as long as the tensor, owned by the session; NULL for a tensor that has no host
 * form.
 */
void *session_tensor(struct session *s, uint32_t tensor);

/**
 * session_bind() - let a tensor's host form be the caller's memory
 * @s: session
 * @tensor: tensor number in the program's graph, of one that session_tensor() has memory for
 * @memory: as long as the tensor; stays the caller's, and must be there whenever the session runs
 *
 * Saves a copy where a program already has the tensor somewhere. May be called again, for other
 * memory.
 *
 * Return: 0; -EINVAL for a tensor that has no host form.
 */
int session_bind(struct session *s, uint32_t tensor, void *memory);

/**
 * session_run() - run all steps
 * @s: session
 * @d: receives the reason of a failure
 *
 * Return: 0 or a negative errno: that of the device (-ETIMEDOUT: the NPU hung; -EIO: it reported an
 * error) or of an operator on the CPU. Outputs are undefined after a failure; the session may run
 * again.
 */
int session_run(struct session *s, struct diag *d);

/**
 * session_feature() - what a tensor in device memory holds after a run
 * @s: session
 * @feature: feature of the program
 * @d: receives the reason of a failure
 * @host: receives it in host form, one byte per element
 *
 * Only a program with `kept` features still holds the intermediate ones.
 *
 * Return: 0 or a negative errno of the device.
 */
int session_feature(struct session *s, const struct program_feature *feature, struct diag *d,
		    void *host);

/**
 * struct session_times - where the last run spent its time
 * @npu_ns: submitting jobs and waiting for them
 * @host_ns: operators on the CPU
 * @layout_ns: moving tensors between host and device form
 */
struct session_times {
	uint64_t npu_ns;
	uint64_t host_ns;
	uint64_t layout_ns;
};

/**
 * session_get_times() - times of the last run
 * @s: session
 * @out: filled in
 */
void session_get_times(const struct session *s, struct session_times *out);

#endif /* RUNTIME_SESSION_H */
