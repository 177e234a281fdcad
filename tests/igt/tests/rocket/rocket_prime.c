// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * TEST: rocket prime
 * Description: Buffers that are shared: with other files, other drivers, and with nobody when
 *   everybody has closed them
 * Category: Core
 * Mega feature: NPU
 * Sub-category: Sharing
 * Test category: uapi
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <drm_mode.h>

#include "igt.h"
#include "dmabuf_sync_file.h"
#include "igt_kmod.h"
#include "igt_vgem.h"
#include "sw_sync.h"
#include "igt_rocket.h"
#include "rocket_jobs.h"

IGT_TEST_DESCRIPTION("Export and import of buffer objects as dma-bufs");

#define LONG_MS		400
#define IDLE_MS		50	/* an idle NPU would have done a job by then */
#define RACE_SECONDS	2

static int fd = -1;

/**
 * SUBTEST: export-flags
 * Description: The flags of an export are those of the descriptor; others are refused
 * Functionality: node.features
 */
static void test_export_flags(void)
{
	struct drm_prime_handle args = { 0 };
	struct rocket_bo bo;

	/* A buffer has one dma-buf: the first export decides. */
	for (unsigned int flags = 0; flags < 4; flags++) {
		rocket_bo_create(fd, SZ_4K, &bo);
		args = (struct drm_prime_handle){ .handle = bo.handle,
						  .flags = (flags & 1 ? DRM_CLOEXEC : 0) |
							   (flags & 2 ? DRM_RDWR : 0),
						  .fd = -1 };
		do_ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &args);
		igt_assert_eq(!!(fcntl(args.fd, F_GETFD) & FD_CLOEXEC), flags & 1);
		igt_assert_eq((fcntl(args.fd, F_GETFL) & O_ACCMODE) == O_RDWR, flags >> 1);
		close(args.fd);
		rocket_bo_destroy(&bo);
	}
	rocket_bo_create(fd, SZ_4K, &bo);
	args = (struct drm_prime_handle){ .handle = bo.handle, .flags = 1 << 12, .fd = -1 };
	do_ioctl_err(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &args, EINVAL);
	args = (struct drm_prime_handle){ .handle = 4711, .fd = -1 };
	do_ioctl_err(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &args, ENOENT);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: export-mmap
 * Description: A mapping of the dma-buf is the buffer, of its size, with the access calls of
 *   dma-bufs
 * Functionality: node.features
 */
