// SPDX-License-Identifier: GPL-2.0-only
/*
 * anonymous.c - memory of the process itself, in ordinary pages
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

static int malloc_map(struct memory *m)
{
	m->size = m->length + 2 * PAGE;
	m->base = malloc(m->size);
	if (!m->base)
		return memory_lacks(m, "malloc: %s", strerror(errno));

	/* A page of guard, and still where in a page malloc would put it. */
	m->frame = m->base + PAGE;
	return 0;
}

static void malloc_unmap(struct memory *m)
{
	free(m->base);
}

const struct memory_kind memory_malloc = {
	.name = "malloc",
	.sentence = "what every application has: pages as they come, scattered more often than not",
	.map = malloc_map,
	.unmap = malloc_unmap,
};

/* Ordinary pages with a page of guard on both sides. */
static int map_pages(struct memory *m)
{
	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}
	m->frame = m->base + PAGE;
	return 0;
}

static int read_only_map(struct memory *m)
{
	if (map_pages(m))
		return -1;
	memset(m->base, MEMORY_FILL, m->size);
	if (mprotect(m->base, m->size, PROT_READ))
		return memory_lacks(m, "mprotect: %s", strerror(errno));
	return 0;
}

const struct memory_kind memory_read_only = {
	.name = "read-only",
	.sentence = "what the process may not write, a device may not write for it",
	.map = read_only_map,
	.unmap = memory_unmap_plain,
};

static int hole_map(struct memory *m)
{
	if (map_pages(m))
		return -1;

	/* The page in the middle: the first and the last one are there. */
	if (munmap(m->frame + memory_round_up(m->length / 2, PAGE) - PAGE, PAGE))
		return memory_lacks(m, "munmap: %s", strerror(errno));
	return 0;
}

const struct memory_kind memory_hole = {
	.name = "hole",
	.sentence = "one page in the middle is not mapped: all of it is pinned, or nothing",
	.map = hole_map,
	.unmap = memory_unmap_plain,
};
