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

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/list.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/workqueue.h>

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

/* How often memory that somebody holds is looked at again. */
#define VIMAP_CMA_RETRY		msecs_to_jiffies(100)

/* How often, when vimap is unloaded. */
#define VIMAP_CMA_LAST_TRIES	10

/**
 * struct vimap_cma_memory - one piece of CMA memory
 * @node:	in vimap_cma_held, when its file is closed and a page is held
 * @vaddr:	where the kernel has it
 * @addr:	its bus address
 */
struct vimap_cma_memory {
	struct list_head node;
	void *vaddr;
	dma_addr_t addr;
};

static void vimap_cma_retry(struct work_struct *work);

/* Memory that could not be given back yet. */
static LIST_HEAD(vimap_cma_held);
static DEFINE_MUTEX(vimap_cma_lock);	/* vimap_cma_held */
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
			pr_debug("the kernel has no CMA area, see its parameter cma=\n");
			return -ENODEV;
		}
		pr_debug("no %lu contiguous bytes left in the CMA area\n",
			 VIMAP_CMA_SIZE);
		return -ENOMEM;
	}

	memset(memory->vaddr, VIMAP_PATTERN, VIMAP_SIZE);
	vf->cma[kind] = memory;

	return 0;
}

/**
 * vimap_cma_page() - the pages of this file's CMA memory, allocated at first
 * @vf:		the open file, its lock held
 * @kind:	whose memory
 *
 * Return: the first of VIMAP_RAM_PAGES contiguous pages; or, as an error pointer,
 * -ENODEV if the kernel has no CMA area, -ENOMEM if it has not enough in one piece,
 * -EOPNOTSUPP if coherent memory is not in the kernel's direct mapping.
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

	/* There, the offset is one into the memory; here, it names the kind. */
	vma->vm_pgoff = 0;
	ret = dma_mmap_coherent(&vimap_cma_pdev->dev, vma, vf->cma[kind]->vaddr,
				vf->cma[kind]->addr, VIMAP_CMA_SIZE);
	vma->vm_pgoff = pgoff;

	return ret;
}

/*
 * Does anyone still hold a page of it? It may be a reference for a moment (direct
 * I/O, a pipe, a walk over all pages), or a pin that the law forbids: a kernel
 * without FOLL_LONGTERM in the frame vector makes it.
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

/* Give back what is no longer held. Returns whether any is left. */
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
 * vimap_cma_release() - give a file's memory back to the CMA area
 * @vf:	the file, no longer open nor mapped
 *
 * The area must not get memory of which a page is held. Such memory is given back
 * when that page is let go of.
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
 *
 * What is still held after a second is lost to the area until the next boot.
 */
void vimap_cma_exit(void)
{
	struct vimap_cma_memory *memory, *next;
	int tries = VIMAP_CMA_LAST_TRIES;

	cancel_delayed_work_sync(&vimap_cma_work);
	while (vimap_cma_free_held() && tries--)
		msleep(100);

	list_for_each_entry_safe(memory, next, &vimap_cma_held, node) {
		pr_warn("CMA pages are still held, and lost to the area\n");
		kfree(memory);
	}
	platform_device_unregister(vimap_cma_pdev);
}
