// SPDX-License-Identifier: GPL-2.0-only
/*
 * page.c - sizes of pages, which the architecture and the kernel's configuration decide
 */
#include <stdio.h>
#include <unistd.h>

#include "page.h"

/* If the kernel does not report a size: that of an x86-64. */
#define USUAL_HUGE_PAGE		(2UL << 20)

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
 * huge_page_size() - size of a page of hugetlbfs, if a program asks for no other size
 *
 * Return: the size in bytes.
 */
size_t huge_page_size(void)
{
	static size_t size;
	unsigned long kib;
	char line[128];
	FILE *file;

	if (size)
		return size;
	file = fopen("/proc/meminfo", "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Hugepagesize: %lu", &kib) == 1)
			size = kib << 10;
	if (file)
		fclose(file);
	if (!size)
		size = USUAL_HUGE_PAGE;
	return size;
}

/**
 * thp_size() - size of a transparent huge page of one page table entry
 *
 * With pages of 16 KiB it is 32 MiB, while a page of hugetlbfs can have 2 MiB.
 *
 * Return: the size in bytes.
 */
size_t thp_size(void)
{
	static size_t size;
	FILE *file;

	if (size)
		return size;
	file = fopen("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "re");
	if (file && fscanf(file, "%zu", &size) != 1)
		size = 0;
	if (file)
		fclose(file);
	if (!size)
		size = USUAL_HUGE_PAGE;
	return size;
}
