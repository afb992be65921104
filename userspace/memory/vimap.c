// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap.c - memory that a driver maps, each way a driver can, by /dev/vimap
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"

static int vimap_map(struct memory *m)
{
	if (m->length + 2 * PAGE > VIMAP_SIZE)
		return memory_lacks(m, "vimap maps %lu bytes, the frame needs more", VIMAP_SIZE);

	m->fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "/dev/vimap: %s", strerror(errno));

	/* The less there is around the frame, the less there is to look at. */
	m->size = m->kind->variant == VIMAP_PFN_PMD ? VIMAP_SIZE :
		  memory_round_up(m->length, PAGE) + 2 * PAGE;
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd,
		       VIMAP_OFFSET(m->kind->variant));
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		if (errno == EOPNOTSUPP)
			return memory_lacks(m, "this kernel cannot map memory in that way");
		return memory_lacks(m, "mmap of /dev/vimap: %s", strerror(errno));
	}
	m->frame = m->base + PAGE;
	return 0;
}

const struct memory_kind memory_vimap_pfn = {
	.name = "vimap-pfn",
	.sentence = "RAM by remap_pfn_range() is its driver's, and refused",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_PFN_RAM,
};

const struct memory_kind memory_vimap_pfn_untouched = {
	.name = "vimap-pfn-untouched",
	.sentence = "remap_pfn_range() is refused before the process touched a page as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_PFN_RAM,
	.untouched = true,
};

const struct memory_kind memory_vimap_page_io = {
	.name = "vimap-page-io",
	.sentence = "VM_IO is refused even where struct pages lie behind it",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_PAGE_IO,
};

const struct memory_kind memory_vimap_page_io_untouched = {
	.name = "vimap-page-io-untouched",
	.sentence = "VM_IO is refused before the process touched a page as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_PAGE_IO,
	.untouched = true,
};

const struct memory_kind memory_vimap_page = {
	.name = "vimap-page",
	.sentence = "RAM by vm_insert_page() without VM_IO is ordinary pages, and accepted",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_PAGE,
};

const struct memory_kind memory_vimap_page_untouched = {
	.name = "vimap-page-untouched",
	.sentence = "vm_insert_page() without VM_IO is accepted before a page was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_PAGE,
	.untouched = true,
};

const struct memory_kind memory_vimap_cma = {
	.name = "vimap-cma",
	.sentence = "CMA memory by dma_mmap_coherent() is its driver's, and refused",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_CMA,
};

const struct memory_kind memory_vimap_cma_untouched = {
	.name = "vimap-cma-untouched",
	.sentence = "dma_mmap_coherent() is refused before a page was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_CMA,
	.untouched = true,
};

const struct memory_kind memory_vimap_bar = {
	.name = "vimap-bar",
	.sentence = "a PCI BAR has no pages to pin, and is refused",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_BAR,
};

const struct memory_kind memory_vimap_bar_untouched = {
	.name = "vimap-bar-untouched",
	.sentence = "a PCI BAR is refused before a page was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_BAR,
	.untouched = true,
};

const struct memory_kind memory_vimap_fault_pfn = {
	.name = "vimap-fault-pfn",
	.sentence = "vmf_insert_pfn() on a fault leaves the mapping its driver's",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FAULT_PFN,
};

const struct memory_kind memory_vimap_fault_pfn_untouched = {
	.name = "vimap-fault-pfn-untouched",
	.sentence = "vmf_insert_pfn() is refused while there is no page in the mapping yet",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FAULT_PFN,
	.untouched = true,
};

const struct memory_kind memory_vimap_fault_mixed = {
	.name = "vimap-fault-mixed",
	.sentence = "vmf_insert_mixed() maps frames without their pages: nothing there to pin",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FAULT_MIXED,
};

const struct memory_kind memory_vimap_fault_mixed_untouched = {
	.name = "vimap-fault-mixed-untouched",
	.sentence = "vmf_insert_mixed() is refused when it is the pin that brings the first frame",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FAULT_MIXED,
	.untouched = true,
};

const struct memory_kind memory_vimap_fault_page = {
	.name = "vimap-fault-page",
	.sentence = "a fault handler that returns pages makes ordinary memory, and accepted",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FAULT_PAGE,
};

