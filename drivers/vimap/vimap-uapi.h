/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * vimap-uapi.h - the userspace interface of /dev/vimap: device-mapped memory on request
 *
 * Open the device, select a kind of mapping by the mmap offset, and map up to
 * VIMAP_SIZE bytes from that offset on. Each open file has its own memory for each
 * kind. The first mmap() allocates it, and fills it with VIMAP_PATTERN. It is freed
 * when the file is closed and all its mappings are gone.
 *
 * VIMAP_BAR is an exception: there is only one, it is filled when a PCI function is
 * bound to vimap, and when that function is unbound, an access to a mapping of the BAR
 * raises SIGBUS.
 *
 * Errors of open(): EPERM without CAP_SYS_RAWIO.
 *
 * Errors of mmap():
 *	EINVAL		the offset is not exactly the offset of a kind, the length is
 *			above VIMAP_SIZE, or MAP_SHARED is missing
 *	EPERM		VIMAP_BAR, and the kernel is locked down
 *	ENODEV		this machine has no memory of that kind now
 *	EOPNOTSUPP	this kernel cannot map memory of that kind
 *	ENOMEM		there is not enough contiguous memory
 *
 * mremap() can move a mapping and make it smaller. It fails with EFAULT if it would
 * make the mapping larger.
 */
#ifndef _VIMAP_UAPI_H
#define _VIMAP_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * The memory of each kind. It is physically contiguous, except for VIMAP_VMALLOC,
 * VIMAP_SHMEM_IO and VIMAP_SHMEM_CMA.
 */
#define VIMAP_SIZE	(2UL << 20)
#define VIMAP_PATTERN	0x5a		/* every byte before the first write */

/**
 * enum vimap_kind - the ways in which a driver can map memory
 * @VIMAP_PFN_RAM:	RAM mapped by remap_pfn_range(): VM_IO | VM_PFNMAP.
 * @VIMAP_PAGE_IO:	RAM mapped by vm_insert_page() in a VMA that the driver marked
 *			VM_IO. The mapping belongs to a driver, but has struct pages.
 * @VIMAP_PAGE:		RAM mapped by vm_insert_page(): VM_MIXEDMAP only, ordinary
 *			pages.
 * @VIMAP_CMA:		Memory from dma_alloc_coherent() in the CMA area, mapped by
 *			dma_mmap_coherent(). ENODEV if the kernel has no CMA area.
 * @VIMAP_BAR:		A prefetchable PCI BAR mapped by io_remap_pfn_range(). ENODEV
 *			until a PCI function is bound to vimap through new_id.
 * @VIMAP_FAULT_PFN:	RAM mapped by vmf_insert_pfn() in each page fault: VM_IO |
 *			VM_PFNMAP.
 * @VIMAP_FAULT_MIXED:	RAM mapped by vmf_insert_mixed() in each page fault:
 *			VM_MIXEDMAP only. On architectures whose page table entries
 *			have a special bit, GUP finds no struct pages there.
 * @VIMAP_FAULT_PAGE:	RAM mapped by a fault handler that returns struct pages:
 *			ordinary pages in an ordinary VMA.
 * @VIMAP_FOLIO_IO:	Like VIMAP_PAGE_IO, but the pages form one large folio.
 * @VIMAP_FOLIO:	Like VIMAP_PAGE, but the pages form one large folio.
 * @VIMAP_PFN_PMD:	RAM mapped by vmf_insert_pfn_pmd(), one PMD entry for all of
 *			it, in the first page fault: VM_IO | VM_PFNMAP. EINVAL unless
 *			the length is VIMAP_SIZE, and the address is a multiple of
 *			VIMAP_SIZE; mmap() chooses such an address in 64-bit processes.
 *			EOPNOTSUPP if the kernel has no special bit for PMD entries
 *			(before Linux 6.12).
 * @VIMAP_VMALLOC:	A vmalloc area mapped by remap_vmalloc_range(): ordinary pages,
 *			of which no two neighbours are contiguous.
 * @VIMAP_CMA_PAGE_IO:	Like VIMAP_PAGE_IO, but the pages are from the CMA area.
 *			ENODEV as for VIMAP_CMA.
 * @VIMAP_CMA_PAGE:	Like VIMAP_PAGE, but the pages are from the CMA area. ENODEV
 *			as for VIMAP_CMA. A long-term pin must migrate such pages
 *			first, but they cannot be migrated. Linux 7.3 retries until
 *			SIGKILL (__gup_longterm_locked() in mm/gup.c).
 * @VIMAP_SHMEM_IO:	Pages of a shmem file, mapped by vm_map_pages_zero() in a VMA
 *			that the driver marked VM_IO, as drm/rockchip maps its
 *			buffers. Unlike for VIMAP_PAGE_IO, page->mapping is set, so
 *			GUP-fast also pins these pages for writing.
 * @VIMAP_SHMEM_CMA:	Pages of a shmem file in a VMA of that file, VM_MIXEDMAP, but
 *			every second page is replaced by one from the CMA area. The VMA
 *			looks like one of tmpfs, but contains pages that cannot be
 *			migrated, like those of VIMAP_CMA_PAGE. ENODEV as for
 *			VIMAP_CMA.
 * @VIMAP_FAULT_CMA:	Like VIMAP_FAULT_PAGE, but the pages are from the CMA area: no flag
 *			of the VMA shows that a driver allocated them. ENODEV as for
 *			VIMAP_CMA.
 * @VIMAP_NR_KINDS:	The number of kinds.
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
	VIMAP_FAULT_CMA,
	VIMAP_NR_KINDS,
};

/*
 * The mmap offset that selects @kind, in bytes. A 32-bit kernel refuses to map offsets above 4 GiB
 * (file_mmap_size_max() in mm/mmap.c), and a 32-bit program without -D_FILE_OFFSET_BITS=64 has
 * only those below 2 GiB. All kinds are below.
 */
