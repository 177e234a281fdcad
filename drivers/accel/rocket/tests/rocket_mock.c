// SPDX-License-Identifier: GPL-2.0-only
/* Copyright 2026 The rocket authors */

/**
 * DOC: An NPU without hardware
 *
 * Cores whose registers are a &struct rocket_hw_ops, behind an IOMMU that only
 * counts pages. Everything between the ioctls and the registers is the driver's
 * own; tests say when a task ends and how.
 */

#include <kunit/platform_device.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/devcoredump.h>
#include <linux/dma-fence.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/iommu.h>
#include <linux/limits.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include <drm/drm_gem.h>
#include <drm/drm_kunit_helpers.h>

#include "rocket_drv.h"
#include "rocket_gem.h"
#include "rocket_job.h"
#include "rocket_mock.h"
#include "rocket_queue.h"
#include "rocket_sched.h"
#include "rocket_submit.h"
#include "rocket_vm.h"

#define MOCK_NAME	"rocket-mock"

/* Nobody has this interrupt: enabling and disabling it does nothing. */
#define MOCK_IRQ	INT_MAX

/* Any but 0, which says that it was never read. */
#define MOCK_VERSION	0x1234

/* Longer than anything takes, shorter than people wait. */
#define MOCK_WAIT_MS	5000

/* Time in which a job that must not start would have started. */
#define MOCK_QUIET_MS	30

static atomic_long_t mock_mapped;
static unsigned int mock_map_left;

static int mock_attach(struct iommu_domain *domain, struct device *dev, struct iommu_domain *old)
{
	return 0;
}

static int mock_map_pages(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
			  size_t pgsize, size_t pgcount, int prot, gfp_t gfp, size_t *mapped)
{
	if (mock_map_left && pgcount >= mock_map_left) {
		mock_map_left = 0;
		return -ENOMEM;
	}
	if (mock_map_left)
		mock_map_left -= pgcount;
	atomic_long_add(pgcount, &mock_mapped);
	*mapped = pgsize * pgcount;
	return 0;
}

static size_t mock_unmap_pages(struct iommu_domain *domain, unsigned long iova, size_t pgsize,
			       size_t pgcount, struct iommu_iotlb_gather *gather)
{
	atomic_long_sub(pgcount, &mock_mapped);
	return pgsize * pgcount;
}

static phys_addr_t mock_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	return 0;
}

static void mock_domain_free(struct iommu_domain *domain)
{
	kfree(domain);
}

static const struct iommu_domain_ops mock_paging_ops = {
	.attach_dev = mock_attach,
	.map_pages = mock_map_pages,
	.unmap_pages = mock_unmap_pages,
	.iova_to_phys = mock_iova_to_phys,
	.free = mock_domain_free,
};

static const struct iommu_domain_ops mock_identity_ops = {
	.attach_dev = mock_attach,
};

static struct iommu_domain mock_identity_domain = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &mock_identity_ops,
};

static struct iommu_device mock_iommu;

static struct iommu_domain *mock_domain_alloc(struct device *dev)
{
	struct iommu_domain *domain = kzalloc_obj(*domain);

	if (!domain)
		return NULL;

	domain->ops = &mock_paging_ops;
	/* One size, so that pages can be counted. */
	domain->pgsize_bitmap = PAGE_SIZE;
	domain->geometry.aperture_end = U32_MAX;
	domain->geometry.force_aperture = true;
	return domain;
}

/* The devices of the machine are none of ours. */
static struct iommu_device *mock_probe(struct device *dev)
{
	return strstarts(dev_name(dev), MOCK_NAME) ? &mock_iommu : ERR_PTR(-ENODEV);
}

static const struct iommu_ops mock_iommu_ops = {
	.domain_alloc_paging = mock_domain_alloc,
	.probe_device = mock_probe,
	.device_group = generic_device_group,
	.identity_domain = &mock_identity_domain,
	.default_domain = &mock_identity_domain,
	.owner = THIS_MODULE,
};

/**
 * rocket_mock_mapped() - pages that are mapped
 *
 * Return: the number, in all address spaces.
 */
unsigned long rocket_mock_mapped(void)
{
	return atomic_long_read(&mock_mapped);
}

/**
 * rocket_mock_fail_map() - make the IOMMU run out of memory
 * @after: when so many pages would have been mapped; 0 for never
 */
void rocket_mock_fail_map(unsigned int after)
{
	mock_map_left = after;
}

