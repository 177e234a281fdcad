// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: Making dumps
 *
 * Recovery takes what it knows of the job before the job's fence is signalled
 * and the client may write the command stream anew. Until then it must not wait
 * for memory: it copies as little as says what happened, without sleeping for
 * it, and leaves the text and its file to a work. This file knows the format; it
 * does not judge what failed, which is the business of rocket_sched.c.
 *
 * One dump per core is kept, the first. What cannot be kept is counted.
 */

/**
 * DOC: Format of dumps
 *
 * A dump is text. The first line is ``rocket-dump: 1``, the version of what
 * follows: lines of ``key: value``, and after the last of them, ``words``, one
 * line with 16 hexadecimal digits for each command. Readers skip keys that they
 * do not know; the version changes when the meaning of one does.
 *
 * ==================  =======================================================
 * ``kernel``          release of the kernel
 * ``compatible``      the chip, as the device tree calls it
 * ``device``          device of the core
 * ``core``            its number
 * ``core-version``    its version word
 * ``time``            seconds since boot, CLOCK_MONOTONIC
 * ``reason``          ``hang``, ``iommu-fault`` or ``bus-error``
 * ``missed``          failures on this core since its previous dump
 * ``client``          the file, as drm-client-id of its fdinfo
 * ``pid``, ``comm``   process that submitted the job, name of its thread
 * ``task``            task that ran, counted from 0
 * ``tasks``           how many the job has
 * ``events``          PC_INTERRUPT_RAW_STATUS
 * ``events-enabled``  PC_INTERRUPT_MASK
 * ``task-status``     PC_TASK_STATUS
 * ``cna-status``      CNA_S_STATUS
 * ``core-status``     CORE_S_STATUS
 * ``fault``           only of an IOMMU fault: ``read`` or ``write``, address
 * ``object``          a line for each mapped object: address, bytes, and how
 *                     the job lists it: ``read``, ``write``, ``read-write``, or
 *                     ``-`` for not at all
 * ``stream``          commands of the task: address, number
 * ``words``           how many of them follow
 * ==================  =======================================================
 *
 * There are 256 objects at most, those with the lowest addresses, and 4096
 * commands. The commands end early where no object is mapped. They are what the
 * CPU sees: a stream that was written without FINI_BO looks right here.
 */

#include <kunit/visibility.h>
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/devcoredump.h>
#include <linux/iommu.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/utsname.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include <drm/drm_print.h>

#include "rocket_dump.h"
#include "rocket_job.h"
#include "rocket_queue.h"
#include "rocket_vm.h"

#define ROCKET_DUMP_VERSION	1

/* A task of a network has some 130 commands. */
#define ROCKET_DUMP_WORDS	4096
#define ROCKET_DUMP_OBJECTS	256

/* What has no name here is nobody's mistake. */
static const char * const rocket_dump_reasons[] = {
	[ROCKET_TROUBLE_TIMEOUT] = "hang",
	[ROCKET_TROUBLE_IOMMU] = "iommu-fault",
	[ROCKET_TROUBLE_BUS] = "bus-error",
	[ROCKET_TROUBLE_REMOVED] = NULL,
};

enum { ROCKET_DUMP_READ = BIT(0), ROCKET_DUMP_WRITE = BIT(1) };

static const char * const rocket_dump_uses[] = {
	[0] = "-",
	[ROCKET_DUMP_READ] = "read",
	[ROCKET_DUMP_WRITE] = "write",
	[ROCKET_DUMP_READ | ROCKET_DUMP_WRITE] = "read-write",
};

/**
 * struct rocket_dump - what recovery saw of a job
 * @trouble: what happened
 * @state: registers of the core
 * @time: when
 * @client: client number of the file
 * @pid: process that submitted the job
 * @comm: its name, which may be anything
 * @task: task that ran
 * @task_count: tasks of the job
 * @stream: command stream of the task
 * @fault_iova: address, for ROCKET_TROUBLE_IOMMU
 * @fault_write: the access was a write
 * @missed: failures since the previous dump
 * @objects: what was mapped
 * @uses: how the job lists them; index of rocket_dump_uses
 * @object_count: how many there are
 * @word_count: how many commands there are
 * @words: commands of the task
 */
