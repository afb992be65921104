// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contiguous RAM of each kind, and the mappings of it that are complete as soon
 * as mmap() returns: as frames, as pages, as pages of a large folio, and as pages
 * that the VMA claims for the driver
 */
#include <linux/gfp.h>
#include <linux/string.h>

#include "vimap.h"
#include "vimap-compat.h"

/*
 * VIMAP_PFN_PMD's must be one as well: a kernel that takes a PMD-sized entry for a
 * huge page although it is none counts pins in the first page, and undoes them in
 * the folio of each.
 */
static bool vimap_ram_is_folio(unsigned int kind)
{
	return kind == VIMAP_FOLIO_IO || kind == VIMAP_FOLIO ||
	       kind == VIMAP_PFN_PMD;
}

/*
 * One contiguous block. If it is no folio, it is split so that each page has a
 * reference count of its own: whoever pins some of them keeps those, and only
 * those, past release().
 */
static struct page *vimap_ram_alloc(bool folio)
{
	gfp_t gfp = GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN;
	struct page *page;

	page = alloc_pages(folio ? gfp | __GFP_COMP : gfp, get_order(VIMAP_SIZE));
	if (!page)
		return NULL;

	if (!folio)
		split_page(page, get_order(VIMAP_SIZE));
	memset(page_address(page), VIMAP_PATTERN, VIMAP_SIZE);

	return page;
}

/**
 * vimap_ram_insert() - fill a VMA with pages
 * @vma:	the VMA; vm_insert_page() adds VM_MIXEDMAP by itself
 * @page:	the first of them; they have reference counts, and are contiguous
 *
 * Return: 0, or what vm_insert_page() said.
 */
int vimap_ram_insert(struct vm_area_struct *vma, struct page *page)
{
	unsigned long addr;
	int ret;

	for (addr = vma->vm_start; addr < vma->vm_end; addr += PAGE_SIZE) {
		ret = vm_insert_page(vma, addr, page++);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * vimap_ram_mmap() - map this file's RAM of one kind, and allocate it at first
 * @vf:		the open file, its lock held
 * @kind:	one for which vimap_is_ram()
 * @vma:	where, up to VIMAP_SIZE bytes
 *
 * Return: 0, -ENOMEM if there is no contiguous memory, or what the mapping
 * function said.
 */
int vimap_ram_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma)
{
	struct page *page = vf->ram[kind];

	if (!page) {
		page = vimap_ram_alloc(vimap_ram_is_folio(kind));
		if (!page)
			return -ENOMEM;
		/* Pairs with vimap_ram_page(). */
		smp_store_release(&vf->ram[kind], page);
	}

	switch (kind) {
	case VIMAP_PFN_RAM:
		return remap_pfn_range(vma, vma->vm_start, page_to_pfn(page),
				       vma->vm_end - vma->vm_start,
				       vma->vm_page_prot);
	case VIMAP_PFN_PMD:
		return vimap_pmd_mmap(vma);
	case VIMAP_VMALLOC:
		return vimap_vmalloc_mmap(vf, vma);
	case VIMAP_PAGE_IO:
	case VIMAP_FOLIO_IO:
		vm_flags_set(vma, VM_IO);
		fallthrough;
	case VIMAP_PAGE:
	case VIMAP_FOLIO:
		return vimap_ram_insert(vma, page);
	default:
		vimap_fault_mmap(kind, vma);
		return 0;
	}
}

/**
 * vimap_ram_page() - look up a page of a file's RAM, without the file's lock
 * @vf:		the file, open or mapped
 * @kind:	of which kind
 * @index:	where it is mapped, in pages, below VIMAP_RAM_PAGES
 *
 * Return: the page, or NULL before the first mmap.
 */
struct page *vimap_ram_page(struct vimap_file *vf, unsigned int kind,
			    unsigned long index)
{
	/* Pairs with vimap_ram_mmap(): the pages are filled. */
	struct page *first = smp_load_acquire(&vf->ram[kind]);

	if (!first)
		return NULL;

	/* The last one first, so that no two in a row are contiguous. */
	return first + (kind == VIMAP_VMALLOC ? VIMAP_RAM_PAGES - 1 - index : index);
}

/**
 * vimap_ram_release() - let go of a file's RAM
 * @vf:	the file, no longer open nor mapped
 *
 * A page, or a folio, that somebody still has pinned is freed when it is unpinned.
 */
void vimap_ram_release(struct vimap_file *vf)
{
	unsigned int kind;
	unsigned long i;

	for (kind = 0; kind < VIMAP_NR_KINDS; kind++) {
		unsigned long nr = vimap_ram_is_folio(kind) ? 1 : VIMAP_RAM_PAGES;

		if (!vf->ram[kind])
			continue;
		for (i = 0; i < nr; i++)
			put_page(vf->ram[kind] + i);
	}
}
