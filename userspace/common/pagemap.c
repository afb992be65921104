// SPDX-License-Identifier: GPL-2.0-only
/*
 * pagemap.c - the page frames of a range of addresses
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pagemap.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT	0x8000000000000000ULL
#define PAGEMAP_SWAPPED	0x4000000000000000ULL
#define PAGEMAP_FILE	0x2000000000000000ULL
#define PAGEMAP_GUARD	0x0400000000000000ULL	/* since 6.15 */
#define PAGEMAP_PFN	0x007fffffffffffffULL

static int read_entries(const void *start, size_t nr_pages, __u64 *entries)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	size_t size = nr_pages * sizeof(*entries);
	ssize_t got;

	if (fd < 0)
		return -1;
	got = pread(fd, entries, size, (uintptr_t)start / PAGE * sizeof(*entries));
	close(fd);
	if (got < 0)
		return -1;

	/* The file ends at the end of user memory. There are no pages after that. */
	memset((char *)entries + got, 0, size - got);
	return 0;
}

/**
 * pagemap_read() - look up page frame numbers
 * @start:	an address in the first page
 * @nr_pages:	number of pages
 * @pfns:	filled in; PFN_UNKNOWN if a page is not present, or if this process lacks
 *		CAP_SYS_ADMIN
 *
 * Return: 0, or -1 if /proc/self/pagemap cannot be read.
 */
int pagemap_read(const void *start, size_t nr_pages, __u64 *pfns)
{
	if (read_entries(start, nr_pages, pfns))
		return -1;
	for (size_t i = 0; i < nr_pages; i++) {
		__u64 pfn = pfns[i] & PAGEMAP_PFN;

		pfns[i] = (pfns[i] & PAGEMAP_PRESENT) && pfn ? pfn : PFN_UNKNOWN;
	}
	return 0;
}

/**
 * pagemap_pfn() - look up one page frame number
 * @address:	an address in the page
 *
 * Return: as in @pfns of pagemap_read(); PFN_UNKNOWN also if /proc/self/pagemap cannot be
 * read.
 */
__u64 pagemap_pfn(const void *address)
{
	__u64 pfn;

	return pagemap_read(address, 1, &pfn) ? PFN_UNKNOWN : pfn;
}

/**
 * pagemap_flags() - read the flags of a page
 * @pfn:	page frame number
 *
 * Return: a set of bits KPF_*; 0 if the kernel does not show them.
 */
__u64 pagemap_flags(__u64 pfn)
{
	static int fd = -1;
	__u64 flags;

	if (fd < 0)
		fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	if (fd < 0 ||
	    pread(fd, &flags, sizeof(flags), pfn * sizeof(flags)) != sizeof(flags))
		return 0;
	return flags;
}

/* Count the bytes of a mapping before @page. It may begin or end within that page. */
static size_t bytes_before(const struct vma *vma, uintptr_t page)
{
	if (page < vma->start)
		return 0;
	return (page < vma->end ? page : vma->end) - vma->start;
}

/**
 * pagemap_first_without_struct_page() - find the first page frame without a struct page
 * @vma:	a mapping
 *
 * Only a VM_MIXEDMAP mapping has such page frames next to others. In a shared mapping, the
 * kernel shows each present page that has a struct page as one of a file. All other present
 * pages have none.
 *
 * Return: its offset in bytes; the size of the mapping if there is none, or if
 * /proc/self/pagemap cannot be read.
 */
size_t pagemap_first_without_struct_page(const struct vma *vma)
{
	int fd = -1;
	uintptr_t at;
	__u64 entry;

	if (vma->mixed && vma->shared)
		fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return vma->end - vma->start;

	for (at = vma->start & ~(PAGE - 1); at < vma->end; at += PAGE)
		if (pread(fd, &entry, sizeof(entry), at / PAGE * sizeof(entry)) ==
		    sizeof(entry) &&
		    (entry & PAGEMAP_PRESENT) && !(entry & PAGEMAP_FILE))
			break;
	close(fd);
	return bytes_before(vma, at);
}

/**
 * pagemap_own() - count the bytes at the start of a mapping that are the process's own copies
 * @vma:	a mapping
 *
 * Return: the bytes before the first page that is not both present and anonymous; the size
 * of the mapping if there is no such page.
 */
size_t pagemap_own(const struct vma *vma)
{
	uintptr_t first = vma->start & ~(PAGE - 1);
	size_t nr = (vma->end - first + PAGE - 1) / PAGE;
	__u64 *entries = calloc(nr, sizeof(*entries));
	uintptr_t end = first;

	if (entries && !read_entries((void *)first, nr, entries))
		for (size_t i = 0; i < nr && end < vma->end; i++, end += PAGE)
			if ((entries[i] & (PAGEMAP_PRESENT | PAGEMAP_FILE)) != PAGEMAP_PRESENT)
				break;
	free(entries);
	return bytes_before(vma, end);
}

/**
 * pagemap_guarded() - look for a guard region
 * @start:	an address in the first page
 * @nr_pages:	number of pages to check
 *
 * Return: true if one of the pages is in a guard region; false if none is, or if the kernel
 * does not show it.
 */
bool pagemap_guarded(const void *start, size_t nr_pages)
{
	__u64 *entries = calloc(nr_pages, sizeof(*entries));
	bool guarded = false;

	if (entries && !read_entries(start, nr_pages, entries))
		for (size_t i = 0; i < nr_pages; i++)
			guarded |= entries[i] & PAGEMAP_GUARD && !(entries[i] & PAGEMAP_PRESENT);
	free(entries);
	return guarded;
}

/**
 * pagemap_swapped() - count the pages that are swapped out
 * @start:	an address in the first page
 * @nr_pages:	number of pages to check
 *
 * Return: the number of pages.
 */
size_t pagemap_swapped(const void *start, size_t nr_pages)
{
	__u64 *entries = calloc(nr_pages, sizeof(*entries));
	size_t swapped = 0;

	if (entries && !read_entries(start, nr_pages, entries))
		for (size_t i = 0; i < nr_pages; i++)
			swapped += !!(entries[i] & PAGEMAP_SWAPPED);
	free(entries);
	return swapped;
}
