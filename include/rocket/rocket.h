/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: librocket
 *
 * Models on the NPU of the RK3588, from C and C++. A model is a .tflite file, compiled when it is
 * loaded, or a .rkt file that rocket-cc compiled before. A session is a model on a device, ready to
 * run.
 *
 * Errors: functions that return int return 0 or a negative errno, and leave what they would have
 * filled in untouched. The text of the last failure in the calling thread is rkt_error().
 *
 * Threads: a model never changes and may be used by any number of threads at once. A session
 * belongs to one thread at a time; different sessions, of the same model too, may run at once, and
 * the driver spreads them over the cores. rkt_session_wait() and poll() on rkt_session_fd() may be
 * called by another thread than the one that started the run.
 *
 * Order: models may be destroyed before their sessions. Destroying a session waits for its run.
 */
#ifndef ROCKET_ROCKET_H
#define ROCKET_ROCKET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RKT_EXPORT	__attribute__((visibility("default")))
#define RKT_RANK_MAX	8

struct rkt_model;
struct rkt_session;

enum rkt_type {
	RKT_UINT8 = 0,
	RKT_INT8 = 1,
	RKT_INT16 = 2,
	RKT_INT32 = 3,
	RKT_INT64 = 4,
	RKT_FLOAT32 = 5
};

/**
 * struct rkt_tensor - what an input or output of a model looks like
 * @name: from the model; lives as long as the model
 * @type: enum rkt_type
 * @rank: dimensions used
 * @dim: extents, outermost first; pictures are NHWC
 * @bytes: size
 * @scale: real value = @scale * (stored - @zero_point); 0 when the tensor is not quantised
 * @zero_point: see @scale
 * @reserved: zero; room for later versions
 */
struct rkt_tensor {
	const char *name;
	uint32_t type;
	uint32_t rank;
	int32_t dim[RKT_RANK_MAX];
	size_t bytes;
	float scale;
	int32_t zero_point;
	uint32_t reserved[8];
};

/**
 * rkt_version() - version of the library
 *
 * Return: constant text, "0.1.0" for example.
 */
RKT_EXPORT const char *rkt_version(void);

/**
 * rkt_error() - why the last function that failed in this thread did
 *
 * Return: text without newline, empty before the first failure; valid until the next call in this
 * thread.
 */
RKT_EXPORT const char *rkt_error(void);

/**
 * rkt_model_load() - load a model
 * @path: .tflite or .rkt file; the format is known by the contents
 * @out: the model, owned by the caller
 *
 * Return: 0; -EINVAL for a damaged file; -ENOTSUP for a model with an operator that neither the NPU
 * nor the library can compute; -ENOMEM; errors of reading.
 */
RKT_EXPORT int rkt_model_load(const char *path, struct rkt_model **out);

/**
 * rkt_model_load_memory() - load a model from memory
 * @data: bytes of a .tflite or .rkt file; not needed after the call
 * @bytes: how many
 * @out: the model, owned by the caller
 *
 * Return: as rkt_model_load().
 */
RKT_EXPORT int rkt_model_load_memory(const void *data, size_t bytes, struct rkt_model **out);

/**
 * rkt_model_destroy() - give a model back
 * @model: model or NULL; its sessions go on
 */
RKT_EXPORT void rkt_model_destroy(struct rkt_model *model);

/**
 * rkt_model_inputs() - number of inputs
 * @model: model
 *
 * Return: the number.
 */
RKT_EXPORT unsigned int rkt_model_inputs(const struct rkt_model *model);

/**
 * rkt_model_outputs() - number of outputs
 * @model: model
 *
 * Return: the number.
 */
RKT_EXPORT unsigned int rkt_model_outputs(const struct rkt_model *model);

/**
 * rkt_model_input() - describe an input
 * @model: model
 * @index: which, from 0
 * @out: filled in
 *
 * Return: 0; -EINVAL when there is no such input.
 */
RKT_EXPORT int rkt_model_input(const struct rkt_model *model, unsigned int index,
			       struct rkt_tensor *out);

/**
 * rkt_model_output() - describe an output
 * @model: model
 * @index: which, from 0
 * @out: filled in
 *
 * Return: 0; -EINVAL when there is no such output.
 */
RKT_EXPORT int rkt_model_output(const struct rkt_model *model, unsigned int index,
				struct rkt_tensor *out);

