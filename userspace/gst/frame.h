/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h - the memory of one frame
 */
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>
#include <sys/types.h>

/* Size of a buffer for sentences that say why there is no memory. */
#define WHY_SIZE	512

struct huge_page;

/**
 * struct extent - a piece of a file
 * @start:	offset of its first byte
 * @size:	in bytes
 */
struct extent {
	off_t start;
	size_t size;
};

/**
 * struct frame_memory - the memory of one frame
 * @data:	where it is mapped, at the start of a page
 * @size:	in bytes, whole pages
 * @fd:		the memfd that it is a part of
 * @extents:	the pieces of that file, in the order in which they are mapped
 * @nr_extents:	number of pieces
 * @page:	the huge page that it shares with other frames, or NULL if the file is its own
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
 * round_up_to() - round up to a multiple
 * @size:	in bytes
 * @to:		a power of two
 *
 * Return: the smallest multiple of @to that is not below @size.
 */
static inline size_t round_up_to(size_t size, size_t to)
{
	return (size + to - 1) & ~(to - 1);
}

#endif
