// SPDX-License-Identifier: GPL-2.0-only
/*
 * brk.c - memory from brk(), which malloc() uses for small allocations
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "provider.h"

/* glibc's default: it calls mmap() for allocations of this size and above. */
#define MMAP_THRESHOLD	(128 << 10)

static int brk_map(struct memory *m)
{
	m->size = m->length + 2 * PAGE;
	mallopt(M_MMAP_THRESHOLD, m->size + PAGE);
	m->base = malloc(m->size);
	mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
	if (!m->base)
		return memory_lacks(m, "malloc: %s", strerror(errno));
	if (m->base > (unsigned char *)sbrk(0))
		return memory_lacks(m, "malloc() does not take memory from brk()");
	m->frame = m->base + PAGE;
	return 0;
}

static void brk_unmap(struct memory *m)
{
	free(m->base);
	malloc_trim(0);
}

static const struct memory_kind kinds[] = {
	{
		.name = "brk",
		.sentence = "memory from brk() has other data of the program right next to it",
		.map = brk_map,
		.unmap = brk_unmap,
	},
};

const struct memory_provider brk_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
