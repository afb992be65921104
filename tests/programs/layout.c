// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout.c - memory whose place in RAM is known
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/page.h"
#include "common/pagemap.h"
#include "layout.h"

/* Pages of scattered memory. The distance has no common factor with it, so all are mapped. */
#define PAGES		16
#define DISTANCE	5

/* The most pages that a frame here touches. */
#define MOST_PAGES	8

static int map_scattered(struct layout *l)
{
	int fd = memfd_create("layout", MFD_CLOEXEC);
	size_t i;

	l->size = PAGES * PAGE;
	/* Allocate the pages in the order of the file, not in that of the first accesses. */
	if (fd < 0 || fallocate(fd, 0, 0, l->size))
		return -1;
	l->base = mmap(NULL, l->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (i = 0; l->base != MAP_FAILED && i < PAGES; i++)
		if (mmap(l->base + i * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			 fd, i * DISTANCE % PAGES * PAGE) == MAP_FAILED)
			return -1;
	close(fd);
	return l->base == MAP_FAILED ? -1 : 0;
}

/**
 * layout_map() - map memory
 * @l:		filled in
 * @pages:	how they lie in RAM
 * @node:	path of the node that the memory is for
 * @why:	filled in on failure
 * @room:	bytes of @why
 *
 * Return: 0, or -1 if there is no such memory.
 */
int layout_map(struct layout *l, enum arrangement pages, const char *node,
	       char *why, size_t room)
{
	const char *kind = pages == APART ? "hugetlb-two-apart" : "hugetlb-two";

	*l = (struct layout) {};
	if (pages == SCATTERED) {
		if (map_scattered(l)) {
			snprintf(why, room, "scattered memory: %s", strerror(errno));
			return -1;
		}
	} else {
		if (memory_map(&l->memory, memory_find(kind), node, 2 * PAGE)) {
			snprintf(why, room, "%s", l->memory.why);
			return -1;
		}
		l->base = l->memory.base;
		l->size = l->memory.size;
		l->boundary = l->base + HUGE_PAGE;
	}
	memset(l->base, FILL, l->size);
	return 0;
}

/**
 * layout_unmap() - undo layout_map()
 * @l:	the memory
 */
void layout_unmap(struct layout *l)
{
	if (l->memory.base)
		memory_unmap(&l->memory);
	else
		munmap(l->base, l->size);
}

/**
 * layout_is_contiguous() - check whether bytes are contiguous in RAM
 * @start:	of the bytes; their pages are present
 * @length:	number of bytes
 *
 * Return: true if they are.
 */
bool layout_is_contiguous(const unsigned char *start, size_t length)
{
	size_t nr = ((uintptr_t)start % PAGE + length - 1) / PAGE + 1, i;
	__u64 pfns[MOST_PAGES];

	if (nr > MOST_PAGES || pagemap_read(start, nr, pfns))
		return false;
	for (i = 1; i < nr; i++)
		if (pfns[i] != pfns[0] + i)
			return false;
	return true;
}

/**
 * is_filled() - check that all bytes of a range have the value FILL
 * @from:	the first byte
 * @to:		the byte after the last one
 *
 * Return: true if so, also if there are none.
 */
bool is_filled(const unsigned char *from, const unsigned char *to)
{
	return from >= to || memory_is_filled(from, to - from, FILL);
}
