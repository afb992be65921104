// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binding.h"
#include "common/text-file.h"

/**
 * binding_find() - find the device of a node, and its driver
 * @b:		filled in
 * @node:	path of the node, such as /dev/video0
 *
 * Return: 0, or a negative errno.
 */
int binding_find(struct binding *b, const char *node)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "/sys/class/video4linux/%.32s/device",
		 strrchr(node, '/') + 1);
	if (!realpath(path, b->device))
		return -errno;
	snprintf(path, sizeof(path), "%s/driver", b->device);
	return realpath(path, b->driver) ? 0 : -errno;
}

static int binding_write(const struct binding *b, const char *file)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/%s", b->driver, file);
	return text_file_write(path, strrchr(b->device, '/') + 1);
}

/**
 * binding_unbind() - unbind the device
 * @b:		the device
 *
 * Return: 0, or a negative errno.
 */
int binding_unbind(const struct binding *b)
{
	return binding_write(b, "unbind");
}

/**
 * binding_bind() - bind the device again
 * @b:		the device
 *
 * Return: 0, or a negative errno.
 */
int binding_bind(const struct binding *b)
{
	return binding_write(b, "bind");
}
