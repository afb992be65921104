// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-longterm.c - a long-term pin where the frame vector takes a short one
 *
 * Before 5.12 the frame vector pinned without FOLL_LONGTERM: pages stayed where
 * they were, in CMA or in ZONE_MOVABLE, for as long as the buffer lived. There
 * policy strict takes a long-term pin first, which migrates what it can, looks at
 * what was left where it was, and keeps the pages while the frame vector pins
 * them again. On other kernels nothing of this is done.
 */

#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "vipin-compat.h"
#include "vipin.h"

/*
 * Whoever holds a page for a moment keeps it from being migrated, as another
 * allocation of CMA beside it does. The pauses between come to 45 ms.
 */
#define VIPIN_LONGTERM_TRIES	10

/**
 * struct vipin_longterm - pages held for long
 * @pages:	the pages
 * @nr:		how many
 */
struct vipin_longterm {
	struct page **pages;
	unsigned long nr;
};

static void vipin_longterm_let_go(struct vipin_longterm *hold)
{
	if (hold->nr)
		unpin_user_pages(hold->pages, hold->nr);
	hold->nr = 0;
}

/* Where it is that a page has to leave, in words. */
static void vipin_longterm_reason(struct vipin_verdict *verdict, unsigned long addr,
				  const struct page *page)
{
	bool movable = page_zonenum(page) == ZONE_MOVABLE;
	unsigned long first_byte = max(addr, verdict->vaddr) - verdict->vaddr;

	vipin_verdict_set(verdict, VIPIN_BY_FRAME_VECTOR,
			  movable ? VIPIN_REASON_MOVABLE_NOT_MIGRATED :
				    VIPIN_REASON_CMA_NOT_MIGRATED,
			  "page at +0x%lx is %s and could not be migrated", first_byte,
			  movable ? "in ZONE_MOVABLE" : "CMA");
	vipin_verdict_set_offset(verdict, first_byte);
}

/* The errno covers the whole range; find the page that caused it. */
static void vipin_longterm_explain(struct vipin_verdict *verdict, unsigned long first,
				   unsigned long nr)
{
	unsigned long i;
	struct page *page;

	for (i = 0; i < nr && verdict->by == VIPIN_BY_NOBODY; i++) {
		if (get_user_pages_fast(first + (i << PAGE_SHIFT), 1,
					verdict->write ? FOLL_WRITE : 0, &page) != 1)
			return;
		if (vipin_page_has_to_move(page))
			vipin_longterm_reason(verdict, first + (i << PAGE_SHIFT), page);
		put_page(page);
		cond_resched();
	}
}

static int vipin_longterm_pin_all(struct vipin_longterm *hold, unsigned long first,
				  unsigned long nr, unsigned int gup_flags)
{
	int ret;

	/* What the fast way got counts, though the slow one failed behind it. */
	while (hold->nr < nr) {
		ret = pin_user_pages_fast(first + (hold->nr << PAGE_SHIFT), nr - hold->nr,
					  gup_flags, hold->pages + hold->nr);
		if (ret <= 0)
			return ret ?: -EFAULT;
		hold->nr += ret;
	}
	return 0;
}

/* The first page that was pinned where it may not stay, or @nr. */
static unsigned long vipin_longterm_stuck(const struct vipin_longterm *hold, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		if (vipin_page_has_to_move(hold->pages[i]))
			break;
	return i;
}

static int vipin_longterm_try(struct vipin_longterm *hold, unsigned long first,
			      unsigned long nr, unsigned int gup_flags)
{
	int ret = vipin_longterm_pin_all(hold, first, nr, gup_flags);

	if (!ret && vipin_longterm_stuck(hold, nr) < nr)
		ret = -ENOMEM;
	return ret;
}

/* Leave the pages to the frame vector's pin. */
static void vipin_longterm_unpin(struct vipin_longterm *hold)
{
	vipin_longterm_let_go(hold);
	kvfree(hold->pages);
	*hold = (struct vipin_longterm) { };
}

/*
 * Pin for long what the frame vector is about to pin, and return what
 * vipin_longterm_get_userptr() does.
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
	 * The frame vector will refuse these. To have them here first would make
	 * copies of a file's storage where it is mapped privately.
	 */
	ret = vipin_vmas_check_for_frame_vector(verdict);
	if (ret)
		return ret;

	hold->pages = kvcalloc(nr, sizeof(*hold->pages), GFP_KERNEL);
	if (!hold->pages)
		return -ENOMEM;

	/* A long-term pin of those days does not wait for who answers userfaultfd. */
	ret = get_user_pages_unlocked(first, nr, hold->pages, vipin_gup_flags(verdict->write));
	for (i = 0; ret > 0 && i < ret; i++)
		put_page(hold->pages[i]);
	if (ret < 0) {
		vipin_longterm_unpin(hold);
		return ret;
	}

	/*
	 * A page that is looked at twice, as here, moves to the list of active ones, and
	 * waits for that in a batch of 15, which holds it: of the last ones no migration
	 * succeeds. It puts them back, though, and who then finds a page on no list has
	 * all batches emptied first (check_and_migrate_cma_pages() in mm/gup.c).
	 */
	ret = vipin_longterm_try(hold, first, nr, gup_flags);
	for (i = 1; ret == -ENOMEM && i < VIPIN_LONGTERM_TRIES; i++) {
		vipin_longterm_let_go(hold);
		usleep_range(i * USEC_PER_MSEC, 2 * i * USEC_PER_MSEC);
		if (fatal_signal_pending(current))
			break;
		ret = vipin_longterm_try(hold, first, nr, gup_flags);
	}
	if (ret) {
		i = hold->nr == nr ? vipin_longterm_stuck(hold, nr) : nr;
		if (i < nr)
			vipin_longterm_reason(verdict, first + (i << PAGE_SHIFT),
					      hold->pages[i]);
		vipin_longterm_unpin(hold);
		if (ret == -ENOMEM)
			vipin_longterm_explain(verdict, first, nr);
		return ret;
	}

	/*
	 * What may not be written is written by force, and copied for that each time
	 * that somebody else holds the page. It is out of the way now; let it be.
	 */
	if (!verdict->write)
		vipin_longterm_unpin(hold);
	return 0;
}

/**
 * vipin_longterm_get_userptr() - have vb2-dma-contig pin a user pointer for long
 * @req:	the pointer, for vb2-dma-contig
 * @verdict:	the same; where this finds the reason of a refusal itself, it is set,
 *		and the decider
 *
 * Return: what vb2-dma-contig's get_userptr() returns; before 5.12 also
 *
 * * -ENOMEM if a page has to stay movable and could not be migrated: in 5.10 a
 *   long-term pin leaves ZONE_MOVABLE alone (d1e153fea2a8, 5.13), and what it
 *   cannot migrate out of CMA it pins there
 * * -EOPNOTSUPP for file system DAX
 * * what pin_user_pages_fast() says
 */
void *vipin_longterm_get_userptr(const struct vipin_request *req,
				 struct vipin_verdict *verdict)
{
	struct vipin_longterm hold;
	void *mem_priv;
	int err;

	if (VIPIN_FRAME_VECTOR_PINS_LONG_TERM)
		return vipin_dc_get_userptr(req);

	err = vipin_longterm_pin(&hold, verdict);
	if (err)
		return ERR_PTR(err);
	mem_priv = vipin_dc_get_userptr(req);
	vipin_longterm_unpin(&hold);
	return mem_priv;
}
