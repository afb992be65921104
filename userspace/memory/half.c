// SPDX-License-Identifier: GPL-2.0-only
/*
 * half.c - a range of two mappings: one half is a driver's, the other is the process's own
 *	or another mapping of a driver
 *
 * A check of the first or of the last page alone is not enough for such a range.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"

enum {
	DEVICE_FIRST,
	DEVICE_LAST,
	NO_STRUCT_PAGE_LAST,
	DRIVER_PAGES_FIRST,
};

static int map_vimap(struct memory *m, size_t offset, size_t size, unsigned int kind)
{
	void *mapped = mmap(m->base + offset, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_FIXED, m->fd, VIMAP_OFFSET(kind));

	if (mapped == MAP_FAILED)
		return memory_lacks(m, "mmap of /dev/vimap: %s", strerror(errno));
	return 0;
}

static int half_map(struct memory *m)
{
	size_t half = memory_round_up(m->length / 2, PAGE) + PAGE;
	size_t device = m->kind->variant == DEVICE_FIRST ? 0 : half;
	bool no_struct_page = m->kind->variant == NO_STRUCT_PAGE_LAST;
	bool driver_pages = m->kind->variant == DRIVER_PAGES_FIRST;

	if (half > VIMAP_SIZE)
		return memory_lacks(m, "half of the frame needs more than vimap's %lu bytes",
				    VIMAP_SIZE);

	m->fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "/dev/vimap: %s", strerror(errno));

	m->size = 2 * half;
	if (memory_mmap(m, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
		return memory_lacks(m, "mmap: %s", strerror(errno));
	m->frame = m->base + PAGE;

	/* VM_IO over pages with a struct page is the mapping that pins accept most easily. */
	if (map_vimap(m, device, half, no_struct_page ? VIMAP_FAULT_MIXED : VIMAP_PAGE_IO))
		return -1;
	if (driver_pages)
		return map_vimap(m, 0, half, VIMAP_PAGE);

	/* vimap has filled its own half. */
	memset(m->base + half - device, MEMORY_FILL, half);
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "half-device-first",
		.sentence = "a driver's pages, then the process's own: the first half is refused",
		.map = half_map,
		.unmap = memory_unmap_plain,
		.variant = DEVICE_FIRST,
	}, {
		.name = "half-device-first-untouched",
		.sentence = "a driver's untouched pages, then the process's own",
		.map = half_map,
		.unmap = memory_unmap_plain,
		.variant = DEVICE_FIRST,
		.untouched = true,
	}, {
		.name = "half-device-last",
		.sentence = "the process's own pages, then a driver's: the first half is unpinned",
		.map = half_map,
		.unmap = memory_unmap_plain,
		.variant = DEVICE_LAST,
	}, {
		.name = "half-device-last-untouched",
		.sentence = "the process's own pages, then a driver's untouched pages",
		.map = half_map,
		.unmap = memory_unmap_plain,
		.variant = DEVICE_LAST,
		.untouched = true,
	}, {
		.name = "half-no-struct-page-last",
		.sentence = "own pages, then frames without a struct page: no page stays pinned",
		.map = half_map,
		.unmap = memory_unmap_plain,
		.variant = NO_STRUCT_PAGE_LAST,
	}, {
		.name = "half-driver-pages-first",
		.sentence = "ordinary driver pages, then VM_IO: refused because of the VM_IO part",
		.map = half_map,
		.unmap = memory_unmap_plain,
		.variant = DRIVER_PAGES_FIRST,
	},
};

const struct memory_provider half_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