static void test_export_mmap(void)
{
	struct rocket_bo bo;
	uint8_t *map;
	int dmabuf;

	rocket_bo_create_mapped(fd, SZ_64K, &bo);
	dmabuf = rocket_bo_export(&bo);
	igt_assert_eq(prime_get_size(dmabuf), SZ_64K);
	map = mmap(NULL, SZ_64K, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	igt_assert(map != MAP_FAILED);
	prime_sync_start(dmabuf, true);
	memset(map, 0x31, SZ_64K);
	prime_sync_end(dmabuf, true);
	igt_assert(rocket_is_filled(&bo, 0x31));
	memset(bo.map, 0x32, SZ_64K);
	rocket_fini(&bo);
	prime_sync_start(dmabuf, false);
	igt_assert_eq(map[SZ_64K - 1], 0x32);
	prime_sync_end(dmabuf, false);
	munmap(map, SZ_64K);
	close(dmabuf);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: self-import-same-file
 * Description: What comes back is the same buffer
 * Functionality: node.features
 */
static void test_self_import_same_file(void)
{
	struct rocket_bo bo;
	int dmabuf;

	rocket_bo_create(fd, SZ_4K, &bo);
	dmabuf = rocket_bo_export(&bo);
	igt_assert_eq_u32(prime_fd_to_handle(fd, dmabuf), bo.handle);
	close(dmabuf);
	rocket_bo_destroy(&bo);
}

/**
 * SUBTEST: self-import-other-file
 * Description: A second client waits for, maps and lists the buffer of the first, and outlives it
 * Functionality: node.features, fence.visible-to-others, job.ordered-by-lists
 */
static void test_self_import_other_file(void)
{
	int first = rocket_open(), second = rocket_open(), dmabuf;
	struct rocket_bo bo, imported, out;
	struct drm_rocket_task minimal;
	struct rocket_kit kit, kit2;

	rocket_kit_init(&kit, first);
	rocket_kit_init(&kit2, second);
	rocket_bo_create(first, SZ_4K, &bo);
	dmabuf = rocket_bo_export(&bo);
	imported = (struct rocket_bo){ .fd = second,
				       .handle = prime_fd_to_handle(second, dmabuf),
				       .size = SZ_4K,
				       .offset = bo.offset };
	close(dmabuf);
	rocket_bo_mmap(&imported);
	rocket_bo_create(second, SZ_4K, &out);

	/* The job of the second file waits for that of the first. */
	rocket_queue_long(&kit, LONG_MS, NULL, &bo);
	minimal = rocket_task_minimal(&kit2);
	rocket_queue_task(&kit2, minimal, &imported, &out);
	igt_assert_eq(__rocket_prep(second, imported.handle, 0), -EBUSY);
	igt_assert(rocket_bo_busy(&out));
	rocket_prep(&out);
	igt_assert(!rocket_bo_busy(&bo));
	rocket_prep(&imported);
	igt_assert(rocket_is_filled(&imported, 1));

	close(first);
	memset(imported.map, 2, SZ_4K);
	rocket_fini(&imported);
	rocket_queue_task(&kit2, minimal, NULL, &imported);
	rocket_prep(&imported);
	igt_assert(rocket_is_filled(&imported, 2));
	munmap(kit.code.map, kit.code.size);
	munmap(imported.map, SZ_4K);
	munmap(kit2.code.map, kit2.code.size);
	close(second);
}

/* Whoever gets memory now must not get that of the dma-buf. */
static void disturb(void)
{
	struct rocket_bo bo;

	for (int i = 0; i < 8; i++) {
		rocket_bo_create_mapped(fd, SZ_1M, &bo);
		memset(bo.map, 0xee, SZ_1M);
		rocket_fini(&bo);
		rocket_bo_destroy(&bo);
	}
}

/* The file is closed first, then the dma-buf; with a job that still writes, or without. */
static void check_outlives(bool running)
{
	int file = rocket_open(), dmabuf, fence;
	struct rocket_bo bo, view = { .fd = fd };
	struct rocket_kit kit;
	int8_t *map;

	rocket_kit_init(&kit, file);
	rocket_bo_create(file, SZ_64K, &bo);
	dmabuf = rocket_bo_export(&bo);
	if (running)
		rocket_queue_long(&kit, LONG_MS, NULL, &bo);
	else
		rocket_queue_fill(&kit, &bo, 1);
	fence = dmabuf_export_sync_file(dmabuf, DMA_BUF_SYNC_READ);
	munmap(kit.code.map, kit.code.size);
	close(file);
	disturb();
	igt_assert_eq(sync_fence_wait(fence, ROCKET_PATIENCE_MS), 0);
	igt_assert_eq(sync_fence_status(fence), 1);
	close(fence);
	map = mmap(NULL, SZ_64K, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	igt_assert(map != MAP_FAILED);
	/* Only a file can see to it that the CPU reads what the NPU wrote. */
	view.handle = prime_fd_to_handle(fd, dmabuf);
	rocket_prep(&view);
	for (int i = 0; i < SZ_64K; i++)
		igt_assert_eq(map[i], 1);
	memset(map, 2, SZ_64K);
	rocket_fini(&view);
	gem_close(fd, view.handle);
	munmap(map, SZ_64K);
	close(dmabuf);
	disturb();
}

/**
 * SUBTEST: export-outlives-fd
 * Description: A dma-buf keeps its contents when the file that made it is closed, and can be closed
 *   last
 * Functionality: close.exports
 */
static void test_export_outlives_fd(void)
{
	check_outlives(false);
}

/**
 * SUBTEST: export-outlives-fd-running
 * Description: A job that writes a dma-buf completes though its file was closed
 * Functionality: close.exports, close.running
 */
static void test_export_outlives_fd_running(void)
{
	check_outlives(true);
}

static struct {
	volatile bool stop;
	volatile uint32_t handle;
	int dmabuf;
	unsigned int good, bad;
} race;

static void *export_again(void *arg)
{
	(void)arg;
	while (!race.stop) {
		struct drm_prime_handle args = { .handle = race.handle,
						 .flags = DRM_CLOEXEC,
						 .fd = -1 };

		if (igt_ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &args)) {
			igt_assert_eq(errno, ENOENT);
			race.bad++;
			continue;
		}
		igt_assert_eq(prime_get_size(args.fd), SZ_4K);
		close(args.fd);
		race.good++;
	}
	return NULL;
}

/**
 * SUBTEST: export-vs-close-race
 * Description: A handle that is closed while it is exported gives a dma-buf or an error
 * Functionality: create.close
 */
static void test_export_vs_close_race(void)
{
	pthread_t threads[2];

	memset(&race, 0, sizeof(race));
	for (unsigned int i = 0; i < ARRAY_SIZE(threads); i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, export_again, NULL), 0);
	igt_until_timeout(RACE_SECONDS) {
		struct drm_rocket_create_bo args = { 0 };

		igt_assert_eq(__rocket_create_bo(fd, SZ_4K, &args), 0);
		race.handle = args.handle;
		if (rand() % 2)
			usleep(rand() % 200);
		gem_close(fd, args.handle);
	}
	race.stop = true;
	for (unsigned int i = 0; i < ARRAY_SIZE(threads); i++)
		pthread_join(threads[i], NULL);
	igt_info("%u exported, %u too late\n", race.good, race.bad);
	igt_assert_lt(0, race.good);
}

static void *import_again(void *arg)
{
	struct drm_gem_close args = { 0 };
	uint32_t handle;

	(void)arg;
	while (!race.stop) {
		igt_assert_eq(__prime_fd_to_handle(fd, race.dmabuf, &handle), 0);
		args.handle = handle;
		/* The other thread may have closed the same number. */
		if (igt_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &args)) {
			igt_assert_eq(errno, EINVAL);
			race.bad++;
		} else {
			race.good++;
		}
	}
	return NULL;
}

