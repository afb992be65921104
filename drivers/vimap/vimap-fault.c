// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-fault.c - mappings that start empty and get each page in its page fault
 */
#include "vimap.h"
#include "vimap-compat.h"

/**
 * vimap_fault_page() - look up the page that a fault needs
 * @vmf:	the fault
 *
 * No lock is needed: the memory was allocated before the VMA was set up, and the VMA holds
 * the file. vimap_mmap() does not allow a VMA to grow, so every offset belongs
 * to the VMA's own kind. This function checks that again, because the offset is used
 * as an array index.
 *
 * Return: the page, or NULL if the offset does not belong to the VMA's own kind.
 */
struct page *vimap_fault_page(struct vm_fault *vmf)
{
	unsigned long kind = (unsigned long)vmf->vma->vm_private_data;
	struct vimap_file *vf = vmf->vma->vm_file->private_data;
	unsigned long index = vimap_index(vmf->pgoff);

	if (vimap_kind(vmf->pgoff) != kind || index >= VIMAP_RAM_PAGES)
		return NULL;

	if (kind == VIMAP_FAULT_CMA)
		return vimap_cma_page(vf, kind) + index;

	return vimap_ram_page(vf, kind, index);
}

static vm_fault_t vimap_fault_pfn(struct vm_fault *vmf)
{
	struct page *page = vimap_fault_page(vmf);

	if (!page)
		return VM_FAULT_SIGBUS;

	return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(page));
}

static const struct vm_operations_struct vimap_fault_pfn_ops = {
	.fault = vimap_fault_pfn,
};

static vm_fault_t vimap_fault_mixed(struct vm_fault *vmf)
{
	struct page *page = vimap_fault_page(vmf);

	if (!page)
		return VM_FAULT_SIGBUS;

	return vmf_insert_mixed(vmf->vma, vmf->address,
				vimap_pfn(page_to_pfn(page)));
}

static const struct vm_operations_struct vimap_fault_mixed_ops = {
	.fault = vimap_fault_mixed,
};

static vm_fault_t vimap_fault_struct_page(struct vm_fault *vmf)
{
	struct page *page = vimap_fault_page(vmf);

	if (!page)
		return VM_FAULT_SIGBUS;

	/* The mapping owns this reference. */
	get_page(page);
	vmf->page = page;

	return 0;
}

static const struct vm_operations_struct vimap_fault_page_ops = {
	.fault = vimap_fault_struct_page,
};

/**
 * vimap_fault_mmap() - set up a VMA to be filled by faults
 * @vf:		the open file; its lock is held
 * @kind:	VIMAP_FAULT_PFN, VIMAP_FAULT_MIXED, VIMAP_FAULT_PAGE or VIMAP_FAULT_CMA
 * @vma:	the VMA
 *
 * Return: 0, -ENOMEM if there is no contiguous memory, or for VIMAP_FAULT_CMA an error of
 * vimap_cma_page().
 */
int vimap_fault_mmap(struct vimap_file *vf, enum vimap_kind kind,
		     struct vm_area_struct *vma)
{
	int ret;

	if (kind == VIMAP_FAULT_CMA)
		ret = PTR_ERR_OR_ZERO(vimap_cma_page(vf, kind));
	else
		ret = vimap_ram_prepare(vf, kind);
	if (ret)
		return ret;

	switch (kind) {
	case VIMAP_FAULT_PFN:
		/* The flags that remap_pfn_range() sets. */
		vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTDUMP);
		vma->vm_ops = &vimap_fault_pfn_ops;
		break;
	case VIMAP_FAULT_MIXED:
		vm_flags_set(vma, VM_MIXEDMAP | VM_DONTDUMP);
		vma->vm_ops = &vimap_fault_mixed_ops;
		break;
	default:
		vma->vm_ops = &vimap_fault_page_ops;
		break;
	}

	return 0;
}
