// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Helpers for tests of the rocket driver
 *
 * igt opens DRM nodes below /dev/dri only; this opens the accel node by its driver's name, and
 * looks into debugfs below accel, because the minor 0 of an accel node is not card 0.
 */
#include <fcntl.h>
#include <glob.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "igt.h"
#include "dmabuf_sync_file.h"
#include "igt_kmod.h"
#include "igt_taints.h"

#include "igt_rocket.h"
#include "rocket_jobs.h"

#define NODES_MAX	16
#define SHMEM_SLACK	SZ_16K	/* of others: what a program prints may go to a file on tmpfs */

static char node[64];

/* The node */

/**
 * __rocket_open() - open the node of the driver
 * @flags: of open(2)
 *
 * Return: file descriptor, or a negative errno; -ENODEV when no node is of this driver.
 */
int __rocket_open(int flags)
{
	for (int i = 0; i < NODES_MAX; i++) {
		char path[sizeof(node)], name[16] = "";
		int fd, err;

		snprintf(path, sizeof(path), "/dev/accel/accel%d", i);
		fd = open(path, flags | O_CLOEXEC);
		err = -errno;
		if (fd < 0 && err != -ENOENT && !strcmp(node, path))
			return err;
		if (fd < 0)
			continue;
		if (!__get_drm_device_name(fd, name, sizeof(name) - 1) && !strcmp(name, "rocket")) {
			snprintf(node, sizeof(node), "%s", path);
			return fd;
		}
		close(fd);
	}
	return -ENODEV;
}

/**
 * rocket_open() - open the node, or skip
 *
 * Tries to load the module when there is no node.
 *
 * Return: file descriptor.
 */
int rocket_open(void)
{
	int fd = __rocket_open(O_RDWR);

	if (fd == -ENODEV && !igt_kmod_load("rocket", NULL)) {
		for (int i = 0; i < 50 && fd == -ENODEV; i++) {
			usleep(20000);
			fd = __rocket_open(O_RDWR);
		}
	}
	igt_require_f(fd >= 0, "no accel node of the driver rocket: %s\n", strerror(-fd));
	return fd;
}

/**
 * rocket_node() - path of the node that was opened last
 *
 * Return: the path; empty when none was opened.
 */
const char *rocket_node(void)
{
	return node;
}

/**
 * rocket_timeout_ms() - the time limit of jobs
 *
 * Return: milliseconds without progress.
 */
unsigned int rocket_timeout_ms(void)
{
	unsigned int ms = ROCKET_TIMEOUT_MS;
	FILE *f = fopen("/sys/module/rocket/parameters/timeout_ms", "r");

	if (f) {
		if (fscanf(f, "%u", &ms) != 1)
			ms = ROCKET_TIMEOUT_MS;
		fclose(f);
	}
	return ms;
}

/* Buffers */

size_t rocket_page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

/**
 * __rocket_create_bo() - DRM_IOCTL_ROCKET_CREATE_BO
 * @fd: file
 * @size: bytes
 * @args: what the kernel left in the structure, also after a failure
 *
 * Return: 0 or a negative errno.
 */
int __rocket_create_bo(int fd, uint32_t size, struct drm_rocket_create_bo *args)
{
	args->size = size;
	return igt_ioctl(fd, DRM_IOCTL_ROCKET_CREATE_BO, args) ? -errno : 0;
}

/**
 * rocket_bo_create() - make a buffer without a CPU mapping
 * @fd: file
 * @size: bytes
 * @bo: the buffer
 */
void rocket_bo_create(int fd, size_t size, struct rocket_bo *bo)
{
	struct drm_rocket_create_bo args = { 0 };

	igt_assert_eq(__rocket_create_bo(fd, size, &args), 0);
	igt_assert_neq_u32(args.handle, 0);
	igt_assert_lt_u64(args.dma_address, SZ_4G);
	*bo = (struct rocket_bo){
		.fd = fd,
		.handle = args.handle,
		.size = size,
		.iova = args.dma_address,
		.offset = args.offset,
	};
}

/**
 * rocket_bo_mmap() - map a buffer for the CPU
 * @bo: the buffer
 *
 * Return: the mapping, also in @bo.
 */
void *rocket_bo_mmap(struct rocket_bo *bo)
{
	void *map = mmap(NULL, bo->size, PROT_READ | PROT_WRITE, MAP_SHARED, bo->fd, bo->offset);

	igt_assert_f(map != MAP_FAILED, "mmap: %s\n", strerror(errno));
	bo->map = map;
	return map;
}

void rocket_bo_create_mapped(int fd, size_t size, struct rocket_bo *bo)
{
	rocket_bo_create(fd, size, bo);
	rocket_bo_mmap(bo);
}

void rocket_bo_close_handle(struct rocket_bo *bo)
{
	gem_close(bo->fd, bo->handle);
	bo->handle = 0;
}

