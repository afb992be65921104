// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory from the default CMA area, as dma_alloc_coherent() gives it, mapped as
 * dma_mmap_coherent() does or page by page
 *
 * dma_alloc_coherent() falls back to the page allocator when CMA has nothing to
 * give, and no exported function tells afterwards where a page came from. But
 * the page allocator has no block above MAX_ORDER_NR_PAGES: what is larger can
 * only be CMA. So vimap asks for more than it maps.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dma-mapping.h>
#include <linux/mmzone.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "vimap.h"
#include "vimap-compat.h"

/* One order above the page allocator's largest block, in bytes. */
#define VIMAP_CMA_SIZE	max(VIMAP_SIZE, 2UL * MAX_ORDER_NR_PAGES << PAGE_SHIFT)

/*
 * A device of its own, without a driver: no IOMMU stands in front of it, it
 * reaches all memory, and it belongs to no NUMA node, whose CMA area would be
 * asked before the default one.
 */
static struct platform_device *vimap_cma_pdev;

static int vimap_cma_alloc(struct vimap_file *vf, enum vimap_kind kind)
{
	void *vaddr;

	vaddr = dma_alloc_coherent(&vimap_cma_pdev->dev, VIMAP_CMA_SIZE,
				   &vf->cma_addr[kind],
				   GFP_KERNEL | __GFP_NOWARN);
	if (!vaddr) {
		if (!vimap_kernel_has_cma()) {
			pr_debug("the kernel has no CMA area, see its parameter cma=\n");
			return -ENODEV;
		}
		pr_debug("no %lu contiguous bytes left in the CMA area\n",
			 VIMAP_CMA_SIZE);
		return -ENOMEM;
	}

	memset(vaddr, VIMAP_PATTERN, VIMAP_SIZE);
	vf->cma_vaddr[kind] = vaddr;

	return 0;
}

/**
 * vimap_cma_mmap() - map this file's CMA memory, and allocate it at first
 * @vf:		the open file, its lock held
 * @kind:	VIMAP_CMA, VIMAP_CMA_PAGE_IO or VIMAP_CMA_PAGE
 * @vma:	where, up to VIMAP_SIZE bytes
 *
 * Return: 0, -ENODEV if the kernel has no CMA area, -ENOMEM if it has not enough
 * in one piece, -EOPNOTSUPP if pages are asked for and coherent memory is not in
 * the kernel's direct mapping, or what the mapping function said.
 */
int vimap_cma_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma)
{
	unsigned long pgoff = vma->vm_pgoff;
	int ret;

	if (!vf->cma_vaddr[kind]) {
		ret = vimap_cma_alloc(vf, kind);
		if (ret)
			return ret;
	}

	if (kind != VIMAP_CMA) {
		if (!virt_addr_valid(vf->cma_vaddr[kind]))
			return -EOPNOTSUPP;
		if (kind == VIMAP_CMA_PAGE_IO)
			vm_flags_set(vma, VM_IO);
		return vimap_ram_insert(vma, virt_to_page(vf->cma_vaddr[kind]));
	}

	/* There, the offset is one into the memory; here, it names the kind. */
	vma->vm_pgoff = 0;
	ret = dma_mmap_coherent(&vimap_cma_pdev->dev, vma, vf->cma_vaddr[kind],
				vf->cma_addr[kind], VIMAP_CMA_SIZE);
	vma->vm_pgoff = pgoff;

	return ret;
}

/*
 * Whether somebody still holds a page of it: a pin that the law forbids, and that
 * a kernel without FOLL_LONGTERM in the frame vector makes.
 */
static bool vimap_cma_is_held(void *vaddr)
{
	unsigned long at;

	for (at = 0; at < VIMAP_SIZE; at += PAGE_SIZE)
		if (page_ref_count(virt_to_page(vaddr + at)) > 1)
			return true;

	return false;
}

/**
 * vimap_cma_release() - give a file's memory back to the CMA area
 * @vf:	the file, no longer open nor mapped
 */
void vimap_cma_release(struct vimap_file *vf)
{
	unsigned int kind;

	for (kind = 0; kind < VIMAP_NR_KINDS; kind++) {
		void *vaddr = vf->cma_vaddr[kind];

		if (!vaddr)
			continue;
		if (kind != VIMAP_CMA && virt_addr_valid(vaddr) &&
		    vimap_cma_is_held(vaddr)) {
			pr_warn("CMA pages are still pinned, and lost to the area\n");
			continue;
		}
		dma_free_coherent(&vimap_cma_pdev->dev, VIMAP_CMA_SIZE, vaddr,
				  vf->cma_addr[kind]);
	}
}

/**
 * vimap_cma_init() - make the device that the memory is allocated for
 *
 * Return: 0 or a negative errno.
 */
int vimap_cma_init(void)
{
	struct platform_device_info info = {
		.name		= VIMAP_NAME,
		.id		= PLATFORM_DEVID_NONE,
		.dma_mask	= DMA_BIT_MASK(64),
	};

	vimap_cma_pdev = platform_device_register_full(&info);

	return PTR_ERR_OR_ZERO(vimap_cma_pdev);
}

/**
 * vimap_cma_exit() - remove that device
 */
void vimap_cma_exit(void)
{
	platform_device_unregister(vimap_cma_pdev);
}
