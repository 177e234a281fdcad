/* SPDX-License-Identifier: MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: The driver as the system sees it
 *
 * Cores as devices of the platform bus, the module, runtime PM, system sleep, and groups of
 * processes with little memory; and what the kernel tells of the jobs of a file. All of it needs
 * root; what the kernel does not offer is skipped. What these functions change, and the machine's
 * properties, is as before when the program ends, however it ends.
 */
#ifndef ROCKET_SYSTEM_H
#define ROCKET_SYSTEM_H

#include <stdbool.h>

#include "igt_rocket.h"

#define ROCKET_NAME_MAX	64

/**
 * struct rocket_devices - platform devices that the driver is bound to
 * @count: how many
 * @names: in the order of their addresses
 */
struct rocket_devices {
	unsigned int count;
	char names[ROCKET_CORES_MAX][ROCKET_NAME_MAX];
};

/**
 * struct rocket_counts - jobs of a file that did not complete
 * @hangs: no progress
 * @faults: a wrong address, or a bus error
 * @cancelled: any other cause
 */
struct rocket_counts {
	uint64_t hangs, faults, cancelled;
};

void rocket_restore_at_exit(void);
int rocket_file_set(const char *path, const char *text);
int __rocket_devices(struct rocket_devices *devices);
void rocket_devices(struct rocket_devices *devices);
int __rocket_bind(const char *device);
int __rocket_unbind(const char *device);
void rocket_bind(const char *device);
void rocket_unbind(const char *device);
void rocket_bind_all(const struct rocket_devices *devices);
int __rocket_unload(void);
void rocket_unload(void);
void rocket_load(const char *options);
bool rocket_device_suspended(const char *device);
int rocket_device_delay_ms(const char *device);
bool rocket_wait_suspended(const struct rocket_devices *devices, int ms);
bool rocket_driver_is_ours(void);
void rocket_shows(bool shown, const char *what);
struct rocket_counts rocket_read_counts(int fd);
void rocket_check_counts(int fd, struct rocket_counts before, struct rocket_counts added);
void rocket_device_set(const char *device, const char *attribute, const char *value);
bool rocket_group_begin(const char *bytes);
void rocket_console_level(const char *level);
bool rocket_group_join(void);
void rocket_group_end(void);
void rocket_suspend_require(const char *level);
int rocket_suspend(const char *level);
void rocket_faults_require(void);
int rocket_faults_open(void);
void rocket_faults_arm(int file, int nth);
bool rocket_faults_disarm(int file);

#endif
