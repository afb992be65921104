// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-explain.c - find out why vb2-dma-contig refused a user pointer
 *
 * vb2-dma-contig returns the same errno for many reasons. Repeat its steps, first for
 * each page, then for all pages together, and find the step that fails. If no step fails,
 * the reason is %VIPIN_REASON_UNKNOWN. The memory may change meanwhile: that can make the
 * reason wrong, but no decision depends on it.
 */

#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/hugetlb_inline.h>
#include <linux/iommu.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/sched/signal.h>
#include <linux/userfaultfd_k.h>

#include <media/videobuf2-memops.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * struct vipin_layout - the contiguous pieces of a frame in physical memory
 * @contiguous:	length of the first piece in bytes
 * @largest:	length of the largest piece in bytes
 * @piece:	length of the last piece in bytes
 * @next_pfn:	the page frame that would continue the last piece
 * @end:	the highest bus address of all pages, without an IOMMU
 * @gap:	there is more than one piece
 */
struct vipin_layout {
	unsigned long contiguous;
	unsigned long largest;
	unsigned long piece;
	unsigned long next_pfn;
	dma_addr_t end;
	bool gap;
};

static void vipin_layout_add(struct vipin_layout *layout, struct device *dev,
			     const struct page *page, unsigned long bytes)
{
	unsigned long pfn = page_to_pfn(page);

	if (layout->piece && pfn != layout->next_pfn) {
		layout->gap = true;
		layout->piece = 0;
	}
	layout->piece += bytes;
	layout->largest = max(layout->largest, layout->piece);
	if (!layout->gap)
		layout->contiguous = layout->piece;
	layout->next_pfn = pfn + 1;
	layout->end = max(layout->end, phys_to_dma(dev, PFN_PHYS(pfn)) + PAGE_SIZE - 1);
}

/**
 * struct vipin_page - a page that cannot be pinned
 * @vma:	its VMA
 * @addr:	its address
 * @write:	the device writes to it
 * @gup_flags:	the flags that the frame vector pins with
 * @locked:	the mmap lock is held
 * @for_writing: the device only reads, and only the pin for writing fails
 */
struct vipin_page {
	struct vm_area_struct *vma;
	unsigned long addr;
	bool write;
	unsigned int gup_flags;
	bool locked;
	bool for_writing;
};

static void vipin_unknown(struct vipin_verdict *verdict, enum vipin_decider by,
			  const char *what)
{
	vipin_verdict_set(verdict, by, VIPIN_REASON_UNKNOWN, "%s (errno %d)", what,
			  verdict->err);
}

/*
 * Find out what check_vma_flags() in mm/gup.c refuses about a VMA. Return the reason, or
 * VIPIN_REASON_PINNED.
 */
static enum vipin_reason vipin_gup_refusal(struct vm_area_struct *vma, bool write)
{
	unsigned int gup_flags = vipin_gup_flags(write);
	unsigned long flags = vma->vm_flags;
	enum vipin_reason reason;

