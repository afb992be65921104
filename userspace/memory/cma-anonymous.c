// SPDX-License-Identifier: GPL-2.0-only
/*
 * cma-anonymous.c - anonymous memory whose pages lie in the CMA area
 */
#include <sys/mman.h>

#include "cma.h"

/* Allocate more than needed, because the first pages may come from outside CMA. */
#define SPARE		(8UL << 20)

/* Kinds with a variant have transparent huge pages. */
static size_t page_of(const struct memory *m)
{
	return m->kind->variant ? THP : PAGE;
}

static int allocate_in_cma(struct memory *m)
{
	size_t step = page_of(m);
	size_t size = m->size + SPARE + step;
	unsigned char *all, *region;
	ssize_t first;

	all = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED)
		return -1;
	region = all + (memory_round_up((uintptr_t)all, step) - (uintptr_t)all);
	madvise(all, size, step == THP ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	for (size_t i = 0; i < m->size + SPARE; i += PAGE)
		region[i] = MEMORY_FILL;

	first = cma_find_run(region, (m->size + SPARE) / PAGE, m->size / PAGE,
			     step / PAGE);
	if (first < 0) {
		munmap(all, size);
		return -1;
	}

	m->base = region + first * PAGE;
	if (m->base != all)
		munmap(all, m->base - all);
	munmap(m->base + m->size, all + size - m->base - m->size);
	return 0;
}

static int cma_map(struct memory *m)
{
	m->size = memory_round_up(m->length + 2 * PAGE, page_of(m));
	return cma_allocate(m, allocate_in_cma);
}

static int cma_held_map(struct memory *m)
{
	return cma_map(m) ? -1 : memory_hold(m);
}

static const struct memory_kind kinds[] = {
	{
		.name = "cma-pages",
		.sentence = "single pages in the CMA area are migrated out before the pin",
		.intrusive = CMA_INTRUSION,
		.map = cma_map,
		.unmap = memory_unmap_plain,
		.check_while_pinned = cma_check_not_pinned,
		.in_cma = true,
	}, {
		.name = "cma-thp",
		.sentence = "a transparent huge page in CMA is migrated out, and stays contiguous",
		.intrusive = CMA_INTRUSION,
		.map = cma_map,
		.unmap = memory_unmap_plain,
		.check_while_pinned = cma_check_not_pinned,
		.in_cma = true,
		.variant = true,
	}, {
		.name = "cma-held",
		.sentence = "a CMA page with an extra reference cannot be migrated: refused",
		.intrusive = CMA_INTRUSION,
		.map = cma_held_map,
		.unmap = memory_unmap_plain,
		.check_while_pinned = cma_check_not_pinned,
		.in_cma = true,
		.migration_may_fail = true,
	}, {
		.name = "cma-thp-held",
		.sentence = "an extra reference to one page of a huge page keeps all of it in CMA",
		.intrusive = CMA_INTRUSION,
		.map = cma_held_map,
		.unmap = memory_unmap_plain,
		.check_while_pinned = cma_check_not_pinned,
		.in_cma = true,
		.migration_may_fail = true,
		.variant = true,
	},
};

const struct memory_provider cma_anonymous_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
