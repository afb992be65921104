// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-cma-alloc-all.c - allocate the whole default CMA area, and free it again: if
 * that succeeds, no page is pinned there
 *
 * Even on an idle machine, parts of the area are in use. The kernel allocates some
 * of it at boot, such as the atomic pools of kernel/dma/pool.c, and drivers have
 * buffers there. No exported function says how much that is. So vimap allocates all
 * that it can, and then looks at each page of the area. A page that was allocated
 * from the area, by vimap or by others, is on no LRU list, and its page->mapping is NULL.
 * Every other page is one that could not be migrated.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cma.h>
#include <linux/delay.h>
#include <linux/dma-map-ops.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mmzone.h>

#include "vimap.h"
#include "vimap-compat.h"

/*
 * Try several times, because a page may be referenced for a short time by direct I/O,
 * writeback or a page table walk.
 */
#define VIMAP_CMA_TRIES		5
#define VIMAP_CMA_WAIT		100	/* ms between two attempts */

/**
 * struct vimap_cma_blocks - the blocks that one attempt has allocated
 * @list:	the blocks, linked by the lru field of their first pages, whose
 *		private field is the order of the block
 * @nr_pages:	number of pages in all blocks
 * @first:	lowest page frame number of all blocks
 * @end:	highest page frame number of all blocks, plus one
 */
struct vimap_cma_blocks {
	struct list_head list;
	unsigned long nr_pages;
	unsigned long first;
	unsigned long end;
};

/*
 * The page frame numbers of the area, as far as any attempt since the module was loaded
 * has seen it. The end is exclusive.
 */
static unsigned long vimap_area_first = ULONG_MAX;
static unsigned long vimap_area_end;
/* Guards the two above, and allows one attempt at a time. */
static DEFINE_MUTEX(vimap_alloc_all_lock);

/*
 * Allocate naturally aligned blocks of each power of two, the largest first. A page
 * that cannot be migrated then makes one allocation of each size fail, and in the end
 * that page alone is missing.
 */
static void vimap_cma_alloc_blocks(struct cma *area, struct vimap_cma_blocks *blocks)
{
	int order = ilog2(totalram_pages());
	struct page *page;

	INIT_LIST_HEAD(&blocks->list);
	blocks->nr_pages = 0;
	blocks->first = ULONG_MAX;
	blocks->end = 0;

	while (order >= 0) {
		page = cma_alloc(area, 1UL << order, order, true);
		if (!page) {
			order--;
			continue;
		}
		set_page_private(page, order);
		list_add(&page->lru, &blocks->list);
		blocks->nr_pages += 1UL << order;
		blocks->first = min(blocks->first, page_to_pfn(page));
		blocks->end = max(blocks->end, page_to_pfn(page) + (1UL << order));
		cond_resched();
	}
}

static void vimap_cma_free_blocks(struct cma *area, struct vimap_cma_blocks *blocks)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &blocks->list, lru) {
		unsigned long order = page_private(page);

		list_del(&page->lru);
		set_page_private(page, 0);
		cma_release(area, page, 1UL << order);
	}
}

/* Was this page allocated from the area, by vimap or by another driver? */
static bool vimap_page_is_from_area(struct page *page)
{
	struct page *head = compound_head(page);

	return page_ref_count(head) && !PageLRU(head) && !READ_ONCE(head->mapping);
}

/*
 * Count the pages of the area that could not be migrated. Round the area to whole
 * pageblocks, because a CMA area consists of whole pageblocks.
 */
static unsigned long vimap_count_not_migrated(const struct vimap_cma_blocks *blocks)
{
	unsigned long not_migrated = 0;
	unsigned long pfn;

	if (!blocks->nr_pages)
		return ULONG_MAX;

	vimap_area_first = min(vimap_area_first,
			       round_down(blocks->first, pageblock_nr_pages));
	vimap_area_end = max(vimap_area_end,
			     round_up(blocks->end, pageblock_nr_pages));

	for (pfn = vimap_area_first; pfn < vimap_area_end; pfn++)
		not_migrated += !vimap_page_is_from_area(pfn_to_page(pfn));

	return not_migrated;
}

static bool vimap_cma_alloc_all_once(struct cma *area, unsigned long *nr_taken)
{
	struct vimap_cma_blocks blocks;
	unsigned long not_migrated;

	vimap_cma_alloc_blocks(area, &blocks);
	not_migrated = vimap_count_not_migrated(&blocks);
	vimap_cma_free_blocks(area, &blocks);

	if (not_migrated)
		pr_debug("allocated %lu pages of the CMA area, %lu could not be migrated\n",
			 blocks.nr_pages, not_migrated);
	*nr_taken = blocks.nr_pages;

	return !not_migrated;
}

/**
 * vimap_cma_alloc_all() - allocate every page of the CMA area, and free them
 * @area:	filled in on success: position and size of the area
 *
 * Return: 0, -ENODEV if the kernel has no CMA area, -ENOMEM if a page could not be
 * migrated in any of VIMAP_CMA_TRIES attempts, -EINTR if a signal arrived between two
 * attempts, -EOPNOTSUPP before Linux 7.1.
 */
int vimap_cma_alloc_all(struct vimap_cma *area)
{
	unsigned long nr_taken;
	struct cma *cma;
	int tries = VIMAP_CMA_TRIES;
	int ret = 0;

	if (!VIMAP_CMA_EXPORTED)
		return vimap_kernel_has_cma() ? -EOPNOTSUPP : -ENODEV;

	cma = dev_get_cma_area(NULL);
	if (!cma)
		return -ENODEV;

	mutex_lock(&vimap_alloc_all_lock);
	while (!vimap_cma_alloc_all_once(cma, &nr_taken)) {
		if (!--tries) {
			ret = -ENOMEM;
			break;
		}
		if (msleep_interruptible(VIMAP_CMA_WAIT)) {
			ret = -EINTR;
			break;
		}
	}
	if (!ret) {
		area->base_pfn = vimap_area_first;
		area->nr_pages = vimap_area_end - vimap_area_first;
		area->nr_taken = nr_taken;
	}
	mutex_unlock(&vimap_alloc_all_lock);

	return ret;
}