	if (gup_flags & FOLL_FORCE) {
		/* A private mapping is copied, so FOLL_FORCE may write to it. */
		if ((flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE &&
		    (VIPIN_GUP_FORCES_HUGETLB || !is_vm_hugetlb_page(vma)))
			flags |= VM_WRITE;
		if (flags & VM_MAYREAD)
			flags |= VM_READ;
	}
	reason = vipin_vma_refusal(flags, write);
	if (!reason && !write && gup_flags & FOLL_WRITE && !(flags & VM_WRITE))
		reason = VIPIN_REASON_NOT_WRITABLE;
	return reason;
}

/* Is the VMA of a page the reason why it cannot be pinned? If so, record that. */
static bool vipin_vma_forbids(struct vipin_verdict *verdict, unsigned long addr)
{
	struct vipin_verdict page = { .vaddr = addr, .size = PAGE_SIZE, .write = true };
	unsigned long first = max(addr, verdict->vaddr);
	enum vipin_reason reason = VIPIN_REASON_PINNED;
	struct vm_area_struct *vma;
	bool mapped;

	if (mmap_read_lock_killable(current->mm))
		return false;
	vma = find_vma(current->mm, addr);
	mapped = vma && vma->vm_start <= addr;
	if (!mapped) {
		vipin_verdict_set(verdict, VIPIN_BY_FRAME_VECTOR, VIPIN_REASON_NOT_MAPPED,
				  "nothing is mapped at +0x%lx", first - verdict->vaddr);
		vipin_verdict_set_offset(verdict, first - verdict->vaddr);
	} else {
		reason = vipin_gup_refusal(vma, verdict->write);
	}
	if (reason)
		vipin_vma_refuse(verdict, VIPIN_BY_FRAME_VECTOR, vma, first, reason);
	mmap_read_unlock(current->mm);
	if (!mapped || reason)
		return true;

	/* Since 6.5, GUP also refuses files that track writes, as policy strict does. */
	if (!VIPIN_GUP_REFUSES_FILE_WRITES || !verdict->write || !vipin_vmas_check(&page))
		return false;
	vipin_verdict_set(verdict, VIPIN_BY_FRAME_VECTOR, page.reason, "%s", page.sentence);
	vipin_verdict_set_offset(verdict, first - verdict->vaddr);
	return true;
}

static bool vipin_is_beyond_file(const struct vm_area_struct *vma, unsigned long addr)
{
	unsigned long index = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	const struct inode *inode = vma->vm_file ? file_inode(vma->vm_file) : NULL;

	return inode && S_ISREG(inode->i_mode) &&
	       (loff_t)index << PAGE_SHIFT >= i_size_read(inode);
}

/*
 * May the page be faulted in? The kernel warns about a fault that the VMA does not permit. The
 * fault would wait for userfaultfd, and that may take long.
 */
static bool vipin_may_fault(const struct vipin_page *page, unsigned int fault_flags)
{
	vm_flags_t access = fault_flags & FAULT_FLAG_WRITE ? VM_WRITE : VM_READ;
	struct vm_area_struct *vma = page->vma;

	return vma && vma->vm_start <= page->addr && vma->vm_flags & access &&
	       !userfaultfd_armed(vma);
}

/*
 * Fault a page in, as GUP does. A fault handler that has to wait drops the mmap lock, and wants
 * to be called again with the lock. Another thread may have changed the mapping meanwhile, so
 * find @vma again. SIGKILL ends the wait. Set @locked.
 */
static vm_fault_t vipin_fault(struct vipin_page *page, unsigned int fault_flags)
{
	struct mm_struct *mm = current->mm;
	vm_fault_t fault;

	fault_flags |= FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE;
	fault = handle_mm_fault(page->vma, page->addr, fault_flags, NULL);
	if (fault & VM_FAULT_RETRY && !mmap_read_lock_killable(mm)) {
		fault = 0;
		page->vma = find_vma(mm, page->addr);
		if (vipin_may_fault(page, fault_flags))
			fault = handle_mm_fault(page->vma, page->addr,
						fault_flags | FAULT_FLAG_TRIED, NULL);
	}
	page->locked = !(fault & (VM_FAULT_RETRY | VIPIN_FAULT_COMPLETED));
	return fault;
}

static enum vipin_reason vipin_sigbus(struct vipin_page *page, unsigned int fault_flags)
{
	if (vipin_is_beyond_file(page->vma, page->addr))
		return VIPIN_REASON_BEYOND_FILE;
	if (!(fault_flags & FAULT_FLAG_WRITE) || vipin_fault(page, 0) & VM_FAULT_ERROR)
		return VIPIN_REASON_SIGBUS;
	page->for_writing = !page->write;
	return VIPIN_REASON_SIGBUS_ON_WRITE;
}

/* Fault a page in as GUP does, and find the reason in the fault handler's answer. */
static enum vipin_reason vipin_fault_answer(struct vipin_page *page)
{
	struct vm_area_struct *vma = page->vma;
	bool file = vma->vm_file && S_ISREG(file_inode(vma->vm_file)->i_mode);
	bool has_guards = vma_is_anonymous(vma) || file;
	unsigned int fault_flags = 0;
	vm_fault_t fault;

	if (page->gup_flags & FOLL_WRITE && vma->vm_flags & VM_WRITE)
		fault_flags = FAULT_FLAG_WRITE;
	if (!vipin_may_fault(page, fault_flags))
		return VIPIN_REASON_UNKNOWN;
	fault = vipin_fault(page, fault_flags);
	if (!page->locked)
		return VIPIN_REASON_UNKNOWN;
	if (fault & (VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE))
		return VIPIN_REASON_POISONED;
	/* The VMA permits the access, so the page table entry is a guard. */
	if (fault & VM_FAULT_SIGSEGV && has_guards)
		return VIPIN_REASON_GUARD_REGION;
	if (fault & VM_FAULT_SIGBUS)
		return vipin_sigbus(page, fault_flags);
	if (fault & VM_FAULT_OOM)
		return VIPIN_REASON_NO_MEMORY;
	return VIPIN_REASON_UNKNOWN;
}

/* Find out why a page cannot be pinned although the flags of its VMA permit it. */
static enum vipin_reason vipin_vma_page_reason(struct vipin_page *page, int err)
{
	struct vm_area_struct *vma = page->vma;

