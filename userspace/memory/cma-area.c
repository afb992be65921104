// SPDX-License-Identifier: GPL-2.0-only
/*
 * cma-area.c - find out which pages lie in CMA areas
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cma-area.h"
#include "common/kmsg.h"
#include "common/pagemap.h"

/* MAX_CMA_AREAS (include/linux/cma.h) is at most 20 in the kernels of distributions. */
#define MAX_AREAS	20

struct area {
	__u64 base_pfn;
	__u64 end_pfn;
};

static struct area areas[MAX_AREAS];
static size_t nr_areas;

/**
 * cma_know() - add an area to those that cma_contains() knows
 * @base_pfn:	its first page frame
 * @nr_pages:	its size in pages
 */
void cma_know(__u64 base_pfn, __u64 nr_pages)
{
	__u64 end_pfn = base_pfn + nr_pages;

	/* Extend a known area that overlaps the new one. */
	for (struct area *area = areas; area < areas + nr_areas; area++) {
		if (base_pfn > area->end_pfn || end_pfn < area->base_pfn)
			continue;
		if (base_pfn < area->base_pfn)
			area->base_pfn = base_pfn;
		if (end_pfn > area->end_pfn)
			area->end_pfn = end_pfn;
		return;
	}
	if (nr_areas < MAX_AREAS)
		areas[nr_areas++] = (struct area) { base_pfn, end_pfn };
}

/**
 * cma_contains() - check if a page lies in a known CMA area
 * @pfn:	page frame number; PFN_UNKNOWN is in no area
 *
 * Return: true if it does; false also if the areas are not known.
 */
bool cma_contains(__u64 pfn)
{
	for (size_t i = 0; i < nr_areas; i++)
		if (pfn >= areas[i].base_pfn && pfn < areas[i].end_pfn)
			return true;
	return false;
}

/* mm/cma.c prints the first line (cma=), kernel/dma/contiguous.c the second (device tree). */
static void read_message(const char *text)
{
	unsigned long long base, mib;

	if (sscanf(text, "cma: Reserved %llu MiB at %llx", &mib, &base) == 2 ||
	    sscanf(text, "Reserved memory: created CMA memory pool at %llx, size %llu MiB",
		   &base, &mib) == 2)
		cma_know(base / PAGE, (mib << 20) / PAGE);
}

/**
 * cma_read_log() - find CMA areas in the kernel's log
 *
 * The kernel prints them once, during boot. The lines may already be overwritten.
 */
void cma_read_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[KMSG_SIZE];
	const char *text;

	if (fd < 0)
		return;
	while ((text = kmsg_read(fd, record)))
		read_message(text);
	close(fd);
}