int rocket_mock_suite_init(struct kunit_suite *suite)
{
	int ret;

	ret = iommu_device_sysfs_add(&mock_iommu, NULL, NULL, MOCK_NAME);
	if (ret)
		return ret;
	ret = iommu_device_register(&mock_iommu, &mock_iommu_ops, NULL);
	if (ret)
		iommu_device_sysfs_remove(&mock_iommu);
	return ret;
}

void rocket_mock_suite_exit(struct kunit_suite *suite)
{
	iommu_device_unregister(&mock_iommu);
	iommu_device_sysfs_remove(&mock_iommu);
}

static struct rocket_mock_core *to_mock_core(struct rocket_hw *hw)
{
	return container_of(hw, struct rocket_mock_core, core.hw);
}

static void mock_start(struct rocket_hw *hw, u32 regcmd, u32 count)
{
	struct rocket_mock_core *mc = to_mock_core(hw);

	if (mc->starts < ROCKET_MOCK_LOG)
		mc->log[mc->starts++] = regcmd;
	mc->running = true;
	complete(&mc->started);
}

static u32 mock_finish(struct rocket_hw *hw)
{
	struct rocket_mock_core *mc = to_mock_core(hw);
	u32 events = mc->events;

	mc->events = 0;
	if (events)
		mc->running = false;
	return events;
}

static void mock_halt(struct rocket_hw *hw)
{
	to_mock_core(hw)->events = 0;
}

static void mock_sample(struct rocket_hw *hw, struct rocket_hw_state *state)
{
	struct rocket_mock_core *mc = to_mock_core(hw);

	*state = (struct rocket_hw_state){};
	mc->looks++;
	if (mc->progress)
		state->cna_status = mc->looks;
}

static u32 mock_version(struct rocket_hw *hw)
{
	return to_mock_core(hw)->version;
}

static bool mock_is_reset(struct rocket_hw *hw)
{
	struct rocket_mock_core *mc = to_mock_core(hw);

	mc->resets++;
	if (!mc->reset_fails)
		mc->running = false;
	return !mc->reset_fails;
}

static const struct rocket_hw_ops mock_hw_ops = {
	.start = mock_start,
	.finish = mock_finish,
	.halt = mock_halt,
	.sample = mock_sample,
	.version = mock_version,
	.is_reset = mock_is_reset,
};

static void mock_fini_core(void *data)
{
	struct rocket_mock_core *mc = data;

	rocket_sched_fini(&mc->core);
	dev_coredump_put(mc->core.dev);
	rocket_vm_detach(&mc->core);
	pm_runtime_disable(mc->core.dev);
	iommu_group_put(mc->core.group);
}

