// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Jobs with a known effect
 *
 * The streams are element-wise tasks of the DPU on signed bytes, fed from memory: y = x * scale +
 * offset, saturated. Scale 1 and offset 0 copy, scale 0 fills. Source: programming guide of the
 * chip, sections 3 and 8.
 */
#include <npu/regcmd.h>
#include <npu/rocket_regs.h>

#include "igt.h"
#include "dmabuf_sync_file.h"
#include "sw_sync.h"

#include "rocket_client.h"
#include "rocket_jobs.h"

#define STREAM_MAX	80	/* words */
#define PINGPONG	0xe	/* S_POINTER: both pointers move on by themselves */
#define STAGE_OFF	0x53	/* BS_CFG, BN_CFG: all parts bypassed */
#define EW_OFF		0x383
#define BURST_15	15
#define LINE_UNITS_MAX	8192	/* width and height fields of 13 bits */
#define LINE_UNITS	1024	/* of amounts that need more than one line */
#define CALIBRATION_TASKS	24
#define CALIBRATIONS	5
#define EXTRA_TASKS	2	/* of a long job: the last one, and what division loses */
#define LOAD_MAX	SZ_1M	/* bytes that a task of a long job copies */
#define LOAD_GROWS	16

#define FIELD(mask, value)	(((uint32_t)(value) * ((mask) & ~((mask) << 1))) & (mask))

/**
 * struct stream - a command stream while it is written
 * @words: commands
 * @count: how many
 */
struct stream {
	uint64_t words[STREAM_MAX];
	unsigned int count;
};

/**
 * struct work - what an element-wise task does
 * @dst: device address of the result
 * @src: device address of the input
 * @bytes: amount
 * @scale: 0 or 1
 * @offset: added
 * @pointers: S_POINTER of the blocks
 */
struct work {
	uint32_t dst;
	uint32_t src;
	size_t bytes;
	unsigned int scale;
	int8_t offset;
	uint32_t pointers;
};

/* The blocks' registers are 4 KiB apart, in the order of their target codes. */
static unsigned int target(unsigned int offset)
{
#define NPU_TARGET(block, code, base) if (offset >> 12 == (base) >> 12) return code;
	NPU_TARGETS(NPU_TARGET)
#undef NPU_TARGET
	igt_assert_f(false, "no block has a register %#x\n", offset);
	return 0;
}

static void put(struct stream *s, unsigned int offset, uint32_t value)
{
	igt_assert(s->count < STREAM_MAX - REGCMD_TAIL_WORDS - 1);
	s->words[s->count++] = regcmd(target(offset), value, offset);
}

/* Pads to whole beats and starts the blocks; nothing follows. */
static void finish(struct stream *s, uint32_t mask)
{
	if (s->count % REGCMD_BEAT_WORDS)
		s->words[s->count++] = 0;
	s->words[s->count++] = 0;
	s->words[s->count++] = regcmd(NPU_TARGET_PC, 0, ROCKET_PC_REGISTER_AMOUNTS);
	s->words[s->count++] = regcmd(NPU_TARGET_MARKER, 0, 0);
	s->words[s->count++] = regcmd(NPU_TARGET_OP_ENABLE, mask, ROCKET_PC_OPERATION_ENABLE);
}

/* Kits */

void rocket_kit_init_size(struct rocket_kit *kit, int fd, size_t bytes)
{
	memset(kit, 0, sizeof(*kit));
	rocket_bo_create_mapped(fd, bytes, &kit->code);
	kit->scratch = kit->code.iova + bytes - 4 * ROCKET_UNIT;
}

/**
 * rocket_kit_init() - make room for command streams
 * @kit: the kit
 * @fd: file whose jobs will use it
 */
void rocket_kit_init(struct rocket_kit *kit, int fd)
{
	rocket_kit_init_size(kit, fd, ROCKET_KIT_BYTES);
}

/**
 * rocket_kit_rewind() - begin again; jobs with streams of the kit are done
 * @kit: the kit
 */
void rocket_kit_rewind(struct rocket_kit *kit)
{
	kit->used = 0;
}

/**
 * rocket_kit_flush() - let the NPU see new streams
 * @kit: the kit
 */
