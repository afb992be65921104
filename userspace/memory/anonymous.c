// SPDX-License-Identifier: GPL-2.0-only
/*
 * anonymous.c - ordinary anonymous memory of the process
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

	/* Leave a guard page, and keep the offset in the page that malloc() chose. */
	m->frame = m->base + PAGE;
	return 0;
}

static void malloc_unmap(struct memory *m)
{
	free(m->base);
}

/* The variant is MAP_PRIVATE or MAP_SHARED. */
static int untouched_map(struct memory *m)
{
	/* The kernel fills new pages with zeroes, and nothing else writes to them. */
	m->fill = 0;
	return memory_map_plain(m, PROT_READ | PROT_WRITE,
				m->kind->variant | MAP_ANONYMOUS, -1);
}

static int shared_map(struct memory *m)
{
	return memory_map_plain(m, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1);
}

static int mlocked_map(struct memory *m)
{
	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	if (mlock(m->base, m->size))
		return memory_lacks(m, "mlock (ulimit -l): %s", strerror(errno));
	return 0;
}

static int zero_page_map(struct memory *m)
{
	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	m->fill = 0;

	/* Reading maps the kernel's zero page at each address. */
	if (!memory_is_filled(m->base, m->size, 0))
		return memory_lacks(m, "new memory is not zero");
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "malloc",
		.sentence = "malloc() memory consists of single pages, usually scattered",
		.map = malloc_map,
		.unmap = malloc_unmap,
	}, {
		.name = "untouched",
		.sentence = "pages that do not exist yet are allocated by the pin",
		.map = untouched_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
		.untouched = true,
	}, {
		.name = "shared",
		.sentence = "MAP_SHARED memory without a file is pinned like private memory",
		.map = shared_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "shared-untouched",
		.sentence = "shared pages that do not exist yet are allocated by the pin",
		.map = untouched_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
		.untouched = true,
	}, {
		.name = "mlocked",
		.sentence = "mlock() does not pin pages, and does not make them contiguous",
		.map = mlocked_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "zero-page",
		.sentence = "memory that was only read: the device never writes to the zero page",
		.map = zero_page_map,
		.unmap = memory_unmap_plain,
		.untouched = true,
	},
};

const struct memory_provider anonymous_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
