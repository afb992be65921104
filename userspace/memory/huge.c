// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge.c - memory of the process itself, in huge pages: contiguous
 */
#include <errno.h>
#include <linux/mman.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

/* Start of a frame in its first page, 8 bytes before the page's end. */
#define UNALIGNED_START	0xff8

static int hugetlb_map(struct memory *m)
{
	m->size = memory_round_up(m->length + 3 * PAGE, HUGE_PAGE);
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB,
		       -1, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "no free huge page of 2 MiB (vm.nr_hugepages): %s",
				    strerror(errno));
	}
	m->frame = m->base + PAGE + m->kind->variant;
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

static int thp_map(struct memory *m)
{
	struct vma vma;

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
	memset(m->base, MEMORY_FILL, m->size);
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
