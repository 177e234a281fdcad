// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket hang: the dump that a failed job leaves
 */
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "igt.h"
#include "igt_drm_fdinfo.h"
#include "igt_rocket.h"
#include "rocket_client.h"
#include "rocket_jobs.h"
#include "rocket_system.h"

#include "rocket_hang.h"

#define CLASS		"/sys/class/devcoredump"
#define DUMP		"/sys/bus/platform/devices/%s/devcoredump/data"
#define DUMP_BYTES	(512 << 10)	/* more than its largest number of objects and commands */
#define DUMP_MS		2000
#define OBJECTS_MAX	256		/* of a dump */
#define HANGS_MAX	30		/* until a core was hit that one cannot choose */
#define RECENT_S	60		/* a dump is of what just happened */
#define NOBODY		65534
#define GUARD_PAGES	"/sys/module/rocket/parameters/guard_pages"

/* A stream that is longer than what is left of its buffer */
#define LEFT_BYTES	SZ_64
#define REGCMDS		1024

struct hang_dump {
	char path[128];
	unsigned int core;
	char text[DUMP_BYTES];
};

/* Return: an open file, or a negative errno. */
static int open_dump(struct hang_dump *dump, const char *device, int flags)
{
	int fd;

	snprintf(dump->path, sizeof(dump->path), DUMP, device);
	fd = open(dump->path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static bool read_dump(struct hang_dump *dump, const char *device)
{
	int fd = open_dump(dump, device, O_RDONLY);
	size_t length = 0;
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, dump->text + length, DUMP_BYTES - 1 - length)) > 0)
		length += n;
	close(fd);
	dump->text[length] = 0;
	return true;
}

static bool find_dump(struct hang_dump *dump, const struct rocket_core_state *cores,
		      unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		dump->core = i;
		if (read_dump(dump, cores[i].device))
			return true;
	}
	return false;
}

static void remove_dump(struct hang_dump *dump, const char *device)
{
	int fd = open_dump(dump, device, O_WRONLY);

	if (fd < 0)
		return;
	igt_assert_eq(write(fd, "1", 1), 1);
	close(fd);
	igt_assert(igt_wait(access(dump->path, F_OK), DUMP_MS, 20));
}

static void remove_dumps(struct hang_dump *dump, const struct rocket_core_state *cores,
			 unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		remove_dump(dump, cores[i].device);
}

static void expect(const struct hang_dump *dump, const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	igt_assert_f(strstr(dump->text, line), "no '%s' in\n%.4000s\n", line, dump->text);
}

/* Each key that has to be there, whatever failed */
static void check_keys(const struct hang_dump *dump)
{
	static const char * const keys[] = {
		"kernel", "compatible", "device", "core", "core-version", "time", "reason",
		"missed", "client", "pid", "comm", "task", "tasks", "events", "events-enabled",
		"task-status", "cna-status", "core-status", "object", "stream", "words",
	};
	struct utsname name;
	int64_t seconds;

	for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
		expect(dump, "\n%s: ", keys[i]);
	igt_assert_eq(uname(&name), 0);
	expect(dump, "\nkernel: %s\n", name.release);
	igt_assert_eq(sscanf(strstr(dump->text, "\ntime: "), "\ntime: %" SCNd64 ".", &seconds), 1);
	igt_assert_lte_s64(seconds, rocket_now_ns() / NSEC_PER_SEC);
	igt_assert_lte_s64(rocket_now_ns() / NSEC_PER_SEC - seconds, RECENT_S);
}

/* What the dump says of a job whose third task hung. */
static void check_content(struct hang_dump *dump, struct rocket_client *client,
			  const struct drm_rocket_task *hung)
{
	const uint64_t *words = client->kit.code.map;
	size_t first = (hung->regcmd - client->kit.code.iova) / sizeof(*words);
	struct drm_client_fdinfo info = { 0 };
	const char *at;

	igt_assert(igt_parse_drm_fdinfo(client->fd, &info, NULL, 0, NULL, 0));
	igt_assert(!strncmp(dump->text, "rocket-dump: 1\n", 15));
	expect(dump, "\nreason: hang\n");
	expect(dump, "\nclient: %lu\n", info.id);
	expect(dump, "\npid: %d\n", getpid());
	/* A name is no place for more lines. */
	expect(dump, "\ncomm: igt\\nwords: 0\n");
	expect(dump, "\ntask: 2\ntasks: 4\n");
	expect(dump, "\nobject: 0x%08x %zu -\n", client->kit.code.iova, client->kit.code.size);
	expect(dump, "\nobject: 0x%08x %zu write\n", client->out.iova, client->out.size);
	expect(dump, "\nstream: 0x%08x %u\nwords: %u\n", hung->regcmd, hung->regcmd_count,
	       hung->regcmd_count);
	at = strstr(dump->text, "\nwords: ") + 1;
	for (uint32_t i = 0; i < hung->regcmd_count; i++) {
		unsigned long long word;

		at = strchr(at, '\n') + 1;
		igt_assert_eq(sscanf(at, "0x%16llx\n", &word), 1);
		igt_assert_eq_u64(word, words[first + i]);
	}
	igt_assert_eq_u64(strlen(at), strlen("0x0123456789abcdef\n"));
}

/* The third of four tasks hangs. */
static struct drm_rocket_task hang(struct rocket_client *client)
{
	struct drm_rocket_task tasks[4];

