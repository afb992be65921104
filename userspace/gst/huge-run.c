// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge-run.c - a frame in several adjacent huge pages
 *
 * The pages are adjacent in physical memory, and mapped in that order. The kernel allocates
 * huge pages in any order. So this allocates more and more of them until enough adjacent
 * ones are found, and frees the others.
 */
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/pagemap.h"
#include "huge-run.h"

/* A huge page of the file: its index there, and its first page frame. */
struct candidate {
	__u64 pfn;
	size_t index;
};

struct search {
	int fd;
	size_t page_size;
	size_t wanted;
	struct candidate *found;
	size_t nr_found;
};

static int by_pfn(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

/* Allocate huge pages until there are @nr of them, or no more are free. */
static int take_pages(struct search *s, size_t nr)
{
	struct candidate *grown = realloc(s->found, nr * sizeof(*grown));
	size_t have = s->nr_found;

	if (!grown)
		return -1;
	s->found = grown;
	while (have < nr && !fallocate(s->fd, 0, have * s->page_size, s->page_size))
		have++;
	s->nr_found = have;
	return 0;
}

static int look_up_pages(struct search *s)
{
	size_t size = s->nr_found * s->page_size;
	unsigned char *all;
	int ret = 0;

	/* MAP_NORESERVE, since the pages are already allocated. */
	all = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_NORESERVE | MAP_POPULATE, s->fd, 0);
	if (all == MAP_FAILED)
		return -1;
	for (size_t i = 0; i < s->nr_found && !ret; i++) {
		s->found[i].index = i;
		s->found[i].pfn = pagemap_pfn(all + i * s->page_size);
		ret = s->found[i].pfn == PFN_UNKNOWN ? -1 : 0;
	}
	munmap(all, size);
	return ret;
}

/*
 * Find enough adjacent pages, in the shortest run that has them, so that long runs are left
 * for larger frames. Return the index of the first one, or -1.
 */
static ssize_t find_run(struct search *s)
{
	size_t step = s->page_size / sysconf(_SC_PAGESIZE), best_length = SIZE_MAX;
	size_t start = 0;
	ssize_t best = -1;

	qsort(s->found, s->nr_found, sizeof(*s->found), by_pfn);
	for (size_t i = 0; i < s->nr_found; i++) {
		size_t length = i + 1 - start;

		if (i + 1 < s->nr_found && s->found[i].pfn + step == s->found[i + 1].pfn)
			continue;
		if (length >= s->wanted && length < best_length) {
			best = start;
			best_length = length;
		}
		start = i + 1;
	}
	return best;
}

/* Reserve a range of addresses to map huge pages into. */
static unsigned char *reserve_addresses(size_t size, size_t align)
{
	unsigned char *all = mmap(NULL, size + align, PROT_NONE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned char *base;

	if (all == MAP_FAILED)
		return NULL;
	base = (void *)round_up_to((uintptr_t)all, align);
	if (base != all)
		munmap(all, base - all);
	if (base != all + align)
		munmap(base + size, all + align - base);
	return base;
}

static int map_run(struct search *s, size_t first, struct frame_memory *frame)
{
	size_t page = s->page_size;

	frame->data = reserve_addresses(frame->size, page);
	if (!frame->data)
		return -1;
	for (size_t i = 0; i < s->wanted; i++) {
		off_t start = s->found[first + i].index * page;

		if (mmap(frame->data + i * page, page, PROT_READ | PROT_WRITE, MAP_SHARED |
			 MAP_FIXED | MAP_NORESERVE | MAP_POPULATE, s->fd, start) == MAP_FAILED) {
			munmap(frame->data, frame->size);
			return -1;
		}
		frame->extents[i] = (struct extent) { start, page };
	}
	return 0;
}

static void free_others(struct search *s, size_t first)
{
	for (size_t i = 0; i < s->nr_found; i++)
		if (i < first || i >= first + s->wanted)
			fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				  s->found[i].index * s->page_size, s->page_size);
}

static ssize_t search_run(struct search *s, char *lack)
{
	ssize_t first = -1;

	for (size_t nr = s->wanted; first < 0; nr *= 2) {
		size_t had = s->nr_found;

		if (take_pages(s, nr)) {
			snprintf(lack, LACK_SIZE, "there is no memory left");
			return -1;
		}
		if (s->nr_found < s->wanted) {
			snprintf(lack, LACK_SIZE, "only %zu are free", s->nr_found);
			return -1;
		}
		if (s->nr_found == had) {
			snprintf(lack, LACK_SIZE, "of the %zu free ones, no %zu lie side by side",
				 had, s->wanted);
			return -1;
		}
		if (look_up_pages(s)) {
			snprintf(lack, LACK_SIZE,
				 "only root (CAP_SYS_ADMIN) can see where they lie");
			return -1;
		}
		first = find_run(s);
	}
	return first;
}

/**
 * huge_run_alloc() - allocate memory for a frame in adjacent huge pages
 * @page_size:	of a huge page of the default size, in bytes
 * @size:	of the frame in bytes
 * @frame:	filled in
 * @lack:	filled in on failure: the missing part, for a sentence about huge pages
 *
 * Needs CAP_SYS_ADMIN, to read page frame numbers.
 *
 * Return: 0, or -1 with @lack set.
 */
int huge_run_alloc(size_t page_size, size_t size, struct frame_memory *frame, char *lack)
{
	struct search s = {
		.page_size = page_size,
		.wanted = round_up_to(size, page_size) / page_size,
	};
	ssize_t first;

	s.fd = memfd_create("frame", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);
	if (s.fd < 0) {
		snprintf(lack, LACK_SIZE, "this kernel has none");
		return -1;
	}
	*frame = (struct frame_memory) {
		.size = s.wanted * page_size,
		.fd = s.fd,
		.extents = calloc(s.wanted, sizeof(*frame->extents)),
		.nr_extents = s.wanted,
	};
	first = search_run(&s, lack);
	if (first >= 0 && (!frame->extents || map_run(&s, first, frame))) {
		snprintf(lack, LACK_SIZE, "there is no memory left");
		first = -1;
	}
	if (first < 0) {
		free(frame->extents);
		close(s.fd);
	} else {
		free_others(&s, first);
		fcntl(s.fd, F_ADD_SEALS, F_SEAL_SHRINK);
	}
	free(s.found);
	return first < 0 ? -1 : 0;
}
