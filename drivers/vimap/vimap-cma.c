// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-cma.c - memory from the default CMA area, mapped by dma_mmap_coherent() or
 * page by page
 *
 * dma_alloc_coherent() falls back to the page allocator if the CMA area has no free
 * memory, and no exported function shows where a page came from. But the page
 * allocator has no block of more than MAX_ORDER_NR_PAGES pages. vimap allocates more
 * than that, so the memory is always from the CMA area.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/list.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "vimap.h"
#include "vimap-compat.h"

/* Twice the page allocator's largest block, in bytes. */
#define VIMAP_CMA_SIZE	max(VIMAP_SIZE, 2UL * MAX_ORDER_NR_PAGES << PAGE_SHIFT)

/*
 * The device that the memory is allocated for. It has no driver and no IOMMU, and its
 * DMA mask covers all memory. It belongs to no NUMA node, because the CMA area of a
 * node would be tried before the default one.
 */
static struct platform_device *vimap_cma_pdev;

/* Interval between attempts to free memory whose pages are still referenced. */
#define VIMAP_CMA_RETRY		msecs_to_jiffies(100)

/* Number of attempts when vimap is unloaded. */
#define VIMAP_CMA_LAST_TRIES	10

/**
 * struct vimap_cma_memory - one piece of CMA memory
 * @node:	entry of vimap_cma_held, after its file was released while a page
 *		was still referenced
 * @vaddr:	kernel address
 * @addr:	bus address
 */
struct vimap_cma_memory {
	struct list_head node;
	void *vaddr;
	dma_addr_t addr;
};

static void vimap_cma_retry(struct work_struct *work);

/* Memory of released files that could not be freed yet. */
static LIST_HEAD(vimap_cma_held);
static DEFINE_MUTEX(vimap_cma_lock);	/* guards vimap_cma_held */
static DECLARE_DELAYED_WORK(vimap_cma_work, vimap_cma_retry);

static int vimap_cma_alloc(struct vimap_file *vf, enum vimap_kind kind)
{
	struct vimap_cma_memory *memory;

	memory = kzalloc_obj(*memory);
	if (!memory)
		return -ENOMEM;

	memory->vaddr = dma_alloc_coherent(&vimap_cma_pdev->dev, VIMAP_CMA_SIZE,
					   &memory->addr,
					   GFP_KERNEL | __GFP_NOWARN);
	if (!memory->vaddr) {
		kfree(memory);
		if (!vimap_kernel_has_cma()) {
			pr_debug("the kernel has no CMA area: see the kernel parameter cma=\n");
			return -ENODEV;
		}
		pr_debug("the CMA area has no %lu contiguous free bytes\n",
			 VIMAP_CMA_SIZE);
		return -ENOMEM;
	}

	memset(memory->vaddr, VIMAP_PATTERN, VIMAP_SIZE);
	vf->cma[kind] = memory;

	return 0;
}

/**
 * vimap_cma_page() - get the pages of CMA memory, allocating it first if needed
 * @vf:		the open file; its lock is held
 * @kind:	the kind that the memory belongs to
 *
 * Return: the first of VIMAP_RAM_PAGES contiguous pages, or an error pointer:
 * -ENODEV if the kernel has no CMA area, -ENOMEM if the area has not enough
 * contiguous free memory, -EOPNOTSUPP if coherent memory is not in the kernel's
 * direct mapping.
 */
struct page *vimap_cma_page(struct vimap_file *vf, enum vimap_kind kind)
{
	int ret;

	if (!vf->cma[kind]) {
		ret = vimap_cma_alloc(vf, kind);
		if (ret)
			return ERR_PTR(ret);
	}
	if (!virt_addr_valid(vf->cma[kind]->vaddr))
		return ERR_PTR(-EOPNOTSUPP);

	return virt_to_page(vf->cma[kind]->vaddr);
}

/**
 * vimap_cma_mmap() - map CMA memory, allocating it first if needed
 * @vf:		the open file; its lock is held
 * @kind:	VIMAP_CMA, VIMAP_CMA_PAGE_IO or VIMAP_CMA_PAGE
 * @vma:	the VMA to fill, at most VIMAP_SIZE bytes
 *
 * Return: 0, -ENODEV if the kernel has no CMA area, -ENOMEM if the area has not
 * enough contiguous free memory, -EOPNOTSUPP if coherent memory is not in the
 * kernel's direct mapping (VIMAP_CMA does not need that), or the error of
 * dma_mmap_coherent() or vm_insert_page().
 */
