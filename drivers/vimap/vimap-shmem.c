// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of a shmem file, mapped by a driver: in a VM_IO mapping of its own, and
 * beside CMA pages in a mapping of the shmem file
 *
 * Drivers of GPUs have their buffers there, so that memory nobody uses can be
 * swapped. While a buffer is mapped or used, the driver holds a reference of each
 * page, as vimap does all the time.
 */
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/string.h>

#include "vimap.h"
#include "vimap-compat.h"

/**
 * struct vimap_shmem - a shmem file of VIMAP_SIZE bytes
 * @file:	the file
 * @pages:	its pages, a reference of each
 */
struct vimap_shmem {
	struct file *file;
	struct page *pages[VIMAP_RAM_PAGES];
};

static void vimap_shmem_free(struct vimap_shmem *shmem)
{
	unsigned long i;

	for (i = 0; i < VIMAP_RAM_PAGES && shmem->pages[i]; i++)
		put_page(shmem->pages[i]);
	fput(shmem->file);
	kfree(shmem);
}

static struct vimap_shmem *vimap_shmem_alloc(void)
{
	struct vimap_shmem *shmem;
	struct page *page;
	unsigned long i;

	shmem = kzalloc_obj(*shmem);
	if (!shmem)
		return ERR_PTR(-ENOMEM);

	shmem->file = vimap_shmem_file(VIMAP_NAME, VIMAP_SIZE);
	if (IS_ERR(shmem->file)) {
		struct file *file = shmem->file;

		kfree(shmem);
		return ERR_CAST(file);
	}

	/* Neither in CMA nor in ZONE_MOVABLE: a reference keeps it where it is. */
	mapping_set_gfp_mask(shmem->file->f_mapping, GFP_KERNEL);
	mapping_set_unevictable(shmem->file->f_mapping);

	for (i = 0; i < VIMAP_RAM_PAGES; i++) {
		page = shmem_read_mapping_page(shmem->file->f_mapping, i);
		if (IS_ERR(page)) {
			vimap_shmem_free(shmem);
			return ERR_CAST(page);
		}
		memset(page_address(page), VIMAP_PATTERN, PAGE_SIZE);
		shmem->pages[i] = page;
	}

	return shmem;
}

/*
 * A VMA of the shmem file does not hold the file of vimap, whose release() frees
 * the memory. So the VMA holds it here.
 */
static void vimap_shmem_open(struct vm_area_struct *vma)
{
	get_file(vma->vm_private_data);
}

static void vimap_shmem_close(struct vm_area_struct *vma)
{
	fput(vma->vm_private_data);
}

/* No fault handler: what is zapped is gone, and touching it raises SIGBUS. */
static const struct vm_operations_struct vimap_shmem_ops = {
	.open	= vimap_shmem_open,
	.close	= vimap_shmem_close,
};

/* Shmem pages with a CMA page in the place of each odd one. */
static int vimap_shmem_mmap_cma(struct vimap_file *vf, struct vimap_shmem *shmem,
				struct vm_area_struct *vma)
{
	unsigned long i, nr = vma_pages(vma);
	struct page *cma;
	int ret;

	cma = vimap_cma_page(vf, VIMAP_SHMEM_CMA);
	if (IS_ERR(cma))
		return PTR_ERR(cma);

	for (i = 0; i < nr; i++) {
		ret = vm_insert_page(vma, vma->vm_start + i * PAGE_SIZE,
				     i % 2 ? cma + i : shmem->pages[i]);
		if (ret)
			return ret;
	}

	/* In its own file, each shmem page is mapped where it lies there. */
	vma_set_file(vma, shmem->file);
	vma->vm_pgoff = 0;
	vma->vm_ops = &vimap_shmem_ops;
	vma->vm_private_data = vf->file;
	vimap_shmem_open(vma);

	return 0;
}

/**
 * vimap_shmem_mmap() - map this file's shmem pages, and allocate them at first
 * @vf:		the open file, its lock held
 * @kind:	one for which vimap_is_shmem()
 * @vma:	where, up to VIMAP_SIZE bytes
 *
 * Return: 0, -ENOMEM, what vimap_cma_page() said, or what the mapping function did.
 */
int vimap_shmem_mmap(struct vimap_file *vf, enum vimap_kind kind,
		     struct vm_area_struct *vma)
{
	struct vimap_shmem *shmem = vf->shmem[kind];

	if (!shmem) {
		shmem = vimap_shmem_alloc();
		if (IS_ERR(shmem))
			return PTR_ERR(shmem);
		vf->shmem[kind] = shmem;
	}

	if (kind == VIMAP_SHMEM_CMA)
		return vimap_shmem_mmap_cma(vf, shmem, vma);

	/* As rockchip_drm_gem_object_mmap_iommu() does. */
	vm_flags_set(vma, VM_IO | VM_DONTDUMP);
	return vm_map_pages_zero(vma, shmem->pages, VIMAP_RAM_PAGES);
}

/**
 * vimap_shmem_release() - let go of a file's shmem files
 * @vf:	the file, no longer open nor mapped
 *
 * A page that somebody still has pinned is freed when it is unpinned.
 */
void vimap_shmem_release(struct vimap_file *vf)
{
	unsigned int kind;

	for (kind = 0; kind < VIMAP_NR_KINDS; kind++)
		if (vf->shmem[kind])
			vimap_shmem_free(vf->shmem[kind]);
}
