// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: CBUF splits of the vendor's compiler
 *
 * Hundreds of fp16 convolutions with the bank split that the vendor chose and that runs on boards.
 * What our compiler believes about the CBUF must allow every one of them, and be tight: many splits
 * have no bank to spare.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include <jansson.h>

#include <base/bits.h>
#include <compiler/layout.h>
#include <npu/limits.h>
#include <npu/rocket_regs.h>

#include "capture.h"
#include "golden.h"

#define TEST(name, function) { name, function, NULL, NULL, NULL }

#define HALF_BYTES 2	/* all recorded convolutions are fp16 */

struct tally {
	unsigned int rows;
	unsigned int partial;	/* tasks that write only what changed */
	unsigned int no_spare;
};

/* Return: false where the task left the register as it was. */
static bool value(const json_t *row, const char *key, uint32_t *out)
{
	const json_t *v = json_object_get(row, key);

	if (!json_is_integer(v))
		return false;
	*out = (uint32_t)json_integer_value(v);

	return true;
}

static void check_row(const char *name, const json_t *row, struct tally *tally)
{
	uint32_t con1, cbuf, size0, size1, per_kernel, kernel, width, rows, channels, kernels,
		banks, weight_banks, need;

	if (!value(row, "conv_con1", &con1) || !value(row, "cbuf0", &cbuf) ||
	    !value(row, "data_size0", &size0) || !value(row, "data_size1", &size1) ||
	    !value(row, "weight_size1", &per_kernel) || !value(row, "weight_size2", &kernel)) {
		tally->partial++;
		return;
	}
	assert_int_equal(field_get(con1, ROCKET_CNA_CONV_CON1_PROC_PRECISION),
			 ROCKET_PRECISION_FP16);
	assert_int_equal(field_get(con1, ROCKET_CNA_CONV_CON1_ARGB_IN), ROCKET_ARGB_IN_OFF);
	width = field_get(size0, ROCKET_CNA_DATA_SIZE0_DATAIN_WIDTH);
	rows = field_get(size0, ROCKET_CNA_DATA_SIZE0_DATAIN_HEIGHT);
	channels = field_get(size1, ROCKET_CNA_DATA_SIZE1_DATAIN_CHANNEL);
	kernels = field_get(kernel, ROCKET_CNA_WEIGHT_SIZE2_WEIGHT_KERNELS);
	banks = field_get(cbuf, ROCKET_CNA_CBUF_CON0_DATA_BANK);
	weight_banks = field_get(cbuf, ROCKET_CNA_CBUF_CON0_WEIGHT_BANK);
	need = (uint32_t)div_round_up((uint64_t)layout_data_entries(channels * HALF_BYTES, width) *
					      rows,
				      NPU_CBUF_BANK_ENTRIES);
	if (need > banks)
		printf("# %s: %u rows of %u pixels, %u channels: %u banks wanted, %u given\n", name,
		       rows, width, channels, need, banks);
	assert_true(need <= banks);
	assert_int_equal(banks + weight_banks, NPU_CBUF_BANKS);

	/* One kernel group must fit the weight banks. */
	if (kernels > NPU_KERNEL_GROUP_16BIT)
		kernels = NPU_KERNEL_GROUP_16BIT;
	assert_true((uint64_t)kernels * per_kernel <= (uint64_t)weight_banks * NPU_CBUF_BANK_BYTES);
	tally->rows++;
	tally->no_spare += need == banks;
}

static void every_split_of_the_vendor_is_allowed(void **state)
{
	const char *folder = capture_folder("decoded");
	struct tally tally = { 0 };
	char **names;
	size_t count;

	if (!folder)
		skip();
	assert_int_equal(capture_names(folder, &names, &count), 0);
	for (size_t i = 0; i < count; i++) {
		json_error_t error;
		const json_t *row;
		char path[1024];
		json_t *json;
		size_t r;

		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		json = json_load_file(path, 0, &error);
		assert_non_null(json);
		json_array_foreach(json_object_get(json, "body_rows"), r, row)
			check_row(names[i], row, &tally);
		json_decref(json);
	}
	golden_list_free(names, count);
	printf("# %u tasks, %u of them without a bank to spare; %u that write only some registers "
	       "left out\n",
	       tally.rows, tally.no_spare, tally.partial);
	assert_true(tally.rows > 600);
	assert_true(tally.no_spare > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("captures/decoded: every CBUF split of the vendor is allowed",
		     every_split_of_the_vendor_is_allowed),
	};

	return cmocka_run_group_tests_name("captures/decoded", tests, NULL, NULL);
}
