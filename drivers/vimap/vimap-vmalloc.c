// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-vmalloc.c - a vmalloc area: contiguous in the kernel's address space, but not
 * in physical memory
 *
 * vimap does not use vmalloc_user(), because its pages are often contiguous since
 * a06157804399 ("mm/vmalloc: request large order pages from buddy allocator").
 * Instead, vimap builds the area from its own pages, in the reverse order that
 * vimap_ram_page() gives.
 */
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "vimap.h"
#include "vimap-compat.h"

static void *vimap_vmalloc_alloc(struct vimap_file *vf)
{
	struct page **pages;
	unsigned long i;
	void *area;

	pages = kmalloc_array(VIMAP_RAM_PAGES, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;

	for (i = 0; i < VIMAP_RAM_PAGES; i++)
		pages[i] = vimap_ram_page(vf, VIMAP_VMALLOC, i);
	area = vmap(pages, VIMAP_RAM_PAGES, VM_MAP | VM_USERMAP, PAGE_KERNEL);
	kfree(pages);

	return area;
}

/**
 * vimap_vmalloc_mmap() - map the vmalloc area, allocating it first if needed
 * @vf:		the open file; its lock is held
 * @vma:	the VMA to fill, at most VIMAP_SIZE bytes
 *
 * Return: 0, -ENOMEM, or the error of remap_vmalloc_range().
 */
int vimap_vmalloc_mmap(struct vimap_file *vf, struct vm_area_struct *vma)
{
	int ret;

	ret = vimap_ram_prepare(vf, VIMAP_VMALLOC);
	if (ret)
		return ret;

	if (!vf->vmalloc) {
		vf->vmalloc = vimap_vmalloc_alloc(vf);
		if (!vf->vmalloc)
			return -ENOMEM;
	}

	return remap_vmalloc_range(vma, vf->vmalloc, 0);
}

/**
 * vimap_vmalloc_release() - free the vmalloc area of a file
 * @vf:	the file, which is neither open nor mapped any more
 *
 * vimap_ram_release() frees the pages.
 */
void vimap_vmalloc_release(struct vimap_file *vf)
{
	vunmap(vf->vmalloc);
}
