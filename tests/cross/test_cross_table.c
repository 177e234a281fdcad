// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Lookup tables, read independently
 *
 * Each function that becomes a table, on all 256 codes, with random scales and zero points. What
 * the model of the NPU gives must be what the guide's chapters 7.8 and 8 make of the words of the
 * streams, evaluated here once more, and must be the function itself, computed in double precision,
 * as near as TensorFlow Lite's own arithmetic comes to it. Neither shares code with compiler, model
 * or reference.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <base/bits.h>
#include <compiler/compile.h>
#include <cross/build.h>
#include <cross/random.h>
#include <cross/run_program.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>
#include <program/program.h>

#define CODES	256
#define ROUNDS	200	/* of each function */
#define ENTRIES	513	/* of each table; guide 7.8 */

static const struct shape all_codes = { 4, { 1, 4, 4, 16 } };

/* One drawn operator. */
struct draw {
	uint64_t state;
	enum dtype type;
	struct build_quant in, out;
	double slope;		/* below zero, of LEAKY_RELU and PRELU */
	uint8_t slope_code;
	struct build_quant slope_quant;
};

static double uniform(struct draw *d, double low, double high)
{
	return low + (high - low) * (next(&d->state) % 100000) / 100000;
}

static int32_t zero_point(struct draw *d)
{
	return (int32_t)(next(&d->state) % CODES) - (d->type == DTYPE_UINT8 ? 0 : 128);
}

static double logistic(const struct draw *d, double x)
{
	return 1 / (1 + exp(-x));
}

static double tangent(const struct draw *d, double x)
{
	return tanh(x);
}

static double relu(const struct draw *d, double x)
{
	return fmax(x, 0);
}

static double relu6(const struct draw *d, double x)
{
	return fmin(fmax(x, 0), 6);
}

static double relu_n1_to_1(const struct draw *d, double x)
{
	return fmin(fmax(x, -1), 1);
}

static double leaky(const struct draw *d, double x)
{
	return x < 0 ? x * d->slope : x;
}

static double swish(const struct draw *d, double x)
{
	return x * fmin(fmax(x + 3, 0), 6) / 6;
}

/*
 * How far an output may be from the function, in codes. Half a code is the rounding to a code.
 * Single precision adds next to nothing. Ramps are rounded twice, at least one bit apart, and their
 * bounds once. HARD_SWISH computes in 16 bits, and its last rounding comes after one at least a
 * bit below.
 */
static const struct function {
	enum op_kind kind;
	double (*f)(const struct draw *d, double x);
	double off;
	float out_scale;	/* that TensorFlow Lite demands; 0 for any */
	int32_t out_zero;	/* the same, of int8 */
} functions[] = {
	{ OP_LOGISTIC, logistic, 0.5 + 1e-3, 1 / 256.0f, -128 },
	{ OP_TANH, tangent, 0.5 + 1e-3, 1 / 128.0f, 0 },
	{ OP_RELU, relu, 0.75 + 1e-3, 0, 0 },
	{ OP_RELU6, relu6, 0.75 + 1e-3, 0, 0 },
	{ OP_RELU_N1_TO_1, relu_n1_to_1, 0.75 + 1e-3, 0, 0 },
	{ OP_LEAKY_RELU, leaky, 0.75 + 1e-3, 0, 0 },
	{ OP_PRELU, leaky, 0.75 + 1e-3, 0, 0 },
	{ OP_HARD_SWISH, swish, 0.75 + 1e-3, 0, 0 },
};

static void draw_quant(struct draw *d, const struct function *f)
{
	d->type = next(&d->state) % 2 ? DTYPE_UINT8 : DTYPE_INT8;
	d->in = (struct build_quant){ pow(2, uniform(d, -7, -1)), zero_point(d) };
	d->out = (struct build_quant){ d->in.scale * uniform(d, 0.3, 2), zero_point(d) };
	if (f->out_scale != 0)
		d->out = (struct build_quant){ f->out_scale, f->out_zero +
					       (d->type == DTYPE_UINT8 ? 128 : 0) };
	d->slope = (float)uniform(d, -0.5, 1);
	if (f->kind != OP_PRELU)
		return;
	d->slope_quant = (struct build_quant){ 0.01f, zero_point(d) };
	d->slope_code = next(&d->state);
	d->slope = d->slope_quant.scale *
		   ((d->type == DTYPE_UINT8 ? d->slope_code : (int8_t)d->slope_code) -
		    d->slope_quant.zero_point);
}

static struct program *compile(struct draw *d, const struct function *f)
{
	struct graph *g = build_start(d->type, &all_codes, d->in);
	uint32_t in[2] = { 0 }, n = 1;
	uint8_t slopes[16];
	struct program *p = NULL;
	struct op *op;

	if (f->kind == OP_PRELU) {
		memset(slopes, d->slope_code, sizeof(slopes));
		in[n++] = build_constant(g, &(struct shape){ 3, { 1, 1, 16 } }, d->slope_quant,
					 slopes);
	}
	op = build_add_op(g, f->kind, in, n, &all_codes, d->out);
	if (f->kind == OP_LEAKY_RELU)
		op->u.leaky_relu.alpha = d->slope;
	build_output(g, op->outputs[0]);
	assert_int_equal(graph_verify(g, NULL), 0);
	assert_int_equal(compile_graph(g, NULL, NULL, &p), 0);
	graph_destroy(g);
	return p;
}

/* The words of both tasks: what was written last, and the entries of the tables. */
struct stream {
	uint32_t load[0x2000], run[0x2000];	/* by offset from the DPU's window */
	int16_t entries[2][ENTRIES];
	uint32_t n[2];
};

