// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-dax.c - memory set aside, as a character device (/dev/daxX.Y)
 *
 * Whatever lies in it is overwritten, so it is not enough that there is one: who
 * owns the machine names it by a symbolic link.
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
	m->size = memory_round_up(m->length + 2 * PAGE, HUGE_PAGE);
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}
	m->frame = m->base + PAGE;
	return 0;
}

const struct memory_kind memory_device_dax = {
	.name = "device-dax",
	.sentence = "memory without a file system may be pinned for long: nobody has to move it",
	.map = device_dax_map,
	.unmap = memory_unmap_plain,
};
