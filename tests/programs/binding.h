/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * binding.h - the device of a node and its driver, to unbind and bind it
 */
#ifndef BINDING_H
#define BINDING_H

#include <limits.h>

/**
 * struct binding - a device and its driver
 * @device:	folder of the device in sysfs
 * @driver:	folder of the driver
 */
struct binding {
	char device[PATH_MAX];
	char driver[PATH_MAX];
};

int binding_find(struct binding *b, const char *node);
int binding_unbind(const struct binding *b);
int binding_bind(const struct binding *b);

#endif