/**
 * SUBTEST: import-vs-close-race
 * Description: A dma-buf that is imported while its handle is closed gives a handle that works or
 *   is closed
 * Functionality: create.close
 */
static void test_import_vs_close_race(void)
{
	pthread_t threads[4];
	struct rocket_bo bo;
	int other = rocket_open();

	memset(&race, 0, sizeof(race));
	rocket_bo_create_mapped(other, SZ_4K, &bo);
	memset(bo.map, 3, SZ_4K);
	race.dmabuf = rocket_bo_export(&bo);
	for (unsigned int i = 0; i < ARRAY_SIZE(threads); i++)
		igt_assert_eq(pthread_create(&threads[i], NULL, import_again, NULL), 0);
	sleep(RACE_SECONDS);
	race.stop = true;
	for (unsigned int i = 0; i < ARRAY_SIZE(threads); i++)
		pthread_join(threads[i], NULL);
	igt_info("%u closed, %u too late\n", race.good, race.bad);
	igt_assert_lt(0, race.good);
	close(race.dmabuf);
	igt_assert(rocket_is_filled(&bo, 3));
	rocket_bo_destroy(&bo);
	close(other);
}

static void check_import_refused(int dmabuf)
{
	uint32_t handle = 0;

	igt_assert_eq(__prime_fd_to_handle(fd, dmabuf, &handle), -EINVAL);
	igt_assert_eq_u32(handle, 0);
}

static int open_vgem(void)
{
	igt_kmod_load("vgem", NULL);
	for (int i = 0; i < 16; i++) {
		char path[32], name[16] = "";
		int vgem;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		vgem = open(path, O_RDWR | O_CLOEXEC);
		if (vgem < 0)
			continue;
		if (!__get_drm_device_name(vgem, name, sizeof(name) - 1) && !strcmp(name, "vgem"))
			return vgem;
		close(vgem);
	}
	igt_skip("the kernel has no vgem (CONFIG_DRM_VGEM)\n");
}

