// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-dax.c - reserved memory as a character device (/dev/daxX.Y)
 *
 * Its contents are overwritten. So a device is used only if the owner of the machine has
 * chosen it with a symbolic link.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"

#define DEVICE_LINK	"/run/v4l2-pincheck/dax"

static int device_dax_map(struct memory *m)
{
	m->fd = open(DEVICE_LINK, O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "%s, a link to a /dev/dax that may be overwritten: %s",
				    DEVICE_LINK, strerror(errno));
	m->size = memory_round_up(m->length + 2 * PAGE, THP);
	if (memory_mmap(m, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0))
		return memory_lacks(m, "mmap: %s", strerror(errno));
	m->frame = m->base + PAGE;
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "device-dax",
		.sentence = "device DAX has no file system that has to move pages: it is pinned",
		.map = device_dax_map,
		.unmap = memory_unmap_plain,
	},
};

const struct memory_provider device_dax_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
