// SPDX-License-Identifier: GPL-2.0-only
/*
 * cma-hugetlb.c - hugetlb pages in the CMA area
 *
 * The pool's huge pages were allocated when nothing pressed. Surplus ones, above the
 * pool, are allocated when they are mapped, as movable pages, and freed when they
 * are unmapped: the kernel may be asked for them while it takes pages from CMA.
 *
 * Which pages are surplus the kernel does not know, only how many. If a part of the
 * pool is no longer spoken for, it frees as many of that, and keeps the others as its
 * pool, in CMA; before 5.13 (369fa227c219) nothing takes these away again. So the
 * pool stays spoken for until the surplus pages are gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cma.h"

#define HUGE_PAGES	"/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define OVERCOMMIT	HUGE_PAGES "nr_overcommit_hugepages"

/* The first ones may come from elsewhere: allocate this many more than are needed. */
#define SPARE		(4 * HUGE_PAGE)

static long read_count(const char *path)
{
	FILE *f = fopen(path, "re");
	long count = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &count) != 1)
		count = -1;
	fclose(f);
	return count;
}

static int write_count(const char *path, long count)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -1;
	ret = dprintf(fd, "%ld\n", count) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

static void *map_huge(size_t size)
{
	void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB,
			  -1, 0);

	return base == MAP_FAILED ? NULL : base;
}

/* All of the pool: mapped, and never touched. */
static struct {
	void *base;
	size_t size;
} pool;

static void speak_for_pool(void)
{
	long spare = read_count(HUGE_PAGES "free_hugepages") -
		     read_count(HUGE_PAGES "resv_hugepages");

	if (pool.base || spare <= 0)
		return;
	pool.size = spare * HUGE_PAGE;
	pool.base = map_huge(pool.size);
}

static void give_pool_back(void)
{
	if (pool.base)
		munmap(pool.base, pool.size);
	pool.base = NULL;
}

/* With all of the pool spoken for, what is mapped next are surplus pages. */
static unsigned char *map_surplus(size_t size)
{
	long surplus = read_count(HUGE_PAGES "surplus_hugepages");
	long limit = read_count(OVERCOMMIT);
	unsigned char *base;

	speak_for_pool();

	if (write_count(OVERCOMMIT, surplus + size / HUGE_PAGE))
		base = NULL;
	else
		base = map_huge(size);
	write_count(OVERCOMMIT, limit);
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
		return memory_lacks(m, "no surplus huge page: %s", strerror(errno));
	first = cma_find_run(all, size / PAGE, m->size / PAGE, HUGE_PAGE / PAGE);
	if (first < 0) {
		munmap(all, size);
		return memory_lacks(m, "the kernel put no huge page into CMA");
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

	/* What is held is not gone. */
	if (m->holder >= 0)
		close(m->holder);
	m->holder = -1;
	give_pool_back();
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

const struct memory_kind memory_cma_hugetlb = {
	.name = "cma-hugetlb",
	.sentence = "a hugetlb page in the CMA area is exchanged for one outside of it",
	.map = cma_hugetlb_map,
	.unmap = cma_hugetlb_unmap,
	.check_while_pinned = cma_check_not_pinned,
	.in_cma = true,
};

const struct memory_kind memory_cma_hugetlb_held = {
	.name = "cma-hugetlb-held",
	.sentence = "a hugetlb page that somebody holds cannot be exchanged, so it is not pinned",
	.map = cma_hugetlb_held_map,
	.unmap = cma_hugetlb_unmap,
	.check_while_pinned = cma_check_not_pinned,
	.in_cma = true,
	.migration_may_fail = true,
};