void rocket_kit_flush(struct rocket_kit *kit)
{
	if (kit->dirty)
		rocket_fini(&kit->code);
	kit->dirty = false;
}

void rocket_kit_fini(struct rocket_kit *kit)
{
	rocket_bo_destroy(&kit->load);
	rocket_bo_destroy(&kit->code);
}

static struct drm_rocket_task store(struct rocket_kit *kit, const struct stream *s)
{
	uint32_t bytes = s->count * REGCMD_BYTES;
	struct drm_rocket_task task = { .regcmd = kit->code.iova + kit->used,
					.regcmd_count = s->count };

	igt_assert_f(kit->code.iova + kit->used + bytes <= kit->scratch, "the kit is full\n");
	memcpy((char *)kit->code.map + kit->used, s->words, bytes);
	kit->used += ALIGN(bytes, REGCMD_ALIGN);
	kit->dirty = true;
	return task;
}

/* Tasks */

static void put_dpu(struct stream *s, const struct work *w, unsigned int width, unsigned int height)
{
	put(s, ROCKET_DPU_S_POINTER, w->pointers);
	put(s, ROCKET_DPU_FEATURE_MODE_CFG,
	    FIELD(ROCKET_DPU_FEATURE_MODE_CFG_BURST_LEN, BURST_15) |
		    FIELD(ROCKET_DPU_FEATURE_MODE_CFG_OUTPUT_MODE, 2) |
		    ROCKET_DPU_FEATURE_MODE_CFG_FLYING_MODE);
	put(s, ROCKET_DPU_DATA_FORMAT, 0);
	put(s, ROCKET_DPU_OFFSET_PEND, 0);
	put(s, ROCKET_DPU_DST_BASE_ADDR, w->dst);
	put(s, ROCKET_DPU_DST_SURF_STRIDE, w->bytes);
	put(s, ROCKET_DPU_DATA_CUBE_WIDTH, width - 1);
	put(s, ROCKET_DPU_DATA_CUBE_HEIGHT, height - 1);
	put(s, ROCKET_DPU_DATA_CUBE_NOTCH_ADDR, 0);
	put(s, ROCKET_DPU_DATA_CUBE_CHANNEL,
	    FIELD(ROCKET_DPU_DATA_CUBE_CHANNEL_ORIG_CHANNEL, ROCKET_UNIT - 1) |
		    FIELD(ROCKET_DPU_DATA_CUBE_CHANNEL_CHANNEL, ROCKET_UNIT - 1));
	put(s, ROCKET_DPU_BS_CFG, STAGE_OFF);
	put(s, ROCKET_DPU_BS_ALU_CFG, 0);
	put(s, ROCKET_DPU_BS_MUL_CFG, 0);
	put(s, ROCKET_DPU_BS_RELUX_CMP_VALUE, 0);
	put(s, ROCKET_DPU_BS_OW_CFG, ROCKET_DPU_BS_OW_CFG_OD_BYPASS);
	put(s, ROCKET_DPU_BS_OW_OP, 0);
	put(s, ROCKET_DPU_WDMA_SIZE_0, ROCKET_UNIT - 1);
	put(s, ROCKET_DPU_WDMA_SIZE_1, FIELD(ROCKET_DPU_WDMA_SIZE_1_HEIGHT_WDMA, height - 1) |
					       FIELD(ROCKET_DPU_WDMA_SIZE_1_WIDTH_WDMA, width - 1));
	put(s, ROCKET_DPU_BN_CFG, STAGE_OFF);
	put(s, ROCKET_DPU_BN_ALU_CFG, 0);
	put(s, ROCKET_DPU_BN_MUL_CFG, 0);
	put(s, ROCKET_DPU_BN_RELUX_CMP_VALUE, 0);
	put(s, ROCKET_DPU_EW_CFG, EW_OFF);
	put(s, ROCKET_DPU_EW_CVT_OFFSET_VALUE, 0);
	put(s, ROCKET_DPU_EW_CVT_SCALE_VALUE, 1);
	put(s, ROCKET_DPU_EW_RELUX_CMP_VALUE, 0);
	put(s, ROCKET_DPU_OUT_CVT_OFFSET, (uint32_t)w->offset);
	put(s, ROCKET_DPU_OUT_CVT_SCALE, w->scale);
	put(s, ROCKET_DPU_OUT_CVT_SHIFT, 0);
	put(s, ROCKET_DPU_SURFACE_ADD, w->bytes);
	put(s, ROCKET_DPU_LUT_CFG, 0);
}

