// SPDX-License-Identifier: GPL-2.0-only
/*
 * range.c - memory to pin: small pages, or adjacent huge pages
 *
 * A device without an IOMMU needs contiguous memory. One huge page is contiguous. Several
 * are only if they are adjacent in physical memory and mapped in that order. So this takes
 * all free huge pages, and picks adjacent ones.
 */
#include <linux/memfd.h>
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pins.h"

#define POOL		64

const char * const pages_names[] = {
	[SMALL_PAGES] = "4KiB-pages",
	[SHARED_PAGES] = "shared-4KiB-pages",
	[HUGE_PAGES] = "huge",
};

struct huge_page {
	__u64 pfn;
	size_t index;
};

static int by_pfn(const void *a, const void *b)
{
	const struct huge_page *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

/* Take all free huge pages, and sort them by physical address. */
static size_t sort_pool(int fd, struct huge_page pool[POOL])
{
	unsigned char *all;
	size_t nr = 0;

	while (nr < POOL && !fallocate(fd, 0, nr * HUGE_PAGE, HUGE_PAGE))
		nr++;
	all = mmap(NULL, nr * HUGE_PAGE, PROT_READ, MAP_SHARED | MAP_NORESERVE | MAP_POPULATE,
		   fd, 0);
	if (all == MAP_FAILED)
		err(1, "huge pages (vm.nr_hugepages)");
	for (size_t i = 0; i < nr; i++) {
		pool[i].index = i;
		if (pagemap_read(all + i * HUGE_PAGE, 1, &pool[i].pfn))
			err(1, "/proc/self/pagemap");
	}
	munmap(all, nr * HUGE_PAGE);
	qsort(pool, nr, sizeof(*pool), by_pfn);
	return nr;
}

static size_t find_run(const struct huge_page *pool, size_t nr, size_t wanted)
{
	size_t first = 0;

	for (size_t i = 0; i < nr; i++) {
		if (i && pool[i - 1].pfn + HUGE_PAGE / PAGE != pool[i].pfn)
			first = i;
		if (i + 1 - first == wanted)
			return first;
	}
	errx(1, "no %zu free huge pages are adjacent (vm.nr_hugepages)", wanted);
}

static void map_huge(struct range *r)
{
	int fd = memfd_create("bench-pins", MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_2MB);
	struct huge_page pool[POOL];
	size_t first, nr;

	if (fd < 0)
		err(1, "memfd of huge pages");
	r->size = (r->size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	nr = sort_pool(fd, pool);
	first = find_run(pool, nr, r->size / HUGE_PAGE);

	/* Reserve the addresses. Each page is then mapped over a part of them. */
	r->start = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (r->start == MAP_FAILED)
		err(1, "huge pages");
	for (size_t i = 0; i < r->size / HUGE_PAGE; i++)
		if (mmap(r->start + i * HUGE_PAGE, HUGE_PAGE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED | MAP_NORESERVE, fd,
			 pool[first + i].index * HUGE_PAGE) == MAP_FAILED)
			err(1, "a huge page");
	close(fd);
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