/**
 * SUBTEST: import-foreign
 * Description: A buffer of another driver is refused, not half imported
 * Functionality: node.own-buffers-only
 */
static void test_import_foreign(void)
{
	struct vgem_bo bo = { .width = 64, .height = 64, .bpp = 32 };
	int vgem = open_vgem(), dmabuf;

	vgem_create(vgem, &bo);
	dmabuf = prime_handle_to_fd(vgem, bo.handle);
	check_import_refused(dmabuf);
	close(dmabuf);
	close(vgem);
}

/**
 * SUBTEST: import-bad-fd
 * Description: What is no dma-buf is refused
 * Functionality: node.own-buffers-only
 */
static void test_import_bad_fd(void)
{
	uint32_t handle = 0;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), closed = dup(null);

	close(closed);
	igt_assert_eq(__prime_fd_to_handle(fd, null, &handle), -EINVAL);
	igt_assert_eq(__prime_fd_to_handle(fd, fd, &handle), -EINVAL);
	igt_assert_eq(__prime_fd_to_handle(fd, closed, &handle), -EBADF);
	igt_assert_eq(__prime_fd_to_handle(fd, -1, &handle), -EBADF);
	igt_assert_eq_u32(handle, 0);
	close(null);
}

/**
 * SUBTEST: import-udmabuf
 * Description: Memory of a process is refused, not half imported
 * Functionality: node.own-buffers-only
 */
static void test_import_udmabuf(void)
{
	struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = SZ_64K };
	int device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), dmabuf;

	igt_require_f(device >= 0, "/dev/udmabuf is needed\n");
	create.memfd = memfd_create("rocket", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	igt_assert_fd((int)create.memfd);
	igt_assert_eq(ftruncate(create.memfd, SZ_64K), 0);
	igt_assert_eq(fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	dmabuf = ioctl(device, UDMABUF_CREATE, &create);
	igt_assert_fd(dmabuf);
	check_import_refused(dmabuf);
	close(dmabuf);
	close(create.memfd);
	close(device);
}

/**
 * SUBTEST: import-heap
 * Description: Memory of the system's heap is refused, not half imported
 * Functionality: node.own-buffers-only
 */
static void test_import_heap(void)
{
	struct dma_heap_allocation_data args = { .len = SZ_64K, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);

	igt_require_f(heap >= 0, "/dev/dma_heap/system is needed\n");
	do_ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &args);
	check_import_refused(args.fd);
	close(args.fd);
	close(heap);
}

/**
 * SUBTEST: export-to-vgem
 * Description: Another driver imports our buffer: jobs wait for what it does there, and it hands out
 *   the same buffer, in which others see what the NPU wrote
 * Functionality: node.features, fence.visible-to-others
 */
static void test_export_to_vgem(void)
{
	int vgem = open_vgem(), dmabuf, again;
	struct vgem_bo theirs = { 0 };
	struct rocket_kit kit;
	struct rocket_bo bo;
	uint32_t fence;
	uint8_t *map;

	rocket_kit_init(&kit, fd);
	rocket_bo_create(fd, SZ_64K, &bo);
	dmabuf = rocket_bo_export(&bo);
	theirs.handle = prime_fd_to_handle(vgem, dmabuf);
	fence = vgem_fence_attach(vgem, &theirs, VGEM_FENCE_WRITE);
	rocket_queue_fill(&kit, &bo, 0x41);
	igt_assert(rocket_bo_busy(&bo));
	again = prime_handle_to_fd(vgem, theirs.handle);
	map = mmap(NULL, SZ_64K, PROT_READ, MAP_SHARED, again, 0);
	igt_assert(map != MAP_FAILED);
	usleep(IDLE_MS * 1000);
	igt_assert(rocket_is_zero(map, SZ_64K));
	vgem_fence_signal(vgem, fence);
	rocket_prep(&bo);
	for (int i = 0; i < SZ_64K; i++)
		igt_assert_eq(map[i], 0x41);
	munmap(map, SZ_64K);
	gem_close(vgem, theirs.handle);
	close(again);
	close(dmabuf);
	close(vgem);
	rocket_bo_destroy(&bo);
	rocket_kit_fini(&kit);
}