static void put_dpu_rdma(struct stream *s, const struct work *w, unsigned int width,
			 unsigned int height)
{
	put(s, ROCKET_DPU_RDMA_S_POINTER, w->pointers);
	put(s, ROCKET_DPU_RDMA_DATA_CUBE_WIDTH, width - 1);
	put(s, ROCKET_DPU_RDMA_DATA_CUBE_HEIGHT, height - 1);
	put(s, ROCKET_DPU_RDMA_DATA_CUBE_CHANNEL, ROCKET_UNIT - 1);
	put(s, ROCKET_DPU_RDMA_SRC_BASE_ADDR, w->src);
	put(s, ROCKET_DPU_RDMA_BRDMA_CFG, 0);
	put(s, ROCKET_DPU_RDMA_NRDMA_CFG, 0);
	put(s, ROCKET_DPU_RDMA_ERDMA_CFG, 1);	/* off */
	put(s, ROCKET_DPU_RDMA_EW_SURF_STRIDE, 0);
	put(s, ROCKET_DPU_RDMA_FEATURE_MODE_CFG,
	    FIELD(ROCKET_DPU_RDMA_FEATURE_MODE_CFG_BURST_LEN, BURST_15) |
		    ROCKET_DPU_RDMA_FEATURE_MODE_CFG_FLYING_MODE);
	put(s, ROCKET_DPU_RDMA_SRC_DMA_CFG, 0);
	put(s, ROCKET_DPU_RDMA_SURF_NOTCH, 0);
	put(s, ROCKET_DPU_RDMA_EW_SURF_NOTCH, 0);
}

static struct drm_rocket_task task(struct rocket_kit *kit, const struct work *w, uint32_t mask)
{
	unsigned int units = w->bytes / ROCKET_UNIT, width = units, height = 1;
	struct stream s = { .count = 0 };

	igt_assert(w->bytes && w->bytes % ROCKET_UNIT == 0);
	if (units > LINE_UNITS_MAX) {
		igt_assert(units % LINE_UNITS == 0);
		width = LINE_UNITS;
		height = units / LINE_UNITS;
	}
	put_dpu(&s, w, width, height);
	put_dpu_rdma(&s, w, width, height);
	finish(&s, mask);
	return store(kit, &s);
}

#define MASK_WORK	(NPU_ENABLE_DPU | NPU_ENABLE_DPU_RDMA)

/**
 * rocket_task_add() - add a number to each byte
 * @kit: where to put the stream
 * @dst: device address of the result; may be @src
 * @src: device address of signed bytes
 * @bytes: multiple of ROCKET_UNIT; beyond 128 KiB of 16 KiB
 * @value: added; the result is limited to -128 .. 127
 *
 * Return: the task.
 */
struct drm_rocket_task rocket_task_add(struct rocket_kit *kit, uint32_t dst, uint32_t src,
				       size_t bytes, int8_t value)
{
	return task(kit, &(struct work){ dst, src, bytes, 1, value, PINGPONG }, MASK_WORK);
}

struct drm_rocket_task rocket_task_copy(struct rocket_kit *kit, uint32_t dst, uint32_t src,
					size_t bytes)
{
	return task(kit, &(struct work){ dst, src, bytes, 1, 0, PINGPONG }, MASK_WORK);
}

/* Reads what it overwrites, to need no second address. */
struct drm_rocket_task rocket_task_fill(struct rocket_kit *kit, uint32_t dst, size_t bytes,
					int8_t value)
{
	return task(kit, &(struct work){ dst, dst, bytes, 0, value, PINGPONG }, MASK_WORK);
}

/**
 * rocket_task_minimal() - the shortest task that completes
 * @kit: where to put the stream
 *
 * Return: the task; it works on memory of the kit that nobody looks at.
 */
