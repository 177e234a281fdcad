/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Recorded runs
 *
 * Loads what others recorded (capture.json and the memory beside it) into a sparse address space
 * and runs its tasks on the model, the way a driver does. Only recorded buffers are mapped: any
 * other address is a fault that the caller sees.
 */
#ifndef CROSS_CAPTURE_H
#define CROSS_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <model/npu.h>

#define CAPTURE_PAGE_BYTES 4096	/* buffers are mapped in whole pages, as an IOMMU does */

/**
 * struct capture_buffer - one piece of device memory
 * @name: file name without its suffix, or "boN"
 * @iova: device address
 * @bytes: size the recording gives
 * @mapped: @bytes rounded up to whole pages; the rest is zero
 * @data: contents now, @mapped bytes
 * @recorded: contents as recorded; NULL when they were all zero
 */
struct capture_buffer {
	char name[32];
	uint32_t iova;
	uint32_t bytes;
	uint32_t mapped;
	uint8_t *data;
	uint8_t *recorded;
};

/**
 * struct capture_task - one register program
 * @iova: of its first word
 * @words: length, tail included
 * @int_mask: events that end it
 */
struct capture_task {
	uint32_t iova;
	uint32_t words;
	uint32_t int_mask;
};

/**
 * struct capture_job - tasks submitted together
 * @first: task number
 * @count: tasks
 * @in: number of the buffer that holds the input; UINT32_MAX when the recording does not say
 * @out: number of the buffer that holds the result; UINT32_MAX when the recording does not say
 */
struct capture_job {
	uint32_t first;
	uint32_t count;
	uint32_t in;
	uint32_t out;
};

#define CAPTURE_BUFFERS_MAX 512
#define CAPTURE_TASKS_MAX 128

/**
 * struct capture - a recording and the core that runs it
 * @faults: accesses outside all buffers; @fault_iova is the first one
 * @guest_errors: reports of that kind
 * @unimps: reports of that kind
 * @report: text of the first report
 * @line: level of the interrupt line
 */
struct capture {
	struct capture_buffer buffers[CAPTURE_BUFFERS_MAX];
	size_t n_buffers;
	struct capture_task tasks[CAPTURE_TASKS_MAX];
	size_t n_tasks;
	struct capture_job jobs[CAPTURE_TASKS_MAX];
	size_t n_jobs;
	struct npu *npu;
	unsigned int faults;
	uint32_t fault_iova;
	unsigned int guest_errors;
	unsigned int unimps;
	char report[256];
	bool line;
};

/**
 * capture_folder() - where recordings of a kind are
 * @kind: "full", "mesa", "regcmd" or "rv1103"
 *
 * Return: path in static memory; NULL when it is not there, the cause printed as a TAP comment.
 */
const char *capture_folder(const char *kind);

/**
 * capture_names() - what a folder holds, sorted
 * @folder: path
 * @names: the names, to be freed with golden_list_free()
 * @count: how many
 *
 * Return: 0 or a negative errno.
 */
int capture_names(const char *folder, char ***names, size_t *count);

/**
 * capture_create() - an empty address space and a core in reset state
 * @switches: of the model; NULL for the defaults
 *
 * Return: owned by the caller (capture_destroy()); NULL when memory is out.
 */
struct capture *capture_create(const struct npu_switches *switches);

/**
 * capture_load() - map the buffers of a recording and learn its tasks
 * @c: from capture_create()
 * @dir: folder with capture.json
 *
 * Return: 0; a negative errno, the reason on stderr.
 */
int capture_load(struct capture *c, const char *dir);

/**
 * capture_map() - map a zero-filled buffer
 * @c: capture
 * @name: for reports
 * @iova: device address, rounded down to a page
 * @bytes: size, rounded up so that whole pages are mapped; pages that are mapped already keep their
 * buffer
 *
 * Return: 0; -ENOSPC with too many buffers; -ENOMEM.
 */
int capture_map(struct capture *c, const char *name, uint32_t iova, uint32_t bytes);

/**
 * capture_find() - a buffer by name
 * @c: capture
 * @name: see struct capture_buffer
 *
 * Return: NULL if there is none.
 */
struct capture_buffer *capture_find(struct capture *c, const char *name);

/**
 * capture_at() - memory as the CPU sees it
 * @c: capture
 * @iova: device address
 * @bytes: length
 *
 * Return: NULL unless one buffer holds all of it.
 */
uint8_t *capture_at(struct capture *c, uint32_t iova, size_t bytes);

/**
 * capture_write() - write memory as the CPU
 * @c: capture
 * @iova: device address
 * @from: bytes
 * @bytes: length
 *
 * Return: 0; -EFAULT when not all of it is mapped.
 */
int capture_write(struct capture *c, uint32_t iova, const void *from, size_t bytes);

/**
 * capture_add_task() - one more task to run
 * @c: capture
 * @iova: of its first word
 * @words: length, tail included
 * @int_mask: events that end it
 *
 * Return: 0 or -ENOSPC.
 */
int capture_add_task(struct capture *c, uint32_t iova, uint32_t words, uint32_t int_mask);

/**
 * capture_run() - start a chain of tasks and run it to its interrupt
 * @c: capture
 * @first: number of the first task
 * @count: tasks that the hardware counts; 1 to run them one start each
 *
 * Does what guide section 3.5 says, then steps the core and acknowledges the interrupt.
 *
 * Return: 0; -ETIMEDOUT when the core hangs or goes idle without an interrupt (the core is reset
 * then).
 */
int capture_run(struct capture *c, size_t first, size_t count);

/**
 * capture_run_jobs() - run jobs as the mainline driver does: one start per task
 * @c: capture
 * @first: job number
 * @count: jobs
 *
 * Return: as capture_run().
 */
int capture_run_jobs(struct capture *c, size_t first, size_t count);

/**
 * capture_destroy() - free all
 * @c: capture or NULL
 */
void capture_destroy(struct capture *c);

#endif /* CROSS_CAPTURE_H */