/* Another output keeps the job from starting: what its buffers tell comes from nobody else. */
struct held {
	struct rocket_kit kit;
	struct rocket_bo in, out, gated;
	int gate;
};

static void hold_job(struct held *h)
{
	struct drm_rocket_task task;
	struct drm_rocket_job job;
	uint32_t outs[2];

	rocket_kit_init(&h->kit, fd);
	rocket_bo_create(fd, SZ_4K, &h->in);
	rocket_bo_create(fd, SZ_4K, &h->out);
	rocket_bo_create(fd, SZ_4K, &h->gated);
	h->gate = rocket_gate_shut(&h->kit, &h->gated);
	outs[0] = h->out.handle;
	outs[1] = h->gated.handle;
	task = rocket_task_minimal(&h->kit);
	rocket_job_init(&job, &task, 1, &h->in.handle, 1, outs, 2);
	rocket_kit_flush(&h->kit);
	rocket_submit(fd, &job, 1);
}

static void held_fini(struct held *h)
{
	rocket_bo_destroy(&h->gated);
	rocket_bo_destroy(&h->out);
	rocket_bo_destroy(&h->in);
	rocket_kit_fini(&h->kit);
}

/**
 * SUBTEST: sync-file-export-import
 * Description: Fences of jobs come out of a dma-buf as readers and writers, and foreign ones that
 *   go in are waited for
 * Functionality: fence.read-write, prep.waits
 */
static void test_sync_file_export_import(void)
{
	int dmabuf, timeline, foreign, fence, in_readers, in_writers;
	bool busy, busy_writers, busy_readers;
	struct held h;

	hold_job(&h);
	fence = rocket_bo_export_fence(&h.out, DMA_BUF_SYNC_READ);
	in_writers = rocket_bo_export_fence(&h.in, DMA_BUF_SYNC_READ);
	in_readers = rocket_bo_export_fence(&h.in, DMA_BUF_SYNC_WRITE);
	busy = sync_file_busy(fence);
	busy_writers = sync_file_busy(in_writers);
	busy_readers = sync_file_busy(in_readers);
	rocket_gate_open(h.gate);
	igt_assert(busy);
	igt_assert(!busy_writers);
	igt_assert(busy_readers);
	igt_assert_eq(sync_fence_wait(fence, ROCKET_PATIENCE_MS), 0);
	igt_assert_eq(sync_fence_wait(in_readers, ROCKET_PATIENCE_MS), 0);
	igt_assert_eq(sync_fence_status(fence), 1);
	close(fence);
	close(in_writers);
	close(in_readers);

	igt_require_sw_sync();
	timeline = sw_sync_timeline_create();
	foreign = sw_sync_timeline_create_fence(timeline, 1);
	dmabuf = rocket_bo_export(&h.out);
	dmabuf_import_sync_file(dmabuf, DMA_BUF_SYNC_WRITE, foreign);
	igt_assert_eq(__rocket_prep(fd, h.out.handle, 0), -EBUSY);
	igt_assert(dmabuf_busy(dmabuf, DMA_BUF_SYNC_READ));
	sw_sync_timeline_inc(timeline, 1);
	rocket_prep(&h.out);
	close(foreign);
	close(timeline);
	close(dmabuf);
	held_fini(&h);
}

static int poll_for(int dmabuf, short events, int timeout_ms)
{
	struct pollfd pfd = { .fd = dmabuf, .events = events };

	return poll(&pfd, 1, timeout_ms);
}

/**
 * SUBTEST: dmabuf-poll
 * Description: Polling a dma-buf waits for its writers to read it, and for all its users to write
 *   it
 * Functionality: fence.read-write, fence.visible-to-others
 */
