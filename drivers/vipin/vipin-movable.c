// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-movable.c - pages that have to stay movable, and cannot be moved
 *
 * A long-term pin moves a page out of CMA or ZONE_MOVABLE before it holds it. A
 * page that a driver allocated there and put into a VMA is on no LRU list, so
 * nothing can move it; and mm/gup.c has no end for that case:
 * collect_longterm_unpinnable_folios() counts it as one to be migrated, finds
 * nothing to isolate, migrates nothing, and __gup_longterm_locked() begins again,
 * until the task is killed. So policy strict looks for such pages before it pins.
 */

#include <linux/fs.h>
#include <linux/hugetlb_inline.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched/signal.h>

#include "vipin-compat.h"
#include "vipin.h"

#ifdef CONFIG_CMA
/*
 * Each block of pages has a few bits that say what it is for. The function that
 * reads them, get_pfnblock_migratetype(), is not exported, but what it reads is.
 */
static bool vipin_page_is_cma(const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long *bits;
	unsigned long bit;
	unsigned int type;

#ifdef CONFIG_SPARSEMEM
	bits = section_to_usemap(__pfn_to_section(pfn));
	pfn &= PAGES_PER_SECTION - 1;
#else
	bits = page_zone(page)->pageblock_flags;
	pfn -= round_down(page_zone(page)->zone_start_pfn, pageblock_nr_pages);
#endif
	bit = (pfn >> pageblock_order) * NR_PAGEBLOCK_BITS;
	type = (READ_ONCE(bits[BIT_WORD(bit)]) >> (bit % BITS_PER_LONG)) &
	       VIPIN_MIGRATETYPE_MASK;

	/* Kernels that have no bit of its own for it isolate a block by its type. */
	return type == MIGRATE_CMA || type == MIGRATE_ISOLATE;
}
#else
static bool vipin_page_is_cma(const struct page *page)
{
	return false;
}
#endif

/**
 * vipin_page_has_to_move() - whether a long-term pin must not hold a page where it is
 * @page:	the page
 *
 * Return: whether it lies in CMA or in ZONE_MOVABLE.
 */
bool vipin_page_has_to_move(const struct page *page)
{
	return page_zonenum(page) == ZONE_MOVABLE || vipin_page_is_cma(page);
}

/*
 * What can be migrated belongs to somebody who has reverse mappings of it: it is
 * anonymous, or of a page cache. A page that is not on an LRU list for a moment
 * only has that, too.
 */
static bool vipin_page_is_stuck(struct page *page)
{
	if (compound_head(page)->mapping)
		return false;
	return vipin_page_has_to_move(page);
}

/*
 * Look at the pages of a part of one VMA. Those that are not there yet get there,
 * as they would by the pin. Where one cannot be had, it is for the pin to say why,
 * unless that would pass over it.
 */
static int vipin_look_at_pages(struct vipin_verdict *verdict, unsigned long addr,
			       unsigned long end, unsigned int gup_flags)
{
	struct page *pages[16];
	unsigned long stuck, offset;
	long got, i;

	for (; addr < end; addr += got * PAGE_SIZE) {
		got = min_t(long, ARRAY_SIZE(pages), DIV_ROUND_UP(end - addr, PAGE_SIZE));
		got = get_user_pages_unlocked(addr, got, pages, gup_flags);
		if (got <= 0)
			return VIPIN_PIN_SKIPS_BARE_ENTRIES ? got ?: -EFAULT : 0;

		stuck = 0;
		for (i = 0; i < got; i++) {
			if (!stuck && vipin_page_is_stuck(pages[i]))
				stuck = addr + i * PAGE_SIZE;
			put_page(pages[i]);
		}
		if (stuck) {
			offset = max(stuck, verdict->vaddr) - verdict->vaddr;
			vipin_verdict_set(verdict, VIPIN_BY_VMA_CHECK, VIPIN_REASON_DRIVER_PAGES,
					  "page at +0x%lx has to stay movable, but is a driver's: nothing can migrate it",
					  offset);
			vipin_verdict_set_offset(verdict, offset);
			return -EFAULT;
		}
		cond_resched();
	}
	return 0;
}

/**
 * vipin_vma_may_have_drivers_pages() - whether the pages of a VMA have to be looked at
 * @vma:	the VMA
 *
 * To look at pages is to look them up one by one, which is what a pin of huge pages
 * does not do; so this is asked of few.
 *
 * Return: false where nobody but the kernel itself puts pages: in anonymous memory,
 * in huge pages of the pool, and in files of tmpfs (shared memory and memfds among
 * them). And for storage that is mapped itself (DAX): it has no such page, and to
 * look at a private mapping of it would have its pages copied: GUP-fast would then
 * pin what is refused.
 */
bool vipin_vma_may_have_drivers_pages(struct vm_area_struct *vma)
{
	const struct inode *inode;

	if (vma_is_anonymous(vma) || vma_is_dax(vma) || is_vm_hugetlb_page(vma))
		return false;
	/* Where a driver has a file of tmpfs mapped, it may put others beside its pages. */
	if (!vma->vm_file || vma->vm_flags & VM_MIXEDMAP)
		return true;
	inode = file_inode(vma->vm_file);
	return !S_ISREG(inode->i_mode) || inode->i_sb->s_magic != TMPFS_MAGIC;
}

/**
 * vipin_movable_check() - look for pages that no pin can move out of the way
 * @verdict:	the pointer, size and direction; where there is such a page, the
 *		reason is set, and who decided
 *
 * The VMAs are those that vipin_vmas_check() has let pass. What changes
 * meanwhile is the caller's to notice.
 *
 * Context: process context of the pointer's owner; takes the mmap lock.
 * Return: 0, or
 *
 * * -EFAULT if there is such a page: like a page of VM_IO it will never be one to
 *   pin. -ENOMEM, by which a pin fails that could not migrate a page, would say
 *   that it is worth another try
 * * before 5.18, what GUP says to a page that cannot be had
 */
int vipin_movable_check(struct vipin_verdict *verdict)
{
	unsigned long addr = verdict->vaddr & PAGE_MASK;
	unsigned long end = verdict->vaddr + verdict->size;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned int gup_flags;
	unsigned long next;
	bool look;
	int err;

	for (; addr < end; addr = next) {
		if (mmap_read_lock_killable(mm))
			return 0;
		vma = find_vma(mm, addr);
		if (!vma || vma->vm_start > addr) {
			mmap_read_unlock(mm);
			return 0;
		}
		next = min(vma->vm_end, end);
		look = vipin_vma_may_have_drivers_pages(vma);
		/*
		 * A private mapping's page is another one once it is written. A
		 * shared one's is the same, and need not become dirty for this.
		 */
		gup_flags = verdict->write && !(vma->vm_flags & VM_SHARED) ? FOLL_WRITE : 0;
		mmap_read_unlock(mm);

		err = look ? vipin_look_at_pages(verdict, addr, next, gup_flags) : 0;
		if (err)
			return err;
	}
	return 0;
}