void rocket_bo_unmap(struct rocket_bo *bo)
{
	igt_assert_eq(munmap(bo->map, bo->size), 0);
	bo->map = NULL;
}

/**
 * rocket_bo_destroy() - unmap a buffer and close its handle
 * @bo: the buffer; what is gone already is left out
 */
void rocket_bo_destroy(struct rocket_bo *bo)
{
	if (bo->map)
		rocket_bo_unmap(bo);
	if (bo->handle)
		rocket_bo_close_handle(bo);
}

/**
 * rocket_bo_export() - export a buffer for reading and writing
 * @bo: the buffer
 *
 * Return: file descriptor of the dma-buf.
 */
int rocket_bo_export(const struct rocket_bo *bo)
{
	int dmabuf = prime_handle_to_fd_for_mmap(bo->fd, bo->handle);

	igt_assert_fd(dmabuf);
	return dmabuf;
}

/**
 * rocket_bo_export_fence() - get what a buffer waits for
 * @bo: the buffer
 * @flags: DMA_BUF_SYNC_READ: its writers; DMA_BUF_SYNC_WRITE: all its users
 *
 * Return: file descriptor of a sync file.
 */
int rocket_bo_export_fence(const struct rocket_bo *bo, uint32_t flags)
{
	int dmabuf = rocket_bo_export(bo);
	int fence = dmabuf_export_sync_file(dmabuf, flags);

	close(dmabuf);
	return fence;
}

bool rocket_is_zero(const void *data, size_t bytes)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < bytes; i++) {
		if (byte[i])
			return false;
	}
	return true;
}

/* CPU access */

int64_t rocket_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)NSEC_PER_SEC + now.tv_nsec;
}

/**
 * rocket_deadline_ms() - a deadline as PREP takes it
 * @ms: milliseconds from now, negative for the past
 *
 * Return: nanoseconds of CLOCK_MONOTONIC.
 */
int64_t rocket_deadline_ms(int ms)
{
	return rocket_now_ns() + ms * INT64_C(1000000);
}

int __rocket_prep(int fd, uint32_t handle, int64_t deadline_ns)
{
	struct drm_rocket_prep_bo args = { .handle = handle, .timeout_ns = deadline_ns };

	return igt_ioctl(fd, DRM_IOCTL_ROCKET_PREP_BO, &args) ? -errno : 0;
}

int __rocket_fini(int fd, uint32_t handle)
{
	struct drm_rocket_fini_bo args = { .handle = handle };

	return igt_ioctl(fd, DRM_IOCTL_ROCKET_FINI_BO, &args) ? -errno : 0;
}

/**
 * rocket_prep() - begin CPU access
 * @bo: the buffer
 *
 * Fails when the buffer stays busy for ROCKET_PATIENCE_MS.
 */
void rocket_prep(const struct rocket_bo *bo)
{
	igt_assert_eq(__rocket_prep(bo->fd, bo->handle, rocket_deadline_ms(ROCKET_PATIENCE_MS)), 0);
}

void rocket_fini(const struct rocket_bo *bo)
{
	igt_assert_eq(__rocket_fini(bo->fd, bo->handle), 0);
}

bool rocket_bo_busy(const struct rocket_bo *bo)
{
	int ret = __rocket_prep(bo->fd, bo->handle, 0);

	igt_assert_f(!ret || ret == -EBUSY, "a poll ended with %d\n", ret);
	return ret;
}

/* Submission */

int __rocket_submit_args(int fd, struct drm_rocket_submit *args)
{
	return igt_ioctl(fd, DRM_IOCTL_ROCKET_SUBMIT, args) ? -errno : 0;
}

int __rocket_submit(int fd, const struct drm_rocket_job *jobs, uint32_t count)
{
	struct drm_rocket_submit args = {
		.jobs = to_user_pointer(jobs),
		.job_count = count,
		.job_struct_size = sizeof(*jobs),
	};

	return __rocket_submit_args(fd, &args);
}

void rocket_submit(int fd, const struct drm_rocket_job *jobs, uint32_t count)
{
	igt_assert_eq(__rocket_submit(fd, jobs, count), 0);
}

void rocket_job_init(struct drm_rocket_job *job, const struct drm_rocket_task *tasks,
		     uint32_t task_count, const uint32_t *in, uint32_t in_count,
		     const uint32_t *out, uint32_t out_count)
{
	*job = (struct drm_rocket_job){
		.tasks = to_user_pointer(tasks),
		.task_count = task_count,
		.task_struct_size = sizeof(*tasks),
		.in_bo_handles = to_user_pointer(in),
		.in_bo_handle_count = in_count,
		.out_bo_handles = to_user_pointer(out),
		.out_bo_handle_count = out_count,
	};
}