static void mock_create_core(struct rocket_mock *mock, unsigned int index)
{
	struct rocket_mock_core *mc = &mock->cores[index];
	const struct platform_device_info info = {
		.name = MOCK_NAME,
		.id = index,
		.dma_mask = DMA_BIT_MASK(ROCKET_DMA_BITS),
	};
	struct rocket_core *core = &mc->core;

	mc->pdev = kunit_platform_device_register_full(mock->test, &info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(mock->test, mc->pdev);

	init_completion(&mc->started);
	mc->version = MOCK_VERSION;
	platform_set_drvdata(mc->pdev, core);
	core->dev = &mc->pdev->dev;
	core->iommu = core->dev;
	core->rdev = mock->rdev;
	core->index = index;
	core->version = MOCK_VERSION;
	core->irq = MOCK_IRQ;
	core->hw.ops = &mock_hw_ops;
	core->hw.index = index;
	core->online = true;
	core->powered = true;
	spin_lock_init(&core->lock);
	init_waitqueue_head(&core->drained);
	init_waitqueue_head(&core->idle);
	core->group = iommu_group_get(core->dev);
	KUNIT_ASSERT_NOT_NULL(mock->test, core->group);
	pm_runtime_no_callbacks(core->dev);
	pm_runtime_enable(core->dev);

	KUNIT_ASSERT_EQ(mock->test, rocket_sched_init(core), 0);
	KUNIT_ASSERT_EQ(mock->test,
			kunit_add_action_or_reset(mock->test, mock_fini_core, mc), 0);
	mock->rdev->cores[index] = core;
}

static int mock_close_handle(int handle, void *obj, void *data)
{
	drm_gem_handle_delete(data, handle);
	return 0;
}

/* Jobs that nobody ended would keep the file open for ever. */
static void mock_end_all(struct rocket_mock *mock)
{
	unsigned long end = jiffies + msecs_to_jiffies(MOCK_WAIT_MS);
	bool busy = true;

	while (busy && time_before(jiffies, end)) {
		busy = false;
		for (unsigned int i = 0; i < mock->count; i++) {
			if (READ_ONCE(mock->cores[i].core.job))
				rocket_mock_end(&mock->cores[i], ROCKET_HW_DONE);
			busy |= READ_ONCE(mock->cores[i].core.jobs);
		}
		fsleep(1000);
	}
	KUNIT_EXPECT_FALSE_MSG(mock->test, busy, "jobs are left");
}

/* Nor would jobs that a core is kept from starting. */
static void mock_release(struct rocket_mock *mock)
{
	for (unsigned int i = 0; i < mock->count; i++) {
		struct rocket_core *core = &mock->cores[i].core;

		/* A recovery signals the fence before it is through. */
		flush_workqueue(core->recovery_wq);
		KUNIT_EXPECT_EQ_MSG(mock->test, core->holds, 0, "core %u is held", i);
		if (core->holds)
			drm_sched_wqueue_start(&core->sched);
		core->holds = 0;
	}
}

/**
 * rocket_mock_close() - close a file and all its handles
 * @mock: the NPU
 * @file: the file
 */
void rocket_mock_close(struct rocket_mock *mock, struct drm_file *file)
{
	idr_for_each(&file->object_idr, mock_close_handle, file);
	idr_destroy(&file->object_idr);
	if (!IS_ERR_OR_NULL(file->driver_priv))
		rocket_queue_close(file->driver_priv);
	file->driver_priv = NULL;
}

static void mock_close_all(void *data)
{
	struct rocket_mock *mock = data;

	mock_release(mock);
	mock_end_all(mock);
	for (unsigned int i = 0; i < ROCKET_MOCK_FILES; i++)
		rocket_mock_close(mock, &mock->files[i]);
	for (unsigned int i = 0; i < mock->count; i++)
		rocket_vm_detach(&mock->cores[i].core);
	/* A job leaves its core before it unmaps. */
	for (int i = 0; i < MOCK_WAIT_MS && rocket_mock_mapped(); i++)
		fsleep(1000);
	KUNIT_EXPECT_EQ(mock->test, rocket_mock_mapped(), 0);
}

static void mock_open(struct rocket_mock *mock)
{
	for (unsigned int i = 0; i < ROCKET_MOCK_FILES; i++) {
		struct drm_file *file = &mock->files[i];

		idr_init_base(&file->object_idr, 1);
		spin_lock_init(&file->table_lock);
		mutex_init(&file->prime.lock);
		file->prime.dmabufs = RB_ROOT;
		file->prime.handles = RB_ROOT;
		file->driver_priv = rocket_queue_open(mock->rdev, i + 1);
	}
	mock->file = &mock->files[0];
	KUNIT_ASSERT_EQ(mock->test,
			kunit_add_action_or_reset(mock->test, mock_close_all, mock), 0);
	for (unsigned int i = 0; i < ROCKET_MOCK_FILES; i++)
		KUNIT_ASSERT_NOT_ERR_OR_NULL(mock->test, mock->files[i].driver_priv);
}

/**
 * rocket_mock_create() - make an NPU and open it
 * @test: the test; everything is freed with it
 * @cores: number of cores
 *
 * Return: the NPU; the test ends if there is none.
 */
struct rocket_mock *rocket_mock_create(struct kunit *test, unsigned int cores)
{
	struct rocket_mock *mock = kunit_kzalloc(test, sizeof(*mock), GFP_KERNEL);
	struct device *dev = drm_kunit_helper_alloc_device(test);

	KUNIT_ASSERT_NOT_NULL(test, mock);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(ROCKET_DMA_BITS)), 0);

	mock->test = test;
	mock->rdev = drm_kunit_helper_alloc_drm_device_with_driver(test, dev, struct rocket_device,
								   drm, &rocket_drm_driver);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mock->rdev);
	init_rwsem(&mock->rdev->lock);
	spin_lock_init(&mock->rdev->fault_lock);
	INIT_LIST_HEAD(&mock->rdev->files);

	mock->count = cores;
	for (unsigned int i = 0; i < cores; i++)
		mock_create_core(mock, i);
	mock_open(mock);

	mock->user = kunit_vm_mmap(test, NULL, 0, ROCKET_MOCK_USER, PROT_READ | PROT_WRITE,
				   MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, mock->user, 0);
	return mock;
}

