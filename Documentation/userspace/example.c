// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/* Runs a model on a file of raw bytes and prints the class with the highest score: MODEL INPUT
 * [DEVICE] */
#include <stdio.h>
#include <rocket/rocket.h>

static int complain(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, rkt_error());
	return 1;
}

int main(int argc, char **argv)
{
	struct rkt_model *model = NULL;
	struct rkt_session *session = NULL;
	struct rkt_tensor in, out;
	size_t best = 0;
	const unsigned char *scores;
	FILE *f = argc > 2 ? fopen(argv[2], "rb") : NULL;

	if (!f)
		return fputs("usage: example MODEL INPUT [DEVICE]\n", stderr), 2;
	if (rkt_model_load(argv[1], &model))
		return complain(argv[1]);
	if (rkt_model_input(model, 0, &in) || rkt_model_output(model, 0, &out) ||
	    out.type != RKT_UINT8)
		return complain("model");
	if (rkt_session_create(model, argc > 3 ? argv[3] : "auto", &session))
		return complain("device");
	if (fread(rkt_session_input(session, 0), 1, in.bytes, f) != in.bytes)
		return fputs("the input is too short\n", stderr), 1;
	fclose(f);
	if (rkt_session_start(session) || rkt_session_wait(session, -1))
		return complain("run");
	scores = rkt_session_output(session, 0);
	for (size_t i = 1; i < out.bytes; i++)
		best = scores[i] > scores[best] ? i : best;
	printf("class %zu, score %.3f, on %s\n", best, out.scale * (scores[best] - out.zero_point),
	       rkt_session_device(session));
	rkt_session_destroy(session);
	rkt_model_destroy(model);
	return 0;
}
