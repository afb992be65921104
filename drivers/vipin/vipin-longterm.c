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

#include <linux/mm.h>
#include <linux/slab.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * vipin_longterm_pin() - pin for long what the frame vector is about to pin
 * @hold:	filled in; to be given to vipin_longterm_unpin() if this returns 0
 * @verdict:	the pointer; where this finds the reason itself, it is set, and who
 *		decided
 *
 * Return: 0, or
 *
 * * -ENOMEM if a page has to stay movable and could not be migrated: in 5.10 a
 *   long-term pin leaves ZONE_MOVABLE alone (d1e153fea2a8, 5.13), and what it
 *   cannot migrate out of CMA it pins there
 * * what pin_user_pages_fast() says, among it -EOPNOTSUPP for file system DAX
 */
int vipin_longterm_pin(struct vipin_longterm *hold, struct vipin_verdict *verdict)
{
	unsigned long first = verdict->vaddr & PAGE_MASK;
	unsigned long nr = (PAGE_ALIGN(verdict->vaddr + verdict->size) - first) >> PAGE_SHIFT;
	unsigned long i;
	int ret;

	*hold = (struct vipin_longterm) { };
	if (VIPIN_FRAME_VECTOR_PINS_LONG_TERM)
		return 0;

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

	ret = pin_user_pages_fast(first, nr, FOLL_LONGTERM | vipin_gup_flags(verdict->write),
				  hold->pages);
	hold->nr = max(ret, 0);
	if (hold->nr < nr) {
		vipin_longterm_unpin(hold);
		return ret < 0 ? ret : -EFAULT;
	}

	for (i = 0; i < nr; i++) {
		if (!vipin_page_has_to_move(hold->pages[i]))
			continue;
		verdict->by = VIPIN_BY_FRAME_VECTOR;
		snprintf(verdict->reason, sizeof(verdict->reason),
			 "page at +0x%lx is %s and could not be migrated", i << PAGE_SHIFT,
			 page_zonenum(hold->pages[i]) == ZONE_MOVABLE ? "in ZONE_MOVABLE" : "CMA");
		vipin_longterm_unpin(hold);
		return -ENOMEM;
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
 * vipin_longterm_unpin() - leave the pages to the frame vector's pin
 * @hold:	what vipin_longterm_pin() filled in
 */
void vipin_longterm_unpin(struct vipin_longterm *hold)
{
	if (hold->nr)
		unpin_user_pages(hold->pages, hold->nr);
	kvfree(hold->pages);
	*hold = (struct vipin_longterm) { };
}
