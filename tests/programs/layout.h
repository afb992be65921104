/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - memory whose place in RAM is known
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "memory/memory.h"

#define FILL	0xa5

/**
 * enum arrangement - how the pages of the memory lie in RAM
 * @NEIGHBOURS:	two huge pages, one after the other: all of it is contiguous
 * @APART:	two huge pages that are not neighbours
 * @SCATTERED:	small pages of a file, mapped in another order
 */
enum arrangement {
	NEIGHBOURS,
	APART,
	SCATTERED,
};

/**
 * struct layout - memory, filled with FILL
 * @base:	its start
 * @size:	its bytes
 * @boundary:	where the second huge page starts
 * @memory:	the two huge pages
 */
struct layout {
	unsigned char *base;
	size_t size;
	unsigned char *boundary;
	struct memory memory;
};

int layout_map(struct layout *l, enum arrangement pages, const char *node,
	       char *why, size_t room);
void layout_unmap(struct layout *l);
bool layout_is_contiguous(const unsigned char *start, size_t length);
bool is_filled(const unsigned char *from, const unsigned char *to);

#endif
