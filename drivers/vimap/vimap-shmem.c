// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-shmem.c - pages of a shmem file, mapped by a driver
 *
 * VIMAP_SHMEM_IO maps them in a VM_IO mapping of vimap. VIMAP_SHMEM_CMA maps them,
 * together with CMA pages, in a mapping of the shmem file.
 *
 * GPU drivers keep their buffers in shmem files, so that unused buffers can be
 * swapped out. While a buffer is mapped or in use, such a driver holds a reference
 * to each page. vimap holds these references until release().
 */
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <linux/string.h>

#include "vimap.h"
#include "vimap-compat.h"

/**
 * struct vimap_shmem - a shmem file of VIMAP_SIZE bytes
 * @file:	the file
 * @pages:	its pages; vimap holds a reference to each
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

	/*
	 * Allocate pages neither from CMA nor from ZONE_MOVABLE, because the references
	 * prevent migration.
	 */
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
 * A VMA of the shmem file holds only the shmem file. Take a reference to vimap's file
 * as well, because its release() frees the memory.
 */
static void vimap_shmem_open(struct vm_area_struct *vma)
{
	get_file(vma->vm_private_data);
}

static void vimap_shmem_close(struct vm_area_struct *vma)
{
	fput(vma->vm_private_data);
}

/* There is no fault handler, so an access to a zapped page raises SIGBUS. */
static const struct vm_operations_struct vimap_shmem_ops = {
	.open	= vimap_shmem_open,
	.close	= vimap_shmem_close,
};

/* Map the shmem pages, but replace every second one by a CMA page. */
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

	/* Each shmem page is now mapped at its own offset in the shmem file. */
	vma_set_file(vma, shmem->file);
	vma->vm_pgoff = 0;
	vma->vm_ops = &vimap_shmem_ops;
	vma->vm_private_data = vf->file;
	vimap_shmem_open(vma);

	return 0;
}

/**
 * vimap_shmem_mmap() - map pages of a shmem file, allocating them first if needed
 * @vf:		the open file; its lock is held
 * @kind:	VIMAP_SHMEM_IO or VIMAP_SHMEM_CMA
 * @vma:	the VMA to fill, at most VIMAP_SIZE bytes
 *
 * Return: 0, -ENOMEM, or the error of vimap_cma_page(), vm_insert_page() or
 * vm_map_pages_zero().
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

	/* rockchip_drm_gem_object_mmap_iommu() maps its buffers like this. */
	vm_flags_set(vma, VM_IO | VM_DONTDUMP);
	return vm_map_pages_zero(vma, shmem->pages, VIMAP_RAM_PAGES);
}

/**
 * vimap_shmem_release() - drop the shmem files of a file, and the references to their pages
 * @vf:	the file, which is neither open nor mapped any more
 *
 * A page that is still pinned is freed by its last unpin.
 */
void vimap_shmem_release(struct vimap_file *vf)
{
	unsigned int kind;

	for (kind = 0; kind < VIMAP_NR_KINDS; kind++)
		if (vf->shmem[kind])
			vimap_shmem_free(vf->shmem[kind]);
}
