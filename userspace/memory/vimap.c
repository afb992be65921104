// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap.c - memory that a driver maps, each way a driver can, by /dev/vimap
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

static int vimap_map(struct memory *m)
{
	if (m->length + 2 * PAGE > VIMAP_SIZE)
		return memory_lacks(m, "vimap maps %lu bytes, the frame needs more", VIMAP_SIZE);

	m->fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "/dev/vimap: %s", strerror(errno));

	m->size = VIMAP_SIZE;
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd,
		       VIMAP_OFFSET(m->kind->variant));
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap of /dev/vimap: %s", strerror(errno));
	}
	m->frame = m->base + PAGE;
	return 0;
}

#define VIMAP_KIND(symbol, label, id, words)				\
const struct memory_kind memory_vimap_##symbol = {			\
	.name = "vimap-" label,						\
	.sentence = words,						\
	.map = vimap_map,						\
	.unmap = memory_unmap_plain,					\
	.variant = id,							\
};									\
									\
const struct memory_kind memory_vimap_##symbol##_untouched = {		\
	.name = "vimap-" label "-untouched",				\
	.sentence = words "; no page was looked at before",		\
	.map = vimap_map,						\
	.unmap = memory_unmap_plain,					\
	.variant = id,							\
	.untouched = true,						\
}

VIMAP_KIND(pfn, "pfn", VIMAP_PFN_RAM,
	   "RAM by remap_pfn_range() is its driver's, and refused");
VIMAP_KIND(page_io, "page-io", VIMAP_PAGE_IO,
	   "VM_IO is refused even where struct pages lie behind it");
VIMAP_KIND(page, "page", VIMAP_PAGE,
	   "RAM by vm_insert_page() without VM_IO is ordinary pages, and accepted");
VIMAP_KIND(cma, "cma", VIMAP_CMA,
	   "CMA memory by dma_mmap_coherent() is its driver's, and refused");
VIMAP_KIND(bar, "bar", VIMAP_BAR,
	   "a PCI BAR has no pages to pin, and is refused");
