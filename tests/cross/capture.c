// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Recorded runs
 *
 * Two kinds of capture.json exist: memory of a vendor runtime ("buffers", "tasks" in the vendor
 * kernel's form) and submissions to the mainline interface ("bos", "jobs"). Both become the same
 * buffers and tasks here.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <base/blob.h>
#include <base/diag.h>
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "capture.h"
#include "golden.h"

#define POINTERS 0x0e	/* pointer mode, both ping-pong enables; guide 3.5 */
#define TASK_CON 0x7000	/* counters cleared, ping-pong; guide 3.5 */
#define EVENTS_ALL 0x1ffff
#define EVENTS_DPU 0x300

const char *capture_folder(const char *kind)
{
	static char path[512];
	const char *models = golden_models();

	if (models) {
		snprintf(path, sizeof(path), "%s/../captures/%s", models, kind);
		if (!access(path, R_OK))
			return path;
	}
	printf("# skipped: no captures/%s beside the models; set ROCKET_SHARED to the folder that "
	       "holds both\n",
	       kind);

	return NULL;
}

static int is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int capture_names(const char *folder, char ***names, size_t *count)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_name, alphasort);

	if (n < 0)
		return -errno;
	*names = calloc((size_t)n + 1, sizeof(**names));
	for (int i = 0; i < n; i++) {
		if (*names)
			(*names)[i] = strdup(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	*count = (size_t)n;

	return *names ? 0 : -ENOMEM;
}

static struct capture_buffer *buffer_of(struct capture *c, uint32_t iova, size_t bytes)
{
	for (size_t i = 0; i < c->n_buffers; i++) {
		struct capture_buffer *b = &c->buffers[i];

		if (iova >= b->iova && bytes <= b->mapped && iova - b->iova <= b->mapped - bytes)
			return b;
	}

	return NULL;
}

uint8_t *capture_at(struct capture *c, uint32_t iova, size_t bytes)
{
	struct capture_buffer *b = buffer_of(c, iova, bytes);

	return b ? b->data + (iova - b->iova) : NULL;
}

static int fault(struct capture *c, uint32_t iova)
{
	if (!c->faults++)
		c->fault_iova = iova;

	return -EFAULT;
}

/* An access may run over the seam of two neighbours, as pages do. */
static int dma(struct capture *c, uint32_t iova, uint8_t *to, const uint8_t *from, size_t bytes)
{
	while (bytes) {
		struct capture_buffer *b = buffer_of(c, iova, 1);
		size_t run = b ? b->mapped - (iova - b->iova) : 0;
		uint8_t *at = b ? b->data + (iova - b->iova) : NULL;

		if (!b)
			return fault(c, iova);
		if (run > bytes)
			run = bytes;
		memcpy(to ? to : at, to ? at : from, run);
		to = to ? to + run : NULL;
		from = from ? from + run : NULL;
		iova += run;
		bytes -= run;
	}

	return 0;
}

static int dma_read(void *opaque, uint32_t iova, void *buf, size_t bytes)
{
	return dma(opaque, iova, buf, NULL, bytes);
}

static int dma_write(void *opaque, uint32_t iova, const void *buf, size_t bytes)
{
	return dma(opaque, iova, NULL, buf, bytes);
}

int capture_write(struct capture *c, uint32_t iova, const void *from, size_t bytes)
{
	return dma(c, iova, NULL, from, bytes);
}

static void irq(void *opaque, bool level)
{
	struct capture *c = opaque;

	c->line = level;
}

static void report(void *opaque, enum npu_report kind, const char *text)
{
	struct capture *c = opaque;

	if (!c->guest_errors && !c->unimps)
		snprintf(c->report, sizeof(c->report), "%s: %s",
			 kind == NPU_UNIMP ? "unimplemented" : "guest error", text);
	if (kind == NPU_UNIMP)
		c->unimps++;
	else
		c->guest_errors++;
}

struct capture *capture_create(const struct npu_switches *switches)
{
	static const struct npu_ops ops = {
		.dma_read = dma_read, .dma_write = dma_write, .irq = irq, .report = report,
	};
	struct capture *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->npu = npu_create(&ops, c, switches);
	if (!c->npu) {
		free(c);
		return NULL;
	}

	return c;
}

void capture_destroy(struct capture *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_buffers; i++) {
		free(c->buffers[i].data);
		free(c->buffers[i].recorded);
	}
	npu_destroy(c->npu);
	free(c);
}

