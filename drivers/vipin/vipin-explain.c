// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-explain.c - why the kernel below vipin refused a user pointer
 *
 * vb2-dma-contig returns an errno, and the same one for many reasons. What it
 * does step by step is done again here, page by page, until the step is found
 * that fails. Nothing depends on the answer but the words told, so it does not
 * matter that the memory may have changed meanwhile.
 */

#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/userfaultfd_k.h>

#include "vipin-compat.h"
#include "vipin.h"

/* What about its VMA can keep a page from being there at all, or from being seen. */
static const char *vipin_unreachable_page(unsigned long addr, bool write)
{
	const char *why = " could not be faulted in";
	struct vm_area_struct *vma;
	struct inode *inode;

	if (mmap_read_lock_killable(current->mm))
		return why;
	vma = find_vma(current->mm, addr);
	if (vma && vma->vm_start <= addr) {
		inode = vma->vm_file ? file_inode(vma->vm_file) : NULL;
		if (inode && inode->i_sb->s_magic == SECRETMEM_MAGIC)
			why = " is secret memory";
		else if (!arch_vma_access_permitted(vma, write, false, false))
			why = " is locked by a protection key";
		else if (inode && S_ISREG(inode->i_mode) &&
			 (loff_t)linear_page_index(vma, addr) << PAGE_SHIFT >= i_size_read(inode))
			why = " lies behind the end of its file";
	}
	mmap_read_unlock(current->mm);
	return why;
}

/* Whether to pin a page would wait for whoever answers userfaultfd. */
static bool vipin_asks_userfaultfd(unsigned long addr)
{
	struct vm_area_struct *vma;
	struct page *page;
	bool asks = false;

	if (mmap_read_lock_killable(current->mm))
		return false;
	vma = find_vma(current->mm, addr);
	if (vma && vma->vm_start <= addr)
		asks = userfaultfd_missing(vma);
	mmap_read_unlock(current->mm);

	if (!asks || get_user_pages_unlocked(addr, 1, &page, FOLL_NOWAIT) != 1)
		return asks;
	put_page(page);
	return false;
}

static void vipin_unpinnable_page(struct vipin_verdict *verdict,
				  unsigned long offset, int err)
{
	unsigned long addr = (verdict->vaddr & PAGE_MASK) + offset;
	unsigned int flags = verdict->write ? FOLL_WRITE : 0;
	const char *why = "";
	struct page *page;

	/* The VMA's flags tell most: in the same words as policy strict uses. */
	if (vipin_userptr_check(verdict))
		return;

	/*
	 * What can be held for a moment but not for long is one of a file system's
	 * own, or a page that has to stay movable and could not be moved. The
	 * file system is asked first, and where a page lies says nothing about it.
	 */
	if (get_user_pages_fast(addr, 1, flags, &page) == 1) {
		if (err == -EOPNOTSUPP)
			why = " is file system DAX";
		else if (err == -EFAULT)
			why = " belongs to a file that must see every write to it";
		else if (page_zonenum(page) == ZONE_MOVABLE)
			why = " is in ZONE_MOVABLE and could not be migrated";
		else
			why = " is CMA and could not be migrated";
		put_page(page);
	} else if (err == -EEXIST) {
		/* A special page table entry, as vmf_insert_mixed() makes it. */
		why = " is mapped without its struct page";
	} else {
		why = vipin_unreachable_page(addr, verdict->write);
	}
	snprintf(verdict->reason, sizeof(verdict->reason),
		 "page at +0x%lx%s (errno %d)", offset, why, err);
}

/* How much of a page belongs to the frame. */
static unsigned long vipin_bytes_in_page(const struct vipin_verdict *verdict,
					 unsigned long page)
{
	return min(page + PAGE_SIZE, verdict->vaddr + verdict->size) -
	       max(page, verdict->vaddr);
}

/**
 * vipin_explain() - find out who refused a user pointer, and why
 * @node:	the device
 * @verdict:	pointer, size, direction and errno; decider and reason are set
 *
 * Context: process context of the pointer's owner, with no lock held but the
 * queue's. Takes the mmap lock, and pins one page at a time for a moment.
 */
