// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-longterm.c - add a long-term pin on kernels whose frame vector takes none
 *
 * Before 5.12 the frame vector pinned without FOLL_LONGTERM, so pages stayed in CMA or
 * in ZONE_MOVABLE as long as the buffer existed. On such kernels, policy strict takes a
 * long-term pin first. That migrates pages out of CMA. Policy strict then refuses the
 * range if a page is still in CMA or in ZONE_MOVABLE, and otherwise holds the pages while
 * the frame vector pins them, too.
 */

#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "vipin-compat.h"
#include "vipin.h"

/*
 * A page cannot be migrated while another task holds a reference to it, or while another
 * CMA allocation isolates its block. Both are short, so try again. The pauses add up to
 * at least 45 ms.
 */
#define VIPIN_LONGTERM_TRIES	10

/**
 * struct vipin_longterm - pages with a long-term pin
 * @pages:	the pages
 * @nr:		number of @pages that are pinned
 */
struct vipin_longterm {
	struct page **pages;
	unsigned long nr;
};

static void vipin_longterm_unpin_pages(struct vipin_longterm *hold)
{
	if (hold->nr)
		unpin_user_pages(hold->pages, hold->nr);
	hold->nr = 0;
}

/* Record the reason: a page could not be migrated. */
static void vipin_longterm_reason(struct vipin_verdict *verdict, unsigned long addr,
				  const struct page *page)
{
	bool movable = page_zonenum(page) == ZONE_MOVABLE;
	unsigned long offset = max(addr, verdict->vaddr) - verdict->vaddr;

	vipin_verdict_set(verdict, VIPIN_BY_FRAME_VECTOR,
			  movable ? VIPIN_REASON_MOVABLE_NOT_MIGRATED :
				    VIPIN_REASON_CMA_NOT_MIGRATED,
			  "page at +0x%lx is in %s and could not be migrated", offset,
			  movable ? "ZONE_MOVABLE" : "a CMA area");
	vipin_verdict_set_offset(verdict, offset);
}

/* The errno covers the whole range; find the page that caused it. */
static void vipin_longterm_explain(struct vipin_verdict *verdict, unsigned long first,
				   unsigned long nr)
{
	unsigned long i;
	struct page *page;
	bool found;

	for (i = 0; i < nr; i++) {
		if (get_user_pages_fast(first + (i << PAGE_SHIFT), 1, 0, &page) != 1)
			return;
		found = vipin_page_has_to_move(page);
		if (found)
			vipin_longterm_reason(verdict, first + (i << PAGE_SHIFT), page);
		put_page(page);
		if (found)
			return;
		cond_resched();
	}
}

static int vipin_longterm_pin_all(struct vipin_longterm *hold, unsigned long first,
				  unsigned long nr, unsigned int gup_flags)
{
	int ret;

	/* After an error, the pages that GUP-fast has pinned before it remain pinned. */
	while (hold->nr < nr) {
		ret = pin_user_pages_fast(first + (hold->nr << PAGE_SHIFT), nr - hold->nr,
					  gup_flags, hold->pages + hold->nr);
		if (ret <= 0)
			return ret ?: -EFAULT;
		hold->nr += ret;
	}
	return 0;
}

/* Check whether a page was pinned, but has to move. */
static bool vipin_longterm_is_stuck(const struct vipin_longterm *hold)
{
	unsigned long i;

	for (i = 0; i < hold->nr; i++)
		if (vipin_page_has_to_move(hold->pages[i]))
			return true;
	return false;
}

static int vipin_longterm_try(struct vipin_longterm *hold, unsigned long first,
			      unsigned long nr, unsigned int gup_flags)
{
	int ret = vipin_longterm_pin_all(hold, first, nr, gup_flags);

	if (!ret && vipin_longterm_is_stuck(hold))
		ret = -ENOMEM;
	return ret;
}

/* Unpin all pages. If the frame vector has pinned them, that pin remains. */
static void vipin_longterm_unpin(struct vipin_longterm *hold)
{
	vipin_longterm_unpin_pages(hold);
	kvfree(hold->pages);
	*hold = (struct vipin_longterm) { };
}

