// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-pmd.c - RAM mapped by one PMD entry, without struct pages
 *
 * Before 6857be5fecae ("mm: introduce ARCH_SUPPORTS_HUGE_PFNMAP and special bits
 * to pmd/pud"), a PMD entry had no special bit, and GUP-fast took such an entry for
 * a huge page that it may pin. Drivers map RAM this way only since that commit, and so
 * does vimap.
 */
#include "vimap.h"
#include "vimap-compat.h"

#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP

static vm_fault_t vimap_pmd_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	unsigned long start = ALIGN_DOWN(vmf->address, PMD_SIZE);
	struct vm_area_struct *vma = vmf->vma;
	struct page *page;

	/* After a partial munmap(), map the rest page by page. */
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
 * vimap_pmd_mmap() - set up a VMA to be filled by one fault
 * @vf:		the open file; its lock is held
 * @vma:	the VMA
 *
 * Return: 0; -EINVAL if the VMA is shorter than VIMAP_SIZE or not aligned to
 * PMD_SIZE; -EOPNOTSUPP if a PMD entry maps more than VIMAP_SIZE, or if the kernel
 * has no special bit for PMD entries; -ENOMEM if there is no contiguous memory.
 */
int vimap_pmd_mmap(struct vimap_file *vf, struct vm_area_struct *vma)
{
	int ret;

	if (PMD_SIZE > VIMAP_SIZE)
		return -EOPNOTSUPP;

	if (vma->vm_end - vma->vm_start != VIMAP_SIZE ||
	    !IS_ALIGNED(vma->vm_start, PMD_SIZE))
		return -EINVAL;

	ret = vimap_ram_prepare(vf, VIMAP_PFN_PMD);
	if (ret)
		return ret;

	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTDUMP);
	vma->vm_ops = &vimap_pmd_ops;

	return 0;
}

#else

int vimap_pmd_mmap(struct vimap_file *vf, struct vm_area_struct *vma)
{
	return -EOPNOTSUPP;
}

#endif
