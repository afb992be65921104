// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole of the default CMA area, taken and given back: if that succeeds,
 * nothing is pinned there
 *
 * Not even on an idle machine can all of it be had. The kernel itself keeps some
 * of it from boot on, such as the atomic pools of kernel/dma/pool.c, and drivers
 * have buffers there. No exported function says how much that is. So vimap takes all
 * it can get, and then looks at each page of the area. One that was allocated from
 * the area is on no LRU list and has no mapping, like those that vimap has just got.
 * Every other page had to be migrated, and could not be.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mmzone.h>

#include "vimap.h"
#include "vimap-compat.h"

/*
 * A page may be held for a moment by somebody who has not pinned it for long: a
 * read by direct I/O, writeback, a walk over the page tables.
 */
#define VIMAP_TAKE_TRIES	5
#define VIMAP_TAKE_WAIT		100	/* ms */

/**
 * struct vimap_pieces - what was got of the area
 * @list:	the pieces, linked by the lru of their first page, whose private
 *		field has the order
 * @nr_pages:	how many pages they have
 * @first:	the first page frame among them
 * @end:	the page frame after the last one
 */
struct vimap_pieces {
	struct list_head list;
	unsigned long nr_pages;
	unsigned long first;
	unsigned long end;
};

/* The area, as far as anything of it was ever got; page frames. */
static unsigned long vimap_area_first = ULONG_MAX;
static unsigned long vimap_area_end;
static DEFINE_MUTEX(vimap_take_lock);	/* these two, and one take at a time */

/*
 * By powers of two, the largest first, each at its natural alignment: so a page
 * that cannot be had costs one attempt for each size and no more, and in the end
 * it is the only one missing.
 */
static void vimap_take_pieces(struct cma *area, struct vimap_pieces *pieces)
{
	int order = ilog2(totalram_pages());
	struct page *page;

	INIT_LIST_HEAD(&pieces->list);
	pieces->nr_pages = 0;
	pieces->first = ULONG_MAX;
	pieces->end = 0;

	while (order >= 0) {
		page = cma_alloc(area, 1UL << order, order, true);
		if (!page) {
			order--;
			continue;
		}
		set_page_private(page, order);
		list_add(&page->lru, &pieces->list);
		pieces->nr_pages += 1UL << order;
		pieces->first = min(pieces->first, page_to_pfn(page));
		pieces->end = max(pieces->end, page_to_pfn(page) + (1UL << order));
		cond_resched();
	}
}

static void vimap_give_pieces(struct cma *area, struct vimap_pieces *pieces)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &pieces->list, lru) {
		unsigned long order = page_private(page);

		list_del(&page->lru);
		set_page_private(page, 0);
		cma_release(area, page, 1UL << order);
	}
}

/* Was this page of the area allocated from it, by vimap or another driver? */
static bool vimap_page_is_taken(struct page *page)
{
	struct page *head = compound_head(page);

	return page_ref_count(head) && !PageLRU(head) && !READ_ONCE(head->mapping);
}

/* Count the pages that are in the way. An area consists of whole pageblocks. */
static unsigned long vimap_count_others(const struct vimap_pieces *pieces)
{
	unsigned long others = 0;
	unsigned long pfn;

	if (!pieces->nr_pages)
		return ULONG_MAX;

	vimap_area_first = min(vimap_area_first,
			       round_down(pieces->first, pageblock_nr_pages));
	vimap_area_end = max(vimap_area_end,
			     round_up(pieces->end, pageblock_nr_pages));

	for (pfn = vimap_area_first; pfn < vimap_area_end; pfn++)
		others += !vimap_page_is_taken(pfn_to_page(pfn));

	return others;
}

static bool vimap_take_once(struct cma *area)
{
	struct vimap_pieces pieces;
	unsigned long others;

	vimap_take_pieces(area, &pieces);
	others = vimap_count_others(&pieces);
	vimap_give_pieces(area, &pieces);

	if (others)
		pr_debug("%lu pages of the CMA area got, %lu in the way\n",
			 pieces.nr_pages, others);

	return !others;
}

/**
 * vimap_take() - allocate every page of the CMA area, and free them
 * @area:	where it lies and how large it is, if that succeeded
 *
 * Return: 0, -ENODEV if the kernel has no CMA area, -ENOMEM if VIMAP_TAKE_TRIES
 * times a page was in the way that was not allocated from the area, -EINTR if a
 * signal came while it waited, -EOPNOTSUPP before Linux 7.1.
 */
int vimap_take(struct vimap_cma *area)
{
	struct cma *cma;
	int tries = VIMAP_TAKE_TRIES;
	int ret = 0;

	if (!VIMAP_CMA_EXPORTED)
		return vimap_kernel_has_cma() ? -EOPNOTSUPP : -ENODEV;

	cma = dev_get_cma_area(NULL);
	if (!cma)
		return -ENODEV;

	mutex_lock(&vimap_take_lock);
	while (!vimap_take_once(cma)) {
		if (!--tries) {
			ret = -ENOMEM;
			break;
		}
		if (msleep_interruptible(VIMAP_TAKE_WAIT)) {
			ret = -EINTR;
			break;
		}
	}
	if (!ret) {
		area->base_pfn = vimap_area_first;
		area->nr_pages = vimap_area_end - vimap_area_first;
	}
	mutex_unlock(&vimap_take_lock);

	return ret;
}
