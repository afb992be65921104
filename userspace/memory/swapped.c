// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapped.c - pages that are swapped out when they are pinned
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "common/pagemap.h"
#include "provider.h"
#include "zram.h"

/* The first tries may miss pages that are not on the kernel's LRU lists yet. */
#define MAX_TRIES	20

static int swap_number = -1;

static int swapped_map(struct memory *m)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	size_t pages, out = 0;

	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	swap_number = zram_swapon(2 * m->size);
	if (swap_number < 0)
		return memory_lacks(m, "cannot set up swap space (root, modprobe zram): %s",
				    strerror(errno));

	pages = m->size / PAGE;
	if (madvise(m->base, m->size, MADV_NOHUGEPAGE) && errno != EINVAL)
		return memory_lacks(m, "madvise(MADV_NOHUGEPAGE): %s", strerror(errno));
	memset(m->base, m->fill, m->size);
	for (int i = 0; i < MAX_TRIES && out < pages; i++) {
		if (i)
			nanosleep(&pause, NULL);
		if (madvise(m->base, m->size, MADV_PAGEOUT))
			return memory_lacks(m, "madvise(MADV_PAGEOUT): %s", strerror(errno));
		out = pagemap_swapped(m->base, pages);
	}
	if (out < pages)
		return memory_lacks(m, "only %zu of %zu pages were swapped out", out, pages);
	return 0;
}

static void swapped_unmap(struct memory *m)
{
	/* Unmap before swapoff, so that no page has to be swapped in again. */
	memory_unmap_plain(m);
	if (swap_number >= 0)
		zram_swapoff(swap_number);
	swap_number = -1;
}

static const struct memory_kind kinds[] = {
	{
		.name = "swapped",
		.sentence = "a pin brings pages back from swap, and keeps them in memory",
		.intrusive = "adds swap space in zram",
		.map = swapped_map,
		.unmap = swapped_unmap,
		.untouched = true,
	},
};

const struct memory_provider swapped_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
