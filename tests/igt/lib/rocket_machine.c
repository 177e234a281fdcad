// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: Faults on demand
 *
 * A port of the guest is connected to the machine's monitor, which speaks JSON, one object in a
 * line. Requests carry a number, so that answers to requests of others are passed over.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "igt.h"

#include "igt_rocket.h"
#include "rocket_machine.h"
#include "rocket_system.h"

#define PORT		"/dev/monitor"
#define OPEN_MS		2000	/* one user at a time */
#define ANSWER_MAX	4096
#define CHANGES_MAX	64
#define NAME_MAX_BYTES	32

/* Properties that were set, with what they were before */
static struct {
	char device[NAME_MAX_BYTES], property[NAME_MAX_BYTES];
	uint64_t usual, now;
} changes[CHANGES_MAX];
static unsigned int change_count;

bool rocket_machine_present(void)
{
	struct stat st;

	return !stat(PORT, &st) && S_ISCHR(st.st_mode);
}

void rocket_machine_require(void)
{
	igt_require_f(rocket_machine_present(), "only the emulated machine fails on demand\n");
}

static bool open_port(int *port)
{
	*port = open(PORT, O_RDWR | O_CLOEXEC);
	return *port >= 0;
}

static bool read_line(int port, char *line)
{
	size_t length = 0;

	while (length < ANSWER_MAX - 1) {
		if (read(port, line + length, 1) != 1)
			return false;
		if (line[length++] == '\n')
			break;
	}
	line[length] = 0;
	return true;
}

/* Sends one request and leaves the answer in @line. */
static int ask(const char *execute, const char *arguments, char *line)
{
	static unsigned int count;
	char request[512], id[32];
	int port, ret = -EIO;

	snprintf(id, sizeof(id), "\"igt-%d-%u\"", getpid(), ++count);
	snprintf(request, sizeof(request), "{\"execute\":\"qmp_capabilities\"}\n"
		 "{\"execute\":\"%s\",\"arguments\":{%s},\"id\":%s}\n", execute, arguments, id);
	if (!igt_wait(open_port(&port), OPEN_MS, 5))
		return -EBUSY;
	if (write(port, request, strlen(request)) == (ssize_t)strlen(request)) {
		while (read_line(port, line)) {
			if (!strstr(line, id))
				continue;
			ret = strstr(line, "\"error\"") ? -EINVAL : 0;
			break;
		}
	}
	close(port);
	return ret;
}

static int get(const char *device, const char *property, uint64_t *value)
{
	char arguments[256], answer[ANSWER_MAX] = "";
	const char *number;
	int ret;

	snprintf(arguments, sizeof(arguments), "\"path\":\"/machine/%s\",\"property\":\"%s\"",
		 device, property);
	ret = ask("qom-get", arguments, answer);
	if (ret)
		return ret;
	number = strstr(answer, "\"return\":");
	if (!number)
		return -EIO;
	*value = strtoull(number + strlen("\"return\":"), NULL, 10);
	return 0;
}

static int set(const char *device, const char *property, uint64_t value)
{
	char arguments[256], answer[ANSWER_MAX] = "";
	int ret;

	snprintf(arguments, sizeof(arguments),
		 "\"path\":\"/machine/%s\",\"property\":\"%s\",\"value\":%" PRIu64, device,
		 property, value);
	ret = ask("qom-set", arguments, answer);
	if (ret)
		igt_debug("machine: %s.%s = %" PRIu64 ": %s %s\n", device, property, value,
			  strerror(-ret), answer);
	return ret;
}

/* Remembers how a property was when it is changed for the first time. */
static void note(const char *device, const char *property, uint64_t value)
{
	uint64_t usual;

	for (unsigned int i = 0; i < change_count; i++) {
		if (strcmp(changes[i].device, device) || strcmp(changes[i].property, property))
			continue;
		changes[i].now = value;
		return;
	}
	igt_assert_lt(change_count, CHANGES_MAX);
	if (get(device, property, &usual))
		return;
	snprintf(changes[change_count].device, NAME_MAX_BYTES, "%s", device);
	snprintf(changes[change_count].property, NAME_MAX_BYTES, "%s", property);
	changes[change_count].usual = usual;
	changes[change_count++].now = value;
	rocket_restore_at_exit();
}

/**
 * rocket_machine_restore() - undo what is left of all changes; asserts nothing
 */
void rocket_machine_restore(void)
{
	for (unsigned int i = 0; i < change_count; i++) {
		if (changes[i].now != changes[i].usual)
			set(changes[i].device, changes[i].property, changes[i].usual);
		changes[i].now = changes[i].usual;
	}
}

/**
 * __rocket_machine_set() - set a property of a device of the machine
 * @device: name below /machine, as "npu0"
 * @property: its property
 * @value: number
 *
 * The end of the program undoes it, however that comes.
 *
 * Return: 0 or a negative errno.
 */
int __rocket_machine_set(const char *device, const char *property, uint64_t value)
{
	note(device, property, value);
	return set(device, property, value);
}

void rocket_machine_set(const char *device, const char *property, uint64_t value)
{
	rocket_machine_require();
	igt_assert_eq(__rocket_machine_set(device, property, value), 0);
}

void rocket_machine_set_cores(const char *property, uint64_t value)
{
	for (int i = 0; i < ROCKET_CORES_MAX; i++) {
		char device[16];

		snprintf(device, sizeof(device), "npu%d", i);
		rocket_machine_set(device, property, value);
	}
}

/**
 * rocket_machine_get() - read a property or a counter
 * @device: name below /machine
 * @property: its property
 *
 * Return: the number.
 */
uint64_t rocket_machine_get(const char *device, const char *property)
{
	uint64_t value = 0;

	rocket_machine_require();
	igt_assert_eq(get(device, property, &value), 0);
	return value;
}
