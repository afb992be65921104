// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAM mapped by one entry of the page middle directory, without struct pages
 *
 * Before 6857be5fecae ("mm: introduce ARCH_SUPPORTS_HUGE_PFNMAP and special bits
 * to pmd/pud"), nothing in such an entry said that there is no page to pin, and
 * GUP-fast took it for a huge page. Drivers map so since that commit; vimap does
 * not before it either.
 */
#include "vimap.h"
#include "vimap-compat.h"

#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP

static vm_fault_t vimap_pmd_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	unsigned long start = ALIGN_DOWN(vmf->address, PMD_SIZE);
	struct vm_area_struct *vma = vmf->vma;
	struct page *page;

	/* What munmap() left of it is mapped page by page. */
	if (order != PMD_ORDER || start < vma->vm_start ||
	    start + PMD_SIZE > vma->vm_end)
		return VM_FAULT_FALLBACK;

	page = vimap_fault_page(vmf);
	if (!page)
		return VM_FAULT_SIGBUS;
	page -= (vmf->address - start) >> PAGE_SHIFT;

	return vmf_insert_pfn_pmd(vmf, vimap_pfn(page_to_pfn(page)),
				  vmf->flags & FAULT_FLAG_WRITE);
}

static vm_fault_t vimap_pmd_fault(struct vm_fault *vmf)
{
	struct page *page = vimap_fault_page(vmf);

	if (!page)
		return VM_FAULT_SIGBUS;

	return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(page));
}

static const struct vm_operations_struct vimap_pmd_ops = {
	.fault		= vimap_pmd_fault,
	.huge_fault	= vimap_pmd_huge_fault,
};

/**
 * vimap_pmd_mmap() - have a VMA filled by one fault
 * @vma:	the VMA
 *
 * Return: 0, -EINVAL if it is not all of the memory, or no entry fits there,
 * -EOPNOTSUPP if one entry is for more memory than vimap has.
 */
int vimap_pmd_mmap(struct vm_area_struct *vma)
{
	if (PMD_SIZE > VIMAP_SIZE)
		return -EOPNOTSUPP;

	if (vma->vm_end - vma->vm_start != VIMAP_SIZE ||
	    !IS_ALIGNED(vma->vm_start, PMD_SIZE))
		return -EINVAL;

	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTDUMP);
	vma->vm_ops = &vimap_pmd_ops;

	return 0;
}

#else

int vimap_pmd_mmap(struct vm_area_struct *vma)
{
	return -EOPNOTSUPP;
}

#endif
