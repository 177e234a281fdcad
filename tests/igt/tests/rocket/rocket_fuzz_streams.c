// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket fuzz: command streams
 *
 * Streams that run on the NPU and mean nothing. A stream may write wherever its file may, so that
 * each has a file of its own; another file must not notice.
 */
#include <npu/regcmd.h>

#include "igt.h"
#include "igt_kmod.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_system.h"

#include "rocket_fuzz.h"

/* Most streams end so; the usual limit would make few of them. */
#define LIMIT		"timeout_ms=20"
#define VICTIM		0x33
#define CHECK_EVERY	16

static const uint16_t bases[] = {
#define NPU_TARGET(block, code, base) base,
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
};

static const uint16_t codes[] = {
#define NPU_TARGET(block, code, base) code,
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
};

/* A write to some register of some block, with a value or an address of the file */
static uint64_t some_word(const struct rocket_client *client)
{
	unsigned int block = fuzz_random(ARRAY_SIZE(bases));
	uint32_t value = fuzz_random(3) ? fuzz_value() : client->out.iova + fuzz_random(SZ_4K);

	return regcmd(codes[block], value, bases[block] + (fuzz_random(0x110) & ~3u));
}

static void all_random(const struct rocket_client *client, uint64_t *words, unsigned int count)
{
	/* The last four start what was programmed. */
	for (unsigned int i = 0; i + 4 < count; i++)
		words[i] = fuzz_random(16) ? some_word(client)
					   : (uint64_t)fuzz_value() << 32 | fuzz_value();
}

static void mutate(const struct rocket_client *client, uint64_t *words, unsigned int count)
{
	for (unsigned int i = fuzz_random(4) + 1; i; i--) {
		uint64_t *word = &words[fuzz_random(count)];

		switch (fuzz_random(4)) {
		case 0:
			*word = some_word(client);
			break;
		case 1:	/* one bit of a value */
			*word ^= 1ull << (16 + fuzz_random(32));
			break;
		case 2:	/* any bit */
			*word ^= 1ull << fuzz_random(64);
			break;
		default:
			*word = words[fuzz_random(count)];
			break;
		}
	}
}

static void run_streams(void (*spoil)(const struct rocket_client *, uint64_t *, unsigned int))
{
	struct rocket_client victim;
	int64_t end = fuzz_end();
	unsigned int count = 0;
	struct rocket_bo kept;

	fuzz_seed();
	if (igt_kmod_is_loaded("rocket")) {
		rocket_unload();
		rocket_load(LIMIT);
	}
	rocket_client_open(&victim);
	rocket_bo_create_mapped(victim.fd, SZ_1M, &kept);
	memset(kept.map, VICTIM, kept.size);
	rocket_fini(&kept);
	while (rocket_now_ns() < end || count <= CHECK_EVERY) {
		struct rocket_client guilty;
		struct drm_rocket_task task;

		rocket_client_open(&guilty);
		task = rocket_task_copy(&guilty.kit, guilty.out.iova, guilty.in.iova,
					guilty.out.size);
		spoil(&guilty, guilty.kit.code.map, task.regcmd_count);
		rocket_queue_task(&guilty.kit, task, &guilty.in, &guilty.out);
		rocket_prep(&guilty.out);
		rocket_client_close(&guilty);
		if (count++ % CHECK_EVERY)
			continue;
		rocket_kit_rewind(&victim.kit);
		rocket_queue_fill(&victim.kit, &victim.out, count / CHECK_EVERY % 100);
		rocket_prep(&victim.out);
		igt_assert(rocket_is_filled(&victim.out, count / CHECK_EVERY % 100));
		rocket_prep(&kept);
		igt_assert(rocket_is_filled(&kept, VICTIM));
	}
	igt_info("%u streams\n", count);
	rocket_check_all_cores(victim.fd);
	igt_assert(rocket_is_filled(&kept, VICTIM));
	rocket_bo_destroy(&kept);
	rocket_client_close(&victim);
	if (igt_kmod_is_loaded("rocket")) {
		rocket_unload();
		rocket_load(NULL);
	}
}

static void test_regcmd_random(void)
{
	run_streams(all_random);
}

static void test_regcmd_mutate(void)
{
	run_streams(mutate);
}

void fuzz_streams(void)
{
	igt_describe("Streams that mean nothing");
	igt_subtest("regcmd-random")
		test_regcmd_random();

	igt_describe("Streams that mean almost something");
	igt_subtest("regcmd-mutate")
		test_regcmd_mutate();
}
