/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame-memory.h - memory for one frame, as contiguous as this machine has it
 */
#ifndef FRAME_MEMORY_H
#define FRAME_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Room for sentences that say what is missing, and for a part of one. */
#define WHY_SIZE	512
#define LACK_SIZE	128

struct huge_page;

/**
 * struct extent - a piece of a file
 * @start:	where it starts, in bytes
 * @size:	in bytes
 */
struct extent {
	off_t start;
	size_t size;
};

/**
 * struct frame_memory - memory for one frame
 * @data:	where it is mapped, at a page's start
 * @size:	in bytes, whole pages
 * @fd:		the memfd whose memory it is
 * @extents:	the pieces of that file, in the order in which they are mapped
 * @nr_extents:	how many
 * @page:	the huge page that it is a part of, with others; NULL if it has the
 *		file for itself
 */
struct frame_memory {
	unsigned char *data;
	size_t size;
	int fd;
	struct extent *extents;
	unsigned int nr_extents;
	struct huge_page *page;
};

/**
 * struct huge_pages - huge pages of one size that frames share
 * @size:	of a page in bytes; 0 where the machine has none
 * @flags:	MFD_HUGE_* to ask for that size; 0 for the default one
 * @first:	those that hold frames now
 */
struct huge_pages {
	size_t size;
	unsigned int flags;
	struct huge_page *first;
};

/**
 * struct frame_store - where frames come from
 * @usual:	huge pages of the default size
 * @gigantic:	those of 1 GiB
 */
struct frame_store {
	struct huge_pages usual;
	struct huge_pages gigantic;
};

void frame_store_init(struct frame_store *store);
int frame_alloc_contiguous(struct frame_store *store, size_t size,
			   struct frame_memory *frame, char *why);
int frame_alloc_scattered(size_t size, struct frame_memory *frame);
void frame_free(struct frame_memory *frame);

int huge_page_alloc(struct huge_pages *pages, size_t size, struct frame_memory *frame);
void huge_page_free(struct frame_memory *frame);
int huge_run_alloc(size_t page_size, size_t size, struct frame_memory *frame, char *why);

int page_frame_number(const void *address, unsigned long long *pfn);
size_t round_up_to(size_t size, size_t to);

#endif
