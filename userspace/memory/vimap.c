// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap.c - mappings of /dev/vimap, one kind for each way in which a driver can map memory
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"

/*
 * A PMD entry needs an aligned address. The kernel chooses one for 64-bit processes only
 * (__thp_get_unmapped_area() in mm/huge_memory.c), so choose it here.
 */
static int map_aligned(struct memory *m)
{
	m->size = VIMAP_SIZE;
	if (memory_map_aligned(m, VIMAP_SIZE))
		return -1;
	return mmap(m->base, m->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, m->fd,
		    VIMAP_OFFSET(m->kind->variant)) == MAP_FAILED ? -1 : 0;
}

/* A small mapping takes less time to check. */
static int map_small(struct memory *m)
{
	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	return memory_mmap(m, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd,
			   VIMAP_OFFSET(m->kind->variant));
}

static int vimap_map(struct memory *m)
{
	if (m->length + 2 * PAGE > VIMAP_SIZE)
		return memory_lacks(m, "the frame needs more than vimap's %lu bytes", VIMAP_SIZE);

	m->fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "/dev/vimap: %s", strerror(errno));

	if (m->kind->variant == VIMAP_PFN_PMD ? map_aligned(m) : map_small(m)) {
		if (errno == EOPNOTSUPP)
			return memory_lacks(m, "this kernel cannot map memory in that way");
		return memory_lacks(m, "mmap of /dev/vimap: %s", strerror(errno));
	}
	m->frame = m->base + PAGE;
	return 0;
}