static int add_buffer(struct capture *c, const char *name, uint32_t iova, uint32_t bytes)
{
	struct capture_buffer *b = &c->buffers[c->n_buffers];

	if (c->n_buffers == CAPTURE_BUFFERS_MAX)
		return -ENOSPC;
	b->mapped = (bytes + CAPTURE_PAGE_BYTES - 1) / CAPTURE_PAGE_BYTES * CAPTURE_PAGE_BYTES;
	b->data = calloc(1, b->mapped);
	if (!b->data)
		return -ENOMEM;
	snprintf(b->name, sizeof(b->name), "%s", name);
	b->iova = iova;
	b->bytes = bytes;
	c->n_buffers++;

	return 0;
}

int capture_map(struct capture *c, const char *name, uint32_t iova, uint32_t bytes)
{
	uint64_t page = iova / CAPTURE_PAGE_BYTES * CAPTURE_PAGE_BYTES,
		 end = (uint64_t)iova + bytes;

	/* Runs of pages that are still free, one buffer each. */
	while (page < end) {
		uint64_t start = page;
		int ret;

		while (page < end && page <= UINT32_MAX && !capture_at(c, (uint32_t)page, 1))
			page += CAPTURE_PAGE_BYTES;
		ret = page > start ? add_buffer(c, name, (uint32_t)start, (uint32_t)(page - start))
				   : 0;
		if (ret)
			return ret;
		while (page < end && capture_at(c, (uint32_t)page, 1))
			page += CAPTURE_PAGE_BYTES;
	}

	return 0;
}

struct capture_buffer *capture_find(struct capture *c, const char *name)
{
	for (size_t i = 0; i < c->n_buffers; i++)
		if (!strcmp(c->buffers[i].name, name))
			return &c->buffers[i];

	return NULL;
}

static int fill_buffer(struct capture_buffer *b, const char *dir, const char *file, struct diag *d)
{
	struct blob blob = { 0 };
	char path[512];
	int ret;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	ret = blob_read(&blob, path, d);
	if (ret)
		return ret;
	if (blob.size > b->mapped) {
		blob_fini(&blob);
		return diag_error(d, -EINVAL, "%s is larger than its buffer", path);
	}
	memcpy(b->data, blob.data, blob.size);
	blob_fini(&blob);
	b->recorded = malloc(b->mapped);
	if (!b->recorded)
		return -ENOMEM;
	memcpy(b->recorded, b->data, b->mapped);

	return 0;
}

/* Numbers stand as JSON integers or as "0x" strings. */
static uint32_t number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? (uint32_t)strtoul(json_string_value(value), NULL, 0)
				     : (uint32_t)json_integer_value(value);
}

int capture_add_task(struct capture *c, uint32_t iova, uint32_t words, uint32_t int_mask)
{
	if (c->n_tasks == CAPTURE_TASKS_MAX)
		return -ENOSPC;
	c->tasks[c->n_tasks++] = (struct capture_task){ iova, words, int_mask };

	return 0;
}

static int load_vendor(struct capture *c, const json_t *json, const char *dir, struct diag *d)
{
	const json_t *item;
	size_t i;
	int ret;

	json_array_foreach(json_object_get(json, "buffers"), i, item) {
		const char *file = json_string_value(json_object_get(item, "file"));
		char name[32];

		if (!file || !json_is_string(json_object_get(item, "dma")))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(file, "."), file);
		ret = add_buffer(c, name, number(item, "dma"), number(item, "bytes"));
		if (!ret)
			ret = fill_buffer(&c->buffers[c->n_buffers - 1], dir, file, d);
		if (ret)
			return ret;
	}
	json_array_foreach(json_object_get(json, "tasks"), i, item) {
		ret = capture_add_task(c, number(item, "regcmd_addr"),
				       number(item, "regcfg_amount") + REGCMD_TAIL_WORDS,
				       number(item, "int_mask"));
		if (ret)
			return ret;
	}

	return 0;
}

/* The first buffer of a job's list, by its handle. */
static uint32_t buffer_number(const struct capture *c, const json_t *job, const char *key)
{
	const json_t *handle = json_array_get(json_object_get(job, key), 0);
	char name[32];

	snprintf(name, sizeof(name), "bo%d", (int)json_integer_value(handle));
	for (uint32_t b = 0; b < c->n_buffers; b++)
		if (!strcmp(c->buffers[b].name, name))
			return b;

	return UINT32_MAX;
}

