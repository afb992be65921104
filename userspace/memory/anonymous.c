// SPDX-License-Identifier: GPL-2.0-only
/*
 * anonymous.c - memory of the process itself, in ordinary pages
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"

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

/* The variant is MAP_PRIVATE or MAP_SHARED. */
static int untouched_map(struct memory *m)
{
	/* Nobody writes it, so it is what the kernel makes it: zero. */
	m->fill = 0;
	return memory_map_plain(m, PROT_READ | PROT_WRITE,
				m->kind->variant | MAP_ANONYMOUS, -1);
}

const struct memory_kind memory_untouched = {
	.name = "untouched",
	.sentence = "pages that nobody has touched come into being when they are pinned",
	.map = untouched_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_PRIVATE,
	.untouched = true,
};

static int shared_map(struct memory *m)
{
	return memory_map_plain(m, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1);
}

const struct memory_kind memory_shared = {
	.name = "shared",
	.sentence = "MAP_SHARED memory without a file is pinned like any other",
	.map = shared_map,
	.unmap = memory_unmap_plain,
};

const struct memory_kind memory_shared_untouched = {
	.name = "shared-untouched",
	.sentence = "the same before anybody has touched it",
	.map = untouched_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_SHARED,
	.untouched = true,
};

static int mlocked_map(struct memory *m)
{
	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	if (mlock(m->base, m->size))
		return memory_lacks(m, "mlock (ulimit -l): %s", strerror(errno));
	return 0;
}

const struct memory_kind memory_mlocked = {
	.name = "mlocked",
	.sentence = "mlock() is no pin, and no help: as scattered as malloc's",
	.map = mlocked_map,
	.unmap = memory_unmap_plain,
};

static int zero_page_map(struct memory *m)
{
	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	m->fill = 0;

	/* The kernel's one page of zeroes, as often as is read. */
	if (!memory_is_filled(m->base, m->size, 0))
		return memory_lacks(m, "new memory is not zero");
	return 0;
}

const struct memory_kind memory_zero_page = {
	.name = "zero-page",
	.sentence = "memory only read so far is the kernel's zero page: no device writes to it",
	.map = zero_page_map,
	.unmap = memory_unmap_plain,
	.untouched = true,
};