struct drm_rocket_task rocket_task_minimal(struct rocket_kit *kit)
{
	return rocket_task_copy(kit, kit->scratch, kit->scratch + ROCKET_UNIT, ROCKET_UNIT);
}

/**
 * rocket_task_hang() - a task that never ends and leaves the core stuck
 * @kit: where to put the stream
 *
 * All addresses are good. The DPU waits for its reader, which is not started.
 *
 * Return: the task.
 */
struct drm_rocket_task rocket_task_hang(struct rocket_kit *kit)
{
	return task(kit, &(struct work){ kit->scratch, kit->scratch, ROCKET_UNIT, 1, 0, PINGPONG },
		    NPU_ENABLE_DPU);
}

/**
 * rocket_task_pool() - a task that ends in the PPU
 * @kit: where to put the stream
 * @dst: device address of the result
 * @src: device address of the input
 *
 * Max pooling with a window of one pixel: copies one unit.
 *
 * Return: the task.
 */
struct drm_rocket_task rocket_task_pool(struct rocket_kit *kit, uint32_t dst, uint32_t src)
{
	struct stream s = { .count = 0 };

	put(&s, ROCKET_PPU_S_POINTER, PINGPONG);
	put(&s, ROCKET_PPU_RDMA_S_POINTER, PINGPONG);
	put(&s, ROCKET_PPU_DATA_CUBE_IN_WIDTH, 0);
	put(&s, ROCKET_PPU_DATA_CUBE_IN_HEIGHT, 0);
	put(&s, ROCKET_PPU_DATA_CUBE_IN_CHANNEL, ROCKET_UNIT - 1);
	put(&s, ROCKET_PPU_DATA_CUBE_OUT_WIDTH, 0);
	put(&s, ROCKET_PPU_DATA_CUBE_OUT_HEIGHT, 0);
	put(&s, ROCKET_PPU_DATA_CUBE_OUT_CHANNEL, ROCKET_UNIT - 1);
	put(&s, ROCKET_PPU_OPERATION_MODE_CFG, 0x11);	/* from memory, maximum */
	put(&s, ROCKET_PPU_POOLING_KERNEL_CFG, 0);
	put(&s, ROCKET_PPU_DST_BASE_ADDR, dst);
	put(&s, ROCKET_PPU_DST_SURF_STRIDE, ROCKET_UNIT);
	put(&s, ROCKET_PPU_DATA_FORMAT, ROCKET_UNIT);
	put(&s, ROCKET_PPU_MISC_CTRL, 3);
	put(&s, ROCKET_PPU_RDMA_CUBE_IN_WIDTH, 0);
	put(&s, ROCKET_PPU_RDMA_CUBE_IN_HEIGHT, 0);
	put(&s, ROCKET_PPU_RDMA_CUBE_IN_CHANNEL, ROCKET_UNIT - 1);
	put(&s, ROCKET_PPU_RDMA_SRC_BASE_ADDR, src);
	put(&s, ROCKET_PPU_RDMA_SRC_LINE_STRIDE, ROCKET_UNIT);
	put(&s, ROCKET_PPU_RDMA_SRC_SURF_STRIDE, ROCKET_UNIT);
	put(&s, ROCKET_PPU_RDMA_DATA_FORMAT, 1);
	finish(&s, NPU_ENABLE_PPU | NPU_ENABLE_PPU_RDMA);
	return store(kit, &s);
}

/**
 * rocket_task_fault() - a task that reads from a wrong address
 * @kit: where to put the stream
 * @iova: the address
 *
 * Return: the task.
 */
struct drm_rocket_task rocket_task_fault(struct rocket_kit *kit, uint32_t iova)
{
	return rocket_task_copy(kit, kit->scratch, iova, ROCKET_UNIT);
}

