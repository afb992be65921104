// SPDX-License-Identifier: GPL-2.0-only
/*
 * uring.c - the submission entries of an io_uring, mapped (io_uring/memmap.c)
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "provider.h"

#define MAX_ENTRIES	32768

static int uring_map(struct memory *m)
{
	struct io_uring_params params = {};
	unsigned int entries = 1;

	while (entries * sizeof(struct io_uring_sqe) < m->length + 2 * PAGE)
		entries *= 2;
	if (entries > MAX_ENTRIES)
		return memory_lacks(m, "the frame needs more than the %d entries of an io_uring",
				    MAX_ENTRIES);

	/* No entry is ever submitted, so the kernel neither reads nor writes any. */
	m->fd = syscall(SYS_io_uring_setup, entries, &params);
	if (m->fd < 0)
		return memory_lacks(m, "io_uring_setup: %s", strerror(errno));

	m->size = entries * sizeof(struct io_uring_sqe);
	if (memory_mmap(m, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, m->fd,
			IORING_OFF_SQES))
		return memory_lacks(m, "mmap of an io_uring: %s", strerror(errno));
	m->frame = m->base + PAGE;
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "io-uring",
		.sentence = "the entries of an io_uring are ordinary pages, and are pinned",
		.map = uring_map,
		.unmap = memory_unmap_plain,
	},
};

const struct memory_provider uring_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