static void read_task(const struct program *p, uint32_t task, uint32_t *regs, struct stream *s)
{
	for (uint32_t i = 0; i + REGCMD_TAIL_WORDS < p->tasks[task].words; i++) {
		uint32_t reg, value, side;
		uint64_t word;

		memcpy(&word,
		       p->buffers[PROGRAM_REGCMD].data + p->tasks[task].offset + i * sizeof(word),
		       sizeof(word));
		reg = regcmd_offset(word);
		value = regcmd_value(word);
		if (reg < 0x4000 || reg >= 0x6000)
			continue;
		regs[reg - 0x4000] = value;
		if (reg != ROCKET_DPU_LUT_ACCESS_DATA ||
		    !(regs[ROCKET_DPU_LUT_ACCESS_CFG - 0x4000] & 0x20000))
			continue;
		side = regs[ROCKET_DPU_LUT_ACCESS_CFG - 0x4000] >> 16 & 1;
		assert_true(s->n[side] < ENTRIES);
		s->entries[side][s->n[side]++] = value;
	}
}

static uint32_t running(const struct stream *s, uint32_t reg)
{
	return s->run[reg - 0x4000];
}

/* Half to even. */
static int64_t nearest(int64_t v, unsigned int shift)
{
	double exact = (double)v / (double)(1ll << shift);

	return (int64_t)nearbyint(exact);	/* 53 bits hold all of it */
}

/* Guide 7.8 and 8, with the numbers of the streams; input and output are stored codes. */
static int by_the_guide(const struct stream *s, int q)
{
	uint32_t mul = running(s, ROCKET_DPU_BS_MUL_CFG);
	int64_t x = (int64_t)q + (int32_t)running(s, ROCKET_DPU_BS_ALU_CFG), i, y;
	int32_t start;
	int side;

	assert_int_equal(running(s, ROCKET_DPU_BS_CFG) & 0x51, 0x40);	/* ALU and MUL, no ReLU */
	assert_int_equal(running(s, ROCKET_DPU_BN_CFG), 0x53);
	assert_int_equal(running(s, ROCKET_DPU_EW_CFG) & 0x82, 0x02); /* the table, no operation */
	assert_int_equal(running(s, ROCKET_DPU_LUT_INFO), 0x50500);
	assert_int_equal(mul >> 8 & 0x3f, 0);
	x *= (int16_t)(mul >> 16);
	side = x >= (int32_t)running(s, ROCKET_DPU_LUT_LO_START);
	start = running(s, side ? ROCKET_DPU_LUT_LO_START : ROCKET_DPU_LUT_LE_START);
	assert_true(x >= start);
	assert_true(x <= (int32_t)running(s, side ? ROCKET_DPU_LUT_LO_END : ROCKET_DPU_LUT_LE_END));
	i = (x - start) / 32;
	assert_int_equal((x - start) % 32, 0);	/* an entry, so that nothing is interpolated */
	y = s->entries[side][i];
	y = nearest(y * (int16_t)running(s, ROCKET_DPU_OUT_CVT_SCALE) +
		    (int32_t)running(s, ROCKET_DPU_OUT_CVT_OFFSET) *
			    (1ll << running(s, ROCKET_DPU_OUT_CVT_SHIFT)),
		    running(s, ROCKET_DPU_OUT_CVT_SHIFT));
	return y > 127 ? 127 : y < -128 ? -128 : (int)y;
}

static double by_the_function(const struct draw *d, const struct function *f, int q)
{
	double y = f->f(d, d->in.scale * (double)(q - d->in.zero_point)) / d->out.scale +
		   d->out.zero_point;
	int low = d->type == DTYPE_UINT8 ? 0 : -128;

	return fmin(fmax(y, low), low + 255);
}

/* Return: 0 when all codes are right. */
static unsigned int check_draw(uint32_t seed, const struct function *f)
{
	struct draw d = { .state = seed * 2654435761u + 11 };
	static struct stream s;
	struct run_report report;
	uint8_t in[CODES], out[CODES];
	void *values[3] = { in };	/* input, perhaps slopes, output */
	unsigned int wrong = 0;
	struct program *p;

	draw_quant(&d, f);
	p = compile(&d, f);
	assert_null(p->ops[0].reason);
	assert_int_equal(p->n_tasks, 2);
	memset(&s, 0, sizeof(s));
	read_task(p, 0, s.load, &s);
	read_task(p, 1, s.run, &s);
	assert_int_equal(s.n[0] + s.n[1], 2 * ENTRIES);
	for (int i = 0; i < CODES; i++)
		in[i] = i;
	values[p->graph->outputs[0]] = out;
	assert_true(p->graph->outputs[0] < ARRAY_SIZE(values));
	if (run_program(p, values, NULL, &report))
		fail_msg("%s", report.text);
	for (int i = 0; i < CODES; i++) {
		int flip = d.type == DTYPE_UINT8 ? 128 : 0;
		int q = d.type == DTYPE_UINT8 ? i : (int8_t)i;
		int got = d.type == DTYPE_UINT8 ? out[i] : (int8_t)out[i];
		double real = by_the_function(&d, f, q);

		if (got == by_the_guide(&s, q - flip) + flip && fabs(got - real) <= f->off)
			continue;
		if (!wrong++)
			print_message("# %s seed %" PRIu32 ": code %d gives %d, by the guide %d, "
				      "in real numbers %.3f\n", op_kind_name(f->kind), seed, q, got,
				      by_the_guide(&s, q - flip) + flip, real);
	}
	program_destroy(p);
	return wrong;
}

static void tables_are_the_functions_themselves(void **state)
{
	unsigned int failed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		for (uint32_t seed = 1; seed <= ROUNDS; seed++)
			failed += check_draw(seed, &functions[i]) != 0;
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_the_functions_themselves),
	};

	return cmocka_run_group_tests_name("cross/table", tests, NULL, NULL);
}