/* The shortest of some counts: a core may have to wake, anything may be interrupted. */
static uint64_t measure(struct rocket_kit *kit, struct drm_rocket_task task)
{
	struct drm_rocket_task tasks[CALIBRATION_TASKS];
	uint64_t best = UINT64_MAX;
	struct rocket_bo bo;

	rocket_bo_create(kit->code.fd, rocket_page_size(), &bo);
	for (int i = 0; i < CALIBRATION_TASKS; i++)
		tasks[i] = task;
	for (int i = 0; i < CALIBRATIONS; i++) {
		int64_t start = rocket_now_ns();

		rocket_queue(kit, tasks, CALIBRATION_TASKS, NULL, &bo);
		rocket_prep(&bo);
		best = min(best, (uint64_t)(rocket_now_ns() - start));
	}
	rocket_bo_destroy(&bo);
	return max(best / CALIBRATION_TASKS, UINT64_C(1000));
}

/**
 * rocket_task_ns() - measure how long a short task takes
 * @kit: where to put the stream
 *
 * Return: nanoseconds, once measured always the same.
 */
uint64_t rocket_task_ns(struct rocket_kit *kit)
{
	if (!kit->task_ns) {
		kit->task_ns = measure(kit, rocket_task_minimal(kit));
		igt_debug("a task takes %" PRIu64 " ns\n", kit->task_ns);
	}
	return kit->task_ns;
}

static struct drm_rocket_task task_load(struct rocket_kit *kit)
{
	return rocket_task_copy(kit, kit->load.iova + LOAD_MAX, kit->load.iova, kit->load_bytes);
}

/* The next larger amount for tasks of which a job has too few */
static void grow_load(struct rocket_kit *kit)
{
	if (!kit->load_bytes) {
		rocket_bo_create(kit->code.fd, 2 * LOAD_MAX, &kit->load);
		kit->load_bytes = ROCKET_UNIT;
	}
	kit->load_bytes *= LOAD_GROWS;
	kit->load_ns = measure(kit, task_load(kit));
	igt_debug("a task of %zu bytes takes %" PRIu64 " ns\n", kit->load_bytes, kit->load_ns);
}

/**
 * rocket_tasks_long() - tasks that take a while
 * @kit: where to put the streams
 * @ms: about how long they take together
 * @last: the task that ends them
 * @count: how many there are
 *
 * Return: the tasks; the caller frees them.
 */
struct drm_rocket_task *rocket_tasks_long(struct rocket_kit *kit, unsigned int ms,
					  struct drm_rocket_task last, uint32_t *count)
{
	uint64_t ns = ms * UINT64_C(1000000), wanted;
	uint64_t least = ns / (ROCKET_KIT_TASKS_MAX - EXTRA_TASKS) + 1;
	struct drm_rocket_task one, *tasks;

	if (rocket_task_ns(kit) >= least) {
		wanted = ns / kit->task_ns + EXTRA_TASKS;
		one = rocket_task_minimal(kit);
	} else {
		while (kit->load_ns < least) {
			igt_assert_f(kit->load_bytes < LOAD_MAX, "%u ms are too long\n", ms);
			grow_load(kit);
		}
		wanted = ns / kit->load_ns + EXTRA_TASKS;
		one = task_load(kit);
	}
	tasks = malloc(wanted * sizeof(*tasks));
	igt_assert(tasks);
	for (uint64_t i = 0; i < wanted; i++)
		tasks[i] = one;
	tasks[wanted - 1] = last;
	*count = wanted;
	return tasks;
}

/* Jobs */

void rocket_queue(struct rocket_kit *kit, const struct drm_rocket_task *tasks, uint32_t count,
		  const struct rocket_bo *in, const struct rocket_bo *out)
{
	struct drm_rocket_job job;

	rocket_job_init(&job, tasks, count, in ? &in->handle : NULL, in != NULL,
			out ? &out->handle : NULL, out != NULL);
	rocket_kit_flush(kit);
	rocket_submit(kit->code.fd, &job, 1);
}

void rocket_queue_task(struct rocket_kit *kit, struct drm_rocket_task task,
		       const struct rocket_bo *in, const struct rocket_bo *out)
{
	rocket_queue(kit, &task, 1, in, out);
}

/**
 * rocket_queue_long() - submit a job that takes a while
 * @kit: where to put the streams
 * @ms: about how long
 * @in: input or NULL
 * @out: output or NULL
 *
 * With both, the last task copies @in to @out; with only @out, it fills it with 1.
 */
