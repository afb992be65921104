// SPDX-License-Identifier: GPL-2.0-only
/*
 * cma-gigantic.c - a hugetlb page of 1 GiB in the CMA area that is reserved for such pages
 * (hugetlb_cma= on the kernel's command line)
 */
#include <errno.h>
#include <glob.h>
#include <linux/mman.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "cma-area.h"
#include "cma.h"
#include "common/pagemap.h"

#define GIGANTIC_PAGE	(1024UL << 20)
#define CMA_AREAS	"/sys/kernel/mm/cma/hugetlb*/"
#define POOL		"/sys/kernel/mm/hugepages/hugepages-1048576kB/"

/* Add up the numbers in all files that match a pattern. Returns 0 if there is no file. */
static size_t sum_up(const char *pattern)
{
	size_t number, sum = 0;
	glob_t files;

	if (glob(pattern, 0, NULL, &files))
		return 0;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *f = fopen(files.gl_pathv[i], "re");

		if (!f)
			continue;
		if (fscanf(f, "%zu", &number) == 1)
			sum += number;
		fclose(f);
	}
	globfree(&files);
	return sum;
}

/* The pool is in CMA if the areas have as many allocated bytes as the pool has. */
static bool pool_is_in_cma(void)
{
	size_t taken = sum_up(CMA_AREAS "total_pages") - sum_up(CMA_AREAS "available_pages");

	return taken && taken * PAGE >= sum_up(POOL "nr_hugepages") * GIGANTIC_PAGE;
}

static int cma_gigantic_map(struct memory *m)
{
	__u64 pfn;

	if (m->length + 2 * PAGE > GIGANTIC_PAGE)
		return memory_lacks(m, "the frame is larger than 1 GiB");
	if (!sum_up(POOL "free_hugepages"))
		return memory_lacks(m, "no free huge page of 1 GiB");
	if (!pool_is_in_cma())
		return memory_lacks(m, "the huge pages of 1 GiB are not in CMA (hugetlb_cma=)");

	m->size = GIGANTIC_PAGE;
	if (memory_mmap(m, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_1GB, -1, 0))
		return memory_lacks(m, "mmap of a huge page of 1 GiB: %s", strerror(errno));
	m->frame = m->base + PAGE;

	/* Check only one guard page on each side, not all of the huge page. */
	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	m->base[0] = MEMORY_FILL;
	if (pagemap_read(m->base, 1, &pfn) || pfn == PFN_UNKNOWN)
		return memory_lacks(m, "the kernel hides the huge page's page frame number (root)");
	cma_know(pfn, GIGANTIC_PAGE / PAGE);
	return 0;
}

static void cma_gigantic_unmap(struct memory *m)
{
	if (m->base)
		munmap(m->base, GIGANTIC_PAGE);
}

static const struct memory_kind kinds[] = {
	{
		.name = "cma-gigantic",
		.sentence = "a 1 GiB page of hugetlb's CMA area cannot be migrated: refused",
		.map = cma_gigantic_map,
		.unmap = cma_gigantic_unmap,
		.in_cma = true,
		.migration_may_fail = true,
	},
};

const struct memory_provider cma_gigantic_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
