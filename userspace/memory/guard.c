// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard.c - guard regions: pages of a mapping that raise SIGSEGV, as an allocator puts
 * them around what it gives away (madvise(2), MADV_GUARD_INSTALL)
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#endif

enum {
	FIRST_PAGE,
	LAST_PAGE,
};

/* All of it, of which memory.base and size have only what may be looked at. */
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
		return memory_lacks(m, "this kernel has guard regions, but does not show them");

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

const struct memory_kind memory_guard_first = {
	.name = "guard-first",
	.sentence = "the first page is a guard region: mapped, but not to be used by anybody",
	.map = guard_map,
	.unmap = guard_unmap,
	.variant = FIRST_PAGE,
	.untouched = true,
};

const struct memory_kind memory_guard_last = {
	.name = "guard-last",
	.sentence = "the last page is a guard region: all pages before it are let go again",
	.map = guard_map,
	.unmap = guard_unmap,
	.variant = LAST_PAGE,
	.untouched = true,
};