void vipin_explain(struct vipin_node *node, struct vipin_verdict *verdict)
{
	unsigned int gup_flags = vipin_gup_flags(verdict->write);
	unsigned long first = verdict->vaddr & PAGE_MASK;
	unsigned long last = (verdict->vaddr + verdict->size - 1) & PAGE_MASK;
	size_t limit = dma_max_mapping_size(node->parent->dev);
	unsigned long contiguous = 0;
	unsigned long next_pfn = 0;
	unsigned long piece = 0;
	unsigned long largest = 0;
	bool gap = false;
	unsigned long addr;
	struct page *page;
	int ret;

	if (!IS_ALIGNED(verdict->vaddr | verdict->size, dma_get_cache_alignment())) {
		verdict->by = VIPIN_BY_ARGUMENT;
		snprintf(verdict->reason, sizeof(verdict->reason),
			 "address and size must be multiples of %d bytes",
			 (int)dma_get_cache_alignment());
		return;
	}

	if (check_add_overflow(verdict->vaddr, verdict->size, &addr)) {
		verdict->by = VIPIN_BY_FRAME_VECTOR;
		strscpy(verdict->reason, "reaches beyond the last address",
			sizeof(verdict->reason));
		return;
	}

	/* Before 5.12 the frame vector looked at VMAs, too, if not at their permissions. */
	if (!VIPIN_FRAME_VECTOR_PINS_LONG_TERM &&
	    vipin_vmas_check(verdict, false) == verdict->err) {
		verdict->by = VIPIN_BY_FRAME_VECTOR;
		return;
	}

	for (addr = first; addr <= last; addr += PAGE_SIZE) {
		if (fatal_signal_pending(current))
			break;
		if (vipin_asks_userfaultfd(addr)) {
			verdict->by = VIPIN_BY_FRAME_VECTOR;
			snprintf(verdict->reason, sizeof(verdict->reason),
				 "page at +0x%lx has to come by userfaultfd, and did not (errno %d)",
				 addr - first, verdict->err);
			return;
		}
		ret = vipin_pin_page(addr, gup_flags, &page);
		if (ret != 1) {
			verdict->by = VIPIN_BY_FRAME_VECTOR;
			vipin_unpinnable_page(verdict, addr - first, ret ?: -EFAULT);
			return;
		}
		if (addr != first && page_to_pfn(page) != next_pfn) {
			gap = true;
			piece = 0;
		}
		piece += vipin_bytes_in_page(verdict, addr);
		largest = max(largest, piece);
		if (!gap)
			contiguous = piece;
		next_pfn = page_to_pfn(page) + 1;
		unpin_user_page(page);
		cond_resched();
	}

	switch (verdict->err) {
	case -EINTR:
		verdict->by = VIPIN_BY_FRAME_VECTOR;
		strscpy(verdict->reason, "the task was killed while it was pinned",
			sizeof(verdict->reason));
		break;
	case -EFAULT:
		/*
		 * Pinned one by one, the fast way, pages of a driver pass. Together
		 * with others that had to move they were pinned the slow way, where
		 * VMAs are looked at. Nothing else is refused behind an IOMMU.
		 */
		if (vipin_dma_is_translated(iommu_get_domain_for_dev(node->parent->dev)) &&
		    vipin_userptr_check(verdict)) {
			verdict->by = VIPIN_BY_FRAME_VECTOR;
			break;
		}
		verdict->by = VIPIN_BY_CONTIGUITY;
		snprintf(verdict->reason, sizeof(verdict->reason),
			 "contiguous for %lu of %lu bytes", contiguous, verdict->size);
		break;
	case -EIO:
		verdict->by = VIPIN_BY_DMA_MAP;
		if (largest > limit)
			snprintf(verdict->reason, sizeof(verdict->reason),
				 "%lu bytes in one piece, and a bounce buffer holds at most %zu bytes",
				 largest, limit);
		else
			snprintf(verdict->reason, sizeof(verdict->reason),
				 "no DMA mapping: the device reaches addresses up to 0x%llx",
				 dma_get_mask(node->parent->dev));
		break;
	default:
		verdict->by = VIPIN_BY_MEMORY;
		snprintf(verdict->reason, sizeof(verdict->reason),
			 "out of memory for the frame vector or its mapping (errno %d)",
			 verdict->err);
	}
}
