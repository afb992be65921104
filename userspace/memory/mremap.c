// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap.c - pages that have moved to another address, and the address that they left
 *
 * With MREMAP_DONTUNMAP (mremap(2)), the old address stays mapped, without pages.
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

/* The mapping that is not queued: the old one or the new one. */
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

static int check_other(struct memory *m)
{
	unsigned char fill = m->kind->variant == LEFT ? MEMORY_FILL : 0;

	return memory_is_filled(other, m->size, fill) ? 0 :
	       memory_lacks(m, "the other mapping was written, too");
}

static const struct memory_kind kinds[] = {
	{
		.name = "mremap-moved",
		.sentence = "pages that moved to another address are pinned there, and only there",
		.map = mremap_map,
		.unmap = mremap_unmap,
		.check_while_pinned = check_other,
		.variant = MOVED,
	}, {
		.name = "mremap-left",
		.sentence = "the old address of moved pages gets new pages when it is pinned",
		.map = mremap_map,
		.unmap = mremap_unmap,
		.check_while_pinned = check_other,
		.variant = LEFT,
		.untouched = true,
	},
};

const struct memory_provider mremap_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
