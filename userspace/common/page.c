// SPDX-License-Identifier: GPL-2.0-only
/*
 * page.c - sizes of pages, which the architecture and the kernel's configuration decide
 */
#include <sys/mman.h>
#include <unistd.h>

#include <linux/mman.h>

#include "number-file.h"
#include "page.h"

/**
 * page_size() - size of a page
 *
 * Return: the size in bytes: 4, 16 or 64 KiB.
 */
size_t page_size(void)
{
	static size_t size;

	if (!size)
		size = sysconf(_SC_PAGESIZE);
	return size;
}

/**
 * page_side() - width and height of a frame that is one page, with one byte for each pixel
 *
 * Return: the number of pixels.
 */
unsigned int page_side(void)
{
	unsigned int side = 64;

	while (side * side < page_size())
		side *= 2;
	return side;
}

/**
 * thp_size() - size of a transparent huge page of one page table entry
 *
 * With pages of 16 KiB it is 32 MiB, while a page of hugetlbfs can have 2 MiB.
 *
 * Return: the size in bytes; that of x86-64 if the kernel reports none.
 */
size_t thp_size(void)
{
	static size_t size;
	long reported;

	if (!size) {
		reported = number_file_read("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");
		size = reported > 0 ? reported : 2L << 20;
	}
	return size;
}

/**
 * huge_page_map() - map one huge page of hugetlbfs, which only this process has
 *
 * Return: HUGE_PAGE bytes, or MAP_FAILED with errno.
 */
void *huge_page_map(void)
{
	return mmap(NULL, HUGE_PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB, -1, 0);
}
