/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Device-mapped memory on request: /dev/vimap
 *
 * Open the device, choose a kind of mapping by the mmap offset, and map up to
 * VIMAP_SIZE bytes from that offset on. Each open file has memory of its own for
 * each kind, allocated by the first mmap and filled with VIMAP_PATTERN; it lasts
 * until the file is closed and nothing of it is mapped any more. There is only
 * one VIMAP_BAR, filled when the PCI function is bound; when that is unbound,
 * touching a mapping of it raises SIGBUS.
 *
 * open() needs CAP_SYS_RAWIO: EPERM. mmap() fails with EINVAL if the offset is
 * not exactly one of the kinds', if the length is above VIMAP_SIZE, or without
 * MAP_SHARED; EPERM for VIMAP_BAR while the kernel is locked down; ENODEV if this
 * machine has nothing of the kind now; EOPNOTSUPP if this kernel cannot map that way;
 * ENOMEM if there is no contiguous memory.
 *
 * mremap() moves a mapping and makes it smaller, but not larger: EFAULT.
 */
#ifndef _VIMAP_UAPI_H
#define _VIMAP_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Contiguous, but for VIMAP_VMALLOC, VIMAP_SHMEM_IO and VIMAP_SHMEM_CMA. */
#define VIMAP_SIZE	(2UL << 20)
#define VIMAP_PATTERN	0x5a		/* every byte, before anyone wrote */

/**
 * enum vimap_kind - the ways a driver can map memory, by the function it calls
 * @VIMAP_PFN_RAM:	RAM by remap_pfn_range(): VM_IO | VM_PFNMAP
 * @VIMAP_PAGE_IO:	RAM by vm_insert_page() into a VMA that the driver marked
 *			VM_IO: struct pages behind a mapping that belongs to a driver
 * @VIMAP_PAGE:		RAM by vm_insert_page(), VM_MIXEDMAP only: ordinary pages
 * @VIMAP_CMA:		dma_alloc_coherent() from CMA, by dma_mmap_coherent();
 *			ENODEV if the kernel has no CMA area
 * @VIMAP_BAR:		a prefetchable PCI BAR by io_remap_pfn_range(); ENODEV until a PCI
 *			function was given to vimap through new_id
 * @VIMAP_FAULT_PFN:	RAM by vmf_insert_pfn(), a page when it is touched:
 *			VM_IO | VM_PFNMAP
 * @VIMAP_FAULT_MIXED:	RAM by vmf_insert_mixed(), a page when it is touched:
 *			VM_MIXEDMAP only, but, wherever page table entries have
 *			a special bit, frames without their struct pages
 * @VIMAP_FAULT_PAGE:	RAM by a fault handler that returns struct pages:
 *			ordinary pages in an ordinary VMA
 * @VIMAP_FOLIO_IO:	as VIMAP_PAGE_IO, the pages being those of one large folio
 * @VIMAP_FOLIO:	as VIMAP_PAGE, the pages being those of one large folio
 * @VIMAP_PFN_PMD:	RAM by vmf_insert_pfn_pmd(), one entry for all of it when
 *			it is touched: VM_IO | VM_PFNMAP. To be mapped as a
 *			whole, at an address that mmap() chose or a multiple of
 *			VIMAP_SIZE, else EINVAL. EOPNOTSUPP if the kernel has no
 *			special bit for such an entry (before Linux 6.12)
 * @VIMAP_VMALLOC:	vmalloc()ed RAM by remap_vmalloc_range(): ordinary pages,
 *			no two in a row contiguous
 * @VIMAP_CMA_PAGE_IO:	as VIMAP_PAGE_IO, the pages lying in the CMA area; ENODEV as
 *			for VIMAP_CMA
 * @VIMAP_CMA_PAGE:	as VIMAP_PAGE, the pages lying in the CMA area; ENODEV as
 *			for VIMAP_CMA. A long-term pin must not leave them where
 *			they are, and cannot move them: Linux 7.3 tries for ever,
 *			until SIGKILL (__gup_longterm_locked() in mm/gup.c)
 * @VIMAP_SHMEM_IO:	pages of a shmem file by vm_map_pages() into a VMA that the
 *			driver marked VM_IO, as drm/rockchip maps its buffers. Unlike
 *			those of VIMAP_PAGE_IO they have a mapping, so GUP-fast takes
 *			them for writing as well
 * @VIMAP_SHMEM_CMA:	pages of a shmem file in a VMA of that file, VM_MIXEDMAP, with
 *			pages from the CMA area in the place of every second one. The
 *			VMA looks like one of tmpfs, but has pages that cannot be moved,
 *			as those of VIMAP_CMA_PAGE; ENODEV as for VIMAP_CMA
 * @VIMAP_NR_KINDS:	how many there are
 */
