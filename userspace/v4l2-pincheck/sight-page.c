// SPDX-License-Identifier: GPL-2.0-only
/*
 * sight-page.c - what the kernel says of a page frame
 */
#include <linux/kernel-page-flags.h>
#include <stdio.h>
#include <string.h>

#include "sight.h"

#define MAX_RANGES	64
#define BIT(n)		(1ULL << (n))

/**
 * page_is_compound() - whether a page is part of a larger folio
 * @flags:	what pagemap_flags() says of it
 *
 * Return: true if it is; false, too, if the kernel does not tell.
 */
bool page_is_compound(__u64 flags)
{
	return flags & (BIT(KPF_COMPOUND_HEAD) | BIT(KPF_COMPOUND_TAIL));
}

/**
 * page_is_inserted() - whether a driver has put a page where it is mapped
 * @flags:	what pagemap_flags() says of it; it is mapped
 *
 * What the kernel itself maps is anonymous, or of a page cache that it keeps on
 * its LRU lists, or a huge page of hugetlb.
 *
 * Return: true if one has; false, too, if the kernel does not tell.
 */
bool page_is_inserted(__u64 flags)
{
	return (flags & BIT(KPF_MMAP)) &&
	       !(flags & (BIT(KPF_ANON) | BIT(KPF_LRU) | BIT(KPF_SWAPBACKED) |
			  BIT(KPF_UPTODATE) | BIT(KPF_HUGE) | BIT(KPF_THP)));
}

/**
 * page_is_swap_backed() - whether a page is one of shmem, or anonymous
 * @flags:	what pagemap_flags() says of it
 *
 * Return: true if it is; false, too, if the kernel does not tell.
 */
bool page_is_swap_backed(__u64 flags)
{
	return flags & BIT(KPF_SWAPBACKED);
}

/**
 * page_is_hugetlb() - whether a page is part of a huge page of hugetlb
 * @flags:	what pagemap_flags() says of it
 *
 * Return: true if it is; false, too, if the kernel does not tell.
 */
bool page_is_hugetlb(__u64 flags)
{
	return flags & BIT(KPF_HUGE);
}

static int read_ram(unsigned long long (*ranges)[2])
{
	FILE *f = fopen("/proc/iomem", "re");
	char line[128], name[16];
	int nr = 0;

	while (f && nr < MAX_RANGES && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx-%llx : %15[^\n]", &ranges[nr][0], &ranges[nr][1],
			   name) == 3 && !strncmp(name, "System RAM", 10))
			nr++;
	if (f)
		fclose(f);
	return nr;
}

/**
 * page_is_ram() - whether a page is the kernel's own to allocate, and not a device's
 * (DAX) that lies amid a zone without being in it
 * @pfn:	page frame number
 *
 * Return: true if it is; true, too, if the kernel does not tell.
 */
bool page_is_ram(__u64 pfn)
{
	static unsigned long long ranges[MAX_RANGES][2];
	static int nr = -1;

	if (nr < 0)
		nr = read_ram(ranges);
	for (int i = 0; i < nr; i++)
		if (!ranges[i][1] ||
		    (pfn * PAGE >= ranges[i][0] && pfn * PAGE <= ranges[i][1]))
			return true;
	return !nr;
}
