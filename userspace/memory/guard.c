// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard.c - guard regions: pages of a mapping that raise SIGSEGV (madvise(2),
 * MADV_GUARD_INSTALL). Allocators put them around allocations.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/pagemap.h"
#include "provider.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#endif

enum {
	FIRST_PAGE,
	LAST_PAGE,
};

/* The whole mapping. memory.base and size describe only the accessible part of it. */
static unsigned char *whole;
static size_t whole_size;

static int guard_map(struct memory *m)
{
	unsigned char *guard;

	whole = NULL;
	if (memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	whole = m->base;
	whole_size = m->size;
	memset(m->base, m->fill, m->size);

	guard = m->frame;
	if (m->kind->variant == LAST_PAGE)
		guard += memory_round_up(m->length, PAGE) - PAGE;
	if (madvise(guard, PAGE, MADV_GUARD_INSTALL))
		return memory_lacks(m, "madvise(MADV_GUARD_INSTALL): %s", strerror(errno));
	if (!pagemap_guarded(guard, 1))
		return memory_lacks(m, "/proc/self/pagemap of this kernel shows no guard regions");

	if (m->kind->variant == FIRST_PAGE) {
		m->base = guard + PAGE;
		m->size -= guard + PAGE - whole;
	} else {
		m->size = guard - whole;
	}
	return 0;
}

static void guard_unmap(struct memory *m)
{
	(void)m;
	if (whole)
		munmap(whole, whole_size);
}

static const struct memory_kind kinds[] = {
	{
		.name = "guard-first",
		.sentence = "the first page is a guard region: it is mapped, but any access fails",
		.map = guard_map,
		.unmap = guard_unmap,
		.variant = FIRST_PAGE,
		.untouched = true,
	}, {
		.name = "guard-last",
		.sentence = "the last page is a guard region: the pages before it are unpinned",
		.map = guard_map,
		.unmap = guard_unmap,
		.variant = LAST_PAGE,
		.untouched = true,
	},
};

const struct memory_provider guard_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