const struct memory_kind memory_vimap_fault_page_untouched = {
	.name = "vimap-fault-page-untouched",
	.sentence = "a fault handler is asked by the pin as it would be by the process",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FAULT_PAGE,
	.untouched = true,
};

const struct memory_kind memory_vimap_folio_io = {
	.name = "vimap-folio-io",
	.sentence = "VM_IO is refused even where a whole large folio lies behind it",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FOLIO_IO,
};

const struct memory_kind memory_vimap_folio_io_untouched = {
	.name = "vimap-folio-io-untouched",
	.sentence = "VM_IO before a large folio is refused before a page was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FOLIO_IO,
	.untouched = true,
};

const struct memory_kind memory_vimap_folio = {
	.name = "vimap-folio",
	.sentence = "the pages of a driver's large folio, without VM_IO, are accepted",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FOLIO,
};

const struct memory_kind memory_vimap_folio_untouched = {
	.name = "vimap-folio-untouched",
	.sentence = "a large folio without VM_IO is accepted before a page was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_FOLIO,
	.untouched = true,
};

const struct memory_kind memory_vimap_pfn_pmd = {
	.name = "vimap-pfn-pmd",
	.sentence = "one entry for 2 MiB of frames looks like a huge page, and is refused",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_PFN_PMD,
};

const struct memory_kind memory_vimap_pfn_pmd_untouched = {
	.name = "vimap-pfn-pmd-untouched",
	.sentence = "vmf_insert_pfn_pmd() is refused before the entry is there as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_PFN_PMD,
	.untouched = true,
};

const struct memory_kind memory_vimap_vmalloc = {
	.name = "vimap-vmalloc",
	.sentence = "vmalloc memory by remap_vmalloc_range() is ordinary pages, scattered ones",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_VMALLOC,
};

const struct memory_kind memory_vimap_vmalloc_untouched = {
	.name = "vimap-vmalloc-untouched",
	.sentence = "remap_vmalloc_range() makes ordinary pages before one was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_VMALLOC,
	.untouched = true,
};

const struct memory_kind memory_vimap_cma_page_io = {
	.name = "vimap-cma-page-io",
	.sentence = "CMA pages that a driver put into a VM_IO mapping are its own, and refused",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_CMA_PAGE_IO,
};

const struct memory_kind memory_vimap_cma_page_io_untouched = {
	.name = "vimap-cma-page-io-untouched",
	.sentence = "CMA pages in a VM_IO mapping are refused before one was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_CMA_PAGE_IO,
	.untouched = true,
};

const struct memory_kind memory_vimap_cma_page = {
	.name = "vimap-cma-page",
	.sentence = "a driver's CMA pages in an ordinary mapping cannot move, and are refused",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_CMA_PAGE,
	.pin_never_returns = true,
};

const struct memory_kind memory_vimap_cma_page_untouched = {
	.name = "vimap-cma-page-untouched",
	.sentence = "a driver's CMA pages are refused before one was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_CMA_PAGE,
	.untouched = true,
	.pin_never_returns = true,
};

const struct memory_kind memory_vimap_shmem_io = {
	.name = "vimap-shmem-io",
	.sentence = "VM_IO is refused even before shmem pages, which GUP-fast lets be written",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_SHMEM_IO,
};

const struct memory_kind memory_vimap_shmem_io_untouched = {
	.name = "vimap-shmem-io-untouched",
	.sentence = "VM_IO before shmem pages is refused before one was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_SHMEM_IO,
	.untouched = true,
};

const struct memory_kind memory_vimap_shmem_cma = {
	.name = "vimap-shmem-cma",
	.sentence = "a driver's CMA pages among those of tmpfs cannot move, and are refused",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_SHMEM_CMA,
	.pin_never_returns = true,
};

const struct memory_kind memory_vimap_shmem_cma_untouched = {
	.name = "vimap-shmem-cma-untouched",
	.sentence = "CMA pages among those of tmpfs are refused before one was touched as well",
	.map = vimap_map,
	.unmap = memory_unmap_plain,
	.variant = VIMAP_SHMEM_CMA,
	.untouched = true,
	.pin_never_returns = true,
};