static void test_dmabuf_poll(void)
{
	int in_buf, out_buf, ready[4];
	struct held h;

	hold_job(&h);
	in_buf = rocket_bo_export(&h.in);
	out_buf = rocket_bo_export(&h.out);
	ready[0] = poll_for(out_buf, POLLIN, 0);
	ready[1] = poll_for(out_buf, POLLOUT, 0);
	ready[2] = poll_for(in_buf, POLLIN, 0);
	ready[3] = poll_for(in_buf, POLLOUT, 0);
	rocket_gate_open(h.gate);
	igt_assert_eq(ready[0], 0);
	igt_assert_eq(ready[1], 0);
	igt_assert_eq(ready[2], 1);
	igt_assert_eq(ready[3], 0);
	igt_assert_eq(poll_for(out_buf, POLLIN, ROCKET_PATIENCE_MS), 1);
	igt_assert_eq(poll_for(in_buf, POLLOUT, ROCKET_PATIENCE_MS), 1);
	igt_assert_eq(poll_for(out_buf, POLLOUT, ROCKET_PATIENCE_MS), 1);
	close(in_buf);
	close(out_buf);
	held_fini(&h);
}

/**
 * SUBTEST: module-pinned
 * Description: While somebody has a dma-buf of it the module stays
 * Functionality: close.exports
 */
static void test_module_pinned(void)
{
	struct rocket_bo bo;
	int dmabuf, err;

	igt_require_f(!geteuid() && igt_kmod_is_loaded("rocket"),
		      "root and the driver as a module are needed\n");
	rocket_bo_create(fd, SZ_4K, &bo);
	dmabuf = rocket_bo_export(&bo);
	close(fd);
	err = igt_kmod_unload("rocket");
	igt_assert(err == -EWOULDBLOCK || err == -EBUSY);
	igt_assert_eq(prime_get_size(dmabuf), SZ_4K);
	close(dmabuf);
	igt_assert(igt_wait(!igt_kmod_unload("rocket"), ROCKET_PATIENCE_MS, 20));
	fd = rocket_open();
	rocket_check_fill(fd, 1);
}

static const struct {
	const char *name;
	const char *why;
	void (*run)(void);
} subtests[] = {
	{ "export-flags", "Flags of a descriptor", test_export_flags },
	{ "export-mmap", "Another way to map a buffer", test_export_mmap },
	{ "self-import-same-file", "There and back", test_self_import_same_file },
	{ "self-import-other-file", "Two clients, one buffer", test_self_import_other_file },
	{ "export-outlives-fd", "The file goes first", test_export_outlives_fd },
	{ "export-outlives-fd-running", "The file goes first, while a job writes",
	  test_export_outlives_fd_running },
	{ "export-vs-close-race", "Exporting and closing at once", test_export_vs_close_race },
	{ "import-vs-close-race", "Importing and closing at once", test_import_vs_close_race },
	{ "import-foreign", "Buffers of another driver", test_import_foreign },
	{ "import-bad-fd", "No dma-buf at all", test_import_bad_fd },
	{ "import-udmabuf", "Memory of a process", test_import_udmabuf },
	{ "import-heap", "Memory of the system's heap", test_import_heap },
	{ "export-to-vgem", "Another driver reads our buffer", test_export_to_vgem },
	{ "sync-file-export-import", "Fences leave and enter a dma-buf",
	  test_sync_file_export_import },
	{ "dmabuf-poll", "Waiting without the driver's requests", test_dmabuf_poll },
	{ "module-pinned", "A dma-buf keeps the module", test_module_pinned },
};

int igt_main()
{
	static struct rocket_health health;

	igt_fixture() {
		fd = rocket_open();
		rocket_health_begin(&health);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(subtests); i++) {
		igt_describe(subtests[i].why);
		igt_subtest(subtests[i].name)
			subtests[i].run();
	}

	igt_fixture() {
		close(fd);
		rocket_health_end(&health);
	}
}