/*
 * Take a long-term pin of the pages that the frame vector is about to pin. Return 0, or
 * an errno of vipin_longterm_get_userptr().
 */
static int vipin_longterm_pin(struct vipin_longterm *hold, struct vipin_verdict *verdict)
{
	unsigned int gup_flags = FOLL_LONGTERM | vipin_gup_flags(verdict->write);
	unsigned long first = verdict->vaddr & PAGE_MASK;
	unsigned long nr = (PAGE_ALIGN(verdict->vaddr + verdict->size) - first) >> PAGE_SHIFT;
	unsigned long i;
	int ret;

	*hold = (struct vipin_longterm) { };

	/*
	 * Refuse what the frame vector will refuse. Otherwise the long-term pin would
	 * copy the pages of a private mapping of DAX.
	 */
	ret = vipin_vmas_check_for_frame_vector(verdict);
	if (ret)
		return ret;

	hold->pages = kvcalloc(nr, sizeof(*hold->pages), GFP_KERNEL);
	if (!hold->pages)
		return -ENOMEM;

	/*
	 * On these kernels, a long-term pin fails for a page that userfaultfd has to
	 * provide. A short-term reference waits, so fault in all pages that way.
	 */
	ret = get_user_pages_unlocked(first, nr, hold->pages, vipin_gup_flags(verdict->write));
	for (i = 0; ret > 0 && i < ret; i++)
		put_page(hold->pages[i]);
	if (ret < 0) {
		vipin_longterm_unpin(hold);
		return ret;
	}

	/*
	 * The first try may fail with -ENOMEM. This is the second access to the pages, so
	 * the kernel activates them. It collects such pages in a per-CPU batch of 15,
	 * which holds references, so the pages of the last batch cannot be migrated. The
	 * next try finds these pages on no LRU list, and drains the batches first
	 * (check_and_migrate_cma_pages() in mm/gup.c).
	 */
	ret = vipin_longterm_try(hold, first, nr, gup_flags);
	for (i = 1; ret == -ENOMEM && i < VIPIN_LONGTERM_TRIES; i++) {
		vipin_longterm_unpin_pages(hold);
		usleep_range(i * USEC_PER_MSEC, 2 * i * USEC_PER_MSEC);
		if (fatal_signal_pending(current))
			break;
		ret = vipin_longterm_try(hold, first, nr, gup_flags);
	}
	if (ret) {
		vipin_longterm_unpin(hold);
		if (ret == -ENOMEM)
			vipin_longterm_explain(verdict, first, nr);
		return ret;
	}

	/*
	 * The frame vector pins output buffers with FOLL_FORCE for writing. If another
	 * pin holds the page of a read-only mapping, that makes a copy. The pages have
	 * been migrated, so this pin is no longer needed.
	 */
	if (!verdict->write)
		vipin_longterm_unpin(hold);
	return 0;
}

/**
 * vipin_longterm_get_userptr() - migrate pages, then have vb2-dma-contig pin them
 * @ptr:	the pointer, for vb2-dma-contig
 * @verdict:	pointer, size and direction; decider and reason are set if this function
 *		itself finds the reason of a refusal
 *
 * This is for kernels before 5.12 only.
 *
 * Return: the return value of vb2-dma-contig's get_userptr(), or an ERR_PTR:
 *
 * * -ENOMEM if a page has to stay movable and could not be migrated. In 5.10 a long-term
 *   pin does not migrate pages out of ZONE_MOVABLE (d1e153fea2a8, 5.13), and it pins a
 *   page in CMA if it could not migrate it
 * * -EOPNOTSUPP for file system DAX
 * * an errno of pin_user_pages_fast()
 */
void *vipin_longterm_get_userptr(const struct vipin_pointer *ptr,
				 struct vipin_verdict *verdict)
{
	struct vipin_longterm hold;
	void *mem_priv;
	int err;

	err = vipin_longterm_pin(&hold, verdict);
	if (err)
		return ERR_PTR(err);
	mem_priv = vipin_dc_get_userptr(ptr);
	vipin_longterm_unpin(&hold);
	return mem_priv;
}