static int load_jobs(struct capture *c, const json_t *json)
{
	const json_t *job, *task;
	size_t i, j;
	int ret;

	json_array_foreach(json_object_get(json, "jobs"), i, job) {
		struct capture_job *to = &c->jobs[c->n_jobs];

		if (c->n_jobs == CAPTURE_TASKS_MAX)
			return -ENOSPC;
		*to = (struct capture_job){ .first = (uint32_t)c->n_tasks };
		json_array_foreach(json_object_get(job, "tasks"), j, task) {
			ret = capture_add_task(c, number(task, "regcmd"), number(task, "count"),
					       EVENTS_DPU);
			if (ret)
				return ret;
			to->count++;
		}
		to->in = buffer_number(c, job, "in");
		to->out = buffer_number(c, job, "out");
		c->n_jobs++;
	}

	return 0;
}

static int load_mainline(struct capture *c, const json_t *json, const char *dir, struct diag *d)
{
	const json_t *item;
	size_t i;
	int ret;

	json_array_foreach(json_object_get(json, "bos"), i, item) {
		const char *file = json_string_value(json_object_get(item, "file"));
		char name[32];

		snprintf(name, sizeof(name), "bo%d",
			 (int)json_integer_value(json_object_get(item, "handle")));
		ret = add_buffer(c, name, number(item, "iova"), number(item, "size"));
		if (!ret && file)
			ret = fill_buffer(&c->buffers[c->n_buffers - 1], dir, file, d);
		if (ret)
			return ret;
	}

	return load_jobs(c, json);
}

int capture_load(struct capture *c, const char *dir)
{
	struct diag d = { .print = diag_stderr, .opaque = "capture" };
	json_error_t error;
	char path[512];
	json_t *json;
	int ret;

	snprintf(path, sizeof(path), "%s/capture.json", dir);
	json = json_load_file(path, 0, &error);
	if (!json)
		return diag_error(&d, -EINVAL, "%s: line %d: %s", path, error.line, error.text);
	if (json_object_get(json, "bos"))
		ret = load_mainline(c, json, dir, &d);
	else
		ret = load_vendor(c, json, dir, &d);
	json_decref(json);
	if (!ret && !c->n_tasks)
		ret = diag_error(&d, -EINVAL, "%s has no tasks", path);

	return ret;
}

static void start(struct capture *c, const struct capture_task *task, uint32_t int_mask,
		  size_t count)
{
	npu_write(c->npu, ROCKET_PC_BASE_ADDRESS, 1);
	npu_write(c->npu, ROCKET_CNA_S_POINTER, POINTERS);
	npu_write(c->npu, ROCKET_CORE_S_POINTER, POINTERS);
	npu_write(c->npu, ROCKET_PC_BASE_ADDRESS, task->iova);
	npu_write(c->npu, ROCKET_PC_REGISTER_AMOUNTS, regcmd_amount(task->words));
	npu_write(c->npu, ROCKET_PC_INTERRUPT_MASK, int_mask);
	npu_write(c->npu, ROCKET_PC_INTERRUPT_CLEAR, EVENTS_ALL);
	npu_write(c->npu, ROCKET_PC_TASK_CON, TASK_CON | (uint32_t)count);
	npu_write(c->npu, ROCKET_PC_TASK_DMA_BASE_ADDR, 0);
	npu_write(c->npu, ROCKET_PC_OPERATION_ENABLE, 1);
}

int capture_run(struct capture *c, size_t first, size_t count)
{
	start(c, &c->tasks[first], c->tasks[first + count - 1].int_mask, count);
	while (npu_state(c->npu) == NPU_RUNNING)
		npu_step(c->npu);
	if (npu_state(c->npu) == NPU_HUNG || !c->line) {
		if (!c->report[0] && npu_hang_reason(c->npu))
			snprintf(c->report, sizeof(c->report), "hang: %s", npu_hang_reason(c->npu));
		npu_reset(c->npu);
		return -ETIMEDOUT;
	}
	npu_write(c->npu, ROCKET_PC_OPERATION_ENABLE, 0);
	npu_write(c->npu, ROCKET_PC_INTERRUPT_CLEAR, EVENTS_ALL);

	return c->line ? -ETIMEDOUT : 0;
}

int capture_run_jobs(struct capture *c, size_t first, size_t count)
{
	for (size_t j = first; j < first + count; j++) {
		for (uint32_t t = 0; t < c->jobs[j].count; t++) {
			int ret = capture_run(c, c->jobs[j].first + t, 1);

			if (ret)
				return ret;
		}
	}

	return 0;
}