#define VIMAP_KIND_SHIFT	24
#define VIMAP_OFFSET(kind)	((unsigned long)(kind) << VIMAP_KIND_SHIFT)

/**
 * struct vimap_cma - the default CMA area
 * @base_pfn:	first page frame number of the area
 * @nr_pages:	size of the area in pages
 * @nr_taken:	how many of them this call has allocated: all that no driver has
 *
 * VIMAP_IOC_CMA_TAKE allocates the whole CMA area, and frees it before it returns. To do
 * that, it migrates all movable pages, such as the pages of processes, out of the area. It
 * succeeds only if every movable page could be migrated. So a success means that no such
 * page was pinned at that moment. Memory that the kernel, vimap or another driver has
 * allocated from the area does not matter. While the ioctl runs, other allocations from the
 * area may fail.
 *
 * The result covers whole pageblocks, from the first to the last page that any call
 * has allocated. It does not include memory at the ends of the area that was in use at
 * every call.
 *
 * Errors:
 *	ENOMEM		a page could not be migrated, or nothing could be allocated
 *	ENODEV		the kernel has no CMA area
 *	EINTR		a signal arrived between two attempts
 *	EOPNOTSUPP	the kernel does not let a module allocate from the area (before
 *			Linux 7.1)
 *	EFAULT		the address of the structure is bad
 */
struct vimap_cma {
	__u64 base_pfn;
	__u64 nr_pages;
	__u64 nr_taken;
};

#define VIMAP_IOC_CMA_TAKE	_IOR('p', 0xe0, struct vimap_cma)

/**
 * struct vimap_pins - how many pages of this open file are pinned, and how many changed
 * @kind:	the memory to examine: an enum vimap_kind, except VIMAP_BAR, the kinds
 *		with CMA memory and the kinds with a shmem file
 * @length:	number of bytes to examine, from the start of the memory; a short length
 *		is quicker
 * @pinned:	filled in: number of these pages that are pinned, by any process or device
 * @changed:	filled in: number of these pages with a byte that is not VIMAP_PATTERN
 *
 * VIMAP_IOC_PINS takes no lock, so a program can call it at any rate while other
 * processes map, access and unmap the memory. It examines each page at one moment: it
 * misses a page that is pinned and unpinned in between, and it counts a pin that its
 * owner is about to undo.
 *
 * Every page that is pinned is counted. A small page that is not pinned may be counted
 * too: a pin adds 1024 to its reference count, so 1024 other references, such as one
 * for each mapping, look like a pin. The folios of VIMAP_FOLIO_IO, VIMAP_FOLIO and
 * VIMAP_PFN_PMD have a separate pin counter, so their result is exact, but one pin
 * anywhere in the folio makes all its pages count.
 *
 * Errors:
 *	EINVAL		another kind, or a length of 0 or above VIMAP_SIZE
 *	EFAULT		the address of the structure is bad
 *	ENXIO		the kind has not been mapped yet
 */
struct vimap_pins {
	__u32 kind;
	__u32 length;
	__u32 pinned;
	__u32 changed;
};

#define VIMAP_IOC_PINS		_IOWR('p', 0xe1, struct vimap_pins)

#endif /* _VIMAP_UAPI_H */
