// SPDX-License-Identifier: GPL-2.0-only
/*
 * cma-hugetlb.c - hugetlb pages in the CMA area
 *
 * The pages of the pool were allocated earlier, outside CMA. Surplus pages, above the pool,
 * are allocated as movable pages when they are mapped, and are freed when they are unmapped.
 * So they can be requested while the kernel takes movable pages from CMA.
 *
 * The kernel does not know which huge pages are surplus, only how many are. If pages of the
 * pool were free, it could free these instead, and keep the pages in CMA as its pool. Before
 * 5.13 (369fa227c219) such pages cannot be migrated out of CMA again. So the whole pool stays
 * reserved until the surplus pages are freed.
 */
#include <errno.h>
#include <linux/mman.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cma.h"
#include "common/number-file.h"

#define HUGE_PAGES	"/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define OVERCOMMIT	HUGE_PAGES "nr_overcommit_hugepages"

/* Allocate more than needed, because the first pages may come from outside CMA. */
#define SPARE		(4 * HUGE_PAGE)

static void *map_huge(size_t size)
{
	void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB,
			  -1, 0);

	return base == MAP_FAILED ? NULL : base;
}

/* A mapping that reserves all free pages of the pool. It is never touched. */
static struct {
	void *base;
	size_t size;
} pool;

static void reserve_pool(void)
{
	long spare = number_file_read(HUGE_PAGES "free_hugepages") -
		     number_file_read(HUGE_PAGES "resv_hugepages");

	if (pool.base || spare <= 0)
		return;
	pool.size = spare * HUGE_PAGE;
	pool.base = map_huge(pool.size);
}

static void release_pool(void)
{
	if (pool.base)
		munmap(pool.base, pool.size);
	pool.base = NULL;
}

/* With the whole pool reserved, the next huge pages are surplus pages. */
static unsigned char *map_surplus(size_t size)
{
	long surplus = number_file_read(HUGE_PAGES "surplus_hugepages");
	long limit = number_file_read(OVERCOMMIT);
	unsigned char *base;

	reserve_pool();

	if (number_file_write(OVERCOMMIT, surplus + size / HUGE_PAGE))
		base = NULL;
	else
		base = map_huge(size);
	number_file_write(OVERCOMMIT, limit);
	for (size_t i = 0; base && i < size; i += HUGE_PAGE)
		base[i] = MEMORY_FILL;
	return base;
}

static int allocate_surplus(struct memory *m)
{
	size_t size = m->size + SPARE;
	unsigned char *all = map_surplus(size);
	ssize_t first;

	if (!all)
		return memory_lacks(m, "no surplus huge page was allocated: %s", strerror(errno));
	first = cma_find_run(all, size / PAGE, m->size / PAGE, HUGE_PAGE / PAGE);
	if (first < 0) {
		munmap(all, size);
		return memory_lacks(m, "the kernel allocated no huge page in CMA");
	}

	m->base = all + first * PAGE;
	if (m->base != all)
		munmap(all, m->base - all);
	if (m->base + m->size != all + size)
		munmap(m->base + m->size, all + size - m->base - m->size);
	return 0;
}

static void cma_hugetlb_unmap(struct memory *m)
{
	memory_unmap_plain(m);

	/* The page with the extra reference has to be freed before the pool is released. */
	if (m->holder >= 0)
		close(m->holder);
	m->holder = -1;
	release_pool();
}

static int cma_hugetlb_map(struct memory *m)
{
	m->size = memory_round_up(m->length + 2 * PAGE, HUGE_PAGE);
	return cma_allocate(m, allocate_surplus);
}

static int cma_hugetlb_held_map(struct memory *m)
{
	return cma_hugetlb_map(m) ? -1 : memory_hold(m);
}

static const struct memory_kind kinds[] = {
	{
		.name = "cma-hugetlb",
		.sentence = "a hugetlb page in the CMA area is replaced by one outside of it",
		.intrusive = CMA_INTRUSION,
		.map = cma_hugetlb_map,
		.unmap = cma_hugetlb_unmap,
		.check_while_pinned = cma_check_not_pinned,
		.in_cma = true,
	}, {
		.name = "cma-hugetlb-held",
		.sentence = "a hugetlb page with an extra reference cannot be migrated: refused",
		.intrusive = CMA_INTRUSION,
		.map = cma_hugetlb_held_map,
		.unmap = cma_hugetlb_unmap,
		.check_while_pinned = cma_check_not_pinned,
		.in_cma = true,
		.migration_may_fail = true,
	},
};

const struct memory_provider cma_hugetlb_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