struct rocket_dump {
	enum rocket_trouble trouble;
	struct rocket_hw_state state;
	struct timespec64 time;
	u64 client;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	unsigned int task;
	unsigned int task_count;
	struct rocket_task stream;
	unsigned long fault_iova;
	bool fault_write;
	unsigned int missed;
	struct rocket_vm_range objects[ROCKET_DUMP_OBJECTS];
	u8 uses[ROCKET_DUMP_OBJECTS];
	unsigned int object_count;
	unsigned int word_count;
	__le64 words[] __counted_by(word_count);
};

static void rocket_dump_mark(struct rocket_dump *dump, const struct rocket_bo *bo, unsigned int use)
{
	for (unsigned int i = 0; i < dump->object_count; i++)
		if (dump->objects[i].bo == bo)
			dump->uses[i] |= use;
}

VISIBLE_IF_KUNIT struct rocket_dump *rocket_dump_create(struct rocket_core *core,
							struct rocket_job *job,
							enum rocket_trouble trouble,
							const struct rocket_hw_state *state)
{
	const struct rocket_task *task = &job->tasks[job->next_task];
	unsigned int word_count = min(task->count, ROCKET_DUMP_WORDS);
	struct rocket_vm *vm = job->file->vm;
	struct rocket_dump *dump;

	dump = kvzalloc_flex(*dump, words, word_count, GFP_NOWAIT);
	if (!dump)
		return NULL;

	dump->trouble = trouble;
	dump->state = *state;
	ktime_get_ts64(&dump->time);
	dump->client = job->file->client;
	dump->pid = job->pid;
	memcpy(dump->comm, job->comm, sizeof(dump->comm));
	dump->task = job->next_task;
	dump->task_count = job->task_count;
	dump->stream = *task;
	dump->fault_iova = core->fault_iova;
	dump->fault_write = core->fault_flags & IOMMU_FAULT_WRITE;

	dump->object_count = rocket_vm_list(vm, dump->objects, ROCKET_DUMP_OBJECTS);
	for (unsigned int i = 0; i < job->bo_count; i++)
		rocket_dump_mark(dump, job->bos[i].bo,
				 i < job->in_count ? ROCKET_DUMP_READ : ROCKET_DUMP_WRITE);

	dump->word_count = rocket_vm_read(vm, task->regcmd, dump->words,
					  word_count * sizeof(*dump->words)) /
			   sizeof(*dump->words);
	return dump;
}
EXPORT_SYMBOL_IF_KUNIT(rocket_dump_create);

VISIBLE_IF_KUNIT void rocket_dump_print(struct rocket_core *core, const struct rocket_dump *dump,
					struct drm_printer *p)
{
	const struct rocket_hw_state *state = &dump->state;

	drm_printf(p, "rocket-dump: %u\n", ROCKET_DUMP_VERSION);
	drm_printf(p, "kernel: %s\n", init_utsname()->release);
	drm_printf(p, "compatible: %pOFc\n", core->dev->of_node);
	drm_printf(p, "device: %s\n", dev_name(core->dev));
	drm_printf(p, "core: %u\n", core->index);
	drm_printf(p, "core-version: %#010x\n", core->version);
	drm_printf(p, "time: %lld.%09ld\n", (s64)dump->time.tv_sec, dump->time.tv_nsec);
	drm_printf(p, "reason: %s\n", rocket_dump_reasons[dump->trouble]);
	drm_printf(p, "missed: %u\n", dump->missed);
	drm_printf(p, "client: %llu\n", dump->client);
	drm_printf(p, "pid: %d\n", dump->pid);
	drm_printf(p, "comm: %*pE\n", (int)strnlen(dump->comm, sizeof(dump->comm)), dump->comm);
	drm_printf(p, "task: %u\n", dump->task);
	drm_printf(p, "tasks: %u\n", dump->task_count);
	drm_printf(p, "events: %#010x\n", state->raw);
	drm_printf(p, "events-enabled: %#010x\n", state->mask);
	drm_printf(p, "task-status: %#010x\n", state->task_status);
	drm_printf(p, "cna-status: %#010x\n", state->cna_status);
	drm_printf(p, "core-status: %#010x\n", state->core_status);
	if (dump->trouble == ROCKET_TROUBLE_IOMMU)
		drm_printf(p, "fault: %s %#010lx\n", dump->fault_write ? "write" : "read",
			   dump->fault_iova);
	for (unsigned int i = 0; i < dump->object_count; i++)
		drm_printf(p, "object: %#010llx %llu %s\n", dump->objects[i].iova,
			   dump->objects[i].size, rocket_dump_uses[dump->uses[i]]);
	drm_printf(p, "stream: %#010x %u\n", dump->stream.regcmd, dump->stream.count);
	drm_printf(p, "words: %u\n", dump->word_count);
	for (unsigned int i = 0; i < dump->word_count; i++)
		drm_printf(p, "0x%016llx\n", le64_to_cpu(dump->words[i]));
}
EXPORT_SYMBOL_IF_KUNIT(rocket_dump_print);

