// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings that begin empty: what belongs there comes page by page, when it is
 * touched
 */
#include "vimap.h"
#include "vimap-compat.h"

/**
 * vimap_fault_page() - the page that a fault is about
 * @vmf:	the fault
 *
 * Takes no lock: the VMA was made after the memory was there, and holds the file.
 * vimap_mmap() lets no VMA grow, so each offset is of the VMA's own kind. That is
 * checked nevertheless, because the offset is an index into arrays.
 *
 * Return: the page, or NULL if the offset is not one of the VMA's own kind.
 */
struct page *vimap_fault_page(struct vm_fault *vmf)
{
	unsigned int kind = (unsigned long)vmf->vma->vm_private_data;
	struct vimap_file *vf = vmf->vma->vm_file->private_data;
	unsigned long index = vimap_index(vmf->pgoff);

	if (vimap_kind(vmf->pgoff) != kind || index >= VIMAP_RAM_PAGES)
		return NULL;

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

	/* The reference is the mapping's. */
	get_page(page);
	vmf->page = page;

	return 0;
}

static const struct vm_operations_struct vimap_fault_page_ops = {
	.fault = vimap_fault_struct_page,
};

/**
 * vimap_fault_mmap() - have a VMA filled by faults
 * @kind:	VIMAP_FAULT_PFN, VIMAP_FAULT_MIXED or VIMAP_FAULT_PAGE
 * @vma:	the VMA
 */
void vimap_fault_mmap(enum vimap_kind kind, struct vm_area_struct *vma)
{
	switch (kind) {
	case VIMAP_FAULT_PFN:
		/* As remap_pfn_range() sets them. */
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
}
