// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts-page.c - facts about a page frame
 */
#include <linux/kernel-page-flags.h>
#include <stdio.h>
#include <string.h>

#include "facts.h"

#define MAX_RANGES	64
#define BIT(n)		(1ULL << (n))

/**
 * page_is_compound() - check whether a page is a part of a larger folio
 * @flags:	flags of the page, from pagemap_flags()
 *
 * Return: true if it is; false also if the kernel does not show the flags.
 */
bool page_is_compound(__u64 flags)
{
	return flags & (BIT(KPF_COMPOUND_HEAD) | BIT(KPF_COMPOUND_TAIL));
}

/**
 * page_is_drivers() - check whether a driver mapped a page
 * @flags:	flags of the page, from pagemap_flags(); the page is mapped
 *
 * A page that the kernel itself maps is anonymous, or in a page cache and on an LRU
 * list, or a part of a hugetlb page.
 *
 * Return: true if a driver did; false also if the kernel does not show the flags.
 */
bool page_is_drivers(__u64 flags)
{
	return (flags & BIT(KPF_MMAP)) &&
	       !(flags & (BIT(KPF_ANON) | BIT(KPF_LRU) | BIT(KPF_SWAPBACKED) |
			  BIT(KPF_UPTODATE) | BIT(KPF_HUGE) | BIT(KPF_THP)));
}

/**
 * page_is_swap_backed() - check whether a page is anonymous or belongs to shmem
 * @flags:	flags of the page, from pagemap_flags()
 *
 * Return: true if it does; false also if the kernel does not show the flags.
 */
bool page_is_swap_backed(__u64 flags)
{
	return flags & BIT(KPF_SWAPBACKED);
}

/**
 * page_is_hugetlb() - check whether a page is a part of a hugetlb page
 * @flags:	flags of the page, from pagemap_flags()
 *
 * Return: true if it is; false also if the kernel does not show the flags.
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
 * page_is_ram() - check whether a page is RAM of the kernel
 * @pfn:	page frame number
 *
 * Pages of a device (DAX) may lie between the pages of a zone, but do not belong to it.
 *
 * Return: true if it is; true also if the kernel does not show its RAM.
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
