// SPDX-License-Identifier: GPL-2.0-only
/*
 * truncated.c - a file that has become shorter than its mapping
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

/* In bytes; more than what is looked at, since the rest would raise SIGBUS. */
static size_t mapped;

static int truncated_map(struct memory *m)
{
	if (memory_map_memfd(m, 0))
		return -1;
	mapped = m->size;
	m->size = PAGE + memory_round_up(m->length / 2, PAGE);
	if (ftruncate(m->fd, m->size))
		return memory_lacks(m, "ftruncate: %s", strerror(errno));
	return 0;
}

static void truncated_unmap(struct memory *m)
{
	if (m->base)
		munmap(m->base, mapped);
}

const struct memory_kind memory_truncated = {
	.name = "truncated",
	.sentence = "the file ends within the frame: there is a mapping, but nothing behind it",
	.map = truncated_map,
	.unmap = truncated_unmap,
	.untouched = true,
};