/**
 * rkt_model_operators() - count operators and those on the NPU
 * @model: model
 * @npu: receives how many of them the NPU computes; may be NULL
 *
 * Return: number of operators.
 */
RKT_EXPORT unsigned int rkt_model_operators(const struct rkt_model *model, unsigned int *npu);

/**
 * rkt_session_create() - make a model ready to run
 * @model: model
 * @device: path of a node (/dev/accel/accel0), "sim" for the model of the NPU in this process, or
 *	"auto" or NULL: a node if there is one, else "sim"
 * @out: the session, owned by the caller
 *
 * Return: 0; -ENODEV or -EACCES when the device cannot be used; -ENOMEM; -ENOSPC.
 */
RKT_EXPORT int rkt_session_create(struct rkt_model *model, const char *device,
				  struct rkt_session **out);

/**
 * rkt_session_destroy() - give a session back
 * @session: session or NULL; a run that goes on is waited for
 */
RKT_EXPORT void rkt_session_destroy(struct rkt_session *session);

/**
 * rkt_session_device() - what the session runs on
 * @session: session
 *
 * Return: "sim" or the path of the node; lives as long as the session.
 */
RKT_EXPORT const char *rkt_session_device(const struct rkt_session *session);

/**
 * rkt_session_input() - memory of an input
 * @session: session
 * @index: which, from 0
 *
 * Return: memory to write before a run: the library's, or what was bound last. NULL when there is
 * no such input.
 */
RKT_EXPORT void *rkt_session_input(struct rkt_session *session, unsigned int index);

/**
 * rkt_session_output() - memory of an output
 * @session: session
 * @index: which, from 0
 *
 * Return: memory to read after a run: the library's, or what was bound last. NULL when there is no
 * such output.
 */
RKT_EXPORT void *rkt_session_output(struct rkt_session *session, unsigned int index);

/**
 * rkt_session_bind_input() - let an input be memory of the application, which saves a copy
 * @session: session that does not run
 * @index: which, from 0
 * @memory: read by each run from now on; must stay until other memory is bound or the session
 * destroyed
 * @bytes: its size, that of the tensor
 *
 * Return: 0; -EINVAL for a wrong index or size; -EBUSY during a run.
 */
RKT_EXPORT int rkt_session_bind_input(struct rkt_session *session, unsigned int index,
				      const void *memory, size_t bytes);

/**
 * rkt_session_bind_output() - let an output be memory of the application, which saves a copy
 * @session: session that does not run
 * @index: which, from 0
 * @memory: written by each run from now on; must stay until other memory is bound or the session
 * destroyed
 * @bytes: its size, that of the tensor
 *
 * Return: 0; -EINVAL for a wrong index or size; -EBUSY during a run.
 */
RKT_EXPORT int rkt_session_bind_output(struct rkt_session *session, unsigned int index,
				       void *memory, size_t bytes);

/**
 * rkt_session_run() - run once and wait
 * @session: session that does not run
 *
 * Return: 0; -EBUSY during a run; -ETIMEDOUT when the NPU hung; -EIO when it reported an error.
 * Outputs are undefined after a failure; the session may run again.
 */
RKT_EXPORT int rkt_session_run(struct rkt_session *session);

/**
 * rkt_session_start() - run once, in the background
 * @session: session that does not run
 *
 * Inputs and outputs belong to the library until rkt_session_wait() returns anything but -EAGAIN.
 *
 * Return: 0; -EBUSY during a run; -ENOMEM; -EAGAIN when the system gives no more threads.
 */
RKT_EXPORT int rkt_session_start(struct rkt_session *session);

/**
 * rkt_session_fd() - a file descriptor to poll
 * @session: session
 *
 * Return: readable from the end of a run until rkt_session_wait() takes its result. Owned by the
 * session: not to be read, written or closed.
 */
RKT_EXPORT int rkt_session_fd(const struct rkt_session *session);

/**
 * rkt_session_wait() - take the result of rkt_session_start()
 * @session: session
 * @timeout_ms: how long to wait at most; 0 looks, a negative number waits as long as it takes
 *
 * Return: that of the run, as rkt_session_run(); -EAGAIN when it goes on; -EINVAL when none was
 * started.
 */
RKT_EXPORT int rkt_session_wait(struct rkt_session *session, int timeout_ms);

#ifdef __cplusplus
}
#endif

#endif /* ROCKET_ROCKET_H */
