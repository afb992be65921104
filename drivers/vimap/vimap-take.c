// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole of the default CMA area, taken and given back: if that succeeds,
 * nothing is pinned there
 *
 * Not even on an idle machine it is one piece: the kernel itself keeps some of
 * it from boot on, such as the atomic pools of kernel/dma/pool.c, and does not
 * tell a module how much. So vimap takes all it can get once when it is loaded,
 * and calls the area whole when it gets as much again.
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

/* The most that was ever got. */
static struct vimap_pieces vimap_whole;
static DEFINE_MUTEX(vimap_take_lock);	/* vimap_whole, one take at a time */

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

static bool vimap_take_once(struct cma *area)
{
	struct vimap_pieces pieces;

	vimap_take_pieces(area, &pieces);
	vimap_give_pieces(area, &pieces);

	if (pieces.nr_pages < vimap_whole.nr_pages) {
		pr_debug("%lu of %lu pages of the CMA area\n", pieces.nr_pages,
			 vimap_whole.nr_pages);
		return false;
	}
	vimap_whole = pieces;

	return true;
}

/**
 * vimap_take() - allocate every page of the CMA area, and free them
 * @area:	where it lies and how large it is, if that succeeded
 *
 * An area consists of whole pageblocks, so the kernel's own part of one, which
 * could not be had, is counted in.
 *
 * Return: 0, -ENODEV if the kernel has no CMA area, -ENOMEM if VIMAP_TAKE_TRIES
 * times fewer pages were to be had than when vimap was loaded, -EINTR if a signal
 * came while it waited, -EOPNOTSUPP before Linux 7.1.
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
		area->base_pfn = round_down(vimap_whole.first, pageblock_nr_pages);
		area->nr_pages = round_up(vimap_whole.end, pageblock_nr_pages) -
				 area->base_pfn;
	}
	mutex_unlock(&vimap_take_lock);

	return ret;
}

/**
 * vimap_take_init() - learn how much of the CMA area can be had
 */
void vimap_take_init(void)
{
	struct vimap_cma area;
	int ret;

	ret = vimap_take(&area);
	if (ret)
		return;

	pr_debug("CMA area at page frame 0x%llx, %llu pages, %lu of them to be had\n",
		 area.base_pfn, area.nr_pages, vimap_whole.nr_pages);
}
