// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap.c - pages that have moved to another address, and the place that they left
 *
 * mremap(2), MREMAP_DONTUNMAP: what was there before stays mapped, and empty.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

enum {
	MOVED,
	LEFT,
};

/* The one of both that is not handed over. */
static unsigned char *other;

static int mremap_map(struct memory *m)
{
	unsigned char *moved;

	other = NULL;
	if (memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	memset(m->base, m->fill, m->size);
	moved = mremap(m->base, m->size, m->size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	if (moved == MAP_FAILED)
		return memory_lacks(m, "mremap(MREMAP_DONTUNMAP): %s", strerror(errno));

	if (m->kind->variant == LEFT) {
		other = moved;
		m->fill = 0;
	} else {
		other = m->base;
		m->base = moved;
		m->frame = moved + PAGE;
	}
	return 0;
}

static void mremap_unmap(struct memory *m)
{
	memory_unmap_plain(m);
	if (other)
		munmap(other, m->size);
}

static int other_is_as_it_was(struct memory *m)
{
	unsigned char fill = m->kind->variant == LEFT ? MEMORY_FILL : 0;

	return memory_is_filled(other, m->size, fill) ? 0 :
	       memory_lacks(m, "the frame is at the other address, too");
}

const struct memory_kind memory_mremap_moved = {
	.name = "mremap-moved",
	.sentence = "pages that moved to another address are pinned there, and only there",
	.map = mremap_map,
	.unmap = mremap_unmap,
	.check_while_pinned = other_is_as_it_was,
	.variant = MOVED,
};

const struct memory_kind memory_mremap_left = {
	.name = "mremap-left",
	.sentence = "the place that pages moved away from gets new ones when it is pinned",
	.map = mremap_map,
	.unmap = mremap_unmap,
	.check_while_pinned = other_is_as_it_was,
	.variant = LEFT,
	.untouched = true,
};
