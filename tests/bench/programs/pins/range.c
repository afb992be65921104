// SPDX-License-Identifier: GPL-2.0-only
/*
 * range.c - memory to pin: small pages, or adjacent huge pages
 *
 * A device without an IOMMU needs contiguous memory. One huge page is contiguous. Several
 * are only if they are adjacent in physical memory and mapped in that order.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gst/huge-run.h"
#include "pins.h"

const char * const pages_names[] = {
	[SMALL_PAGES] = "4KiB-pages",
	[SHARED_PAGES] = "shared-4KiB-pages",
	[HUGE_PAGES] = "huge",
};

static void map_huge(struct range *r)
{
	struct frame_memory memory;
	char lack[LACK_SIZE];

	if (huge_run_alloc(HUGE_PAGE, r->size, &memory, lack))
		errx(1, "adjacent huge pages (vm.nr_hugepages): %s", lack);
	*r = (struct range) { .start = memory.data, .size = memory.size };
	free(memory.extents);
	close(memory.fd);
}

/*
 * Pages that are touched in the order of their addresses are often adjacent in physical
 * memory. This order makes almost no two neighbours adjacent.
 */
static void touch_scattered(struct range *r)
{
	size_t nr = r->size / PAGE;

	for (size_t i = 0; i < nr; i++) {
		size_t at = 0;

		for (size_t bit = 1; bit < nr; bit *= 2)
			at = at * 2 + !!(i & bit);
		r->start[at * PAGE] = 1;
	}
}

static void map_small(struct range *r, enum pages pages)
{
	bool shared = pages == SHARED_PAGES;
	int fd = -1;

	if (shared) {
		fd = memfd_create("bench-pins", MFD_CLOEXEC);
		if (fd < 0 || ftruncate(fd, r->size))
			err(1, "memfd");
	}
	r->start = mmap(NULL, r->size, PROT_READ | PROT_WRITE,
			shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, fd, 0);
	if (r->start == MAP_FAILED || madvise(r->start, r->size, MADV_NOHUGEPAGE))
		err(1, "memory");
	if (shared)
		close(fd);
	touch_scattered(r);
}

/**
 * range_map() - map memory, and touch it
 * @r:		filled in
 * @size:	in bytes, a power of two
 * @pages:	kind of its pages
 */
void range_map(struct range *r, size_t size, enum pages pages)
{
	*r = (struct range) { .size = size };
	if (pages == HUGE_PAGES)
		map_huge(r);
	else
		map_small(r, pages);
	memset(r->start, 1, r->size);
}

/**
 * range_unmap() - unmap the memory
 * @r:		the range
 */
void range_unmap(struct range *r)
{
	munmap(r->start, r->size);
}