	if (err == -EOPNOTSUPP && page->gup_flags & FOLL_LONGTERM && vma_is_fsdax(vma))
		return VIPIN_REASON_FSDAX;
	if (err != -EFAULT)
		return VIPIN_REASON_UNKNOWN;
	if (vma->vm_file && file_inode(vma->vm_file)->i_sb->s_magic == SECRETMEM_MAGIC)
		return VIPIN_REASON_SECRETMEM;
	if (!arch_vma_access_permitted(vma, page->gup_flags & FOLL_WRITE, false, false)) {
		page->for_writing = arch_vma_access_permitted(vma, page->write, false, false);
		return VIPIN_REASON_PKEY;
	}
	return vipin_fault_answer(page);
}

/*
 * Find out why a long-term pin has failed with -ENOMEM: if a short-term pin gets the page,
 * it may be one that could not be migrated.
 */
static enum vipin_reason vipin_unmoved_page(unsigned long addr, bool write)
{
	enum vipin_reason reason = VIPIN_REASON_UNKNOWN;
	unsigned int gup_flags = vipin_gup_flags(write);
	struct page *page;

	if (!(gup_flags & FOLL_LONGTERM) ||
	    get_user_pages_fast(addr, 1, gup_flags & ~FOLL_LONGTERM, &page) != 1)
		return VIPIN_REASON_UNKNOWN;
	if (page_zonenum(page) == ZONE_MOVABLE)
		reason = VIPIN_REASON_MOVABLE_NOT_MIGRATED;
	else if (vipin_page_has_to_move(page))
		reason = VIPIN_REASON_CMA_NOT_MIGRATED;
	put_page(page);
	return reason;
}

/*
 * Is there a page that has to move, but cannot be migrated? A kernel that gives up its migration
 * refuses it with -EFAULT. Do not wait for userfaultfd.
 */
static bool vipin_is_stuck(unsigned long addr)
{
	struct page *page;
	bool stuck;

	if (get_user_pages_unlocked(addr, 1, &page, FOLL_NOWAIT) != 1)
		return false;
	stuck = vipin_page_is_stuck(page);
	put_page(page);
	return stuck;
}

static const char *vipin_page_words(enum vipin_reason reason)
{
	switch (reason) {
	case VIPIN_REASON_NO_STRUCT_PAGE:
		return "is mapped without a struct page";
	case VIPIN_REASON_MOVABLE_NOT_MIGRATED:
		return "is in ZONE_MOVABLE and could not be migrated";
	case VIPIN_REASON_CMA_NOT_MIGRATED:
		return "is in a CMA area and could not be migrated";
	case VIPIN_REASON_DRIVER_PAGES:
		return "has to stay movable, but a driver allocated it, so nothing can migrate it";
	case VIPIN_REASON_FSDAX:
		return "is file system DAX";
	case VIPIN_REASON_SECRETMEM:
		return "is secret memory";
	case VIPIN_REASON_PKEY:
		return "is denied by a protection key";
	case VIPIN_REASON_BEYOND_FILE:
		return "is beyond the end of its file";
	case VIPIN_REASON_SIGBUS:
		return "raises SIGBUS when it is accessed";
	case VIPIN_REASON_SIGBUS_ON_WRITE:
		return "raises SIGBUS when it is written";
	case VIPIN_REASON_POISONED:
		return "is poisoned";
	case VIPIN_REASON_GUARD_REGION:
		return "is a guard region";
	case VIPIN_REASON_NO_MEMORY:
		return "could not be faulted in: out of memory";
	default:
		return "cannot be pinned; the reason is not known";
	}
}

/* Record why one page cannot be pinned; @err is the errno of its pin. */
static void vipin_unpinnable_page(struct vipin_verdict *verdict, unsigned long addr, int err)
{
	unsigned long offset = max(addr, verdict->vaddr) - verdict->vaddr;
	struct vipin_page page = {
		.addr = addr,
		.write = verdict->write,
		.gup_flags = vipin_gup_flags(verdict->write),
		.locked = true,
	};
	enum vipin_reason reason = VIPIN_REASON_UNKNOWN;

	/* The frame vector returns -EFAULT instead of @err if it could pin earlier pages. */
	if (err != verdict->err && verdict->err != -EFAULT) {
		vipin_unknown(verdict, VIPIN_BY_UNKNOWN, "the reason is not known");
		return;
	}
	if (err == -EFAULT && vipin_vma_forbids(verdict, addr))
		return;

	if (err == -EEXIST) {
		/* A special page table entry, made by vmf_insert_mixed(), for example. */
		reason = VIPIN_REASON_NO_STRUCT_PAGE;
	} else if (err == -ENOMEM) {
		reason = vipin_unmoved_page(addr, verdict->write);
	} else if (err == -EFAULT && vipin_is_stuck(addr)) {
		reason = VIPIN_REASON_DRIVER_PAGES;
	} else if (!mmap_read_lock_killable(current->mm)) {
		page.vma = find_vma(current->mm, addr);
		if (page.vma && page.vma->vm_start <= addr)
			reason = vipin_vma_page_reason(&page, err);
		if (page.locked)
			mmap_read_unlock(current->mm);
	}
	vipin_verdict_set(verdict, VIPIN_BY_FRAME_VECTOR, reason, "page at +0x%lx %s%s (errno %d)",
			  offset, vipin_page_words(reason),
			  page.for_writing ? VIPIN_FOR_WRITING : "", err);
	vipin_verdict_set_offset(verdict, offset);
	verdict->pinned_for_writing = page.for_writing;
}

/* Would a pin of this page wait for userfaultfd? */
static bool vipin_asks_userfaultfd(unsigned long addr)
{
	struct vm_area_struct *vma;
	struct page *page;
	bool asks = false;
	long ret;

	if (mmap_read_lock_killable(current->mm))
		return false;
	vma = find_vma(current->mm, addr);
	if (vma && vma->vm_start <= addr)
		asks = userfaultfd_missing(vma);
	mmap_read_unlock(current->mm);

	if (!asks)
		return false;
	/* 0: the page is missing, and FOLL_NOWAIT did not wait for it. */
	ret = get_user_pages_unlocked(addr, 1, &page, FOLL_NOWAIT);
	if (ret == 1)
		put_page(page);
	return ret == 0;
}

static void vipin_missing_page(struct vipin_verdict *verdict, unsigned long addr)
{
	unsigned long offset = max(addr, verdict->vaddr) - verdict->vaddr;

	if (verdict->err != -EFAULT) {
		vipin_unknown(verdict, VIPIN_BY_UNKNOWN, "the reason is not known");
		return;
	}
	vipin_verdict_set(verdict, VIPIN_BY_FRAME_VECTOR, VIPIN_REASON_USERFAULTFD,
			  "page at +0x%lx is missing, userfaultfd has to provide it, and the pin does not wait (errno %d)",
			  offset, verdict->err);
	vipin_verdict_set_offset(verdict, offset);
}

static void vipin_killed(struct vipin_verdict *verdict)
{
	if (verdict->err != -EINTR) {
		vipin_unknown(verdict, VIPIN_BY_UNKNOWN,
			      "the task is being killed; the reason is not known");
		return;
	}
	vipin_verdict_set(verdict, VIPIN_BY_FRAME_VECTOR, VIPIN_REASON_KILLED,
			  "the task was killed during the pin");
}

/* Count the bytes of a page that belong to the frame. */
static unsigned long vipin_bytes_in_page(const struct vipin_verdict *verdict,
					 unsigned long page)
{
	return min(page + PAGE_SIZE, verdict->vaddr + verdict->size) -
	       max(page, verdict->vaddr);
}

/* Pin each page alone. Return true if that succeeds; else the reason is set. */
static bool vipin_explain_pages(struct vipin_verdict *verdict, struct device *dev,
				struct vipin_layout *layout)
{
	unsigned int gup_flags = vipin_gup_flags(verdict->write);
	unsigned long first = verdict->vaddr & PAGE_MASK;
	unsigned long last = (verdict->vaddr + verdict->size - 1) & PAGE_MASK;
	unsigned long addr;
	struct page *page;
	int ret;