void rocket_queue_long(struct rocket_kit *kit, unsigned int ms, const struct rocket_bo *in,
		       const struct rocket_bo *out)
{
	struct drm_rocket_task last, *tasks;
	uint32_t count;

	if (in && out)
		last = rocket_task_copy(kit, out->iova, in->iova, out->size);
	else if (out)
		last = rocket_task_fill(kit, out->iova, out->size, 1);
	else
		last = rocket_task_minimal(kit);
	tasks = rocket_tasks_long(kit, ms, last, &count);
	rocket_queue(kit, tasks, count, in, out);
	free(tasks);
}

void rocket_queue_fill(struct rocket_kit *kit, const struct rocket_bo *out, int8_t value)
{
	rocket_queue_task(kit, rocket_task_fill(kit, out->iova, out->size, value), NULL, out);
}

void rocket_queue_copy(struct rocket_kit *kit, const struct rocket_bo *out,
		       const struct rocket_bo *in)
{
	rocket_queue_task(kit, rocket_task_copy(kit, out->iova, in->iova, out->size), in, out);
}

/* How jobs end */

#define SW_SYNC	"/sys/kernel/debug/sync/sw_sync"
#define GATE_MS	100

/**
 * rocket_gate_shut() - let no job use a buffer for now
 * @kit: of the file of the buffer
 * @bo: the buffer
 *
 * It gets a writer that is done when somebody says so; where the kernel has no such thing, one that
 * is done after a while, and rocket_gate_open() finds out whether that was long enough.
 *
 * Return: for rocket_gate_open().
 */
int rocket_gate_shut(struct rocket_kit *kit, const struct rocket_bo *bo)
{
	int timeline, fence, dmabuf;

	if (access(SW_SYNC, W_OK)) {
		struct drm_rocket_task *tasks;
		uint32_t count;

		tasks = rocket_tasks_long(kit, GATE_MS, rocket_task_minimal(kit), &count);
		rocket_queue(kit, tasks, count, NULL, bo);
		free(tasks);
		return rocket_bo_export_fence(bo, DMA_BUF_SYNC_READ);
	}
	timeline = sw_sync_timeline_create();
	fence = sw_sync_timeline_create_fence(timeline, 1);
	dmabuf = rocket_bo_export(bo);
	dmabuf_import_sync_file(dmabuf, DMA_BUF_SYNC_WRITE, fence);
	close(dmabuf);
	close(fence);
	return timeline;
}

/**
 * rocket_gate_open() - let the jobs go that wait for a buffer, or skip
 * @gate: from rocket_gate_shut()
 *
 * Until now none of them has run.
 */
void rocket_gate_open(int gate)
{
	bool shut = true;

	if (access(SW_SYNC, W_OK))
		shut = sync_file_busy(gate);
	else
		sw_sync_timeline_inc(gate, 1);
	close(gate);
	igt_require_f(shut, "jobs could not be held for long enough (CONFIG_SW_SYNC)\n");
}

/**
 * rocket_queue_gated() - submit a job whose end will be known
 * @kit: where to put the streams
 * @tasks: tasks of the job
 * @count: their number
 * @out: its output
 *
 * A fence that is done can be had no more: the job starts when its fence was taken.
 *
 * Return: sync file of the job, for rocket_fence_result().
 */
int rocket_queue_gated(struct rocket_kit *kit, const struct drm_rocket_task *tasks, uint32_t count,
		       const struct rocket_bo *out)
{
	int gate = rocket_gate_shut(kit, out), fence;

	rocket_queue(kit, tasks, count, NULL, out);
	fence = rocket_bo_export_fence(out, DMA_BUF_SYNC_READ);
	rocket_gate_open(gate);
	return fence;
}

/**
 * rocket_run_result() - run a job and tell how it ended
 * @kit: where to put the streams
 * @tasks: tasks of the job
 * @count: their number
 * @out: its output
 *
 * Return: 0, or the negative errno of its fence.
 */
int rocket_run_result(struct rocket_kit *kit, const struct drm_rocket_task *tasks, uint32_t count,
		      const struct rocket_bo *out)
{
	return rocket_fence_result(rocket_queue_gated(kit, tasks, count, out));
}