/* Return: length of the text; @text is NULL to learn it. */
static size_t rocket_dump_render(struct rocket_core *core, const struct rocket_dump *dump,
				 void *text, size_t size)
{
	struct drm_print_iterator iter = { .data = text, .remain = size };
	struct drm_printer p = drm_coredump_printer(&iter);

	rocket_dump_print(core, dump, &p);
	return size - iter.remain;
}

/* Another dump would be dropped, and nobody told. */
static bool rocket_dump_is_pending(struct rocket_core *core)
{
	struct kernfs_node *link = sysfs_get_dirent(core->dev->kobj.sd, "devcoredump");

	sysfs_put(link);
	return link;
}

static bool rocket_dump_publish(struct rocket_core *core, struct rocket_dump *dump)
{
	size_t size;
	void *text;

	if (rocket_dump_is_pending(core))
		return false;

	dump->missed = atomic_read(&core->dumps_missed);
	size = rocket_dump_render(core, dump, NULL, INT_MAX);
	text = vmalloc(size);
	if (!text)
		return false;

	rocket_dump_render(core, dump, text, size);
	atomic_sub(dump->missed, &core->dumps_missed);
	dev_coredumpv(core->dev, text, size, GFP_KERNEL);
	return true;
}

static void rocket_dump_work(struct work_struct *work)
{
	struct rocket_core *core = container_of(work, struct rocket_core, dump_work);
	struct rocket_dump *dump = xchg(&core->dump, NULL);

	if (dump && !rocket_dump_publish(core, dump))
		atomic_inc(&core->dumps_missed);
	kvfree(dump);
}

/**
 * rocket_dump_take() - keep what is known of a job that failed
 * @core: the core, whose registers and address space are as they were
 * @job: the job, whose fence is not signalled
 * @trouble: what happened
 * @state: registers of the core
 *
 * Does not wait for memory. Jobs that were stopped for no fault of their own
 * leave no dump.
 */
void rocket_dump_take(struct rocket_core *core, struct rocket_job *job, enum rocket_trouble trouble,
		      const struct rocket_hw_state *state)
{
	struct rocket_dump *dump;

	if (!rocket_dump_reasons[trouble])
		return;

	dump = rocket_dump_create(core, job, trouble, state);
	if (dump && !cmpxchg(&core->dump, NULL, dump)) {
		queue_work(system_dfl_wq, &core->dump_work);
	} else {
		kvfree(dump);
		atomic_inc(&core->dumps_missed);
	}
}
EXPORT_SYMBOL_IF_KUNIT(rocket_dump_take);

/**
 * rocket_dump_init() - prepare for dumps of a core
 * @core: the core
 */
void rocket_dump_init(struct rocket_core *core)
{
	core->dump = NULL;
	atomic_set(&core->dumps_missed, 0);
	INIT_WORK(&core->dump_work, rocket_dump_work);
}

/**
 * rocket_dump_fini() - wait until the last dump is made
 * @core: the core, on which nothing runs any more
 *
 * What was made stays for its readers.
 */
void rocket_dump_fini(struct rocket_core *core)
{
	flush_work(&core->dump_work);
}
