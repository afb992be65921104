// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-movable.c - find pages that must stay movable, but cannot be migrated
 *
 * A long-term pin first migrates a page out of CMA or ZONE_MOVABLE. It cannot do that
 * with a page that a driver allocated there and mapped, for such a page is on no LRU
 * list. mm/gup.c then loops until the task is killed:
 * collect_longterm_unpinnable_folios() counts the page as one to migrate, but cannot
 * isolate it, so nothing is migrated, and __gup_longterm_locked() tries again. So policy
 * strict looks for such pages before it pins.
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
 * Read the migratetype of a page's block. get_pfnblock_migratetype() is not exported, but
 * the bits that it reads are accessible.
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

	/* Before 6.17, an isolated block has lost its type, so it may have been CMA. */
	return type == MIGRATE_CMA || type == MIGRATE_ISOLATE;
}
#else
static bool vipin_page_is_cma(const struct page *page)
{
	return false;
}
#endif

/**
 * vipin_page_has_to_move() - check whether a long-term pin has to migrate a page first
 * @page:	the page
 *
 * Return: true if the page is in CMA or in ZONE_MOVABLE.
 */
bool vipin_page_has_to_move(const struct page *page)
{
	return page_zonenum(page) == ZONE_MOVABLE || vipin_page_is_cma(page);
}

/**
 * vipin_page_is_stuck() - check whether a page has to move, but cannot be migrated
 * @page:	the page
 *
 * The kernel can migrate anonymous memory and the page cache. A page there has a mapping
 * (the struct address_space or anon_vma), even while it is on no LRU list. A driver's page
 * has none.
 *
 * Return: true if it has to move and cannot.
 */
bool vipin_page_is_stuck(struct page *page)
{
	if (compound_head(page)->mapping)
		return false;
	return vipin_page_has_to_move(page);
}

/*
 * Check the pages of a part of one VMA. This faults in missing pages, as the pin would.
 * If it cannot get a page, leave the refusal to the pin, unless the pin would skip that
 * page.
 */
static int vipin_pages_check(struct vipin_verdict *verdict, unsigned long addr,
			     unsigned long end, unsigned int gup_flags)
{
	struct page *pages[16];
	unsigned long stuck, offset;
	long got, i;

	for (; addr < end; addr += got * PAGE_SIZE) {
		got = min_t(long, ARRAY_SIZE(pages), DIV_ROUND_UP(end - addr, PAGE_SIZE));
		got = get_user_pages_unlocked(addr, got, pages, gup_flags);
		if (got <= 0)
			return VIPIN_PIN_SKIPS_NO_STRUCT_PAGE ? got ?: -EFAULT : 0;

		stuck = 0;
		for (i = 0; i < got; i++) {
			if (!stuck && vipin_page_is_stuck(pages[i]))
				stuck = addr + i * PAGE_SIZE;
			put_page(pages[i]);
		}
		if (stuck) {
			offset = max(stuck, verdict->vaddr) - verdict->vaddr;
			vipin_verdict_set(verdict, VIPIN_BY_VMA_CHECK, VIPIN_REASON_DRIVER_PAGES,
					  "page at +0x%lx has to stay movable, but a driver allocated it, so nothing can migrate it",
					  offset);
			vipin_verdict_set_offset(verdict, offset);
			return -EFAULT;
		}
		cond_resched();
	}
	return 0;
}

/**
 * vipin_vma_may_have_drivers_pages() - check whether a driver can have mapped pages here
 * @vma:	the VMA
 *
 * vipin_movable_check() looks up the pages of such a VMA one by one. For huge pages that
 * is much slower than the pin, so exclude as many VMAs as possible.
 *
 * Return: false if only the memory management puts pages there: for anonymous memory,
 * hugetlb, and files of tmpfs (with shared memory and memfds). Also false for DAX. No
 * page of it is in CMA or ZONE_MOVABLE, and looking up a private mapping would copy its
 * pages. GUP-fast would then pin the copies, although the mapping has to be refused.
 */
bool vipin_vma_may_have_drivers_pages(struct vm_area_struct *vma)
{
	const struct inode *inode;

	if (vma_is_anonymous(vma) || vma_is_dax(vma) || is_vm_hugetlb_page(vma))
		return false;
	/* A driver that maps a tmpfs file may insert pages of its own (VM_MIXEDMAP). */
	if (!vma->vm_file || vma->vm_flags & VM_MIXEDMAP)
		return true;
	inode = file_inode(vma->vm_file);
	return !S_ISREG(inode->i_mode) || inode->i_sb->s_magic != TMPFS_MAGIC;
}

/**
 * vipin_movable_check() - check for pages that must stay movable but cannot be migrated
 * @verdict:	the pointer, size and direction; if there is such a page, decider and
 *		reason are set
 *
 * vipin_vmas_check() has accepted the VMAs. The caller has to notice if they change
 * meanwhile.
 *
 * Context: process context of the pointer's owner; takes the mmap lock.
 * Return: 0, or
 *
 * * -EFAULT if there is such a page. The errno is that of VM_IO, as such a page can
 *   never be pinned, either. -ENOMEM would suggest that another try may succeed
 * * before 5.18, the errno of GUP for a page that it cannot get
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
		 * A write to a private mapping replaces the page, so look at the page
		 * after that. A shared mapping keeps the page; do not make it dirty.
		 */
		gup_flags = verdict->write && !(vma->vm_flags & VM_SHARED) ? FOLL_WRITE : 0;
		mmap_read_unlock(mm);

		err = look ? vipin_pages_check(verdict, addr, next, gup_flags) : 0;
		if (err)
			return err;
	}
	return 0;
}