int vimap_cma_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma)
{
	unsigned long pgoff = vma->vm_pgoff;
	int ret;

	if (kind != VIMAP_CMA) {
		struct page *page = vimap_cma_page(vf, kind);

		if (IS_ERR(page))
			return PTR_ERR(page);
		if (kind == VIMAP_CMA_PAGE_IO)
			vm_flags_set(vma, VM_IO);
		return vimap_ram_insert(vma, page);
	}

	if (!vf->cma[kind]) {
		ret = vimap_cma_alloc(vf, kind);
		if (ret)
			return ret;
	}

	/*
	 * dma_mmap_coherent() reads the offset as a position in the memory, but vimap's
	 * offset selects the kind.
	 */
	vma->vm_pgoff = 0;
	ret = dma_mmap_coherent(&vimap_cma_pdev->dev, vma, vf->cma[kind]->vaddr,
				vf->cma[kind]->addr, VIMAP_CMA_SIZE);
	vma->vm_pgoff = pgoff;

	return ret;
}

/*
 * Is any page of the memory still referenced? The reference may exist only for a moment
 * (direct I/O, a pipe, a scan of all pages). It may also be a long-term pin, which is not
 * allowed in CMA. The frame vector makes such a pin in kernels where it does not use
 * FOLL_LONGTERM.
 */
static bool vimap_cma_is_held(void *vaddr)
{
	unsigned long at;

	if (!virt_addr_valid(vaddr))
		return false;

	for (at = 0; at < VIMAP_SIZE; at += PAGE_SIZE)
		if (page_ref_count(virt_to_page(vaddr + at)) > 1)
			return true;

	return false;
}

static bool vimap_cma_free(struct vimap_cma_memory *memory)
{
	if (vimap_cma_is_held(memory->vaddr))
		return false;

	dma_free_coherent(&vimap_cma_pdev->dev, VIMAP_CMA_SIZE, memory->vaddr,
			  memory->addr);
	kfree(memory);

	return true;
}

/* Free all memory that is no longer referenced. Return true if any is left. */
static bool vimap_cma_free_held(void)
{
	struct vimap_cma_memory *memory, *next;
	bool left;

	mutex_lock(&vimap_cma_lock);
	list_for_each_entry_safe(memory, next, &vimap_cma_held, node) {
		list_del(&memory->node);
		if (!vimap_cma_free(memory))
			list_add(&memory->node, &vimap_cma_held);
	}
	left = !list_empty(&vimap_cma_held);
	mutex_unlock(&vimap_cma_lock);

	return left;
}

static void vimap_cma_retry(struct work_struct *work)
{
	if (vimap_cma_free_held())
		schedule_delayed_work(&vimap_cma_work, VIMAP_CMA_RETRY);
}

/**
 * vimap_cma_release() - free the CMA memory of a file
 * @vf:	the file, which is neither open nor mapped any more
 *
 * Memory must not go back to the CMA area while a page of it is referenced. vimap
 * keeps such memory, and tries again until the reference is gone.
 */
void vimap_cma_release(struct vimap_file *vf)
{
	unsigned int kind;

	for (kind = 0; kind < VIMAP_NR_KINDS; kind++) {
		struct vimap_cma_memory *memory = vf->cma[kind];

		if (!memory || vimap_cma_free(memory))
			continue;
		mutex_lock(&vimap_cma_lock);
		list_add(&memory->node, &vimap_cma_held);
		mutex_unlock(&vimap_cma_lock);
		schedule_delayed_work(&vimap_cma_work, VIMAP_CMA_RETRY);
	}
}

/**
 * vimap_cma_init() - register the device that CMA memory is allocated for
 *
 * Return: 0, or the error of platform_device_register_full().
 */
int vimap_cma_init(void)
{
	struct platform_device_info info = {
		.name		= VIMAP_NAME,
		.id		= PLATFORM_DEVID_NONE,
		.dma_mask	= DMA_BIT_MASK(64),
	};

	vimap_cma_pdev = platform_device_register_full(&info);
	if (IS_ERR(vimap_cma_pdev))
		return PTR_ERR(vimap_cma_pdev);

	/* Otherwise arm64 maps the memory once more, uncached, outside its direct mapping. */
	dev_set_dma_coherent(&vimap_cma_pdev->dev);
	return 0;
}

/**
 * vimap_cma_exit() - unregister the device that CMA memory is allocated for
 *
 * Wait up to a second for pages that are still referenced. Leak the memory that is still
 * referenced after that: the CMA area gets it back only by a reboot.
 */
void vimap_cma_exit(void)
{
	struct vimap_cma_memory *memory, *next;
	int tries = VIMAP_CMA_LAST_TRIES;

	cancel_delayed_work_sync(&vimap_cma_work);
	while (vimap_cma_free_held() && tries--)
		msleep(100);

	list_for_each_entry_safe(memory, next, &vimap_cma_held, node) {
		pr_warn("leaked CMA memory: its pages are still referenced\n");
		kfree(memory);
	}
	platform_device_unregister(vimap_cma_pdev);
}
