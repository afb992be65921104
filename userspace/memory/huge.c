// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge.c - anonymous memory in huge pages, which are contiguous
 */
#include <errno.h>
#include <linux/memfd.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/pagemap.h"
#include "common/vma.h"
#include "provider.h"

/* Offset of the frame in its first page: 8 bytes before the end of the page. */
#define UNALIGNED_START	0xff8

static int hugetlb_map(struct memory *m)
{
	if (memory_map_huge(m, MAP_PRIVATE, -1))
		return -1;
	m->frame += m->kind->variant;
	return 0;
}

/* Map an aligned range, without any page yet. */
static int thp_reserve(struct memory *m)
{
	m->size = memory_round_up(m->length + 2 * PAGE, THP);
	if (memory_map_aligned(m, THP))
		return -1;
	if (madvise(m->base, m->size, MADV_HUGEPAGE))
		return memory_lacks(m, "madvise(MADV_HUGEPAGE): %s", strerror(errno));
	return 0;
}

static int thp_map(struct memory *m)
{
	struct vma vma;

	if (thp_reserve(m))
		return -1;
	memset(m->base, m->fill, m->size);
	if (vma_list(m->base, m->size, &vma, 1) != 1 || vma.huge < m->size)
		return memory_lacks(m, "the kernel allocated no transparent huge page");
	return 0;
}

static int thp_untouched_map(struct memory *m)
{
	m->fill = 0;
	return thp_reserve(m);
}

static int thp_split_map(struct memory *m)
{
	struct vma vma;

	/* Split the mapping of the huge page: change the protection of one page, and back. */
	if (thp_map(m))
		return -1;
	if (mprotect(m->base, PAGE, PROT_READ) ||
	    mprotect(m->base, PAGE, PROT_READ | PROT_WRITE))
		return memory_lacks(m, "mprotect: %s", strerror(errno));
	if (vma_list(m->base, m->size, &vma, 1) != 1 || vma.huge == m->size)
		return memory_lacks(m, "the kernel did not split the huge page");
	return 0;
}

static int hugetlb_untouched_map(struct memory *m)
{
	m->fill = 0;
	return hugetlb_map(m);
}

/* This number of huge pages contains two that are neighbours in RAM, and two that are not. */
#define POOL_PAGES	8UL

/* Choose two huge pages of a memfd. The variant says if they must be neighbours in RAM. */
static int choose_two(struct memory *m, size_t two[2])
{
	__u64 pfns[POOL_PAGES];
	unsigned char *pool;

	pool = mmap(NULL, POOL_PAGES * HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		    m->fd, 0);
	if (pool == MAP_FAILED)
		return -1;
	for (size_t i = 0; i < POOL_PAGES; i++) {
		pool[i * HUGE_PAGE] = m->fill;
		if (pagemap_read(pool + i * HUGE_PAGE, 1, &pfns[i]))
			pfns[i] = PFN_UNKNOWN;
	}
	munmap(pool, POOL_PAGES * HUGE_PAGE);

	for (size_t i = 0; i < POOL_PAGES * POOL_PAGES; i++) {
		two[0] = i / POOL_PAGES;
		two[1] = i % POOL_PAGES;
		if (two[0] == two[1] || pfns[two[0]] == PFN_UNKNOWN ||
		    pfns[two[1]] == PFN_UNKNOWN)
			continue;
		if ((pfns[two[0]] + HUGE_PAGE / PAGE == pfns[two[1]]) == m->kind->variant)
			return 0;
	}
	return -1;
}

static int hugetlb_two_map(struct memory *m)
{
	size_t two[2];

	if (memory_round_up(m->length / 2 + 2 * PAGE, PAGE) > HUGE_PAGE)
		return memory_lacks(m, "the frame needs more than two huge pages");
	m->fd = memfd_create("v4l2-pincheck", MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_2MB);
	if (m->fd < 0 || ftruncate(m->fd, POOL_PAGES * HUGE_PAGE) ||
	    fallocate(m->fd, 0, 0, POOL_PAGES * HUGE_PAGE))
		return memory_lacks(m, "fewer than %lu free huge pages (vm.nr_hugepages): %s",
				    POOL_PAGES, strerror(errno));
	if (choose_two(m, two))
		return memory_lacks(m, "no suitable pair among %lu huge pages",
				    POOL_PAGES);

	m->size = 2 * HUGE_PAGE;
	if (memory_mmap(m, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0))
		return memory_lacks(m, "mmap: %s", strerror(errno));
	for (size_t i = 0; i < 2; i++)
		if (mmap(m->base + i * HUGE_PAGE, HUGE_PAGE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, m->fd, two[i] * HUGE_PAGE) == MAP_FAILED)
			return memory_lacks(m, "mmap: %s", strerror(errno));

	/* The frame lies across the boundary of the two huge pages. */
	m->frame = m->base + HUGE_PAGE - memory_round_up(m->length / 2, PAGE);
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "thp",
		.sentence = "an aligned range with MADV_HUGEPAGE is contiguous",
		.map = thp_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "thp-untouched",
		.sentence = "a pin allocates a transparent huge page by itself",
		.map = thp_untouched_map,
		.unmap = memory_unmap_plain,
		.untouched = true,
	}, {
		.name = "thp-split",
		.sentence = "a huge page that is mapped as single pages is still contiguous",
		.map = thp_split_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "hugetlb",
		.sentence = "a hugetlb page is contiguous memory that any process can have",
		.map = hugetlb_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "hugetlb-untouched",
		.sentence = "a pin takes a hugetlb page from the pool by itself",
		.map = hugetlb_untouched_map,
		.unmap = memory_unmap_plain,
		.untouched = true,
	}, {
		.name = "hugetlb-two",
		.sentence = "two huge pages that are neighbours in RAM form one piece",
		.map = hugetlb_two_map,
		.unmap = memory_unmap_plain,
		.variant = true,
	}, {
		.name = "hugetlb-two-apart",
		.sentence = "two huge pages that are not neighbours in RAM form two pieces",
		.map = hugetlb_two_map,
		.unmap = memory_unmap_plain,
		.variant = false,
	}, {
		.name = "unaligned",
		.sentence = "a frame may start anywhere, here 8 bytes before the end of a page",
		.map = hugetlb_map,
		.unmap = memory_unmap_plain,
		.variant = UNALIGNED_START,
	},
};

const struct memory_provider huge_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
