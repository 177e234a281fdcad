// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Sessions
 *
 * A session has a device of its own: an own address space on the NPU and an own place in the
 * driver's queue, so sessions do not wait for each other. A run has parts on the CPU between those
 * on the NPU; in the background a thread does them, made when it is first needed.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <graph/graph.h>
#include <program/program.h>
#include <runtime/device.h>
#include <runtime/session.h>

#include "private.h"

struct rkt_session {
	struct rkt_model *model;
	struct device *device;
	struct session *session;
	int done; /* eventfd: 1 when a run has ended whose result nobody took */

	pthread_mutex_t lock;		/* all below, and running the session */
	pthread_cond_t wake;
	pthread_t thread;
	bool has_thread, wanted, leave;
	bool started;			/* from rkt_session_start() until the result is taken */
	struct failure failure;		/* of the run in the background */
	int result;
};

int rkt_session_create(struct rkt_model *model, const char *device, struct rkt_session **out)
{
	struct rkt_session *s = calloc(1, sizeof(*s));
	struct failure f;
	int ret = 0;

	failure_init(&f);
	if (!s)
		return failure_tell(&f,
				    diag_error(&f.diag, -ENOMEM, "out of memory for the session"));
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	s->model = model_get(model);
	s->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->done < 0)
		ret = diag_error(&f.diag, -errno, "no file descriptor for the session: %s",
				 strerror(errno));
	if (!ret)
		ret = device_open(device ? device : "auto", &f.diag, &s->device);
	if (!ret)
		ret = session_create(s->device, model->program, &f.diag, &s->session);
	if (ret) {
		rkt_session_destroy(s);
		return failure_tell(&f, ret);
	}

	*out = s;
	return 0;
}

void rkt_session_destroy(struct rkt_session *s)
{
	if (!s)
		return;
	if (s->has_thread) {
		pthread_mutex_lock(&s->lock);
		s->leave = true;
		pthread_cond_signal(&s->wake);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	session_destroy(s->session);
	device_close(s->device);
	if (s->done >= 0)
		close(s->done);
	rkt_model_destroy(s->model);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

const char *rkt_session_device(const struct rkt_session *s)
{
	return s->device->title;
}

void *rkt_session_input(struct rkt_session *s, unsigned int index)
{
	const struct graph *g = s->model->program->graph;

	return index < g->n_inputs ? session_tensor(s->session, g->inputs[index]) : NULL;
}

void *rkt_session_output(struct rkt_session *s, unsigned int index)
{
	const struct graph *g = s->model->program->graph;

	return index < g->n_outputs ? session_tensor(s->session, g->outputs[index]) : NULL;
}

static int busy(struct diag *d)
{
	return diag_error(d, -EBUSY,
			  "the session runs; take its result with rkt_session_wait() first");
}

static int bind(struct rkt_session *s, const uint32_t *numbers, uint32_t n, unsigned int index,
		void *memory, size_t bytes)
{
	const struct tensor *t =
		index < n ? &s->model->program->graph->tensors[numbers[index]] : NULL;
	struct failure f;
	int ret;

	failure_init(&f);
	pthread_mutex_lock(&s->lock);
	if (s->started)
		ret = busy(&f.diag);
	else if (!t)
		ret = diag_error(&f.diag, -EINVAL,
				 "the model has %u of these tensors, no number %u", n, index);
	else if (!memory || bytes != t->bytes)
		ret = diag_error(&f.diag, -EINVAL, "tensor '%s' needs %zu bytes, not %zu", t->name,
				 t->bytes, memory ? bytes : 0);
	else
		ret = session_bind(s->session, numbers[index], memory);
	pthread_mutex_unlock(&s->lock);
	return failure_tell(&f, ret);
}

int rkt_session_bind_input(struct rkt_session *s, unsigned int index, const void *memory,
			   size_t bytes)
{
	const struct graph *g = s->model->program->graph;

	return bind(s, g->inputs, g->n_inputs, index, (void *)memory,
		    bytes); /* inputs are only read */
}

int rkt_session_bind_output(struct rkt_session *s, unsigned int index, void *memory, size_t bytes)
{
	const struct graph *g = s->model->program->graph;

	return bind(s, g->outputs, g->n_outputs, index, memory, bytes);
}

int rkt_session_run(struct rkt_session *s)
{
	struct failure f;
	int ret;

	failure_init(&f);
	pthread_mutex_lock(&s->lock);
	ret = s->started ? busy(&f.diag) : session_run(s->session, &f.diag);
	pthread_mutex_unlock(&s->lock);
	return failure_tell(&f, ret);
}

/* The lock is free while the session runs: nothing else touches it until the result is taken. */
static void *work(void *opaque)
{
	struct rkt_session *s = opaque;
	const uint64_t one = 1;

	pthread_mutex_lock(&s->lock);
	while (!s->leave) {
		if (!s->wanted) {
			pthread_cond_wait(&s->wake, &s->lock);
			continue;
		}
		s->wanted = false;
		pthread_mutex_unlock(&s->lock);
		failure_init(&s->failure);
		s->result = session_run(s->session, &s->failure.diag);
		if (write(s->done, &one, sizeof(one)) < 0)
			s->result = -EIO;	/* cannot be: the counter is 0 */
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

int rkt_session_start(struct rkt_session *s)
{
	struct failure f;
	int ret = 0;

	failure_init(&f);
	pthread_mutex_lock(&s->lock);
	if (s->started)
		ret = busy(&f.diag);
	if (!ret && !s->has_thread) {
		ret = -pthread_create(&s->thread, NULL, work, s);
		s->has_thread = !ret;
		if (ret)
			diag_error(&f.diag, ret, "no thread for a run in the background: %s",
				   strerror(-ret));
	}
	if (!ret) {
		s->started = true;
		s->wanted = true;
		pthread_cond_signal(&s->wake);
	}
	pthread_mutex_unlock(&s->lock);
	return failure_tell(&f, ret);
}

int rkt_session_fd(const struct rkt_session *s)
{
	return s->done;
}

/* Signals do not make the wait longer than it should be by more than one timeout. */
static int wait_done(struct rkt_session *s, int timeout_ms)
{
	struct pollfd p = { .fd = s->done, .events = POLLIN };
	int ret;

	do
		ret = poll(&p, 1, timeout_ms < 0 ? -1 : timeout_ms);
	while (ret < 0 && errno == EINTR);
	return ret > 0 ? 0 : -EAGAIN;
}

int rkt_session_wait(struct rkt_session *s, int timeout_ms)
{
	struct failure f;
	uint64_t ends;
	bool started;
	int ret;

	failure_init(&f);
	pthread_mutex_lock(&s->lock);
	started = s->started;
	pthread_mutex_unlock(&s->lock);
	if (!started)
		return failure_tell(&f, diag_error(&f.diag, -EINVAL, "no run was started"));
	ret = wait_done(s, timeout_ms);
	if (ret)
		return failure_tell(&f, diag_error(&f.diag, ret, "the run goes on"));

	pthread_mutex_lock(&s->lock);
	if (read(s->done, &ends, sizeof(ends)) != sizeof(ends)) {
		ret = diag_error(&f.diag, -EINVAL, "another thread took the result");
	} else {
		s->started = false;
		ret = failure_tell(&s->failure, s->result);
		pthread_mutex_unlock(&s->lock);
		return ret;
	}
	pthread_mutex_unlock(&s->lock);
	return failure_tell(&f, ret);
}
