// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contiguous RAM, mapped as frames, as pages, or as pages that the VMA claims
 * for the driver
 */
#include <linux/gfp.h>
#include <linux/string.h>

#include "vimap.h"
#include "vimap-compat.h"

#define VIMAP_RAM_PAGES	(VIMAP_SIZE >> PAGE_SHIFT)

/*
 * One contiguous block, split so that each page has a reference count of its
 * own: whoever pins some of them keeps those, and only those, past release().
 */
static struct page *vimap_ram_alloc(void)
{
	struct page *page;

	page = alloc_pages(GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN,
			   get_order(VIMAP_SIZE));
	if (!page)
		return NULL;

	split_page(page, get_order(VIMAP_SIZE));
	memset(page_address(page), VIMAP_PATTERN, VIMAP_SIZE);

	return page;
}

/**
 * vimap_ram_mmap() - map this file's RAM of one kind, and allocate it at first
 * @vf:		the open file, its lock held
 * @kind:	VIMAP_PFN_RAM, VIMAP_PAGE_IO or VIMAP_PAGE
 * @vma:	where, up to VIMAP_SIZE bytes
 *
 * Return: 0, -ENOMEM if there is no contiguous memory, or what the mapping
 * function said.
 */
int vimap_ram_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma)
{
	struct page *page = vf->ram[kind];
	unsigned long addr;
	int ret;

	if (!page) {
		page = vimap_ram_alloc();
		if (!page)
			return -ENOMEM;
		vf->ram[kind] = page;
	}

	if (kind == VIMAP_PFN_RAM)
		return remap_pfn_range(vma, vma->vm_start, page_to_pfn(page),
				       vma->vm_end - vma->vm_start,
				       vma->vm_page_prot);

	if (kind == VIMAP_PAGE_IO)
		vm_flags_set(vma, VM_IO);

	/* vm_insert_page() adds VM_MIXEDMAP by itself. */
	for (addr = vma->vm_start; addr < vma->vm_end; addr += PAGE_SIZE) {
		ret = vm_insert_page(vma, addr, page++);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * vimap_ram_release() - let go of a file's RAM
 * @vf:	the file, no longer open nor mapped
 *
 * A page that somebody still has pinned is freed when it is unpinned.
 */
void vimap_ram_release(struct vimap_file *vf)
{
	unsigned int kind;
	unsigned long i;

	for (kind = 0; kind < VIMAP_NR_KINDS; kind++) {
		if (!vf->ram[kind])
			continue;
		for (i = 0; i < VIMAP_RAM_PAGES; i++)
			put_page(vf->ram[kind] + i);
	}
}