static int vimap_map_read_only(struct memory *m)
{
	if (vimap_map(m))
		return -1;
	if (mprotect(m->base, m->size, PROT_READ))
		return memory_lacks(m, "mprotect: %s", strerror(errno));
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "vimap-pfn",
		.sentence = "RAM from remap_pfn_range() belongs to its driver, and is refused",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_PFN_RAM,
	}, {
		.name = "vimap-pfn-untouched",
		.sentence = "remap_pfn_range() is refused before the process touches a page, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_PFN_RAM,
		.untouched = true,
	}, {
		.name = "vimap-page-io",
		.sentence = "VM_IO is refused, even over pages that have a struct page",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_PAGE_IO,
	}, {
		.name = "vimap-page-io-untouched",
		.sentence = "VM_IO is refused before the process touches a page, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_PAGE_IO,
		.untouched = true,
	}, {
		.name = "vimap-page",
		.sentence = "pages from vm_insert_page() without VM_IO are ordinary: accepted",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_PAGE,
	}, {
		.name = "vimap-page-untouched",
		.sentence = "vm_insert_page() is accepted before the process touches a page, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_PAGE,
		.untouched = true,
	}, {
		.name = "vimap-cma",
		.sentence = "CMA memory from dma_mmap_coherent() belongs to its driver: refused",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_CMA,
	}, {
		.name = "vimap-cma-untouched",
		.sentence = "dma_mmap_coherent() is refused before a page is touched, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_CMA,
		.untouched = true,
	}, {
		.name = "vimap-bar",
		.sentence = "a PCI BAR has no struct pages to pin, and is refused",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_BAR,
	}, {
		.name = "vimap-bar-untouched",
		.sentence = "a PCI BAR is refused before a page is touched, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_BAR,
		.untouched = true,
	}, {
		.name = "vimap-fault-pfn",
		.sentence = "a mapping filled by vmf_insert_pfn() belongs to its driver: refused",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FAULT_PFN,
	}, {
		.name = "vimap-fault-pfn-untouched",
		.sentence = "vmf_insert_pfn() is refused while the mapping is still empty, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FAULT_PFN,
		.untouched = true,
	}, {
		.name = "vimap-fault-mixed",
		.sentence = "vmf_insert_mixed() maps frames without a struct page: refused",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FAULT_MIXED,
	}, {
		.name = "vimap-fault-mixed-untouched",
		.sentence = "vmf_insert_mixed() is refused where the pin is the first access, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FAULT_MIXED,
		.untouched = true,
	}, {
		.name = "vimap-fault-page",
		.sentence = "a fault handler that returns pages makes ordinary memory: accepted",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FAULT_PAGE,
	}, {
		.name = "vimap-fault-page-untouched",
		.sentence = "a pin calls the fault handler as an access by the process does",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FAULT_PAGE,
		.untouched = true,
	}, {
		.name = "vimap-folio-io",
		.sentence = "VM_IO is refused, even over a whole large folio",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FOLIO_IO,
	}, {
		.name = "vimap-folio-io-untouched",
		.sentence = "VM_IO over a large folio is refused before a page is touched, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FOLIO_IO,
		.untouched = true,
	}, {
		.name = "vimap-folio",
		.sentence = "the pages of a driver's large folio, without VM_IO, are accepted",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FOLIO,
	}, {
		.name = "vimap-folio-untouched",
		.sentence = "a large folio without VM_IO is accepted before a touch, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FOLIO,
		.untouched = true,
	}, {
		.name = "vimap-pfn-pmd",
		.sentence = "one 2 MiB entry of page frames looks like a huge page: refused",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_PFN_PMD,
	}, {
		.name = "vimap-pfn-pmd-untouched",
		.sentence = "vmf_insert_pfn_pmd() is refused before the entry exists, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_PFN_PMD,
		.untouched = true,
	}, {
		.name = "vimap-vmalloc",
		.sentence = "remap_vmalloc_range() maps ordinary pages, which are scattered",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_VMALLOC,
	}, {
		.name = "vimap-vmalloc-untouched",
		.sentence = "remap_vmalloc_range() maps ordinary pages before a touch, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_VMALLOC,
		.untouched = true,
	}, {
		.name = "vimap-cma-page-io",
		.sentence = "CMA pages in a VM_IO mapping belong to their driver: refused",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_CMA_PAGE_IO,
	}, {
		.name = "vimap-cma-page-io-untouched",
		.sentence = "CMA pages in a VM_IO mapping are refused before a touch, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_CMA_PAGE_IO,
		.untouched = true,
	}, {
		.name = "vimap-cma-page",
		.sentence = "a driver's CMA pages cannot be migrated, and are refused",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_CMA_PAGE,
		.pin_never_returns = true,
	}, {
		.name = "vimap-cma-page-untouched",
		.sentence = "a driver's CMA pages are refused before a page is touched, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_CMA_PAGE,
		.untouched = true,
		.pin_never_returns = true,
	}, {
		.name = "vimap-fault-cma",
		.sentence = "a driver's CMA pages are refused, even if no VMA flag shows them",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FAULT_CMA,
		.pin_never_returns = true,
	}, {
		.name = "vimap-fault-cma-untouched",
		.sentence = "a driver's CMA pages are refused at a first access by the pin, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FAULT_CMA,
		.untouched = true,
		.pin_never_returns = true,
	}, {
		.name = "vimap-fault-cma-read-only",
		.sentence = "a driver's CMA pages are refused in a mapping for reading, too",
		.map = vimap_map_read_only,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_FAULT_CMA,
		.pin_never_returns = true,
	}, {
		.name = "vimap-shmem-io",
		.sentence = "VM_IO is refused, even over shmem pages that GUP-fast would pin",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_SHMEM_IO,
	}, {
		.name = "vimap-shmem-io-untouched",
		.sentence = "VM_IO over shmem pages is refused before a page is touched, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_SHMEM_IO,
		.untouched = true,
	}, {
		.name = "vimap-shmem-cma",
		.sentence = "a driver's CMA pages in a tmpfs file cannot be migrated: refused",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_SHMEM_CMA,
		.pin_never_returns = true,
	}, {
		.name = "vimap-shmem-cma-untouched",
		.sentence = "CMA pages in a tmpfs file are refused before a page is touched, too",
		.map = vimap_map,
		.unmap = memory_unmap_plain,
		.variant = VIMAP_SHMEM_CMA,
		.untouched = true,
		.pin_never_returns = true,
	},
};

const struct memory_provider vimap_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
