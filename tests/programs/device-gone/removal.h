/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * removal.h - ways to remove a device of vipin, and to bring it back
 */
#ifndef REMOVAL_H
#define REMOVAL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct device - a device in sysfs
 * @folder:	its folder
 * @driver:	folder of its driver
 * @name:	its name on the bus; points into @folder
 * @module:	name of the driver's module; points into @driver
 * @suffix:	what the node's name ends with: "-cap" or "-out"
 */
struct device {
	char folder[PATH_MAX];
	char driver[PATH_MAX];
	const char *name;
	const char *module;
	char suffix[8];
};

/**
 * struct removal - a way to remove a device
 * @name:	for the option --way
 * @remove:	removes it; returns 0 or a negative errno
 * @restore:	brings it back; returns 0 or a negative errno; NULL if that is not possible
 * @possible:	returns true if this device can be removed in this way
 */
struct removal {
	const char *name;
	int (*remove)(const struct device *device);
	int (*restore)(const struct device *device);
	bool (*possible)(const struct device *device);
};

void device_find(struct device *device, const char *node);
bool device_node(const struct device *device, char *node, size_t size);
const struct removal *removal_by_name(const char *name);
bool removal_is_name(const char *name);
bool removal_is_refused(const struct device *device, char *why, size_t size);

#endif
