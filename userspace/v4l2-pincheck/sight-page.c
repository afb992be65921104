// SPDX-License-Identifier: GPL-2.0-only
/*
 * sight-page.c - what the kernel says of a page frame
 */
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <unistd.h>

#include "sight.h"

#define BIT(n)		(1ULL << (n))

/* Documentation/admin-guide/mm/pagemap.rst; 0 if the kernel does not tell. */
static __u64 page_flags(__u64 pfn)
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

/**
 * page_is_compound() - whether a page is part of a larger folio
 * @pfn:	page frame number
 *
 * Return: true if it is; false, too, if the kernel does not tell.
 */
bool page_is_compound(__u64 pfn)
{
	return page_flags(pfn) & (BIT(KPF_COMPOUND_HEAD) | BIT(KPF_COMPOUND_TAIL));
}

/**
 * page_is_inserted() - whether a driver has put a page where it is mapped
 * @pfn:	page frame number of a page that is mapped
 *
 * What the kernel itself maps is anonymous, or of a page cache that it keeps on
 * its LRU lists, or a huge page of hugetlb.
 *
 * Return: true if one has; false, too, if the kernel does not tell.
 */
bool page_is_inserted(__u64 pfn)
{
	__u64 flags = page_flags(pfn);

	return (flags & BIT(KPF_MMAP)) &&
	       !(flags & (BIT(KPF_ANON) | BIT(KPF_LRU) | BIT(KPF_SWAPBACKED) |
			  BIT(KPF_UPTODATE) | BIT(KPF_HUGE) | BIT(KPF_THP)));
}