/**
 * rocket_mock_user() - put something into a user's memory
 * @mock: the NPU
 * @data: what
 * @size: bytes
 *
 * Return: its address.
 */
u64 rocket_mock_user(struct rocket_mock *mock, const void *data, size_t size)
{
	unsigned long at = mock->user + mock->used;

	KUNIT_ASSERT_LE(mock->test, mock->used + size, ROCKET_MOCK_USER);
	KUNIT_ASSERT_EQ(mock->test, copy_to_user((void __user *)at, data, size), 0);
	mock->used += ALIGN(size, 8);
	return at;
}

/**
 * rocket_mock_create_bo() - DRM_IOCTL_ROCKET_CREATE_BO
 * @mock: the NPU
 * @size: bytes
 * @bo: what the ioctl returned
 *
 * Return: its result.
 */
int rocket_mock_create_bo(struct rocket_mock *mock, u32 size, struct drm_rocket_create_bo *bo)
{
	*bo = (struct drm_rocket_create_bo){ .size = size };
	return rocket_gem_create_ioctl(&mock->rdev->drm, bo, mock->file);
}

/**
 * rocket_mock_close_bo() - DRM_IOCTL_GEM_CLOSE
 * @mock: the NPU
 * @bo: object
 */
void rocket_mock_close_bo(struct rocket_mock *mock, struct drm_rocket_create_bo *bo)
{
	KUNIT_EXPECT_EQ(mock->test, drm_gem_handle_delete(mock->file, bo->handle), 0);
}

/**
 * rocket_mock_fence() - the fence of the newest job that writes an object
 * @mock: the NPU
 * @bo: object
 *
 * Return: the fence, with a reference.
 */
struct dma_fence *rocket_mock_fence(struct rocket_mock *mock, struct drm_rocket_create_bo *bo)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(mock->file, bo->handle);
	struct dma_fence *fence = NULL, *each;
	struct dma_resv_iter cursor;

	KUNIT_ASSERT_NOT_NULL(mock->test, obj);
	dma_resv_lock(obj->resv, NULL);
	/* Those of other cores may still be there, but are done. */
	dma_resv_for_each_fence(&cursor, obj->resv, DMA_RESV_USAGE_WRITE, each) {
		if (fence && !dma_fence_is_signaled(fence))
			continue;
		dma_fence_put(fence);
		fence = dma_fence_get(each);
	}
	dma_resv_unlock(obj->resv);
	drm_gem_object_put(obj);
	KUNIT_ASSERT_NOT_NULL(mock->test, fence);
	return fence;
}

/* What userspace would write down for a job. */
static void mock_describe(struct rocket_mock *mock, const struct rocket_mock_job *job,
			  struct drm_rocket_job *ujob)
{
	struct drm_rocket_task *list;

