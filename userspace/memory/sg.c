// SPDX-License-Identifier: GPL-2.0-only
/*
 * sg.c - the buffer that a SCSI device reserves for a program (drivers/scsi/sg.c)
 *
 * The driver maps ordinary pages, allocated in blocks of several pages, as VM_IO. No
 * command is ever sent to the device.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <scsi/sg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

enum {
	TOUCHED,
	UNTOUCHED,
};

static int open_with_buffer(struct memory *m, const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC), size = m->size;

	if (fd < 0)
		return memory_lacks(m, "%.100s: %s", path, strerror(errno));
	if (!ioctl(fd, SG_SET_RESERVED_SIZE, &size) &&
	    !ioctl(fd, SG_GET_RESERVED_SIZE, &size) && size >= (int)m->size)
		return fd;
	close(fd);
	return memory_lacks(m, "%.100s cannot reserve a buffer of %zu bytes", path, m->size);
}

static int sg_map(struct memory *m)
{
	glob_t nodes;

	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	memory_lacks(m, "no /dev/sg0 (modprobe sg scsi_debug)");
	if (glob("/dev/sg[0-9]*", 0, NULL, &nodes))
		return -1;
	for (size_t i = 0; i < nodes.gl_pathc && m->fd < 0; i++)
		m->fd = open_with_buffer(m, nodes.gl_pathv[i]);
	globfree(&nodes);
	if (m->fd < 0 || memory_map_shared(m, m->fd, 0))
		return -1;

	/* The buffer may contain old data of the kernel. Overwrite it. */
	memset(m->base, m->fill, m->size);
	if (m->kind->variant == TOUCHED)
		return 0;
	munmap(m->base, m->size);
	m->base = NULL;
	return memory_map_shared(m, m->fd, 0);
}

static const struct memory_kind kinds[] = {
	{
		.name = "sg-reserved",
		.sentence = "the buffer of a SCSI device: its driver maps ordinary pages as VM_IO",
		.map = sg_map,
		.unmap = memory_unmap_plain,
		.variant = TOUCHED,
	}, {
		.name = "sg-reserved-untouched",
		.sentence = "the buffer of a SCSI device, before any page of it is mapped",
		.map = sg_map,
		.unmap = memory_unmap_plain,
		.variant = UNTOUCHED,
		.untouched = true,
	},
};

const struct memory_provider sg_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
