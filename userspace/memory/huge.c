// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge.c - memory of the process itself, in huge pages: contiguous
 */
#include <errno.h>
#include <linux/memfd.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

/* Start of a frame in its first page, 8 bytes before the page's end. */
#define UNALIGNED_START	0xff8

static int hugetlb_map(struct memory *m)
{
	if (memory_map_huge(m, MAP_PRIVATE, -1))
		return -1;
	m->frame += m->kind->variant;
	return 0;
}

const struct memory_kind memory_hugetlb = {
	.name = "hugetlb",
	.sentence = "a huge page is contiguous memory that any process can have",
	.map = hugetlb_map,
	.unmap = memory_unmap_plain,
};

const struct memory_kind memory_unaligned = {
	.name = "unaligned",
	.sentence = "a frame may start anywhere, here 8 bytes before a page's end",
	.map = hugetlb_map,
	.unmap = memory_unmap_plain,
	.variant = UNALIGNED_START,
};

/* Aligned, and not one page of it there yet. */
static int thp_reserve(struct memory *m)
{
	m->size = memory_round_up(m->length + 2 * PAGE, HUGE_PAGE);
	m->base = mmap(NULL, m->size + HUGE_PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}

	/* Keep the aligned part only. */
	size_t before = memory_round_up((uintptr_t)m->base, HUGE_PAGE) -
			(uintptr_t)m->base;

	if (before)
		munmap(m->base, before);
	m->base += before;
	if (before < HUGE_PAGE)
		munmap(m->base + m->size, HUGE_PAGE - before);
	m->frame = m->base + PAGE;

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
		return memory_lacks(m, "the kernel gave no transparent huge page");
	return 0;
}

const struct memory_kind memory_thp = {
	.name = "thp",
	.sentence = "an aligned 2 MiB range with MADV_HUGEPAGE is contiguous without any set-up",
	.map = thp_map,
	.unmap = memory_unmap_plain,
};

static int thp_untouched_map(struct memory *m)
{
	m->fill = 0;
	return thp_reserve(m);
}

const struct memory_kind memory_thp_untouched = {
	.name = "thp-untouched",
	.sentence = "a pin is enough to make a transparent huge page come into being",
	.map = thp_untouched_map,
	.unmap = memory_unmap_plain,
	.untouched = true,
};

static int thp_split_map(struct memory *m)
{
	struct vma vma;

	/* One page is treated otherwise than the rest, for a moment. */
	if (thp_map(m))
		return -1;
	if (mprotect(m->base, PAGE, PROT_READ) ||
	    mprotect(m->base, PAGE, PROT_READ | PROT_WRITE))
		return memory_lacks(m, "mprotect: %s", strerror(errno));
	if (vma_list(m->base, m->size, &vma, 1) != 1 || vma.huge == m->size)
		return memory_lacks(m, "the kernel did not split the huge page");
	return 0;
}

const struct memory_kind memory_thp_split = {
	.name = "thp-split",
	.sentence = "a huge page that is mapped by single pages now is as contiguous as before",
	.map = thp_split_map,
	.unmap = memory_unmap_plain,
};

static int hugetlb_untouched_map(struct memory *m)
{
	m->fill = 0;
	return hugetlb_map(m);
}

const struct memory_kind memory_hugetlb_untouched = {
	.name = "hugetlb-untouched",
	.sentence = "a huge page that nobody has touched is taken from the pool by the pin",
	.map = hugetlb_untouched_map,
	.unmap = memory_unmap_plain,
	.untouched = true,
};

/* Among so many, two are neighbours in memory, and two are not. */
#define POOL_PAGES	8UL

/* Chooses two pages of a memfd; the variant is whether they are neighbours. */
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
		return memory_lacks(m, "%lu free huge pages to choose from (vm.nr_hugepages): %s",
				    POOL_PAGES, strerror(errno));
	if (choose_two(m, two))
		return memory_lacks(m, "among %lu huge pages no such two are to be seen",
				    POOL_PAGES);

	m->size = 2 * HUGE_PAGE;
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}
	for (size_t i = 0; i < 2; i++)
		if (mmap(m->base + i * HUGE_PAGE, HUGE_PAGE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, m->fd, two[i] * HUGE_PAGE) == MAP_FAILED)
			return memory_lacks(m, "mmap: %s", strerror(errno));

	/* Across the middle. */
	m->frame = m->base + HUGE_PAGE - memory_round_up(m->length / 2, PAGE);
	return 0;
}

const struct memory_kind memory_hugetlb_two = {
	.name = "hugetlb-two",
	.sentence = "two huge pages side by side are one piece where they happen to be neighbours",
	.map = hugetlb_two_map,
	.unmap = memory_unmap_plain,
	.variant = true,
};

const struct memory_kind memory_hugetlb_two_apart = {
	.name = "hugetlb-two-apart",
	.sentence = "two huge pages side by side are two pieces where they lie apart",
	.map = hugetlb_two_map,
	.unmap = memory_unmap_plain,
	.variant = false,
};