enum vimap_kind {
	VIMAP_PFN_RAM,
	VIMAP_PAGE_IO,
	VIMAP_PAGE,
	VIMAP_CMA,
	VIMAP_BAR,
	VIMAP_FAULT_PFN,
	VIMAP_FAULT_MIXED,
	VIMAP_FAULT_PAGE,
	VIMAP_FOLIO_IO,
	VIMAP_FOLIO,
	VIMAP_PFN_PMD,
	VIMAP_VMALLOC,
	VIMAP_CMA_PAGE_IO,
	VIMAP_CMA_PAGE,
	VIMAP_SHMEM_IO,
	VIMAP_SHMEM_CMA,
	VIMAP_NR_KINDS,
};

/* The mmap offset, in bytes, that asks for @kind. */
#define VIMAP_OFFSET(kind)	((unsigned long long)(kind) << 32)

/**
 * struct vimap_cma - the default CMA area
 * @base_pfn:	first page frame of the area
 * @nr_pages:	its size in pages
 *
 * VIMAP_IOC_CMA_TAKE allocates every page of the area that is not allocated from
 * it already, and gives them back before it returns. It succeeds only if no other
 * page, such as one of a process's memory, was in the way, so only if none is
 * pinned there at that moment. What a driver, vimap among them, or the kernel itself
 * has allocated from the area may stay. While it runs, others who need CMA memory
 * get none.
 *
 * The result covers whole pageblocks, from the first to the last page that a request
 * ever got. It leaves out what others have had at the ends of the area since before
 * the first request.
 *
 * Errors: ENOMEM if a page was in the way, or nothing could be got, ENODEV if the
 * kernel has no CMA area, EINTR if a signal came while it tried again, EOPNOTSUPP if
 * the kernel does not let a module allocate from the area (before Linux 7.1).
 */
struct vimap_cma {
	__u64 base_pfn;
	__u64 nr_pages;
};

#define VIMAP_IOC_CMA_TAKE	_IOR('p', 0xe0, struct vimap_cma)

/**
 * struct vimap_pins - what others do with the memory of this open file
 * @kind:	which memory: an enum vimap_kind, but VIMAP_BAR and those of CMA memory
 *		or of a shmem file
 * @length:	how many bytes of it to look at, from its start; the fewer, the
 *		quicker
 * @pinned:	filled in: how many pages of these are pinned, by anyone
 * @changed:	filled in: how many pages of these have a byte that is not
 *		VIMAP_PATTERN
 *
 * VIMAP_IOC_PINS takes no lock, so that it can be asked at any rate while others
 * map, touch and unmap the memory. It tells of the moment in which it looks at a
 * page: what is pinned and let go of in between is not seen, and a pin that is
 * seen may be one that its owner is about to undo.
 *
 * A page that is pinned is never missed, but one that is not may be counted: a
 * pin of a small page is 1024 references, so 1024 references of another sort,
 * such as one for each time it is mapped, look like one. The folio of
 * VIMAP_FOLIO_IO, VIMAP_FOLIO and VIMAP_PFN_PMD counts its pins, so there it is
 * exact, but for all pages in one: one pin anywhere in it, and all are counted.
 *
 * Errors: EINVAL for another kind, or a length of 0 or above VIMAP_SIZE; ENXIO if
 * the kind was not mapped yet.
 */
struct vimap_pins {
	__u32 kind;
	__u32 length;
	__u32 pinned;
	__u32 changed;
};

#define VIMAP_IOC_PINS		_IOWR('p', 0xe1, struct vimap_pins)

#endif /* _VIMAP_UAPI_H */
