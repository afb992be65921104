/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vimap-compat.h - differences between the kernels from 5.10 to the newest, each with
 * the commit that made it
 */
#ifndef _VIMAP_COMPAT_H
#define _VIMAP_COMPAT_H

#include <linux/cma.h>
#include <linux/dma-map-ops.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/vmstat.h>

/*
 * 5.11: 295992fb815e ("mm: introduce vma_set_file function v5"). Before, a driver
 * replaced vma->vm_file itself, and did so after the last step that can fail.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
static inline void vma_set_file(struct vm_area_struct *vma, struct file *file)
{
	get_file(file);
	swap(vma->vm_file, file);
	fput(file);
}
#endif

/* 7.0: "mm: update shmem_[kernel]_file_*() functions to use vma_flags_t" */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define vimap_shmem_file(name, size)	shmem_file_setup(name, size, 0)
#else
#define vimap_shmem_file(name, size)	shmem_file_setup(name, size, EMPTY_VMA_FLAGS)
#endif

/* 6.3: bc292ab00f6c ("mm: introduce vma->vm_flags wrapper functions") */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

/* 6.17: 21aa65bf82a7 ("mm: remove callers of pfn_t functionality") */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#include <linux/pfn_t.h>
#define vimap_pfn(pfn)		__pfn_to_pfn_t(pfn, PFN_DEV)
#else
#define vimap_pfn(pfn)		(pfn)
#endif

/* 5.18: 0b90ddae1344 ("mm: Turn page_maybe_dma_pinned() into folio_maybe_dma_pinned()") */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0)
#define vimap_page_pinned(page)	page_maybe_dma_pinned(page)
#else
#define vimap_page_pinned(page)	folio_maybe_dma_pinned(page_folio(page))
#endif

/*
 * 7.0: 2932ba8d9c99 ("slab: Introduce kmalloc_obj() and family"). Stable kernels
 * have it too, so check for the macro instead of a version.
 */
#ifndef kzalloc_obj
#define kzalloc_obj(obj)	kzalloc(sizeof(obj), GFP_KERNEL)
#endif

/*
 * 7.1: 6207948f389e ("dma: contiguous: Export dev_get_cma_area()") and
 * 7e72a8f8bb0d ("mm: cma: Export cma_alloc(), cma_release() and cma_get_name()").
 * Before, only built-in code can use the area itself. A module can only read the
 * number of free CMA pages, which shows that there is a CMA area.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0) && defined(MODULE)
#define VIMAP_CMA_EXPORTED	false
static inline bool vimap_kernel_has_cma(void)
{
	return global_zone_page_state(NR_FREE_CMA_PAGES);
}
#else
#define VIMAP_CMA_EXPORTED	true
static inline bool vimap_kernel_has_cma(void)
{
	return dev_get_cma_area(NULL);
}
#endif

/*
 * 7.2: 3e2c1e213ac2 ("driver core: Replace dev->dma_coherent with dev_dma_coherent()"): before,
 * the field exists only where a device can be non-coherent.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
static inline void dev_set_dma_coherent(struct device *dev)
{
#if defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL)
	dev->dma_coherent = true;
#endif
}
#endif

#endif /* _VIMAP_COMPAT_H */
