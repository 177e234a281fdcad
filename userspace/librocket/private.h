/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: What the files of librocket share
 */
#ifndef LIBROCKET_PRIVATE_H
#define LIBROCKET_PRIVATE_H

#include <stdatomic.h>

#include <base/diag.h>
#include <rocket/rocket.h>

struct program;

#define ERROR_BYTES	512	/* longer texts are cut */

/**
 * struct rkt_model - a model
 * @references: the application's and one per session
 * @program: what to run
 */
struct rkt_model {
	atomic_uint references;
	struct program *program;
};

/**
 * struct failure - collects the text of a failure
 * @diag: to be handed to whatever may fail
 * @text: its errors so far, joined
 */
struct failure {
	struct diag diag;
	char text[ERROR_BYTES];
};

/**
 * failure_init() - begin to collect
 * @f: filled in; must not move afterwards
 */
void failure_init(struct failure *f);

/**
 * failure_tell() - make the text that of rkt_error()
 * @f: collected text
 * @code: negative errno or 0
 *
 * Return: @code.
 */
int failure_tell(const struct failure *f, int code);

/**
 * model_get() - one more holder
 * @model: model
 *
 * Return: @model.
 */
struct rkt_model *model_get(struct rkt_model *model);

#endif /* LIBROCKET_PRIVATE_H */
