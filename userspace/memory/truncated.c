// SPDX-License-Identifier: GPL-2.0-only
/*
 * truncated.c - a mapped file that has been truncated
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

/* Bytes of the whole mapping. memory.size leaves out the part that raises SIGBUS. */
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

static const struct memory_kind kinds[] = {
	{
		.name = "truncated",
		.sentence = "the file ends inside the frame: the rest of the mapping has no pages",
		.map = truncated_map,
		.unmap = truncated_unmap,
		.untouched = true,
	},
};

const struct memory_provider truncated_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