	rocket_kit_rewind(&client->kit);
	for (int i = 0; i < 4; i++)
		tasks[i] = i == 2 ? rocket_task_hang(&client->kit)
				  : rocket_task_minimal(&client->kit);
	prctl(PR_SET_NAME, "igt\nwords: 0");
	igt_assert_eq(rocket_run_result(&client->kit, tasks, 4, &client->out), -ECANCELED);
	prctl(PR_SET_NAME, "rocket_hang");
	return tasks[2];
}

/* Of a client with more objects than a dump has room for, those at the lowest addresses. */
static void check_objects(struct hang_dump *dump, const struct rocket_core_state *cores,
			  unsigned int count)
{
	static struct rocket_bo bos[OBJECTS_MAX + 8];
	unsigned int listed = 0;
	struct rocket_client client;
	uint32_t iova, last = 0;
	const char *at;

	rocket_client_open(&client);
	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++)
		rocket_bo_create(client.fd, SZ_4K, &bos[i]);
	hang(&client);
	igt_assert(igt_wait(find_dump(dump, cores, count), DUMP_MS, 20));
	for (at = dump->text; (at = strstr(at, "\nobject: ")); at++) {
		igt_assert_eq(sscanf(at, "\nobject: %x ", &iova), 1);
		last = max(last, iova);
		listed++;
	}
	igt_assert_eq(listed, OBJECTS_MAX);
	for (unsigned int i = 0; i < ARRAY_SIZE(bos); i++) {
		char line[32];

		snprintf(line, sizeof(line), "\nobject: 0x%08x ", bos[i].iova);
		igt_assert_eq(!!strstr(dump->text, line), bos[i].iova <= last);
	}
	remove_dumps(dump, cores, count);
	rocket_client_close(&client);
}

/* Only root may look. */
static void check_access(struct hang_dump *dump, const char *device)
{
	struct stat st;
	int fd = open_dump(dump, device, O_RDWR);

	igt_assert_fd(fd);
	igt_assert_eq(fstat(fd, &st), 0);
	igt_assert_eq(st.st_mode & 0777, 0600);
	igt_assert_eq(st.st_uid, 0);
	close(fd);
	igt_fork(child, 1) {
		igt_assert_eq(setresuid(NOBODY, NOBODY, NOBODY), 0);
		igt_assert_eq(open_dump(dump, device, O_RDONLY), -EACCES);
		igt_assert_eq(open_dump(dump, device, O_WRONLY), -EACCES);
	}
	igt_waitchildren();
}

/* Hang until a core has done so; return how often it did. */
static uint64_t hang_core(struct rocket_client *client, unsigned int core)
{
	struct rocket_core_state before[ROCKET_CORES_MAX], after[ROCKET_CORES_MAX];

	rocket_read_cores(before);
	for (int i = 0; i < HANGS_MAX; i++) {
		hang(client);
		rocket_read_cores(after);
		if (after[core].timeouts > before[core].timeouts)
			break;
	}
	igt_assert_lt_u64(before[core].timeouts, after[core].timeouts);
	return after[core].timeouts - before[core].timeouts;
}

void test_devcoredump(void)
{
	struct rocket_core_state cores[ROCKET_CORES_MAX];
	struct hang_dump *dump, *again;
	struct rocket_client client;
	struct drm_rocket_task hung;
	unsigned int count;
	uint64_t missed;
	char *device;

	igt_require_f(!access(CLASS, F_OK), "the kernel keeps no dumps (CONFIG_DEV_COREDUMP)\n");
	dump = malloc(sizeof(*dump));
	again = malloc(sizeof(*again));
	igt_assert(dump && again);
	count = rocket_read_cores(cores);
	remove_dumps(dump, cores, count);

	rocket_client_open(&client);
	hung = hang(&client);
	igt_assert(igt_wait(find_dump(dump, cores, count), DUMP_MS, 20));
	check_keys(dump);
	check_content(dump, &client, &hung);
	device = cores[dump->core].device;
	expect(dump, "\ndevice: %s\ncore: %u\n", device, cores[dump->core].index);
	check_access(dump, device);

	missed = hang_core(&client, dump->core);
	usleep(DUMP_MS * 100);
	igt_assert(read_dump(again, device));
	igt_assert(!strcmp(again->text, dump->text));
	remove_dump(again, device);
	hang_core(&client, dump->core);
	igt_assert(igt_wait(read_dump(again, device), DUMP_MS, 20));
	expect(again, "\nmissed: %" PRIu64 "\n", missed);

	remove_dumps(dump, cores, count);
	rocket_client_close(&client);
	/* Nothing is mapped behind buffers that are made now. */
	igt_assert_eq(rocket_file_set(GUARD_PAGES, "1"), 0);
	rocket_client_open(&client);
	igt_assert_eq(rocket_file_set(GUARD_PAGES, "0"), 0);
	hung = (struct drm_rocket_task){ client.kit.code.iova + client.kit.code.size - LEFT_BYTES,
					 REGCMDS };
	igt_assert_eq(rocket_run_task_result(&client.kit, hung, &client.out), -EFAULT);
	igt_assert(igt_wait(find_dump(dump, cores, count), DUMP_MS, 20));
	expect(dump, "\nreason: iommu-fault\n");
	expect(dump, "\nfault: read 0x%08x\n", hung.regcmd + LEFT_BYTES);
	expect(dump, "\nstream: 0x%08x %u\nwords: %zu\n0x", hung.regcmd, REGCMDS,
	       LEFT_BYTES / sizeof(uint64_t));
	remove_dumps(dump, cores, count);
	rocket_client_close(&client);
	check_objects(dump, cores, count);
	free(dump);
	free(again);
}
