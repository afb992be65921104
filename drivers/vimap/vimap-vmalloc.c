// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAM that is contiguous for the kernel only
 *
 * vmalloc_user() would not do: since a06157804399 ("mm/vmalloc: request large
 * order pages from buddy allocator") its pages often are contiguous. So vimap
 * makes the area from pages of its own, in an order that vimap_ram_page() knows.
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
 * vimap_vmalloc_mmap() - map this file's vmalloc area, and make it at first
 * @vf:		the open file, its lock held, and the RAM of the kind allocated
 * @vma:	where, up to VIMAP_SIZE bytes
 *
 * Return: 0, -ENOMEM, or what remap_vmalloc_range() said.
 */
int vimap_vmalloc_mmap(struct vimap_file *vf, struct vm_area_struct *vma)
{
	if (!vf->vmalloc) {
		vf->vmalloc = vimap_vmalloc_alloc(vf);
		if (!vf->vmalloc)
			return -ENOMEM;
	}

	return remap_vmalloc_range(vma, vf->vmalloc, 0);
}

/**
 * vimap_vmalloc_release() - let go of a file's vmalloc area
 * @vf:	the file, no longer open nor mapped
 *
 * Its pages are vimap_ram_release()'s to free.
 */
void vimap_vmalloc_release(struct vimap_file *vf)
{
	vunmap(vf->vmalloc);
}
