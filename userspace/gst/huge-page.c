// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge-page.c - frames that share a huge page
 *
 * A huge page is contiguous, so this works for any user.
 */
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "huge-page.h"

/* A huge page is divided into as many parts as a page table has entries. */
#define MAX_PARTS	512

struct huge_page {
	struct huge_pages *all;
	struct huge_page *next;
	unsigned char *base;
	int fd;
	bool taken[MAX_PARTS];
};

static size_t part_size(const struct huge_pages *pages)
{
	size_t small = sysconf(_SC_PAGESIZE);
	size_t part = pages->size / MAX_PARTS;

	return part > small ? part : small;
}

/* Allocate the page now, since a huge page that is missing later raises SIGBUS. */
static struct huge_page *page_open(struct huge_pages *pages)
{
	struct huge_page *page = calloc(1, sizeof(*page));

	if (!page)
		return NULL;
	page->fd = memfd_create("frames", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB |
				pages->flags);
	if (page->fd < 0)
		goto out_free;
	if (fallocate(page->fd, 0, 0, pages->size) ||
	    fcntl(page->fd, F_ADD_SEALS, F_SEAL_SHRINK))
		goto out_close;
	page->base = mmap(NULL, pages->size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_POPULATE, page->fd, 0);
	if (page->base == MAP_FAILED)
		goto out_close;
	page->all = pages;
	page->next = pages->first;
	pages->first = page;
	return page;

out_close:
	close(page->fd);
out_free:
	free(page);
	return NULL;
}

static void page_close(struct huge_page *page)
{
	struct huge_page **link = &page->all->first;

	while (*link != page)
		link = &(*link)->next;
	*link = page->next;
	munmap(page->base, page->all->size);
	close(page->fd);
	free(page);
}

/* Find @wanted free parts in a row. Return the index of the first one, or -1. */
static ssize_t find_parts(const struct huge_page *page, size_t nr_parts, size_t wanted)
{
	size_t found = 0;

	for (size_t i = 0; i < nr_parts; i++) {
		found = page->taken[i] ? 0 : found + 1;
		if (found == wanted)
			return i + 1 - wanted;
	}
	return -1;
}

static void mark_parts(struct huge_page *page, size_t first, size_t nr, bool taken)
{
	for (size_t i = first; i < first + nr; i++)
		page->taken[i] = taken;
}

/**
 * huge_page_alloc() - allocate memory for a frame in one huge page
 * @pages:	the huge pages to use
 * @size:	of the frame in bytes
 * @frame:	filled in
 *
 * Return: 0, or -1 if the frame is larger than such a page or no page is free.
 */
int huge_page_alloc(struct huge_pages *pages, size_t size, struct frame_memory *frame)
{
	size_t part = part_size(pages), wanted = round_up_to(size, part) / part;
	struct huge_page *page;
	struct extent *extent;
	ssize_t first = -1;

	if (size > pages->size)
		return -1;
	extent = malloc(sizeof(*extent));
	if (!extent)
		return -1;
	for (page = pages->first; page; page = page->next) {
		first = find_parts(page, pages->size / part, wanted);
		if (first >= 0)
			break;
	}
	if (!page) {
		page = page_open(pages);
		if (!page) {
			free(extent);
			return -1;
		}
		first = 0;
	}

	mark_parts(page, first, wanted, true);
	*extent = (struct extent) { first * part, wanted * part };
	*frame = (struct frame_memory) {
		.data = page->base + extent->start,
		.size = extent->size,
		.fd = page->fd,
		.extents = extent,
		.nr_extents = 1,
		.page = page,
	};
	return 0;
}

/**
 * huge_page_free() - free memory of huge_page_alloc()
 * @frame:	the memory
 *
 * The huge page is freed with its last frame.
 */
void huge_page_free(struct frame_memory *frame)
{
	struct huge_page *page = frame->page;
	size_t part = part_size(page->all), nr_parts = page->all->size / part;

	free(frame->extents);
	mark_parts(page, (frame->data - page->base) / part, frame->size / part, false);
	if (!find_parts(page, nr_parts, nr_parts))
		page_close(page);
}
