// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-ram.c - contiguous RAM: allocate it, look up its pages, free it
 *
 * This file also has the mappings that mmap() fills completely: by page frame number, by struct
 * page, by the pages of a large folio, and by pages in a VMA marked VM_IO.
 */
#include <linux/gfp.h>
#include <linux/string.h>

#include "vimap.h"
#include "vimap-compat.h"

/*
 * VIMAP_PFN_PMD needs a folio too. A kernel that mistakes its PMD entry for a huge
 * page adds all pins to the first page, but removes each pin from the folio of the
 * page. Within one folio, these are the same counter.
 */
static bool vimap_ram_is_folio(unsigned int kind)
{
	return kind == VIMAP_FOLIO_IO || kind == VIMAP_FOLIO ||
	       kind == VIMAP_PFN_PMD;
}

/*
 * Allocate one contiguous block. Unless it is a folio, split it, so that each page
 * has its own reference count. Pages that are still pinned after release() then
 * stay allocated, and all others are freed.
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
 * vimap_ram_prepare() - allocate the RAM of one kind, unless it exists already
 * @vf:		the open file; its lock is held
 * @kind:	a kind with RAM
 *
 * Return: 0, or -ENOMEM if there is no contiguous memory.
 */
int vimap_ram_prepare(struct vimap_file *vf, enum vimap_kind kind)
{
	struct page *page;

	if (vf->ram[kind])
		return 0;

	page = vimap_ram_alloc(vimap_ram_is_folio(kind));
	if (!page)
		return -ENOMEM;

	/* Pairs with smp_load_acquire() in vimap_ram_page(). */
	smp_store_release(&vf->ram[kind], page);

	return 0;
}

/**
 * vimap_ram_insert() - fill a VMA with pages
 * @vma:	the VMA; vm_insert_page() adds VM_MIXEDMAP to its flags
 * @page:	the first page; the pages are contiguous and have reference counts
 *
 * Return: 0, or the error of vm_insert_page().
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
 * vimap_ram_mmap() - map RAM completely, allocating it first if needed
 * @vf:		the open file; its lock is held
 * @kind:	VIMAP_PFN_RAM, VIMAP_PAGE_IO, VIMAP_PAGE, VIMAP_FOLIO_IO or VIMAP_FOLIO
 * @vma:	the VMA to fill, at most VIMAP_SIZE bytes
 *
 * Return: 0, -ENOMEM if there is no contiguous memory, or the error of
 * remap_pfn_range() or vm_insert_page().
 */
int vimap_ram_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma)
{
	struct page *page;
	int ret;

	ret = vimap_ram_prepare(vf, kind);
	if (ret)
		return ret;
	page = vf->ram[kind];

	if (kind == VIMAP_PFN_RAM)
		return remap_pfn_range(vma, vma->vm_start, page_to_pfn(page),
				       vma->vm_end - vma->vm_start,
				       vma->vm_page_prot);

	if (kind == VIMAP_PAGE_IO || kind == VIMAP_FOLIO_IO)
		vm_flags_set(vma, VM_IO);
	return vimap_ram_insert(vma, page);
}

/**
 * vimap_ram_page() - look up a page of RAM, without the file's lock
 * @vf:		the file, open or mapped
 * @kind:	the kind
 * @index:	page number within the mapping, below VIMAP_RAM_PAGES
 *
 * Return: the page, or NULL if the RAM of the kind is not allocated yet.
 */
struct page *vimap_ram_page(struct vimap_file *vf, unsigned int kind,
			    unsigned long index)
{
	/* Pairs with smp_store_release() in vimap_ram_prepare(). */
	struct page *first = smp_load_acquire(&vf->ram[kind]);

	if (!first)
		return NULL;

	/* Map VIMAP_VMALLOC in reverse order, so that no two neighbours are contiguous. */
	return first + (kind == VIMAP_VMALLOC ? VIMAP_RAM_PAGES - 1 - index : index);
}

/**
 * vimap_ram_release() - drop vimap's references to the RAM of a file
 * @vf:	the file, which is neither open nor mapped any more
 *
 * A page or folio that is still pinned is freed by its last unpin.
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