	list = kunit_kcalloc(mock->test, job->tasks, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(mock->test, list);
	for (u32 i = 0; i < job->tasks; i++) {
		list[i].regcmd = job->regcmd + i * ROCKET_REGCMD_ALIGN;
		list[i].regcmd_count = 1;
	}
	*ujob = (struct drm_rocket_job){
		.tasks = rocket_mock_user(mock, list, job->tasks * sizeof(*list)),
		.task_count = job->tasks,
		.task_struct_size = sizeof(*list),
	};
	if (job->in) {
		ujob->in_bo_handles = rocket_mock_user(mock, &job->in->handle,
						       sizeof(job->in->handle));
		ujob->in_bo_handle_count = 1;
	}
	if (job->out) {
		ujob->out_bo_handles = rocket_mock_user(mock, &job->out->handle,
							sizeof(job->out->handle));
		ujob->out_bo_handle_count = 1;
	}
}

/**
 * rocket_mock_submit_jobs() - DRM_IOCTL_ROCKET_SUBMIT
 * @mock: the NPU
 * @jobs: jobs
 * @count: how many
 *
 * Return: its result.
 */
int rocket_mock_submit_jobs(struct rocket_mock *mock, const struct rocket_mock_job *jobs,
			    unsigned int count)
{
	struct drm_rocket_submit args = {
		.job_count = count,
		.job_struct_size = sizeof(struct drm_rocket_job),
	};
	struct drm_rocket_job *ujobs;

	ujobs = kunit_kcalloc(mock->test, count, sizeof(*ujobs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(mock->test, ujobs);
	for (unsigned int i = 0; i < count; i++)
		mock_describe(mock, &jobs[i], &ujobs[i]);
	args.jobs = rocket_mock_user(mock, ujobs, count * sizeof(*ujobs));
	return rocket_submit_ioctl(&mock->rdev->drm, &args, mock->file);
}

/**
 * rocket_mock_submit() - DRM_IOCTL_ROCKET_SUBMIT of one job
 * @mock: the NPU
 * @regcmd: as &rocket_mock_job.regcmd
 * @tasks: number of tasks
 * @in: object that is read, or NULL
 * @out: object that is written, or NULL
 *
 * Return: its result.
 */
int rocket_mock_submit(struct rocket_mock *mock, u32 regcmd, u32 tasks,
		       struct drm_rocket_create_bo *in, struct drm_rocket_create_bo *out)
{
	const struct rocket_mock_job job = { regcmd, tasks, in, out };

	return rocket_mock_submit_jobs(mock, &job, 1);
}

/**
 * rocket_mock_wait_start() - wait until a task is started
 * @core: where
 *
 * Return: false if none was in a long time.
 */
bool rocket_mock_wait_start(struct rocket_mock_core *core)
{
	return wait_for_completion_timeout(&core->started, msecs_to_jiffies(MOCK_WAIT_MS));
}

/**
 * rocket_mock_starts_nothing() - see whether a core stays idle
 * @core: the core
 *
 * Return: false if a task was started.
 */
bool rocket_mock_starts_nothing(struct rocket_mock_core *core)
{
	return !wait_for_completion_timeout(&core->started, msecs_to_jiffies(MOCK_QUIET_MS));
}

/**
 * rocket_mock_end() - the running task ends
 * @core: where
 * @events: how, as rocket_hw_ops.finish() says it
 */
void rocket_mock_end(struct rocket_mock_core *core, u32 events)
{
	scoped_guard(spinlock_irqsave, &core->core.lock)
		core->events = events;
	local_irq_disable();
	rocket_job_irq(core->core.irq, &core->core);
	local_irq_enable();
}

/**
 * rocket_mock_wait() - wait for a fence and drop it
 * @fence: the fence
 *
 * Return: its status: 1 when the job completed, its error, or 0 if it never ended.
 */
int rocket_mock_wait(struct dma_fence *fence)
{
	int status;

	dma_fence_wait_timeout(fence, false, msecs_to_jiffies(MOCK_WAIT_MS));
	status = dma_fence_get_status(fence);
	dma_fence_put(fence);
	return status;
}

static void mock_holder_work(struct work_struct *work)
{
	struct rocket_mock_holder *holder = container_of(work, struct rocket_mock_holder, work);

	if (holder->lock)
		mutex_lock(holder->lock);
	if (holder->resv)
		dma_resv_lock(holder->resv, NULL);
	complete(&holder->held);
	wait_for_completion_timeout(&holder->release, msecs_to_jiffies(MOCK_WAIT_MS));
	if (holder->resv)
		dma_resv_unlock(holder->resv);
	if (holder->lock)
		mutex_unlock(holder->lock);
}

/**
 * rocket_mock_hold() - let somebody else take a lock
 * @holder: who, on the caller's stack
 * @lock: the lock, or NULL
 * @resv: lock of an object, or NULL
 *
 * Returns when it is held. It is released by rocket_mock_let_go(), or after a
 * long time, for whom waits where that must not be.
 */
void rocket_mock_hold(struct rocket_mock_holder *holder, struct mutex *lock, struct dma_resv *resv)
{
	holder->lock = lock;
	holder->resv = resv;
	init_completion(&holder->held);
	init_completion(&holder->release);
	INIT_WORK_ONSTACK(&holder->work, mock_holder_work);
	queue_work(system_dfl_wq, &holder->work);
	wait_for_completion(&holder->held);
}

/**
 * rocket_mock_let_go() - release the lock
 * @holder: who holds it
 */
void rocket_mock_let_go(struct rocket_mock_holder *holder)
{
	complete(&holder->release);
	flush_work(&holder->work);
	destroy_work_on_stack(&holder->work);
}

MODULE_DESCRIPTION("KUnit tests of the rocket driver");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