/* What the kernel shows of itself */

/*
 * The directory has the device's unique name. Not asked for with DRM_IOCTL_GET_UNIQUE: Linux 7.2
 * crashes when that comes for an accel node.
 */
static FILE *open_cores(void)
{
	glob_t paths;
	FILE *f = NULL;

	errno = ENOENT;
	if (!glob("/sys/kernel/debug/accel/*/cores", 0, NULL, &paths))
		f = fopen(paths.gl_pathv[0], "r");
	globfree(&paths);
	return f;
}

/**
 * __rocket_read_cores() - read the driver's debugfs file
 * @cores: ROCKET_CORES_MAX elements, in the order of the file
 *
 * Return: number of cores, or a negative errno.
 */
int __rocket_read_cores(struct rocket_core_state *cores)
{
	FILE *f = open_cores();
	unsigned int count = 0;
	char line[512];

	if (!f)
		return -errno;
	while (count < ROCKET_CORES_MAX && fgets(line, sizeof(line), f)) {
		struct rocket_core_state *c = &cores[count];

		if (sscanf(line,
			   "core%u %63[^:]: %15s queue=%" SCNu64 " task=%*u/%*u jobs=%" SCNu64
			   " tasks=%" SCNu64 " irqs=%" SCNu64 " attaches=%" SCNu64
			   " timeouts=%" SCNu64 " faults=%" SCNu64 " resets=%" SCNu64
			   " busy_ns=%" SCNu64,
			   &c->index, c->device, c->state, &c->queue, &c->jobs, &c->tasks, &c->irqs,
			   &c->attaches, &c->timeouts, &c->faults, &c->resets, &c->busy_ns) == 12)
			count++;
	}
	fclose(f);
	return count;
}

/**
 * rocket_read_cores() - read the driver's debugfs file, or skip
 * @cores: ROCKET_CORES_MAX elements
 *
 * Return: number of cores, at least 1.
 */
unsigned int rocket_read_cores(struct rocket_core_state *cores)
{
	int count = __rocket_read_cores(cores);

	igt_require_f(count > 0, "the driver's debugfs file is needed: %s\n", strerror(-count));
	return count;
}

/**
 * rocket_sum_cores() - add up one counter of all cores, or skip
 * @offset: of the counter in struct rocket_core_state; see rocket_core_sum()
 *
 * Return: the sum.
 */
uint64_t rocket_sum_cores(size_t offset)
{
	struct rocket_core_state cores[ROCKET_CORES_MAX];
	unsigned int count = rocket_read_cores(cores);
	uint64_t sum = 0;

	for (unsigned int i = 0; i < count; i++)
		sum += *(const uint64_t *)((const char *)&cores[i] + offset);
	return sum;
}

/* Health */

/**
 * rocket_shmem_bytes() - memory of all shared kinds, buffers of the driver among them
 *
 * Each processor counts some pages before it tells the others, unless root asks.
 *
 * Return: bytes.
 */
uint64_t rocket_shmem_bytes(void)
{
	int refresh = open("/proc/sys/vm/stat_refresh", O_RDONLY | O_CLOEXEC);
	uint64_t kib = 0;
	char line[128];
	FILE *f;

	if (refresh >= 0) {
		igt_assert_lte(0, read(refresh, line, sizeof(line)));
		close(refresh);
	}
	f = fopen("/proc/meminfo", "r");

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Shmem: %" SCNu64, &kib) == 1)
			break;
	}
	fclose(f);
	return kib * 1024;
}

/**
 * rocket_health_begin() - remember how it was
 * @health: for rocket_health_end()
 */
void rocket_health_begin(struct rocket_health *health)
{
	igt_kernel_tainted(&health->tainted);
	health->shmem = rocket_shmem_bytes();
}

/**
 * rocket_health_end() - all cores work, nothing is lost, the kernel has not complained
 * @health: from rocket_health_begin()
 *
 * To be called when the program has closed its files.
 */
void rocket_health_end(const struct rocket_health *health)
{
	unsigned long tainted;
	int fd = __rocket_open(O_RDWR);

	igt_assert_f(fd >= 0, "the node is gone: %s\n", strerror(-fd));
	rocket_check_all_cores(fd);
	close(fd);

	/* Only of mistakes: sw_sync and modules taint too. */
	igt_assert_f(!igt_kernel_tainted(&tainted) || tainted == health->tainted,
		     "the kernel's taint went from %#lx to %#lx\n", health->tainted, tainted);
	igt_assert_f(igt_wait(rocket_shmem_bytes() <= health->shmem + SHMEM_SLACK,
			      ROCKET_PATIENCE_MS, 20),
		     "buffers are left behind: %" PRIu64 " bytes of shared memory, %" PRIu64
		     " at the beginning\n",
		     rocket_shmem_bytes(), health->shmem);
}