int rocket_run_task_result(struct rocket_kit *kit, struct drm_rocket_task task,
			   const struct rocket_bo *out)
{
	return rocket_run_result(kit, &task, 1, out);
}

/* Whole checks */

/**
 * rocket_is_filled() - whether all bytes of a mapped buffer have a value
 * @bo: buffer, after PREP
 * @value: the value
 *
 * Return: whether; the first difference is kept in the debug log.
 */
bool rocket_is_filled(const struct rocket_bo *bo, int8_t value)
{
	const int8_t *byte = bo->map;

	for (size_t i = 0; i < bo->size; i++) {
		if (byte[i] != value) {
			igt_debug("byte %zu of %zu is %d, wanted %d\n", i, bo->size, byte[i],
				  value);
			return false;
		}
	}
	return true;
}

/**
 * rocket_check_fill() - a job of a file does what it shall
 * @fd: file
 * @value: to fill with
 */
void rocket_check_fill(int fd, int8_t value)
{
	struct rocket_kit kit;
	struct rocket_bo bo;

	rocket_kit_init_size(&kit, fd, rocket_page_size());
	rocket_bo_create_mapped(fd, rocket_page_size(), &bo);
	rocket_queue_fill(&kit, &bo, value);
	rocket_prep(&bo);
	igt_assert(rocket_is_filled(&bo, value));
	rocket_bo_destroy(&bo);
	rocket_kit_fini(&kit);
}

static bool cores_idle(void)
{
	struct rocket_core_state cores[ROCKET_CORES_MAX];
	int count = __rocket_read_cores(cores);

	for (int i = 0; i < count; i++) {
		if (cores[i].queue)
			return false;
	}
	return true;
}

static void fill_on_all_cores(int fd, uint32_t pointers)
{
	struct rocket_core_state before[ROCKET_CORES_MAX], after[ROCKET_CORES_MAX];
	struct drm_rocket_task tasks[ROCKET_CORES_MAX];
	struct drm_rocket_job jobs[ROCKET_CORES_MAX];
	struct rocket_bo bos[ROCKET_CORES_MAX];
	struct rocket_kit kit;
	int cores;

	igt_assert(igt_wait(cores_idle(), ROCKET_PATIENCE_MS, 5));
	cores = __rocket_read_cores(before);
	rocket_kit_init_size(&kit, fd, 2 * rocket_page_size());
	for (int i = 0; i < ROCKET_CORES_MAX; i++) {
		rocket_bo_create_mapped(fd, rocket_page_size(), &bos[i]);
		tasks[i] = task(&kit, &(struct work){ bos[i].iova, bos[i].iova, bos[i].size, 0,
						      3 + i, pointers }, MASK_WORK);
		rocket_job_init(&jobs[i], &tasks[i], 1, NULL, 0, &bos[i].handle, 1);
	}
	rocket_kit_flush(&kit);
	rocket_submit(fd, jobs, ROCKET_CORES_MAX);
	for (int i = 0; i < ROCKET_CORES_MAX; i++) {
		rocket_prep(&bos[i]);
		igt_assert(rocket_is_filled(&bos[i], 3 + i));
		rocket_bo_destroy(&bos[i]);
	}
	rocket_kit_fini(&kit);

	if (cores <= 0 || __rocket_read_cores(after) != cores)
		return;
	for (int i = 0; i < cores; i++)
		igt_assert_f(after[i].jobs > before[i].jobs, "core %u has not completed a job\n",
			     after[i].index);
}

/**
 * rocket_check_all_cores() - every core completes a job
 * @fd: file
 *
 * Independent jobs of one submission go to the core with the fewest, so jobs of others have to end
 * first. Without debugfs it is not known which cores they were.
 */
void rocket_check_all_cores(int fd)
{
	fill_on_all_cores(fd, PINGPONG);
}

/**
 * rocket_leave_all_cores() - every core completes a job that leaves its registers in disorder
 * @fd: file; as for rocket_check_all_cores()
 * @pointers: S_POINTER of the blocks that work; the job finds them as a reset leaves them
 */
void rocket_leave_all_cores(int fd, uint32_t pointers)
{
	fill_on_all_cores(fd, pointers);
}