	for (addr = first; addr <= last; addr += PAGE_SIZE) {
		if (vipin_asks_userfaultfd(addr)) {
			vipin_missing_page(verdict, addr);
			return false;
		}
		ret = vipin_pin_page(addr, gup_flags, &page);
		if (fatal_signal_pending(current)) {
			if (ret == 1)
				unpin_user_page(page);
			vipin_killed(verdict);
			return false;
		}
		if (ret != 1) {
			vipin_unpinnable_page(verdict, addr, ret ?: -EFAULT);
			return false;
		}
		vipin_layout_add(layout, dev, page, vipin_bytes_in_page(verdict, addr));
		unpin_user_page(page);
		cond_resched();
	}
	return true;
}

/* Pin all pages together. Return true if that succeeds; else the reason is set. */
static bool vipin_explain_frame_vector(struct vipin_verdict *verdict)
{
	struct frame_vector *vec = vipin_create_framevec(verdict->vaddr, verdict->size,
							 verdict->write);

	if (!IS_ERR(vec)) {
		vb2_destroy_framevec(vec);
		return true;
	}
	if (PTR_ERR(vec) != verdict->err) {
		vipin_unknown(verdict, VIPIN_BY_UNKNOWN, "the reason is not known");
		return false;
	}
	/* Before 5.12, the frame vector checks VMAs itself. */
	if (vipin_vmas_check_for_frame_vector(verdict) != verdict->err)
		vipin_unknown(verdict, VIPIN_BY_FRAME_VECTOR,
			      "each page can be pinned alone, but not all pages together; the reason is not known");
	return false;
}

static void vipin_explain_mapping(struct vipin_verdict *verdict, struct device *dev,
				  const struct vipin_layout *layout)
{
	bool translated = vipin_dma_is_translated(iommu_get_domain_for_dev(dev));
	size_t limit = dma_max_mapping_size(dev);

	switch (verdict->err) {
	case -EFAULT:
		/* Behind an IOMMU, any pages are contiguous. */
		if (!translated && layout->contiguous < verdict->size) {
			vipin_verdict_set(verdict, VIPIN_BY_CONTIGUITY,
					  VIPIN_REASON_NOT_CONTIGUOUS,
					  "contiguous for %lu of %lu bytes", layout->contiguous,
					  verdict->size);
			vipin_verdict_set_offset(verdict, layout->contiguous);
			return;
		}
		/*
		 * While some pages had to be migrated, all pages were pinned by GUP's slow
		 * path, which checks VMAs and refuses a driver's pages. By now they have
		 * been migrated, and GUP-fast has pinned everything here.
		 */
		if (vipin_vmas_check_for_frame_vector(verdict) == verdict->err)
			return;
		break;
	case -EIO:
		if (layout->largest > limit)
			vipin_verdict_set(verdict, VIPIN_BY_DMA_MAP,
					  VIPIN_REASON_BOUNCE_TOO_LARGE,
					  "one contiguous piece has %lu bytes, and a bounce buffer holds at most %zu bytes",
					  layout->largest, limit);
		else if (!translated && layout->end > dma_get_mask(dev))
			vipin_verdict_set(verdict, VIPIN_BY_DMA_MAP, VIPIN_REASON_BEYOND_DMA_MASK,
					  "no DMA mapping: the device reaches addresses up to 0x%llx, and a page is beyond",
					  dma_get_mask(dev));
		else
			vipin_unknown(verdict, VIPIN_BY_DMA_MAP,
				      "no DMA mapping; the reason is not known");
		return;
	case -ENOMEM:
		vipin_unknown(verdict, VIPIN_BY_UNKNOWN,
			      "out of memory, or a page could not be migrated at that moment");
		return;
	}
	vipin_unknown(verdict, VIPIN_BY_UNKNOWN, "the reason is not known");
}

/**
 * vipin_explain() - find out what refused a user pointer, and why
 * @node:	the node
 * @verdict:	pointer (untagged), size, direction and errno; decider and reason are set
 *
 * Context: process context of the pointer's owner. The queue's lock is held, and no
 * other. Takes the mmap lock, and pins the pages for a short time.
 */
void vipin_explain(struct vipin_node *node, struct vipin_verdict *verdict)
{
	struct device *dev = node->parent->dev;
	struct vipin_layout layout = { };

	if (verdict->err == -EINVAL &&
	    !IS_ALIGNED(verdict->vaddr | verdict->size, dma_get_cache_alignment())) {
		vipin_verdict_set(verdict, VIPIN_BY_ARGUMENT, VIPIN_REASON_MISALIGNED,
				  "address and size must be multiples of %d bytes",
				  (int)dma_get_cache_alignment());
		return;
	}

	if (vipin_range_wraps(verdict)) {
		vipin_verdict_set(verdict, VIPIN_BY_FRAME_VECTOR,
				  VIPIN_REASON_BEYOND_LAST_ADDRESS,
				  "the range reaches beyond the last address");
		return;
	}

	if (fatal_signal_pending(current)) {
		vipin_killed(verdict);
		return;
	}

	/* Before 5.12 the frame vector checked VMAs, but not their permissions. */
	if (!VIPIN_FRAME_VECTOR_PINS_LONG_TERM &&
	    vipin_vmas_check_for_frame_vector(verdict) == verdict->err)
		return;

	if (vipin_explain_pages(verdict, dev, &layout) && vipin_explain_frame_vector(verdict))
		vipin_explain_mapping(verdict, dev, &layout);
}
